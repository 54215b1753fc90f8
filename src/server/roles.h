/* roles.h - what a user may do, and which DAGs it may see. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_ROLES_H
#define SERVER_ROLES_H

#include "dag/error.h"

#include <stddef.h>

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

/** True when a DAG of that name is in the scope. Takes time in proportion to the product of the
 *  sizes at worst. */
bool scope_holds(const char *scope, const char *dag);

/** Of `scope` what lies within `outer`, glob by glob; the empty scope becomes `outer`. False:
 *  nothing is left. A glob that is only partly within it is left out. */
bool scope_within(const char *scope, const char *outer, char out[SCOPE_SIZE]);

#endif
