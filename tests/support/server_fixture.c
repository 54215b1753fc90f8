/* server_fixture.c - see server_fixture.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/server_fixture.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "server/entry.h"

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "server fixture: %s: %s\n", what, why);
    abort();
}

void server_fixture_init(struct server_fixture *fixture)
{
    struct dag_error err = {0};

    *fixture = (struct server_fixture){0};
    pthread_mutex_init(&fixture->lock, NULL);
    pthread_cond_init(&fixture->happened, NULL);
    log_set_level(DAG_LOG_ERROR);
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/dagd-server-XXXXXX");
    if (!mkdtemp(fixture->folder))
        give_up("mkdtemp", fixture->folder);
    snprintf(fixture->dags, sizeof(fixture->dags), "%s/dags", fixture->folder);
    snprintf(fixture->data, sizeof(fixture->data), "%s/data", fixture->folder);
    if (mkdir(fixture->dags, 0700) != 0 || mkdir(fixture->data, 0700) != 0)
        give_up("mkdir", fixture->folder);
    fixture->components = components_new(NULL, 0, &err);
    if (!fixture->components)
        give_up("components", err.message);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

void server_fixture_deinit(struct server_fixture *fixture)
{
    server_fixture_end(fixture);
    components_free(fixture->components);
    pthread_cond_destroy(&fixture->happened);
    pthread_mutex_destroy(&fixture->lock);
    nftw(fixture->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void something_happened(void *context, const struct server_event *event)
{
    struct server_fixture *fixture = context;

    (void)event;
    pthread_mutex_lock(&fixture->lock);
    pthread_cond_broadcast(&fixture->happened);
    pthread_mutex_unlock(&fixture->lock);
}

void server_fixture_begin(struct server_fixture *fixture, const struct server_options *options)
{
    struct server_options own = options ? *options : (struct server_options){0};
    struct dag_error err = {0};

    if (data_folder_open(storage_disk(), fixture->data, true, false, &fixture->data_folder, &err) !=
        DATA_FOLDER_OK)
        give_up("data folder", err.message);
    own.dags = fixture->dags;
    own.folder = fixture->data_folder;
    own.registry = components_registry(fixture->components);
    own.event = something_happened;
    own.event_context = fixture;
    own.threads = own.threads ? own.threads : 2;
    fixture->server = server_new(&own, &err);
    if (!fixture->server)
        give_up("server", err.message);
}

void server_fixture_end(struct server_fixture *fixture)
{
    if (!fixture->server)
        return;
    if (!server_stop(fixture->server, SERVER_FIXTURE_PATIENCE_US))
        give_up("server_stop", "it isn't drained in time");
    server_free(fixture->server);
    fixture->server = NULL;
    data_folder_close(fixture->data_folder);
    fixture->data_folder = NULL;
}

const char *server_fixture_write(struct server_fixture *fixture, const char *name, const char *text)
{
    static char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
    file = fopen(path, "we");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        give_up("write", path);
    return path;
}

char *server_fixture_text(const struct server_fixture *fixture, const char *text)
{
    struct dag_buffer out = {0};
    bool done = true;

    for (; *text; text++)
        done = done &&
               (*text == '\''  ? dag_buffer_append(&out, "\"", 1)
                : *text == '@' ? dag_buffer_append(&out, fixture->folder, strlen(fixture->folder))
                               : dag_buffer_append(&out, text, 1));
    if (!done || !dag_buffer_append(&out, "", 1))
        give_up("text", "out of memory");
    return out.bytes;
}

bool server_fixture_create(struct server_fixture *fixture, const char *text, bool start,
                           struct answer *answer)
{
    char *own = server_fixture_text(fixture, text);
    const struct server_who who = {.user = "tester"};
    const struct server_change change = {.text = own, .size = strlen(own), .start = start};

    *answer = (struct answer){0};
    bool done = server_create(fixture->server, &who, &change, NULL, answer);
    free(own);
    return done;
}

bool server_fixture_update(struct server_fixture *fixture, const char *dag, const char *text,
                           struct answer *answer)
{
    char *own = server_fixture_text(fixture, text);
    const struct server_who who = {.user = "tester"};
    const struct server_change change = {.text = own, .size = strlen(own)};

    *answer = (struct answer){0};
    bool done = server_update(fixture->server, dag, &who, &change, answer);
    free(own);
    return done;
}

static const char *state_now(struct server_fixture *fixture, const char *dag)
{
    struct entry *entry = entry_find(fixture->server, dag, NULL);
    struct entry_status status;

    if (!entry)
        return "";
    entry_status(entry, &status);
    entry_release(entry);
    return entry_state_name(status.state);
}

const char *server_fixture_state(struct server_fixture *fixture, const char *dag)
{
    (void)server_wait(fixture->server, dag, SERVER_FIXTURE_PATIENCE_US);
    return state_now(fixture, dag);
}

bool server_fixture_reaches(struct server_fixture *fixture, const char *dag, const char *state)
{
    struct timespec end;
    int code = 0;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += SERVER_FIXTURE_PATIENCE_US / 1000000;
    pthread_mutex_lock(&fixture->lock);
    while (strcmp(state_now(fixture, dag), state) != 0 && code != ETIMEDOUT)
        code = pthread_cond_timedwait(&fixture->happened, &fixture->lock, &end);
    pthread_mutex_unlock(&fixture->lock);
    return strcmp(state_now(fixture, dag), state) == 0;
}

bool server_fixture_act(struct server_fixture *fixture, const char *dag, enum server_action action)
{
    const struct server_action_options options = {.by = "tester"};
    struct answer answer = {0};
    bool done = server_act(fixture->server, dag, action, &options, &answer);

    answer_deinit(&answer);
    return done && server_wait(fixture->server, dag, SERVER_FIXTURE_PATIENCE_US);
}
