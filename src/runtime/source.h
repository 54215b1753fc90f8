/* source.h - reads from a subscriber and keeps what was read until a cycle takes it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_SOURCE_H
#define RUNTIME_SOURCE_H

#include "graph/plan.h"
#include "runtime/hindrance.h"
#include "runtime/host.h"
#include "runtime/inject.h"
#include "runtime/queue.h"
#include "runtime/runtime.h"

/** What the source is about, as far as the cycles have to wait for it. */
enum source_activity {
    SOURCE_BUSY,  /* it reads, or is about to */
    SOURCE_IDLE,  /* nothing there until it is woken */
    SOURCE_WAITS, /* for a retry, for memory, or for ever since the DAG drains */
    SOURCE_ENDED,
};

/** The last row of a lane in a batch that was taken whole. */
struct taken {
    uint64_t cycle;
    struct dag_origin origin;
};

struct lanes {
    struct dag_origin *origins; /* owned; the furthest of each lane */
    size_t count, capacity;
};

struct source {
    struct actor actor;
    struct host host;
    struct dag *dag;
    const struct plan_subscriber *plan;
    void *state;           /* owned: the connector's */
    uint32_t reader_count; /* nodes that take turns on it */
    size_t rows_max;       /* that may wait for a cycle */
    struct loop_timer retry;

    /* only its actor touches these */
    bool is_open;
    bool is_hushed; /* by a drain, which may be taken back */
    uint32_t failures;
    int64_t retry_at_us;
    size_t size_hint;
    struct lanes read_lanes;
    struct dag_buffer position; /* where to go on after a stop */
    struct lanes safe_lanes;

    struct hindrance hindrance;
    struct trouble_gate trouble;
    _Atomic bool wants_words; /* somebody asks why it rests: describe() */

    _Atomic uint32_t closed; /* the generation that it has closed */
    _Atomic uint32_t quiet;  /* the drain in which it won't read any more */
    _Atomic bool forced;     /* read although the memory is full: nothing else can move */
    _Atomic bool wants_acknowledge;
    _Atomic bool wants_position; /* a checkpoint asks where it stood */

    pthread_mutex_t lock;
    struct queue queue;              /* guarded by lock */
    enum source_activity activity;   /* guarded by lock */
    char words[HINDRANCE_TEXT_SIZE]; /* of the connector about itself; guarded by lock */
    bool is_starved;                 /* waits for memory; guarded by lock */
    bool waits_for_room;             /* guarded by lock */
    bool in_call;                    /* guarded by lock: interrupt() may be called */
    struct taken *taken;             /* owned ring; guarded by lock */
    uint32_t taken_head, taken_count, taken_capacity;
    struct lanes taken_lanes;    /* the last row of each lane that a cycle took; guarded by lock */
    struct lanes asked_lanes;    /* the same when a checkpoint asked; guarded by lock */
    struct lanes replayed_lanes; /* rows up to these were run again from the journal and are passed
                                    over when they are read again; guarded by lock */

    struct injections injections;

    _Atomic uint64_t receive_count;
    _Atomic int64_t last_receive_us;
};

/** What the cycles see of a source at one instant. */
struct source_view {
    size_t row_count;  /* in all */
    size_t head_count; /* rows that one step may take */
    bool is_busy;  /* more may come without anybody's doing: wait for it when too few are here */
    bool has_more; /* behind the head, or about to come */
    bool is_over;  /* ended, and nothing waits */
    bool is_quiet;
    bool is_starved;
};

/** NULL: `err`. Attaches the connector. */
struct source *source_new(struct dag *dag, const struct plan_subscriber *plan,
                          uint32_t reader_count, struct dag_error *err);
void source_free(struct source *source); /* NULL is allowed; it is closed and idle */

/** Forgets the last run; before a start, while everything is closed. */
void source_reset(struct source *source);

void source_look(struct source *source, struct source_view *view);

/** Takes up to `count` rows from the oldest batch for a step that ends with `last_cycle`. Its batch
 * is referenced. False: nothing is there. */
bool source_take(struct source *source, size_t count, uint64_t last_cycle,
                 struct queue_item *taken);

/** Before a start that recovers: forgets everything that was read; reading goes on at `position`
 * (JSON; NULL: from the start that the options name). False: out of memory. */
bool source_recover(struct source *source, const char *position, size_t size);

/** Notes where it stands, for source_tell_position(). False: out of memory. */
bool source_mark_position(struct source *source);

/** Its actor only: writes where it stood. Nothing: it can't tell. False: not yet, it isn't open. */
bool source_tell_position(struct source *source, struct dag_buffer *position);

/** The origin of the oldest row that waits. False: none does. */
bool source_peek(struct source *source, struct dag_origin *origin);

/** These rows were run again from the journal itself: the source need not bring them any more. */
void source_note_replayed(struct source *source, const struct dag_origin *origins, size_t count);

/** Drops the oldest rows that wait. */
void source_skip(struct source *source, size_t count);

/** It is not open yet, or waits for another try: rows may still come. */
bool source_may_bring(struct source *source);

/** The cycles have run what they took: a checkpoint's position is behind it from now on. */
void source_note_run(struct source *source, const struct queue_item *taken);

/** A read() that blocks returns soon. Any thread. */
void source_interrupt(struct source *source);

void source_stats(struct source *source, struct source_stats *stats);

/** With its lock: how many rows more may wait; 0: it is full. */
size_t source_room_locked(const struct source *source);

/** What its connector says of itself is as old as the last call, and asked for anew. */
void source_condition(struct source *source, struct source_condition *condition);

#endif
