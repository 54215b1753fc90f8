/* ctl_lines.h - lines of a file, a pipe or a terminal, in batches that don't wait for the next. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_LINES_H
#define CLI_CTL_LINES_H

#include "dag/json.h"

/** Set `fd`, zero the rest; dag_buffer_free() of `text` releases it. */
struct lines {
    int fd;
    struct dag_buffer text; /* read; lines from `taken` on weren't given yet */
    size_t taken;
    bool is_over;
};

/** The next whole lines, at most `line_max` of them and about `size_max` bytes, at least one. It
 *  waits for the first; for more only while they come at once. What follows the last line end
 *  counts as a line at the end. `*text` is borrowed until the next call. `*count` is 0 at the end.
 *  False: `err`; a line over 16 MiB is one reason. */
bool lines_next(struct lines *lines, size_t line_max, size_t size_max, const char **text,
                size_t *size, size_t *count, struct dag_error *err);

#endif
