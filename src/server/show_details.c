/* show_details.c - see show_details.h: the DAG as a whole, its subscribers, publishers, functions
 * and edges. Nodes are in show_nodes.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_details.h"

#include <string.h>

#include "server/show_json.h"
#include "server/show_parts.h"

const struct tree *show_config_of(const struct show_dag *show, const char *list, const char *name)
{
    const struct tree *entries = tree_get(show->definition, list);

    for (const struct tree *entry = entries ? entries->child : NULL; entry; entry = entry->next) {
        const struct tree *own = tree_get(entry, "name");
        if (own && own->type == TREE_TEXT && strcmp(own->text, name) == 0)
            return tree_get(entry, "config");
    }
    return NULL;
}

/* ---- connectors ---- */

static void write_subscriber(struct writer *writer, const struct show_dag *show, int32_t index)
{
    const struct plan_subscriber *plan = &show->plan->subscribers[index];
    struct source_stats stats = {0};

    if (show->dag)
        dag_source_stats(show->dag, index, &stats);
    writer_open(writer, '{');
    writer_member(writer, "name", plan->name);
    writer_member(writer, "type", plan->type->name);
    show_address(writer, "source", plan->address.uri);
    show_number(writer, "max_depth", (uint64_t)plan->max_depth);
    show_number(writer, "current_depth", stats.depth);
    show_time(writer, "last_receive", stats.last_receive_us);
    show_count(writer, "receive_count", stats.receive_count);
    show_bool(writer, "suspended", stats.suspended);
    show_bool(writer, "ended", stats.ended);
    show_count(writer, "dropped", stats.dropped);
    show_count(writer, "duplicate_keys", stats.duplicate_keys);
    show_bool(writer, "is_publishable", (plan->type->flags & DAG_CONNECTOR_PUBLISHABLE) != 0);
    writer_key(writer, "config");
    show_config(writer, show_config_of(show, "subscribers", plan->name), plan->type->options);
    writer_close(writer, '}');
}

static void write_publisher(struct writer *writer, const struct show_dag *show, int32_t index)
{
    const struct plan_publisher *plan = &show->plan->publishers[index];
    struct sink_stats stats = {0};

    if (show->dag)
        dag_sink_stats(show->dag, index, &stats);
    writer_open(writer, '{');
    writer_member(writer, "name", plan->name);
    writer_member(writer, "type", plan->type->name);
    show_address(writer, "destination", plan->address.uri);
    show_real(writer, "publish_interval", (double)plan->publish_interval_us / 1e6);
    show_number(writer, "publish_interval_ms", (uint64_t)plan->publish_interval_us / 1000);
    writer_key(writer, "batch_size");
    if (plan->batch_size > 0)
        writer_integer(writer, plan->batch_size);
    else
        writer_text(writer, NULL);
    show_time(writer, "last_publish", stats.last_publish_us);
    show_count(writer, "publish_count", stats.publish_count);
    show_number(writer, "queue_depth", stats.depth);
    show_count(writer, "dead_letters", stats.dead_letters);
    show_count(writer, "retries", stats.retries);
    show_number(writer, "spilled_rows", stats.spilled_rows);
    show_number(writer, "spilled_size", stats.spilled_size);
    writer_key(writer, "config");
    show_config(writer, show_config_of(show, "publishers", plan->name), plan->type->options);
    writer_close(writer, '}');
}

static void write_subscribers(struct writer *writer, const struct show_dag *show)
{
    writer_key(writer, "subscribers");
    writer_open(writer, '{');
    for (size_t i = 0; i < show->plan->subscriber_count; i++) {
        writer_key(writer, show->plan->subscribers[i].name);
        write_subscriber(writer, show, (int32_t)i);
    }
    writer_close(writer, '}');
}

static void write_publishers(struct writer *writer, const struct show_dag *show)
{
    writer_key(writer, "publishers");
    writer_open(writer, '{');
    for (size_t i = 0; i < show->plan->publisher_count; i++) {
        writer_key(writer, show->plan->publishers[i].name);
        write_publisher(writer, show, (int32_t)i);
    }
    writer_close(writer, '}');
}

/* ---- functions ---- */

static bool node_uses(const struct show_dag *show, const struct plan_node *node, bool is_calculator,
                      int32_t index)
{
    bool uses = is_calculator && node->calculator == index;

    for (size_t i = 0; !is_calculator && i < node->input_transformer_count; i++)
        uses |= node->input_transformers[i] == index;
    for (size_t i = 0; !is_calculator && i < node->output_transformer_count; i++)
        uses |= node->output_transformers[i] == index;
    for (size_t i = 0; !is_calculator && i < node->edge_in_count; i++)
        uses |= show->plan->edges[node->edges_in[i]].transformer == index;
    return uses;
}

/* A function is called when a node that uses it computes. */
static int64_t last_use(const struct show_dag *show, bool is_calculator, int32_t index)
{
    int64_t last_us = 0;

    for (size_t i = 0; i < show->plan->node_count; i++) {
        struct engine_node_stats stats = show_node_stats(show, (int32_t)i);
        if (stats.last_compute_us > last_us &&
            node_uses(show, &show->plan->nodes[i], is_calculator, index))
            last_us = stats.last_compute_us;
    }
    return last_us;
}

static void write_functions(struct writer *writer, const struct show_dag *show, bool is_calculator)
{
    const char *list = is_calculator ? "calculators" : "transformers";
    size_t count = is_calculator ? show->plan->calculator_count : show->plan->transformer_count;

    writer_key(writer, list);
    writer_open(writer, '{');
    for (size_t i = 0; i < count; i++) {
        const struct plan_function *function =
            is_calculator ? &show->plan->calculators[i] : &show->plan->transformers[i];
        const uint64_t *calls_of = show->live ? show->live->calculator_calls : NULL;
        if (show->live && !is_calculator)
            calls_of = show->live->transformer_calls;
        uint64_t calls = calls_of ? calls_of[i] : 0;
        writer_key(writer, function->name);
        writer_open(writer, '{');
        writer_member(writer, "name", function->name);
        writer_member(writer, "type", function->type->name);
        show_count(writer, is_calculator ? "calculation_count" : "transform_count", calls);
        show_time(writer, is_calculator ? "last_calculation" : "last_transform",
                  calls > 0 ? last_use(show, is_calculator, (int32_t)i) : 0);
        writer_key(writer, "config");
        show_config(writer, show_config_of(show, list, function->name), function->type->options);
        writer_close(writer, '}');
    }
    writer_close(writer, '}');
}

/* ---- the whole ---- */

static void write_edges(struct writer *writer, const struct plan *plan)
{
    writer_key(writer, "edges");
    writer_open(writer, '[');
    for (size_t i = 0; i < plan->edge_count; i++) {
        const struct plan_edge *edge = &plan->edges[i];
        writer_open(writer, '{');
        writer_member(writer, "name", edge->name);
        writer_member(writer, "from_node", plan->nodes[edge->from].name);
        writer_member(writer, "to_node", plan->nodes[edge->to].name);
        writer_member(writer, "transformer",
                      edge->transformer >= 0 ? plan->transformers[edge->transformer].name : NULL);
        writer_member(writer, "pname", edge->pname);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
}

static void write_dropped(struct writer *writer, const struct dag_stats *stats)
{
    writer_key(writer, "dropped");
    writer_open(writer, '{');
    for (size_t i = 0; i < stats->dropped_count; i++)
        show_count(writer, stats->dropped[i].cause, stats->dropped[i].count);
    writer_close(writer, '}');
}

static void write_counters(struct writer *writer, const struct show_dag *show)
{
    struct dag_stats stats = {0};

    if (show->dag)
        dag_stats(show->dag, &stats);
    show_count(writer, "cycles", stats.cycles);
    show_count(writer, "watermark", stats.watermark);
    show_count(writer, "watermark_lag",
               stats.cycles > stats.watermark ? stats.cycles - stats.watermark : 0);
    show_count(writer, "received", stats.engine.received);
    show_count(writer, "rejected", stats.engine.rejected);
    show_count(writer, "node_errors", stats.engine.node_errors);
    show_count(writer, "published", stats.engine.published);
    show_count(writer, "publish_dead_letters", stats.publish_dead_letters);
    show_count(writer, "missed_ticks", stats.missed_ticks);
    show_number(writer, "memory_used", stats.memory_used > 0 ? (uint64_t)stats.memory_used : 0);
    write_dropped(writer, &stats);
}

static void write_head(struct writer *writer, const struct show_dag *show)
{
    enum dag_state state = show->dag ? dag_state(show->dag) : DAG_STATE_STOPPED;

    writer_member(writer, "name", show->plan->name);
    writer_member(writer, "state", show->state);
    writer_member(writer, "reason", show->reason);
    show_bool(writer, "is_running",
              state == DAG_STATE_RUNNING || state == DAG_STATE_SUSPENDED ||
                  state == DAG_STATE_STOPPING);
    show_bool(writer, "is_suspended", state == DAG_STATE_SUSPENDED);
    show_bool(writer, "in_time_window", show->in_time_window);
    writer_member(writer, "start_time", show->plan->start_time);
    writer_member(writer, "end_time", show->plan->end_time);
    writer_member(writer, "duration", show->plan->duration);
    show_count(writer, "revision", show->revision);
    show_count(writer, "running_revision", show->running_revision);
    show_time(writer, "since", show->since_us);
    writer_member(writer, "by", show->by);
    show_time(writer, "next_change", show->next_change_us == INT64_MAX ? 0 : show->next_change_us);
    show_time(writer, "retry_at", show->retry_at_us);
    show_number(writer, "node_count", show->plan->node_count);
    show_bool(writer, "is_live", show->live != NULL);
    write_counters(writer, show);
}

void show_details(struct writer *writer, const struct show_dag *show)
{
    writer_open(writer, '{');
    write_head(writer, show);
    writer_key(writer, "nodes");
    writer_open(writer, '{');
    for (size_t i = 0; i < show->plan->node_count; i++) {
        int32_t node = show->plan->order[i];
        writer_key(writer, show->plan->nodes[node].name);
        show_node(writer, show, node);
    }
    writer_close(writer, '}');
    write_edges(writer, show->plan);
    write_subscribers(writer, show);
    write_publishers(writer, show);
    write_functions(writer, show, true);
    write_functions(writer, show, false);
    writer_close(writer, '}');
}

void show_state(struct writer *writer, const struct show_dag *show)
{
    writer_open(writer, '{');
    write_head(writer, show);
    writer_key(writer, "nodes");
    show_nodes_in_order(writer, show);
    writer_close(writer, '}');
}
