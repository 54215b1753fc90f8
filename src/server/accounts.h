/* accounts.h - who uses the running server: signing in, login sessions, API tokens, users.
 *
 * Keeps the users file, the tokens file and everything about who is signed in. Login sessions live
 * in memory only: a restart signs everybody out, and no file can be stolen to sign in with. API
 * tokens survive it.
 *
 * All functions may be called from any thread. What changes files waits for the disk, one change at
 * a time, and what takes a password waits for its hash; the rest holds a lock for microseconds. The
 * audit log is the caller's: an entry is written before the call, and how it ended after it.
 *
 * Functions with a `struct answer` return false with its kind: ANSWER_DENIED for a credential that
 * is wrong, ANSWER_FULL (retry_after_s) while attempts are slowed down, ANSWER_UNAVAILABLE when
 * two hashes are under way or a file can't be written, ANSWER_NOT_FOUND, ANSWER_CONFLICT,
 * ANSWER_INVALID for a value that is refused.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_ACCOUNTS_H
#define SERVER_ACCOUNTS_H

#include "core/clock.h"
#include "core/storage.h"
#include "server/answer.h"
#include "server/credentials.h"
#include "server/tokens.h"
#include "server/users.h"

struct accounts;

enum principal_method {
    PRINCIPAL_NONE,
    PRINCIPAL_COOKIE, /* a login session of a browser */
    PRINCIPAL_TOKEN,  /* an API token */
};

/** Who asks, as a value: nothing to free, nothing borrowed. It tells what was so when it was made;
 *  accounts_is_valid() tells whether it still is. */
struct principal {
    enum principal_method method;
    char name[USER_NAME_SIZE];
    enum role role;               /* of a token: not above its owner's */
    char scope[SCOPE_SIZE];       /* "": every DAG; see scope_holds() and scope_split() */
    char id[CREDENTIAL_ID_SIZE];  /* of the login session or token: for lists and the audit log */
    char csrf[CREDENTIAL_SIZE];   /* of the login session; "": a token */
    int64_t expires_us;           /* when it ends in any case; 0: never */
    int64_t idle_end_us;          /* when it ends without activity; 0: it doesn't */
    bool must_change;             /* may do nothing but change the password and sign out */
    struct credential credential; /* what it was proved by: its hash only */
};

struct accounts_options {
    struct storage *storage; /* borrowed; NULL: the disk */
    const char *data;        /* the data folder, whose lock the caller holds; copied */
    struct clock *clock;     /* borrowed; NULL: the system's */
    int64_t idle_us;         /* of a login session; 0: 30 min */
    int64_t lifetime_us;     /* of a login session; 0: 12 h */
    uint32_t requests_per_s; /* of one user; 0: 50 */
    uint32_t requests_burst; /* 0: 200 */
};

/** Reads users and tokens. NULL: `err`. */
struct accounts *accounts_open(const struct accounts_options *options, struct dag_error *err);
void accounts_close(struct accounts *accounts); /* flushes; NULL is allowed */

/** Writes down when users signed in and tokens were used, when that has changed: not part of the
 *  uses themselves. To be called every few minutes. False: `err`; it is tried again next time. */
bool accounts_flush(struct accounts *accounts, struct dag_error *err);

/** Calls `changed` behind each change that may end what somebody may do (sign-out, revocation,
 *  another role...), without a lock held, on the thread that made it: streams look again with
 *  accounts_is_valid(). One watcher; to be set before other threads call. */
void accounts_watch(struct accounts *accounts, void (*changed)(void *context), void *context);

/** Rises with each such change: cheap to compare. */
uint64_t accounts_generation(const struct accounts *accounts);

/* ---- the first user ---- */

/** True, with a new one-time token (an older one is void): there is no user yet. It is kept as a
 *  hash, in memory, until a user exists. False: there are users, or `err` is filled. */
bool accounts_begin_set_up(struct accounts *accounts, char token[CREDENTIAL_SIZE],
                           struct dag_error *err);

/** Makes the first admin and signs in. ANSWER_CONFLICT "set_up_already": there are users;
 *  ANSWER_DENIED "bad_setup_token". Both count as failures of the address. */
bool accounts_set_up(struct accounts *accounts, const char *token, const char *name,
                     const char *password, const char *address, char cookie[CREDENTIAL_SIZE],
                     struct principal *principal, struct answer *answer);

/* ---- who asks ---- */

/** How long an address that has failed too often has to wait until it is looked at again, in
 *  microseconds; 0: it needn't. Any thread. */
int64_t accounts_wait_us(struct accounts *accounts, const char *address);

/** A new login session, whose cookie is told this once. The same answer, after the same time, for a
 *  wrong password, an unknown name and a disabled user: ANSWER_DENIED "sign_in_failed". After five
 *  failures of the same name or address ANSWER_FULL "sign_in_slowed", before the password is looked
 *  at; ANSWER_UNAVAILABLE "sign_in_busy". `address`: of the peer, without its port. */
bool accounts_sign_in(struct accounts *accounts, const char *name, const char *password,
                      const char *address, char cookie[CREDENTIAL_SIZE],
                      struct principal *principal, struct answer *answer);
void accounts_sign_out(struct accounts *accounts, const struct principal *principal);

/** Whose cookie or token it is; neither waits nor touches a disk. `is_activity`: false for what
 *  goes on without a person, such as streams and their reconnects. False: none that is valid. */
bool accounts_resolve_cookie(struct accounts *accounts, const char *cookie, bool is_activity,
                             struct principal *principal);
bool accounts_resolve_token(struct accounts *accounts, const char *token,
                            struct principal *principal);

/** True while the login session or token lasts with the same role and scope; no activity. */
bool accounts_is_valid(struct accounts *accounts, const struct principal *principal);

/** Takes one request out of the user's allowance. False: none is left, for `*wait_us`. */
bool accounts_admit(struct accounts *accounts, const struct principal *principal, int64_t *wait_us);

/* ---- one's own account ---- */

/** A new password. Ends the user's other login sessions; this one gets a new cookie (empty when the
 *  principal came by a token) and `principal` is as it is then. ANSWER_DENIED "wrong_password". */
bool accounts_change_password(struct accounts *accounts, struct principal *principal,
                              const char *old_password, const char *new_password,
                              const char *address, char cookie[CREDENTIAL_SIZE],
                              struct answer *answer);

/** Ends one login session of `user`. */
bool accounts_end_login_session(struct accounts *accounts, const char *user, const char *id,
                                struct answer *answer);
/** Ends all of them. */
bool accounts_end_login_sessions(struct accounts *accounts, const char *user,
                                 struct answer *answer);

/** A new API token for the principal's user, not above the principal's role and scope. The JSON
 *  ("token_created") holds the secret, which is told this once. `id` may be NULL. */
bool accounts_create_token(struct accounts *accounts, const struct principal *principal,
                           const struct token_wish *wish, char id[CREDENTIAL_ID_SIZE],
                           struct dag_buffer *out, struct answer *answer);
bool accounts_revoke_token(struct accounts *accounts, const char *user, const char *id,
                           struct answer *answer);
bool accounts_revoke_tokens(struct accounts *accounts, const char *user, struct answer *answer);

/* ---- users ---- */

struct user_request {
    const char *name;
    const char *full_name; /* or NULL */
    const char *password;
    enum role role;
    const char *scope; /* NULL or "": every DAG */
    bool must_change;  /* the password, at the first sign-in */
};

bool accounts_add_user(struct accounts *accounts, const struct user_request *request,
                       struct answer *answer);

struct user_change {
    enum role role;          /* ROLE_NONE: stays */
    const char *scope;       /* NULL: stays */
    const bool *is_disabled; /* NULL: stays */
};

/** Ends the user's login sessions; tokens go on within the new role and scope, or end with a user
 *  that is disabled for as long as it is. ANSWER_CONFLICT: the last admin. */
bool accounts_change_user(struct accounts *accounts, const char *name,
                          const struct user_change *change, struct answer *answer);
/** Ends the user's login sessions and tokens too. */
bool accounts_remove_user(struct accounts *accounts, const char *name, struct answer *answer);
/** A new password by an admin, to be changed at the next sign-in; ends all login sessions. */
bool accounts_reset_password(struct accounts *accounts, const char *name, const char *password,
                             struct answer *answer);

/* ---- what is shown; all append one JSON value ---- */

struct accounts_page {
    size_t limit;       /* 1..500; 0: 50 */
    const char *cursor; /* next_cursor of the page before; NULL: from the start */
    const char *sort;   /* NULL, or the list's own key with or without "-" in front */
    const char *query;  /* part of a name; NULL: any */
};

/** Sorted by "name". */
bool accounts_write_users(struct accounts *accounts, const struct accounts_page *page,
                          struct dag_buffer *out, struct answer *answer);
bool accounts_write_user(struct accounts *accounts, const char *name, struct dag_buffer *out,
                         struct answer *answer);
/** Sorted by "created". */
bool accounts_write_tokens(struct accounts *accounts, const char *user,
                           const struct accounts_page *page, struct dag_buffer *out,
                           struct answer *answer);
bool accounts_write_token(struct accounts *accounts, const char *user, const char *id,
                          struct dag_buffer *out, struct answer *answer);
/** Those of `user`, sorted by "created". `principal` tells which is the current one. */
bool accounts_write_login_sessions(struct accounts *accounts, const char *user,
                                   const struct principal *principal,
                                   const struct accounts_page *page, struct dag_buffer *out,
                                   struct answer *answer);
bool accounts_write_me(struct accounts *accounts, const struct principal *principal,
                       struct dag_buffer *out, struct answer *answer);

#endif
