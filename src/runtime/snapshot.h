/* snapshot.h - a checkpoint in the making: the engine's state behind a cycle and where each source
 * stood. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_SNAPSHOT_H
#define RUNTIME_SNAPSHOT_H

#include <pthread.h>
#include <stdatomic.h>

#include "dag/json.h"
#include "dag/option.h"

struct dag;
struct source;

/** One at a time for each DAG. */
struct snapshot {
    pthread_mutex_t lock;
    bool is_open;                 /* guarded by lock */
    uint64_t cycle;               /* guarded by lock */
    struct dag_buffer engine;     /* owned; guarded by lock; empty: nothing has been seen */
    struct dag_buffer *positions; /* owned, by subscriber; guarded by lock */
    size_t waiting;               /* sources that have not answered; guarded by lock */

    _Atomic bool is_first_due;   /* checkpoint 0 has to be taken before the first cycle */
    _Atomic uint32_t final_due;  /* everything is out: the last one, of the drain of this number */
    _Atomic uint32_t final_done; /* it has been handed over */
    _Atomic bool is_abandoned;   /* there will be none at the end of this run */
};

bool snapshot_init(struct snapshot *snapshot, size_t subscriber_count, struct dag_error *err);
void snapshot_deinit(struct snapshot *snapshot, size_t subscriber_count);

/** Before a start, while everything is closed. */
void snapshot_reset(struct dag *dag, bool is_first);

/** The cycles' actor, between steps: begins one when one is due, hands over one that is complete.
 *  `may_run`: false while a first one is not taken yet. */
void snapshot_work(struct dag *dag, bool *may_run);

/** A source can't tell where it stood, and won't soon: the older checkpoint stays. */
void snapshot_abandon(struct dag *dag);

/** A source's actor: tells where it stood, when it was asked. */
void snapshot_answer(struct source *source);

#endif
