/* test_apply_defaults.c - attributes that are missing or null get their default. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_apply_defaults;

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

static void replaces_null_in_place_and_appends_what_is_missing(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"defaults\":{\"z\":1,\"a\":2}}", "{\"a\":null,\"b\":3}", "{\"a\":2,\"b\":3,\"z\":1}"},
        {"{\"defaults\":{\"z\":1,\"y\":2}}", "{}", "{\"z\":1,\"y\":2}"},
        {"{\"defaults\":{\"t\":null}}", "{\"a\":1}", "{\"a\":1,\"t\":null}"},
        {"{\"defaults\":{\"t\":null}}", "{\"t\":null}", "{\"t\":null}"},
        {"{\"defaults\":{\"n\":{\"x\":[1,2.50,\"\\u00e9\\n\"]}}}", "{}",
         "{\"n\":{\"x\":[1,2.50,\"\\u00e9\\n\"]}}"},
        {"{\"defaults\":{\"i\":12345678901234567890123}}", "{}", "{\"i\":12345678901234567890123}"},
    };

    CHECK(&calculator_apply_defaults, cases);
}

static void leaves_everything_else_alone(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"defaults\":{\"a\":5,\"b\":5,\"c\":5,\"d\":5,\"e\":5}}",
         "{\"a\":0,\"b\":false,\"c\":\"\",\"d\":[],\"e\":{}}",
         "{\"a\":0,\"b\":false,\"c\":\"\",\"d\":[],\"e\":{}}"},
        {"{\"defaults\":{\"n\":{\"x\":1}}}", "{\"n\":{\"y\":1}}", "{\"n\":{\"y\":1}}"},
        {"{}", "{\"a\":null}", "{\"a\":null}"},
    };

    CHECK(&calculator_apply_defaults, cases);
}

static void refuses_what_is_no_object(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"defaults\":[1]}", "", "!wrong_type"},
        {"{\"defaults\":{\"a\":1}}", "[1]", "!no object"},
    };

    CHECK(&calculator_apply_defaults, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_null_in_place_and_appends_what_is_missing),
        cmocka_unit_test(leaves_everything_else_alone),
        cmocka_unit_test(refuses_what_is_no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
