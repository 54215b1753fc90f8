/* body.h - from the body of a frame to a record, and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_STOMP_BODY_H
#define CONNECTORS_STOMP_BODY_H

#include "connectors/stomp/frame.h"
#include "dag/option.h"

enum stomp_format { STOMP_FORMAT_JSON, STOMP_FORMAT_TEXT, STOMP_FORMAT_BYTES };

struct stomp_body_reader {
    enum stomp_format format;
    const char *attribute;              /* for a body that isn't JSON */
    const struct dag_text_map *headers; /* attribute: the header that it is filled from */
    struct dag_json_parser *parser;
};

/** Appends one row: the record, or a rejected one. False: out of memory. */
bool stomp_body_read(const struct stomp_body_reader *reader, const struct stomp_frame *frame,
                     struct dag_batch *out, struct dag_origin origin, struct dag_error *err);

/** Appends a record's body to `out`. False: `err` (code DAG_ERROR_MEMORY: none; else the record has
 * none). */
bool stomp_body_write(enum stomp_format format, const char *attribute, const struct dag_row *row,
                      struct dag_buffer *out, struct dag_error *err);

/** The value as the text of a header, appended to `out`. False: out of memory. */
bool stomp_header_text(const struct dag_value *value, struct dag_buffer *out);

/** The attribute's value. NULL: the row has none of that name, or is no object. */
const struct dag_value *stomp_attribute(const struct dag_row *row, const char *name);

#endif
