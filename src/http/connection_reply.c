/* connection_reply.c - what a connection writes, and what happens when a deadline has come. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <event2/buffer.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "http/connection.h"
#include "http/stream.h"

#define LINGER_US          INT64_C(2000000)
#define LINGER_STOPPING_US INT64_C(200000) /* a stop is not held up by clients that stay */

static void release_bytes(const void *bytes, size_t size, void *context)
{
    (void)bytes;
    (void)size;
    free(context);
}

/* The body moves into the connection's buffer without a copy. */
static bool write_body(struct evbuffer *output, struct dag_buffer *body)
{
    if (body->size == 0)
        return true;
    if (evbuffer_add_reference(output, body->bytes, body->size, release_bytes, body->bytes) != 0)
        return false;
    *body = (struct dag_buffer){0};
    return true;
}

static void note(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    int64_t duration_us = server_now(server) - exchange->started_us;
    unsigned int group = exchange->status / 100;

    server_count(server, COUNT_REQUESTS, 1);
    server_count(server, COUNT_DURATION, (uint64_t)(duration_us > 0 ? duration_us : 0));
    server_count(server, COUNT_REPLIES + (group < 6 ? group : 0), 1);
    if (log_level() >= DAG_LOG_DEBUG)
        log_write(DAG_LOG_DEBUG, NULL, "http", "%s %s %s %u %zu bytes %" PRId64 " us id=%s",
                  exchange->request.peer, exchange->is_head ? "HEAD" : exchange->request.method,
                  exchange->request.path, exchange->status, exchange->reply_body.size, duration_us,
                  exchange->request.id);
}

static void write_reply(struct connection *connection, struct exchange *exchange)
{
    struct evbuffer *output = bufferevent_get_output(connection->events);
    static const char close_text[] = "Connection: close\r\n\r\n";
    const char *end = close_text;
    bool is_written;

    if (connection->server->is_stopping || connection->has_eof)
        connection->must_close = true;
    if (!connection->must_close)
        end = close_text + sizeof(close_text) - 3;
    connection->exchange = NULL;
    is_written = exchange->reply_head.size > 0 &&
                 evbuffer_add(output, exchange->reply_head.bytes, exchange->reply_head.size) == 0 &&
                 evbuffer_add(output, end, strlen(end)) == 0 &&
                 write_body(output, &exchange->reply_body);
    if (is_written)
        connection_enter(connection, CONNECTION_REPLYING);
    else
        connection_close(connection);
}

static void begin_stream(struct connection *connection, struct exchange *exchange)
{
    struct evbuffer *output = bufferevent_get_output(connection->events);
    const char *end = exchange->head.is_http10
                          ? "Connection: close\r\n\r\n"
                          : "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

    connection->exchange = NULL;
    connection->must_close = true;
    connection->is_plain_stream = exchange->head.is_http10;
    stream_attach(exchange->stream, connection);
    if (evbuffer_add(output, exchange->reply_head.bytes, exchange->reply_head.size) != 0 ||
        evbuffer_add(output, end, strlen(end)) != 0 || connection->has_eof)
        connection_close(connection);
    else if (exchange->is_head)
        connection_close_after_head(connection);
    else
        connection_enter(connection, CONNECTION_STREAMING);
}

void connection_answer(struct exchange *exchange)
{
    struct connection *connection = exchange->connection;

    note(exchange);
    if (connection && exchange->stream)
        begin_stream(connection, exchange);
    else if (connection)
        write_reply(connection, exchange);
    else if (exchange->stream)
        stream_attach(exchange->stream, NULL);
    exchange->server->body_total -= exchange->body.size;
    exchange_free(exchange);
}

bool connection_write_chunk(struct connection *connection, const void *bytes, size_t size)
{
    struct evbuffer *output = bufferevent_get_output(connection->events);

    if (evbuffer_get_length(output) == 0)
        connection->progress_us = server_now(connection->server);
    connection->sent_us = server_now(connection->server);
    if (connection->is_plain_stream)
        return evbuffer_add(output, bytes, size) == 0;
    return evbuffer_add_printf(output, "%zx\r\n", size) > 0 &&
           evbuffer_add(output, bytes, size) == 0 && evbuffer_add(output, "\r\n", 2) == 0;
}

void connection_close_after_head(struct connection *connection)
{
    struct http_stream *stream = connection->stream;

    connection->stream = NULL;
    connection_enter(connection, CONNECTION_REPLYING);
    stream_lost(stream);
}

void connection_end_stream(struct connection *connection)
{
    struct evbuffer *output = bufferevent_get_output(connection->events);

    if (!connection->is_plain_stream && evbuffer_add(output, "0\r\n\r\n", 5) != 0) {
        connection_close(connection);
        return;
    }
    connection_enter(connection, CONNECTION_REPLYING);
    if (evbuffer_get_length(output) == 0)
        connection_replied(connection);
}

/* ---- deadlines ---- */

/* The time until which a body or a reply may go on at the speed that it had so far. */
static int64_t rate_deadline(const struct connection *connection)
{
    const struct http_limits *limits = &connection->server->limits;
    uint64_t seconds = connection->phase_bytes / limits->rate_min;
    int64_t by_rate = connection->phase_us + limits->rate_grace_us + (int64_t)seconds * 1000000;
    int64_t by_pause = connection->progress_us + limits->rate_grace_us;

    return by_rate < by_pause ? by_rate : by_pause;
}

static int64_t stream_deadline(const struct connection *connection)
{
    const struct http_limits *limits = &connection->server->limits;

    if (evbuffer_get_length(bufferevent_get_output(connection->events)) > 0)
        return connection->progress_us + limits->stream_stall_us;
    return connection->sent_us + limits->heartbeat_us;
}

static int64_t deadline_of(struct connection *connection)
{
    const struct http_limits *limits = &connection->server->limits;

    switch (connection->state) {
    case CONNECTION_HANDSHAKE:
        return connection->phase_us + limits->handshake_timeout_us;
    case CONNECTION_HEAD:
        return connection->phase_us + (connection->had_request && connection->scan.size == 0
                                           ? limits->idle_timeout_us
                                           : limits->header_timeout_us);
    case CONNECTION_BODY:
    case CONNECTION_REPLYING:
        return rate_deadline(connection);
    case CONNECTION_STREAMING:
        return stream_deadline(connection);
    case CONNECTION_LINGERING:
        return connection->phase_us +
               (connection->server->is_stopping ? LINGER_STOPPING_US : LINGER_US);
    case CONNECTION_HANDLING:
    case CONNECTION_CLOSED:
        break;
    }
    return 0;
}

void connection_deadline(struct connection *connection)
{
    const struct http_limits *limits = &connection->server->limits;
    int64_t deadline = deadline_of(connection);
    int64_t left = deadline - server_now(connection->server);
    struct timeval delay;

    if (deadline == 0) {
        evtimer_del(connection->timer);
        return;
    }
    if (connection->state == CONNECTION_STREAMING) {
        /* what is queued, or written, after this may need an earlier look */
        int64_t often = limits->stream_stall_us < limits->heartbeat_us ? limits->stream_stall_us
                                                                       : limits->heartbeat_us;
        left = left < often ? left : often;
    }
    left = left > 1000 ? left : 1000;
    delay.tv_sec = left / 1000000;
    delay.tv_usec = left % 1000000;
    evtimer_add(connection->timer, &delay);
}

static void beat(struct connection *connection)
{
    const char *heartbeat = stream_heartbeat(connection->stream);
    bool is_idle = evbuffer_get_length(bufferevent_get_output(connection->events)) == 0;

    if (!is_idle) { /* the client takes nothing */
        server_count(connection->server, COUNT_TIMED_OUT, 1);
        connection_close(connection);
        return;
    }
    connection->sent_us = server_now(connection->server);
    if (*heartbeat && !connection_write_chunk(connection, heartbeat, strlen(heartbeat)))
        connection_close(connection);
}

static void time_out(struct connection *connection)
{
    static const struct http_fault fault = {
        .status = 408,
        .code = "request_timeout",
        .detail = "The request came too slowly; send it again on a new connection."};

    switch (connection->state) {
    case CONNECTION_HEAD:
        if (connection->scan.size == 0) { /* idle: nothing to answer */
            connection_close(connection);
            return;
        }
        server_count(connection->server, COUNT_TIMED_OUT, 1);
        connection_refuse(connection, &fault);
        return;
    case CONNECTION_BODY:
        server_count(connection->server, COUNT_TIMED_OUT, 1);
        connection_refuse(connection, &fault);
        return;
    case CONNECTION_STREAMING:
        beat(connection);
        return;
    case CONNECTION_HANDSHAKE:
        connection_note_tls_failure(connection, "it took too long");
        connection_close(connection);
        return;
    case CONNECTION_REPLYING:
        server_count(connection->server, COUNT_TIMED_OUT, 1);
        connection_close(connection);
        return;
    case CONNECTION_LINGERING:
        connection_close(connection);
        return;
    case CONNECTION_HANDLING:
    case CONNECTION_CLOSED:
        return;
    }
}

void connection_timer(evutil_socket_t socket, short what, void *context)
{
    struct connection *connection = context;
    int64_t deadline = deadline_of(connection);

    (void)socket;
    (void)what;
    if (deadline != 0 && deadline <= server_now(connection->server))
        time_out(connection);
    if (connection->state != CONNECTION_CLOSED)
        connection_deadline(connection);
}
