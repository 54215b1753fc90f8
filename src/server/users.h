/* users.h - the users file: who may sign in, in which role, and a hash of each password.
 *
 * Changes are made in memory and written as one by users_save(): the file is as before or after.
 * Not for two threads at once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_USERS_H
#define SERVER_USERS_H

#include "core/storage.h"
#include "core/tree.h"
#include "server/passwords.h"
#include "server/roles.h"

#define USER_NAME_SIZE 65  /* with the NUL */
#define FULL_NAME_SIZE 201 /* with the NUL */

struct user {
    char name[USER_NAME_SIZE];      /* letters, digits, and "_", "-", "." between */
    char full_name[FULL_NAME_SIZE]; /* or "" */
    enum role role;
    char scope[SCOPE_SIZE];        /* see scope_check(); "": every DAG */
    char hash[PASSWORD_HASH_SIZE]; /* of the password */
    bool is_disabled;
    bool must_change; /* the password, at the next sign-in */
    int64_t created_us;
    int64_t last_login_us; /* 0: never */
};

struct users {
    struct storage *storage; /* borrowed */
    char *path;              /* owned */
    struct user *items;      /* owned; sorted by name */
    size_t count;
};

/** Reads FOLDER/users.json; a missing one holds nobody. Zeroed before. False: `err`, and nothing to
 *  free. */
bool users_open(struct users *users, struct storage *storage, const char *folder,
                struct dag_error *err);
void users_close(struct users *users);
bool users_save(const struct users *users, struct dag_error *err);

/** NULL, with `err`: there is no such user. Borrowed until the next addition or removal. */
struct user *users_find(const struct users *users, const char *name, struct dag_error *err);

/** Adds one whose `hash` is filled from `password`. False: the name exists or is none, the scope or
 *  the password is refused. */
bool users_add(struct users *users, struct user user, const char *password, struct dag_error *err);
/** The same for one whose `hash` is filled already. */
bool users_add_hashed(struct users *users, const struct user *user, struct dag_error *err);

bool users_set_password(struct user *user, const char *password, struct dag_error *err);

/** These refuse to leave the server without an admin who may sign in. */
bool users_remove(struct users *users, const char *name, struct dag_error *err);
bool users_set_role(struct users *users, struct user *user, enum role role, struct dag_error *err);
bool users_set_disabled(struct users *users, struct user *user, bool is_disabled,
                        struct dag_error *err);

/** The users file of the original: {NAME: {"password", "full_name", "roles": [...] or "role"}}, its
 *  clear-text passwords hashed on the way. A password that users_add() would refuse must be changed
 *  at the next sign-in. Calls `told` with what was taken or left out and why. False: `err`; don't
 *  save what was taken so far. */
bool users_import(struct users *users, const char *text, size_t size, int64_t now_us,
                  void (*told)(void *context, const char *name, const char *what), void *context,
                  struct dag_error *err);

#endif
