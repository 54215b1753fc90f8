/* connection.c - the life of a connection, and what it reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/connection.h"

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "http/stream.h"

#define READ_SIZE_MAX (64 * 1024) /* bytes that may wait in a connection's buffer */

void connection_enter(struct connection *connection, enum connection_state state)
{
    connection->state = state;
    connection->phase_us = server_now(connection->server);
    connection->progress_us = connection->sent_us = connection->phase_us;
    connection->phase_bytes = 0;
    connection_deadline(connection);
}

static void expect_head(struct connection *connection)
{
    const struct http_limits *limits = &connection->server->limits;

    connection->scan = (struct head_scan){.size_max = limits->header_size_max,
                                          .count_max = limits->header_count_max,
                                          .target_max = limits->target_size_max};
    connection->head.size = 0;
    connection->chunk = (struct chunk_reader){0};
    connection->body_left = 0;
    connection_enter(connection, CONNECTION_HEAD);
}

/* ---- reading ---- */

static size_t read_head(struct connection *connection, const char *bytes, size_t size)
{
    struct http_fault fault;
    size_t used = 0;
    bool is_first = connection->scan.size == 0;
    enum head_state state = head_scan(&connection->scan, bytes, size, &used, &fault);

    if (!dag_buffer_append(&connection->head, bytes, used)) {
        connection_close(connection);
        return used;
    }
    if (state == HEAD_BAD)
        connection_refuse(connection, &fault);
    else if (state == HEAD_COMPLETE)
        connection_begin(connection);
    else if (is_first && connection->had_request)
        connection_enter(connection, CONNECTION_HEAD); /* from idle to the head's deadline */
    return used;
}

static bool add_body(struct connection *connection, const char *bytes, size_t size)
{
    struct http_server *server = connection->server;
    struct exchange *exchange = connection->exchange;
    struct http_fault fault = {0};

    if (size > exchange->request.route->body_max - exchange->body.size)
        http_fault_set(&fault, 413, "too_large", "The body is too large.");
    else if (size > server->limits.body_total_max - server->body_total ||
             !dag_buffer_append(&exchange->body, bytes, size) ||
             !dag_buffer_reserve(&exchange->body, 1))
        http_fault_set(&fault, 503, "busy", "There is no room for the body now; try again.");
    if (fault.status) {
        connection_refuse(connection, &fault);
        return false;
    }
    exchange->body.bytes[exchange->body.size] = '\0';
    server->body_total += size;
    connection->phase_bytes += size;
    connection->progress_us = server_now(server);
    return true;
}

static size_t read_body(struct connection *connection, const char *bytes, size_t size)
{
    struct http_fault fault;
    const char *data;
    size_t used = 0, data_size = 0;

    if (!connection->exchange->head.is_chunked) {
        used = size < connection->body_left ? size : (size_t)connection->body_left;
        connection->body_left -= used;
        if (add_body(connection, bytes, used) && connection->body_left == 0)
            connection_dispatch(connection);
        return used;
    }
    switch (chunk_read(&connection->chunk, bytes, size, &used, &data, &data_size, &fault)) {
    case CHUNK_MORE:
        break;
    case CHUNK_DATA:
        add_body(connection, data, data_size);
        break;
    case CHUNK_END:
        connection_dispatch(connection);
        break;
    case CHUNK_BAD:
        connection_refuse(connection, &fault);
        break;
    }
    return used;
}

void connection_read(struct connection *connection)
{
    struct evbuffer *input = bufferevent_get_input(connection->events);
    struct evbuffer_iovec piece;

    while (evbuffer_peek(input, -1, NULL, &piece, 1) > 0 && piece.iov_len > 0) {
        size_t used;

        if (connection->state == CONNECTION_HEAD)
            used = read_head(connection, piece.iov_base, piece.iov_len);
        else if (connection->state == CONNECTION_BODY)
            used = read_body(connection, piece.iov_base, piece.iov_len);
        else if (connection->state == CONNECTION_LINGERING)
            used = piece.iov_len;
        else
            return; /* the rest waits for its turn */
        if (connection->state == CONNECTION_CLOSED)
            return;
        evbuffer_drain(input, used);
    }
}

static void on_read(struct bufferevent *events, void *context)
{
    (void)events;
    connection_read(context);
}

static void on_write(struct bufferevent *events, void *context)
{
    struct connection *connection = context;

    if (evbuffer_get_length(bufferevent_get_output(events)) > 0)
        return;
    if (connection->state == CONNECTION_REPLYING)
        connection_replied(connection);
    else if (connection->state == CONNECTION_STREAMING)
        stream_drained(connection->stream);
}

/* ---- life ---- */

static void on_eof(struct connection *connection)
{
    connection->has_eof = true;
    if (connection->state == CONNECTION_HANDLING)
        exchange_set_gone(connection->exchange); /* the reply is still written: it may be heard */
    else if (connection->state != CONNECTION_REPLYING)
        connection_close(connection);
}

void connection_note_tls_failure(const struct connection *connection, const char *why)
{
    char peer[HTTP_PEER_SIZE];

    server_count(connection->server, COUNT_TLS_FAILURES, 1);
    peer_format(&connection->peer, peer);
    log_write(DAG_LOG_DEBUG, NULL, "http", "%s: the TLS handshake failed: %s", peer, why);
}

/* OpenSSL's reason. */
static const char *tls_reason(struct bufferevent *events)
{
    unsigned long code = bufferevent_get_openssl_error(events);
    const char *reason = code ? ERR_reason_error_string(code) : NULL;

    return reason ? reason : "the client has gone";
}

static void on_event(struct bufferevent *events, short what, void *context)
{
    struct connection *connection = context;

    if (what & BEV_EVENT_CONNECTED) {
        if (connection->state == CONNECTION_HANDSHAKE)
            expect_head(connection);
        return;
    }
    if (connection->state == CONNECTION_HANDSHAKE)
        connection_note_tls_failure(connection, tls_reason(events));
    ERR_clear_error();
    if ((what & BEV_EVENT_EOF) && !(what & BEV_EVENT_ERROR))
        on_eof(connection);
    else
        connection_close(connection);
}

static void on_input(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *context)
{
    struct connection *connection = context;

    (void)buffer;
    server_count(connection->server, COUNT_BYTES_IN, info->n_added);
}

static void on_output(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *context)
{
    struct connection *connection = context;

    if (info->n_deleted == 0)
        return;
    server_count(connection->server, COUNT_BYTES_OUT, info->n_deleted);
    connection->progress_us = server_now(connection->server);
    if (connection->state == CONNECTION_REPLYING)
        connection->phase_bytes += info->n_deleted;
    if (connection->stream)
        stream_written(connection->stream, evbuffer_get_length(buffer));
}

static bool open_events(struct connection *connection, int socket)
{
    struct http_server *server = connection->server;
    SSL *session;

    if (!connection->is_tls) {
        connection->events = bufferevent_socket_new(server->base, socket, BEV_OPT_CLOSE_ON_FREE);
        return connection->events != NULL;
    }
    session = tls_keeper_session(server->tls);
    if (!session)
        return false;
    connection->events = bufferevent_openssl_socket_new(
        server->base, socket, session, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (!connection->events)
        SSL_free(session);
    return connection->events != NULL;
}

static void link_connection(struct connection *connection)
{
    struct http_server *server = connection->server;

    connection->next = server->connections;
    if (server->connections)
        server->connections->previous = connection;
    server->connections = connection;
    server->connection_count++;
    pthread_mutex_lock(&server->lock);
    server->connections_open++;
    pthread_mutex_unlock(&server->lock);
}

bool connection_accept(struct http_server *server, int socket, const struct peer_address *peer,
                       bool is_tls)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    int yes = 1;

    if (connection) {
        connection->server = server;
        connection->peer = *peer;
        connection->is_tls = is_tls;
        connection->is_proxied = peer_in_nets(peer, server->proxies, server->proxy_count);
        connection->timer = evtimer_new(server->base, connection_timer, connection);
    }
    if (!connection || !connection->timer || !open_events(connection, socket)) {
        if (connection && connection->timer)
            event_free(connection->timer);
        free(connection);
        close(socket);
        return false;
    }
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    link_connection(connection);
    bufferevent_setcb(connection->events, on_read, on_write, on_event, connection);
    bufferevent_setwatermark(connection->events, EV_READ, 0, READ_SIZE_MAX);
    evbuffer_add_cb(bufferevent_get_input(connection->events), on_input, connection);
    evbuffer_add_cb(bufferevent_get_output(connection->events), on_output, connection);
    if (is_tls)
        connection_enter(connection, CONNECTION_HANDSHAKE);
    else
        expect_head(connection);
    bufferevent_enable(connection->events, EV_READ | EV_WRITE);
    return true;
}

static void drop_exchange(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;

    if (!exchange)
        return;
    connection->exchange = NULL;
    exchange->connection = NULL;
    if (connection->state == CONNECTION_BODY) { /* no handler has it */
        connection->server->body_total -= exchange->body.size;
        exchange_free(exchange);
    } else {
        exchange_set_gone(exchange);
    }
}

void connection_close(struct connection *connection)
{
    struct http_server *server = connection->server;
    struct http_stream *stream = connection->stream;

    if (connection->state == CONNECTION_CLOSED)
        return;
    drop_exchange(connection);
    connection->state = CONNECTION_CLOSED;
    connection->stream = NULL;
    evtimer_del(connection->timer);
    bufferevent_disable(connection->events, EV_READ | EV_WRITE);
    bufferevent_setcb(connection->events, NULL, NULL, NULL, NULL);
    if (connection->next)
        connection->next->previous = connection->previous;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    connection->next = server->dead;
    server->dead = connection;
    server->connection_count--;
    server_wake(server);
    if (stream)
        stream_lost(stream);
}

void connection_free_dead(struct http_server *server)
{
    struct connection *connection;

    while ((connection = server->dead)) {
        server->dead = connection->next;
        if (connection->is_tls)
            SSL_shutdown(bufferevent_openssl_get_ssl(connection->events)); /* says goodbye once */
        ERR_clear_error();
        bufferevent_free(connection->events);
        event_free(connection->timer);
        dag_buffer_free(&connection->head);
        free(connection);
        pthread_mutex_lock(&server->lock);
        server->connections_open--;
        pthread_cond_broadcast(&server->changed);
        pthread_mutex_unlock(&server->lock);
    }
}

void connection_replied(struct connection *connection)
{
    struct bufferevent *events = connection->events;

    connection->had_request = true;
    if (!connection->must_close && !connection->has_eof && !connection->server->is_stopping) {
        expect_head(connection);
        connection_read(connection);
        return;
    }
    if (connection->has_eof) {
        connection_close(connection);
        return;
    }
    /* Closing with bytes unread would reset the connection and could destroy the reply. */
    if (connection->is_tls)
        SSL_shutdown(bufferevent_openssl_get_ssl(events));
    shutdown(bufferevent_getfd(events), SHUT_WR);
    connection_enter(connection, CONNECTION_LINGERING);
    connection_read(connection);
}
