/* dot.c - a plan as a picture: text, Graphviz, JSON. Names are valid, so they need no escapes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/dot.h"

#include "graph/writer.h"

static const char *propagate_name(enum plan_propagate propagate)
{
    return propagate == PLAN_PROPAGATE_EVERY ? "every" : "changes";
}

/* ---- text --------------------------------------------------------------------------------- */

static void write_edges_in(struct writer *writer, const struct plan *plan,
                           const struct plan_node *node)
{
    for (size_t i = 0; i < node->edge_in_count; i++) {
        const struct plan_edge *edge = &plan->edges[node->edges_in[i]];

        writer_format(writer, "%s%s", i ? ", " : "  <- ", plan->nodes[edge->from].name);
        if (edge->transformer >= 0)
            writer_format(writer, " [%s]", plan->transformers[edge->transformer].name);
        if (edge->pname)
            writer_format(writer, " as %s", edge->pname);
    }
}

static void write_node_text(struct writer *writer, const struct plan *plan,
                            const struct plan_node *node)
{
    writer_format(writer, "%s  %s", node->name, node->type_name);
    if (node->subscriber >= 0)
        writer_format(writer, "  from %s", plan->subscribers[node->subscriber].address.uri);
    write_edges_in(writer, plan, node);
    for (size_t i = 0; i < node->input_transformer_count; i++)
        writer_format(writer, "  | %s", plan->transformers[node->input_transformers[i]].name);
    if (node->calculator >= 0)
        writer_format(writer, "  = %s", plan->calculators[node->calculator].name);
    for (size_t i = 0; i < node->output_transformer_count; i++)
        writer_format(writer, "  | %s", plan->transformers[node->output_transformers[i]].name);
    for (size_t i = 0; i < node->publisher_count; i++)
        writer_format(writer, "%s%s", i ? ", " : "  to ",
                      plan->publishers[node->publishers[i]].address.uri);
    writer_plain(writer, "\n");
}

bool dot_write_text(const struct plan *plan, struct dag_buffer *out)
{
    struct writer writer = {.out = out};

    writer_format(&writer, "%s: %zu nodes, %zu edges, propagate %s\n", plan->name, plan->node_count,
                  plan->edge_count, propagate_name(plan->propagate));
    for (size_t i = 0; i < plan->node_count; i++)
        write_node_text(&writer, plan, &plan->nodes[plan->order[i]]);
    return !writer.failed;
}

/* ---- Graphviz ----------------------------------------------------------------------------- */

/* Addresses may hold quotes. */
static void write_quoted(struct writer *writer, const char *text)
{
    writer_plain(writer, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            writer_plain(writer, "\\");
        writer_format(writer, "%c", *text);
    }
    writer_plain(writer, "\"");
}

static void write_edge_label(struct writer *writer, const struct plan *plan,
                             const struct plan_edge *edge)
{
    if (edge->transformer < 0 && !edge->pname)
        return;
    writer_plain(writer, " [label=");
    if (edge->transformer >= 0)
        write_quoted(writer, plan->transformers[edge->transformer].name);
    else
        write_quoted(writer, edge->pname);
    writer_plain(writer, "]");
}

static void write_ends(struct writer *writer, const struct plan *plan)
{
    for (size_t i = 0; i < plan->subscriber_count; i++) {
        writer_format(writer, "  \"subscriber %s\" [shape=cds, label=", plan->subscribers[i].name);
        write_quoted(writer, plan->subscribers[i].address.uri);
        writer_plain(writer, "];\n");
    }
    for (size_t i = 0; i < plan->publisher_count; i++) {
        writer_format(writer, "  \"publisher %s\" [shape=cds, label=", plan->publishers[i].name);
        write_quoted(writer, plan->publishers[i].address.uri);
        writer_plain(writer, "];\n");
    }
}

bool dot_write_graphviz(const struct plan *plan, struct dag_buffer *out)
{
    struct writer writer = {.out = out};

    writer_format(&writer, "digraph \"%s\" {\n  rankdir=LR;\n  node [shape=box];\n", plan->name);
    write_ends(&writer, plan);
    for (size_t i = 0; i < plan->node_count; i++) {
        const struct plan_node *node = &plan->nodes[i];
        const char *calculator =
            node->calculator >= 0 ? plan->calculators[node->calculator].name : node->type_name;

        writer_format(&writer, "  \"%s\" [label=\"%s\\n%s\"];\n", node->name, node->name,
                      calculator);
        if (node->subscriber >= 0)
            writer_format(&writer, "  \"subscriber %s\" -> \"%s\";\n",
                          plan->subscribers[node->subscriber].name, node->name);
        for (size_t j = 0; j < node->publisher_count; j++)
            writer_format(&writer, "  \"%s\" -> \"publisher %s\";\n", node->name,
                          plan->publishers[node->publishers[j]].name);
    }
    for (size_t i = 0; i < plan->edge_count; i++) {
        const struct plan_edge *edge = &plan->edges[i];

        writer_format(&writer, "  \"%s\" -> \"%s\"", plan->nodes[edge->from].name,
                      plan->nodes[edge->to].name);
        write_edge_label(&writer, plan, edge);
        writer_plain(&writer, ";\n");
    }
    writer_plain(&writer, "}\n");
    return !writer.failed;
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void write_transformers(struct writer *writer, const struct plan *plan, const char *key,
                               const int32_t *numbers, size_t count)
{
    writer_key(writer, key);
    writer_open(writer, '[');
    for (size_t i = 0; i < count; i++)
        writer_text(writer, plan->transformers[numbers[i]].name);
    writer_close(writer, ']');
}

static void write_node_json(struct writer *writer, const struct plan *plan,
                            const struct plan_node *node)
{
    writer_open(writer, '{');
    writer_member(writer, "name", node->name);
    writer_member(writer, "type", node->type_name);
    writer_member(writer, "propagate", propagate_name(node->propagate));
    writer_member(writer, "subscriber",
                  node->subscriber >= 0 ? plan->subscribers[node->subscriber].name : NULL);
    writer_member(writer, "calculator",
                  node->calculator >= 0 ? plan->calculators[node->calculator].name : NULL);
    write_transformers(writer, plan, "input_transformers", node->input_transformers,
                       node->input_transformer_count);
    write_transformers(writer, plan, "output_transformers", node->output_transformers,
                       node->output_transformer_count);
    writer_key(writer, "publishers");
    writer_open(writer, '[');
    for (size_t i = 0; i < node->publisher_count; i++)
        writer_text(writer, plan->publishers[node->publishers[i]].name);
    writer_close(writer, ']');
    writer_close(writer, '}');
}

static void write_edge_json(struct writer *writer, const struct plan *plan,
                            const struct plan_edge *edge)
{
    writer_open(writer, '{');
    writer_member(writer, "name", edge->name);
    writer_member(writer, "from_node", plan->nodes[edge->from].name);
    writer_member(writer, "to_node", plan->nodes[edge->to].name);
    writer_member(writer, "data_transformer",
                  edge->transformer >= 0 ? plan->transformers[edge->transformer].name : NULL);
    writer_member(writer, "pname", edge->pname);
    writer_close(writer, '}');
}

static void write_end_json(struct writer *writer, const char *name, const char *key,
                           const char *uri, const char *type)
{
    writer_open(writer, '{');
    writer_member(writer, "name", name);
    writer_member(writer, key, uri);
    writer_member(writer, "type", type);
    writer_close(writer, '}');
}

bool dot_write_json(const struct plan *plan, struct dag_buffer *out)
{
    struct writer writer = {.out = out};

    writer_open(&writer, '{');
    writer_member(&writer, "name", plan->name);
    writer_member(&writer, "propagate", propagate_name(plan->propagate));
    writer_key(&writer, "order");
    writer_open(&writer, '[');
    for (size_t i = 0; i < plan->node_count; i++)
        writer_text(&writer, plan->nodes[plan->order[i]].name);
    writer_close(&writer, ']');
    writer_key(&writer, "subscribers");
    writer_open(&writer, '[');
    for (size_t i = 0; i < plan->subscriber_count; i++)
        write_end_json(&writer, plan->subscribers[i].name, "source",
                       plan->subscribers[i].address.uri, plan->subscribers[i].type->name);
    writer_close(&writer, ']');
    writer_key(&writer, "publishers");
    writer_open(&writer, '[');
    for (size_t i = 0; i < plan->publisher_count; i++)
        write_end_json(&writer, plan->publishers[i].name, "destination",
                       plan->publishers[i].address.uri, plan->publishers[i].type->name);
    writer_close(&writer, ']');
    writer_key(&writer, "nodes");
    writer_open(&writer, '[');
    for (size_t i = 0; i < plan->node_count; i++)
        write_node_json(&writer, plan, &plan->nodes[i]);
    writer_close(&writer, ']');
    writer_key(&writer, "edges");
    writer_open(&writer, '[');
    for (size_t i = 0; i < plan->edge_count; i++)
        write_edge_json(&writer, plan, &plan->edges[i]);
    writer_close(&writer, ']');
    writer_close(&writer, '}');
    return !writer.failed;
}
