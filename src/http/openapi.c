/* openapi.c - the OpenAPI 3.1 document of a table of operations. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/openapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/tree.h"
#include "graph/writer.h"
#include "http/api_operations.h"
#include "http/openapi_internal.h"
#include "server/show_schemas.h"

#define SCHEMA_REFERENCE "#/components/schemas/"
#define LIST_ENDING      "_list"
#define NAME_SIZE        96
#define SCHEMA_SIZE      256
#define SCHEMA_DEPTH_MAX 32

struct document {
    struct writer writer;
    const struct http_route *routes;
    size_t count;
    const char *(*schema)(const char *name);
    struct dag_buffer shown_text;     /* owned */
    struct tree_document *shown_tree; /* owned */
    const struct tree *shown;         /* of it: an object, a schema by name */
};

static void write_reference(struct writer *writer, const char *name)
{
    char reference[sizeof(SCHEMA_REFERENCE) + NAME_SIZE];

    snprintf(reference, sizeof(reference), "%s%s", SCHEMA_REFERENCE, name);
    writer_open(writer, '{');
    writer_member(writer, "$ref", reference);
    writer_close(writer, '}');
}

void openapi_write_content(struct writer *writer, const char *types, const char *schema)
{
    char type[NAME_SIZE];

    writer_key(writer, "content");
    writer_open(writer, '{');
    for (const char *at = types; *at;) {
        size_t size = strcspn(at, " ");

        snprintf(type, sizeof(type), "%.*s", (int)size, at);
        writer_key(writer, type);
        writer_open(writer, '{');
        if (schema) {
            writer_key(writer, "schema");
            write_reference(writer, schema);
        }
        writer_close(writer, '}');
        at += size + strspn(at + size, " ");
    }
    writer_close(writer, '}');
}

/* ---- parameters --------------------------------------------------------------------------- */

/** {"type": TYPE, and what else bounds a value}. */
static void write_type(struct writer *writer, const char *type, const char *bounds)
{
    char schema[SCHEMA_SIZE];
    int size = snprintf(schema, sizeof(schema), "{\"type\":\"%s\"%s%s}", type, bounds ? "," : "",
                        bounds ? bounds : "");

    writer_json(writer, schema, (size_t)size);
}

static void write_parameter(struct writer *writer, const char *in, const char *name,
                            const char *type, const char *description, bool is_required,
                            const char *bounds)
{
    writer_open(writer, '{');
    writer_member(writer, "name", name);
    writer_member(writer, "in", in);
    writer_key(writer, "required");
    writer_bool(writer, is_required);
    if (description)
        writer_member(writer, "description", description);
    writer_key(writer, "schema");
    write_type(writer, type, bounds);
    writer_close(writer, '}');
}

static bool is_number(const char *parameter)
{
    return strcmp(parameter, "revision") == 0 || strcmp(parameter, "cycle") == 0;
}

static void write_parameters(struct writer *writer, const struct http_route *route)
{
    char name[NAME_SIZE];

    writer_key(writer, "parameters");
    writer_open(writer, '[');
    for (const char *at = route->pattern; (at = strchr(at, '{')) != NULL; at++) {
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(at + 1, "}"), at + 1);
        write_parameter(writer, "path", name, is_number(name) ? "integer" : "string", NULL, true,
                        is_number(name) ? "\"minimum\":1"
                                        : "\"minLength\":1,\"pattern\":\"^[^\\u0000-\\u001f"
                                          "\\u007f/\\\\\\\\]+$\"");
    }
    for (const struct http_parameter_doc *query = route->query; query && query->name; query++)
        write_parameter(writer, "query", query->name, query->type, query->description,
                        query->is_required, query->bounds);
    if (route->access & API_IF_MATCH)
        write_parameter(writer, "header", "If-Match", "string",
                        "the ETag of the revision that was seen, or *", true,
                        "\"pattern\":\"^(\\\\*|\\\"[1-9][0-9]{0,17}\\\")$\"");
    if (openapi_may_be_unchanged(route))
        write_parameter(writer, "header", "If-None-Match", "string",
                        "an ETag that was seen: 304 while it is still the newest", false, NULL);
    if (route->access & API_ROLE_MASK && strcmp(route->method, "GET") != 0)
        write_parameter(writer, "header", "X-CSRF-Token", "string",
                        "with a login session's cookie: csrf_token of GET " API_BASE "/me", false,
                        NULL);
    if (route->access & API_IDEMPOTENCY_KEY)
        write_parameter(writer, "header", "Idempotency-Key", "string",
                        "a repetition within ten minutes gets the first reply again", false,
                        "\"pattern\":\"^[!-~]{1,255}$\"");
    writer_close(writer, ']');
}

/* ---- operations --------------------------------------------------------------------------- */

static void write_security(struct writer *writer, const struct http_route *route)
{
    writer_key(writer, "security");
    writer_open(writer, '[');
    if (route->access & API_ROLE_MASK)
        for (int i = 0; i < 2; i++) {
            writer_open(writer, '{');
            writer_key(writer, i == 0 ? "token" : "login_session");
            writer_open(writer, '[');
            writer_close(writer, ']');
            writer_close(writer, '}');
        }
    writer_close(writer, ']');
}

static void write_operation(struct writer *writer, const struct http_route *route)
{
    char method[16];
    size_t size = 0;

    for (; size < sizeof(method) - 1 && route->method[size]; size++)
        method[size] = (char)(route->method[size] | 0x20);
    method[size] = '\0';
    writer_key(writer, method);
    writer_open(writer, '{');
    writer_member(writer, "operationId", route->operation_id);
    writer_member(writer, "summary", route->summary);
    writer_key(writer, "tags");
    writer_open(writer, '[');
    writer_text(writer, route->tag);
    writer_close(writer, ']');
    writer_member(writer, "x-role", role_name((enum role)(route->access & API_ROLE_MASK)));
    if (route->access & API_UNSCOPED) {
        writer_key(writer, "x-unscoped");
        writer_bool(writer, true);
    }
    write_security(writer, route);
    write_parameters(writer, route);
    if (route->body_max > 0) {
        writer_key(writer, "requestBody");
        writer_open(writer, '{');
        openapi_write_content(writer, route->body_types ? route->body_types : "application/json",
                              route->request_schema);
        writer_close(writer, '}');
    }
    openapi_write_replies(writer, route);
    writer_close(writer, '}');
}

static bool is_first_of_path(const struct document *document, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(document->routes[i].pattern, document->routes[index].pattern) == 0)
            return false;
    return true;
}

static void write_paths(struct document *document)
{
    struct writer *writer = &document->writer;

    writer_key(writer, "paths");
    writer_open(writer, '{');
    for (size_t i = 0; i < document->count; i++) {
        if (!is_first_of_path(document, i))
            continue;
        writer_key(writer, document->routes[i].pattern);
        writer_open(writer, '{');
        for (size_t k = i; k < document->count; k++)
            if (strcmp(document->routes[k].pattern, document->routes[i].pattern) == 0)
                write_operation(writer, &document->routes[k]);
        writer_close(writer, '}');
    }
    writer_close(writer, '}');
}

/* ---- schemas ------------------------------------------------------------------------------ */

static void write_page_schema(struct writer *writer, const char *item)
{
    writer_open(writer, '{');
    writer_member(writer, "type", "object");
    writer_key(writer, "required");
    writer_json(writer, "[\"items\",\"next_cursor\",\"total\"]",
                strlen("[\"items\",\"next_cursor\",\"total\"]"));
    writer_key(writer, "properties");
    writer_open(writer, '{');
    writer_key(writer, "items");
    writer_open(writer, '{');
    writer_member(writer, "type", "array");
    writer_key(writer, "items");
    write_reference(writer, item);
    writer_close(writer, '}');
    writer_key(writer, "next_cursor");
    writer_json(writer, "{\"type\":[\"string\",\"null\"]}",
                strlen("{\"type\":[\"string\",\"null\"]}"));
    writer_key(writer, "total");
    writer_json(writer, "{\"type\":[\"integer\",\"null\"]}",
                strlen("{\"type\":[\"integer\",\"null\"]}")); /* null: it wasn't counted */
    writer_close(writer, '}');
    writer_close(writer, '}');
}

/** The item's name of NAME_list, or false. */
static bool item_of(const char *name, char item[NAME_SIZE])
{
    size_t size = strlen(name);
    size_t ending = sizeof(LIST_ENDING) - 1;

    if (size <= ending || strcmp(name + size - ending, LIST_ENDING) != 0)
        return false;
    snprintf(item, NAME_SIZE, "%.*s", (int)(size - ending), name);
    return true;
}

/** Adds a name to the list of those that are due, once. */
static void add_name(char (*names)[NAME_SIZE], size_t *count, const char *name)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(names[i], name) == 0)
            return;
    snprintf(names[(*count)++], NAME_SIZE, "%s", name);
}

/** Reads the schemas of what the server shows. False: out of memory. */
static bool read_shown(struct document *document)
{
    struct writer writer = {.out = &document->shown_text};
    struct dag_error err = {0};

    show_schemas(&writer);
    document->shown_tree = tree_document_new();
    if (document->shown_tree && !writer.failed)
        document->shown = tree_parse(document->shown_tree, document->shown_text.bytes,
                                     document->shown_text.size, SCHEMA_DEPTH_MAX, NULL, NULL, &err);
    return document->shown != NULL;
}

static void forget_shown(struct document *document)
{
    tree_document_free(document->shown_tree);
    dag_buffer_free(&document->shown_text);
}

/** What the server shows by that name of the table, or NULL. */
static const char *shown_name(const struct document *document, const char *name)
{
    const char *shown = show_schema_of(name);

    return shown && tree_get(document->shown, shown) ? shown : NULL;
}

/** Every name that the operations, and pages of lists, refer to. */
static size_t collect_names(const struct document *document, char (*names)[NAME_SIZE])
{
    char item[NAME_SIZE];
    size_t count = 0;

    add_name(names, &count, "problem");
    for (size_t i = 0; i < document->count; i++) {
        const char *both[] = {document->routes[i].request_schema, document->routes[i].reply_schema};

        for (size_t k = 0; k < 2; k++) {
            if (!both[k])
                continue;
            if (!shown_name(document, both[k]) && item_of(both[k], item))
                add_name(names, &count, item);
            add_name(names, &count, both[k]);
        }
    }
    return count;
}

static void write_named_schema(struct document *document, const char *name)
{
    struct writer *writer = &document->writer;
    const char *schema = document->schema(name);
    const char *shown = shown_name(document, name);
    char item[NAME_SIZE];

    writer_key(writer, name);
    if (shown)
        write_reference(writer, shown);
    else if (schema)
        writer_json(writer, schema, strlen(schema));
    else if (item_of(name, item))
        write_page_schema(writer, item);
    else
        writer_json(writer, "{}", 2);
}

static bool write_schemas(struct document *document)
{
    struct writer *writer = &document->writer;
    char(*names)[NAME_SIZE] = calloc(document->count * 4 + 1, sizeof(*names));

    if (!names)
        return false;

    size_t count = collect_names(document, names);

    writer_key(writer, "schemas");
    writer_open(writer, '{');
    for (size_t i = 0; i < count; i++)
        write_named_schema(document, names[i]);

    for (const struct tree *shown = document->shown->child; shown; shown = shown->next) {
        writer_key(writer, shown->key);
        writer_json(writer, shown->json, shown->json_size);
    }
    writer_close(writer, '}');
    free(names);
    return true;
}

static void write_security_schemes(struct writer *writer)
{
    writer_key(writer, "securitySchemes");
    writer_open(writer, '{');
    writer_key(writer, "token");
    writer_open(writer, '{');
    writer_member(writer, "type", "http");
    writer_member(writer, "scheme", "bearer");
    writer_member(writer, "description", "an API token: POST " API_BASE "/me/tokens");
    writer_close(writer, '}');
    writer_key(writer, "login_session");
    writer_open(writer, '{');
    writer_member(writer, "type", "apiKey");
    writer_member(writer, "in", "cookie");
    writer_member(writer, "name", "__Host-sid");
    writer_member(writer, "description", "over plain HTTP on this machine it is called sid");
    writer_close(writer, '}');
    writer_close(writer, '}');
}

bool openapi_write(const struct http_route *routes, size_t count,
                   const char *(*schema)(const char *name), struct dag_buffer *out)
{
    struct document document = {
        .writer = {.out = out}, .routes = routes, .count = count, .schema = schema};
    struct writer *writer = &document.writer;

    writer_open(writer, '{');
    writer_member(writer, "openapi", "3.1.0");
    writer_key(writer, "info");
    writer_open(writer, '{');
    writer_member(writer, "title", "dagd");
    writer_member(writer, "version", DAGD_VERSION);
    writer_close(writer, '}');
    write_paths(&document);
    writer_key(writer, "components");
    writer_open(writer, '{');
    write_security_schemes(writer);

    bool is_written = read_shown(&document) && write_schemas(&document);

    forget_shown(&document);
    writer_close(writer, '}');
    writer_close(writer, '}');
    return is_written && !writer->failed;
}
