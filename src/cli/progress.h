/* progress.h - what a terminal shows while DAGs run: one line for each, rewritten in place. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "runtime/runtime.h"

struct progress;

/** NULL when standard error is no terminal (or memory is short): the other functions then do
 *  nothing. `dags` is borrowed. */
struct progress *progress_new(struct dag *const *dags, size_t count, int64_t now_us);

/** When to call progress_show() next, on the monotonic clock; INT64_MAX: never. */
int64_t progress_due_us(const struct progress *progress);

/** Writes the lines anew when they are due. */
void progress_show(struct progress *progress, int64_t now_us);

/** Takes the lines off the screen and frees. */
void progress_free(struct progress *progress);

/** What the sources and sinks of a DAG add up to. */
struct progress_sums {
    uint64_t source_depth, sink_depth, duplicate_keys;
};

/** One line about a DAG, without a newline: `events` and `rows` came in and went out in
 *  `elapsed_us`. */
void progress_line(char *line, size_t size, const char *name, const struct dag_stats *stats,
                   const struct progress_sums *sums, uint64_t events, uint64_t rows,
                   int64_t elapsed_us);

#endif
