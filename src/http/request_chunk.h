/* request_chunk.h - takes a chunked body apart, a piece at a time and strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_REQUEST_CHUNK_H
#define HTTP_REQUEST_CHUNK_H

#include "http/request_head.h"

enum chunk_at {
    CHUNK_AT_SIZE,
    CHUNK_AT_EXTENSION,
    CHUNK_AT_SIZE_LF,
    CHUNK_AT_DATA,
    CHUNK_AT_DATA_CR,
    CHUNK_AT_DATA_LF,
    CHUNK_AT_TRAILER,
    CHUNK_AT_TRAILER_LF,
};

/** Zero it to begin. */
struct chunk_reader {
    enum chunk_at at;
    uint64_t left;     /* bytes of this chunk's data still to come; its size while that is read */
    size_t digits;     /* of the size */
    size_t extra_size; /* bytes of extensions and trailers so far: both are dropped, and bounded */
    size_t line_size;  /* of the trailer under way */
};

enum chunk_state {
    CHUNK_MORE, /* all bytes were used */
    CHUNK_DATA, /* a piece of the body: `*data`, `*data_size`; call again with the rest */
    CHUNK_END,  /* the body is complete; what wasn't used is the next request's */
    CHUNK_BAD,  /* `fault` */
};

/** Takes bytes; `*used` says how many. `*data` points into `bytes`. */
enum chunk_state chunk_read(struct chunk_reader *reader, const char *bytes, size_t size,
                            size_t *used, const char **data, size_t *data_size,
                            struct http_fault *fault);

#endif
