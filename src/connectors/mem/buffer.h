/* buffer.h - a bounded first-in-first-out run of messages, held by the batches they came in.
 *
 * Rows are shared with the batch that they live in, unless they are a small part of what it pins:
 * then they are copied into compact batches of the buffer's own. Nothing here locks; the owner
 * does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_MEM_BUFFER_H
#define CONNECTORS_MEM_BUFFER_H

#include "dag/json.h"

#define BUFFER_BYTES_MAX ((size_t)256 << 20) /* default bound of what one buffer pins */

struct buffer_segment;

/** Zero it and set the bounds to begin. */
struct buffer {
    struct buffer_segment *head; /* owned list, oldest first */
    struct buffer_segment *tail;
    size_t row_count;
    size_t size;       /* bytes that the segments pin */
    size_t rows_max;   /* 0: by bytes alone */
    size_t size_max;   /* bytes; the rows that cross it still fit */
    uint64_t sequence; /* messages that were ever put: the newest one's number */
};

/** Releases all messages; the buffer is empty and usable. */
void buffer_clear(struct buffer *buffer);

/** How many more rows fit. */
size_t buffer_room(const struct buffer *buffer);

/** Puts `count` rows behind the others; the caller has looked at the room. `batch` is what they
 *  live in. False, with `err`: out of memory, nothing was put. */
bool buffer_put(struct buffer *buffer, const struct dag_row *rows, size_t count,
                struct dag_batch *batch, struct dag_error *err);

/** Puts one message as text, kept as it is and parsed only when a reader takes it as a row. */
bool buffer_put_text(struct buffer *buffer, const char *text, size_t size, struct dag_error *err);

/** Moves the oldest rows into `out` as long as both last. Rows are shared, texts are parsed by
 *  `parser`. A row's origin is its number in the buffer's life, from 1. False, with `err`: out of
 *  memory; what was moved before is moved. */
bool buffer_take(struct buffer *buffer, struct dag_batch *out, struct dag_json_parser *parser,
                 size_t *taken, struct dag_error *err);

/** The number of the oldest message; UINT64_MAX: there is none. */
uint64_t buffer_first(const struct buffer *buffer);

/** Puts `count` rows back that were taken as numbers `first` and the following, where they were:
 *  before all that were put later. The bounds don't hold for them. A row that was rejected goes
 *  back as the text that it was. False, with `err`: out of memory, nothing was put. */
bool buffer_put_back(struct buffer *buffer, const struct dag_row *rows, size_t count,
                     uint64_t first, bool is_text, struct dag_batch *batch, struct dag_error *err);

/** Appends the text of the oldest message to `out` and removes it. The buffer is not empty. */
bool buffer_take_text(struct buffer *buffer, struct dag_buffer *out, struct dag_error *err);

/** Removes the oldest `count` messages (at most all). Returns how many. */
size_t buffer_drop(struct buffer *buffer, size_t count);

#endif
