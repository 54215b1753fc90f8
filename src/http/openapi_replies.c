/* openapi_replies.c - what the OpenAPI document says of replies: statuses, headers and bodies. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/api_operations.h"
#include "http/openapi_internal.h"

#define STATUS_MAX 600
#define DAGS       API_BASE "/dags"

/* ---- headers ------------------------------------------------------------------------------ */

struct header {
    const char *name;
    const char *type; /* of JSON Schema */
    const char *description;
};

static const struct header request_id = {"X-Request-Id", "string",
                                         "stands in the log and the audit log, too"};
static const struct header etag = {"ETag", "string", "the revision, for If-Match"};
static const struct header location = {"Location", "string", "where the new one is"};
static const struct header set_cookie = {"Set-Cookie", "string", "the login session"};
static const struct header retry_after = {"Retry-After", "integer", "seconds to wait"};
static const struct header authenticate = {"WWW-Authenticate", "string", "a Bearer token"};

static void write_header(struct writer *writer, const struct header *header, bool is_required)
{
    writer_key(writer, header->name);
    writer_open(writer, '{');
    writer_member(writer, "description", header->description);
    writer_key(writer, "required");
    writer_bool(writer, is_required);
    writer_key(writer, "schema");
    writer_open(writer, '{');
    writer_member(writer, "type", header->type);
    writer_close(writer, '}');
    writer_close(writer, '}');
}

bool openapi_may_be_unchanged(const struct http_route *route)
{
    return route->access & API_REVISION && strcmp(route->method, "GET") == 0;
}

static bool has_dry_run(const struct http_route *route)
{
    for (const struct http_parameter_doc *query = route->query; query && query->name; query++)
        if (strcmp(query->name, "dry_run") == 0)
            return true;
    return false;
}

/* A dry run makes no revision, so that there is none to tell. */
static void write_headers(struct writer *writer, const struct http_route *route,
                          unsigned int status)
{
    bool is_good = status < 400;
    bool is_made = status == 201 || !has_dry_run(route);

    writer_key(writer, "headers");
    writer_open(writer, '{');
    write_header(writer, &request_id, true);
    if (is_good && route->access & API_REVISION)
        write_header(writer, &etag, is_made);
    if (status == 201 && route->access & API_LOCATION)
        write_header(writer, &location, true);
    if (is_good && route->access & API_COOKIE)
        write_header(writer, &set_cookie, true);
    if (status == 401)
        write_header(writer, &authenticate, true);
    if (status == 429 || status == 503)
        write_header(writer, &retry_after, true);
    writer_close(writer, '}');
}

/* ---- statuses ----------------------------------------------------------------------------- */

static void add_status(bool statuses[STATUS_MAX], unsigned int status)
{
    if (status < STATUS_MAX)
        statuses[status] = true;
}

/* What follows from what an operation needs, and its own. */
static void collect_problems(const struct http_route *route, bool statuses[STATUS_MAX])
{
    add_status(statuses, 400);
    add_status(statuses, 429);
    if (route->access & API_ROLE_MASK) {
        add_status(statuses, 401);
        add_status(statuses, 403);
    }
    if (route->access & API_OWN_TOKEN)
        add_status(statuses, 401);
    if ((route->access & API_ROLE_MASK) == ROLE_NONE && route->access & API_CHANGES)
        add_status(statuses, 403);
    if (strchr(route->pattern, '{') || route->access & API_BODY_NAMES)
        add_status(statuses, 404);
    if (route->access & API_CHANGES && strncmp(route->pattern, DAGS, strlen(DAGS)) == 0)
        add_status(statuses, 409); /* by a standby, and while it is being deleted */
    if (route->access & API_IF_MATCH) {
        add_status(statuses, 412);
        add_status(statuses, 428);
    }
    if (route->body_max > 0) {
        add_status(statuses, 415);
        add_status(statuses, 422);
    }
    add_status(statuses, 413);
    add_status(statuses, 503);
    for (const char *at = route->problems; at && *at;) {
        char *end;

        add_status(statuses, (unsigned int)strtoul(at, &end, 10));
        at = end + strspn(end, " ");
    }
}

static void write_reply(struct writer *writer, const struct http_route *route, unsigned int status,
                        const char *description, const char *type, const char *schema)
{
    char key[16];

    snprintf(key, sizeof(key), "%u", status);
    writer_key(writer, key);
    writer_open(writer, '{');
    writer_member(writer, "description", description);
    write_headers(writer, route, status);
    if (type)
        openapi_write_content(writer, type, schema);
    writer_close(writer, '}');
}

void openapi_write_replies(struct writer *writer, const struct http_route *route)
{
    bool statuses[STATUS_MAX] = {false};
    unsigned int status = route->reply_status ? route->reply_status : 200;
    const char *type = route->reply_type ? route->reply_type : "application/json";

    writer_key(writer, "responses");
    writer_open(writer, '{');
    if (status == 201 && has_dry_run(route))
        write_reply(writer, route, 200, "What would be, by a dry run.", type, route->reply_schema);
    write_reply(writer, route, status, status == 204 ? "Done." : "The answer.",
                status == 204 ? NULL : type, route->reply_schema);
    if (openapi_may_be_unchanged(route))
        write_reply(writer, route, 304, "What the client has is the newest.", NULL, NULL);
    collect_problems(route, statuses);
    statuses[status] = false;
    for (unsigned int i = 400; i < STATUS_MAX; i++)
        if (statuses[i])
            write_reply(writer, route, i, "A problem.", "application/problem+json", "problem");
    writer_close(writer, '}');
}
