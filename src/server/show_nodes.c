/* show_nodes.c - nodes as show_details.h promises them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_details.h"
#include "server/show_json.h"
#include "server/show_parts.h"

static const char *error_code(enum dag_error_code code)
{
    static const char *const names[] = {"none", "invalid", "parse",  "range",
                                        "io",   "limit",   "memory", "unsupported"};
    _Static_assert(sizeof(names) / sizeof(names[0]) == DAG_ERROR_UNSUPPORTED + 1,
                   "a name for each code");

    return names[code];
}

struct engine_node_stats show_node_stats(const struct show_dag *show, int32_t node)
{
    if (show->live)
        return show->live->nodes[node].stats;
    return show->nodes ? show->nodes[node] : (struct engine_node_stats){0};
}

/* Returns how many there are, without those that were cleared. */
static size_t write_errors(struct writer *writer, const struct show_dag *show, int32_t index)
{
    const struct show_live_node *node = show->live ? &show->live->nodes[index] : NULL;
    const struct engine_error *errors = node ? node->errors : NULL;
    int64_t cleared_us =
        show->cleared_us ? show->cleared_us(show->context, show->plan->nodes[index].name) : 0;
    size_t count = 0;

    writer_open(writer, '[');
    for (size_t i = 0; node && i < node->error_count; i++) {
        if (errors[i].time_us <= cleared_us)
            continue;
        count++;
        writer_open(writer, '{');
        show_time(writer, "time", errors[i].time_us);
        show_count(writer, "cycle", errors[i].cycle);
        writer_member(writer, "error", errors[i].message);
        writer_member(writer, "code", error_code(errors[i].code));
        writer_member(writer, "input", errors[i].input); /* text: it may have been cut */
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
    return count;
}

/* The last input or output. */
static void write_held(struct writer *writer, const struct show_dag *show, int32_t index,
                       bool is_output)
{
    const struct show_live_node *node = show->live ? &show->live->nodes[index] : NULL;
    struct dag_buffer text = {0};
    bool is_known = node && node->has_rows;

    if (is_known && !dag_json_write_row(&text, is_output ? &node->output : &node->input))
        writer->failed = true;
    bool is_truncated = is_known && text.size > SHOW_ROW_SIZE_MAX;
    writer_key(writer, is_output ? "output" : "input");
    if (is_known && !is_truncated)
        writer_json(writer, text.bytes, text.size);
    else
        writer_text(writer, NULL);
    show_bool(writer, is_output ? "output_truncated" : "input_truncated", is_truncated);
    dag_buffer_free(&text);
}

static void write_edge_names(struct writer *writer, const char *key, const struct plan *plan,
                             const int32_t *edges, size_t count)
{
    writer_key(writer, key);
    writer_open(writer, '[');
    for (size_t i = 0; i < count; i++)
        writer_text(writer, plan->edges[edges[i]].name);
    writer_close(writer, ']');
}

static void write_dependencies(struct writer *writer, const struct plan *plan,
                               const struct plan_node *node)
{
    writer_key(writer, "dependencies");
    writer_open(writer, '[');
    for (size_t i = 0; i < node->edge_in_count; i++)
        writer_text(writer, plan->nodes[plan->edges[node->edges_in[i]].from].name);
    writer_close(writer, ']');
}

static void write_transformers(struct writer *writer, const char *key, const struct plan *plan,
                               const int32_t *indexes, size_t count)
{
    writer_key(writer, key);
    writer_open(writer, '[');
    for (size_t i = 0; i < count; i++)
        writer_text(writer, plan->transformers[indexes[i]].name);
    writer_close(writer, ']');
}

static void write_wiring(struct writer *writer, const struct plan *plan,
                         const struct plan_node *node)
{
    writer_member(writer, "subscriber",
                  node->subscriber >= 0 ? plan->subscribers[node->subscriber].name : NULL);
    writer_member(writer, "calculator",
                  node->calculator >= 0 ? plan->calculators[node->calculator].name : NULL);
    writer_key(writer, "publishers");
    writer_open(writer, '[');
    for (size_t i = 0; i < node->publisher_count; i++)
        writer_text(writer, plan->publishers[node->publishers[i]].name);
    writer_close(writer, ']');
    write_transformers(writer, "input_transformers", plan, node->input_transformers,
                       node->input_transformer_count);
    write_transformers(writer, "output_transformers", plan, node->output_transformers,
                       node->output_transformer_count);
    write_edge_names(writer, "incoming_edges", plan, node->edges_in, node->edge_in_count);
    write_edge_names(writer, "outgoing_edges", plan, node->edges_out, node->edge_out_count);
    write_dependencies(writer, plan, node);
}

static uint64_t waiting(const struct show_dag *show, const struct plan_node *node)
{
    struct source_stats stats = {0};

    if (show->dag && node->subscriber >= 0)
        dag_source_stats(show->dag, node->subscriber, &stats);
    return stats.depth;
}

void show_node(struct writer *writer, const struct show_dag *show, int32_t index)
{
    const struct plan_node *node = &show->plan->nodes[index];
    struct engine_node_stats stats = show_node_stats(show, index);
    uint64_t depth = waiting(show, node);

    writer_open(writer, '{');
    writer_member(writer, "name", node->name);
    writer_member(writer, "type", node->type_name);
    /* as in the original: dirty until its first run, and while something waits for it */
    show_bool(writer, "isdirty", stats.computed == 0 || depth > 0);
    show_time(writer, "last_compute", stats.last_compute_us);
    show_count(writer, "compute_count", stats.computed);
    show_count(writer, "emitted", stats.emitted);
    show_count(writer, "filtered", stats.filtered);
    show_count(writer, "error_count", stats.errors);
    show_number(writer, "queue_depth", depth);
    write_held(writer, show, index, false);
    write_held(writer, show, index, true);
    writer_key(writer, "errors");
    write_errors(writer, show, index);
    write_wiring(writer, show->plan, node);
    writer_key(writer, "config");
    show_config(writer, show_config_of(show, "nodes", node->name),
                node->type ? node->type->function.options : NULL);
    writer_close(writer, '}');
}

void show_nodes_in_order(struct writer *writer, const struct show_dag *show)
{
    writer_open(writer, '[');
    for (size_t i = 0; i < show->plan->node_count; i++)
        show_node(writer, show, show->plan->order[i]);
    writer_close(writer, ']');
}

void show_nodes(struct writer *writer, const struct show_dag *show)
{
    writer_open(writer, '{');
    writer_key(writer, "items");
    show_nodes_in_order(writer, show);
    show_page_end(writer, show->plan->node_count);
    writer_close(writer, '}');
}

void show_node_errors(struct writer *writer, const struct show_dag *show, int32_t node)
{
    writer_open(writer, '{');
    writer_key(writer, "items");
    show_page_end(writer, write_errors(writer, show, node));
    writer_close(writer, '}');
}
