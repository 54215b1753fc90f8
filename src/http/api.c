/* api.c - from the routing table to a handler, and the log line of each request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "http/api_clerk.h"
#include "server/audit.h"
#include "server/denials.h"

/* ---- one call ---- */

/* True: the request is new, or has no key. False: answered. */
static bool begin_once(struct http_request *request)
{
    struct api_call *call = api_call_of(request);
    const char *key = http_request_header(request, "idempotency-key");
    struct idempotency_answer answer = {0};
    struct dag_buffer place = {0}, body = {0};
    enum idempotency_outcome outcome = IDEMPOTENCY_FULL;

    if (!key || !(call->operation->access & API_IDEMPOTENCY_KEY))
        return true;
    if (api_write_place(request, &place))
        outcome = idempotency_begin(call->api->idempotency, call->account.name, place.bytes, key,
                                    request->body, request->body_size, &answer);
    dag_buffer_free(&place);
    switch (outcome) {
    case IDEMPOTENCY_NEW:
        call->entry = answer.entry;
        return true;
    case IDEMPOTENCY_REPEAT:
        body = (struct dag_buffer){
            .bytes = answer.body, .size = answer.body_size, .capacity = answer.body_size};
        api_reply_json(request, answer.status, &body);
        return false;
    case IDEMPOTENCY_RUNNING:
        api_reply_error(request, 409, "key_in_use",
                        "the first request with this Idempotency-Key is still under way");
        return false;
    case IDEMPOTENCY_DIFFERENT:
        api_reply_error(request, 422, "key_reused",
                        "this Idempotency-Key was used with another body: take a new one");
        return false;
    case IDEMPOTENCY_BAD_KEY:
        api_reply_error(request, 400, "bad_key",
                        "Idempotency-Key must be 1 to %d printable ASCII characters",
                        IDEMPOTENCY_KEY_SIZE_MAX);
        return false;
    case IDEMPOTENCY_FULL:
        break;
    }
    api_reply_error(request, 503, "keys_full",
                    "there is no room to remember another Idempotency-Key: try again later");
    return false;
}

/* What changes something is told before it is done. */
static bool begin_audit(struct http_request *request)
{
    struct api_call *call = api_call_of(request);
    struct dag_error err = {0};

    if (!(call->operation->access & (API_CHANGES | API_AUDITED)))
        return true;
    if (api_call_begin_audit(call, request, &err))
        return true;
    log_write(DAG_LOG_ERROR, NULL, "audit", "%s is refused: %s", call->operation->operation_id,
              err.message);
    api_reply_error(request, 503, "audit_failed",
                    "the audit log can't be written, so nothing may be changed: see the server's "
                    "log");
    return false;
}

/* Signing in and setting up need no credential: an address that fails again and again could fill
 * the disk with lines of the audit log. Told to wait, it is in the log of requests and in their
 * count. */
static bool check_wait(struct http_request *request)
{
    struct api_call *call = api_call_of(request);
    uint32_t access = call->operation->access;
    int64_t wait_us;

    if ((access & API_ROLE_MASK) != ROLE_NONE || !(access & API_CHANGES))
        return true;
    wait_us = accounts_wait_us(call->api->accounts, request->peer);
    if (wait_us <= 0)
        return true;

    unsigned int wait_s = (unsigned int)((wait_us + 999999) / 1000000);
    char detail[80];

    snprintf(detail, sizeof(detail), "too many attempts have failed: wait %u s", wait_s);
    api_reply_problem(request, &(struct http_problem){.status = 429,
                                                      .code = "sign_in_slowed",
                                                      .detail = detail,
                                                      .retry_after_s = wait_s});
    return false;
}

static void run(void *context, struct http_request *request)
{
    const struct http_route *operation = api_call_of(request)->operation;

    api_set_worker(true);
    if (api_check_query(request) && begin_once(request) && check_wait(request) &&
        begin_audit(request))
        operation->handle(context, request);
    api_set_worker(false);
}

/* ---- the API ---- */

bool api_init(struct api *api, struct dag_error *err)
{
    api->routes = calloc(api_operation_count, sizeof(*api->routes));
    if (!api->routes)
        return dag_error_set_memory(err, "the REST API");
    for (size_t i = 0; i < api_operation_count; i++) {
        api->routes[i] = api_operations[i];
        api->routes[i].handle = run;
    }
    api->wrong_credentials = denials_new(err);
    api->failed_sign_ins = denials_new(err);
    if (!api->wrong_credentials || !api->failed_sign_ins)
        return false;
    api->clerk = api_clerk_new(err);
    return api->clerk != NULL;
}

void api_deinit(struct api *api)
{
    api_clerk_free(api->clerk);
    denials_free(api->wrong_credentials);
    denials_free(api->failed_sign_ins);
    free(api->routes);
    api->wrong_credentials = api->failed_sign_ins = NULL;
    api->clerk = NULL;
    api->routes = NULL;
}

/* ---- the log ---- */

static bool is_probe(const struct http_request *request)
{
    return request->route && (request->route->access & API_ROLE_MASK) == ROLE_NONE &&
           strcmp(request->method, "GET") == 0;
}

/* What people look for stands out; what a page asks for all the time doesn't. */
static enum dag_log_level level_of(const struct http_request *request, unsigned int status)
{
    const struct api_call *call = api_call_of(request);

    if (call && call->is_quiet)
        return DAG_LOG_DEBUG;
    if (is_probe(request))
        return DAG_LOG_DEBUG;
    if (status >= 500)
        return DAG_LOG_WARNING;
    if (!request->route)
        return DAG_LOG_DEBUG; /* malformed, or a file of the page */
    return status >= 400 || strcmp(request->method, "GET") != 0 ? DAG_LOG_INFO : DAG_LOG_DEBUG;
}

void api_answered(void *context, const struct http_request *request, unsigned int status,
                  int64_t duration_us)
{
    const struct api_call *call = api_call_of(request);
    /* the pattern, not the path: it may hold names that are nobody's business */
    const struct log_field fields[] = {
        {.name = "method", .text = request->method},
        {.name = "path", .text = request->route ? request->route->pattern : "-"},
        {.name = "status", .number = status},
        {.name = "duration_us", .number = duration_us},
        {.name = "request_id", .text = request->id},
        {.name = "user", .text = call && call->account.name[0] ? call->account.name : "-"},
        {.name = "address", .text = request->peer},
    };

    (void)context;
    log_write_fields(level_of(request, status), http_request_parameter(request, "dag"), "http",
                     fields, sizeof(fields) / sizeof(fields[0]),
                     "%s %s: %u in %.1f ms, user %s at %s, request %s", fields[0].text,
                     fields[1].text, status, (double)duration_us / 1000.0, fields[5].text,
                     request->peer, request->id);
}
