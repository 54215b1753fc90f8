/* body.c - see body.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/stomp/body.h"

#include <string.h>

#include "connectors/net/utf8.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- base64 ---- */

static size_t encode(const unsigned char *bytes, size_t size, char *out)
{
    char *at = out;

    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t bits = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                        (left > 2 ? bytes[i + 2] : 0);

        *at++ = digits[bits >> 18];
        *at++ = digits[bits >> 12 & 63];
        *at++ = digits[bits >> 6 & 63];
        *at++ = digits[bits & 63];
    }
    for (size_t i = 0; i < (3 - size % 3) % 3; i++)
        at[-1 - (ptrdiff_t)i] = '=';
    return (size_t)(at - out);
}

/* In place. False: no base64. */
static bool decode(char *text, size_t *size)
{
    size_t count = *size, used = 0, padding = 0;
    uint32_t bits = 0;

    if (count % 4 != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

        if (text[i] == '=' && i + 2 >= count)
            padding++;
        else if (!digit || padding > 0)
            return false;
        bits = bits << 6 | (digit ? (uint32_t)(digit - digits) : 0);
        if (i % 4 == 3) {
            text[used++] = (char)(bits >> 16);
            text[used++] = (char)(bits >> 8);
            text[used++] = (char)bits;
            bits = 0;
        }
    }
    *size = used - padding;
    return true;
}

/* ---- reading ---- */

static bool reject(struct dag_batch *out, const struct stomp_frame *frame, struct dag_origin origin,
                   const char *reason, struct dag_error *err)
{
    struct dag_value *values = dag_batch_alloc(out, 2 * sizeof(*values));
    const char *body = dag_batch_copy(out, frame->body, frame->body_size);
    const char *text = dag_batch_copy(out, reason, strlen(reason));

    if (!values || !body || !text)
        return dag_error_set_memory(err, "a message");
    values[0] = dag_value_text(body, (uint32_t)frame->body_size);
    values[1] = dag_value_text(text, (uint32_t)strlen(reason));
    origin.flags |= DAG_ORIGIN_REJECTED;
    return dag_batch_append(out, (struct dag_row){.values = values}, origin, err);
}

/* The row with the attribute; an old value goes. NULL shape: out of memory. */
static struct dag_row with(struct dag_batch *out, struct dag_row row, const char *name,
                           struct dag_value value)
{
    const struct dag_name *interned = dag_name_intern(name, strlen(name), out);
    int32_t slot = interned ? dag_shape_find(row.shape, interned) : -1;
    uint32_t count = row.shape->count;
    struct dag_value *values = dag_batch_alloc(out, ((size_t)count + 1) * sizeof(*values));

    if (!interned || !values)
        return (struct dag_row){0};
    if (row.values)
        memcpy(values, row.values, count * sizeof(*values));
    values[slot >= 0 ? (uint32_t)slot : count] = value;
    return (struct dag_row){slot >= 0 ? row.shape : dag_shape_add(row.shape, interned, out),
                            values};
}

static struct dag_row add_headers(const struct stomp_body_reader *reader,
                                  const struct stomp_frame *frame, struct dag_batch *out,
                                  struct dag_row row)
{
    const struct dag_text_map *map = reader->headers;

    for (size_t i = 0; row.shape && i < map->count; i++) {
        const struct stomp_header *header = stomp_frame_find(frame, map->values[i].text);
        struct dag_value value = dag_value_null();

        if (header && net_is_utf8(header->value, header->value_size)) {
            const char *text = dag_batch_copy(out, header->value, header->value_size);

            if (!text)
                return (struct dag_row){0};
            value = dag_value_text(text, (uint32_t)header->value_size);
        }
        row = with(out, row, map->keys[i].text, value);
    }
    return row;
}

/* The body as one value. False: out of memory. */
static bool take_whole(enum stomp_format format, const struct stomp_frame *frame,
                       struct dag_batch *out, struct dag_value *value)
{
    size_t size = frame->body_size;
    const char *text;

    if (format == STOMP_FORMAT_BYTES) {
        char *encoded = dag_batch_alloc(out, (size + 2) / 3 * 4 + 1);

        if (!encoded)
            return false;
        size = encode((const unsigned char *)frame->body, size, encoded);
        text = encoded;
    } else {
        text = dag_batch_copy(out, frame->body, size);
    }
    *value = dag_value_text(text, (uint32_t)size);
    return text != NULL;
}

bool stomp_body_read(const struct stomp_body_reader *reader, const struct stomp_frame *frame,
                     struct dag_batch *out, struct dag_origin origin, struct dag_error *err)
{
    struct dag_row row = {.shape = dag_shape_empty()};
    struct dag_value value;

    if (reader->format == STOMP_FORMAT_JSON && reader->headers->count == 0)
        return dag_json_parse(reader->parser, out, frame->body, frame->body_size, origin, err);
    if (reader->format == STOMP_FORMAT_JSON) {
        if (!dag_json_parse_object(out, frame->body, frame->body_size, &row, err))
            return err->code == DAG_ERROR_MEMORY ? false
                                                 : reject(out, frame, origin, err->message, err);
    } else if (reader->format == STOMP_FORMAT_TEXT && !net_is_utf8(frame->body, frame->body_size)) {
        return reject(out, frame, origin,
                      "the body is no UTF-8 text; \"format\": \"bytes\" takes "
                      "anything",
                      err);
    } else {
        if (!take_whole(reader->format, frame, out, &value))
            return dag_error_set_memory(err, "a message");
        row = with(out, row, reader->attribute, value);
    }
    if (row.shape)
        row = add_headers(reader, frame, out, row);
    if (!row.shape)
        return dag_error_set_memory(err, "a message");
    return dag_batch_append(out, row, origin, err);
}

/* ---- writing ---- */

const struct dag_value *stomp_attribute(const struct dag_row *row, const char *name)
{
    size_t size = strlen(name);

    for (uint32_t i = 0; row->shape && i < row->shape->count; i++)
        if (row->shape->names[i]->size == size &&
            memcmp(row->shape->names[i]->text, name, size) == 0)
            return &row->values[i];
    return NULL;
}

static bool append_decoded(const struct dag_value *value, struct dag_buffer *out)
{
    if (!dag_buffer_reserve(out, dag_text_decode_bound(value)))
        return false;
    out->size += dag_text_decode(value, out->bytes + out->size);
    return true;
}

bool stomp_body_write(enum stomp_format format, const char *attribute, const struct dag_row *row,
                      struct dag_buffer *out, struct dag_error *err)
{
    const struct dag_value *value;
    size_t before = out->size;

    if (format == STOMP_FORMAT_JSON)
        return dag_json_write_row(out, row) || dag_error_set_memory(err, "a message");
    value = stomp_attribute(row, attribute);
    if (!value || value->type != DAG_TYPE_TEXT)
        return dag_error_set(err, DAG_ERROR_INVALID, "attribute '%.100s' %s", attribute,
                             value ? "is no text" : "is missing");
    if (!append_decoded(value, out))
        return dag_error_set_memory(err, "a message");
    if (format == STOMP_FORMAT_BYTES) {
        size_t size = out->size - before;

        if (size > 0 && !decode(out->bytes + before, &size))
            return dag_error_set(err, DAG_ERROR_INVALID, "attribute '%.100s' is no base64",
                                 attribute);
        out->size = before + size;
    }
    return true;
}

bool stomp_header_text(const struct dag_value *value, struct dag_buffer *out)
{
    if (value->type == DAG_TYPE_TEXT)
        return append_decoded(value, out);
    return dag_json_write_value(out, value);
}
