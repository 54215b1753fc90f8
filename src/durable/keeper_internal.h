/* keeper_internal.h - what the files of the keeper share.
 *
 * The runtime's side (keeper.c, keeper_begin.c, keeper_checkpoint.c) hands over in memory, under
 * `lock`, and never waits for a disk while a DAG runs. The disk's side (keeper_disk.c) is a task of
 * a pool of threads, or whoever turns the keeper by hand; begin and end do its work while that one
 * isn't running.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_KEEPER_INTERNAL_H
#define DURABLE_KEEPER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "durable/checkpoint.h"
#include "durable/journal.h"
#include "durable/keeper.h"
#include "durable/letters.h"
#include "durable/record_tail.h"
#include "durable/spill.h"

#define KEEPER_BLOCK      1000000u          /* cycle numbers reserved at once */
#define KEEPER_BYTES_MAX  ((size_t)8 << 20) /* recorded and not yet safe */
#define KEEPER_BYTES_SOON ((size_t)4 << 20) /* more doesn't wait for the interval */
#define KEEPER_SYNC_US    50000             /* "sync": "interval" */
#define KEEPER_MARKS_MAX  128

/** A checkpoint that the runtime gave. */
struct keeper_pending {
    uint64_t cycle;
    struct dag_buffer text; /* owned; empty: none */
    bool is_first;          /* no cycle may run before it is durable; comes in two copies */
};

/** Records up to `key` were written by `time_us`. */
struct keeper_mark {
    uint64_t key;
    int64_t time_us;
};

struct keeper {
    struct durability durability; /* first */
    struct keeper_options options;
    const struct plan *plan;
    const char *folder;   /* borrowed from the data folder */
    char *journal_folder; /* owned */
    bool has_journal;
    bool reserves;      /* numbers are taken from a block that was reserved */
    bool may_watermark; /* forgetting up to the watermark is allowed */
    size_t event_count, metronome_count;
    char inputs[20];
    struct letters_store *letters; /* owned; NULL: the plan has an `errors` publisher */
    struct spills *spills;         /* owned */
    bool is_running;

    /* the runtime's: from begin() to the last next_step() */
    struct checkpoint start;
    struct dag_text *positions;   /* owned */
    struct record_reader *reader; /* owned */
    struct dag_json_parser *parser;
    struct journal_step step;
    uint64_t replayed_key; /* of the last step that was given */
    uint64_t known_key;    /* no sink can hold a cycle behind this one */

    /* any thread */
    _Atomic uint64_t ordered, older_cycle, watermark;
    _Atomic uint64_t waiting_cycle; /* of the first pending checkpoint; UINT64_MAX: none */

    pthread_mutex_t lock;
    /* guarded by lock */
    struct record_queue filling;
    int64_t filled_at_us;             /* when its first record came */
    bool order_waits;                 /* somebody waits for what is in it */
    size_t writing_size;              /* bytes of the tail's queue */
    struct keeper_pending pending[2]; /* ascending; the first one is never replaced */
    bool is_publishing;
    uint64_t last_key;    /* numbers up to here are taken */
    uint64_t ran_key;     /* of the last cycle that was recorded or replayed */
    uint64_t given_cycle; /* of the last checkpoint that the runtime gave */
    int64_t given_at_us;
    bool due_was_told;      /* the runtime was woken, as a checkpoint is due */
    bool needs_first;       /* a first checkpoint has to be durable before a cycle runs */
    bool force_checkpoint;  /* the journal is nearly full, or a source waits */
    bool wants_trim;        /* the journal is nearly full */
    uint64_t wanted_forget; /* a source waits until it may forget what cycles up to here took */
    bool full_was_told;     /* no room since the last checkpoint was published */
    bool record_waits, is_failed;
    bool is_served; /* `task` is the pool's */
    struct dag_error failure;
    uint64_t reserved, newest_cycle;
    int64_t newest_at_us;
    uint64_t journal_size, journal_first, journal_synced;
    int64_t retry_at_us; /* INT64_MIN: no failure to wait for */
    bool disk_is_full;
    char refusal[480];        /* why; "" */
    int64_t refused_since_us; /* realtime */

    /* the disk's side */
    struct identity identity;
    struct record_tail tail;
    struct keeper_pending publishing;
    struct keeper_mark marks[KEEPER_MARKS_MAX];
    size_t mark_count;
    uint64_t defined_size; /* bytes appended since the definition was */
    int64_t retry_delay_us;
    struct disk_pool *own_pool; /* owned; NULL: there is a shared one */
    struct disk_task task;
};

static inline int64_t keeper_now(const struct keeper *keeper)
{
    return keeper->options.clock->monotonic_us(keeper->options.clock);
}

/* keeper_begin.c */
bool keeper_begin(struct durability *durability, struct durability_start *start,
                  struct dag_error *err);
bool keeper_note_progress(struct durability *durability, int32_t publisher, uint64_t cycle,
                          struct dag_error *err);
bool keeper_next_step(struct durability *durability, struct durability_step *step,
                      struct dag_error *err);
bool keeper_end(struct durability *durability, bool drained, struct dag_error *err);
void keeper_tear_down(struct keeper *keeper);

/* keeper_checkpoint.c */
bool keeper_wants_checkpoint(struct durability *durability, bool must);
bool keeper_checkpoint(struct durability *durability, uint64_t cycle, const char *engine_state,
                       size_t engine_state_size, const struct dag_text *positions,
                       struct dag_error *err);
bool keeper_has_due(const struct keeper *keeper); /* with the lock: one may be published */
bool keeper_take_due(struct keeper *keeper);      /* to `publishing` */
void keeper_drop_pending(struct keeper *keeper);

/* keeper_journal.c: the disk's side; each may be called with nothing to do. False: `err` */
bool keeper_append(struct keeper *keeper, bool must_sync, struct dag_error *err);
bool keeper_define(struct keeper *keeper, uint64_t key, struct dag_error *err);
bool keeper_trim(struct keeper *keeper, struct dag_error *err);
void keeper_mark(struct keeper *keeper, uint64_t key, int64_t time_us);
void keeper_mark_segments(struct keeper *keeper);
bool keeper_is_over(const struct keeper *keeper); /* with the lock: no room below `max_bytes` */

/* keeper_disk.c */
int64_t keeper_due(const struct keeper *keeper); /* with the lock: when there is work */
bool keeper_work(struct keeper *keeper, struct dag_error *err);
bool keeper_publish(struct keeper *keeper, struct dag_error *err);
bool keeper_reserve(struct keeper *keeper, struct dag_error *err);
void keeper_signal(struct keeper *keeper); /* with the lock */
bool keeper_start_disk(struct keeper *keeper, struct dag_error *err);
void keeper_stop_disk(struct keeper *keeper);

#endif
