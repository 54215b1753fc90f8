/* chain_fixture.h - a runtime by hand with one fake source "s" and one fake sink "p", and a keeper
 * on a simulated disk for DAGs that are kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CHAIN_FIXTURE_H
#define TESTS_CHAIN_FIXTURE_H

#include "durable/keeper.h"
#include "support/fake_connectors.h"
#include "support/sim_disk.h"

#define SECOND      ((int64_t)1000000)
#define BEGIN_US    (1767225600 * SECOND)
#define PATIENCE_US (60 * SECOND)

extern struct clock_virtual now;
extern struct runtime *runtime;
extern struct fake_source source;
extern struct fake_sink sink;
extern struct sim_disk *disk;      /* NULL until keep() */
extern struct data_folder *folder; /* NULL until keep() */
extern struct keeper *keeper;      /* of the DAG that was kept last */

/** A new runtime; with 0 threads by hand, on `now`. set_up() makes one with 0. */
void make_runtime(uint32_t threads);

/** Of each test. */
int set_up(void **unused);
int tear_down(void **unused);

/** Builds the DAG; builds and starts it; starts it. The runtime is turned once. */
struct dag *added(struct plan *plan);
struct dag *started(struct plan *plan);
void start(struct dag *dag);

/** The sink has got 0, 1, ... `count` - 1. */
void assert_in_sequence(uint64_t count);

/** From now on it is kept on the simulated disk, which is made when there is none yet. */
void keep(struct dag *dag);

/** Turns DAG and keeper until neither has anything to do within `us`. */
void go(int64_t us);

#endif
