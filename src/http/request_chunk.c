/* request_chunk.c - see request_chunk.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/request_chunk.h"

#define DIGITS_MAX     8    /* 4 GiB a chunk; more is no honest client */
#define EXTRA_SIZE_MAX 4096 /* of a whole body */

static bool bad(struct http_fault *fault, const char *detail)
{
    return http_fault_set(fault, 400, "malformed_body", detail);
}

static int hex_digit(unsigned char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

static bool take_size(struct chunk_reader *reader, unsigned char byte, struct http_fault *fault)
{
    int digit = hex_digit(byte);

    if (digit >= 0) {
        if (++reader->digits > DIGITS_MAX)
            return bad(fault, "A chunk's size has too many digits.");
        reader->left = reader->left * 16 + (unsigned int)digit;
        return true;
    }
    if (reader->digits == 0)
        return bad(fault, "A chunk has no size.");
    if (byte == ';')
        reader->at = CHUNK_AT_EXTENSION;
    else if (byte == '\r')
        reader->at = CHUNK_AT_SIZE_LF;
    else
        return bad(fault, "A chunk's size isn't a hexadecimal number.");
    return true;
}

/* A byte of an extension or a trailer. */
static bool take_extra(struct chunk_reader *reader, unsigned char byte, struct http_fault *fault)
{
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F)
        return bad(fault, "A chunk's extension or a trailer holds a control byte.");
    if (++reader->extra_size > EXTRA_SIZE_MAX)
        return bad(fault, "Chunk extensions and trailers are too large.");
    return true;
}

static bool take_size_end(struct chunk_reader *reader, struct http_fault *fault, unsigned char byte)
{
    if (byte != '\n')
        return bad(fault, "The line of a chunk's size doesn't end with CR LF.");
    reader->digits = 0;
    reader->at = reader->left > 0 ? CHUNK_AT_DATA : CHUNK_AT_TRAILER;
    return true;
}

/* One byte that isn't data. `*is_end`: the body is complete. */
static bool take_byte(struct chunk_reader *reader, unsigned char byte, bool *is_end,
                      struct http_fault *fault)
{
    switch (reader->at) {
    case CHUNK_AT_SIZE:
        return take_size(reader, byte, fault);
    case CHUNK_AT_EXTENSION:
        if (byte != '\r')
            return take_extra(reader, byte, fault);
        reader->at = CHUNK_AT_SIZE_LF;
        return true;
    case CHUNK_AT_SIZE_LF:
        return take_size_end(reader, fault, byte);
    case CHUNK_AT_DATA_CR:
        reader->at = CHUNK_AT_DATA_LF;
        return byte == '\r' || bad(fault, "A chunk is longer than its size.");
    case CHUNK_AT_DATA_LF:
        reader->at = CHUNK_AT_SIZE;
        return byte == '\n' || bad(fault, "A chunk doesn't end with CR LF.");
    case CHUNK_AT_TRAILER:
        if (byte != '\r') {
            reader->line_size++;
            return take_extra(reader, byte, fault);
        }
        reader->at = CHUNK_AT_TRAILER_LF;
        return true;
    case CHUNK_AT_TRAILER_LF:
        if (byte != '\n')
            return bad(fault, "A trailer doesn't end with CR LF.");
        *is_end = reader->line_size == 0;
        reader->line_size = 0;
        reader->at = *is_end ? CHUNK_AT_SIZE : CHUNK_AT_TRAILER;
        return true;
    case CHUNK_AT_DATA:
        break;
    }
    return true;
}

enum chunk_state chunk_read(struct chunk_reader *reader, const char *bytes, size_t size,
                            size_t *used, const char **data, size_t *data_size,
                            struct http_fault *fault)
{
    bool is_end = false;

    for (size_t i = 0; i < size; i++) {
        if (reader->at == CHUNK_AT_DATA) {
            size_t piece = size - i < reader->left ? size - i : (size_t)reader->left;

            *data = bytes + i;
            *data_size = piece;
            *used = i + piece;
            reader->left -= piece;
            if (reader->left == 0)
                reader->at = CHUNK_AT_DATA_CR;
            return CHUNK_DATA;
        }
        if (!take_byte(reader, (unsigned char)bytes[i], &is_end, fault)) {
            *used = i;
            return CHUNK_BAD;
        }
        if (is_end) {
            *used = i + 1;
            return CHUNK_END;
        }
    }
    *used = size;
    return CHUNK_MORE;
}
