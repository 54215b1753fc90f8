/* show_live.h - what only a DAG's engine knows, copied while no cycle runs, to be written at
 * leisure. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_LIVE_H
#define SERVER_SHOW_LIVE_H

#include "runtime/engine.h"

struct show_live_node {
    struct engine_node_stats stats;
    struct dag_row input, output; /* in `batch`; values NULL: not asked for */
    bool has_rows;
    struct engine_error *errors; /* owned, with their inputs; oldest first */
    size_t error_count;
};

/** Zero it to begin; show_live_deinit() releases it. */
struct show_live {
    struct show_live_node *nodes; /* owned; by the plan's indexes */
    size_t node_count;
    uint64_t *calculator_calls, *transformer_calls; /* owned; by the plan's indexes */
    struct dag_batch *batch;                        /* owned */
    bool has_failed;                                /* out of memory: nothing of it counts */
};

/** Copies what is shown of the engine of `plan`, which stands still. `only` >= 0: errors and rows
 *  of that node alone. */
void show_live_take(struct show_live *live, const struct plan *plan, struct engine *engine,
                    int32_t only);
void show_live_deinit(struct show_live *live);

#endif
