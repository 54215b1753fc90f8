/* dags.h - what the handlers about DAGs share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_DAGS_H
#define HTTP_DAGS_H

#include "http/api.h"

/** The DAG that the path names. Borrowed from the request. */
const char *dags_path(const struct http_request *request);

/** Who asks, for revisions. Borrowed from the request; `comment` may be NULL. */
struct server_who dags_who(const struct http_request *request, const char *comment);

/** Answers with what an operation wrote, or why it didn't; empties `out`, releases `answer`. */
void dags_reply(struct http_request *request, bool is_done, struct dag_buffer *out,
                struct answer *answer);

/** The same for operations that write nothing: 204. */
void dags_reply_done(struct http_request *request, bool is_done, struct answer *answer);

/** How a definition was changed. All borrowed. */
struct dags_change {
    const char *dag;
    const struct answer *answer; /* ANSWER_OK */
    bool is_created, is_dry_run;
    const char *location;                /* NULL: none */
    const struct dag_buffer *definition; /* JSON text; NULL: not shown */
};

/** Answers with it, its revision as ETag: {name, revision, is_dry_run, warnings, definition}. */
void dags_reply_change(struct http_request *request, const struct dags_change *change);

/** One of the server's functions that show a DAG. */
typedef bool dags_write(struct server *server, const char *dag, struct dag_buffer *out,
                        struct answer *answer);

/** Answers with what it writes of the path's DAG. */
void dags_show(struct api *api, struct http_request *request, dags_write *write);

#endif
