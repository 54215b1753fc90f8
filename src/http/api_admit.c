/* api_admit.c - who asks, and whether they may: decided before a body is read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "http/api_clerk.h"
#include "server/audit.h"
#include "server/denials.h"

/* What is refused without anybody's credential can come without end: so many a second at most go to
 * the audit log, the others are counted in the next one. */
#define NOBODY_PER_S 2
#define NOBODY_BURST 20

/* ---- refusing ---- */

/* On the network's thread alone. */
static bool nobody_is_audited(struct api *api)
{
    struct api_nobody *nobody = &api->nobody;
    int64_t now_us = api->clock->monotonic_us(api->clock);
    int64_t gained = (now_us - nobody->since_us) * NOBODY_PER_S / 1000000;

    if (gained > 0 || nobody->since_us == 0) {
        nobody->left = nobody->since_us == 0 ? NOBODY_BURST : nobody->left + gained;
        nobody->since_us = now_us;
    }
    if (nobody->left > NOBODY_BURST)
        nobody->left = NOBODY_BURST;
    if (nobody->left > 0) {
        nobody->left--;
        return true;
    }
    nobody->uncounted++;
    return false;
}

static bool is_audited(struct api_call *call)
{
    struct api *api = call->api;

    if (call->account.method != PRINCIPAL_NONE)
        return true;
    if (!nobody_is_audited(api))
        return false;
    if (api->nobody.uncounted > 0) {
        size_t size = strlen(call->note);

        snprintf(call->note + size, sizeof(call->note) - size, "; %llu more like it before",
                 (unsigned long long)api->nobody.uncounted);
    }
    api->nobody.uncounted = 0;
    return true;
}

/* Answers; false, so that admitting can `return refuse(...)`. */
static bool refuse(struct http_request *request, const struct api_refusal *refusal,
                   unsigned int retry_after_s)
{
    struct api_call *call = api_call_of(request);
    const struct http_problem problem = {.status = refusal->status,
                                         .code = refusal->code,
                                         .detail = refusal->detail,
                                         .retry_after_s = retry_after_s};
    bool is_denial = refusal->status == 401 || refusal->status == 403 || refusal->status == 404;

    if (strcmp(refusal->code, "not_signed_in") == 0)
        call->is_quiet = true; /* a stranger, who tried nothing */
    if (is_denial && !call->is_quiet) {
        if (!call->note[0])
            snprintf(call->note, sizeof(call->note), "%s", refusal->code);
        call->is_audited = is_audited(call);
        call->result = "denied";
    }
    api_reply_problem(request, &problem);
    return false;
}

static bool refuse_with(struct http_request *request, unsigned int status, const char *code,
                        const char *detail)
{
    return refuse(request, &(struct api_refusal){.status = status, .code = code, .detail = detail},
                  0);
}

static int64_t now_of(const struct api_call *call)
{
    return call->api->clock->monotonic_us(call->api->clock);
}

static unsigned int seconds_of(int64_t wait_us)
{
    return (unsigned int)((wait_us + 999999) / 1000000);
}

/* Nobody's credential. What an address sends of them all the time costs no line of a log any more,
 * and a program is told to wait. A page must learn that its login session has ended, whatever its
 * neighbours do. */
static bool refuse_credential(struct http_request *request, const struct api_refusal *refusal)
{
    static const struct api_refusal slowed = {
        .status = 429,
        .code = "credentials_slowed",
        .detail = "too many wrong credentials came from this address: wait, or send a valid one"};
    struct api_call *call = api_call_of(request);
    struct denials *denials = call->api->wrong_credentials;
    int64_t wait_us = denials_hold(denials, request->peer, now_of(call));
    uint64_t held;

    if (wait_us > 0) {
        call->is_quiet = true;
        return http_request_header(request, "authorization")
                   ? refuse(request, &slowed, seconds_of(wait_us))
                   : refuse(request, refusal, 0);
    }
    if (denials_add(denials, request->peer, now_of(call), &held))
        log_write(DAG_LOG_WARNING, NULL, "http",
                  "%s sent %d wrong credentials: further ones are slowed down, and counted instead "
                  "of logged",
                  request->peer, DENIALS_FREE);
    if (held > 0)
        snprintf(call->note, sizeof(call->note), "%s; %llu more from this address before",
                 refusal->code, (unsigned long long)held);
    return refuse(request, refusal, 0);
}

static bool refuse_credential_with(struct http_request *request, const char *code,
                                   const char *detail)
{
    return refuse_credential(request,
                             &(struct api_refusal){.status = 401, .code = code, .detail = detail});
}

/* ---- admitting ---- */

/* Streams go on without anybody looking. */
static bool is_activity(const struct http_route *operation)
{
    return strcmp(operation->tag, "streams") != 0;
}

/* False: refused. Who asks without a credential stays nobody. */
static bool find_account(struct http_request *request, const struct api_evidence *evidence)
{
    struct api_call *call = api_call_of(request);
    bool needs_role = (call->operation->access & API_ROLE_MASK) != ROLE_NONE;
    enum api_method method;
    const char *token;
    struct api_refusal refusal;
    bool is_found;

    if (!api_credential(evidence, &method, &token, &refusal))
        return refusal.status == 401 ? refuse_credential(request, &refusal)
                                     : refuse(request, &refusal, 0);
    if (method == API_METHOD_NONE)
        return true;
    if (method == API_METHOD_TOKEN)
        is_found = accounts_resolve_token(call->api->accounts, token, &call->account);
    else
        is_found = accounts_resolve_cookie(call->api->accounts, evidence->cookie,
                                           is_activity(call->operation), &call->account);
    if (is_found) {
        api_call_set_account(call);
        return true;
    }
    call->account = (struct principal){0};
    if (!needs_role)
        return true;
    if (method == API_METHOD_TOKEN)
        return refuse_credential_with(
            request, "bad_token",
            "the API token is unknown, expired or revoked, or its user is disabled");
    return refuse_credential_with(request, "login_session_ended",
                                  "the login session has ended: sign in again");
}

static bool check_rate(struct http_request *request)
{
    struct api_call *call = api_call_of(request);
    int64_t wait_us = 0;

    if (call->account.method == PRINCIPAL_NONE ||
        accounts_admit(call->api->accounts, &call->account, &wait_us))
        return true;
    call->is_quiet = true;
    call->api->over_rate++;
    return refuse(request,
                  &(struct api_refusal){.status = 429,
                                        .code = "too_many_requests",
                                        .detail = "this user sends too many requests: wait"},
                  seconds_of(wait_us));
}

/* Attempts leave lines in the audit log, which nobody may fill: before the body is read. */
static bool check_sign_in(struct http_request *request)
{
    struct api_call *call = api_call_of(request);
    int64_t wait_us = 0;

    if (api_is_sign_in(call->operation))
        wait_us = denials_hold(call->api->failed_sign_ins, request->peer, now_of(call));
    if (wait_us == 0)
        return true;
    call->is_quiet = true;
    return refuse(request,
                  &(struct api_refusal){.status = 429,
                                        .code = "sign_in_slowed",
                                        .detail = "too many attempts from this address have "
                                                  "failed: wait"},
                  seconds_of(wait_us));
}

/* Who was given a password by somebody else has to choose one first. */
static bool check_password_changed(struct http_request *request)
{
    static const char *const allowed[] = {"changeMyPassword", "logout", "readMe"};
    struct api_call *call = api_call_of(request);

    if (!call->account.must_change)
        return true;
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
        if (strcmp(call->operation->operation_id, allowed[i]) == 0)
            return true;
    if ((call->operation->access & API_ROLE_MASK) == ROLE_NONE)
        return true;
    return refuse_with(request, 403, "password_must_change",
                       "change the password first: PUT " API_BASE "/me/password");
}

static bool is_same_token(const char *given, const char *wanted)
{
    struct credential one = credential_of(given), other = credential_of(wanted);

    return credential_equals(&one, &other);
}

/* The token of what scrapes metrics is no API token. */
static bool check_own_token(struct http_request *request, const struct api_evidence *evidence)
{
    const char *wanted = api_call_of(request)->api->metrics_token;
    enum api_method method;
    const char *token;
    struct api_refusal refusal;

    if (!wanted)
        return true;
    if (!api_credential(evidence, &method, &token, &refusal))
        return refusal.status == 401 ? refuse_credential(request, &refusal)
                                     : refuse(request, &refusal, 0);
    if (token && is_same_token(token, wanted))
        return true;
    if (token)
        return refuse_credential_with(request, "bad_token",
                                      "this needs the token of --metrics-token-file as Bearer");
    return refuse_with(request, 401, "not_signed_in",
                       "this needs the token of --metrics-token-file as Bearer");
}

static bool check_audit(struct http_request *request)
{
    struct api_call *call = api_call_of(request);

    if (!(call->operation->access & (API_CHANGES | API_AUDITED)) ||
        !audit_has_failed(call->api->audit))
        return true;
    return refuse_with(request, 503, "audit_failed",
                       "the audit log can't be written, so nothing may be changed: see the "
                       "server's log");
}

bool api_admit(void *context, struct http_request *request)
{
    char cookie[2 * CREDENTIAL_SIZE];
    struct api_call *call = api_call_new(context, request);
    struct api_refusal refusal;

    if (!call) {
        http_reply_error(request, 503, "out_of_memory", "there is no memory for the request");
        return false;
    }

    const struct api_evidence evidence = {
        .cookie = http_request_cookie(request, api_cookie_name(request), cookie, sizeof(cookie))
                      ? cookie
                      : NULL,
        .authorization = http_request_header(request, "authorization"),
        .csrf_token = http_request_header(request, "x-csrf-token"),
        .fetch_site = http_request_header(request, "sec-fetch-site"),
        .origin = http_request_header(request, "origin"),
        .host = request->host,
        .if_match = http_request_header(request, "if-match"),
        .is_tls = request->is_tls,
    };

    if (call->operation->access & API_OWN_TOKEN)
        return check_own_token(request, &evidence);
    if (!check_sign_in(request) || !find_account(request, &evidence) || !check_rate(request) ||
        !check_password_changed(request))
        return false;
    if (!api_may_call(call->operation, &call->principal, &evidence,
                      http_request_parameter(request, "dag"), &refusal))
        return refuse(request, &refusal, 0);
    return check_audit(request);
}
