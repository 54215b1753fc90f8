/* progress.c - what a terminal shows while DAGs run. The cursor waits at the first of the lines,
 * where the log takes them away before it writes a line of its own. */
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
                   const struct progress_sums *sums, uint64_t events, uint64_t rows,
                   int64_t elapsed_us)
{
    static const char *const states[] = {
        [DAG_STATE_STOPPED] = " (stopped)",     [DAG_STATE_RUNNING] = "",
        [DAG_STATE_SUSPENDED] = " (suspended)", [DAG_STATE_STOPPING] = " (draining)",
        [DAG_STATE_ENDED] = " (ended)",         [DAG_STATE_FAILED] = " (failed)"};
    double seconds = (double)(elapsed_us > 0 ? elapsed_us : 1) / 1e6;
    uint64_t errors =
        stats->engine.rejected + stats->engine.node_errors + stats->publish_dead_letters;
    char memory[32], duplicates[48] = "";

    if (sums->duplicate_keys > 0)
        snprintf(duplicates, sizeof(duplicates), "duplicate keys: %" PRIu64 ", ",
                 sums->duplicate_keys);
    format_bytes(memory, sizeof(memory), stats->memory_used);
    snprintf(line, size,
             "%s%s: %" PRIu64 " cycles, in %.0f/s, out %.0f/s, waiting %" PRIu64 " in, %" PRIu64
             " out, %" PRIu64 " errors, %s%s",
             name, states[stats->state], stats->cycles, (double)events / seconds,
             (double)rows / seconds, sums->source_depth, sums->sink_depth, errors, duplicates,
             memory);
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
    struct progress_sums sums = {0};

    dag_stats(dag, &stats);
    for (size_t i = 0; i < plan->subscriber_count; i++) {
        struct source_stats source;

        dag_source_stats(dag, (int32_t)i, &source);
        sums.source_depth += source.depth;
        sums.duplicate_keys += source.duplicate_keys;
    }
    for (size_t i = 0; i < plan->publisher_count; i++) {
        struct sink_stats sink;

        dag_sink_stats(dag, (int32_t)i, &sink);
        sums.sink_depth += sink.depth;
    }
    progress_line(line, size, plan->name, &stats, &sums, stats.engine.received - sample->received,
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
    size_t used = 0;

    for (size_t i = 0; i < progress->count; i++) {
        char line[LINE_SIZE];

        line_of(progress->dags[i], &progress->samples[i], now_us - progress->shown_us, line,
                sizeof(line));
        used +=
            (size_t)snprintf(text + used, sizeof(text) - used, "%.*s\r\n", (int)(width - 1), line);
    }
    used += (size_t)snprintf(text + used, sizeof(text) - used, "\033[%zuA", progress->count);
    log_transient(text, used);
    progress->shown_us = now_us;
}

void progress_free(struct progress *progress)
{
    if (progress)
        log_transient("", 0);
    free(progress);
}
