/* test_tree.c - JSON text becomes a tree that knows its places. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/tree.h"

static const struct tree *parse(struct tree_document *document, const char *text)
{
    struct dag_error err = {0};
    const struct tree *tree = tree_parse(document, text, strlen(text), 64, NULL, NULL, &err);

    if (!tree)
        print_message("%s\n", err.message);
    assert_non_null(tree);
    return tree;
}

static void places_count_lines_and_code_points(void **unused)
{
    struct tree_document *document = tree_document_new();
    const struct tree *root, *b, *list, *last;
    char pointer[64];

    (void)unused;
    root = parse(document, "\xef\xbb\xbf{\r\n \"\xc3\xa4\xf0\x9f\x98\x80\": 1, \"b\":\t[true,\n"
                           "  null, {\"a/~\": \"x\"} ] }");
    b = tree_get(root, "b");
    assert_int_equal(root->line, 1);
    assert_int_equal(root->column, 1);
    assert_int_equal(root->count, 2);
    assert_int_equal(root->child->key_line, 2);
    assert_int_equal(root->child->key_column, 2);
    assert_int_equal(root->child->column, 8);
    assert_int_equal(b->key_column, 11);
    assert_int_equal(b->column, 16);
    list = b->child;
    assert_int_equal(list->type, TREE_BOOL);
    assert_int_equal(list->next->type, TREE_NULL);
    assert_int_equal(list->next->line, 3);
    assert_int_equal(list->next->column, 3);
    last = list->next->next->child;
    assert_string_equal(last->key, "a/~");
    tree_pointer(last, pointer, sizeof(pointer));
    assert_string_equal(pointer, "/b/2/a~1~0");
    tree_pointer(root, pointer, sizeof(pointer));
    assert_string_equal(pointer, "");
    tree_document_free(document);
}

static void numbers_keep_their_kind(void **unused)
{
    static const struct {
        const char *text;
        enum tree_type type;
        int64_t integer;
        double real;
    } cases[] = {
        {"0", TREE_INT, 0, 0},
        {"-7", TREE_INT, -7, -7},
        {"9223372036854775807", TREE_INT, INT64_MAX, 9223372036854775807.0},
        {"9223372036854775808", TREE_BIGNUM, 0, 0},
        {"1e400", TREE_BIGNUM, 0, 0},
        {"2.5", TREE_DOUBLE, 0, 2.5},
        {"1E3", TREE_DOUBLE, 0, 1000},
        {"-0.0", TREE_DOUBLE, 0, 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tree_document *document = tree_document_new();
        const struct tree *tree = parse(document, cases[i].text);

        assert_int_equal(tree->type, cases[i].type);
        assert_int_equal(tree->integer, cases[i].integer);
        assert_true(tree->real == cases[i].real);
        assert_int_equal(tree->json_size, strlen(cases[i].text));
        if (tree->type == TREE_BIGNUM)
            assert_string_equal(tree->text, cases[i].text);
        tree_document_free(document);
    }
}

static void strings_are_decoded(void **unused)
{
    static const struct {
        const char *json, *text;
    } cases[] = {
        {"\"\"", ""},
        {"\"a\\n\\t\\\"\\\\\\/\\b\\f\\r\"", "a\n\t\"\\/\b\f\r"},
        {"\"\\u00e4\\ud83d\\ude00\"", "\xc3\xa4\xf0\x9f\x98\x80"},
        {"\"\\ud800x\"", "\xed\xa0\x80x"},
        {"\"\\ud800\\u0041\"", "\xed\xa0\x80"
                               "A"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tree_document *document = tree_document_new();
        const struct tree *tree = parse(document, cases[i].json);

        assert_int_equal(tree->type, TREE_TEXT);
        assert_string_equal(tree->text, cases[i].text);
        assert_int_equal(tree->text_size, strlen(cases[i].text));
        tree_document_free(document);
    }
}

static void every_value_has_its_compact_text(void **unused)
{
    struct tree_document *document = tree_document_new();
    const struct tree *root =
        parse(document, " { \"a\" : [ 1 , { \"b\" : \"c d\" } ] , \"e\" : {} }");
    const struct tree *a = tree_get(root, "a");

    (void)unused;
    assert_string_equal(root->json, "{\"a\":[1,{\"b\":\"c d\"}],\"e\":{}}");
    assert_int_equal(root->json_size, strlen(root->json));
    assert_memory_equal(a->json, "[1,{\"b\":\"c d\"}]", a->json_size);
    assert_memory_equal(a->child->next->json, "{\"b\":\"c d\"}", a->child->next->json_size);
    tree_document_free(document);
}

static void broken_text_is_refused_at_its_place(void **unused)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *part;
    } cases[] = {
        {"", 1, 1, "no JSON text"},
        {"  \n", 2, 1, "no JSON text"},
        {"{\"name\": \"broken\", \"nodes\": [\n", 2, 1, "ends where a value"},
        {"{\"a\": 1,}", 1, 9, "comma in front of '}'"},
        {"[1,]", 1, 4, "comma in front of ']'"},
        {"[1 2]", 1, 4, "comma or ']'"},
        {"{\"a\" 1}", 1, 6, "colon"},
        {"{a: 1}", 1, 2, "double quotes"},
        {"{\"a\": 1 \"b\": 2}", 1, 9, "comma or '}'"},
        {"{\"a\": 1", 1, 8, "ends inside an object"},
        {"[1", 1, 3, "ends inside an array"},
        {"\"abc", 1, 1, "does not end"},
        {"[\"abc\n\"]", 1, 2, "does not end on its line"},
        {"\"a\tb\"", 1, 3, "control character"},
        {"\"\\x\"", 1, 2, "escape"},
        {"\"\\u12g4\"", 1, 2, "four hexadecimal"},
        {"\"\xff\"", 1, 2, "UTF-8"},
        {"\"\xc0\x80\"", 1, 2, "UTF-8"},
        {"\"\xed\xa0\x80\"", 1, 2, "UTF-8"},
        {"01", 1, 1, "zero in front"},
        {"-", 1, 1, "not a JSON value"},
        {"1.", 1, 1, "behind its point"},
        {"1e", 1, 1, "exponent"},
        {"nul", 1, 1, "not a JSON value"},
        {"1 x", 1, 3, "behind the end"},
        {"[[[[[1]]]]]", 1, 5, "too deeply"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tree_document *document = tree_document_new();
        struct dag_error err = {0};
        uint32_t line = 0, column = 0;
        char prefix[64];

        assert_null(
            tree_parse(document, cases[i].text, strlen(cases[i].text), 4, &line, &column, &err));
        if (!strstr(err.message, cases[i].part) || line != cases[i].line ||
            column != cases[i].column)
            fail_msg("case %zu '%s': %s", i, cases[i].text, err.message);
        snprintf(prefix, sizeof(prefix), "line %u, column %u: ", line, column);
        assert_memory_equal(err.message, prefix, strlen(prefix));
        tree_document_free(document);
    }
}

static bool shout(void *context, struct tree_document *document, const struct tree *at,
                  const char **text, size_t *size, bool *substituted, struct dag_error *err)
{
    (void)context;
    (void)err;
    if (!at->key || strcmp(at->key, "loud") != 0)
        return true;
    *text = tree_copy(document, "A\"B", 3);
    *size = 3;
    *substituted = true;
    return *text != NULL;
}

static void a_hook_replaces_texts_in_value_and_json(void **unused)
{
    static const char text[] = "{\"loud\": \"x\", \"list\": [{\"loud\": \"y\"}, \"loud\"]}";
    struct tree_document *document = tree_document_new();
    const struct tree_hooks hooks = {shout, NULL};
    struct dag_error err = {0};
    const struct tree *root =
        tree_parse_with(document, text, sizeof(text) - 1, 8, &hooks, NULL, NULL, &err);

    (void)unused;
    assert_non_null(root);
    assert_string_equal(root->json,
                        "{\"loud\":\"A\\\"B\",\"list\":[{\"loud\":\"A\\\"B\"},\"loud\"]}");
    assert_string_equal(tree_get(root, "loud")->text, "A\"B");
    assert_true(tree_get(root, "loud")->substituted);
    tree_document_free(document);
}

static void an_object_of_members_keeps_their_places(void **unused)
{
    struct tree_document *document = tree_document_new();
    const struct tree *root = parse(document, "{\"a\": {\"x\": 1}, \"b\\u0041\": [2]}");
    const struct tree *members[] = {root->child->next, root->child->child};
    const struct tree *object = tree_object_of(document, root, members, 2);
    char pointer[32];

    (void)unused;
    assert_non_null(object);
    assert_int_equal(object->count, 2);
    assert_memory_equal(object->json, "{\"b\\u0041\":[2],\"x\":1}", object->json_size);
    assert_int_equal(tree_get(object, "x")->integer, 1);
    tree_pointer(tree_get(object, "x"), pointer, sizeof(pointer));
    assert_string_equal(pointer, "/a/x");
    tree_document_free(document);
}

static void the_last_of_equal_keys_is_found(void **unused)
{
    struct tree_document *document = tree_document_new();
    const struct tree *root = parse(document, "{\"a\": 1, \"a\": 2}");

    (void)unused;
    assert_int_equal(tree_get(root, "a")->integer, 2);
    assert_null(tree_get(root, "b"));
    assert_null(tree_get(NULL, "a"));
    assert_null(tree_get(root->child, "a"));
    tree_document_free(document);
}

static void a_long_pointer_is_cut(void **unused)
{
    struct tree_document *document = tree_document_new();
    const struct tree *root = parse(document, "{\"abcdef\": {\"ghi\": 1}}");
    char pointer[8];

    (void)unused;
    tree_pointer(root->child->child, pointer, sizeof(pointer));
    assert_string_equal(pointer, "/abcdef");
    tree_document_free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_count_lines_and_code_points),
        cmocka_unit_test(numbers_keep_their_kind),
        cmocka_unit_test(strings_are_decoded),
        cmocka_unit_test(every_value_has_its_compact_text),
        cmocka_unit_test(broken_text_is_refused_at_its_place),
        cmocka_unit_test(a_hook_replaces_texts_in_value_and_json),
        cmocka_unit_test(an_object_of_members_keeps_their_places),
        cmocka_unit_test(the_last_of_equal_keys_is_found),
        cmocka_unit_test(a_long_pointer_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
