/* test_json.c - messages to rows: what is accepted, what it becomes, what is refused and why. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/shape.h"
#include "dag/json.h"

struct fixture {
    struct dag_json_parser *parser;
    struct dag_batch *batch;
    struct dag_buffer buffer;
    struct dag_error err;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    f->parser = dag_json_parser_new(0);
    f->batch = dag_batch_new();
    assert_non_null(f->parser);
    assert_non_null(f->batch);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    dag_json_parser_free(f->parser);
    dag_batch_unref(f->batch);
    dag_buffer_free(&f->buffer);
    free(f);
    return 0;
}

static void renew_batch(struct fixture *f)
{
    dag_batch_unref(f->batch);
    f->batch = dag_batch_new();
    assert_non_null(f->batch);
}

static bool is_rejected(const struct fixture *f)
{
    size_t last = dag_batch_row_count(f->batch) - 1;

    return (dag_batch_origins(f->batch)[last].flags & DAG_ORIGIN_REJECTED) != 0;
}

/* Parses a message of `size` bytes into a new batch; its row. */
static const struct dag_row *parse_bytes(struct fixture *f, const char *text, size_t size)
{
    renew_batch(f);
    /* exactly as long as the text, so that the sanitizer sees a read past its end */
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    assert_true(dag_json_parse(f->parser, f->batch, copy, size, (struct dag_origin){0}, &f->err));
    free(copy);
    assert_int_equal(dag_batch_row_count(f->batch), 1);
    return dag_batch_rows(f->batch);
}

static const struct dag_row *parse(struct fixture *f, const char *text)
{
    return parse_bytes(f, text, strlen(text));
}

static const char *written(struct fixture *f, const struct dag_row *row)
{
    f->buffer.size = 0;
    assert_true(dag_json_write_row(&f->buffer, row));
    assert_true(dag_buffer_append(&f->buffer, "", 1));
    return f->buffer.bytes;
}

static const char *reason(const struct fixture *f)
{
    const struct dag_value *value = &dag_batch_rows(f->batch)[0].values[1];
    static char text[200];

    snprintf(text, sizeof(text), "%.*s", (int)value->size, value->as.text);
    return text;
}

struct pair {
    const char *in, *out;
};

/* Twice each: unknown keys first, guessed keys then. */
static void check_pairs(struct fixture *f, const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < 2 * count; i++) {
        const struct pair *pair = &pairs[i / 2];
        const struct dag_row *row = parse(f, pair->in);

        if (is_rejected(f))
            fail_msg("%s: %s", pair->in, reason(f));
        assert_string_equal(written(f, row), pair->out);
    }
}

static void check_refused(struct fixture *f, const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct dag_row *row = parse(f, pairs[i].in);

        if (!is_rejected(f))
            fail_msg("%s: accepted", pairs[i].in);
        assert_string_equal(reason(f), pairs[i].out);
        assert_null(row->shape);
        assert_int_equal(row->values[0].size, strlen(pairs[i].in));
        assert_memory_equal(row->values[0].as.text, pairs[i].in, strlen(pairs[i].in));
    }
}

#define CHECK(check, f, pairs) check(f, pairs, sizeof(pairs) / sizeof((pairs)[0]))

static void every_kind_of_value_comes_back(void **state)
{
    static const struct pair pairs[] = {
        {"{}", "{}"},
        {"{\"a\":null}", "{\"a\":null}"},
        {"{\"a\":true,\"b\":false}", "{\"a\":true,\"b\":false}"},
        {"{\"a\":-12,\"b\":0,\"c\":1234567890123}", "{\"a\":-12,\"b\":0,\"c\":1234567890123}"},
        {"{\"a\":1.5,\"b\":-0.0,\"c\":1e2}", "{\"a\":1.5,\"b\":-0.0,\"c\":100.0}"},
        {"{\"a\":123456789012345678901234567890}", "{\"a\":123456789012345678901234567890}"},
        {"{\"a\":1e400,\"b\":-1e400}", "{\"a\":1e400,\"b\":-1e400}"},
        {"{\"a\":\"x\",\"b\":\"\"}", "{\"a\":\"x\",\"b\":\"\"}"},
        {"{\"a\":[],\"b\":{}}", "{\"a\":[],\"b\":{}}"},
        {"{\"a\":[1,[2,{\"b\":[true,null]}],\"x\"],\"c\":{\"d\":{\"e\":1.25e-7}}}",
         "{\"a\":[1,[2,{\"b\":[true,null]}],\"x\"],\"c\":{\"d\":{\"e\":1.25e-7}}}"},
        {"{\"a_key_of_more_than_sixteen\":1,\"a_key_that_is_longer_than_thirty_two_bytes\":2}",
         "{\"a_key_of_more_than_sixteen\":1,\"a_key_that_is_longer_than_thirty_two_bytes\":2}"},
        {"{\"\":1}", "{\"\":1}"},
    };

    CHECK(check_pairs, *state, pairs);
}

static void messages_need_not_be_objects(void **state)
{
    static const struct pair pairs[] = {
        {"[]", "[]"},          {" [ 1 , 2 ] ", "[1,2]"}, {"\"text\"", "\"text\""},
        {"12", "12"},          {"-1.50", "-1.5"},        {"true", "true"},
        {" false\n", "false"}, {"1e999", "1e999"},       {"\"\\n\"", "\"\\n\""},
    };

    CHECK(check_pairs, *state, pairs);
}

static void white_space_between_tokens_goes(void **state)
{
    static const struct pair pairs[] = {
        {" \t\r\n{ \"a\" : 1 , \"b\" :\t[ 1 , \" x \" ,\n{ } ] }\r\n ",
         "{\"a\":1,\"b\":[1,\" x \",{}]}"},
        {"{\"a\": 1, \"b\": {\"c\": [1, 2], \"d e\": \"f \\\" g\"}}",
         "{\"a\":1,\"b\":{\"c\":[1,2],\"d e\":\"f \\\" g\"}}"},
        {"{\"a\":  true,\"b\":[ ]}", "{\"a\":true,\"b\":[]}"},
        {"{\"a\": true,\"b\":[ 12345678 ]}", "{\"a\":true,\"b\":[12345678]}"},
        {"{ }", "{}"},
    };

    CHECK(check_pairs, *state, pairs);
}

static void a_byte_order_mark_in_front_is_skipped(void **state)
{
    static const struct pair good[] = {
        {"\xef\xbb\xbf{\"a\":1}", "{\"a\":1}"},
        {"\xef\xbb\xbf [1]", "[1]"},
    };
    static const struct pair bad[] = {
        {"\xef\xbb\xbf\xef\xbb\xbf{}", "byte 4: expected a value"},
        {"\xef\xbb{}", "byte 1: expected a value"},
        {"\xef\xbb\xbf", "byte 4: the text ends too soon"},
    };

    CHECK(check_pairs, *state, good);
    CHECK(check_refused, *state, bad);
}

static void broken_messages_are_refused_with_the_reason(void **state)
{
    static const struct pair pairs[] = {
        {"", "byte 1: the text ends too soon"},
        {" \n ", "byte 4: the text ends too soon"},
        {"null", "byte 1: null is no message"},
        {"nul", "byte 4: the text ends too soon"},
        {"{", "byte 2: the text ends too soon"},
        {"{\"a\":1", "byte 7: the text ends too soon"},
        {"{\"a\":12345", "byte 11: the text ends too soon"},
        {"{\"a\":1]", "byte 7: expected ',' or '}'"},
        {"{\"a\":1,}", "byte 8: expected a key in quotes"},
        {"{,}", "byte 2: expected a key in quotes"},
        {"{\"a\"}", "byte 5: expected ':'"},
        {"{\"a\" 1}", "byte 6: expected ':'"},
        {"{\"a\":}", "byte 6: expected a value"},
        {"{\"a\":1 \"b\":2}", "byte 8: expected ',' or '}'"},
        {"{\"a\":1}}", "byte 8: text behind the value"},
        {"{\"a\":1} x", "byte 9: text behind the value"},
        {"{\"a\":[1,]}", "byte 9: expected a value"},
        {"{\"a\":[1 2]}", "byte 9: expected ',' or ']'"},
        {"{\"a\":{\"b\":1,}}", "byte 13: expected a key in quotes"},
        {"{\"a\":{\"b\":1]}", "byte 12: expected ',' or '}'"},
        {"{\"a\":{1:2}}", "byte 7: expected a key in quotes"},
        {"{\"a\":[", "byte 7: the text ends too soon"},
        {"{a:1}", "byte 2: expected a key in quotes"},
        {"{'a':1}", "byte 2: expected a key in quotes"},
        {"{\"a\":tru}", "byte 6: expected a value"},
        {"{\"a\":True}", "byte 6: expected a value"},
        {"{\"a\":NaN}", "byte 6: expected a value"},
        {"{\"a\":Infinity}", "byte 6: expected a value"},
        {"{\"a\":truex}", "byte 10: expected ',' or '}'"},
        {"{\"a\":\"x}", "byte 9: the text ends too soon"},
        {"{\"a\":\"x\ty\"}", "byte 8: a control character in a string"},
        {"{\"a\":\"x\ny\"}", "byte 8: a control character in a string"},
        {"{\"a\x01\":1}", "byte 4: a control character in a string"},
        {"{\"a\":\"\\x\"}", "byte 7: not a valid escape"},
        {"{\"a\":\"\\u12g4\"}", "byte 7: not a valid escape"},
        {"{\"a\":[\"\\\"]}", "byte 12: the text ends too soon"},
        {"[1]]", "byte 4: text behind the value"},
        {"1 2", "byte 3: text behind the value"},
        {"\"a", "byte 3: the text ends too soon"},
        {"{\"a\":1}\xef\xbb\xbf", "byte 8: text behind the value"},
        {"{\"a\":/**/1}", "byte 6: expected a value"},
    };

    CHECK(check_refused, *state, pairs);
}

static void numbers_follow_the_grammar(void **state)
{
    static const char *const bad[] = {
        "01",
        "-",
        "-01",
        "+1",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "1e+",
        "1e-",
        "--1",
        "1.2.3",
        "0x10",
        "1_000",
        "123456789.",
        "1e5.5",
        "00",
        "-00.5",
        "-a",
        "1a",
        "12345678a",
        "1E",
        "0123456789",
        "12345678901234567e",
        "1.123456789e+",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (size_t k = 0; k < 4; k++) {
            static const char *const around[4][2] = {
                {"{\"n\":", "}"}, {"[", "]"}, {"", ""}, {"{\"n\":[", "]}"}};
            char text[64];
            snprintf(text, sizeof(text), "%s%s%s", around[k][0], bad[i], around[k][1]);
            parse(*state, text);
            if (!is_rejected(*state))
                fail_msg("%s: accepted", text);
        }
    }
}

static void text_is_not_decoded_before_somebody_looks(void **state)
{
    struct fixture *f = *state;
    const struct dag_row *row = parse(
        f, "{\"plain\":\"Gr\xc3\xbc\xc3\x9f\x65 aus 18 Zeichen\",\"escaped\":\"a\\/\\u0041\"}");

    assert_int_equal(row->values[0].form, DAG_TEXT_PLAIN);
    assert_int_equal(row->values[1].form, DAG_TEXT_ESCAPED);
    assert_true(dag_text_equals(&row->values[1], "a/A", 3));
    assert_string_equal(written(f, row), "{\"plain\":\"Gr\xc3\xbc\xc3\x9f\x65 aus 18 Zeichen\","
                                         "\"escaped\":\"a\\/\\u0041\"}");
}

/* The text at every position of a block of 16 bytes, and at the end of one. */
static void utf8_is_checked_everywhere(void **state)
{
    static const struct {
        const char *bytes;
        bool is_valid;
    } cases[] = {
        {"\xc2\x80", true},
        {"\xdf\xbf", true},
        {"\xe0\xa0\x80", true},
        {"\xef\xbf\xbf", true},
        {"\xed\x9f\xbf", true},
        {"\xee\x80\x80", true},
        {"\xf0\x90\x80\x80", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\x7f", true},
        {"\x80", false},
        {"\xbf", false},
        {"\xc0\x80", false},
        {"\xc1\xbf", false},
        {"\xc2", false},
        {"\xc2\x41", false},
        {"\xc2\xc2\x80", false},
        {"\xe0\x9f\xbf", false},
        {"\xe0\x80\x80", false},
        {"\xed\xa0\x80", false},
        {"\xed\xbf\xbf", false},
        {"\xe1\x80", false},
        {"\xe1\x80\x41", false},
        {"\xf0\x8f\xbf\xbf", false},
        {"\xf4\x90\x80\x80", false},
        {"\xf5\x80\x80\x80", false},
        {"\xf1\x80\x80", false},
        {"\xf1\x80\x80\x41", false},
        {"\xff", false},
        {"\xfe", false},
    };
    char text[128];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int front = 0; front < 40; front++) {
            snprintf(text, sizeof(text), "{\"k\":\"%.*s%s\"}", front,
                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", cases[i].bytes);
            parse(*state, text);
            if (is_rejected(*state) == cases[i].is_valid)
                fail_msg("case %zu behind %d bytes", i, front);
            snprintf(text, sizeof(text), "{\"%s%.*s\":[\"%s\"]}", cases[i].bytes, front,
                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", cases[i].bytes);
            parse(*state, text);
            assert_int_equal(is_rejected(*state), !cases[i].is_valid);
        }
    }
}

static void names_are_decoded(void **state)
{
    struct fixture *f = *state;
    const struct dag_row *row =
        parse(f, "{\"\\u0061\\n\":1,\"\\ud83d\\ude00\":2,\"\\udc00\":3,\"a\\u0000b\":4}");
    const struct dag_name *const *names = row->shape->names;

    assert_int_equal(row->shape->count, 4);
    assert_string_equal(names[0]->text, "a\n");
    assert_string_equal(names[1]->text, "\xf0\x9f\x98\x80");
    assert_string_equal(names[2]->text, "\xed\xb0\x80");
    assert_int_equal(names[3]->size, 3);
    assert_memory_equal(names[3]->text, "a\0b", 4);
    assert_string_equal(written(f, row),
                        "{\"a\\n\":1,\"\xf0\x9f\x98\x80\":2,\"\\udc00\":3,\"a\\u0000b\":4}");
    assert_ptr_equal(parse(f, "{\"a\\u000a\":1}")->shape, parse(f, "{\"\\u0061\\n\":1}")->shape);
}

static void of_equal_keys_the_last_wins_and_is_counted(void **state)
{
    static const struct pair pairs[] = {
        {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"},
        {"{\"a\":1,\"a\":2,\"a\":[ 3 ],\"c\":4}", "{\"a\":[3],\"c\":4}"},
        {"{\"a\":1,\"\\u0061\":2}", "{\"a\":2}"},
        {"{\"b\":1,\"b\":2,\"a\":3,\"b\":4,\"a\":5}", "{\"b\":4,\"a\":5}"},
    };
    struct fixture *f = *state;

    CHECK(check_pairs, f, pairs);
    assert_int_equal(dag_json_parser_duplicate_keys(f->parser), 2 * (1 + 2 + 1 + 3));
}

static void rows_alike_share_their_shape(void **state)
{
    struct fixture *f = *state;
    const struct dag_shape *first = parse(f, "{\"x\":1,\"y\":\"2\"}")->shape;

    assert_true(first->id != 0);
    assert_ptr_equal(parse(f, "{\"x\":null,\"y\":[1]}")->shape, first);
    assert_ptr_equal(parse(f, "{ \"x\" : 1 ,\n\"y\" : 2 }")->shape, first);
    assert_ptr_equal(parse(f, "{\"x\":1}")->shape, first->parent);
    assert_ptr_not_equal(parse(f, "{\"y\":1,\"x\":1}")->shape, first);
    assert_ptr_equal(parse(f, "{}")->shape, dag_shape_empty());
}

/* More ways on from one place than are remembered. */
static void many_keys_at_one_place_are_all_found(void **state)
{
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40; i++) {
            char text[64], out[64];
            snprintf(text, sizeof(text), "{\"first\":0, \"key%d\":%d,\"last\":1}", i, i);
            snprintf(out, sizeof(out), "{\"first\":0,\"key%d\":%d,\"last\":1}", i, i);
            const struct dag_row *row = parse(*state, text);
            assert_string_equal(written(*state, row), out);
        }
    }
}

/* `depth` times `open`, a 1, and as often `close`. */
static char *nest(size_t depth, const char *open, const char *close)
{
    size_t open_size = strlen(open), close_size = strlen(close);
    char *text = malloc(depth * (open_size + close_size) + 2), *out = text;

    assert_non_null(text);
    for (size_t i = 0; i < depth; i++, out += open_size)
        memcpy(out, open, open_size);
    *out++ = '1';
    for (size_t i = 0; i < depth; i++, out += close_size)
        memcpy(out, close, close_size);
    *out = '\0';
    return text;
}

static void depth_ends_at_1024(void **state)
{
    static const struct {
        const char *open, *close;
        size_t levels;
    } cases[] = {{"[", "]", 1}, {"{\"a\":", "}", 1}, {"[{\"a\":", "}]", 2}};

    for (size_t i = 0; i < 3; i++) {
        for (size_t over = 0; over < 2; over++) {
            char *text = nest(1024 / cases[i].levels + over, cases[i].open, cases[i].close);
            parse(*state, text);
            assert_int_equal(is_rejected(*state), over == 1);
            if (over == 1)
                assert_non_null(strstr(reason(*state), "nested too deep"));
            free(text);
        }
    }
}

static void a_message_may_have_16_mib_and_not_a_byte_more(void **state)
{
    size_t size = DAG_MESSAGE_SIZE_MAX;
    char *text = malloc(size + 1);
    struct fixture *f = *state;

    assert_non_null(text);
    memset(text, 'x', size + 1);
    memcpy(text, "{\"a\":\"", 6);
    memcpy(text + size - 2, "\"} ", 3);
    const struct dag_row *row = parse_bytes(f, text, size);
    assert_false(is_rejected(f));
    assert_int_equal(row->values[0].size, size - 8);
    row = parse_bytes(f, text, size + 1);
    assert_true(is_rejected(f));
    assert_string_equal(reason(f), "byte 16777217: the message is larger than its limit");
    assert_int_equal(row->values[0].size, DAG_MESSAGE_SIZE_MAX);
    free(text);
}

static void the_limit_of_a_message_can_be_set(void **state)
{
    struct fixture *f = *state;

    dag_json_parser_free(f->parser);
    f->parser = dag_json_parser_new(10);
    assert_string_equal(written(f, parse(f, "{\"a\": 123}")), "{\"a\":123}");
    parse(f, "{\"a\": 1234}");
    assert_true(is_rejected(f));
    assert_string_equal(reason(f), "byte 11: the message is larger than its limit");
}

/* An object of `count` different keys, each given `times` times. */
static char *wide_object(size_t count, size_t times)
{
    char *text = malloc(count * times * 24 + 3), *out = text;

    assert_non_null(text);
    *out++ = '{';
    for (size_t i = 0; i < count * times; i++)
        out += sprintf(out, "\"%zx\":%zu,", i % count, i);
    memcpy(out - (out[-1] == ','), "}", 2);
    return text;
}

static void a_million_keys_leave_no_trace_in_the_tables(void **state)
{
    char *text = wide_object(1000000, 1);
    struct shape_table_stats before, after;

    shape_table_stats(&before);
    const struct dag_row *row = parse(*state, text);
    shape_table_stats(&after);
    assert_false(is_rejected(*state));
    assert_int_equal(row->shape->count, 1000000);
    assert_int_equal(row->shape->id, 0);
    assert_int_equal(row->values[999999].as.integer, 999999);
    assert_string_equal(written(*state, row), text);
    assert_int_equal(after.name_count, before.name_count);
    assert_int_equal(after.shape_count, before.shape_count);
    free(text);
}

static void wide_objects_are_right_on_both_sides_of_the_limit(void **state)
{
    static const size_t counts[] = {15, 16, 17, 40, 1023, 1024, 1025, 3000};

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        for (size_t times = 1; times <= 3; times++) {
            char *text = wide_object(counts[i], times);
            for (int round = 0; round < 2; round++) {
                const struct dag_row *row = parse(*state, text);
                assert_int_equal(row->shape->count, counts[i]);
                assert_int_equal(row->shape->id == 0, counts[i] > DAG_SHAPE_WIDTH_MAX);
                for (size_t k = 0; k < counts[i]; k++)
                    assert_int_equal(row->values[k].as.integer, k + counts[i] * (times - 1));
            }
            free(text);
        }
    }
}

static void rows_stay_whole_while_others_follow(void **state)
{
    struct fixture *f = *state;
    char text[200], out[200];

    for (int i = 0; i < 1024; i++) {
        snprintf(text, sizeof(text), "{\"i\":%d,\"text\":\"t%d\",\"list\":[ %d ]}", i, i, i);
        assert_true(dag_json_parse(f->parser, f->batch, text, strlen(text),
                                   (struct dag_origin){.offset = (uint64_t)i}, &f->err));
    }
    for (int i = 0; i < 1024; i++) {
        snprintf(out, sizeof(out), "{\"i\":%d,\"text\":\"t%d\",\"list\":[%d]}", i, i, i);
        assert_string_equal(written(f, &dag_batch_rows(f->batch)[i]), out);
        assert_int_equal(dag_batch_origins(f->batch)[i].offset, i);
    }
    assert_false(dag_json_parse(f->parser, f->batch, "{}", 2, (struct dag_origin){0}, &f->err));
    assert_int_equal(f->err.code, DAG_ERROR_LIMIT);
}

static void a_single_value_can_be_parsed(void **state)
{
    static const struct pair pairs[] = {
        {"null", "null"}, {" 1 ", "1"}, {"{\"a\" : [ 1 ]}", "{\"a\":[1]}"}, {"\"x\"", "\"x\""}};
    struct fixture *f = *state;
    struct dag_value value;

    for (size_t i = 0; i < 4; i++) {
        assert_true(
            dag_json_parse_value(f->batch, pairs[i].in, strlen(pairs[i].in), &value, &f->err));
        f->buffer.size = 0;
        assert_true(dag_json_write_value(&f->buffer, &value));
        assert_int_equal(f->buffer.size, strlen(pairs[i].out));
        assert_memory_equal(f->buffer.bytes, pairs[i].out, f->buffer.size);
    }
    assert_false(dag_json_parse_value(f->batch, "[1", 2, &value, &f->err));
    assert_int_equal(f->err.code, DAG_ERROR_PARSE);
    assert_string_equal(f->err.message, "byte 3: the text ends too soon");
}

static void a_single_object_can_be_parsed(void **state)
{
    struct fixture *f = *state;
    struct dag_row row;

    assert_true(dag_json_parse_object(f->batch, "{\"a\":1, \"a\":\"b\"}", 16, &row, &f->err));
    assert_string_equal(written(f, &row), "{\"a\":\"b\"}");
    assert_int_equal(dag_batch_row_count(f->batch), 0);
    assert_false(dag_json_parse_object(f->batch, "[]", 2, &row, &f->err));
    assert_string_equal(f->err.message, "byte 1: expected an object");
    assert_false(dag_json_parse_object(f->batch, "{} {}", 5, &row, &f->err));
    assert_string_equal(f->err.message, "byte 4: text behind the value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind_of_value_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(messages_need_not_be_objects, setup, teardown),
        cmocka_unit_test_setup_teardown(white_space_between_tokens_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_byte_order_mark_in_front_is_skipped, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_messages_are_refused_with_the_reason, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(numbers_follow_the_grammar, setup, teardown),
        cmocka_unit_test_setup_teardown(text_is_not_decoded_before_somebody_looks, setup, teardown),
        cmocka_unit_test_setup_teardown(utf8_is_checked_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_decoded, setup, teardown),
        cmocka_unit_test_setup_teardown(of_equal_keys_the_last_wins_and_is_counted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(rows_alike_share_their_shape, setup, teardown),
        cmocka_unit_test_setup_teardown(many_keys_at_one_place_are_all_found, setup, teardown),
        cmocka_unit_test_setup_teardown(depth_ends_at_1024, setup, teardown),
        cmocka_unit_test_setup_teardown(a_message_may_have_16_mib_and_not_a_byte_more, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_limit_of_a_message_can_be_set, setup, teardown),
        cmocka_unit_test_setup_teardown(a_million_keys_leave_no_trace_in_the_tables, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(wide_objects_are_right_on_both_sides_of_the_limit, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(rows_stay_whole_while_others_follow, setup, teardown),
        cmocka_unit_test_setup_teardown(a_single_value_can_be_parsed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_single_object_can_be_parsed, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
