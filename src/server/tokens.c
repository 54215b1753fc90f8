/* tokens.c - see tokens.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/tree.h"

#define DAY_US (INT64_C(86400) * 1000000)

/* ---- what one may be ---- */

static bool check_name(const char *name, struct dag_error *err)
{
    size_t size = strlen(name);

    if (size == 0 || size >= TOKEN_NAME_SIZE || !tree_is_utf8(name, size))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "a token needs a name of up to %d bytes of UTF-8: what it is for",
                             TOKEN_NAME_SIZE - 1);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "the name of a token may hold no control characters");
    return true;
}

static bool check_power(const struct user *owner, enum role role, const char *scope,
                        struct dag_error *err)
{
    char within[SCOPE_SIZE];

    if (role > owner->role)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "a token of '%s' can't be %s: its owner is only %s", owner->name,
                             role_name(role), role_name(owner->role));
    if (!scope_check(scope, err))
        return false;
    if (!scope_within(scope, owner->scope, within) || (scope[0] && strcmp(within, scope) != 0))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the scope '%.100s' isn't within that of '%s': '%.100s'", scope,
                             owner->name, owner->scope);
    return true;
}

static bool check_count(const struct tokens *tokens, const char *user, int64_t now_us,
                        struct dag_error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < tokens->count; i++)
        count += strcmp(tokens->items[i].user, user) == 0 && tokens->items[i].expires_us > now_us;
    return count < TOKENS_OF_USER_MAX ||
           dag_error_set(err, DAG_ERROR_LIMIT, "'%s' has %d tokens: revoke some first", user,
                         TOKENS_OF_USER_MAX);
}

bool token_power(const struct token *token, const struct user *owner, enum role *role,
                 char scope[SCOPE_SIZE])
{
    *role = token->role < owner->role ? token->role : owner->role;
    return !owner->is_disabled && token->created_us >= owner->created_us &&
           scope_within(token->scope, owner->scope, scope);
}

/* ---- changes ---- */

/* Nobody can use those, and nobody needs to see them for longer than the longest lifetime. */
static void drop_old(struct tokens *tokens, int64_t now_us)
{
    size_t kept = 0;

    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->items[i].expires_us + TOKEN_DAYS_MAX * DAY_US > now_us)
            tokens->items[kept++] = tokens->items[i];
    tokens->count = kept;
}

const struct token *tokens_add(struct tokens *tokens, const struct user *owner,
                               const struct token_wish *wish, int64_t now_us,
                               char secret[CREDENTIAL_SIZE], struct dag_error *err)
{
    int64_t days = wish->days ? wish->days : TOKEN_DAYS_DEFAULT;
    const char *scope = wish->scope ? wish->scope : "";
    struct token token = {.role = wish->role ? wish->role : owner->role, .created_us = now_us};

    if (!check_name(wish->name, err) || !check_power(owner, token.role, scope, err) ||
        !check_count(tokens, owner->name, now_us, err))
        return NULL;
    if (days < 1 || days > TOKEN_DAYS_MAX) {
        dag_error_set(err, DAG_ERROR_INVALID, "a token lasts 1 to %d days", TOKEN_DAYS_MAX);
        return NULL;
    }
    token.expires_us = now_us + days * DAY_US;
    snprintf(token.name, sizeof(token.name), "%s", wish->name);
    snprintf(token.user, sizeof(token.user), "%s", owner->name);
    snprintf(token.scope, sizeof(token.scope), "%s", scope);
    drop_old(tokens, now_us);
    struct token *items = realloc(tokens->items, (tokens->count + 1) * sizeof(*items));
    if (!items) {
        dag_error_set_memory(err, "a token");
        return NULL;
    }
    tokens->items = items;
    if (!credential_id_new(token.id, err) || !credential_new(TOKEN_PREFIX, secret, err))
        return NULL;
    token.credential = credential_of(secret);
    items[tokens->count] = token;
    return &items[tokens->count++];
}

struct token *tokens_find(const struct tokens *tokens, const char *user, const char *id)
{
    for (size_t i = 0; i < tokens->count; i++)
        if (strcmp(tokens->items[i].id, id) == 0 &&
            (!user || strcmp(tokens->items[i].user, user) == 0))
            return &tokens->items[i];
    return NULL;
}

void tokens_remove(struct tokens *tokens, const struct token *token)
{
    size_t place = (size_t)(token - tokens->items);

    memmove(&tokens->items[place], &tokens->items[place + 1],
            (tokens->count - place - 1) * sizeof(*token));
    tokens->count--;
}

size_t tokens_remove_of(struct tokens *tokens, const char *user)
{
    size_t kept = 0, before = tokens->count;

    for (size_t i = 0; i < before; i++)
        if (strcmp(tokens->items[i].user, user) != 0)
            tokens->items[kept++] = tokens->items[i];
    tokens->count = kept;
    return before - kept;
}

void tokens_close(struct tokens *tokens)
{
    free(tokens->path);
    free(tokens->items);
    *tokens = (struct tokens){0};
}
