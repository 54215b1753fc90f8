/* api_reply.c - answers of handlers, and what has to be settled before they go out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "graph/writer.h"
#include "http/api_clerk.h"
#include "http/problem.h"

static _Thread_local bool is_worker;

void api_set_worker(bool is_one)
{
    is_worker = is_one;
}

/* ---- the end of every call ---- */

void api_keep_answer(struct http_request *request)
{
    api_call_of(request)->is_kept = true;
}

/* A reply that says "not now" is no reply to remember, when nothing was done. */
static void keep_for_repeats(struct api_call *call, unsigned int status,
                             const struct dag_buffer *body)
{
    if (!call->entry)
        return;
    if (!call->is_kept && (status >= 500 || status == 429))
        idempotency_abandon(call->api->idempotency, call->entry);
    else
        idempotency_finish(call->api->idempotency, call->entry, status, body ? body->bytes : NULL,
                           body ? body->size : 0);
    call->entry = NULL;
}

static void settle_result(struct api_call *call, unsigned int status)
{
    size_t size = strlen(call->note);

    if (!call->result)
        call->result = status < 400 ? "ok" : status == 401 || status == 403 ? "denied" : "failed";
    if (status >= 400 && size == 0)
        snprintf(call->note, sizeof(call->note), "status %u", status);
}

void api_finish(struct http_request *request, const struct http_reply *reply,
                struct dag_buffer *body)
{
    struct api_call *call = api_call_of(request);
    unsigned int status = reply->status ? reply->status : 200;
    struct dag_buffer none = {0};

    keep_for_repeats(call, status, body);
    if (status >= 400 && !call->is_quiet && api_is_sign_in(call->operation))
        api_count_failed_sign_in(call, request);
    if (!call->is_audited) {
        http_reply_take(request, reply, body ? body : &none);
        return;
    }
    settle_result(call, status);
    if (!is_worker) {
        api_clerk_answer(call->api->clerk, request, reply, body);
        return;
    }
    api_call_end_audit(call, request);
    http_reply_take(request, reply, body ? body : &none);
}

struct http_stream *api_stream_begin(struct http_request *request,
                                     const struct http_stream_options *options)
{
    struct api_call *call = api_call_of(request);
    struct http_stream_options own = *options;

    if (call->is_audited) {
        call->result = "ok";
        api_call_end_audit(call, request);
        call->is_audited = false;
    }
    own.principal = call->account.name;
    return http_stream_begin(request, &own);
}

/* ---- answers ---- */

static unsigned int usual_status(const struct http_request *request)
{
    return request->route->reply_status ? request->route->reply_status : 200;
}

void api_reply_json(struct http_request *request, unsigned int status, struct dag_buffer *body)
{
    struct http_reply reply = {.status = status ? status : usual_status(request)};

    api_finish(request, &reply, body);
}

void api_etag(uint64_t revision, char out[API_ETAG_SIZE])
{
    snprintf(out, API_ETAG_SIZE, "\"%" PRIu64 "\"", revision);
}

void api_reply_revision(struct http_request *request, unsigned int status, uint64_t revision,
                        const char *location, struct dag_buffer *body)
{
    char etag[API_ETAG_SIZE];
    const struct http_pair extra = {.name = "Location", .value = location};
    struct http_reply reply = {.status = status ? status : usual_status(request),
                               .etag = etag,
                               .extra = &extra,
                               .extra_count = location != NULL};

    api_etag(revision, etag);
    if (strcmp(request->method, "GET") == 0 && http_request_etag_matches(request, etag)) {
        dag_buffer_free(body);
        reply.status = 304;
    }
    api_finish(request, &reply, body);
}

void api_reply_empty(struct http_request *request, unsigned int status)
{
    struct http_reply reply = {.status = status};

    api_finish(request, &reply, NULL);
}

void api_reply_other(struct http_request *request, const struct http_reply *reply,
                     struct dag_buffer *body)
{
    struct http_reply own = *reply;
    struct dag_buffer copy = {0};

    if (!body && reply->body_size > 0) {
        if (!dag_buffer_append(&copy, reply->body, reply->body_size)) {
            api_reply_memory(request);
            return;
        }
        body = &copy;
    }
    if (own.status == 0)
        own.status = usual_status(request);
    api_finish(request, &own, body);
}

/* ---- problems ---- */

void api_reply_problem(struct http_request *request, const struct http_problem *problem)
{
    struct api_call *call = api_call_of(request);
    struct problem_reply prepared;

    if (call->is_audited && !call->note[0])
        snprintf(call->note, sizeof(call->note), "%s", problem->code);
    problem_prepare(request, problem, &prepared);
    api_finish(request, &prepared.reply, &prepared.body);
}

void api_reply_error(struct http_request *request, unsigned int status, const char *code,
                     const char *format, ...)
{
    struct http_problem problem = {.status = status, .code = code};
    char detail[600];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    problem.detail = detail;
    api_reply_problem(request, &problem);
}

void api_reply_memory(struct http_request *request)
{
    api_reply_error(request, 500, "out_of_memory", "there is no memory to write the answer");
}

void api_reply_member(struct http_request *request, const char *pointer, const char *format, ...)
{
    struct dag_buffer errors = {0};
    struct writer writer = {.out = &errors};
    char detail[600];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    writer_open(&writer, '[');
    writer_open(&writer, '{');
    writer_member(&writer, "pointer", pointer);
    writer_member(&writer, "code", "bad_member");
    writer_member(&writer, "message", detail);
    writer_close(&writer, '}');
    writer_close(&writer, ']');
    if (dag_buffer_append(&errors, "", 1) && !writer.failed)
        api_reply_problem(request, &(struct http_problem){.status = 422,
                                                          .code = "bad_member",
                                                          .detail = detail,
                                                          .errors = errors.bytes});
    else
        api_reply_memory(request);
    dag_buffer_free(&errors);
}

unsigned int api_status_of(enum answer_kind kind)
{
    switch (kind) {
    case ANSWER_OK:
        return 200;
    case ANSWER_INVALID:
        return 422;
    case ANSWER_BAD:
        return 400;
    case ANSWER_DENIED:
        return 403;
    case ANSWER_NOT_FOUND:
        return 404;
    case ANSWER_CONFLICT:
    case ANSWER_STANDBY:
        return 409;
    case ANSWER_STALE:
        return 412;
    case ANSWER_TOO_LARGE:
        return 413;
    case ANSWER_FULL:
        return 429;
    case ANSWER_UNAVAILABLE:
        return 503;
    case ANSWER_FAILED:
        break;
    }
    return 500;
}

static void write_problem(struct writer *writer, const struct problem *problem)
{
    static const char *const severities[] = {"error", "warning", "note"};

    writer_open(writer, '{');
    writer_member(writer, "pointer", problem->pointer ? problem->pointer : "");
    writer_key(writer, "line");
    writer_integer(writer, problem->line);
    writer_key(writer, "column");
    writer_integer(writer, problem->column);
    writer_member(writer, "code", problem->code);
    writer_member(writer, "message", problem->message ? problem->message : "");
    writer_member(writer, "severity", severities[problem->severity]);
    writer_member(writer, "suggestion", problem->suggestion);
    writer_close(writer, '}');
}

void api_reply_answer(struct http_request *request, const struct answer *answer)
{
    struct dag_buffer errors = {0};
    struct writer writer = {.out = &errors};

    api_note_revisions(request, answer);
    if (answer->kind == ANSWER_OK) {
        api_reply_empty(request, 204);
        return;
    }
    writer_open(&writer, '[');
    for (size_t i = 0; i < answer->problems.count; i++)
        write_problem(&writer, &answer->problems.items[i]);
    writer_close(&writer, ']');

    bool is_written = dag_buffer_append(&errors, "", 1) && !writer.failed;

    api_reply_problem(request,
                      &(struct http_problem){.status = api_status_of(answer->kind),
                                             .code = answer->code[0] ? answer->code : "error",
                                             .detail = answer->detail,
                                             .errors = is_written ? errors.bytes : NULL,
                                             .retry_after_s = answer->retry_after_s});
    dag_buffer_free(&errors);
}
