/* api_call.h - one call of the REST API, from its credential to its last line in the audit log. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_CALL_H
#define HTTP_API_CALL_H

#include "http/api.h"
#include "http/idempotency.h"
#include "server/accounts.h"

#define API_OBJECT_SIZE 201
#define API_NOTE_SIZE   201
#define API_METHOD_SIZE 32
#define API_EXTRA_MAX   8

/** `user` of its request. */
struct api_call {
    struct api *api;                    /* borrowed */
    const struct http_route *operation; /* of api_operations */
    struct principal account;           /* who, as the accounts know it */
    struct api_principal principal;     /* the same for api_access.h; points into this call */
    struct tree_document *document;     /* owned: the body; NULL: none yet */
    struct idempotency_entry *entry;    /* of the store; NULL: nothing is due */
    bool is_kept;                       /* the answer, for that, whatever its status */
    bool is_quiet; /* one of very many, or nobody's: its line of the log is for debugging */

    /* for the audit log */
    bool is_audited; /* its first line stands there: the last one is due */
    uint64_t begun;  /* number of the first line; 0: there is none */
    char object[API_OBJECT_SIZE], note[API_NOTE_SIZE];
    uint64_t revision_before, revision_after;
    const char *result; /* of the last line */

    /* a reply that waits for its line of the audit log; see api_clerk.h */
    struct api_call *next;
    struct http_request *request;
    struct http_reply reply;
    struct http_pair extra[API_EXTRA_MAX];
    char *texts; /* owned: what `reply` and `extra` point to */
    struct dag_buffer body;
};

static inline struct api_call *api_call_of(const struct http_request *request)
{
    return request->user;
}

/** Makes the call of a request. NULL: out of memory. */
struct api_call *api_call_new(struct api *api, struct http_request *request);

/** Fills `principal` from `account`. */
void api_call_set_account(struct api_call *call);

/** "cookie:ID", "token:ID" or "none", as lines of the audit log have it. */
void api_write_method(const struct principal *account, char out[API_METHOD_SIZE]);

/** Writes the first line of the audit log and waits for it. */
bool api_call_begin_audit(struct api_call *call, const struct http_request *request,
                          struct dag_error *err);

/** Writes the last line, with `result` and `note`. One that can't be written is logged: what it
 *  tells of is done, or refused, already; a log that failed refuses the next change. Waits. */
void api_call_end_audit(const struct api_call *call, const struct http_request *request);

/** Answers, behind the last line of the audit log when one is due. `body` may be NULL. */
void api_finish(struct http_request *request, const struct http_reply *reply,
                struct dag_buffer *body);

/** True for operations that anybody may try, with a password or a link. */
bool api_is_sign_in(const struct http_route *operation);

/** One more failed; its address is slowed down in the end. Any thread. */
void api_count_failed_sign_in(const struct api_call *call, const struct http_request *request);

/** The cookie of login sessions as it is called on this connection. */
const char *api_cookie_name(const struct http_request *request);

/** The method, path and query of a request as one NUL-terminated text. False: out of memory. */
bool api_write_place(const struct http_request *request, struct dag_buffer *out);

/** Says that this thread is a worker, which may wait for the audit log itself. */
void api_set_worker(bool is_worker);

/** 400 for query parameters that the table doesn't have, or that are given twice. */
bool api_check_query(struct http_request *request);

#endif
