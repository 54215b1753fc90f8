/* drain.c - see drain.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/drain.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "graph/feeds.h"

struct drained {
    struct dag *dag; /* borrowed */
    bool is_asked;   /* to drain or to stop */
    bool is_cut;     /* to stop: its reader takes nothing any more */
    bool *in_circle; /* owned, by publisher: its circle reads it; NULL: it is in none */
};

struct drain {
    struct feeds feeds;
    bool *is_held;  /* owned, by group: its turn has not come; see hold_groups() */
    bool *is_stuck; /* owned, by group; see find_stuck_groups() */
    size_t count;
    struct drained dags[];
};

static bool is_over(const struct dag *dag)
{
    enum dag_state state = dag_state(dag);

    return state == DAG_STATE_STOPPED || state == DAG_STATE_ENDED || state == DAG_STATE_FAILED;
}

static bool is_circle(const struct drain *drain, const struct feeds_edge *edge)
{
    return drain->feeds.groups[edge->feeder] == drain->feeds.groups[edge->reader];
}

/* Notes which publishers the DAGs of a circle feed each other with. */
static bool note_circles(struct drain *drain)
{
    for (size_t i = 0; i < drain->feeds.edge_count; i++) {
        const struct feeds_edge *edge = &drain->feeds.edges[i];
        struct drained *feeder = &drain->dags[edge->feeder];
        const struct plan *plan = dag_plan(feeder->dag);
        const struct plan *reader = dag_plan(drain->dags[edge->reader].dag);
        if (!is_circle(drain, edge))
            continue;
        if (!feeder->in_circle)
            feeder->in_circle = calloc(plan->publisher_count, sizeof(bool));
        if (!feeder->in_circle)
            return false;
        for (size_t k = 0; k < plan->publisher_count; k++)
            if (strcmp(plan->publishers[k].address.uri,
                       reader->subscribers[edge->subscriber].address.uri) == 0)
                feeder->in_circle[k] = true;
    }
    return true;
}

struct drain *drain_new(struct dag *const *dags, size_t count, struct dag_error *err)
{
    const struct plan **plans = calloc(count + 1, sizeof(*plans));
    struct drain *drain = calloc(1, sizeof(*drain) + count * sizeof(drain->dags[0]));

    if (drain) {
        drain->count = count;
        drain->is_held = calloc(count + 1, sizeof(*drain->is_held));
        drain->is_stuck = calloc(count + 1, sizeof(*drain->is_stuck));
    }
    bool is_made = plans && drain && drain->is_held && drain->is_stuck;
    for (size_t i = 0; is_made && i < count; i++) {
        drain->dags[i].dag = dags[i];
        plans[i] = dag_plan(dags[i]);
    }
    is_made = is_made && feeds_init(&drain->feeds, plans, count, err) && note_circles(drain);
    free(plans);
    if (is_made)
        return drain;
    dag_error_set_memory(err, "a drain");
    drain_free(drain);
    return NULL;
}

/* A reader that has failed takes nothing any more. */
static void stop_feeders_of_failed(struct drain *drain)
{
    for (size_t i = 0; i < drain->feeds.edge_count; i++) {
        const struct feeds_edge *edge = &drain->feeds.edges[i];
        struct dag *feeder = drain->dags[edge->feeder].dag;
        const struct dag *reader = drain->dags[edge->reader].dag;
        if (drain->dags[edge->feeder].is_cut || is_over(feeder) ||
            dag_state(reader) != DAG_STATE_FAILED)
            continue;
        log_write(DAG_LOG_WARNING, dag_plan(feeder)->name, NULL,
                  "stops without a drain: DAG '%s', which reads from it, has failed",
                  dag_plan(reader)->name);
        drain->dags[edge->feeder].is_asked = drain->dags[edge->feeder].is_cut = true;
        dag_stop(feeder, false);
    }
}

/* The feeder has ended, and what it left has been read. */
static bool is_read_out(const struct drain *drain, const struct feeds_edge *edge)
{
    const struct dag *reader = drain->dags[edge->reader].dag;
    struct source_stats stats = {0};

    if (!is_over(drain->dags[edge->feeder].dag))
        return false;
    dag_source_stats(reader, (int32_t)edge->subscriber, &stats);
    return stats.is_at_rest || is_over(reader);
}

/* Those who feed each other wait together, for feeders outside. */
static void hold_groups(struct drain *drain)
{
    const uint32_t *groups = drain->feeds.groups;

    for (size_t i = 0; i < drain->count; i++)
        drain->is_held[groups[i]] = false;
    for (size_t i = 0; i < drain->feeds.edge_count; i++) {
        const struct feeds_edge *edge = &drain->feeds.edges[i];
        uint32_t group = groups[edge->reader];
        if (groups[edge->feeder] != group && !drain->is_held[group])
            drain->is_held[group] = !is_read_out(drain, edge);
    }
}

/* Of what its feeder sent, nothing can be taken any more, nor acknowledged. */
static bool takes_nothing(const struct drain *drain, const struct feeds_edge *edge)
{
    const struct dag *reader = drain->dags[edge->reader].dag;
    struct source_stats stats = {0};

    if (is_over(reader))
        return true;
    dag_source_stats(reader, (int32_t)edge->subscriber, &stats);
    if (dag_plan(reader)->ack == PLAN_ACK_JOURNAL && stats.is_unacknowledged)
        return false;
    return is_circle(drain, edge) || (stats.is_at_rest && stats.depth == 0);
}

/* Those of a circle all wait for each other, and for nothing else. */
static void find_stuck_groups(struct drain *drain)
{
    const uint32_t *groups = drain->feeds.groups;

    for (size_t i = 0; i < drain->count; i++)
        drain->is_stuck[groups[i]] = true;
    for (size_t i = 0; i < drain->count; i++) {
        struct drained *drained = &drain->dags[i];
        if (!is_over(drained->dag) && (!drained->in_circle || !drained->is_asked ||
                                       !dag_drain_waits_only_for(drained->dag, drained->in_circle)))
            drain->is_stuck[groups[i]] = false;
    }
    for (size_t i = 0; i < drain->feeds.edge_count; i++) {
        const struct feeds_edge *edge = &drain->feeds.edges[i];
        uint32_t group = groups[edge->feeder];
        if (drain->is_stuck[group])
            drain->is_stuck[group] = takes_nothing(drain, edge);
    }
}

/* Returns whether a circle still drains. */
static bool end_circles(struct drain *drain)
{
    bool drains = false;

    find_stuck_groups(drain);
    for (size_t i = 0; i < drain->count; i++) {
        struct drained *drained = &drain->dags[i];
        if (!drained->in_circle || drained->is_cut || is_over(drained->dag))
            continue;
        if (!drain->is_stuck[drain->feeds.groups[i]]) {
            drains = true;
            continue;
        }
        log_write(DAG_LOG_INFO, dag_plan(drained->dag)->name, NULL,
                  "stops before the circle of DAGs that it feeds has taken everything; what is "
                  "left is sent again at the next start");
        drained->is_cut = true;
        dag_stop(drained->dag, false);
    }
    return drains;
}

bool drain_step(struct drain *drain)
{
    bool all_asked = true;

    stop_feeders_of_failed(drain);
    hold_groups(drain);
    for (size_t i = 0; i < drain->count; i++) {
        struct drained *drained = &drain->dags[i];
        if (drained->is_asked || is_over(drained->dag))
            continue;
        if (drain->is_held[drain->feeds.groups[i]]) {
            dag_resume(drained->dag); /* it has to take what its feeders hold */
        } else {
            drained->is_asked = true;
            dag_stop(drained->dag, true);
        }
        all_asked = all_asked && drained->is_asked;
    }
    return !end_circles(drain) && all_asked;
}

void drain_free(struct drain *drain)
{
    if (!drain)
        return;
    for (size_t i = 0; i < drain->count; i++)
        free(drain->dags[i].in_circle);
    feeds_deinit(&drain->feeds);
    free(drain->is_held);
    free(drain->is_stuck);
    free(drain);
}
