/* tls.h - TLS over a socket that never waits, as a client: version 1.2 or higher, on OpenSSL. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_NET_TLS_H
#define CONNECTORS_NET_TLS_H

#include <openssl/ssl.h>

#include "dag/json.h"

/** What a connection is to be secured by. All is borrowed. */
struct net_tls_settings {
    bool verifies;                          /* the server's certificate and name */
    struct dag_buffer ca, certificate, key; /* PEM; size 0: the system's authorities; none */
    const char *key_password;               /* of `key`; NULL: none */
};

/** Checks the settings and makes a client of them for `fd`, whose server's name (or address) is
 *  `name`. The caller owns it: SSL_free(). NULL, with `err`, when a certificate or a key is no
 *  good. */
SSL *net_tls_new(const struct net_tls_settings *settings, const char *name, int fd,
                 struct dag_error *err);

/** What went wrong with `ssl`, in words; empties OpenSSL's queue of errors. */
void net_tls_explain(SSL *ssl, char *text, size_t size);

#endif
