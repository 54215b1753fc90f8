/* roles.c - see roles.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/roles.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {"none", "viewer", "operator", "admin"};

_Static_assert(sizeof(names) / sizeof(names[0]) == ROLE_ADMIN + 1, "each role has a name");

const char *role_name(enum role role)
{
    return names[role];
}

enum role role_of(const char *name)
{
    for (size_t i = ROLE_VIEWER; i <= ROLE_ADMIN; i++)
        if (strcmp(names[i], name) == 0)
            return (enum role)i;
    return ROLE_NONE;
}

bool scope_check(const char *scope, struct dag_error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_*?,";
    size_t size = strlen(scope);

    if (size >= SCOPE_SIZE)
        return dag_error_set(err, DAG_ERROR_LIMIT, "a scope may be %d characters long at most",
                             SCOPE_SIZE - 1);
    if (strspn(scope, allowed) != size)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%.100s' is no scope: write names of DAGs with '*' and '?' as "
                             "wildcards and commas between, such as trade_*,fx_rates",
                             scope);
    if (size > 0 && (scope[0] == ',' || scope[size - 1] == ',' || strstr(scope, ",,")))
        return dag_error_set(err, DAG_ERROR_INVALID, "the scope '%.100s' has an empty name", scope);
    return true;
}
