/* runtime.h - runs plans: many DAGs in one process on a few threads.
 *
 * Each DAG is a set of actors (a source for each subscriber, the cycles, a sink for each
 * publisher), joined by bounded queues. An actor runs on one worker at a time, only when it has
 * something to do and its output has room. One more thread waits for files, sockets and timers.
 * With `threads` 0 nothing runs by itself: the caller turns the runtime by hand, on a clock of its
 * own.
 *
 * All functions may be called from any thread unless they say otherwise, but not from inside a
 * plug-in.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_RUNTIME_H
#define RUNTIME_RUNTIME_H

#include "core/clock.h"
#include "core/storage.h"
#include "graph/plan.h"
#include "runtime/durability.h"
#include "runtime/engine.h"

struct runtime;
struct dag; /* a DAG in the runtime */

struct runtime_options {
    uint32_t threads;        /* workers; 0: by hand */
    uint32_t batch_rows;     /* most rows of a batch, 1..DAG_BATCH_ROWS_MAX; 0: the default, 1024 */
    struct clock *clock;     /* NULL: the system's */
    struct storage *storage; /* NULL: the disk */
};

/** NULL: `err`. */
struct runtime *runtime_new(const struct runtime_options *options, struct dag_error *err);

/** Stops every DAG at once, waits, frees all. */
void runtime_free(struct runtime *runtime);

/** Builds a DAG from `plan`, which it owns from now on, also on failure. Readers of topics attach
 * here. Not started. NULL: `err` (a component that this build lacks gives DAG_ERROR_UNSUPPORTED and
 * its name). */
struct dag *runtime_add(struct runtime *runtime, struct plan *plan, struct dag_error *err);

/** Stops at once if need be, waits until nothing of it runs, frees it. */
void runtime_remove(struct runtime *runtime, struct dag *dag);

/** Calls `visit` for each DAG; none is added or removed meanwhile. `visit` must not wait. */
void runtime_for_each(struct runtime *runtime, void (*visit)(void *context, struct dag *dag),
                      void *context);

/** From now on the DAG's state is kept by `durability` (borrowed; it outlives the DAG). Before the
 * first start only. Each start recovers: it goes on from the newest checkpoint and the journal.
 * False: `err`. */
bool dag_keep(struct dag *dag, struct durability *durability, struct dag_error *err);

enum dag_state {
    DAG_STATE_STOPPED,
    DAG_STATE_RUNNING,
    DAG_STATE_SUSPENDED,
    DAG_STATE_STOPPING, /* draining */
    DAG_STATE_ENDED,    /* all its sources have ended and everything is out */
    DAG_STATE_FAILED,   /* dag_failure() says why; start tries again */
};

/** Opens sources and sinks and runs. A no-op when it runs. Connectors that can't be opened for now
 * are tried again with back-off; what can't ever work fails the DAG. False: `err`. */
bool dag_start(struct dag *dag, struct dag_error *err);

/** The same, suspended from the first moment on: nothing is read until dag_resume(). */
bool dag_start_suspended(struct dag *dag, struct dag_error *err);

/** Sources stop taking input; with `drain`, what they hold and what waits in publishers goes out
 * first. Returns at once; dag_wait() tells the end. A later call without `drain` cuts a drain
 * short. */
void dag_stop(struct dag *dag, bool drain);

/** No cycles, no reading, until resumed. What was published already still goes out. No-ops in other
 * states. */
void dag_suspend(struct dag *dag);
void dag_resume(struct dag *dag);

enum dag_state dag_state(const struct dag *dag);

/** Copies the reason of DAG_STATE_FAILED, or "". */
void dag_failure(const struct dag *dag, char *text, size_t size);

/** Waits until the state is one of STOPPED, ENDED, FAILED. False: `timeout_us` passed (negative: no
 * limit). With threads 0 it turns the runtime until then or until nothing more happens. */
bool dag_wait(struct dag *dag, int64_t timeout_us);

/** Waits until every DAG of the runtime has stopped, ended or failed, or `interrupt_fd` (an
 * eventfd; -1: none) becomes readable. False: timed out. */
bool runtime_wait(struct runtime *runtime, int64_t timeout_us, int interrupt_fd);

/** By hand (threads 0): runs whatever can run until nothing is left to do at this instant. Returns
 * the number of tasks run. */
size_t runtime_turn(struct runtime *runtime);

/** By hand, on a virtual clock: moves the clock on, firing timers in order and turning after each.
 */
void runtime_advance(struct runtime *runtime, struct clock_virtual *clock, int64_t us);

/** By hand: a metronome node ticks now. */
void dag_tick(struct dag *dag, const char *node);

const struct plan *dag_plan(const struct dag *dag);

/* ---- what is shown ---- */

struct source_stats {
    uint64_t receive_count;
    int64_t last_receive_us; /* realtime; 0: never */
    uint64_t depth;          /* rows waiting for a cycle */
    uint64_t duplicate_keys;
    uint64_t dropped;
    bool ended, suspended;
    bool is_at_rest; /* it has ended, or had nothing more to read when it looked last */
};

struct sink_stats {
    uint64_t publish_count; /* rows safely handed over */
    int64_t last_publish_us;
    uint64_t depth;        /* rows held or waiting, see publish_interval */
    uint64_t dead_letters; /* refused for good */
    uint64_t retries;
    uint64_t safe_cycle; /* every cycle up to this one is safely out, or safe in the spill log */
    uint64_t spilled_rows, spilled_size; /* of the depth: in the spill log; bytes of that log */
};

struct dropped_cause {
    char cause[48];
    uint64_t count;
};

struct dag_stats {
    enum dag_state state;
    uint64_t cycles;    /* the last cycle that was run */
    uint64_t watermark; /* the last cycle that is safely out everywhere */
    struct engine_stats engine;
    uint64_t publish_dead_letters; /* rows that publishers refused for good */
    uint64_t missed_ticks;
    int64_t memory_used; /* bytes */
    struct dropped_cause dropped[16];
    size_t dropped_count;
};

void dag_stats(const struct dag *dag, struct dag_stats *stats);
void dag_source_stats(const struct dag *dag, int32_t subscriber, struct source_stats *stats);
void dag_sink_stats(const struct dag *dag, int32_t publisher, struct sink_stats *stats);

/** Runs `inspect` while no cycle of this DAG runs, on whichever thread; returns when it has. */
void dag_inspect(struct dag *dag, void (*inspect)(void *context, struct engine *engine),
                 void *context);

#endif
