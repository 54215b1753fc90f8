/* shape.h - inside the process only: what plug-ins need not know of names and shapes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SHAPE_H
#define CORE_SHAPE_H

#include "dag/batch.h"

/** A name that lives in the batch, never interned (id 0). NULL: out of memory. */
const struct dag_name *name_new_in_batch(const char *text, size_t size, struct dag_batch *batch);

/** How full the process-wide table is. */
struct shape_table_stats {
    uint32_t name_count, shape_count;
    size_t bytes;
    uint64_t overflow_count; /* shapes and names that did not fit any more */
};
void shape_table_stats(struct shape_table_stats *stats);

/** True once something did not fit. One relaxed load. */
bool shape_table_is_full(void);

/** Highest id given out plus one: the length that a table indexed by shape id needs. */
uint32_t shape_id_limit(void);

#endif
