/* server.c - a server of many DAGs: from its options to everything at work, and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/hidden.h"
#include "core/log.h"
#include "server/server_parts.h"

#define DRAIN_TIMEOUT_US 30000000
#define LET_GO_US        5000000 /* for what is not drained to let go */
#define ALIVE_FILE       "alive"

/* ---- the server as its parts see it ---- */

const struct server_options *server_settings(const struct server *server)
{
    return &server->options;
}

int64_t server_now_us(const struct server *server)
{
    return server->options.clock->realtime_us(server->options.clock);
}

int64_t server_monotonic_us(const struct server *server)
{
    return server->steady->monotonic_us(server->steady);
}

struct runtime *server_runtime(const struct server *server)
{
    return server->runtime;
}

uint64_t server_tick(const struct server *server)
{
    return atomic_load(&server->tick);
}

struct server_shown **server_shown_lock(struct server *server)
{
    pthread_mutex_lock(&server->shown_lock);
    return &server->shown;
}

void server_shown_unlock(struct server *server)
{
    pthread_mutex_unlock(&server->shown_lock);
}

void server_emit(struct server *server, enum server_event_kind kind, const char *dag,
                 const char *node, const char *text)
{
    char shown[600];

    if (!server->options.event)
        return;
    snprintf(shown, sizeof(shown), "%s", text);
    hidden_mask(shown);
    server->options.event(server->options.event_context,
                          &(struct server_event){kind, dag, node, shown});
}

/* ---- when it was last alive ---- */

void server_note_alive(const struct server *server)
{
    struct dag_error err = {0};
    char text[32];
    int size = snprintf(text, sizeof(text), "%" PRId64 "\n", server_now_us(server));
    char *path = path_join(data_folder_path(server->options.folder), ALIVE_FILE, &err);

    if (!path || !write_file_atomically(server->options.storage, path, text, (size_t)size, &err))
        log_write(DAG_LOG_WARNING, NULL, NULL, "%s", err.message);
    free(path);
}

/* What can't be read was never. */
static void read_alive(struct server *server)
{
    struct dag_error err = {0};
    struct dag_buffer bytes = {0};
    bool exists = false;
    char *path = path_join(data_folder_path(server->options.folder), ALIVE_FILE, &err);

    if (path && read_file(server->options.storage, path, &bytes, &exists, &err) && exists &&
        dag_buffer_append(&bytes, "", 1))
        server->last_seen_us = strtoll(bytes.bytes, NULL, 10);
    dag_buffer_free(&bytes);
    free(path);
}

/* ---- what the runtime tells ---- */

static void dag_has_changed(void *context, struct dag *dag, enum dag_state state)
{
    struct entry *entry = dag_user(dag);

    (void)context;
    if (entry && (state == DAG_STATE_STOPPED || state == DAG_STATE_ENDED ||
                  state == DAG_STATE_FAILED || state == DAG_STATE_STOPPING))
        control_ask(entry);
}

static const char *part_of(const struct plan *plan, const struct dag_trouble *trouble)
{
    return trouble->node >= 0         ? plan->nodes[trouble->node].name
           : trouble->subscriber >= 0 ? plan->subscribers[trouble->subscriber].name
           : trouble->publisher >= 0  ? plan->publishers[trouble->publisher].name
                                      : NULL;
}

static void dag_is_in_trouble(void *context, struct dag *dag, const struct dag_trouble *trouble)
{
    const struct plan *plan = dag_plan(dag);

    server_emit(context, SERVER_EVENT_ERROR, plan->name, part_of(plan, trouble), trouble->message);
}

/* ---- making ---- */

static struct server *make(const struct server_options *options)
{
    struct server *server = calloc(1, sizeof(*server));
    pthread_condattr_t attributes;

    if (!server)
        return NULL;
    server->options = *options;
    server->steady = clock_system();
    if (!server->options.storage)
        server->options.storage = storage_disk();
    if (!server->options.clock)
        server->options.clock = clock_system();
    if (server->options.drain_timeout_us <= 0)
        server->options.drain_timeout_us = DRAIN_TIMEOUT_US;
    pthread_mutex_init(&server->change_lock, NULL);
    pthread_mutex_init(&server->lock, NULL);
    pthread_mutex_init(&server->release_lock, NULL);
    pthread_mutex_init(&server->shown_lock, NULL);
    server->started_us = server_now_us(server);
    pthread_mutex_init(&server->taps_lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&server->released, &attributes);
    pthread_condattr_destroy(&attributes);
    atomic_init(&server->is_standby, options->is_standby);
    return server;
}

static bool make_parts(struct server *server, struct dag_error *err)
{
    const struct server_options *options = &server->options;
    const struct definitions_options definitions = {
        .dags = options->dags,
        .folder = options->folder,
        .storage = options->storage == storage_disk() ? NULL : options->storage,
        .clock = options->clock,
    };
    uint32_t threads = options->threads;
    if (threads == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        threads = cores > 0 ? (uint32_t)cores : 1;
    }
    const struct runtime_options runtime = {
        .threads = threads,
        .batch_rows = options->batch_rows,
        .clock = options->clock,
        .storage = options->file_storage,
        .observer = {dag_has_changed, dag_is_in_trouble, server},
    };

    server->definitions = definitions_open(&definitions, err);
    if (server->definitions)
        server->control = control_new(server, err);
    if (server->control)
        server->runtime = runtime_new(&runtime, err);
    if (server->runtime)
        server->disk_pool = disk_pool_new(DISK_POOL_THREADS, err);
    return server->disk_pool != NULL;
}

static bool load_one(void *context, const char *name, const struct definition *definition)
{
    (void)definition;
    return server_load(context, name);
}

static bool tell_problem(void *context, const char *file, const char *dag, const char *problem)
{
    (void)context;
    log_write(DAG_LOG_WARNING, dag, NULL, "%s: %s", file, problem);
    return true;
}

struct server *server_new(const struct server_options *options, struct dag_error *err)
{
    struct server *server = make(options);

    if (!server) {
        dag_error_set_memory(err, "the server");
        return NULL;
    }
    bool is_made = make_parts(server, err);
    if (is_made) {
        read_alive(server);
        (void)definitions_each_problem(server->definitions, tell_problem, NULL);
        is_made = definitions_each(server->definitions, load_one, server) ||
                  dag_error_set_memory(err, "the DAGs");
    }
    if (is_made)
        server->housekeeping = housekeeping_new(server, err);
    if (server->housekeeping)
        return server;
    server_free(server);
    return NULL;
}

/* ---- the end ---- */

bool server_stop(struct server *server, int64_t timeout_us)
{
    pthread_mutex_lock(&server->change_lock);
    bool was_stopping = atomic_exchange(&server->is_stopping, true);
    drain_join_locked(server);
    pthread_mutex_unlock(&server->change_lock);
    if (!was_stopping) {
        housekeeping_free(server->housekeeping);
        server->housekeeping = NULL;
        if (server->runtime && !drain_all(server, server_monotonic_us(server) + timeout_us))
            server->is_held = true;
        server->is_stuck = server->control && !control_stop(server->control, LET_GO_US);
        if (server->runtime && !server_has_stopped(server, LET_GO_US))
            server->is_stuck = true;
        if (server->definitions)
            server_note_alive(server);
    }
    return !server->is_held && !server->is_stuck;
}

static void free_entries(struct server *server)
{
    for (size_t i = 0; i < server->entry_count; i++)
        entry_release(server->entries[i]);
    free(server->entries);
    for (size_t i = 0; i < SERVER_GONE_MAX; i++)
        free(server->gone[i].name);
}

void server_free(struct server *server)
{
    if (!server)
        return;
    (void)server_stop(server, 0);
    if (server->is_stuck) {
        log_write(DAG_LOG_ERROR, NULL, NULL,
                  "a connector hangs; what it uses is left to the end of the process");
        return;
    }
    control_free(server->control);
    free_entries(server);
    disk_pool_free(server->disk_pool); /* behind the keepers, which go with their entries */
    runtime_free(server->runtime);
    definitions_close(server->definitions);
    pthread_cond_destroy(&server->released);
    pthread_mutex_destroy(&server->release_lock);
    pthread_mutex_destroy(&server->taps_lock);
    pthread_mutex_destroy(&server->lock);
    pthread_mutex_destroy(&server->change_lock);
    pthread_mutex_destroy(&server->shown_lock);
    show_server_free(server->shown);
    free(server);
}

/* ---- what it holds ---- */

static void count_one(struct server_counts *counts, enum entry_state state)
{
    counts->dags++;
    counts->running += state == ENTRY_RUNNING || state == ENTRY_STARTING || state == ENTRY_ENDED;
    counts->suspended += state == ENTRY_SUSPENDED || state == ENTRY_STANDBY;
    counts->stopped += state == ENTRY_STOPPED || state == ENTRY_STOPPING;
    counts->failed += state == ENTRY_FAILED;
    counts->invalid += state == ENTRY_INVALID;
}

void server_counts(struct server *server, struct server_counts *counts)
{
    size_t count;
    struct entry **entries = entries_hold(server, &count);

    *counts = (struct server_counts){
        .is_draining = atomic_load(&server->is_draining) || atomic_load(&server->is_stopping),
        .is_standby = atomic_load(&server->is_standby),
        .is_ready = atomic_load(&server->unasked) == 0,
    };
    for (size_t i = 0; i < count; i++) {
        struct entry_status status;

        entry_status(entries[i], &status);
        count_one(counts, status.state);
    }
    entries_release(entries, count);
}

char **server_names(struct server *server, size_t *count)
{
    pthread_mutex_lock(&server->lock);
    size_t room = (server->entry_count + 1) * sizeof(char *);
    size_t size = room;
    for (size_t i = 0; i < server->entry_count; i++)
        size += strlen(server->entries[i]->name) + 1;
    char **names = malloc(size);
    char *at = (char *)names + room;
    *count = names ? server->entry_count : 0;
    for (size_t i = 0; i < *count; i++) {
        names[i] = at;
        at = stpcpy(at, server->entries[i]->name) + 1;
    }
    if (names)
        names[*count] = NULL;
    pthread_mutex_unlock(&server->lock);
    return names;
}
