/* inject.h - messages that are put into a source's queue from outside, and who awaits their fate.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_INJECT_H
#define RUNTIME_INJECT_H

#include <pthread.h>
#include <stdint.h>

#include "runtime/runtime.h"

struct source;

/** Their lane. No connector can bring them again, so positions and acknowledgements leave it out.
 */
#define INJECT_LANE UINT32_MAX

/** Messages of one call that wait for the journal. */
struct injection {
    struct injection *next;      /* guarded by the source's lock, like all below */
    uint64_t first_row, end_row; /* of the rows that ever came into the queue */
    uint64_t cycle;              /* the last that took one of them; 0: some wait still */
    bool is_open;                /* more of them may come: nothing is told yet */
    bool is_dropped;             /* by a policy: some of them */
    dag_injected done;
    void *context;
};

/** Of a source; guarded by its lock but for the parser. */
struct injections {
    pthread_mutex_t order;          /* one call after the other; before the source's lock */
    struct dag_json_parser *parser; /* owned; guarded by `order` */
    uint64_t offset;                /* of the last message; guarded by `order` */
    uint64_t duplicate_keys;        /* told of the parser's; guarded by `order` */
    struct injection *first;        /* owned, oldest first */
    struct injection **last;
};

void injections_init(struct injections *injections);
void injections_deinit(struct injections *injections); /* none waits any more */

/** With the source's lock: rows have left its queue, from number `gone_before` on; into cycles up
 * to `cycle`, or (0) dropped. */
void injections_note_gone_locked(struct source *source, uint64_t gone_before, uint64_t cycle);

/** Makes the actor that tells what has become of them. */
void inject_init(struct dag *dag);

/** What the journal holds may have grown, or the DAG has stopped: looks whether somebody is to be
 * told. Any thread. */
void inject_notify(struct dag *dag);

/** The DAG goes, nothing of it runs: those who still wait are told so. */
void inject_end(struct dag *dag);

#endif
