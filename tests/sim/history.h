/* history.h - the cycles of a DAG as they were composed, over all lives of its process.
 *
 * What a run publishes follows from the sequence of (cycle, time, event) alone. So the simulator
 * notes that sequence where the engine gets it, forgets what a crash took back, and in the end runs
 * it once more in one go: that is what an undisturbed run would have given. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include "runtime/durability.h"
#include "sim/sim.h"

struct history_event {
    struct dag_origin origin;
    char *text; /* owned: the message as JSON, or the bytes that are none */
    size_t size;
};

struct history_step {
    uint64_t first_cycle;
    uint32_t slot_count;
    int64_t time_us;
    bool *ticks;                  /* owned; by metronome node */
    uint32_t *counts;             /* owned; by event node */
    struct history_event *events; /* owned; node after node */
    size_t event_count;
};

struct history_steps {
    struct history_step *items; /* owned */
    size_t count, capacity;
};

struct history {
    size_t input_count, metronome_count; /* event nodes, metronome nodes */
    struct history_steps steps;          /* in force */
    struct history_steps lost;           /* a crash took them back, unless the journal has them */
    uint64_t cycle_max;                  /* that ever was */
    uint64_t ordered_max;                /* what sinks may have committed, at most */
};

void history_init(struct history *history, const struct plan *plan);
void history_deinit(struct history *history);

/** The last cycle in force; 0: none. */
uint64_t history_last_cycle(const struct history *history);

/** A new life begins behind this cycle. */
void history_begin(struct history *history, uint64_t cycle);

/** The journal gives this step again. False: `sim->why`, it is not as it was. */
bool history_replay(struct history *history, struct sim *sim, const struct durability_step *step);

/** A new step is composed; whatever is lost now is lost for good. False: `sim->why`. */
bool history_record(struct history *history, struct sim *sim, const struct engine_step *step);

/** Runs all of it: the lines of each publisher, and behind them the dead letters of a plan without
 *  an `errors` publisher. */
bool history_run(const struct history *history, struct sim *sim, const struct plan *plan,
                 struct dag_buffer *outputs);

/** The subscriber of event node number `input`. */
int32_t history_subscriber(const struct plan *plan, size_t input);

/** How many events there are in all. */
uint64_t history_event_count(const struct history *history);

#endif
