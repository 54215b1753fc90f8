/* act.c - what somebody wants of a DAG: written down first, then left to the control workers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <time.h>

#include "server/server_parts.h"

#define STANDBY_TEXT "This instance is not primary. Operation not allowed."

bool server_refuses(const struct server *server, struct answer *answer)
{
    if (!atomic_load(&server->is_standby))
        return false;
    answer_set(answer, ANSWER_STANDBY, "standby", STANDBY_TEXT);
    return true;
}

/* ---- one DAG ---- */

static bool refuses(struct server *server, enum server_action action, struct answer *answer)
{
    if (action == SERVER_STOP)
        return false;
    if (server_refuses(server, answer))
        return true;
    if (action == SERVER_SUSPEND ||
        (!atomic_load(&server->is_draining) && !atomic_load(&server->is_stopping)))
        return false;
    answer_set(answer, ANSWER_CONFLICT, "draining",
               "the server drains and starts nothing until it is restarted");
    return true;
}

/* Where that leads to from here; the same wish: there is nothing to write down. */
static enum entry_wish wish_of(const struct entry_status *status, enum server_action action)
{
    switch (action) {
    case SERVER_STOP:
        return ENTRY_WANT_STOPPED;
    case SERVER_SUSPEND:
        return status->wish == ENTRY_WANT_RUNNING ? ENTRY_WANT_SUSPENDED : status->wish;
    case SERVER_RESUME:
        return status->wish == ENTRY_WANT_SUSPENDED ? ENTRY_WANT_RUNNING : status->wish;
    case SERVER_START: /* one that is suspended by hand stays so until it is resumed */
        return status->wish == ENTRY_WANT_STOPPED ? ENTRY_WANT_RUNNING : status->wish;
    case SERVER_RESTART:
        break;
    }
    return ENTRY_WANT_RUNNING;
}

static bool write_down(struct entry *entry, enum entry_wish wish, const char *who,
                       struct answer *answer)
{
    static const enum definition_wish wishes[] = {
        [ENTRY_WANT_STOPPED] = DEFINITION_STOPPED,
        [ENTRY_WANT_RUNNING] = DEFINITION_RUNNING,
        [ENTRY_WANT_SUSPENDED] = DEFINITION_SUSPENDED,
    };

    return definitions_set_wish(entry->server->definitions, entry->name, wishes[wish], who, answer);
}

static bool is_resting(enum entry_state state)
{
    return state == ENTRY_ENDED || state == ENTRY_FAILED || state == ENTRY_INVALID;
}

static void order(struct entry *entry, enum server_action action, enum entry_wish wish,
                  const struct server_action_options *options)
{
    pthread_mutex_lock(&entry->lock);
    entry_order_locked(entry, wish, options ? options->by : NULL);
    switch (action) {
    case SERVER_STOP:
        entry->at_once = entry->at_once || (options && options->at_once);
        entry->drain_timeout_us = options ? options->timeout_us : 0;
        entry->window.is_overridden = false;
        entry->window.due_us = INT64_MIN;
        break;
    case SERVER_RESTART:
        entry->must_restart = true;
        entry->at_once = options && options->at_once;
        entry_override_window_locked(entry);
        break;
    case SERVER_START:
        entry->must_start = is_resting(entry->status.state);
        /* what was refused before may have been mended: a variable, a secret, a file */
        entry->must_build = entry->must_build || entry->status.state == ENTRY_INVALID;
        entry_override_window_locked(entry);
        break;
    case SERVER_RESUME:
        if (wish == ENTRY_WANT_RUNNING)
            entry_override_window_locked(entry);
        break;
    case SERVER_SUSPEND:
        break;
    }
    pthread_mutex_unlock(&entry->lock);
    control_ask(entry);
}

bool server_act(struct server *server, const char *dag, enum server_action action,
                const struct server_action_options *options, struct answer *answer)
{
    struct entry *entry = entry_find(server, dag, answer);
    struct entry_status status;
    bool done = true;

    if (!entry || refuses(server, action, answer)) {
        entry_release(entry);
        return false;
    }
    pthread_mutex_lock(&server->change_lock);
    entry_status(entry, &status);
    enum entry_wish wish = wish_of(&status, action);
    answer->revision_before = answer->revision_after = status.revision;
    if (wish != status.wish || !entry->is_asked)
        done = write_down(entry, wish, options && options->by ? options->by : "", answer);
    if (done)
        order(entry, action, wish, options);
    entry->is_asked = entry->is_asked || done;
    pthread_mutex_unlock(&server->change_lock);
    entry_release(entry);
    return done;
}

/* ---- waiting ---- */

static struct timespec at(int64_t monotonic_us)
{
    return (struct timespec){monotonic_us / 1000000, monotonic_us % 1000000 * 1000};
}

bool server_wait(struct server *server, const char *dag, int64_t timeout_us)
{
    struct entry *entry = entry_find(server, dag, NULL);
    struct timespec end = at(server_monotonic_us(server) + timeout_us);
    int code = 0;

    if (!entry)
        return false;
    pthread_mutex_lock(&entry->lock);
    while (entry->done != entry->asked && code != ETIMEDOUT)
        code = pthread_cond_timedwait(&entry->settled, &entry->lock, &end);
    bool done = entry->done == entry->asked;
    pthread_mutex_unlock(&entry->lock);
    entry_release(entry);
    return done;
}

/* ---- the role ---- */

bool server_is_standby(const struct server *server)
{
    return atomic_load(&server->is_standby);
}

static void stop_at_once(void *context, struct dag *dag)
{
    (void)context;
    dag_stop(dag, false);
}

static void ask_all(struct server *server, bool is_first)
{
    size_t count;
    struct entry **entries = entries_hold(server, &count);

    if (is_first)
        atomic_fetch_add(&server->unasked, count);
    for (size_t i = 0; i < count; i++) {
        pthread_mutex_lock(&entries[i]->lock);
        entries[i]->asked++;
        entries[i]->window.due_us = INT64_MIN;
        pthread_mutex_unlock(&entries[i]->lock);
        if (is_first && atomic_exchange(&entries[i]->is_first, true))
            atomic_fetch_sub(&server->unasked, 1); /* it was counted already */
        control_ask(entries[i]);
    }
    entries_release(entries, count);
}

void server_set_standby(struct server *server, bool is_standby)
{
    pthread_mutex_lock(&server->change_lock);
    bool was_draining = atomic_load(&server->is_draining);
    if (!is_standby) {
        atomic_store(&server->is_draining, false);
        drain_join_locked(server);
        server->is_held = false;
    }
    bool was_standby = atomic_exchange(&server->is_standby, is_standby);
    bool has_changed = was_standby != is_standby || (was_draining && !is_standby);
    pthread_mutex_unlock(&server->change_lock);
    if (!has_changed)
        return;
    if (is_standby)
        runtime_for_each(server->runtime, stop_at_once, NULL);
    ask_all(server, !is_standby);
    server_emit(server, SERVER_EVENT_NOTICE, NULL, NULL,
                is_standby ? "this instance is standby now" : "this instance is primary now");
}
