/* test_republish.c - messages that are given to a publisher once more: behind what it has, with
 * back-pressure, and with word of when they are out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/log.h"
#include "support/chain_fixture.h"

struct word {
    int calls;
    struct dag_error failure;
};

static void note(void *context, const struct dag_error *failure)
{
    struct word *word = context;

    word->failure = failure ? *failure : (struct dag_error){0};
    word->calls++;
}

/* Gives {"n": first}, ... to the publisher. Returns how many were taken. */
static size_t republish(struct dag *dag, int64_t first, size_t count, struct word *word,
                        struct dag_error *err)
{
    static char texts[10000][24];
    static struct dag_text messages[10000];
    size_t accepted;

    for (size_t i = 0; i < count; i++) {
        int size =
            snprintf(texts[i], sizeof(texts[i]), "{\"n\":%lld}", (long long)first + (long long)i);
        messages[i] = (struct dag_text){texts[i], (size_t)size};
    }
    bool all = dag_republish(dag, 0, messages, count, note, word, &accepted, err);
    assert_int_equal(all, accepted == count);
    return accepted;
}

static void they_go_out_behind_the_rest_and_no_cycle_is_run(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};
    struct dag_stats stats;
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));

    fake_source_feed(&source, 10);
    runtime_turn(runtime);
    assert_int_equal(republish(dag, 10, 2500, &word, &err), 2500);
    assert_int_equal(word.calls, 0);
    runtime_turn(runtime);
    assert_int_equal(word.calls, 1);
    assert_int_equal(word.failure.code, DAG_ERROR_NONE);
    assert_in_sequence(2510);
    dag_stats(dag, &stats);
    assert_int_equal(stats.cycles, 10);
    assert_int_equal(stats.watermark, 10);
    fake_source_feed(&source, 5); /* cycles go on behind them */
    runtime_turn(runtime);
    dag_stats(dag, &stats);
    assert_int_equal(stats.watermark, 15);
}

static void they_are_out_when_the_publisher_has_flushed(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};

    sink.failures = 2;
    struct dag *dag = started(fake_chain("d", "fake://s", "", "flushing://p", ""));
    assert_int_equal(republish(dag, 0, 3, &word, &err), 3);
    runtime_turn(runtime);
    assert_int_equal(word.calls, 0); /* it is tried again */
    runtime_advance(runtime, &now, 60 * SECOND);
    assert_int_equal(word.calls, 1);
    assert_int_equal(word.failure.code, DAG_ERROR_NONE);
    assert_int_equal(atomic_load(&sink.flushed), 3);
}

static void what_does_not_fit_waits_for_another_time(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};
    size_t all = 0;

    sink.room = 1;
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));
    all = republish(dag, 0, 10000, &word, &err);
    assert_in_range(all, 1024, 9999);
    assert_int_equal(err.code, DAG_ERROR_LIMIT);
    assert_true(err.retryable);
    assert_string_equal(err.message, "the queue of publisher 'p' is full");
    fake_sink_allow(&sink, 1000000);
    runtime_turn(runtime);
    assert_int_equal(word.calls, 1);
    assert_int_equal(republish(dag, (int64_t)all, 1, &word, &err), 1);
    runtime_turn(runtime);
    assert_in_sequence(all + 1);
}

static void what_is_refused_once_more_is_a_dead_letter_once_more(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};
    struct sink_stats stats;

    sink.reject_every = 2;
    log_set_level((enum dag_log_level) - 1);
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));
    assert_int_equal(republish(dag, 1, 2, &word, &err), 2);
    runtime_turn(runtime);
    assert_int_equal(word.calls, 1);
    assert_int_equal(word.failure.code, DAG_ERROR_NONE);
    dag_sink_stats(dag, 0, &stats);
    assert_int_equal(stats.publish_count, 1);
    assert_int_equal(stats.dead_letters, 1);
}

static void what_is_no_json_is_refused_with_its_number(void **unused)
{
    (void)unused;
    static const struct dag_text messages[] = {{"{\"n\":0}", 7}, {"null", 4}, {"{\"n\":1}", 7}};
    struct dag_error err = {0};
    struct word word = {0};
    size_t accepted;
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));

    assert_false(dag_republish(dag, 0, messages, 3, note, &word, &accepted, &err));
    assert_int_equal(accepted, 1);
    assert_int_equal(err.code, DAG_ERROR_PARSE);
    assert_non_null(strstr(err.message, "message 2"));
    runtime_turn(runtime);
    assert_int_equal(word.calls, 1);
    assert_in_sequence(1);
}

static void a_dag_that_does_not_run_takes_none_for_now(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};
    struct dag *dag = added(fake_chain("d", "fake://s", "", "fake://p", ""));

    assert_int_equal(republish(dag, 0, 1, &word, &err), 0);
    assert_true(err.retryable);
    assert_string_equal(err.message, "DAG 'd' isn't running");
    start(dag);
    dag_suspend(dag);
    runtime_turn(runtime);
    assert_int_equal(republish(dag, 0, 1, &word, &err), 0);
    assert_string_equal(err.message, "DAG 'd' is suspended");
    assert_int_equal(word.calls, 0);
}

static void a_drain_brings_them_out_and_an_end_tells_what_is_not(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word drained = {0}, stuck = {0};
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));

    assert_int_equal(republish(dag, 0, 5, &drained, &err), 5);
    dag_stop(dag, true);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_int_equal(drained.calls, 1);
    assert_int_equal(drained.failure.code, DAG_ERROR_NONE);
    assert_in_sequence(5);

    sink.is_fatal = true;
    log_set_level((enum dag_log_level) - 1);
    start(dag);
    assert_int_equal(republish(dag, 5, 1, &stuck, &err), 1);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_FAILED);
    runtime_remove(runtime, dag);
    assert_int_equal(stuck.calls, 1);
    assert_string_equal(stuck.failure.message,
                        "DAG 'd' stopped before publisher 'p' had the messages out");
}

static void a_publisher_that_counts_by_cycles_takes_none(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};
    struct dag *dag = added(fake_plan(
        "{'name':'d','delivery':'exactly_once','journal':{'depth':'events'},'ack':'journal',"
        "'subscribers':[{'name':'s','config':{'source':'mem://queue/q'}}],"
        "'publishers':[{'name':'p','config':{'destination':'counting://p'}}],"
        "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
        "{'name':'out','type':'PublicationNode','publishers':['p']}],"
        "'edges':[{'from_node':'in','to_node':'out'}]}"));

    keep(dag);
    assert_int_equal(republish(dag, 0, 1, &word, &err), 0);
    assert_int_equal(err.code, DAG_ERROR_UNSUPPORTED);
    assert_false(err.retryable);
    assert_int_equal(word.calls, 0);
}

int main(void)
{
#define REPUBLISH_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        REPUBLISH_TEST(they_go_out_behind_the_rest_and_no_cycle_is_run),
        REPUBLISH_TEST(they_are_out_when_the_publisher_has_flushed),
        REPUBLISH_TEST(what_does_not_fit_waits_for_another_time),
        REPUBLISH_TEST(what_is_refused_once_more_is_a_dead_letter_once_more),
        REPUBLISH_TEST(what_is_no_json_is_refused_with_its_number),
        REPUBLISH_TEST(a_dag_that_does_not_run_takes_none_for_now),
        REPUBLISH_TEST(a_drain_brings_them_out_and_an_end_tells_what_is_not),
        REPUBLISH_TEST(a_publisher_that_counts_by_cycles_takes_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
