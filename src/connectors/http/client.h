/* client.h - requests that are under way, on the engine's descriptors and timer: nothing waits.
 *
 * A client has a fixed number of exchanges, each of which carries one request at a time and keeps
 * its connection for the next. All functions belong to the connector's own callbacks.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_HTTP_CLIENT_H
#define CONNECTORS_HTTP_CLIENT_H

#include <curl/curl.h>

#include "dag/plugin.h"

#define HTTP_REPLY_SIZE     160 /* what is kept of a reply, to be told */
#define HTTP_FORBIDDEN_SIZE 64

struct http_client;

/** How requests are made. All is borrowed until the client is freed. */
struct http_settings {
    const char *url, *proxy; /* proxy: NULL: none, whatever the environment says */
    const char *method;      /* "POST" or "PUT" */
    const char *username, *password, *bearer_token; /* NULL: without */
    struct dag_text_map headers;
    const char *content_type; /* unless a header says it */
    int64_t timeout_us, connect_timeout_us;
    size_t exchange_count;
    bool follow_redirects, verifies;
    struct dag_buffer ca, certificate, key; /* PEM; size 0: none */
    const char *key_password;               /* or NULL */
};

/** One request and its answer. */
struct http_exchange {
    /* the caller's, set before http_client_send() */
    struct dag_buffer body; /* owned; kept until the next request */
    void *user;

    /* the answer, once it is taken by http_client_take() */
    CURLcode result;
    long status;                         /* 0: none came */
    int64_t retry_after_us;              /* 0: the other side didn't say */
    char reply[HTTP_REPLY_SIZE];         /* the beginning of its text, printable */
    char error[CURL_ERROR_SIZE];         /* "" or what libcurl says */
    char forbidden[HTTP_FORBIDDEN_SIZE]; /* an address that net_guard_permits() refused, or "" */

    /* the client's */
    struct http_client *client; /* borrowed */
    CURL *easy;                 /* owned */
    struct curl_slist *headers; /* owned */
    size_t reply_size;          /* bytes that came */
    bool is_busy, is_done;
};

/** NULL, with `err`, on failure. */
struct http_client *http_client_new(const struct http_settings *settings, struct dag_host *host,
                                    struct dag_error *err);

/** Breaks off what is under way. NULL is allowed. */
void http_client_free(struct http_client *client);

/** An exchange without a request, or NULL: all are busy. */
struct http_exchange *http_client_idle(struct http_client *client);

/** Sends `exchange->body`. `key`: the Idempotency-Key, or NULL. False, with `err`: nothing was
 *  sent. */
bool http_client_send(struct http_exchange *exchange, const char *key, struct dag_error *err);

/** Does what can be done now. False, with `err`: it can't go on. */
bool http_client_pump(struct http_client *client, struct dag_error *err);

/** An exchange that was answered, or failed, and is idle again; NULL: none. */
struct http_exchange *http_client_take(struct http_client *client);

/** Requests that are under way. */
size_t http_client_busy_count(const struct http_client *client);

/** Wakes the instance when there is something to pump, at the latest at `until_us` of the monotonic
 *  clock (INT64_MAX: no such time). */
bool http_client_watch(struct http_client *client, int64_t until_us, struct dag_error *err);

#endif
