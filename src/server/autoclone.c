/* autoclone.c - clones for the busy part of a day: one more each minute within it, one less behind.
 *
 * A clone says in its definition whose it is, so that it is found again after a restart. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "server/clone.h"
#include "server/server_parts.h"

#define PACE_US 60000000 /* between two clones */
#define WHO     "autoclone"

/* Whose clone it is, copied; NULL: it is none. */
static char *original_of(struct entry *entry)
{
    struct incarnation *now = entry_use(entry);
    const struct tree *original = now ? tree_get(now->definition, AUTOCLONE_KEY) : NULL;
    char *name = original && original->type == TREE_TEXT ? strdup(original->text) : NULL;

    incarnation_release(now);
    return name;
}

/* How many clones there are, and the one that was made last (held). */
static size_t count_clones(struct entry *entry, struct entry **newest)
{
    size_t count, found = 0;
    struct entry **entries = entries_hold(entry->server, &count);

    *newest = NULL;
    for (size_t i = 0; i < count; i++) {
        char *original = original_of(entries[i]);

        if (original && strcmp(original, entry->name) == 0) {
            entry_release(*newest);
            *newest = entry_hold(entries[i]); /* names end in the time */
            found++;
        }
        free(original);
    }
    entries_release(entries, count);
    return found;
}

/* How many clones there should be now. */
static size_t wanted(struct entry *entry, const struct incarnation *now)
{
    const struct plan_autoclone *autoclone = &now->plan->autoclone;
    const struct schedule_options options = {.storage = entry->server->options.file_storage};
    struct plan busy = *now->plan; /* only its times are looked at */
    struct dag_error err = {0};
    struct entry_status status;

    entry_status(entry, &status);
    if (status.wish != ENTRY_WANT_RUNNING || autoclone->count <= 0)
        return 0;
    busy.window_start = autoclone->from;
    busy.window_end = autoclone->to;
    busy.schedule.timezone = autoclone->timezone;
    struct schedule *schedule = schedule_new(&busy, &options, &err);
    if (!schedule) {
        log_write(DAG_LOG_WARNING, entry->name, NULL, "autoclone: %s", err.message);
        return 0;
    }
    bool is_busy = schedule_is_open(schedule, server_now_us(entry->server));
    schedule_free(schedule);
    return is_busy ? (size_t)autoclone->count : 0;
}

static bool add_clone(struct entry *entry, struct answer *answer)
{
    const struct server_who who = {.user = WHO, .comment = "the busy time has begun"};
    const struct server_change how = {.start = true};
    struct clone_request request = {.rule = CLONE_BY_SCHEDULE, .autoclone_of = entry->name};

    return server_clone_entry(entry, &who, &request, &how, NULL, NULL, answer);
}

static bool remove_clone(struct entry *clone, struct answer *answer)
{
    const struct server_who who = {.user = WHO, .comment = "the busy time is over"};

    return server_delete(clone->server, clone->name, &who, 0, answer);
}

static void keep_clones(struct entry *entry, const struct incarnation *now)
{
    struct answer answer = {0};
    struct entry *newest;
    size_t count = count_clones(entry, &newest);
    size_t right = wanted(entry, now);
    bool done = true;

    if (count < right)
        done = add_clone(entry, &answer);
    else if (count > right)
        done = remove_clone(newest, &answer);
    if (count != right)
        entry->clones_due_us = server_monotonic_us(entry->server) + PACE_US;
    if (!done)
        log_write(DAG_LOG_WARNING, entry->name, NULL, "autoclone: %s", answer.detail);
    answer_deinit(&answer);
    entry_release(newest);
}

/* A clone whose original is gone, or makes none any more, has nobody else to remove it. */
static void remove_orphan(struct entry *clone, const char *original)
{
    struct entry *entry = entry_find(clone->server, original, NULL);
    struct incarnation *now = entry ? entry_use(entry) : NULL;
    struct answer answer = {0};
    bool is_orphan = !entry || (now && now->plan->autoclone.count <= 0);

    incarnation_release(now);
    entry_release(entry);
    if (is_orphan && !remove_clone(clone, &answer))
        log_write(DAG_LOG_WARNING, clone->name, NULL, "autoclone: %s", answer.detail);
    answer_deinit(&answer);
}

void autoclone_keep(struct entry *entry)
{
    const struct server *server = entry->server;

    if (atomic_load(&server->is_standby) || atomic_load(&server->is_draining) ||
        atomic_load(&server->is_stopping) || server_monotonic_us(server) < entry->clones_due_us)
        return;
    char *original = original_of(entry);
    struct incarnation *now = entry_use(entry);
    if (original)
        remove_orphan(entry, original);
    else if (now)
        keep_clones(entry, now);
    incarnation_release(now);
    free(original);
}
