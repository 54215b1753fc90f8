/* serve_users.h - takes over the users file of the original. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SERVE_USERS_H
#define CLI_SERVE_USERS_H

#include "server/audit.h"

/** Imports the users of `file` into the data folder, with their passwords hashed, when there is
 *  none yet; else says that the file isn't looked at any more. False: `err`. */
bool serve_users_import(const char *data, const char *file, struct audit *audit,
                        struct dag_error *err);

#endif
