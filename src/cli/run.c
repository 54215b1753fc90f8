/* run.c - `dagd run`: runs DAGs until all their sources have ended, or somebody wants it to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/kept.h"
#include "cli/load.h"
#include "cli/producers.h"
#include "cli/progress.h"
#include "cli/run_options.h"
#include "cli/signals.h"
#include "cli/summary.h"
#include "cli/windows.h"
#include "core/log.h"
#include "runtime/drain.h"
#include "runtime/runtime.h"

#define STOP_TIMEOUT_US 2000000 /* for what is not drained to let go */

struct run {
    struct run_options options;
    size_t count;
    struct runtime *runtime;     /* owned */
    struct dag **dags;           /* owned list; the DAGs are the runtime's */
    struct kept *kept;           /* owned; NULL: nothing is kept */
    struct producers *producers; /* owned */
    struct windows *windows;     /* owned */
    struct progress *progress;   /* owned */
    struct drain *drain;         /* owned */
    int signal_fd;
    bool is_draining;
    bool is_asking;     /* some DAGs have yet to be asked to drain */
    bool has_timed_out; /* the drain was cut short */
    int64_t end_us;     /* when to drain by itself, monotonic; INT64_MAX: never */
    int64_t drain_end_us;
};

static int64_t now_us(void)
{
    struct clock *clock = clock_system();

    return clock->monotonic_us(clock);
}

/** The exit code that an error calls for. */
static int complain(const struct dag_error *err)
{
    log_write(DAG_LOG_ERROR, NULL, NULL, "%s", err->message);
    return err->code == DAG_ERROR_UNSUPPORTED || err->code == DAG_ERROR_INVALID ? CLI_INVALID
                                                                                : CLI_IO;
}

static int keep(struct run *run, struct dag_error *err)
{
    if (!run->options.data)
        return CLI_OK;
    int code = kept_open(run->options.data, run->count, &run->kept, err);
    if (code != CLI_OK) {
        log_write(DAG_LOG_ERROR, NULL, NULL, "%s", err->message);
        return code;
    }
    for (size_t i = 0; i < run->count; i++)
        if (!kept_add(run->kept, run->dags[i], run->options.checkpoint_interval_us, err)) {
            dag_error_add_context(err, "%s", dag_plan(run->dags[i])->name);
            return complain(err);
        }
    return CLI_OK;
}

/** Builds the DAGs; takes the plans, whatever happens. */
static int build(struct run *run, struct plan **plans, struct dag_error *err)
{
    struct runtime_options options = {.threads = run->options.threads,
                                      .batch_rows = run->options.batch_rows};
    size_t taken = 0;
    bool is_built = false;

    run->producers = producers_declare(plans, run->count, err);
    run->runtime = run->producers ? runtime_new(&options, err) : NULL;
    if (run->runtime) {
        is_built = true;
        while (taken < run->count && is_built) {
            run->dags[taken] = runtime_add(run->runtime, plans[taken], err);
            is_built = run->dags[taken] != NULL;
            taken++;
        }
    }
    for (size_t i = taken; i < run->count; i++)
        plan_free(plans[i]);
    return is_built ? keep(run, err) : complain(err);
}

/** All DAGs are built, so that every reader of a topic is there before the first message. */
static int start(struct run *run, struct dag_error *err)
{
    run->windows = windows_new(run->dags, run->count, run->signal_fd, NULL, err);
    if (!run->windows)
        return complain(err);
    for (size_t i = 0; i < run->count; i++)
        if (!windows_start(run->windows, i, err)) {
            dag_error_add_context(err, "%s", dag_plan(run->dags[i])->name);
            return complain(err);
        }
    for (size_t i = 0; i < run->count; i++)
        if (!producers_watch(run->producers, i, run->dags[i], err))
            return complain(err);
    return CLI_OK;
}

static bool has_ended(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        enum dag_state state = dag_state(run->dags[i]);

        if (state != DAG_STATE_STOPPED && state != DAG_STATE_ENDED && state != DAG_STATE_FAILED)
            return false;
    }
    return true;
}

static void stop_all(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        dag_stop(run->dags[i], false);
}

static void begin_drain(struct run *run)
{
    if (run->is_draining)
        return;
    run->is_draining = true;
    run->end_us = INT64_MAX;
    run->drain_end_us = now_us() + run->options.drain_timeout_us;
    run->is_asking = !drain_step(run->drain);
}

static void end_at_once(int signal)
{
    log_write(DAG_LOG_WARNING, NULL, NULL, "ended by a second signal; what was held is lost");
    _exit(CLI_SIGNAL + signal);
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** Until every DAG has ended. False: the drain took too long. */
static bool watch(struct run *run)
{
    while (!has_ended(run)) {
        int64_t now = now_us();
        int64_t due =
            earliest(earliest(run->end_us, run->drain_end_us), progress_due_us(run->progress));

        if (run->is_asking)
            due = earliest(due, now + DRAIN_LOOK_US);
        if (!run->is_draining)
            windows_keep(run->windows);
        runtime_wait(run->runtime,
                     due == INT64_MAX ? -1
                     : due > now      ? due - now
                                      : 0,
                     windows_fd(run->windows));
        for (int signal; (signal = signals_take(run->signal_fd)) != 0;) {
            if (run->is_draining)
                end_at_once(signal);
            log_write(DAG_LOG_INFO, NULL, NULL, "draining; a second signal ends at once");
            begin_drain(run);
        }
        now = now_us();
        if (now >= run->end_us)
            begin_drain(run);
        if (run->is_asking)
            run->is_asking = !drain_step(run->drain);
        if (now >= run->drain_end_us && !has_ended(run))
            return false;
        progress_show(run->progress, now);
    }
    return true;
}

/** Tells what was done. Returns the exit code. */
static int finish(struct run *run)
{
    struct summary *summaries = calloc(run->count, sizeof(*summaries));
    struct dag_error err = {0};
    int code = CLI_OK;

    if (!summaries)
        return CLI_IO;
    for (size_t i = 0; i < run->count; i++) {
        summary_of(run->dags[i], &summaries[i]);
        summary_print(&summaries[i], stderr);
        if (summaries[i].state == DAG_STATE_FAILED)
            code = CLI_IO;
        else if (summaries[i].dead_letters > 0 && code == CLI_OK)
            code = CLI_DEAD_LETTERS;
    }
    if (run->has_timed_out && code != CLI_IO) {
        log_write(DAG_LOG_ERROR, NULL, NULL, "the drain timed out; what was held is lost");
        code = CLI_DRAIN_TIMEOUT;
    }
    if (run->options.summary_path &&
        !summary_write(summaries, run->count, run->options.summary_path, &err))
        code = complain(&err);
    free(summaries);
    return code;
}

static int run_all(struct run *run, struct plan **plans)
{
    struct dag_error err = {0};

    run->dags = calloc(run->count, sizeof(struct dag *));
    if (!run->dags) {
        for (size_t i = 0; i < run->count; i++)
            plan_free(plans[i]);
        dag_error_set_memory(&err, "the DAGs");
        return complain(&err);
    }

    int code = build(run, plans, &err);

    if (code == CLI_OK) {
        int64_t now = now_us();

        run->end_us = run->options.for_us < 0 ? INT64_MAX : now + run->options.for_us;
        run->progress = progress_new(run->dags, run->count, now);
        run->drain = drain_new(run->dags, run->count, &err);
        code = run->drain ? start(run, &err) : complain(&err);
    }
    if (code != CLI_OK)
        return code;

    run->has_timed_out = !watch(run);
    progress_free(run->progress);
    run->progress = NULL;
    if (run->has_timed_out) {
        stop_all(run);
        runtime_wait(run->runtime, STOP_TIMEOUT_US, -1);
    }
    code = finish(run);

    /* What hangs in a write can't be waited for. */
    if (!has_ended(run))
        _exit(code);
    return code;
}

static void run_deinit(struct run *run)
{
    progress_free(run->progress);
    drain_free(run->drain);
    for (size_t i = 0; run->runtime && i < run->count; i++)
        if (run->dags[i])
            dag_stop(run->dags[i], false);
    windows_free(run->windows);
    producers_free(run->producers);
    runtime_free(run->runtime);
    kept_close(run->kept);
    free(run->dags);
    signals_close(run->signal_fd);
}

int cli_run(int argc, char **argv, const struct registry *registry)
{
    struct run run = {.end_us = INT64_MAX, .drain_end_us = INT64_MAX};
    struct plan **plans = NULL;
    struct dag_error err = {0};

    run.signal_fd = signals_open(&err); /* first: from now on a signal drains */
    if (run.signal_fd < 0)
        return complain(&err);
    int code = run_options_read(argc, argv, &run.options);

    if (code == CLI_OK)
        code = load_plans(&run.options, registry, &plans);
    if (code == CLI_OK) {
        run.count = run.options.file_count;
        code = run_all(&run, plans);
    }
    run_deinit(&run);
    free(plans);
    run_options_free(&run.options);
    return code;
}
