/* accounts_internal.h - what the parts of accounts.h share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_ACCOUNTS_INTERNAL_H
#define SERVER_ACCOUNTS_INTERNAL_H

#include <pthread.h>

#include "server/accounts.h"
#include "server/login_sessions.h"
#include "server/sign_in_limits.h"

/** What is left of a user's requests. */
struct allowance {
    char user[USER_NAME_SIZE];
    double left;
    int64_t at_us;
};

/** `lock` guards everything that changes and is never held while something waits. Users and tokens
 *  change with `changing` held as well, which lasts over the writing of their file: whoever holds
 *  it may read them without the lock. */
struct accounts {
    struct storage *storage; /* borrowed */
    struct clock *clock;     /* borrowed */
    uint32_t requests_per_s, requests_burst;

    pthread_mutex_t changing;
    pthread_mutex_t lock;
    struct users users;
    struct tokens tokens;
    uint32_t *token_places; /* owned; a hash table: places in `tokens` + 1, 0: none */
    size_t token_places_size;
    struct login_sessions *sessions; /* owned */
    struct sign_in_limits *limits;   /* owned */
    struct allowance *allowances;    /* owned; of users that have asked for something */
    size_t allowance_count;
    uint32_t hashes_under_way;
    bool has_set_up;          /* a set-up token is valid */
    struct credential set_up; /* its hash */
    bool has_uses;            /* that aren't written down */

    char nobody[PASSWORD_HASH_SIZE]; /* fixed */
    _Atomic uint64_t generation;
    void (*changed)(void *context); /* fixed before other threads call */
    void *changed_context;
};

struct login_session_times accounts_now(const struct accounts *accounts);

/** NULL: there is none. One of the two locks is held. */
struct user *accounts_user(const struct accounts *accounts, const char *name);

/** Tells that rights may have ended. No lock is held. */
void accounts_tell(struct accounts *accounts);

/** A principal of a session, whose user is there. The lock is held. */
void accounts_fill_cookie(const struct accounts *accounts, const struct user *user,
                          const struct login_session *session, struct principal *principal);

/** Room for one hash of a password; the lock is not held. False: `answer`. */
bool accounts_begin_hash(struct accounts *accounts, struct answer *answer);
void accounts_end_hash(struct accounts *accounts);

/** A copy of the users to be changed, with `changing` held from here on. False: `answer`, and
 *  nothing is held. */
bool accounts_begin_users(struct accounts *accounts, struct users *draft, struct answer *answer);
/** Writes the copy down and makes it the truth. It ends with the lock held, so that sessions can be
 *  changed as one with it, and `changing` let go. False: `answer`; nothing changed, nothing held.
 */
bool accounts_commit_users(struct accounts *accounts, struct users *draft, struct answer *answer);
void accounts_drop_users(struct accounts *accounts, struct users *draft);

/** The same for tokens. */
bool accounts_begin_tokens(struct accounts *accounts, struct tokens *draft, struct answer *answer);
bool accounts_commit_tokens(struct accounts *accounts, struct tokens *draft, struct answer *answer);
void accounts_drop_tokens(struct accounts *accounts, struct tokens *draft);

/** The hash table of tokens, with room to spare, so that looking up is short. NULL: out of memory.
 */
uint32_t *accounts_token_places(const struct tokens *tokens, size_t *size);

bool accounts_no_user(const char *name, struct answer *answer);
bool accounts_no_memory(struct answer *answer);

#endif
