/* credentials.h - random secrets that prove who asks, and what is kept of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_CREDENTIALS_H
#define SERVER_CREDENTIALS_H

#include "dag/error.h"

#include <stdint.h>

#define CREDENTIAL_BYTES   32     /* of randomness: too many to guess, so a fast hash will do */
#define CREDENTIAL_SIZE    48     /* of its text with the NUL */
#define CREDENTIAL_ID_SIZE 17     /* of an id that is no secret, with the NUL */
#define TOKEN_PREFIX       "dct_" /* so that scanners find one that leaked */

/** SHA-256 of the text: all that is kept. */
struct credential {
    uint8_t hash[32];
};

/** A new text: `prefix` (4 characters at most) and 32 random bytes as base64url. False: `err`. */
bool credential_new(const char *prefix, char text[CREDENTIAL_SIZE], struct dag_error *err);

/** Its hash; any text, of any length. */
struct credential credential_of(const char *text);
bool credential_equals(const struct credential *one, const struct credential *other);

/** Hexadecimal, as kept in files: 65 bytes with the NUL. */
void credential_write(const struct credential *credential, char text[65]);
bool credential_read(struct credential *credential, const char *text);

/** A new random id. False: `err`. */
bool credential_id_new(char id[CREDENTIAL_ID_SIZE], struct dag_error *err);

#endif
