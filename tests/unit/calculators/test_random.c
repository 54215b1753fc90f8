/* test_random.c - the random number repeats with its cycle, the counter goes on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_random;

/* Line number `line` is `before`, a fraction in [0, 1) and `after`. */
static void assert_record(const struct dag_buffer *out, size_t line, const char *before,
                          const char *after)
{
    const char *at = out->bytes;
    char *end;
    double fraction;

    for (size_t i = 0; i < line; i++)
        at = (const char *)memchr(at, '\n', out->size - (size_t)(at - out->bytes)) + 1;
    assert_memory_equal(at, before, strlen(before));
    fraction = strtod(at + strlen(before), &end);
    assert_true(fraction >= 0 && fraction < 1);
    assert_memory_equal(end, after, strlen(after));
}

static void adds_a_fraction_and_counts_calls(void **unused)
{
    (void)unused;
    struct function_fixture fixture;
    struct dag_error err = {0};
    struct dag_buffer out = {0};

    assert_true(function_open(&fixture, &calculator_random, "{}", &err));
    assert_true(function_apply(&fixture, "{\"a\":1}\n{\"counter\":9,\"random\":2,\"b\":3}\n{}",
                               &out, &err));
    assert_record(&out, 0, "{\"a\":1,\"random\":", ",\"counter\":1}");
    assert_record(&out, 1, "{\"counter\":2,\"random\":", ",\"b\":3}");
    assert_record(&out, 2, "{\"random\":", ",\"counter\":3}");
    dag_buffer_free(&out);
    function_close(&fixture);
}

static void the_same_cycle_gives_the_same_number(void **unused)
{
    (void)unused;
    struct function_fixture fixture;
    struct dag_error err = {0};
    struct dag_buffer first = {0}, second = {0};

    assert_true(function_open(&fixture, &calculator_random, "{}", &err));
    assert_true(function_apply(&fixture, "{}\n{}\n{}", &first, &err));
    function_close(&fixture);
    assert_true(function_open(&fixture, &calculator_random, "{}", &err));
    for (int i = 0; i < 3; i++)
        assert_true(function_apply(&fixture, "{}", &second, &err));
    function_close(&fixture);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    dag_buffer_free(&first);
    dag_buffer_free(&second);
}

static void the_counter_survives_a_restart(void **unused)
{
    (void)unused;
    struct function_fixture fixture;
    struct dag_error err = {0};
    struct dag_buffer saved = {0}, out = {0};

    assert_true(function_open(&fixture, &calculator_random, "{}", &err));
    assert_true(function_apply(&fixture, "{}\n{}", &out, &err));
    assert_true(calculator_random.save(fixture.state, &saved, &err));
    function_close(&fixture);

    out.size = 0;
    assert_true(function_open(&fixture, &calculator_random, "{}", &err));
    assert_true(calculator_random.restore(fixture.state, saved.bytes, saved.size, &err));
    assert_true(function_apply(&fixture, "{}", &out, &err));
    assert_record(&out, 0, "{\"random\":", ",\"counter\":3}");
    assert_false(calculator_random.restore(fixture.state, "{}", 2, &err));
    assert_false(calculator_random.restore(fixture.state, "{", 1, &err));
    dag_buffer_free(&saved);
    dag_buffer_free(&out);
    function_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_a_fraction_and_counts_calls),
        cmocka_unit_test(the_same_cycle_gives_the_same_number),
        cmocka_unit_test(the_counter_survives_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
