/* progress.c - what a terminal shows while DAGs run. The cursor waits at the first of the lines,
 * so that a line of the log that comes between covers a line of these and nothing is lost. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/log.h"

#define PERIOD_US 1000000
#define LINES_MAX 20
#define LINE_SIZE 256

struct progress {
    struct dag *const *dags; /* borrowed */
    size_t count;
    int64_t shown_us; /* when last */
    struct sample {
        uint64_t received, published;
    } samples[LINES_MAX];
};

struct progress *progress_new(struct dag *const *dags, size_t count, int64_t now_us)
{
    if (!isatty(STDERR_FILENO))
        return NULL;

    struct progress *progress = calloc(1, sizeof(*progress));

    if (progress) {
        progress->dags = dags;
        progress->count = count < LINES_MAX ? count : LINES_MAX;
        progress->shown_us = now_us;
    }
    return progress;
}

int64_t progress_due_us(const struct progress *progress)
{
    return progress ? progress->shown_us + PERIOD_US : INT64_MAX;
}

/** "950 B", "12.5 MiB". */
static void format_bytes(char *out, size_t size, int64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double amount = (double)bytes;
    size_t unit = 0;

    while (amount >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        amount /= 1024;
        unit++;
    }
    snprintf(out, size, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
}

void progress_line(char *line, size_t size, const char *name, const struct dag_stats *stats,
                   uint64_t source_depth, uint64_t sink_depth, uint64_t events, uint64_t rows,
                   int64_t elapsed_us)
{
    static const char *const states[] = {
        [DAG_STATE_STOPPED] = " (stopped)",     [DAG_STATE_RUNNING] = "",
        [DAG_STATE_SUSPENDED] = " (suspended)", [DAG_STATE_STOPPING] = " (draining)",
        [DAG_STATE_ENDED] = " (ended)",         [DAG_STATE_FAILED] = " (failed)"};
    double seconds = (double)(elapsed_us > 0 ? elapsed_us : 1) / 1e6;
    uint64_t errors =
        stats->engine.rejected + stats->engine.node_errors + stats->publish_dead_letters;
    char memory[32];

    format_bytes(memory, sizeof(memory), stats->memory_used);
    snprintf(line, size,
             "%s%s: %" PRIu64 " cycles, in %.0f/s, out %.0f/s, waiting %" PRIu64 " in, %" PRIu64
             " out, %" PRIu64 " errors, %s",
             name, states[stats->state], stats->cycles, (double)events / seconds,
             (double)rows / seconds, source_depth, sink_depth, errors, memory);
}

static size_t terminal_width(void)
{
    struct winsize window;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
        return 80;
    return window.ws_col;
}

static void line_of(struct dag *dag, struct sample *sample, int64_t elapsed_us, char *line,
                    size_t size)
{
    const struct plan *plan = dag_plan(dag);
    struct dag_stats stats;
    uint64_t source_depth = 0;
    uint64_t sink_depth = 0;

    dag_stats(dag, &stats);
    for (size_t i = 0; i < plan->subscriber_count; i++) {
        struct source_stats source;

        dag_source_stats(dag, (int32_t)i, &source);
        source_depth += source.depth;
    }
    for (size_t i = 0; i < plan->publisher_count; i++) {
        struct sink_stats sink;

        dag_sink_stats(dag, (int32_t)i, &sink);
        sink_depth += sink.depth;
    }
    progress_line(line, size, plan->name, &stats, source_depth, sink_depth,
                  stats.engine.received - sample->received,
                  stats.engine.published - sample->published, elapsed_us);
    sample->received = stats.engine.received;
    sample->published = stats.engine.published;
}

void progress_show(struct progress *progress, int64_t now_us)
{
    if (!progress || now_us < progress_due_us(progress))
        return;

    size_t width = terminal_width();
    char text[LINES_MAX * (LINE_SIZE + 2) + 32];
    size_t used = (size_t)snprintf(text, sizeof(text), "\r\033[J");

    for (size_t i = 0; i < progress->count; i++) {
        char line[LINE_SIZE];

        line_of(progress->dags[i], &progress->samples[i], now_us - progress->shown_us, line,
                sizeof(line));
        used +=
            (size_t)snprintf(text + used, sizeof(text) - used, "%.*s\r\n", (int)(width - 1), line);
    }
    used += (size_t)snprintf(text + used, sizeof(text) - used, "\033[%zuA", progress->count);
    log_raw(text, used);
    progress->shown_us = now_us;
}

void progress_free(struct progress *progress)
{
    if (progress)
        log_raw("\r\033[J", 4);
    free(progress);
}
