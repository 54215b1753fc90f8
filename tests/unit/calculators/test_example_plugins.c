/* test_example_plugins.c - the plug-ins of examples/plugins load and do what they say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/function_fixture.h"

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

/* The library stays loaded until the test ends, closed or not. */
static const struct dag_plugin *plugin_load(const char *name)
{
    const char *root = getenv("DAGD_BUILD_ROOT");
    dag_plugin_entry_function entry;
    const struct dag_plugin *plugin;
    char path[4096];
    void *library;

    assert_non_null(root);
    snprintf(path, sizeof(path), "%s/examples/plugins/%s.so", root, name);
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) {
        fail_msg("%s", dlerror());
        return NULL;
    }
    entry = (dag_plugin_entry_function)(uintptr_t)dlsym(library, DAG_PLUGIN_ENTRY);
    dlclose(library);
    assert_non_null(entry);
    assert_null(entry(DAG_ABI_VERSION + 1));
    plugin = entry(DAG_ABI_VERSION);
    assert_non_null(plugin);
    assert_string_equal(plugin->name, name);
    return plugin;
}

static void the_calculator_gives_a_running_mean(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"x\"}", "{\"x\":1}\n{\"x\":2.0,\"y\":\"z\"}\n{\"mean\":0,\"x\":6}",
         "{\"x\":1,\"mean\":1.0}\n{\"x\":2.0,\"y\":\"z\",\"mean\":1.5}\n{\"mean\":3.0,\"x\":6}"},
        {"{\"attribute\":\"x\"}", "{}", "!attribute 'x' is missing"},
        {"{\"attribute\":\"x\"}", "{\"x\":null}", "!attribute 'x' is no number but null"},
        {"{}", "", "!missing_option"},
    };

    CHECK(plugin_load("example_calculator")->calculators[0], cases);
}

static void the_calculator_goes_on_after_a_restart(void **unused)
{
    (void)unused;
    const struct dag_function *mean = plugin_load("example_calculator")->calculators[0];
    struct function_fixture fixture;
    struct dag_error err = {0};
    struct dag_buffer saved = {0}, out = {0};

    assert_true(function_open(&fixture, mean, "{\"attribute\":\"x\"}", &err));
    assert_true(function_apply(&fixture, "{\"x\":1}\n{\"x\":0.1}", &out, &err));
    assert_true(mean->save(fixture.state, &saved, &err));
    function_close(&fixture);

    out.size = 0;
    assert_true(function_open(&fixture, mean, "{\"attribute\":\"x\"}", &err));
    assert_true(mean->restore(fixture.state, saved.bytes, saved.size, &err));
    assert_true(function_apply(&fixture, "{\"x\":1.9}", &out, &err));
    assert_memory_equal(out.bytes, "{\"x\":1.9,\"mean\":1.0}\n", out.size);
    function_close(&fixture);
    dag_buffer_free(&saved);
    dag_buffer_free(&out);
}

static void the_transformer_gives_upper_case(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"s\"}", "{\"a\":\"x\",\"s\":\"abC-1\"}", "{\"a\":\"x\",\"s\":\"ABC-1\"}"},
        {"{\"attribute\":\"s\"}", "{\"s\":\"a\\nb\\u0063\"}", "{\"s\":\"A\\nBC\"}"},
        {"{\"attribute\":\"s\"}", "{\"s\":1}\n{\"t\":\"x\"}\n{}", "{\"s\":1}\n{\"t\":\"x\"}\n{}"},
    };

    CHECK(plugin_load("example_transformer")->transformers[0], cases);
}

static void the_node_lets_some_records_through(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"every\":3}", "[1]\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n5\n6\n{\"n\":7}",
         "[1]\n{\"n\":4}\n{\"n\":7}"},
        {"{\"every\":1}", "1\n2", "1\n2"},
        {"{\"every\":0}", "", "!out_of_bounds"},
    };

    CHECK(&plugin_load("example_node")->node_types[0]->function, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_calculator_gives_a_running_mean),
        cmocka_unit_test(the_calculator_goes_on_after_a_restart),
        cmocka_unit_test(the_transformer_gives_upper_case),
        cmocka_unit_test(the_node_lets_some_records_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
