/* replay.h - journaled steps run again exactly as they were, after a recovery. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_REPLAY_H
#define RUNTIME_REPLAY_H

#include <stdatomic.h>

#include "runtime/durability.h"

struct cycles;

struct replay {
    struct durability_step step; /* borrowed from the durability until the next one */
    bool is_active;              /* `step` has slots left */
    _Atomic bool is_over;        /* there are no more steps */
    _Atomic bool reads_sources;  /* some step's events have to be read again */
    uint32_t done;               /* slots of `step` that have run */
};

enum replay_outcome {
    REPLAY_RUN,  /* a part of a step is composed: run it */
    REPLAY_WAIT, /* for a source */
    REPLAY_OVER, /* go on with new events */
    REPLAY_FAILED,
};

/** Composes the next cycles from the journal: fills the cycles' inputs, ticks, slot_count and
 *  time. */
enum replay_outcome replay_compose(struct cycles *cycles);

/** They have run. */
void replay_advance(struct cycles *cycles, uint32_t slot_count);

#endif
