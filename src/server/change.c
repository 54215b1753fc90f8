/* change.c - DAGs are added, changed and deleted: durable first, then left to the control workers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "server/difference.h"
#include "server/server_parts.h"
#include "server/show_problems.h"
#include "server/show_runs.h"

#define RUNS_SHOWN 5 /* of a definition that is checked */

/* ---- from the catalogue to an entry ---- */

static enum entry_wish wish_of(const struct server *server, const struct definition *definition)
{
    switch (definition->wish) {
    case DEFINITION_RUNNING:
        return ENTRY_WANT_RUNNING;
    case DEFINITION_SUSPENDED:
        return ENTRY_WANT_SUSPENDED;
    case DEFINITION_STOPPED:
        return ENTRY_WANT_STOPPED;
    case DEFINITION_UNASKED:
        break;
    }
    return server->options.start_all ? ENTRY_WANT_RUNNING : ENTRY_WANT_STOPPED;
}

/* The newest text. NULL: it can't be read, and the log says why. */
static struct written *read_newest(struct server *server, const char *name)
{
    struct definition_revision revision = {0};
    struct dag_buffer text = {0};
    struct answer answer = {0};
    struct written *written = NULL;

    if (definitions_read(server->definitions, name, 0, &revision, &text, &answer))
        written = written_new(text.size > 0 ? text.bytes : "", text.size, revision.revision);
    else
        log_write(DAG_LOG_ERROR, name, NULL, "%s", answer.detail);
    dag_buffer_free(&text);
    answer_deinit(&answer);
    return written;
}

/* What is shown of it until a worker comes by. */
static void show_first(struct entry *entry, struct written *written)
{
    struct problems problems = {0};
    struct dag_error err = {0};

    entry->newest = written;
    if (written) {
        entry->status.revision = written->revision;
        (void)entry_replace(entry, incarnation_new(entry, written, &problems, &err));
    } else {
        dag_error_set(&err, DAG_ERROR_IO, "its definition can't be read");
    }
    entry->problems = problems;
    entry->has_failed = !entry->now;
    if (!entry->now)
        entry_set_state(entry, ENTRY_INVALID, "%s", err.message);
}

static bool add(struct server *server, const char *name, const struct definition *definition,
                bool is_new)
{
    struct entry *entry = entry_new(server, name);

    if (!entry)
        return false;
    entry->status.wish = wish_of(server, definition);
    snprintf(entry->status.by, sizeof(entry->status.by), "%s", definition->wish_by);
    entry->is_asked = definition->wish != DEFINITION_UNASKED;
    entry->asked = 1;
    show_first(entry, read_newest(server, name));
    if (is_new)
        entry->window.seen_us = server_now_us(server); /* it can't have missed a window */
    atomic_store(&entry->is_first, true);
    atomic_fetch_add(&server->unasked, 1);
    bool done = entry_insert(entry);
    if (done)
        control_ask(entry);
    else
        atomic_fetch_sub(&server->unasked, 1);
    entry_release(entry);
    return done;
}

/* Another text of one that is there. */
static void renew(struct entry *entry)
{
    struct problems none = {0};
    struct written *written = read_newest(entry->server, entry->name);

    if (!written)
        return; /* what runs goes on */
    pthread_mutex_lock(&entry->lock);
    entry_take_definition_locked(entry, written, &none);
    pthread_mutex_unlock(&entry->lock);
    control_ask(entry);
}

bool server_load(struct server *server, const char *name)
{
    struct definition definition;

    if (!definitions_get(server->definitions, name, &definition))
        return true; /* gone meanwhile */
    (void)entry_revive(server, name);
    struct entry *entry = entry_find(server, name, NULL);
    if (!entry)
        return add(server, name, &definition, server->housekeeping != NULL);
    renew(entry);
    entry_release(entry);
    return true;
}

void server_unload(struct server *server, const char *name)
{
    struct entry *entry = entry_find(server, name, NULL);

    if (!entry)
        return;
    log_write(DAG_LOG_WARNING, name, NULL,
              "its file is gone: it stops; what it kept stays in case the file comes back");
    pthread_mutex_lock(&entry->lock);
    entry->is_deleted = entry->is_kept = true;
    entry->asked++;
    pthread_mutex_unlock(&entry->lock);
    control_ask(entry);
    entry_release(entry);
}

/* ---- checks ---- */

/* The plan of a text that may be used; NULL: `answer` says why not. Warnings go there too. */
static struct plan *check(const struct server *server, const char *text, size_t size,
                          bool with_secrets, struct answer *answer)
{
    struct dag_error err = {0};
    struct plan *plan = server_check(server, text, size, with_secrets, &answer->problems, &err);
    size_t first = 0;

    if (plan)
        return plan;
    if (answer->problems.error_count == 0) {
        answer_set_error(answer, "no_memory", &err);
        return NULL;
    }
    while (answer->problems.items[first].severity != PROBLEM_ERROR)
        first++;
    answer_set(answer, ANSWER_INVALID, "invalid_definition", "%s",
               answer->problems.items[first].message);
    return NULL;
}

/* The same for one that has to have this name. */
static struct plan *check_named(const struct server *server, const char *name, const char *text,
                                size_t size, struct answer *answer)
{
    struct plan *plan = check(server, text, size, true, answer);

    if (!plan || !name || strcmp(plan->name, name) == 0)
        return plan;
    answer_set(answer, ANSWER_BAD, "name_differs",
               "a DAG keeps its name: this definition is of '%.128s', not of '%.128s'; create or "
               "clone a DAG for another name",
               plan->name, name);
    plan_free(plan);
    return NULL;
}

/* The next times at which it would run; null when that can't be said. */
static void write_next_runs(struct server *server, const struct plan *plan, struct writer *writer)
{
    struct dag_error err = {0};
    struct schedule *schedule = plan ? server_schedule(server, plan, &err) : NULL;

    if (schedule)
        show_runs(writer, schedule, server_now_us(server), RUNS_SHOWN);
    else
        writer_json(writer, "null", 4);
    schedule_free(schedule);
}

bool server_validate(struct server *server, const char *text, size_t size, bool with_secrets,
                     struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    struct plan *plan = check(server, text, size, with_secrets, answer);
    bool is_judged = plan || answer->kind == ANSWER_INVALID;

    if (!is_judged)
        return false;
    writer_open(&writer, '{');
    writer_key(&writer, "valid");
    writer_bool(&writer, plan != NULL);
    writer_key(&writer, "problems");
    show_problems(&writer, &answer->problems);
    writer_key(&writer, "runs");
    write_next_runs(server, plan, &writer);
    writer_close(&writer, '}');
    plan_free(plan);
    answer->kind = ANSWER_OK;
    answer->code[0] = answer->detail[0] = '\0';
    return !writer.failed ||
           answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory for the problems");
}

bool server_plan(struct server *server, const char *dag, const char *text, size_t size,
                 struct dag_buffer *out, struct answer *answer)
{
    struct entry *entry = entry_find(server, dag, answer);
    struct plan *plan = entry ? check_named(server, dag, text, size, answer) : NULL;
    struct writer writer = {.out = out};
    struct dag_buffer old = {0};
    struct dag_error err = {0};
    uint64_t revision;
    bool done = false;

    if (plan) {
        struct incarnation *now = entry_use(entry);

        done = entry_text(entry, &old, &revision) || dag_error_set_memory(&err, "a definition");
        done = done &&
               difference_write(now ? now->plan : NULL, plan,
                                (struct difference_text){old.size > 0 ? old.bytes : "", old.size},
                                (struct difference_text){text, size}, &writer, &err);
        incarnation_release(now);
        if (!done)
            answer_set_error(answer, "no_plan", &err);
    }
    dag_buffer_free(&old);
    plan_free(plan);
    entry_release(entry);
    return done;
}

/* ---- changes ---- */

static const char *user_of(const struct server_who *who)
{
    return who && who->user ? who->user : "";
}

/* With change_lock. */
static bool create_locked(struct server *server, const struct server_who *who, const char *name,
                          const struct server_change *change, struct answer *answer)
{
    const struct definitions_put put = {
        .name = name,
        .text = change->text,
        .size = change->size,
        .who = user_of(who),
        .comment = who ? who->comment : NULL,
        .file = change->file_name,
        .is_new = true,
        .wish = change->start ? DEFINITION_RUNNING : DEFINITION_UNASKED,
    };

    if (!definitions_put(server->definitions, &put, answer))
        return false;
    return server_load(server, name) ||
           answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory for the DAG");
}

bool server_create(struct server *server, const struct server_who *who,
                   const struct server_change *change, char *name, struct answer *answer)
{
    char own[NAME_SIZE_MAX + 1];
    bool done = true;

    if (server_refuses(server, answer))
        return false;
    struct plan *plan = check_named(server, change->name, change->text, change->size, answer);
    if (!plan)
        return false;
    snprintf(own, sizeof(own), "%s", plan->name);
    plan_free(plan);
    if (change->may_name && !change->may_name(change->context, own))
        return answer_set(answer, ANSWER_DENIED, "scope_too_narrow",
                          "'%.128s' is outside of your scope: give the DAG a name within it", own);
    if (name)
        memcpy(name, own, strlen(own) + 1);
    pthread_mutex_lock(&server->change_lock);
    struct entry *entry = entry_find(server, own, NULL);
    if (entry)
        done = answer_set(answer, ANSWER_CONFLICT, "dag_exists",
                          "DAG with name %.128s already exists", own);
    else if (!change->dry_run)
        done = create_locked(server, who, own, change, answer);
    entry_release(entry);
    pthread_mutex_unlock(&server->change_lock);
    if (done && !change->dry_run)
        server_emit(server, SERVER_EVENT_CATALOGUE, own, NULL, "added");
    return done;
}

/* With change_lock. */
static bool put_locked(struct entry *entry, const struct server_who *who,
                       const struct server_change *change, struct answer *answer)
{
    struct server *server = entry->server;
    const struct definitions_put put = {
        .name = entry->name,
        .text = change->text,
        .size = change->size,
        .who = user_of(who),
        .comment = who ? who->comment : NULL,
        .if_revision = change->if_revision,
        .wish = change->start ? DEFINITION_RUNNING : DEFINITION_UNASKED,
    };

    if (!definitions_put(server->definitions, &put, answer))
        return false;
    pthread_mutex_lock(&entry->lock);
    if (change->start)
        entry_order_locked(entry, ENTRY_WANT_RUNNING, put.who);
    pthread_mutex_unlock(&entry->lock);
    entry->is_asked = entry->is_asked || change->start;
    if (answer->revision_before != answer->revision_after)
        renew(entry);
    else
        control_ask(entry);
    return true;
}

static bool change_entry(struct entry *entry, const struct server_who *who,
                         const struct server_change *change, struct answer *answer)
{
    struct server *server = entry->server;
    struct plan *plan = check_named(server, entry->name, change->text, change->size, answer);

    if (!plan)
        return false;
    plan_free(plan);
    pthread_mutex_lock(&server->change_lock);
    struct entry_status status;
    entry_status(entry, &status);
    bool done = true;
    if (!change->dry_run)
        done = put_locked(entry, who, change, answer);
    else if (change->if_revision != 0 && change->if_revision != status.revision)
        done = answer_set(answer, ANSWER_STALE, "stale_revision",
                          "the newest revision is %" PRIu64 ", not %" PRIu64
                          "; look at it and decide anew",
                          status.revision, change->if_revision);
    pthread_mutex_unlock(&server->change_lock);
    if (done && !change->dry_run)
        server_emit(server, SERVER_EVENT_CATALOGUE, entry->name, NULL, "changed");
    return done;
}

bool server_update(struct server *server, const char *dag, const struct server_who *who,
                   const struct server_change *change, struct answer *answer)
{
    if (server_refuses(server, answer))
        return false;
    struct entry *entry = entry_find(server, dag, answer);
    bool done = entry && change_entry(entry, who, change, answer);
    entry_release(entry);
    return done;
}

bool server_rollback(struct server *server, const char *dag, const struct server_who *who,
                     uint64_t revision, uint64_t if_revision, struct answer *answer)
{
    struct dag_buffer text = {0};
    char comment[64];

    if (server_refuses(server, answer))
        return false;
    struct entry *entry = entry_find(server, dag, answer);
    bool done = entry && definitions_read(server->definitions, dag, revision, NULL, &text, answer);
    if (done) {
        struct server_who as = {.user = user_of(who), .comment = who ? who->comment : NULL};
        const struct server_change change = {
            .text = text.size > 0 ? text.bytes : "", .size = text.size, .if_revision = if_revision};

        snprintf(comment, sizeof(comment), "back to revision %" PRIu64, revision);
        if (!as.comment)
            as.comment = comment;
        done = change_entry(entry, &as, &change, answer);
    }
    dag_buffer_free(&text);
    entry_release(entry);
    return done;
}

bool server_delete(struct server *server, const char *dag, const struct server_who *who,
                   uint64_t if_revision, struct answer *answer)
{
    if (server_refuses(server, answer))
        return false;
    struct entry *entry = entry_find(server, dag, answer);
    if (!entry)
        return false;
    pthread_mutex_lock(&server->change_lock);
    bool done = definitions_delete(server->definitions, dag, if_revision, answer);
    if (done) {
        pthread_mutex_lock(&entry->lock);
        entry->is_deleted = true;
        entry->is_kept = false;
        entry_order_locked(entry, ENTRY_WANT_STOPPED, user_of(who));
        pthread_mutex_unlock(&entry->lock);
        (void)entry_take_out(entry);
        control_ask(entry);
    }
    pthread_mutex_unlock(&server->change_lock);
    entry_release(entry);
    if (done)
        server_emit(server, SERVER_EVENT_CATALOGUE, dag, NULL, "deleted");
    return done;
}
