/* runs.c - the runtime publishes the same bytes whatever the batch size and the number of threads.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "core/clock.h"
#include "property/checks.h"
#include "runtime/runtime.h"

#define TIME_US 1767225600000000 /* 2026-01-01T00:00:00Z; the clock stands still */
#define WAIT_US 60000000

struct setting {
    uint32_t batch_rows, threads;
};

/** What a run left. */
struct traces {
    struct dag_buffer outputs[GENERATED_PUBLISHERS_MAX];
    struct dag_buffer letters; /* standard error */
};

static void traces_free(struct traces *traces)
{
    for (size_t p = 0; p < GENERATED_PUBLISHERS_MAX; p++)
        dag_buffer_free(&traces->outputs[p]);
    dag_buffer_free(&traces->letters);
}

/** A file that isn't there is an empty one. */
static void read_trace(const char *path, struct dag_buffer *out)
{
    struct dag_error err = {0};
    size_t size = 0;
    char *text = cli_read_file(path, &size, &err);

    if (text && !dag_buffer_append(out, text, size))
        abort();
    free(text);
    unlink(path);
}

static bool run_plan(struct plan *plan, const struct setting *setting, struct dag_buffer *why)
{
    struct clock_virtual clock;
    struct runtime_options options = {
        .threads = setting->threads, .batch_rows = setting->batch_rows, .clock = &clock.clock};
    struct dag_error err = {0};
    bool is_good = false;

    clock_virtual_init(&clock, TIME_US);

    struct runtime *runtime = runtime_new(&options, &err);

    if (!runtime) {
        plan_free(plan);
        put(why, "%s\n", err.message);
        return false;
    }

    struct dag *dag = runtime_add(runtime, plan, &err);

    if (!dag || !dag_start(dag, &err)) {
        put(why, "%s\n", err.message);
    } else if (!dag_wait(dag, WAIT_US)) {
        put(why, "it doesn't end\n");
    } else if (dag_state(dag) != DAG_STATE_ENDED) {
        char failure[512];

        dag_failure(dag, failure, sizeof(failure));
        put(why, "it ended in state %d: %s\n", (int)dag_state(dag), failure);
    } else {
        is_good = true;
    }
    runtime_free(runtime);
    return is_good;
}

/** Runs the DAG with standard error, where dead letters go, in a file. */
static bool run_once(const struct generated *generated, const char *folder,
                     const struct registry *registry, const struct setting *setting,
                     struct traces *traces, struct dag_buffer *why)
{
    struct check_options check = {.path = "random.json"};
    struct problems problems = {0};
    struct dag_error err = {0};
    struct dag_buffer text = {0};
    char path[512];

    generated_dag(generated, folder, folder, &text);
    struct plan *plan = graph_check(text.bytes, text.size, registry, &check, &problems, &err);
    problems_free(&problems);
    dag_buffer_free(&text);
    if (!plan) {
        put(why, "%s\n", err.message);
        return false;
    }

    snprintf(path, sizeof(path), "%s/letters", folder);
    int kept = dup(STDERR_FILENO);
    int letters = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

    if (kept < 0 || letters < 0 || dup2(letters, STDERR_FILENO) < 0)
        abort();
    close(letters);

    bool is_run = run_plan(plan, setting, why);

    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    read_trace(path, &traces->letters);
    if (!is_run)
        put(why, "standard error: %.*s\n", (int)traces->letters.size,
            traces->letters.size > 0 ? traces->letters.bytes : "");
    for (size_t p = 0; p < generated->publisher_count; p++) {
        snprintf(path, sizeof(path), "%s/out%zu.jsonl", folder, p);
        read_trace(path, &traces->outputs[p]);
    }
    return is_run;
}

/** With several sources the number of a cycle, which a dead letter shows, hangs on which came
 * first. */
static bool compare(const struct generated *generated, const struct traces *expected,
                    const struct traces *actual, const struct setting *setting,
                    struct dag_buffer *why)
{
    bool has_one_source = generated->subscriber_count == 1;
    size_t count = generated->publisher_count - (generated->has_errors && !has_one_source);
    char what[96];

    for (size_t p = 0; p < count; p++) {
        snprintf(what, sizeof(what), "batch %u, %u threads, output %zu", setting->batch_rows,
                 setting->threads, p);
        if (!same_text(what, &expected->outputs[p], &actual->outputs[p], why))
            return false;
    }
    snprintf(what, sizeof(what), "batch %u, %u threads, dead letters", setting->batch_rows,
             setting->threads);
    return !has_one_source || same_text(what, &expected->letters, &actual->letters, why);
}

static bool write_inputs(const struct generated *generated, const char *folder)
{
    for (size_t s = 0; s < generated->subscriber_count; s++) {
        char path[512];

        snprintf(path, sizeof(path), "%s/in%zu.jsonl", folder, s);
        FILE *file = fopen(path, "we");
        const struct dag_buffer *input = &generated->inputs[s];
        bool is_written =
            file && (input->size == 0 || fwrite(input->bytes, input->size, 1, file) == 1);

        if (file)
            is_written = fclose(file) == 0 && is_written;
        if (!is_written)
            return false;
    }
    return true;
}

bool check_runs(struct random *random, const struct generated *generated, const char *folder,
                const struct registry *registry, struct dag_buffer *why)
{
    const struct setting reference = {.batch_rows = 1, .threads = 1};
    const struct setting settings[] = {
        {1024, 2},
        {1024, 0},
        {1 + random_below(random, 1024), 1},
        {1 + random_below(random, 16), 2},
    };
    struct traces expected = {.letters = {0}};
    bool is_good = write_inputs(generated, folder);

    if (!is_good)
        put(why, "%s: %s\n", folder, strerror(errno));
    is_good = is_good && run_once(generated, folder, registry, &reference, &expected, why);
    for (size_t i = 0; is_good && i < sizeof(settings) / sizeof(settings[0]); i++) {
        struct traces actual = {.letters = {0}};

        is_good = run_once(generated, folder, registry, &settings[i], &actual, why) &&
                  compare(generated, &expected, &actual, &settings[i], why);
        if (!is_good)
            put(why, "(batch %u, %u threads)\n", settings[i].batch_rows, settings[i].threads);
        traces_free(&actual);
    }
    traces_free(&expected);
    return is_good;
}
