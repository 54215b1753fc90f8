/* server.c - a small HTTP server on the program's own core, for the tests beside it.
 *
 * usage: http_server [NAME=VALUE...]: limits by their name in http.h without the unit, `tls=DIR`
 * (cert.pem and key.pem), `proxy=ADDRESS`. Prints "port N" and serves until standard input ends;
 * then it stops and prints its counters.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "http/asset.h"

/* ---- handlers ---- */

static bool put(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

static bool put_member(struct dag_buffer *out, const char *name, const char *value)
{
    return put(out, ",") && http_json_text(out, name) && put(out, ":") &&
           http_json_text(out, value ? value : "");
}

/* What the request was, as JSON. */
static void echo(void *context, struct http_request *request)
{
    struct dag_buffer out = {0};
    char size[64];

    (void)context;
    snprintf(size, sizeof(size), "{\"size\":%zu,\"tls\":%s,\"loopback\":%s", request->body_size,
             request->is_tls ? "true" : "false", request->is_loopback ? "true" : "false");
    if (put(&out, size) && put_member(&out, "method", request->method) &&
        put_member(&out, "path", request->path) && put_member(&out, "peer", request->peer) &&
        put_member(&out, "name", http_request_parameter(request, "name")) &&
        put_member(&out, "x", http_request_query(request, "x")) &&
        put_member(&out, "body", request->body_size < 100 ? request->body : "") && put(&out, "}"))
        http_reply_json(request, 200, &out);
    else
        http_reply_error(request, 500, "out_of_memory", "no memory");
}

/* Requests that wait for one that releases them. */
static pthread_mutex_t held_lock = PTHREAD_MUTEX_INITIALIZER;
static struct http_request *held[64]; /* guarded by held_lock */
static size_t held_count;             /* guarded by held_lock */
static _Atomic unsigned int gone_count;

static void note_gone(void *context)
{
    (void)context;
    gone_count++;
}

static void hold(void *context, struct http_request *request)
{
    (void)context;
    pthread_mutex_lock(&held_lock);
    http_request_watch(request, note_gone, NULL);
    if (held_count < sizeof(held) / sizeof(held[0]))
        held[held_count++] = request;
    else
        http_reply_empty(request, 503);
    pthread_mutex_unlock(&held_lock);
}

static size_t release_held(void)
{
    size_t count;

    pthread_mutex_lock(&held_lock);
    count = held_count;
    while (held_count > 0)
        http_reply_empty(held[--held_count], 204);
    pthread_mutex_unlock(&held_lock);
    return count;
}

static void release(void *context, struct http_request *request)
{
    struct dag_buffer out = {0};
    char text[64];

    /* `?x=look` only tells */
    snprintf(text, sizeof(text), "{\"gone\":%u,\"released\":%zu}", gone_count,
             http_request_query(request, "x") ? (size_t)0 : release_held());
    (void)context;
    put(&out, text);
    http_reply_json(request, 200, &out);
}

/* A stream to which POST /send adds; `?big=1` asks for more than a buffer holds. */
static pthread_mutex_t streams_lock = PTHREAD_MUTEX_INITIALIZER;
static struct client {
    struct http_stream *stream;
    bool is_used;
} clients[64]; /* guarded by streams_lock */
static _Atomic unsigned int drained_count, closed_count, released_count;

static void note_drained(void *context)
{
    (void)context;
    drained_count++;
}

static void note_closed(void *context)
{
    struct client *client = context;

    closed_count++;
    pthread_mutex_lock(&streams_lock);
    http_stream_end(client->stream);
    client->stream = NULL;
    pthread_mutex_unlock(&streams_lock);
}

static void note_released(void *context)
{
    struct client *client = context;

    released_count++;
    pthread_mutex_lock(&streams_lock);
    client->is_used = false;
    pthread_mutex_unlock(&streams_lock);
}

static void stream(void *context, struct http_request *request)
{
    struct http_stream_options options = {.principal = http_request_query(request, "user"),
                                          .drained = note_drained,
                                          .closed = note_closed,
                                          .released = note_released};
    size_t i = 0;

    (void)context;
    pthread_mutex_lock(&streams_lock);
    while (i < sizeof(clients) / sizeof(clients[0]) - 1 && clients[i].is_used)
        i++;
    options.context = &clients[i];
    clients[i].is_used = true;
    clients[i].stream = http_stream_begin(request, &options);
    if (clients[i].stream)
        http_stream_send(clients[i].stream, "data: hello\n\n", 13);
    else
        clients[i].is_used = false;
    pthread_mutex_unlock(&streams_lock);
}

/* Sends the body to every stream and tells how that went. */
static void send_all(void *context, struct http_request *request)
{
    unsigned int sent = 0, lagged = 0;
    struct dag_buffer out = {0};
    char text[128];

    (void)context;
    pthread_mutex_lock(&streams_lock);
    for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
        enum http_sent how = clients[i].stream ? http_stream_send(clients[i].stream, request->body,
                                                                  request->body_size)
                                               : HTTP_CLOSED;
        sent += how == HTTP_SENT;
        lagged += how == HTTP_LAGGED;
    }
    pthread_mutex_unlock(&streams_lock);
    snprintf(text, sizeof(text),
             "{\"sent\":%u,\"lagged\":%u,\"drained\":%u,\"closed\":%u,\"released\":%u}", sent,
             lagged, drained_count, closed_count, released_count);
    put(&out, text);
    http_reply_json(request, 200, &out);
}

static void end_all(void)
{
    pthread_mutex_lock(&streams_lock);
    for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
        http_stream_end(clients[i].stream);
        clients[i].stream = NULL;
    }
    pthread_mutex_unlock(&streams_lock);
}

static void stopping(void *context)
{
    (void)context;
    end_all();
}

static bool admit(void *context, struct http_request *request)
{
    (void)context;
    if (!http_request_header(request, "x-refuse"))
        return true;
    http_reply_error(request, 403, "refused", "not you");
    return false;
}

static const struct http_route routes[] = {
    {.method = "GET", .pattern = "/api/echo/{name}", .handle = echo},
    {.method = "POST", .pattern = "/api/echo", .handle = echo, .body_max = 4 << 20},
    {.method = "PUT", .pattern = "/api/echo", .handle = echo, .body_max = 10, .is_quick = true},
    {.method = "GET", .pattern = "/api/hold", .handle = hold},
    {.method = "POST", .pattern = "/api/release", .handle = release},
    {.method = "GET", .pattern = "/api/stream", .handle = stream},
    {.method = "POST", .pattern = "/api/send", .handle = send_all, .body_max = 1 << 20},
};

/* A page as it is embedded. */
#define BYTES(text)                                                                                \
    {                                                                                              \
        (const unsigned char *)(text), sizeof(text) - 1                                            \
    }
static const struct http_asset embedded[] = {
    {"/app-1.js", "text/javascript", "e1", true, BYTES("plain"), BYTES("gzipped"), BYTES("br")},
    {"/index.html", "text/html", "e2", false, BYTES("page"), {NULL, 0}, {NULL, 0}},
};
static const struct http_asset_table table = {embedded, 2};

/* ---- the program ---- */

static const char *setting(int count, char **arguments, const char *name)
{
    size_t size = strlen(name);

    for (int i = 1; i < count; i++)
        if (strncmp(arguments[i], name, size) == 0 && arguments[i][size] == '=')
            return arguments[i] + size + 1;
    return NULL;
}

static long long number(int count, char **arguments, const char *name, long long otherwise)
{
    const char *text = setting(count, arguments, name);

    return text ? strtoll(text, NULL, 10) : otherwise;
}

static void set_limits(struct http_limits *limits, int count, char **arguments)
{
    http_limits_default(limits);
    limits->header_timeout_us = number(count, arguments, "header_ms", 10000) * 1000;
    limits->idle_timeout_us = number(count, arguments, "idle_ms", 60000) * 1000;
    limits->rate_grace_us = number(count, arguments, "grace_ms", 10000) * 1000;
    limits->heartbeat_us = number(count, arguments, "heartbeat_ms", 15000) * 1000;
    limits->stream_stall_us = number(count, arguments, "stall_ms", 60000) * 1000;
    limits->connections_max = (uint32_t)number(count, arguments, "connections", 1024);
    limits->connections_per_address_max = (uint32_t)number(count, arguments, "per_address", 64);
    limits->streams_max = (uint32_t)number(count, arguments, "streams", 500);
}

static void print_counters(struct http_server *server, bool is_clean)
{
    struct http_counters counters;

    http_server_counters(server, &counters);
    printf("clean %d requests %" PRIu64 " malformed %" PRIu64 " timed_out %" PRIu64
           " refused %" PRIu64 " reloads %" PRIu64 " open %u streams %u\n",
           is_clean, counters.requests, counters.malformed, counters.timed_out,
           counters.connections_refused, counters.tls_reloads, counters.connections_open,
           counters.streams_open);
}

int main(int count, char **arguments)
{
    const char *tls = setting(count, arguments, "tls"), *proxy = setting(count, arguments, "proxy");
    const char *web = setting(count, arguments, "web");
    struct http_listen listen = {.address = "127.0.0.1", .is_tls = tls != NULL};
    const char *const hosts[] = {"dagd.example"};
    struct http_options options = {.listen = &listen,
                                   .listen_count = 1,
                                   .hosts = hosts,
                                   .host_count = 1,
                                   .proxies = &proxy,
                                   .proxy_count = proxy != NULL,
                                   .reload_check_us = 20000,
                                   .routes = routes,
                                   .route_count = sizeof(routes) / sizeof(routes[0]),
                                   .admit = admit,
                                   .stopping = stopping};
    char certificate[512], key[512], byte;
    struct http_assets *assets = NULL;
    struct http_limits limits;
    struct dag_error err = {0};
    struct http_server *server;
    bool is_clean;

    set_limits(&limits, count, arguments);
    options.limits = &limits;
    snprintf(certificate, sizeof(certificate), "%s/cert.pem", tls ? tls : "");
    snprintf(key, sizeof(key), "%s/key.pem", tls ? tls : "");
    options.certificate_file = certificate;
    options.key_file = key;
    options.assets = assets = http_assets_new(&table, web, &err);
    server = http_server_new(&options, &err);
    if (!server) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("port %u\n", http_server_port(server, 0));
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) != 0)
        ;
    is_clean = http_server_stop(server, 2000000);
    release_held();
    print_counters(server, is_clean);
    http_server_free(server);
    http_assets_free(assets);
    return 0;
}
