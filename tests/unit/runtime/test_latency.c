/* test_latency.c - durations fall into buckets whose bounds are known, and quantiles follow. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/latency.h"

static size_t bucket_of(int64_t duration_us)
{
    struct latency_counter counter = {0};
    struct latency latency = {0};
    size_t bucket = 0;

    latency_add(&counter, duration_us, 1);
    latency_read(&counter, &latency);
    while (latency.buckets[bucket] == 0)
        bucket++;
    return bucket;
}

static void every_duration_lies_within_its_buckets_bounds(void **unused)
{
    (void)unused;
    for (int64_t us = -1; us < INT64_C(400000000); us += us < 3000 ? 1 : us / 97) {
        size_t bucket = bucket_of(us);
        assert_true(us <= latency_bound_us(bucket));
        assert_true(bucket == 0 || us > latency_bound_us(bucket - 1));
    }
    assert_int_equal(bucket_of(INT64_MAX), LATENCY_BUCKETS - 1);
}

static void bounds_ascend_by_a_quarter_at_most(void **unused)
{
    (void)unused;
    assert_int_equal(latency_bound_us(0), 1);
    assert_int_equal(latency_bound_us(LATENCY_BUCKETS - 1), INT64_MAX);
    for (size_t i = 1; i + 1 < LATENCY_BUCKETS; i++) {
        int64_t before = latency_bound_us(i - 1), bound = latency_bound_us(i);
        assert_true(bound > before);
        assert_true(i < 4 || (bound - before) * 4 <= before);
    }
    assert_in_range(latency_bound_us(LATENCY_BUCKETS - 2), 100000000, 120000000);
}

static void quantiles_are_the_bounds_of_their_buckets(void **unused)
{
    (void)unused;
    struct latency_counter counter = {0};
    struct latency latency = {0};

    assert_int_equal(latency_quantile_us(&latency, 0.5), 0);
    latency_add(&counter, 10, 98);
    latency_add(&counter, 1000, 1);
    latency_add(&counter, INT64_C(1000000000), 1);
    latency_read(&counter, &latency);
    assert_int_equal(latency.count, 100);
    assert_int_equal(latency.sum_us, 980 + 1000 + 1000000000);
    assert_int_equal(latency_quantile_us(&latency, 0.5), 10);
    assert_int_equal(latency_quantile_us(&latency, 0.99), 1024);
    assert_int_equal(latency_quantile_us(&latency, 1), latency_bound_us(LATENCY_BUCKETS - 2));
    assert_int_equal(latency_count_up_to(&latency, 9), 0);
    assert_int_equal(latency_count_up_to(&latency, 10), 98);
    assert_int_equal(latency_count_up_to(&latency, 2000), 99);
    assert_int_equal(latency_count_up_to(&latency, INT64_MAX), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_duration_lies_within_its_buckets_bounds),
        cmocka_unit_test(bounds_ascend_by_a_quarter_at_most),
        cmocka_unit_test(quantiles_are_the_bounds_of_their_buckets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
