/* counters.c - see counters.h and engine.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/counters.h"

#include <stdlib.h>

struct engine_counters *counters_new(size_t node_count)
{
    struct engine_counters *counters =
        calloc(1, sizeof(*counters) + node_count * sizeof(counters->nodes[0]));

    if (counters)
        counters->node_count = node_count;
    return counters;
}

void counters_free(struct engine_counters *counters)
{
    for (size_t i = 0; counters && i < counters->node_count; i++)
        free(atomic_load(&counters->nodes[i].latency));
    free(counters);
}

static void clear(counter *count)
{
    atomic_store_explicit(count, 0, memory_order_relaxed);
}

void counters_reset(struct engine_counters *counters)
{
    clear(&counters->received);
    clear(&counters->rejected);
    clear(&counters->node_errors);
    clear(&counters->published);
    for (size_t i = 0; i < counters->node_count; i++) {
        struct node_counters *node = &counters->nodes[i];
        clear(&node->computed);
        clear(&node->emitted);
        clear(&node->errors);
        clear(&node->filtered);
        atomic_store_explicit(&node->last_compute_us, 0, memory_order_relaxed);
    }
}

void counters_time(struct node_counters *node, int64_t duration_ns, uint64_t count)
{
    struct latency_counter *latency = atomic_load_explicit(&node->latency, memory_order_relaxed);

    if (count == 0)
        return;
    if (!latency) {
        latency = calloc(1, sizeof(*latency));
        if (!latency)
            return;
        atomic_store_explicit(&node->latency, latency, memory_order_release);
    }
    latency_add(latency, (duration_ns / (int64_t)count + 500) / 1000, count);
}

/* ---- reading ---- */

void engine_counters_node(const struct engine_counters *counters, int32_t node,
                          struct engine_node_stats *stats)
{
    const struct node_counters *of = &counters->nodes[node];

    *stats = (struct engine_node_stats){
        .computed = counter_get(&of->computed),
        .emitted = counter_get(&of->emitted),
        .errors = counter_get(&of->errors),
        .filtered = counter_get(&of->filtered),
        .last_compute_us = atomic_load_explicit(&of->last_compute_us, memory_order_relaxed),
    };
}

void engine_counters_all(const struct engine_counters *counters, struct engine_stats *stats)
{
    *stats = (struct engine_stats){
        .received = counter_get(&counters->received),
        .rejected = counter_get(&counters->rejected),
        .node_errors = counter_get(&counters->node_errors),
        .published = counter_get(&counters->published),
    };
}

bool engine_counters_latency(const struct engine_counters *counters, int32_t node,
                             struct latency *latency)
{
    const struct latency_counter *of =
        atomic_load_explicit(&counters->nodes[node].latency, memory_order_acquire);

    *latency = (struct latency){0};
    if (of)
        latency_read(of, latency);
    return latency->count > 0;
}
