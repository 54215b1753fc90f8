/* http.h - an HTTP/1.1 server for handlers: requests, replies, streams, routes.
 *
 * One thread runs the network; a few workers run the handlers, so a handler may take its time. A
 * handler gets a request that was checked and whose body is in memory, and answers it exactly once
 * with one of the http_reply functions or http_stream_begin(), from any thread, then or later. That
 * call takes the request: it must not be touched afterwards. Requests of one connection are
 * handled one after the other, in order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "dag/error.h"
#include "dag/json.h"

#define HTTP_PARAMETERS_MAX 8
#define HTTP_ID_SIZE        33 /* 32 hexadecimal digits and NUL */
#define HTTP_PEER_SIZE      64

struct http_assets;
struct http_route;
struct http_server;
struct http_stream;

/** A header, a query parameter or a path parameter. Both NUL-terminated, without NUL inside. */
struct http_pair {
    const char *name;
    const char *value;
};

/** One request, valid until it is answered. All fields are borrowed from it. */
struct http_request {
    const char *method; /* "GET", ...; "GET" for HEAD too: the body of the reply is left out */
    const char *path;   /* percent-decoded, without the query */
    const struct http_route *route;                   /* never NULL in a handler */
    struct http_pair parameters[HTTP_PARAMETERS_MAX]; /* {name} of the route's pattern, decoded */
    size_t parameter_count;
    const struct http_pair *query; /* decoded, in order; repeated names stay */
    size_t query_count;
    const struct http_pair *headers; /* names in lower case, in order */
    size_t header_count;
    const char *body; /* NUL-terminated behind `body_size` bytes; never NULL */
    size_t body_size;
    const char *host;          /* name and port that the client asked for */
    char peer[HTTP_PEER_SIZE]; /* the client's address without port; behind a listed proxy: its */
    char id[HTTP_ID_SIZE];     /* X-Request-Id of the reply */
    bool is_tls;               /* the client's side is encrypted (a listed proxy's word counts) */
    bool is_loopback;          /* the socket's other end is this machine, and no proxy's client */
    void *user;                /* for `admit` and handlers */
    void (*user_free)(void *user); /* called when the request is released; may be NULL */
};

/** The first value, or NULL. `name` of a header is in lower case. */
const char *http_request_header(const struct http_request *request, const char *name);
const char *http_request_query(const struct http_request *request, const char *name);
const char *http_request_parameter(const struct http_request *request, const char *name);

/** The value of a cookie, copied to `out`. False: there is none, it is given twice, or it is longer
 *  than `size` - 1 bytes. */
bool http_request_cookie(const struct http_request *request, const char *name, char *out,
                         size_t size);

/** True when If-None-Match (a list, weak comparison, or "*") names `etag`, which has its quotes. */
bool http_request_etag_matches(const struct http_request *request, const char *etag);

/** The client has gone. Any thread; the request must still be answered, to nobody. */
bool http_request_is_gone(struct http_request *request);

/** Calls `gone` once when the client goes before the request is answered, perhaps at once. On the
 *  network's thread, under a lock that the reply functions need: it must not wait and must not call
 *  anything of this header. Never called any more once the request has been answered. */
void http_request_watch(struct http_request *request, void (*gone)(void *context), void *context);

/* ---- replies ---- */

/** What goes with a reply besides the headers that every reply has. Zeroed: 200, no body. */
struct http_reply {
    unsigned int status;      /* 0: 200 */
    const char *content_type; /* NULL: "application/json" when there is a body */
    const void *body;         /* copied */
    size_t body_size;
    const char *etag;              /* with its quotes; or NULL */
    const char *cache_control;     /* NULL: "no-store" */
    const struct http_pair *extra; /* more headers (Set-Cookie, Location, Retry-After, ...) */
    size_t extra_count; /* a name or value with a control byte is a mistake of the program: it is
                           left out and logged */
};

/** Answers and releases the request. Any thread; never waits. */
void http_reply(struct http_request *request, const struct http_reply *reply);

/** The same with a body that is given away: `body` is empty afterwards. */
void http_reply_take(struct http_request *request, const struct http_reply *reply,
                     struct dag_buffer *body);

/** 200 and JSON. `body` is empty afterwards. */
void http_reply_json(struct http_request *request, unsigned int status, struct dag_buffer *body);

/** A status without a body: 204, 304. */
void http_reply_empty(struct http_request *request, unsigned int status);

/** application/problem+json. Zero it to begin. */
struct http_problem {
    unsigned int status;
    const char *code;              /* stable word: "dag_not_found" */
    const char *detail;            /* one sentence; no paths of this machine, no secrets */
    const char *errors;            /* a JSON array's text; NULL: none */
    const char *members;           /* more members, JSON text: "\"accepted\":3"; NULL: none */
    unsigned int retry_after_s;    /* 0: no Retry-After, but 1 s for 429 and 503 */
    const struct http_pair *extra; /* more headers */
    size_t extra_count;
};
void http_reply_problem(struct http_request *request, const struct http_problem *problem);

/** The same for a plain one. */
void http_reply_error(struct http_request *request, unsigned int status, const char *code,
                      const char *format, ...) DAG_PRINTF(4, 5);

/** The reason phrase; never NULL. */
const char *http_status_text(unsigned int status);

/** Appends the JSON string of `text` with quotes. Bytes that aren't UTF-8 become U+FFFD. False: out
 *  of memory. */
bool http_json_text(struct dag_buffer *out, const char *text);

/* ---- streams ---- */

enum http_sent {
    HTTP_SENT,
    HTTP_LAGGED, /* no room: nothing was taken; `drained` tells when there is room again */
    HTTP_CLOSED, /* the client has gone, or the server stops */
};

/** Callbacks come from the network's thread, one at a time, and must not wait. They may call
 *  http_stream_send() and http_stream_end(). Each may be NULL. */
struct http_stream_options {
    const char *principal;    /* whose limit of streams it counts for; copied; NULL: nobody's */
    const char *content_type; /* NULL: "text/event-stream" */
    const char *heartbeat;    /* bytes sent when nothing else was for a while; borrowed for ever;
                                 NULL: the comment ":\n\n"; "": none */
    void (*drained)(void *context);  /* after HTTP_LAGGED: the buffer is empty again */
    void (*closed)(void *context);   /* the client has gone; http_stream_end() is still due */
    void (*released)(void *context); /* after http_stream_end(): the last call of all, in which
                                        `context` may be freed */
    void *context;
};

/** Turns the request into a stream and releases it. The caller ends the stream, also after
 *  `closed`. NULL: a limit of streams is reached or memory is short; the request has been answered
 *  (429, 503) and no callback will come. */
struct http_stream *http_stream_begin(struct http_request *request,
                                      const struct http_stream_options *options);

/** Queues bytes, whole or not at all. Any thread; never waits. */
enum http_sent http_stream_send(struct http_stream *stream, const void *bytes, size_t size);

/** Sends what is queued, then closes. The stream must not be used afterwards. NULL is allowed. */
void http_stream_end(struct http_stream *stream);

/* ---- routes ---- */

/** A query parameter, for the document. A table ends with a NULL name. */
struct http_parameter_doc {
    const char *name;
    const char *type; /* of JSON Schema: "string", "integer", "boolean" */
    const char *description;
    bool is_required;
    const char *bounds; /* further members of its JSON Schema, as JSON without braces; NULL: none */
};

/** One operation. The table that routes requests also makes the OpenAPI document. */
struct http_route {
    const char *method;     /* "GET" answers HEAD too */
    const char *pattern;    /* "/api/v1/dags/{dag}": {name} is one whole segment, never empty */
    uint32_t access;        /* who may: the API's own flags, nothing to this layer */
    size_t body_max;        /* bytes; 0: a request with a body gets 413 */
    const char *body_types; /* separated by spaces; NULL: "application/json" (415 for others) */
    void (*handle)(void *context, struct http_request *request); /* on a worker */
    bool is_quick; /* `handle` runs on the network's thread: it must not wait, nor take long */

    /* for the document */
    const char *operation_id;
    const char *summary;
    const char *tag;
    const char *request_schema; /* name under components/schemas; NULL: no body, or any */
    const char *reply_schema;   /* NULL: none */
    const char *reply_type;     /* media type; NULL: "application/json" */
    const char *problems;       /* statuses separated by spaces: "404 409" */
    const struct http_parameter_doc *query; /* NULL: none */
    unsigned int reply_status;              /* 0: 200 */
};

/* ---- server ---- */

struct http_limits {
    size_t header_size_max;  /* bytes of request line and headers; 16 KiB */
    size_t header_count_max; /* 64 */
    size_t target_size_max;  /* bytes of the request's target (414); 8 KiB */
    size_t body_total_max;   /* bytes of all bodies at once (503); 512 MiB */
    int64_t
        header_timeout_us;   /* from the first byte, or the connection, to the last header; 10 s */
    int64_t idle_timeout_us; /* between requests; 60 s */
    int64_t rate_grace_us;   /* bodies and replies: time that isn't counted; 10 s */
    size_t rate_min;         /* bytes a second that a body (both ways) must move; 1 KiB */
    int64_t handshake_timeout_us;         /* of TLS; 10 s */
    uint32_t connections_max;             /* 1,024 */
    uint32_t connections_per_address_max; /* 64; listed proxies are exempt */
    uint32_t streams_max;                 /* 500 */
    uint32_t streams_per_principal_max;   /* 8 */
    size_t stream_buffer_max;             /* bytes queued for a client; 256 KiB */
    int64_t heartbeat_us;                 /* 15 s */
    int64_t stream_stall_us; /* a stream whose client takes nothing for so long is closed; 60 s */
};

/** What the specification says. */
void http_limits_default(struct http_limits *limits);

struct http_listen {
    const char *address; /* numeric IPv4 or IPv6 without brackets */
    uint16_t port;       /* 0: a free one */
    bool is_tls;
};

struct http_options {
    const struct http_listen *listen; /* one or more */
    size_t listen_count;
    bool allow_plain;             /* plain HTTP also beyond loopback */
    const char *certificate_file; /* PEM chain; needed for TLS */
    const char *key_file;         /* PEM */
    int64_t reload_check_us;      /* how often the two files are looked at; 0: 5 s */
    const char *const *hosts;     /* names that Host may have, besides the addresses listened on
                                     and, on loopback, localhost; "*": any */
    size_t host_count;
    const char *const *proxies; /* addresses or ADDRESS/BITS whose X-Forwarded-* count */
    size_t proxy_count;
    uint32_t workers;                /* to begin with, see http_pool.h; 0: 4 */
    const struct http_route *routes; /* borrowed */
    size_t route_count;
    const struct http_limits *limits; /* NULL: the defaults */
    const struct http_assets *assets; /* borrowed; the page; NULL: none */
    void *context;                    /* of `admit`, `stopping` and all handlers */

    /** Called on the network's thread when the headers of a routed request are there and before its
     *  body is read: who is it, may they. Must not wait. False: it has answered the request. */
    bool (*admit)(void *context, struct http_request *request);
    /** Called for each request that is answered, on the thread that does it, also for those that
     *  no handler saw: their route is NULL. Must not answer. May be NULL. */
    void (*answered)(void *context, const struct http_request *request, unsigned int status,
                     int64_t duration_us);
    /** Called once when the server begins to stop: say bye on the streams and end them. */
    void (*stopping)(void *context);
};

/** Opens the sockets and starts the threads. The options' arrays and texts must outlive the call
 *  only where they say "borrowed". NULL: `err` names the address, the file or the route. */
struct http_server *http_server_new(const struct http_options *options, struct dag_error *err);

/** The port of the n-th socket. */
uint16_t http_server_port(const struct http_server *server, size_t listen);

/** Reads certificate and key again, as SIGHUP asks. False: `err`, and the old pair stays. */
bool http_server_reload(struct http_server *server, struct dag_error *err);

/** Stops accepting, calls `stopping`, lets requests and streams finish for at most `timeout_us`,
 *  then closes everything. Waits; not from a handler. False: some were cut off. Requests that are
 *  still unanswered must be answered before http_server_free(). */
bool http_server_stop(struct http_server *server, int64_t timeout_us);

/** Stops at once if need be. Waits until every request and stream has been given back. */
void http_server_free(struct http_server *server); /* NULL is allowed */

/** Counters since the start, and gauges. */
struct http_counters {
    uint64_t connections;         /* accepted */
    uint64_t connections_refused; /* over a limit */
    uint64_t requests;            /* answered */
    uint64_t replies[6];          /* [2]: 2xx, ... */
    uint64_t malformed;           /* requests refused by the parser */
    uint64_t timed_out;           /* slow headers, bodies, readers */
    uint64_t bytes_in, bytes_out; /* as read from and written to sockets, after TLS */
    uint64_t stream_lagged;       /* sends that found no room */
    uint64_t tls_failures;        /* handshakes that failed */
    uint64_t tls_reloads, tls_reloads_failed;
    uint64_t duration_us; /* of all answered requests, from the whole head to the reply */
    uint32_t connections_open, streams_open, requests_open;
};
void http_server_counters(struct http_server *server, struct http_counters *counters);

#endif
