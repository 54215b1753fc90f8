/* guard.h - which network addresses publishers may connect to: a server's rules against DAGs that
 * reach for what only the machine itself should see.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_HTTP_GUARD_H
#define CONNECTORS_HTTP_GUARD_H

#include <stddef.h>
#include <sys/socket.h>

#include "dag/error.h"

/** Addresses and networks as text: "10.0.0.0/8", "fd00:ec2::254". Borrowed. */
struct http_networks {
    const char *const *texts;
    size_t count;
};

/** From now on the process connects to no link-local address, no address where clouds keep their
 *  metadata, no multicast or unspecified address, and to none of `denied`; what is in `allowed`
 * goes before all of that. Call it before any DAG is opened; before the first call everything is
 *  permitted. False: a text is no network, `err` names it. */
bool http_guard_set(struct http_networks allowed, struct http_networks denied,
                    struct dag_error *err);

/** Everything is permitted again. While no DAG is open. */
void http_guard_clear(void);

/** Any thread. IPv4 addresses inside IPv6 ones (mapped, translated, 6to4) count as themselves;
 *  other families aren't permitted. */
bool http_guard_permits(const struct sockaddr *address);

#endif
