/* connection_request.c - from a complete head to the handler, or to a refusal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <event2/buffer.h>
#include <string.h>
#include <strings.h>

#include "core/log.h"
#include "http/asset.h"
#include "http/connection.h"

static const char all_methods[] = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/* Makes the exchange that the connection works on. False: out of memory; the connection is closed.
 */
static bool open_exchange(struct connection *connection)
{
    struct exchange *exchange = exchange_new(connection->server);

    if (!exchange) {
        connection_close(connection);
        return false;
    }
    exchange->connection = connection;
    connection->exchange = exchange;
    exchange->request.is_tls = connection->is_tls;
    exchange->request.is_loopback = !connection->is_proxied && peer_is_loopback(&connection->peer);
    peer_format(&connection->peer, exchange->request.peer);
    return true;
}

/* Before an answer that comes without the handler, or from it. */
static struct exchange *begin_answer(struct connection *connection)
{
    assert(connection->exchange);
    connection_enter(connection, CONNECTION_HANDLING);
    return connection->exchange;
}

void connection_refuse(struct connection *connection, const struct http_fault *fault)
{
    if (!connection->exchange && !open_exchange(connection))
        return;
    connection->must_close = true;
    log_write(DAG_LOG_DEBUG, NULL, "http", "%s: refused with %u %s: %s",
              connection->exchange->request.peer, fault->status, fault->code, fault->detail);
    if (fault->status == 400)
        server_count(connection->server, COUNT_MALFORMED, 1);
    http_reply_error(&begin_answer(connection)->request, fault->status, fault->code, "%s",
                     fault->detail);
}

static bool has_body(const struct exchange *exchange)
{
    return exchange->head.is_chunked || exchange->head.length > 0;
}

/* The value that the nearest proxy has written: some add a header of their own behind what the
 * client made up. NULL: there is none. */
static const char *last_header(const struct http_request *request, const char *name)
{
    for (size_t i = request->header_count; i > 0; i--)
        if (strcmp(request->headers[i - 1].name, name) == 0)
            return request->headers[i - 1].value;
    return NULL;
}

/* What a listed proxy says of the client. */
static void take_forwarded(struct connection *connection, struct exchange *exchange)
{
    struct http_request *request = &exchange->request;
    const struct http_server *server = connection->server;
    const char *protocol = last_header(request, "x-forwarded-proto");
    const char *host = last_header(request, "x-forwarded-host");
    struct peer_address peer = connection->peer;

    if (!connection->is_proxied)
        return;
    for (size_t i = request->header_count; i > 0; i--)
        if (strcmp(request->headers[i - 1].name, "x-forwarded-for") == 0)
            peer_follow(&peer, request->headers[i - 1].value, server->proxies, server->proxy_count);
    peer_format(&peer, request->peer);
    if (protocol)
        request->is_tls = strcasecmp(protocol, "https") == 0;
    if (host)
        request->host = host;
}

static void answer_options(struct exchange *exchange, const char *allow)
{
    struct http_pair extra = {.name = "Allow", .value = allow};
    struct http_reply reply = {.status = 204, .extra = &extra, .extra_count = 1};

    http_reply(&exchange->request, &reply);
}

static void run_assets(struct http_job *job)
{
    struct exchange *exchange =
        (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));

    if (!http_assets_reply(exchange->server->assets, &exchange->request))
        http_reply_error(&exchange->request, 404, "not_found", "There is nothing at this path.");
}

/* No operation is routed there. */
static void answer_unrouted(struct connection *connection, const struct route_match *match)
{
    struct exchange *exchange = begin_answer(connection);
    struct http_server *server = connection->server;
    bool is_api = strncmp(exchange->request.path, "/api/", 5) == 0;
    struct http_pair allow = {.name = "Allow", .value = match->allow};
    struct http_problem problem = {.status = 405,
                                   .code = "method_not_allowed",
                                   .detail = "This path doesn't take the method; see Allow.",
                                   .extra = &allow,
                                   .extra_count = 1};

    connection->must_close |= has_body(exchange);
    if (match->allow[0] && strcmp(exchange->request.method, "OPTIONS") == 0) {
        answer_options(exchange, match->allow);
    } else if (match->allow[0]) {
        http_reply_problem(&exchange->request, &problem);
    } else if (!is_api && server->assets && !has_body(exchange) &&
               strcmp(exchange->request.method, "GET") == 0) {
        exchange->job.run = run_assets;
        http_pool_add(server->pool, &exchange->job);
    } else {
        http_reply_error(&exchange->request, 404, "not_found", "There is nothing at this path.");
    }
}

/* Refuses a body before any of it is read. */
static bool check_body(const struct exchange *exchange, struct http_fault *fault)
{
    const struct http_request *request = &exchange->request;
    const char *coding = http_request_header(request, "content-encoding");

    if (exchange->head.length > request->route->body_max || request->route->body_max == 0)
        return http_fault_set(fault, 413, "too_large", "The body is too large.");
    if (!route_takes(request->route, http_request_header(request, "content-type")))
        return http_fault_set(fault, 415, "unsupported_media_type",
                              "The body's Content-Type isn't one that this operation takes.");
    if (coding && strcasecmp(coding, "identity") != 0)
        return http_fault_set(fault, 415, "unsupported_coding", "The body must not be compressed.");
    return true;
}

static void begin_body(struct connection *connection)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct exchange *exchange = connection->exchange;
    struct http_fault fault;

    if (!has_body(exchange)) {
        connection_dispatch(connection);
    } else if (!check_body(exchange, &fault)) {
        connection_refuse(connection, &fault);
    } else {
        connection->body_left = exchange->head.length;
        if (exchange->head.expects_continue)
            bufferevent_write(connection->events, go_on, sizeof(go_on) - 1);
        connection_enter(connection, CONNECTION_BODY);
    }
}

static void route(struct connection *connection)
{
    struct http_server *server = connection->server;
    struct exchange *exchange = connection->exchange;
    struct http_fault fault = {
        .status = 503, .code = "out_of_memory", .detail = "There is no memory for the request."};
    struct route_match match;

    if (strcmp(exchange->request.path, "*") == 0) {
        connection->must_close |= has_body(exchange);
        answer_options(begin_answer(connection), all_methods);
        return;
    }
    if (!exchange_find_route(exchange, server->routes, &match)) {
        connection_refuse(connection, &fault);
        return;
    }
    if (!match.route) {
        answer_unrouted(connection, &match);
        return;
    }
    if (server->admit) {
        bool must_close = has_body(exchange);

        begin_answer(connection); /* `admit` may answer */
        if (!server->admit(server->context, &exchange->request)) {
            connection->must_close |= must_close;
            return;
        }
    }
    begin_body(connection);
}

void connection_begin(struct connection *connection)
{
    struct http_server *server = connection->server;
    struct http_fault fault;

    if (!open_exchange(connection))
        return;
    if (!exchange_parse(connection->exchange, connection->head.bytes, connection->head.size,
                        &fault)) {
        connection_refuse(connection, &fault);
        return;
    }
    take_forwarded(connection, connection->exchange);
    connection->must_close = !connection->exchange->head.keep_alive;
    if (!peer_host_allowed(connection->exchange->request.host, server->hosts, server->host_count)) {
        http_fault_set(&fault, 421, "misdirected_request",
                       "This server isn't known by that Host; list it among its names.");
        connection_refuse(connection, &fault);
        return;
    }
    route(connection);
}

static void run_handler(struct http_job *job)
{
    struct exchange *exchange =
        (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));

    exchange->request.route->handle(exchange->server->context, &exchange->request);
}

void connection_dispatch(struct connection *connection)
{
    struct exchange *exchange = begin_answer(connection);

    exchange_body_done(exchange);
    exchange->job.run = run_handler;
    if (exchange->request.route->is_quick)
        run_handler(&exchange->job);
    else
        http_pool_add(connection->server->pool, &exchange->job);
}
