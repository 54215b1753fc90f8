/* connection_peer.h - who is at the other end: addresses, listed proxies, names of this server. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_CONNECTION_PEER_H
#define HTTP_CONNECTION_PEER_H

#include <sys/socket.h>

#include "http/http.h"

/** An IPv4 address is kept as IPv4 mapped into IPv6. */
struct peer_address {
    unsigned char bytes[16];
};

bool peer_from_socket(struct peer_address *address, const struct sockaddr *socket);
bool peer_from_text(struct peer_address *address, const char *text);
void peer_format(const struct peer_address *address, char *out); /* HTTP_PEER_SIZE bytes */
bool peer_is_loopback(const struct peer_address *address);

struct peer_net {
    struct peer_address address;
    unsigned int bits;
};

/** "ADDRESS" or "ADDRESS/BITS". False: `err`. */
bool peer_net_parse(struct peer_net *net, const char *text, struct dag_error *err);
bool peer_in_nets(const struct peer_address *address, const struct peer_net *nets, size_t count);

/** Follows an X-Forwarded-For from the right as long as proxies are listed. */
void peer_follow(struct peer_address *address, const char *forwarded, const struct peer_net *nets,
                 size_t count);

/** Whether Host (with a port or not) is one of the names, regardless of case; "*" is any. */
bool peer_host_allowed(const char *host, char *const *names, size_t count);

#endif
