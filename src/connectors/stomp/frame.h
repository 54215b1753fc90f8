/* frame.h - STOMP 1.2 frames as bytes: a strict reader of what servers send, and a writer.
 *
 * Nothing here touches a socket. The reader takes its bytes in pieces of any size; where they are
 * cut changes nothing. https://stomp.github.io/stomp-specification-1.2.html
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_STOMP_FRAME_H
#define CONNECTORS_STOMP_FRAME_H

#include "dag/json.h"

#define STOMP_HEADERS_MAX 256
#define STOMP_HEAD_MAX    ((size_t)64 << 10) /* bytes of command and headers */

enum stomp_command { STOMP_CONNECTED, STOMP_MESSAGE, STOMP_RECEIPT, STOMP_ERROR };

/** Decoded, not NUL-terminated, not necessarily UTF-8. */
struct stomp_header {
    const char *name, *value;
    size_t name_size, value_size;
};

/** All is borrowed from the reader, until its next call. */
struct stomp_frame {
    enum stomp_command command;
    const struct stomp_header *headers;
    size_t header_count;
    const char *body;
    size_t body_size;
};

/** Where the reader is in the frame at hand. */
enum stomp_part { STOMP_PART_GAP, STOMP_PART_HEAD, STOMP_PART_BODY };

/** Zero it, then set `body_size_max`; stomp_reader_free() releases it. */
struct stomp_reader {
    size_t body_size_max; /* bytes */
    char *bytes;          /* owned */
    size_t begin, end;    /* of what is not consumed yet, in `bytes` */
    size_t capacity;

    enum stomp_part part;
    size_t scanned; /* bytes behind `begin` that were looked at */
    size_t line;    /* where the line at hand begins, behind `begin` */
    size_t line_count;
    size_t head_size; /* with the blank line */
    bool has_length;
    size_t body_size; /* by content-length */
    struct stomp_header headers[STOMP_HEADERS_MAX];
};

enum stomp_result {
    STOMP_FRAME,
    STOMP_MORE, /* bytes are needed */
    STOMP_BAD,  /* `err`: the stream can't be read on */
};

/** Room for at least `size` bytes more, to be filled from the front. NULL: out of memory. */
char *stomp_reader_room(struct stomp_reader *reader, size_t size, size_t *available);

/** So many bytes were put there. */
void stomp_reader_add(struct stomp_reader *reader, size_t size);

/** The next frame. Line ends between frames (heart-beats) are passed over. */
enum stomp_result stomp_reader_next(struct stomp_reader *reader, struct stomp_frame *frame,
                                    struct dag_error *err);

/** Forgets all bytes. */
void stomp_reader_clear(struct stomp_reader *reader);
void stomp_reader_free(struct stomp_reader *reader);

/** The first header of that name, or NULL. */
const struct stomp_header *stomp_frame_find(const struct stomp_frame *frame, const char *name);

/** True: the header is there and holds exactly this text. */
bool stomp_frame_has(const struct stomp_frame *frame, const char *name, const char *value);

/* ---- writing: begin, headers, end. False: out of memory ---- */

bool stomp_write_begin(struct dag_buffer *out, const char *command);

/** Escapes both. */
bool stomp_write_header(struct dag_buffer *out, const char *name, const char *value);
bool stomp_write_header_sized(struct dag_buffer *out, const char *name, size_t name_size,
                              const char *value, size_t value_size);
bool stomp_write_header_number(struct dag_buffer *out, const char *name, uint64_t value);

/** As it is: for the frame CONNECT, which knows no escapes. Neither may hold a line end or NUL. */
bool stomp_write_header_plain(struct dag_buffer *out, const char *name, const char *value);

/** Without a body. */
bool stomp_write_end(struct dag_buffer *out);

/** With one, which may hold anything: adds its length. */
bool stomp_write_body(struct dag_buffer *out, const char *body, size_t size);

#endif
