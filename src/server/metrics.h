/* metrics.h - counters of all DAGs as Prometheus text, never more than a bound of series.
 *
 * Where there is no room for everything, every DAG is told of before any DAG's subscribers and
 * publishers are, these before nodes, and nodes before latencies; within a kind, by name.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "dag/json.h"
#include "durable/keeper.h"
#include "runtime/runtime.h"

#define METRICS_SERIES_MAX 50000

enum metrics_level {
    METRICS_NOTHING,
    METRICS_DAG,        /* the DAG as a whole */
    METRICS_CONNECTORS, /* and its subscribers and publishers */
    METRICS_NODES,
    METRICS_LATENCIES, /* everything */
};

/** What is known of a DAG; all borrowed. The arrays go by the plan's indexes. */
struct metrics_dag {
    const char *name, *state;
    const struct plan *plan;  /* NULL: it isn't in the runtime; then only its state is told */
    enum metrics_level level; /* filled in by metrics_choose() */
    struct dag_stats stats;
    const struct keeper_stats *keeper;     /* NULL: it keeps nothing */
    const struct engine_node_stats *nodes; /* may be NULL below METRICS_NODES */
    const struct source_stats *sources;    /* may be NULL below METRICS_CONNECTORS, as `sinks` */
    const struct sink_stats *sinks;
    /* May be NULL below METRICS_LATENCIES. What has not been measured (count 0) is left out. */
    const struct latency *cycle, *node_latencies, *sink_latencies;
};

/** Chooses the level of each DAG by its plan and its `stats`. `dags` are sorted by name. */
void metrics_choose(struct metrics_dag *dags, size_t count, size_t series_max);

/** Appends the text; `now_us` is realtime. How many DAGs are not told of at a level is in
 *  dagd_metrics_left_out_dags. Reads /proc for the process. False: out of memory. */
bool metrics_write(const struct metrics_dag *dags, size_t count, int64_t now_us,
                   struct dag_buffer *out);

#endif
