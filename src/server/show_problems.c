/* show_problems.c - see show_problems.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_problems.h"

#include "server/server_parts.h"

static void write_problem(struct writer *writer, const struct problem *problem)
{
    static const char *const severities[] = {
        [PROBLEM_ERROR] = "error", [PROBLEM_WARNING] = "warning", [PROBLEM_NOTE] = "note"};

    writer_open(writer, '{');
    writer_key(writer, "line");
    writer_integer(writer, problem->line);
    writer_key(writer, "column");
    writer_integer(writer, problem->column);
    writer_member(writer, "pointer", problem->pointer);
    writer_member(writer, "severity", severities[problem->severity]);
    writer_member(writer, "code", problem->code);
    writer_member(writer, "message", problem->message);
    writer_member(writer, "suggestion", problem->suggestion);
    writer_close(writer, '}');
}

void show_problems(struct writer *writer, const struct problems *problems)
{
    writer_open(writer, '[');
    for (size_t i = 0; i < problems->count; i++)
        write_problem(writer, &problems->items[i]);
    writer_close(writer, ']');
}

bool entry_write_problems(struct entry *entry, struct dag_buffer *out)
{
    struct writer writer = {.out = out};

    pthread_mutex_lock(&entry->lock);
    show_problems(&writer, &entry->problems);
    pthread_mutex_unlock(&entry->lock);
    return !writer.failed;
}
