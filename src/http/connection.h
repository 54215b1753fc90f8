/* connection.h - one client's connection: reads requests, writes replies, keeps its deadlines.
 *
 * Everything here belongs to the network's thread.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_CONNECTION_H
#define HTTP_CONNECTION_H

#include "http/http_server.h"
#include "http/request.h"
#include "http/request_chunk.h"

enum connection_state {
    CONNECTION_HANDSHAKE, /* of TLS */
    CONNECTION_HEAD,      /* waits for a head, or reads one */
    CONNECTION_BODY,
    CONNECTION_HANDLING, /* a handler has the request */
    CONNECTION_REPLYING, /* the reply is on its way */
    CONNECTION_STREAMING,
    CONNECTION_LINGERING, /* all is said; what the client still sends is thrown away */
    CONNECTION_CLOSED,
};

struct connection {
    struct http_server *server;
    struct connection *next, *previous;
    struct bufferevent *events; /* owned */
    struct event *timer;        /* owned */
    struct peer_address peer;   /* the socket's other end */
    enum connection_state state;
    bool is_tls;
    bool is_proxied;      /* the other end is a listed proxy */
    bool has_eof;         /* the client sends nothing more */
    bool must_close;      /* after this reply: what follows can't be trusted, or won't be read */
    bool had_request;     /* the connection was of use already */
    bool is_plain_stream; /* of HTTP/1.0: without chunks */
    struct head_scan scan;
    struct dag_buffer head; /* owned: the bytes that `scan` took */
    struct chunk_reader chunk;
    uint64_t body_left;         /* with a Content-Length */
    struct exchange *exchange;  /* owned until the handler gets it; then borrowed until answered */
    struct http_stream *stream; /* borrowed */
    int64_t phase_us;           /* when this state began */
    int64_t progress_us;        /* when bytes went in (BODY) or out (REPLYING, STREAMING) last */
    uint64_t phase_bytes;       /* that went since `phase_us` */
    int64_t sent_us;            /* when a stream was given bytes last */
};

/** Takes over an accepted socket. False: out of memory; the socket is closed. */
bool connection_accept(struct http_server *server, int socket, const struct peer_address *peer,
                       bool is_tls);

/** Closes it; its memory is released by connection_free_dead(). Repeating is harmless. */
void connection_close(struct connection *connection);
void connection_free_dead(struct http_server *server);

/** Reads on, as far as the state allows. */
void connection_read(struct connection *connection);

/** Counts and logs a handshake that failed. */
void connection_note_tls_failure(const struct connection *connection, const char *why);

/** A head is complete: finds out what is wanted, and begins the body or the handler. */
void connection_begin(struct connection *connection);

/** Refuses what was sent: answers, and closes after that. */
void connection_refuse(struct connection *connection, const struct http_fault *fault);

/** The body is complete, or there is none: to the handler. */
void connection_dispatch(struct connection *connection);

/** Writes the answer of an exchange, or begins its stream. Releases the exchange. */
void connection_answer(struct exchange *exchange);

/** The reply has gone out. */
void connection_replied(struct connection *connection);

/** Writes bytes of a stream as a chunk. False: out of memory. */
bool connection_write_chunk(struct connection *connection, const void *bytes, size_t size);

/** The stream is over: writes its end, then closes. */
void connection_end_stream(struct connection *connection);

/** A stream that was asked for with HEAD: the stream is closed, and the head sent. */
void connection_close_after_head(struct connection *connection);

void connection_enter(struct connection *connection, enum connection_state state);
void connection_deadline(struct connection *connection); /* sets the timer for the state */
void connection_timer(evutil_socket_t socket, short what, void *context);

#endif
