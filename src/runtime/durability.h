/* durability.h - what the runtime asks of whoever keeps a DAG's state over a crash.
 *
 * The runtime knows no files: it tells what happens and asks what it may do. `struct keeper` of
 * src/durable answers. A DAG without a durability keeps nothing, and everything here is skipped.
 *
 * The order of a start: begin(), then sinks are opened ("fenced") and progress() is asked of each
 * that has it, then sources are opened at the positions that begin() gave, then the journaled
 * steps of next_step() run again exactly as they were, then new ones.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_DURABILITY_H
#define RUNTIME_DURABILITY_H

#include "core/clock.h"
#include "core/storage.h"
#include "runtime/engine.h"

/** Where a DAG stands when it starts. All is borrowed until end(). */
struct durability_start {
    const char *instance; /* random id of the DAG's life, 32 hex digits */
    uint64_t cycle;       /* of the checkpoint: the engine's state is behind this cycle */
    uint64_t next_cycle;  /* the number of the first cycle that is new: behind every number that may
                             have been seen */
    const char *engine_state; /* JSON for engine_restore(); NULL: nothing has been seen yet */
    size_t engine_state_size;
    const struct dag_text *positions; /* by subscriber of the plan: JSON, or text NULL: from the
                                         start that the options name */
    bool is_first; /* no checkpoint yet: the runtime has to give the concrete start positions at
                      once */
};

/** One journaled step to run again. */
struct durability_step {
    uint64_t first_cycle;
    uint32_t slot_count;
    int64_t time_us;
    const bool *ticks; /* by metronome node */
    const uint32_t
        *counts; /* by event node: it takes one event in each of the first `counts[i]` slots */
    const struct dag_origin *const
        *origins;                     /* by event node: `counts[i]` of them, to be found again */
    struct dag_batch *const *batches; /* by event node: the events themselves (depth `events`); NULL
                                         entries: read them again from the source */
};

enum durability_answer {
    DURABILITY_OK,
    DURABILITY_WAIT,   /* not now: the runtime is woken through durability_wake() */
    DURABILITY_FAILED, /* `err`: the DAG fails */
};

struct durability;

/** What the runtime calls. One call at a time for each DAG, unless it says "any thread". None of
 * them waits for a disk, but begin(), progress handling and end(), which run on a thread that may.
 */
struct durability_ops {
    /** Reads checkpoint and journal. */
    bool (*begin)(struct durability *durability, struct durability_start *start,
                  struct dag_error *err);

    /** After every sink was fenced: the last cycle that publisher number `publisher` holds for
     * good. */
    bool (*note_progress)(struct durability *durability, int32_t publisher, uint64_t cycle,
                          struct dag_error *err);

    /** The next journaled step. False: there is none (any more), or `err->code` is set. */
    bool (*next_step)(struct durability *durability, struct durability_step *step,
                      struct dag_error *err);

    /** Before a new step runs: writes its order (and events) down. DURABILITY_WAIT: nothing was
     * taken, ask again. */
    enum durability_answer (*record)(struct durability *durability, const struct engine_step *step,
                                     struct dag_error *err);

    /** Sinks that keep progress may commit cycles up to this one: their order is synced. Any
     * thread. */
    uint64_t (*ordered)(struct durability *durability);

    /** A sink waits for ordered(), and cycles wait for room in it: syncing is not put off any
     * longer. Any thread. NULL: it never is. */
    void (*hurry)(struct durability *durability);

    /** A source brings nothing more before it may forget what the cycles up to this one took: what
     * forgettable() waits for is put off no longer. wants_checkpoint() may say yes at once. Any
     * thread. NULL: it never is. */
    void (*hurry_forgetting)(struct durability *durability, uint64_t cycle);

    /** Is it time to take a checkpoint? Asked after each step, and with `must` before a stop and on
     *  a drain. */
    bool (*wants_checkpoint)(struct durability *durability, bool must);

    /** The state behind `cycle`. `positions` by subscriber (text NULL: it can't seek). All is
     * copied. It is published once watermark() has reached the cycle. False: out of memory. */
    bool (*checkpoint)(struct durability *durability, uint64_t cycle, const char *engine_state,
                       size_t engine_state_size, const struct dag_text *positions,
                       struct dag_error *err);

    /** Everything up to `cycle` is safely out everywhere. Any thread. */
    void (*watermark)(struct durability *durability, uint64_t cycle);

    /** Sources may forget events taken in cycles up to this one. Any thread. */
    uint64_t (*forgettable)(struct durability *durability);

    /** Last call of a run: publishes a checkpoint that is due and syncs. `drained`: everything is
     * out. */
    bool (*end)(struct durability *durability, bool drained, struct dag_error *err);
};

/* ---- what a publisher has not sent yet, on the disk ---- */

/** Rows on their way from a spill log to the publisher. */
struct spill_rows {
    struct dag_batch *batch; /* the caller's reference */
    const uint64_t *cycles;  /* of each row; they live in the batch */
    uint64_t mark;           /* every cycle up to it is complete behind these rows */
    uint64_t key;            /* for passed(); 0: only together with the rows that come next */
};

struct spill;

/** Called by the one who sends the rows on, one call at a time. */
struct spill_ops {
    /** Starts anew behind what is known to be safely out. While nothing runs. */
    void (*rewind)(struct spill *spill);

    /** The next rows that are safe in the log. False: none for now, or `err->code` is set. */
    bool (*next)(struct spill *spill, struct spill_rows *rows, struct dag_error *err);

    /** Everything up to `key` is safely out, `row_count` rows more: it may go. */
    void (*passed)(struct spill *spill, uint64_t key, uint64_t row_count);

    /** Stores how far that is. It waits for the disk, so not after each row. */
    bool (*save)(struct spill *spill, struct dag_error *err);

    /** What waits in the log. Any thread. */
    void (*depth)(struct spill *spill, uint64_t *row_count, uint64_t *size);
};

struct spill {
    const struct spill_ops *ops;
    const struct plan_publisher *writer; /* takes the rows in the publisher's place */

    /* set by the runtime */
    void (*wake)(void *context); /* next() may find more; any thread */
    void *context;
};

struct durability {
    const struct durability_ops *ops;

    /* set by the runtime before begin(); callable from any thread */
    void (*wake)(
        void *context); /* ordered(), forgettable() or an answer of WAIT may have changed */
    void (*failed)(void *context, const struct dag_error *err); /* the DAG fails */
    void *context;

    /** The publisher that takes dead letters of a DAG without `errors`; NULL: standard error. It
     *  becomes one more sink of the DAG, behind those of the plan. */
    const struct plan_publisher *letters;

    /** By publisher of the plan: where it spills what it has not sent yet; NULL: it doesn't. NULL
     *  altogether: none does. */
    struct spill *const *spills;
};

static inline void durability_wake(struct durability *durability)
{
    durability->wake(durability->context);
}

#endif
