/* test_attribute_name_change.c - attributes are renamed all at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_attribute_name_change;

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

static void moves_renamed_attributes_to_the_end_in_mapping_order(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"name_mapping\":{\"a\":\"x\"}}", "{\"a\":1,\"b\":2}", "{\"b\":2,\"x\":1}"},
        {"{\"name_mapping\":{\"b\":\"y\",\"a\":\"x\"}}", "{\"a\":1,\"b\":2,\"c\":3}",
         "{\"c\":3,\"y\":2,\"x\":1}"},
        {"{\"name_mapping\":{\"a\":\"a\"}}", "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"},
        {"{\"name_mapping\":{\"a\":\"x\"}}", "{\"a\":null}", "{\"x\":null}"},
    };

    CHECK(&calculator_attribute_name_change, cases);
}

static void renames_all_at_once(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"name_mapping\":{\"a\":\"b\",\"b\":\"a\"}}", "{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}"},
        {"{\"name_mapping\":{\"a\":\"b\",\"b\":\"c\"}}", "{\"a\":1,\"b\":2}", "{\"b\":1,\"c\":2}"},
        {"{\"name_mapping\":{\"a\":\"b\",\"b\":\"c\"}}", "{\"a\":1}", "{\"b\":1}"},
    };

    CHECK(&calculator_attribute_name_change, cases);
}

static void a_renamed_attribute_replaces_one_of_that_name(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"name_mapping\":{\"a\":\"b\"}}", "{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":3,\"b\":1}"},
        {"{\"name_mapping\":{\"a\":\"x\",\"b\":\"x\"}}", "{\"a\":1,\"b\":2}", "{\"x\":2}"},
        {"{\"name_mapping\":{\"b\":\"x\",\"a\":\"x\"}}", "{\"a\":1,\"b\":2}", "{\"x\":1}"},
        {"{\"name_mapping\":{\"a\":\"x\",\"q\":\"x\"}}", "{\"a\":1,\"b\":2}", "{\"b\":2,\"x\":1}"},
    };

    CHECK(&calculator_attribute_name_change, cases);
}

static void ignores_what_is_absent(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"name_mapping\":{\"q\":\"x\"}}", "{\"a\":1}", "{\"a\":1}"},
        {"{\"name_mapping\":{\"q\":\"a\"}}", "{\"a\":1}", "{\"a\":1}"},
        {"{}", "{\"a\":1}", "{\"a\":1}"},
        {"{}", "{}", "{}"},
    };

    CHECK(&calculator_attribute_name_change, cases);
}

static void refuses_a_mapping_that_is_no_object_of_texts(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"name_mapping\":[\"a\"]}", "", "!wrong_type"},
        {"{\"name_mapping\":{\"a\":1}}", "", "!"},
    };

    CHECK(&calculator_attribute_name_change, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_renamed_attributes_to_the_end_in_mapping_order),
        cmocka_unit_test(renames_all_at_once),
        cmocka_unit_test(a_renamed_attribute_replaces_one_of_that_name),
        cmocka_unit_test(ignores_what_is_absent),
        cmocka_unit_test(refuses_a_mapping_that_is_no_object_of_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
