/* test_registry.c - the lists of built-in connectors are in order, and each one is complete. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "connectors/registry.h"
#include "core/options.h"

static void check_options(const char *name, const struct dag_option *options, size_t state_size)
{
    for (; options && options->name; options++) {
        if (!options->help || options->offset >= state_size)
            fail_msg("%s: option '%s' has no help or lies outside the state", name, options->name);
        if (options->type == DAG_OPTION_CHOICE && !options->choices)
            fail_msg("%s: option '%s' has no choices", name, options->name);
    }
}

static void the_lists_are_sorted_by_scheme(void **unused)
{
    (void)unused;
    for (size_t i = 1; connectors_subscribers[i]; i++)
        assert_true(
            strcmp(connectors_subscribers[i - 1]->scheme, connectors_subscribers[i]->scheme) < 0);
    for (size_t i = 1; connectors_publishers[i]; i++)
        assert_true(strcmp(connectors_publishers[i - 1]->scheme, connectors_publishers[i]->scheme) <
                    0);
}

static void each_descriptor_is_complete(void **unused)
{
    (void)unused;
    for (size_t i = 0; connectors_subscribers[i]; i++) {
        const struct dag_subscriber *subscriber = connectors_subscribers[i];
        assert_int_equal(subscriber->abi_version, DAG_ABI_VERSION);
        assert_non_null(subscriber->name);
        assert_non_null(subscriber->summary);
        assert_non_null(subscriber->address_help);
        check_options(subscriber->name, subscriber->options, subscriber->state_size);
    }
    for (size_t i = 0; connectors_publishers[i]; i++) {
        const struct dag_publisher *publisher = connectors_publishers[i];
        assert_int_equal(publisher->abi_version, DAG_ABI_VERSION);
        assert_non_null(publisher->name);
        assert_non_null(publisher->summary);
        assert_non_null(publisher->address_help);
        check_options(publisher->name, publisher->options, publisher->state_size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lists_are_sorted_by_scheme),
        cmocka_unit_test(each_descriptor_is_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
