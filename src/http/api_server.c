/* api_server.c - the server itself: what it is, its settings, log levels, members, drain. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/utsname.h>

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

static void write_dags(struct writer *writer, const struct server_counts *counts)
{
    writer_key(writer, "dags");
    writer_open(writer, '{');
    show_number(writer, "total", counts->dags);
    show_number(writer, "running", counts->running);
    show_number(writer, "suspended", counts->suspended);
    show_number(writer, "stopped", counts->stopped);
    show_number(writer, "failed", counts->failed);
    show_number(writer, "invalid", counts->invalid);
    writer_close(writer, '}');
}

static void write_limits(struct writer *writer)
{
    struct http_limits limits;

    http_limits_default(&limits);
    writer_key(writer, "limits");
    writer_open(writer, '{');
    show_number(writer, "definition_size", API_DEFINITION_MAX);
    show_number(writer, "message_size", API_MESSAGE_MAX);
    show_number(writer, "batch_size", API_BATCH_MAX);
    show_number(writer, "json_depth", API_DEPTH_MAX);
    show_number(writer, "page_items", API_LIMIT_MAX);
    show_number(writer, "connections", limits.connections_max);
    show_number(writer, "connections_per_address", limits.connections_per_address_max);
    show_number(writer, "streams", limits.streams_max);
    show_number(writer, "streams_per_user", limits.streams_per_principal_max);
    show_number(writer, "log_lines", LOG_KEPT_MAX);
    writer_close(writer, '}');
}

static void write_part(struct writer *writer, const char *name, bool is_well, const char *detail)
{
    writer_open(writer, '{');
    writer_member(writer, "name", name);
    show_bool(writer, "is_well", is_well);
    writer_member(writer, "detail", is_well ? NULL : detail);
    writer_close(writer, '}');
}

static void write_server(struct api *api, struct writer *writer)
{
    int64_t now_us = api->clock->realtime_us(api->clock);
    bool has_audit = !audit_has_failed(api->audit);
    struct server_counts counts = {0};
    struct utsname system;

    server_counts(api->server, &counts);
    writer_open(writer, '{');
    writer_member(writer, "version", DAGD_VERSION);
    writer_key(writer, "build");
    if (uname(&system) == 0)
        writer_format(writer, "\"" __VERSION__ ", %s %s\"", system.sysname, system.machine);
    else
        writer_plain(writer, "\"" __VERSION__ "\"");
    writer->is_behind_key = false;
    writer->is_behind_value = true;
    show_time(writer, "started", api->started_us);
    show_number(writer, "uptime_ms",
                now_us > api->started_us ? (uint64_t)(now_us - api->started_us) / 1000 : 0);
    writer_member(writer, "role", counts.is_standby ? "standby" : "primary");
    show_bool(writer, "is_ready", counts.is_ready);
    show_bool(writer, "is_draining", counts.is_draining);
    show_bool(writer, "is_well", has_audit && counts.failed == 0 && counts.invalid == 0);
    show_number(writer, "threads", api->threads);
    write_dags(writer, &counts);
    write_limits(writer);
    writer_key(writer, "parts");
    writer_open(writer, '[');
    write_part(writer, "audit", has_audit,
               "the audit log can't be written: nothing can be changed; see the log");
    write_part(writer, "dags", counts.failed == 0 && counts.invalid == 0,
               "some DAGs have failed or are invalid");
    writer_close(writer, ']');
    writer_close(writer, '}');
}

static void reply_server(struct api *api, struct http_request *request)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    write_server(api, &writer);
    reply_written(request, &writer, &out);
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
