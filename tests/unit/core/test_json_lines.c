/* test_json_lines.c - lines to rows: blank, broken, long and unended lines, and every split. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dag/json.h"

/* What lines became, as text: a line each, `offset flags row`, or the reason for a rejected one. */
struct result {
    struct dag_buffer text;
    size_t consumed;
};

static void print_row(struct dag_buffer *out, const struct dag_row *row, struct dag_origin origin)
{
    char front[64];

    snprintf(front, sizeof(front), "%llu.%u.%u ", (unsigned long long)origin.offset, origin.lane,
             origin.flags);
    assert_true(dag_buffer_append(out, front, strlen(front)));
    if (origin.flags & DAG_ORIGIN_REJECTED) {
        assert_null(row->shape);
        assert_true(dag_buffer_append(out, row->values[0].as.text, row->values[0].size));
        assert_true(dag_buffer_append(out, " # ", 3));
        assert_true(dag_buffer_append(out, row->values[1].as.text, row->values[1].size));
        assert_true(dag_buffer_append(out, "\n", 1));
    } else {
        assert_true(dag_json_write_lines(out, row, 1));
    }
}

/* What stands behind a text, and must not matter. */
static char behind_the_text = '1';

/* Parses in a batch of its own, from memory that ends with the padding. */
static void parse_part(struct dag_json_parser *parser, const char *text, size_t size, bool is_last,
                       uint64_t offset, struct result *result)
{
    struct dag_batch *batch = dag_batch_new();
    char *copy = malloc(size + DAG_JSON_PADDING);
    struct dag_error err = {0};

    assert_non_null(batch);
    assert_non_null(copy);
    memcpy(copy, text, size);
    memset(copy + size, behind_the_text, DAG_JSON_PADDING);
    assert_true(dag_json_parse_lines(parser, batch, copy, size, is_last,
                                     (struct dag_origin){.offset = offset, .lane = 7},
                                     &result->consumed, &err));
    for (size_t i = 0; i < dag_batch_row_count(batch); i++)
        print_row(&result->text, &dag_batch_rows(batch)[i], dag_batch_origins(batch)[i]);
    dag_batch_unref(batch);
    free(copy);
}

static void check(const char *text, bool is_last, size_t consumed, const char *rows)
{
    struct dag_json_parser *parser = dag_json_parser_new(64);
    struct result result = {0};

    parse_part(parser, text, strlen(text), is_last, 100, &result);
    assert_true(dag_buffer_append(&result.text, "", 1));
    assert_string_equal(result.text.bytes, rows);
    assert_int_equal(result.consumed, consumed);
    dag_buffer_free(&result.text);
    dag_json_parser_free(parser);
}

static void each_line_is_a_message(void **unused)
{
    (void)unused;
    check("{\"a\":1}\n{\"a\":\"b\"}\n[1]\n7\n", false, 24,
          "108.7.0 {\"a\":1}\n118.7.0 {\"a\":\"b\"}\n122.7.0 [1]\n124.7.0 7\n");
}

static void blank_lines_are_skipped(void **unused)
{
    (void)unused;
    check("\n \t\r\n{\"a\":1}\r\n\n", false, 15, "114.7.0 {\"a\":1}\n");
    check("\n\n", true, 2, "");
    check("  ", true, 2, "");
    check("", true, 0, "");
}

static void an_unended_line_waits_unless_it_is_the_last(void **unused)
{
    (void)unused;
    check("{\"a\":1}\n{\"a\":2}", false, 8, "108.7.0 {\"a\":1}\n");
    check("{\"a\":2}", false, 0, "");
    check("{\"a\":1}\n{\"a\":2}", true, 15, "108.7.0 {\"a\":1}\n115.7.0 {\"a\":2}\n");
    check("12", true, 2, "102.7.0 12\n");
    check("{\"a\":1}\n{\"a\":2", true, 14,
          "108.7.0 {\"a\":1}\n114.7.1 {\"a\":2 # byte 7: the text ends too soon\n");
    check("{\"a\":\"x", true, 7, "107.7.1 {\"a\":\"x # byte 8: the text ends too soon\n");
    check("{\"a\"", true, 4, "104.7.1 {\"a\" # byte 5: the text ends too soon\n");
    check("{\"a\":\"x\\", true, 8, "108.7.1 {\"a\":\"x\\ # byte 8: not a valid escape\n");
}

static void a_broken_line_does_not_harm_the_next(void **unused)
{
    (void)unused;
    check("{\"a\":1}\n{\"a\":}\nnull\n{\"a\":2}\n", false, 28,
          "108.7.0 {\"a\":1}\n115.7.1 {\"a\":} # byte 6: expected a value\n"
          "120.7.1 null # byte 1: null is no message\n128.7.0 {\"a\":2}\n");
    check("{\"a\":\"\n\"}\n", false, 10,
          "107.7.1 {\"a\":\" # byte 7: the text ends too soon\n"
          "110.7.1 \"} # byte 3: the text ends too soon\n");
    check("{\"a\":\n1}\n", false, 9,
          "106.7.1 {\"a\": # byte 6: the text ends too soon\n"
          "109.7.1 1} # byte 2: text behind the value\n");
    check("{\"a\":[1,\n2]}\n", false, 13,
          "109.7.1 {\"a\":[1, # byte 9: the text ends too soon\n"
          "113.7.1 2]} # byte 2: text behind the value\n");
    check("{\"a\":1} {\"a\":2}\n{}\n", false, 19,
          "116.7.1 {\"a\":1} {\"a\":2} # byte 9: text behind the value\n119.7.0 {}\n");
}

static void a_line_beyond_the_limit_is_refused_whole(void **unused)
{
    static const char text[] =
        "{\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxx\"}\n{\"a\":1}\n";

    (void)unused;
    struct dag_json_parser *parser = dag_json_parser_new(64);
    struct result result = {0};
    parse_part(parser, text, strlen(text), false, 0, &result);
    assert_true(dag_buffer_append(&result.text, "", 1));
    assert_non_null(
        strstr(result.text.bytes, "x\"} # byte 65: the message is larger than its limit\n"));
    assert_non_null(strstr(result.text.bytes, "\n87.7.0 {\"a\":1}\n"));
    dag_buffer_free(&result.text);
    dag_json_parser_free(parser);
}

static void a_full_batch_ends_the_call(void **unused)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_buffer text = {0};
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err = {0};
    size_t consumed = 0;

    (void)unused;
    for (int i = 0; i < 1500; i++)
        assert_true(dag_buffer_append(&text, "{\"a\":1}\n", 8));
    assert_true(dag_buffer_reserve(&text, DAG_JSON_PADDING));
    assert_true(dag_json_parse_lines(parser, batch, text.bytes, text.size, true,
                                     (struct dag_origin){0}, &consumed, &err));
    assert_int_equal(dag_batch_row_count(batch), DAG_BATCH_ROWS_MAX);
    assert_int_equal(consumed, DAG_BATCH_ROWS_MAX * 8);
    assert_true(dag_json_parse_lines(parser, batch, text.bytes, text.size, true,
                                     (struct dag_origin){0}, &consumed, &err));
    assert_int_equal(consumed, 0);
    dag_batch_unref(batch);
    dag_buffer_free(&text);
    dag_json_parser_free(parser);
}

static const char mixed_lines[] =
    "{\"id\":0,\"name\":\"boiler-521\",\"v\":1604.944,\"tags\":[\"cold\",\"r\xc3\xa9gion\"]}\n"
    "{\"id\": 1, \"name\": \"a\\u00e9\\\"b\", \"v\": -26.5, \"tags\": [\"n\", {\"x\": 1}]}\r\n"
    "\n"
    "{\"id\":2,\"name\":\"a name that is longer than one block\",\"extra\":null}\n"
    "{\"id\":3,\"id\":4,\"id\":\n"
    "[1, 2, {\"a\":[]}]\n"
    "  \t\n"
    "\"only text\"\n"
    "{\"id\":123456789012345678,\"v\":1e400}\n"
    "{\"id\":\"\x80\"}\n"
    "{\"id\":5,\"name\":\"boiler-522\",\"v\":1,\"tags\":[]} ";

static void every_split_into_two_gives_the_same_rows(void **unused)
{
    size_t size = sizeof(mixed_lines) - 1;
    struct result whole = {0};
    struct dag_json_parser *parser = dag_json_parser_new(0);

    (void)unused;
    parse_part(parser, mixed_lines, size, true, 0, &whole);
    assert_int_equal(whole.consumed, size);
    for (size_t split = 0; split <= size; split++) {
        struct result parts = {0};
        parse_part(parser, mixed_lines, split, false, 0, &parts);
        size_t first = parts.consumed;
        assert_true(first <= split);
        parse_part(parser, mixed_lines + first, size - first, true, first, &parts);
        assert_int_equal(first + parts.consumed, size);
        assert_int_equal(parts.text.size, whole.text.size);
        assert_memory_equal(parts.text.bytes, whole.text.bytes, whole.text.size);
        dag_buffer_free(&parts.text);
    }
    dag_buffer_free(&whole.text);
    dag_json_parser_free(parser);
}

/* Every front of a text, whatever the memory behind it holds. */
static void what_stands_behind_a_text_makes_no_difference(void **unused)
{
    static const char text[] = "{\"a\":\"\\u00e9\\n\xe2\x82\xac\",\"b\":-12.5e+3,\"c\":true,\"d\":"
                               "[false,null,1.5],\"e\":12345678.25,\"f\":null}";
    static const char behind[] = "\"1aeultn\\}]:,. \n\x80\xac";
    struct dag_json_parser *parser = dag_json_parser_new(0);

    (void)unused;
    for (size_t size = 0; size < sizeof(text); size++) {
        struct result first = {0};
        behind_the_text = '\0';
        parse_part(parser, text, size, true, 0, &first);
        for (size_t i = 0; i < sizeof(behind); i++) {
            struct result other = {0};
            behind_the_text = behind[i];
            parse_part(parser, text, size, true, 0, &other);
            assert_int_equal(other.text.size, first.text.size);
            if (size > 0)
                assert_memory_equal(other.text.bytes, first.text.bytes, first.text.size);
            dag_buffer_free(&other.text);
        }
        dag_buffer_free(&first.text);
    }
    dag_json_parser_free(parser);
}

/* A key that was learned with a line feed in front must not lead over the end of a line. */
static void what_a_message_taught_does_not_join_lines(void **unused)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err = {0};
    struct result result = {0};

    (void)unused;
    assert_true(
        dag_json_parse(parser, batch, "{\"a\":1\n,\"b\":2}", 14, (struct dag_origin){0}, &err));
    assert_int_equal(dag_batch_rows(batch)[0].shape->count, 2);
    parse_part(parser, "{\"a\":1\n,\"b\":2}\n", 15, false, 0, &result);
    assert_true(dag_buffer_append(&result.text, "", 1));
    assert_string_equal(result.text.bytes, "7.7.1 {\"a\":1 # byte 7: the text ends too soon\n"
                                           "15.7.1 ,\"b\":2} # byte 1: expected a value\n");
    dag_buffer_free(&result.text);
    dag_batch_unref(batch);
    dag_json_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_a_message),
        cmocka_unit_test(blank_lines_are_skipped),
        cmocka_unit_test(an_unended_line_waits_unless_it_is_the_last),
        cmocka_unit_test(a_broken_line_does_not_harm_the_next),
        cmocka_unit_test(a_line_beyond_the_limit_is_refused_whole),
        cmocka_unit_test(a_full_batch_ends_the_call),
        cmocka_unit_test(every_split_into_two_gives_the_same_rows),
        cmocka_unit_test(what_stands_behind_a_text_makes_no_difference),
        cmocka_unit_test(what_a_message_taught_does_not_join_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
