/* problem.c - refusals as application/problem+json. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "http/problem.h"
#include "http/request.h"

static bool put(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

bool http_json_text(struct dag_buffer *out, const char *text)
{
    bool is_written = put(out, "\"");

    while (is_written && *text) {
        unsigned char byte = (unsigned char)*text;
        size_t length = utf8_length(text);
        char escape[8];

        if (length == 0) {
            is_written = put(out, "\xEF\xBF\xBD");
            length = 1;
        } else if (byte == '"' || byte == '\\') {
            escape[0] = '\\';
            escape[1] = (char)byte;
            is_written = dag_buffer_append(out, escape, 2);
        } else if (byte < 0x20) {
            snprintf(escape, sizeof(escape), "\\u%04x", byte);
            is_written = dag_buffer_append(out, escape, 6);
        } else {
            is_written = dag_buffer_append(out, text, length);
        }
        text += length;
    }
    return is_written && put(out, "\"");
}

static bool put_member(struct dag_buffer *out, const char *name, const char *value)
{
    return put(out, ",\"") && put(out, name) && put(out, "\":") && http_json_text(out, value);
}

static bool write_problem(struct dag_buffer *out, const struct http_problem *problem,
                          const struct http_request *request)
{
    char status[32];

    snprintf(status, sizeof(status), ",\"status\":%u", problem->status);
    return put(out, "{\"type\":\"about:blank\"") &&
           put_member(out, "title", http_status_text(problem->status)) && put(out, status) &&
           put_member(out, "detail", problem->detail ? problem->detail : "") &&
           put_member(out, "instance", request->path) &&
           put_member(out, "code", problem->code ? problem->code : "error") &&
           put_member(out, "request_id", request->id) && put(out, ",\"errors\":") &&
           put(out, problem->errors ? problem->errors : "[]") &&
           (!problem->members || (put(out, ",") && put(out, problem->members))) && put(out, "}\n");
}

void problem_prepare(const struct http_request *request, const struct http_problem *problem,
                     struct problem_reply *out)
{
    unsigned int wait_s = problem->retry_after_s;

    *out = (struct problem_reply){0};
    out->reply = (struct http_reply){
        .status = problem->status, .content_type = "application/problem+json", .extra = out->extra};
    for (size_t i = 0; i < problem->extra_count && i < PROBLEM_EXTRA_MAX - 2; i++)
        out->extra[out->reply.extra_count++] = problem->extra[i];
    if (problem->status == 401) /* RFC 9110 wants it with each of them */
        out->extra[out->reply.extra_count++] =
            (struct http_pair){.name = "WWW-Authenticate", .value = "Bearer realm=\"dagd\""};
    if (wait_s == 0 && (problem->status == 429 || problem->status == 503))
        wait_s = 1;
    if (wait_s > 0) {
        snprintf(out->wait, sizeof(out->wait), "%u", wait_s);
        out->extra[out->reply.extra_count++] =
            (struct http_pair){.name = "Retry-After", .value = out->wait};
    }
    if (!write_problem(&out->body, problem, request))
        out->body.size = 0; /* out of memory: the status says enough */
}

void http_reply_problem(struct http_request *request, const struct http_problem *problem)
{
    struct problem_reply prepared;

    problem_prepare(request, problem, &prepared);
    http_reply_take(request, &prepared.reply, &prepared.body);
}

void http_reply_error(struct http_request *request, unsigned int status, const char *code,
                      const char *format, ...)
{
    struct http_problem problem = {.status = status, .code = code};
    char detail[600];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    problem.detail = detail;
    http_reply_problem(request, &problem);
}
