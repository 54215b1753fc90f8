/* sink.h - hands rows to a publisher: at once or held for an interval, again after a failure. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_SINK_H
#define RUNTIME_SINK_H

#include "graph/plan.h"
#include "runtime/engine.h"
#include "runtime/hindrance.h"
#include "runtime/host.h"
#include "runtime/queue.h"
#include "runtime/republish.h"
#include "runtime/runtime.h"

struct rejected {
    size_t row;
    char reason[256];
};

#define SINK_WAITS_MAX 64

/** Rows that were read then and are not safely out yet. */
struct waiting_since {
    int64_t since_us; /* monotonic */
    uint64_t row_count;
};

struct sink {
    struct actor actor;
    struct host host;
    struct dag *dag;
    const struct plan_publisher *plan;
    void *state; /* owned: the connector's */
    struct loop_timer retry, interval, flush_timer;
    struct outlet *outlet; /* what pushes to it, from a spill log; NULL: the cycles do. Borrowed */

    /* only its actor touches these */
    bool is_open;
    _Atomic bool waiting; /* the connector said so; until it wakes the sink */
    uint32_t failures;
    int64_t retry_at_us;
    int64_t opened_at_us;       /* intervals count from here */
    struct queue_item current;  /* being written from `first` on; batch NULL: none */
    struct queue_item incoming; /* being held; batch NULL: none */
    struct queue held;
    uint64_t held_mark;
    size_t released; /* held rows that may go */
    bool interval_set;
    size_t unflushed_rows;
    size_t unflushed_published; /* of them, those that were not refused */
    size_t unflushed_size;
    uint64_t written_mark;
    struct rejected *rejected; /* owned; of the write() at hand */
    size_t rejected_count, rejected_capacity;
    uint64_t letters_pushed; /* what `errors` has to bring out first */
    uint64_t progress;       /* the publisher holds every cycle up to this one for good */

    struct waiting_since waits[SINK_WAITS_MAX]; /* rows written and not safe, oldest first */
    size_t wait_count;
    struct latency_counter latency; /* read by any thread */
    struct hindrance hindrance;
    struct trouble_gate trouble;

    _Atomic int64_t call_since_us; /* realtime: a write() that may block was called; 0: none is */
    _Atomic uint32_t closed;       /* the generation that it has closed */
    _Atomic uint32_t attempted;    /* the generation in which open() was tried */
    _Atomic uint32_t drained;      /* the drain in which all was out */
    _Atomic bool interval_passed;
    _Atomic bool flush_passed;
    _Atomic bool unflushed;    /* something waits for a flush */
    _Atomic bool letters_wait; /* for `errors` */

    pthread_mutex_t lock;
    struct queue queue;      /* guarded by lock */
    uint64_t mark;           /* complete up to here behind the queue; guarded by lock */
    uint64_t unsafe_count;   /* rows in the queue or beyond, not safely out; guarded by lock */
    uint64_t safe;           /* while there are some; guarded by lock */
    uint64_t pushed, passed; /* rows that ever came, that ever got safely out; guarded by lock */
    bool writers_wait;       /* for room, or for all to be out; guarded by lock */
    bool order_waits;        /* for dag_ordered(); written by its actor alone, with lock */
    bool in_call;            /* guarded by lock: interrupt() may be called */
    struct republished *republished; /* owned, oldest first; guarded by lock */

    _Atomic uint64_t depth; /* rows held or waiting */
    _Atomic uint64_t publish_count;
    _Atomic int64_t last_publish_us;
    _Atomic uint64_t dead_letters;
    _Atomic uint64_t retries;
};

/** NULL: `err`. */
struct sink *sink_new(struct dag *dag, const struct plan_publisher *plan, struct dag_error *err);
void sink_free(struct sink *sink); /* NULL is allowed; it is closed and idle */

/** Forgets the last run, but not what could not be written; before a start, while all is closed. */
void sink_reset(struct sink *sink);

/** Before a start that recovers: forgets all that was not written; everything up to `cycle` is
 * safe. */
void sink_recover(struct sink *sink, uint64_t cycle);

/** True: the next push succeeds. False: full; the cycles (and the other sinks, which may have dead
 *  letters) are notified when that changes. */
bool sink_has_room(struct sink *sink);

/** Everything up to `mark` for this publisher: `output` may be empty. There is room. `since_us`:
 * when the oldest event behind it was read, monotonic. */
void sink_push(struct sink *sink, struct dag_batch *batch, const struct engine_output *output,
               uint64_t mark, int64_t since_us);

/** Rows without a cycle of their own (dead letters of publishers). False: out of memory. `*ticket`:
 * what sink_has_passed() asks for. */
bool sink_push_letters(struct sink *sink, struct dag_batch *batch, uint64_t *ticket);

/** The same while the DAG runs, so that a stop which comes later finds them. False: it doesn't, or
 *  out of memory. */
bool sink_push_beside(struct sink *sink, struct dag_batch *batch, uint64_t *ticket);

/** Whether cycles that it holds already are not written to it again (exactly once). */
bool sink_keeps_progress(const struct sink *sink);

bool sink_has_passed(struct sink *sink, uint64_t ticket);

/** Tells the observer of `count` errors. */
void sink_tell_trouble(struct sink *sink, const char *message, uint64_t count);

/** Every cycle up to this one is safely out. */
uint64_t sink_safe_cycle(struct sink *sink);

/** True when nothing waits or is held. Otherwise the cycles are notified when it is so. */
bool sink_is_empty(struct sink *sink);

/** A write() that blocks returns soon. Any thread. */
void sink_interrupt(struct sink *sink);

void sink_stats(struct sink *sink, struct sink_stats *stats);
void sink_condition(struct sink *sink, struct sink_condition *condition);

#endif
