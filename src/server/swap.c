/* swap.c - another definition takes the place of one that runs, between two cycles.
 *
 * The old plan stops behind a cycle, with everything out and its state kept; the new one goes on
 * from there. When the new one can't, the old one does. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/hidden.h"
#include "core/log.h"
#include "server/server_parts.h"

#define AGAIN_US 5000000 /* between two tries to stop the old one */

/* Remembers why the newest definition isn't what runs. */
static void note(struct entry *entry, const char *format, ...) DAG_PRINTF(2, 3);

static void note(struct entry *entry, const char *format, ...)
{
    char text[ENTRY_REASON_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    hidden_mask(text);
    log_write(DAG_LOG_WARNING, entry->name, NULL, "%s", text);
    server_emit(entry->server, SERVER_EVENT_ERROR, entry->name, NULL, text);
    pthread_mutex_lock(&entry->lock);
    snprintf(entry->note, sizeof(entry->note), "%s", text);
    pthread_mutex_unlock(&entry->lock);
}

/* That definition has been dealt with, unless a newer one came. */
static void is_done_with(struct entry *entry, const struct written *written)
{
    pthread_mutex_lock(&entry->lock);
    if (entry->newest == written)
        entry->must_build = false;
    pthread_mutex_unlock(&entry->lock);
}

/* The newest definition, checked; NULL: the one that runs goes on, and it is told why. */
static struct incarnation *check_newest(struct entry *entry, struct written *written)
{
    struct problems problems = {0};
    struct dag_error err = {0};
    struct incarnation *made = incarnation_new(entry, written, &problems, &err);

    pthread_mutex_lock(&entry->lock);
    problems_free(&entry->problems);
    entry->problems = problems;
    entry->note[0] = '\0';
    pthread_mutex_unlock(&entry->lock);
    if (!made)
        note(entry, "revision %" PRIu64 " can't run: %.200s; revision %" PRIu64 " runs on",
             written->revision, err.message, entry->now->revision);
    return made;
}

/* The old one again, after the new one failed for that reason. */
static void fall_back(struct entry *entry, struct written *old, bool is_suspended,
                      uint64_t new_revision, const struct dag_error *why)
{
    struct problems problems = {0};
    struct dag_error err = {0};
    struct incarnation *made = incarnation_new(entry, old, &problems, &err);

    problems_free(&problems);
    if (made && bring_up(entry, made, is_suspended, true, &err)) {
        note(entry, "revision %" PRIu64 " can't start: %.200s; revision %" PRIu64 " runs on",
             new_revision, why->message, old->revision);
        return;
    }
    note(entry,
         "revision %" PRIu64 " can't start: %.120s; revision %" PRIu64 " can't either: %.120s",
         new_revision, why->message, old->revision, err.message);
    pthread_mutex_lock(&entry->lock);
    entry->must_build = true; /* a start tries the newest one again, and tells why not */
    pthread_mutex_unlock(&entry->lock);
}

static bool stop_old(struct entry *entry, uint64_t new_revision)
{
    struct server *server = entry->server;
    struct dag_error err = {0};

    if (dag_stop_for_swap(entry->now->dag, server->options.drain_timeout_us, &err))
        return true;
    note(entry, "revision %" PRIu64 " waits to take over: %.200s; revision %" PRIu64 " runs on",
         new_revision, err.message, entry->now->revision);
    pthread_mutex_lock(&entry->lock);
    entry->due_us = server_monotonic_us(server) + AGAIN_US;
    pthread_mutex_unlock(&entry->lock);
    return false;
}

bool swap_is_possible(struct entry *entry)
{
    pthread_mutex_lock(&entry->lock);
    struct written *written = entry->newest ? written_hold(entry->newest) : NULL;
    pthread_mutex_unlock(&entry->lock);
    struct incarnation *made = written ? check_newest(entry, written) : NULL;
    bool is_possible = made != NULL;
    incarnation_end(made, false);
    written_release(written);
    return is_possible;
}

bool swap(struct entry *entry, bool is_suspended)
{
    struct dag_error err = {0};

    pthread_mutex_lock(&entry->lock);
    struct written *written = written_hold(entry->newest);
    pthread_mutex_unlock(&entry->lock);
    struct incarnation *made = check_newest(entry, written);
    if (made && !stop_old(entry, written->revision)) {
        incarnation_end(made, false);
        written_release(written);
        return false;
    }
    is_done_with(entry, written);
    if (made) {
        struct written *old = written_hold(entry->now->written);

        incarnation_end(entry_replace(entry, NULL), true);
        if (!bring_up(entry, made, is_suspended, true, &err))
            fall_back(entry, old, is_suspended, written->revision, &err);
        uint64_t dropped = runtime_drop_parked(entry->server->runtime, entry->name);
        if (dropped > 0)
            log_write(DAG_LOG_WARNING, entry->name, NULL,
                      "%" PRIu64 " messages waited for subscribers that revision %" PRIu64
                      " doesn't have; they are dropped",
                      dropped, written->revision);
        written_release(old);
    }
    written_release(written);
    return true;
}
