/* test_denials.c - how an address that is denied all the time is held, and never for good. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "server/denials.h"

#define SECOND_US INT64_C(1000000)
#define HOUR_US   (3600 * SECOND_US)

static int set_up(void **state)
{
    struct dag_error err = {0};

    *state = denials_new(&err);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    denials_free(*state);
    return 0;
}

/* Returns how often an address came to be held by it. */
static int deny(struct denials *denials, int times, const char *address, int64_t now_us)
{
    uint64_t held;
    int begun = 0;

    for (int i = 0; i < times; i++)
        begun += denials_add(denials, address, now_us, &held);
    return begun;
}

static void twenty_are_free_then_the_time_doubles(void **state)
{
    struct denials *denials = *state;

    assert_int_equal(deny(denials, DENIALS_FREE - 1, "10.0.0.1", 0), 0);
    assert_int_equal(denials_hold(denials, "10.0.0.1", 0), 0);
    assert_int_equal(deny(denials, 1, "10.0.0.1", 0), 1);
    for (int64_t wait_s = 1; wait_s < 4000; wait_s *= 2) {
        int64_t wait_us = (wait_s < 900 ? wait_s : 900) * SECOND_US;

        assert_int_equal(denials_hold(denials, "10.0.0.1", 0), wait_us);
        assert_int_equal(denials_hold(denials, "10.0.0.1", wait_us - 1), 1);
        assert_int_equal(denials_hold(denials, "10.0.0.1", wait_us), 0);
        assert_int_equal(deny(denials, 1, "10.0.0.1", 0), 0);
    }
    assert_int_equal(denials_hold(denials, "10.0.0.2", 0), 0);
}

static void a_flood_without_end_is_told_a_few_times_an_hour(void **state)
{
    struct denials *denials = *state;
    struct denials_counts counts;
    uint64_t held, untold = 0, told = 0, sent = 0;

    for (int64_t now_us = 0; now_us < 4 * HOUR_US; now_us += SECOND_US / 4, sent++) {
        if (denials_hold(denials, "127.0.0.1", now_us) > 0)
            continue;
        denials_add(denials, "127.0.0.1", now_us, &held);
        untold += held;
        told++;
    }
    denials_count(denials, &counts);
    assert_in_range(told, DENIALS_FREE, DENIALS_FREE + 10 + 4 * 4);
    assert_int_equal(counts.told, told);
    assert_int_equal(counts.told + counts.held, sent);
    assert_in_range(untold, sent - told - 4 * 900, sent - told); /* but for those since the last */
}

static void the_addresses_of_one_customer_are_one(void **state)
{
    static const struct {
        const char *denied, *other;
        bool is_same;
    } cases[] = {
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
        {"2001:db8:2:2::1", "2001:db8:2:3::1", false},
        {"10.1.0.1", "::ffff:10.1.0.1", true},
        {"10.2.0.1", "10.2.0.2", false},
        {"::1", "::1", true},
        {"127.0.0.1", "127.0.0.1", true},
        {"no address", "neither", true},
    };
    struct denials *denials = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        deny(denials, DENIALS_FREE, cases[i].denied, 0);
        assert_int_equal(denials_hold(denials, cases[i].other, 0) > 0, cases[i].is_same);
    }
}

static void an_hour_makes_forget(void **state)
{
    struct denials *denials = *state;

    deny(denials, 30, "10.0.0.1", 0);
    assert_int_equal(denials_hold(denials, "10.0.0.1", HOUR_US), 0);
    assert_int_equal(deny(denials, DENIALS_FREE - 1, "10.0.0.1", HOUR_US), 0);
    assert_int_equal(denials_hold(denials, "10.0.0.1", HOUR_US), 0);
    assert_int_equal(deny(denials, 1, "10.0.0.1", HOUR_US), 1);
}

static void very_many_addresses_only_push_out_the_oldest(void **state)
{
    struct denials *denials = *state;
    char address[40];

    for (int i = 0; i < 100000; i++) {
        snprintf(address, sizeof(address), "2001:db8:%x:%x::1", i >> 16, i & 0xFFFF);
        deny(denials, 1, address, i);
        if (i % 100 == 0) /* whoever goes on stays known */
            deny(denials, 1, "10.0.0.1", i);
    }
    assert_true(denials_hold(denials, "10.0.0.1", 100000) > 0);
    snprintf(address, sizeof(address), "2001:db8:%x:%x::1", 99999 >> 16, 99999 & 0xFFFF);
    deny(denials, DENIALS_FREE - 1, address, 100000);
    assert_true(denials_hold(denials, address, 100000) > 0); /* the newest is there as well */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(twenty_are_free_then_the_time_doubles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_without_end_is_told_a_few_times_an_hour, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_addresses_of_one_customer_are_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_hour_makes_forget, set_up, tear_down),
        cmocka_unit_test_setup_teardown(very_many_addresses_only_push_out_the_oldest, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
