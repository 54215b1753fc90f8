/* ctl_lines.c - see ctl_lines.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_lines.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE     65536
#define LINE_SIZE_MAX ((size_t)17 << 20) /* the server's bound for a message, and some space */
#define LINGER_MS     50                 /* how long more is waited for before a batch goes */

/* Counts what can be given: whole lines within the bounds. */
static size_t count_lines(const struct lines *lines, size_t line_max, size_t size_max, size_t *size)
{
    const char *text = lines->text.bytes + lines->taken;
    size_t left = lines->text.size - lines->taken, count = 0;

    *size = 0;
    while (count < line_max && *size < left) {
        const char *end = memchr(text + *size, '\n', left - *size);
        size_t line = end ? (size_t)(end - text) + 1 - *size : left - *size;

        if ((!end && !lines->is_over) || (count > 0 && *size + line > size_max))
            break;
        *size += line;
        count++;
    }
    return count;
}

static bool read_more(struct lines *lines, struct dag_error *err)
{
    ssize_t size;

    if (lines->taken > 0) {
        lines->text.size -= lines->taken;
        memmove(lines->text.bytes, lines->text.bytes + lines->taken, lines->text.size);
        lines->taken = 0;
    }
    if (!dag_buffer_reserve(&lines->text, READ_SIZE))
        return dag_error_set_memory(err, "lines");
    do
        size = read(lines->fd, lines->text.bytes + lines->text.size, READ_SIZE);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return dag_error_set_errno(err, "cannot read the messages");
    lines->text.size += (size_t)size;
    lines->is_over = size == 0;
    return true;
}

/* Files are always readable: from them batches get as full as they may. */
static bool comes_at_once(const struct lines *lines)
{
    struct pollfd input = {.fd = lines->fd, .events = POLLIN};

    return poll(&input, 1, LINGER_MS) > 0;
}

bool lines_next(struct lines *lines, size_t line_max, size_t size_max, const char **text,
                size_t *size, size_t *count, struct dag_error *err)
{
    for (;;) {
        size_t left = lines->text.size - lines->taken;

        *count = left > 0 ? count_lines(lines, line_max, size_max, size) : 0;
        bool is_full = *count == line_max || left >= size_max;
        if (lines->is_over || (*count > 0 && (is_full || !comes_at_once(lines))))
            break;
        if (left > LINE_SIZE_MAX && *count == 0)
            return dag_error_set(err, DAG_ERROR_LIMIT,
                                 "a line is longer than the 16 MiB that a message may have");
        if (!read_more(lines, err))
            return false;
    }
    *text = lines->text.bytes + lines->taken;
    if (*count > 0)
        lines->taken += *size;
    return true;
}
