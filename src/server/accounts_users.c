/* accounts_users.c - changes of users, login sessions and tokens that take no password. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "graph/writer.h"
#include "server/accounts_internal.h"
#include "server/accounts_show.h"

/* ---- users ---- */

static bool last_admin(const struct dag_error *err, struct answer *answer)
{
    return answer_set(answer, ANSWER_CONFLICT, "last_admin", "%s", err->message);
}

static bool apply(struct users *draft, struct user *user, const struct user_change *change,
                  struct answer *answer)
{
    struct dag_error err = {0};

    if (change->scope && !scope_check(change->scope, &err))
        return answer_set(answer, ANSWER_INVALID, "bad_scope", "%s", err.message);
    if (change->scope)
        snprintf(user->scope, sizeof(user->scope), "%s", change->scope);
    if (change->role != ROLE_NONE && !users_set_role(draft, user, change->role, &err))
        return last_admin(&err, answer);
    if (change->is_disabled && !users_set_disabled(draft, user, *change->is_disabled, &err))
        return last_admin(&err, answer);
    return true;
}

bool accounts_change_user(struct accounts *accounts, const char *name,
                          const struct user_change *change, struct answer *answer)
{
    struct users draft;
    struct dag_error err = {0};

    if (!accounts_begin_users(accounts, &draft, answer))
        return false;
    struct user *user = users_find(&draft, name, &err);
    if (!user || !apply(&draft, user, change, answer)) {
        accounts_drop_users(accounts, &draft);
        return user ? false : accounts_no_user(name, answer);
    }
    if (!accounts_commit_users(accounts, &draft, answer))
        return false;
    login_sessions_end_of(accounts->sessions, name, NULL);
    pthread_mutex_unlock(&accounts->lock);
    accounts_tell(accounts);
    return true;
}

static void forget_allowance(struct accounts *accounts, const char *name)
{
    for (size_t i = 0; i < accounts->allowance_count; i++)
        if (strcmp(accounts->allowances[i].user, name) == 0) {
            accounts->allowances[i] = accounts->allowances[--accounts->allowance_count];
            return;
        }
}

/* The tokens first: one must not come to life again with a later user of the same name. */
bool accounts_remove_user(struct accounts *accounts, const char *name, struct answer *answer)
{
    struct users draft;
    struct dag_error err = {0};

    if (!accounts_begin_users(accounts, &draft, answer))
        return false;
    bool exists = users_find(&draft, name, &err) != NULL;
    bool done = users_remove(&draft, name, &err);
    accounts_drop_users(accounts, &draft);
    if (!exists)
        return accounts_no_user(name, answer);
    if (!done)
        return last_admin(&err, answer);
    if (!accounts_revoke_tokens(accounts, name, answer) ||
        !accounts_begin_users(accounts, &draft, answer))
        return false;
    if (!users_remove(&draft, name, &err)) {
        accounts_drop_users(accounts, &draft);
        return last_admin(&err, answer);
    }
    if (!accounts_commit_users(accounts, &draft, answer))
        return false;
    login_sessions_end_of(accounts->sessions, name, NULL);
    forget_allowance(accounts, name);
    pthread_mutex_unlock(&accounts->lock);
    accounts_tell(accounts);
    return true;
}

/* ---- login sessions ---- */

bool accounts_end_login_session(struct accounts *accounts, const char *user, const char *id,
                                struct answer *answer)
{
    pthread_mutex_lock(&accounts->lock);
    size_t ended = login_sessions_end_of(accounts->sessions, user, id);
    pthread_mutex_unlock(&accounts->lock);
    if (ended == 0)
        return answer_set(answer, ANSWER_NOT_FOUND, "login_session_not_found",
                          "there is no such login session");
    accounts_tell(accounts);
    return true;
}

bool accounts_end_login_sessions(struct accounts *accounts, const char *user, struct answer *answer)
{
    pthread_mutex_lock(&accounts->lock);
    bool exists = accounts_user(accounts, user) != NULL;
    login_sessions_end_of(accounts->sessions, user, NULL);
    pthread_mutex_unlock(&accounts->lock);
    if (!exists)
        return accounts_no_user(user, answer);
    accounts_tell(accounts);
    return true;
}

/* ---- tokens ---- */

/* The owner with no more rights than the one who asks has by its own token. */
static bool find_owner(struct accounts *accounts, const struct principal *principal,
                       struct user *owner)
{
    pthread_mutex_lock(&accounts->lock);
    const struct user *user = accounts_user(accounts, principal->name);
    if (user)
        *owner = *user;
    pthread_mutex_unlock(&accounts->lock);
    if (!user)
        return false;
    if (principal->role < owner->role)
        owner->role = principal->role;
    memcpy(owner->scope, principal->scope, sizeof(owner->scope));
    return true;
}

static bool add_token(struct accounts *accounts, struct tokens *draft, const struct user *owner,
                      const struct token_wish *wish, struct token *made,
                      char secret[CREDENTIAL_SIZE], struct answer *answer)
{
    struct dag_error err = {0};
    struct token_wish whole = *wish;

    if (!whole.scope || !whole.scope[0])
        whole.scope = owner->scope; /* that of a narrower token doesn't widen */
    const struct token *token =
        tokens_add(draft, owner, &whole, accounts_now(accounts).realtime_us, secret, &err);
    if (token) {
        *made = *token;
        return true;
    }
    if (err.code == DAG_ERROR_MEMORY)
        return accounts_no_memory(answer);
    return err.code == DAG_ERROR_LIMIT
               ? answer_set(answer, ANSWER_CONFLICT, "too_many_tokens", "%s", err.message)
               : answer_set(answer, ANSWER_INVALID, "bad_token", "%s", err.message);
}

bool accounts_create_token(struct accounts *accounts, const struct principal *principal,
                           const struct token_wish *wish, char id[CREDENTIAL_ID_SIZE],
                           struct dag_buffer *out, struct answer *answer)
{
    struct tokens draft;
    struct token made;
    struct user owner;
    char secret[CREDENTIAL_SIZE];

    if (!accounts_begin_tokens(accounts, &draft, answer))
        return false;
    bool has_owner = find_owner(accounts, principal, &owner);
    if (!has_owner || !add_token(accounts, &draft, &owner, wish, &made, secret, answer)) {
        accounts_drop_tokens(accounts, &draft);
        return has_owner ? false : accounts_no_user(principal->name, answer);
    }
    if (!accounts_commit_tokens(accounts, &draft, answer))
        return false;
    pthread_mutex_unlock(&accounts->lock);
    if (id)
        memcpy(id, made.id, CREDENTIAL_ID_SIZE);
    struct writer writer = {.out = out};
    accounts_show_token(&writer, &made, secret);
    explicit_bzero(secret, sizeof(secret));
    return !writer.failed || accounts_no_memory(answer);
}

bool accounts_revoke_token(struct accounts *accounts, const char *user, const char *id,
                           struct answer *answer)
{
    struct tokens draft;

    if (!accounts_begin_tokens(accounts, &draft, answer))
        return false;
    const struct token *token = tokens_find(&draft, user, id);
    if (!token) {
        accounts_drop_tokens(accounts, &draft);
        return answer_set(answer, ANSWER_NOT_FOUND, "token_not_found", "there is no such token");
    }
    tokens_remove(&draft, token);
    if (!accounts_commit_tokens(accounts, &draft, answer))
        return false;
    pthread_mutex_unlock(&accounts->lock);
    accounts_tell(accounts);
    return true;
}

bool accounts_revoke_tokens(struct accounts *accounts, const char *user, struct answer *answer)
{
    struct tokens draft;

    if (!accounts_begin_tokens(accounts, &draft, answer))
        return false;
    bool exists = accounts_user(accounts, user) != NULL;
    if (!exists || tokens_remove_of(&draft, user) == 0) {
        accounts_drop_tokens(accounts, &draft);
        return exists || accounts_no_user(user, answer);
    }
    if (!accounts_commit_tokens(accounts, &draft, answer))
        return false;
    pthread_mutex_unlock(&accounts->lock);
    accounts_tell(accounts);
    return true;
}
