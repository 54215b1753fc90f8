/* test_json_predict.c - what a parser has learned changes nothing but its speed. */
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

/* The row that a message gives, as text, or the reason why it is none. */
static void describe(struct dag_json_parser *parser, const char *text, struct dag_buffer *out)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err = {0};

    assert_non_null(batch);
    assert_true(dag_json_parse(parser, batch, text, strlen(text), (struct dag_origin){0}, &err));
    const struct dag_row *row = dag_batch_rows(batch);
    if (dag_batch_origins(batch)->flags & DAG_ORIGIN_REJECTED)
        assert_true(dag_buffer_append(out, row->values[1].as.text, row->values[1].size));
    else
        assert_true(dag_json_write_row(out, row));
    assert_true(dag_buffer_append(out, "\n", 1));
    dag_batch_unref(batch);
}

/* Any of the messages after any two others, against a parser that knows nothing. */
static void check(const char *const *messages, size_t count)
{
    struct dag_json_parser *learned = dag_json_parser_new(0);

    for (size_t i = 0; i < count * count * count; i++) {
        struct dag_json_parser *fresh = dag_json_parser_new(0);
        const char *text = messages[i % count];
        struct dag_buffer expected = {0}, out = {0}, ignored = {0};

        describe(fresh, text, &expected);
        describe(learned, messages[i / count / count], &ignored);
        describe(learned, messages[i / count % count], &ignored);
        describe(learned, text, &out);
        if (out.size != expected.size || memcmp(out.bytes, expected.bytes, out.size) != 0)
            fail_msg("%s: %.*s", text, (int)out.size, out.bytes);
        dag_buffer_free(&expected);
        dag_buffer_free(&out);
        dag_buffer_free(&ignored);
        dag_json_parser_free(fresh);
    }
    dag_json_parser_free(learned);
}

static void nested_values_may_change_their_look(void **unused)
{
    static const char *const messages[] = {
        "{\"n\":{\"a\":1,\"b\":\"x\"}}",
        "{\"n\":{\"a\":1.5,\"b\":\"a longer text than one block\"}}",
        "{\"n\":{\"a\":null,\"b\":\"\\u00e9\"}}",
        "{\"n\":{\"a\":1,\"b\":\"x\",\"c\":2}}",
        "{\"n\":{\"a\":1}}",
        "{\"n\":{\"a\":1, \"b\":\"x\"}}",
        "{\"n\":{\"a\":[1],\"b\":\"x\"}}",
        "{\"n\":{\"a\":{},\"b\":[]}}",
        "{\"n\":[[1,2],[3,4]]}",
        "{\"n\":[]}",
        "{\"n\":{\"a\":1,\"b\":\"x\"}",
        "{\"n\":{\"a\":1,\"b\":\"x}",
        "{\"n\":{\"a\":01,\"b\":\"x\"}}",
        "{\"n\":{\"a\":1,\"b\":\"\\x\"}}",
        "{\"n\":{\"a\":1,\"b\":tru}}",
        "{\"n\":{\"a\":,\"b\":\"x\"}}",
        "{\"n\":{\"a\":1e5,\"b\":1e999}}",
    };

    (void)unused;
    check(messages, sizeof(messages) / sizeof(messages[0]));
}

static void keys_may_come_and_go(void **unused)
{
    static const char *const messages[] = {
        "{\"a\":1,\"b\":2,\"c\":3}",
        "{\"a\":1,\"c\":3}",
        "{\"b\":2,\"c\":3}",
        "{\"a\": 1, \"b\": 2, \"c\": 3}",
        "{\"a\":  1,\"b\" :2}",
        "{\"a\":1,\"ab\":2}",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "{\"a\":1,\"\\u0062\":2,\"c\":3}",
        "{\"a\":1,\"b\":2,}",
        "{\"a\":1,\"b\":}",
        "{\"a\":1,\"b",
        "{\"a\":1,\"b\"",
        "{\"a key longer than one block\":1,\"a key that is longer than two blocks of bytes\":2}",
        "{\"a key longer than one block\":1,\"a key that is longer than two blocks of BYTES\":2}",
        "{\"a key longer than one block\":1,\"a key that is longer than two blocks of b",
    };

    (void)unused;
    check(messages, sizeof(messages) / sizeof(messages[0]));
}

static void more_shapes_than_a_parser_remembers_are_read(void **unused)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_buffer out = {0};

    (void)unused;
    for (int i = 0; i < 10000; i++) {
        char text[64];

        int size = snprintf(text, sizeof(text), "{\"many%d\":%d,\"x\":{\"y\":1}}", i % 5000, i);
        out.size = 0;
        describe(parser, text, &out);
        assert_int_equal(out.size, size + 1);
        assert_memory_equal(out.bytes, text, (size_t)size);
    }
    dag_buffer_free(&out);
    dag_json_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_values_may_change_their_look),
        cmocka_unit_test(keys_may_come_and_go),
        cmocka_unit_test(more_shapes_than_a_parser_remembers_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
