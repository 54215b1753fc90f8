/* tap.h - samples of what goes into and out of nodes, for people who look: see runtime.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_TAP_H
#define RUNTIME_TAP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct dag;
struct dag_tap;

struct taps {
    pthread_mutex_t lock;
    struct dag_tap *first;  /* owned by those who made them; guarded by lock */
    _Atomic uint32_t count; /* 0: a step doesn't even take the lock */
};

void taps_init(struct taps *taps);
void taps_deinit(struct taps *taps); /* there are none any more */

/** The cycles' actor, behind a step that began with `first_cycle`. To be called when `count` isn't
 * 0. */
void taps_sample(struct dag *dag, uint64_t first_cycle, int64_t time_us);

#endif
