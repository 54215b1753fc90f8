/* api_authoring.c - checking definitions, and what they may be made of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/component_list.h"
#include "graph/schema.h"
#include "http/api.h"
#include "http/api_account.h"
#include "http/api_handlers.h"

void handle_validate_dag(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    /* who may edit no DAG may use no secret either, nor find out which there are */
    bool with_secrets = api_principal_of(request)->role >= ROLE_ADMIN;
    bool is_written = server_validate(api->server, request->body, request->body_size, with_secrets,
                                      &out, &answer);

    api_reply_written(request, is_written, &out, &answer);
}

void handle_list_components(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};

    if (component_list_write(api->registry, &out))
        api_reply_json(request, 0, &out);
    else
        api_reply_memory(request);
    dag_buffer_free(&out);
}

void handle_read_component(void *context, struct http_request *request)
{
    struct api *api = context;
    const char *kind = http_request_parameter(request, "kind");
    const char *type = http_request_parameter(request, "type");
    struct dag_buffer out = {0};
    bool is_found = false;

    if (!component_list_write_one(api->registry, kind, type, &is_found, &out))
        api_reply_memory(request);
    else if (is_found)
        api_reply_json(request, 0, &out);
    else
        api_reply_error(request, 404, "component_not_found",
                        "there is no %.40s '%.100s'; kinds are subscriber, publisher, calculator, "
                        "transformer and node",
                        kind, type);
    dag_buffer_free(&out);
}

void handle_read_dag_schema(void *context, struct http_request *request)
{
    struct api *api = context;
    const struct http_reply reply = {.content_type = "application/schema+json"};
    struct dag_buffer out = {0};

    if (schema_write(api->registry, &out))
        api_reply_other(request, &reply, &out);
    else
        api_reply_memory(request);
    dag_buffer_free(&out);
}
