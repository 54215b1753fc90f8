/* secrets.h - the values behind ${secret:NAME} in DAG files.
 *
 * A secret is a file of a folder (its name is NAME; one line break at the end is cut), or a
 * variable of the environment that was allowed. It is read each time it is asked for, so a new
 * value counts from the next start of a DAG on. Every value that was read is told to hidden.h, and
 * shows up in no log and no error from then on.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SECRETS_H
#define SERVER_SECRETS_H

#include "dag/error.h"

#include <stddef.h>

#define SECRET_SIZE_MAX 65536 /* bytes of a value */

struct secrets;

/** All is borrowed for the life of the secrets. */
struct secrets_options {
    const char *folder;           /* NULL: none */
    const char *const *variables; /* names of the environment that may be read */
    size_t variable_count;
};

/** NULL: `err`: the folder is missing, or everybody may write into it. */
struct secrets *secrets_new(const struct secrets_options *options, struct dag_error *err);
void secrets_free(struct secrets *secrets); /* NULL is allowed */

/** The value of a secret, borrowed until the next call of the same thread; a file goes before a
 *  variable. NULL: `err` says why: there is none, the name is none (letters, digits, "_", "-", "."
 *  inside), everybody may read the file, it holds a NUL, isn't UTF-8 or is too large. Any thread.
 */
const char *secrets_look_up(struct secrets *secrets, const char *name, struct dag_error *err);

/** The same for server_options.secret; `context` is the secrets. What is wrong goes to the log. */
const char *secrets_find(void *context, const char *name);

#endif
