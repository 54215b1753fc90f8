/* accounts_sign_in.c - whatever takes a password: signing in, the first user, a new password. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "server/accounts_internal.h"

#define HASHES_MAX 2 /* at once: each takes 64 MiB and a core */

/* ---- hashes ---- */

bool accounts_begin_hash(struct accounts *accounts, struct answer *answer)
{
    pthread_mutex_lock(&accounts->lock);
    bool has_room = accounts->hashes_under_way < HASHES_MAX;
    accounts->hashes_under_way += has_room;
    pthread_mutex_unlock(&accounts->lock);
    if (has_room)
        return true;
    answer->retry_after_s = 1;
    return answer_set(answer, ANSWER_UNAVAILABLE, "sign_in_busy",
                      "other passwords are being checked: try again in a second");
}

void accounts_end_hash(struct accounts *accounts)
{
    pthread_mutex_lock(&accounts->lock);
    accounts->hashes_under_way--;
    pthread_mutex_unlock(&accounts->lock);
}

static bool hash_anew(const char *user, const char *password, char hash[PASSWORD_HASH_SIZE],
                      struct answer *answer)
{
    struct dag_error err = {0};

    if (!password_check(password, user, &err))
        return answer_set(answer, ANSWER_INVALID, "weak_password", "%s", err.message);
    return password_hash(password, hash, &err) || accounts_no_memory(answer);
}

/* ---- signing in ---- */

static bool may_try(struct accounts *accounts, const char *name, const char *address,
                    struct answer *answer)
{
    int64_t now_us = accounts_now(accounts).monotonic_us;

    pthread_mutex_lock(&accounts->lock);
    int64_t wait_us = sign_in_limits_wait_us(accounts->limits, name, address, now_us);
    if (wait_us > 0) /* whoever goes on against a name that waits has to wait as well */
        sign_in_limits_failed(accounts->limits, "", address, now_us);
    pthread_mutex_unlock(&accounts->lock);
    if (wait_us == 0)
        return true;
    answer->retry_after_s = (unsigned int)((wait_us + 999999) / 1000000);
    return answer_set(answer, ANSWER_FULL, "sign_in_slowed",
                      "too many attempts have failed: wait %u s", answer->retry_after_s);
}

int64_t accounts_wait_us(struct accounts *accounts, const char *address)
{
    int64_t now_us = accounts_now(accounts).monotonic_us;

    pthread_mutex_lock(&accounts->lock);
    int64_t wait_us = sign_in_limits_wait_us(accounts->limits, "", address, now_us);
    pthread_mutex_unlock(&accounts->lock);
    return wait_us;
}

/* Compares with the user's hash, or with nobody's. `*hash` is what was compared with. */
static bool is_password_of(struct accounts *accounts, const char *name, const char *password,
                           char hash[PASSWORD_HASH_SIZE])
{
    pthread_mutex_lock(&accounts->lock);
    const struct user *user = accounts_user(accounts, name);
    memcpy(hash, user ? user->hash : accounts->nobody, PASSWORD_HASH_SIZE);
    pthread_mutex_unlock(&accounts->lock);
    return password_matches(password, hash);
}

/* The lock is held. */
static bool begin_session(struct accounts *accounts, struct user *user, const char *address,
                          char cookie[CREDENTIAL_SIZE], struct principal *principal,
                          struct answer *answer)
{
    struct login_session_times now = accounts_now(accounts);
    struct dag_error err = {0};
    struct login_session *session =
        login_sessions_begin(accounts->sessions, user->name, address, now, cookie, &err);

    if (!session)
        return answer_set_error(answer, "no_session", &err);
    session->must_change = user->must_change;
    user->last_login_us = now.realtime_us;
    accounts->has_uses = true;
    accounts_fill_cookie(accounts, user, session, principal);
    return true;
}

/* Makes the hash anew in the way that is right now. The old one does as well until then. */
static void renew_hash(struct accounts *accounts, const char *name, const char *password,
                       const char *old)
{
    struct answer answer = {0};
    struct dag_error err = {0};
    struct users draft;
    char hash[PASSWORD_HASH_SIZE];

    if (!password_is_outdated(old) || !accounts_begin_hash(accounts, &answer))
        return;
    bool done = password_hash(password, hash, &err);
    accounts_end_hash(accounts);
    if (!done || !accounts_begin_users(accounts, &draft, &answer))
        return;
    struct user *user = users_find(&draft, name, &err);
    if (!user || strcmp(user->hash, old) != 0) {
        accounts_drop_users(accounts, &draft);
        return;
    }
    memcpy(user->hash, hash, sizeof(hash));
    if (accounts_commit_users(accounts, &draft, &answer))
        pthread_mutex_unlock(&accounts->lock);
    else
        log_write(DAG_LOG_WARNING, NULL, "accounts", "the hash of '%s' stays as it was: %s", name,
                  answer.detail);
    answer_deinit(&answer);
}

/* Ends with the lock held, and the user whose password it is, or NULL. */
static struct user *find_by_password(struct accounts *accounts, const char *name,
                                     const char *password, char hash[PASSWORD_HASH_SIZE])
{
    bool matches = is_password_of(accounts, name, password, hash);

    pthread_mutex_lock(&accounts->lock);
    struct user *user = matches ? accounts_user(accounts, name) : NULL;
    if (!user || user->is_disabled)
        return NULL;
    if (strcmp(user->hash, hash) == 0)
        return user;
    /* another sign-in has just made the hash anew, or the password was changed */
    pthread_mutex_unlock(&accounts->lock);
    matches = is_password_of(accounts, name, password, hash);
    pthread_mutex_lock(&accounts->lock);
    user = matches ? accounts_user(accounts, name) : NULL;
    return user && !user->is_disabled && strcmp(user->hash, hash) == 0 ? user : NULL;
}

bool accounts_sign_in(struct accounts *accounts, const char *name, const char *password,
                      const char *address, char cookie[CREDENTIAL_SIZE],
                      struct principal *principal, struct answer *answer)
{
    char hash[PASSWORD_HASH_SIZE];
    bool done = false;

    if (!may_try(accounts, name, address, answer) || !accounts_begin_hash(accounts, answer))
        return false;
    struct user *user = find_by_password(accounts, name, password, hash);
    accounts->hashes_under_way--;
    if (user) {
        sign_in_limits_succeeded(accounts->limits, name);
        done = begin_session(accounts, user, address, cookie, principal, answer);
    } else {
        sign_in_limits_failed(accounts->limits, name, address, accounts_now(accounts).monotonic_us);
        answer_set(answer, ANSWER_DENIED, "sign_in_failed", "the name or the password is wrong");
    }
    pthread_mutex_unlock(&accounts->lock);
    if (done)
        renew_hash(accounts, name, password, hash);
    return done;
}

void accounts_sign_out(struct accounts *accounts, const struct principal *principal)
{
    struct login_session_times now = accounts_now(accounts);

    pthread_mutex_lock(&accounts->lock);
    struct login_session *session =
        login_sessions_find(accounts->sessions, &principal->credential, now.monotonic_us);
    if (session)
        login_sessions_end(accounts->sessions, session);
    pthread_mutex_unlock(&accounts->lock);
    accounts_tell(accounts);
}

/* ---- the first user ---- */

bool accounts_begin_set_up(struct accounts *accounts, char token[CREDENTIAL_SIZE],
                           struct dag_error *err)
{
    pthread_mutex_lock(&accounts->lock);
    bool is_due = accounts->users.count == 0 && credential_new("", token, err);
    if (is_due)
        accounts->set_up = credential_of(token);
    accounts->has_set_up = is_due;
    pthread_mutex_unlock(&accounts->lock);
    return is_due;
}

static bool check_set_up(struct accounts *accounts, const char *token, const char *address,
                         struct answer *answer)
{
    struct credential credential = credential_of(token);
    int64_t now_us = accounts_now(accounts).monotonic_us;

    pthread_mutex_lock(&accounts->lock);
    bool has_users = accounts->users.count > 0;
    bool is_right = accounts->has_set_up && credential_equals(&credential, &accounts->set_up);
    if (!is_right)
        sign_in_limits_failed(accounts->limits, "", address, now_us);
    pthread_mutex_unlock(&accounts->lock);
    if (has_users)
        return answer_set(answer, ANSWER_CONFLICT, "set_up_already",
                          "there are users already: sign in");
    return is_right || answer_set(answer, ANSWER_DENIED, "bad_setup_token",
                                  "this link is not valid (any more): the server prints a new one "
                                  "when it starts without users");
}

bool accounts_set_up(struct accounts *accounts, const char *token, const char *name,
                     const char *password, const char *address, char cookie[CREDENTIAL_SIZE],
                     struct principal *principal, struct answer *answer)
{
    struct user user = {.role = ROLE_ADMIN, .created_us = accounts_now(accounts).realtime_us};
    struct users draft;
    struct dag_error err = {0};

    if (!check_set_up(accounts, token, address, answer) || !accounts_begin_hash(accounts, answer))
        return false;
    bool done = hash_anew(name, password, user.hash, answer);
    accounts_end_hash(accounts);
    if (!done || !accounts_begin_users(accounts, &draft, answer))
        return false;
    /* somebody may have been faster with the same link */
    snprintf(user.name, sizeof(user.name), "%s", name);
    done = check_set_up(accounts, token, address, answer);
    if (done && (strlen(name) >= sizeof(user.name) || !users_add_hashed(&draft, &user, &err)))
        done = answer_set(answer, ANSWER_INVALID, "bad_user", "%s",
                          err.message[0] ? err.message : "the name is too long");
    if (!done) {
        accounts_drop_users(accounts, &draft);
        return false;
    }
    if (!accounts_commit_users(accounts, &draft, answer))
        return false;
    accounts->has_set_up = false;
    struct user *made = accounts_user(accounts, name);
    done = begin_session(accounts, made, address, cookie, principal, answer);
    pthread_mutex_unlock(&accounts->lock);
    return done;
}

/* ---- a new password ---- */

/* Ends all sessions of a user whose new hash becomes the truth. It ends as a commit does. */
static bool put_hash(struct accounts *accounts, const char *name, const char *expected,
                     const char *hash, bool must_change, struct answer *answer)
{
    struct users draft;
    struct dag_error err = {0};

    if (!accounts_begin_users(accounts, &draft, answer))
        return false;
    struct user *user = users_find(&draft, name, &err);
    if (!user || (expected && strcmp(user->hash, expected) != 0)) {
        accounts_drop_users(accounts, &draft);
        return user ? answer_set(answer, ANSWER_CONFLICT, "password_changed",
                                 "the password was changed meanwhile: sign in with the new one")
                    : accounts_no_user(name, answer);
    }
    memcpy(user->hash, hash, PASSWORD_HASH_SIZE);
    user->must_change = must_change;
    if (!accounts_commit_users(accounts, &draft, answer))
        return false;
    login_sessions_end_of(accounts->sessions, name, NULL);
    return true;
}

static bool hash_new_password(struct accounts *accounts, const char *name, const char *old_password,
                              const char *new_password, const char *address,
                              char old[PASSWORD_HASH_SIZE], char hash[PASSWORD_HASH_SIZE],
                              struct answer *answer)
{
    if (!is_password_of(accounts, name, old_password, old)) {
        pthread_mutex_lock(&accounts->lock);
        sign_in_limits_failed(accounts->limits, name, address, accounts_now(accounts).monotonic_us);
        pthread_mutex_unlock(&accounts->lock);
        return answer_set(answer, ANSWER_DENIED, "wrong_password", "the old password is wrong");
    }
    if (strcmp(old_password, new_password) == 0)
        return answer_set(answer, ANSWER_INVALID, "same_password",
                          "the new password is the old one: take another one");
    return hash_anew(name, new_password, hash, answer);
}

bool accounts_change_password(struct accounts *accounts, struct principal *principal,
                              const char *old_password, const char *new_password,
                              const char *address, char cookie[CREDENTIAL_SIZE],
                              struct answer *answer)
{
    char old[PASSWORD_HASH_SIZE], hash[PASSWORD_HASH_SIZE];

    cookie[0] = '\0';
    if (!may_try(accounts, principal->name, address, answer) ||
        !accounts_begin_hash(accounts, answer))
        return false;
    bool done = hash_new_password(accounts, principal->name, old_password, new_password, address,
                                  old, hash, answer);
    accounts_end_hash(accounts);
    if (!done || !put_hash(accounts, principal->name, old, hash, false, answer))
        return false;
    struct user *user = accounts_user(accounts, principal->name);
    if (principal->method == PRINCIPAL_COOKIE)
        done = begin_session(accounts, user, address, cookie, principal, answer);
    pthread_mutex_unlock(&accounts->lock);
    accounts_tell(accounts);
    return done;
}

bool accounts_reset_password(struct accounts *accounts, const char *name, const char *password,
                             struct answer *answer)
{
    char hash[PASSWORD_HASH_SIZE];

    if (!accounts_begin_hash(accounts, answer))
        return false;
    bool done = hash_anew(name, password, hash, answer);
    accounts_end_hash(accounts);
    if (!done || !put_hash(accounts, name, NULL, hash, true, answer))
        return false;
    pthread_mutex_unlock(&accounts->lock);
    accounts_tell(accounts);
    return true;
}

bool accounts_add_user(struct accounts *accounts, const struct user_request *request,
                       struct answer *answer)
{
    struct user user = {.role = request->role,
                        .must_change = request->must_change,
                        .created_us = accounts_now(accounts).realtime_us};
    const char *scope = request->scope ? request->scope : "";
    const char *full_name = request->full_name ? request->full_name : "";
    struct users draft;
    struct dag_error err = {0};

    if (strlen(request->name) >= sizeof(user.name) || strlen(full_name) >= sizeof(user.full_name) ||
        strlen(scope) >= sizeof(user.scope) || request->role == ROLE_NONE)
        return answer_set(
            answer, ANSWER_INVALID, "bad_user",
            "a user has a name of up to %d characters, a full name of up to %d bytes, "
            "a scope of up to %d characters and a role",
            USER_NAME_SIZE - 1, FULL_NAME_SIZE - 1, SCOPE_SIZE - 1);
    snprintf(user.name, sizeof(user.name), "%s", request->name);
    snprintf(user.full_name, sizeof(user.full_name), "%s", full_name);
    snprintf(user.scope, sizeof(user.scope), "%s", scope);
    if (!accounts_begin_hash(accounts, answer))
        return false;
    bool done = hash_anew(user.name, request->password, user.hash, answer);
    accounts_end_hash(accounts);
    if (!done || !accounts_begin_users(accounts, &draft, answer))
        return false;
    if (users_find(&draft, user.name, &err))
        done = answer_set(answer, ANSWER_CONFLICT, "user_exists", "there is a user '%s' already",
                          user.name);
    else if (!users_add_hashed(&draft, &user, &err))
        done = answer_set(answer, ANSWER_INVALID, "bad_user", "%s", err.message);
    if (!done) {
        accounts_drop_users(accounts, &draft);
        return false;
    }
    if (!accounts_commit_users(accounts, &draft, answer))
        return false;
    accounts->has_set_up = false;
    pthread_mutex_unlock(&accounts->lock);
    return true;
}
