/* test_sign_in_limits.c - how whoever guesses passwords is slowed down. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "server/sign_in_limits.h"

#define SECOND_US INT64_C(1000000)

static int set_up(void **state)
{
    *state = sign_in_limits_new();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    sign_in_limits_free(*state);
    return 0;
}

static void fail_times(struct sign_in_limits *limits, size_t count, const char *account,
                       const char *address, int64_t now_us)
{
    for (size_t i = 0; i < count; i++)
        sign_in_limits_failed(limits, account, address, now_us);
}

static void the_wait_doubles_up_to_a_quarter_of_an_hour(void **state)
{
    struct sign_in_limits *limits = *state;

    fail_times(limits, 4, "ann", "10.0.0.1", 0);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.9", 0), 0);
    for (int64_t wait_s = 1; wait_s < 4000; wait_s *= 2) {
        fail_times(limits, 1, "ann", "10.0.0.1", 0);
        assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.9", 0),
                         (wait_s < 900 ? wait_s : 900) * SECOND_US);
    }
    fail_times(limits, 100000, "ann", "10.0.0.1", 0);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.9", 0), 900 * SECOND_US);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.9", 899 * SECOND_US), SECOND_US);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.9", 900 * SECOND_US), 0);
}

static void an_address_is_slowed_down_whatever_names_it_tries(void **state)
{
    struct sign_in_limits *limits = *state;
    char name[20];

    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof(name), "user%d", i);
        sign_in_limits_failed(limits, name, "10.0.0.1", 0);
    }
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.1", 0), 2 * SECOND_US);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.2", 0), 0);
    sign_in_limits_succeeded(limits, "ann"); /* with one's own account nobody becomes free */
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.1", 0), 2 * SECOND_US);
}

static void the_addresses_of_one_customer_are_one(void **state)
{
    struct sign_in_limits *limits = *state;

    fail_times(limits, 5, "", "2001:db8:1:2:3::4", 0);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "2001:db8:1:2:ffff::1", 0), SECOND_US);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "2001:db8:1:3::4", 0), 0);
    fail_times(limits, 5, "", "::ffff:10.0.0.7", 0);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.7", 0), SECOND_US);
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "::ffff:10.0.0.8", 0), 0);
}

static void success_and_time_make_forget(void **state)
{
    struct sign_in_limits *limits = *state;

    fail_times(limits, 8, "ann", "10.0.0.1", 0);
    sign_in_limits_succeeded(limits, "ann");
    assert_int_equal(sign_in_limits_wait_us(limits, "ann", "10.0.0.9", 0), 0);
    fail_times(limits, 8, "bob", "10.0.0.2", 0);
    fail_times(limits, 1, "bob", "10.0.0.2", 3600 * SECOND_US);
    assert_int_equal(sign_in_limits_wait_us(limits, "bob", "10.0.0.2", 3600 * SECOND_US), 0);
}

static void of_too_many_the_one_longest_ago_is_forgotten(void **state)
{
    struct sign_in_limits *limits = *state;
    char name[20];

    fail_times(limits, 5, "first", "", 1);
    fail_times(limits, 5, "second", "", 2);
    for (int i = 0; i < 4095; i++) {
        snprintf(name, sizeof(name), "user%d", i);
        sign_in_limits_failed(limits, name, "", 3);
    }
    assert_int_equal(sign_in_limits_wait_us(limits, "first", "", 3), 0);
    assert_int_equal(sign_in_limits_wait_us(limits, "second", "", 2), SECOND_US);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_wait_doubles_up_to_a_quarter_of_an_hour),
        CASE(an_address_is_slowed_down_whatever_names_it_tries),
        CASE(the_addresses_of_one_customer_are_one),
        CASE(success_and_time_make_forget),
        CASE(of_too_many_the_one_longest_ago_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
