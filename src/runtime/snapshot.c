/* snapshot.c - see snapshot.h.
 *
 * The cycles' actor saves the engine's state between two steps and notes the last row of each lane
 * that a cycle has taken. What a position looks like only the connector knows, and only its own
 * actor may ask it, so each source answers in its own time; the cycles' actor hands the whole
 * over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/snapshot.h"

#include <stdlib.h>

#include "core/log.h"
#include "runtime/dag.h"

bool snapshot_init(struct snapshot *snapshot, size_t subscriber_count, struct dag_error *err)
{
    pthread_mutex_init(&snapshot->lock, NULL);
    snapshot->positions = calloc(subscriber_count + 1, sizeof(*snapshot->positions));
    return snapshot->positions || dag_error_set_memory(err, "a checkpoint");
}

void snapshot_deinit(struct snapshot *snapshot, size_t subscriber_count)
{
    for (size_t i = 0; snapshot->positions && i < subscriber_count; i++)
        dag_buffer_free(&snapshot->positions[i]);
    free(snapshot->positions);
    dag_buffer_free(&snapshot->engine);
    pthread_mutex_destroy(&snapshot->lock);
}

void snapshot_reset(struct dag *dag, bool is_first)
{
    struct snapshot *snapshot = &dag->snapshot;

    snapshot->is_open = false;
    atomic_store(&snapshot->is_abandoned, false);
    atomic_store(&snapshot->is_first_due, is_first);
    atomic_store(&snapshot->final_due, 0);
    atomic_store(&snapshot->final_done, 0);
}

/* Asks every source, of which there are `*count`. False: out of memory. */
static bool ask_sources(struct dag *dag, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < dag->plan->subscriber_count; i++) {
        struct source *source = dag->sources[i];
        if (!source || !source->plan->type->save_position)
            continue;
        if (!source_mark_position(source))
            return false;
        ++*count;
    }
    return true;
}

static void notify_sources(struct dag *dag)
{
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i] && atomic_load(&dag->sources[i]->wants_position))
            actor_notify(&dag->sources[i]->actor);
}

static void begin(struct dag *dag, bool with_state)
{
    struct snapshot *snapshot = &dag->snapshot;
    struct dag_error err = {0};

    pthread_mutex_lock(&snapshot->lock);
    snapshot->cycle = atomic_load(&dag->cycles.last_cycle);
    snapshot->engine.size = 0;
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        snapshot->positions[i].size = 0;
    bool saved = true;
    if (with_state) {
        pthread_mutex_lock(&dag->cycles.engine_lock);
        saved = engine_save(dag->engine, &snapshot->engine, &err);
        pthread_mutex_unlock(&dag->cycles.engine_lock);
    }
    if (saved && !ask_sources(dag, &snapshot->waiting))
        saved = dag_error_set_memory(&err, "a position");
    snapshot->is_open = saved;
    pthread_mutex_unlock(&snapshot->lock);
    if (!saved) {
        log_write(DAG_LOG_ERROR, dag->plan->name, NULL, "no checkpoint: %s", err.message);
        return;
    }
    notify_sources(dag);
}

/* Hands a complete one over. Returns whether there was one. */
static bool hand_over(struct dag *dag)
{
    struct snapshot *snapshot = &dag->snapshot;
    struct dag_error err = {0};
    size_t count = dag->plan->subscriber_count;

    pthread_mutex_lock(&snapshot->lock);
    bool is_complete = snapshot->is_open && snapshot->waiting == 0;
    struct dag_text *positions = is_complete ? calloc(count + 1, sizeof(*positions)) : NULL;
    if (positions) {
        for (size_t i = 0; i < count; i++)
            if (snapshot->positions[i].size > 0)
                positions[i] =
                    (struct dag_text){snapshot->positions[i].bytes, snapshot->positions[i].size};
        const char *state = snapshot->engine.size > 0 ? snapshot->engine.bytes : NULL;
        if (!dag->durability->ops->checkpoint(dag->durability, snapshot->cycle, state,
                                              snapshot->engine.size, positions, &err))
            log_write(DAG_LOG_ERROR, dag->plan->name, NULL, "no checkpoint: %s", err.message);
        snapshot->is_open = false;
    }
    pthread_mutex_unlock(&snapshot->lock);
    free(positions);
    return positions != NULL;
}

static bool is_open(struct snapshot *snapshot)
{
    pthread_mutex_lock(&snapshot->lock);
    bool open = snapshot->is_open;
    pthread_mutex_unlock(&snapshot->lock);
    return open;
}

void snapshot_work(struct dag *dag, bool *may_run)
{
    struct snapshot *snapshot = &dag->snapshot;

    *may_run = true;
    if (!dag->durability)
        return;
    bool was_open = is_open(snapshot);
    if (was_open && hand_over(dag)) {
        was_open = false;
        if (atomic_exchange(&snapshot->is_first_due, false))
            return;
        uint32_t due = atomic_load(&snapshot->final_due);
        if (due > 0 && snapshot->cycle == atomic_load(&dag->cycles.last_cycle)) {
            atomic_store(&snapshot->final_done, due);
            actor_notify(&dag->control);
            return;
        }
    }
    bool is_first = atomic_load(&snapshot->is_first_due);
    uint32_t final_due = atomic_load(&snapshot->final_due);
    bool is_final = final_due > 0 && atomic_load(&snapshot->final_done) != final_due;
    *may_run = !is_first;
    if (was_open)
        return;
    if (is_first || is_final ||
        (dag_phase(dag) == PHASE_RUNNING && cycles_are_live(&dag->cycles) &&
         dag->durability->ops->wants_checkpoint(dag->durability, false))) {
        begin(dag, !is_first);
        actor_notify(&dag->cycles.actor); /* it may be complete already */
    }
}

void snapshot_abandon(struct dag *dag)
{
    struct snapshot *snapshot = &dag->snapshot;

    pthread_mutex_lock(&snapshot->lock);
    snapshot->is_open = false;
    snapshot->waiting = 0;
    pthread_mutex_unlock(&snapshot->lock);
    uint32_t final_due = atomic_load(&snapshot->final_due);
    if (final_due > 0) {
        atomic_store(&snapshot->is_abandoned, true);
        atomic_store(&snapshot->final_done, final_due);
        actor_notify(&dag->control);
    }
}

void snapshot_answer(struct source *source)
{
    struct snapshot *snapshot = &source->dag->snapshot;
    size_t index = (size_t)(source->plan - source->dag->plan->subscribers);
    struct dag_buffer position = {0};

    if (!source_tell_position(source, &position))
        return; /* not yet: it isn't open */
    pthread_mutex_lock(&snapshot->lock);
    dag_buffer_free(&snapshot->positions[index]);
    snapshot->positions[index] = position;
    bool is_last = snapshot->waiting > 0 && --snapshot->waiting == 0;
    pthread_mutex_unlock(&snapshot->lock);
    if (is_last)
        actor_notify(&source->dag->cycles.actor);
}
