/* http.c - makes, stops and counts an HTTP server. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "http/http_loop.h"
#include "http/request.h"

#define TICK_US_DEFAULT INT64_C(5000000)
#define WORKERS_DEFAULT 4

int64_t server_now(const struct http_server *server)
{
    struct clock *clock = clock_system();

    (void)server;
    return clock->monotonic_us(clock);
}

void server_wake(struct http_server *server)
{
    uint64_t one = 1;

    /* a full counter wakes as well */
    while (write(server->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
}

void server_add_answered(struct http_server *server, struct exchange *exchange)
{
    exchange->next = NULL;
    pthread_mutex_lock(&server->lock);
    if (server->answered)
        server->answered_last->next = exchange;
    else
        server->answered = exchange;
    server->answered_last = exchange;
    /* under the lock: the server lives as long as this exchange isn't carried out */
    server_wake(server);
    pthread_mutex_unlock(&server->lock);
}

void server_count_exchange(struct http_server *server, bool is_new)
{
    pthread_mutex_lock(&server->lock);
    server->exchange_count += is_new ? 1 : 0;
    server->exchange_count -= is_new ? 0 : 1;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

/* ---- making ---- */

static bool add_host(struct http_server *server, const char *host)
{
    server->hosts[server->host_count] = strdup(host);
    return server->hosts[server->host_count++] != NULL;
}

/* Names listed, and those by which an address is called. */
static bool make_hosts(struct http_server *server, const struct http_options *options)
{
    server->hosts =
        calloc(options->host_count + 3 * options->listen_count + 1, sizeof(*server->hosts));
    if (!server->hosts)
        return false;
    for (size_t i = 0; i < options->host_count; i++)
        if (!add_host(server, options->hosts[i]))
            return false;
    for (size_t i = 0; i < options->listen_count; i++) {
        const char *address = options->listen[i].address;
        struct peer_address peer;
        char text[HTTP_PEER_SIZE + 2];

        if (!peer_from_text(&peer, address))
            continue; /* refused later, with a better word */
        snprintf(text, sizeof(text), "[%s]", address);
        if (!add_host(server, strchr(address, ':') ? text : address))
            return false;
        if (peer_is_loopback(&peer) && !add_host(server, "localhost"))
            return false;
    }
    return true;
}

static bool make_proxies(struct http_server *server, const struct http_options *options,
                         struct dag_error *err)
{
    server->proxies = calloc(options->proxy_count + 1, sizeof(*server->proxies));
    if (!server->proxies)
        return dag_error_set_memory(err, "the HTTP server");
    for (; server->proxy_count < options->proxy_count; server->proxy_count++)
        if (!peer_net_parse(&server->proxies[server->proxy_count],
                            options->proxies[server->proxy_count], err))
            return false;
    return true;
}

static bool make_tls(struct http_server *server, const struct http_options *options,
                     struct dag_error *err)
{
    bool is_needed = false;

    for (size_t i = 0; i < options->listen_count; i++)
        is_needed |= options->listen[i].is_tls;
    if (!is_needed)
        return true;
    if (!options->certificate_file || !options->key_file)
        return dag_error_set(err, DAG_ERROR_INVALID, "TLS needs a certificate file and a key file");
    server->tls = tls_keeper_new(options->certificate_file, options->key_file, err);
    return server->tls != NULL;
}

static bool start_thread(struct http_server *server, struct dag_error *err)
{
    int failure = pthread_create(&server->thread, NULL, loop_run, server);

    server->has_thread = failure == 0;
    if (server->has_thread)
        pthread_setname_np(server->thread, "http");
    errno = failure;
    return failure == 0 || dag_error_set_errno(err, "cannot start the network's thread");
}

static bool make(struct http_server *server, const struct http_options *options,
                 struct dag_error *err)
{
    int64_t tick_us = options->reload_check_us ? options->reload_check_us : TICK_US_DEFAULT;

    if (options->limits)
        server->limits = *options->limits;
    else
        http_limits_default(&server->limits);
    server->limits.rate_min += server->limits.rate_min == 0;
    server->assets = options->assets;
    server->context = options->context;
    server->admit = options->admit;
    server->on_answered = options->answered;
    server->stopping = options->stopping;
    server->routes = route_table_new(options->routes, options->route_count, err);
    if (!server->routes || !make_proxies(server, options, err))
        return false;
    if (!make_hosts(server, options))
        return dag_error_set_memory(err, "the HTTP server");
    if (!make_tls(server, options, err) || !loop_open(server, tick_us, err))
        return false;
    server->pool = http_pool_new(options->workers ? options->workers : WORKERS_DEFAULT, err);
    return server->pool && loop_listen(server, options, err) && start_thread(server, err);
}

struct http_server *http_server_new(const struct http_options *options, struct dag_error *err)
{
    struct http_server *server = calloc(1, sizeof(*server));
    pthread_condattr_t attributes;

    if (!server) {
        dag_error_set_memory(err, "the HTTP server");
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN); /* a client that closes is no reason to die */
    server->wake_fd = -1;
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&server->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (make(server, options, err))
        return server;
    http_server_free(server);
    return NULL;
}

uint16_t http_server_port(const struct http_server *server, size_t listen)
{
    assert(listen < server->socket_count);
    return server->sockets[listen].port;
}

bool http_server_reload(struct http_server *server, struct dag_error *err)
{
    if (!server->tls)
        return true;
    if (tls_keeper_reload(server->tls, err)) {
        server_count(server, COUNT_TLS_RELOADS, 1);
        return true;
    }
    server_count(server, COUNT_TLS_RELOADS_FAILED, 1);
    return false;
}

/* ---- stopping ---- */

bool http_server_stop(struct http_server *server, int64_t timeout_us)
{
    int64_t end_us = server_now(server) + timeout_us;
    struct timespec end = {.tv_sec = end_us / 1000000, .tv_nsec = end_us % 1000000 * 1000};
    bool is_clean;
    int waited = 0;

    pthread_mutex_lock(&server->lock);
    server->stop = true;
    server_wake(server);
    while ((server->connections_open > 0 || server->exchange_count > 0) && waited == 0)
        waited = pthread_cond_timedwait(&server->changed, &server->lock, &end);
    is_clean = server->connections_open == 0 && server->exchange_count == 0;
    server->cut = true;
    server_wake(server);
    while (server->connections_open > 0)
        pthread_cond_wait(&server->changed, &server->lock);
    pthread_mutex_unlock(&server->lock);
    return is_clean;
}

static void join_thread(struct http_server *server)
{
    http_server_stop(server, 0);
    pthread_mutex_lock(&server->lock);
    while (server->exchange_count > 0 || server->stream_count > 0)
        pthread_cond_wait(&server->changed, &server->lock);
    server->end = true;
    server_wake(server);
    pthread_mutex_unlock(&server->lock);
    pthread_join(server->thread, NULL);
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    if (server->has_thread)
        join_thread(server);
    http_pool_free(server->pool);
    loop_close_sockets(server);
    free(server->sockets);
    if (server->wake)
        event_free(server->wake);
    if (server->tick)
        event_free(server->tick);
    if (server->base)
        event_base_free(server->base);
    if (server->wake_fd >= 0)
        close(server->wake_fd);
    tls_keeper_free(server->tls);
    route_table_free(server->routes);
    free(server->proxies);
    for (size_t i = 0; i < server->host_count; i++)
        free(server->hosts[i]);
    free(server->hosts);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

/* ---- counting ---- */

static uint64_t counted(struct http_server *server, unsigned int counter)
{
    return atomic_load_explicit(&server->counters[counter], memory_order_relaxed);
}

void http_server_counters(struct http_server *server, struct http_counters *counters)
{
    *counters = (struct http_counters){
        .connections = counted(server, COUNT_CONNECTIONS),
        .connections_refused = counted(server, COUNT_REFUSED),
        .requests = counted(server, COUNT_REQUESTS),
        .malformed = counted(server, COUNT_MALFORMED),
        .timed_out = counted(server, COUNT_TIMED_OUT),
        .bytes_in = counted(server, COUNT_BYTES_IN),
        .bytes_out = counted(server, COUNT_BYTES_OUT),
        .stream_lagged = counted(server, COUNT_LAGGED),
        .tls_failures = counted(server, COUNT_TLS_FAILURES),
        .tls_reloads = counted(server, COUNT_TLS_RELOADS),
        .tls_reloads_failed = counted(server, COUNT_TLS_RELOADS_FAILED),
        .duration_us = counted(server, COUNT_DURATION),
    };
    for (unsigned int i = 0; i < 6; i++)
        counters->replies[i] = counted(server, COUNT_REPLIES + i);
    pthread_mutex_lock(&server->lock);
    counters->connections_open = server->connections_open;
    counters->streams_open = server->stream_count;
    counters->requests_open = server->exchange_count;
    pthread_mutex_unlock(&server->lock);
}
