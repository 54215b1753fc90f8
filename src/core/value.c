/* value.c - what a value's text says; see dag/value.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/value.h"

#include <string.h>

/* Reads a text value piece by piece. */
struct text_reader {
    const char *next, *end; /* what is left of the source */
    char decoded[4];        /* of an escape */
};

/* A piece of decoded text. */
struct text_piece {
    const char *bytes;
    size_t size; /* 0: the text has ended */
};

static unsigned hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return (unsigned)((c | 0x20) - 'a' + 10) & 15;
}

/* The code unit of the escape at `p`, \uXXXX; UINT32_MAX: there is none. */
static uint32_t code_unit(const char *p, const char *end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return UINT32_MAX;
    return hex_digit(p[2]) << 12 | hex_digit(p[3]) << 8 | hex_digit(p[4]) << 4 | hex_digit(p[5]);
}

static size_t encode_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* Decodes the \uXXXX at reader->next, with the low surrogate that may follow a high one. */
static size_t read_code(struct text_reader *reader)
{
    uint32_t code = code_unit(reader->next, reader->end), low;

    if (code == UINT32_MAX) { /* cut short: such a text was not made by the parser */
        reader->next = reader->end;
        return 0;
    }
    reader->next += 6;
    if (code >= 0xd800 && code <= 0xdbff) {
        low = code_unit(reader->next, reader->end);
        if (low >= 0xdc00 && low <= 0xdfff) {
            reader->next += 6;
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return encode_utf8(reader->decoded, code);
}

/* Decodes the escape at reader->next. */
static size_t read_escape(struct text_reader *reader)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *known;
    char letter;

    if (reader->end - reader->next < 2) {
        reader->next = reader->end;
        return 0;
    }
    letter = reader->next[1];
    if (letter == 'u')
        return read_code(reader);
    reader->next += 2;
    known = memchr(from, letter, sizeof(from) - 1);
    reader->decoded[0] = (char)(known ? to[known - from] : letter);
    return 1;
}

static struct text_reader reader_begin(const struct dag_value *value)
{
    return (struct text_reader){.next = value->as.text, .end = value->as.text + value->size};
}

/* The next piece of an escaped text: a run without a backslash, or one escape. */
static struct text_piece read_piece(struct text_reader *reader)
{
    const char *begin = reader->next;

    if (begin == reader->end)
        return (struct text_piece){begin, 0};
    if (*begin == '\\') {
        size_t size = read_escape(reader);
        return (struct text_piece){reader->decoded, size};
    }
    const char *stop = memchr(begin, '\\', (size_t)(reader->end - begin));
    reader->next = stop ? stop : reader->end;
    return (struct text_piece){begin, (size_t)(reader->next - begin)};
}

static bool is_escaped(const struct dag_value *value)
{
    return value->form == DAG_TEXT_ESCAPED;
}

size_t dag_text_decode(const struct dag_value *value, char *out)
{
    struct text_reader reader = reader_begin(value);
    struct text_piece piece;
    char *begin = out;

    if (!is_escaped(value)) {
        if (value->size > 0)
            memcpy(out, value->as.text, value->size);
        return value->size;
    }
    while ((piece = read_piece(&reader)).size > 0) {
        memcpy(out, piece.bytes, piece.size);
        out += piece.size;
    }
    return (size_t)(out - begin);
}

bool dag_text_equals(const struct dag_value *value, const char *text, size_t size)
{
    struct text_reader reader = reader_begin(value);
    struct text_piece piece;

    if (!is_escaped(value))
        return value->size == size && (size == 0 || memcmp(value->as.text, text, size) == 0);
    if (value->size < size)
        return false;
    while ((piece = read_piece(&reader)).size > 0) {
        if (piece.size > size || memcmp(piece.bytes, text, piece.size) != 0)
            return false;
        text += piece.size;
        size -= piece.size;
    }
    return size == 0;
}

static struct text_piece whole_piece(const struct dag_value *value)
{
    return (struct text_piece){value->as.text, value->size};
}

int value_text_compare(const struct dag_value *a, const struct dag_value *b)
{
    struct text_reader reader_a = reader_begin(a), reader_b = reader_begin(b);
    struct text_piece piece_a = is_escaped(a) ? read_piece(&reader_a) : whole_piece(a);
    struct text_piece piece_b = is_escaped(b) ? read_piece(&reader_b) : whole_piece(b);

    while (piece_a.size > 0 && piece_b.size > 0) {
        size_t size = piece_a.size < piece_b.size ? piece_a.size : piece_b.size;
        int order = memcmp(piece_a.bytes, piece_b.bytes, size);

        if (order != 0)
            return order;
        piece_a = (struct text_piece){piece_a.bytes + size, piece_a.size - size};
        piece_b = (struct text_piece){piece_b.bytes + size, piece_b.size - size};
        if (piece_a.size == 0 && is_escaped(a))
            piece_a = read_piece(&reader_a);
        if (piece_b.size == 0 && is_escaped(b))
            piece_b = read_piece(&reader_b);
    }
    return (piece_a.size > 0) - (piece_b.size > 0);
}

const char *dag_value_type_name(const struct dag_value *value)
{
    switch ((enum dag_type)value->type) {
    case DAG_TYPE_MISSING:
        return "missing";
    case DAG_TYPE_NULL:
        return "null";
    case DAG_TYPE_BOOL:
        return "boolean";
    case DAG_TYPE_INT:
        return "integer";
    case DAG_TYPE_DOUBLE:
        return "double";
    case DAG_TYPE_BIGNUM:
        return "big number";
    case DAG_TYPE_TEXT:
        return "text";
    case DAG_TYPE_NESTED:
        return value->size > 0 && value->as.text[0] == '[' ? "array" : "object";
    }
    return "unknown";
}
