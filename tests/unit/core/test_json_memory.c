/* test_json_memory.c - the JSON codec when memory runs out, at each allocation in turn.
 *
 * Linked with -Wl,--wrap for malloc, calloc and realloc. What leaks the sanitizers find. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/memory.h"
#include "dag/json.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static long allocations_left = -1; /* negative: as many as you like */

static bool may_allocate(void)
{
    if (allocations_left < 0)
        return true;
    if (allocations_left == 0)
        return false;
    allocations_left--;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return may_allocate() ? __real_realloc(memory, size) : NULL;
}

static char *lines;
static size_t lines_size;

/* Keys of many kinds, more members than a shape may have, white space, broken lines. */
static int make_lines(void **unused)
{
    char *out;

    (void)unused;
    lines = calloc(1, 200000);
    assert_non_null(lines);
    out = lines;
    for (int i = 0; i < 3; i++) {
        out += sprintf(out, "{\"m1\":%d,\"m\\u0032\":[1, {\"x\" : \"y\"}],\"m1\":null}\n", i);
        out += sprintf(out, "{\"m3\":{\"a\":1,\"b\":[\"c\"]},\"m4\":1e400,\"m%d\":\"\\n\"}\n", i);
        out += sprintf(out, "{\"m5\":\n");
    }
    for (int wide = 20; wide <= 2000; wide *= 10) {
        *out++ = '{';
        for (int i = 0; i < wide; i++)
            out += sprintf(out, "\"w%d\":%d%s", i, i, i + 1 < wide ? "," : "}\n");
    }
    lines_size = (size_t)(out - lines);
    return 0;
}

static int free_lines(void **unused)
{
    (void)unused;
    free(lines);
    return 0;
}

static bool write_all(const struct dag_batch *batch)
{
    struct dag_buffer buffer = {0};
    bool is_done = dag_json_write_lines(&buffer, dag_batch_rows(batch), dag_batch_row_count(batch));

    dag_buffer_free(&buffer);
    return is_done;
}

static bool parse_others(struct dag_batch *batch, struct dag_error *err)
{
    static const char text[] = "{\"n1\":[1,2],\"n2\":{\"b\":1, \"a\":[ ]}}";
    struct dag_value value;
    struct dag_row row;

    return dag_json_parse_value(batch, text, sizeof(text) - 1, &value, err) &&
           dag_json_parse_object(batch, text, sizeof(text) - 1, &row, err) && row.shape->count == 2;
}

static bool run(struct dag_error *err)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_batch *batch = dag_batch_new();
    size_t consumed = 0;
    bool is_done = parser && batch;

    if (!is_done)
        dag_error_set_memory(err, "the test");
    is_done = is_done &&
              dag_json_parse_lines(parser, batch, lines, lines_size, true, (struct dag_origin){0},
                                   &consumed, err) &&
              dag_json_parse(parser, batch, lines, lines_size, (struct dag_origin){0}, err) &&
              parse_others(batch, err);
    if (is_done && !write_all(batch))
        is_done = dag_error_set_memory(err, "the test");
    if (is_done)
        assert_int_equal(dag_batch_row_count(batch), 12 + 1);
    dag_batch_unref(batch);
    dag_json_parser_free(parser);
    memory_trim();
    return is_done;
}

static void every_failure_is_reported_and_nothing_else_happens(void **unused)
{
    bool is_done = false;
    long count = 0;

    (void)unused;
    for (; !is_done && count < 100000; count++) {
        struct dag_error err = {0};
        allocations_left = count;
        is_done = run(&err);
        allocations_left = -1;
        if (!is_done)
            assert_int_equal(err.code, DAG_ERROR_MEMORY);
    }
    assert_true(is_done);
    assert_true(count > 10);
}

/* Without memory two values that may be equal count as different. */
static void comparing_without_memory_says_different(void **unused)
{
    struct dag_value a = {.type = DAG_TYPE_NESTED}, b = {.type = DAG_TYPE_NESTED};
    char text_a[401], text_b[401];

    (void)unused;
    for (size_t i = 0; i < 400; i += 4) {
        memcpy(text_a + i, ",1.0", 4);
        memcpy(text_b + i, ",1e0", 4);
    }
    text_a[0] = text_b[0] = '[';
    text_a[400] = text_b[400] = ']';
    a.as.text = text_a;
    b.as.text = text_b;
    a.size = b.size = 401;
    assert_true(dag_value_equal(&a, &b));
    for (long count = 0; count < 2; count++) {
        allocations_left = count;
        bool is_equal = dag_value_equal(&a, &b);
        allocations_left = -1;
        assert_false(is_equal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failure_is_reported_and_nothing_else_happens),
        cmocka_unit_test(comparing_without_memory_says_different),
    };

    return cmocka_run_group_tests(tests, make_lines, free_lines);
}
