/* test_metronome.c - ticks on a clock that the test turns. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "connectors/registry.h"
#include "support/connector_fixture.h"

static void open_source(struct connector_fixture *source, const char *config)
{
    struct dag_error err = {0};

    if (!subscriber_open(source, &dag_subscriber_metronome, "metronome", config, NULL, &err))
        fail_msg("%s", err.message);
}

static void only_the_bare_word_is_an_address(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_error err = {0};

    (void)unused;
    assert_false(
        subscriber_open(&source, &dag_subscriber_metronome, "metronome://x", "{}", NULL, &err));
    assert_non_null(strstr(err.message, "metronome://x"));
    connector_close(&source);
}

static void each_message_carries_the_local_time(void **unused)
{
    struct connector_fixture source = {0};

    (void)unused;
    assert_int_equal(setenv("TZ", "UTC-2", 1), 0);
    tzset();
    open_source(&source, "{\"interval\":1,\"message\":\"hb\"}");
    source.host.clock_us = INT64_C(1767323045000000); /* 2026-01-02 03:04:05 UTC */
    source.host.monotonic_us += 1000000;
    assert_reads(&source, "{\"message\":\"hb\",\"current_timestamp\":\"20260102050405\"}\n",
                 DAG_READ_IDLE);
    connector_close(&source);
}

static void the_first_comes_after_a_whole_interval_and_missed_ones_are_counted(void **unused)
{
    struct connector_fixture source = {0};
    int64_t start;

    (void)unused;
    open_source(&source, "{\"interval\":3600,\"message\":{\"any\":[\"json\",1]}}");
    start = source.host.monotonic_us;
    assert_int_equal(source.host.timer_us, start + INT64_C(3600000000));
    assert_reads(&source, "", DAG_READ_IDLE);
    source.host.monotonic_us = start + INT64_C(4000000000);
    struct dag_buffer out = {0};
    struct dag_error err;
    assert_int_equal(subscriber_read(&source, &out, &err), DAG_READ_IDLE);
    assert_memory_equal(out.bytes, "{\"message\":{\"any\":[\"json\",1]},", 30);
    assert_int_equal(source.host.timer_us, start + INT64_C(7200000000));
    assert_reads(&source, "", DAG_READ_IDLE);
    out.size = 0;
    source.host.monotonic_us = start + INT64_C(14500000000);
    assert_int_equal(subscriber_read(&source, &out, &err), DAG_READ_IDLE);
    assert_ptr_equal(memchr(out.bytes, '\n', out.size), out.bytes + out.size - 1);
    assert_int_equal(fake_host_dropped(&source.host, "missed_ticks"), 2);
    assert_int_equal(source.host.timer_us, start + INT64_C(18000000000));
    dag_buffer_free(&out);
    connector_close(&source);
}

static void a_stopped_one_starts_with_a_whole_interval_again(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_error err;

    (void)unused;
    open_source(&source, "{}");
    source.subscriber->stop(source.state);
    assert_int_equal(source.host.timer_us, INT64_MAX);
    source.host.monotonic_us += 5000000;
    assert_true(
        source.subscriber->open(source.state, &source.address, &source.host.host, NULL, 0, &err));
    assert_reads(&source, "", DAG_READ_IDLE);
    assert_int_equal(source.host.timer_us, source.host.monotonic_us + 1000000);
    connector_close(&source);
}

static void the_publisher_counts_and_sends_nothing(void **unused)
{
    struct connector_fixture sink = {0};
    struct dag_error err;
    char text[100] = "";

    (void)unused;
    assert_true(publisher_open(&sink, &dag_publisher_metronome, "metronome", "{}", &err));
    assert_writes(&sink, "1\n2\n");
    assert_int_equal(fake_host_dropped(&sink.host, "metronome_sink"), 2);
    sink.host.monotonic_us += 3500000;
    sink.publisher->describe(sink.state, text, sizeof text);
    assert_string_equal(text, "made 3 messages of its own");
    connector_close(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_bare_word_is_an_address),
        cmocka_unit_test(each_message_carries_the_local_time),
        cmocka_unit_test(the_first_comes_after_a_whole_interval_and_missed_ones_are_counted),
        cmocka_unit_test(a_stopped_one_starts_with_a_whole_interval_again),
        cmocka_unit_test(the_publisher_counts_and_sends_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
