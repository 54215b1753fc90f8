/* events_handler.c - handler: a client of the live streams, and what it may see. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "http/api.h"
#include "http/api_handlers.h"
#include "http/events.h"
#include "server/accounts.h"

/** Who watches. Lives as long as the client. */
struct watcher {
    struct accounts *accounts; /* borrowed */
    struct principal account;
};

static bool may_see(void *context, const char *dag)
{
    const struct watcher *watcher = context;

    return scope_holds(watcher->account.scope, dag);
}

/* A stream whose user has another role or scope now ends: the client comes back with what is right
 * then. */
static bool is_valid(void *context)
{
    const struct watcher *watcher = context;

    return accounts_is_valid(watcher->accounts, &watcher->account);
}

/** What the topics ask for. */
struct topics_check {
    const struct api_principal *principal;
    bool has_log;
    bool is_out_of_scope;
};

static bool check_topic(void *context, const char *name, struct dag_error *err)
{
    struct topics_check *check = context;

    (void)err;
    if (strcmp(name, "log") == 0)
        check->has_log = true;
    if (strncmp(name, "dag:", 4) == 0 && !api_may_see(check->principal, name + 4))
        check->is_out_of_scope = true;
    return true;
}

/* False: answered. */
static bool check_topics(struct http_request *request, const char *topics)
{
    struct topics_check check = {.principal = api_principal_of(request)};
    struct dag_error err = {0};

    if (!topics || !*topics) {
        api_reply_error(request, 400, "bad_parameter",
                        "'topics' is missing: dags, dag:NAME, cluster, log, with commas between");
        return false;
    }
    if (!event_topics_each(topics, check_topic, &check, &err)) {
        api_reply_error(request, 400, "bad_parameter", "'topics': %s", err.message);
        return false;
    }
    if (check.is_out_of_scope) {
        api_reply_error(request, 404, "dag_not_found", "there is no such DAG");
        return false;
    }
    if (!check.has_log)
        return true;
    /* Lines of the log tell of all DAGs, of users and addresses. */
    if (check.principal->role < ROLE_ADMIN) {
        api_reply_error(request, 403, "role_too_low", "the topic 'log' needs the role admin");
        return false;
    }
    if (api_has_scope(check.principal)) {
        api_reply_error(request, 403, "scope_too_narrow",
                        "the topic 'log' concerns all DAGs: it needs a user without a scope");
        return false;
    }
    return true;
}

static struct event_client *new_client(struct api *api, struct http_request *request,
                                       const char *topics)
{
    struct watcher *watcher = calloc(1, sizeof(*watcher));
    struct event_viewer viewer = {
        .context = watcher, .may_see = may_see, .is_valid = is_valid, .free = free};
    struct event_client *client;

    if (!watcher)
        return NULL;
    watcher->accounts = api->accounts;
    watcher->account = *api_account_of(request);
    viewer.scope = watcher->account.scope;
    client = event_client_new(api->events, topics, http_request_header(request, "last-event-id"),
                              &viewer);
    if (!client)
        free(watcher);
    return client;
}

void handle_read_events(void *context, struct http_request *request)
{
    struct api *api = context;
    const char *topics = http_request_query(request, "topics");
    struct http_stream_options options;
    struct http_stream *stream;
    struct event_client *client;

    if (!check_topics(request, topics))
        return;
    if (!api->events) {
        api_reply_error(request, 503, "no_streams", "this server has no live streams");
        return;
    }
    client = new_client(api, request, topics);
    if (!client) {
        api_reply_memory(request);
        return;
    }
    event_client_options(client, &options);
    stream = api_stream_begin(request, &options);
    if (stream)
        event_hub_join(api->events, client, stream);
    else
        event_client_free(client);
}
