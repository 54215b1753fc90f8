/* summary.c - what a run did. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

struct inspection {
    const struct plan *plan;
    uint64_t filtered;
};

static void count_filtered(void *context, struct engine *engine)
{
    struct inspection *inspection = context;

    for (size_t i = 0; i < inspection->plan->node_count; i++) {
        struct engine_node_stats stats;

        engine_node_stats(engine, (int32_t)i, &stats);
        inspection->filtered += stats.filtered;
    }
}

/** What calculators gave no answer to was left out on purpose, too. */
static void add_filtered(struct dag *dag, struct summary *summary)
{
    struct inspection inspection = {.plan = dag_plan(dag)};

    dag_inspect(dag, count_filtered, &inspection);
    if (inspection.filtered == 0 || summary->dropped_count == SUMMARY_CAUSES_MAX)
        return;

    struct dropped_cause *dropped = &summary->dropped[summary->dropped_count++];

    snprintf(dropped->cause, sizeof(dropped->cause), "filter");
    dropped->count = inspection.filtered;
}

/** What publishers brought out, however much of it still waits: without the dead letters that the
 * DAG's `errors` publisher got, which it may do besides its own work. */
static uint64_t count_published(struct dag *dag, const struct dag_stats *stats)
{
    const struct plan *plan = dag_plan(dag);
    uint64_t published = 0;

    for (size_t i = 0; i < plan->publisher_count; i++) {
        struct sink_stats sink;
        uint64_t letters = 0;

        dag_sink_stats(dag, (int32_t)i, &sink);
        if ((int32_t)i == plan->errors)
            letters = stats->engine.rejected + stats->engine.node_errors +
                      stats->publish_dead_letters - sink.dead_letters;
        published += sink.publish_count > letters ? sink.publish_count - letters : 0;
    }
    return published;
}

static uint64_t count_duplicate_keys(const struct dag *dag)
{
    const struct plan *plan = dag_plan(dag);
    uint64_t count = 0;

    for (size_t i = 0; i < plan->subscriber_count; i++) {
        struct source_stats source;

        dag_source_stats(dag, (int32_t)i, &source);
        count += source.duplicate_keys;
    }
    return count;
}

void summary_of(struct dag *dag, struct summary *summary)
{
    struct dag_stats stats;

    dag_stats(dag, &stats);
    *summary = (struct summary){
        .dag = dag_plan(dag)->name,
        .cycles = stats.cycles,
        .received = stats.engine.received,
        .published = count_published(dag, &stats),
        .rejected = stats.engine.rejected,
        .node_errors = stats.engine.node_errors,
        .dead_letters =
            stats.engine.rejected + stats.engine.node_errors + stats.publish_dead_letters,
        .dropped_count = stats.dropped_count,
        .duplicate_keys = count_duplicate_keys(dag),
        .state = stats.state,
    };
    memcpy(summary->dropped, stats.dropped, sizeof(stats.dropped));
    add_filtered(dag, summary);
    dag_failure(dag, summary->failure, sizeof(summary->failure));
}

void summary_print(const struct summary *summary, FILE *out)
{
    fprintf(out,
            "%s: %" PRIu64 " cycles, %" PRIu64 " received, %" PRIu64 " published, %" PRIu64
            " rejected, %" PRIu64 " node errors, %" PRIu64 " dead letters\n",
            summary->dag, summary->cycles, summary->received, summary->published, summary->rejected,
            summary->node_errors, summary->dead_letters);
    for (size_t i = 0; i < summary->dropped_count; i++)
        fprintf(out, "%s: dropped by %s: %" PRIu64 "\n", summary->dag, summary->dropped[i].cause,
                summary->dropped[i].count);
    if (summary->duplicate_keys > 0)
        fprintf(out, "%s: duplicate keys: %" PRIu64 "\n", summary->dag, summary->duplicate_keys);
    if (summary->state == DAG_STATE_FAILED)
        fprintf(out, "%s: failed: %s\n", summary->dag, summary->failure);
}

static void write_text(FILE *file, const char *text)
{
    char out[6 * 1024 + 1];
    size_t size = strlen(text);
    size_t used = text_escape(out, text, size < 1024 ? size : 1024);

    fprintf(file, "\"%.*s\"", (int)used, out);
}

static void write_one(FILE *file, const struct summary *summary)
{
    fprintf(file, "{\"dag\":");
    write_text(file, summary->dag);
    fprintf(file,
            ",\"cycles\":%" PRIu64 ",\"received\":%" PRIu64 ",\"published\":%" PRIu64
            ",\"rejected\":%" PRIu64 ",\"node_errors\":%" PRIu64 ",\"dead_letters\":%" PRIu64
            ",\"dropped\":{",
            summary->cycles, summary->received, summary->published, summary->rejected,
            summary->node_errors, summary->dead_letters);
    for (size_t i = 0; i < summary->dropped_count; i++) {
        if (i > 0)
            fputc(',', file);
        write_text(file, summary->dropped[i].cause);
        fprintf(file, ":%" PRIu64, summary->dropped[i].count);
    }
    fprintf(file, "}}");
}

bool summary_write(const struct summary *summaries, size_t count, const char *path,
                   struct dag_error *err)
{
    FILE *file = fopen(path, "we");

    if (!file)
        return dag_error_set_errno(err, "cannot write the summary to '%s'", path);
    fputc('[', file);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            fputs(",\n ", file);
        write_one(file, &summaries[i]);
    }
    fputs("]\n", file);

    bool is_written = !ferror(file);

    if (fclose(file) != 0 || !is_written)
        return dag_error_set_errno(err, "cannot write the summary to '%s'", path);
    return true;
}
