/* dags_life.c - handlers: starting and stopping DAGs, one or many, and when they run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "graph/writer.h"
#include "http/api_call.h"
#include "http/api_handlers.h"
#include "http/dags.h"
#include "http/dags_wait.h"
#include "server/audit.h"
#include "server/show_json.h"

#define NAMES_MAX         500
#define RUNS              10
#define RUNS_MAX          100
#define DRAIN_TIMEOUT_MAX INT64_C(3600000) /* ms */

/* ---- one DAG ---- */

static void act(struct api *api, struct http_request *request, enum server_action action,
                const struct server_action_options *options)
{
    const char *dag = dags_path(request);
    struct server_action_options own = {0};
    struct answer answer = {0};
    int64_t wait_ms;

    if (options)
        own = *options;
    own.by = api_user_of(request);
    if (!api_query_integer(request, "wait_ms", 0, DAG_WAIT_MAX_MS, 0, &wait_ms))
        return;
    if (server_act(api->server, dag, action, &own, &answer)) {
        api_note_revisions(request, &answer);
        dag_waits_answer(wait_ms > 0 ? api->waits : NULL, api->server, request, dag,
                         wait_ms * 1000);
    } else {
        api_reply_answer(request, &answer);
    }
    answer_deinit(&answer);
}

void handle_start_dag(void *context, struct http_request *request)
{
    act(context, request, SERVER_START, NULL);
}

void handle_restart_dag(void *context, struct http_request *request)
{
    act(context, request, SERVER_RESTART, NULL);
}

void handle_suspend_dag(void *context, struct http_request *request)
{
    act(context, request, SERVER_SUSPEND, NULL);
}

void handle_resume_dag(void *context, struct http_request *request)
{
    act(context, request, SERVER_RESUME, NULL);
}

void handle_stop_dag(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"drain", TREE_BOOL, false, 0},
        {"timeout_ms", TREE_INT, false, 0},
    };
    const struct tree *body = api_body(request, members, sizeof(members) / sizeof(members[0]));
    struct server_action_options options = {0};
    int64_t timeout_ms;

    if (!body)
        return;
    timeout_ms = api_integer(body, "timeout_ms", -1);
    if (tree_get(body, "timeout_ms") && (timeout_ms < 0 || timeout_ms > DRAIN_TIMEOUT_MAX)) {
        api_reply_member(request, "/timeout_ms", "must be from 0 to 3600000");
        return;
    }
    options.at_once = !api_bool(body, "drain", true) || timeout_ms == 0;
    options.timeout_us = timeout_ms > 0 ? timeout_ms * 1000 : 0;
    act(context, request, SERVER_STOP, &options);
}

void handle_list_runs(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    int64_t count;
    bool is_written;

    if (!api_query_integer(request, "count", 1, RUNS_MAX, RUNS, &count))
        return;
    is_written = server_write_runs(api->server, dags_path(request), (size_t)count, &out, &answer);
    dags_reply(request, is_written, &out, &answer);
}

/* ---- many DAGs ---- */

/** A word that a request may use, and what it does. */
static const struct many_action {
    const char *name;
    enum server_action action;
    bool is_delete;
} actions[] = {
    {"start", SERVER_START, false},     {"stop", SERVER_STOP, false},
    {"suspend", SERVER_SUSPEND, false}, {"resume", SERVER_RESUME, false},
    {"restart", SERVER_RESTART, false}, {"delete", SERVER_STOP, true},
};

static const struct many_action *action_of(const char *name)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}

/* Each DAG has to be in the audit log by its name, before it is touched: one entry for the whole
 * request couldn't hold five hundred. `*begun`: the number of its first line, 0 before that. */
static bool write_audit(struct api *api, struct http_request *request,
                        const struct many_action *action, const char *dag, const char *result,
                        uint64_t *begun)
{
    char object[220];
    char word[32];
    char method[API_METHOD_SIZE];
    struct dag_error err = {0};

    if (!api->audit)
        return true;
    snprintf(object, sizeof(object), "dag:%.200s", dag);
    snprintf(word, sizeof(word), "dag.%s", action->name);
    api_write_method(api_account_of(request), method);
    return audit_begin(api->audit,
                       &(struct audit_entry){.actor = api_user_of(request),
                                             .action = word,
                                             .object = object,
                                             .result = result,
                                             .detail = "one of many",
                                             .method = method,
                                             .address = request->peer,
                                             .request_id = request->id,
                                             .begun = *begun},
                       begun, &err);
}

static bool act_on(struct api *api, struct http_request *request, const struct many_action *action,
                   const char *dag, struct answer *answer)
{
    struct server_who who = dags_who(request, NULL);
    const struct server_action_options options = {.by = who.user};
    uint64_t begun = 0;
    bool is_done;

    if (!api_may_see(api_principal_of(request), dag)) {
        (void)write_audit(api, request, action, dag, "denied", &begun);
        return answer_set(answer, ANSWER_NOT_FOUND, "dag_not_found", "there is no such DAG");
    }
    if (!write_audit(api, request, action, dag, "begun", &begun))
        return answer_set(answer, ANSWER_UNAVAILABLE, "audit_failed",
                          "the audit log can't be written: nothing is changed until it can");
    is_done = action->is_delete ? server_delete(api->server, dag, &who, 0, answer)
                                : server_act(api->server, dag, action->action, &options, answer);
    /* a log that fails now refuses the next change */
    (void)write_audit(api, request, action, dag, is_done ? "ok" : "failed", &begun);
    return is_done;
}

static bool write_results(struct api *api, struct http_request *request,
                          const struct many_action *action, const struct tree *names,
                          struct dag_buffer *out)
{
    struct writer writer = {.out = out};
    size_t done = 0;

    writer_open(&writer, '{');
    writer_key(&writer, "results");
    writer_open(&writer, '[');
    for (const struct tree *name = names->child; name; name = name->next) {
        struct answer answer = {0};
        bool is_done = act_on(api, request, action, name->text, &answer);

        done += is_done;
        writer_open(&writer, '{');
        writer_member(&writer, "name", name->text);
        show_number(&writer, "status", is_done ? 200 : api_status_of(answer.kind));
        writer_member(&writer, "code", is_done ? NULL : answer.code);
        writer_member(&writer, "detail", is_done ? NULL : answer.detail);
        writer_close(&writer, '}');
        answer_deinit(&answer);
    }
    writer_close(&writer, ']');
    writer_close(&writer, '}');
    api_note(request, "%s: %zu of %zu DAGs", action->name, done, names->count);
    return !writer.failed;
}

/* Every element a text, none twice. */
static bool check_names(struct http_request *request, const struct tree *names)
{
    char pointer[48];

    if (names->count == 0) {
        api_reply_member(request, "/names", "name at least one DAG");
        return false;
    }
    for (const struct tree *name = names->child; name; name = name->next) {
        const struct tree *other = names->child;

        snprintf(pointer, sizeof(pointer), "/names/%zu", name->index);
        if (name->type != TREE_TEXT) {
            api_reply_member(request, pointer, "must be a text, the name of a DAG");
            return false;
        }
        while (other != name && strcmp(other->text, name->text) != 0)
            other = other->next;
        if (other != name) {
            api_reply_member(request, pointer, "is named twice");
            return false;
        }
    }
    return true;
}

void handle_act_on_dags(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"action", TREE_TEXT, true, 16},
        {"names", TREE_ARRAY, true, NAMES_MAX},
    };
    struct api *api = context;
    const struct tree *body = api_body(request, members, sizeof(members) / sizeof(members[0]));
    const struct many_action *action;
    struct dag_buffer out = {0};

    if (!body)
        return;
    action = action_of(api_text(body, "action", ""));
    if (!action) {
        api_reply_member(request, "/action",
                         "must be start, stop, suspend, resume, restart or delete");
        return;
    }
    if (!check_names(request, tree_get(body, "names")))
        return;
    if (action->is_delete && api_principal_of(request)->role < ROLE_ADMIN) {
        api_reply_error(request, 403, "role_too_low", "deleting needs the role admin");
        return;
    }
    if (write_results(api, request, action, tree_get(body, "names"), &out))
        api_reply_json(request, 200, &out);
    else
        api_reply_memory(request);
    dag_buffer_free(&out);
}
