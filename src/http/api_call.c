/* api_call.c - who calls, and what the audit log says of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "server/audit.h"
#include "server/denials.h"

/* ---- making one ---- */

static void free_call(void *user)
{
    struct api_call *call = user;

    if (call->entry)
        idempotency_abandon(call->api->idempotency, call->entry);
    tree_document_free(call->document);
    dag_buffer_free(&call->body);
    free(call->texts);
    free(call);
}

/* "dag:NAME" where the path names one. */
static void name_object(struct api_call *call, const struct http_request *request)
{
    static const char *const kinds[] = {"dag", "user"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char *name = http_request_parameter(request, kinds[i]);

        if (name)
            snprintf(call->object, sizeof(call->object), "%s:%s", kinds[i], name);
    }
}

struct api_call *api_call_new(struct api *api, struct http_request *request)
{
    struct api_call *call = calloc(1, sizeof(*call));

    if (!call)
        return NULL;
    call->api = api;
    call->operation = &api_operations[request->route - api->routes];
    name_object(call, request);
    request->user = call;
    request->user_free = free_call;
    return call;
}

void api_call_set_account(struct api_call *call)
{
    const struct principal *account = &call->account;

    call->principal = (struct api_principal){
        .method = account->method == PRINCIPAL_COOKIE  ? API_METHOD_COOKIE
                  : account->method == PRINCIPAL_TOKEN ? API_METHOD_TOKEN
                                                       : API_METHOD_NONE,
        .role = account->role,
        .scope = account->scope,
        .csrf_token = account->csrf[0] ? account->csrf : NULL,
    };
}

const struct api_principal *api_principal_of(const struct http_request *request)
{
    return &api_call_of(request)->principal;
}

const struct principal *api_account_of(const struct http_request *request)
{
    return &api_call_of(request)->account;
}

const char *api_user_of(const struct http_request *request)
{
    return api_call_of(request)->account.name;
}

bool api_may_see_any(void *principal, const char *dag)
{
    return api_may_see(principal, dag);
}

bool api_require_dag(struct http_request *request, const char *dag)
{
    if (api_may_see(api_principal_of(request), dag))
        return true;
    api_call_of(request)->result = "denied";
    api_reply_error(request, 404, "dag_not_found", "there is no DAG '%s'", dag);
    return false;
}

const char *api_cookie_name(const struct http_request *request)
{
    return request->is_tls ? "__Host-sid" : "sid";
}

/* ---- attempts to sign in ---- */

bool api_is_sign_in(const struct http_route *operation)
{
    return (operation->access & API_ROLE_MASK) == ROLE_NONE && (operation->access & API_CHANGES);
}

void api_count_failed_sign_in(const struct api_call *call, const struct http_request *request)
{
    struct clock *clock = call->api->clock;
    uint64_t held;

    if (denials_add(call->api->failed_sign_ins, request->peer, clock->monotonic_us(clock), &held))
        log_write(DAG_LOG_WARNING, NULL, "http",
                  "%s failed %d times to sign in: further attempts are slowed down, and counted "
                  "instead of logged",
                  request->peer, DENIALS_FREE);
}

/* ---- the audit log ---- */

void api_set_object(struct http_request *request, const char *kind, const char *name)
{
    struct api_call *call = api_call_of(request);

    snprintf(call->object, sizeof(call->object), "%s:%s", kind, name);
}

void api_note(struct http_request *request, const char *format, ...)
{
    struct api_call *call = api_call_of(request);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(call->note, sizeof(call->note), format, arguments);
    va_end(arguments);
}

void api_note_revisions(struct http_request *request, const struct answer *answer)
{
    struct api_call *call = api_call_of(request);

    call->revision_before = answer->revision_before;
    call->revision_after = answer->revision_after;
}

void api_write_method(const struct principal *account, char out[API_METHOD_SIZE])
{
    static const char *const words[] = {"none", "cookie", "token"};

    snprintf(out, API_METHOD_SIZE, account->method == PRINCIPAL_NONE ? "%s" : "%s:%s",
             words[account->method], account->id);
}

/* `*number` gets that of the line. */
static bool write_line(const struct api_call *call, const struct http_request *request,
                       const char *result, const char *detail, uint64_t *number,
                       struct dag_error *err)
{
    char method[API_METHOD_SIZE];
    const struct audit_entry entry = {.actor = call->account.name,
                                      .action = call->operation->operation_id,
                                      .object = call->object,
                                      .result = result,
                                      .detail = detail,
                                      .method = method,
                                      .address = request->peer,
                                      .request_id = request->id,
                                      .revision_before = call->revision_before,
                                      .revision_after = call->revision_after,
                                      .begun = call->begun};

    api_write_method(&call->account, method);
    return audit_begin(call->api->audit, &entry, number, err);
}

bool api_call_begin_audit(struct api_call *call, const struct http_request *request,
                          struct dag_error *err)
{
    uint64_t number;

    if (!write_line(call, request, "begun", "", &number, err))
        return false;
    call->begun = number;
    call->is_audited = true;
    return true;
}

void api_call_end_audit(const struct api_call *call, const struct http_request *request)
{
    struct dag_error err = {0};
    uint64_t number;

    if (!write_line(call, request, call->result, call->note, &number, &err))
        log_write(DAG_LOG_ERROR, NULL, "audit", "how %s of request %s ended isn't in the log: %s",
                  call->operation->operation_id, request->id, err.message);
}
