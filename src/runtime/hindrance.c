/* hindrance.c - see hindrance.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/hindrance.h"

#include <stdio.h>

#include "runtime/counters.h"
#include "runtime/dag.h"

#define TELL_AGAIN_US 1000000

/* ---- why it doesn't get on ---- */

void hindrance_init(struct hindrance *hindrance)
{
    pthread_mutex_init(&hindrance->lock, NULL);
}

void hindrance_deinit(struct hindrance *hindrance)
{
    pthread_mutex_destroy(&hindrance->lock);
}

void hindrance_fail(struct hindrance *hindrance, const char *message, int64_t now_us,
                    int64_t delay_us)
{
    pthread_mutex_lock(&hindrance->lock);
    if (hindrance->error[0] == '\0') {
        hindrance->error_since_us = now_us;
        hindrance->tries = 0;
    }
    snprintf(hindrance->error, sizeof(hindrance->error), "%s", message);
    hindrance->waits_for[0] = '\0';
    hindrance->next_try_us = now_us + delay_us;
    hindrance->tries++;
    pthread_mutex_unlock(&hindrance->lock);
    hindrance->is_any = true;
}

void hindrance_wait(struct hindrance *hindrance, const char *waits_for, int64_t now_us,
                    bool goes_on)
{
    pthread_mutex_lock(&hindrance->lock);
    if (hindrance->waits_for[0] == '\0' || goes_on)
        hindrance->waits_since_us = now_us;
    snprintf(hindrance->waits_for, sizeof(hindrance->waits_for), "%s", waits_for);
    hindrance->error[0] = '\0';
    pthread_mutex_unlock(&hindrance->lock);
    hindrance->is_any = true;
}

void hindrance_clear(struct hindrance *hindrance)
{
    if (!hindrance->is_any)
        return;
    hindrance->is_any = false;
    pthread_mutex_lock(&hindrance->lock);
    hindrance->error[0] = hindrance->waits_for[0] = '\0';
    pthread_mutex_unlock(&hindrance->lock);
}

/* ---- telling the observer ---- */

static bool may_tell(struct trouble_gate *gate, int64_t now_us)
{
    int64_t again_us = atomic_load_explicit(&gate->again_us, memory_order_relaxed);

    /* one of several threads at once; a clock that was set back holds nobody up for long */
    return (now_us >= again_us || now_us < again_us - TELL_AGAIN_US) &&
           atomic_compare_exchange_strong(&gate->again_us, &again_us, now_us + TELL_AGAIN_US);
}

void trouble_tell(struct trouble_gate *gate, struct dag *dag, struct dag_trouble trouble,
                  uint64_t more)
{
    const struct runtime_observer *observer = &dag->runtime->observer;

    trouble.count = atomic_fetch_add_explicit(&gate->count, more, memory_order_relaxed) + more;
    if (observer->trouble && may_tell(gate, dag_realtime_now(dag)))
        observer->trouble(observer->context, dag, &trouble);
}

static void tell_node(struct dag *dag, int32_t node, uint64_t more)
{
    const struct engine_error *errors;
    size_t count;

    /* the lock: somebody may be clearing them */
    pthread_mutex_lock(&dag->cycles.engine_lock);
    count = engine_node_errors(dag->engine, node, &errors);
    const struct engine_error *newest = count > 0 ? &errors[count - 1] : NULL;
    struct dag_trouble trouble = {
        .node = node,
        .subscriber = -1,
        .publisher = -1,
        .cycle = newest ? newest->cycle : 0,
        .message = newest ? newest->message : "",
    };
    trouble_tell(&dag->node_gates[node], dag, trouble, more);
    pthread_mutex_unlock(&dag->cycles.engine_lock);
}

void trouble_tell_nodes(struct dag *dag)
{
    struct engine_counters *counters = dag->counters;
    uint64_t count = counter_get(&counters->node_errors);

    if (count == dag->errors_told)
        return;
    dag->errors_told = count;
    for (size_t i = 0; i < counters->node_count; i++) {
        uint64_t errors = counter_get(&counters->nodes[i].errors);
        uint64_t known = atomic_load_explicit(&dag->node_gates[i].count, memory_order_relaxed);
        if (errors > known)
            tell_node(dag, (int32_t)i, errors - known);
    }
}
