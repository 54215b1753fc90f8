/* test_multiplication.c - products are exact for integers and IEEE doubles otherwise. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_multiplication;

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

static void multiplies_integers_exactly(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":3037000499,\"b\":3037000499}", "{\"r\":9223372030926249001}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":-5,\"b\":0}",
         "{\"r\":0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{}", "{\"r\":1}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":true,\"b\":\"3\"}",
         "{\"r\":3}"},
        {"{\"arguments\":[\"a\",\"a\"]}", "{\"a\":3}", "{\"result\":9}"},
    };

    CHECK(&calculator_multiplication, cases);
}

static void only_the_whole_product_has_to_fit_int64(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":4294967296,\"b\":4294967296}", "!integer overflow in the product 'r'"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}",
         "{\"a\":-9223372036854775808,\"b\":-1}", "!integer overflow in the product 'r'"},
        {"{\"arguments\":[\"a\",\"b\",\"c\"]}", "{\"a\":4611686018427387904,\"b\":2,\"c\":-1}",
         "{\"result\":-9223372036854775808}"},
        {"{\"arguments\":[\"a\",\"a\",\"a\",\"a\",\"b\"]}", "{\"a\":9223372036854775807,\"b\":0}",
         "{\"result\":0}"},
        {"{\"arguments\":[\"a\",\"a\",\"a\",\"a\"]}", "{\"a\":-9223372036854775808}",
         "!integer overflow"},
    };

    CHECK(&calculator_multiplication, cases);
}

static void one_double_makes_it_a_product_of_doubles_in_order(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":0.1,\"b\":0.2}",
         "{\"r\":0.020000000000000004}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":3,\"b\":0.5}",
         "{\"r\":1.5}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":-0.0,\"b\":5.0}",
         "{\"r\":-0.0}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\"}", "{\"a\":1e200,\"b\":1e200}",
         "!overflow: the product 'r'"},
        {"{\"arguments\":[\"a\",\"a\",\"b\"]}", "{\"a\":1e200,\"b\":0}",
         "!overflow: the product 'result'"},
    };

    CHECK(&calculator_multiplication, cases);
}

static void keep_input_and_strict_are_understood(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"keep_input\":true}",
         "{\"a\":2,\"b\":3}", "{\"a\":2,\"b\":3,\"r\":6}"},
        {"{\"arguments\":[\"a\",\"b\"],\"output_attribute\":\"r\",\"strict\":true}", "{\"a\":2}",
         "!attribute 'b' is missing"},
    };

    CHECK(&calculator_multiplication, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiplies_integers_exactly),
        cmocka_unit_test(only_the_whole_product_has_to_fit_int64),
        cmocka_unit_test(one_double_makes_it_a_product_of_doubles_in_order),
        cmocka_unit_test(keep_input_and_strict_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
