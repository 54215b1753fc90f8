/* test_edit.c - a definition is changed where a pointer leads, and nowhere else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/edit.h"

static const char before[] = "{\"a\": 1, \"b\" : {\"c/d\": [1, {\"e\": \"\\\"}\"}]},\n \"f\": []}";

static void a_pointer_sets_adds_and_removes(void **unused)
{
    (void)unused;
    static const struct {
        const char *pointer, *json, *after;
    } cases[] = {
        {"/a", "2", "{\"a\": 2, \"b\" : {\"c/d\": [1, {\"e\": \"\\\"}\"}]},\n \"f\": []}"},
        {"/b/c~1d/1/e", "null", "{\"a\": 1, \"b\" : {\"c/d\": [1, {\"e\": null}]},\n \"f\": []}"},
        {"/b/c~1d/-", "3",
         "{\"a\": 1, \"b\" : {\"c/d\": [1, {\"e\": \"\\\"}\"}, 3]},\n \"f\": []}"},
        {"/f/-", "3", "{\"a\": 1, \"b\" : {\"c/d\": [1, {\"e\": \"\\\"}\"}]},\n \"f\": [3]}"},
        {"/g", "{}",
         "{\"g\": {}, \"a\": 1, \"b\" : {\"c/d\": [1, {\"e\": \"\\\"}\"}]},\n \"f\": []}"},
        {"/a", NULL, "{\"b\" : {\"c/d\": [1, {\"e\": \"\\\"}\"}]},\n \"f\": []}"},
        {"/f", NULL, "{\"a\": 1, \"b\" : {\"c/d\": [1, {\"e\": \"\\\"}\"}]}}"},
        {"/b/c~1d", NULL, "{\"a\": 1, \"b\" : {},\n \"f\": []}"},
        {"/none", NULL, before},
        {"", "7", "7"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct graph_text text = {.text = strdup(before), .size = sizeof(before) - 1};
        struct dag_error err = {0};

        assert_true(edit_set(&text, cases[i].pointer, cases[i].json, &err));
        assert_string_equal(text.text, cases[i].after);
        assert_int_equal(text.size, strlen(text.text));
        free(text.text);
    }
}

static void a_pointer_that_leads_nowhere_is_told(void **unused)
{
    (void)unused;
    static const struct {
        const char *pointer, *message;
    } cases[] = {
        {"/x/y", "nothing stands at '/x'"}, {"/a/b", "there is no 'b' here"},
        {"/f/0", "there is no '0' here"},   {"a", "'a' is no JSON pointer: it begins with '/'"},
        {"/k\"", "there is no 'k\"' here"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct graph_text text = {.text = strdup(before), .size = sizeof(before) - 1};
        struct dag_error err = {0};

        assert_false(edit_set(&text, cases[i].pointer, "1", &err));
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(text.text, before);
        free(text.text);
    }
}

static void values_are_replaced_in_one_pass(void **unused)
{
    (void)unused;
    static const char json[] = "{\"\u00e4\": \"\u00f6\", \"a\": {\"x\": [1]},\n  \"b\":\"\\\"\"}";
    struct tree_document *document = tree_document_new();
    struct graph_text text = {.text = strdup(json), .size = sizeof(json) - 1};
    struct dag_error err = {0};
    const struct tree *root = tree_parse(document, json, sizeof(json) - 1, 8, NULL, NULL, &err);

    assert_non_null(root);
    const struct edit_value edits[] = {{tree_get(root, "\u00e4"), "\"***\""},
                                       {tree_get(root, "a"), "2"},
                                       {tree_get(root, "b"), "\"\""}};
    assert_true(edit_replace_all(&text, edits, 3, &err));
    assert_string_equal(text.text, "{\"\u00e4\": \"***\", \"a\": 2,\n  \"b\":\"\"}");
    assert_int_equal(text.size, strlen(text.text));
    free(text.text);
    tree_document_free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_replaced_in_one_pass),
        cmocka_unit_test(a_pointer_sets_adds_and_removes),
        cmocka_unit_test(a_pointer_that_leads_nowhere_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
