/* accounts_change.c - users and tokens are changed as a copy, which is written down before it
 * becomes the truth: what asks meanwhile waits for no disk. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/accounts_internal.h"

bool accounts_no_user(const char *name, struct answer *answer)
{
    return answer_set(answer, ANSWER_NOT_FOUND, "user_not_found", "there is no user '%.80s'", name);
}

bool accounts_no_memory(struct answer *answer)
{
    return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
}

static bool not_written(struct answer *answer, const char *what, const struct dag_error *err)
{
    if (err->code == DAG_ERROR_MEMORY)
        return accounts_no_memory(answer);
    return answer_set(answer, ANSWER_UNAVAILABLE, "not_written",
                      "nothing was changed, as the %s can't be written: look at the server's disk",
                      what);
}

static void *copy_of(const void *items, size_t count, size_t size)
{
    void *copy = malloc((count + 1) * size);

    if (copy && count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

/* ---- users ---- */

bool accounts_begin_users(struct accounts *accounts, struct users *draft, struct answer *answer)
{
    pthread_mutex_lock(&accounts->changing);
    pthread_mutex_lock(&accounts->lock);
    *draft = accounts->users;
    draft->items = copy_of(accounts->users.items, draft->count, sizeof(*draft->items));
    pthread_mutex_unlock(&accounts->lock);
    if (draft->items)
        return true;
    pthread_mutex_unlock(&accounts->changing);
    return accounts_no_memory(answer);
}

void accounts_drop_users(struct accounts *accounts, struct users *draft)
{
    free(draft->items);
    pthread_mutex_unlock(&accounts->changing);
}

/* Who signed in while the copy was written. Both are sorted by name. */
static void keep_logins(struct users *draft, const struct users *old)
{
    size_t i = 0;

    for (size_t k = 0; k < draft->count; k++) {
        struct user *user = &draft->items[k];

        while (i < old->count && strcmp(old->items[i].name, user->name) < 0)
            i++;
        if (i < old->count && strcmp(old->items[i].name, user->name) == 0 &&
            old->items[i].created_us == user->created_us)
            user->last_login_us = old->items[i].last_login_us;
    }
}

bool accounts_commit_users(struct accounts *accounts, struct users *draft, struct answer *answer)
{
    struct dag_error err = {0};

    if (!users_save(draft, &err)) {
        accounts_drop_users(accounts, draft);
        return not_written(answer, "users file", &err);
    }
    pthread_mutex_lock(&accounts->lock);
    keep_logins(draft, &accounts->users);
    free(accounts->users.items);
    accounts->users = *draft;
    pthread_mutex_unlock(&accounts->changing);
    return true;
}

/* ---- tokens ---- */

bool accounts_begin_tokens(struct accounts *accounts, struct tokens *draft, struct answer *answer)
{
    pthread_mutex_lock(&accounts->changing);
    pthread_mutex_lock(&accounts->lock);
    *draft = accounts->tokens;
    draft->items = copy_of(accounts->tokens.items, draft->count, sizeof(*draft->items));
    pthread_mutex_unlock(&accounts->lock);
    if (draft->items)
        return true;
    pthread_mutex_unlock(&accounts->changing);
    return accounts_no_memory(answer);
}

void accounts_drop_tokens(struct accounts *accounts, struct tokens *draft)
{
    free(draft->items);
    pthread_mutex_unlock(&accounts->changing);
}

/* Which were used while the copy was written. Both are in the order in which they were made. */
static void keep_uses(struct tokens *draft, const struct tokens *old)
{
    size_t i = 0;

    for (size_t k = 0; k < draft->count; k++) {
        size_t at = i;

        while (at < old->count && strcmp(old->items[at].id, draft->items[k].id) != 0)
            at++;
        if (at == old->count)
            continue;
        draft->items[k].last_used_us = old->items[at].last_used_us;
        i = at + 1;
    }
}

uint32_t *accounts_token_places(const struct tokens *tokens, size_t *size)
{
    *size = 16;
    while (*size < tokens->count * 2 + 1)
        *size *= 2;
    uint32_t *places = calloc(*size, sizeof(*places));
    for (size_t i = 0; places && i < tokens->count; i++) {
        size_t place;

        memcpy(&place, tokens->items[i].credential.hash, sizeof(place));
        for (place &= *size - 1; places[place]; place = (place + 1) & (*size - 1))
            continue;
        places[place] = (uint32_t)i + 1;
    }
    return places;
}

bool accounts_commit_tokens(struct accounts *accounts, struct tokens *draft, struct answer *answer)
{
    struct dag_error err = {0};
    size_t size;
    uint32_t *places = accounts_token_places(draft, &size);

    if (!places || !tokens_save(draft, &err)) {
        if (!places)
            dag_error_set_memory(&err, "tokens");
        free(places);
        accounts_drop_tokens(accounts, draft);
        return not_written(answer, "tokens file", &err);
    }
    pthread_mutex_lock(&accounts->lock);
    keep_uses(draft, &accounts->tokens);
    free(accounts->tokens.items);
    free(accounts->token_places);
    accounts->tokens = *draft;
    accounts->token_places = places;
    accounts->token_places_size = size;
    pthread_mutex_unlock(&accounts->changing);
    return true;
}
