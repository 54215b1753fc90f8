/* stage.c - one DAG in a runtime that is turned by hand, and what goes in and out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance/runner.h"
#include "connectors/mem/broker.h"

#define START_US 1767323045678000 /* 2026-01-02T03:04:05.678Z */

/* ---- a DAG --------------------------------------------------------------------------------------
 */

struct plan *check_graph(const struct registry *registry, const char *json, size_t size,
                         struct outcome *outcome)
{
    struct check_options options = {.path = "vector.json"};
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = graph_check(json, size, registry, &options, &problems, &err);

    for (size_t i = 0; !plan && i < problems.count; i++) {
        const struct problem *problem = &problems.items[i];

        if (problem->severity == PROBLEM_ERROR)
            outcome_error(outcome, strcmp(problem->code, "cycle") == 0 ? "cycle" : "config", "%s",
                          problem->message);
    }
    if (!plan && problems.error_count == 0)
        outcome_error(outcome, "config", "%s", err.message);
    problems_free(&problems);
    return plan;
}

bool stage_open(struct stage *stage, const struct registry *registry, const char *json, size_t size,
                struct outcome *outcome)
{
    struct runtime_options options = {.threads = 0, .clock = &stage->clock.clock};
    struct dag_error err = {0};

    *stage = (struct stage){.runtime = NULL};
    clock_virtual_init(&stage->clock, START_US);

    struct plan *plan = check_graph(registry, json, size, outcome);

    if (!plan)
        return false;
    stage->runtime = runtime_new(&options, &err);
    if (!stage->runtime) {
        plan_free(plan);
        outcome_broken(outcome, "%s", err.message);
        return false;
    }
    stage->dag = runtime_add(stage->runtime, plan, &err);
    if (!stage->dag || !dag_start(stage->dag, &err)) {
        outcome_error(outcome, "config", "%s", err.message);
        return false;
    }
    return true;
}

void stage_turn(struct stage *stage)
{
    runtime_turn(stage->runtime);
}

void stage_pass(struct stage *stage, int64_t us)
{
    clock_virtual_advance(&stage->clock, us);
    runtime_advance(stage->runtime, &stage->clock, 0);
    runtime_turn(stage->runtime);
}

void stage_close(struct stage *stage)
{
    if (stage->runtime)
        runtime_free(stage->runtime);
    *stage = (struct stage){.runtime = NULL};
    broker_reset();
}

/* ---- what goes in and out
 * ------------------------------------------------------------------------- */

bool feed_text(const char *uri, const char *text, size_t size, struct outcome *outcome)
{
    enum broker_kind kind;
    const char *name;
    struct dag_error err = {0};

    if (strncmp(uri, "mem://", 6) != 0 || !broker_parse(uri + 6, &kind, &name)) {
        outcome_broken(outcome, "nothing can be fed into %s", uri);
        return false;
    }

    struct broker_channel *channel = broker_open(kind, name, 0, &err);
    enum broker_result result = BROKER_FAILED;

    if (channel)
        result = broker_put_text(channel, text, size, &err);
    if (result == BROKER_OK)
        return true;
    outcome_broken(outcome, "%s: %s", uri, result == BROKER_FULL ? "full" : err.message);
    return false;
}

bool take_text(const char *queue, struct dag_buffer *out)
{
    struct dag_error err = {0};
    struct broker_channel *channel = broker_find(BROKER_QUEUE, queue);

    return channel && broker_get_text(channel, out, &err) == BROKER_OK;
}

/* ---- errors
 * ----------------------------------------------------------------------------------------- */

struct inspection {
    const struct plan *plan;
    struct outcome *outcome;
};

static void copy_node_errors(void *context, struct engine *engine)
{
    struct inspection *inspection = context;

    for (size_t i = 0; i < inspection->plan->node_count; i++) {
        const struct engine_error *errors = NULL;
        size_t count = engine_node_errors(engine, (int32_t)i, &errors);

        for (size_t k = 0; k < count; k++)
            outcome_error(inspection->outcome,
                          errors[k].code == DAG_ERROR_RANGE   ? "overflow"
                          : errors[k].code == DAG_ERROR_PARSE ? "parse"
                                                              : "runtime",
                          "%s", errors[k].message);
    }
}

/** Dead letters of what could not be parsed. */
static void copy_rejected(struct outcome *outcome)
{
    struct dag_buffer text = {0};
    struct tree_document *document = tree_document_new();

    while (document && take_text(ERRORS_QUEUE, &text)) {
        struct dag_error err;
        uint32_t line, column;
        const struct tree *letter =
            tree_parse(document, text.bytes, text.size, 1024, &line, &column, &err);
        const struct tree *cause = tree_get(letter, "cause");
        const struct tree *message = tree_get(letter, "message");

        if (cause && cause->type == TREE_TEXT && strcmp(cause->text, "parse") == 0)
            outcome_error(outcome, "parse", "%s",
                          message && message->type == TREE_TEXT ? message->text : "");
        text.size = 0;
    }
    tree_document_free(document);
    dag_buffer_free(&text);
}

void stage_errors(struct stage *stage, struct outcome *outcome)
{
    struct inspection inspection = {.plan = dag_plan(stage->dag), .outcome = outcome};
    struct dag_stats stats;

    copy_rejected(outcome);
    dag_inspect(stage->dag, copy_node_errors, &inspection);
    dag_stats(stage->dag, &stats);
    if (stats.engine.rejected > 0 && !outcome->error_kind)
        outcome_error(outcome, "parse", "rejected");
    if (stats.state == DAG_STATE_FAILED) {
        char reason[512];

        dag_failure(stage->dag, reason, sizeof(reason));
        outcome_error(outcome, "runtime", "%s", reason);
    }
}

/* ---- a temporary file
 * -------------------------------------------------------------------------------- */

static char temporary_folder[64];
static char temporary_file[96];

const char *temporary_path(void)
{
    if (!temporary_folder[0]) {
        snprintf(temporary_folder, sizeof(temporary_folder), "/tmp/dagd_conformance_XXXXXX");
        if (!mkdtemp(temporary_folder)) {
            perror("conformance: mkdtemp");
            exit(1);
        }
        snprintf(temporary_file, sizeof(temporary_file), "%s/file.jsonl", temporary_folder);
    }
    return temporary_file;
}

void temporary_remove(void)
{
    if (!temporary_folder[0])
        return;
    unlink(temporary_file);
    rmdir(temporary_folder);
    temporary_folder[0] = '\0';
}
