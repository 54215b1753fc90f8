/* record_tail.c - see record_tail.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/record_tail.h"

#include <stdlib.h>
#include <string.h>

#include "durable/crc32c.h"

/* A payload that was just made is in the processor's cache, and won't be when the disk's side comes
 * to it: a large one is summed up at once. */
#define SUMMED_SIZE       ((size_t)32 << 10)
#define KEPT_CAPACITY_MAX ((size_t)8 << 20) /* of an empty queue */

/* ---- records in memory ---- */

bool record_queue_seal(struct record_queue *queue, uint64_t key, uint32_t kind, size_t offset)
{
    if (queue->count == queue->capacity) {
        size_t capacity = queue->capacity ? queue->capacity * 2 : 64;
        struct record_queue_item *items = realloc(queue->items, capacity * sizeof(*items));
        if (!items) {
            queue->bytes.size = offset;
            return false;
        }
        queue->items = items;
        queue->capacity = capacity;
    }
    size_t size = queue->bytes.size - offset;
    bool is_summed = size >= SUMMED_SIZE;
    queue->items[queue->count++] = (struct record_queue_item){
        .key = key,
        .kind = kind,
        .offset = offset,
        .size = size,
        .crc = is_summed ? crc32c(0, queue->bytes.bytes + offset, size) : 0,
        .is_summed = is_summed,
    };
    return true;
}

void record_queue_clear(struct record_queue *queue)
{
    queue->count = 0;
    queue->bytes.size = 0;
    if (queue->bytes.capacity > KEPT_CAPACITY_MAX)
        dag_buffer_free(&queue->bytes);
}

void record_queue_free(struct record_queue *queue)
{
    dag_buffer_free(&queue->bytes);
    free(queue->items);
    *queue = (struct record_queue){0};
}

/* ---- the end of a log ---- */

bool record_tail_open(struct record_tail *tail, const struct record_log_options *options,
                      struct record_log_report *report, struct dag_error *err)
{
    tail->options = *options;
    tail->log = record_log_open(options, report, err);
    if (!tail->log)
        return false;
    tail->safe_key = record_log_synced_key(tail->log);
    return true;
}

void record_tail_close(struct record_tail *tail)
{
    record_log_close(tail->log);
    record_queue_free(&tail->queue);
    *tail = (struct record_tail){0};
}

/* After a sync that failed. What was synced is vouched for; what was appended behind it goes. */
static bool open_anew(struct record_tail *tail, struct dag_error *err)
{
    struct record_log_options options = tail->options;

    record_log_close(tail->log);
    options.vouched_key = tail->safe_key;
    tail->log = record_log_open(&options, NULL, err);
    if (!tail->log || !record_log_cut(tail->log, tail->safe_key, err)) {
        /* this, too, syncs: the disk may take it the next time */
        err->retryable = err->retryable || err->code == DAG_ERROR_IO;
        return false;
    }
    tail->appended = 0;
    tail->is_broken = false;
    return true;
}

static bool append(struct record_tail *tail, struct dag_error *err)
{
    if (tail->is_broken && !open_anew(tail, err))
        return false;
    while (tail->appended < tail->queue.count) {
        const struct record_queue_item *item = &tail->queue.items[tail->appended];
        const char *payload = item->size > 0 ? tail->queue.bytes.bytes + item->offset : "";
        if (!record_log_append_summed(tail->log, item->key, item->kind, payload, item->size,
                                      item->is_summed ? &item->crc : NULL, err)) {
            /* a new segment is only begun once the old one is synced, and that may fail, too */
            struct dag_error why = {0};
            tail->is_broken = !record_log_push(tail->log, &why) && !why.retryable;
            err->retryable = err->retryable || (tail->is_broken && !tail->has_pushed);
            return false;
        }
        tail->appended++;
    }
    return true;
}

static void let_go(struct record_tail *tail)
{
    record_queue_clear(&tail->queue);
    tail->appended = 0;
}

bool record_tail_sync(struct record_tail *tail, struct dag_error *err)
{
    if (!append(tail, err))
        return false;
    if (!record_log_push(tail->log, err))
        return false;
    if (!record_log_sync(tail->log, err)) {
        tail->is_broken = true;
        /* what was let go can't be appended again */
        err->retryable = !tail->has_pushed;
        return false;
    }
    tail->safe_key = record_log_synced_key(tail->log);
    tail->has_pushed = false;
    let_go(tail);
    return true;
}

bool record_tail_push(struct record_tail *tail, struct dag_error *err)
{
    if (!append(tail, err) || !record_log_push(tail->log, err))
        return false;
    tail->has_pushed = tail->has_pushed || tail->queue.count > 0;
    let_go(tail);
    return true;
}
