/* reading.c - see reading.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/reading.h"

#include <stdlib.h>

/* An array of `count` zeroed things; never NULL but when out of memory. */
#define NEW(array, count) ((array) = calloc((count) + 1, sizeof(*(array))))

static bool allocate(struct reading *reading, const struct plan *plan, unsigned int parts)
{
    bool good = NEW(reading->nodes, plan->node_count) &&
                NEW(reading->sources, plan->subscriber_count) &&
                NEW(reading->sinks, plan->publisher_count) && NEW(reading->edges, plan->edge_count);

    if (parts & READING_LATENCIES)
        good = good && NEW(reading->cycle, 1) && NEW(reading->node_latencies, plan->node_count) &&
               NEW(reading->sink_latencies, plan->publisher_count);
    if (parts & READING_CONDITIONS)
        good = good && NEW(reading->source_conditions, plan->subscriber_count) &&
               NEW(reading->sink_conditions, plan->publisher_count);
    return good;
}

bool reading_take(struct reading *reading, const struct plan *plan, struct dag *dag,
                  unsigned int parts)
{
    if (!allocate(reading, plan, parts))
        return false;
    dag_stats(dag, &reading->stats);
    for (size_t i = 0; i < plan->node_count; i++) {
        dag_node_stats(dag, (int32_t)i, &reading->nodes[i]);
        if (parts & READING_LATENCIES)
            dag_node_latency(dag, (int32_t)i, &reading->node_latencies[i]);
    }
    for (size_t i = 0; i < plan->edge_count; i++)
        reading->edges[i] = dag_edge_count(dag, (int32_t)i);
    for (size_t i = 0; i < plan->subscriber_count; i++) {
        dag_source_stats(dag, (int32_t)i, &reading->sources[i]);
        if (parts & READING_CONDITIONS)
            dag_source_condition(dag, (int32_t)i, &reading->source_conditions[i]);
    }
    for (size_t i = 0; i < plan->publisher_count; i++) {
        dag_sink_stats(dag, (int32_t)i, &reading->sinks[i]);
        if (parts & READING_CONDITIONS)
            dag_sink_condition(dag, (int32_t)i, &reading->sink_conditions[i]);
        if (parts & READING_LATENCIES)
            dag_sink_latency(dag, (int32_t)i, &reading->sink_latencies[i]);
    }
    if (parts & READING_LATENCIES)
        dag_cycle_latency(dag, reading->cycle);
    return true;
}

void reading_deinit(struct reading *reading)
{
    free(reading->nodes);
    free(reading->sources);
    free(reading->sinks);
    free(reading->edges);
    free(reading->cycle);
    free(reading->node_latencies);
    free(reading->sink_latencies);
    free(reading->source_conditions);
    free(reading->sink_conditions);
    *reading = (struct reading){0};
}

uint64_t reading_queue(const struct reading *reading, const struct plan *plan)
{
    uint64_t queue = 0;

    for (size_t i = 0; i < plan->subscriber_count; i++)
        queue += reading->sources[i].depth;
    for (size_t i = 0; i < plan->publisher_count; i++)
        queue += reading->sinks[i].depth;
    return queue;
}

uint64_t reading_errors(const struct reading *reading)
{
    const struct dag_stats *stats = &reading->stats;

    return stats->engine.rejected + stats->engine.node_errors + stats->publish_dead_letters;
}
