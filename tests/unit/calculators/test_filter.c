/* test_filter.c - a record passes exactly when its condition holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/function_fixture.h"

extern const struct dag_function calculator_filter;

#define CHECK(function, cases)                                                                     \
    assert_function_cases(function, cases, sizeof(cases) / sizeof((cases)[0]))

static void compares_numbers(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":10}", "{\"x\":10}", "{\"x\":10}"},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":10}", "{\"x\":10.0}",
         "{\"x\":10.0}"},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":10}", "{\"x\":9}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":10}", "{\"x\":10.5}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":10}", "{\"x\":\"10\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":10}", "{\"x\":true}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":10}", "{\"x\":null}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":10}", "{\"x\":[10]}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":10}", "{\"x\":9}", "{\"x\":9}"},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":10}", "{\"x\":10.5}",
         "{\"x\":10.5}"},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":10}", "{\"x\":\"10\"}",
         "{\"x\":\"10\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":10}", "{\"x\":null}",
         "{\"x\":null}"},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":10}", "{\"x\":10}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":10}", "{\"x\":1e1}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":9}", "{\"x\":9}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":9.99}", "{\"x\":9.99}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":-1e300}",
         "{\"x\":-1e+300}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":10}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":10.0}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":11}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":\"9\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":null}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":true}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":10}", "{\"x\":123456789012345678901}",
         ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<=\",\"value\":10}", "{\"x\":10}", "{\"x\":10}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<=\",\"value\":10}", "{\"x\":10.0}",
         "{\"x\":10.0}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<=\",\"value\":10}", "{\"x\":9}", "{\"x\":9}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<=\",\"value\":10}", "{\"x\":10.01}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":10}", "{\"x\":10.01}",
         "{\"x\":10.01}"},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":10}", "{\"x\":11}", "{\"x\":11}"},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":10}", "{\"x\":10}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":10}", "{\"x\":9}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":10}", "{\"x\":\"11\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":10}", "{\"x\":123456789012345678901}",
         ""},
        {"{\"attribute\":\"x\",\"comparison\":\">=\",\"value\":10}", "{\"x\":10}", "{\"x\":10}"},
        {"{\"attribute\":\"x\",\"comparison\":\">=\",\"value\":10}", "{\"x\":11}", "{\"x\":11}"},
        {"{\"attribute\":\"x\",\"comparison\":\">=\",\"value\":10}", "{\"x\":9.99}", ""},
    };

    CHECK(&calculator_filter, cases);
}

static void compares_integers_and_doubles_without_rounding(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":9007199254740992.0}",
         "{\"x\":9007199254740993}", "{\"x\":9007199254740993}"},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":9007199254740992.0}",
         "{\"x\":9007199254740993}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":9223372036854775808.0}",
         "{\"x\":9223372036854775807}", "{\"x\":9223372036854775807}"},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":9223372036854775807}",
         "{\"x\":9.223372036854775807e18}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":-9223372036854775808}",
         "{\"x\":-9.223372036854775808e+18}", "{\"x\":-9.223372036854776e+18}"},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":-3.5}", "{\"x\":-3}", "{\"x\":-3}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":-3}", "{\"x\":-3.5}", "{\"x\":-3.5}"},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":0}", "{\"x\":-0.0}", "{\"x\":-0.0}"},
    };

    CHECK(&calculator_filter, cases);
}

static void compares_text_by_code_points(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":\"caf\\u00e9\"}", "{\"x\":\"café\"}",
         "{\"x\":\"café\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":\"café\"}", "{\"x\":\"caf\\u00e9\"}",
         "{\"x\":\"caf\\u00e9\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":\"a\"}", "{\"x\":\"b\"}",
         "{\"x\":\"b\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":\"b\"}", "{\"x\":\"a\"}",
         "{\"x\":\"a\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":\"ab\"}", "{\"x\":\"a\"}",
         "{\"x\":\"a\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":\"a\"}", "{\"x\":\"a\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"<=\",\"value\":\"a\"}", "{\"x\":\"a\"}",
         "{\"x\":\"a\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":\"Z\"}", "{\"x\":\"a\"}",
         "{\"x\":\"a\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":\"😀\"}", "{\"x\":\"～\"}",
         "{\"x\":\"～\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":\"\\ud83d\\ude00\"}",
         "{\"x\":\"\\uff5e\"}", "{\"x\":\"\\uff5e\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":\"～\"}",
         "{\"x\":\"\\ud83d\\ude00\"}", "{\"x\":\"\\ud83d\\ude00\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\">\",\"value\":\"a\"}", "{\"x\":\"a\\n\"}",
         "{\"x\":\"a\\n\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":\"a\\n\\n\"}", "{\"x\":\"a\\n\"}",
         "{\"x\":\"a\\n\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"<\",\"value\":\"5\"}", "{\"x\":4}", ""},
    };

    CHECK(&calculator_filter, cases);
}

static void looks_into_text(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"ell\"}", "{\"x\":\"hello\"}",
         "{\"x\":\"hello\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"elo\"}", "{\"x\":\"hello\"}",
         ""},
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"\"}", "{\"x\":\"\"}",
         "{\"x\":\"\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"a\\nb\"}",
         "{\"x\":\"xa\\na\\nb\"}", "{\"x\":\"xa\\na\\nb\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"aab\"}",
         "{\"x\":\"\\u0061aaab\"}", "{\"x\":\"\\u0061aaab\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"ababac\"}",
         "{\"x\":\"\\tabababac\"}", "{\"x\":\"\\tabababac\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"ababac\"}",
         "{\"x\":\"\\tabababa\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"😀\"}",
         "{\"x\":\"-\\ud83d\\ude00-\"}", "{\"x\":\"-\\ud83d\\ude00-\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"starts_with\",\"value\":\"he\"}",
         "{\"x\":\"hello\"}", "{\"x\":\"hello\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"starts_with\",\"value\":\"hello!\"}",
         "{\"x\":\"hello\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"starts_with\",\"value\":\"\\t\"}",
         "{\"x\":\"\\tx\"}", "{\"x\":\"\\tx\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"starts_with\",\"value\":\"\\tx\"}",
         "{\"x\":\"\\t\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"ends_with\",\"value\":\"lo\"}", "{\"x\":\"hello\"}",
         "{\"x\":\"hello\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"ends_with\",\"value\":\"hello!\"}",
         "{\"x\":\"hello\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"ends_with\",\"value\":\"x\\n\"}",
         "{\"x\":\"\\tx\\n\"}", "{\"x\":\"\\tx\\n\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"ends_with\",\"value\":\"\\tx\\nx\"}",
         "{\"x\":\"\\tx\\n\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"ends_with\",\"value\":\"\"}", "{\"x\":\"a\"}",
         "{\"x\":\"a\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"contains\",\"value\":\"1\"}", "{\"x\":[\"1\"]}",
         ""},
        {"{\"attribute\":\"x\",\"comparison\":\"starts_with\",\"value\":\"1\"}", "{\"x\":1}", ""},
    };

    CHECK(&calculator_filter, cases);
}

static void tells_missing_from_null(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"x\",\"comparison\":\"exists\"}", "{\"x\":null}", "{\"x\":null}"},
        {"{\"attribute\":\"x\",\"comparison\":\"exists\"}", "{\"y\":1}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"missing\"}", "{\"y\":1}", "{\"y\":1}"},
        {"{\"attribute\":\"x\",\"comparison\":\"missing\"}", "{\"x\":null}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"is_null\"}", "{\"x\":null}", "{\"x\":null}"},
        {"{\"attribute\":\"x\",\"comparison\":\"is_null\"}", "{\"x\":0}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"is_null\"}", "{}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":1}", "{}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":null}", "{}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":null}", "{\"x\":null}",
         "{\"x\":null}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[null]}", "{}", ""},
        {"{\"attribute\":\"n.x\",\"comparison\":\"exists\"}", "{\"n\":{\"x\":1}}", ""},
    };

    CHECK(&calculator_filter, cases);
}

static void equality_takes_any_type(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":true}", "{\"x\":true}",
         "{\"x\":true}"},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":true}", "{\"x\":1}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":false}", "{\"x\":null}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":{\"b\":[1],\"a\":2}}",
         "{\"x\":{\"a\":2,\"b\":[1]}}", "{\"x\":{\"a\":2,\"b\":[1]}}"},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":[1]}", "{\"x\":[1.0]}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"==\",\"value\":123456789012345678901}",
         "{\"x\":123456789012345678901}", "{\"x\":123456789012345678901}"},
        {"{\"attribute\":\"x\",\"comparison\":\"!=\",\"value\":123456789012345678901}",
         "{\"x\":123456789012345678902}", "{\"x\":123456789012345678902}"},
        {"{\"attribute\":\"side\",\"value\":\"BUY\"}", "{\"side\":\"BUY\"}", "{\"side\":\"BUY\"}"},
    };

    CHECK(&calculator_filter, cases);
}

static void finds_values_in_a_list(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":5}", "{\"x\":5}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":5.0}", "{\"x\":5.0}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":\"b\"}", "{\"x\":\"b\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":\"a\"}", "{\"x\":\"a\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":\"\\n\"}", "{\"x\":\"\\n\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":\"\\u0061\"}", "{\"x\":\"\\u0061\"}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":null}", "{\"x\":null}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":true}", "{\"x\":true}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":[1]}", "{\"x\":[1]}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":7}", "{\"x\":7}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":2.5}", "{\"x\":2.5}"},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":4}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":\"c\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":false}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":[2]}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":\"5\"}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":1}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[5,\"b\",2.5,null,\"a\",\"\\n\","
         "true,[1],7]}",
         "{\"x\":{}}", ""},
        {"{\"attribute\":\"x\",\"comparison\":\"in\",\"value\":[]}", "{\"x\":1}", ""},
    };

    CHECK(&calculator_filter, cases);
}

static void combines_conditions(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{\"all\":[{\"attribute\":\"a\",\"comparison\":\">\",\"value\":1},{\"attribute\":\"b\","
         "\"comparison\":\"==\",\"value\":\"x\"}]}",
         "{\"a\":2,\"b\":\"x\"}", "{\"a\":2,\"b\":\"x\"}"},
        {"{\"all\":[{\"attribute\":\"a\",\"comparison\":\">\",\"value\":1},{\"attribute\":\"b\","
         "\"comparison\":\"==\",\"value\":\"x\"}]}",
         "{\"a\":2,\"b\":\"y\"}", ""},
        {"{\"any\":[{\"attribute\":\"a\",\"comparison\":\">\",\"value\":1},{\"attribute\":\"b\","
         "\"comparison\":\"==\",\"value\":\"x\"}]}",
         "{\"a\":0,\"b\":\"x\"}", "{\"a\":0,\"b\":\"x\"}"},
        {"{\"any\":[{\"attribute\":\"a\",\"comparison\":\">\",\"value\":1},{\"attribute\":\"b\","
         "\"comparison\":\"==\",\"value\":\"x\"}]}",
         "{\"a\":0}", ""},
        {"{\"not\":{\"attribute\":\"a\",\"comparison\":\"==\",\"value\":1}}", "{\"b\":1}",
         "{\"b\":1}"},
        {"{\"not\":{\"attribute\":\"a\",\"comparison\":\"==\",\"value\":1}}", "{\"a\":1}", ""},
        {"{\"any\":[{\"all\":[{\"attribute\":\"a\",\"comparison\":\"==\",\"value\":1},{"
         "\"attribute\":\"a\",\"comparison\":\"exists\"}]},{\"not\":{\"any\":[{\"attribute\":\"b\","
         "\"comparison\":\"exists\"}]}}]}",
         "{\"a\":2}", "{\"a\":2}"},
        {"{\"all\":[{\"attribute\":\"a\",\"value\":1,\"comment\":\"c\",\"_note\":2}]}", "{\"a\":1}",
         "{\"a\":1}"},
        {"{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{"
         "\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":"
         "{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{"
         "\"not\":{\"not\":{\"not\":{\"attribute\":\"a\",\"comparison\":\"exists\"}}}}}}}}}}}}}}}}}"
         "}}}}}}}}}}}}}}}",
         "{\"a\":1}", ""},
    };

    CHECK(&calculator_filter, cases);
}

static void refuses_conditions_that_make_no_sense(void **unused)
{
    (void)unused;
    static const struct function_case cases[] = {
        {"{}", "", "!one of 'attribute', 'all', 'any' and 'not', not none"},
        {"{\"attribute\":\"a\",\"all\":[]}", "", "!not several"},
        {"{\"attribute\":\"a\",\"comparison\":\"~\",\"value\":1}", "", "!bad_choice"},
        {"{\"attribute\":1}", "", "!wrong_type"},
        {"{\"attribute\":\"a\"}", "", "!attribute 'a': '==' needs a 'value'"},
        {"{\"attribute\":\"a\",\"comparison\":\"exists\",\"value\":1}", "",
         "!'exists' takes no 'value'"},
        {"{\"attribute\":\"a\",\"comparison\":\"<\",\"value\":null}", "",
         "!'<' compares with a number or a text"},
        {"{\"attribute\":\"a\",\"comparison\":\"<\",\"value\":123456789012345678901}", "",
         "!'<' compares with a number or a text"},
        {"{\"attribute\":\"a\",\"comparison\":\"contains\",\"value\":1}", "",
         "!'contains' needs a text"},
        {"{\"attribute\":\"a\",\"comparison\":\"in\",\"value\":1}", "", "!'in' needs a list"},
        {"{\"all\":{}}", "", "!'all' has to be a list"},
        {"{\"any\":[]}", "", "!'any' is an empty list"},
        {"{\"any\":[1]}", "", "!any[0]: a condition has to be an object"},
        {"{\"any\":[{\"attribute\":\"a\",\"comparison\":\"exists\"},{\"atribute\":\"a\"}]}", "",
         "!any[1]: unknown key 'atribute'"},
        {"{\"any\":[{\"attribute\":\"a\",\"comparison\":\"=\",\"value\":1}]}", "",
         "!any[0]: 'comparison' has to be one of"},
        {"{\"any\":[{\"attribute\":2,\"value\":1}]}", "", "!any[0]: 'attribute' has to be a text"},
        {"{\"not\":{\"all\":[{\"attribute\":\"a\",\"comparison\":\"exists\"}],\"value\":1}}", "",
         "!not: 'comparison' and 'value' need an 'attribute'"},
        {"{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{"
         "\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":"
         "{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{"
         "\"not\":{\"not\":{\"not\":{\"not\":{\"attribute\":\"a\",\"comparison\":\"exists\"}}}}}}}}"
         "}}}}}}}}}}}}}}}}}}}}}}}}}",
         "", "!nested more than 32 deep"},
        {"{\"attribute\":\"a\",\"comparison\":\"exists\"}", "[1]", "!no object"},
    };

    CHECK(&calculator_filter, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_numbers),
        cmocka_unit_test(compares_integers_and_doubles_without_rounding),
        cmocka_unit_test(compares_text_by_code_points),
        cmocka_unit_test(looks_into_text),
        cmocka_unit_test(tells_missing_from_null),
        cmocka_unit_test(equality_takes_any_type),
        cmocka_unit_test(finds_values_in_a_list),
        cmocka_unit_test(combines_conditions),
        cmocka_unit_test(refuses_conditions_that_make_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
