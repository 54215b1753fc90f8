/* request.c - what handlers ask of a request, and what becomes of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/request.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/clock.h"
#include "http/http_server.h"

static void make_id(char *id)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[(HTTP_ID_SIZE - 1) / 2];

    /* 16 bytes never come in part once the kernel's pool is ready */
    while (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        ;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        id[2 * i] = digits[bytes[i] >> 4];
        id[2 * i + 1] = digits[bytes[i] & 15];
    }
    id[HTTP_ID_SIZE - 1] = '\0';
}

struct exchange *exchange_new(struct http_server *server)
{
    struct exchange *exchange = calloc(1, sizeof(*exchange));

    if (!exchange)
        return NULL;
    exchange->server = server;
    exchange->started_us = server_now(server);
    exchange->request.method = "GET";
    exchange->request.path = "";
    exchange->request.host = "";
    exchange->request.body = "";
    make_id(exchange->request.id);
    pthread_mutex_init(&exchange->lock, NULL);
    server_count_exchange(server, true);
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    struct http_server *server = exchange->server;

    if (exchange->request.user_free)
        exchange->request.user_free(exchange->request.user);
    head_deinit(&exchange->head);
    dag_buffer_free(&exchange->body);
    dag_buffer_free(&exchange->reply_head);
    dag_buffer_free(&exchange->reply_body);
    free(exchange->text);
    free(exchange->segments);
    pthread_mutex_destroy(&exchange->lock);
    free(exchange);
    server_count_exchange(server, false);
}

bool exchange_parse(struct exchange *exchange, const char *head, size_t size,
                    struct http_fault *fault)
{
    struct http_request *request = &exchange->request;

    exchange->text = malloc(size + 1);
    if (!exchange->text)
        return http_fault_set(fault, 503, "out_of_memory", "There is no memory for the request.");
    memcpy(exchange->text, head, size);
    exchange->text[size] = '\0';
    if (!head_parse(&exchange->head, exchange->text, size, fault))
        return false;
    exchange->is_head = strcmp(exchange->head.method, "HEAD") == 0;
    request->method = exchange->is_head ? "GET" : exchange->head.method;
    request->host = exchange->head.host;
    request->headers = exchange->head.headers;
    request->header_count = exchange->head.header_count;
    if (strlen(exchange->head.target) > exchange->server->limits.target_size_max)
        return http_fault_set(fault, 414, "uri_too_long", "The request's target is too long.");
    if (!target_parse(&exchange->target, exchange->head.target, fault))
        return false;
    request->path = exchange->target.path;
    request->query = exchange->target.query;
    request->query_count = exchange->target.query_count;
    return true;
}

bool exchange_find_route(struct exchange *exchange, const struct route_table *table,
                         struct route_match *match)
{
    struct http_request *request = &exchange->request;

    exchange->segments = strdup(request->path);
    if (!exchange->segments)
        return false;
    route_find(table, request->method, exchange->segments, match);
    request->route = match->route;
    request->parameter_count = match->parameter_count;
    memcpy(request->parameters, match->parameters, sizeof(request->parameters));
    return true;
}

void exchange_body_done(struct exchange *exchange)
{
    exchange->request.body = exchange->body.bytes ? exchange->body.bytes : "";
    exchange->request.body_size = exchange->body.size;
}

void exchange_set_gone(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    if (!exchange->is_gone && exchange->gone)
        exchange->gone(exchange->gone_context);
    exchange->is_gone = true;
    exchange->gone = NULL;
    pthread_mutex_unlock(&exchange->lock);
}

void exchange_answer(struct exchange *exchange)
{
    struct http_server *server = exchange->server;

    if (server->on_answered)
        server->on_answered(server->context, &exchange->request, exchange->status,
                            server_now(server) - exchange->started_us);
    pthread_mutex_lock(&exchange->lock);
    exchange->gone = NULL;
    pthread_mutex_unlock(&exchange->lock);
    server_add_answered(exchange->server, exchange);
}

static const char *find(const struct http_pair *pairs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return NULL;
}

const char *http_request_header(const struct http_request *request, const char *name)
{
    return find(request->headers, request->header_count, name);
}

const char *http_request_query(const struct http_request *request, const char *name)
{
    return find(request->query, request->query_count, name);
}

const char *http_request_parameter(const struct http_request *request, const char *name)
{
    return find(request->parameters, request->parameter_count, name);
}

/* Looks through one Cookie header. Returns how often the name stands there. */
static size_t find_cookie(const char *header, const char *name, const char **value, size_t *size)
{
    size_t name_size = strlen(name), count = 0;

    for (const char *at = header; *at;) {
        size_t item;

        at += strspn(at, "; \t");
        item = strcspn(at, ";");
        if (item > name_size && memcmp(at, name, name_size) == 0 && at[name_size] == '=') {
            *value = at + name_size + 1;
            *size = item - name_size - 1;
            count++;
        }
        at += item;
    }
    return count;
}

bool http_request_cookie(const struct http_request *request, const char *name, char *out,
                         size_t size)
{
    const char *value = NULL;
    size_t value_size = 0, count = 0;

    for (size_t i = 0; i < request->header_count; i++)
        if (strcmp(request->headers[i].name, "cookie") == 0)
            count += find_cookie(request->headers[i].value, name, &value, &value_size);
    if (count != 1 || value_size >= size)
        return false;
    memcpy(out, value, value_size);
    out[value_size] = '\0';
    return true;
}

static bool list_has_etag(const char *list, const char *etag)
{
    size_t size = strlen(etag);

    for (const char *at = list; *at;) {
        size_t item;

        at += strspn(at, ", \t");
        if (strncmp(at, "W/", 2) == 0)
            at += 2;
        if (*at == '*')
            return true;
        if (*at != '"')
            return false;
        item = strcspn(at + 1, "\"") + 2;
        if (at[item - 1] != '"')
            return false;
        if (item == size && memcmp(at, etag, size) == 0)
            return true;
        at += item;
    }
    return false;
}

bool http_request_etag_matches(const struct http_request *request, const char *etag)
{
    const char *list = http_request_header(request, "if-none-match");

    return list && list_has_etag(list, strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag);
}

bool http_request_is_gone(struct http_request *request)
{
    struct exchange *exchange = exchange_of(request);
    bool is_gone;

    pthread_mutex_lock(&exchange->lock);
    is_gone = exchange->is_gone;
    pthread_mutex_unlock(&exchange->lock);
    return is_gone;
}

void http_request_watch(struct http_request *request, void (*gone)(void *context), void *context)
{
    struct exchange *exchange = exchange_of(request);

    assert(gone);
    pthread_mutex_lock(&exchange->lock);
    if (exchange->is_gone) {
        gone(context);
    } else {
        exchange->gone = gone;
        exchange->gone_context = context;
    }
    pthread_mutex_unlock(&exchange->lock);
}
