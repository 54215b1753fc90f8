/* sink.h - the publisher's state and options. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_HTTP_SINK_H
#define CONNECTORS_HTTP_SINK_H

#include "connectors/http/answer.h"
#include "connectors/http/body.h"
#include "connectors/http/client.h"

#define HTTP_INSTANCE_SIZE 40
#define HTTP_PLACE_SIZE    280
#define HTTP_REASON_SIZE   256

enum parcel_state { PARCEL_WAITING, PARCEL_SENT, PARCEL_ACCEPTED, PARCEL_REFUSED };

/** Neighbouring rows of the delivery that go in one request. */
struct parcel {
    struct parcel *next; /* owned by the list */
    size_t count;
    enum parcel_state state;
    char *reason; /* owned; of one that was refused, or NULL */
};

struct http_sink {
    /* options */
    int64_t method; /* index into the choices */
    int64_t batch;  /* enum http_batch */
    int64_t batch_messages, batch_bytes;
    int64_t connections;
    struct dag_text_map headers;
    const char *username, *password, *bearer_token;
    int64_t timeout_us, connect_timeout_us, retry_after_max_us;
    struct dag_text_list retry_status;
    const char *ca_file, *cert_file, *key_file, *key_password, *proxy;
    bool verify, idempotency_key, follow_redirects;

    struct dag_host *host;
    struct http_client *client;             /* owned; NULL until open() succeeds */
    struct dag_buffer ca, certificate, key; /* owned: what the files hold */
    struct http_retries retries;
    char place[HTTP_PLACE_SIZE];       /* "host:port", for people */
    char instance[HTTP_INSTANCE_SIZE]; /* in keys; "" until the first open() */

    /* the delivery at hand, whose first rows the parcels cover, in order */
    struct parcel *parcels;
    size_t covered;           /* rows in parcels */
    struct http_place behind; /* the last row that was taken */
    int64_t quiet_until_us;   /* monotonic: until then the other side wants no request */
    bool is_hindered;         /* a request failed: no further one before that was told */
    struct dag_error hindrance;
};

/** The other end of the rows' way: what the connector's callbacks do with the parcels. */
enum dag_write_status http_sink_write(void *state, const struct dag_delivery *delivery,
                                      size_t *written, struct dag_error *err);
void http_sink_describe(void *state, char *text, size_t size);

/** Forgets what was not taken. */
void http_sink_clear(struct http_sink *sink);

#endif
