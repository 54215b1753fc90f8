/* loop.h - the one place that waits: timers, file descriptors and paths.
 *
 * It runs nothing but short callbacks that notify actors. It has a thread of its own, or, by hand,
 * looks around when it is told to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_LOOP_H
#define RUNTIME_LOOP_H

#include "core/clock.h"
#include "core/storage.h"
#include "dag/host.h"

struct loop;
struct loop_path;

#define LOOP_NEVER INT64_MAX

struct loop_timer {
    /** Due at `now_us`. Returns when it is due again, or LOOP_NEVER. Runs under the loop's lock: it
     *  may notify actors and must not call the loop. */
    int64_t (*fire)(struct loop_timer *timer, int64_t now_us);
    int64_t due_us; /* of the monotonic clock; guarded by the loop's lock */
    size_t place;   /* in the heap, from 1; 0: not set; guarded by the loop's lock */
};

/** With `by_hand` there is no thread. NULL: `err`. */
struct loop *loop_new(struct clock *clock, bool by_hand, struct dag_error *err);
void loop_free(struct loop *loop); /* NULL is allowed */

/** Reserves a place for the timer, so that setting it can't fail. False: `err`. */
bool loop_timer_init(struct loop *loop, struct loop_timer *timer,
                     int64_t (*fire)(struct loop_timer *timer, int64_t now_us),
                     struct dag_error *err);

/** Cancels and gives the place back; `fire` doesn't run any more. A zeroed timer is allowed. */
void loop_timer_deinit(struct loop *loop, struct loop_timer *timer);

/** Any thread. LOOP_NEVER cancels: `fire` isn't running when this returns. */
void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t due_us);

/** Calls `ready` once when `fd` is ready for `events` (enum dag_fd_events), at once when `fd` can't
 *  wait at all (a regular file). `*watch` is 0 the first time and keeps the place afterwards.
 *  `ready` runs under the loop's lock. */
bool loop_fd_watch(struct loop *loop, uint32_t *watch, int fd, uint32_t events,
                   void (*ready)(void *context), void *context, struct dag_error *err);
void loop_fd_unwatch(struct loop *loop, uint32_t watch); /* 0 is allowed */

/** Calls `changed` whenever the file at `path` in `storage` (borrowed; NULL: the system's)
 *  appears, changes or goes. The folder may be missing. NULL: `err`. */
struct loop_path *loop_path_watch(struct loop *loop, struct storage *storage, const char *path,
                                  void (*changed)(void *context), void *context,
                                  struct dag_error *err);
void loop_path_unwatch(struct loop *loop, struct loop_path *path); /* NULL is allowed */

/** By hand: fires what is due or ready now. Returns how many callbacks ran. */
size_t loop_poll(struct loop *loop);

/** When the next timer is due; LOOP_NEVER: none is set. */
int64_t loop_next_due(struct loop *loop);

#endif
