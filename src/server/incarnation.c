/* incarnation.c - one definition of a DAG: checked, built, looked at, and taken out again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

#include "core/log.h"
#include "server/server_parts.h"

#define DEPTH_MAX 64 /* as the check allows */

struct plan *server_check(const struct server *server, const char *text, size_t size,
                          bool with_secrets, struct problems *problems, struct dag_error *err)
{
    const struct server_options *options = &server->options;
    const struct check_options check = {.variable = options->variable,
                                        .secret = options->secret,
                                        .leaves_secrets = !with_secrets,
                                        .context = options->context};

    return graph_check(text, size, options->registry, &check, problems, err);
}

/* As it was written: no variable and no secret is filled in. */
static bool parse_definition(struct incarnation *incarnation, struct dag_error *err)
{
    const struct written *written = incarnation->written;

    incarnation->document = tree_document_new();
    if (!incarnation->document)
        return dag_error_set_memory(err, "a definition");
    incarnation->definition =
        tree_parse(incarnation->document, written->text, written->size, DEPTH_MAX, NULL, NULL, err);
    return incarnation->definition != NULL;
}

/* Calendars are files that DAGs name. */
struct schedule *server_schedule(const struct server *server, const struct plan *plan,
                                 struct dag_error *err)
{
    const struct schedule_options options = {.storage = server->options.file_storage};

    return schedule_new(plan, &options, err);
}

static void incarnation_free(struct incarnation *incarnation)
{
    schedule_free(incarnation->schedule);
    plan_free(incarnation->owned_plan);
    tree_document_free(incarnation->document);
    written_release(incarnation->written);
    free(incarnation);
}

struct incarnation *incarnation_new(struct entry *entry, struct written *written,
                                    struct problems *problems, struct dag_error *err)
{
    struct plan *plan =
        server_check(entry->server, written->text, written->size, true, problems, err);
    struct incarnation *incarnation = plan ? calloc(1, sizeof(*incarnation)) : NULL;
    struct dag_error why = {0};

    if (!incarnation) {
        if (plan)
            dag_error_set_memory(err, "a DAG");
        plan_free(plan);
        return NULL;
    }
    atomic_init(&incarnation->references, 1);
    incarnation->entry = entry;
    incarnation->plan = incarnation->owned_plan = plan;
    incarnation->written = written_hold(written);
    incarnation->revision = written->revision;
    if (!parse_definition(incarnation, err)) {
        incarnation_free(incarnation);
        return NULL;
    }
    incarnation->schedule = server_schedule(entry->server, plan, &why);
    if (!incarnation->schedule)
        log_write(DAG_LOG_WARNING, plan->name, NULL, "%s", why.message);
    return incarnation;
}

/* ---- in the runtime ---- */

static bool keep(struct incarnation *incarnation, struct dag_error *err)
{
    const struct server *server = incarnation->entry->server;
    struct keeper_options options = {
        .storage = server->options.storage,
        .clock = server->options.clock,
        .folder = server->options.folder,
        .plan = incarnation->plan,
        .pool = server->disk_pool,
        .checkpoint_interval_us = server->options.checkpoint_interval_us,
    };

    incarnation->keeper = keeper_new(&options, err);
    return incarnation->keeper &&
           dag_keep(incarnation->dag, keeper_durability(incarnation->keeper), err);
}

bool incarnation_build(struct incarnation *incarnation, struct dag_error *err)
{
    struct plan *plan = incarnation->owned_plan;

    assert(plan && !incarnation->dag);
    /* What a DAG waits for must be known before it begins: whoever can't tell when it may run
     * doesn't run it. */
    if (!incarnation->schedule) {
        incarnation->schedule = server_schedule(incarnation->entry->server, plan, err);
        if (!incarnation->schedule)
            return false;
    }
    incarnation->owned_plan = NULL;
    incarnation->dag = runtime_add(incarnation->entry->server->runtime, plan, err);
    if (!incarnation->dag) {
        incarnation->plan = NULL;
        return false;
    }
    dag_set_user(incarnation->dag, incarnation->entry);
    return keep(incarnation, err);
}

/* ---- who uses it ---- */

struct incarnation *entry_use(struct entry *entry)
{
    pthread_mutex_lock(&entry->lock);
    struct incarnation *now = entry->now;
    if (now)
        atomic_fetch_add(&now->references, 1);
    pthread_mutex_unlock(&entry->lock);
    return now;
}

void incarnation_release(struct incarnation *incarnation)
{
    if (!incarnation)
        return;
    struct server *server = incarnation->entry->server;

    /* The last reference is that of whoever ends it, and who may wait for this one. */
    pthread_mutex_lock(&server->release_lock);
    atomic_fetch_sub(&incarnation->references, 1);
    pthread_cond_broadcast(&server->released);
    pthread_mutex_unlock(&server->release_lock);
}

struct incarnation *entry_replace(struct entry *entry, struct incarnation *incarnation)
{
    pthread_mutex_lock(&entry->lock);
    struct incarnation *old = entry->now;
    entry->now = incarnation;
    entry->window.due_us = INT64_MIN;
    entry->status.running_revision = incarnation && incarnation->dag ? incarnation->revision : 0;
    entry->status.is_clone =
        incarnation && tree_get(incarnation->definition, AUTOCLONE_KEY) != NULL;
    pthread_mutex_unlock(&entry->lock);
    taps_follow(entry, incarnation);
    return old;
}

void incarnation_end(struct incarnation *incarnation, bool hands_over)
{
    if (!incarnation)
        return;
    struct server *server = incarnation->entry->server;

    pthread_mutex_lock(&server->release_lock);
    while (atomic_load(&incarnation->references) > 1)
        pthread_cond_wait(&server->released, &server->release_lock);
    pthread_mutex_unlock(&server->release_lock);
    if (incarnation->dag) {
        if (hands_over)
            dag_hand_over(incarnation->dag);
        runtime_remove(server->runtime, incarnation->dag);
    }
    keeper_free(incarnation->keeper);
    incarnation_free(incarnation);
}
