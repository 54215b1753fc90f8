/* schema.c - `dagd schema`, and the manual of component types. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "graph/manual.h"
#include "graph/schema.h"

/* Prints and releases the text. */
static int print_text(const char *command, bool is_written, struct dag_buffer *text)
{
    is_written = is_written && fwrite(text->bytes, 1, text->size, stdout) == text->size;
    dag_buffer_free(text);
    if (is_written)
        return CLI_OK;
    fprintf(stderr, "dagd %s: cannot write the text\n", command);
    return CLI_IO;
}

int cli_schema(int argc, char **argv, const struct registry *registry)
{
    struct dag_buffer text = {0};

    if (argc > 1)
        return cli_usage_error(argv[0], "unexpected argument '%s'", argv[1]);
    return print_text(argv[0], schema_write(registry, &text), &text);
}

int cli_manual(const char *word, const struct registry *registry)
{
    struct dag_buffer text = {0};
    bool found = true;
    const char *near;
    bool is_written =
        word ? manual_write_type(registry, word, &found, &text) : manual_write(registry, &text);

    if (found || !is_written)
        return print_text("help", is_written, &text);
    dag_buffer_free(&text);
    near = manual_suggest(registry, word);
    fprintf(stderr, "dagd help: there is no command and no component type '%s'", word);
    if (near)
        fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\n");
    return CLI_USAGE;
}
