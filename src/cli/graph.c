/* graph.c - `dagd graph`: shows the graph of a DAG file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/commands.h"
#include "graph/dot.h"

typedef bool (*write_function)(const struct plan *plan, struct dag_buffer *out);

static int print_graph(const char *command, const struct plan *plan, write_function write)
{
    struct dag_buffer text = {0};
    bool is_written = write(plan, &text) && fwrite(text.bytes, 1, text.size, stdout) == text.size;

    dag_buffer_free(&text);
    if (is_written)
        return CLI_OK;
    fprintf(stderr, "dagd %s: cannot write the graph\n", command);
    return CLI_IO;
}

static int show_file(const char *command, const char *path, const struct registry *registry,
                     write_function write)
{
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = graph_check_file(path, registry, NULL, &problems, &err);
    int code = plan ? CLI_OK : problems.error_count > 0 ? CLI_INVALID : CLI_IO;

    if (code == CLI_OK)
        code = print_graph(command, plan, write);
    else if (code == CLI_INVALID)
        cli_print_problems(path, &problems);
    else
        fprintf(stderr, "dagd %s: %s\n", command, err.message);
    plan_free(plan);
    problems_free(&problems);
    return code;
}

int cli_graph(int argc, char **argv, const struct registry *registry)
{
    static const struct option options[] = {
        {"dot", no_argument, NULL, 'd'}, {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
    write_function write = dot_write_text;
    int option;

    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option == 'd')
            write = dot_write_graphviz;
        else if (option == 'j')
            write = dot_write_json;
        else
            return cli_option_error(argv, option, options);
    }
    if (argc - optind != 1)
        return cli_usage_error(argv[0], "name one DAG file");
    return show_file(argv[0], argv[optind], registry, write);
}
