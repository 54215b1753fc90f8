/* keeper_disk.c - the disk's side: what is due, doing it, and waiting when the disk refuses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "durable/keeper_internal.h"

#define RETRY_MIN_US 100000
#define RETRY_MAX_US 5000000

/* ---- what is due (with the lock) ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t append_due(const struct keeper *keeper)
{
    if (keeper->writing_size > 0)
        return INT64_MIN;
    if (keeper->filling.count == 0)
        return INT64_MAX;
    bool waits = keeper->plan->journal_sync == PLAN_SYNC_INTERVAL && !keeper->record_waits &&
                 !keeper->order_waits && keeper->filling.bytes.size < KEEPER_BYTES_SOON;
    return waits ? keeper->filled_at_us + KEEPER_SYNC_US : INT64_MIN;
}

static bool reservation_is_due(const struct keeper *keeper)
{
    return keeper->reserves && !keeper->needs_first &&
           keeper->reserved < keeper->last_key + KEEPER_BLOCK / 2;
}

/* The newest checkpoint covers what a source waits to forget, and the older one doesn't. */
static bool copy_is_due(const struct keeper *keeper)
{
    return keeper->wanted_forget > atomic_load(&keeper->older_cycle) &&
           keeper->newest_cycle >= keeper->wanted_forget;
}

/* When the runtime is to be told that a checkpoint is due; it asks by itself only after a step. */
static int64_t telling_due(const struct keeper *keeper)
{
    if (keeper->due_was_told || keeper->needs_first || keeper->ran_key <= keeper->given_cycle ||
        keeper->pending[0].text.size > 0)
        return INT64_MAX;
    return keeper->given_at_us + keeper->options.checkpoint_interval_us;
}

int64_t keeper_due(const struct keeper *keeper)
{
    if (keeper->is_failed)
        return INT64_MAX;
    int64_t due = append_due(keeper);
    if (keeper_has_due(keeper) || keeper->is_publishing || reservation_is_due(keeper) ||
        keeper->wants_trim || copy_is_due(keeper))
        due = INT64_MIN;
    if (due < keeper->retry_at_us)
        due = keeper->retry_at_us;
    return earlier(due, telling_due(keeper));
}

/* ---- doing it ---- */

/* Nothing may stand on cycles whose order could still be lost. */
static bool sync_up_to(struct keeper *keeper, uint64_t cycle, struct dag_error *err)
{
    for (int i = 0; i < 2 && keeper->tail.safe_key < cycle; i++)
        if (!keeper_append(keeper, true, err))
            return false;
    return true;
}

static void note_published(struct keeper *keeper, bool is_first)
{
    uint64_t cycle = keeper->publishing.cycle;

    pthread_mutex_lock(&keeper->lock);
    /* The start's own checkpoint stays the older one; the first of all comes in two copies. */
    uint64_t older = is_first && !keeper->start.document ? cycle : keeper->newest_cycle;
    keeper->newest_cycle = cycle;
    keeper->newest_at_us = keeper->options.clock->realtime_us(keeper->options.clock);
    keeper->is_publishing = keeper->full_was_told = false;
    keeper->needs_first = keeper->needs_first && !is_first;
    pthread_mutex_unlock(&keeper->lock);
    if (older > atomic_load(&keeper->older_cycle))
        atomic_store(&keeper->older_cycle, older);
    if (keeper->letters)
        letters_store_settled(keeper->letters, atomic_load(&keeper->older_cycle));
    dag_buffer_free(&keeper->publishing.text);
}

/* Older checkpoints are for replays of what the journal still holds. */
static void prune(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    uint64_t first = keeper->has_journal ? keeper->journal_first : UINT64_MAX;
    uint64_t newest = keeper->newest_cycle;
    pthread_mutex_unlock(&keeper->lock);
    checkpoint_prune(keeper->options.storage, keeper->folder, first, newest);
}

bool keeper_publish(struct keeper *keeper, struct dag_error *err)
{
    struct storage *storage = keeper->options.storage;
    struct keeper_pending *publishing = &keeper->publishing;

    if (!keeper_take_due(keeper))
        return true;
    if (keeper->has_journal && !sync_up_to(keeper, publishing->cycle, err))
        return false;
    bool is_alone = publishing->is_first && !keeper->start.document;
    if (!checkpoint_publish(storage, keeper->folder, publishing->cycle, &publishing->text, err) ||
        (is_alone && !checkpoint_copy(storage, keeper->folder, err)))
        return dag_error_add_context(err, "checkpoint");
    note_published(keeper, publishing->is_first);
    if (keeper->has_journal) {
        keeper_mark(keeper, keeper->newest_cycle,
                    keeper->options.clock->realtime_us(keeper->options.clock));
        if (!keeper_trim(keeper, err))
            return false;
    }
    prune(keeper);
    return true;
}

/* What a source may forget goes by the older checkpoint. A source that waits would wait for one
 * more window of its events, which it doesn't bring: the newest is kept twice instead. */
static bool keep_twice(struct keeper *keeper, struct dag_error *err)
{
    pthread_mutex_lock(&keeper->lock);
    bool is_due = copy_is_due(keeper);
    uint64_t cycle = keeper->newest_cycle;
    pthread_mutex_unlock(&keeper->lock);
    if (!is_due)
        return true;
    if (!checkpoint_copy(keeper->options.storage, keeper->folder, err))
        return dag_error_add_context(err, "checkpoint");
    atomic_store(&keeper->older_cycle, cycle);
    if (keeper->letters)
        letters_store_settled(keeper->letters, cycle);
    prune(keeper);
    return true;
}

bool keeper_reserve(struct keeper *keeper, struct dag_error *err)
{
    pthread_mutex_lock(&keeper->lock);
    bool is_due = reservation_is_due(keeper);
    uint64_t reserved = keeper->last_key + KEEPER_BLOCK;
    pthread_mutex_unlock(&keeper->lock);
    if (!is_due)
        return true;
    struct identity identity = keeper->identity;
    identity.reserved = reserved;
    if (!identity_write(keeper->options.storage, keeper->folder, &identity, err))
        return false;
    keeper->identity.reserved = reserved;
    pthread_mutex_lock(&keeper->lock);
    keeper->reserved = reserved;
    pthread_mutex_unlock(&keeper->lock);
    return true;
}

bool keeper_work(struct keeper *keeper, struct dag_error *err)
{
    pthread_mutex_lock(&keeper->lock);
    bool appends = keeper->has_journal && append_due(keeper) <= keeper_now(keeper);
    bool trims = keeper->wants_trim;
    pthread_mutex_unlock(&keeper->lock);
    return (!appends || keeper_append(keeper, false, err)) && keeper_publish(keeper, err) &&
           keep_twice(keeper, err) && keeper_reserve(keeper, err) &&
           (!trims || keeper_trim(keeper, err));
}

/* ---- when the disk refuses ---- */

static void note_refusal(struct keeper *keeper, const struct dag_error *err)
{
    pthread_mutex_lock(&keeper->lock);
    bool is_new = !keeper->disk_is_full;
    keeper->disk_is_full = true;
    if (is_new)
        keeper->refused_since_us = keeper->options.clock->realtime_us(keeper->options.clock);
    snprintf(keeper->refusal, sizeof(keeper->refusal), "%s", err->message);
    int64_t delay = is_new ? RETRY_MIN_US : keeper->retry_delay_us * 2;
    keeper->retry_delay_us = earlier(delay, RETRY_MAX_US);
    keeper->retry_at_us = keeper_now(keeper) + keeper->retry_delay_us;
    pthread_mutex_unlock(&keeper->lock);
    if (is_new)
        log_write(DAG_LOG_ERROR, keeper->plan->name, NULL,
                  "%s; no more input is taken until the disk takes data again", err->message);
}

static void note_failure(struct keeper *keeper, const struct dag_error *err)
{
    pthread_mutex_lock(&keeper->lock);
    keeper->is_failed = true;
    keeper->failure = *err;
    pthread_mutex_unlock(&keeper->lock);
    keeper->durability.failed(keeper->durability.context, err);
}

static void note_success(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    bool was_full = keeper->disk_is_full;
    keeper->disk_is_full = false;
    keeper->retry_at_us = INT64_MIN;
    keeper->record_waits = false;
    keeper->due_was_told = keeper->due_was_told || telling_due(keeper) <= keeper_now(keeper);
    pthread_mutex_unlock(&keeper->lock);
    if (was_full)
        log_write(DAG_LOG_INFO, keeper->plan->name, NULL, "the disk takes data again");
    durability_wake(&keeper->durability);
}

static void turn(struct keeper *keeper)
{
    struct dag_error err = {0};

    pthread_mutex_lock(&keeper->lock);
    bool may_try = keeper->retry_at_us <= keeper_now(keeper);
    keeper->due_was_told = keeper->due_was_told || !may_try;
    pthread_mutex_unlock(&keeper->lock);
    if (!may_try)
        return; /* only the telling was due, and no checkpoint could be published */
    if (keeper_work(keeper, &err))
        note_success(keeper);
    else if (err.retryable)
        note_refusal(keeper, &err);
    else
        note_failure(keeper, &err);
}

/* ---- by hand ---- */

int64_t keeper_due_us(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    int64_t due = keeper->is_running ? keeper_due(keeper) : INT64_MAX;
    pthread_mutex_unlock(&keeper->lock);
    return due;
}

bool keeper_turn(struct keeper *keeper)
{
    if (!keeper->options.by_hand || keeper_due_us(keeper) > keeper_now(keeper))
        return false;
    turn(keeper);
    return true;
}

/* ---- by a thread of the pool ---- */

void keeper_signal(struct keeper *keeper)
{
    if (keeper->is_served)
        disk_task_wake(&keeper->task);
}

static int64_t run(struct disk_task *task)
{
    struct keeper *keeper = (struct keeper *)((char *)task - offsetof(struct keeper, task));

    if (keeper_due_us(keeper) <= keeper_now(keeper))
        turn(keeper);
    return keeper_due_us(keeper);
}

bool keeper_start_disk(struct keeper *keeper, struct dag_error *err)
{
    struct disk_pool *pool = keeper->options.pool;

    if (!pool && !keeper->own_pool)
        keeper->own_pool = disk_pool_new(1, err);
    if (!pool)
        pool = keeper->own_pool;
    keeper->task = (struct disk_task){.run = run};
    if (!pool || !disk_pool_add(pool, &keeper->task, err))
        return false;
    pthread_mutex_lock(&keeper->lock);
    keeper->is_served = true;
    pthread_mutex_unlock(&keeper->lock);
    return true;
}

void keeper_stop_disk(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    keeper->is_served = false;
    pthread_mutex_unlock(&keeper->lock);
    disk_task_remove(&keeper->task);
}
