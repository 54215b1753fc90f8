/* show_metrics.c - gathers the counters of all DAGs for metrics.h, without waiting for any. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "server/entry.h"
#include "server/metrics.h"
#include "server/reading.h"

/* What metrics_dag borrows. */
struct source {
    struct incarnation *now; /* NULL: not in the runtime */
    struct reading reading;
    struct keeper_stats keeper;
};

static void begin_dag(struct metrics_dag *dag, struct source *source, struct entry *entry)
{
    struct entry_status status;
    struct incarnation *now = entry_use(entry);

    entry_status(entry, &status);
    *dag = (struct metrics_dag){.name = entry_name(entry), .state = entry_state_name(status.state)};
    if (!now || !now->dag) {
        incarnation_release(now);
        return;
    }
    source->now = now;
    dag->plan = now->plan;
    dag_stats(now->dag, &dag->stats);
    if (now->keeper) {
        keeper_stats(now->keeper, &source->keeper);
        dag->keeper = &source->keeper;
    }
}

/* Reads what the chosen level shows. False: out of memory. */
static bool read_dag(struct metrics_dag *dag, struct source *source)
{
    const struct reading *reading = &source->reading;

    if (!source->now || dag->level < METRICS_CONNECTORS)
        return true;
    if (!reading_take(&source->reading, dag->plan, source->now->dag,
                      dag->level >= METRICS_LATENCIES ? READING_LATENCIES : 0))
        return false;
    dag->nodes = reading->nodes;
    dag->sources = reading->sources;
    dag->sinks = reading->sinks;
    dag->cycle = reading->cycle;
    dag->node_latencies = reading->node_latencies;
    dag->sink_latencies = reading->sink_latencies;
    return true;
}

static bool write_all(struct entry **entries, size_t count, int64_t now_us, struct dag_buffer *out)
{
    struct metrics_dag *dags = calloc(count + 1, sizeof(*dags));
    struct source *sources = calloc(count + 1, sizeof(*sources));
    bool good = dags && sources;

    for (size_t i = 0; good && i < count; i++)
        begin_dag(&dags[i], &sources[i], entries[i]);
    if (good)
        metrics_choose(dags, count, METRICS_SERIES_MAX);
    for (size_t i = 0; good && i < count; i++)
        good = read_dag(&dags[i], &sources[i]);
    good = good && metrics_write(dags, count, now_us, out);
    for (size_t i = 0; sources && i < count; i++) {
        reading_deinit(&sources[i].reading);
        incarnation_release(sources[i].now);
    }
    free(sources);
    free(dags);
    return good;
}

bool server_write_metrics(struct server *server, struct dag_buffer *out)
{
    size_t count = 0;
    struct entry **entries = entries_hold(server, &count);
    bool good = entries && write_all(entries, count, server_now_us(server), out);

    if (entries)
        entries_release(entries, count);
    return good;
}
