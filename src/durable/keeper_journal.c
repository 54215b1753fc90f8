/* keeper_journal.c - the journal on the disk: appending, the definition in force, trimming. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "durable/keeper_internal.h"

#define DEFINITIONS_IN_SEGMENT 4
#define ROOM_PART              8 /* of `max_bytes` is kept free */

/* ---- appending ---- */

static uint64_t size_wanted(const struct keeper *keeper);

/* What the runtime recorded becomes the tail, once the one before is safe. */
static void take_filling(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    if (keeper->tail.queue.count == 0) {
        struct record_queue empty = keeper->tail.queue;
        keeper->tail.queue = keeper->filling;
        keeper->filling = empty;
        keeper->order_waits = false;
        keeper->writing_size = keeper->tail.queue.bytes.size;
    }
    pthread_mutex_unlock(&keeper->lock);
}

static void note_journal(struct keeper *keeper)
{
    const struct record_segment *segments;
    size_t count = record_log_segments(keeper->tail.log, &segments);

    pthread_mutex_lock(&keeper->lock);
    keeper->writing_size = keeper->tail.queue.bytes.size;
    keeper->journal_size = record_log_size(keeper->tail.log);
    keeper->journal_first = count > 0 ? segments[0].first_key : 0;
    keeper->journal_synced = record_log_synced_key(keeper->tail.log);
    pthread_mutex_unlock(&keeper->lock);
}

bool keeper_append(struct keeper *keeper, bool must_sync, struct dag_error *err)
{
    struct record_queue *queue = &keeper->tail.queue;

    take_filling(keeper);
    if (queue->count == 0 && !must_sync)
        return true;
    size_t size = queue->bytes.size;
    uint64_t key = queue->count > 0 ? queue->items[queue->count - 1].key : 0;
    bool is_enough = keeper->plan->journal_sync == PLAN_SYNC_OS && !must_sync;
    if (is_enough ? !record_tail_push(&keeper->tail, err) : !record_tail_sync(&keeper->tail, err))
        return dag_error_add_context(err, "journal");
    note_journal(keeper);
    if (key > atomic_load(&keeper->ordered))
        atomic_store(&keeper->ordered, key);
    keeper->defined_size += size;
    if (key > 0 && keeper->defined_size > keeper->options.segment_size / DEFINITIONS_IN_SEGMENT &&
        !keeper_define(keeper, key, err))
        return false;
    return record_log_size(keeper->tail.log) < size_wanted(keeper) || keeper_trim(keeper, err);
}

/* It is repeated now and then, so that what is left after trimming can be replayed. */
bool keeper_define(struct keeper *keeper, uint64_t key, struct dag_error *err)
{
    struct record_queue *queue = &keeper->tail.queue;
    const struct tree *source = keeper->plan->source;
    size_t offset = queue->bytes.size;

    if (!dag_buffer_append(&queue->bytes, source->json, source->json_size) ||
        !record_queue_seal(queue, key, JOURNAL_DEFINITION, offset))
        return dag_error_set_memory(err, "the journal");
    keeper->defined_size = 0;
    if (!record_tail_sync(&keeper->tail, err))
        return dag_error_add_context(err, "journal");
    note_journal(keeper);
    return true;
}

/* ---- how old the records are ---- */

void keeper_mark(struct keeper *keeper, uint64_t key, int64_t time_us)
{
    int64_t retain_us = keeper->plan->journal_retain_us;
    size_t count = keeper->mark_count;

    if (retain_us == 0)
        return;
    if (count > 0 && time_us - keeper->marks[count - 1].time_us < retain_us / KEEPER_MARKS_MAX)
        return;
    if (count == KEEPER_MARKS_MAX) {
        memmove(keeper->marks, keeper->marks + 1, (count - 1) * sizeof(keeper->marks[0]));
        count--;
    }
    keeper->marks[count] = (struct keeper_mark){key, time_us};
    keeper->mark_count = count + 1;
}

/* The time of the first step from `from` on. */
static bool time_at(struct keeper *keeper, uint64_t from, int64_t *time_us)
{
    struct dag_error err = {0};
    struct record_reader *reader =
        record_reader_open(keeper->options.storage, keeper->journal_folder, from, &err);
    struct journal_step step = {0};
    struct record record;
    size_t events, metronomes;
    bool found = false;

    while (reader && !found && record_reader_next(reader, &record, &err)) {
        if (record.kind != JOURNAL_STEP)
            continue;
        found = journal_counts(&record, &events, &metronomes, &err) &&
                journal_decode(&record, events, metronomes, NULL, &step, &err);
        if (!found)
            break;
        *time_us = step.step.time_us;
    }
    journal_step_deinit(&step);
    record_reader_close(reader);
    return found;
}

/* What an earlier run wrote: each segment by its first step. */
void keeper_mark_segments(struct keeper *keeper)
{
    const struct record_segment *segments;
    size_t count = record_log_segments(keeper->tail.log, &segments);
    int64_t time_us;

    keeper->mark_count = 0;
    if (keeper->plan->journal_retain_us == 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (segments[i].first_key > 0 && time_at(keeper, segments[i].first_key, &time_us))
            keeper_mark(keeper, segments[i].first_key - 1, time_us);
}

/* Keys up to this one are old enough to go. */
static uint64_t retained(const struct keeper *keeper)
{
    int64_t retain_us = keeper->plan->journal_retain_us;
    int64_t now_us = keeper->options.clock->realtime_us(keeper->options.clock);
    uint64_t key = 0;

    if (retain_us == 0)
        return UINT64_MAX;
    for (size_t i = 0; i < keeper->mark_count; i++)
        if (keeper->marks[i].time_us <= now_us - retain_us)
            key = keeper->marks[i].key;
    return key;
}

/* ---- trimming ---- */

bool keeper_is_over(const struct keeper *keeper)
{
    uint64_t bytes_max = (uint64_t)keeper->plan->journal_bytes_max;

    /* when every record is behind the older checkpoint, the newest segment is all that is left */
    return bytes_max > 0 && keeper->last_key > atomic_load(&keeper->older_cycle) &&
           keeper->journal_size + keeper->filling.bytes.size + keeper->writing_size >= bytes_max;
}

/* Room is made before there is none left. */
static uint64_t size_wanted(const struct keeper *keeper)
{
    uint64_t bytes_max = (uint64_t)keeper->plan->journal_bytes_max;

    return bytes_max > 0 ? bytes_max - bytes_max / ROOM_PART : UINT64_MAX;
}

/* Up to where old segments have to go for their size. */
static uint64_t crowded_out(const struct keeper *keeper)
{
    const struct record_segment *segments;
    size_t count = record_log_segments(keeper->tail.log, &segments);
    uint64_t size = record_log_size(keeper->tail.log);
    uint64_t key = 0;

    for (size_t i = 0; i < count && size >= size_wanted(keeper); i++) {
        key = segments[i].last_key;
        size -= segments[i].size;
    }
    return key;
}

static bool trim_to(struct keeper *keeper, uint64_t cycle, struct dag_error *err)
{
    if (!record_log_trim(keeper->tail.log, cycle + 1, err))
        return dag_error_add_context(err, "journal");
    note_journal(keeper);
    return true;
}

/* Nothing ran since the newest checkpoint: only a second one of that cycle makes room. Else the
 * runtime is asked for one. */
static bool make_room(struct keeper *keeper, struct dag_error *err)
{
    pthread_mutex_lock(&keeper->lock);
    uint64_t cycle = keeper->newest_cycle;
    bool can_copy = cycle == keeper->ran_key && cycle > atomic_load(&keeper->older_cycle);
    keeper->force_checkpoint = keeper->ran_key > cycle;
    pthread_mutex_unlock(&keeper->lock);
    if (!can_copy)
        return true;
    if (!checkpoint_copy(keeper->options.storage, keeper->folder, err))
        return dag_error_add_context(err, "checkpoint");
    atomic_store(&keeper->older_cycle, cycle);
    return trim_to(keeper, cycle, err);
}

bool keeper_trim(struct keeper *keeper, struct dag_error *err)
{
    uint64_t older = atomic_load(&keeper->older_cycle);
    uint64_t old = retained(keeper);

    pthread_mutex_lock(&keeper->lock);
    keeper->wants_trim = false;
    pthread_mutex_unlock(&keeper->lock);
    if (keeper->tail.is_broken)
        return true; /* it is opened anew first */
    uint64_t crowded = crowded_out(keeper);
    uint64_t cycle = old > crowded ? old : crowded;
    if (!trim_to(keeper, cycle < older ? cycle : older, err))
        return false;
    return record_log_size(keeper->tail.log) < size_wanted(keeper) || make_room(keeper, err);
}
