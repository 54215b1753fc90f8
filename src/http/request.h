/* request.h - one request and its answer, from its head to the last byte of the reply. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <pthread.h>

#include "http/http_pool.h"
#include "http/request_head.h"
#include "http/request_target.h"
#include "http/route.h"

struct connection;

struct exchange {
    struct http_request request; /* what handlers see; the first field */
    struct http_job job;
    struct http_server *server;    /* borrowed */
    struct connection *connection; /* borrowed; NULL once it is closed; network's thread only */
    struct exchange *next;         /* in the server's list of answered ones */

    char *text;     /* owned: the head, changed in place */
    char *segments; /* owned: the path cut up for the parameters */
    struct http_head head;
    struct http_target target;
    struct dag_buffer body;
    bool is_head;
    int64_t started_us; /* monotonic: when its head was complete */

    pthread_mutex_t lock;
    bool is_gone;                /* guarded by lock */
    void (*gone)(void *context); /* guarded by lock */
    void *gone_context;

    unsigned int status;          /* of the reply */
    struct dag_buffer reply_head; /* without the line that ends it */
    struct dag_buffer reply_body;
    struct http_stream *stream; /* it became a stream */
};

/** An exchange with its random id and no request yet. NULL: out of memory. */
struct exchange *exchange_new(struct http_server *server);
void exchange_free(struct exchange *exchange);

/** Reads the head from `size` bytes, which are copied. False: `fault`. */
bool exchange_parse(struct exchange *exchange, const char *head, size_t size,
                    struct http_fault *fault);

/** Looks for the route of a parsed request and fills in its parameters. */
bool exchange_find_route(struct exchange *exchange, const struct route_table *table,
                         struct route_match *match);

/** The body is complete. */
void exchange_body_done(struct exchange *exchange);

/** Tells that the client has gone. Network's thread. */
void exchange_set_gone(struct exchange *exchange);

/** Hands the answer over to the network's thread; the exchange must not be touched afterwards. */
void exchange_answer(struct exchange *exchange);

static inline struct exchange *exchange_of(struct http_request *request)
{
    return (struct exchange *)request;
}

/** Writes status line and headers that every reply has. False: out of memory. */
bool exchange_write_head(struct exchange *exchange, const struct http_reply *reply);

#endif
