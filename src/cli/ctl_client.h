/* ctl_client.h - one connection to a dagd server's REST API: requests with their replies. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_CLIENT_H
#define CLI_CTL_CLIENT_H

#include <curl/curl.h>
#include <stdint.h>

#include "core/tree.h"
#include "dag/json.h"

/** Where the server is and who asks. Borrowed for the call of client_new(). */
struct client_settings {
    const char *url;       /* http or https, without user and password */
    const char *token;     /* NULL or "": none */
    const char *ca_file;   /* NULL: the system's certificates */
    bool allow_plain_http; /* the token may cross the network in the clear */
};

struct client {
    char *url;                     /* owned; without a slash at its end */
    char *ca_file;                 /* owned; NULL: the system's */
    char *authorization;           /* owned, the header's line; NULL: no token */
    bool is_local;                 /* on this machine: no proxy may come between */
    CURL *easy;                    /* owned; kept open between requests */
    char failure[CURL_ERROR_SIZE]; /* what libcurl says of the last request */
};

struct client_request {
    const char *method;
    const char *path;         /* behind /api/v1, with its query */
    const char *content_type; /* NULL: application/json */
    const char *body;         /* NULL: none */
    size_t body_size;
    const char *if_match;        /* NULL: none */
    const char *idempotency_key; /* NULL: none */
    int64_t wait_ms;             /* how long the server was asked to wait, on top of the usual */
    bool is_tried_once;          /* the caller sees to 429 and 503 itself */
};

/** Zero it to begin; client_reply_deinit() releases it. */
struct client_reply {
    long status;
    struct dag_buffer body;         /* owned; NUL-terminated behind its size */
    struct tree_document *document; /* owned */
    const struct tree *root;        /* of the body; NULL: it is no JSON */
    char etag[80];                  /* as the server sent it; "": none */
    char type[80];                  /* media type */
    unsigned int retry_after_s;     /* 0: not said */
};

/** NULL: `err` tells what is wrong with the settings. */
struct client *client_new(const struct client_settings *settings, struct dag_error *err);
void client_free(struct client *client);

/** Sends and waits for the reply. 429, and 503 that says when to come again, are tried again for
 *  up to half a minute: such requests have changed nothing. False: no reply came; `err` is
 *  retryable unless trying again can't help. */
bool client_call(struct client *client, const struct client_request *request,
                 struct client_reply *reply, struct dag_error *err);
void client_reply_deinit(struct client_reply *reply);

/** A path in which each %s is written percent-encoded; no other conversions. The caller frees it;
 *  NULL: out of memory. */
char *client_path(const char *format, ...) DAG_PRINTF(1, 2);

/** What requests and streams have in common is set. `headers` gets the token, the caller frees the
 *  list. False: `err`. */
bool client_prepare(const struct client *client, CURL *easy, const char *path,
                    struct curl_slist **headers, struct dag_error *err);

/** Adds a header's line. False: out of memory, `err`; the list is as before. */
bool client_add_header(struct curl_slist **headers, const char *name, const char *value,
                       struct dag_error *err);

/** For people: what `code` means when the server at that URL was asked. Returns false. */
bool client_set_failure(const struct client *client, CURLcode code, const char *failure,
                        struct dag_error *err);

#endif
