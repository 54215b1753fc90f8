/* api.h - what every handler of the REST API works with: who calls, what is asked, how to answer.
 *
 * A handler of api_handlers.h runs on a worker when all of this is settled: the caller is known and
 * may do it, query parameters are those of the table, the Idempotency-Key is new, and, for what
 * changes something (API_CHANGES) or is audited, the first line stands in the audit log. It answers
 * exactly once, by a function of this header, from any thread, then or later; that writes the last
 * line of the audit log, keeps the reply for its Idempotency-Key, writes the log line and releases
 * the request.
 *
 * The functions that take input answer the request themselves when the input is wrong: they return
 * false (or NULL), and the handler returns without another word.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_H
#define HTTP_API_H

#include "core/tree.h"
#include "graph/registry.h"
#include "http/api_access.h"
#include "http/http.h"
#include "server/answer.h"
#include "server/server.h"

#define API_DEPTH_MAX    64 /* of JSON bodies, but for messages */
#define API_LIMIT_MAX    500
#define API_LIMIT        50
#define API_ETAG_SIZE    24
#define API_ANY_REVISION 0 /* of If-Match: * */

struct accounts;
struct api_clerk;
struct audit;
struct dag_waits;
struct denials;
struct event_hub;
struct idempotency;
struct principal;
struct taps;

/** What was refused without a credential and isn't in the audit log yet. The network thread's. */
struct api_nobody {
    int64_t since_us, left;
    uint64_t uncounted;
};

/** `context` of every handler. All is borrowed, and set before the HTTP server starts. */
struct api {
    struct server *server;
    struct accounts *accounts;
    struct audit *audit;
    struct idempotency *idempotency;
    struct event_hub *events; /* events.h; NULL: no live streams */
    struct dag_waits *waits;  /* dags_wait.h; NULL: wait_ms doesn't wait */
    struct taps *taps;        /* taps.h; NULL: no taps */
    const struct registry *registry;
    struct clock *clock;
    const char *name;                 /* of this member: the host's */
    const char *config;               /* JSON of GET /config */
    const char *metrics_token;        /* NULL: /metrics needs none */
    int64_t started_us;               /* since 1970 */
    struct http_server *_Atomic http; /* for its counters; set once it runs */

    struct api_clerk *clerk;   /* owned: writes the audit log behind answers */
    struct http_route *routes; /* owned: the table of operations, for http_options */
    struct api_nobody nobody;
    struct denials *wrong_credentials; /* owned: by address */
    struct denials *failed_sign_ins;   /* owned: by address */
    _Atomic uint64_t over_rate;        /* requests of users that had none left */
};

/** Makes what is owned, from the borrowed members that are set already. False: `err`. */
bool api_init(struct api *api, struct dag_error *err);
/** After http_server_free(): then nothing is under way. */
void api_deinit(struct api *api);

/** http_options.admit, and http_options.answered. */
bool api_admit(void *context, struct http_request *request);
void api_answered(void *context, const struct http_request *request, unsigned int status,
                  int64_t duration_us);

/* ---- who ---- */

/** Never NULL in a handler. Of operations that anyone may call: the role is ROLE_NONE unless a
 *  valid credential came along. Borrowed from the request. */
const struct api_principal *api_principal_of(const struct http_request *request);

/** The same as a value that may be kept beyond the request: streams look with accounts_is_valid()
 *  whether they may go on. PRINCIPAL_NONE: nobody. */
const struct principal *api_account_of(const struct http_request *request);

/** The user's name; "" for nobody. For server_who and the like. Borrowed from the request. */
const char *api_user_of(const struct http_request *request);

/** For server_list.may_see and the like: `principal` is a struct api_principal. */
bool api_may_see_any(void *principal, const char *dag);

/** For DAGs that the body names. False: out of scope, answered with 404. */
bool api_require_dag(struct http_request *request, const char *dag);

/* ---- what is asked ---- */

/** A member that a body may have. */
struct api_member {
    const char *name;
    enum tree_type type; /* TREE_DOUBLE takes integers, too; TREE_NULL: any */
    bool is_required;
    size_t size_max; /* bytes of a text, elements of an array; 0: no limit of its own */
};

/** The body as an object with these members and no others. `members` NULL: any object. Borrowed
 *  from the request. An empty body is an empty object where nothing is required.
 *  Answers: 400 bad_json (with line and column), 422 bad_member (with pointers) for what is
 *  missing, unknown, twice there, of another type or too long. */
const struct tree *api_body(struct http_request *request, const struct api_member *members,
                            size_t count);

/** Members of the result; `fallback` when it isn't there. */
const char *api_text(const struct tree *body, const char *name, const char *fallback);
int64_t api_integer(const struct tree *body, const char *name, int64_t fallback);
bool api_bool(const struct tree *body, const char *name, bool fallback);

/** 422 with a pointer ("/role") and a sentence, for what a handler finds wrong in the body. */
void api_reply_member(struct http_request *request, const char *pointer, const char *format, ...)
    DAG_PRINTF(3, 4);

/** Query parameters. 400 bad_parameter says which, what is wrong, and what would be right. */
bool api_query_integer(struct http_request *request, const char *name, int64_t min, int64_t max,
                       int64_t fallback, int64_t *value);
/** "1" and "true", "0" and "false"; a name alone ("?start") is true. */
bool api_query_bool(struct http_request *request, const char *name, bool fallback, bool *value);
/** RFC 3339, or milliseconds since 1970; microseconds since 1970. */
bool api_query_time(struct http_request *request, const char *name, int64_t fallback_us,
                    int64_t *value_us);
/** One of the words, which end with NULL. The first is the fallback. */
bool api_query_word(struct http_request *request, const char *name, const char *const *words,
                    const char **value);

/** limit, cursor, sort, q of a list. `sorts`: the fields that it may be sorted by, with NULL at the
 *  end; the first is the fallback. */
struct api_page {
    size_t limit;
    const char *cursor; /* NULL: from the start */
    const char *sort;   /* a field of `sorts` */
    bool is_descending;
    const char *query; /* NULL: any */
};
bool api_query_page(struct http_request *request, const char *const *sorts, struct api_page *page);

/** A path parameter that is a number from 1. 404 otherwise. */
bool api_path_number(struct http_request *request, const char *name, uint64_t *value);

/** If-Match as a revision: API_ANY_REVISION for "*". 412 for an ETag that no revision has. */
bool api_if_match(struct http_request *request, uint64_t *revision);
void api_etag(uint64_t revision, char out[API_ETAG_SIZE]);

/* ---- the audit log ---- */

/** What the change was about, where the path doesn't say it ("user:ann"; the default is what the
 *  path names: "dag:NAME", "user:NAME"). Copied, cut at 200 bytes. */
void api_set_object(struct http_request *request, const char *kind, const char *name);

/** A few words for the last line of the audit log: "role viewer to admin". No secrets, no payloads.
 *  A later call takes the place of an earlier one. */
void api_note(struct http_request *request, const char *format, ...) DAG_PRINTF(2, 3);

/** Revisions for the audit log, as struct answer has them. 0: none. */
void api_note_revisions(struct http_request *request, const struct answer *answer);

/** Something was done that mustn't be done twice: the answer is kept for its Idempotency-Key
 *  whatever its status. */
void api_keep_answer(struct http_request *request);

/* ---- answering: each takes the request; any thread; none waits ---- */

/** JSON; `body` is empty afterwards. `status` 0: what the table says. */
void api_reply_json(struct http_request *request, unsigned int status, struct dag_buffer *body);

/** The same with the ETag of a revision; `location` (NULL: none) for 201. A GET whose If-None-Match
 *  names it gets 304. */
void api_reply_revision(struct http_request *request, unsigned int status, uint64_t revision,
                        const char *location, struct dag_buffer *body);

/** 204, or another status without a body. */
void api_reply_empty(struct http_request *request, unsigned int status);

/** Anything else: other types, headers. `body` may be NULL, is empty afterwards. */
void api_reply_other(struct http_request *request, const struct http_reply *reply,
                     struct dag_buffer *body);

/** How an operation of the server ended, as problem+json: status by the kind, `code`, `detail`, its
 *  problems as `errors`, Retry-After. ANSWER_OK: 204. Also notes the revisions. */
void api_reply_answer(struct http_request *request, const struct answer *answer);
unsigned int api_status_of(enum answer_kind kind);

/** A problem of the handler's own. */
void api_reply_problem(struct http_request *request, const struct http_problem *problem);
void api_reply_error(struct http_request *request, unsigned int status, const char *code,
                     const char *format, ...) DAG_PRINTF(4, 5);

/** 500, logged: there was no memory to write the answer. */
void api_reply_memory(struct http_request *request);

/** A stream instead of an answer: http_stream_begin() with the caller as principal, after the audit
 *  log got its last line. NULL: answered. */
struct http_stream *api_stream_begin(struct http_request *request,
                                     const struct http_stream_options *options);

#endif
