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

/* Whether the glob matches all that the name may stand for. As a name holds no wildcards, this is
 * ordinary matching for one; for a glob, its wildcards are letters that only '*' matches, and its
 * '?' also '?': what is said to lie within the other surely does. */
static bool glob_matches(const char *glob, size_t glob_size, const char *name, size_t name_size)
{
    const char *glob_end = glob + glob_size, *name_end = name + name_size;
    const char *star = NULL;
    const char *retry = NULL;

    while (name < name_end) {
        char sign = '\0';

        if (glob < glob_end)
            sign = *glob;
        if (sign == '*') {
            star = glob++;
            retry = name;
        } else if (sign != '\0' && *name != '*' && (sign == '?' || sign == *name)) {
            glob++;
            name++;
        } else if (star) {
            glob = star + 1;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (glob < glob_end && *glob == '*')
        glob++;
    return glob == glob_end;
}

/* The globs of a scope one by one; `*at` moves on. False: there is none left. */
static bool next_glob(const char **at, const char **glob, size_t *size)
{
    *at += strspn(*at, ",");
    *glob = *at;
    *size = strcspn(*at, ",");
    *at += *size;
    return *size > 0;
}

static bool holds(const char *scope, const char *name, size_t name_size)
{
    const char *glob;
    size_t size;

    if (!scope[0])
        return true;
    while (next_glob(&scope, &glob, &size))
        if (glob_matches(glob, size, name, name_size))
            return true;
    return false;
}

bool scope_holds(const char *scope, const char *dag)
{
    return holds(scope, dag, strlen(dag));
}

bool scope_within(const char *scope, const char *outer, char out[SCOPE_SIZE])
{
    const char *glob;
    size_t size = 0, glob_size;

    if (!scope[0] || !outer[0]) {
        snprintf(out, SCOPE_SIZE, "%s", scope[0] ? scope : outer);
        return true;
    }
    out[0] = '\0';
    while (next_glob(&scope, &glob, &glob_size) && size < SCOPE_SIZE)
        if (holds(outer, glob, glob_size))
            size += (size_t)snprintf(out + size, SCOPE_SIZE - size, "%s%.*s", size > 0 ? "," : "",
                                     (int)glob_size, glob);
    return size > 0;
}
