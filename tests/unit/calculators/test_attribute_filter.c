/* test_attribute_filter.c - the listed attributes are kept or removed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_attribute_filter;
extern const struct dag_function calculator_attribute_filter_away;

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

static void keeps_the_listed_attributes_in_the_order_of_the_record(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"keep_attributes\":[\"z\",\"a\"]}", "{\"a\":1,\"m\":2,\"z\":3}", "{\"a\":1,\"z\":3}"},
        {"{\"keep_attributes\":[\"a\",\"q\",\"a\"]}", "{\"a\":null,\"b\":2}", "{\"a\":null}"},
        {"{\"keep_attributes\":[\"n.b\"]}", "{\"n\":{\"b\":1},\"n.b\":2}", "{\"n.b\":2}"},
        {"{\"keep_attributes\":[\"a\"]}", "{}", "{}"},
        {"{}", "{\"a\":1}", "{}"},
        {"{\"keep_attributes\":[\"a\"]}", "[1]", "!no object"},
        {"{\"keep_attributes\":\"abc\"}", "", "!wrong_type"},
    };

    CHECK(&calculator_attribute_filter, cases);
}

static void removes_the_listed_attributes(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"filter_attributes\":[\"b\",\"d\"]}", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}",
         "{\"a\":1,\"c\":3}"},
        {"{\"filter_attributes\":[\"a\",\"b\"]}", "{\"a\":1,\"b\":2}", "{}"},
        {"{\"filter_attributes\":[\"zz\"]}", "{\"a\":1}", "{\"a\":1}"},
        {"{\"filter_attributes\":[\"n.b\"]}", "{\"n.b\":1,\"n\":{\"b\":2}}", "{\"n\":{\"b\":2}}"},
        {"{\"filter_attributes\":[\"é\"]}", "{\"é\":1,\"é\":2}", "{\"é\":2}"},
        {"{}", "{\"a\":1,\"b\":null}", "{\"a\":1,\"b\":null}"},
        {"{\"filter_attributes\":[\"a\"]}", "\"a\"", "!no object"},
        {"{\"filter_attributes\":\"abc\"}", "", "!wrong_type"},
    };

    CHECK(&calculator_attribute_filter_away, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_listed_attributes_in_the_order_of_the_record),
        cmocka_unit_test(removes_the_listed_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
