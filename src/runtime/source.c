/* source.c - see source.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/source.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch.h"
#include "core/hidden.h"
#include "core/log.h"
#include "core/options.h"
#include "runtime/dag.h"

#define BATCHES_AHEAD   4 /* further would leave the cache before a cycle takes it */
#define QUEUE_BYTES_MAX ((size_t)32 << 20)
#define SIZE_HINT_MAX   ((size_t)(256u << 10) - 1024)
#define RETRY_MIN_US    100000
#define RETRY_MAX_US    30000000

static bool run(struct actor *actor);

static struct source *source_of(struct actor *actor)
{
    return (struct source *)actor; /* its first field */
}

/* ---- lanes ---- */

static void lanes_note(struct lanes *lanes, struct dag_origin origin)
{
    for (size_t i = 0; i < lanes->count; i++)
        if (lanes->origins[i].lane == origin.lane) {
            /* nodes that share a subscriber tell of their rows one node after the other */
            if (origin.offset > lanes->origins[i].offset)
                lanes->origins[i] = origin;
            return;
        }
    if (lanes->count == lanes->capacity) {
        size_t capacity = lanes->capacity ? lanes->capacity * 2 : 1;
        struct dag_origin *origins = realloc(lanes->origins, capacity * sizeof(*origins));
        if (!origins)
            return; /* a later row of the lane tries again */
        lanes->origins = origins;
        lanes->capacity = capacity;
    }
    lanes->origins[lanes->count++] = origin;
}

/* Calls `note` with the last row of each run of one lane: nearly always once. */
static void each_run(const struct dag_origin *origins, size_t count,
                     void (*note)(void *context, struct dag_origin origin), void *context)
{
    for (size_t i = 0; i < count; i++)
        if ((i + 1 == count || origins[i + 1].lane != origins[i].lane) &&
            origins[i].lane != INJECT_LANE)
            note(context, origins[i]);
}

static void note_lane(void *context, struct dag_origin origin)
{
    lanes_note(context, origin);
}

/* ---- acknowledging ---- */

struct taken_context {
    struct source *source;
    uint64_t cycle;
};

static void note_taken_locked(void *context, struct dag_origin origin)
{
    struct taken_context *now = context;
    struct source *source = now->source;

    if (source->taken_count == source->taken_capacity) {
        uint32_t capacity = source->taken_capacity ? source->taken_capacity * 2 : 4;
        struct taken *ring = malloc(capacity * sizeof(*ring));
        if (!ring)
            return; /* a later row of the lane covers it */
        for (uint32_t i = 0; i < source->taken_count; i++)
            ring[i] = source->taken[(source->taken_head + i) % source->taken_capacity];
        free(source->taken);
        source->taken = ring;
        source->taken_capacity = capacity;
        source->taken_head = 0;
    }
    uint32_t place = (source->taken_head + source->taken_count++) % source->taken_capacity;
    source->taken[place] = (struct taken){now->cycle, origin};
}

static void acknowledge(struct source *source)
{
    const struct dag_subscriber *type = source->plan->type;
    struct dag_error err = {0};

    if (!type->acknowledge || !source->is_open ||
        !atomic_exchange(&source->wants_acknowledge, false))
        return;
    uint64_t watermark = dag_forgettable(source->dag);
    pthread_mutex_lock(&source->lock);
    while (source->taken_count > 0 && source->taken[source->taken_head].cycle <= watermark) {
        lanes_note(&source->safe_lanes, source->taken[source->taken_head].origin);
        source->taken_head = (source->taken_head + 1) % source->taken_capacity;
        source->taken_count--;
    }
    pthread_mutex_unlock(&source->lock);
    if (source->safe_lanes.count == 0)
        return;
    atomic_store(&source->dag->wants_forgetting, false);
    if (type->acknowledge(source->state, source->safe_lanes.origins, source->safe_lanes.count,
                          &err))
        source->safe_lanes.count = 0;
    else /* the next one covers it */
        log_write(DAG_LOG_WARNING, source->dag->plan->name, source->plan->name,
                  "cannot acknowledge: %s", err.message);
}

/* ---- opening, closing, failing ---- */

static void set_activity(struct source *source, enum source_activity activity)
{
    pthread_mutex_lock(&source->lock);
    source->activity = activity;
    pthread_mutex_unlock(&source->lock);
}

/* Tries again later, or gives the DAG up. */
static void fail(struct source *source, const struct dag_error *err)
{
    struct dag *dag = source->dag;

    if (!err->retryable) {
        dag_fail(dag, source->plan->name, err);
        return;
    }
    int64_t delay = dag_retry_delay(dag, source->failures++, RETRY_MIN_US, RETRY_MAX_US);
    source->retry_at_us = dag_monotonic_now(dag) + delay;
    log_write(DAG_LOG_WARNING, dag->plan->name, source->plan->name, "%s; next try in %lld ms",
              err->message, (long long)(delay / 1000));
    hindrance_fail(&source->hindrance, err->message, dag_realtime_now(dag), delay);
    struct dag_trouble trouble = {
        .node = -1,
        .subscriber = (int32_t)(source->plan - dag->plan->subscribers),
        .publisher = -1,
        .message = err->message,
    };
    trouble_tell(&source->trouble, dag, trouble, 1);
    set_activity(source, SOURCE_WAITS);
    loop_timer_set(dag->runtime->loop, &source->retry, source->retry_at_us);
    actor_notify(&dag->cycles.actor);
}

static bool open_connector(struct source *source)
{
    const struct dag_subscriber *type = source->plan->type;
    struct dag_error err = {0};
    const char *position = source->position.size > 0 ? source->position.bytes : NULL;

    set_activity(source, SOURCE_BUSY);
    if (!type->open || type->open(source->state, &source->plan->address, &source->host.host,
                                  position, source->position.size, &err)) {
        source->is_open = true;
        source->failures = 0;
        hindrance_clear(&source->hindrance);
        if (atomic_load(&source->wants_position))
            snapshot_answer(source);
        return true;
    }
    if (type->stop)
        type->stop(source->state);
    fail(source, &err);
    return false;
}

/* Remembers where reading stopped, so that the next start goes on from there. */
static void save_position(struct source *source)
{
    const struct dag_subscriber *type = source->plan->type;
    struct dag_buffer position = {0};
    struct dag_error err = {0};

    if (!type->save_position || source->read_lanes.count == 0)
        return;
    if (type->save_position(source->state, source->read_lanes.origins, source->read_lanes.count,
                            &position, &err)) {
        dag_buffer_free(&source->position);
        source->position = position;
    } else {
        dag_buffer_free(&position);
        log_write(DAG_LOG_WARNING, source->dag->plan->name, source->plan->name,
                  "cannot keep the position: %s", err.message);
    }
}

static void close_connector(struct source *source, uint32_t generation)
{
    const struct dag_subscriber *type = source->plan->type;

    if (source->is_open) {
        atomic_store(&source->wants_acknowledge, true);
        acknowledge(source);
        save_position(source);
        source->is_open = false;
        if (type->stop)
            type->stop(source->state);
    }
    loop_timer_set(source->dag->runtime->loop, &source->retry, LOOP_NEVER);
    actor_thread_leave(&source->actor);
    atomic_store(&source->closed, generation);
    actor_notify(&source->dag->control);
}

/* ---- reading ---- */

static bool is_full_locked(const struct source *source)
{
    return source->queue.row_count >= source->rows_max || source->queue.size >= QUEUE_BYTES_MAX;
}

size_t source_room_locked(const struct source *source)
{
    return is_full_locked(source) ? 0 : source->rows_max - source->queue.row_count;
}

/* Until then journaled cycles may need events that have to be read again, in a drain too. */
static bool is_replay_over(const struct source *source)
{
    return !source->dag->durability || cycles_are_live(&source->dag->cycles);
}

/* While journaled events are read again nothing may be dropped. */
static enum plan_overflow overflow_of(const struct source *source)
{
    return is_replay_over(source) ? source->plan->overflow : PLAN_OVERFLOW_BLOCK;
}

/* How many rows may be read now; 0: none. */
static size_t room(struct source *source)
{
    size_t batch_rows = source->dag->runtime->batch_rows;
    size_t result = batch_rows;

    pthread_mutex_lock(&source->lock);
    if (overflow_of(source) == PLAN_OVERFLOW_BLOCK) {
        if (is_full_locked(source)) {
            source->waits_for_room = true;
            result = 0;
        } else if (source->rows_max - source->queue.row_count < batch_rows) {
            result = source->rows_max - source->queue.row_count;
        }
    }
    if (result > 0 && memory_account_is_full(source->dag->account) &&
        !atomic_exchange(&source->forced, false)) {
        source->activity = SOURCE_WAITS;
        source->is_starved = true;
        /* it may have been relieved just before */
        if (memory_account_is_full(source->dag->account))
            result = 0;
    }
    if (result > 0) {
        source->is_starved = false;
        source->activity = SOURCE_BUSY;
    }
    pthread_mutex_unlock(&source->lock);
    return result;
}

static enum dag_read_status call_read(struct source *source, struct dag_batch *batch,
                                      struct dag_error *err)
{
    const struct dag_subscriber *type = source->plan->type;

    if ((type->flags & DAG_CONNECTOR_BLOCKS) == 0)
        return type->read(source->state, batch, err);
    pthread_mutex_lock(&source->lock);
    source->in_call = true;
    pthread_mutex_unlock(&source->lock);
    enum dag_read_status status = type->read(source->state, batch, err);
    pthread_mutex_lock(&source->lock);
    source->in_call = false;
    pthread_mutex_unlock(&source->lock);
    return status;
}

/* Makes room by the user's policy. Returns how many rows were dropped. */
static size_t overflow_locked(struct source *source, struct queue_item *item)
{
    struct queue *queue = &source->queue;
    size_t rows = item->end - item->first;
    size_t dropped = 0;
    size_t excess = 0;

    if (queue->row_count + rows > source->rows_max)
        excess = queue->row_count + rows - source->rows_max;
    if (excess == 0 && queue->size >= QUEUE_BYTES_MAX)
        excess = rows;
    if (excess == 0)
        return 0;
    switch (overflow_of(source)) {
    case PLAN_OVERFLOW_BLOCK:
        break;
    case PLAN_OVERFLOW_LATEST:
        dropped = queue_drop(queue, queue->row_count) + rows - 1;
        item->first = item->end - 1;
        break;
    case PLAN_OVERFLOW_DROP_OLDEST:
        dropped = queue_drop(queue, excess);
        item->first += (uint32_t)(excess - dropped);
        dropped = excess;
        break;
    case PLAN_OVERFLOW_DROP_NEWEST:
        dropped = excess < rows ? excess : rows;
        item->end -= (uint32_t)dropped;
        break;
    }
    return dropped;
}

static const char *overflow_cause(const struct source *source)
{
    switch (source->plan->overflow) {
    case PLAN_OVERFLOW_LATEST:
        return "overflow_latest";
    case PLAN_OVERFLOW_DROP_NEWEST:
        return "overflow_drop_newest";
    default:
        return "overflow_drop_oldest";
    }
}

static enum source_activity activity_after(enum dag_read_status status)
{
    switch (status) {
    case DAG_READ_IDLE:
    case DAG_READ_TRYING:
        return SOURCE_IDLE;
    case DAG_READ_END:
        return SOURCE_ENDED;
    case DAG_READ_FAILED:
        return SOURCE_WAITS;
    default:
        return SOURCE_BUSY;
    }
}

static void count_received(struct source *source, const struct dag_batch *batch)
{
    size_t used = batch->size - (size_t)(batch->end - batch->cursor);

    source->size_hint = used < SIZE_HINT_MAX ? used : SIZE_HINT_MAX;
    atomic_fetch_add_explicit(&source->receive_count, batch->row_count, memory_order_relaxed);
    atomic_store_explicit(&source->last_receive_us, dag_realtime_now(source->dag),
                          memory_order_relaxed);
    if (source->plan->type->save_position)
        each_run(batch->origins, batch->row_count, note_lane, &source->read_lanes);
}

static bool is_replayed_locked(const struct source *source, const struct dag_origin *origin)
{
    for (size_t i = 0; i < source->replayed_lanes.count; i++)
        if (source->replayed_lanes.origins[i].lane == origin->lane)
            return origin->offset <= source->replayed_lanes.origins[i].offset;
    return false;
}

/* Leaves out what the journal has brought already. False: out of memory. */
static bool pass_over_replayed_locked(struct source *source, struct queue_item *item)
{
    const struct dag_origin *origins = dag_batch_origins(item->batch);
    uint32_t i;

    while (item->first < item->end && is_replayed_locked(source, &origins[item->first]))
        item->first++;
    for (i = item->first; i < item->end && !is_replayed_locked(source, &origins[i]); i++)
        continue;
    if (i == item->end)
        return true;
    struct dag_batch *rest = batch_new(source->dag->account, 0, SIZE_MAX, SIZE_MAX);
    bool kept = rest && dag_batch_keep(rest, item->batch, NULL);
    for (i = item->first; kept && i < item->end; i++)
        if (!is_replayed_locked(source, &origins[i]))
            kept = batch_push(rest, item->rows[i], origins[i]);
    if (!kept) {
        dag_batch_unref(rest);
        return false;
    }
    dag_batch_unref(item->batch);
    *item = (struct queue_item){.batch = rest,
                                .rows = dag_batch_rows(rest),
                                .end = rest->row_count,
                                .since_us = item->since_us};
    return true;
}

/* Puts what was read behind the rest. The queue has reserved a place. */
static void accept(struct source *source, struct dag_batch *batch, enum dag_read_status status)
{
    size_t dropped = 0;
    bool is_whole = true;
    struct queue_item item = {.batch = batch,
                              .rows = dag_batch_rows(batch),
                              .end = batch->row_count,
                              .since_us = dag_monotonic_now(source->dag)};

    if (batch->row_count > 0)
        count_received(source, batch);
    pthread_mutex_lock(&source->lock);
    if (item.end > 0 && source->replayed_lanes.count > 0)
        is_whole = pass_over_replayed_locked(source, &item);
    batch = item.batch;
    uint64_t gone_before = source->queue.rows_gone;
    if (item.end > item.first)
        dropped = overflow_locked(source, &item);
    if (dropped > 0)
        injections_note_gone_locked(source, gone_before, 0);
    if (item.end > item.first) {
        queue_push(&source->queue, item);
        batch = NULL;
    }
    source->activity = activity_after(status);
    pthread_mutex_unlock(&source->lock);
    dag_batch_unref(batch);
    if (!is_whole) {
        struct dag_error err = {0};
        dag_error_set_memory(&err, "rows that were read again");
        dag_fail(source->dag, source->plan->name, &err);
    }
    if (dropped > 0) {
        atomic_fetch_add_explicit(&source->host.dropped, dropped, memory_order_relaxed);
        dag_drop(source->dag, overflow_cause(source), dropped);
    }
}

/* True: read again. */
static bool read_batch(struct source *source, size_t rows)
{
    struct dag *dag = source->dag;
    struct dag_error err = {0};

    atomic_store_explicit(&dag->idle, false, memory_order_seq_cst);
    atomic_exchange(&source->host.woken, false); /* what comes from here on is another reason */
    pthread_mutex_lock(&source->lock);
    bool reserved = queue_reserve(&source->queue, 1);
    pthread_mutex_unlock(&source->lock);
    struct dag_batch *batch =
        reserved ? batch_new(dag->account, source->size_hint, rows, BATCH_BYTES_MAX) : NULL;
    if (!batch) {
        dag_error_set_memory(&err, "a batch");
        err.retryable = true;
        fail(source, &err);
        return false;
    }
    enum dag_read_status status = call_read(source, batch, &err);
    accept(source, batch, status);
    actor_notify(&dag->cycles.actor);
    if (status == DAG_READ_FAILED) {
        fail(source, &err);
        return false;
    }
    if (status != DAG_READ_TRYING) {
        source->failures = 0;
        hindrance_clear(&source->hindrance);
    }
    return status == DAG_READ_MORE;
}

static void become_quiet(struct source *source)
{
    pthread_mutex_lock(&source->lock);
    if (source->activity != SOURCE_ENDED)
        source->activity = SOURCE_WAITS;
    source->is_starved = false;
    pthread_mutex_unlock(&source->lock);
    source->is_hushed = true;
    uint32_t drain = dag_drain(source->dag);
    if (atomic_exchange(&source->quiet, drain) != drain)
        actor_notify(&source->dag->cycles.actor);
}

/* The drain was taken back. */
static void go_on(struct source *source)
{
    source->is_hushed = false;
    pthread_mutex_lock(&source->lock);
    if (source->activity != SOURCE_ENDED)
        source->activity = SOURCE_BUSY;
    pthread_mutex_unlock(&source->lock);
}

/* Opens it, unless the time for another try hasn't come. */
static void open_when_due(struct source *source)
{
    if (source->retry_at_us > 0 && dag_monotonic_now(source->dag) < source->retry_at_us)
        return;
    source->retry_at_us = 0;
    (void)open_connector(source);
}

static bool may_read(struct source *source)
{
    pthread_mutex_lock(&source->lock);
    enum source_activity activity = source->activity;
    pthread_mutex_unlock(&source->lock);
    if (activity == SOURCE_ENDED)
        return false;
    if (activity == SOURCE_IDLE && !atomic_load(&source->host.woken))
        return false;
    if (source->retry_at_us > 0) {
        if (dag_monotonic_now(source->dag) < source->retry_at_us)
            return false;
        source->retry_at_us = 0;
    }
    return source->is_open || open_connector(source);
}

/* The journal has the events themselves: reading goes on behind them. */
static bool waits_for_journal(const struct source *source)
{
    return !is_replay_over(source) && !atomic_load(&source->dag->cycles.replay.reads_sources);
}

/* What the connector says of itself, which only its own actor may ask. */
static void describe(struct source *source)
{
    const struct dag_subscriber *type = source->plan->type;
    char text[HINDRANCE_TEXT_SIZE] = "";

    atomic_store(&source->wants_words, false);
    if (!type->describe || !source->is_open)
        return;
    type->describe(source->state, text, sizeof(text));
    hidden_mask(text);
    pthread_mutex_lock(&source->lock);
    memcpy(source->words, text, sizeof(source->words));
    pthread_mutex_unlock(&source->lock);
}

static bool run(struct actor *actor)
{
    struct source *source = source_of(actor);
    struct dag *dag = source->dag;
    uint32_t generation = atomic_load(&dag->generation);
    enum phase phase = dag_phase(dag);

    if (phase == PHASE_CLOSING && atomic_load(&source->closed) != generation)
        close_connector(source, generation);
    if (phase != PHASE_RUNNING && phase != PHASE_DRAINING)
        return false;
    if (phase == PHASE_RUNNING && source->is_hushed)
        go_on(source);
    acknowledge(source);
    if (atomic_load(&source->wants_words))
        describe(source);
    if (atomic_load(&source->wants_position) && phase == PHASE_DRAINING && !source->is_open)
        open_when_due(source); /* which answers */
    if (atomic_load(&source->wants_position))
        snapshot_answer(source);
    if (phase == PHASE_DRAINING && is_replay_over(source)) {
        become_quiet(source);
        return false;
    }
    if (atomic_load(&dag->suspended) || !may_read(source) || waits_for_journal(source))
        return false;
    size_t rows = room(source);
    if (rows == 0) {
        actor_notify(&dag->cycles.actor);
        return false;
    }
    return read_batch(source, rows);
}

/* ---- what the cycles see ---- */

void source_look(struct source *source, struct source_view *view)
{
    struct dag_error err = {0};
    bool woken = atomic_load(&source->host.woken);

    pthread_mutex_lock(&source->lock);
    struct queue *queue = &source->queue;
    bool works = source->activity == SOURCE_BUSY || (source->activity == SOURCE_IDLE && woken);
    if (source->reader_count > 1 && queue->count > 1)
        queue_join(queue, source->reader_count, source->dag->account, &err);
    struct queue_item *head = queue_head(queue);
    *view = (struct source_view){
        .row_count = queue->row_count,
        .head_count = head ? head->end - head->first : 0,
        .is_busy = works && !is_full_locked(source),
        .has_more = works || queue->count > 1,
        .is_over = source->activity == SOURCE_ENDED && queue->count == 0,
        .is_quiet = atomic_load(&source->quiet) == dag_drain(source->dag) && queue->count == 0,
        .is_starved = source->is_starved,
    };
    pthread_mutex_unlock(&source->lock);
}

bool source_take(struct source *source, size_t count, uint64_t last_cycle, struct queue_item *taken)
{
    bool wake = false;

    pthread_mutex_lock(&source->lock);
    struct queue_item *head = queue_head(&source->queue);
    uint64_t gone_before = source->queue.rows_gone;
    if (head) {
        *taken = *head;
        if (count >= head->end - head->first) {
            *taken = queue_pop(&source->queue);
            struct taken_context context = {source, last_cycle};
            if (source->plan->type->acknowledge)
                each_run(dag_batch_origins(taken->batch), taken->end, note_taken_locked, &context);
        } else {
            dag_batch_ref(taken->batch);
            taken->end = taken->first + (uint32_t)count;
            queue_drop(&source->queue, count);
        }
        injections_note_gone_locked(source, gone_before, last_cycle);
        wake = source->waits_for_room && !is_full_locked(source);
        source->waits_for_room = source->waits_for_room && !wake;
    }
    pthread_mutex_unlock(&source->lock);
    if (wake)
        actor_notify_later(&source->actor);
    return head != NULL;
}

/* ---- for checkpoints and recovery ---- */

/* What the source itself brought, it brings again. */
static uint64_t count_injected(const struct queue *queue)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < queue->count; i++) {
        const struct queue_item *item = &queue->items[(queue->head + i) % queue->capacity];
        const struct dag_origin *origins = dag_batch_origins(item->batch);
        for (uint32_t row = item->first; row < item->end; row++)
            count += origins[row].lane == INJECT_LANE;
    }
    return count;
}

bool source_recover(struct source *source, const char *position, size_t size)
{
    uint64_t lost = count_injected(&source->queue);

    if (lost > 0)
        dag_drop(source->dag, "injected_lost", lost);
    pthread_mutex_lock(&source->lock);
    queue_drop(&source->queue, SIZE_MAX);
    source->taken_count = 0;
    source->taken_lanes.count = 0;
    source->replayed_lanes.count = 0;
    pthread_mutex_unlock(&source->lock);
    source->read_lanes.count = 0;
    source->safe_lanes.count = 0;
    source->position.size = 0;
    atomic_store(&source->wants_position, false);
    return !position || dag_buffer_append(&source->position, position, size);
}

bool source_mark_position(struct source *source)
{
    bool marked = true;

    pthread_mutex_lock(&source->lock);
    source->asked_lanes.count = 0;
    for (size_t i = 0; i < source->taken_lanes.count; i++)
        lanes_note(&source->asked_lanes, source->taken_lanes.origins[i]);
    marked = source->asked_lanes.count == source->taken_lanes.count;
    pthread_mutex_unlock(&source->lock);
    if (marked)
        atomic_store(&source->wants_position, true);
    return marked;
}

bool source_tell_position(struct source *source, struct dag_buffer *position)
{
    const struct dag_subscriber *type = source->plan->type;
    struct lanes asked = {0};
    struct dag_error err = {0};

    pthread_mutex_lock(&source->lock);
    for (size_t i = 0; i < source->asked_lanes.count; i++)
        lanes_note(&asked, source->asked_lanes.origins[i]);
    bool copied = asked.count == source->asked_lanes.count;
    pthread_mutex_unlock(&source->lock);
    bool told = true;
    if (!copied) {
        told = dag_error_set_memory(&err, "a position");
    } else if (asked.count == 0 && source->position.size > 0) {
        told = dag_buffer_append(position, source->position.bytes, source->position.size);
    } else if (source->is_open) {
        told = type->save_position(source->state, asked.origins, asked.count, position, &err);
    } else {
        free(asked.origins);
        return false; /* not yet: opening it answers */
    }
    free(asked.origins);
    if (told) {
        atomic_store(&source->wants_position, false);
        return true;
    }
    /* a checkpoint without it would begin anew: it waits */
    log_write(DAG_LOG_WARNING, source->dag->plan->name, source->plan->name,
              "cannot tell its position: %s; a checkpoint waits for it", err.message);
    dag_buffer_free(position);
    if (dag_phase(source->dag) == PHASE_RUNNING) {
        loop_timer_set(source->dag->runtime->loop, &source->retry,
                       dag_monotonic_now(source->dag) + RETRY_MIN_US);
    } else {
        atomic_store(&source->wants_position, false);
        snapshot_abandon(source->dag);
    }
    return false;
}

void source_note_replayed(struct source *source, const struct dag_origin *origins, size_t count)
{
    pthread_mutex_lock(&source->lock);
    if (source->plan->type->save_position) {
        each_run(origins, count, note_lane, &source->replayed_lanes);
        each_run(origins, count, note_lane, &source->taken_lanes);
    }
    pthread_mutex_unlock(&source->lock);
}

bool source_peek(struct source *source, struct dag_origin *origin)
{
    pthread_mutex_lock(&source->lock);
    const struct queue_item *head = queue_head(&source->queue);
    if (head)
        *origin = dag_batch_origins(head->batch)[head->first];
    pthread_mutex_unlock(&source->lock);
    return head != NULL;
}

void source_skip(struct source *source, size_t count)
{
    pthread_mutex_lock(&source->lock);
    queue_drop(&source->queue, count);
    bool wake = source->waits_for_room && !is_full_locked(source);
    source->waits_for_room = source->waits_for_room && !wake;
    pthread_mutex_unlock(&source->lock);
    if (wake)
        actor_notify_later(&source->actor);
}

bool source_may_bring(struct source *source)
{
    pthread_mutex_lock(&source->lock);
    bool may = source->activity == SOURCE_BUSY || source->activity == SOURCE_WAITS;
    pthread_mutex_unlock(&source->lock);
    return may;
}

void source_note_run(struct source *source, const struct queue_item *taken)
{
    if (!source->dag->durability || !source->plan->type->save_position)
        return;
    pthread_mutex_lock(&source->lock);
    each_run(dag_batch_origins(taken->batch) + taken->first, taken->end - taken->first, note_lane,
             &source->taken_lanes);
    pthread_mutex_unlock(&source->lock);
}

void source_interrupt(struct source *source)
{
    const struct dag_subscriber *type = source->plan->type;

    if (!type->interrupt)
        return;
    pthread_mutex_lock(&source->lock);
    if (source->in_call)
        type->interrupt(source->state);
    pthread_mutex_unlock(&source->lock);
}

void source_stats(struct source *source, struct source_stats *stats)
{
    bool woken = atomic_load(&source->host.woken); /* first: reading clears it when it is busy */

    pthread_mutex_lock(&source->lock);
    stats->depth = source->queue.row_count;
    stats->size = source->queue.size;
    stats->ended = source->activity == SOURCE_ENDED;
    stats->is_at_rest = stats->ended || (source->activity == SOURCE_IDLE && !woken);
    stats->is_unacknowledged = source->taken_count > 0;
    pthread_mutex_unlock(&source->lock);
    stats->receive_count = atomic_load_explicit(&source->receive_count, memory_order_relaxed);
    stats->last_receive_us = atomic_load_explicit(&source->last_receive_us, memory_order_relaxed);
    stats->duplicate_keys =
        atomic_load_explicit(&source->host.duplicate_keys, memory_order_relaxed);
    stats->dropped = atomic_load_explicit(&source->host.dropped, memory_order_relaxed);
    stats->suspended = atomic_load(&source->dag->suspended);
}

void source_condition(struct source *source, struct source_condition *condition)
{
    struct hindrance *hindrance = &source->hindrance;

    condition->is_read = true;
    pthread_mutex_lock(&hindrance->lock);
    memcpy(condition->error, hindrance->error, sizeof(condition->error));
    if (condition->error[0] != '\0') {
        condition->error_since_us = hindrance->error_since_us;
        condition->next_try_us = hindrance->next_try_us;
        condition->tries = hindrance->tries;
    }
    pthread_mutex_unlock(&hindrance->lock);
    pthread_mutex_lock(&source->lock);
    if (source->activity == SOURCE_IDLE)
        memcpy(condition->rests, source->words, sizeof(condition->rests));
    condition->depth_max = source->rows_max == SIZE_MAX ? 0 : source->rows_max;
    condition->is_full = is_full_locked(source);
    condition->is_starved = source->is_starved;
    condition->has_ended = source->activity == SOURCE_ENDED;
    pthread_mutex_unlock(&source->lock);
    if (!atomic_exchange(&source->wants_words, true))
        actor_notify_later(&source->actor);
}

/* ---- making ---- */

static int64_t retry(struct loop_timer *timer, int64_t now_us)
{
    struct source *source = (struct source *)((char *)timer - offsetof(struct source, retry));

    (void)now_us;
    actor_notify(&source->actor);
    return LOOP_NEVER;
}

static bool attach(struct source *source, struct dag_error *err)
{
    const struct dag_subscriber *type = source->plan->type;
    const struct dag_address *address = &source->plan->address;

    if (!options_read_known(type->options, source->plan->config, source->state,
                            source->dag->plan->document, NULL, NULL))
        return dag_error_set(err, DAG_ERROR_INVALID, "its options are wrong");
    source->host.host.is_acknowledged = source->dag->plan->ack == PLAN_ACK_JOURNAL;
    if (type->check && !type->check(source->state, address, err))
        return false;
    return !type->attach || type->attach(source->state, address, &source->host.host, err);
}

struct source *source_new(struct dag *dag, const struct plan_subscriber *plan,
                          uint32_t reader_count, struct dag_error *err)
{
    size_t ahead = (size_t)BATCHES_AHEAD * dag->runtime->batch_rows;
    struct source *source = calloc(1, sizeof(*source));
    void *state = calloc(1, plan->type->state_size ? plan->type->state_size : 1);

    if (!source || !state) {
        dag_error_set_memory(err, "a subscriber");
        free(source);
        free(state);
        return NULL;
    }
    source->dag = dag;
    source->plan = plan;
    source->state = state;
    source->reader_count = reader_count;
    source->rows_max = plan->max_depth > 0 ? (size_t)plan->max_depth : SIZE_MAX;
    if (plan->overflow == PLAN_OVERFLOW_BLOCK && source->rows_max > ahead)
        source->rows_max = ahead;
    pthread_mutex_init(&source->lock, NULL);
    hindrance_init(&source->hindrance);
    injections_init(&source->injections);
    actor_init(&source->actor, dag->runtime->scheduler, run);
    bool own = (plan->type->flags & DAG_CONNECTOR_BLOCKS) != 0 &&
               !scheduler_is_by_hand(dag->runtime->scheduler);
    if ((!own || actor_own_thread(&source->actor, err)) &&
        host_init(&source->host, dag, plan->name, &source->actor, err) &&
        loop_timer_init(dag->runtime->loop, &source->retry, retry, err) && attach(source, err))
        return source;
    dag_error_add_context(err, "subscriber '%s'", plan->name);
    source_free(source);
    return NULL;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    assert(!source->is_open);
    if (atomic_load(&source->host.is_handed_over) && source->queue.row_count > 0 &&
        !source->plan->type->save_position)
        log_write(
            DAG_LOG_WARNING, source->dag->plan->name, source->plan->name,
            "%zu messages that it has read and no cycle has taken are lost in the swap, which "
            "didn't wait for them",
            source->queue.row_count);
    loop_timer_deinit(source->dag->runtime->loop, &source->retry);
    if (source->plan->type->close)
        source->plan->type->close(source->state);
    host_deinit(&source->host);
    actor_wait_idle(&source->actor);
    actor_deinit(&source->actor);
    queue_clear(&source->queue);
    dag_buffer_free(&source->position);
    free(source->read_lanes.origins);
    free(source->safe_lanes.origins);
    free(source->taken_lanes.origins);
    free(source->replayed_lanes.origins);
    free(source->asked_lanes.origins);
    free(source->taken);
    free(source->state);
    pthread_mutex_destroy(&source->lock);
    hindrance_deinit(&source->hindrance);
    injections_deinit(&source->injections);
    free(source);
}

void source_reset(struct source *source)
{
    pthread_mutex_lock(&source->lock);
    source->activity = SOURCE_BUSY;
    source->is_starved = false;
    source->waits_for_room = false;
    pthread_mutex_unlock(&source->lock);
    source->failures = 0;
    hindrance_clear(&source->hindrance);
    source->retry_at_us = 0;
    atomic_store(&source->quiet, 0);
    source->is_hushed = false;
    atomic_store(&source->forced, false);
}
