/* json.h - the JSON codec that the engine lends to plug-ins: text to rows and back.
 *
 * The parser is strict RFC 8259: UTF-8 is checked, control characters are refused, depth is at
 * most 1,024. Of duplicate keys at the top level the last wins. Integers stay exact; numbers that
 * int64 or double can't hold stay text. Lone surrogates are accepted as escapes only. One byte
 * order mark in front is skipped.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAG_JSON_H
#define DAG_JSON_H

#include "dag/batch.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A parser: remembers the shapes it has seen in order to predict the next. One per source
 *  instance; not for two threads at once. */
struct dag_json_parser;

/** `message_size_max` in bytes (0: DAG_MESSAGE_SIZE_MAX). NULL: out of memory. */
DAG_API struct dag_json_parser *dag_json_parser_new(size_t message_size_max);
DAG_API void dag_json_parser_free(struct dag_json_parser *parser);

/** Top-level keys that were given twice, over the parser's life. */
DAG_API uint64_t dag_json_parser_duplicate_keys(const struct dag_json_parser *parser);

/** Bytes that must be readable (with any content) behind a text that is parsed in place. */
#define DAG_JSON_PADDING 64

/** Parses one message and appends it as a row. A text that is not valid JSON, too large, or
 *  `null`, is appended as a rejected row (DAG_ORIGIN_REJECTED): the call succeeds.
 *  `text` need not outlive the call, it is copied. False: out of memory or `batch` is full. */
DAG_API bool dag_json_parse(struct dag_json_parser *parser, struct dag_batch *batch,
                            const char *text, size_t size, struct dag_origin origin,
                            struct dag_error *err);

/** The same without the copy: `text` lies in the arena of `batch` (or in a batch that it keeps)
 *  with DAG_JSON_PADDING readable bytes behind it; rows will point into it. */
DAG_API bool dag_json_parse_in_place(struct dag_json_parser *parser, struct dag_batch *batch,
                                     const char *text, size_t size, struct dag_origin origin,
                                     struct dag_error *err);

/** Parses lines (a message each, ended by LF; CR before it is white space; blank lines are
 *  skipped) of `text`, in place as above, until the text or the batch's room ends. A row's origin
 *  is `origin` with `offset` increased by the bytes of `text` up to and including its LF.
 *  `*consumed`: bytes of whole lines taken; an unterminated last line is left, unless `is_last`.
 *  A row's flags hold DAG_ORIGIN_REJECTED for lines that are no valid message. False: out of
 * memory. */
DAG_API bool dag_json_parse_lines(struct dag_json_parser *parser, struct dag_batch *batch,
                                  const char *text, size_t size, bool is_last,
                                  struct dag_origin origin, size_t *consumed,
                                  struct dag_error *err);

/** A growing text. Zero it to begin; dag_buffer_free() releases it. */
struct dag_buffer {
    char *bytes; /* owned */
    size_t size;
    size_t capacity;
};

/** Room for `size` more bytes. False: out of memory. */
DAG_API bool dag_buffer_reserve(struct dag_buffer *buffer, size_t size);
DAG_API bool dag_buffer_append(struct dag_buffer *buffer, const void *bytes, size_t size);
DAG_API void dag_buffer_free(struct dag_buffer *buffer);

/** Appends the row as compact JSON (no newline). Doubles are written in the shortest form that
 *  reads back equal, always with a point or an exponent. False: out of memory. */
DAG_API bool dag_json_write_row(struct dag_buffer *buffer, const struct dag_row *row);
DAG_API bool dag_json_write_value(struct dag_buffer *buffer, const struct dag_value *value);

/** Appends rows as lines, each ended by LF. */
DAG_API bool dag_json_write_lines(struct dag_buffer *buffer, const struct dag_row *rows,
                                  size_t count);

/** Parses a JSON text (an option's default, a nested value) into a value in the arena of `batch`:
 *  objects and arrays become DAG_TYPE_NESTED. False, with `err`: not valid. */
DAG_API bool dag_json_parse_value(struct dag_batch *batch, const char *text, size_t size,
                                  struct dag_value *value, struct dag_error *err);

/** Parses the JSON text of an object into a row in the arena of `batch`; appends nothing. */
DAG_API bool dag_json_parse_object(struct dag_batch *batch, const char *text, size_t size,
                                   struct dag_row *row, struct dag_error *err);

/** Walks the elements of an array or the members of an object held as a nested value.
 *  Begin with `*cursor` 0. True: `element` is filled (and `key`, a text value, for an object; it
 *  may be NULL). False: no more. All is borrowed from the nested value's text. */
DAG_API bool dag_json_next(const struct dag_value *nested, size_t *cursor, struct dag_value *key,
                           struct dag_value *element);

#ifdef __cplusplus
}
#endif

#endif
