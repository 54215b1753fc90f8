/* test_mem_acknowledge.c - readers of mem:// that acknowledge: nothing is out before they have, and
 * nothing that they have taken is lost when they stop. */
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

#define ROUNDS       200
#define STEPS        400
#define MESSAGES_MAX 4096

static int teardown(void **unused)
{
    (void)unused;
    broker_reset();
    return 0;
}

static void acknowledges(struct fake_host *host)
{
    host->host.instance = "0123456789abcdef";
    host->host.is_acknowledged = true;
}

static void open_source(struct connector_fixture *source, const char *uri, const char *config,
                        bool does_acknowledge)
{
    struct dag_error err = {0};

    *source = (struct connector_fixture){.prepare = does_acknowledge ? acknowledges : NULL};
    if (!subscriber_open(source, &dag_subscriber_mem, uri, config, NULL, &err))
        fail_msg("%s", err.message);
}

static void open_sink(struct connector_fixture *sink, const char *uri)
{
    struct dag_error err = {0};

    *sink = (struct connector_fixture){0};
    if (!publisher_open(sink, &dag_publisher_mem, uri, "{}", &err))
        fail_msg("%s", err.message);
}

static enum dag_write_status flush(struct connector_fixture *sink)
{
    struct dag_error err;

    return sink->publisher->flush(sink->state, &err);
}

static void acknowledge(struct connector_fixture *source, uint64_t offset)
{
    struct dag_origin origin = {.offset = offset};
    struct dag_error err;

    assert_true(source->subscriber->acknowledge(source->state, &origin, 1, &err));
}

static void stop(struct connector_fixture *source)
{
    source->subscriber->stop(source->state);
}

static void start(struct connector_fixture *source)
{
    struct dag_error err;

    assert_true(source->subscriber->open(source->state, &source->address, &source->host.host, NULL,
                                         0, &err));
}

static const char *const uris[] = {"mem://queue/q", "mem://topic/t"};

static void a_message_is_out_when_it_is_acknowledged(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct connector_fixture source, sink;
        char text[200] = "";
        open_source(&source, uris[i], "{}", true);
        open_sink(&sink, uris[i]);
        assert_int_equal(flush(&sink), DAG_WRITE_DONE);
        assert_writes(&sink, "1\n2\n3\n");
        assert_int_equal(flush(&sink), DAG_WRITE_WAIT);
        sink.publisher->describe(sink.state, text, sizeof text);
        assert_non_null(strstr(text, "has not acknowledged"));
        assert_reads(&source, "1\n2\n3\n", DAG_READ_IDLE);
        unsigned woken = sink.host.wake_count;
        assert_int_equal(flush(&sink), DAG_WRITE_WAIT);
        acknowledge(&source, 2);
        assert_true(sink.host.wake_count > woken);
        assert_int_equal(flush(&sink), DAG_WRITE_WAIT);
        woken = sink.host.wake_count;
        acknowledge(&source, 3);
        assert_true(sink.host.wake_count > woken);
        assert_int_equal(flush(&sink), DAG_WRITE_DONE);
        acknowledge(&source, 3);
        connector_close(&sink);
        connector_close(&source);
    }
}

static void without_such_a_reader_it_is_out_when_it_is_there(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct connector_fixture source, sink;
        open_source(&source, uris[i], "{}", false);
        open_sink(&sink, uris[i]);
        assert_writes(&sink, "1\n2\n");
        assert_int_equal(flush(&sink), DAG_WRITE_DONE);
        connector_close(&sink);
        connector_close(&source);
    }
}

static void what_others_put_later_is_not_waited_for(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct connector_fixture source, first, second;
        open_source(&source, uris[i], "{}", true);
        open_sink(&first, uris[i]);
        open_sink(&second, uris[i]);
        assert_writes(&first, "1\n2\n");
        assert_writes(&second, "3\n");
        assert_reads(&source, "1\n2\n3\n", DAG_READ_IDLE);
        acknowledge(&source, 2);
        assert_int_equal(flush(&first), DAG_WRITE_DONE);
        assert_int_equal(flush(&second), DAG_WRITE_WAIT);
        connector_close(&first);
        connector_close(&second);
        connector_close(&source);
        broker_reset();
    }
}

static void what_a_stopped_reader_did_not_acknowledge_comes_again(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct connector_fixture source, sink;
        open_source(&source, uris[i], "{}", true);
        open_sink(&sink, uris[i]);
        assert_writes(&sink, "1\n2\n3\n4\n");
        assert_reads(&source, "1\n2\n3\n4\n", DAG_READ_IDLE);
        assert_writes(&sink, "5\n");
        acknowledge(&source, 2);
        stop(&source);
        assert_int_equal(flush(&sink), DAG_WRITE_WAIT); /* it is there, but stopped */
        start(&source);
        assert_reads(&source, "3\n4\n5\n", DAG_READ_IDLE);
        acknowledge(&source, 5);
        assert_int_equal(flush(&sink), DAG_WRITE_DONE);
        connector_close(&source);
        connector_close(&sink);
        broker_reset();
    }
}

static void a_message_that_is_no_json_comes_again_as_it_was(void **unused)
{
    struct connector_fixture source;
    struct dag_buffer first = {0}, second = {0};
    struct broker_channel *queue;
    struct dag_error err;

    (void)unused;
    open_source(&source, "mem://queue/q", "{}", true);
    queue = broker_find(BROKER_QUEUE, "q");
    assert_int_equal(broker_put_text(queue, "1", 1, &err), BROKER_OK);
    assert_int_equal(broker_put_text(queue, "{", 1, &err), BROKER_OK);
    assert_int_equal(broker_put_text(queue, "[2]", 3, &err), BROKER_OK);
    assert_int_equal(subscriber_read(&source, &first, &err), DAG_READ_IDLE);
    stop(&source);
    start(&source);
    assert_int_equal(subscriber_read(&source, &second, &err), DAG_READ_IDLE);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    dag_buffer_free(&first);
    dag_buffer_free(&second);
    connector_close(&source);
}

static void another_reader_of_the_queue_gets_it(void **unused)
{
    struct connector_fixture first, second, sink;

    (void)unused;
    open_source(&first, "mem://queue/q", "{}", true);
    open_source(&second, "mem://queue/q", "{}", true);
    open_sink(&sink, "mem://queue/q");
    assert_writes(&sink, "1\n2\n");
    assert_reads(&first, "1\n2\n", DAG_READ_IDLE);
    assert_writes(&sink, "3\n4\n");
    assert_reads(&second, "3\n4\n", DAG_READ_IDLE);
    connector_close(&first);
    assert_true(second.host.wake_count > 0);
    assert_reads(&second, "1\n2\n", DAG_READ_IDLE);
    acknowledge(&second, 4); /* as it took them: what came back is behind */
    assert_int_equal(flush(&sink), DAG_WRITE_WAIT);
    acknowledge(&second, 2);
    assert_int_equal(flush(&sink), DAG_WRITE_DONE);
    connector_close(&second);
    connector_close(&sink);
}

static void a_reader_that_is_gone_is_not_waited_for(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct connector_fixture source, sink;
        open_source(&source, uris[i], "{}", true);
        open_sink(&sink, uris[i]);
        assert_writes(&sink, "1\n");
        assert_int_equal(flush(&sink), DAG_WRITE_WAIT);
        unsigned woken = sink.host.wake_count;
        connector_close(&source);
        assert_true(sink.host.wake_count > woken);
        assert_int_equal(flush(&sink), DAG_WRITE_DONE);
        connector_close(&sink);
        broker_reset();
    }
}

static void every_reader_of_a_topic_has_to_acknowledge(void **unused)
{
    struct connector_fixture first, second, other, sink;

    (void)unused;
    open_source(&first, "mem://topic/t", "{}", true);
    open_sink(&sink, "mem://topic/t");
    assert_writes(&sink, "1\n");
    open_source(&second, "mem://topic/t", "{}", true); /* from here on */
    open_source(&other, "mem://topic/t", "{}", false);
    assert_writes(&sink, "2\n");
    assert_reads(&first, "1\n2\n", DAG_READ_IDLE);
    assert_reads(&second, "2\n", DAG_READ_IDLE);
    acknowledge(&first, 2);
    assert_int_equal(flush(&sink), DAG_WRITE_WAIT);
    acknowledge(&second, 1);
    assert_int_equal(flush(&sink), DAG_WRITE_DONE);
    connector_close(&first);
    connector_close(&second);
    connector_close(&other);
    connector_close(&sink);
}

static void what_a_policy_drops_is_not_waited_for(void **unused)
{
    static const char *const policies[] = {"latest", "drop_newest", "drop_oldest"};

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        struct connector_fixture source, sink;
        struct dag_buffer out = {0};
        struct dag_error err;
        char config[80];
        snprintf(config, sizeof config, "{\"max_depth\":2,\"overflow\":\"%s\"}", policies[i]);
        open_source(&source, "mem://topic/t", config, true);
        open_sink(&sink, "mem://topic/t");
        assert_writes(&sink, "1\n2\n3\n4\n5\n");
        assert_int_equal(flush(&sink), DAG_WRITE_WAIT);
        assert_int_equal(subscriber_read(&source, &out, &err), DAG_READ_IDLE);
        assert_int_equal(flush(&sink), DAG_WRITE_WAIT);
        for (uint64_t number = 1; number <= 5; number++)
            acknowledge(&source, number);
        assert_int_equal(flush(&sink), DAG_WRITE_DONE);
        dag_buffer_free(&out);
        connector_close(&source);
        connector_close(&sink);
        broker_reset();
    }
}

/* ---- anything in any order --------------------------------------------------------------- */

static uint64_t random_state;

static uint64_t below(uint64_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (random_state >> 33) % limit;
}

/* A reader and what the test knows of it. */
struct reader {
    struct connector_fixture fixture;
    struct {
        int64_t message;
        uint64_t offset;
    } taken[MESSAGES_MAX];
    size_t begin, end; /* not acknowledged */
    bool is_open;
};

static void take(struct reader *reader)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err;

    assert_int_not_equal(reader->fixture.subscriber->read(reader->fixture.state, batch, &err),
                         DAG_READ_FAILED);
    for (size_t i = 0; i < dag_batch_row_count(batch); i++) {
        assert_true(reader->end < MESSAGES_MAX);
        reader->taken[reader->end].message = dag_batch_rows(batch)[i].values[0].as.integer;
        reader->taken[reader->end++].offset = dag_batch_origins(batch)[i].offset;
    }
    dag_batch_unref(batch);
}

static void acknowledge_some(struct reader *reader, bool *is_done)
{
    size_t count = reader->end - reader->begin;

    if (count == 0)
        return;
    count = 1 + below(count);
    for (size_t i = 0; i < count; i++) {
        assert_false(is_done[reader->taken[reader->begin].message]);
        is_done[reader->taken[reader->begin++].message] = true;
    }
    acknowledge(&reader->fixture, reader->taken[reader->begin - 1].offset);
}

static void random_step(struct reader *readers, struct connector_fixture *sink, int64_t *messages,
                        bool *is_done)
{
    struct reader *reader = &readers[below(2)];
    char line[40];

    switch (below(6)) {
    case 0:
    case 1:
        snprintf(line, sizeof line, "%d\n%d\n", (int)*messages, (int)*messages + 1);
        assert_writes(sink, line);
        *messages += 2;
        break;
    case 2:
        if (reader->is_open)
            take(reader);
        break;
    case 3:
        if (reader->is_open)
            acknowledge_some(reader, is_done);
        break;
    case 4:
        if (reader->is_open)
            stop(&reader->fixture);
        else
            start(&reader->fixture);
        reader->is_open = !reader->is_open;
        reader->begin = reader->end = 0;
        break;
    default:
        break;
    }
}

static void nothing_is_lost_whoever_stops_and_acknowledges_when(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct reader *readers = calloc(2, sizeof *readers);
        bool *is_done = calloc(MESSAGES_MAX, sizeof *is_done);
        struct connector_fixture sink;
        int64_t messages = 0;
        random_state = seed;
        for (int i = 0; i < 2; i++) {
            open_source(&readers[i].fixture, "mem://queue/q", "{}", true);
            readers[i].is_open = true;
        }
        open_sink(&sink, "mem://queue/q");
        for (int step = 0; step < STEPS; step++) {
            bool all = true;
            random_step(readers, &sink, &messages, is_done);
            for (int64_t i = 0; i < messages; i++)
                all = all && is_done[i];
            assert_int_equal(flush(&sink), all ? DAG_WRITE_DONE : DAG_WRITE_WAIT);
        }
        connector_close(&readers[0].fixture);
        if (!readers[1].is_open)
            start(&readers[1].fixture);
        take(&readers[1]);
        while (readers[1].begin < readers[1].end)
            acknowledge_some(&readers[1], is_done);
        assert_int_equal(flush(&sink), DAG_WRITE_DONE);
        for (int64_t i = 0; i < messages; i++)
            assert_true(is_done[i]);
        connector_close(&readers[1].fixture);
        connector_close(&sink);
        free(is_done);
        free(readers);
        broker_reset();
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_message_is_out_when_it_is_acknowledged),
        CASE(without_such_a_reader_it_is_out_when_it_is_there),
        CASE(what_others_put_later_is_not_waited_for),
        CASE(what_a_stopped_reader_did_not_acknowledge_comes_again),
        CASE(a_message_that_is_no_json_comes_again_as_it_was),
        CASE(another_reader_of_the_queue_gets_it),
        CASE(a_reader_that_is_gone_is_not_waited_for),
        CASE(every_reader_of_a_topic_has_to_acknowledge),
        CASE(what_a_policy_drops_is_not_waited_for),
        CASE(nothing_is_lost_whoever_stops_and_acknowledges_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
