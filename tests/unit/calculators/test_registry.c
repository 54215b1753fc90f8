/* test_registry.c - the list of calculators is in order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "calculators/registry.h"
#include "dag/plugin.h"

static void is_sorted_and_complete(void **unused)
{
    (void)unused;
    size_t count = 0;

    for (; calculators_builtin[count]; count++) {
        const struct dag_function *function = calculators_builtin[count];
        assert_int_equal(function->abi_version, DAG_ABI_VERSION);
        assert_non_null(function->summary);
        assert_true(function->plan || function->process);
        if (count > 0)
            assert_true(strcmp(calculators_builtin[count - 1]->name, function->name) < 0);
    }
    assert_int_equal(count, 11);
}

static void every_option_is_explained(void **unused)
{
    (void)unused;
    for (size_t i = 0; calculators_builtin[i]; i++) {
        const struct dag_function *function = calculators_builtin[i];
        for (const struct dag_option *option = function->options; option->name; option++) {
            assert_non_null(option->help);
            assert_true(option->offset < function->state_size);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_sorted_and_complete),
        cmocka_unit_test(every_option_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
