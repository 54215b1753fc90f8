/* cycles.h - composes cycles from what the sources hold and runs them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_CYCLES_H
#define RUNTIME_CYCLES_H

#include <pthread.h>
#include <stdatomic.h>

#include "runtime/engine.h"
#include "runtime/loop.h"
#include "runtime/queue.h"
#include "runtime/replay.h"
#include "runtime/scheduler.h"
#include "runtime/source.h"

struct dag;

/** A metronome node's timer: at most one tick waits. */
struct metronome {
    struct loop_timer timer;
    struct cycles *cycles;
    int64_t interval_us;
    _Atomic bool pending;
};

/** What one source gives to the step at hand. */
struct intake {
    struct source *source;
    struct source_view view;
    struct queue_item item; /* batch NULL: nothing */
};

/** Which rows of which source an event node takes. */
struct reader {
    uint32_t intake;
    uint32_t turn; /* among the nodes of that source */
};

struct cycles {
    struct actor actor;
    struct dag *dag;
    struct reader *readers; /* owned, by event node */
    size_t reader_count;
    struct intake *intakes; /* owned, one for each source */
    size_t intake_count;
    struct engine_input *inputs;  /* owned, by event node */
    struct metronome *metronomes; /* owned */
    size_t metronome_count;
    bool *ticks; /* owned */

    /* the step that was composed and not run yet */
    uint32_t slot_count; /* 0: none */
    uint64_t first_cycle;
    int64_t time_us;
    int64_t since_us; /* monotonic: its oldest event was read */
    bool is_recorded; /* the durability has its order, or knows it already */
    struct replay replay;

    uint64_t hurried_cycle; /* the last one that was to become forgettable soon */
    int64_t timed_at_us;    /* realtime: a step was timed last */
    struct latency_counter latency;

    _Atomic int64_t step_since_us; /* realtime; 0: no step runs */
    _Atomic uint64_t last_cycle;
    _Atomic uint64_t missed_ticks;
    _Atomic uint32_t closed;         /* the generation that it has closed */
    _Atomic uint32_t drained;        /* the drain in which nothing will come any more */
    _Atomic uint64_t recorded_cycle; /* the last one that was written down in this run; 0: none */
    pthread_mutex_t engine_lock;     /* held while a step runs, and while someone inspects */
};

/** False: `err`. The engine and all sources are there. */
bool cycles_init(struct cycles *cycles, struct dag *dag, struct dag_error *err);
void cycles_deinit(struct cycles *cycles); /* idle; a zeroed one is allowed */

/** Before a start, while everything is closed. What was composed stays. */
void cycles_reset(struct cycles *cycles);

/** Before a start that recovers: forgets what was composed; `cycle` is the last one that the
 *  engine's state has seen. */
void cycles_recover(struct cycles *cycles, uint64_t cycle);

/** New events are being taken: nothing is replayed any more. */
bool cycles_are_live(const struct cycles *cycles);

/** The metronome nodes tick now (if `at_once`), then each interval. */
void cycles_start_metronomes(struct cycles *cycles, bool at_once);
void cycles_stop_metronomes(struct cycles *cycles);

/** That node ticks now; `node` is its index in the plan. */
void cycles_tick(struct cycles *cycles, int32_t node);

#endif
