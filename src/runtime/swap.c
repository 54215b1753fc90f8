/* swap.c - a DAG makes place for another of its name, or goes on: see runtime.h.
 *
 * It drains as ever, but for two things: the drain can be taken back, and what is safe in a spill
 * log stays there, so that a dead publisher behind one holds up nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "runtime/dag.h"

/* ---- stopping for a swap ---- */

static void ask(struct dag *dag)
{
    pthread_mutex_lock(&dag->lock);
    enum phase phase = dag_phase(dag);
    bool is_asked = phase == PHASE_OPENING || phase == PHASE_RUNNING;
    if (is_asked) {
        dag->was_suspended = atomic_load(&dag->suspended);
        dag->final = DAG_STATE_STOPPED;
        atomic_store(&dag->suspended, false);
        atomic_store(&dag->is_swap, true);
        dag->swap_is_due = phase == PHASE_OPENING; /* what the journal has must run first */
        if (phase == PHASE_RUNNING)
            dag_set_phase_locked(dag, PHASE_DRAINING);
        dag_set_state_locked(dag, DAG_STATE_STOPPING);
    }
    pthread_mutex_unlock(&dag->lock);
    if (is_asked)
        dag_notify_all(dag);
}

/* False: it is too late, or somebody else has asked it to stop. */
static bool take_back(struct dag *dag)
{
    pthread_mutex_lock(&dag->lock);
    enum phase phase = dag_phase(dag);
    bool can = atomic_load(&dag->is_swap) && (phase == PHASE_DRAINING || dag->swap_is_due);
    if (can) {
        atomic_store(&dag->is_swap, false);
        dag->swap_is_due = false;
        atomic_store(&dag->suspended, dag->was_suspended);
        atomic_fetch_add(&dag->drain, 1); /* what was noted for this one is void */
        atomic_store(&dag->snapshot.final_due, 0);
        if (phase == PHASE_DRAINING) {
            dag_set_phase_locked(dag, PHASE_RUNNING);
            cycles_start_metronomes(&dag->cycles, false);
        }
        dag_set_state_locked(dag, dag->was_suspended ? DAG_STATE_SUSPENDED : DAG_STATE_RUNNING);
    }
    pthread_mutex_unlock(&dag->lock);
    if (can)
        dag_notify_all(dag);
    return can;
}

static bool say_sink(const struct dag *dag, size_t publisher, struct dag_error *err)
{
    struct sink_condition condition;
    struct sink_stats stats;

    dag_sink_stats(dag, (int32_t)publisher, &stats);
    dag_sink_condition(dag, (int32_t)publisher, &condition);
    const char *why = condition.error[0] != '\0' ? condition.error : condition.waits_for;
    if (condition.error[0] != '\0')
        dag_error_set(err, DAG_ERROR_LIMIT, "publisher '%.80s' fails: %s",
                      dag->plan->publishers[publisher].name, why);
    else if (why[0] != '\0')
        dag_error_set(err, DAG_ERROR_LIMIT, "publisher '%.80s' waits for this: %s",
                      dag->plan->publishers[publisher].name, why);
    else
        dag_error_set(err, DAG_ERROR_LIMIT, "publisher '%.80s' still holds %" PRIu64 " messages",
                      dag->plan->publishers[publisher].name, stats.depth);
    return false;
}

/* What hasn't come to rest. */
static bool say_what_is_left(const struct dag *dag, struct dag_error *err)
{
    uint32_t drain = dag_drain(dag);

    for (size_t i = 0; i < dag->plan->publisher_count; i++)
        if (dag->sinks[i] && atomic_load(&dag->sinks[i]->drained) != drain &&
            !sink_is_empty(dag->sinks[i]))
            return say_sink(dag, i, err);
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i] && atomic_load(&dag->sources[i]->quiet) != drain)
            return dag_error_set(err, DAG_ERROR_LIMIT,
                                 "subscriber '%.80s' has not returned from a read",
                                 dag->plan->subscribers[i].name);
    return dag_error_set(err, DAG_ERROR_LIMIT,
                         "its cycles, its journal or its last checkpoint are not through yet");
}

bool dag_stop_for_swap(struct dag *dag, int64_t timeout_us, struct dag_error *err)
{
    ask(dag);
    if (dag_wait(dag, timeout_us))
        return true;
    say_what_is_left(dag, err);
    err->retryable = true;
    if (take_back(dag))
        return false;
    /* it closes already, or is ended by somebody else */
    return dag_wait(dag, timeout_us);
}

/* ---- what is left in memory for the one that comes ---- */

struct parked {
    struct parked *next;
    char *dag, *component, *key; /* owned */
    void *thing;                 /* owned, by means of `drop` */
    uint64_t (*drop)(void *thing);
};

void dag_hand_over(struct dag *dag)
{
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i])
            atomic_store(&dag->sources[i]->host.is_handed_over, true);
}

static void parked_free(struct parked *parked)
{
    free(parked->dag);
    free(parked->component);
    free(parked->key);
    free(parked);
}

bool swap_park(struct dag_host *host, const char *key, void *thing, uint64_t (*drop)(void *thing))
{
    struct host *mine = (struct host *)host;
    struct runtime *runtime = mine->dag->runtime;

    if (!atomic_load(&mine->is_handed_over) || !host->component)
        return false;
    struct parked *parked = calloc(1, sizeof(*parked));
    if (!parked)
        return false;
    *parked = (struct parked){.dag = strdup(host->dag),
                              .component = strdup(host->component),
                              .key = strdup(key),
                              .thing = thing,
                              .drop = drop};
    if (!parked->dag || !parked->component || !parked->key) {
        parked_free(parked);
        return false;
    }
    pthread_mutex_lock(&runtime->lock);
    parked->next = runtime->parked;
    runtime->parked = parked;
    pthread_mutex_unlock(&runtime->lock);
    return true;
}

/* Takes the first one off the list that fits; NULL stands for any. */
static struct parked *take(struct runtime *runtime, const char *dag, const char *component,
                           const char *key)
{
    pthread_mutex_lock(&runtime->lock);
    struct parked **link = &runtime->parked;
    while (*link && ((dag && strcmp((*link)->dag, dag) != 0) ||
                     (component && strcmp((*link)->component, component) != 0) ||
                     (key && strcmp((*link)->key, key) != 0)))
        link = &(*link)->next;
    struct parked *found = *link;
    if (found)
        *link = found->next;
    pthread_mutex_unlock(&runtime->lock);
    return found;
}

void *swap_unpark(struct dag_host *host, const char *key)
{
    struct parked *found =
        host->component ? take(((struct host *)host)->dag->runtime, host->dag, host->component, key)
                        : NULL;

    if (!found)
        return NULL;
    void *thing = found->thing;
    parked_free(found);
    return thing;
}

uint64_t runtime_drop_parked(struct runtime *runtime, const char *dag_name)
{
    uint64_t all = 0;
    struct parked *found;

    while ((found = take(runtime, dag_name, NULL, NULL)) != NULL) {
        uint64_t lost = found->drop(found->thing);
        if (lost > 0)
            log_write(DAG_LOG_WARNING, found->dag, found->component,
                      "%" PRIu64 " messages that waited at '%s' are dropped: nobody reads there "
                      "any more",
                      lost, found->key);
        all += lost;
        parked_free(found);
    }
    return all;
}
