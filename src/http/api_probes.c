/* api_probes.c - what load balancers and Prometheus ask for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "core/log.h"
#include "graph/writer.h"
#include "http/api_call.h"
#include "http/api_handlers.h"
#include "http/api_metrics.h"
#include "server/audit.h"

static void reply_status(struct http_request *request, unsigned int status, const char *word)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    writer_open(&writer, '{');
    writer_member(&writer, "status", word);
    writer_close(&writer, '}');
    if (writer.failed)
        api_reply_memory(request);
    else
        api_reply_json(request, status, &out);
    dag_buffer_free(&out);
}

/* On the network's thread: it answers as long as that turns, also when all workers wait. */
void handle_read_health(void *context, struct http_request *request)
{
    (void)context;
    reply_status(request, 200, "alive");
}

void handle_read_readiness(void *context, struct http_request *request)
{
    struct api *api = context;
    struct server_counts counts = {0};

    server_counts(api->server, &counts);
    if (counts.is_draining)
        api_reply_error(request, 503, "draining", "the server drains");
    else if (counts.is_standby)
        api_reply_error(request, 503, "standby", "this member is a standby");
    else if (!counts.is_ready)
        api_reply_error(request, 503, "starting", "DAGs are still being loaded");
    else
        reply_status(request, 200, "ready");
}

void handle_read_metrics(void *context, struct http_request *request)
{
    struct api *api = context;
    const struct http_reply reply = {.content_type = "text/plain; version=0.0.4; charset=utf-8"};
    struct dag_buffer out = {0};

    if (server_write_metrics(api->server, &out) && api_metrics_write(api, &out))
        api_reply_other(request, &reply, &out);
    else
        api_reply_memory(request);
    dag_buffer_free(&out);
}
