/* show_runs.h - the next times at which a DAG may run, as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_RUNS_H
#define SERVER_SHOW_RUNS_H

#include "graph/writer.h"
#include "server/schedule.h"

#define SHOW_RUNS_MAX 100

/** Writes {items, next_cursor, total, timezone, is_always}: at most `count` (1..SHOW_RUNS_MAX)
 * times of being open that end behind `now_us`. */
void show_runs(struct writer *writer, struct schedule *schedule, int64_t now_us, size_t count);

#endif
