/* test_courier.c - messages brought to a destination outside of any DAG, also by publishers that
 * block. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/courier.h"
#include "support/fake_connectors.h"

static const struct dag_text messages[] = {{"{\"n\":0}", 7}, {"{\"n\":1}", 7}, {"{\"n\":2}", 7}};

struct outcome {
    enum courier_end end;
    size_t accepted;
    bool is_safe;
    struct dag_error err;
};

static struct outcome deliver(const char *scheme, const char *uri, int64_t patience_us)
{
    const struct dag_address address = {.uri = uri, .scheme = scheme, .rest = "there"};
    const struct courier_order order = {
        .type = registry_publisher(fake_connectors_registry(), scheme),
        .address = &address,
        .dag = "dag",
        .name = "temp_pub_in",
        .storage = storage_disk(),
        .clock = clock_system(),
        .patience_us = patience_us,
    };
    struct outcome outcome = {0};

    assert_non_null(order.type);
    outcome.end =
        courier_deliver(&order, messages, 3, &outcome.accepted, &outcome.is_safe, &outcome.err);
    return outcome;
}

static void all_messages_go_and_are_safe(void **unused)
{
    static const char *const schemes[] = {"fake", "flushing", "blocking"};

    (void)unused;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        struct fake_sink sink = {0};

        fake_sink_register(&sink, "there");
        struct outcome outcome = deliver(schemes[i], "x://there", 5000000);
        assert_int_equal(outcome.end, COURIER_DONE);
        assert_int_equal(outcome.accepted, 3);
        assert_true(outcome.is_safe);
        assert_int_equal(sink.values[2], 2);
        assert_int_equal(sink.closed, 1);
        fake_connectors_clear();
    }
}

static void what_finds_no_room_is_told_at_once(void **unused)
{
    struct fake_sink sink = {.room = 2};

    (void)unused;
    fake_sink_register(&sink, "there");
    struct outcome outcome = deliver("fake", "fake://there", 5000000);
    assert_int_equal(outcome.end, COURIER_FULL);
    assert_int_equal(outcome.accepted, 2);
    fake_connectors_clear();
}

static void one_that_blocks_too_long_is_interrupted(void **unused)
{
    struct fake_sink sink = {.room = 1};

    (void)unused;
    fake_sink_register(&sink, "there");
    struct outcome outcome = deliver("blocking", "blocking://there", 100000);
    assert_int_equal(outcome.end, COURIER_FAILED);
    assert_int_equal(outcome.accepted, 1);
    assert_int_equal(outcome.err.code, DAG_ERROR_IO);
    assert_true(outcome.err.retryable);
    assert_non_null(strstr(outcome.err.message, "has not answered"));
    assert_int_equal(sink.interrupted, 1);
    assert_int_equal(sink.closed, 1);
    fake_connectors_clear();
}

static void *release_when_first_is_there(void *context)
{
    struct fake_sink *sink = context;

    fake_sink_wait(sink, 1);
    fake_sink_allow(sink, 2);
    return NULL;
}

static void one_that_blocks_for_a_while_goes_on(void **unused)
{
    struct fake_sink sink = {.room = 1};
    pthread_t thread;

    (void)unused;
    fake_sink_register(&sink, "there");
    assert_int_equal(pthread_create(&thread, NULL, release_when_first_is_there, &sink), 0);
    struct outcome outcome = deliver("blocking", "blocking://there", 20000000);
    pthread_join(thread, NULL);
    assert_int_equal(outcome.end, COURIER_DONE);
    assert_int_equal(outcome.accepted, 3);
    assert_int_equal(sink.interrupted, 0);
    fake_connectors_clear();
}

static void what_cant_be_opened_says_why(void **unused)
{
    static const char *const schemes[] = {"fake", "blocking"};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct outcome outcome = deliver(schemes[i], "x://there", 5000000);

        assert_int_equal(outcome.end, COURIER_FAILED);
        assert_int_equal(outcome.accepted, 0);
        assert_string_equal(outcome.err.message, "no script for 'x://there'");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_messages_go_and_are_safe),
        cmocka_unit_test(what_finds_no_room_is_told_at_once),
        cmocka_unit_test(one_that_blocks_too_long_is_interrupted),
        cmocka_unit_test(one_that_blocks_for_a_while_goes_on),
        cmocka_unit_test(what_cant_be_opened_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
