/* test_openapi.c - the document says of every operation what the table says. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/tree.h"
#include "http/api_operations.h"
#include "http/api_schemas.h"
#include "http/openapi.h"
#include "http/route.h"

#define MANUAL_SIZE_MAX 65536

struct parsed {
    struct dag_buffer text;
    struct tree_document *document;
    const struct tree *root;
};

static int parse(void **state)
{
    static struct parsed parsed;
    struct dag_error err = {0};

    if (!openapi_write(api_operations, api_operation_count, api_schema, &parsed.text))
        return -1;
    parsed.document = tree_document_new();
    parsed.root =
        tree_parse(parsed.document, parsed.text.bytes, parsed.text.size, 64, NULL, NULL, &err);
    *state = &parsed;
    return parsed.root ? 0 : -1;
}

static int forget(void **state)
{
    struct parsed *parsed = *state;

    tree_document_free(parsed->document);
    dag_buffer_free(&parsed->text);
    return 0;
}

static const struct tree *get(const struct tree *object, const char *key)
{
    const struct tree *member = tree_get(object, key);

    if (!member)
        fail_msg("there is no '%s'", key);
    return member;
}

static const struct tree *operation(const struct parsed *parsed, const struct http_route *route)
{
    char method[16] = "";

    for (size_t i = 0; route->method[i]; i++)
        method[i] = (char)(route->method[i] | 0x20);
    return get(get(get(parsed->root, "paths"), route->pattern), method);
}

static void has_every_operation_with_its_role(void **state)
{
    size_t count = 0;

    for (size_t i = 0; i < api_operation_count; i++) {
        const struct http_route *route = &api_operations[i];
        const struct tree *at = operation(*state, route);

        assert_string_equal(get(at, "operationId")->text, route->operation_id);
        assert_string_equal(get(at, "x-role")->text,
                            role_name((enum role)(route->access & API_ROLE_MASK)));
        assert_int_equal(get(at, "security")->count, route->access & API_ROLE_MASK ? 2 : 0);
    }
    for (const struct tree *path = get(((struct parsed *)*state)->root, "paths")->child; path;
         path = path->next)
        count += path->count;
    assert_int_equal(count, api_operation_count);
}

static void follow_references(const struct tree *root, const struct tree *at)
{
    const struct tree *reference = at->type == TREE_OBJECT ? tree_get(at, "$ref") : NULL;

    if (reference)
        get(get(get(root, "components"), "schemas"), strrchr(reference->text, '/') + 1);
    for (const struct tree *child = at->child; child; child = child->next)
        follow_references(root, child);
}

static void every_reference_leads_to_a_schema(void **state)
{
    struct parsed *parsed = *state;

    follow_references(parsed->root, parsed->root);
    assert_non_null(tree_get(get(get(parsed->root, "components"), "schemas"), "problem"));
}

static void a_list_is_a_page_of_its_items(void **state)
{
    struct parsed *parsed = *state;
    const struct tree *schemas = get(get(parsed->root, "components"), "schemas");
    const struct tree *items = get(get(get(schemas, "user_list"), "properties"), "items");

    assert_string_equal(get(get(items, "items"), "$ref")->text, "#/components/schemas/user");
}

static void names_the_parameters_of_a_path(void **state)
{
    const struct tree *at = get(
        get(get(((struct parsed *)*state)->root, "paths"), API_BASE "/dags/{dag}/nodes/{node}/tap"),
        "get");
    const struct tree *parameter = get(at, "parameters")->child;

    assert_string_equal(get(parameter, "name")->text, "dag");
    assert_string_equal(get(parameter->next, "name")->text, "node");
    assert_string_equal(get(parameter->next, "in")->text, "path");
    assert_string_equal(get(parameter->next->next, "in")->text, "query");
}

static void a_revision_that_must_be_named_may_be_missing_or_stale(void **state)
{
    const struct tree *dag =
        get(get(((struct parsed *)*state)->root, "paths"), API_BASE "/dags/{dag}");
    const struct tree *replies = get(get(dag, "put"), "responses");

    get(replies, "412");
    get(replies, "428");
    assert_null(tree_get(get(get(dag, "get"), "responses"), "412"));
}

static void no_two_operations_share_an_id_or_a_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_operation_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct http_route *a = &api_operations[i];
            const struct http_route *b = &api_operations[k];

            assert_string_not_equal(a->operation_id, b->operation_id);
            assert_false(strcmp(a->pattern, b->pattern) == 0 && strcmp(a->method, b->method) == 0);
        }
}

static void every_operation_has_a_handler(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_operation_count; i++)
        if (!api_operations[i].handle)
            fail_msg("%s", api_operations[i].operation_id);
}

static void every_reply_is_described(void **state)
{
    struct parsed *parsed = *state;
    const struct tree *schemas = get(get(parsed->root, "components"), "schemas");

    for (size_t i = 0; i < api_operation_count; i++) {
        const char *name = api_operations[i].reply_schema;

        if (name && get(schemas, name)->count == 0)
            fail_msg("%s", name);
    }
}

/* What changes something and can't be refused for want of an audit log is a hole. The exceptions
 * only compute an answer. */
static void whatever_is_no_get_is_audited(void **state)
{
    static const char *const harmless[] = {"planDag", "validateDag"};

    (void)state;
    for (size_t i = 0; i < api_operation_count; i++) {
        const struct http_route *route = &api_operations[i];
        bool is_harmless = strcmp(route->method, "GET") == 0;

        for (size_t k = 0; k < sizeof(harmless) / sizeof(harmless[0]); k++)
            is_harmless = is_harmless || strcmp(harmless[k], route->operation_id) == 0;
        if (((route->access & API_CHANGES) != 0) == is_harmless)
            fail_msg("%s", route->operation_id);
    }
}

static void every_schema_of_a_request_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_operation_count; i++) {
        const char *name = api_operations[i].request_schema;

        if (name && !api_schema(name))
            fail_msg("%s", name);
        if (name)
            assert_true(api_operations[i].body_max > 0);
    }
}

static void schemas_are_json(void **state)
{
    struct parsed *parsed = *state;
    const struct tree *schemas = get(get(parsed->root, "components"), "schemas");
    const struct tree *names = get(get(get(schemas, "dag_action"), "properties"), "names");

    assert_int_equal(get(names, "maxItems")->integer, 500);
    assert_int_equal(get(get(schemas, "setup"), "required")->count, 3);
}

static void handle(void *context, struct http_request *request)
{
    (void)context;
    (void)request;
}

/* No pattern hides another, whatever stands in its parameters. */
static void every_operation_is_found_by_its_path(void **state)
{
    struct http_route *routes = calloc(api_operation_count, sizeof(*routes));
    struct dag_error err = {0};

    (void)state;
    assert_non_null(routes);
    for (size_t i = 0; i < api_operation_count; i++) {
        routes[i] = api_operations[i];
        routes[i].handle = handle;
    }

    struct route_table *table = route_table_new(routes, api_operation_count, &err);

    if (!table)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < api_operation_count; i++) {
        struct route_match match;
        char path[256];

        snprintf(path, sizeof(path), "%s", routes[i].pattern);
        for (char *at = path; *at; at++)
            if (*at == '{' || *at == '}')
                *at = 'x';
        route_find(table, routes[i].method, path, &match);
        if (match.route != &routes[i])
            fail_msg("%s", routes[i].operation_id);
    }
    route_table_free(table);
    free(routes);
}

/** The whole of docs/rest-api.md; the caller frees it. */
static char *read_manual(void)
{
    const char *root = getenv("DAGD_SOURCE_ROOT");
    char path[4096];
    char *text = calloc(1, MANUAL_SIZE_MAX);

    assert_non_null(text);
    snprintf(path, sizeof(path), "%s/docs/rest-api.md", root ? root : ".");

    FILE *file = fopen(path, "re");

    assert_non_null(file);
    assert_in_range(fread(text, 1, MANUAL_SIZE_MAX - 1, file), 1, MANUAL_SIZE_MAX - 2);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void the_manual_lists_every_operation_with_its_role(void **state)
{
    char *manual = read_manual();

    (void)state;
    for (size_t i = 0; i < api_operation_count; i++) {
        const struct http_route *at = &api_operations[i];
        enum role role = (enum role)(at->access & API_ROLE_MASK);
        size_t base = strncmp(at->pattern, API_BASE, strlen(API_BASE)) == 0 ? strlen(API_BASE) : 0;
        char row[256];

        snprintf(row, sizeof(row), "| `%s %s` | %s", at->method, at->pattern + base,
                 role == ROLE_NONE ? "anyone" : role_name(role));
        if (!strstr(manual, row))
            fail_msg("docs/rest-api.md lacks %s", row);
    }
    free(manual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_every_operation_with_its_role),
        cmocka_unit_test(every_reference_leads_to_a_schema),
        cmocka_unit_test(a_list_is_a_page_of_its_items),
        cmocka_unit_test(names_the_parameters_of_a_path),
        cmocka_unit_test(a_revision_that_must_be_named_may_be_missing_or_stale),
        cmocka_unit_test(no_two_operations_share_an_id_or_a_place),
        cmocka_unit_test(every_operation_has_a_handler),
        cmocka_unit_test(every_reply_is_described),
        cmocka_unit_test(whatever_is_no_get_is_audited),
        cmocka_unit_test(every_schema_of_a_request_is_known),
        cmocka_unit_test(schemas_are_json),
        cmocka_unit_test(every_operation_is_found_by_its_path),
        cmocka_unit_test(the_manual_lists_every_operation_with_its_role),
    };

    return cmocka_run_group_tests(tests, parse, forget);
}
