/* test_component_list.c - every component is listed with a schema, its defaults and an example that
 * passes the check. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calculators/registry.h"
#include "connectors/registry.h"
#include "core/tree.h"
#include "graph/check.h"
#include "graph/component_list.h"
#include "transformers/registry.h"

/* What the examples of nodes name. */
#define OTHERS                                                                                     \
    "\"subscribers\":[{\"name\":\"my_subscriber\",\"config\":{\"source\":\"mem://queue/a\"}}],"    \
    "\"publishers\":[{\"name\":\"my_publisher\",\"config\":{\"destination\":\"mem://queue/b\"}}],"

static const struct registry registry = {.calculators = calculators_builtin,
                                         .transformers = transformers_builtin,
                                         .subscribers = connectors_subscribers,
                                         .publishers = connectors_publishers};

struct list {
    struct dag_buffer text;
    struct tree_document *document;
    const struct tree *root;
};

static struct list list_of(struct dag_buffer text)
{
    struct list list = {.text = text, .document = tree_document_new()};
    struct dag_error err = {0};

    list.root = tree_parse(list.document, text.bytes, text.size, 100, NULL, NULL, &err);
    if (!list.root)
        fail_msg("%s", err.message);
    return list;
}

static struct list list_all(void)
{
    struct dag_buffer text = {0};

    assert_true(component_list_write(&registry, &text));
    return list_of(text);
}

static void list_free(struct list *list)
{
    dag_buffer_free(&list->text);
    tree_document_free(list->document);
}

static const char *text_of(const struct tree *item, const char *key)
{
    const struct tree *member = tree_get(item, key);

    assert_non_null(member);
    return member->text;
}

static void lists_each_type_once_and_finds_it(void **unused)
{
    (void)unused;
    static const char *const expected[] = {
        "subscriber mem",         "subscriber kafka",
        "publisher file",         "calculator AdditionCalculator",
        "node SubscriptionNode",  "transformer NullDataTransformer",
        "publisher redischannel",
    };
    struct list list = list_all();
    const struct tree *items = tree_get(list.root, "items");
    bool seen[sizeof(expected) / sizeof(expected[0])] = {false};
    char word[200];

    assert_int_equal(tree_get(list.root, "total")->integer, items->count);
    for (const struct tree *item = items->child; item; item = item->next) {
        struct dag_buffer one = {0};
        bool found = false;
        snprintf(word, sizeof(word), "%s %s", text_of(item, "kind"), text_of(item, "type"));
        for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
            seen[i] |= strcmp(word, expected[i]) == 0;
        for (const struct tree *other = item->next; other; other = other->next)
            assert_false(strcmp(text_of(other, "kind"), text_of(item, "kind")) == 0 &&
                         strcmp(text_of(other, "type"), text_of(item, "type")) == 0);
        assert_true(component_list_write_one(&registry, text_of(item, "kind"),
                                             text_of(item, "type"), &found, &one));
        assert_true(found && one.size > 0);
        dag_buffer_free(&one);
    }
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        if (!seen[i])
            fail_msg("%s is not listed", expected[i]);
    list_free(&list);
}

static void finds_no_type_of_another_kind(void **unused)
{
    (void)unused;
    struct dag_buffer out = {0};
    bool found = true;

    assert_true(
        component_list_write_one(&registry, "publisher", "AdditionCalculator", &found, &out));
    assert_false(found);
    assert_int_equal(out.size, 0);
}

static void has_a_schema_for_each_default(void **unused)
{
    (void)unused;
    struct list list = list_all();

    for (const struct tree *item = tree_get(list.root, "items")->child; item; item = item->next) {
        const struct tree *schema = tree_get(item, "schema");
        const struct tree *properties = tree_get(schema, "properties");
        const struct tree *required = tree_get(schema, "required");
        assert_string_equal(text_of(schema, "type"), "object");
        for (const struct tree *one = properties->child; one; one = one->next)
            assert_non_null(tree_get(tree_get(one, "x-ui"), "order"));
        for (const struct tree *one = tree_get(item, "defaults")->child; one; one = one->next)
            if (!tree_get(properties, one->key))
                fail_msg("%s: default of '%s' is not in the schema", text_of(item, "type"),
                         one->key);
        for (const struct tree *one = required ? required->child : NULL; one; one = one->next)
            assert_non_null(tree_get(properties, one->text));
    }
    list_free(&list);
}

/* No plug-in stands behind the example of what plug-ins bring. */
static bool is_fault(const struct problem *problem)
{
    if (strcmp(problem->code, "needs_plugin") == 0)
        return false;
    return problem->severity == PROBLEM_ERROR || strncmp(problem->code, "unknown", 7) == 0;
}

/* A DAG with the example in the list where it belongs. */
static void assert_example_is_valid(const struct tree *item)
{
    const char *kind = text_of(item, "kind");
    const struct tree *example = tree_get(item, "example");
    struct problems problems = {0};
    struct dag_error err = {0};
    const char *others = strcmp(kind, "node") == 0 ? OTHERS : "";
    char *text;

    assert_true(asprintf(&text, "{\"name\":\"d\",%s\"%ss\":[%.*s]}", others, kind,
                         (int)example->json_size, example->json) > 0);
    struct plan *plan = graph_check(text, strlen(text), &registry, NULL, &problems, &err);
    for (size_t i = 0; i < problems.count; i++)
        if (is_fault(&problems.items[i]))
            fail_msg("%s: %s (%s)", text, problems.items[i].message, problems.items[i].code);
    assert_true(plan || problems.error_count > 0);
    plan_free(plan);
    problems_free(&problems);
    free(text);
}

static void gives_examples_that_pass_the_check(void **unused)
{
    (void)unused;
    struct list list = list_all();

    for (const struct tree *item = tree_get(list.root, "items")->child; item; item = item->next)
        assert_example_is_valid(item);
    list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_each_type_once_and_finds_it),
        cmocka_unit_test(finds_no_type_of_another_kind),
        cmocka_unit_test(has_a_schema_for_each_default),
        cmocka_unit_test(gives_examples_that_pass_the_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
