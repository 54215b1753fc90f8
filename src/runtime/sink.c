/* sink.c - see sink.h. Holding rows is hold.c's, dead letters are letters.c's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/sink.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hidden.h"
#include "core/log.h"
#include "core/options.h"
#include "runtime/dag.h"
#include "runtime/hold.h"
#include "runtime/letters.h"

#define QUEUE_BATCHES_MAX 4 /* further would leave the cache before it is written */
#define QUEUE_BYTES_MAX   ((size_t)16 << 20)
#define FLUSH_BYTES       ((size_t)64 << 20) /* at the latest then */
#define FLUSH_US          100000             /* and then */
/* A call that takes so long is shown as what the sink waits for. */
#define HANGING_US 1000000

enum outcome {
    OUTCOME_PROGRESS,
    OUTCOME_NOTHING, /* to do for now */
    OUTCOME_BLOCKED, /* until something wakes the sink */
};

static struct sink *sink_of(struct actor *actor)
{
    return (struct sink *)actor; /* its first field */
}

/* ---- opening and failing ---- */

void sink_tell_trouble(struct sink *sink, const char *message, uint64_t count)
{
    const struct plan *plan = sink->dag->plan;
    size_t index = (size_t)(sink->plan - plan->publishers);

    if (index >= plan->publisher_count)
        return; /* a spill log, or kept dead letters: what fails them fails or holds up the DAG */
    struct dag_trouble trouble = {
        .node = -1, .subscriber = -1, .publisher = (int32_t)index, .message = message};
    trouble_tell(&sink->trouble, sink->dag, trouble, count);
}

/* It can't go on until somebody else has done something. */
static void note_wait(struct sink *sink, const char *waits_for, bool goes_on)
{
    hindrance_wait(&sink->hindrance, waits_for, dag_realtime_now(sink->dag), goes_on);
}

static void fail(struct sink *sink, const struct dag_error *err)
{
    struct dag *dag = sink->dag;

    if (!err->retryable) {
        dag_fail(dag, sink->plan->name, err);
        return;
    }
    int64_t delay =
        dag_retry_delay(dag, sink->failures++, sink->plan->retry_min_us, sink->plan->retry_max_us);
    sink->retry_at_us = dag_monotonic_now(dag) + delay;
    atomic_fetch_add_explicit(&sink->retries, 1, memory_order_relaxed);
    log_write(DAG_LOG_WARNING, dag->plan->name, sink->plan->name, "%s; next try in %lld ms",
              err->message, (long long)(delay / 1000));
    hindrance_fail(&sink->hindrance, err->message, dag_realtime_now(dag), delay);
    sink_tell_trouble(sink, err->message, 1);
    loop_timer_set(dag->runtime->loop, &sink->retry, sink->retry_at_us);
}

/* What the publisher holds already is not written again. */
static bool read_progress(struct sink *sink, struct dag_error *err)
{
    struct dag *dag = sink->dag;
    const struct dag_publisher *type = sink->plan->type;
    size_t index = (size_t)(sink->plan - dag->plan->publishers);

    if (!dag->durability || dag->plan->delivery != PLAN_EXACTLY_ONCE || !type->progress)
        return true;
    return type->progress(sink->state, dag->start.instance, &sink->progress, err) &&
           (index >= dag->plan->publisher_count ||
            dag->durability->ops->note_progress(dag->durability, (int32_t)index, sink->progress,
                                                err));
}

static bool open_connector(struct sink *sink, uint32_t generation)
{
    const struct dag_publisher *type = sink->plan->type;
    struct dag *dag = sink->dag;
    struct dag_error err = {0};

    bool done =
        (!type->open || type->open(sink->state, &sink->plan->address, &sink->host.host, &err)) &&
        read_progress(sink, &err);
    if (done) {
        sink->is_open = true;
        sink->failures = 0;
        hindrance_clear(&sink->hindrance);
        sink->opened_at_us = dag_monotonic_now(dag);
    } else {
        if (type->stop)
            type->stop(sink->state);
        fail(sink, &err);
    }
    /* exactly once: every sink is fenced and has told its progress before anything runs; behind a
     * spill log nothing but that log waits for it */
    bool is_attempted =
        done || sink->outlet || !dag->durability || dag->plan->delivery != PLAN_EXACTLY_ONCE;
    if (is_attempted && atomic_exchange(&sink->attempted, generation) != generation)
        actor_notify(&dag->control);
    return done;
}

/* ---- what is safely out ---- */

/* Tells whoever pushes to it. */
static void notify_feeder(struct sink *sink)
{
    if (sink->outlet)
        actor_notify_later(&sink->outlet->actor);
    else
        actor_notify_later(&sink->dag->cycles.actor);
}

/* What was written goes on waiting until it is safe; without room the older one's time counts. */
static void begin_measuring(struct sink *sink, int64_t since_us, uint64_t row_count)
{
    if (sink->wait_count > 0 && (sink->wait_count == SINK_WAITS_MAX ||
                                 sink->waits[sink->wait_count - 1].since_us == since_us))
        sink->waits[sink->wait_count - 1].row_count += row_count;
    else
        sink->waits[sink->wait_count++] = (struct waiting_since){since_us, row_count};
}

static void measure(struct sink *sink)
{
    int64_t now_us = dag_monotonic_now(sink->dag);

    for (size_t i = 0; i < sink->wait_count; i++)
        latency_add(&sink->latency, now_us - sink->waits[i].since_us, sink->waits[i].row_count);
    sink->wait_count = 0;
}

/* All that was written is safe now. */
static void settle(struct sink *sink)
{
    struct sink *errors = dag_errors_sink(sink->dag);

    if (sink->unflushed_rows == 0)
        return;
    if (sink->letters_pushed > 0 && errors) {
        atomic_store(&sink->letters_wait, true);
        if (!sink_has_passed(errors, sink->letters_pushed)) {
            note_wait(sink, "its dead letters to be safe", false);
            return; /* `errors` wakes us */
        }
        atomic_store(&sink->letters_wait, false);
        sink->letters_pushed = 0;
    }
    pthread_mutex_lock(&sink->lock);
    sink->unsafe_count -= sink->unflushed_rows;
    sink->passed += sink->unflushed_rows;
    sink->safe = sink->written_mark > sink->safe ? sink->written_mark : sink->safe;
    bool wake = sink->writers_wait && sink->unsafe_count == 0;
    bool is_awaited = sink->republished != NULL;
    sink->writers_wait = sink->writers_wait && !wake;
    pthread_mutex_unlock(&sink->lock);
    if (is_awaited)
        republish_passed(sink);
    atomic_fetch_add_explicit(&sink->publish_count, sink->unflushed_published,
                              memory_order_relaxed);
    sink->unflushed_rows = 0;
    sink->unflushed_published = 0;
    sink->unflushed_size = 0;
    measure(sink);
    atomic_store(&sink->unflushed, false);
    if (wake || sink->outlet)
        notify_feeder(sink);
    if (sink == errors)
        letters_passed(sink->dag);
    dag_update_watermark(sink->dag);
}

static void describe_wait(struct sink *sink, bool goes_on)
{
    const struct dag_publisher *type = sink->plan->type;
    char text[HINDRANCE_TEXT_SIZE] = "";

    if (type->describe)
        type->describe(sink->state, text, sizeof(text));
    hidden_mask(text);
    note_wait(sink, text[0] != '\0' ? text : "the other side to take more", goes_on);
}

static bool call_is_done(struct sink *sink, enum dag_write_status status,
                         const struct dag_error *err, bool goes_on)
{
    if (status == DAG_WRITE_WAIT) {
        sink->waiting = true;
        describe_wait(sink, goes_on);
    } else if (status == DAG_WRITE_FAILED) {
        fail(sink, err);
    } else {
        sink->failures = 0;
        hindrance_clear(&sink->hindrance);
    }
    return status == DAG_WRITE_DONE;
}

static void set_in_call(struct sink *sink, bool in_call)
{
    if ((sink->plan->type->flags & DAG_CONNECTOR_BLOCKS) == 0)
        return;
    atomic_store_explicit(&sink->call_since_us, in_call ? dag_realtime_now(sink->dag) : 0,
                          memory_order_relaxed);
    pthread_mutex_lock(&sink->lock);
    sink->in_call = in_call;
    pthread_mutex_unlock(&sink->lock);
}

static enum outcome flush(struct sink *sink)
{
    const struct dag_publisher *type = sink->plan->type;
    struct dag_error err = {0};

    if (type->flush && atomic_load(&sink->unflushed)) {
        set_in_call(sink, true);
        enum dag_write_status status = type->flush(sink->state, &err);
        set_in_call(sink, false);
        if (!call_is_done(sink, status, &err, false))
            return OUTCOME_BLOCKED;
    }
    atomic_store(&sink->unflushed, false);
    loop_timer_set(sink->dag->runtime->loop, &sink->flush_timer, LOOP_NEVER);
    settle(sink);
    return sink->unflushed_rows == 0 ? OUTCOME_NOTHING : OUTCOME_BLOCKED;
}

/* Syncing is dear, so while more is about to come it waits, for a moment. */
static enum outcome flush_when_worth(struct sink *sink)
{
    struct dag *dag = sink->dag;

    if (sink->unflushed_rows == 0)
        return OUTCOME_NOTHING;
    bool now = !sink->plan->type->flush || sink->unflushed_size >= FLUSH_BYTES ||
               atomic_exchange(&sink->flush_passed, false) || dag_phase(dag) != PHASE_RUNNING;
    if (!now && sink->outlet && atomic_load(&sink->outlet->is_behind))
        return OUTCOME_BLOCKED; /* until it has caught up, which it tells, or the timer */
    if (now || atomic_load(&dag->idle) || !atomic_load(&sink->unflushed))
        return flush(sink);
    return OUTCOME_BLOCKED;
}

static void note_unflushed(struct sink *sink, size_t rows, size_t size)
{
    struct dag *dag = sink->dag;

    sink->unflushed_rows += rows;
    sink->unflushed_size += size;
    if (!sink->plan->type->flush) {
        settle(sink);
        return;
    }
    if (!atomic_exchange(&sink->unflushed, true))
        loop_timer_set(dag->runtime->loop, &sink->flush_timer, dag_monotonic_now(dag) + FLUSH_US);
}

/* ---- writing ---- */

/* There is room again: tells those who wait for it. */
static void relieve(struct sink *sink, bool wake)
{
    if (!wake)
        return;
    notify_feeder(sink);
    if (sink == dag_errors_sink(sink->dag))
        letters_passed(sink->dag);
}

static bool is_full_locked(const struct sink *sink)
{
    return sink->queue.row_count >= (size_t)QUEUE_BATCHES_MAX * sink->dag->runtime->batch_rows ||
           sink->queue.size >= QUEUE_BYTES_MAX;
}

/* Takes the oldest item off the queue. False: it is empty. */
static bool pop(struct sink *sink, struct queue_item *item)
{
    bool found = false, wake = false;

    pthread_mutex_lock(&sink->lock);
    if (sink->queue.count > 0) {
        *item = queue_pop(&sink->queue);
        found = true;
        wake = sink->writers_wait && !is_full_locked(sink);
        sink->writers_wait = sink->writers_wait && !wake;
    }
    pthread_mutex_unlock(&sink->lock);
    relieve(sink, wake);
    return found;
}

/* Moves what waits into the held rows. False: out of memory, for now. */
static bool hold_all(struct sink *sink)
{
    struct dag_error err = {0};

    while (hold_has_room(sink) && (sink->incoming.batch || pop(sink, &sink->incoming)))
        if (!hold_incoming(sink, &err)) {
            err.retryable = true;
            fail(sink, &err);
            return false;
        }
    return true;
}

/* True: sink->current has rows to write. */
static bool next_item(struct sink *sink)
{
    if (sink->current.batch)
        return true;
    if (sink->plan->publish_interval_us == 0)
        return pop(sink, &sink->current);
    return hold_all(sink) && hold_release(sink);
}

static void finish_rows(struct sink *sink, size_t written, size_t rejected)
{
    struct queue_item *item = &sink->current;
    uint32_t begin = item->first;
    size_t size = item->size * written / (item->end - begin);

    item->first += (uint32_t)written;
    item->size -= size;
    atomic_fetch_sub_explicit(&sink->depth, written, memory_order_relaxed);
    if (written > rejected) {
        sink->unflushed_published += written - rejected;
        atomic_store_explicit(&sink->last_publish_us, dag_realtime_now(sink->dag),
                              memory_order_relaxed);
    }
    if (written > 0)
        begin_measuring(sink, item->since_us, written);
    if (item->first == item->end) {
        sink->written_mark = item->mark;
        dag_batch_unref(item->batch);
        item->batch = NULL;
    } else if (written > 0) {
        sink->written_mark = item->cycles[item->first] - 1;
    }
    if (written > 0)
        note_unflushed(sink, written, size);
}

bool sink_keeps_progress(const struct sink *sink)
{
    return sink->dag->durability && sink->dag->plan->delivery == PLAN_EXACTLY_ONCE &&
           sink->plan->type->progress;
}

/* How many rows at the front of the item are of cycles up to `cycle`. */
static size_t rows_up_to(const struct queue_item *item, uint64_t cycle)
{
    uint32_t first = item->first, end = item->end;

    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        if (item->cycles[middle] <= cycle)
            first = middle + 1;
        else
            end = middle;
    }
    return first - item->first;
}

/* What a publisher notes as its progress must be known after a crash: neither rows nor the mark may
 * be of cycles whose order can still be lost. The mark of held rows is often ahead of them. False:
 * there is nothing to write yet. */
static bool limit_to_ordered(struct dag_delivery *delivery, const struct queue_item *item,
                             uint64_t ordered)
{
    delivery->count = rows_up_to(item, ordered);
    if (delivery->mark > ordered)
        delivery->mark = ordered;
    return delivery->count > 0;
}

/* While others can go on, the journal may collect more before it syncs; once they wait for room
 * here, everybody would only wait for it. */
static void set_order_waits(struct sink *sink, bool waits)
{
    if (!waits && !sink->order_waits)
        return;
    pthread_mutex_lock(&sink->lock);
    sink->order_waits = waits;
    bool hurry = waits && sink->writers_wait;
    pthread_mutex_unlock(&sink->lock);
    if (hurry)
        dag_hurry_order(sink->dag);
}

static enum outcome write_rows(struct sink *sink)
{
    const struct queue_item *item = &sink->current;
    struct dag_delivery delivery = {
        .rows = item->rows + item->first,
        .cycles = item->cycles + item->first,
        .count = item->end - item->first,
        .batch = item->batch,
        .mark = item->mark,
    };
    struct dag_error err = {0};
    size_t written = 0;

    if (sink->progress > 0 && (written = rows_up_to(item, sink->progress)) > 0) {
        finish_rows(sink, written, written); /* it has them */
        return OUTCOME_PROGRESS;
    }
    if (sink_keeps_progress(sink) && !limit_to_ordered(&delivery, item, dag_ordered(sink->dag))) {
        note_wait(sink, "the journal to have the order of its cycles on the disk", false);
        set_order_waits(sink, true);
        return OUTCOME_BLOCKED; /* woken when their order is synced */
    }
    set_order_waits(sink, false);
    if (!letters_have_room(sink)) {
        note_wait(sink, "room at the publisher of dead letters", false);
        return OUTCOME_BLOCKED;
    }
    sink->rejected_count = 0;
    set_in_call(sink, true);
    enum dag_write_status status = sink->plan->type->write(sink->state, &delivery, &written, &err);
    set_in_call(sink, false);
    assert(written <= delivery.count);
    size_t rejected = letters_send(sink, &delivery, written);
    finish_rows(sink, written, rejected);
    if (status == DAG_WRITE_DONE && written == 0) {
        dag_error_set(&err, DAG_ERROR_UNSUPPORTED, "%s took no row and gave no reason",
                      sink->plan->type->name);
        status = DAG_WRITE_FAILED;
    }
    return call_is_done(sink, status, &err, written > 0) ? OUTCOME_PROGRESS : OUTCOME_BLOCKED;
}

/* ---- the actor ---- */

static void close_connector(struct sink *sink, uint32_t generation)
{
    struct loop *loop = sink->dag->runtime->loop;

    if (sink->is_open) {
        flush(sink); /* once; what isn't safe then comes to the next start */
        sink->is_open = false;
        if (sink->plan->type->stop)
            sink->plan->type->stop(sink->state);
    }
    loop_timer_set(loop, &sink->retry, LOOP_NEVER);
    loop_timer_set(loop, &sink->interval, LOOP_NEVER);
    loop_timer_set(loop, &sink->flush_timer, LOOP_NEVER);
    sink->interval_set = false;
    actor_thread_leave(&sink->actor);
    atomic_store(&sink->closed, generation);
    actor_notify(&sink->dag->control);
}

static bool is_ready(struct sink *sink, uint32_t generation)
{
    bool woken = atomic_exchange(&sink->host.woken, false);

    if (sink->retry_at_us > 0) {
        if (dag_monotonic_now(sink->dag) < sink->retry_at_us)
            return false;
        sink->retry_at_us = 0;
        woken = true;
    }
    sink->waiting = sink->waiting && !woken;
    return !sink->waiting && (sink->is_open || open_connector(sink, generation));
}

/* Nothing can come any more, and all is out. */
static void look_whether_drained(struct sink *sink)
{
    struct dag *dag = sink->dag;
    uint32_t drain = dag_drain(dag);
    bool over = atomic_load(sink->outlet ? &sink->outlet->drained : &dag->cycles.drained) == drain;

    if (dag_phase(dag) != PHASE_DRAINING || !over || !sink_is_empty(sink) ||
        !letters_are_over(sink, drain))
        return;
    if (atomic_exchange(&sink->drained, drain) != drain) {
        actor_notify(&dag->control);
        outlets_notify(dag);
        if (dag_errors_sink(dag))
            actor_notify(&dag_errors_sink(dag)->actor);
    }
}

static bool run(struct actor *actor)
{
    struct sink *sink = sink_of(actor);
    struct dag *dag = sink->dag;
    uint32_t generation = atomic_load(&dag->generation);
    enum phase phase = dag_phase(dag);
    size_t rows_max = dag->runtime->batch_rows;

    if (phase == PHASE_CLOSING && atomic_load(&sink->closed) != generation)
        close_connector(sink, generation);
    if (phase == PHASE_STOPPED || phase == PHASE_CLOSING)
        return false;
    if (!is_ready(sink, generation)) {
        look_whether_drained(sink);
        return false;
    }
    enum outcome outcome = OUTCOME_PROGRESS;
    for (size_t rows = 0; outcome == OUTCOME_PROGRESS && rows < rows_max;) {
        if (next_item(sink)) {
            rows += sink->current.end - sink->current.first;
            outcome = write_rows(sink);
            if (outcome == OUTCOME_PROGRESS && sink->unflushed_size >= FLUSH_BYTES)
                outcome = flush(sink) == OUTCOME_BLOCKED ? OUTCOME_BLOCKED : OUTCOME_PROGRESS;
        } else {
            outcome = sink->retry_at_us > 0 ? OUTCOME_BLOCKED : flush_when_worth(sink);
        }
    }
    if (outcome == OUTCOME_NOTHING)
        look_whether_drained(sink);
    return outcome == OUTCOME_PROGRESS;
}

/* ---- what the cycles use ---- */

bool sink_has_room(struct sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    bool room = !is_full_locked(sink) && queue_reserve(&sink->queue, 1);
    if (!room)
        sink->writers_wait = true;
    bool hurry = !room && sink->order_waits;
    pthread_mutex_unlock(&sink->lock);
    if (hurry)
        dag_hurry_order(sink->dag);
    return room;
}

static void push_locked(struct sink *sink, struct queue_item item)
{
    size_t rows = item.end - item.first;

    queue_push(&sink->queue, item);
    sink->unsafe_count += rows;
    sink->pushed += rows;
    atomic_fetch_add_explicit(&sink->depth, rows, memory_order_relaxed);
}

void sink_push(struct sink *sink, struct dag_batch *batch, const struct engine_output *output,
               uint64_t mark, int64_t since_us)
{
    pthread_mutex_lock(&sink->lock);
    if (output->count > 0) {
        if (sink->unsafe_count == 0)
            sink->safe = sink->mark;
        push_locked(sink, (struct queue_item){.batch = dag_batch_ref(batch),
                                              .rows = output->rows,
                                              .cycles = output->cycles,
                                              .end = (uint32_t)output->count,
                                              .mark = mark,
                                              .since_us = since_us});
    }
    sink->mark = mark;
    pthread_mutex_unlock(&sink->lock);
    if (output->count > 0)
        actor_notify(&sink->actor);
}

static bool push_letters_locked(struct sink *sink, struct dag_batch *batch, uint64_t *cycles,
                                uint64_t *ticket)
{
    size_t count = dag_batch_row_count(batch);

    /* one more for the cycles, which have asked for it already */
    if (!cycles || !queue_reserve(&sink->queue, 2))
        return false;
    if (sink->unsafe_count == 0)
        sink->safe = sink->mark;
    for (size_t i = 0; i < count; i++)
        cycles[i] = sink->mark; /* ascending, and not beyond the mark */
    push_locked(sink, (struct queue_item){.batch = dag_batch_ref(batch),
                                          .rows = dag_batch_rows(batch),
                                          .cycles = cycles,
                                          .end = (uint32_t)count,
                                          .mark = sink->mark,
                                          .since_us = dag_monotonic_now(sink->dag)});
    *ticket = sink->pushed;
    return true;
}

static bool push_letters(struct sink *sink, struct dag_batch *batch, bool must_run,
                         uint64_t *ticket)
{
    uint64_t *cycles = dag_batch_alloc(batch, dag_batch_row_count(batch) * sizeof(*cycles));

    pthread_mutex_lock(&sink->lock);
    bool done = (!must_run || dag_phase(sink->dag) == PHASE_RUNNING) &&
                push_letters_locked(sink, batch, cycles, ticket);
    pthread_mutex_unlock(&sink->lock);
    if (done)
        actor_notify(&sink->actor);
    return done;
}

bool sink_push_letters(struct sink *sink, struct dag_batch *batch, uint64_t *ticket)
{
    return push_letters(sink, batch, false, ticket);
}

bool sink_push_beside(struct sink *sink, struct dag_batch *batch, uint64_t *ticket)
{
    return push_letters(sink, batch, true, ticket);
}

bool sink_has_passed(struct sink *sink, uint64_t ticket)
{
    pthread_mutex_lock(&sink->lock);
    bool passed = sink->passed >= ticket;
    pthread_mutex_unlock(&sink->lock);
    return passed;
}

uint64_t sink_safe_cycle(struct sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    uint64_t safe = sink->unsafe_count == 0 ? sink->mark : sink->safe;
    pthread_mutex_unlock(&sink->lock);
    return safe;
}

bool sink_is_empty(struct sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    bool empty = sink->unsafe_count == 0;
    if (!empty)
        sink->writers_wait = true;
    pthread_mutex_unlock(&sink->lock);
    return empty;
}

void sink_interrupt(struct sink *sink)
{
    const struct dag_publisher *type = sink->plan->type;

    if (!type->interrupt)
        return;
    pthread_mutex_lock(&sink->lock);
    if (sink->in_call)
        type->interrupt(sink->state);
    pthread_mutex_unlock(&sink->lock);
}

void sink_stats(struct sink *sink, struct sink_stats *stats)
{
    *stats = (struct sink_stats){
        .publish_count = atomic_load_explicit(&sink->publish_count, memory_order_relaxed),
        .last_publish_us = atomic_load_explicit(&sink->last_publish_us, memory_order_relaxed),
        .depth = atomic_load_explicit(&sink->depth, memory_order_relaxed),
        .dead_letters = atomic_load_explicit(&sink->dead_letters, memory_order_relaxed),
        .retries = atomic_load_explicit(&sink->retries, memory_order_relaxed),
        .safe_cycle = sink_safe_cycle(sink),
    };
    pthread_mutex_lock(&sink->lock);
    stats->size = sink->queue.size;
    pthread_mutex_unlock(&sink->lock);
}

void sink_condition(struct sink *sink, struct sink_condition *condition)
{
    struct hindrance *hindrance = &sink->hindrance;
    int64_t call_since_us = atomic_load_explicit(&sink->call_since_us, memory_order_relaxed);

    condition->is_written = true;
    pthread_mutex_lock(&hindrance->lock);
    memcpy(condition->error, hindrance->error, sizeof(condition->error));
    memcpy(condition->waits_for, hindrance->waits_for, sizeof(condition->waits_for));
    if (condition->error[0] != '\0') {
        condition->error_since_us = hindrance->error_since_us;
        condition->next_try_us = hindrance->next_try_us;
        condition->tries = hindrance->tries;
    }
    if (condition->waits_for[0] != '\0')
        condition->waits_since_us = hindrance->waits_since_us;
    pthread_mutex_unlock(&hindrance->lock);
    if (call_since_us > 0 && dag_realtime_now(sink->dag) - call_since_us >= HANGING_US) {
        snprintf(condition->waits_for, sizeof(condition->waits_for), "its %s to return from a call",
                 sink->plan->type->name);
        condition->waits_since_us = call_since_us;
    }
    pthread_mutex_lock(&sink->lock);
    condition->depth_max = (uint64_t)QUEUE_BATCHES_MAX * sink->dag->runtime->batch_rows;
    condition->is_full = is_full_locked(sink);
    pthread_mutex_unlock(&sink->lock);
}

/* ---- making ---- */

static int64_t fire_retry(struct loop_timer *timer, int64_t now_us)
{
    (void)now_us;
    actor_notify(&((struct sink *)((char *)timer - offsetof(struct sink, retry)))->actor);
    return LOOP_NEVER;
}

static int64_t fire_interval(struct loop_timer *timer, int64_t now_us)
{
    struct sink *sink = (struct sink *)((char *)timer - offsetof(struct sink, interval));

    (void)now_us;
    atomic_store(&sink->interval_passed, true);
    actor_notify(&sink->actor);
    return LOOP_NEVER;
}

static int64_t fire_flush(struct loop_timer *timer, int64_t now_us)
{
    struct sink *sink = (struct sink *)((char *)timer - offsetof(struct sink, flush_timer));

    (void)now_us;
    atomic_store(&sink->flush_passed, true);
    actor_notify(&sink->actor);
    return LOOP_NEVER;
}

static bool prepare(struct sink *sink, struct dag_error *err)
{
    const struct dag_publisher *type = sink->plan->type;
    struct loop *loop = sink->dag->runtime->loop;

    if (!loop_timer_init(loop, &sink->retry, fire_retry, err) ||
        !loop_timer_init(loop, &sink->interval, fire_interval, err) ||
        !loop_timer_init(loop, &sink->flush_timer, fire_flush, err))
        return false;
    if (!options_read_known(type->options, sink->plan->config, sink->state,
                            sink->dag->plan->document, NULL, NULL))
        return dag_error_set(err, DAG_ERROR_INVALID, "its options are wrong");
    return !type->check || type->check(sink->state, &sink->plan->address, err);
}

struct sink *sink_new(struct dag *dag, const struct plan_publisher *plan, struct dag_error *err)
{
    struct sink *sink = calloc(1, sizeof(*sink));
    void *state = calloc(1, plan->type->state_size ? plan->type->state_size : 1);

    if (!sink || !state) {
        dag_error_set_memory(err, "a publisher");
        free(sink);
        free(state);
        return NULL;
    }
    sink->dag = dag;
    sink->plan = plan;
    sink->state = state;
    pthread_mutex_init(&sink->lock, NULL);
    hindrance_init(&sink->hindrance);
    actor_init(&sink->actor, dag->runtime->scheduler, run);
    bool own = (plan->type->flags & DAG_CONNECTOR_BLOCKS) != 0 &&
               !scheduler_is_by_hand(dag->runtime->scheduler);
    if ((!own || actor_own_thread(&sink->actor, err)) &&
        host_init(&sink->host, dag, plan->name, &sink->actor, err)) {
        sink->host.reject = letters_reject;
        if (prepare(sink, err))
            return sink;
    }
    dag_error_add_context(err, "publisher '%s'", plan->name);
    sink_free(sink);
    return NULL;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    struct loop *loop = sink->dag->runtime->loop;
    assert(!sink->is_open);
    loop_timer_deinit(loop, &sink->retry);
    loop_timer_deinit(loop, &sink->interval);
    loop_timer_deinit(loop, &sink->flush_timer);
    if (sink->plan->type->close)
        sink->plan->type->close(sink->state);
    host_deinit(&sink->host);
    actor_wait_idle(&sink->actor);
    actor_deinit(&sink->actor);
    republish_end(sink);
    dag_batch_unref(sink->current.batch);
    dag_batch_unref(sink->incoming.batch);
    queue_clear(&sink->queue);
    queue_clear(&sink->held);
    free(sink->rejected);
    free(sink->state);
    pthread_mutex_destroy(&sink->lock);
    hindrance_deinit(&sink->hindrance);
    free(sink);
}

void sink_reset(struct sink *sink)
{
    sink->failures = 0;
    hindrance_clear(&sink->hindrance);
    sink->retry_at_us = 0;
    sink->waiting = false;
    atomic_store(&sink->interval_passed, false);
    atomic_store(&sink->flush_passed, false);
    pthread_mutex_lock(&sink->lock);
    sink->writers_wait = false;
    pthread_mutex_unlock(&sink->lock);
}

void sink_recover(struct sink *sink, uint64_t cycle)
{
    republish_end(sink);
    pthread_mutex_lock(&sink->lock);
    queue_drop(&sink->queue, SIZE_MAX);
    queue_drop(&sink->held, SIZE_MAX);
    sink->mark = sink->safe = cycle;
    sink->unsafe_count = 0;
    sink->passed = sink->pushed;
    pthread_mutex_unlock(&sink->lock);
    dag_batch_unref(sink->current.batch);
    dag_batch_unref(sink->incoming.batch);
    sink->current = sink->incoming = (struct queue_item){0};
    sink->released = 0;
    sink->wait_count = 0;
    sink->unflushed_rows = sink->unflushed_published = sink->unflushed_size = 0;
    sink->held_mark = sink->written_mark = cycle;
    sink->letters_pushed = 0;
    sink->progress = 0;
    atomic_store(&sink->letters_wait, false);
    atomic_store(&sink->unflushed, false);
    atomic_store(&sink->depth, 0);
}
