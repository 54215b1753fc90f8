/* api_server.c - the server itself: what it is, its settings, log levels, members, drain. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"
#include "http/api_call.h"
#include "http/api_handlers.h"
#include "http/api_schemas.h"
#include "http/openapi.h"
#include "server/audit.h"
#include "server/show_json.h"

/* Answers with what was written, or that there was no memory. */
static void reply_written(struct http_request *request, const struct writer *writer,
                          struct dag_buffer *out)
{
    if (writer->failed)
        api_reply_memory(request);
    else
        api_reply_json(request, 0, out);
    dag_buffer_free(out);
}

/* ---- the server ---- */

static bool write_server(struct api *api, struct dag_buffer *out)
{
    bool has_audit = !audit_has_failed(api->audit);
    struct http_limits limits;

    http_limits_default(&limits);
    const struct server_part parts[] = {
        {"audit", has_audit,
         has_audit ? NULL : "the audit log can't be written: nothing can be changed; see the log"},
    };
    const struct server_limit shown[] = {
        {"definition_size", API_DEFINITION_MAX},
        {"message_size", API_MESSAGE_MAX},
        {"batch_size", API_BATCH_MAX},
        {"json_depth", API_DEPTH_MAX},
        {"page_items", API_LIMIT_MAX},
        {"connections", limits.connections_max},
        {"connections_per_address", limits.connections_per_address_max},
        {"streams", limits.streams_max},
        {"streams_per_user", limits.streams_per_principal_max},
        {"log_lines", LOG_KEPT_MAX},
    };
    const struct server_more more = {api->name, parts, sizeof(parts) / sizeof(parts[0]), shown,
                                     sizeof(shown) / sizeof(shown[0])};

    return server_write_server(api->server, &more, out);
}

static void reply_server(struct api *api, struct http_request *request)
{
    struct dag_buffer out = {0};

    if (write_server(api, &out))
        api_reply_json(request, 0, &out);
    else
        api_reply_memory(request);
    dag_buffer_free(&out);
}

void handle_read_server(void *context, struct http_request *request)
{
    reply_server(context, request);
}

void handle_drain_server(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};

    api_set_object(request, "server", "drain");
    if (server_drain(api->server, &answer))
        reply_server(api, request);
    else
        api_reply_answer(request, &answer);
    answer_deinit(&answer);
}

void handle_read_config(void *context, struct http_request *request)
{
    struct api *api = context;
    const struct http_reply reply = {.body = api->config, .body_size = strlen(api->config)};

    api_reply_other(request, &reply, NULL);
}

/* ---- log levels ---- */

static void reply_log_levels(struct http_request *request)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    writer_open(&writer, '{');
    writer_member(&writer, "level", log_level_name(log_level()));
    writer_close(&writer, '}');
    reply_written(request, &writer, &out);
}

void handle_read_log_levels(void *context, struct http_request *request)
{
    (void)context;
    reply_log_levels(request);
}

void handle_put_log_levels(void *context, struct http_request *request)
{
    static const struct api_member members[] = {{"level", TREE_TEXT, true, 16}};
    const struct tree *body = api_body(request, members, 1);
    enum dag_log_level level;

    (void)context;
    if (!body)
        return;
    if (!log_level_of(api_text(body, "level", ""), &level)) {
        api_reply_member(request, "/level", "'level' should be error, warning, info or debug");
        return;
    }
    api_set_object(request, "server", "log-level");
    api_note(request, "%s to %s", log_level_name(log_level()), log_level_name(level));
    log_set_level(level);
    reply_log_levels(request);
}

/* ---- members ---- */

/* One that runs alone. */
static void write_cluster(struct api *api, struct writer *writer)
{
    const char *role = server_is_standby(api->server) ? "standby" : "primary";

    writer_open(writer, '{');
    show_bool(writer, "is_clustered", false);
    writer_member(writer, "role", role);
    writer_key(writer, "members");
    writer_open(writer, '[');
    writer_open(writer, '{');
    writer_member(writer, "name", api->name);
    writer_member(writer, "role", role);
    writer_member(writer, "version", DAGD_VERSION);
    show_bool(writer, "is_self", true);
    show_time(writer, "started", api->started_us);
    writer_close(writer, '}');
    writer_close(writer, ']');
    writer_close(writer, '}');
}

void handle_read_cluster(void *context, struct http_request *request)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    write_cluster(context, &writer);
    reply_written(request, &writer, &out);
}

void handle_step_down(void *context, struct http_request *request)
{
    (void)context;
    api_set_object(request, "server", "step-down");
    api_reply_error(request, 409, "not_clustered",
                    "this server runs alone: there is no other member to step down for");
}

/* ---- this document ---- */

void handle_read_openapi(void *context, struct http_request *request)
{
    struct dag_buffer out = {0};

    (void)context;
    if (openapi_write(api_operations, api_operation_count, api_schema, &out))
        api_reply_json(request, 0, &out);
    else
        api_reply_memory(request);
    dag_buffer_free(&out);
}
