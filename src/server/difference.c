/* difference.c - the parts of two plans compared, see difference.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/difference.h"

#include <string.h>

#include "server/show_json.h"

static bool trees_equal(const struct tree *a, const struct tree *b)
{
    if (!a || !b)
        return a == b;
    return a->json_size == b->json_size && memcmp(a->json, b->json, a->json_size) == 0;
}

static bool texts_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void write_part(struct writer *writer, const char *kind, const char *name,
                       const char *action, const char *why)
{
    writer_open(writer, '{');
    writer_member(writer, "kind", kind);
    writer_member(writer, "name", name);
    writer_member(writer, "action", action);
    writer_member(writer, "why", why);
    writer_close(writer, '}');
}

/* ---- connectors ---- */

/* What subscribers and publishers have in common. */
struct connector {
    const char *name, *uri;
    const struct tree *config;
};

static size_t connector_count(const struct plan *plan, bool is_subscriber)
{
    return is_subscriber ? plan->subscriber_count : plan->publisher_count;
}

static struct connector connector_at(const struct plan *plan, bool is_subscriber, size_t i)
{
    if (is_subscriber)
        return (struct connector){plan->subscribers[i].name, plan->subscribers[i].address.uri,
                                  plan->subscribers[i].config};
    return (struct connector){plan->publishers[i].name, plan->publishers[i].address.uri,
                              plan->publishers[i].config};
}

static bool find_connector(const struct plan *plan, bool is_subscriber, const char *name,
                           struct connector *found)
{
    for (size_t i = 0; plan && i < connector_count(plan, is_subscriber); i++) {
        *found = connector_at(plan, is_subscriber, i);
        if (strcmp(found->name, name) == 0)
            return true;
    }
    return false;
}

static void write_connectors(struct writer *writer, const struct plan *old_plan,
                             const struct plan *new_plan, bool is_subscriber)
{
    const char *kind = is_subscriber ? "subscriber" : "publisher";
    struct connector other;

    for (size_t i = 0; i < connector_count(new_plan, is_subscriber); i++) {
        struct connector own = connector_at(new_plan, is_subscriber, i);
        if (!find_connector(old_plan, is_subscriber, own.name, &other))
            write_part(writer, kind, own.name, "add", "it is new");
        else if (!texts_equal(own.uri, other.uri))
            write_part(writer, kind, own.name, "restart", "its address is another one");
        else if (!trees_equal(own.config, other.config))
            write_part(writer, kind, own.name, "restart", "its configuration is another one");
        else
            write_part(writer, kind, own.name, "keep", "nothing of it changes");
    }
    for (size_t i = 0; old_plan && i < connector_count(old_plan, is_subscriber); i++) {
        struct connector own = connector_at(old_plan, is_subscriber, i);
        if (!find_connector(new_plan, is_subscriber, own.name, &other))
            write_part(writer, kind, own.name, "remove", "it is gone");
    }
}

/* ---- nodes ---- */

static const struct plan_node *find_node(const struct plan *plan, const char *name)
{
    for (size_t i = 0; plan && i < plan->node_count; i++)
        if (strcmp(plan->nodes[i].name, name) == 0)
            return &plan->nodes[i];
    return NULL;
}

static bool functions_equal(const struct plan_function *a, const struct plan_function *b,
                            bool with_config)
{
    return strcmp(a->type->name, b->type->name) == 0 &&
           (!with_config || trees_equal(a->config, b->config));
}

static bool lists_equal(const struct plan *a, const int32_t *of_a, size_t a_count,
                        const struct plan *b, const int32_t *of_b, size_t b_count, bool with_config)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (!functions_equal(&a->transformers[of_a[i]], &b->transformers[of_b[i]], with_config))
            return false;
    return true;
}

static bool calls_equal(const struct plan *a, const struct plan_node *of_a, const struct plan *b,
                        const struct plan_node *of_b, bool with_config)
{
    if ((of_a->calculator < 0) != (of_b->calculator < 0))
        return false;
    if (of_a->calculator >= 0 && !functions_equal(&a->calculators[of_a->calculator],
                                                  &b->calculators[of_b->calculator], with_config))
        return false;
    return lists_equal(a, of_a->input_transformers, of_a->input_transformer_count, b,
                       of_b->input_transformers, of_b->input_transformer_count, with_config) &&
           lists_equal(a, of_a->output_transformers, of_a->output_transformer_count, b,
                       of_b->output_transformers, of_b->output_transformer_count, with_config);
}

static void write_nodes(struct writer *writer, const struct plan *old_plan,
                        const struct plan *new_plan)
{
    for (size_t i = 0; i < new_plan->node_count; i++) {
        const struct plan_node *own = &new_plan->nodes[new_plan->order[i]];
        const struct plan_node *other = find_node(old_plan, own->name);
        if (!other)
            write_part(writer, "node", own->name, "add", "it is new");
        else if (strcmp(own->type_name, other->type_name) != 0)
            write_part(writer, "node", own->name, "reset", "it is of another type");
        else if (!calls_equal(new_plan, own, old_plan, other, false))
            write_part(writer, "node", own->name, "keep",
                       "input and output stay; its functions are others and start anew");
        else if (!calls_equal(new_plan, own, old_plan, other, true) ||
                 !trees_equal(own->config, other->config))
            write_part(writer, "node", own->name, "keep",
                       "its state stays; its configuration is another one");
        else
            write_part(writer, "node", own->name, "keep", "its state stays");
    }
    for (size_t i = 0; old_plan && i < old_plan->node_count; i++)
        if (!find_node(new_plan, old_plan->nodes[i].name))
            write_part(writer, "node", old_plan->nodes[i].name, "remove",
                       "it is gone, and its state with it");
}

bool difference_write(const struct plan *old_plan, const struct plan *new_plan,
                      struct difference_text old_text, struct difference_text new_text,
                      struct writer *writer, struct dag_error *err)
{
    struct dag_buffer diff = {0};
    bool is_truncated;
    bool good = difference_lines(old_text, new_text, &diff, &is_truncated) &&
                dag_buffer_append(&diff, "", 1);

    if (good) {
        writer_open(writer, '{');
        writer_key(writer, "parts");
        writer_open(writer, '[');
        write_connectors(writer, old_plan, new_plan, true);
        write_nodes(writer, old_plan, new_plan);
        write_connectors(writer, old_plan, new_plan, false);
        writer_close(writer, ']');
        show_bool(writer, "is_unchanged", diff.size == 1);
        writer_member(writer, "diff", diff.bytes);
        show_bool(writer, "diff_truncated", is_truncated);
        writer_close(writer, '}');
    }
    dag_buffer_free(&diff);
    return (good && !writer->failed) || dag_error_set_memory(err, "a comparison");
}
