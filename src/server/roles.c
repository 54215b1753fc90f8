/* roles.c - see roles.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/roles.h"

#include <stddef.h>
#include <stdio.h>
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

/* ---- what a scope holds ---- */

/* Whether `glob` matches all that `name` may stand for. As a name holds no wildcards, this is
 * ordinary matching for one; for a glob, its wildcards are letters that only '*' matches, and its
 * '?' also '?': what is said to lie within the other surely does. */
static bool glob_matches(const char *glob, const char *name)
{
    const char *star = NULL;
    const char *retry = NULL;

    while (*name) {
        if (*glob == '*') {
            star = glob++;
            retry = name;
        } else if (*name != '*' && (*glob == '?' || *glob == *name)) {
            glob++;
            name++;
        } else if (star) {
            glob = star + 1;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return !*glob;
}

size_t scope_split(const char *scope, char buffer[SCOPE_SIZE], const char *globs[SCOPE_GLOBS_MAX])
{
    size_t count = 0;
    char *rest = NULL;

    strncpy(buffer, scope, SCOPE_SIZE - 1);
    buffer[SCOPE_SIZE - 1] = '\0';
    for (char *glob = strtok_r(buffer, ",", &rest); glob && count < SCOPE_GLOBS_MAX;
         glob = strtok_r(NULL, ",", &rest))
        globs[count++] = glob;
    return count;
}

bool scope_holds(const char *scope, const char *dag)
{
    char buffer[SCOPE_SIZE];
    const char *globs[SCOPE_GLOBS_MAX];
    size_t count = scope_split(scope, buffer, globs);

    for (size_t i = 0; i < count; i++)
        if (glob_matches(globs[i], dag))
            return true;
    return count == 0;
}

bool scope_within(const char *scope, const char *outer, char out[SCOPE_SIZE])
{
    char buffer[SCOPE_SIZE];
    const char *globs[SCOPE_GLOBS_MAX];
    size_t size = 0;

    if (!scope[0] || !outer[0]) {
        snprintf(out, SCOPE_SIZE, "%s", scope[0] ? scope : outer);
        return true;
    }
    out[0] = '\0';
    for (size_t i = 0, count = scope_split(scope, buffer, globs); i < count; i++)
        if (scope_holds(outer, globs[i]))
            size += (size_t)snprintf(out + size, SCOPE_SIZE - size, "%s%s", size > 0 ? "," : "",
                                     globs[i]);
    return size > 0;
}
