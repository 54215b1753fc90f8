/* difference.h - what a new definition of a DAG would keep, reset and restart. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DIFFERENCE_H
#define SERVER_DIFFERENCE_H

#include "graph/plan.h"
#include "graph/writer.h"

struct difference_text {
    const char *text; /* as written; borrowed */
    size_t size;
};

/** Writes {parts, is_unchanged, diff, diff_truncated}. `old_plan` NULL: there is none that works,
 *  all is added. A node keeps its state when name and type stay, and its functions' state when
 *  their types stay too; a connector goes on when address and configuration stay. */
bool difference_write(const struct plan *old_plan, const struct plan *new_plan,
                      struct difference_text old_text, struct difference_text new_text,
                      struct writer *writer, struct dag_error *err);

/** Appends a unified diff of two texts by lines with three lines of context; nothing when they are
 *  equal. `*is_truncated`: they differ in too many lines, and one block replaces the other. False:
 *  out of memory. */
bool difference_lines(struct difference_text old_text, struct difference_text new_text,
                      struct dag_buffer *out, bool *is_truncated);

#endif
