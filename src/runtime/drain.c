/* drain.c - see drain.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/drain.h"

#include <stdlib.h>

#include "core/log.h"
#include "graph/feeds.h"

struct drained {
    struct dag *dag; /* borrowed */
    bool is_asked;   /* to drain or to stop */
    bool is_cut;     /* to stop: its reader has failed */
};

struct drain {
    struct feeds feeds;
    bool *is_held; /* owned, by group: its turn has not come; see hold_groups() */
    size_t count;
    struct drained dags[];
};

static bool is_over(const struct dag *dag)
{
    enum dag_state state = dag_state(dag);

    return state == DAG_STATE_STOPPED || state == DAG_STATE_ENDED || state == DAG_STATE_FAILED;
}

struct drain *drain_new(struct dag *const *dags, size_t count, struct dag_error *err)
{
    const struct plan **plans = calloc(count + 1, sizeof(*plans));
    struct drain *drain = calloc(1, sizeof(*drain) + count * sizeof(drain->dags[0]));

    if (drain)
        drain->is_held = calloc(count + 1, sizeof(*drain->is_held));
    bool is_made = plans && drain && drain->is_held;
    if (!is_made)
        dag_error_set_memory(err, "a drain");
    for (size_t i = 0; is_made && i < count; i++) {
        drain->dags[i].dag = dags[i];
        plans[i] = dag_plan(dags[i]);
    }
    is_made = is_made && feeds_init(&drain->feeds, plans, count, err);
    free(plans);
    if (!is_made) {
        drain_free(drain);
        return NULL;
    }
    drain->count = count;
    return drain;
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
    return all_asked;
}

void drain_free(struct drain *drain)
{
    if (!drain)
        return;
    feeds_deinit(&drain->feeds);
    free(drain->is_held);
    free(drain);
}
