/* metrics.h - counters of all DAGs as Prometheus text, never more than a bound of series. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "dag/json.h"
#include "runtime/runtime.h"

#define METRICS_SERIES_MAX 50000

/** What is known of a DAG; all borrowed. The arrays go by the plan's indexes. */
struct metrics_dag {
    const char *name, *state;
    const struct plan *plan; /* NULL: the definition is invalid; then only its state is told */
    struct dag_stats stats;
    const struct engine_node_stats *nodes; /* NULL: not known, left out */
    const struct source_stats *sources;    /* NULL: likewise */
    const struct sink_stats *sinks;        /* NULL: likewise */
};

/** Appends the text. `dags` are sorted by name: the first for whose series there is no room and all
 *  behind it are left out, and counted in dagd_metrics_left_out_dags. Reads /proc for the process.
 *  False: out of memory. */
bool metrics_write(const struct metrics_dag *dags, size_t count, size_t series_max,
                   struct dag_buffer *out);

#endif
