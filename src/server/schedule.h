/* schedule.h - when a DAG may run: its daily window, days, holidays and time zone.
 *
 * A window belongs to the local day on which it begins, also when it crosses midnight; the days and
 * the calendars are asked about that day. Both of its minutes belong to it: 09:00 to 17:00 is open
 * until 17:01. Without a window, a day that counts is open from its first minute to its last.
 *
 * Where clocks change: a begin that doesn't exist on a day moves to the first minute that does; an
 * end that doesn't exist is the moment of the change; where both fall into the same gap the window
 * keeps its length. A time that comes twice counts when it comes first, so each window is open
 * once. A date that a zone leaves out has no window.
 *
 * All times are microseconds since 1970, UTC. Any thread may call everything, except for
 * schedule_free(). Nothing here waits, and nothing polls: schedule_next_change() says when to look
 * again, and schedule_fd() when a calendar has changed.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SCHEDULE_H
#define SERVER_SCHEDULE_H

#include "core/storage.h"
#include "graph/plan.h"

struct schedule;

struct schedule_options {
    const char *folder; /* relative paths of calendars start here; NULL: the working folder */

    struct storage *storage; /* what confines paths; borrowed for the life; NULL: the disk */
};

/** One time of being open: from `start_us` up to, not including, `end_us`. */
struct schedule_run {
    int64_t start_us, end_us; /* end INT64_MAX: always */
};

/** Made from the plan, which need not outlive it. Reads zone and calendars: what can't be read, or
 *  is wrong, fails with its place. `options` may be NULL. NULL: `err`. */
struct schedule *schedule_new(const struct plan *plan, const struct schedule_options *options,
                              struct dag_error *err);
void schedule_free(struct schedule *schedule); /* NULL is allowed */

/** Neither a window nor days: open at all times. */
bool schedule_is_always(const struct schedule *schedule);

bool schedule_is_open(struct schedule *schedule, int64_t at_us);

/** The next opening or closing behind `at_us`. Windows that touch are one. INT64_MAX: never, or not
 *  within ten years. */
int64_t schedule_next_change(struct schedule *schedule, int64_t at_us);

/** The next `count` times of being open that end behind `from_us`, in order; the first may be under
 *  way. Returns how many there are, fewer when no more come within ten years. */
size_t schedule_next_runs(struct schedule *schedule, int64_t from_us, size_t count,
                          struct schedule_run *runs);

/** The last time of being open that began at or behind `seen_us` and ended by `now_us`: whoever
 *  looked last at `seen_us` has missed it. What was under way at `seen_us` isn't missed. */
bool schedule_missed(struct schedule *schedule, int64_t seen_us, int64_t now_us,
                     struct schedule_run *run);

/** With `"missed": "run_late"`: until when to run from `now_us` on for the last window that was
 *  missed, whole length. 0: no need to. */
int64_t schedule_late_until(struct schedule *schedule, int64_t seen_us, int64_t now_us);

/** Readable when a file beside or among the calendars has changed: call schedule_refresh() then.
 *  -1: no calendars, or the system has no watches left. */
int schedule_fd(const struct schedule *schedule);

/** Reads calendars again that have changed; `*has_changed` tells whether any did. False: `err`,
 *  and what was known of the bad one stays. */
bool schedule_refresh(struct schedule *schedule, bool *has_changed, struct dag_error *err);

/** The zone as it was given, or "local". */
const char *schedule_zone(const struct schedule *schedule);

#endif
