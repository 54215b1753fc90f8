/* users.c - see users.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/users.h"

#include <stdlib.h>
#include <string.h>

#include "durable/data_folder.h"

/* ---- names and places ---- */

static bool name_check(const char *name, struct dag_error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t size = strlen(name);
    const char *behind = name + strspn(name, letters);

    while (behind > name && *behind && strchr("_-.", *behind))
        behind += 1 + strspn(behind + 1, letters);
    if (size > 0 && size < USER_NAME_SIZE && *behind == '\0')
        return true;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "'%.80s' is no name of a user: it has up to %d letters and digits, and "
                         "'_', '-', '.' after the first",
                         name, USER_NAME_SIZE - 1);
}

/* Where `name` stands, or would stand. */
static size_t place_of(const struct users *users, const char *name)
{
    size_t i = 0;

    while (i < users->count && strcmp(users->items[i].name, name) < 0)
        i++;
    return i;
}

static struct user *look_up(const struct users *users, const char *name)
{
    size_t i = place_of(users, name);

    return i < users->count && strcmp(users->items[i].name, name) == 0 ? &users->items[i] : NULL;
}

struct user *users_find(const struct users *users, const char *name, struct dag_error *err)
{
    struct user *user = look_up(users, name);

    if (!user)
        dag_error_set(err, DAG_ERROR_INVALID, "there is no user '%.80s'; 'dagd user ls' shows them",
                      name);
    return user;
}

/* ---- changes ---- */

static bool insert(struct users *users, const struct user *user, struct dag_error *err)
{
    size_t place = place_of(users, user->name);
    struct user *items = realloc(users->items, (users->count + 1) * sizeof(*items));

    if (!items)
        return dag_error_set_memory(err, "a user");
    users->items = items;
    memmove(items + place + 1, items + place, (users->count - place) * sizeof(*items));
    items[place] = *user;
    users->count++;
    return true;
}

static bool may_be_added(const struct users *users, const struct user *user, struct dag_error *err)
{
    if (!name_check(user->name, err) || !scope_check(user->scope, err))
        return false;
    return !look_up(users, user->name) ||
           dag_error_set(err, DAG_ERROR_INVALID, "there is a user '%s' already", user->name);
}

bool users_add_hashed(struct users *users, const struct user *user, struct dag_error *err)
{
    return may_be_added(users, user, err) && insert(users, user, err);
}

bool users_add(struct users *users, struct user user, const char *password, struct dag_error *err)
{
    return may_be_added(users, &user, err) && users_set_password(&user, password, err) &&
           insert(users, &user, err);
}

bool users_set_password(struct user *user, const char *password, struct dag_error *err)
{
    if (!password_check(password, user->name, err) || !password_hash(password, user->hash, err))
        return false;
    user->must_change = false;
    return true;
}

static bool may_sign_in_as_admin(const struct user *user)
{
    return user->role == ROLE_ADMIN && !user->is_disabled;
}

static bool may_go(const struct users *users, const struct user *leaving, struct dag_error *err)
{
    if (!may_sign_in_as_admin(leaving))
        return true;
    for (size_t i = 0; i < users->count; i++)
        if (&users->items[i] != leaving && may_sign_in_as_admin(&users->items[i]))
            return true;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "'%s' is the last admin who can sign in: make another one first",
                         leaving->name);
}

bool users_remove(struct users *users, const char *name, struct dag_error *err)
{
    struct user *user = users_find(users, name, err);

    if (!user || !may_go(users, user, err))
        return false;
    size_t behind = users->count - (size_t)(user - users->items) - 1;
    memmove(user, user + 1, behind * sizeof(*user));
    users->count--;
    return true;
}

bool users_set_role(struct users *users, struct user *user, enum role role, struct dag_error *err)
{
    if (role != ROLE_ADMIN && !may_go(users, user, err))
        return false;
    user->role = role;
    return true;
}

bool users_set_disabled(struct users *users, struct user *user, bool is_disabled,
                        struct dag_error *err)
{
    if (is_disabled && !may_go(users, user, err))
        return false;
    user->is_disabled = is_disabled;
    return true;
}

void users_close(struct users *users)
{
    free(users->path);
    free(users->items);
    *users = (struct users){0};
}
