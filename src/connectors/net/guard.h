/* guard.h - which network addresses publishers may connect to: a server's rules against DAGs that
 * reach for what only the machine itself should see.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_NET_GUARD_H
#define CONNECTORS_NET_GUARD_H

#include <stddef.h>
#include <sys/socket.h>

#include "dag/error.h"

/** Addresses and networks as text: "10.0.0.0/8", "fd00:ec2::254". Borrowed. */
struct net_networks {
    const char *const *texts;
    size_t count;
};

/** From now on the process connects to no link-local address, no address where clouds keep their
 *  metadata, no multicast or unspecified address, and to none of `denied`; what is in `allowed`
 * goes before all of that. Call it before any DAG is opened; before the first call everything is
 *  permitted. False: a text is no network, `err` names it. */
bool net_guard_set(struct net_networks allowed, struct net_networks denied, struct dag_error *err);

/** Everything is permitted again. While no DAG is open. */
void net_guard_clear(void);

/** Any thread. IPv4 addresses inside IPv6 ones (mapped, translated, 6to4) count as themselves;
 *  other families aren't permitted. */
bool net_guard_permits(const struct sockaddr *address);

#endif
