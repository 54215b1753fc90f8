/* text_match.c - compares a record's text, read decoded, with plain bytes; needs no memory.
 *
 * Text in UTF-8 is ordered by code points when it is ordered by bytes. Text that still holds its
 * escapes is decoded byte by byte on the way.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "calculators/text_match.h"

#include <string.h>

/* Reads the decoded bytes of a text value in form DAG_TEXT_ESCAPED, which the parser checked. */
struct decoder {
    const char *at;
    const char *end;
    unsigned char pending[4]; /* the rest of a code point that an escape stood for */
    uint32_t pending_at, pending_count;
};

static struct decoder decoder_of(const struct dag_value *text)
{
    return (struct decoder){.at = text->as.text, .end = text->as.text + text->size};
}

static uint32_t hex_digit(char c)
{
    if (c <= '9')
        return (uint32_t)(c - '0');
    return (uint32_t)((c | 0x20) - 'a') + 10;
}

/* The four digits behind "\u", which is at `at`. */
static uint32_t hex_unit(const char *at)
{
    return hex_digit(at[2]) << 12 | hex_digit(at[3]) << 8 | hex_digit(at[4]) << 4 |
           hex_digit(at[5]);
}

/* The code point of the "\u" escape at the decoder's place; two halves of a pair are one. */
static uint32_t decoder_take_unicode(struct decoder *decoder)
{
    uint32_t point = hex_unit(decoder->at);

    decoder->at += 6;
    if ((point & 0xfc00) == 0xd800 && decoder->end - decoder->at >= 6 && decoder->at[0] == '\\' &&
        decoder->at[1] == 'u') {
        uint32_t low = hex_unit(decoder->at);
        if ((low & 0xfc00) == 0xdc00) {
            decoder->at += 6;
            point = 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff);
        }
    }
    return point;
}

static void decoder_push(struct decoder *decoder, uint32_t point)
{
    unsigned char *out = decoder->pending;
    uint32_t tail_count = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};

    out[0] = (unsigned char)(leads[tail_count] | point >> (6 * tail_count));
    for (uint32_t i = 1; i <= tail_count; i++)
        out[i] = (unsigned char)(0x80 | (point >> (6 * (tail_count - i)) & 0x3f));
    decoder->pending_at = 0;
    decoder->pending_count = tail_count + 1;
}

static unsigned char short_escape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return (unsigned char)c; /* quote, backslash, slash */
    }
}

/* The next byte, or -1 at the end. */
static int decoder_next(struct decoder *decoder)
{
    if (decoder->pending_at < decoder->pending_count)
        return decoder->pending[decoder->pending_at++];
    if (decoder->at == decoder->end)
        return -1;
    if (*decoder->at != '\\')
        return (unsigned char)*decoder->at++;
    if (decoder->at[1] == 'u') {
        decoder_push(decoder, decoder_take_unicode(decoder));
        return decoder->pending[decoder->pending_at++];
    }
    decoder->at += 2;
    return short_escape(decoder->at[-1]);
}

/* Compares all that is left with the bytes, as memcmp() does. */
static int decoder_order(struct decoder *decoder, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int byte = decoder_next(decoder);
        if (byte != (unsigned char)bytes[i])
            return byte - (unsigned char)bytes[i];
    }
    return decoder_next(decoder) < 0 ? 0 : 1;
}

static size_t decoded_size(const struct dag_value *text)
{
    struct decoder decoder = decoder_of(text);
    size_t size = 0;

    while (decoder_next(&decoder) >= 0)
        size++;
    return size;
}

static bool is_escaped(const struct dag_value *text)
{
    return text->form == DAG_TEXT_ESCAPED;
}

int text_order(const struct dag_value *text, const char *bytes, size_t size)
{
    size_t shared = text->size < size ? text->size : size;
    int order;

    if (is_escaped(text)) {
        struct decoder decoder = decoder_of(text);
        return decoder_order(&decoder, bytes, size);
    }
    order = shared ? memcmp(text->as.text, bytes, shared) : 0;
    if (order != 0)
        return order;
    return (text->size > size) - (text->size < size);
}

bool text_starts_with(const struct dag_value *text, const char *bytes, size_t size)
{
    struct decoder decoder = decoder_of(text);

    if (size == 0)
        return true;
    if (!is_escaped(text))
        return text->size >= size && memcmp(text->as.text, bytes, size) == 0;
    for (size_t i = 0; i < size; i++) {
        if (decoder_next(&decoder) != (unsigned char)bytes[i])
            return false;
    }
    return true;
}

bool text_ends_with(const struct dag_value *text, const char *bytes, size_t size)
{
    struct decoder decoder = decoder_of(text);
    size_t text_size;

    if (size == 0)
        return true;
    if (!is_escaped(text))
        return text->size >= size && memcmp(text->as.text + text->size - size, bytes, size) == 0;
    text_size = decoded_size(text);
    if (text_size < size)
        return false;
    for (size_t i = 0; i < text_size - size; i++)
        decoder_next(&decoder);
    return decoder_order(&decoder, bytes, size) == 0;
}

void text_borders(const char *bytes, size_t size, uint32_t *borders)
{
    uint32_t length = 0;

    if (size > 0)
        borders[0] = 0;
    for (size_t i = 1; i < size; i++) {
        while (length > 0 && bytes[i] != bytes[length])
            length = borders[length - 1];
        if (bytes[i] == bytes[length])
            length++;
        borders[i] = length;
    }
}

bool text_contains(const struct dag_value *text, const char *bytes, size_t size,
                   const uint32_t *borders)
{
    struct decoder decoder = decoder_of(text);
    size_t matched = 0;
    int byte;

    if (size == 0)
        return true;
    if (!is_escaped(text))
        return text->size >= size && memmem(text->as.text, text->size, bytes, size) != NULL;
    while (matched < size && (byte = decoder_next(&decoder)) >= 0) {
        while (matched > 0 && byte != (unsigned char)bytes[matched])
            matched = borders[matched - 1];
        if (byte == (unsigned char)bytes[matched])
            matched++;
    }
    return matched == size;
}
