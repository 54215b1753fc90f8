/* stream.c - see stream.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/net/stream.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connectors/net/guard.h"
#include "connectors/net/resolve.h"

enum stage { STAGE_RESOLVING, STAGE_CONNECTING, STAGE_SHAKING_HANDS, STAGE_CONNECTED };

struct net_stream {
    struct net_target target;
    struct dag_host *host; /* borrowed; NULL: it has left its instance */
    enum stage stage;
    int64_t deadline_us;             /* monotonic */
    struct net_resolving *resolving; /* owned; NULL: done */
    struct addrinfo *found;          /* owned */
    const struct addrinfo *next;     /* within `found`: to be tried */
    int fd;                          /* owned; -1: none */
    SSL *ssl;                        /* owned; NULL: plain, or not yet */
    bool wants_write;                /* TLS has to send before it can go on */
    struct dag_error failure;        /* of the last address that was tried */
};

static bool fail_retryable(struct dag_error *err)
{
    err->retryable = true;
    return false;
}

struct net_stream *net_stream_new(const struct net_target *target, struct dag_host *host,
                                  struct dag_error *err)
{
    struct net_stream *stream = calloc(1, sizeof(*stream));

    if (!stream) {
        dag_error_set_memory(err, "a connection");
        err->retryable = true;
        return NULL;
    }
    stream->target = *target;
    stream->host = host;
    stream->fd = -1;
    stream->deadline_us = dag_monotonic_us(host) + target->connect_timeout_us;
    stream->resolving = net_resolve(target->name, target->port, host, err);
    if (stream->resolving)
        return stream;
    free(stream);
    return NULL;
}

static void close_socket(struct net_stream *stream)
{
    SSL_free(stream->ssl);
    stream->ssl = NULL;
    if (stream->fd >= 0) {
        if (stream->host)
            dag_unwatch_fd(stream->host, stream->fd);
        close(stream->fd);
    }
    stream->fd = -1;
}

void net_stream_free(struct net_stream *stream)
{
    if (!stream)
        return;
    if (stream->ssl && stream->stage == STAGE_CONNECTED)
        SSL_shutdown(stream->ssl); /* one try; the answer isn't waited for */
    close_socket(stream);
    net_resolve_free(stream->resolving);
    if (stream->found)
        freeaddrinfo(stream->found);
    free(stream);
}

void net_stream_leave(struct net_stream *stream)
{
    dag_unwatch_fd(stream->host, stream->fd);
    stream->host = NULL;
    stream->target.name = NULL;
    stream->target.tls = NULL; /* it has done its work */
}

void net_stream_join(struct net_stream *stream, const char *name, struct dag_host *host)
{
    stream->target.name = name;
    stream->host = host;
}

int64_t net_stream_deadline_us(const struct net_stream *stream)
{
    return stream->stage == STAGE_CONNECTED ? INT64_MAX : stream->deadline_us;
}

bool net_stream_watch(struct net_stream *stream, bool writes, struct dag_error *err)
{
    uint32_t events = DAG_FD_READABLE;

    if (writes || stream->wants_write)
        events |= DAG_FD_WRITABLE;
    return dag_watch_fd(stream->host, stream->fd, events, err);
}

/* ---- connecting ------------------------------------------------------------------------- */

/* NET_FAILED: without an error; the reason is kept for when no address is left. */
static enum net_status dial(struct net_stream *stream, const struct addrinfo *address)
{
    int on = 1;

    if (!net_guard_permits(address->ai_addr)) {
        dag_error_set(&stream->failure, DAG_ERROR_INVALID,
                      "the address of '%s' is forbidden here (the administrator can allow it: "
                      "--egress-allow)",
                      stream->target.name);
        return NET_FAILED;
    }
    stream->fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (stream->fd < 0) {
        dag_error_set_errno(&stream->failure, "cannot make a socket");
        return NET_FAILED;
    }
    setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(stream->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    if (connect(stream->fd, address->ai_addr, address->ai_addrlen) == 0)
        return NET_DONE;
    if (errno == EINPROGRESS)
        return NET_WAIT;
    dag_error_set_errno(&stream->failure, "cannot connect to %s port %u", stream->target.name,
                        (unsigned int)stream->target.port);
    close_socket(stream);
    return NET_FAILED;
}

/* Whether the connect() that is under way has ended, and how. */
static enum net_status look_at_dial(struct net_stream *stream)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof(peer);
    int failure = 0;
    socklen_t failure_size = sizeof(failure);

    getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &failure, &failure_size);
    if (failure == 0 && getpeername(stream->fd, (struct sockaddr *)&peer, &size) == 0)
        return NET_DONE;
    if (failure == 0)
        return NET_WAIT;
    errno = failure;
    dag_error_set_errno(&stream->failure, "cannot connect to %s port %u", stream->target.name,
                        (unsigned int)stream->target.port);
    close_socket(stream);
    return NET_FAILED;
}

/* One address after the other. */
static enum net_status dial_any(struct net_stream *stream, struct dag_error *err)
{
    enum net_status status = stream->fd >= 0 ? look_at_dial(stream) : NET_FAILED;

    while (status == NET_FAILED && stream->next) {
        status = dial(stream, stream->next);
        stream->next = stream->next->ai_next;
    }
    if (status == NET_FAILED) {
        *err = stream->failure;
        fail_retryable(err);
    } else if (status == NET_WAIT &&
               !dag_watch_fd(stream->host, stream->fd, DAG_FD_WRITABLE, err)) {
        status = NET_FAILED;
    }
    return status;
}

static enum net_status resolve(struct net_stream *stream, struct dag_error *err)
{
    if (!net_resolve_is_done(stream->resolving))
        return NET_WAIT;
    stream->found = net_resolve_take(stream->resolving, err);
    net_resolve_free(stream->resolving);
    stream->resolving = NULL;
    stream->next = stream->found;
    return stream->found ? NET_DONE : NET_FAILED;
}

static enum net_status shake_hands(struct net_stream *stream, struct dag_error *err)
{
    char why[200];
    int result;

    if (!stream->target.tls)
        return NET_DONE;
    if (!stream->ssl)
        stream->ssl = net_tls_new(stream->target.tls, stream->target.name, stream->fd, err);
    if (!stream->ssl)
        return NET_FAILED;
    result = SSL_connect(stream->ssl);
    stream->wants_write = false;
    if (result == 1)
        return NET_DONE;
    result = SSL_get_error(stream->ssl, result);
    if (result == SSL_ERROR_WANT_READ || result == SSL_ERROR_WANT_WRITE) {
        stream->wants_write = result == SSL_ERROR_WANT_WRITE;
        return net_stream_watch(stream, false, err) ? NET_WAIT : NET_FAILED;
    }
    net_tls_explain(stream->ssl, why, sizeof(why));
    dag_error_set(err, DAG_ERROR_IO, "%s port %u: %s", stream->target.name,
                  (unsigned int)stream->target.port, why);
    fail_retryable(err);
    return NET_FAILED;
}

static enum net_status go_on(struct net_stream *stream, struct dag_error *err)
{
    switch (stream->stage) {
    case STAGE_RESOLVING:
        return resolve(stream, err);
    case STAGE_CONNECTING:
        return dial_any(stream, err);
    case STAGE_SHAKING_HANDS:
        return shake_hands(stream, err);
    case STAGE_CONNECTED:
        break;
    }
    return NET_DONE;
}

enum net_status net_stream_connect(struct net_stream *stream, struct dag_error *err)
{
    enum net_status status = NET_DONE;

    while (stream->stage != STAGE_CONNECTED && status == NET_DONE) {
        status = go_on(stream, err);
        stream->stage += status == NET_DONE;
    }
    if (status == NET_WAIT && dag_monotonic_us(stream->host) >= stream->deadline_us) {
        dag_error_set(err, DAG_ERROR_IO, "%s port %u: no connection within %.3g seconds",
                      stream->target.name, (unsigned int)stream->target.port,
                      (double)stream->target.connect_timeout_us / 1e6);
        fail_retryable(err);
        return NET_FAILED;
    }
    return status;
}

/* ---- bytes ------------------------------------------------------------------------------ */

static int64_t broken(struct net_stream *stream, const char *why, struct dag_error *err)
{
    dag_error_set(err, DAG_ERROR_IO, "the connection to %s port %u is gone: %s",
                  stream->target.name, (unsigned int)stream->target.port, why);
    fail_retryable(err);
    return -1;
}

/* What SSL_read() and SSL_write() give. */
static int64_t judge_tls(struct net_stream *stream, int result, struct dag_error *err)
{
    char why[200];

    if (result > 0)
        return result;
    switch (SSL_get_error(stream->ssl, result)) {
    case SSL_ERROR_WANT_WRITE:
        stream->wants_write = true;
        return 0;
    case SSL_ERROR_WANT_READ:
        return 0;
    case SSL_ERROR_ZERO_RETURN:
        return broken(stream, "the server closed it", err);
    default:
        net_tls_explain(stream->ssl, why, sizeof(why));
        return broken(stream, why, err);
    }
}

static int64_t judge(struct net_stream *stream, ssize_t result, struct dag_error *err)
{
    if (result >= 0)
        return result;
    if (errno == EAGAIN || errno == EINTR)
        return 0;
    return broken(stream, strerror(errno), err);
}

int64_t net_stream_read(struct net_stream *stream, void *bytes, size_t size, struct dag_error *err)
{
    ssize_t got;

    if (size > INT_MAX)
        size = INT_MAX;
    if (stream->ssl) {
        stream->wants_write = false;
        return judge_tls(stream, SSL_read(stream->ssl, bytes, (int)size), err);
    }
    got = recv(stream->fd, bytes, size, 0);
    if (got == 0 && size > 0)
        return broken(stream, "the server closed it", err);
    return judge(stream, got, err);
}

int64_t net_stream_write(struct net_stream *stream, const void *bytes, size_t size,
                         struct dag_error *err)
{
    if (size == 0)
        return 0;
    if (size > INT_MAX)
        size = INT_MAX;
    if (stream->ssl) {
        stream->wants_write = false;
        return judge_tls(stream, SSL_write(stream->ssl, bytes, (int)size), err);
    }
    return judge(stream, send(stream->fd, bytes, size, MSG_NOSIGNAL), err);
}
