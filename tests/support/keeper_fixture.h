/* keeper_fixture.h - a keeper on the simulated disk, and as much of a runtime as it needs.
 *
 * The DAG has one source; its events are {"n": 1}, {"n": 2}, ..., and event n ends at offset 10 *
 * n.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_KEEPER_FIXTURE_H
#define SUPPORT_KEEPER_FIXTURE_H

#include <stdatomic.h>

#include "core/clock.h"
#include "durable/keeper.h"
#include "support/sim_disk.h"

#define KEPT_FOLDER "data/dags/kept/"

struct kept {
    struct sim_disk *disk;
    struct clock_virtual clock;
    struct data_folder *folder;
    struct plan *plan;
    struct keeper *keeper;
    struct durability *durability;
    struct durability_start start;
    struct dag_error err;
    const char *definition;         /* JSON of the DAG */
    int64_t checkpoint_interval_us; /* 0: an hour */
    uint64_t segment_size;
    bool has_thread; /* and the system's clock */

    uint64_t cycle;                    /* the last one that ran */
    uint64_t replayed, replayed_event; /* steps, and the last event in them */
    _Atomic int wakes, failures;
    struct dag_error failure;
};

/** The definition of a DAG "kept": file to file, with these further members, as {"delivery": ...}.
 *  Static memory, until the next call. */
const char *kept_definition(const char *members);

/** A keeper that has begun, with its first checkpoint published and everything replayed. False:
 *  `kept->err`. The disk is made by the first call and stays. */
bool kept_start(struct kept *kept);

/** The parts of it, for tests of the order. */
bool kept_open(struct kept *kept);
bool kept_begin(struct kept *kept);
void kept_give_first(struct kept *kept);
bool kept_replay(struct kept *kept);

/** Records a step of `count` cycles, one event in each, behind the last one. */
enum durability_answer kept_record(struct kept *kept, uint32_t count);

/** Turns until nothing is due. */
void kept_turn(struct kept *kept);

/** Records until it is taken, turning and moving the clock on between. False: never. */
bool kept_run(struct kept *kept, uint32_t count);

/** The state behind the last cycle, given and (watermark and turn) published. */
bool kept_checkpoint(struct kept *kept, bool publish);

/** Ends for good, or without a word as a crash does. */
bool kept_end(struct kept *kept, bool drained);
void kept_vanish(struct kept *kept);

/** Vanishes, crashes the disk and restarts it. */
void kept_crash(struct kept *kept, enum sim_crash kind);
void kept_free(struct kept *kept);

/** How many files there are whose path begins with KEPT_FOLDER and `start`. */
size_t kept_count_files(struct kept *kept, const char *start);

#endif
