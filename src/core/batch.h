/* batch.h - the inside of a batch, for the codec and the engine; plug-ins see dag/batch.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BATCH_H
#define CORE_BATCH_H

#include <stdatomic.h>

#include "core/memory.h"
#include "dag/batch.h"

#define BATCH_BYTES_MAX (1u << 20) /* default limit of a batch, bytes */

struct dag_batch {
    _Atomic uint32_t references;
    uint32_t row_count;
    uint32_t row_capacity;
    uint32_t row_limit;
    struct dag_row *rows;        /* in the arena */
    struct dag_origin *origins;  /* in the arena, parallel to rows */
    char *cursor, *end;          /* free bytes of the newest chunk */
    struct memory_chunk *chunks; /* owned; the batch itself lives in the last of the list */
    size_t size;                 /* bytes of all chunks */
    size_t byte_limit;
    struct memory_account *account; /* referenced; may be NULL */
    const char *lines;              /* the text that the first rows were parsed from; see
                                       batch_lines() */
    uint64_t lines_offset;          /* origin in front of it */
    uint32_t lines_rows;            /* how many rows it has */
    struct dag_batch **kept;        /* in the arena; referenced */
    uint32_t kept_count, kept_capacity;
    size_t kept_size; /* bytes of the kept ones */
};

/** An empty batch charged to `account` (referenced; may be NULL), with room for `size_hint` bytes
 *  from the start. NULL: out of memory. */
struct dag_batch *batch_new(struct memory_account *account, size_t size_hint, size_t row_limit,
                            size_t byte_limit);

/** The slow path of batch_alloc(). */
void *batch_alloc_slow(struct dag_batch *batch, size_t size);

/** `size` bytes, aligned to 16. NULL: out of memory. */
static inline void *batch_alloc(struct dag_batch *batch, size_t size)
{
    size_t rounded = (size + 15) & ~(size_t)15;

    if (__builtin_expect(rounded < size || rounded > (size_t)(batch->end - batch->cursor), 0))
        return batch_alloc_slow(batch, size);
    void *result = batch->cursor;
    batch->cursor += rounded;
    return result;
}

/** Gives the unused tail of the newest allocation back: `result` was `size` bytes and only `used`
 * are kept. */
static inline void batch_shrink_last(struct dag_batch *batch, void *result, size_t used)
{
    char *keep_end = (char *)result + ((used + 15) & ~(size_t)15);

    if (keep_end <= batch->cursor && (char *)result >= (char *)(batch->chunks + 1) &&
        (char *)result <= batch->end)
        batch->cursor = keep_end;
}

/** The text of the lines that `count` rows from `first` on were parsed from, blank lines between
 *  them included. NULL: they did not come so. */
static inline const char *batch_lines(const struct dag_batch *batch, uint32_t first, uint32_t count,
                                      size_t *size)
{
    if (count == 0 || first + count > batch->lines_rows)
        return NULL;
    uint64_t begin = first > 0 ? batch->origins[first - 1].offset : batch->lines_offset;
    *size = batch->origins[first + count - 1].offset - begin;
    return batch->lines + (begin - batch->lines_offset);
}

/** Makes room for one more row. */
bool batch_grow_rows(struct dag_batch *batch);

/** Appends without looking at the limits. False: out of memory. */
static inline bool batch_push(struct dag_batch *batch, struct dag_row row, struct dag_origin origin)
{
    if (__builtin_expect(batch->row_count == batch->row_capacity, 0) && !batch_grow_rows(batch))
        return false;
    batch->rows[batch->row_count] = row;
    batch->origins[batch->row_count] = origin;
    batch->row_count++;
    return true;
}

static inline size_t batch_room(const struct dag_batch *batch)
{
    if (batch->row_count >= batch->row_limit || batch->size >= batch->byte_limit)
        return 0;
    return batch->row_limit - batch->row_count;
}

#endif
