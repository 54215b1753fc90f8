/* batch.h - a bounded run of records with the memory that they live in.
 *
 * A batch owns an arena. Rows, values and text are allocated in it and stay valid and unchanged
 * until the last reference to the batch is gone; nothing in it is freed alone. While one thread
 * fills a batch nobody else may touch it; once it is passed on it is read-only and any thread may
 * read it, take references and drop them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAG_BATCH_H
#define DAG_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "dag/error.h"
#include "dag/shape.h"
#include "dag/value.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DAG_BATCH_ROWS_MAX   1024
#define DAG_MESSAGE_SIZE_MAX (16u << 20) /* default bound of one message's text, bytes */

/** One record. */
struct dag_row {
    const struct dag_shape *shape;  /* NULL: the message is no object and is `values[0]` */
    const struct dag_value *values; /* `shape->count` of them */
};

/** Where a row of a subscriber came from; a subscriber gives it a meaning of its own. */
struct dag_origin {
    uint64_t offset; /* grows within a lane; for a file: behind the line's last byte */
    uint32_t lane;   /* partition, file generation, ...; 0 where there is only one */
    uint32_t flags;  /* DAG_ORIGIN_... */
};

/** The row could not be parsed: its shape is NULL, values[0] is a text value with the raw bytes
 *  (form RAW, not necessarily UTF-8), values[1] a text value with the reason. */
#define DAG_ORIGIN_REJECTED 1u

struct dag_batch;

/** An empty batch outside any DAG's accounting, with one reference. NULL: out of memory. */
DAG_API struct dag_batch *dag_batch_new(void);

/** One reference more. Returns `batch`. */
DAG_API struct dag_batch *dag_batch_ref(struct dag_batch *batch);

/** Drops a reference; the last one recycles the batch and all that lives in it. NULL is allowed. */
DAG_API void dag_batch_unref(struct dag_batch *batch);

/** `size` bytes in the batch's arena, aligned to 16, not zeroed. NULL: out of memory. */
DAG_API void *dag_batch_alloc(struct dag_batch *batch, size_t size);

/** A copy of `size` bytes in the arena. NULL: out of memory. */
DAG_API const char *dag_batch_copy(struct dag_batch *batch, const void *bytes, size_t size);

/** Appends a row. What `row` points to must live in this batch, in a batch that
 *  dag_batch_keep() holds, or for ever (interned shapes, a plug-in's constants).
 *  False, with `err` filled: out of memory, or the batch holds its limit of rows. */
DAG_API bool dag_batch_append(struct dag_batch *batch, struct dag_row row, struct dag_origin origin,
                              struct dag_error *err);

/** Appends `count` rows at once, which must fit (dag_batch_room()), as above; the first row's
 * origin is `origin`, each further one's `offset` is higher by one. */
DAG_API bool dag_batch_append_rows(struct dag_batch *batch, const struct dag_row *rows,
                                   size_t count, struct dag_origin origin, struct dag_error *err);

/** Deep-copies `row` into the arena of `batch` and fills `copy`; appends nothing. */
DAG_API bool dag_batch_copy_row(struct dag_batch *batch, const struct dag_row *row,
                                struct dag_row *copy, struct dag_error *err);

/** Makes `batch` hold a reference on `other` until it is recycled itself. */
DAG_API bool dag_batch_keep(struct dag_batch *batch, struct dag_batch *other,
                            struct dag_error *err);

/** What the batch holds; borrowed. Origins are parallel to the rows. */
DAG_API size_t dag_batch_row_count(const struct dag_batch *batch);
DAG_API const struct dag_row *dag_batch_rows(const struct dag_batch *batch);
DAG_API const struct dag_origin *dag_batch_origins(const struct dag_batch *batch);

/** Bytes that the batch holds, with what it keeps. */
DAG_API size_t dag_batch_size(const struct dag_batch *batch);

/** Rows that still fit; 0: full. A batch is also full once it holds its limit of bytes (1 MiB by
 *  default); the row that crosses that limit still fits. */
DAG_API size_t dag_batch_room(const struct dag_batch *batch);

#ifdef __cplusplus
}
#endif

#endif
