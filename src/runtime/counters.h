/* counters.h - what an engine counts, in a block that outlives it.
 *
 * A DAG that recovers gets a new engine; whoever looks at its counters meanwhile must not find them
 * gone, so the new one goes on in the block of the old one, from 0.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_COUNTERS_H
#define RUNTIME_COUNTERS_H

#include <stdatomic.h>

#include "runtime/engine.h"

/** A counter with one writer and many readers. */
typedef _Atomic uint64_t counter;

static inline void counter_add(counter *count, uint64_t n)
{
    uint64_t before = atomic_load_explicit(count, memory_order_relaxed);
    atomic_store_explicit(count, before + n, memory_order_relaxed);
}

static inline uint64_t counter_get(const counter *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

struct node_counters {
    counter computed, emitted, errors, filtered;
    _Atomic int64_t last_compute_us;
    _Atomic(struct latency_counter *) latency; /* owned; NULL: never timed */
};

struct engine_counters {
    counter received, rejected, node_errors, published;
    size_t node_count;
    struct node_counters nodes[]; /* by index in the plan */
};

/** All 0. NULL: out of memory. */
struct engine_counters *counters_new(size_t node_count);
void counters_free(struct engine_counters *counters); /* NULL is allowed */

/** Back to 0, while others read. */
void counters_reset(struct engine_counters *counters);

/** The writer: `count` messages took the node `duration_ns` in all. Without memory it is left out.
 */
void counters_time(struct node_counters *node, int64_t duration_ns, uint64_t count);

#endif
