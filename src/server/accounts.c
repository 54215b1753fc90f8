/* accounts.c - see accounts.h: opening, and who asks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/accounts_internal.h"

#define IDLE_US        (INT64_C(30) * 60 * 1000000)
#define LIFETIME_US    (INT64_C(12) * 3600 * 1000000)
#define REQUESTS_PER_S 50
#define REQUESTS_BURST 200
#define USE_GRAIN_US   (INT64_C(60) * 1000000) /* uses closer together count as one */

/* ---- opening ---- */

static bool open_parts(struct accounts *accounts, const struct accounts_options *options,
                       struct dag_error *err)
{
    accounts->sessions =
        login_sessions_new(options->idle_us ? options->idle_us : IDLE_US,
                           options->lifetime_us ? options->lifetime_us : LIFETIME_US);
    accounts->limits = sign_in_limits_new();
    if (!accounts->sessions || !accounts->limits)
        return dag_error_set_memory(err, "the accounts");
    if (!password_nobody(accounts->nobody, err) ||
        !users_open(&accounts->users, accounts->storage, options->data, err) ||
        !tokens_open(&accounts->tokens, accounts->storage, options->data, err))
        return false;
    accounts->token_places = accounts_token_places(&accounts->tokens, &accounts->token_places_size);
    return accounts->token_places || dag_error_set_memory(err, "the tokens");
}

struct accounts *accounts_open(const struct accounts_options *options, struct dag_error *err)
{
    struct accounts *accounts = calloc(1, sizeof(*accounts));

    if (!accounts) {
        dag_error_set_memory(err, "the accounts");
        return NULL;
    }
    accounts->storage = options->storage ? options->storage : storage_disk();
    accounts->clock = options->clock ? options->clock : clock_system();
    accounts->requests_per_s = options->requests_per_s ? options->requests_per_s : REQUESTS_PER_S;
    accounts->requests_burst = options->requests_burst ? options->requests_burst : REQUESTS_BURST;
    pthread_mutex_init(&accounts->changing, NULL);
    pthread_mutex_init(&accounts->lock, NULL);
    if (!open_parts(accounts, options, err)) {
        accounts_close(accounts);
        return NULL;
    }
    return accounts;
}

void accounts_close(struct accounts *accounts)
{
    struct dag_error err = {0};

    if (!accounts)
        return;
    (void)accounts_flush(accounts, &err); /* only when somebody was seen last */
    users_close(&accounts->users);
    tokens_close(&accounts->tokens);
    login_sessions_free(accounts->sessions);
    sign_in_limits_free(accounts->limits);
    free(accounts->token_places);
    free(accounts->allowances);
    pthread_mutex_destroy(&accounts->lock);
    pthread_mutex_destroy(&accounts->changing);
    free(accounts);
}

bool accounts_flush(struct accounts *accounts, struct dag_error *err)
{
    struct users users;
    struct tokens tokens;
    struct answer answer = {0};

    pthread_mutex_lock(&accounts->lock);
    bool has_uses = accounts->has_uses;
    accounts->has_uses = false;
    pthread_mutex_unlock(&accounts->lock);
    if (!has_uses)
        return true;
    bool done = accounts_begin_users(accounts, &users, &answer) &&
                accounts_commit_users(accounts, &users, &answer);
    if (done)
        pthread_mutex_unlock(&accounts->lock);
    done = done && accounts_begin_tokens(accounts, &tokens, &answer) &&
           accounts_commit_tokens(accounts, &tokens, &answer);
    if (!done)
        pthread_mutex_lock(&accounts->lock);
    accounts->has_uses |= !done;
    pthread_mutex_unlock(&accounts->lock);
    return done || dag_error_set(err, DAG_ERROR_IO, "%s", answer.detail);
}

void accounts_watch(struct accounts *accounts, void (*changed)(void *context), void *context)
{
    accounts->changed = changed;
    accounts->changed_context = context;
}

uint64_t accounts_generation(const struct accounts *accounts)
{
    return atomic_load(&accounts->generation);
}

void accounts_tell(struct accounts *accounts)
{
    atomic_fetch_add(&accounts->generation, 1);
    if (accounts->changed)
        accounts->changed(accounts->changed_context);
}

struct login_session_times accounts_now(const struct accounts *accounts)
{
    return (struct login_session_times){
        .realtime_us = accounts->clock->realtime_us(accounts->clock),
        .monotonic_us = accounts->clock->monotonic_us(accounts->clock)};
}

struct user *accounts_user(const struct accounts *accounts, const char *name)
{
    struct dag_error err = {0};

    return users_find(&accounts->users, name, &err);
}

/* ---- who asks ---- */

void accounts_fill_cookie(const struct accounts *accounts, const struct user *user,
                          const struct login_session *session, struct principal *principal)
{
    struct login_session_times now = accounts_now(accounts);

    *principal = (struct principal){
        .method = PRINCIPAL_COOKIE,
        .role = user->role,
        .expires_us = now.realtime_us + (session->end_us - now.monotonic_us),
        .idle_end_us = now.realtime_us + (session->idle_end_us - now.monotonic_us),
        .must_change = session->must_change,
        .credential = session->credential,
    };
    memcpy(principal->name, user->name, sizeof(principal->name));
    memcpy(principal->scope, user->scope, sizeof(principal->scope));
    memcpy(principal->id, session->id, sizeof(principal->id));
    memcpy(principal->csrf, session->csrf, sizeof(principal->csrf));
}

/* The lock is held. */
static bool look_up_cookie(struct accounts *accounts, const struct credential *credential,
                           bool is_activity, struct principal *principal)
{
    struct login_session_times now = accounts_now(accounts);
    struct login_session *session =
        login_sessions_find(accounts->sessions, credential, now.monotonic_us);
    const struct user *user = session ? accounts_user(accounts, session->user) : NULL;

    if (!user || user->is_disabled)
        return false;
    if (is_activity)
        login_sessions_touch(accounts->sessions, session, now);
    accounts_fill_cookie(accounts, user, session, principal);
    return true;
}

static struct token *find_token(const struct accounts *accounts,
                                const struct credential *credential)
{
    size_t place, mask = accounts->token_places_size - 1;

    if (accounts->token_places_size == 0)
        return NULL;
    memcpy(&place, credential->hash, sizeof(place));
    for (place &= mask; accounts->token_places[place]; place = (place + 1) & mask) {
        struct token *token = &accounts->tokens.items[accounts->token_places[place] - 1];

        if (credential_equals(&token->credential, credential))
            return token;
    }
    return NULL;
}

/* The lock is held. */
static bool look_up_token(struct accounts *accounts, const struct credential *credential,
                          bool is_use, struct principal *principal)
{
    struct login_session_times now = accounts_now(accounts);
    struct token *token = find_token(accounts, credential);
    const struct user *owner = token ? accounts_user(accounts, token->user) : NULL;

    *principal = (struct principal){.method = PRINCIPAL_TOKEN};
    if (!owner || token->expires_us <= now.realtime_us ||
        !token_power(token, owner, &principal->role, principal->scope))
        return false;
    if (is_use && now.realtime_us - token->last_used_us >= USE_GRAIN_US) {
        token->last_used_us = now.realtime_us;
        accounts->has_uses = true;
    }
    principal->expires_us = token->expires_us;
    principal->credential = token->credential;
    memcpy(principal->name, owner->name, sizeof(principal->name));
    memcpy(principal->id, token->id, sizeof(principal->id));
    return true;
}

bool accounts_resolve_cookie(struct accounts *accounts, const char *cookie, bool is_activity,
                             struct principal *principal)
{
    struct credential credential = credential_of(cookie);

    pthread_mutex_lock(&accounts->lock);
    bool done = look_up_cookie(accounts, &credential, is_activity, principal);
    pthread_mutex_unlock(&accounts->lock);
    return done;
}

bool accounts_resolve_token(struct accounts *accounts, const char *token,
                            struct principal *principal)
{
    struct credential credential = credential_of(token);

    if (strncmp(token, TOKEN_PREFIX, sizeof(TOKEN_PREFIX) - 1) != 0)
        return false;
    pthread_mutex_lock(&accounts->lock);
    bool done = look_up_token(accounts, &credential, true, principal);
    pthread_mutex_unlock(&accounts->lock);
    return done;
}

bool accounts_is_valid(struct accounts *accounts, const struct principal *principal)
{
    struct principal now = {0};
    bool done = false;

    pthread_mutex_lock(&accounts->lock);
    if (principal->method == PRINCIPAL_COOKIE)
        done = look_up_cookie(accounts, &principal->credential, false, &now);
    else if (principal->method == PRINCIPAL_TOKEN)
        done = look_up_token(accounts, &principal->credential, false, &now);
    pthread_mutex_unlock(&accounts->lock);
    return done && now.role == principal->role && strcmp(now.scope, principal->scope) == 0;
}

/* ---- how often ---- */

static struct allowance *allowance_of(struct accounts *accounts, const char *user, int64_t now_us)
{
    size_t count = accounts->allowance_count;

    for (size_t i = 0; i < count; i++)
        if (strcmp(accounts->allowances[i].user, user) == 0)
            return &accounts->allowances[i];
    struct allowance *larger =
        realloc(accounts->allowances, (count + 1) * sizeof(*accounts->allowances));
    if (!larger)
        return NULL;
    accounts->allowances = larger;
    accounts->allowance_count++;
    larger[count] = (struct allowance){.left = accounts->requests_burst, .at_us = now_us};
    snprintf(larger[count].user, sizeof(larger[count].user), "%s", user);
    return &larger[count];
}

bool accounts_admit(struct accounts *accounts, const struct principal *principal, int64_t *wait_us)
{
    int64_t now_us = accounts_now(accounts).monotonic_us;

    *wait_us = 0;
    pthread_mutex_lock(&accounts->lock);
    struct allowance *allowance = allowance_of(accounts, principal->name, now_us);
    if (!allowance) { /* no memory: the user must wait until there is some */
        *wait_us = 1000000;
    } else {
        allowance->left +=
            (double)(now_us - allowance->at_us) * accounts->requests_per_s / 1000000.0;
        if (allowance->left > accounts->requests_burst)
            allowance->left = accounts->requests_burst;
        allowance->at_us = now_us;
        if (allowance->left >= 1)
            allowance->left -= 1;
        else
            *wait_us = (int64_t)((1 - allowance->left) * 1000000.0 / accounts->requests_per_s) + 1;
    }
    pthread_mutex_unlock(&accounts->lock);
    return *wait_us == 0;
}
