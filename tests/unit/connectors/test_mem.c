/* test_mem.c - the mem:// connectors: addresses, waiting, and the end of a run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "connectors/mem/broker.h"
#include "connectors/registry.h"
#include "support/connector_fixture.h"

static int setup(void **state)
{
    (void)state;
    broker_reset();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    broker_reset();
    return 0;
}

static void open_source(struct connector_fixture *source, const char *uri, const char *config)
{
    struct dag_error err = {0};

    if (!subscriber_open(source, &dag_subscriber_mem, uri, config, NULL, &err))
        fail_msg("%s", err.message);
}

static void open_sink(struct connector_fixture *sink, const char *uri, const char *config)
{
    struct dag_error err = {0};

    if (!publisher_open(sink, &dag_publisher_mem, uri, config, &err))
        fail_msg("%s", err.message);
}

static void an_address_names_a_queue_or_a_topic(void **unused)
{
    static const char *const wrong[] = {"mem://q1", "mem://queue/", "mem://topic", "mem://"};

    (void)unused;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct connector_fixture source = {0}, sink = {0};
        struct dag_error err = {0};
        assert_false(subscriber_open(&source, &dag_subscriber_mem, wrong[i], "{}", NULL, &err));
        assert_non_null(strstr(err.message, wrong[i]));
        assert_false(publisher_open(&sink, &dag_publisher_mem, wrong[i], "{}", &err));
        assert_non_null(strstr(err.message, wrong[i]));
        connector_close(&source);
        connector_close(&sink);
    }
}

static void messages_pass_from_a_publisher_to_a_subscriber(void **unused)
{
    static const char *const uris[] = {"mem://queue/a/b", "mem://topic/queue_events"};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct connector_fixture source = {0}, sink = {0};
        open_source(&source, uris[i], "{}");
        open_sink(&sink, uris[i], "{}");
        assert_reads(&source, "", DAG_READ_IDLE);
        assert_writes(&sink, "{\"a\":1}\n[2]\n");
        assert_int_equal(source.host.wake_count, 1);
        assert_reads(&source, "{\"a\":1}\n[2]\n", DAG_READ_IDLE);
        assert_reads(&source, "", DAG_READ_IDLE);
        connector_close(&source);
        connector_close(&sink);
    }
}

static void a_publisher_waits_at_a_full_queue(void **unused)
{
    struct connector_fixture source = {0}, sink = {0};
    struct dag_batch *batch = batch_of_lines("1\n2\n3\n");
    struct dag_error err;
    size_t written;
    char text[200] = "";

    (void)unused;
    open_sink(&sink, "mem://queue/q", "{\"max_size\":2}");
    open_source(&source, "mem://queue/q", "{\"max_size\":100}");
    assert_int_equal(publisher_write(&sink, batch, 0, &written, &err), DAG_WRITE_WAIT);
    assert_int_equal(written, 2);
    sink.publisher->describe(sink.state, text, sizeof text);
    assert_non_null(strstr(text, "'q' is full"));
    assert_int_equal(sink.host.wake_count, 0);
    assert_reads(&source, "1\n2\n", DAG_READ_IDLE);
    assert_int_equal(sink.host.wake_count, 1);
    assert_int_equal(publisher_write(&sink, batch, 2, &written, &err), DAG_WRITE_DONE);
    assert_reads(&source, "3\n", DAG_READ_IDLE);
    dag_batch_unref(batch);
    connector_close(&source);
    connector_close(&sink);
}

static void a_topic_reader_is_there_before_it_is_started(void **unused)
{
    struct connector_fixture source = {0}, sink = {0};

    (void)unused;
    open_source(&source, "mem://topic/t", "{\"max_depth\":2,\"overflow\":\"drop_oldest\"}");
    open_sink(&sink, "mem://topic/t", "{}");
    assert_writes(&sink, "1\n2\n3\n");
    assert_reads(&source, "2\n3\n", DAG_READ_IDLE);
    assert_int_equal(fake_host_dropped(&source.host, "overflow_drop_oldest"), 1);
    connector_close(&source);
    connector_close(&sink);
}

static void text_that_is_no_json_becomes_a_rejected_message(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_buffer out = {0};
    struct dag_error err;

    (void)unused;
    open_source(&source, "mem://queue/q", "{}");
    assert_int_equal(broker_put_text(broker_find(BROKER_QUEUE, "q"), "{", 1, &err), BROKER_OK);
    assert_int_equal(subscriber_read(&source, &out, &err), DAG_READ_IDLE);
    assert_true(out.size > 2 && out.bytes[0] == '!');
    dag_buffer_free(&out);
    connector_close(&source);
}

static void a_key_given_twice_in_text_is_counted(void **unused)
{
    static const char text[] = "{\"a\":1,\"a\":2}";
    struct connector_fixture source = {0};
    struct dag_error err;

    (void)unused;
    open_source(&source, "mem://queue/q", "{}");
    for (uint64_t i = 1; i <= 2; i++) {
        assert_int_equal(
            broker_put_text(broker_find(BROKER_QUEUE, "q"), text, sizeof text - 1, &err),
            BROKER_OK);
        assert_reads(&source, "{\"a\":2}\n", DAG_READ_IDLE);
        assert_int_equal(fake_host_dropped(&source.host, "duplicate_keys"), i);
    }
    connector_close(&source);
}

static void in_a_closed_world_a_reader_ends_after_the_last_producer(void **unused)
{
    static const char *const uris[] = {"mem://queue/q", "mem://topic/t"};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct connector_fixture source = {0}, sink = {0};
        struct dag_error err;
        broker_set_closed_world(true);
        assert_true(broker_declare_producer(uris[i], &err));
        open_source(&source, uris[i], "{}");
        assert_reads(&source, "", DAG_READ_IDLE);
        open_sink(&sink, uris[i], "{}");
        assert_writes(&sink, "1\n");
        assert_reads(&source, "1\n", DAG_READ_IDLE);
        connector_close(&sink);
        assert_reads(&source, "", DAG_READ_IDLE);
        assert_int_equal(source.host.wake_count, 1);
        broker_retract_producer(uris[i]);
        assert_int_equal(source.host.wake_count, 2);
        assert_reads(&source, "", DAG_READ_END);
        connector_close(&source);
    }
}

static void whole_batches_pass_in_pieces_of_any_size(void **unused)
{
    struct connector_fixture source = {0}, sink = {0};
    struct dag_buffer lines = {0};

    (void)unused;
    open_source(&source, "mem://queue/q", "{}");
    open_sink(&sink, "mem://queue/q", "{}");
    for (int i = 0; i < 1000; i++) {
        char line[32];
        int size = snprintf(line, sizeof line, "{\"n\":%d}\n", i);
        assert_true(dag_buffer_append(&lines, line, (size_t)size));
    }
    assert_true(dag_buffer_append(&lines, "", 1));
    struct dag_buffer all = {0};
    for (int i = 0; i < 3; i++) {
        assert_writes(&sink, lines.bytes);
        assert_true(dag_buffer_append(&all, lines.bytes, lines.size - 1));
    }
    assert_true(dag_buffer_append(&all, "", 1));
    assert_reads(&source, all.bytes, DAG_READ_IDLE);
    dag_buffer_free(&all);
    dag_buffer_free(&lines);
    connector_close(&source);
    connector_close(&sink);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(an_address_names_a_queue_or_a_topic),
        CASE(messages_pass_from_a_publisher_to_a_subscriber),
        CASE(a_publisher_waits_at_a_full_queue),
        CASE(a_topic_reader_is_there_before_it_is_started),
        CASE(text_that_is_no_json_becomes_a_rejected_message),
        CASE(a_key_given_twice_in_text_is_counted),
        CASE(in_a_closed_world_a_reader_ends_after_the_last_producer),
        CASE(whole_batches_pass_in_pieces_of_any_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
