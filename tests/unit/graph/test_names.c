/* test_names.c - the rule for names, and the table of declared ones. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/names.h"

static void the_rule_asks_for_a_letter(void **unused)
{
    static const struct {
        const char *name;
        bool is_valid;
    } cases[] = {
        {"a", true},
        {"1abc", true},
        {"_x", true},
        {"A_9", true},
        {"", false},
        {"123", false},
        {"___", false},
        {"my-sub", false},
        {"a.b", false},
        {"a b", false},
        {"\xc3\xa9"
         "1",
         false},
        {"a/b", false},
        {"1_2", false},
    };
    char name[NAME_SIZE_MAX + 2];

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(name_is_valid(cases[i].name, strlen(cases[i].name)), cases[i].is_valid);
    assert_false(name_is_valid("a\0b", 3));
    memset(name, 'a', sizeof(name));
    assert_true(name_is_valid(name, NAME_SIZE_MAX));
    assert_false(name_is_valid(name, NAME_SIZE_MAX + 1));
}

static void names_are_found_among_many(void **unused)
{
    static char texts[2000][16];
    struct names names = {0};

    (void)unused;
    assert_int_equal(names_find(&names, "n1", 2), -1);
    for (int i = 0; i < 2000; i++) {
        snprintf(texts[i], sizeof(texts[i]), "n%d", i);
        assert_true(names_add(&names, texts[i], strlen(texts[i]), i));
    }
    for (int i = 0; i < 2000; i++)
        assert_int_equal(names_find(&names, texts[i], strlen(texts[i])), i);
    assert_int_equal(names_find(&names, "n2000", 5), -1);
    assert_int_equal(names_find(&names, "n1", 1), -1);
    names_free(&names);
    names_free(&names);
}

static void the_nearest_name_is_suggested(void **unused)
{
    struct names names = {0};

    (void)unused;
    assert_true(names_add(&names, "orders_in", 9, 0));
    assert_true(names_add(&names, "prices_in", 9, 1));
    assert_string_equal(names_suggest(&names, "order_in"), "orders_in");
    assert_null(names_suggest(&names, "zebra"));
    names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_asks_for_a_letter),
        cmocka_unit_test(names_are_found_among_many),
        cmocka_unit_test(the_nearest_name_is_suggested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
