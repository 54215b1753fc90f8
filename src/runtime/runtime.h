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
#include "runtime/latency.h"

struct runtime;
struct dag; /* a DAG in the runtime */

enum dag_state {
    DAG_STATE_STOPPED,
    DAG_STATE_RUNNING,
    DAG_STATE_SUSPENDED,
    DAG_STATE_STOPPING, /* draining */
    DAG_STATE_ENDED,    /* all its sources have ended and everything is out */
    DAG_STATE_FAILED,   /* dag_failure() says why; start tries again */
};

/** What went wrong in a part of a DAG, for observers. */
struct dag_trouble {
    int32_t node, subscriber, publisher; /* of the plan; one of them is set, the others are -1 */
    uint64_t cycle;                      /* of a node's error; 0: of none in particular */
    uint64_t count;                      /* errors of that part since the DAG was added */
    const char *message;                 /* the newest error's; borrowed until the call returns */
};

/** Who wants to be told. Called on any thread, also with locks of the DAG held: it must not wait,
 * and may call of this header only dag_plan(), dag_user() and dag_state(). Functions may be NULL.
 */
struct runtime_observer {
    /** The DAG has come into this state. In order, each once. */
    void (*changed)(void *context, struct dag *dag, enum dag_state state);

    /** A node had an error, a source or publisher can't be opened, read or written to for now, or a
     *  publisher refused a message for good. At most one call a second for each part: `count` says
     *  how many there were in all. What came last in a burst may go untold until the next one. */
    void (*trouble)(void *context, struct dag *dag, const struct dag_trouble *trouble);

    void *context;
};

struct runtime_options {
    uint32_t threads;        /* workers; 0: by hand */
    uint32_t batch_rows;     /* most rows of a batch, 1..DAG_BATCH_ROWS_MAX; 0: the default, 1024 */
    struct clock *clock;     /* NULL: the system's */
    struct storage *storage; /* NULL: the disk */
    struct runtime_observer observer;
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

/** Opens sources and sinks and runs. A no-op when it runs. Connectors that can't be opened for now
 * are tried again with back-off; what can't ever work fails the DAG. False: `err`. */
bool dag_start(struct dag *dag, struct dag_error *err);

/** The same, suspended from the first moment on: nothing is read until dag_resume(). */
bool dag_start_suspended(struct dag *dag, struct dag_error *err);

/** Sources stop taking input; with `drain`, what they hold and what waits in publishers goes out
 * first. Returns at once; dag_wait() tells the end. A later call without `drain` cuts a drain
 * short. */
void dag_stop(struct dag *dag, bool drain);

/** A drain waits for nothing any more but publishers that `publishers` names (by publisher of the
 * plan), which wait for those who read from them: every cycle has run, and all else is out. */
bool dag_drain_waits_only_for(struct dag *dag, const bool *publishers);

/** No cycles, no reading, until resumed. What was published already still goes out. No-ops in other
 * states. */
void dag_suspend(struct dag *dag);
void dag_resume(struct dag *dag);

/** Never waits. */
enum dag_state dag_state(const struct dag *dag);

/** Copies the reason of DAG_STATE_FAILED, or "". Never waits. */
void dag_failure(const struct dag *dag, char *text, size_t size);

/** Waits until the state is one of STOPPED, ENDED, FAILED. False: `timeout_us` passed (negative: no
 * limit). With threads 0 it turns the runtime until then or until nothing more happens. */
bool dag_wait(struct dag *dag, int64_t timeout_us);

/* ---- a swap: another plan takes the DAG's place ----
 *
 *   dag_stop_for_swap(old)    it stops behind a cycle, everything is out and kept
 *   dag_hand_over(old)        what waits in memory for it stays there
 *   runtime_remove(old), then the old keeper is freed
 *   runtime_add(new), a new keeper, dag_keep(new), dag_start(new)
 *   runtime_drop_parked()     what the new plan doesn't read any more, counted
 *
 * When the new plan can't be added or started, the old one can be added again in the same way. */

/** Stops it at a cycle boundary: sources stop reading, what they have read goes through cycles in
 * the old plan, and publishers bring that out (what is safe in a spill log may stay there). Waits
 * up to `timeout_us` (negative: no limit) for it. True: it is over, see dag_state(): stopped, or
 * ended or failed meanwhile. False: it wasn't in time and runs on as before (a suspended one is
 * suspended again); `err` names what it waited for. A DAG that is stopped already succeeds at once.
 *
 * By force instead: dag_stop(dag, false) and dag_wait(). What was not out then comes from
 * checkpoint and journal again, in the new plan; what is in memory only is lost. */
bool dag_stop_for_swap(struct dag *dag, int64_t timeout_us, struct dag_error *err);

/** A stopped DAG is going to be removed, and another of its name comes: subscribers that collect in
 * memory (`mem://topic/...`, and what `ack: journal` waits for) leave what they hold to the next
 * subscriber of the same DAG name, subscriber name and address, and go on collecting with their
 * bounds meanwhile. */
void dag_hand_over(struct dag *dag);

/** Drops what DAGs of that name (NULL: of all) left and no subscriber has taken over, once the new
 * one is added, or when none comes. Returns how many messages that were. */
uint64_t runtime_drop_parked(struct runtime *runtime, const char *dag_name);

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

/** A pointer of the owner's, for observers. NULL until it is set; set it before the first start. */
void dag_set_user(struct dag *dag, void *user);
void *dag_user(const struct dag *dag);

/* ---- messages from outside ---- */

/** The messages that dag_inject() took have come as far as they will be followed. `is_safe`: a
 * crash can't lose them any more: the journal holds the cycles that took them. Otherwise `failure`
 * is NULL where they are in the DAG's memory only, as it has no `ack: journal` (told at once), or
 * says why they may be lost: the DAG stopped or failed first, or a policy (`overflow`) dropped
 * them; some of them may have been taken all the same. Once, on any thread, perhaps before
 * dag_inject() returns; it must not wait. Borrowed until it returns. */
typedef void (*dag_injected)(void *context, bool is_safe, const struct dag_error *failure);

/** Queues messages (a JSON text each) into one subscriber as if its source had brought them now, in
 * order. They are taken one after the other up to the first that isn't: `*accepted` of them, which
 * may be 0. `done` is called if, and only if, that is more than 0.
 *
 * False when not all were taken, `err` says why the first of the others wasn't:
 *   retryable, DAG_ERROR_LIMIT  no room in the queue (of `max_depth`, and short for the cycles'
 *                               sake), or the DAG isn't running now: stopped, suspended, starting
 *   DAG_ERROR_PARSE             it is no JSON
 *   DAG_ERROR_UNSUPPORTED       no node reads the subscriber, or recovery could not bring it again:
 *                               the DAG has a journal of depth `order`, or is `exactly_once`
 *                               without a journal
 *
 * With a journal of depth `events` they survive a crash like all other events, from when the
 * journal is synced; `ack: journal` waits for that. */
bool dag_inject(struct dag *dag, int32_t subscriber, const struct dag_text *messages, size_t count,
                dag_injected done, void *context, size_t *accepted, struct dag_error *err);

/** The messages that dag_republish() took are safely out at the publisher (those that it refused
 * for good have become dead letters again): `failure` NULL. Else the DAG stopped first, and they
 * may be out or not. Once, on any thread, perhaps before dag_republish() returns; it must not wait.
 * Borrowed until it returns. */
typedef void (*dag_republished)(void *context, const struct dag_error *failure);

/** Gives messages (a JSON text each) to one publisher, as its nodes do, behind all that the cycles
 * gave it so far. No node sees them, no journal holds them: a crash before `done` loses them. They
 * are taken one after the other up to the first that isn't: `*accepted` of them, which may be 0.
 * `done` is called if, and only if, that is more than 0.
 *
 * False when not all were taken, `err` says why the first of the others wasn't:
 *   retryable, DAG_ERROR_LIMIT  no room in the publisher's queue (and short for the cycles' sake),
 *                               or the DAG isn't running now: stopped, suspended, starting
 *   DAG_ERROR_PARSE             it is no JSON
 *   DAG_ERROR_UNSUPPORTED       no node writes to the publisher, or it counts by cycles what it
 *                               holds, for an exactly-once DAG */
bool dag_republish(struct dag *dag, int32_t publisher, const struct dag_text *messages,
                   size_t count, dag_republished done, void *context, size_t *accepted,
                   struct dag_error *err);

/* ---- taps ---- */

struct dag_tap;

#define DAG_TAPS_MAX     4     /* of a node */
#define DAG_TAP_RATE_MAX 1000  /* messages a second */
#define DAG_TAP_SIZE_MAX 16384 /* bytes of JSON text; longer ones are cut there */

/** A sampled message. */
struct dag_tapped {
    uint64_t cycle;
    int64_t time_us;  /* of the cycle, realtime */
    const char *json; /* borrowed until the call returns; no NUL */
    size_t size;
    bool is_truncated; /* `json` was longer, and is cut behind a whole character */
};

/** Samples what goes into (`is_output` false) or out of a node: the last row of a step, in at most
 * `rate` (1..DAG_TAP_RATE_MAX) steps of any second. A node that is under load has many rows in a
 * step, a quiet one each in its own. `tapped` runs on a worker, between cycles: it must not wait
 * nor call this header's functions. NULL: `err` (DAG_ERROR_LIMIT: the node has DAG_TAPS_MAX
 * already). A DAG without taps pays nothing. */
struct dag_tap *dag_tap_new(struct dag *dag, int32_t node, bool is_output, uint32_t rate,
                            void (*tapped)(void *context, const struct dag_tapped *tapped),
                            void *context, struct dag_error *err);

/** After it returns `tapped` is not called any more. Before the DAG is removed. NULL is allowed. */
void dag_tap_free(struct dag_tap *tap);

/* ---- what is shown: nothing here waits for a cycle, a connector or a disk, unless it says so ----
 */

/** Why a source brings nothing for now. Times are realtime, 0: never, or not known. */
struct source_condition {
    char error[320]; /* why it can't be opened or read for now; "": it works */
    int64_t error_since_us, next_try_us;
    uint32_t tries;     /* that failed since then */
    char rests[320];    /* why it is idle, in the connector's words; "": it says nothing */
    uint64_t depth_max; /* rows that may wait for a cycle; 0: bounded by bytes alone */
    bool is_full;       /* they do: it isn't read until there is room */
    bool is_starved;    /* it isn't read as the DAG is at its memory limit */
    bool is_read;       /* some node reads it; false: all else is empty */
    bool has_ended;
};

/** Why a publisher gets nothing out for now. */
struct sink_condition {
    char error[320]; /* why it can't be opened or written to for now; "": it works */
    int64_t error_since_us, next_try_us;
    uint32_t tries;
    char waits_for[320]; /* what the other side has yet to do, in the connector's words; "": it
                            doesn't wait */
    int64_t waits_since_us;
    uint64_t depth_max; /* rows that may wait in front of it; what its interval holds is apart */
    bool is_full;       /* they do: no cycle runs until some are out */
    bool is_written;    /* some node writes it; false: all else is empty */
};

void dag_source_condition(const struct dag *dag, int32_t subscriber,
                          struct source_condition *condition);
void dag_sink_condition(const struct dag *dag, int32_t publisher, struct sink_condition *condition);

struct source_stats {
    uint64_t receive_count;
    int64_t last_receive_us; /* realtime; 0: never */
    uint64_t depth, size;    /* rows waiting for a cycle; bytes that they hold */
    uint64_t duplicate_keys;
    uint64_t dropped;
    bool ended, suspended;
    bool is_at_rest;        /* it has ended, or had nothing more to read when it looked last */
    bool is_unacknowledged; /* of what cycles took from it something may still have to come again */
};

struct sink_stats {
    uint64_t publish_count; /* rows safely handed over */
    int64_t last_publish_us;
    uint64_t depth;        /* rows held or waiting, see publish_interval */
    uint64_t size;         /* bytes that those hold that wait for a write */
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
    uint64_t cycles;       /* the last cycle that was run */
    uint64_t watermark;    /* the last cycle that is safely out everywhere */
    int64_t step_since_us; /* realtime: the cycles that are being calculated began; 0: none are */
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

/** Counters of a node since the DAG was added; of one that is kept, since its last start. */
void dag_node_stats(const struct dag *dag, int32_t node, struct engine_node_stats *stats);

/** Rows that went along an edge since then. An edge into a node with a subscriber carries none. */
uint64_t dag_edge_count(const struct dag *dag, int32_t edge);

/** From an event's being read (a tick: from its cycle) until it is safely out at this publisher, by
 * message; of several events that run together the longest counts. Since the DAG was added. */
void dag_sink_latency(const struct dag *dag, int32_t publisher, struct latency *latency);

/** Calculation of a whole cycle, sampled: a step's time by the number of its cycles. */
void dag_cycle_latency(const struct dag *dag, struct latency *latency);

/** Calculation of one message in a node, sampled: a step's time in the node by the number of its
 *  messages; nodes that are calculated in one pass share it evenly. False: there is no sample. */
bool dag_node_latency(const struct dag *dag, int32_t node, struct latency *latency);

/** Runs `inspect` while no cycle of this DAG runs, on whichever thread; returns when it has. */
void dag_inspect(struct dag *dag, void (*inspect)(void *context, struct engine *engine),
                 void *context);

/** The same, but gives up when a cycle hasn't come to its end after `timeout_us`: false, `inspect`
 * has not been called and won't be. */
bool dag_inspect_within(struct dag *dag, int64_t timeout_us,
                        void (*inspect)(void *context, struct engine *engine), void *context);

#endif
