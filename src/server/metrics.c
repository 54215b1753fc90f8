/* metrics.c - see metrics.h: one table of families, each written once for all DAGs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "graph/writer.h"

#define HEADER_SIZE_MAX 100

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
    {"dagd_subscriber_dropped_messages_total", "Messages dropped by the overflow policy.",
     PLACE_SUBSCRIBER, FORM_COUNTER, offsetof(struct source_stats, dropped), NULL},
    {"dagd_subscriber_last_receive_timestamp_seconds", "When the last message came; 0: never.",
     PLACE_SUBSCRIBER, FORM_TIME, offsetof(struct source_stats, last_receive_us), NULL},

    {"dagd_publisher_published_messages_total", "Messages safely handed over.", PLACE_PUBLISHER,
     FORM_COUNTER, offsetof(struct sink_stats, publish_count), NULL},
    {"dagd_publisher_queue_messages", "Messages held or waiting.", PLACE_PUBLISHER, FORM_GAUGE,
     offsetof(struct sink_stats, depth), NULL},
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

static const char *const labels[] = {NULL, "node", "subscriber", "publisher"};

/* ---- text ---- */

static void put_label(struct writer *writer, const char *label, const char *text)
{
    char one[2] = {0};

    writer_plain(writer, label);
    writer_plain(writer, "=\"");
    for (; *text; text++) {
        size_t plain = strcspn(text, "\\\"\n");
        if (plain > 0) {
            writer_format(writer, "%.*s", (int)plain, text);
            text += plain - 1;
            continue;
        }
        one[0] = *text;
        if (*text == '\n')
            one[0] = 'n';
        writer_plain(writer, "\\");
        writer_plain(writer, one);
    }
    writer_plain(writer, "\"");
}

static void put_head(struct writer *writer, const char *name, const char *help, bool is_counter)
{
    writer_format(writer, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
                  is_counter ? "counter" : "gauge");
}

static void put_value(struct writer *writer, enum form form, uint64_t value)
{
    if (form == FORM_TIME)
        writer_format(writer, " %" PRIu64 ".%06" PRIu64 "\n", value / 1000000, value % 1000000);
    else
        writer_format(writer, " %" PRIu64 "\n", value);
}

/* ---- DAGs ---- */

/* How many of a place a DAG has, where the first one's statistics begin, and their size. */
struct run {
    size_t count, stride;
    const char *first;
};

static struct run run_of(const struct metrics_dag *dag, enum place place)
{
    if (!dag->plan)
        return (struct run){0};
    switch (place) {
    case PLACE_DAG:
        return (struct run){1, sizeof(dag->stats), (const char *)&dag->stats};
    case PLACE_NODE:
        return (struct run){dag->nodes ? dag->plan->node_count : 0, sizeof(*dag->nodes),
                            (const char *)dag->nodes};
    case PLACE_SUBSCRIBER:
        return (struct run){dag->sources ? dag->plan->subscriber_count : 0, sizeof(*dag->sources),
                            (const char *)dag->sources};
    case PLACE_PUBLISHER:
        return (struct run){dag->sinks ? dag->plan->publisher_count : 0, sizeof(*dag->sinks),
                            (const char *)dag->sinks};
    }
    return (struct run){0};
}

static const char *place_name(const struct plan *plan, enum place place, size_t i)
{
    if (place == PLACE_NODE)
        return plan->nodes[i].name;
    return place == PLACE_SUBSCRIBER ? plan->subscribers[i].name : plan->publishers[i].name;
}

static size_t series_of(const struct metrics_dag *dag)
{
    size_t count = 1 + dag->stats.dropped_count; /* the state */

    for (size_t i = 0; i < FAMILY_COUNT; i++)
        count += run_of(dag, families[i].place).count;
    return count;
}

static void put_dag(struct writer *writer, const struct family *family,
                    const struct metrics_dag *dag)
{
    struct run run = run_of(dag, family->place);

    for (size_t i = 0; i < run.count; i++) {
        uint64_t value;
        memcpy(&value, run.first + i * run.stride + family->offset, sizeof(value));
        writer_format(writer, "%s{", family->name);
        put_label(writer, "dag", dag->name);
        if (labels[family->place]) {
            writer_plain(writer, ",");
            put_label(writer, labels[family->place], place_name(dag->plan, family->place, i));
        }
        if (family->cause)
            writer_format(writer, ",cause=\"%s\"", family->cause);
        writer_plain(writer, "}");
        put_value(writer, family->form,
                  family->form == FORM_GAUGE && (int64_t)value < 0 ? 0 : value);
    }
}

static void put_states(struct writer *writer, const struct metrics_dag *dags, size_t count)
{
    put_head(writer, "dagd_dag_state", "1 for the state that the DAG is in.", false);
    for (size_t i = 0; i < count; i++) {
        writer_plain(writer, "dagd_dag_state{");
        put_label(writer, "dag", dags[i].name);
        writer_plain(writer, ",");
        put_label(writer, "state", dags[i].state);
        writer_plain(writer, "} 1\n");
    }
}

static void put_dropped(struct writer *writer, const struct metrics_dag *dags, size_t count)
{
    put_head(writer, "dagd_dag_dropped_messages_total", "Messages dropped, by cause.", true);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < dags[i].stats.dropped_count; k++) {
            writer_plain(writer, "dagd_dag_dropped_messages_total{");
            put_label(writer, "dag", dags[i].name);
            writer_plain(writer, ",");
            put_label(writer, "cause", dags[i].stats.dropped[k].cause);
            writer_plain(writer, "}");
            put_value(writer, FORM_COUNTER, dags[i].stats.dropped[k].count);
        }
    }
}

static void put_dags(struct writer *writer, const struct metrics_dag *dags, size_t count)
{
    put_states(writer, dags, count);
    put_dropped(writer, dags, count);
    for (size_t i = 0; i < FAMILY_COUNT;) {
        const struct family *family = &families[i];
        put_head(writer, family->name, family->help, family->form == FORM_COUNTER);
        for (; i < FAMILY_COUNT && strcmp(families[i].name, family->name) == 0; i++)
            for (size_t k = 0; k < count; k++)
                put_dag(writer, &families[i], &dags[k]);
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

static void put_process(struct writer *writer, size_t count, size_t left_out)
{
    const struct {
        const char *name, *help;
        enum form form;
        bool is_counter;
        uint64_t value;
    } values[] = {
        {"process_cpu_seconds_total", "CPU time.", FORM_TIME, true, cpu_us()},
        {"process_resident_memory_bytes", "Resident memory.", FORM_GAUGE, false, resident_bytes()},
        {"process_open_fds", "Open files.", FORM_GAUGE, false, count_entries("/proc/self/fd")},
        {"process_threads", "Threads.", FORM_GAUGE, false, count_entries("/proc/self/task")},
        {"dagd_dags", "DAGs of the server.", FORM_GAUGE, false, count},
        {"dagd_metrics_left_out_dags", "DAGs left out here, to keep the number of series bounded.",
         FORM_GAUGE, false, left_out},
    };

    put_head(writer, "dagd_build_info", "1, with the version.", false);
    writer_plain(writer, "dagd_build_info{version=\"" DAGD_VERSION "\"} 1\n");
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        put_head(writer, values[i].name, values[i].help, values[i].is_counter);
        writer_plain(writer, values[i].name);
        put_value(writer, values[i].form, values[i].value);
    }
}

bool metrics_write(const struct metrics_dag *dags, size_t count, size_t series_max,
                   struct dag_buffer *out)
{
    struct writer writer = {.out = out};
    size_t shown = 0, series = 0;

    for (; shown < count; shown++) {
        series += series_of(&dags[shown]);
        if (series > series_max)
            break;
    }
    put_process(&writer, count, count - shown);
    put_dags(&writer, dags, shown);
    return !writer.failed;
}
