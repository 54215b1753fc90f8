/* check.h - reads a DAG file against a registry: every problem at once, and a plan when there is no
 * error. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_CHECK_H
#define GRAPH_CHECK_H

#include "graph/plan.h"
#include "graph/registry.h"

enum problem_severity { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE };

struct problem {
    enum problem_severity severity;
    uint32_t line, column; /* from 1 */
    const char *code;      /* stable, e.g. "unknown_calculator" */
    char *pointer;         /* owned; JSON pointer, "" for the whole file */
    char *message;         /* owned; one line: what and the remedy */
    char *suggestion;      /* owned or NULL: the name that was probably meant */
};

/** Zero it to begin; problems_free() releases it. */
struct problems {
    struct problem *items; /* owned; sorted by place */
    size_t count;
    size_t error_count, warning_count;
};

void problems_free(struct problems *problems);

/** How names in ${VAR} and ${VAR:default} are looked up. NULL function: the environment. */
struct check_options {
    const char *path; /* for messages; its folder is where sql_config_file is looked for first */
    bool strict;      /* unknown keys are errors */
    const char *(*variable)(void *context, const char *name); /* NULL result: not set */
    /** ${secret:NAME}; NULL result: no such secret, or not allowed. The value is borrowed until the
     *  next call. It is filled in for the components, and nowhere else: not into plan->source, and
     *  problems show "***" for it. NULL function: secrets stay as they stand, with a note. */
    const char *(*secret)(void *context, const char *name);
    bool leaves_secrets; /* `secret` isn't asked: they stay as they stand, without a word */
    void *context;
};

/** Reads `text`. NULL when there is at least one error, or on out of memory (`err` filled); the
 *  problems are filled in both cases. The caller owns the plan. Any thread. */
struct plan *graph_check(const char *text, size_t size, const struct registry *registry,
                         const struct check_options *options, struct problems *problems,
                         struct dag_error *err);

/** The same for a file. A file that can't be read gives no problems, and `err` DAG_ERROR_IO. */
struct plan *graph_check_file(const char *path, const struct registry *registry,
                              const struct check_options *options, struct problems *problems,
                              struct dag_error *err);

#endif
