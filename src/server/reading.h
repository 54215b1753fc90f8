/* reading.h - all counters of a DAG at one moment, read without waiting for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_READING_H
#define SERVER_READING_H

#include "runtime/runtime.h"

enum reading_parts {
    READING_LATENCIES = 1,  /* of cycles, nodes and publishers */
    READING_CONDITIONS = 2, /* of subscribers and publishers */
};

/** Arrays go by the plan's indexes. Zero it to begin; reading_deinit() releases it. */
struct reading {
    struct dag_stats stats;
    struct engine_node_stats *nodes; /* owned, as all below */
    struct source_stats *sources;
    struct sink_stats *sinks;
    uint64_t *edges;
    /* READING_LATENCIES; count 0: nothing was measured */
    struct latency *cycle, *node_latencies, *sink_latencies;
    /* READING_CONDITIONS */
    struct source_condition *source_conditions;
    struct sink_condition *sink_conditions;
};

/** False: out of memory. `parts`: enum reading_parts. */
bool reading_take(struct reading *reading, const struct plan *plan, struct dag *dag,
                  unsigned int parts);
void reading_deinit(struct reading *reading);

/** Messages that wait in subscribers and publishers. */
uint64_t reading_queue(const struct reading *reading, const struct plan *plan);

/** What went wrong: messages that could not be parsed, nodes' errors, messages refused for good. */
uint64_t reading_errors(const struct reading *reading);

#endif
