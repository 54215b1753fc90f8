/* show_sample.c - twice a second, a DAG's counters become what lists and live streams are written
 * from. The counters are read first and put in place under the entry's lock then, because the
 * runtime takes locks of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/reading.h"
#include "server/show_rows.h"
#include "server/shown.h"

#define SECOND        1e6
#define SMOOTHING_S   2.0
#define RATE_MIN      0.05 /* slower is shown as nothing */
#define LATENCY_TICKS 10
#define FULL          0.95

/* ---- the arrays ---- */

static void forget_plan(struct entry_shown *shown)
{
    free(shown->nodes);
    free(shown->edges);
    free(shown->subscribers);
    free(shown->publishers);
    free(shown->latencies);
    shown->nodes = NULL;
    shown->edges = NULL;
    shown->subscribers = shown->publishers = NULL;
    shown->latencies = NULL;
    shown->plan = NULL;
    shown->node_count = shown->edge_count = 0;
    shown->subscriber_count = shown->publisher_count = 0;
}

static bool make_arrays(struct entry_shown *shown, const struct plan *plan)
{
    shown->nodes = calloc(plan->node_count + 1, sizeof(*shown->nodes));
    shown->edges = calloc(plan->edge_count + 1, sizeof(*shown->edges));
    shown->subscribers = calloc(plan->subscriber_count + 1, sizeof(*shown->subscribers));
    shown->publishers = calloc(plan->publisher_count + 1, sizeof(*shown->publishers));
    shown->latencies = calloc(plan->node_count + 1, sizeof(*shown->latencies));
    return shown->nodes && shown->edges && shown->subscribers && shown->publishers &&
           shown->latencies;
}

/* False: out of memory, and nothing of the parts is shown. */
static bool begin_plan(struct entry_shown *shown, const struct incarnation *now, uint64_t tick)
{
    const struct plan *plan = now->plan;

    forget_plan(shown);
    if (!make_arrays(shown, plan)) {
        forget_plan(shown);
        return false;
    }
    shown->plan = plan;
    shown->revision = now->revision;
    shown->plan_tick = tick;
    shown->node_count = plan->node_count;
    shown->edge_count = plan->edge_count;
    shown->subscriber_count = plan->subscriber_count;
    shown->publisher_count = plan->publisher_count;
    for (size_t i = 0; i < plan->node_count; i++) {
        shown->nodes[i] =
            (struct shown_node){.tick = tick, .p50_us = SHOWN_UNKNOWN, .p99_us = SHOWN_UNKNOWN};
        if (plan->nodes[i].subscriber >= 0)
            shown->nodes[i].queue_max =
                (uint64_t)plan->subscribers[plan->nodes[i].subscriber].max_depth;
    }
    for (size_t i = 0; i < plan->edge_count; i++)
        shown->edges[i].tick = tick;
    for (size_t i = 0; i < plan->subscriber_count; i++)
        shown->subscribers[i] =
            (struct shown_end){.tick = tick, .more = (uint64_t)plan->subscribers[i].max_depth};
    for (size_t i = 0; i < plan->publisher_count; i++)
        shown->publishers[i].tick = tick;
    return true;
}

/* ---- what changed ---- */

struct sampling {
    struct entry_shown *shown;
    const struct incarnation *now;
    const struct reading *reading;
    uint64_t tick;
    double seconds; /* since the sample before; 0: it is the first */
};

/* What has been counted since `before`, by second, smoothed. */
static double next_rate(const struct sampling *sampling, double rate, uint64_t before,
                        uint64_t count)
{
    if (sampling->seconds <= 0 || count < before)
        return 0;
    double part = 1 - exp(-sampling->seconds / SMOOTHING_S);
    double recent = (double)(count - before) / sampling->seconds;
    double next = rate + (recent - rate) * part;
    return next < RATE_MIN ? 0 : next;
}

/* The median and the like over the last seconds. */
static void sample_latency(const struct sampling *sampling, size_t index)
{
    struct latency *before = &sampling->shown->latencies[index];
    struct shown_node *node = &sampling->shown->nodes[index];
    struct latency now = sampling->reading->node_latencies[index], recent = now;

    if (now.count >= before->count) {
        recent.count -= before->count;
        recent.sum_us -= before->sum_us;
        for (size_t i = 0; i < LATENCY_BUCKETS; i++)
            recent.buckets[i] -= before->buckets[i];
    }
    *before = now;
    int64_t p50_us = recent.count > 0 ? latency_quantile_us(&recent, 0.5) : SHOWN_UNKNOWN;
    int64_t p99_us = recent.count > 0 ? latency_quantile_us(&recent, 0.99) : SHOWN_UNKNOWN;
    if (p50_us != node->p50_us || p99_us != node->p99_us)
        node->tick = sampling->tick;
    node->p50_us = p50_us;
    node->p99_us = p99_us;
}

static void sample_nodes(const struct sampling *sampling)
{
    const struct plan *plan = sampling->now->plan;

    for (size_t i = 0; i < plan->node_count; i++) {
        struct shown_node *node = &sampling->shown->nodes[i];
        const struct engine_node_stats *stats = &sampling->reading->nodes[i];
        int32_t subscriber = plan->nodes[i].subscriber;
        uint64_t queue = subscriber >= 0 ? sampling->reading->sources[subscriber].depth : 0;
        double rate = next_rate(sampling, node->rate, node->count, stats->computed);
        if (node->count != stats->computed || node->errors != stats->errors ||
            node->queue != queue || show_rate_differs(node->rate, rate))
            node->tick = sampling->tick;
        node->count = stats->computed;
        node->errors = stats->errors;
        node->queue = queue;
        node->rate = rate;
        if (sampling->reading->node_latencies)
            sample_latency(sampling, i);
    }
}

static void sample_edges(const struct sampling *sampling)
{
    for (size_t i = 0; i < sampling->shown->edge_count; i++) {
        struct shown_edge *edge = &sampling->shown->edges[i];
        uint64_t count = sampling->reading->edges[i];
        double rate = next_rate(sampling, edge->rate, edge->count, count);
        if (edge->count != count || show_rate_differs(edge->rate, rate))
            edge->tick = sampling->tick;
        edge->count = count;
        edge->rate = rate;
    }
}

static void sample_end(const struct sampling *sampling, struct shown_end *end, uint64_t count,
                       uint64_t depth, uint64_t more)
{
    if (end->count != count || end->depth != depth || end->more != more)
        end->tick = sampling->tick;
    end->count = count;
    end->depth = depth;
    end->more = more;
}

static void sample_ends(const struct sampling *sampling)
{
    const struct plan *plan = sampling->now->plan;
    struct entry_shown *shown = sampling->shown;

    for (size_t i = 0; i < plan->subscriber_count; i++) {
        const struct source_stats *stats = &sampling->reading->sources[i];
        sample_end(sampling, &shown->subscribers[i], stats->receive_count, stats->depth,
                   (uint64_t)plan->subscribers[i].max_depth);
    }
    for (size_t i = 0; i < plan->publisher_count; i++) {
        const struct sink_stats *stats = &sampling->reading->sinks[i];
        sample_end(sampling, &shown->publishers[i], stats->publish_count, stats->depth,
                   stats->dead_letters);
    }
}

/* How full the fullest queue is that has a bound; negative: none has. */
static double fullest(const struct sampling *sampling)
{
    const struct plan *plan = sampling->now->plan;
    double fill = -1;

    for (size_t i = 0; i < plan->subscriber_count; i++) {
        double max = (double)plan->subscribers[i].max_depth;
        if (max > 0)
            fill = fmax(fill, fmin(1, (double)sampling->reading->sources[i].depth / max));
    }
    for (size_t i = 0; i < plan->publisher_count; i++) {
        const struct sink_condition *condition = &sampling->reading->sink_conditions[i];
        double max = (double)condition->depth_max;
        double depth = (double)sampling->reading->sinks[i].depth;
        if (condition->is_full ||
            (max > 0 && plan->publishers[i].when_slow == PLAN_WHEN_SLOW_BLOCK))
            fill = fmax(fill, condition->is_full ? 1 : fmin(1, depth / max));
    }
    return fill;
}

static void sample_series(const struct sampling *sampling, int64_t now_us)
{
    struct entry_shown *shown = sampling->shown;

    if (!shown->series)
        shown->series = series_new();
    if (!shown->series)
        return; /* no memory now: perhaps at the next tick */
    series_add(shown->series, &(struct series_sample){.time_us = now_us,
                                                      .in = shown->in,
                                                      .out = shown->out,
                                                      .errors = shown->errors,
                                                      .queue = shown->queue});
    for (size_t i = 0; i < shown->node_series_count; i++) {
        const struct shown_series *series = &shown->node_series[i];
        for (size_t k = 0; k < shown->node_count; k++) {
            if (strcmp(sampling->now->plan->nodes[k].name, series->node) != 0)
                continue;
            const struct engine_node_stats *stats = &sampling->reading->nodes[k];
            series_add(series->series, &(struct series_sample){.time_us = now_us,
                                                               .in = stats->computed,
                                                               .out = stats->emitted,
                                                               .errors = stats->errors,
                                                               .queue = shown->nodes[k].queue});
        }
    }
}

static void sample_dag(const struct sampling *sampling, int64_t now_us)
{
    struct entry_shown *shown = sampling->shown;
    const struct reading *reading = sampling->reading;

    shown->in = reading->stats.engine.received;
    shown->out = reading->stats.engine.published;
    shown->errors = reading_errors(reading);
    shown->queue = reading_queue(reading, sampling->now->plan);
    shown->queue_fill = fullest(sampling);
    if (shown->queue_fill < FULL)
        shown->full_since_us = 0;
    else if (shown->full_since_us == 0)
        shown->full_since_us = now_us;
    sample_series(sampling, now_us);
    if (shown_is_of(shown, sampling->now) || begin_plan(shown, sampling->now, sampling->tick)) {
        sample_nodes(sampling);
        sample_edges(sampling);
        sample_ends(sampling);
    }
}

/* Nothing of it is in the runtime. */
static void sample_nothing(struct entry_shown *shown)
{
    forget_plan(shown);
    shown->in = shown->out = shown->errors = shown->queue = 0;
    shown->queue_fill = -1;
    shown->full_since_us = 0;
}

static void sample_row(struct entry_shown *shown, const char *name, const char *state,
                       uint64_t tick)
{
    struct dag_buffer row = {0};

    if (!show_rows_dag(&row, shown, name, state) ||
        (shown->row && row.size == shown->row_size &&
         memcmp(row.bytes, shown->row, row.size) == 0)) {
        dag_buffer_free(&row);
        return;
    }
    free(shown->row);
    shown->row = row.bytes; /* taken over */
    shown->row_size = row.size;
    shown->row_tick = tick;
}

void show_sample(struct entry *entry, struct incarnation *now, uint64_t tick, int64_t now_us)
{
    struct reading reading = {0};
    struct entry_status status;
    unsigned int parts = READING_CONDITIONS | (tick % LATENCY_TICKS == 0 ? READING_LATENCIES : 0);
    bool is_read = now && now->dag && reading_take(&reading, now->plan, now->dag, parts);

    entry_status(entry, &status);
    struct entry_shown *shown = shown_make(entry_shown_lock(entry));
    if (shown) {
        struct sampling sampling = {.shown = shown, .now = now, .reading = &reading, .tick = tick};
        if (shown->time_us > 0 && now_us > shown->time_us)
            sampling.seconds = (double)(now_us - shown->time_us) / SECOND;
        shown->time_us = now_us;
        if (is_read)
            sample_dag(&sampling, now_us);
        else if (!now || !now->dag)
            sample_nothing(shown);
        shown->rates = (struct series_rates){0};
        if (shown->series)
            series_rates(shown->series, now_us, &shown->rates);
        sample_row(shown, entry_name(entry), entry_state_name(status.state), tick);
    }
    entry_shown_unlock(entry);
    reading_deinit(&reading);
}
