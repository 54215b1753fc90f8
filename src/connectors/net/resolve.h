/* resolve.h - host names to addresses without waiting: the resolver runs on a thread of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_NET_RESOLVE_H
#define CONNECTORS_NET_RESOLVE_H

#include <netdb.h>

#include "dag/host.h"

struct net_resolving;

/** Begins. `host` is woken when the answer is there. NULL, with `err`: no thread, no memory. */
struct net_resolving *net_resolve(const char *name, uint16_t port, struct dag_host *host,
                                  struct dag_error *err);

/** Whether the answer is there. */
bool net_resolve_is_done(struct net_resolving *resolving);

/** Once it is done: the addresses, to be freed by freeaddrinfo(); NULL, with `err` (retryable): the
 *  name is not known, or the resolver doesn't answer. */
struct addrinfo *net_resolve_take(struct net_resolving *resolving, struct dag_error *err);

/** Gives up on it, at any time: nobody is woken any more. NULL is allowed. */
void net_resolve_free(struct net_resolving *resolving);

#endif
