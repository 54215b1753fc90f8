/* shown.c - what is shown of a DAG: see runtime.h. Nothing here waits for a cycle or a disk, but
 * inspecting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "runtime/counters.h"
#include "runtime/dag.h"

const struct plan *dag_plan(const struct dag *dag)
{
    return dag->plan;
}

void dag_set_user(struct dag *dag, void *user)
{
    atomic_store(&dag->user, user);
}

void *dag_user(const struct dag *dag)
{
    return atomic_load(&dag->user);
}

/* ---- counters ---- */

void dag_stats(const struct dag *dag, struct dag_stats *stats)
{
    struct dag *mine = (struct dag *)(uintptr_t)dag; /* for its lock */

    *stats = (struct dag_stats){
        .state = dag_state(dag),
        .cycles = atomic_load(&mine->cycles.last_cycle),
        .watermark = dag_watermark(dag),
        .step_since_us = atomic_load_explicit(&mine->cycles.step_since_us, memory_order_relaxed),
        .missed_ticks = atomic_load_explicit(&mine->cycles.missed_ticks, memory_order_relaxed),
        .memory_used = atomic_load_explicit(&mine->account->used, memory_order_relaxed),
    };
    engine_counters_all(dag->counters, &stats->engine);
    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i])
            stats->publish_dead_letters +=
                atomic_load_explicit(&dag->sinks[i]->dead_letters, memory_order_relaxed);
    pthread_mutex_lock(&mine->dropped_lock);
    memcpy(stats->dropped, mine->dropped, sizeof(stats->dropped));
    stats->dropped_count = mine->dropped_count;
    pthread_mutex_unlock(&mine->dropped_lock);
}

void dag_source_stats(const struct dag *dag, int32_t subscriber, struct source_stats *stats)
{
    *stats = (struct source_stats){0};
    if (dag->sources[subscriber])
        source_stats(dag->sources[subscriber], stats);
}

void dag_sink_stats(const struct dag *dag, int32_t publisher, struct sink_stats *stats)
{
    *stats = (struct sink_stats){0};
    if (dag->sinks[publisher])
        sink_stats(dag->sinks[publisher], stats);
    if (dag->outlets[publisher])
        outlet_stats(dag->outlets[publisher], stats);
}

void dag_node_stats(const struct dag *dag, int32_t node, struct engine_node_stats *stats)
{
    engine_counters_node(dag->counters, node, stats);
}

/* What a node gives goes along all its edges, but those into nodes that take events. */
uint64_t dag_edge_count(const struct dag *dag, int32_t edge)
{
    const struct plan_edge *of = &dag->plan->edges[edge];

    if (dag->plan->nodes[of->to].subscriber >= 0 ||
        dag->plan->nodes[of->to].kind == PLAN_NODE_METRONOME)
        return 0;
    return counter_get(&dag->counters->nodes[of->from].emitted);
}

/* ---- durations ---- */

void dag_sink_latency(const struct dag *dag, int32_t publisher, struct latency *latency)
{
    *latency = (struct latency){0};
    if (dag->sinks[publisher])
        latency_read(&dag->sinks[publisher]->latency, latency);
}

void dag_cycle_latency(const struct dag *dag, struct latency *latency)
{
    *latency = (struct latency){0};
    latency_read(&dag->cycles.latency, latency);
}

bool dag_node_latency(const struct dag *dag, int32_t node, struct latency *latency)
{
    return engine_counters_latency(dag->counters, node, latency);
}

/* ---- conditions ---- */

void dag_source_condition(const struct dag *dag, int32_t subscriber,
                          struct source_condition *condition)
{
    *condition = (struct source_condition){0};
    if (dag->sources[subscriber])
        source_condition(dag->sources[subscriber], condition);
}

void dag_sink_condition(const struct dag *dag, int32_t publisher, struct sink_condition *condition)
{
    const struct outlet *outlet = dag->outlets[publisher];
    struct sink_condition front = {0};

    *condition = (struct sink_condition){0};
    if (!dag->sinks[publisher])
        return;
    sink_condition(dag->sinks[publisher], &front);
    *condition = front;
    if (!outlet || front.error[0] != '\0')
        return;
    /* it is the spill log that may be full, but the publisher that waits */
    sink_condition(outlet->back, condition);
    condition->is_full = front.is_full;
    condition->depth_max = front.depth_max;
    if (condition->error[0] == '\0' && condition->waits_for[0] == '\0') {
        memcpy(condition->waits_for, front.waits_for, sizeof(condition->waits_for));
        condition->waits_since_us = front.waits_since_us;
    }
}

/* ---- inspecting ---- */

void dag_inspect(struct dag *dag, void (*inspect)(void *context, struct engine *engine),
                 void *context)
{
    pthread_mutex_lock(&dag->cycles.engine_lock);
    inspect(context, dag->engine);
    pthread_mutex_unlock(&dag->cycles.engine_lock);
}

/* The thread sanitizer of gcc 12 doesn't see pthread_mutex_clocklock(), and then finds races where
 * a lock is held. */
#ifdef __SANITIZE_THREAD__
#define LOCK_CLOCK CLOCK_REALTIME

static bool lock_until(pthread_mutex_t *lock, const struct timespec *end)
{
    return pthread_mutex_timedlock(lock, end) == 0;
}
#else
#define LOCK_CLOCK CLOCK_MONOTONIC

static bool lock_until(pthread_mutex_t *lock, const struct timespec *end)
{
    return pthread_mutex_clocklock(lock, LOCK_CLOCK, end) == 0;
}
#endif

bool dag_inspect_within(struct dag *dag, int64_t timeout_us,
                        void (*inspect)(void *context, struct engine *engine), void *context)
{
    struct timespec end;

    clock_gettime(LOCK_CLOCK, &end);
    if (timeout_us > 0) {
        int64_t nanoseconds = end.tv_nsec + timeout_us % 1000000 * 1000;
        end.tv_sec += timeout_us / 1000000 + nanoseconds / 1000000000;
        end.tv_nsec = nanoseconds % 1000000000;
    }
    if (pthread_mutex_trylock(&dag->cycles.engine_lock) != 0 &&
        !lock_until(&dag->cycles.engine_lock, &end))
        return false;
    inspect(context, dag->engine);
    pthread_mutex_unlock(&dag->cycles.engine_lock);
    return true;
}

void dag_tick(struct dag *dag, const char *node)
{
    for (size_t i = 0; i < dag->plan->node_count; i++)
        if (strcmp(dag->plan->nodes[i].name, node) == 0)
            cycles_tick(&dag->cycles, (int32_t)i);
}
