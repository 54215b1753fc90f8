/* shape.h - the ordered list of a record's attribute names, shared by all records alike.
 *
 * Shapes and names are interned in one process-wide table, never change and are never freed, so
 * two interned shapes are the same exactly when their pointers are. The table is bounded: past
 * its cap (and for records of more than DAG_SHAPE_WIDTH_MAX attributes) a shape with id 0 is made
 * in the arena of the batch that needs it. Such a shape works everywhere, but is not shared and
 * lives only as long as its batch. Any thread may call everything here.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAG_SHAPE_H
#define DAG_SHAPE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dag/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DAG_SHAPE_WIDTH_MAX 1024

struct dag_batch;

/** An attribute name. */
struct dag_name {
    uint64_t hash;
    uint32_t id;   /* dense, from 1; 0: not interned */
    uint32_t size; /* bytes of `text` */
    uint32_t json_size;
    const char *text; /* decoded, NUL-terminated (the name itself may hold NUL bytes too) */
    const char *json; /* as the serialiser writes it: "name": with quotes, escapes and colon */
};

struct dag_shape {
    uint32_t id;    /* dense, from 1 (1 is the empty shape); 0: not interned */
    uint32_t count; /* of names; a row of this shape has as many values */
    const struct dag_name *const *names;
    const struct dag_shape *parent; /* without the last name; NULL for the empty and for id 0 */
};

/** The shape without attributes. */
DAG_API const struct dag_shape *dag_shape_empty(void);

/** The interned name, or past the table's cap one allocated in `batch`. NULL: out of memory, or
 *  `batch` is NULL and the table is full. */
DAG_API const struct dag_name *dag_name_intern(const char *text, size_t size,
                                               struct dag_batch *batch);

static inline bool dag_name_same(const struct dag_name *a, const struct dag_name *b)
{
    return a == b || ((a->id == 0 || b->id == 0) && a->hash == b->hash && a->size == b->size &&
                      memcmp(a->text, b->text, a->size) == 0);
}

/** Index of the attribute in the shape, or -1. */
DAG_API int32_t dag_shape_find(const struct dag_shape *shape, const struct dag_name *name);

/** `shape` with `name` (which it must not hold yet) at its end. NULL: out of memory, or `batch`
 *  is NULL and the table is full. */
DAG_API const struct dag_shape *dag_shape_add(const struct dag_shape *shape,
                                              const struct dag_name *name, struct dag_batch *batch);

/** The shape of `count` different names in this order; as dag_shape_add(). */
DAG_API const struct dag_shape *dag_shape_of(const struct dag_name *const *names, size_t count,
                                             struct dag_batch *batch);

#ifdef __cplusplus
}
#endif

#endif
