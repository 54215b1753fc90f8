/* reply.c - answers of handlers: the headers that every reply has, and the caller's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/log.h"
#include "http/http_server.h"
#include "http/request.h"

static const char security_headers[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";

const char *http_status_text(unsigned int status)
{
    static const struct {
        unsigned int status;
        const char *text;
    } texts[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {207, "Multi-Status"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "Unknown";
}

static bool put(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

static bool put_header(struct dag_buffer *out, const char *name, const char *value)
{
    for (const char *byte = name; *byte; byte++)
        if ((unsigned char)*byte <= ' ' || *byte == ':')
            name = "";
    for (const char *byte = value; *byte; byte++)
        if ((unsigned char)*byte < ' ' || *byte == 0x7F)
            name = "";
    if (!*name) {
        log_write(DAG_LOG_ERROR, NULL, "http", "a reply's header with a control byte is left out");
        return true;
    }
    return put(out, name) && put(out, ": ") && put(out, value) && put(out, "\r\n");
}

static bool put_date(struct dag_buffer *out)
{
    /* not strftime(): names of days and months must not follow the locale */
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = time(NULL);
    struct tm when;
    char text[96];

    if (!gmtime_r(&now, &when))
        return true;
    snprintf(text, sizeof(text), "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n", days[when.tm_wday],
             when.tm_mday, months[when.tm_mon], when.tm_year + 1900, when.tm_hour, when.tm_min,
             when.tm_sec);
    return put(out, text);
}

bool exchange_write_head(struct exchange *exchange, const struct http_reply *reply)
{
    struct dag_buffer *out = &exchange->reply_head;
    char line[96];

    out->size = 0;
    exchange->status = reply->status ? reply->status : 200;
    snprintf(line, sizeof(line), "HTTP/1.1 %u %s\r\n", exchange->status,
             http_status_text(exchange->status));
    if (!put(out, line) || !put_date(out) || !put(out, security_headers) ||
        !put_header(out, "X-Request-Id", exchange->request.id) ||
        !put_header(out, "Cache-Control", reply->cache_control ? reply->cache_control : "no-store"))
        return false;
    if (exchange->request.is_tls &&
        !put_header(out, "Strict-Transport-Security", "max-age=31536000"))
        return false;
    if (reply->content_type && !put_header(out, "Content-Type", reply->content_type))
        return false;
    if (reply->etag && !put_header(out, "ETag", reply->etag))
        return false;
    for (size_t i = 0; i < reply->extra_count; i++)
        if (!put_header(out, reply->extra[i].name, reply->extra[i].value))
            return false;
    return true;
}

static bool has_no_body(unsigned int status)
{
    return status == 204 || status == 304;
}

/* The reply when there is no memory for another. The head has room: it was reserved, or the
 * connection is closed without a word. */
static void answer_no_memory(struct exchange *exchange)
{
    static const char text[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n";

    dag_buffer_free(&exchange->reply_body);
    exchange->status = 503;
    exchange->reply_head.size = 0;
    if (!dag_buffer_append(&exchange->reply_head, text, sizeof(text) - 1))
        exchange->reply_head.size = 0;
    exchange_answer(exchange);
}

void http_reply_take(struct http_request *request, const struct http_reply *reply,
                     struct dag_buffer *body)
{
    struct exchange *exchange = exchange_of(request);
    struct http_reply full = *reply;
    char length[48];

    exchange->reply_body = *body;
    *body = (struct dag_buffer){0};
    if (!full.content_type && exchange->reply_body.size > 0)
        full.content_type = "application/json";
    snprintf(length, sizeof(length), "Content-Length: %zu\r\n", exchange->reply_body.size);
    if (!exchange_write_head(exchange, &full) ||
        (!has_no_body(exchange->status) && !put(&exchange->reply_head, length))) {
        answer_no_memory(exchange);
        return;
    }
    if (has_no_body(exchange->status) || exchange->is_head)
        dag_buffer_free(&exchange->reply_body);
    exchange_answer(exchange);
}

void http_reply(struct http_request *request, const struct http_reply *reply)
{
    struct dag_buffer body = {0};

    if (reply->body_size > 0 && !dag_buffer_append(&body, reply->body, reply->body_size)) {
        answer_no_memory(exchange_of(request));
        return;
    }
    http_reply_take(request, reply, &body);
}

void http_reply_json(struct http_request *request, unsigned int status, struct dag_buffer *body)
{
    struct http_reply reply = {.status = status};

    http_reply_take(request, &reply, body);
}

void http_reply_empty(struct http_request *request, unsigned int status)
{
    struct http_reply reply = {.status = status};

    http_reply(request, &reply);
}
