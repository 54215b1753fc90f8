/* test_value.c - values: decoded text, equality at every depth, names of types, walking. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/value.h"
#include "dag/json.h"

static int setup(void **state)
{
    *state = dag_batch_new();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    dag_batch_unref(*state);
    return 0;
}

static struct dag_value parse(struct dag_batch *batch, const char *text)
{
    struct dag_error err = {0};
    struct dag_value value;

    if (!dag_json_parse_value(batch, text, strlen(text), &value, &err))
        fail_msg("%s: %s", text, err.message);
    return value;
}

static void text_decodes(void **state)
{
    static const struct {
        const char *json, *text;
        size_t size;
    } cases[] = {
        {"\"\"", "", 0},
        {"\"abc\"", "abc", 3},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8},
        {"\"a\\u0041z\"", "aAz", 3},
        {"\"\\u0000\"", "\0", 1},
        {"\"x\\u0000y\"", "x\0y", 3},
        {"\"\\u00e9\\u00E9\"", "\xc3\xa9\xc3\xa9", 4},
        {"\"\\u20ac\"", "\xe2\x82\xac", 3},
        {"\"\\uffff\"", "\xef\xbf\xbf", 3},
        {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4},
        {"\"\\uD800\\uDC00\"", "\xf0\x90\x80\x80", 4},
        {"\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf", 4},
        {"\"\\ud83d\"", "\xed\xa0\xbd", 3},
        {"\"\\ude00\"", "\xed\xb8\x80", 3},
        {"\"\\ud83d!\"", "\xed\xa0\xbd!", 4},
        {"\"\\ude00\\ud83d\"", "\xed\xb8\x80\xed\xa0\xbd", 6},
        {"\"\\ud83d\\ud83d\\ude00\"", "\xed\xa0\xbd\xf0\x9f\x98\x80", 7},
        {"\"\\ud83d\\n\"", "\xed\xa0\xbd\n", 4},
        {"\"\xc3\xa9\\n\xc3\xa9\"", "\xc3\xa9\n\xc3\xa9", 5},
    };
    char out[64];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_value value = parse(*state, cases[i].json);
        struct dag_value raw = dag_value_text(cases[i].text, (uint32_t)cases[i].size);

        assert_int_equal(value.type, DAG_TYPE_TEXT);
        assert_true(dag_text_decode_bound(&value) >= cases[i].size);
        assert_int_equal(dag_text_decode(&value, out), cases[i].size);
        assert_memory_equal(out, cases[i].text, cases[i].size);
        assert_true(dag_text_equals(&value, cases[i].text, cases[i].size));
        assert_true(dag_text_equals(&raw, cases[i].text, cases[i].size));
        assert_false(dag_text_equals(&value, "something else", 14));
        if (cases[i].size > 0)
            assert_false(dag_text_equals(&value, cases[i].text, cases[i].size - 1));
        assert_true(dag_value_equal(&value, &raw));
        assert_true(dag_value_equal(&raw, &value));
    }
}

static void lone_surrogates_are_written_as_they_came(void **state)
{
    struct dag_value value = dag_value_text("\xed\xa0\xbd|\xed\xb8\x80", 7);
    struct dag_buffer buffer = {0};

    (void)state;
    assert_true(dag_json_write_value(&buffer, &value));
    assert_int_equal(buffer.size, 15);
    assert_memory_equal(buffer.bytes, "\"\\ud83d|\\ude00\"", 15);
    dag_buffer_free(&buffer);
}

static void text_is_ordered_by_its_decoded_bytes(void **state)
{
    static const char *const ascending[] = {"\"\"",
                                            "\"\\u0000\"",
                                            "\"\\n\"",
                                            "\" \"",
                                            "\"\\u0041\"",
                                            "\"A\\u0041\"",
                                            "\"AAA\"",
                                            "\"B\"",
                                            "\"Ba\\tb\"",
                                            "\"Ba\\tbc\"",
                                            "\"\\u00e9\"",
                                            "\"\xe2\x82\xac\"",
                                            "\"\\ud83d\\ude00\""};
    size_t count = sizeof(ascending) / sizeof(ascending[0]);

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            struct dag_value a = parse(*state, ascending[i]), b = parse(*state, ascending[k]);
            int order = value_text_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

static void equal_means_the_same_type_and_value_at_every_depth(void **state)
{
    static const struct {
        const char *a, *b;
        bool is_equal;
    } cases[] = {
        {"1", "1", true},
        {"1", "2", false},
        {"1", "1.0", false},
        {"1", "true", false},
        {"0", "false", false},
        {"0", "null", false},
        {"null", "null", true},
        {"1.0", "1.00", true},
        {"0.0", "-0.0", true},
        {"0", "-0", true},
        {"100.0", "1e2", true},
        {"1e400", "1e400", true},
        {"1e400", "10e399", false},
        {"\"1\"", "1", false},
        {"true", "true", true},
        {"true", "false", false},
        {"null", "false", false},
        {"\"a\"", "\"\\u0061\"", true},
        {"\"a\"", "\"b\"", false},
        {"\"\"", "[]", false},
        {"99999999999999999999", "99999999999999999999", true},
        {"99999999999999999999", "99999999999999999998", false},
        {"[]", "[]", true},
        {"[]", "{}", false},
        {"[]", "[[]]", false},
        {"[1]", "[1,1]", false},
        {"[1,2]", "[2,1]", false},
        {"[1,2]", "[ 1 , 2 ]", true},
        {"[1]", "[1.0]", false},
        {"[1.5]", "[15e-1]", true},
        {"[\"a\"]", "[\"\\u0061\"]", true},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
        {"{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1}", false},
        {"{\"a\":null}", "{}", false},
        {"{}", "{\"a\":null}", false},
        {"{\"a\":1,\"a\":2}", "{\"a\":2}", true},
        {"{\"a\":1,\"a\":2}", "{\"a\":1}", false},
        {"{\"a\":1,\"\\u0061\":2}", "{\"a\":2}", true},
        {"{\"a\":[{\"x\":1,\"y\":[2]}]}", "{\"a\":[{\"y\":[2],\"x\":1}]}", true},
        {"{\"a\":[{\"x\":1,\"y\":[2]}]}", "{\"a\":[{\"y\":[3],\"x\":1}]}", false},
        {"[[1],[2]]", "[[1,[2]]]", false},
        {"[{},[]]", "[[],{}]", false},
        {"{\"a\":{\"b\":{}},\"c\":1}", "{\"c\":1,\"a\":{\"b\":{}}}", true},
        {"{\"a\":{},\"b\":1}", "{\"b\":{},\"a\":1}", false},
        {"{\"\\ud83d\":1}", "{\"\\ud83d\":1.0}", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_value a = parse(*state, cases[i].a), b = parse(*state, cases[i].b);

        if (dag_value_equal(&a, &b) != cases[i].is_equal ||
            dag_value_equal(&b, &a) != cases[i].is_equal)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        assert_true(dag_value_equal(&a, &a));
        assert_true(dag_value_equal(&b, &b));
    }
}

/* Members forwards and backwards; each key twice, the first time with another value. */
static void big_objects_are_compared_soon(void **state)
{
    size_t count = 200000;
    char *a = malloc(count * 40), *b = malloc(count * 40), *out_a = a, *out_b = b;

    assert_true(a && b);
    *out_a++ = *out_b++ = '{';
    for (size_t i = 0; i < count; i++) {
        out_a += sprintf(out_a, "\"key%zu\":0,", i);
        out_b += sprintf(out_b, "\"key%zu\":%zu,", count - 1 - i, count - 1 - i);
    }
    for (size_t i = 0; i < count; i++)
        out_a += sprintf(out_a, "\"key%zu\":%zu,", i, i);
    memcpy(out_a - 1, "}", 2);
    memcpy(out_b - 1, "}", 2);
    struct dag_value value_a = parse(*state, a), value_b = parse(*state, b);
    assert_true(dag_value_equal(&value_a, &value_b));
    b[strlen(b) - 2] = '1'; /* the value of key0 */
    value_b = parse(*state, b);
    assert_false(dag_value_equal(&value_a, &value_b));
    free(a);
    free(b);
}

static void depth_costs_no_stack(void **state)
{
    size_t depth = 200000;
    char *text = malloc(depth * 6 + 2), *out = text;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < depth; i++, out += 5)
        memcpy(out, "{\"a\":", 5);
    *out++ = '1';
    memset(out, '}', depth);
    struct dag_value a = {.type = DAG_TYPE_NESTED, .size = (uint32_t)(depth * 6 + 1)}, b = a;
    a.as.text = text;
    char *other = malloc(depth * 6 + 1);
    assert_non_null(other);
    memcpy(other, text, depth * 6 + 1);
    other[depth * 5] = '2';
    b.as.text = other;
    assert_true(dag_value_equal(&a, &a));
    assert_false(dag_value_equal(&a, &b));
    free(text);
    free(other);
}

/* A plug-in's own nested text may be anything. */
static void broken_nested_text_does_no_harm(void **state)
{
    static const char *const cases[] = {
        "",    "[",     "{",       "[1",    "[1,",   "{\"a",      "{\"a\"", "{\"a\":",
        "{1}", "[\"\\", "[\"\\u1", "[}",    "{]",    "[1}",       "[tru",   "{\"a\":1,",
        "]",   "x",     "[1]]",    "[[[1]", "[\"a]", "{\"a\" 1}", "[1 2]",  "[,]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
            size_t size_a = strlen(cases[i]), size_b = strlen(cases[k]), cursor = 0;
            char *a = malloc(size_a + 1), *b = malloc(size_b + 1);
            memcpy(a, cases[i], size_a);
            memcpy(b, cases[k], size_b);
            char *exact_a = realloc(a, size_a ? size_a : 1);
            char *exact_b = realloc(b, size_b ? size_b : 1);
            struct dag_value value_a = {.type = DAG_TYPE_NESTED, .size = (uint32_t)size_a};
            struct dag_value value_b = {.type = DAG_TYPE_NESTED, .size = (uint32_t)size_b};
            struct dag_value element, key;
            value_a.as.text = exact_a;
            value_b.as.text = exact_b;
            assert_int_equal(dag_value_equal(&value_a, &value_b), i == k);
            while (dag_json_next(&value_a, &cursor, &key, &element))
                assert_true(cursor <= size_a);
            free(exact_a);
            free(exact_b);
        }
    }
}

static void nested_values_can_be_walked(void **state)
{
    struct dag_value nested =
        parse(*state, "[1, \"a]\\\"\\\\\", {\"x\": [2]}, null, true, false, -1.5, [], \"\"]");
    static const char *const json[] = {"1",     "\"a]\\\"\\\\\"", "{\"x\":[2]}", "null", "true",
                                       "false", "-1.5",           "[]",          "\"\""};
    struct dag_value element, key;
    struct dag_buffer buffer = {0};
    size_t cursor = 0, count = 0;

    for (; dag_json_next(&nested, &cursor, &key, &element); count++) {
        buffer.size = 0;
        assert_true(dag_json_write_value(&buffer, &element));
        assert_int_equal(buffer.size, strlen(json[count]));
        assert_memory_equal(buffer.bytes, json[count], buffer.size);
    }
    assert_int_equal(count, 9);

    nested = parse(*state, "{\"a\":1,\"b\\n\":{\"c\":2},\"\":[3]}");
    cursor = 0;
    assert_true(dag_json_next(&nested, &cursor, &key, &element));
    assert_true(dag_text_equals(&key, "a", 1));
    assert_int_equal(element.as.integer, 1);
    assert_true(dag_json_next(&nested, &cursor, &key, &element));
    assert_true(dag_text_equals(&key, "b\n", 2));
    assert_int_equal(element.type, DAG_TYPE_NESTED);
    assert_true(dag_json_next(&nested, &cursor, NULL, &element));
    assert_int_equal(element.size, 3);
    assert_false(dag_json_next(&nested, &cursor, &key, &element));
    assert_false(dag_json_next(&nested, &cursor, &key, &element));

    cursor = 0;
    nested = parse(*state, "{}");
    assert_false(dag_json_next(&nested, &cursor, &key, &element));
    nested = parse(*state, "[]");
    assert_false(dag_json_next(&nested, &cursor, &key, &element));
    nested = parse(*state, "\"no nested value\"");
    assert_false(dag_json_next(&nested, &cursor, &key, &element));
    dag_buffer_free(&buffer);
}

static void types_have_names(void **state)
{
    static const struct {
        const char *json, *name;
    } cases[] = {{"null", "null"},        {"true", "boolean"}, {"1", "integer"}, {"1.0", "double"},
                 {"1e400", "big number"}, {"\"\"", "text"},    {"{}", "object"}, {"[]", "array"}};
    struct dag_value missing = {0};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_value value = parse(*state, cases[i].json);
        assert_string_equal(dag_value_type_name(&value), cases[i].name);
    }
    assert_string_equal(dag_value_type_name(&missing), "missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_decodes, setup, teardown),
        cmocka_unit_test_setup_teardown(lone_surrogates_are_written_as_they_came, setup, teardown),
        cmocka_unit_test_setup_teardown(text_is_ordered_by_its_decoded_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(equal_means_the_same_type_and_value_at_every_depth, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(big_objects_are_compared_soon, setup, teardown),
        cmocka_unit_test_setup_teardown(depth_costs_no_stack, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_nested_text_does_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(nested_values_can_be_walked, setup, teardown),
        cmocka_unit_test_setup_teardown(types_have_names, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
