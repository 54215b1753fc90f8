/* sim.h - the parts of the simulator: what one seed does, and what must hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "graph/registry.h"
#include "property/generate.h"
#include "support/sim_disk.h"

#define SIM_START_US INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

/** One run of one seed. */
struct sim {
    uint64_t seed;
    bool is_verbose; /* tells on standard error what happens */
    const struct registry *registry;
    struct random random;
    struct dag_buffer why; /* what does not hold */

    /* counted, to see that something happened */
    uint64_t crashes, events, cycles, checkpoints;
};

/** Each runs one seed. False: `why`. */
bool sim_log(struct sim *sim);
bool sim_dag(struct sim *sim);

/** Adds to `why`; false. */
bool sim_fail(struct sim *sim, const char *format, ...) DAG_PRINTF(2, 3);
void sim_tell(const struct sim *sim, const char *format, ...) DAG_PRINTF(2, 3);

/** Faults for a while: none, or some of some kinds. */
void sim_pick_faults(struct sim *sim, struct sim_faults *faults);

#endif
