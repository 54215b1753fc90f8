/* keeper.c - the keeper as the runtime sees it: recording, what may be forgotten, what is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "durable/keeper_internal.h"

#define CHECKPOINT_INTERVAL_US 10000000
#define SEGMENT_SIZE           ((uint64_t)64 << 20)
#define SEGMENT_SIZE_MIN       ((uint64_t)4 << 10)
#define SEGMENTS_MIN           16 /* of `max_bytes`: whole segments are trimmed */

static struct keeper *keeper_of(struct durability *durability)
{
    return (struct keeper *)durability; /* its first field */
}

/* ---- recording ---- */

/* With the lock. */
static bool may_record(const struct keeper *keeper, uint64_t last_key)
{
    if (keeper->needs_first || keeper->disk_is_full)
        return false;
    if (keeper->reserves && last_key > keeper->reserved)
        return false;
    return !keeper->has_journal ||
           (keeper->filling.bytes.size + keeper->writing_size < KEEPER_BYTES_MAX &&
            !keeper_is_over(keeper));
}

/* With the lock. True: the disk's side has to be told. */
static bool add_record(struct keeper *keeper, const struct engine_step *step, uint64_t last_key,
                       bool *tell)
{
    struct record_queue *queue = &keeper->filling;
    size_t offset = queue->bytes.size;
    bool was_empty = queue->count == 0;

    if (!journal_encode(&queue->bytes, step, keeper->event_count, keeper->metronome_count,
                        keeper->plan->journal == PLAN_JOURNAL_EVENTS)) {
        queue->bytes.size = offset;
        return false;
    }
    if (!record_queue_seal(queue, last_key, JOURNAL_STEP, offset))
        return false;
    if (was_empty)
        keeper->filled_at_us = keeper_now(keeper);
    *tell = was_empty || (offset < KEEPER_BYTES_SOON && queue->bytes.size >= KEEPER_BYTES_SOON);
    return true;
}

static enum durability_answer record(struct durability *durability, const struct engine_step *step,
                                     struct dag_error *err)
{
    struct keeper *keeper = keeper_of(durability);
    uint64_t last_key = step->first_cycle + step->slot_count - 1;
    enum durability_answer answer = DURABILITY_OK;
    bool tell = false;

    pthread_mutex_lock(&keeper->lock);
    if (keeper->is_failed) {
        *err = keeper->failure;
        answer = DURABILITY_FAILED;
    } else if (!may_record(keeper, last_key)) {
        tell = !keeper->record_waits;
        keeper->record_waits = true;
        if (keeper->has_journal && keeper_is_over(keeper) && !keeper->full_was_told)
            keeper->full_was_told = keeper->wants_trim = true;
        answer = DURABILITY_WAIT;
    } else if (keeper->has_journal && !add_record(keeper, step, last_key, &tell)) {
        dag_error_set_memory(err, "the journal");
        answer = DURABILITY_FAILED;
    } else {
        keeper->last_key = keeper->ran_key = last_key;
        tell = tell || (keeper->reserves && keeper->reserved - last_key < KEEPER_BLOCK / 2);
    }
    if (tell)
        keeper_signal(keeper);
    pthread_mutex_unlock(&keeper->lock);
    return answer;
}

static uint64_t ordered(struct durability *durability)
{
    return atomic_load(&keeper_of(durability)->ordered);
}

static void hurry(struct durability *durability)
{
    struct keeper *keeper = keeper_of(durability);

    pthread_mutex_lock(&keeper->lock);
    /* what is being written needs no hurry */
    bool tell = keeper->filling.count > 0 && !keeper->order_waits;
    keeper->order_waits = keeper->order_waits || tell;
    if (tell)
        keeper_signal(keeper);
    pthread_mutex_unlock(&keeper->lock);
}

/* ---- forgetting ---- */

static void raise(_Atomic uint64_t *place, uint64_t value)
{
    uint64_t seen = atomic_load(place);

    while (seen < value && !atomic_compare_exchange_weak(place, &seen, value))
        continue;
}

static void watermark(struct durability *durability, uint64_t cycle)
{
    struct keeper *keeper = keeper_of(durability);

    raise(&keeper->watermark, cycle);
    if (atomic_load(&keeper->waiting_cycle) > cycle)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper_signal(keeper);
    pthread_mutex_unlock(&keeper->lock);
}

static uint64_t forgettable(struct durability *durability)
{
    struct keeper *keeper = keeper_of(durability);
    uint64_t cycle = atomic_load(&keeper->older_cycle);
    uint64_t other = 0;

    if (keeper->plan->journal == PLAN_JOURNAL_EVENTS)
        other = atomic_load(&keeper->ordered);
    else if (keeper->may_watermark)
        other = atomic_load(&keeper->watermark);
    return other > cycle ? other : cycle;
}

static void hurry_forgetting(struct durability *durability, uint64_t cycle)
{
    struct keeper *keeper = keeper_of(durability);

    if (keeper->plan->journal == PLAN_JOURNAL_EVENTS) {
        hurry(durability);
        return;
    }
    if (keeper->may_watermark)
        return;
    pthread_mutex_lock(&keeper->lock);
    if (cycle > keeper->wanted_forget) {
        keeper->wanted_forget = cycle;
        keeper->force_checkpoint =
            keeper->force_checkpoint || keeper->ran_key > keeper->given_cycle;
        keeper_signal(keeper);
    }
    pthread_mutex_unlock(&keeper->lock);
}

/* ---- making ---- */

static const struct durability_ops keeper_ops = {
    .begin = keeper_begin,
    .note_progress = keeper_note_progress,
    .next_step = keeper_next_step,
    .record = record,
    .ordered = ordered,
    .hurry = hurry,
    .hurry_forgetting = hurry_forgetting,
    .wants_checkpoint = keeper_wants_checkpoint,
    .checkpoint = keeper_checkpoint,
    .watermark = watermark,
    .forgettable = forgettable,
    .end = keeper_end,
};

/* A source that seeks goes on at the checkpoint's position, so it mustn't forget what is behind it.
 */
static bool may_use_watermark(const struct plan *plan)
{
    for (size_t i = 0; i < plan->subscriber_count; i++)
        if (plan->subscribers[i].type->flags & DAG_CONNECTOR_SEEKS)
            return false;
    return delivery_is_stateless(plan);
}

static void set_segment_size(struct keeper *keeper)
{
    uint64_t size = keeper->options.segment_size ? keeper->options.segment_size : SEGMENT_SIZE;
    uint64_t bytes_max = (uint64_t)keeper->plan->journal_bytes_max;

    if (bytes_max > 0 && size > bytes_max / SEGMENTS_MIN)
        size = bytes_max / SEGMENTS_MIN;
    keeper->options.segment_size = size > SEGMENT_SIZE_MIN ? size : SEGMENT_SIZE_MIN;
}

static bool make_letters(struct keeper *keeper, struct dag_error *err)
{
    if (keeper->plan->errors >= 0)
        return true;
    char *folder = path_join(keeper->folder, "dead-letters", err);
    if (folder)
        keeper->letters = letters_store_new(keeper->options.storage, folder, err);
    free(folder);
    if (keeper->letters)
        keeper->durability.letters = letters_store_publisher(keeper->letters);
    return keeper->letters != NULL;
}

static bool make_spills(struct keeper *keeper, struct dag_error *err)
{
    keeper->spills = spills_new(keeper->options.storage, keeper->folder, keeper->plan, err);
    if (keeper->spills)
        keeper->durability.spills = spills_list(keeper->spills);
    return keeper->spills != NULL;
}

struct keeper *keeper_new(const struct keeper_options *options, struct dag_error *err)
{
    const struct plan *plan = options->plan;

    if (!delivery_is_possible(plan, err))
        return NULL;
    struct keeper *keeper = calloc(1, sizeof(*keeper));
    if (!keeper) {
        dag_error_set_memory(err, "a keeper");
        return NULL;
    }
    pthread_mutex_init(&keeper->lock, NULL);
    keeper->durability.ops = &keeper_ops;
    keeper->options = *options;
    if (keeper->options.checkpoint_interval_us == 0)
        keeper->options.checkpoint_interval_us = CHECKPOINT_INTERVAL_US;
    keeper->plan = plan;
    keeper->has_journal = plan->journal != PLAN_JOURNAL_NONE;
    keeper->reserves = plan->delivery != PLAN_EXACTLY_ONCE;
    keeper->may_watermark = may_use_watermark(plan);
    atomic_store(&keeper->waiting_cycle, UINT64_MAX);
    delivery_inputs_hash(plan, keeper->inputs, &keeper->event_count, &keeper->metronome_count);
    set_segment_size(keeper);
    keeper->folder = data_folder_dag(options->folder, plan->name, err);
    if (keeper->folder)
        keeper->journal_folder = path_join(keeper->folder, "journal", err);
    if (!keeper->journal_folder || !make_letters(keeper, err) || !make_spills(keeper, err)) {
        keeper_free(keeper);
        return NULL;
    }
    return keeper;
}

void keeper_free(struct keeper *keeper)
{
    if (!keeper)
        return;
    keeper_tear_down(keeper);
    disk_pool_free(keeper->own_pool);
    letters_store_free(keeper->letters);
    spills_free(keeper->spills);
    free(keeper->journal_folder);
    pthread_mutex_destroy(&keeper->lock);
    free(keeper);
}

struct durability *keeper_durability(struct keeper *keeper)
{
    return &keeper->durability;
}

void keeper_stats(struct keeper *keeper, struct keeper_stats *stats)
{
    pthread_mutex_lock(&keeper->lock);
    *stats = (struct keeper_stats){
        .checkpoint_cycle = keeper->newest_cycle,
        .older_checkpoint_cycle = atomic_load(&keeper->older_cycle),
        .checkpoint_at_us = keeper->newest_at_us,
        .journal_bytes = keeper->journal_size,
        .journal_first_cycle = keeper->journal_first,
        .journal_synced_cycle = keeper->journal_synced,
        .dead_letters = keeper->letters ? letters_store_count(keeper->letters) : 0,
        .disk_is_full = keeper->disk_is_full,
    };
    if (keeper->disk_is_full) {
        struct clock *clock = keeper->options.clock;
        memcpy(stats->refusal, keeper->refusal, sizeof(stats->refusal));
        stats->refused_since_us = keeper->refused_since_us;
        stats->next_try_us = clock->realtime_us(clock) + keeper->retry_at_us - keeper_now(keeper);
    }
    pthread_mutex_unlock(&keeper->lock);
}
