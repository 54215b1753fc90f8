/* load.c - from the files on the command line to plans that this build can run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "graph/overrides.h"

/** Says that something is not in this build. Returns 1, so that refusals can be added up. */
static size_t refuse(const struct plan *plan, const char *format, ...) DAG_PRINTF(2, 3);

static size_t refuse(const struct plan *plan, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s: error: %s, which this build can't do yet\n", plan->path, text);
    return 1;
}

/** What asks for durable state can't be had without a folder for it. */
static size_t refuse_undurable(const struct plan *plan)
{
    static const char hint[] = "needs a data folder: add --data DIR";
    size_t refused = 0;

    for (size_t i = 0; i < plan->publisher_count; i++)
        if (plan->publishers[i].when_slow == PLAN_WHEN_SLOW_SPILL) {
            fprintf(stderr, "%s: error: publisher '%s': \"when_slow\": \"spill\" %s\n", plan->path,
                    plan->publishers[i].name, hint);
            refused++;
        }
    if (plan->delivery == PLAN_EXACTLY_ONCE) {
        fprintf(stderr, "%s: error: \"delivery\": \"exactly_once\" %s\n", plan->path, hint);
        refused++;
    }
    if (plan->journal != PLAN_JOURNAL_NONE) {
        fprintf(stderr, "%s: error: the \"journal\" %s\n", plan->path, hint);
        refused++;
    }
    if (plan->ack == PLAN_ACK_JOURNAL) {
        fprintf(stderr, "%s: error: \"ack\": \"journal\" %s\n", plan->path, hint);
        refused++;
    }
    return refused;
}

/** How many things of the plan this build lacks; each is named. */
static size_t refuse_lacking(const struct plan *plan)
{
    size_t refused = 0;

    for (size_t i = 0; i < plan->subscriber_count; i++) {
        const struct plan_subscriber *subscriber = &plan->subscribers[i];

        if (registry_lacks_subscriber(subscriber->type))
            refused += refuse(plan, "subscriber '%s' reads from %s", subscriber->name,
                              subscriber->address.uri);
    }
    for (size_t i = 0; i < plan->publisher_count; i++) {
        const struct plan_publisher *publisher = &plan->publishers[i];

        if (registry_lacks_publisher(publisher->type))
            refused +=
                refuse(plan, "publisher '%s' sends to %s", publisher->name, publisher->address.uri);
    }
    return refused;
}

/** Nobody can post messages to a run: a server has the API for that. */
static size_t refuse_unserved(const struct plan *plan)
{
    size_t refused = 0;

    for (size_t i = 0; i < plan->subscriber_count; i++)
        if (strcmp(plan->subscribers[i].address.scheme, "http") == 0) {
            fprintf(stderr,
                    "%s: error: subscriber '%s': messages of %s are posted to a server: use `dagd "
                    "serve`, or try the DAG with another source, such as file://-\n",
                    plan->path, plan->subscribers[i].name, plan->subscribers[i].address.uri);
            refused++;
        }
    return refused;
}

static bool refuse_same_names(struct plan *const *plans, size_t count)
{
    bool is_refused = false;

    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(plans[i]->name, plans[k]->name) == 0) {
                fprintf(stderr, "%s: error: a DAG with name '%s' is in %s already\n",
                        plans[i]->path, plans[i]->name, plans[k]->path);
                is_refused = true;
            }
    return is_refused;
}

/** The plan's subscriber on standard input, or NULL. */
static const struct plan_subscriber *standard_input(const struct plan *plan)
{
    for (size_t i = 0; i < plan->subscriber_count; i++)
        if (plan_is_standard_stream(&plan->subscribers[i].address))
            return &plan->subscribers[i];
    return NULL;
}

/** One process has one standard input. */
static bool refuse_shared_input(struct plan *const *plans, size_t count)
{
    const struct plan_subscriber *first = NULL;
    const char *path = NULL;
    bool is_refused = false;

    for (size_t i = 0; i < count; i++) {
        const struct plan_subscriber *subscriber = standard_input(plans[i]);

        if (subscriber && first) {
            fprintf(stderr,
                    "%s: error: subscriber '%s': subscriber '%s' of %s reads standard input "
                    "already\n",
                    plans[i]->path, subscriber->name, first->name, path);
            is_refused = true;
        } else if (subscriber) {
            first = subscriber;
            path = plans[i]->path;
        }
    }
    return is_refused;
}

/** Secrets are a server's: each one is named where it stands. */
static void print_secrets(const char *path, const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(problems->items[i].code, "secret") == 0)
            fprintf(stderr, "%s:%u:%u: error: %s\n", path, problems->items[i].line,
                    problems->items[i].column, problems->items[i].message);
}

static bool read_texts(const struct run_options *options, struct graph_text *texts)
{
    bool is_read = true;

    for (size_t i = 0; i < options->file_count; i++) {
        struct dag_error err = {0};

        texts[i].path = options->files[i];
        texts[i].text = cli_read_file(texts[i].path, &texts[i].size, &err);
        if (!texts[i].text) {
            fprintf(stderr, "dagd run: error: %s\n", err.message);
            is_read = false;
        }
    }
    return is_read;
}

static bool check_texts(const struct graph_text *texts, size_t count,
                        const struct registry *registry, struct plan **plans)
{
    bool is_good = true;

    for (size_t i = 0; i < count; i++) {
        struct check_options options = {.path = texts[i].path};
        struct problems problems = {0};
        struct dag_error err = {0};

        plans[i] = graph_check(texts[i].text, texts[i].size, registry, &options, &problems, &err);
        cli_print_problems(texts[i].path, &problems);
        print_secrets(texts[i].path, &problems);
        if (!plans[i]) {
            if (problems.error_count == 0)
                fprintf(stderr, "%s: error: %s\n", texts[i].path, err.message);
            is_good = false;
        }
        problems_free(&problems);
    }
    return is_good;
}

static bool can_run(struct plan *const *plans, size_t count, const struct run_options *options)
{
    size_t refused = 0;

    for (size_t i = 0; i < count; i++) {
        refused += refuse_lacking(plans[i]) + refuse_unserved(plans[i]);
        if (!options->data)
            refused += refuse_undurable(plans[i]);
        refused += plans[i]->uses_secrets; /* they were named when they were found */
    }
    refused += refuse_same_names(plans, count);
    refused += refuse_shared_input(plans, count);
    return refused == 0;
}

int load_plans(const struct run_options *options, const struct registry *registry,
               struct plan ***plans)
{
    size_t count = options->file_count;
    struct graph_text *texts = calloc(count, sizeof(*texts));
    struct plan **list = calloc(count, sizeof(struct plan *));
    struct dag_error err = {0};
    int code = CLI_INVALID;

    *plans = NULL;
    if (!texts || !list)
        fprintf(stderr, "dagd run: error: out of memory\n");
    else if (!read_texts(options, texts))
        code = CLI_IO;
    else if (!overrides_apply(options->settings, options->setting_count, texts, count, registry,
                              &err))
        code = cli_usage_error("run", "--set: %s", err.message);
    else if (check_texts(texts, count, registry, list) && can_run(list, count, options))
        code = CLI_OK;

    for (size_t i = 0; texts && i < count; i++)
        free(texts[i].text);
    free(texts);
    if (code == CLI_OK) {
        *plans = list;
        return code;
    }
    for (size_t i = 0; list && i < count; i++)
        plan_free(list[i]);
    free(list);
    return code;
}
