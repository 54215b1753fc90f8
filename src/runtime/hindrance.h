/* hindrance.h - what keeps a source or a sink from getting on, and who is told of errors. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_HINDRANCE_H
#define RUNTIME_HINDRANCE_H

#include <pthread.h>

#include "runtime/runtime.h"

#define HINDRANCE_TEXT_SIZE 320

/** Times are realtime, 0: not known. Written by one actor; read by any thread. */
struct hindrance {
    pthread_mutex_t lock;
    char error[HINDRANCE_TEXT_SIZE];     /* guarded by lock, like all below; "": none */
    char waits_for[HINDRANCE_TEXT_SIZE]; /* "": it doesn't wait */
    int64_t error_since_us, next_try_us, waits_since_us;
    uint32_t tries; /* that failed since then */
    bool is_any;    /* the actor only: there may be something to clear */
};

void hindrance_init(struct hindrance *hindrance);
void hindrance_deinit(struct hindrance *hindrance);

/** It failed, and tries again in `delay_us`. */
void hindrance_fail(struct hindrance *hindrance, const char *message, int64_t now_us,
                    int64_t delay_us);

/** It waits for somebody else. `goes_on`: something has moved since it waited last. */
void hindrance_wait(struct hindrance *hindrance, const char *waits_for, int64_t now_us,
                    bool goes_on);

/** It works. Costs nothing when it did before. */
void hindrance_clear(struct hindrance *hindrance);

/** Of one part: the observer is told of its errors once a second at most. */
struct trouble_gate {
    _Atomic uint64_t count;   /* errors since the start */
    _Atomic int64_t again_us; /* realtime: not before then */
};

/** `trouble->count` is the gate's, which grows by `more`. Any thread. */
void trouble_tell(struct trouble_gate *gate, struct dag *dag, struct dag_trouble trouble,
                  uint64_t more);

/** The cycles' actor, behind a step: looks for nodes that had errors in it. */
void trouble_tell_nodes(struct dag *dag);

#endif
