/* source.c - the subscriber http://NAME: messages that are posted to the server for it.
 *
 * It reads nothing by itself. The REST API queues what comes as if it had been read.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "connectors/registry.h"

#define ADDRESS_HELP "http://NAME"

struct http_source {
    const struct dag_host *host; /* borrowed; NULL until attach() */
};

static bool http_source_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    (void)state;
    if (address->rest[0] != '\0' && strcspn(address->rest, "/?#@ ") == strlen(address->rest))
        return true;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "'%s' should be " ADDRESS_HELP ", any name: messages are posted to this "
                         "server; it fetches nothing from elsewhere",
                         address->uri);
}

static bool http_source_attach(void *state, const struct dag_address *address,
                               struct dag_host *host, struct dag_error *err)
{
    struct http_source *source = state;

    (void)address;
    (void)err;
    source->host = host;
    return true;
}

static enum dag_read_status http_source_read(void *state, struct dag_batch *out,
                                             struct dag_error *err)
{
    (void)state;
    (void)out;
    (void)err;
    return DAG_READ_IDLE;
}

static void http_source_describe(void *state, char *text, size_t size)
{
    const struct http_source *source = state;

    if (source->host && size > 0)
        snprintf(text, size,
                 "nothing is waiting; messages come by POST to "
                 "/api/v1/dags/%s/subscribers/%s/messages",
                 source->host->dag, source->host->component);
}

const struct dag_subscriber dag_subscriber_http = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_PUBLISHABLE,
    .scheme = "http",
    .name = "HTTPDataSubscriber",
    .summary = "Messages that are posted to the server for this subscriber; needs `dagd serve`.",
    .address_help = ADDRESS_HELP,
    .state_size = sizeof(struct http_source),
    .check = http_source_check,
    .attach = http_source_attach,
    .read = http_source_read,
    .describe = http_source_describe,
};
