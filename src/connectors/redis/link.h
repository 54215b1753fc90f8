/* link.h - a connection to a Redis server: log-in, commands out, replies in, nothing waits.
 *
 * For the callbacks of one instance. Failures of the network are retryable; whoever gets one closes
 * the link and opens another.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_REDIS_LINK_H
#define CONNECTORS_REDIS_LINK_H

#include <hiredis/hiredis.h>

#include "connectors/net/stream.h"
#include "connectors/redis/settings.h"

struct redis_link;

/** Begins to connect. `settings` is borrowed until the link is free. NULL, with `err`, on failure.
 */
struct redis_link *redis_link_new(const struct redis_settings *settings, struct dag_host *host,
                                  struct dag_error *err);

/** NULL is allowed. */
void redis_link_free(struct redis_link *link);

/** Goes on with connecting and logging in. NET_DONE: commands can be sent. NET_WAIT: the instance
 *  is woken. */
enum net_status redis_link_connect(struct redis_link *link, struct dag_error *err);

/** Queues a command of `count` words. False: no memory. */
bool redis_link_send(struct redis_link *link, const char *const *words, const size_t *sizes,
                     size_t count, struct dag_error *err);

/** Takes the open connection away from its instance, which may end. What may be done with it then
 * is redis_link_join() and redis_link_free(). */
void redis_link_leave(struct redis_link *link);

/** Gives it to another instance, whose settings say the same. */
void redis_link_join(struct redis_link *link, const struct redis_settings *settings,
                     struct dag_host *host);

/** Sends and receives what can be now. False, with `err`: the connection is broken, or an answer is
 *  overdue. Replies that came before that can still be taken. */
bool redis_link_pump(struct redis_link *link, struct dag_error *err);

/** The next reply (an answer, or what was published), owned by the caller (freeReplyObject());
 * NULL: none has come. False, with `err`: what came is not Redis's protocol. */
bool redis_link_take(struct redis_link *link, redisReply **reply, struct dag_error *err);

/** Keeps a reply, the last one taken, for the next redis_link_take(). */
void redis_link_put_back(struct redis_link *link, redisReply *reply);

/** Wakes the instance when there is something to pump or an answer is overdue, at the latest at
 *  `until_us` of the monotonic clock (INT64_MAX: no such time). */
bool redis_link_watch(struct redis_link *link, int64_t until_us, struct dag_error *err);

/** When bytes came last, by the monotonic clock. */
int64_t redis_link_heard_us(const struct redis_link *link);

/** What an error reply to a command means. */
enum redis_fate {
    REDIS_REFUSED, /* this one, for good: its message is a dead letter */
    REDIS_RETRY,   /* the server can't now, or doesn't let us in */
    REDIS_FAIL,    /* a node of a cluster, which wants a client that knows clusters */
};

enum redis_fate redis_fate_of(const char *error);

#endif
