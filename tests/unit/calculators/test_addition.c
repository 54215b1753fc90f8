/* test_addition.c - sums are exact for integers and IEEE doubles otherwise. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_addition;

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

static void sums_integers_exactly(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":10,\"b\":20,\"id\":1}",
         "{\"r\":30}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":9007199254740993,\"b\":2}", "{\"r\":9007199254740995}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":-9223372036854775808,\"b\":9223372036854775807}", "{\"r\":-1}"},
        {"{\"arguments\":[\"a\",\"a\",\"a\"]}", "{\"a\":7}", "{\"result\":21}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":true,\"b\":false}",
         "{\"r\":1}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{}", "{\"r\":0}"},
        {"{}", "{\"a\":1}", "{\"result\":0}"},
    };

    CHECK(&calculator_addition, cases);
}

static void an_integer_sum_beyond_int64_is_an_error(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":9223372036854775807,\"b\":1}", "!integer overflow in the sum 'r'"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":-9223372036854775808,\"b\":-1}", "!integer overflow in the sum 'r'"},
        {"{\"arguments\":[\"a\",\"b\",\"c\"]}", "{\"a\":9223372036854775807,\"b\":1,\"c\":-1}",
         "{\"result\":9223372036854775807}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":9223372036854775808,\"b\":1}", "!attribute 'a' holds a number"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":1,\"b\":\"9223372036854775808\"}", "!attribute 'b' holds a number"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":1.5,\"b\":\"9223372036854775808\"}", "!attribute 'b' holds a number"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":1,\"b\":1e400}",
         "!attribute 'b' holds a number"},
    };

    CHECK(&calculator_addition, cases);
}

static void one_double_makes_it_a_sum_of_doubles_in_order(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":3,\"b\":0.5}",
         "{\"r\":3.5}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":1.0,\"b\":2}",
         "{\"r\":3.0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":0.1,\"b\":0.2}",
         "{\"r\":0.30000000000000004}"},
        {"{\"arguments\":[\"a\",\"b\",\"b\",\"c\"]}", "{\"a\":9007199254740992,\"b\":1,\"c\":0.0}",
         "{\"result\":9007199254740992.0}"},
        {"{\"arguments\":[\"a\",\"b\",\"c\"]}", "{\"a\":9223372036854775807,\"b\":1,\"c\":-1.0}",
         "{\"result\":9.223372036854776e+18}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":-0.0,\"b\":-0.0}",
         "{\"r\":0.0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":1.7e308,\"b\":1.7e308}", "!overflow: the sum 'r'"},
    };

    CHECK(&calculator_addition, cases);
}

static void text_counts_when_it_spells_a_number(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"12\",\"b\":3}",
         "{\"r\":15}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\" 2.5 \",\"b\":1}",
         "{\"r\":3.5}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":\"\\t\\n\\u000b-7\\r\\f \",\"b\":1}", "{\"r\":-6}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":\"\\u0031\\u0032\",\"b\":1}", "{\"r\":13}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"1e3\",\"b\":1}",
         "{\"r\":1001.0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"+5\",\"b\":\"-0\"}",
         "{\"r\":5}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\".5\",\"b\":\"5.\"}",
         "{\"r\":5.5}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":\"007\",\"b\":\"1.E1\"}", "{\"r\":17.0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":\"9223372036854775807\",\"b\":\"-9223372036854775808\"}", "{\"r\":-1}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":\"0000000000000000000000000000009\"}", "{\"r\":9}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"-1.25e-3\"}",
         "{\"r\":-0.00125}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":\"123456789012345678.9\"}", "{\"r\":1.2345678901234568e+17}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":\"2.2250738585072011e-308\"}", "{\"r\":2.225073858507201e-308}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"1e-999999999999\"}",
         "{\"r\":0.0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"0e999999999999\"}",
         "{\"r\":0.0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":\"0."
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000001e201\"}",
         "{\"r\":1.0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"1e400\"}",
         "!attribute 'a' holds a number"},
    };

    CHECK(&calculator_addition, cases);
}

static void what_is_no_number_is_skipped(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":7}", "{\"r\":7}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":null,\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":[1],\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":{\"x\":1},\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"  \",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"abc\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"1_000\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"nan\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"inf\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"Infinity\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"0x10\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"1e\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"e5\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\".\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"+\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"--1\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"+ 1\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"1 2\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"1.2.3\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"١\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"１\",\"b\":4}",
         "{\"r\":4}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":\"1\\u0000\",\"b\":4}",
         "{\"r\":4}"},
    };

    CHECK(&calculator_addition, cases);
}

static void keep_input_sets_the_result_in_a_copy(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"keep_input\":true}",
         "{\"x\":\"y\",\"a\":1,\"b\":2,\"z\":[ 1 ]}",
         "{\"x\":\"y\",\"a\":1,\"b\":2,\"z\":[1],\"r\":3}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"keep_input\":true}",
         "{\"a\":1,\"r\":\"old\",\"b\":2}", "{\"a\":1,\"r\":3,\"b\":2}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"a\",\"keep_input\":true}",
         "{\"a\":1,\"b\":2}", "{\"a\":3,\"b\":2}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"a\"}", "{\"a\":1,\"b\":2}",
         "{\"a\":3}"},
    };

    CHECK(&calculator_addition, cases);
}

static void strict_refuses_what_would_be_skipped(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"strict\":true}",
         "{\"a\":1,\"b\":\"2\"}", "{\"r\":3}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"strict\":true}", "{\"a\":1}",
         "!attribute 'b' is missing"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"strict\":true}", "{\"a\":1.5}",
         "!attribute 'b' is missing"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"strict\":true}",
         "{\"a\":null,\"b\":1}", "!attribute 'a' is no number but null"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"strict\":true}",
         "{\"a\":1,\"b\":\"two\"}", "!attribute 'b' is no number but"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"strict\":true}",
         "{\"a\":1,\"b\":[2]}", "!attribute 'b' is no number but"},
    };

    CHECK(&calculator_addition, cases);
}

static void refuses_a_configuration_of_the_wrong_type(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":\"a\"}", "", "!wrong_type"},
        {"{\"strict\":\"yes\"}", "", "!wrong_type"},
        {"{\"output_attribute\":1}", "", "!wrong_type"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "[\"a\",\"b\"]", "!no object"},
    };

    CHECK(&calculator_addition, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_integers_exactly),
        cmocka_unit_test(an_integer_sum_beyond_int64_is_an_error),
        cmocka_unit_test(one_double_makes_it_a_sum_of_doubles_in_order),
        cmocka_unit_test(text_counts_when_it_spells_a_number),
        cmocka_unit_test(what_is_no_number_is_skipped),
        cmocka_unit_test(keep_input_sets_the_result_in_a_copy),
        cmocka_unit_test(strict_refuses_what_would_be_skipped),
        cmocka_unit_test(refuses_a_configuration_of_the_wrong_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
