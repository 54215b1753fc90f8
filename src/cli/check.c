/* check.c - `dagd check`: reads DAG files and tells every problem. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "graph/writer.h"

static const char *severity_name(enum problem_severity severity)
{
    static const char *const names[] = {
        [PROBLEM_ERROR] = "error", [PROBLEM_WARNING] = "warning", [PROBLEM_NOTE] = "note"};

    return names[severity];
}

static void write_problem(struct writer *writer, const char *path, const struct problem *problem)
{
    writer_open(writer, '{');
    writer_member(writer, "file", path);
    writer_key(writer, "line");
    writer_integer(writer, problem->line);
    writer_key(writer, "column");
    writer_integer(writer, problem->column);
    writer_member(writer, "pointer", problem->pointer);
    writer_member(writer, "severity", severity_name(problem->severity));
    writer_member(writer, "code", problem->code);
    writer_member(writer, "message", problem->message);
    writer_member(writer, "suggestion", problem->suggestion);
    writer_close(writer, '}');
}

/* For people: the problems, then what the file means. */
static void print_result(const char *path, const struct problems *problems, const struct plan *plan)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];

        printf("%s:%u:%u: %s: %s\n", path, problem->line, problem->column,
               severity_name(problem->severity), problem->message);
    }
    if (!plan)
        return;
    printf("propagate: %s\norder:", plan->propagate == PLAN_PROPAGATE_EVERY ? "every" : "changes");
    for (size_t i = 0; i < plan->node_count; i++)
        printf(" %s", plan->nodes[plan->order[i]].name);
    printf("\n");
}

/* Checks one file; the exit code for it alone. */
static int check_file(const char *path, const struct registry *registry, bool strict,
                      struct writer *writer)
{
    const struct check_options options = {.path = path, .strict = strict};
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = graph_check_file(path, registry, &options, &problems, &err);
    int code = plan ? CLI_OK : problems.error_count > 0 ? CLI_INVALID : CLI_IO;

    if (code == CLI_IO)
        fprintf(stderr, "dagd check: %s\n", err.message);
    for (size_t i = 0; writer && i < problems.count; i++)
        write_problem(writer, path, &problems.items[i]);
    if (!writer)
        print_result(path, &problems, plan);
    plan_free(plan);
    problems_free(&problems);
    return code;
}

static bool print_json(struct writer *writer)
{
    writer_close(writer, ']');
    if (writer->failed)
        return false;
    return fwrite(writer->out->bytes, 1, writer->out->size, stdout) == writer->out->size;
}

int cli_check(int argc, char **argv, const struct registry *registry)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"strict", no_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
    bool as_json = false, strict = false;
    struct dag_buffer text = {0};
    struct writer writer = {.out = &text};
    int code = CLI_OK, option;

    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option == 'j')
            as_json = true;
        else if (option == 's')
            strict = true;
        else
            return cli_option_error(argv, option, options);
    }
    if (optind == argc)
        return cli_usage_error(argv[0], "name at least one DAG file");
    if (as_json)
        writer_open(&writer, '[');
    for (int i = optind; i < argc; i++) {
        int one = check_file(argv[i], registry, strict, as_json ? &writer : NULL);

        /* A file that can't be read says more about the call than an invalid one. */
        code = one > code ? one : code;
    }
    if (as_json && !print_json(&writer)) {
        fprintf(stderr, "dagd check: cannot write the problems\n");
        code = CLI_IO;
    }
    dag_buffer_free(&text);
    return code;
}
