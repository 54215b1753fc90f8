/* entry.c - the DAGs of a server by name, and what is known of each. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/entry.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hidden.h"
#include "core/log.h"
#include "server/server_parts.h"

const char *entry_state_name(enum entry_state state)
{
    static const char *const names[] = {
        [ENTRY_STOPPED] = "stopped",     [ENTRY_STARTING] = "starting", [ENTRY_RUNNING] = "running",
        [ENTRY_SUSPENDED] = "suspended", [ENTRY_STOPPING] = "stopping", [ENTRY_ENDED] = "ended",
        [ENTRY_FAILED] = "failed",       [ENTRY_INVALID] = "invalid",   [ENTRY_STANDBY] = "standby",
    };

    return names[state];
}

/* ---- texts ---- */

struct written *written_new(const char *text, size_t size, uint64_t revision)
{
    struct written *written = malloc(sizeof(*written) + size + 1);

    if (!written)
        return NULL;
    atomic_init(&written->references, 1);
    written->revision = revision;
    written->size = size;
    if (size > 0)
        memcpy(written->text, text, size);
    written->text[size] = '\0';
    return written;
}

struct written *written_hold(struct written *written)
{
    atomic_fetch_add(&written->references, 1);
    return written;
}

void written_release(struct written *written)
{
    if (written && atomic_fetch_sub(&written->references, 1) == 1)
        free(written);
}

/* ---- one entry ---- */

struct entry *entry_new(struct server *server, const char *name)
{
    size_t size = strlen(name) + 1;
    struct entry *entry = calloc(1, sizeof(*entry) + size);
    pthread_condattr_t attributes;

    if (!entry)
        return NULL;
    entry->server = server;
    memcpy(entry->name, name, size);
    atomic_init(&entry->references, 1);
    pthread_mutex_init(&entry->lock, NULL);
    pthread_mutex_init(&entry->shown_lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&entry->settled, &attributes);
    pthread_condattr_destroy(&attributes);
    entry->due_us = INT64_MAX;
    entry->window.is_open = true;
    entry->window.due_us = INT64_MIN;
    entry->window.change_us = INT64_MAX;
    entry->status.next_change_us = INT64_MAX;
    entry->status.in_time_window = true;
    entry->status.since_us = server_now_us(server);
    return entry;
}

struct entry *entry_hold(struct entry *entry)
{
    atomic_fetch_add(&entry->references, 1);
    return entry;
}

void entry_release(struct entry *entry)
{
    if (!entry || atomic_fetch_sub(&entry->references, 1) > 1)
        return;
    assert(!entry->is_queued && !entry->is_worked);
    incarnation_end(entry->now, false);
    written_release(entry->newest);
    problems_free(&entry->problems);
    show_sample_free(entry->shown);
    pthread_cond_destroy(&entry->settled);
    pthread_mutex_destroy(&entry->shown_lock);
    pthread_mutex_destroy(&entry->lock);
    free(entry);
}

const char *entry_name(const struct entry *entry)
{
    return entry->name;
}

struct server *entry_server(const struct entry *entry)
{
    return entry->server;
}

void entry_status(struct entry *entry, struct entry_status *status)
{
    pthread_mutex_lock(&entry->lock);
    *status = entry->status;
    pthread_mutex_unlock(&entry->lock);
}

uint64_t entry_changed_tick(struct entry *entry)
{
    pthread_mutex_lock(&entry->lock);
    uint64_t tick = entry->changed_tick;
    pthread_mutex_unlock(&entry->lock);
    return tick;
}

bool entry_text(struct entry *entry, struct dag_buffer *out, uint64_t *revision)
{
    pthread_mutex_lock(&entry->lock);
    struct written *written = entry->newest ? written_hold(entry->newest) : NULL;
    *revision = entry->status.revision;
    pthread_mutex_unlock(&entry->lock);
    bool done = !written || dag_buffer_append(out, written->text, written->size);
    written_release(written);
    return done;
}

struct entry_shown **entry_shown_lock(struct entry *entry)
{
    pthread_mutex_lock(&entry->shown_lock);
    return &entry->shown;
}

void entry_shown_unlock(struct entry *entry)
{
    pthread_mutex_unlock(&entry->shown_lock);
}

/* ---- changes ---- */

static void note_change_locked(struct entry *entry)
{
    entry->changed_tick = atomic_load(&entry->server->tick) + 1; /* seen by the next sample */
}

static void tell(const struct entry *entry, enum entry_state state, const char *reason)
{
    bool is_bad = state == ENTRY_FAILED || state == ENTRY_INVALID;

    log_write(is_bad ? DAG_LOG_ERROR : DAG_LOG_INFO, entry->name, NULL, "%s%s%s",
              entry_state_name(state), reason[0] != '\0' ? ": " : "", reason);
    server_emit(entry->server, SERVER_EVENT_STATE, entry->name, NULL, entry_state_name(state));
    if (is_bad)
        server_emit(entry->server, SERVER_EVENT_ERROR, entry->name, NULL, reason);
}

void entry_set_state(struct entry *entry, enum entry_state state, const char *format, ...)
{
    char reason[ENTRY_REASON_SIZE] = "";
    va_list arguments;

    if (format) {
        va_start(arguments, format);
        vsnprintf(reason, sizeof(reason), format, arguments);
        va_end(arguments);
        hidden_mask(reason);
    }
    pthread_mutex_lock(&entry->lock);
    struct entry_status *status = &entry->status;
    bool is_new = status->state != state;
    bool has_changed = is_new || strcmp(status->reason, reason) != 0;
    if (is_new)
        status->since_us = server_now_us(entry->server);
    if (has_changed) {
        status->state = state;
        memcpy(status->reason, reason, sizeof(reason));
        note_change_locked(entry);
    }
    bool is_told = has_changed && !entry->is_deleted;
    pthread_mutex_unlock(&entry->lock);
    if (is_told)
        tell(entry, state, reason);
}

void entry_order_locked(struct entry *entry, enum entry_wish wish, const char *by)
{
    entry->status.wish = wish;
    if (by)
        snprintf(entry->status.by, sizeof(entry->status.by), "%s", by);
    entry->asked++;
    entry->failures = 0;
    entry->status.retry_at_us = 0;
    note_change_locked(entry);
}

void entry_take_definition_locked(struct entry *entry, struct written *written,
                                  struct problems *problems)
{
    written_release(entry->newest);
    entry->newest = written;
    problems_free(&entry->problems);
    entry->problems = *problems;
    *problems = (struct problems){0};
    if (written)
        entry->status.revision = written->revision;
    entry->must_build = true;
    entry->asked++;
    note_change_locked(entry);
}

/* ---- the table ---- */

/* With the server's lock: where the name stands, or would. */
static size_t place_of(const struct server *server, const char *name, bool *is_there)
{
    size_t low = 0, high = server->entry_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(server->entries[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *is_there = low < server->entry_count && strcmp(server->entries[low]->name, name) == 0;
    return low;
}

static bool make_room_locked(struct server *server)
{
    if (server->entry_count < server->entry_capacity)
        return true;
    size_t capacity = server->entry_capacity ? server->entry_capacity * 2 : 64;
    struct entry **larger = realloc(server->entries, capacity * sizeof(*larger));
    if (!larger)
        return false;
    server->entries = larger;
    server->entry_capacity = capacity;
    return true;
}

bool entry_insert(struct entry *entry)
{
    struct server *server = entry->server;
    bool is_there;

    pthread_mutex_lock(&server->lock);
    bool done = make_room_locked(server);
    if (done) {
        size_t place = place_of(server, entry->name, &is_there);

        assert(!is_there);
        memmove(&server->entries[place + 1], &server->entries[place],
                (server->entry_count - place) * sizeof(struct entry *));
        server->entries[place] = entry_hold(entry);
        server->entry_count++;
    }
    pthread_mutex_unlock(&server->lock);
    return done;
}

/* A name that can't be remembered makes streams begin anew at worst. */
static void note_gone_locked(struct server *server, const char *name)
{
    struct gone *gone = &server->gone[server->gone_count++ % SERVER_GONE_MAX];

    free(gone->name);
    gone->name = strdup(name);
    gone->tick = atomic_load(&server->tick) + 1;
}

bool entry_take_out(struct entry *entry)
{
    struct server *server = entry->server;
    bool is_there;

    pthread_mutex_lock(&server->lock);
    size_t place = place_of(server, entry->name, &is_there);
    is_there = is_there && server->entries[place] == entry;
    pthread_mutex_lock(&entry->lock);
    bool is_deleted = entry->is_deleted;
    pthread_mutex_unlock(&entry->lock);
    is_there = is_there && is_deleted;
    if (is_there) {
        server->entry_count--;
        memmove(&server->entries[place], &server->entries[place + 1],
                (server->entry_count - place) * sizeof(struct entry *));
        note_gone_locked(server, entry->name);
    }
    pthread_mutex_unlock(&server->lock);
    if (is_there)
        entry_release(entry);
    return is_deleted;
}

bool entry_revive(struct server *server, const char *name)
{
    bool is_there;

    pthread_mutex_lock(&server->lock);
    size_t place = place_of(server, name, &is_there);
    if (is_there) {
        struct entry *entry = server->entries[place];

        pthread_mutex_lock(&entry->lock);
        entry->is_deleted = entry->is_kept = false;
        pthread_mutex_unlock(&entry->lock);
    }
    pthread_mutex_unlock(&server->lock);
    return is_there;
}

struct entry *entry_find(struct server *server, const char *name, struct answer *answer)
{
    struct entry *entry = NULL;
    bool is_there;

    pthread_mutex_lock(&server->lock);
    size_t place = place_of(server, name, &is_there);
    if (is_there)
        entry = entry_hold(server->entries[place]);
    pthread_mutex_unlock(&server->lock);
    if (!entry && answer)
        answer_set(answer, ANSWER_NOT_FOUND, "dag_not_found", "DAG %.128s not found", name);
    return entry;
}

struct entry **entries_hold(struct server *server, size_t *count)
{
    pthread_mutex_lock(&server->lock);
    struct entry **entries = calloc(server->entry_count + 1, sizeof(*entries));
    *count = entries ? server->entry_count : 0;
    for (size_t i = 0; i < *count; i++)
        entries[i] = entry_hold(server->entries[i]);
    pthread_mutex_unlock(&server->lock);
    return entries;
}

void entries_release(struct entry **entries, size_t count)
{
    for (size_t i = 0; entries && i < count; i++)
        entry_release(entries[i]);
    free(entries);
}

bool entries_gone(struct server *server, uint64_t since,
                  void (*visit)(void *context, const char *name), void *context)
{
    pthread_mutex_lock(&server->lock);
    uint64_t count = server->gone_count;
    uint64_t kept = count < SERVER_GONE_MAX ? count : SERVER_GONE_MAX;
    bool reaches = kept == count || server->gone[count % SERVER_GONE_MAX].tick <= since;
    for (uint64_t i = count - kept; i < count; i++) {
        const struct gone *gone = &server->gone[i % SERVER_GONE_MAX];

        if (gone->tick > since && gone->name)
            visit(context, gone->name);
        reaches = reaches && (gone->name || gone->tick <= since);
    }
    pthread_mutex_unlock(&server->lock);
    return reaches;
}
