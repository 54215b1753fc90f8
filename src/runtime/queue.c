/* queue.c - see queue.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch.h"

#define FIRST_CAPACITY    4u
#define IDLE_CAPACITY_MAX 16u /* an empty queue gives back what is more */

static struct queue_item *item_at(const struct queue *queue, uint32_t i)
{
    assert(queue->capacity > 0);
    return &queue->items[(queue->head + i) % queue->capacity];
}

bool queue_reserve(struct queue *queue, uint32_t count)
{
    uint32_t capacity = queue->capacity ? queue->capacity : FIRST_CAPACITY;

    if (queue->count == 0 && capacity > IDLE_CAPACITY_MAX)
        capacity = FIRST_CAPACITY;
    while (capacity - queue->count < count)
        capacity *= 2;
    if (capacity == queue->capacity)
        return true;
    struct queue_item *items = malloc(capacity * sizeof(*items));
    if (!items)
        return queue->capacity - queue->count >= count;
    for (uint32_t i = 0; i < queue->count; i++)
        items[i] = *item_at(queue, i);
    free(queue->items);
    queue->items = items;
    queue->capacity = capacity;
    queue->head = 0;
    return true;
}

void queue_push(struct queue *queue, struct queue_item item)
{
    assert(queue->count < queue->capacity);
    item.size = dag_batch_size(item.batch);
    *item_at(queue, queue->count) = item;
    queue->count++;
    queue->row_count += item.end - item.first;
    queue->size += item.size;
}

struct queue_item *queue_head(const struct queue *queue)
{
    return queue->count > 0 ? item_at(queue, 0) : NULL;
}

struct queue_item *queue_tail(const struct queue *queue)
{
    return queue->count > 0 ? item_at(queue, queue->count - 1) : NULL;
}

void queue_tail_grew(struct queue *queue, const uint64_t *cycles)
{
    struct queue_item *tail = item_at(queue, queue->count - 1);
    size_t size = dag_batch_size(tail->batch);

    tail->rows = dag_batch_rows(tail->batch);
    tail->cycles = cycles;
    tail->end++;
    queue->row_count++;
    queue->size += size - tail->size;
    tail->size = size;
}

struct queue_item queue_pop(struct queue *queue)
{
    assert(queue->count > 0);
    struct queue_item item = *item_at(queue, 0);
    queue->head = (queue->head + 1) % queue->capacity;
    queue->count--;
    queue->row_count -= item.end - item.first;
    queue->rows_gone += item.end - item.first;
    queue->size -= item.size;
    return item;
}

size_t queue_drop(struct queue *queue, size_t count)
{
    size_t dropped = 0;

    while (dropped < count && queue->count > 0) {
        struct queue_item *head = item_at(queue, 0);
        size_t rows = head->end - head->first;
        if (rows > count - dropped) {
            head->first += (uint32_t)(count - dropped);
            queue->row_count -= count - dropped;
            queue->rows_gone += count - dropped;
            return count;
        }
        dropped += rows;
        dag_batch_unref(queue_pop(queue).batch);
    }
    return dropped;
}

static bool append_item(struct dag_batch *batch, const struct queue_item *item,
                        struct dag_error *err)
{
    const struct dag_origin *origins = dag_batch_origins(item->batch);

    if (!dag_batch_keep(batch, item->batch, err))
        return false;
    for (uint32_t i = item->first; i < item->end; i++)
        if (!batch_push(batch, item->rows[i], origins[i]))
            return dag_error_set_memory(err, "joining batches");
    return true;
}

bool queue_join(struct queue *queue, size_t count, struct memory_account *account,
                struct dag_error *err)
{
    uint32_t used = 0;
    size_t rows = 0;

    while (used < queue->count && rows < count) {
        struct queue_item *item = item_at(queue, used++);
        rows += item->end - item->first;
    }
    if (used <= 1)
        return true;
    struct dag_batch *batch = batch_new(account, 0, rows, SIZE_MAX);
    if (!batch)
        return dag_error_set_memory(err, "joining batches");
    for (uint32_t i = 0; i < used; i++)
        if (!append_item(batch, item_at(queue, i), err)) {
            dag_batch_unref(batch);
            return false;
        }
    int64_t since_us = item_at(queue, 0)->since_us;
    uint64_t rows_gone = queue->rows_gone;
    for (uint32_t i = 0; i + 1 < used; i++)
        dag_batch_unref(queue_pop(queue).batch);
    queue->rows_gone = rows_gone; /* they stay */
    struct queue_item *head = item_at(queue, 0);
    queue->row_count += rows - (head->end - head->first);
    queue->size -= head->size;
    dag_batch_unref(head->batch);
    *head = (struct queue_item){
        .since_us = since_us,
        .batch = batch,
        .rows = dag_batch_rows(batch),
        .end = (uint32_t)rows,
        .size = dag_batch_size(batch),
    };
    queue->size += head->size;
    return true;
}

void queue_clear(struct queue *queue)
{
    while (queue->count > 0)
        dag_batch_unref(queue_pop(queue).batch);
    free(queue->items);
    *queue = (struct queue){0};
}
