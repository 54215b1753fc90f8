/* build.c - makes a DAG from its plan, and frees it: see dag.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "graph/registry.h"
#include "runtime/dag.h"

/* ---- memory that becomes free ----
 *
 * Batches outlive the DAG that they are charged to, so the account's callback knows it by number
 * only. */

#define IDS_MODULUS 256

static pthread_mutex_t ids_lock = PTHREAD_MUTEX_INITIALIZER;
static struct dag *ids[IDS_MODULUS]; /* guarded by ids_lock */
static uint64_t last_id;             /* guarded by ids_lock */

static void relieved(void *context)
{
    uint64_t id = (uint64_t)(uintptr_t)context;

    pthread_mutex_lock(&ids_lock);
    struct dag *dag = ids[id % IDS_MODULUS];
    while (dag && dag->id != id)
        dag = dag->next_of_id;
    for (size_t i = 0; dag && i < dag->plan->subscriber_count; i++)
        if (dag->sources[i])
            actor_notify_later(&dag->sources[i]->actor);
    pthread_mutex_unlock(&ids_lock);
}

static void register_id(struct dag *dag)
{
    pthread_mutex_lock(&ids_lock);
    dag->id = ++last_id;
    dag->next_of_id = ids[dag->id % IDS_MODULUS];
    ids[dag->id % IDS_MODULUS] = dag;
    pthread_mutex_unlock(&ids_lock);
    dag->account->context = (void *)(uintptr_t)dag->id;
    dag->account->relieved = relieved;
}

static void unregister_id(struct dag *dag)
{
    pthread_mutex_lock(&ids_lock);
    struct dag **link = &ids[dag->id % IDS_MODULUS];
    while (*link && *link != dag)
        link = &(*link)->next_of_id;
    if (*link)
        *link = dag->next_of_id;
    pthread_mutex_unlock(&ids_lock);
}

/* ---- what this build lacks ---- */

static bool lacks(struct dag_error *err, const char *what)
{
    return dag_error_set(err, DAG_ERROR_UNSUPPORTED, "this build lacks %s", what);
}

static bool is_supported(const struct plan *plan, struct dag_error *err)
{
    for (size_t i = 0; i < plan->subscriber_count; i++)
        if (registry_lacks_subscriber(plan->subscribers[i].type)) {
            lacks(err, plan->subscribers[i].type->name);
            return dag_error_add_context(err, "subscriber '%s'", plan->subscribers[i].name);
        }
    for (size_t i = 0; i < plan->publisher_count; i++)
        if (registry_lacks_publisher(plan->publishers[i].type)) {
            lacks(err, plan->publishers[i].type->name);
            return dag_error_add_context(err, "publisher '%s'", plan->publishers[i].name);
        }
    return true;
}

/* ---- the parts ---- */

static bool make_sources(struct dag *dag, struct dag_error *err)
{
    const struct plan *plan = dag->plan;

    for (size_t i = 0; i < plan->subscriber_count; i++) {
        uint32_t readers = 0;
        for (size_t node = 0; node < engine_event_node_count(dag->engine); node++)
            readers += plan->nodes[engine_event_node(dag->engine, node)].subscriber == (int32_t)i;
        if (readers == 0)
            continue;
        dag->sources[i] = source_new(dag, &plan->subscribers[i], readers, err);
        if (!dag->sources[i])
            return false;
        const struct dag_subscriber *type = plan->subscribers[i].type;
        dag->wants_watermark = dag->wants_watermark || type->acknowledge != NULL;
        dag->redelivers = dag->redelivers || (type->flags & DAG_CONNECTOR_REDELIVERS) != 0;
    }
    return true;
}

static bool is_written(const struct plan *plan, size_t publisher)
{
    for (size_t i = 0; i < plan->node_count; i++)
        for (size_t j = 0; j < plan->nodes[i].publisher_count; j++)
            if (plan->nodes[i].publishers[j] == (int32_t)publisher)
                return true;
    return plan->errors == (int32_t)publisher;
}

static bool make_sinks(struct dag *dag, struct dag_error *err)
{
    const struct plan *plan = dag->plan;

    for (size_t i = 0; i < plan->publisher_count; i++) {
        if (!is_written(plan, i))
            continue;
        dag->sinks[i] = sink_new(dag, &plan->publishers[i], err);
        if (!dag->sinks[i])
            return false;
    }
    return true;
}

static bool make_parts(struct dag *dag, struct dag_error *err)
{
    const struct plan *plan = dag->plan;

    if (!is_supported(plan, err))
        return false;
    dag->account = memory_account_new(plan->memory_limit);
    dag->sources = calloc(plan->subscriber_count + 1, sizeof(*dag->sources));
    dag->sink_count = dag_front_count(dag) + plan->publisher_count;
    dag->sinks = calloc(dag->sink_count, sizeof(*dag->sinks));
    dag->outlets = calloc(plan->publisher_count + 1, sizeof(*dag->outlets));
    dag->node_gates = calloc(plan->node_count + 1, sizeof(*dag->node_gates));
    if (!dag->account || !dag->node_gates || !dag->sources || !dag->sinks || !dag->outlets)
        return dag_error_set_memory(err, "a DAG");
    if (!snapshot_init(&dag->snapshot, plan->subscriber_count, err))
        return false;
    if (!host_init(&dag->engine_host, dag, NULL, NULL, err))
        return false;
    dag->engine = engine_new(plan, dag->account, &dag->engine_host.host, err);
    if (dag->engine)
        dag->counters = engine_counters(dag->engine);
    if (!dag->engine || !make_sinks(dag, err) || !make_sources(dag, err) ||
        !cycles_init(&dag->cycles, dag, err) || !dag_init_control(dag, err))
        return false;
    inject_init(dag);
    register_id(dag);
    return true;
}

struct dag *dag_new(struct runtime *runtime, struct plan *plan, struct dag_error *err)
{
    struct dag *dag = calloc(1, sizeof(*dag));
    pthread_condattr_t attributes;

    if (!dag) {
        dag_error_set_memory(err, "a DAG");
        plan_free(plan);
        return NULL;
    }
    dag->runtime = runtime;
    dag->plan = plan;
    atomic_init(&dag->state, DAG_STATE_STOPPED);
    atomic_init(&dag->drain, 1); /* parts have noted none */
    pthread_mutex_init(&dag->lock, NULL);
    pthread_mutex_init(&dag->failure_lock, NULL);
    pthread_mutex_init(&dag->dropped_lock, NULL);
    taps_init(&dag->taps);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&dag->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (make_parts(dag, err))
        return dag;
    dag_free(dag);
    return NULL;
}

void dag_free(struct dag *dag)
{
    if (!dag)
        return;
    assert(dag_phase(dag) == PHASE_STOPPED);
    if (dag->id > 0)
        unregister_id(dag);
    if (dag->control.run) {
        actor_wait_idle(&dag->control);
        loop_timer_deinit(dag->runtime->loop, &dag->nudge);
    }
    inject_end(dag);
    /* whoever waits for idle actors below knows that nothing starts them anew: all is closed */
    for (size_t i = 0; dag->sources && i < dag->plan->subscriber_count; i++) {
        source_free(dag->sources[i]);
        dag->sources[i] = NULL;
    }
    cycles_deinit(&dag->cycles);
    for (size_t i = 0; dag->sinks && i < dag->sink_count; i++)
        if (dag->sinks[i])
            actor_wait_idle(&dag->sinks[i]->actor);
    outlets_free(dag);
    for (size_t i = 0; dag->sinks && i < dag->sink_count; i++)
        sink_free(dag->sinks[i]);
    if (dag->control.run)
        actor_wait_idle(&dag->control); /* the last words of the others may have called it again */
    engine_free(dag->engine);
    host_deinit(&dag->engine_host);
    snapshot_deinit(&dag->snapshot, dag->plan->subscriber_count);
    free(dag->node_gates);
    free(dag->sources);
    free(dag->sinks);
    free(dag->outlets);
    memory_account_unref(dag->account);
    plan_free(dag->plan);
    pthread_cond_destroy(&dag->changed);
    pthread_mutex_destroy(&dag->lock);
    pthread_mutex_destroy(&dag->failure_lock);
    pthread_mutex_destroy(&dag->dropped_lock);
    taps_deinit(&dag->taps);
    free(dag);
}
