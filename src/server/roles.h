/* roles.h - what a user may do, and which DAGs it may see. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_ROLES_H
#define SERVER_ROLES_H

#include "dag/error.h"

#define SCOPE_SIZE 512 /* of a scope's text with the NUL */

/** Each role may do what those before it may. */
enum role {
    ROLE_NONE,
    ROLE_VIEWER,   /* looks */
    ROLE_OPERATOR, /* starts, stops, publishes */
    ROLE_ADMIN,    /* changes definitions and users */
};

/** "viewer", "operator", "admin"; ROLE_NONE: "none". */
const char *role_name(enum role role);

/** ROLE_NONE: no such role. */
enum role role_of(const char *name);

/** A scope is a list of globs for names of DAGs, with commas between: "trade_*,fx_?". The empty one
 *  holds every DAG. False, with `err`: something else stands there, or it is too long. */
bool scope_check(const char *scope, struct dag_error *err);

#endif
