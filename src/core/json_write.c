/* json_write.c - rows to JSON text; see dag/json.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/json_scan.h"
#include "core/number.h"
#include "core/text.h"
#include "dag/json.h"

#define BUFFER_SIZE_MIN 256u
#define COPY_SLACK      16u   /* bytes that copy_bytes() may write behind what it copies */
#define PIECE_SIZE      4096u /* of text to escape, at once */
#define SCALAR_SIZE_MAX NUMBER_DOUBLE_SIZE_MAX
#define END_SIZE        2u /* the brace and the line feed */
#define COPY_INLINE_MAX 64u

bool dag_buffer_reserve(struct dag_buffer *buffer, size_t size)
{
    size_t needed = buffer->size + size;
    size_t capacity = buffer->capacity + buffer->capacity / 2;
    char *bytes;

    if (needed < size || needed > PTRDIFF_MAX)
        return false;
    if (needed <= buffer->capacity)
        return true;
    if (capacity < needed)
        capacity = needed;
    if (capacity < BUFFER_SIZE_MIN)
        capacity = BUFFER_SIZE_MIN;
    bytes = realloc(buffer->bytes, capacity);
    if (!bytes)
        return false;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

bool dag_buffer_append(struct dag_buffer *buffer, const void *bytes, size_t size)
{
    if (size == 0)
        return true;
    if (!dag_buffer_reserve(buffer, size))
        return false;
    memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    return true;
}

void dag_buffer_free(struct dag_buffer *buffer)
{
    if (!buffer)
        return;
    free(buffer->bytes);
    *buffer = (struct dag_buffer){0};
}

/* memcpy() for the short. May write COPY_SLACK bytes more, but reads no more: two copies that
 * overlap, where a loop would have to guess its end. */
static inline char *copy_bytes(char *out, const char *from, size_t size)
{
    char *end = out + size;

    if (size > 16) {
        if (json_unlikely(size > COPY_INLINE_MAX)) {
            memcpy(out, from, size);
            return end;
        }
        memcpy(out, from, 16);
        if (size > 32) {
            memcpy(out + 16, from + 16, 16);
            memcpy(end - 32, from + size - 32, 16);
        }
        memcpy(end - 16, from + size - 16, 16);
    } else if (size >= 8) {
        uint64_t front, back;
        memcpy(&front, from, 8);
        memcpy(&back, from + size - 8, 8);
        memcpy(out, &front, 8);
        memcpy(end - 8, &back, 8);
    } else if (size >= 4) {
        uint32_t front, back;
        memcpy(&front, from, 4);
        memcpy(&back, from + size - 4, 4);
        memcpy(out, &front, 4);
        memcpy(end - 4, &back, 4);
    } else if (size > 0) {
        out[0] = from[0];
        out[size / 2] = from[size / 2];
        end[-1] = from[size - 1];
    }
    return end;
}

/* Bytes that are the same in JSON, counted in whole blocks. */
static size_t plain_front(const char *text, size_t size)
{
    size_t i = 0;

    while (size - i >= 16 && json_plain_run(text + i) == 16)
        i += 16;
    return i;
}

/* Where to cut decoded text so that no sequence of UTF-8 is cut. */
static size_t piece_size(const char *text, size_t size)
{
    size_t cut = PIECE_SIZE;

    if (size <= cut)
        return size;
    while (cut > PIECE_SIZE - 4 && ((unsigned char)text[cut] & 0xc0) == 0x80)
        cut--;
    return cut;
}

/* Decoded text, which may need escapes, between quotes. */
static bool write_raw(struct dag_buffer *buffer, const char *text, size_t size)
{
    size_t plain = plain_front(text, size);

    if (!dag_buffer_reserve(buffer, plain + 2))
        return false;
    buffer->bytes[buffer->size++] = '"';
    if (plain > 0)
        memcpy(buffer->bytes + buffer->size, text, plain);
    buffer->size += plain;
    while (plain < size) {
        size_t piece = piece_size(text + plain, size - plain);
        if (!dag_buffer_reserve(buffer, text_escape_bound(piece) + 1))
            return false;
        buffer->size += text_escape(buffer->bytes + buffer->size, text + plain, piece);
        plain += piece;
    }
    buffer->bytes[buffer->size++] = '"';
    return true;
}

/* Bytes that write_value() needs at most, its slack included; not for decoded text. */
static inline size_t value_bound(const struct dag_value *value)
{
    return value->size + SCALAR_SIZE_MAX + COPY_SLACK;
}

static inline bool is_raw(const struct dag_value *value)
{
    return value->form == DAG_TEXT_RAW;
}

/* Without a branch on which it is. */
static inline char *write_word(char *out, const struct dag_value *value)
{
    static const char words[3][8] = {"false", "true", "null"};
    unsigned word = value->type == DAG_TYPE_BOOL ? value->as.integer != 0 : 2;

    memcpy(out, words[word], 8);
    return out + 4 + (word == 0);
}

/* Writes a value that is no decoded text; there is room for value_bound() bytes. */
static inline char *write_value(char *out, const struct dag_value *value)
{
    switch (value->type) {
    case DAG_TYPE_TEXT:
        *out = '"';
        out = copy_bytes(out + 1, value->as.text, value->size);
        *out = '"';
        return out + 1;
    case DAG_TYPE_INT:
        return out + number_write_int(out, value->as.integer);
    case DAG_TYPE_DOUBLE:
        return out + number_write_double(out, value->as.real);
    case DAG_TYPE_BIGNUM:
    case DAG_TYPE_NESTED:
        return copy_bytes(out, value->as.text, value->size);
    default:
        return write_word(out, value);
    }
}

/* The place to write to; what lies before it counts as written. NULL: out of memory. */
static char *make_room(struct dag_buffer *buffer, const char *out, size_t size)
{
    buffer->size = (size_t)(out - buffer->bytes);
    return dag_buffer_reserve(buffer, size) ? buffer->bytes + buffer->size : NULL;
}

static char *write_raw_at(struct dag_buffer *buffer, const char *out, const struct dag_value *value)
{
    buffer->size = (size_t)(out - buffer->bytes);
    return write_raw(buffer, value->as.text, value->size)
               ? make_room(buffer, buffer->bytes + buffer->size, END_SIZE)
               : NULL;
}

/* Writes an object at `out`. The result has room for a brace less: END_SIZE - 1 bytes. */
static char *write_object(struct dag_buffer *buffer, char *out, const struct dag_row *row)
{
    const struct dag_name *const *names = row->shape->names;
    const struct dag_value *value = row->values, *end = value + row->shape->count;
    const char *room_end = buffer->bytes + buffer->capacity;
    char mark = '{';

    for (; value < end; value++, names++) {
        const struct dag_name *name = *names;
        size_t bound = 1 + name->json_size + value_bound(value) + END_SIZE;

        if (json_unlikely((size_t)(room_end - out) < bound)) {
            out = make_room(buffer, out, bound);
            if (!out)
                return NULL;
            room_end = buffer->bytes + buffer->capacity;
        }
        *out = mark;
        mark = ',';
        out = copy_bytes(out + 1, name->json, name->json_size);
        if (json_unlikely(is_raw(value))) {
            out = write_raw_at(buffer, out, value);
            if (!out)
                return NULL;
            room_end = buffer->bytes + buffer->capacity;
        } else {
            out = write_value(out, value);
        }
    }
    if (mark == '{')
        *out++ = '{';
    *out++ = '}';
    return out;
}

bool dag_json_write_value(struct dag_buffer *buffer, const struct dag_value *value)
{
    if (is_raw(value))
        return write_raw(buffer, value->as.text, value->size);
    if (!dag_buffer_reserve(buffer, value_bound(value)))
        return false;
    buffer->size = (size_t)(write_value(buffer->bytes + buffer->size, value) - buffer->bytes);
    return true;
}

bool dag_json_write_row(struct dag_buffer *buffer, const struct dag_row *row)
{
    char *out;

    if (!row->shape)
        return dag_json_write_value(buffer, row->values);
    if (!dag_buffer_reserve(buffer, 1 + END_SIZE))
        return false;
    out = write_object(buffer, buffer->bytes + buffer->size, row);
    if (!out)
        return false;
    buffer->size = (size_t)(out - buffer->bytes);
    return true;
}

bool dag_json_write_lines(struct dag_buffer *buffer, const struct dag_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!dag_json_write_row(buffer, &rows[i]) || !dag_buffer_reserve(buffer, 1))
            return false;
        buffer->bytes[buffer->size++] = '\n';
    }
    return true;
}
