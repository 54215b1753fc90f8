/* disk_pool.h - a few threads that do the disk work of many keepers.
 *
 * Each task is run by one thread at a time, when it is woken or the time has come that it asked
 * for. A task that waits for a slow disk holds one thread; the others go on with what is due, first
 * come, first served.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_DISK_POOL_H
#define DURABLE_DISK_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dag/error.h"

struct disk_pool;

#define DISK_POOL_THREADS 4 /* enough for three disks that hang */
#define DISK_POOL_NEVER   INT64_MAX

enum disk_task_state {
    DISK_TASK_WAITS,
    DISK_TASK_READY,
    DISK_TASK_RUNS,
    DISK_TASK_RUNS_AGAIN, /* it runs, and was woken meanwhile */
    DISK_TASK_LEAVES,     /* it runs, and somebody waits to remove it */
};

/** Zero it to begin. */
struct disk_task {
    /** Does what is due, and may wait for the disk meanwhile. Returns when there will be more to
     * do, in microseconds of the monotonic clock; DISK_POOL_NEVER: when it is woken. */
    int64_t (*run)(struct disk_task *task);

    struct disk_pool *pool; /* borrowed; NULL: it was not added */
    /* guarded by the pool */
    enum disk_task_state state;
    int64_t due_us;
    size_t place;           /* in the heap of those that wait, from 1; 0: not there */
    struct disk_task *next; /* of those that are ready */
};

/** `threads_max` of at least 1; they are made when there is work for them, but the first. NULL:
 *  `err`. */
struct disk_pool *disk_pool_new(unsigned threads_max, struct dag_error *err);

/** Every task was removed. NULL is allowed. */
void disk_pool_free(struct disk_pool *pool);

/** Runs it soon, then when it is due. Any thread, as all that follows. False: `err`. */
bool disk_pool_add(struct disk_pool *pool, struct disk_task *task, struct dag_error *err);

/** It has something to do. A task that wasn't added sleeps on. */
void disk_task_wake(struct disk_task *task);

/** Waits until it doesn't run, and will not again. Not from within run(). A task that wasn't added
 *  is left alone. */
void disk_task_remove(struct disk_task *task);

/** How many threads there are. */
unsigned disk_pool_threads(struct disk_pool *pool);

#endif
