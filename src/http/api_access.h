/* api_access.h - who may call which operation on which DAG: the one place that decides. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_ACCESS_H
#define HTTP_API_ACCESS_H

#include "http/api_operations.h"

/** How a caller proved who it is. */
enum api_method {
    API_METHOD_NONE,
    API_METHOD_COOKIE, /* a login session of a browser */
    API_METHOD_TOKEN,  /* Authorization: Bearer */
};

/** Who calls. Borrowed. */
struct api_principal {
    enum api_method method;
    enum role role;
    const char *scope;      /* see scope_holds(); "" or NULL: all DAGs */
    const char *csrf_token; /* of the login session; NULL for other methods */
};

/** What of a request's head speaks for or against it. Each may be NULL: not sent. Borrowed. */
struct api_evidence {
    const char *cookie;        /* the login session's */
    const char *authorization; /* the header */
    const char *csrf_token;    /* X-CSRF-Token */
    const char *fetch_site;    /* Sec-Fetch-Site */
    const char *origin;        /* Origin */
    const char *host;          /* name and port that the client asked for */
    const char *if_match;      /* If-Match */
    bool is_tls;
};

/** Why not. */
struct api_refusal {
    unsigned int status;
    const char *code;   /* stable */
    const char *detail; /* a sentence */
};

/** Which credential to look up. False: `refusal` (both are given, or no Bearer). `*token`: the
 *  bearer token, borrowed from `evidence`, or NULL. */
bool api_credential(const struct api_evidence *evidence, enum api_method *method,
                    const char **token, struct api_refusal *refusal);

/** Role, scope, cross-site and precondition checks. `dag`: the one in the path, or NULL. False:
 *  `refusal`. A DAG out of scope is 404, as one that doesn't exist, so that names can't be probed.
 */
bool api_may_call(const struct http_route *route, const struct api_principal *principal,
                  const struct api_evidence *evidence, const char *dag,
                  struct api_refusal *refusal);

/** True when the principal's scope holds a DAG of that name. */
bool api_may_see(const struct api_principal *principal, const char *dag);

/** True when it holds some only. */
bool api_has_scope(const struct api_principal *principal);

/** True when the request was made by a page of this server: Sec-Fetch-Site says so, or, where a
 *  browser sends none, Origin does. False when neither is there. */
bool api_is_same_origin(const struct api_evidence *evidence);

#endif
