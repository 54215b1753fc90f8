/* passwords.h - which passwords are taken, and the hash that is kept of one. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_PASSWORDS_H
#define SERVER_PASSWORDS_H

#include "dag/error.h"

#define PASSWORD_LENGTH_MIN 12   /* characters */
#define PASSWORD_SIZE_MAX   1024 /* bytes */
#define PASSWORD_HASH_SIZE  128  /* with the NUL */

/** False, with `err` that says why and never the password: too short or too long, not UTF-8, or
 *  easy to guess: made of common words, sequences, repetitions and the user's name. */
bool password_check(const char *password, const char *user, struct dag_error *err);

/** Argon2id with 64 MiB, three passes and a new salt, as text that tells all of this. Takes a tenth
 *  of a second or more. `hash` holds PASSWORD_HASH_SIZE bytes. Any thread. */
bool password_hash(const char *password, char *hash, struct dag_error *err);

/** True when it is the password that `hash` was made of. Takes as long as making the hash did. */
bool password_matches(const char *password, const char *hash);

/** True when the hash was made in another way than password_hash() makes it now. */
bool password_is_outdated(const char *hash);

/** A hash that no password has, made in no time: to be compared with for a user who isn't there, so
 *  that it takes as long as for one who is. */
bool password_nobody(char *hash, struct dag_error *err);

#endif
