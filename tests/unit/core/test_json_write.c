/* test_json_write.c - rows to JSON text, and the buffer that it is written to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dag/json.h"

static void check_value(const struct dag_value *value, const char *json)
{
    struct dag_buffer buffer = {0};

    assert_true(dag_json_write_value(&buffer, value));
    assert_true(dag_buffer_append(&buffer, "", 1));
    assert_string_equal(buffer.bytes, json);
    dag_buffer_free(&buffer);
}

static void decoded_text_is_escaped_where_it_must_be(void **unused)
{
    static const struct {
        const char *text;
        size_t size;
        const char *json;
    } cases[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"sixteen bytes of text, and more of it", 37, "\"sixteen bytes of text, and more of it\""},
        {"a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\""},
        {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
        {"\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\x7f\""},
        {"Gr\xc3\xbc\xc3\x9f\x65 \xf0\x9f\x98\x80 \xe2\x80\xa8", 16,
         "\"Gr\xc3\xbc\xc3\x9f\x65 \xf0\x9f\x98\x80 \xe2\x80\xa8\""},
        {"\xed\xa0\x80 \xed\xbf\xbf", 7, "\"\\ud800 \\udfff\""},
        {"\xed\x9f\xbf\xee\x80\x80", 6, "\"\xed\x9f\xbf\xee\x80\x80\""},
        {"sixteen bytes of text, then \"", 29, "\"sixteen bytes of text, then \\\"\""},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        /* exactly as long as the text, so that the sanitizer sees a read past its end */
        char *copy = malloc(cases[i].size ? cases[i].size : 1);
        assert_non_null(copy);
        memcpy(copy, cases[i].text, cases[i].size);
        struct dag_value value = dag_value_text(copy, (uint32_t)cases[i].size);
        check_value(&value, cases[i].json);
        free(copy);
    }
}

static void other_values_are_written_as_they_are(void **unused)
{
    struct dag_value big = {.type = DAG_TYPE_BIGNUM, .size = 5, .as = {.text = "1e400"}};
    struct dag_value nested = {.type = DAG_TYPE_NESTED, .size = 7, .as = {.text = "[1,{}]\n"}};
    struct dag_value escaped = {
        .type = DAG_TYPE_TEXT, .form = DAG_TEXT_ESCAPED, .size = 4, .as = {.text = "\\/\\n"}};
    struct dag_value plain = {
        .type = DAG_TYPE_TEXT, .form = DAG_TEXT_PLAIN, .size = 3, .as = {.text = "a\xc3\xa9"}};
    struct dag_value values[] = {dag_value_null(), dag_value_bool(true), dag_value_bool(false),
                                 dag_value_int(INT64_MIN), dag_value_double(30)};
    static const char *const json[] = {"null", "true", "false", "-9223372036854775808", "30.0"};

    (void)unused;
    nested.size = 6;
    check_value(&big, "1e400");
    check_value(&nested, "[1,{}]");
    check_value(&escaped, "\"\\/\\n\"");
    check_value(&plain, "\"a\xc3\xa9\"");
    for (size_t i = 0; i < 5; i++)
        check_value(&values[i], json[i]);
}

/* Decoded text of any length, cut into pieces at any byte of a long sequence. */
static void long_decoded_text_comes_back(void **unused)
{
    static const char unit[] = "\xf0\x9f\x98\x80\"\xe2\x82\xac\xed\xa0\x80\n";

    (void)unused;
    for (size_t front = 0; front < 16; front++) {
        size_t size = front + 3000 * (sizeof(unit) - 1);
        char *text = malloc(size), *decoded = malloc(size * 6);
        struct dag_batch *batch = dag_batch_new();
        struct dag_buffer buffer = {0};
        struct dag_error err = {0};
        struct dag_value parsed;

        assert_true(text && decoded && batch);
        memset(text, 'a', front);
        for (size_t at = front; at < size; at += sizeof(unit) - 1)
            memcpy(text + at, unit, sizeof(unit) - 1);
        struct dag_value value = dag_value_text(text, (uint32_t)size);
        assert_true(dag_json_write_value(&buffer, &value));
        assert_true(dag_json_parse_value(batch, buffer.bytes, buffer.size, &parsed, &err));
        assert_true(dag_value_equal(&parsed, &value));
        assert_int_equal(dag_text_decode(&parsed, decoded), size);
        assert_memory_equal(decoded, text, size);
        dag_buffer_free(&buffer);
        dag_batch_unref(batch);
        free(text);
        free(decoded);
    }
}

static void rows_of_any_size_are_written_whole(void **unused)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_value values[200];
    const struct dag_name *names[200];
    struct dag_buffer buffer = {0}, expected = {0};

    (void)unused;
    for (size_t i = 0; i < 200; i++) {
        char name[64];
        memset(name, 'n', sizeof(name));
        name[0] = (char)('A' + i % 26);
        name[1] = (char)('a' + i / 26);
        names[i] = dag_name_intern(name, 2 + i % 60, batch);
        values[i] =
            i % 3 == 0 ? dag_value_int((int64_t)i) : dag_value_text(names[i]->text, names[i]->size);
        assert_true(dag_buffer_append(&expected, i == 0 ? "{" : ",", 1));
        assert_true(dag_buffer_append(&expected, names[i]->json, names[i]->json_size));
        assert_true(dag_json_write_value(&expected, &values[i]));
    }
    assert_true(dag_buffer_append(&expected, "}\n", 2));
    struct dag_row row = {dag_shape_of(names, 200, batch), values};
    for (int i = 0; i < 3; i++) {
        buffer.size = 0;
        assert_true(dag_json_write_lines(&buffer, &row, 1));
        assert_int_equal(buffer.size, expected.size);
        assert_memory_equal(buffer.bytes, expected.bytes, expected.size);
    }
    dag_buffer_free(&buffer);
    dag_buffer_free(&expected);
    dag_batch_unref(batch);
}

static void an_empty_row_is_an_empty_object(void **unused)
{
    struct dag_row row = {dag_shape_empty(), NULL};
    struct dag_buffer buffer = {0};

    (void)unused;
    assert_true(dag_json_write_row(&buffer, &row));
    assert_int_equal(buffer.size, 2);
    assert_memory_equal(buffer.bytes, "{}", 2);
    dag_buffer_free(&buffer);
}

static void a_buffer_grows_and_refuses_the_impossible(void **unused)
{
    struct dag_buffer buffer = {0};

    (void)unused;
    for (int i = 0; i < 10000; i++)
        assert_true(dag_buffer_append(&buffer, "abc", 3));
    assert_int_equal(buffer.size, 30000);
    assert_memory_equal(buffer.bytes + 29997, "abc", 3);
    assert_false(dag_buffer_reserve(&buffer, SIZE_MAX));
    assert_false(dag_buffer_reserve(&buffer, SIZE_MAX / 2));
    assert_int_equal(buffer.size, 30000);
    assert_true(dag_buffer_append(&buffer, NULL, 0));
    dag_buffer_free(&buffer);
    dag_buffer_free(&buffer);
    dag_buffer_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoded_text_is_escaped_where_it_must_be),
        cmocka_unit_test(other_values_are_written_as_they_are),
        cmocka_unit_test(long_decoded_text_comes_back),
        cmocka_unit_test(rows_of_any_size_are_written_whole),
        cmocka_unit_test(an_empty_row_is_an_empty_object),
        cmocka_unit_test(a_buffer_grows_and_refuses_the_impossible),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
