/* stream.h - the network's side of a stream. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H

#include "http/connection.h"

struct http_stream {
    struct http_server *server;          /* borrowed */
    struct http_stream *next, *previous; /* of the server's streams; guarded by the server's lock */
    struct http_stream *next_dirty;      /* guarded by the server's lock */
    bool is_dirty;                       /* guarded by the server's lock */
    struct http_stream_options options;
    char *principal;               /* owned; NULL: nobody's */
    struct connection *connection; /* borrowed; NULL once it is closed; network's thread only */

    pthread_mutex_t lock;
    struct dag_buffer pending;           /* guarded by lock: on its way to the network's thread */
    size_t written_left;                 /* guarded by lock: bytes in the connection's buffer */
    bool is_lagged, is_closed, is_ended; /* guarded by lock */
};

/* All for the network's thread. */

/** The connection is the stream's now. NULL: it closed before. */
void stream_attach(struct http_stream *stream, struct connection *connection);

/** Moves what is pending to the connection, and carries out the end, after which the stream is no
 *  more. */
void stream_flush(struct http_stream *stream);

/** `left` bytes still wait in the connection's buffer. */
void stream_written(struct http_stream *stream, size_t left);

/** Nothing waits any more. */
void stream_drained(struct http_stream *stream);

/** The connection is closed. */
void stream_lost(struct http_stream *stream);

/** The bytes of a heartbeat; "": none. */
const char *stream_heartbeat(const struct http_stream *stream);

#endif
