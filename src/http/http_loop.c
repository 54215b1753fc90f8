/* http_loop.c - see http_loop.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http_loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/log.h"
#include "http/connection.h"
#include "http/stream.h"

#define REFUSAL_LOG_US INT64_C(60000000)

/* ---- accepting ---- */

/* What is refused can come without end: one line of the log a minute. */
static void log_refusal(struct http_server *server, const struct peer_address *peer, uint32_t same)
{
    int64_t now_us = server_now(server);
    char text[HTTP_PEER_SIZE];

    if (server->refusal_logged_us != 0 && now_us - server->refusal_logged_us < REFUSAL_LOG_US)
        return;
    server->refusal_logged_us = now_us;
    peer_format(peer, text);
    if (same > 0)
        log_write(DAG_LOG_WARNING, NULL, "http",
                  "a connection is refused: %s has %u connections open already", text, same);
    else
        log_write(DAG_LOG_WARNING, NULL, "http",
                  "a connection of %s is refused: %u connections are open already", text,
                  server->connection_count);
}

static bool has_room(struct http_server *server, const struct peer_address *peer)
{
    uint32_t same = 0;

    if (server->connection_count >= server->limits.connections_max) {
        log_refusal(server, peer, 0);
        return false;
    }
    if (peer_in_nets(peer, server->proxies, server->proxy_count))
        return true;
    for (const struct connection *other = server->connections; other; other = other->next)
        same += memcmp(&other->peer, peer, sizeof(*peer)) == 0;
    if (same < server->limits.connections_per_address_max)
        return true;
    log_refusal(server, peer, same);
    return false;
}

static void refuse(int socket, bool is_tls)
{
    static const char text[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n"
                               "Content-Length: 0\r\nConnection: close\r\n\r\n";
    char unread[4096];

    if (!is_tls && send(socket, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
        shutdown(socket, SHUT_WR);
        /* closing with bytes unread would reset the connection, and the reply with it */
        while (recv(socket, unread, sizeof(unread), MSG_DONTWAIT) == (ssize_t)sizeof(unread))
            ;
    }
    close(socket);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t socket,
                      struct sockaddr *address, int size, void *context)
{
    struct server_socket *place = context;
    struct http_server *server = place->server;
    struct peer_address peer;

    (void)listener;
    (void)size;
    if (!peer_from_socket(&peer, address)) {
        close(socket);
        return;
    }
    if (!has_room(server, &peer)) {
        server_count(server, COUNT_REFUSED, 1);
        refuse(socket, place->is_tls);
        return;
    }
    server_count(server, COUNT_CONNECTIONS, 1);
    connection_accept(server, socket, &peer, place->is_tls);
}

/* Out of descriptors, most likely: the next tick tries again, as trying at once would spin. */
static void on_accept_error(struct evconnlistener *listener, void *context)
{
    (void)context;
    log_write(DAG_LOG_WARNING, NULL, "http", "cannot accept a connection: %s", strerror(errno));
    evconnlistener_disable(listener);
}

static bool make_address(const struct http_listen *listen, struct sockaddr_storage *storage,
                         socklen_t *size)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(listen->port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(listen->port)};

    memset(storage, 0, sizeof(*storage));
    if (inet_pton(AF_INET, listen->address, &in.sin_addr) == 1) {
        memcpy(storage, &in, *size = sizeof(in));
        return true;
    }
    if (inet_pton(AF_INET6, listen->address, &in6.sin6_addr) == 1) {
        memcpy(storage, &in6, *size = sizeof(in6));
        return true;
    }
    return false;
}

static uint16_t port_of(int socket)
{
    struct sockaddr_storage storage;
    socklen_t size = sizeof(storage);
    struct sockaddr_in in;

    memset(&storage, 0, sizeof(storage));
    getsockname(socket, (struct sockaddr *)&storage, &size);
    memcpy(&in, &storage, sizeof(in)); /* the port stands at the same place in both families */
    return ntohs(in.sin_port);
}

static int open_socket(const struct sockaddr_storage *address, socklen_t size)
{
    int yes = 1;
    int descriptor = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (descriptor < 0)
        return -1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (address->ss_family == AF_INET6)
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
    if (bind(descriptor, (const struct sockaddr *)address, size) == 0)
        return descriptor;
    int failure = errno;
    close(descriptor);
    errno = failure;
    return -1;
}

static bool listen_at(struct http_server *server, const struct http_listen *listen,
                      bool allow_plain, struct dag_error *err)
{
    struct server_socket *place = &server->sockets[server->socket_count];
    struct sockaddr_storage address;
    struct peer_address peer;
    socklen_t size = 0;
    int socket;

    if (!make_address(listen, &address, &size) ||
        !peer_from_socket(&peer, (const struct sockaddr *)&address))
        return dag_error_set(err, DAG_ERROR_INVALID, "address '%s': should be IPv4 or IPv6",
                             listen->address);
    if (!listen->is_tls && !allow_plain && !peer_is_loopback(&peer))
        return dag_error_set(
            err, DAG_ERROR_INVALID,
            "address '%s': plain HTTP is for loopback only; give a certificate, or "
            "allow plain HTTP",
            listen->address);
    socket = open_socket(&address, size);
    if (socket < 0)
        return dag_error_set_errno(err, "cannot listen at '%s' port %u", listen->address,
                                   (unsigned int)listen->port);
    *place =
        (struct server_socket){.server = server, .port = port_of(socket), .is_tls = listen->is_tls};
    place->listener = evconnlistener_new(
        server->base, on_accept, place, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 512, socket);
    if (!place->listener) {
        dag_error_set_errno(err, "cannot listen at '%s' port %u", listen->address,
                            (unsigned int)listen->port);
        close(socket);
        return false;
    }
    evconnlistener_set_error_cb(place->listener, on_accept_error);
    server->socket_count++;
    return true;
}

bool loop_listen(struct http_server *server, const struct http_options *options,
                 struct dag_error *err)
{
    server->sockets = calloc(options->listen_count + 1, sizeof(*server->sockets));
    if (!server->sockets)
        return dag_error_set_memory(err, "the HTTP server");
    for (size_t i = 0; i < options->listen_count; i++)
        if (!listen_at(server, &options->listen[i], options->allow_plain, err))
            return false;
    return true;
}

void loop_close_sockets(struct http_server *server)
{
    for (size_t i = 0; i < server->socket_count; i++) {
        if (server->sockets[i].listener)
            evconnlistener_free(server->sockets[i].listener);
        server->sockets[i].listener = NULL;
    }
}

/* ---- what other threads ask for ---- */

static struct exchange *take_answered(struct http_server *server)
{
    struct exchange *exchange;

    pthread_mutex_lock(&server->lock);
    exchange = server->answered;
    if (exchange)
        server->answered = exchange->next;
    pthread_mutex_unlock(&server->lock);
    return exchange;
}

static struct http_stream *take_dirty(struct http_server *server)
{
    struct http_stream *stream;

    pthread_mutex_lock(&server->lock);
    /* a stream begins with an answer, which must be carried out before its bytes */
    stream = server->answered ? NULL : server->dirty;
    if (stream) {
        server->dirty = stream->next_dirty;
        stream->is_dirty = false;
    }
    pthread_mutex_unlock(&server->lock);
    return stream;
}

static void begin_stop(struct http_server *server)
{
    struct connection *next;

    server->is_stopping = true;
    loop_close_sockets(server);
    if (server->stopping)
        server->stopping(server->context);
    for (struct connection *connection = server->connections; connection; connection = next) {
        next = connection->next;
        if (connection->state == CONNECTION_HANDSHAKE ||
            (connection->state == CONNECTION_HEAD && connection->scan.size == 0))
            connection_close(connection);
        else
            connection_deadline(connection);
    }
}

static void cut_all(struct http_server *server)
{
    while (server->connections)
        connection_close(server->connections);
}

static void carry_out(struct http_server *server)
{
    struct exchange *exchange;
    struct http_stream *stream;
    bool stop, cut, end;

    do {
        while ((exchange = take_answered(server)))
            connection_answer(exchange);
        stream = take_dirty(server);
        if (stream)
            stream_flush(stream);
    } while (stream);
    pthread_mutex_lock(&server->lock);
    stop = server->stop;
    cut = server->cut;
    end = server->end;
    pthread_mutex_unlock(&server->lock);
    if (stop && !server->is_stopping)
        begin_stop(server);
    if (cut)
        cut_all(server);
    connection_free_dead(server);
    if (end)
        event_base_loopbreak(server->base);
}

static void on_wake(evutil_socket_t socket, short what, void *context)
{
    uint64_t count;

    (void)what;
    if (read(socket, &count, sizeof(count)) == (ssize_t)sizeof(count))
        carry_out(context);
}

static void on_tick(evutil_socket_t socket, short what, void *context)
{
    struct http_server *server = context;
    struct dag_error err = {0};

    (void)socket;
    (void)what;
    for (size_t i = 0; i < server->socket_count; i++)
        if (server->sockets[i].listener)
            evconnlistener_enable(server->sockets[i].listener);
    if (server->tls && tls_keeper_is_stale(server->tls) && !http_server_reload(server, &err))
        log_write(DAG_LOG_WARNING, NULL, "http", "the old certificate stays in use: %s",
                  err.message);
}

bool loop_open(struct http_server *server, int64_t tick_us, struct dag_error *err)
{
    struct timeval tick = {.tv_sec = tick_us / 1000000, .tv_usec = tick_us % 1000000};

    server->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (server->wake_fd < 0)
        return dag_error_set_errno(err, "cannot make an eventfd");
    server->base = event_base_new();
    if (server->base) {
        server->wake =
            event_new(server->base, server->wake_fd, EV_READ | EV_PERSIST, on_wake, server);
        server->tick = event_new(server->base, -1, EV_PERSIST, on_tick, server);
    }
    if (!server->wake || !server->tick || event_add(server->wake, NULL) != 0 ||
        event_add(server->tick, &tick) != 0)
        return dag_error_set_memory(err, "the HTTP server");
    return true;
}

void *loop_run(void *context)
{
    struct http_server *server = context;
    sigset_t all;

    /* signals are the main thread's; a write to a closed socket is an error, not a signal */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    event_base_loop(server->base, EVLOOP_NO_EXIT_ON_EMPTY);
    return NULL;
}
