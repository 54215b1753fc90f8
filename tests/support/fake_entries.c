/* fake_entries.c - see fake_entries.h: what entry.h promises, with nothing behind it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_entries.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/check.h"

#define GONE_MAX 10
#define START_US INT64_C(1767225600000000) /* 2026-01-01 */

struct entry {
    struct server *server;
    char *name, *text; /* owned */
    struct entry_status status;
    struct incarnation *now; /* owned; NULL: invalid */
    pthread_mutex_t lock;
    struct entry_shown *shown;
    int references;
};

struct server {
    struct server_options options;
    struct components *components;
    struct runtime *runtime;
    struct entry **entries;
    size_t count;
    uint64_t tick;
    int64_t now_us;
    const char *gone[GONE_MAX];
    uint64_t gone_ticks[GONE_MAX];
    size_t gone_count;
    pthread_mutex_t lock;
    struct server_shown *shown;
};

struct server *fake_server_new(void)
{
    struct server *server = calloc(1, sizeof(*server));
    struct dag_error err = {0};

    assert_non_null(server);
    server->components = components_new(NULL, 0, &err);
    assert_non_null(server->components);
    server->options.registry = components_registry(server->components);
    server->now_us = START_US;
    pthread_mutex_init(&server->lock, NULL);
    return server;
}

static void entry_free(struct entry *entry)
{
    assert_int_equal(entry->references, 0);
    if (entry->now) {
        assert_int_equal(entry->now->references, 0);
        if (entry->now->dag)
            runtime_remove(entry->server->runtime, entry->now->dag);
        else
            plan_free(entry->now->owned_plan);
        schedule_free(entry->now->schedule);
        tree_document_free(entry->now->document);
        free(entry->now);
    }
    show_sample_free(entry->shown);
    pthread_mutex_destroy(&entry->lock);
    free(entry->name);
    free(entry->text);
    free(entry);
}

void fake_server_free(struct server *server)
{
    for (size_t i = 0; i < server->count; i++)
        entry_free(server->entries[i]);
    if (server->runtime)
        runtime_free(server->runtime);
    show_server_free(server->shown);
    components_free(server->components);
    free(server->entries);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

/* ---- entries ---- */

static const char *secret(void *context, const char *name)
{
    (void)context;
    (void)name;
    return FAKE_SECRET;
}

static void check(struct entry *entry, char *text)
{
    const struct check_options options = {.secret = secret};
    struct problems problems = {0};
    struct dag_error err = {0};

    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    struct plan *plan =
        graph_check(text, strlen(text), entry->server->options.registry, &options, &problems, &err);
    if (!plan)
        fail_msg("%s", problems.count > 0 ? problems.items[0].message : err.message);
    problems_free(&problems);
    entry->now = calloc(1, sizeof(*entry->now));
    assert_non_null(entry->now);
    *entry->now = (struct incarnation){.entry = entry,
                                       .plan = plan,
                                       .owned_plan = plan,
                                       .document = tree_document_new(),
                                       .schedule = schedule_new(plan, NULL, &err),
                                       .revision = 1};
    entry->now->definition =
        tree_parse(entry->now->document, text, strlen(text), 100, NULL, NULL, &err);
    assert_non_null(entry->now->definition);
}

struct entry *fake_entry_add(struct server *server, const char *name, const char *dag_text)
{
    struct entry *entry = calloc(1, sizeof(*entry));
    size_t at = server->count;

    assert_non_null(entry);
    *entry = (struct entry){.server = server,
                            .name = strdup(name),
                            .text = strdup(dag_text ? dag_text : "{"),
                            .status = {.state = dag_text ? ENTRY_STOPPED : ENTRY_INVALID,
                                       .since_us = START_US,
                                       .revision = 1,
                                       .in_time_window = true,
                                       .next_change_us = INT64_MAX}};
    pthread_mutex_init(&entry->lock, NULL);
    if (dag_text)
        check(entry, entry->text);
    server->entries = realloc(server->entries, (server->count + 1) * sizeof(struct entry *));
    assert_non_null(server->entries);
    for (; at > 0 && strcmp(server->entries[at - 1]->name, name) > 0; at--)
        server->entries[at] = server->entries[at - 1];
    server->entries[at] = entry;
    server->count++;
    return entry;
}

static size_t index_of(const struct server *server, const char *name)
{
    size_t i = 0;

    while (i < server->count && strcmp(server->entries[i]->name, name) != 0)
        i++;
    return i;
}

void fake_entry_remove(struct server *server, const char *name)
{
    size_t at = index_of(server, name);

    assert_true(at < server->count && server->gone_count < GONE_MAX);
    server->gone[server->gone_count] = name;
    server->gone_ticks[server->gone_count++] = server->tick + 1;
    entry_free(server->entries[at]);
    server->count--;
    memmove(&server->entries[at], &server->entries[at + 1],
            (server->count - at) * sizeof(struct entry *));
}

struct entry_status *fake_entry_status(struct entry *entry)
{
    return &entry->status;
}

struct dag *fake_entry_run(struct entry *entry)
{
    struct server *server = entry->server;
    struct dag_error err = {0};

    if (!server->runtime)
        server->runtime = runtime_new(&(struct runtime_options){.threads = 2}, &err);
    assert_non_null(server->runtime);
    entry->now->dag = runtime_add(server->runtime, entry->now->owned_plan, &err);
    if (!entry->now->dag || !dag_start(entry->now->dag, &err))
        fail_msg("%s", err.message);
    entry->status.state = ENTRY_RUNNING;
    entry->status.running_revision = 1;
    return entry->now->dag;
}

void fake_server_sample(struct server *server, int64_t us)
{
    server->now_us += us;
    for (size_t i = 0; i < server->count; i++)
        show_sample(server->entries[i], server->entries[i]->now, server->tick + 1, server->now_us);
    server->tick++;
}

/* ---- entry.h ---- */

const char *entry_state_name(enum entry_state state)
{
    static const char *const names[] = {"stopped", "starting", "running", "suspended", "stopping",
                                        "ended",   "failed",   "invalid", "standby"};

    return names[state];
}

struct entry *entry_hold(struct entry *entry)
{
    entry->references++;
    return entry;
}

void entry_release(struct entry *entry)
{
    if (entry)
        entry->references--;
}

struct entry *entry_find(struct server *server, const char *name, struct answer *answer)
{
    size_t at = index_of(server, name);

    if (at < server->count)
        return entry_hold(server->entries[at]);
    answer_set(answer, ANSWER_NOT_FOUND, "dag_not_found", "there is no DAG '%.200s'", name);
    return NULL;
}

const char *entry_name(const struct entry *entry)
{
    return entry->name;
}

void entry_status(struct entry *entry, struct entry_status *status)
{
    *status = entry->status;
}

bool entry_text(struct entry *entry, struct dag_buffer *out, uint64_t *revision)
{
    *revision = entry->status.revision;
    return dag_buffer_append(out, entry->text, strlen(entry->text));
}

bool entry_write_problems(struct entry *entry, struct dag_buffer *out)
{
    (void)entry;
    static const char problems[] = "[{\"message\":\"a cycle\"}]";

    return dag_buffer_append(out, problems, strlen(problems));
}

struct incarnation *entry_use(struct entry *entry)
{
    if (entry->now)
        entry->now->references++;
    return entry->now;
}

void incarnation_release(struct incarnation *incarnation)
{
    if (incarnation)
        incarnation->references--;
}

struct entry **entries_hold(struct server *server, size_t *count)
{
    struct entry **entries = calloc(server->count + 1, sizeof(*entries));

    assert_non_null(entries);
    for (size_t i = 0; i < server->count; i++)
        entries[i] = entry_hold(server->entries[i]);
    *count = server->count;
    return entries;
}

void entries_release(struct entry **entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        entry_release(entries[i]);
    free(entries);
}

bool entries_gone(struct server *server, uint64_t since,
                  void (*visit)(void *context, const char *name), void *context)
{
    for (size_t i = 0; i < server->gone_count; i++)
        if (server->gone_ticks[i] > since)
            visit(context, server->gone[i]);
    return true;
}

const struct server_options *server_settings(const struct server *server)
{
    return &server->options;
}

int64_t server_now_us(const struct server *server)
{
    return server->now_us;
}

uint64_t server_tick(const struct server *server)
{
    return server->tick;
}

struct entry_shown **entry_shown_lock(struct entry *entry)
{
    pthread_mutex_lock(&entry->lock);
    return &entry->shown;
}

void entry_shown_unlock(struct entry *entry)
{
    pthread_mutex_unlock(&entry->lock);
}

struct server_shown **server_shown_lock(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    return &server->shown;
}

void server_shown_unlock(struct server *server)
{
    pthread_mutex_unlock(&server->lock);
}
