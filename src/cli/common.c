/* common.c - what the subcommands share: complaints about the command line, problems, files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "core/options.h"

#define FILE_SIZE_MAX ((size_t)64 << 20)

int cli_usage_error(const char *command, const char *format, ...)
{
    va_list arguments;
    char text[1024];

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fprintf(stderr, "dagd %s: %s\ntry 'dagd help %s'\n", command, text, command);
    return CLI_USAGE;
}

static const char *option_name(void *context, size_t i)
{
    const struct option *options = context;

    return options[i].name;
}

int cli_option_error(char **argv, int result, const struct option *options)
{
    const char *given = optind > 0 ? argv[optind - 1] : "";
    char name[256];

    if (result == ':')
        return cli_usage_error(argv[0], "option '%s' needs a value", given);
    if (given[0] != '-' || given[1] != '-')
        return cli_usage_error(argv[0], "unknown option '-%c'", optopt);
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(given + 2, "="), given + 2);
    for (size_t i = 0; options[i].name; i++)
        if (strcmp(options[i].name, name) == 0)
            return cli_usage_error(argv[0], "option '--%s' takes no value", name);

    /* options_suggest() wants a context that it may change; it is only handed back. */
    union {
        const struct option *options;
        void *context;
    } list = {.options = options};
    const char *near = options_suggest(name, option_name, list.context);

    if (near)
        return cli_usage_error(argv[0], "unknown option '--%s'; did you mean '--%s'?", name, near);
    return cli_usage_error(argv[0], "unknown option '--%s'", name);
}

void cli_print_problems(const char *path, const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];

        if (problem->severity == PROBLEM_NOTE)
            continue;
        fprintf(stderr, "%s:%u:%u: %s: %s\n", path, problem->line, problem->column,
                problem->severity == PROBLEM_ERROR ? "error" : "warning", problem->message);
    }
}

char *cli_read_file(const char *path, size_t *size, struct dag_error *err)
{
    FILE *file = fopen(path, "re");

    if (!file) {
        dag_error_set_errno(err, "cannot open '%s'", path);
        return NULL;
    }

    size_t capacity = 1 << 16;
    size_t used = 0;
    char *text = malloc(capacity);

    while (text) {
        used += fread(text + used, 1, capacity - used - 1, file);
        if (used < capacity - 1)
            break;
        capacity *= 2;
        char *larger = capacity <= FILE_SIZE_MAX ? realloc(text, capacity) : NULL;
        if (!larger)
            free(text);
        text = larger;
    }
    if (!text)
        dag_error_set(err, DAG_ERROR_LIMIT, "'%s' does not fit into memory", path);
    else if (ferror(file)) {
        dag_error_set_errno(err, "cannot read '%s'", path);
        free(text);
        text = NULL;
    } else {
        text[used] = '\0';
        *size = used;
    }
    fclose(file);
    return text;
}

uint32_t cli_core_count(void)
{
    cpu_set_t cores;

    if (sched_getaffinity(0, sizeof(cores), &cores) != 0 || CPU_COUNT(&cores) < 1)
        return 1;
    return (uint32_t)CPU_COUNT(&cores);
}
