/* connection.h - a connection to one of several STOMP brokers, kept by a thread of its own.
 *
 * The thread finds a broker, logs in, moves bytes and sends heart-beats, also while nobody takes
 * what has come. It never goes on by itself after a failure: whoever uses the connection is woken,
 * sees it in the status, and asks for another try when it likes. A session is what lies between a
 * login and the loss of that connection; frames belong to one, and end with it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_STOMP_CONNECTION_H
#define CONNECTORS_STOMP_CONNECTION_H

#include "connectors/net/stream.h"
#include "connectors/stomp/frame.h"
#include "dag/host.h"

#define STOMP_PLACE_SIZE 300

/** One broker. */
struct stomp_place {
    char host[STOMP_PLACE_SIZE];
    uint16_t port;
};

/** All is borrowed, until stomp_connection_free(). */
struct stomp_settings {
    const struct stomp_place *places; /* tried in this order, beginning with the last that worked */
    size_t place_count;
    const char *login, *passcode; /* NULL: none */
    const char *virtual_host;     /* NULL: the broker's host */
    const char *client_id;        /* NULL: none */
    int64_t heartbeat_us;         /* both ways; 0: none */
    int64_t connect_timeout_us;   /* for a broker, from its name to the end of the login */
    size_t message_size_max;      /* bytes of a body */
    bool uses_tls;
    struct net_tls_settings tls;
};

enum stomp_state { STOMP_DOWN, STOMP_RISING, STOMP_UP };

struct stomp_status {
    enum stomp_state state;
    uint64_t session; /* of STOMP_UP; from 1 */
    bool has_failed;  /* STOMP_DOWN: `failure` says why; false: not tried yet */
    bool was_refused; /* the broker said so itself, in a frame ERROR */
    struct dag_error failure;
};

/** A frame that has come. */
struct stomp_arrival {
    struct stomp_arrival *next;
    struct stomp_frame frame; /* points into the same block */
    size_t size;              /* bytes of the block */
};

struct stomp_connection;

/** Starts the thread, which waits for stomp_connection_try(). `host` is woken whenever the status
 * has changed or frames have come. NULL: `err`. */
struct stomp_connection *stomp_connection_new(const struct stomp_settings *settings,
                                              struct dag_host *host, struct dag_error *err);

/** Ends it. `orderly`: what was sent has been taken by the broker then, unless that takes longer
 * than a second. NULL is allowed. */
void stomp_connection_free(struct stomp_connection *connection, bool orderly);

void stomp_connection_status(struct stomp_connection *connection, struct stomp_status *status);

/** Forgets the failure and tries the brokers once more, when it is down. */
void stomp_connection_try(struct stomp_connection *connection);

/** Sends frames, at the latest after `delay_us`; drops them when the session is over. False: out of
 * memory. */
bool stomp_connection_send(struct stomp_connection *connection, uint64_t session,
                           const struct dag_buffer *frames, int64_t delay_us);

/** The oldest frame that has come in this session, MESSAGE or RECEIPT; the caller releases it with
 * free(). NULL: none. */
struct stomp_arrival *stomp_connection_take(struct stomp_connection *connection, uint64_t session);

/** Who it is connected to or tries, and its state, as one line. */
void stomp_connection_describe(struct stomp_connection *connection, char *text, size_t size);

#endif
