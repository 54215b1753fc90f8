/* http_server.h - what the parts of the HTTP server share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_HTTP_SERVER_H
#define HTTP_HTTP_SERVER_H

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/connection_peer.h"
#include "http/http.h"
#include "http/http_pool.h"
#include "http/route.h"
#include "http/tls.h"

struct connection;
struct exchange;

enum server_counter {
    COUNT_CONNECTIONS,
    COUNT_REFUSED,
    COUNT_REQUESTS,
    COUNT_MALFORMED,
    COUNT_TIMED_OUT,
    COUNT_BYTES_IN,
    COUNT_BYTES_OUT,
    COUNT_LAGGED,
    COUNT_TLS_FAILURES,
    COUNT_TLS_RELOADS,
    COUNT_TLS_RELOADS_FAILED,
    COUNT_DURATION,
    COUNT_REPLIES,
    COUNTER_COUNT = COUNT_REPLIES + 6,
};

struct server_socket {
    struct http_server *server;      /* borrowed */
    struct evconnlistener *listener; /* owned; NULL once the server stops */
    uint16_t port;
    bool is_tls;
};

/* Fields without a word about a lock are the network thread's, or don't change. */
struct http_server {
    struct http_limits limits;
    struct event_base *base; /* owned */
    struct event *wake;      /* owned: something is in the lists below */
    struct event *tick;      /* owned: files of TLS, sockets that ran out of descriptors */
    int wake_fd;             /* owned eventfd; any thread writes it */
    pthread_t thread;
    bool has_thread;
    struct server_socket *sockets; /* owned */
    size_t socket_count;
    struct route_table *routes; /* owned */
    struct http_pool *pool;     /* owned */
    struct tls_keeper *tls;     /* owned; NULL: no TLS */
    struct peer_net *proxies;   /* owned */
    size_t proxy_count;
    char **hosts; /* owned, texts too */
    size_t host_count;
    const struct http_assets *assets; /* borrowed */
    void *context;
    bool (*admit)(void *context, struct http_request *request);
    void (*on_answered)(void *context, const struct http_request *request, unsigned int status,
                        int64_t duration_us);
    void (*stopping)(void *context);

    struct connection *connections; /* list */
    struct connection *dead;        /* closed, to be released when no callback is under way */
    uint32_t connection_count;
    size_t body_total;         /* bytes of all bodies */
    int64_t refusal_logged_us; /* when a connection over a limit was logged last; 0: never */
    bool is_stopping;          /* the network thread's own copy */

    pthread_mutex_t lock;
    pthread_cond_t changed;                    /* a count below has fallen */
    struct exchange *answered, *answered_last; /* guarded by lock */
    struct http_stream *dirty, *dirty_last;    /* guarded by lock: with something to send */
    struct http_stream *streams;               /* guarded by lock: all of them */
    uint32_t stream_count, exchange_count;     /* guarded by lock */
    uint32_t connections_open;                 /* guarded by lock: of `connection_count` */
    bool stop, cut, end;                       /* guarded by lock: what is asked of the thread */
    _Atomic uint64_t counters[COUNTER_COUNT];
};

static inline void server_count(struct http_server *server, unsigned int counter, uint64_t count)
{
    atomic_fetch_add_explicit(&server->counters[counter], count, memory_order_relaxed);
}

/** Monotonic microseconds. */
int64_t server_now(const struct http_server *server);

/** Wakes the network's thread. Any thread. */
void server_wake(struct http_server *server);

/** Any thread. */
void server_add_answered(struct http_server *server, struct exchange *exchange);
void server_count_exchange(struct http_server *server, bool is_new);

#endif
