/* tokens.h - the tokens file: API tokens, each for one user, as hashes.
 *
 *     DIR/tokens.json
 *
 * Changes are made in memory and written as one by tokens_save(): the file is as before or after.
 * Not for two threads at once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TOKENS_H
#define SERVER_TOKENS_H

#include "core/storage.h"
#include "server/credentials.h"
#include "server/users.h"

#define TOKEN_NAME_SIZE    201 /* with the NUL */
#define TOKEN_DAYS_DEFAULT 90
#define TOKEN_DAYS_MAX     365
#define TOKENS_OF_USER_MAX 100

struct token {
    char id[CREDENTIAL_ID_SIZE];
    char name[TOKEN_NAME_SIZE]; /* what it is for */
    char user[USER_NAME_SIZE];
    enum role role;         /* what was asked for: the owner's counts too, see token_power() */
    char scope[SCOPE_SIZE]; /* "": the owner's */
    struct credential credential;
    int64_t created_us, expires_us;
    int64_t last_used_us; /* 0: never */
};

struct tokens {
    struct storage *storage; /* borrowed */
    char *path;              /* owned */
    struct token *items;     /* owned; in the order they were made */
    size_t count;
};

/** Reads FOLDER/tokens.json; a missing one holds none. Zeroed before. False: `err`, and nothing to
 *  free. */
bool tokens_open(struct tokens *tokens, struct storage *storage, const char *folder,
                 struct dag_error *err);
void tokens_close(struct tokens *tokens);
bool tokens_save(const struct tokens *tokens, struct dag_error *err);

/** What a new token is asked to be. */
struct token_wish {
    const char *name;
    enum role role;    /* ROLE_NONE: the owner's */
    const char *scope; /* NULL or "": the owner's */
    int64_t days;      /* 1..TOKEN_DAYS_MAX; 0: TOKEN_DAYS_DEFAULT */
};

/** Appends one for `owner` as it is now and fills `secret`, which is kept nowhere. Refuses a role
 *  above the owner's, a scope that isn't within it, and more than TOKENS_OF_USER_MAX that haven't
 *  expired. NULL: `err`. Borrowed until the next change. */
const struct token *tokens_add(struct tokens *tokens, const struct user *owner,
                               const struct token_wish *wish, int64_t now_us,
                               char secret[CREDENTIAL_SIZE], struct dag_error *err);

/** `user` NULL: anybody's. NULL: there is none. */
struct token *tokens_find(const struct tokens *tokens, const char *user, const char *id);
void tokens_remove(struct tokens *tokens, const struct token *token);
/** Returns how many there were. */
size_t tokens_remove_of(struct tokens *tokens, const char *user);

/** What the token may do for its owner as it is now: the lower role, and of its scope what lies
 *  within the owner's. False: nothing is left of it, the owner is disabled, or somebody else of
 *  the same name, who was added later. */
bool token_power(const struct token *token, const struct user *owner, enum role *role,
                 char scope[SCOPE_SIZE]);

#endif
