/* dags_definitions.c - handlers: the list of DAGs, and their definitions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/names.h"
#include "http/api_handlers.h"
#include "http/dags.h"

#define LOCATION_SIZE (sizeof(API_BASE "/dags/") + NAME_SIZE_MAX)

static const char *const dag_sorts[] = {"name", "state", "in_rate", "errors", NULL};
static const char *const dag_states[] = {"",          "stopped",  "starting", "running",
                                         "suspended", "stopping", "ended",    "failed",
                                         "invalid",   "standby",  NULL};

void handle_list_dags(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    struct api_principal viewer = *api_principal_of(request);
    struct api_page page;
    const char *state;
    char sort[16];
    bool is_written;

    if (!api_query_page(request, dag_sorts, &page) ||
        !api_query_word(request, "state", dag_states, &state))
        return;
    snprintf(sort, sizeof(sort), "%s%s", page.is_descending ? "-" : "", page.sort);
    is_written = server_write_list(api->server,
                                   &(struct server_list){.limit = page.limit,
                                                         .cursor = page.cursor,
                                                         .sort = sort,
                                                         .query = page.query,
                                                         .state = *state ? state : NULL,
                                                         .may_see = api_may_see_any,
                                                         .context = &viewer},
                                   &out, &answer);
    dags_reply(request, is_written, &out, &answer);
}

void handle_read_totals(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    struct api_principal viewer = *api_principal_of(request);
    struct server_list list = {.may_see = api_may_see_any, .context = &viewer};

    if (!server_write_totals(api->server, &list, &out))
        answer_set(&answer, ANSWER_FAILED, "out_of_memory", "out of memory");
    dags_reply(request, answer.kind == ANSWER_OK, &out, &answer);
}

static void reply_created(struct http_request *request, bool is_done, const char *name,
                          bool is_dry_run, struct dag_buffer *definition, struct answer *answer)
{
    char location[LOCATION_SIZE];

    if (is_done) {
        snprintf(location, sizeof(location), API_BASE "/dags/%s", name);
        dags_reply_change(request, &(struct dags_change){.dag = name,
                                                         .answer = answer,
                                                         .is_created = true,
                                                         .is_dry_run = is_dry_run,
                                                         .location = location,
                                                         .definition = definition});
    } else {
        api_reply_answer(request, answer);
    }
    dag_buffer_free(definition);
    answer_deinit(answer);
}

void handle_create_dag(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};
    struct server_who who = dags_who(request, NULL);
    struct api_principal asks = *api_principal_of(request);
    struct server_change change = {.text = request->body,
                                   .size = request->body_size,
                                   .may_name = api_may_see_any,
                                   .context = &asks};
    struct dag_buffer no_definition = {0};
    char name[NAME_SIZE_MAX + 1] = "";
    const struct tree *body;
    const char *wanted;
    bool is_created;

    if (!api_query_bool(request, "dry_run", false, &change.dry_run) ||
        !api_query_bool(request, "start", false, &change.start) ||
        !(body = api_body(request, NULL, 0)))
        return;
    wanted = api_text(body, "name", "");
    if (*wanted) { /* a definition without a name gets its problems told by the check */
        if (!api_require_dag(request, wanted))
            return;
        api_set_object(request, "dag", wanted);
    }
    is_created = server_create(api->server, &who, &change, name, &answer);
    reply_created(request, is_created, name, change.dry_run, &no_definition, &answer);
}

/* Who may look at a definition, but not edit it, doesn't see secrets that are written out there. */
static bool may_edit(const struct http_request *request)
{
    return api_principal_of(request)->role >= ROLE_ADMIN;
}

void handle_read_dag(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    uint64_t revision = 0;

    if (server_write_definition(api->server, dags_path(request), may_edit(request), &revision, &out,
                                &answer))
        api_reply_revision(request, 200, revision, NULL, &out);
    else
        api_reply_answer(request, &answer);
    dag_buffer_free(&out);
    answer_deinit(&answer);
}

static void reply_changed(struct http_request *request, bool is_done, bool is_dry_run,
                          struct answer *answer)
{
    if (is_done)
        dags_reply_change(request, &(struct dags_change){.dag = dags_path(request),
                                                         .answer = answer,
                                                         .is_dry_run = is_dry_run});
    else
        api_reply_answer(request, answer);
    answer_deinit(answer);
}

void handle_update_dag(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};
    struct server_who who = dags_who(request, NULL);
    struct server_change change = {.text = request->body, .size = request->body_size};
    bool is_done;

    if (!api_query_bool(request, "dry_run", false, &change.dry_run) ||
        !api_if_match(request, &change.if_revision) || !api_body(request, NULL, 0))
        return;
    is_done = server_update(api->server, dags_path(request), &who, &change, &answer);
    reply_changed(request, is_done, change.dry_run, &answer);
}

void handle_delete_dag(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};
    struct server_who who = dags_who(request, NULL);
    uint64_t revision;
    bool is_done;

    if (!api_if_match(request, &revision))
        return;
    is_done = server_delete(api->server, dags_path(request), &who, revision, &answer);
    dags_reply_done(request, is_done, &answer);
}

void handle_read_dag_details(void *context, struct http_request *request)
{
    dags_show(context, request, server_write_details);
}

void handle_plan_dag(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    bool is_written;

    if (!api_body(request, NULL, 0))
        return;
    is_written = server_plan(api->server, dags_path(request), request->body, request->body_size,
                             &out, &answer);
    dags_reply(request, is_written, &out, &answer);
}

/* ---- revisions ---- */

void handle_list_revisions(void *context, struct http_request *request)
{
    dags_show(context, request, server_write_revisions);
}

void handle_read_revision(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    uint64_t revision;
    bool is_written;

    if (!api_path_number(request, "revision", &revision))
        return;
    is_written = server_write_revision(api->server, dags_path(request), revision, may_edit(request),
                                       &out, &answer);
    dags_reply(request, is_written, &out, &answer);
}

void handle_roll_back_dag(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"revision", TREE_INT, true, 0},
        {"comment", TREE_TEXT, false, 1000},
    };
    struct api *api = context;
    struct answer answer = {0};
    struct server_who who;
    const struct tree *body;
    uint64_t if_revision;
    int64_t revision;
    bool is_done;

    if (!api_if_match(request, &if_revision) ||
        !(body = api_body(request, members, sizeof(members) / sizeof(members[0]))))
        return;
    revision = api_integer(body, "revision", 0);
    if (revision < 1) {
        api_reply_member(request, "/revision", "revisions are numbered from 1");
        return;
    }
    who = dags_who(request, api_text(body, "comment", NULL));
    is_done = server_rollback(api->server, dags_path(request), &who, (uint64_t)revision,
                              if_revision, &answer);
    reply_changed(request, is_done, false, &answer);
}

void handle_clone_dag(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"name", TREE_TEXT, false, NAME_SIZE_MAX}, {"start_time", TREE_TEXT, false, 5},
        {"end_time", TREE_TEXT, false, 5},         {"duration", TREE_TEXT, false, 40},
        {"overrides", TREE_OBJECT, false, 0},      {"start", TREE_BOOL, false, 0},
    };
    struct api *api = context;
    struct answer answer = {0};
    struct server_who who = dags_who(request, NULL);
    struct api_principal asks = *api_principal_of(request);
    struct server_clone clone = {.may_name = api_may_see_any, .context = &asks};
    struct dag_buffer definition = {0};
    char name[NAME_SIZE_MAX + 1] = "";
    const struct tree *body;
    bool is_done;

    if (!api_query_bool(request, "dry_run", false, &clone.dry_run) ||
        !(body = api_body(request, members, sizeof(members) / sizeof(members[0]))))
        return;
    clone.name = api_text(body, "name", NULL);
    clone.start_time = api_text(body, "start_time", NULL);
    clone.end_time = api_text(body, "end_time", NULL);
    clone.duration = api_text(body, "duration", NULL);
    clone.overrides = tree_get(body, "overrides");
    clone.start = api_bool(body, "start", false);
    if (clone.name && !api_require_dag(request, clone.name))
        return;
    is_done =
        server_clone(api->server, dags_path(request), &who, &clone, name, &definition, &answer);
    if (is_done)
        api_note(request, "clone '%.100s'", name);
    reply_created(request, is_done, name, clone.dry_run, &definition, &answer);
}

/* ---- layout ---- */

void handle_read_layout(void *context, struct http_request *request)
{
    dags_show(context, request, server_write_layout);
}

void handle_put_layout(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};
    bool is_done;

    if (!api_body(request, NULL, 0))
        return;
    is_done = server_put_layout(api->server, dags_path(request), request->body, request->body_size,
                                &answer);
    dags_reply_done(request, is_done, &answer);
}
