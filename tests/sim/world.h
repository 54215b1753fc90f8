/* world.h - one DAG with its files on a simulated disk, and the process that runs it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "core/clock.h"
#include "durable/keeper.h"
#include "runtime/runtime.h"
#include "sim/proxy.h"

#define WORLD_DATA          "/data"
#define WORLD_NAME          "random" /* what generate() calls its DAGs */
#define WORLD_ROTATIONS_MAX 64

/** What a DAG is promised, and what may happen to it. */
struct setting {
    bool is_exact;
    bool has_power_loss; /* else only the process crashes */
    bool has_faults;     /* the disk refuses now and then */
    bool rotates_inputs;
    bool has_syncs; /* the sinks sync: at_least_once needs that under a power loss */
    bool
        trims_much; /* a journal of many segments, and checkpoints far apart: then one is damaged */
    char delivery[400]; /* JSON members of the DAG */
    char sink_options[200];
    int64_t checkpoint_interval_us;
    uint64_t segment_size;
};

struct world_input {
    char path[64];
    struct dag_buffer text; /* owned: all of it */
    size_t written;         /* bytes on the disk */
    uint32_t rotations;
    uint32_t removed;                 /* rotated files that are gone */
    size_t ends[WORLD_ROTATIONS_MAX]; /* bytes up to the end of each rotated file */
};

struct world {
    struct sim *sim;
    struct setting setting;
    struct generated generated;
    struct dag_buffer dag_text;
    struct plan *plan; /* owned: for keeper and comparison; each life has another one */
    struct world_input inputs[GENERATED_SUBSCRIBERS_MAX];
    struct sim_disk *disk;
    struct clock_virtual clock;
    struct history history;
    bool is_damaged; /* a checkpoint was */

    /* the process; NULL: there is none */
    struct data_folder *folder;
    struct keeper *keeper;
    struct proxy proxy;
    struct runtime *runtime;
    struct dag *dag;
};

/** Makes DAG, input and settings. False: `sim->why`. */
bool world_init(struct world *world, struct sim *sim);
void world_deinit(struct world *world);

/** A plan of the DAG. NULL: `sim->why`. */
struct plan *world_plan(struct world *world);

/** The input grows by up to `size` bytes, or is rotated; whoever follows it is woken. */
void world_grow(struct world *world, size_t input, size_t size);
void world_rotate(struct world *world, size_t input);

/** Removes rotated files of which every event may be forgotten. */
void world_forget(struct world *world);

/** What must hold when all is out. False: `sim->why`. */
bool world_check(struct world *world);

/** Whether every event was taken, as often as it came, and each in its turn. */
bool world_check_events(struct world *world);
uint64_t world_event_count(struct world *world); /* of all inputs that some node reads */

#endif
