/* writer.h - writes indented JSON, and plain text, into a buffer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_WRITER_H
#define GRAPH_WRITER_H

#include "dag/json.h"

/** Set `out`, zero the rest. Once out of memory it writes nothing more and `failed` is set. */
struct writer {
    struct dag_buffer *out;
    unsigned depth;
    bool is_behind_value; /* the next value or key needs a comma */
    bool is_behind_key;
    bool failed;
};

/** Plain text, as it is or formatted. */
void writer_plain(struct writer *writer, const char *text);
void writer_format(struct writer *writer, const char *format, ...) DAG_PRINTF(2, 3);

/** '{' or '[', and its end. */
void writer_open(struct writer *writer, char bracket);
void writer_close(struct writer *writer, char bracket);

/** A member's key; its value follows. */
void writer_key(struct writer *writer, const char *key);

/** Values. A text of NULL is null. */
void writer_text(struct writer *writer, const char *text);
void writer_integer(struct writer *writer, int64_t integer);
void writer_bool(struct writer *writer, bool boolean);
void writer_json(struct writer *writer, const char *json, size_t size);

/** A key with a text behind it. */
void writer_member(struct writer *writer, const char *key, const char *text);

#endif
