/* tls.h - the certificate and key that connections get, and their exchange while running. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <openssl/ssl.h>

#include "dag/error.h"

struct tls_keeper;

/** Reads the two files; the names are copied. NULL: `err` names the file. */
struct tls_keeper *tls_keeper_new(const char *certificate_file, const char *key_file,
                                  struct dag_error *err);
void tls_keeper_free(struct tls_keeper *keeper); /* NULL is allowed */

/** Reads both again for the connections to come. False: `err`, and the old pair stays. Any thread.
 */
bool tls_keeper_reload(struct tls_keeper *keeper, struct dag_error *err);

/** Whether a file has changed since it was read last, well or not. Any thread. */
bool tls_keeper_is_stale(struct tls_keeper *keeper);

/** A session for a new connection; the caller owns it. NULL: out of memory. Any thread. */
SSL *tls_keeper_session(struct tls_keeper *keeper);

#endif
