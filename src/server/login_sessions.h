/* login_sessions.h - who is signed in by a browser, in memory.
 *
 * A session is found by the hash of its cookie; the cookie itself is kept nowhere. Bounded by user
 * and in all: of too many the one that was idle longest ends. Not for two threads at once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_LOGIN_SESSIONS_H
#define SERVER_LOGIN_SESSIONS_H

#include "server/credentials.h"
#include "server/users.h"

#define LOGIN_SESSIONS_OF_USER_MAX 50
#define LOGIN_SESSIONS_MAX         10000

struct login_session {
    struct login_session *next; /* in its bucket */
    struct credential credential;
    char id[CREDENTIAL_ID_SIZE];
    char user[USER_NAME_SIZE];
    char csrf[CREDENTIAL_SIZE];
    char address[64];                   /* that signed in */
    int64_t created_us, last_active_us; /* realtime, to be shown */
    int64_t end_us, idle_end_us;        /* of a clock that never goes back */
    bool must_change;                   /* the password */
};

struct login_sessions;

struct login_session_times {
    int64_t realtime_us, monotonic_us;
};

/** NULL: out of memory. */
struct login_sessions *login_sessions_new(int64_t idle_us, int64_t lifetime_us);
void login_sessions_free(struct login_sessions *sessions); /* NULL is allowed */

/** Begins one and fills `cookie`. NULL: `err`. Borrowed until the next change. */
struct login_session *login_sessions_begin(struct login_sessions *sessions, const char *user,
                                           const char *address, struct login_session_times now,
                                           char cookie[CREDENTIAL_SIZE], struct dag_error *err);

/** NULL: there is none that lasts. Borrowed as above. */
struct login_session *login_sessions_find(struct login_sessions *sessions,
                                          const struct credential *credential, int64_t now_us);
/** What keeps it from being idle. */
void login_sessions_touch(struct login_sessions *sessions, struct login_session *session,
                          struct login_session_times now);

void login_sessions_end(struct login_sessions *sessions, struct login_session *session);
/** Returns how many there were. `id` NULL: all of the user; else that one. */
size_t login_sessions_end_of(struct login_sessions *sessions, const char *user, const char *id);

/** Calls `visit` for each of the user's that lasts, in no order. */
void login_sessions_each(struct login_sessions *sessions, const char *user, int64_t now_us,
                         void (*visit)(void *context, const struct login_session *session),
                         void *context);

#endif
