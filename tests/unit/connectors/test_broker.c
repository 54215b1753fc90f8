/* test_broker.c - queues and topics: order, bounds, policies, waiting, statistics. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>

#include "connectors/mem/broker.h"
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

static struct broker_channel *channel(enum broker_kind kind, const char *name, size_t depth)
{
    struct dag_error err;
    struct broker_channel *made = broker_open(kind, name, depth, &err);

    assert_non_null(made);
    return made;
}

static struct broker_reader *subscribe(struct broker_channel *topic, size_t depth,
                                       enum broker_overflow overflow, struct fake_host *host)
{
    struct dag_error err;
    struct broker_reader *reader =
        broker_subscribe(topic, depth, overflow, host ? &host->host : NULL, &err);

    assert_non_null(reader);
    return reader;
}

static enum broker_result put_text(struct broker_channel *to, const char *text)
{
    struct dag_error err;

    return broker_put_text(to, text, strlen(text), &err);
}

static void assert_text(enum broker_result result, struct dag_buffer *buffer, const char *expected)
{
    if (!expected) {
        assert_int_equal(result, BROKER_EMPTY);
    } else {
        assert_int_equal(result, BROKER_OK);
        assert_int_equal(buffer->size, strlen(expected));
        assert_memory_equal(buffer->bytes, expected, buffer->size);
    }
    dag_buffer_free(buffer);
}

static void assert_get(struct broker_channel *queue, const char *expected)
{
    struct dag_buffer buffer = {0};
    struct dag_error err;
    enum broker_result result = broker_get_text(queue, &buffer, &err);

    assert_text(result, &buffer, expected);
}

static void assert_receive(struct broker_reader *reader, const char *expected)
{
    struct dag_buffer buffer = {0};
    struct dag_error err;
    enum broker_result result = broker_receive_text(reader, &buffer, &err);

    assert_text(result, &buffer, expected);
}

static size_t put_lines(struct broker_channel *to, const char *lines, struct broker_waiter *waiter)
{
    struct dag_batch *batch = batch_of_lines(lines);
    struct dag_error err;
    size_t written;

    assert_int_equal(broker_put(to, dag_batch_rows(batch), dag_batch_row_count(batch), batch,
                                waiter, &written, &err),
                     BROKER_OK);
    dag_batch_unref(batch);
    return written;
}

/* Takes all rows of a queue as lines. The caller frees them. */
static char *take_lines(struct broker_channel *queue)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_buffer buffer = {0};
    struct dag_error err;
    enum broker_result result;

    do {
        struct dag_batch *batch = dag_batch_new();
        bool is_over;
        result = broker_take(queue, batch, parser, NULL, &is_over, &err);
        assert_true(
            dag_json_write_lines(&buffer, dag_batch_rows(batch), dag_batch_row_count(batch)));
        dag_batch_unref(batch);
    } while (result == BROKER_OK);
    assert_true(dag_buffer_append(&buffer, "", 1));
    dag_json_parser_free(parser);
    return buffer.bytes;
}

static void reading_an_unknown_queue_gives_nothing(void **unused)
{
    (void)unused;
    assert_null(broker_find(BROKER_QUEUE, "nope"));
    assert_int_equal(broker_depth("nope"), 0);
}

static void a_full_queue_refuses_the_newest_message(void **unused)
{
    struct broker_channel *queue = channel(BROKER_QUEUE, "q", 2);

    (void)unused;
    assert_int_equal(put_text(queue, "1"), BROKER_OK);
    assert_int_equal(put_text(queue, "2"), BROKER_OK);
    assert_int_equal(put_text(queue, "3"), BROKER_FULL);
    assert_get(queue, "1");
    assert_int_equal(put_text(queue, "4"), BROKER_OK);
    assert_get(queue, "2");
    assert_get(queue, "4");
    assert_get(queue, NULL);
}

static void the_first_creation_fixes_the_size(void **unused)
{
    struct broker_channel *queue = channel(BROKER_QUEUE, "q", 1);

    (void)unused;
    assert_ptr_equal(channel(BROKER_QUEUE, "q", 9), queue);
    assert_int_equal(put_text(queue, "1"), BROKER_OK);
    assert_int_equal(put_text(queue, "2"), BROKER_FULL);
}

static void a_topic_keeps_nothing_for_later_subscribers(void **unused)
{
    struct broker_channel *topic = channel(BROKER_TOPIC, "t", 0);
    struct broker_reader *reader;

    (void)unused;
    assert_int_equal(put_text(topic, "0"), BROKER_OK);
    reader = subscribe(topic, 10, BROKER_DROP_NEWEST, NULL);
    assert_int_equal(put_text(topic, "1"), BROKER_OK);
    assert_receive(reader, "1");
    assert_receive(reader, NULL);
    broker_unsubscribe(reader);
}

static void queues_and_topics_have_separate_names(void **unused)
{
    (void)unused;
    assert_ptr_not_equal(channel(BROKER_QUEUE, "x", 1), channel(BROKER_TOPIC, "x", 1));
    assert_ptr_not_equal(channel(BROKER_QUEUE, "a/b", 1), channel(BROKER_QUEUE, "c/b", 1));
}

/* Four messages "1".."4" for a subscriber with room for two. */
static void a_full_subscriber_loses_what_its_policy_says(void **unused)
{
    static const struct {
        enum broker_overflow overflow;
        const char *cause;
        const char *left[3];
        uint64_t dropped;
    } cases[] = {
        {BROKER_DROP_NEWEST, "overflow_drop_newest", {"1", "2", NULL}, 2},
        {BROKER_DROP_OLDEST, "overflow_drop_oldest", {"3", "4", NULL}, 2},
        {BROKER_LATEST, "overflow_latest", {"3", "4", NULL}, 2},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct broker_channel *topic = channel(BROKER_TOPIC, "t", 0);
        struct broker_statistics statistics;
        struct fake_host host;
        fake_host_init(&host);
        struct broker_reader *slow = subscribe(topic, 2, cases[i].overflow, &host);
        struct broker_reader *fast = subscribe(topic, 10, BROKER_DROP_NEWEST, NULL);
        for (int n = 1; n <= 4; n++)
            assert_int_equal(put_text(topic, (char[]){(char)('0' + n), '\0'}), BROKER_OK);
        for (size_t k = 0; k < 3; k++)
            assert_receive(slow, cases[i].left[k]);
        for (int n = 1; n <= 4; n++)
            assert_receive(fast, (char[]){(char)('0' + n), '\0'});
        broker_get_statistics(topic, &statistics);
        assert_int_equal(statistics.dropped, cases[i].dropped);
        assert_int_equal(fake_host_dropped(&host, cases[i].cause), cases[i].dropped);
        broker_unsubscribe(slow);
        broker_unsubscribe(fast);
        broker_reset();
    }
}

static void policies_hold_for_many_rows_at_once(void **unused)
{
    static const struct {
        enum broker_overflow overflow;
        const char *left[3];
    } cases[] = {
        {BROKER_DROP_NEWEST, {"0", "1", NULL}},
        {BROKER_DROP_OLDEST, {"4", "5", NULL}},
        {BROKER_LATEST, {"5", NULL, NULL}},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct broker_channel *topic = channel(BROKER_TOPIC, "t", 0);
        struct broker_reader *reader = subscribe(topic, 2, cases[i].overflow, NULL);
        assert_int_equal(put_lines(topic, "0\n", NULL), 1);
        assert_int_equal(put_lines(topic, "1\n2\n3\n4\n5\n", NULL), 5);
        for (size_t k = 0; k < 3 && (k == 0 || cases[i].left[k - 1]); k++)
            assert_receive(reader, cases[i].left[k]);
        broker_unsubscribe(reader);
        broker_reset();
    }
}

static void a_subscriber_that_blocks_holds_back_all(void **unused)
{
    struct broker_channel *topic = channel(BROKER_TOPIC, "t", 0);
    struct broker_reader *slow = subscribe(topic, 2, BROKER_BLOCK, NULL);
    struct broker_reader *fast = subscribe(topic, 10, BROKER_BLOCK, NULL);
    struct fake_host host;
    struct broker_waiter producer = {.host = &host.host};

    (void)unused;
    fake_host_init(&host);
    broker_add_producer(topic, &producer);
    assert_int_equal(put_lines(topic, "1\n2\n3\n", &producer), 2);
    assert_int_equal(put_text(topic, "9"), BROKER_FULL);
    assert_receive(fast, "1");
    assert_receive(fast, "2");
    assert_receive(fast, NULL);
    assert_receive(slow, "1");
    assert_int_equal(host.wake_count, 1);
    assert_int_equal(put_lines(topic, "3\n", &producer), 1);
    broker_unsubscribe(slow);
    assert_receive(fast, "3");
    broker_remove_producer(topic, &producer);
    broker_unsubscribe(fast);
}

static void leaving_frees_whoever_waited_for_it(void **unused)
{
    struct broker_channel *topic = channel(BROKER_TOPIC, "t", 0);
    struct broker_reader *reader = subscribe(topic, 1, BROKER_BLOCK, NULL);
    struct fake_host host;
    struct broker_waiter producer = {.host = &host.host};

    (void)unused;
    fake_host_init(&host);
    broker_add_producer(topic, &producer);
    assert_int_equal(put_lines(topic, "1\n2\n", &producer), 1);
    assert_int_equal(host.wake_count, 0);
    broker_unsubscribe(reader);
    assert_int_equal(host.wake_count, 1);
    assert_int_equal(put_lines(topic, "2\n", &producer), 1);
    broker_remove_producer(topic, &producer);
}

static void rows_come_out_as_they_went_in(void **unused)
{
    static const char lines[] = "{\"a\":1}\n[1,2]\n\"x\"\n{\"a\":1.0,\"b\":{\"c\":[true]}}\n";
    struct broker_channel *queue = channel(BROKER_QUEUE, "q", 100);
    char *taken;

    (void)unused;
    assert_int_equal(put_lines(queue, lines, NULL), 4);
    assert_int_equal(put_text(queue, " { \"t\" : 1 } "), BROKER_OK);
    assert_int_equal(put_lines(queue, "{\"z\":0}\n", NULL), 1);
    assert_int_equal(broker_depth("q"), 6);
    taken = take_lines(queue);
    assert_string_equal(taken, "{\"a\":1}\n[1,2]\n\"x\"\n{\"a\":1.0,\"b\":{\"c\":[true]}}\n"
                               "{\"t\":1}\n{\"z\":0}\n");
    free(taken);
    assert_int_equal(broker_depth("q"), 0);
}

static void text_stays_as_it_was_put_until_it_is_read_as_a_row(void **unused)
{
    struct broker_channel *queue = channel(BROKER_QUEUE, "q", 100);

    (void)unused;
    assert_int_equal(put_text(queue, " { \"t\" : 1 } "), BROKER_OK);
    assert_int_equal(put_text(queue, "no json"), BROKER_OK);
    assert_int_equal(put_lines(queue, "{ \"t\" : 1 }\n", NULL), 1);
    assert_get(queue, " { \"t\" : 1 } ");
    assert_get(queue, "no json");
    assert_get(queue, "{\"t\":1}");
}

/* One row of a large batch must not pin all of it. */
static void a_few_rows_of_a_large_batch_are_copied(void **unused)
{
    struct broker_channel *queue = channel(BROKER_QUEUE, "q", 100);
    struct dag_batch *batch = batch_of_lines("{\"a\":\"x\"}\n{\"b\":2}\n");
    struct broker_statistics statistics;
    struct dag_error err;
    size_t written;
    char *taken;

    (void)unused;
    assert_non_null(dag_batch_alloc(batch, 300000));
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            broker_put(queue, dag_batch_rows(batch) + i % 2, 1, batch, NULL, &written, &err),
            BROKER_OK);
    dag_batch_unref(batch);
    broker_get_statistics(queue, &statistics);
    assert_in_range(statistics.current_size, 1, 1000);
    taken = take_lines(queue);
    assert_string_equal(taken, "{\"a\":\"x\"}\n{\"b\":2}\n{\"a\":\"x\"}\n");
    free(taken);
    broker_get_statistics(queue, &statistics);
    assert_int_equal(statistics.current_size, 0);
}

static void bytes_bound_a_queue_too(void **unused)
{
    char text[2000];
    struct broker_channel *queue;

    (void)unused;
    memset(text, '1', sizeof text);
    broker_set_size_max(3000);
    queue = channel(BROKER_QUEUE, "q", 0);
    for (int i = 0; i < 2; i++) {
        struct dag_error err;
        assert_int_equal(broker_put_text(queue, text, sizeof text, &err), BROKER_OK);
    }
    assert_int_equal(put_text(queue, "1"), BROKER_FULL);
}

static void waiters_are_woken_once_and_only_when_they_wait(void **unused)
{
    struct broker_channel *queue = channel(BROKER_QUEUE, "q", 2);
    struct fake_host consumer_host, producer_host;
    struct broker_waiter consumer = {.host = &consumer_host.host};
    struct broker_waiter producer = {.host = &producer_host.host};
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err;
    bool is_over;

    (void)unused;
    fake_host_init(&consumer_host);
    fake_host_init(&producer_host);
    broker_add_consumer(queue, &consumer);
    broker_add_producer(queue, &producer);

    put_lines(queue, "1\n", &producer);
    assert_int_equal(consumer_host.wake_count, 0);
    assert_int_equal(broker_take(queue, batch, NULL, &consumer, &is_over, &err), BROKER_EMPTY);
    assert_int_equal(dag_batch_row_count(batch), 1);
    put_lines(queue, "2\n", &producer);
    assert_int_equal(consumer_host.wake_count, 1);
    put_lines(queue, "3\n", &producer);
    assert_int_equal(consumer_host.wake_count, 1);

    assert_int_equal(put_lines(queue, "4\n", &producer), 0);
    assert_int_equal(producer_host.wake_count, 0);
    assert_int_equal(broker_take(queue, batch, NULL, &consumer, &is_over, &err), BROKER_EMPTY);
    assert_int_equal(producer_host.wake_count, 1);
    put_lines(queue, "4\n", &producer);
    assert_int_equal(broker_take(queue, batch, NULL, NULL, &is_over, &err), BROKER_EMPTY);
    assert_int_equal(producer_host.wake_count, 1);

    broker_remove_consumer(queue, &consumer);
    broker_remove_producer(queue, &producer);
    dag_batch_unref(batch);
}

static void statistics_tell_what_happened(void **unused)
{
    struct broker_channel *queue = channel(BROKER_QUEUE, "q", 7);
    struct broker_statistics statistics;

    (void)unused;
    broker_get_statistics(queue, &statistics);
    assert_int_equal(statistics.max_depth, 7);
    assert_true(statistics.created_at > 0);
    assert_int_equal(statistics.last_publish, 0);
    assert_int_equal(statistics.last_consume, 0);
    put_lines(queue, "1\n2\n", NULL);
    assert_get(queue, "1");
    broker_get_statistics(queue, &statistics);
    assert_string_equal(statistics.name, "q");
    assert_true(statistics.last_publish >= statistics.created_at);
    assert_true(statistics.last_consume >= statistics.last_publish);
    assert_int_equal(statistics.current_depth, 1);
    assert_int_equal(statistics.published, 2);
    assert_int_equal(statistics.consumed, 1);
}

static bool count_channel(void *context, struct broker_channel *channel)
{
    (void)channel;
    ++*(size_t *)context;
    return true;
}

static void a_declared_producer_creates_nothing(void **unused)
{
    struct dag_error err;
    size_t count = 0;

    (void)unused;
    assert_true(broker_declare_producer("mem://queue/q", &err));
    assert_true(broker_declare_producer("file:///x", &err));
    assert_null(broker_find(BROKER_QUEUE, "q"));
    channel(BROKER_QUEUE, "q", 1);
    channel(BROKER_TOPIC, "t", 1);
    broker_each(count_channel, &count);
    assert_int_equal(count, 2);
    assert_int_equal(put_text(broker_find(BROKER_QUEUE, "q"), "1"), BROKER_OK);
    assert_int_equal(put_text(broker_find(BROKER_QUEUE, "q"), "2"), BROKER_FULL);
    broker_retract_producer("mem://queue/q");
    broker_retract_producer("file:///x");
}

/* ---- two threads ------------------------------------------------------------------------ */

#define HAMMERED 20000

struct hammer {
    struct broker_channel *queue;
    struct fake_host host;
    struct broker_waiter waiter;
};

static void *hammer_produce(void *context)
{
    struct hammer *hammer = context;
    struct dag_batch *batch = batch_of_lines("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
    size_t done = 0;

    while (done < HAMMERED) {
        struct dag_error err;
        size_t written;
        size_t count = 10 - done % 10;
        broker_put(hammer->queue, dag_batch_rows(batch) + done % 10, count, batch, &hammer->waiter,
                   &written, &err);
        done += written;
        if (written < count)
            sched_yield();
    }
    dag_batch_unref(batch);
    return NULL;
}

static void two_threads_lose_nothing_and_keep_the_order(void **unused)
{
    struct hammer hammer = {.queue = channel(BROKER_QUEUE, "q", 50)};
    struct fake_host host;
    struct broker_waiter consumer = {.host = &host.host};
    pthread_t thread;
    size_t taken = 0;

    (void)unused;
    fake_host_init(&hammer.host);
    fake_host_init(&host);
    hammer.waiter.host = &hammer.host.host;
    broker_add_producer(hammer.queue, &hammer.waiter);
    broker_add_consumer(hammer.queue, &consumer);
    assert_int_equal(pthread_create(&thread, NULL, hammer_produce, &hammer), 0);
    while (taken < HAMMERED) {
        struct dag_batch *batch = dag_batch_new();
        struct dag_error err;
        bool is_over;
        enum broker_result result =
            broker_take(hammer.queue, batch, NULL, &consumer, &is_over, &err);
        assert_int_not_equal(result, BROKER_FAILED);
        for (size_t i = 0; i < dag_batch_row_count(batch); i++, taken++) {
            assert_int_equal(dag_batch_rows(batch)[i].values[0].as.integer, taken % 10 + 1);
            assert_int_equal(dag_batch_origins(batch)[i].offset, taken + 1);
        }
        dag_batch_unref(batch);
        if (result == BROKER_EMPTY)
            sched_yield();
    }
    pthread_join(thread, NULL);
    broker_remove_producer(hammer.queue, &hammer.waiter);
    broker_remove_consumer(hammer.queue, &consumer);
    assert_int_equal(broker_depth("q"), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(reading_an_unknown_queue_gives_nothing),
        CASE(a_full_queue_refuses_the_newest_message),
        CASE(the_first_creation_fixes_the_size),
        CASE(a_topic_keeps_nothing_for_later_subscribers),
        CASE(queues_and_topics_have_separate_names),
        CASE(a_full_subscriber_loses_what_its_policy_says),
        CASE(policies_hold_for_many_rows_at_once),
        CASE(a_subscriber_that_blocks_holds_back_all),
        CASE(leaving_frees_whoever_waited_for_it),
        CASE(rows_come_out_as_they_went_in),
        CASE(text_stays_as_it_was_put_until_it_is_read_as_a_row),
        CASE(a_few_rows_of_a_large_batch_are_copied),
        CASE(bytes_bound_a_queue_too),
        CASE(waiters_are_woken_once_and_only_when_they_wait),
        CASE(statistics_tell_what_happened),
        CASE(a_declared_producer_creates_nothing),
        CASE(two_threads_lose_nothing_and_keep_the_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
