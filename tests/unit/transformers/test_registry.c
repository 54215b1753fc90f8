/* test_registry.c - the transformers are in order and do what their calculators do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "calculators/registry.h"
#include "support/function_fixture.h"
#include "transformers/registry.h"

static const struct dag_function *find(const struct dag_function *const *functions,
                                       const char *name)
{
    for (; *functions; functions++) {
        if (strcmp((*functions)->name, name) == 0)
            return *functions;
    }
    fail_msg("there is no %s", name);
    return NULL;
}

static void run(const struct dag_function *function, const char *config, struct dag_buffer *out)
{
    struct function_fixture fixture;
    struct dag_error err = {0};

    assert_true(function_open(&fixture, function, config, &err));
    assert_true(
        function_apply(&fixture, "{\"a\":null,\"b\":2}\n[1]\n{\"a\":\"x\"}\n{}", out, &err));
    function_close(&fixture);
}

static void is_sorted_and_complete(void **unused)
{
    (void)unused;
    size_t count = 0;

    for (; transformers_builtin[count]; count++) {
        const struct dag_function *function = transformers_builtin[count];
        assert_int_equal(function->abi_version, DAG_ABI_VERSION);
        assert_non_null(function->summary);
        assert_true(function->plan || function->process);
        if (count > 0)
            assert_true(strcmp(transformers_builtin[count - 1]->name, function->name) < 0);
    }
    assert_int_equal(count, 5);
}

static void every_option_is_explained(void **unused)
{
    (void)unused;
    for (size_t i = 0; transformers_builtin[i]; i++) {
        const struct dag_function *function = transformers_builtin[i];
        for (const struct dag_option *option = function->options; option->name; option++) {
            assert_non_null(option->help);
            assert_true(option->offset < function->state_size);
        }
    }
}

static void each_gives_what_its_calculator_gives(void **unused)
{
    (void)unused;
    static const struct {
        const char *transformer, *calculator, *config;
    } pairs[] = {
        {"ApplyDefaultsDataTransformer", "ApplyDefaultsCalculator",
         "{\"defaults\":{\"a\":1,\"q\":[2]}}"},
        {"AttributeFilterAwayDataTransformer", "AttributeFilterAwayCalculator",
         "{\"filter_attributes\":[\"a\"]}"},
        {"AttributeFilterDataTransformer", "AttributeFilterCalculator",
         "{\"keep_attributes\":[\"a\"]}"},
        {"NullDataTransformer", "NullCalculator", "{}"},
        {"PassthruDataTransformer", "PassthruCalculator", "{}"},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct dag_buffer given = {0}, expected = {0};

        run(find(transformers_builtin, pairs[i].transformer), pairs[i].config, &given);
        run(find(calculators_builtin, pairs[i].calculator), pairs[i].config, &expected);
        assert_int_equal(given.size, expected.size);
        assert_memory_equal(given.bytes, expected.bytes, given.size);
        dag_buffer_free(&given);
        dag_buffer_free(&expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_sorted_and_complete),
        cmocka_unit_test(every_option_is_explained),
        cmocka_unit_test(each_gives_what_its_calculator_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
