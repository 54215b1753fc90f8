/* dags_state.c - handlers: what a DAG and its nodes do now, did before, and why not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_handlers.h"
#include "http/dags.h"
#include "server/series.h"

#define HOUR_US         INT64_C(3600000000)
#define SERIES_STEP_MAX INT64_C(86400000) /* ms */

void handle_read_state(void *context, struct http_request *request)
{
    dags_show(context, request, server_write_state);
}

void handle_read_why(void *context, struct http_request *request)
{
    dags_show(context, request, server_write_why);
}

void handle_list_nodes(void *context, struct http_request *request)
{
    dags_show(context, request, server_write_nodes);
}

void handle_read_node(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    bool is_written = server_write_node(api->server, dags_path(request),
                                        http_request_parameter(request, "node"), &out, &answer);

    dags_reply(request, is_written, &out, &answer);
}

void handle_list_node_errors(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    bool is_written = server_write_node_errors(
        api->server, dags_path(request), http_request_parameter(request, "node"), &out, &answer);

    dags_reply(request, is_written, &out, &answer);
}

void handle_clear_node_errors(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};
    const char *node = http_request_parameter(request, "node");
    bool is_done = server_clear_node_errors(api->server, dags_path(request), node, &answer);

    api_note(request, "node '%.100s'", node);
    dags_reply_done(request, is_done, &answer);
}

void handle_read_series(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    int64_t now_us = api->clock->realtime_us(api->clock);
    int64_t from_us, to_us, step_ms;
    bool is_written;

    if (!api_query_time(request, "to", now_us, &to_us) ||
        !api_query_time(request, "from", to_us - HOUR_US, &from_us) ||
        !api_query_integer(request, "step_ms", 0, SERIES_STEP_MAX, 0, &step_ms))
        return;
    if (from_us >= to_us) {
        api_reply_error(request, 400, "bad_parameter", "'from' must be before 'to'");
        return;
    }
    is_written =
        server_write_series(api->server, dags_path(request), http_request_query(request, "node"),
                            from_us, to_us, step_ms * 1000, &out, &answer);
    dags_reply(request, is_written, &out, &answer);
}

void handle_read_cycle(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    uint64_t cycle;
    bool is_written;

    if (!api_path_number(request, "cycle", &cycle))
        return;
    is_written = server_write_cycle(api->server, dags_path(request), cycle, &out, &answer);
    dags_reply(request, is_written, &out, &answer);
}
