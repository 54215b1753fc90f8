/* outlet.c - see outlet.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/outlet.h"

#include <assert.h>
#include <stdlib.h>

#include "core/log.h"
#include "runtime/dag.h"

#define RECORDS_OF_RUN 4
#define SAVE_US        1000000 /* how far it is, is stored this often at most */
#define ITEMS_MIN      16

static struct outlet *outlet_of(struct actor *actor)
{
    return (struct outlet *)actor; /* its first field */
}

/* ---- what is safely out ---- */

/* Room for one more item. False: out of memory, for now. */
static bool reserve(struct outlet *outlet)
{
    if (outlet->count < outlet->capacity)
        return true;
    assert(outlet->count == outlet->capacity);
    size_t capacity = outlet->capacity ? outlet->capacity * 2 : ITEMS_MIN;
    struct outlet_item *items = malloc(capacity * sizeof(*items));
    if (!items)
        return false;
    for (size_t i = 0; i < outlet->count; i++)
        items[i] = outlet->items[(outlet->head + i) % outlet->capacity];
    free(outlet->items);
    outlet->items = items;
    outlet->capacity = capacity;
    outlet->head = 0;
    return true;
}

static void note_passed(struct outlet *outlet)
{
    uint64_t key = 0, rows = 0;

    while (outlet->count > 0) {
        const struct outlet_item *item = &outlet->items[outlet->head];
        if (!sink_has_passed(outlet->back, item->ticket))
            break;
        key = item->key;
        rows += item->row_count;
        outlet->head = (outlet->head + 1) % outlet->capacity;
        outlet->count--;
    }
    if (key == 0)
        return;
    outlet->spill->ops->passed(outlet->spill, key, rows);
    outlet->is_unsaved = true;
}

/* When the disk refuses, more is sent again after a crash; whoever writes the log complains. */
static void save_when_due(struct outlet *outlet, int64_t now_us)
{
    struct dag_error ignored = {0};

    if (!outlet->is_unsaved || now_us < outlet->saved_at_us + SAVE_US)
        return;
    outlet->is_unsaved = !outlet->spill->ops->save(outlet->spill, &ignored);
    outlet->saved_at_us = now_us;
}

/* ---- sending on ---- */

static void push(struct outlet *outlet, const struct spill_rows *rows)
{
    struct engine_output output = {
        .rows = dag_batch_rows(rows->batch),
        .cycles = rows->cycles,
        .count = dag_batch_row_count(rows->batch),
    };

    sink_push(outlet->back, rows->batch, &output, rows->mark, dag_monotonic_now(outlet->dag));
    dag_batch_unref(rows->batch);
    outlet->ticket += output.count;
    outlet->unkeyed_count += output.count;
    if (rows->key == 0)
        return;
    size_t place = (outlet->head + outlet->count++) % outlet->capacity;
    outlet->items[place] = (struct outlet_item){
        .key = rows->key, .ticket = outlet->ticket, .row_count = outlet->unkeyed_count};
    outlet->unkeyed_count = 0;
}

static void fail(struct outlet *outlet, const struct dag_error *err, int64_t now_us)
{
    struct dag *dag = outlet->dag;
    const char *name = outlet->back->plan->name;

    if (!err->retryable) {
        dag_fail(dag, name, err);
        return;
    }
    int64_t delay = dag_retry_delay(dag, outlet->failures++, 0, 0);
    outlet->retry_at_us = now_us + delay;
    log_write(DAG_LOG_WARNING, dag->plan->name, name, "%s; next try in %lld ms", err->message,
              (long long)(delay / 1000));
}

static void note_caught_up(struct outlet *outlet)
{
    if (atomic_exchange(&outlet->is_behind, false))
        actor_notify(&outlet->back->actor); /* it may flush */
}

/* Returns whether there may be more to do at once. */
static bool feed(struct outlet *outlet, int64_t now_us)
{
    struct spill_rows rows;
    struct dag_error err = {0};

    if (now_us < outlet->retry_at_us)
        return false;
    outlet->retry_at_us = 0;
    for (int i = 0; i < RECORDS_OF_RUN; i++) {
        if (!sink_has_room(outlet->back))
            return false; /* it notifies us */
        if (!reserve(outlet)) {
            dag_error_set_memory(&err, "spilled rows");
            err.retryable = true;
        } else if (outlet->spill->ops->next(outlet->spill, &rows, &err)) {
            outlet->failures = 0;
            atomic_store(&outlet->is_behind, true);
            push(outlet, &rows);
            continue;
        }
        if (err.code != DAG_ERROR_NONE)
            fail(outlet, &err, now_us);
        note_caught_up(outlet);
        return false;
    }
    return true;
}

/* ---- the actor ---- */

static void set_timer(struct outlet *outlet)
{
    int64_t due = outlet->is_unsaved ? outlet->saved_at_us + SAVE_US : LOOP_NEVER;

    if (outlet->retry_at_us > 0 && outlet->retry_at_us < due)
        due = outlet->retry_at_us;
    loop_timer_set(outlet->dag->runtime->loop, &outlet->timer, due);
}

static void look_whether_drained(struct outlet *outlet)
{
    uint32_t drain = dag_drain(outlet->dag);
    uint64_t rows, size;

    if (dag_phase(outlet->dag) != PHASE_DRAINING || outlet->count > 0 ||
        atomic_load(&outlet->front->drained) != drain)
        return;
    outlet->spill->ops->depth(outlet->spill, &rows, &size);
    if (rows == 0 && atomic_exchange(&outlet->drained, drain) != drain)
        actor_notify(&outlet->back->actor);
}

static bool run(struct actor *actor)
{
    struct outlet *outlet = outlet_of(actor);
    struct dag *dag = outlet->dag;
    uint32_t generation = atomic_load(&dag->generation);
    enum phase phase = dag_phase(dag);

    if (phase == PHASE_CLOSING && atomic_load(&outlet->closed) != generation) {
        loop_timer_set(dag->runtime->loop, &outlet->timer, LOOP_NEVER);
        atomic_store(&outlet->closed, generation);
        actor_notify(&dag->control);
    }
    if (phase == PHASE_STOPPED || phase == PHASE_CLOSING)
        return false;
    int64_t now_us = dag_monotonic_now(dag);
    note_passed(outlet);
    bool more = feed(outlet, now_us);
    save_when_due(outlet, now_us);
    set_timer(outlet);
    look_whether_drained(outlet);
    return more;
}

static int64_t fire(struct loop_timer *timer, int64_t now_us)
{
    (void)now_us;
    actor_notify(&((struct outlet *)((char *)timer - offsetof(struct outlet, timer)))->actor);
    return LOOP_NEVER;
}

static void wake(void *context)
{
    actor_notify(&((struct outlet *)context)->actor);
}

/* ---- all of a DAG ---- */

static bool make(struct dag *dag, size_t publisher, struct spill *spill, struct dag_error *err)
{
    struct outlet *outlet = calloc(1, sizeof(*outlet));
    struct sink *front = outlet ? sink_new(dag, spill->writer, err) : NULL;

    if (!outlet)
        return dag_error_set_memory(err, "a publisher");
    if (!front || !loop_timer_init(dag->runtime->loop, &outlet->timer, fire, err)) {
        sink_free(front);
        free(outlet);
        return false;
    }
    outlet->dag = dag;
    outlet->spill = spill;
    outlet->front = front;
    outlet->back = dag->sinks[publisher];
    outlet->back->outlet = outlet;
    actor_init(&outlet->actor, dag->runtime->scheduler, run);
    spill->wake = wake;
    spill->context = outlet;
    dag->sinks[publisher] = front;
    dag->sinks[dag_front_count(dag) + publisher] = outlet->back;
    dag->outlets[publisher] = outlet;
    return true;
}

bool outlets_make(struct dag *dag, struct dag_error *err)
{
    struct spill *const *spills = dag->durability->spills;

    for (size_t i = 0; spills && i < dag->plan->publisher_count; i++)
        if (spills[i] && dag->sinks[i] && !make(dag, i, spills[i], err))
            return dag_error_add_context(err, "publisher '%s'", dag->plan->publishers[i].name);
    return true;
}

void outlets_free(struct dag *dag)
{
    for (size_t i = 0; dag->outlets && i < dag->plan->publisher_count; i++) {
        struct outlet *outlet = dag->outlets[i];
        if (!outlet)
            continue;
        loop_timer_deinit(dag->runtime->loop, &outlet->timer);
        actor_wait_idle(&outlet->actor);
        outlet->spill->wake = NULL;
        outlet->back->outlet = NULL;
        free(outlet->items);
        free(outlet);
        dag->outlets[i] = NULL;
    }
}

bool outlets_may_lack(const struct dag *dag, struct dag_error *err)
{
    for (size_t i = 0; i < dag->plan->publisher_count; i++)
        if (dag->sinks[i] && dag->plan->publishers[i].when_slow == PLAN_WHEN_SLOW_SPILL)
            return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                                 "publisher '%s' has \"when_slow\": \"spill\", which needs a data "
                                 "folder",
                                 dag->plan->publishers[i].name);
    return true;
}

void outlets_recover(struct dag *dag)
{
    for (size_t i = 0; i < dag->plan->publisher_count; i++) {
        struct outlet *outlet = dag->outlets[i];
        if (!outlet)
            continue;
        outlet->spill->ops->rewind(outlet->spill);
        outlet->ticket = outlet->back->pushed; /* nothing of this DAG runs */
        outlet->head = outlet->count = 0;
        outlet->unkeyed_count = 0;
        outlet->failures = 0;
        outlet->retry_at_us = 0;
        outlet->saved_at_us = dag_monotonic_now(dag);
        outlet->is_unsaved = false;
        atomic_store(&outlet->is_behind, false);
    }
}

void outlets_notify(struct dag *dag)
{
    for (size_t i = 0; i < dag->plan->publisher_count; i++)
        if (dag->outlets[i])
            actor_notify(&dag->outlets[i]->actor);
}

bool outlets_have_closed(const struct dag *dag, uint32_t generation)
{
    for (size_t i = 0; i < dag->plan->publisher_count; i++)
        if (dag->outlets[i] && atomic_load(&dag->outlets[i]->closed) != generation)
            return false;
    return true;
}

void outlets_finish(struct dag *dag)
{
    for (size_t i = 0; i < dag->plan->publisher_count; i++)
        if (dag->outlets[i])
            note_passed(dag->outlets[i]);
}

void outlet_stats(struct outlet *outlet, struct sink_stats *stats)
{
    struct sink_stats back;

    sink_stats(outlet->back, &back);
    outlet->spill->ops->depth(outlet->spill, &stats->spilled_rows, &stats->spilled_size);
    stats->publish_count = back.publish_count;
    stats->last_publish_us = back.last_publish_us;
    stats->depth += stats->spilled_rows; /* what the back sink holds is still in the log */
    stats->dead_letters += back.dead_letters;
    stats->retries += back.retries;
}
