/* stream.h - a connection to a server, plain or TLS, that never waits: its user is woken.
 *
 * For the callbacks of one instance, on whatever thread the engine calls them. All failures of the
 * network are retryable; certificates and keys that can't be used are not.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_NET_STREAM_H
#define CONNECTORS_NET_STREAM_H

#include "connectors/net/tls.h"
#include "dag/host.h"

struct net_stream;

enum net_status {
    NET_DONE,
    NET_WAIT,   /* the instance is woken when it can go on */
    NET_FAILED, /* `err` */
};

/** Where to, and how. All is borrowed until the stream is freed. */
struct net_target {
    const char *name; /* host name or address */
    uint16_t port;
    int64_t connect_timeout_us;         /* of name, connection and handshake together */
    const struct net_tls_settings *tls; /* NULL: plain */
};

/** Begins to connect. NULL, with `err`: no memory, no thread. */
struct net_stream *net_stream_new(const struct net_target *target, struct dag_host *host,
                                  struct dag_error *err);

/** Closes it, at any time. NULL is allowed. */
void net_stream_free(struct net_stream *stream);

/** Takes a stream that is connected away from its instance, which may end. What may be done with it
 *  then is net_stream_join() and net_stream_free(). */
void net_stream_leave(struct net_stream *stream);

/** Gives it to another instance; `name` is borrowed from now on, like the host. */
void net_stream_join(struct net_stream *stream, const char *name, struct dag_host *host);

/** Goes on with connecting. NET_DONE: bytes can be sent. Addresses that the server forbids its DAGs
 *  (net/guard.h) are passed over. */
enum net_status net_stream_connect(struct net_stream *stream, struct dag_error *err);

/** When connecting will have taken too long, by the monotonic clock: a timer for the user to set.
 *  INT64_MAX: it is connected. */
int64_t net_stream_deadline_us(const struct net_stream *stream);

/** Bytes received, 0: none now, -1: with `err`, it is closed or broken. */
int64_t net_stream_read(struct net_stream *stream, void *bytes, size_t size, struct dag_error *err);

/** Bytes taken, 0: none now, -1: with `err`, it is closed or broken. */
int64_t net_stream_write(struct net_stream *stream, const void *bytes, size_t size,
                         struct dag_error *err);

/** Wakes the instance when there is something to read; with `writes` also when more can be
 *  written. */
bool net_stream_watch(struct net_stream *stream, bool writes, struct dag_error *err);

#endif
