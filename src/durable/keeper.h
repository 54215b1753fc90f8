/* keeper.h - keeps one DAG's state: journal, checkpoints, cycle numbers, dead letters. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_KEEPER_H
#define DURABLE_KEEPER_H

#include "durable/data_folder.h"
#include "durable/disk_pool.h"
#include "runtime/durability.h"

struct keeper;

struct keeper_options {
    struct storage *storage;        /* borrowed */
    struct clock *clock;            /* borrowed */
    struct data_folder *folder;     /* borrowed */
    const struct plan *plan;        /* borrowed */
    int64_t checkpoint_interval_us; /* 0: 10 s */
    uint64_t segment_size;          /* of the journal; 0: the default */
    struct disk_pool *pool;         /* borrowed: does the disk work; NULL: a thread of its own */
    bool by_hand;                   /* no thread: the disk work is done by keeper_turn() */
};

/** NULL: `err` (among others: `delivery: exactly_once` with a source, sink or graph that can't give
 *  it; the reason is named). */
struct keeper *keeper_new(const struct keeper_options *options, struct dag_error *err);

/** NULL is allowed. Behind the DAG: its publisher of dead letters goes, too. */
void keeper_free(struct keeper *keeper);

/** For the runtime. Borrowed. */
struct durability *keeper_durability(struct keeper *keeper);

/** By hand: does what disk work is due (append, sync, publish a checkpoint, trim). True: something
 *  was done, and the next call may find more. */
bool keeper_turn(struct keeper *keeper);

/** By hand: when something will be due, on the monotonic clock; INT64_MAX: never, as things stand.
 */
int64_t keeper_due_us(struct keeper *keeper);

/** What is shown. */
struct keeper_stats {
    uint64_t checkpoint_cycle, older_checkpoint_cycle;
    int64_t checkpoint_at_us; /* realtime; 0: not since the start */
    uint64_t journal_bytes, journal_first_cycle, journal_synced_cycle;
    uint64_t dead_letters;
    bool disk_is_full;        /* or refuses for another reason that may pass */
    char refusal[480];        /* why, while it does; "" */
    int64_t refused_since_us; /* realtime; 0: it doesn't */
    int64_t next_try_us;      /* realtime; 0: it doesn't */
};

/** Any thread. */
void keeper_stats(struct keeper *keeper, struct keeper_stats *stats);

/** Why the plan can't be exactly-once: false, `err` names the subscriber, publisher or node and the
 *  reason. True for at_least_once. */
bool delivery_is_possible(const struct plan *plan, struct dag_error *err);

/** True when nothing of an event matters once its cycle is out: no node that keeps or combines
 *  inputs, gates, repeats, or saves something. */
bool delivery_is_stateless(const struct plan *plan);

/** Hash of the nodes that take events or ticks, in the order in which the journal counts them: 16
 *  hex digits and a NUL. */
void delivery_inputs_hash(const struct plan *plan, char *out, size_t *event_count,
                          size_t *metronome_count);

#endif
