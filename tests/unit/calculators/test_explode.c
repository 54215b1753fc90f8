/* test_explode.c - an array gives one record for each element. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_explode;

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

static void gives_one_record_for_each_element(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"items\"}", "{\"id\":1,\"items\":[\"a\",2,null,{\"b\":[1]}],\"z\":0}",
         "{\"id\":1,\"items\":\"a\",\"z\":0}\n{\"id\":1,\"items\":2,\"z\":0}\n{\"id\":1,\"items\":"
         "null,\"z\":0}\n{\"id\":1,\"items\":{\"b\":[1]},\"z\":0}"},
        {"{\"attribute\":\"items\"}", "{\"items\":[]}", ""},
        {"{\"attribute\":\"items\"}", "{\"items\":[[]]}", "{\"items\":[]}"},
        {"{\"attribute\":\"items\"}",
         "{\"items\":[1,2]}\n{\"items\":[]}\n{\"items\":[3]}\n{\"x\":0,\"items\":[4]}",
         "{\"items\":1}\n{\"items\":2}\n{\"items\":3}\n{\"x\":0,\"items\":4}"},
    };

    CHECK(&calculator_explode, cases);
}

static void the_element_may_get_another_name(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"items\",\"output_attribute\":\"item\"}",
         "{\"id\":1,\"items\":[1,2],\"z\":0}",
         "{\"id\":1,\"item\":1,\"z\":0}\n{\"id\":1,\"item\":2,\"z\":0}"},
        {"{\"attribute\":\"items\",\"output_attribute\":\"id\"}",
         "{\"id\":1,\"items\":[5],\"z\":0}", "{\"id\":5,\"z\":0}"},
        {"{\"attribute\":\"items\",\"output_attribute\":\"z\"}", "{\"id\":1,\"items\":[5],\"z\":0}",
         "{\"id\":1,\"z\":5}"},
    };

    CHECK(&calculator_explode, cases);
}

static void keep_input_false_leaves_the_element_alone(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"items\",\"keep_input\":false}", "{\"id\":1,\"items\":[1,2]}",
         "{\"items\":1}\n{\"items\":2}"},
        {"{\"attribute\":\"items\",\"keep_input\":false,\"output_attribute\":\"id\"}",
         "{\"id\":1,\"items\":[7]}", "{\"id\":7}"},
        {"{\"attribute\":\"items\",\"keep_input\":false,\"spread\":true}",
         "{\"id\":1,\"items\":[{\"a\":1,\"b\":2},{}]}", "{\"a\":1,\"b\":2}\n{}"},
    };

    CHECK(&calculator_explode, cases);
}

static void spread_merges_the_attributes_of_objects(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"items\",\"spread\":true}",
         "{\"id\":1,\"items\":[{\"a\":1},{\"id\":2,\"b\":{\"c\":3}},5,{}],\"z\":0}",
         "{\"id\":1,\"z\":0,\"a\":1}\n{\"id\":2,\"z\":0,\"b\":{\"c\":3}}\n{\"id\":1,\"items\":5,"
         "\"z\":0}\n{\"id\":1,\"z\":0}"},
        {"{\"attribute\":\"items\",\"spread\":true}", "{\"items\":[{\"items\":1}]}",
         "{\"items\":1}"},
        {"{\"attribute\":\"items\",\"spread\":true}", "{\"items\":[{\"a\":1,\"a\":2}]}",
         "{\"a\":2}"},
    };

    CHECK(&calculator_explode, cases);
}

static void what_is_no_array_is_an_error_or_passes(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"items\"}", "{\"a\":1}\n{\"items\":[1]}",
         "!attribute 'items' is missing\n{\"items\":1}"},
        {"{\"attribute\":\"items\"}", "{\"items\":null}",
         "!attribute 'items' is no array but null"},
        {"{\"attribute\":\"items\"}", "{\"items\":{\"a\":1}}",
         "!attribute 'items' is no array but "},
        {"{\"attribute\":\"items\",\"on_missing\":\"pass\"}",
         "{\"a\":1}\n{\"items\":\"[1]\"}\n{\"items\":[1]}",
         "{\"a\":1}\n{\"items\":\"[1]\"}\n{\"items\":1}"},
    };

    CHECK(&calculator_explode, cases);
}

static void refuses_a_bad_configuration(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{}", "", "!missing_option"},
        {"{\"attribute\":\"items\",\"on_missing\":\"drop\"}", "", "!bad_choice"},
    };

    CHECK(&calculator_explode, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_one_record_for_each_element),
        cmocka_unit_test(the_element_may_get_another_name),
        cmocka_unit_test(keep_input_false_leaves_the_element_alone),
        cmocka_unit_test(spread_merges_the_attributes_of_objects),
        cmocka_unit_test(what_is_no_array_is_an_error_or_passes),
        cmocka_unit_test(refuses_a_bad_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
