/* metrics.c - see metrics.h: one table of families, each written once for all DAGs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/metrics_text.h"

enum place { PLACE_DAG, PLACE_NODE, PLACE_SUBSCRIBER, PLACE_PUBLISHER };
enum form { FORM_COUNTER, FORM_GAUGE, FORM_TIME /* microseconds, shown as seconds */ };

static const struct family {
    const char *name, *help;
    enum place place;
    enum form form;
    size_t offset;     /* of a 64-bit field in the place's statistics */
    const char *cause; /* a label more; NULL: none. Rows of one family stand together */
} families[] = {
    {"dagd_dag_received_messages_total", "Messages taken into cycles.", PLACE_DAG, FORM_COUNTER,
     offsetof(struct dag_stats, engine.received), NULL},
    {"dagd_dag_published_messages_total", "Messages handed to publishers.", PLACE_DAG, FORM_COUNTER,
     offsetof(struct dag_stats, engine.published), NULL},
    {"dagd_dag_errors_total", "Errors by cause.", PLACE_DAG, FORM_COUNTER,
     offsetof(struct dag_stats, engine.rejected), "parse"},
    {"dagd_dag_errors_total", "", PLACE_DAG, FORM_COUNTER,
     offsetof(struct dag_stats, engine.node_errors), "node"},
    {"dagd_dag_errors_total", "", PLACE_DAG, FORM_COUNTER,
     offsetof(struct dag_stats, publish_dead_letters), "publish"},
    {"dagd_dag_cycles_total", "Number of the last cycle that was run.", PLACE_DAG, FORM_COUNTER,
     offsetof(struct dag_stats, cycles), NULL},
    {"dagd_dag_watermark_cycle", "Last cycle that is safely out everywhere.", PLACE_DAG, FORM_GAUGE,
     offsetof(struct dag_stats, watermark), NULL},
    {"dagd_dag_missed_ticks_total", "Ticks of metronomes that came too late.", PLACE_DAG,
     FORM_COUNTER, offsetof(struct dag_stats, missed_ticks), NULL},
    {"dagd_dag_memory_bytes", "Memory of messages on their way.", PLACE_DAG, FORM_GAUGE,
     offsetof(struct dag_stats, memory_used), NULL},

    {"dagd_node_computed_total", "Calls of the node.", PLACE_NODE, FORM_COUNTER,
     offsetof(struct engine_node_stats, computed), NULL},
    {"dagd_node_emitted_total", "Results of the node.", PLACE_NODE, FORM_COUNTER,
     offsetof(struct engine_node_stats, emitted), NULL},
    {"dagd_node_filtered_total", "Inputs without a result.", PLACE_NODE, FORM_COUNTER,
     offsetof(struct engine_node_stats, filtered), NULL},
    {"dagd_node_errors_total", "Errors of the node.", PLACE_NODE, FORM_COUNTER,
     offsetof(struct engine_node_stats, errors), NULL},

    {"dagd_subscriber_received_messages_total", "Messages received.", PLACE_SUBSCRIBER,
     FORM_COUNTER, offsetof(struct source_stats, receive_count), NULL},
    {"dagd_subscriber_queue_messages", "Messages that wait for a cycle.", PLACE_SUBSCRIBER,
     FORM_GAUGE, offsetof(struct source_stats, depth), NULL},
    {"dagd_subscriber_queue_bytes", "Memory of messages that wait for a cycle.", PLACE_SUBSCRIBER,
     FORM_GAUGE, offsetof(struct source_stats, size), NULL},
    {"dagd_subscriber_dropped_messages_total", "Messages dropped by the overflow policy.",
     PLACE_SUBSCRIBER, FORM_COUNTER, offsetof(struct source_stats, dropped), NULL},
    {"dagd_subscriber_last_receive_timestamp_seconds", "When the last message came; 0: never.",
     PLACE_SUBSCRIBER, FORM_TIME, offsetof(struct source_stats, last_receive_us), NULL},

    {"dagd_publisher_published_messages_total", "Messages safely handed over.", PLACE_PUBLISHER,
     FORM_COUNTER, offsetof(struct sink_stats, publish_count), NULL},
    {"dagd_publisher_queue_messages", "Messages held or waiting.", PLACE_PUBLISHER, FORM_GAUGE,
     offsetof(struct sink_stats, depth), NULL},
    {"dagd_publisher_queue_bytes", "Memory of messages that wait for a write.", PLACE_PUBLISHER,
     FORM_GAUGE, offsetof(struct sink_stats, size), NULL},
    {"dagd_publisher_spill_bytes", "Size of the spill log.", PLACE_PUBLISHER, FORM_GAUGE,
     offsetof(struct sink_stats, spilled_size), NULL},
    {"dagd_publisher_dead_letters_total", "Messages refused for good.", PLACE_PUBLISHER,
     FORM_COUNTER, offsetof(struct sink_stats, dead_letters), NULL},
    {"dagd_publisher_retries_total", "Attempts after a failure.", PLACE_PUBLISHER, FORM_COUNTER,
     offsetof(struct sink_stats, retries), NULL},
    {"dagd_publisher_last_publish_timestamp_seconds", "When the last message went; 0: never.",
     PLACE_PUBLISHER, FORM_TIME, offsetof(struct sink_stats, last_publish_us), NULL},
};
#define FAMILY_COUNT (sizeof(families) / sizeof(families[0]))

static const char *const label_names[] = {NULL, "node", "subscriber", "publisher"};

/* What has to be chosen for a place to be told of. */
static const enum metrics_level levels[] = {METRICS_DAG, METRICS_NODES, METRICS_CONNECTORS,
                                            METRICS_CONNECTORS};

/* ---- latencies ---- */

#define BOUND_COUNT 8

static const uint64_t short_bounds_us[BOUND_COUNT] = {10,    100,    1000,    5000,
                                                      10000, 100000, 1000000, 10000000};
static const uint64_t long_bounds_us[BOUND_COUNT] = {1000,   5000,    10000,    50000,
                                                     100000, 1000000, 10000000, 60000000};

static const struct latency_family {
    const char *name, *help;
    enum place place;
    const uint64_t *bounds_us;
} latency_families[] = {
    {"dagd_dag_cycle_seconds", "Calculation of a cycle.", PLACE_DAG, short_bounds_us},
    {"dagd_node_compute_seconds", "Calculation of a message in the node, sampled.", PLACE_NODE,
     short_bounds_us},
    {"dagd_publisher_latency_seconds",
     "From a message's being read until it is safely out at the publisher.", PLACE_PUBLISHER,
     long_bounds_us},
};
#define LATENCY_FAMILY_COUNT (sizeof(latency_families) / sizeof(latency_families[0]))
#define LATENCY_SERIES       (BOUND_COUNT + 3) /* buckets, the last one, sum and count */

/* ---- what a DAG has ---- */

static size_t place_count(const struct metrics_dag *dag, enum place place)
{
    if (!dag->plan)
        return 0;
    switch (place) {
    case PLACE_DAG:
        return 1;
    case PLACE_NODE:
        return dag->plan->node_count;
    case PLACE_SUBSCRIBER:
        return dag->plan->subscriber_count;
    case PLACE_PUBLISHER:
        return dag->plan->publisher_count;
    }
    return 0;
}

/* The statistics of one of a place. */
static const char *place_stats(const struct metrics_dag *dag, enum place place, size_t i)
{
    switch (place) {
    case PLACE_DAG:
        return (const char *)&dag->stats;
    case PLACE_NODE:
        return (const char *)&dag->nodes[i];
    case PLACE_SUBSCRIBER:
        return (const char *)&dag->sources[i];
    case PLACE_PUBLISHER:
        return (const char *)&dag->sinks[i];
    }
    return NULL;
}

static const char *place_name(const struct plan *plan, enum place place, size_t i)
{
    if (place == PLACE_NODE)
        return plan->nodes[i].name;
    return place == PLACE_SUBSCRIBER ? plan->subscribers[i].name : plan->publishers[i].name;
}

static const struct latency *place_latency(const struct metrics_dag *dag, enum place place,
                                           size_t i)
{
    const struct latency *all = place == PLACE_DAG    ? dag->cycle
                                : place == PLACE_NODE ? dag->node_latencies
                                                      : dag->sink_latencies;

    return all && all[i].count > 0 ? &all[i] : NULL;
}

/* The labels of one of a place; returns how many. */
static size_t place_labels(const struct metrics_dag *dag, enum place place, size_t i,
                           struct metrics_label labels[3])
{
    labels[0] = (struct metrics_label){"dag", dag->name};
    if (!label_names[place])
        return 1;
    labels[1] = (struct metrics_label){label_names[place], place_name(dag->plan, place, i)};
    return 2;
}

/* ---- how much there is room for ---- */

static size_t series_of(const struct metrics_dag *dag, enum metrics_level level)
{
    size_t count = 0;

    if (level == METRICS_DAG) /* the state, and what stands outside the table */
        count = 1 + dag->stats.dropped_count + (dag->plan ? 1 : 0) + (dag->keeper ? 4 : 0);
    for (size_t i = 0; i < FAMILY_COUNT; i++)
        if (levels[families[i].place] == level)
            count += place_count(dag, families[i].place);
    for (size_t i = 0; i < LATENCY_FAMILY_COUNT && level == METRICS_LATENCIES; i++)
        count += place_count(dag, latency_families[i].place) * LATENCY_SERIES;
    return count;
}

void metrics_choose(struct metrics_dag *dags, size_t count, size_t series_max)
{
    size_t series = 0;
    bool has_room = true;

    for (size_t i = 0; i < count; i++)
        dags[i].level = METRICS_NOTHING;
    for (enum metrics_level level = METRICS_DAG; level <= METRICS_LATENCIES; level++) {
        for (size_t i = 0; has_room && i < count; i++) {
            series += series_of(&dags[i], level);
            has_room = series <= series_max;
            if (has_room)
                dags[i].level = level;
        }
    }
}

/* ---- DAGs ---- */

static void put_family(struct writer *writer, const struct family *family,
                       const struct metrics_dag *dag)
{
    struct metrics_label labels[3];

    for (size_t i = 0; i < place_count(dag, family->place); i++) {
        size_t label_count = place_labels(dag, family->place, i, labels);
        uint64_t value;
        memcpy(&value, place_stats(dag, family->place, i) + family->offset, sizeof(value));
        if (family->cause)
            labels[label_count++] = (struct metrics_label){"cause", family->cause};
        if (family->form == FORM_TIME)
            metrics_time(writer, family->name, labels, label_count, value);
        else
            metrics_count(writer, family->name, labels, label_count,
                          family->form == FORM_GAUGE && (int64_t)value < 0 ? 0 : value);
    }
}

static void put_families(struct writer *writer, const struct metrics_dag *dags, size_t count)
{
    for (size_t i = 0; i < FAMILY_COUNT;) {
        const struct family *family = &families[i];
        metrics_head(writer, family->name, family->help,
                     family->form == FORM_COUNTER ? METRICS_COUNTER : METRICS_GAUGE);
        for (; i < FAMILY_COUNT && strcmp(families[i].name, family->name) == 0; i++)
            for (size_t k = 0; k < count; k++)
                if (dags[k].level >= levels[families[i].place])
                    put_family(writer, &families[i], &dags[k]);
    }
}

static void put_latency(struct writer *writer, const struct latency_family *family,
                        const struct metrics_dag *dag)
{
    struct metrics_label labels[3];

    for (size_t i = 0; i < place_count(dag, family->place); i++) {
        const struct latency *latency = place_latency(dag, family->place, i);
        uint64_t counts[BOUND_COUNT + 1], before = 0;
        if (!latency)
            continue;
        for (size_t k = 0; k < BOUND_COUNT; k++) {
            uint64_t within = latency_count_up_to(latency, (int64_t)family->bounds_us[k]);
            counts[k] = within > before ? within - before : 0;
            before += counts[k];
        }
        counts[BOUND_COUNT] = latency->count > before ? latency->count - before : 0;
        metrics_histogram(writer, family->name, labels, place_labels(dag, family->place, i, labels),
                          family->bounds_us, counts, BOUND_COUNT, latency->sum_us);
    }
}

static void put_latencies(struct writer *writer, const struct metrics_dag *dags, size_t count)
{
    for (size_t i = 0; i < LATENCY_FAMILY_COUNT; i++) {
        metrics_head(writer, latency_families[i].name, latency_families[i].help, METRICS_HISTOGRAM);
        for (size_t k = 0; k < count; k++)
            if (dags[k].level >= METRICS_LATENCIES)
                put_latency(writer, &latency_families[i], &dags[k]);
    }
}

static void put_states(struct writer *writer, const struct metrics_dag *dags, size_t count)
{
    metrics_head(writer, "dagd_dag_state", "1 for the state that the DAG is in.", METRICS_GAUGE);
    for (size_t i = 0; i < count; i++)
        if (dags[i].level >= METRICS_DAG)
            metrics_count(writer, "dagd_dag_state",
                          (struct metrics_label[]){{"dag", dags[i].name}, {"state", dags[i].state}},
                          2, 1);
    metrics_head(writer, "dagd_dag_dropped_messages_total", "Messages dropped, by cause.",
                 METRICS_COUNTER);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; dags[i].level >= METRICS_DAG && k < dags[i].stats.dropped_count; k++)
            metrics_count(writer, "dagd_dag_dropped_messages_total",
                          (struct metrics_label[]){{"dag", dags[i].name},
                                                   {"cause", dags[i].stats.dropped[k].cause}},
                          2, dags[i].stats.dropped[k].count);
}

/* What is worked out of several numbers, or is of the keeper's. */
enum kept { KEPT_LAG, KEPT_CHECKPOINT_AGE, KEPT_JOURNAL, KEPT_LETTERS, KEPT_REFUSES };

static const struct {
    const char *name, *help;
} kept[] = {
    [KEPT_LAG] = {"dagd_dag_watermark_lag_cycles", "Cycles that are not safely out everywhere."},
    [KEPT_CHECKPOINT_AGE] = {"dagd_dag_checkpoint_age_seconds",
                             "Since the newest checkpoint; absent until the first one."},
    [KEPT_JOURNAL] = {"dagd_dag_journal_bytes", "Size of the journal."},
    [KEPT_LETTERS] = {"dagd_dag_dead_letters", "Dead letters that are kept."},
    [KEPT_REFUSES] = {"dagd_dag_disk_refuses", "1 while the disk takes nothing of the DAG's."},
};

static void put_kept_of(struct writer *writer, enum kept which, const struct metrics_dag *dag,
                        int64_t now_us)
{
    const struct metrics_label label = {"dag", dag->name};
    const char *name = kept[which].name;

    if (which == KEPT_LAG) {
        metrics_count(writer, name, &label, 1,
                      dag->stats.cycles > dag->stats.watermark
                          ? dag->stats.cycles - dag->stats.watermark
                          : 0);
        return;
    }
    if (!dag->keeper)
        return;
    if (which == KEPT_JOURNAL)
        metrics_count(writer, name, &label, 1, dag->keeper->journal_bytes);
    else if (which == KEPT_LETTERS)
        metrics_count(writer, name, &label, 1, dag->keeper->dead_letters);
    else if (which == KEPT_REFUSES)
        metrics_count(writer, name, &label, 1, dag->keeper->disk_is_full);
    else if (dag->keeper->checkpoint_at_us > 0)
        metrics_time(writer, name, &label, 1,
                     now_us > dag->keeper->checkpoint_at_us
                         ? (uint64_t)(now_us - dag->keeper->checkpoint_at_us)
                         : 0);
}

static void put_kept(struct writer *writer, const struct metrics_dag *dags, size_t count,
                     int64_t now_us)
{
    for (enum kept which = KEPT_LAG; which <= KEPT_REFUSES; which++) {
        metrics_head(writer, kept[which].name, kept[which].help, METRICS_GAUGE);
        for (size_t i = 0; i < count; i++)
            if (dags[i].plan && dags[i].level >= METRICS_DAG)
                put_kept_of(writer, which, &dags[i], now_us);
    }
}

/* ---- the process ---- */

static uint64_t count_entries(const char *folder)
{
    uint64_t count = 0;
    DIR *entries = opendir(folder);

    while (entries) {
        // cppcheck-suppress readdirCalled ; no other thread has this DIR
        const struct dirent *entry = readdir(entries);
        if (!entry)
            break;
        count += entry->d_name[0] != '.';
    }
    if (entries)
        closedir(entries);
    return count;
}

static uint64_t resident_bytes(void)
{
    unsigned long long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file && fscanf(file, "%llu %llu", &all, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t cpu_us(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void put_process(struct writer *writer, size_t count)
{
    const struct {
        const char *name, *help;
        enum form form;
        enum metrics_type type;
        uint64_t value;
    } values[] = {
        {"process_cpu_seconds_total", "CPU time.", FORM_TIME, METRICS_COUNTER, cpu_us()},
        {"process_resident_memory_bytes", "Resident memory.", FORM_GAUGE, METRICS_GAUGE,
         resident_bytes()},
        {"process_open_fds", "Open files.", FORM_GAUGE, METRICS_GAUGE,
         count_entries("/proc/self/fd")},
        {"process_threads", "Threads.", FORM_GAUGE, METRICS_GAUGE,
         count_entries("/proc/self/task")},
        {"dagd_dags", "DAGs of the server.", FORM_GAUGE, METRICS_GAUGE, count},
    };

    metrics_head(writer, "dagd_build_info", "1, with the version.", METRICS_GAUGE);
    metrics_count(writer, "dagd_build_info", &(struct metrics_label){"version", DAGD_VERSION}, 1,
                  1);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        metrics_head(writer, values[i].name, values[i].help, values[i].type);
        if (values[i].form == FORM_TIME)
            metrics_time(writer, values[i].name, NULL, 0, values[i].value);
        else
            metrics_count(writer, values[i].name, NULL, 0, values[i].value);
    }
}

static void put_left_out(struct writer *writer, const struct metrics_dag *dags, size_t count)
{
    static const char *const names[] = {
        [METRICS_DAG] = "dag",
        [METRICS_CONNECTORS] = "connectors",
        [METRICS_NODES] = "nodes",
        [METRICS_LATENCIES] = "latencies",
    };

    metrics_head(writer, "dagd_metrics_left_out_dags",
                 "DAGs of which this is left out here, to keep the number of series bounded.",
                 METRICS_GAUGE);
    for (enum metrics_level level = METRICS_DAG; level <= METRICS_LATENCIES; level++) {
        uint64_t left_out = 0;
        for (size_t i = 0; i < count; i++)
            left_out += dags[i].level < level;
        metrics_count(writer, "dagd_metrics_left_out_dags",
                      &(struct metrics_label){"level", names[level]}, 1, left_out);
    }
}

bool metrics_write(const struct metrics_dag *dags, size_t count, int64_t now_us,
                   struct dag_buffer *out)
{
    struct writer writer = {.out = out};

    put_process(&writer, count);
    put_left_out(&writer, dags, count);
    put_states(&writer, dags, count);
    put_families(&writer, dags, count);
    put_kept(&writer, dags, count, now_us);
    put_latencies(&writer, dags, count);
    return !writer.failed;
}
