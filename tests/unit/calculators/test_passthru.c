/* test_passthru.c - Null and Passthru give every message as it came. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_null;
extern const struct dag_function calculator_passthru;

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

static void passes_on_every_message_also_one_that_is_no_object(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{}", "{}", "{}"},
        {"{}", "{ \"a\" : [ 1, null ],\"b\":1.0 }", "{\"a\":[1,null],\"b\":1.0}"},
        {"{}", "{\"i\":12345678901234567890123}", "{\"i\":12345678901234567890123}"},
        {"{}", "[1,2]\n{\"a\":1}\n\"x\"\n7\nfalse", "[1,2]\n{\"a\":1}\n\"x\"\n7\nfalse"},
    };

    CHECK(&calculator_null, cases);
    CHECK(&calculator_passthru, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_on_every_message_also_one_that_is_no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
