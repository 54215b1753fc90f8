/* api_access.c - who may call which operation on which DAG: the one place that decides. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_access.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BEARER          "Bearer "
#define ORIGIN_SIZE_MAX 512

static bool refuse(struct api_refusal *refusal, unsigned int status, const char *code,
                   const char *detail)
{
    *refusal = (struct api_refusal){.status = status, .code = code, .detail = detail};
    return false;
}

bool api_credential(const struct api_evidence *evidence, enum api_method *method,
                    const char **token, struct api_refusal *refusal)
{
    *method = API_METHOD_NONE;
    *token = NULL;
    if (!evidence->authorization) {
        if (evidence->cookie)
            *method = API_METHOD_COOKIE;
        return true;
    }
    if (evidence->cookie)
        return refuse(refusal, 400, "two_credentials",
                      "a login session's cookie and a token are sent together: send one of them");
    if (strncasecmp(evidence->authorization, BEARER, sizeof(BEARER) - 1) != 0)
        return refuse(refusal, 401, "bad_authorization",
                      "Authorization must be 'Bearer' and an API token");
    *method = API_METHOD_TOKEN;
    *token = evidence->authorization + sizeof(BEARER) - 1;
    *token += strspn(*token, " ");
    return true;
}

bool api_has_scope(const struct api_principal *principal)
{
    return principal->scope && principal->scope[0];
}

bool api_may_see(const struct api_principal *principal, const char *dag)
{
    return !api_has_scope(principal) || scope_holds(principal->scope, dag);
}

bool api_is_same_origin(const struct api_evidence *evidence)
{
    char own[ORIGIN_SIZE_MAX];

    if (evidence->fetch_site)
        return strcmp(evidence->fetch_site, "same-origin") == 0;
    if (!evidence->origin || !evidence->host)
        return false;

    int size =
        snprintf(own, sizeof(own), "%s://%s", evidence->is_tls ? "https" : "http", evidence->host);

    return size > 0 && (size_t)size < sizeof(own) && strcasecmp(own, evidence->origin) == 0;
}

/** Compares in a time that doesn't tell how much of it is right. */
static bool is_same_secret(const char *given, const char *wanted)
{
    size_t size = strlen(wanted);
    unsigned int difference = 0;

    if (strlen(given) != size)
        return false;
    for (size_t i = 0; i < size; i++)
        difference |= (unsigned char)given[i] ^ (unsigned char)wanted[i];
    return difference == 0;
}

static bool is_unsafe(const struct http_route *route)
{
    return strcmp(route->method, "GET") != 0;
}

/** A browser sends a cookie along with whatever another site makes it send. */
static bool check_cross_site(const struct http_route *route, const struct api_principal *principal,
                             const struct api_evidence *evidence, struct api_refusal *refusal)
{
    bool is_sign_in = (route->access & API_ROLE_MASK) == ROLE_NONE;

    if (!is_unsafe(route))
        return true;
    /* Signing in has no cookie yet. A program sends neither header; a browser sends one. */
    if (is_sign_in) {
        if ((evidence->fetch_site || evidence->origin) && !api_is_same_origin(evidence))
            return refuse(refusal, 403, "cross_site", "the request comes from another site");
        return true;
    }
    if (principal->method != API_METHOD_COOKIE)
        return true;
    if (!api_is_same_origin(evidence))
        return refuse(refusal, 403, "cross_site",
                      "neither Sec-Fetch-Site nor Origin says that a page of this server asks");
    if (!evidence->csrf_token || !principal->csrf_token ||
        !is_same_secret(evidence->csrf_token, principal->csrf_token))
        return refuse(refusal, 403, "csrf",
                      "X-CSRF-Token is missing or wrong: take it from GET " API_BASE "/me");
    return true;
}

bool api_may_call(const struct http_route *route, const struct api_principal *principal,
                  const struct api_evidence *evidence, const char *dag, struct api_refusal *refusal)
{
    enum role needed = (enum role)(route->access & API_ROLE_MASK);

    if (needed != ROLE_NONE && principal->role == ROLE_NONE)
        return refuse(refusal, 401, "not_signed_in", "sign in, or send an API token");
    if (!check_cross_site(route, principal, evidence, refusal))
        return false;
    if (principal->role < needed)
        return refuse(refusal, 403, "role_too_low",
                      needed == ROLE_ADMIN ? "this needs the role admin"
                                           : "this needs the role operator or admin");
    if (route->access & API_UNSCOPED && api_has_scope(principal))
        return refuse(refusal, 403, "scope_too_narrow",
                      "this concerns all DAGs: it needs a user or token without a scope");
    if (dag && !api_may_see(principal, dag))
        return refuse(refusal, 404, "dag_not_found", "there is no such DAG");
    if (route->access & API_IF_MATCH && !evidence->if_match)
        return refuse(refusal, 428, "if_match_missing",
                      "send If-Match with the ETag of the revision that you have seen");
    return true;
}
