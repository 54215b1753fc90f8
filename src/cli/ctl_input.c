/* ctl_input.c - what subcommands read: a message on the command line, a file, standard input. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"

char *ctl_read_input(const char *path, size_t *size, struct dag_error *err)
{
    return cli_read_file(strcmp(path, "-") == 0 ? "/dev/stdin" : path, size, err);
}

char *ctl_read_message(const char *argument, size_t *size, struct dag_error *err)
{
    char *text;

    if (argument[0] == '@')
        return ctl_read_input(argument + 1, size, err);
    if (strcmp(argument, "-") == 0)
        return ctl_read_input(argument, size, err);
    text = strdup(argument);
    if (text)
        *size = strlen(text);
    else
        dag_error_set_memory(err, "a message");
    return text;
}
