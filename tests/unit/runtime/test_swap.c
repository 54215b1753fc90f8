/* test_swap.c - a DAG makes place for another of its name: nothing is lost, nothing comes twice,
 * and what hangs doesn't hold it up for ever. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "connectors/mem/broker.h"
#include "core/log.h"
#include "support/chain_fixture.h"

/* ---- stopping ---- */

static void what_was_read_is_out_when_it_has_stopped(void **unused)
{
    (void)unused;
    struct dag_error err = {0};

    source.total = 100000;
    struct dag *dag = added(fake_chain("d", "fake://s", "", "fake://p", ""));
    assert_true(dag_start(dag, &err));
    assert_true(dag_stop_for_swap(dag, 0, &err));
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_in_sequence(atomic_load(&source.given));
    assert_true(dag_stop_for_swap(dag, 0, &err)); /* it has */
}

static void held_up_by_a_publisher_it_goes_on_as_before(void **unused)
{
    (void)unused;
    struct dag_error err = {0};

    sink.room = 3;
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));
    fake_source_feed(&source, 5);
    runtime_turn(runtime);
    for (int i = 0; i < 3; i++) {
        assert_false(dag_stop_for_swap(dag, 0, &err));
        assert_true(err.retryable);
        assert_string_equal(err.message,
                            "publisher 'p' waits for this: the other side to take more");
        assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
        fake_source_feed(&source, 5);
        runtime_turn(runtime);
        assert_int_equal(atomic_load(&source.given), 10 + 5 * i);
    }
    fake_sink_allow(&sink, 100);
    runtime_turn(runtime);
    assert_in_sequence(20);
    assert_true(dag_stop_for_swap(dag, 0, &err));
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    start(dag);
    fake_source_feed(&source, 1);
    runtime_turn(runtime);
    assert_in_sequence(21);
}

static void a_suspended_one_is_suspended_again(void **unused)
{
    (void)unused;
    struct dag_error err = {0};

    sink.room = 3;
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));
    fake_source_feed(&source, 5);
    runtime_turn(runtime);
    dag_suspend(dag);
    assert_false(dag_stop_for_swap(dag, 0, &err));
    assert_int_equal(dag_state(dag), DAG_STATE_SUSPENDED);
    fake_source_feed(&source, 5);
    runtime_turn(runtime);
    assert_int_equal(atomic_load(&source.given), 5);
    dag_resume(dag);
    fake_sink_allow(&sink, 100);
    runtime_turn(runtime);
    assert_in_sequence(10);
}

static void an_ended_source_stays_so_and_metronomes_go_on(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct dag_stats stats;

    sink.room = 3;
    source.total = 2;
    source.ends = true;
    struct dag *dag = started(fake_plan(
        "{'name':'d','subscribers':[{'name':'s','config':{'source':'fake://s'}}],"
        "'publishers':[{'name':'p','config':{'destination':'fake://p'}}],"
        "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
        "{'name':'beat','type':'MetronomeNode','config':{'interval':1}},"
        "{'name':'out','type':'PublicationNode','publishers':['p']}],"
        "'edges':[{'from_node':'in','to_node':'out'},{'from_node':'beat','to_node':'out'}]}"));
    runtime_advance(runtime, &now, 2 * SECOND);
    dag_stats(dag, &stats);
    uint64_t cycles = stats.cycles;
    assert_false(dag_stop_for_swap(dag, 0, &err));
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
    dag_stats(dag, &stats);
    assert_int_equal(stats.cycles, cycles); /* no tick of its own */
    fake_sink_allow(&sink, 100);
    runtime_advance(runtime, &now, 3 * SECOND);
    dag_stats(dag, &stats);
    assert_int_equal(stats.cycles, cycles + 3);
    assert_int_equal(atomic_load(&source.opened), 1);
}

static void one_that_is_stopped_by_others_stays_stopped(void **unused)
{
    (void)unused;
    struct dag_error err = {0};

    sink.room = 3;
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));
    fake_source_feed(&source, 5);
    runtime_turn(runtime);
    dag_stop(dag, true);
    assert_false(dag_stop_for_swap(dag, 0, &err));
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPING);
    dag_stop(dag, false);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
}

/* ---- handing over ---- */

static void put(const char *kind_and_name, int64_t first, int64_t count)
{
    struct dag_error err = {0};
    enum broker_kind kind;
    const char *name;
    char text[40];

    assert_true(broker_parse(kind_and_name, &kind, &name));
    struct broker_channel *channel = broker_open(kind, name, 0, &err);
    for (int64_t i = first; i < first + count; i++) {
        snprintf(text, sizeof(text), "{\"n\":%lld}", (long long)i);
        assert_int_equal(broker_put_text(channel, text, strlen(text), &err), BROKER_OK);
    }
}

static void a_topics_messages_wait_for_the_next_one(void **unused)
{
    (void)unused;
    struct dag_error err = {0};

    struct dag *dag = started(fake_chain("d", "mem://topic/t", "", "fake://p", ""));
    put("topic/t", 0, 10);
    assert_true(dag_stop_for_swap(dag, 0, &err));
    put("topic/t", 10, 10);
    dag_hand_over(dag);
    put("topic/t", 20, 10);
    runtime_remove(runtime, dag);
    put("topic/t", 30, 10);
    dag = added(fake_chain("d", "mem://topic/t", "", "fake://p", ""));
    put("topic/t", 40, 10);
    start(dag);
    put("topic/t", 50, 10);
    runtime_turn(runtime);
    assert_int_equal(runtime_drop_parked(runtime, "d"), 0);
    assert_in_sequence(60);
}

static void without_a_hand_over_nothing_is_kept(void **unused)
{
    (void)unused;
    struct dag *dag = added(fake_chain("d", "mem://topic/t", "", "fake://p", ""));

    put("topic/t", 0, 10);
    runtime_remove(runtime, dag);
    started(fake_chain("d", "mem://topic/t", "", "fake://p", ""));
    assert_int_equal(atomic_load(&sink.count), 0);
}

static void only_the_same_names_and_address_take_over(void **unused)
{
    (void)unused;
    struct broker_statistics statistics;
    struct dag *dag = added(fake_chain("d", "mem://topic/t", "", "fake://p", ""));

    put("topic/t", 0, 10);
    dag_hand_over(dag);
    runtime_remove(runtime, dag);
    started(fake_chain("other", "mem://topic/t", "", "fake://p", ""));
    started(fake_chain("d", "mem://topic/u", "", "fake://p", ""));
    assert_int_equal(atomic_load(&sink.count), 0);
    put("topic/t", 0, 5); /* `other` is there now; the one that waits collects, too */
    runtime_turn(runtime);
    assert_in_sequence(5);
    assert_int_equal(runtime_drop_parked(runtime, "other"), 0);
    assert_int_equal(runtime_drop_parked(runtime, "d"), 15);
    assert_int_equal(runtime_drop_parked(runtime, "d"), 0);
    broker_get_statistics(broker_find(BROKER_TOPIC, "t"), &statistics);
    assert_int_equal(statistics.dropped, 15);
    assert_int_equal(statistics.subscriber_count, 1);
}

static void what_waits_keeps_its_bound(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct dag *dag = added(
        fake_chain("d", "mem://topic/t", ",'max_depth':10,'overflow':'block'", "fake://p", ""));

    dag_hand_over(dag);
    runtime_remove(runtime, dag);
    put("topic/t", 0, 10);
    struct broker_channel *topic = broker_find(BROKER_TOPIC, "t");
    assert_int_equal(broker_put_text(topic, "{}", 2, &err), BROKER_FULL);
    dag = added(fake_chain("d", "mem://topic/t", ",'max_depth':12", "fake://p", ""));
    put("topic/t", 10, 2);
    assert_int_equal(broker_put_text(topic, "{}", 2, &err), BROKER_FULL);
    start(dag);
    assert_in_sequence(12);
}

/* ---- with a keeper ---- */

#define KEPT_READER                                                                                \
    "{'name':'d','journal':{'depth':'events'},'ack':'journal',"                                    \
    "'subscribers':[{'name':'s','config':{'source':'mem://%s'}}],"                                 \
    "'publishers':[{'name':'p','config':{'destination':'fake://p'}}],"                             \
    "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"                           \
    "{'name':'out','type':'PublicationNode','publishers':['p']}],"                                 \
    "'edges':[{'from_node':'in','to_node':'out'}]}"

static struct dag *kept_reader(const char *channel)
{
    char text[1024];

    snprintf(text, sizeof(text), KEPT_READER, channel);
    struct dag *dag = added(fake_plan(text));
    keep(dag);
    return dag;
}

static void stop_kept(struct dag *dag)
{
    struct dag_error err = {0};
    int tries = 0;

    while (!dag_stop_for_swap(dag, 0, &err) && tries++ < 100)
        go(50000);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
}

static void swap_of_a_reader_that_acknowledges(const char *channel)
{
    struct dag *dag = kept_reader(channel);
    struct dag_error err = {0};
    enum broker_kind kind;
    const char *name;

    start(dag);
    go(SECOND);
    put(channel, 0, 10);
    runtime_turn(runtime); /* read, and not yet acknowledged */
    assert_true(broker_parse(channel, &kind, &name));
    struct broker_waiter producer = {0};
    struct broker_channel *to = broker_find(kind, name);
    producer.last_put = 10;
    stop_kept(dag);
    assert_true(broker_is_settled(to, &producer)); /* all of it is in the journal */
    put(channel, 10, 10);
    producer.last_put = 20;
    assert_false(broker_is_settled(to, &producer));
    dag_hand_over(dag);
    runtime_remove(runtime, dag);
    assert_false(
        broker_is_settled(to, &producer)); /* nobody reads it, and nobody says it is safe */
    put(channel, 20, 10);
    dag = kept_reader(channel);
    assert_true(dag_start(dag, &err));
    go(SECOND);
    assert_in_sequence(30);
    producer.last_put = 30;
    assert_true(broker_is_settled(to, &producer));
    stop_kept(dag);
}

static void no_message_of_a_reader_that_acknowledges_is_lost_or_repeated(void **unused)
{
    (void)unused;
    swap_of_a_reader_that_acknowledges("topic/t");
}

static void nor_of_a_queues_reader(void **unused)
{
    (void)unused;
    swap_of_a_reader_that_acknowledges("queue/q");
}

static void a_full_spill_log_does_not_hold_a_swap_up(void **unused)
{
    (void)unused;
    static const char spilling[] =
        "{'name':'d','subscribers':[{'name':'s','config':{'source':'mem://queue/q'}}],"
        "'ack':'journal','journal':{'depth':'events'},"
        "'publishers':[{'name':'p','config':{'destination':'fake://p','when_slow':'spill'}}],"
        "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
        "{'name':'out','type':'PublicationNode','publishers':['p']}],"
        "'edges':[{'from_node':'in','to_node':'out'}]}";
    struct sink_condition condition;

    sink.room = 3;
    struct dag *dag = added(fake_plan(spilling));
    keep(dag);
    start(dag);
    go(SECOND);
    put("queue/q", 0, 500);
    go(SECOND);
    dag_sink_condition(dag, 0, &condition);
    assert_string_equal(condition.waits_for, "the other side to take more");
    stop_kept(dag);
    assert_int_equal(sink.count, 3);
    dag_hand_over(dag);
    runtime_remove(runtime, dag);
    dag = added(fake_plan(spilling));
    keep(dag);
    start(dag);
    fake_sink_allow(&sink, 1000);
    put("queue/q", 500, 10);
    go(2 * SECOND);
    assert_int_equal(sink.values[509 + (sink.count - 510)], 509);
    assert_true(sink.count >= 510); /* three of them perhaps once more: it keeps no progress */
    stop_kept(dag);
}

/* ---- on threads ---- */

static void tries_race_with_messages(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    uint64_t fed = 0;
    int stops = 0;

    runtime_free(runtime);
    fake_connectors_clear();
    make_runtime(3);
    struct dag *dag = added(fake_chain("d", "fake://s", "", "fake://p", ""));
    assert_true(dag_start(dag, &err));
    for (int i = 0; i < 400; i++) {
        fake_source_feed(&source, 7);
        fed += 7;
        if (i % 5 == 0)
            dag_suspend(dag);
        if (!dag_stop_for_swap(dag, i % 4 * 20, &err)) {
            dag_resume(dag);
            continue;
        }
        stops++;
        assert_true(dag_start(dag, &err));
    }
    fake_sink_wait(&sink, fed);
    assert_true(dag_stop_for_swap(dag, PATIENCE_US, &err));
    assert_in_sequence(fed);
    assert_true(stops > 0);
}

/* It is asked while it opens, and given up about when it has closed: it has stopped, or goes on. */
static void one_that_just_starts_stops_or_goes_on(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    uint64_t fed = 0;

    runtime_free(runtime);
    fake_connectors_clear();
    make_runtime(3);
    struct dag *dag = added(fake_chain("d", "fake://s", "", "fake://p", ""));
    for (int i = 0; i < 2000; i++) {
        assert_true(dag_start(dag, &err));
        if (dag_stop_for_swap(dag, i % 100, &err))
            continue;
        if (dag_state(dag) == DAG_STATE_RUNNING) {
            fake_source_feed(&source, 1);
            fake_sink_wait(&sink, ++fed);
        }
        assert_true(dag_stop_for_swap(dag, PATIENCE_US, &err));
    }
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_in_sequence(fed);
}

int main(void)
{
#define SWAP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SWAP_TEST(what_was_read_is_out_when_it_has_stopped),
        SWAP_TEST(held_up_by_a_publisher_it_goes_on_as_before),
        SWAP_TEST(a_suspended_one_is_suspended_again),
        SWAP_TEST(an_ended_source_stays_so_and_metronomes_go_on),
        SWAP_TEST(one_that_is_stopped_by_others_stays_stopped),
        SWAP_TEST(a_topics_messages_wait_for_the_next_one),
        SWAP_TEST(without_a_hand_over_nothing_is_kept),
        SWAP_TEST(only_the_same_names_and_address_take_over),
        SWAP_TEST(what_waits_keeps_its_bound),
        SWAP_TEST(no_message_of_a_reader_that_acknowledges_is_lost_or_repeated),
        SWAP_TEST(nor_of_a_queues_reader),
        SWAP_TEST(a_full_spill_log_does_not_hold_a_swap_up),
        SWAP_TEST(tries_race_with_messages),
        SWAP_TEST(one_that_just_starts_stops_or_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
