/* login_sessions.c - see login_sessions.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/login_sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 1024

struct login_sessions {
    int64_t idle_us, lifetime_us;
    size_t count;
    struct login_session *buckets[BUCKETS]; /* owned lists */
};

struct login_sessions *login_sessions_new(int64_t idle_us, int64_t lifetime_us)
{
    struct login_sessions *sessions = calloc(1, sizeof(*sessions));

    if (sessions) {
        sessions->idle_us = idle_us;
        sessions->lifetime_us = lifetime_us;
    }
    return sessions;
}

/* A SHA-256 is as random as any hash of it. */
static struct login_session **bucket_of(struct login_sessions *sessions,
                                        const struct credential *credential)
{
    return &sessions->buckets[(credential->hash[0] << 8 | credential->hash[1]) % BUCKETS];
}

void login_sessions_end(struct login_sessions *sessions, struct login_session *session)
{
    struct login_session **link = bucket_of(sessions, &session->credential);

    while (*link != session)
        link = &(*link)->next;
    *link = session->next;
    sessions->count--;
    explicit_bzero(session, sizeof(*session));
    free(session);
}

void login_sessions_free(struct login_sessions *sessions)
{
    if (!sessions)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (sessions->buckets[i])
            login_sessions_end(sessions, sessions->buckets[i]);
    free(sessions);
}

static bool has_ended(const struct login_session *session, int64_t now_us)
{
    return now_us >= session->end_us || now_us >= session->idle_end_us;
}

/* Ends what has run out, and of too many (of the user, or in all) the one that was idle longest. */
static void make_room(struct login_sessions *sessions, const char *user, int64_t now_us)
{
    struct login_session *of_user = NULL, *of_all = NULL;
    size_t count = 0;

    for (size_t i = 0; i < BUCKETS; i++)
        for (struct login_session *at = sessions->buckets[i], *next; at; at = next) {
            next = at->next;
            if (has_ended(at, now_us)) {
                login_sessions_end(sessions, at);
                continue;
            }
            if (!of_all || at->idle_end_us < of_all->idle_end_us)
                of_all = at;
            if (strcmp(at->user, user) != 0)
                continue;
            count++;
            if (!of_user || at->idle_end_us < of_user->idle_end_us)
                of_user = at;
        }
    if (count >= LOGIN_SESSIONS_OF_USER_MAX)
        login_sessions_end(sessions, of_user);
    else if (sessions->count >= LOGIN_SESSIONS_MAX)
        login_sessions_end(sessions, of_all);
}

struct login_session *login_sessions_begin(struct login_sessions *sessions, const char *user,
                                           const char *address, struct login_session_times now,
                                           char cookie[CREDENTIAL_SIZE], struct dag_error *err)
{
    make_room(sessions, user, now.monotonic_us);
    struct login_session *session = calloc(1, sizeof(*session));
    if (!session) {
        dag_error_set_memory(err, "a login session");
        return NULL;
    }
    if (!credential_new("", cookie, err) || !credential_new("", session->csrf, err) ||
        !credential_id_new(session->id, err)) {
        free(session);
        return NULL;
    }
    session->credential = credential_of(cookie);
    snprintf(session->user, sizeof(session->user), "%s", user);
    snprintf(session->address, sizeof(session->address), "%s", address);
    session->created_us = now.realtime_us;
    session->end_us = now.monotonic_us + sessions->lifetime_us;
    login_sessions_touch(sessions, session, now);

    struct login_session **bucket = bucket_of(sessions, &session->credential);
    session->next = *bucket;
    *bucket = session;
    sessions->count++;
    return session;
}

struct login_session *login_sessions_find(struct login_sessions *sessions,
                                          const struct credential *credential, int64_t now_us)
{
    struct login_session *at = *bucket_of(sessions, credential);

    while (at && !credential_equals(&at->credential, credential))
        at = at->next;
    return at && !has_ended(at, now_us) ? at : NULL;
}

void login_sessions_touch(struct login_sessions *sessions, struct login_session *session,
                          struct login_session_times now)
{
    session->last_active_us = now.realtime_us;
    session->idle_end_us = now.monotonic_us + sessions->idle_us;
}

size_t login_sessions_end_of(struct login_sessions *sessions, const char *user, const char *id)
{
    size_t ended = 0;

    for (size_t i = 0; i < BUCKETS; i++)
        for (struct login_session *at = sessions->buckets[i], *next; at; at = next) {
            next = at->next;
            if (strcmp(at->user, user) != 0 || (id && strcmp(at->id, id) != 0))
                continue;
            login_sessions_end(sessions, at);
            ended++;
        }
    return ended;
}

void login_sessions_each(struct login_sessions *sessions, const char *user, int64_t now_us,
                         void (*visit)(void *context, const struct login_session *session),
                         void *context)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct login_session *at = sessions->buckets[i]; at; at = at->next)
            if (strcmp(at->user, user) == 0 && !has_ended(at, now_us))
                visit(context, at);
}
