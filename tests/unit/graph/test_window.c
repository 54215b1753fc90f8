/* test_window.c - times of day, durations, and windows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/window.h"

static void times_of_day_have_four_digits(void **unused)
{
    static const struct {
        const char *text;
        int minutes; /* -1: refused */
    } cases[] = {
        {"0000", 0},  {"2359", 1439}, {"09:30", 570}, {"0930", 570},  {"2400", -1}, {"0960", -1},
        {"930", -1},  {"9:30", -1},   {"09.30", -1},  {"09:3", -1},   {"", -1},     {" 0930", -1},
        {"ab00", -1}, {"09300", -1},  {"+930", -1},   {"09:300", -1},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int minutes = -1;

        assert_int_equal(window_parse_time(cases[i].text, &minutes), cases[i].minutes >= 0);
        assert_int_equal(minutes, cases[i].minutes);
    }
}

static void durations_are_hours_and_minutes(void **unused)
{
    static const struct {
        const char *text;
        int minutes; /* -1: refused */
    } cases[] = {
        {"8h", 480},      {"1H30M", 90}, {"\t90m\n", 90}, {"1h 30m", -1}, {"30m1h", -1},
        {"1h1h", -1},     {"0h", -1},    {"", -1},        {"1.5h", -1},   {"99999999999999h", -1},
        {"5270401m", -1},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int minutes = -1;

        assert_int_equal(window_parse_duration(cases[i].text, &minutes), cases[i].minutes >= 0);
        assert_int_equal(minutes, cases[i].minutes);
    }
}

static void windows_are_resolved(void **unused)
{
    static const struct {
        const char *start, *end, *duration;
        int from, to;
    } cases[] = {
        {NULL, NULL, NULL, -1, -1},        {"0600", NULL, NULL, -1, -1},
        {NULL, "0600", "1h", -1, -1},      {"0600", "0700", NULL, 360, 420},
        {"0600", "0700", "3h", 360, 540},  {"2300", NULL, "2h", 1380, 60},
        {"0600", NULL, "24h", -1, -1},     {"0600", "0700", "48h", -1, -1},
        {"0600", NULL, "1439m", 360, 359},
    };
    struct dag_error err = {0};
    int from, to;

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(
            window_resolve(cases[i].start, cases[i].end, cases[i].duration, &from, &to, &err));
        assert_int_equal(from, cases[i].from);
        assert_int_equal(to, cases[i].to);
    }
    assert_false(window_resolve("0600", "7", NULL, &from, &to, &err));
    assert_non_null(strstr(err.message, "end_time '7'"));
    assert_int_equal(from, -1);
}

static void without_a_start_there_is_no_end(void **unused)
{
    struct dag_error err = {0};
    char end[5];

    (void)unused;
    assert_true(window_end_time(NULL, "1h", end, &err));
    assert_string_equal(end, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_day_have_four_digits),
        cmocka_unit_test(durations_are_hours_and_minutes),
        cmocka_unit_test(windows_are_resolved),
        cmocka_unit_test(without_a_start_there_is_no_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
