/* queue.h - batches on their way from one actor to the next, first in, first out.
 *
 * Nothing here locks and nothing is bounded: the owner does both.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_QUEUE_H
#define RUNTIME_QUEUE_H

#include "core/memory.h"
#include "dag/batch.h"

/** Rows first..end of a batch. */
struct queue_item {
    struct dag_batch *batch; /* referenced */
    const struct dag_row *rows;
    const uint64_t *cycles; /* of each row; NULL on the way from a source */
    uint32_t first, end;
    uint64_t mark;    /* every cycle up to it is complete behind this item */
    size_t size;      /* bytes that it pins */
    int64_t since_us; /* monotonic: its oldest row was read */
};

/** Zero it to begin. */
struct queue {
    struct queue_item *items; /* owned ring */
    uint32_t capacity, head, count;
    size_t row_count;
    size_t size;        /* bytes that all items pin */
    uint64_t rows_gone; /* that were ever taken off or dropped */
};

/** Makes sure that the next `count` pushes succeed. False: out of memory. */
bool queue_reserve(struct queue *queue, uint32_t count);

/** Takes the item's reference. There is room: queue_reserve() has been called. */
void queue_push(struct queue *queue, struct queue_item item);

/** The oldest item, or NULL. */
struct queue_item *queue_head(const struct queue *queue);

/** The newest item, or NULL. */
struct queue_item *queue_tail(const struct queue *queue);

/** The newest item's batch got one more row; its arrays may have moved. */
void queue_tail_grew(struct queue *queue, const uint64_t *cycles);

/** Removes the oldest item, whose reference the caller owns now. The queue isn't empty. */
struct queue_item queue_pop(struct queue *queue);

/** Drops up to `count` of the oldest rows. Returns how many. */
size_t queue_drop(struct queue *queue, size_t count);

/** Joins items until the oldest holds `count` rows, as far as there are so many. False: `err`. */
bool queue_join(struct queue *queue, size_t count, struct memory_account *account,
                struct dag_error *err);

/** Drops everything and releases the ring. */
void queue_clear(struct queue *queue);

#endif
