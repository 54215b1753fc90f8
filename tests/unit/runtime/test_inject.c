/* test_inject.c - messages put into a subscriber from outside: in order, with back-pressure, and
 * with word of how safe they are. */
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
    _Atomic int calls;
    bool is_safe;
    struct dag_error failure;
};

static void note(void *context, bool is_safe, const struct dag_error *failure)
{
    struct word *word = context;

    word->is_safe = is_safe;
    word->failure = failure ? *failure : (struct dag_error){0};
    atomic_fetch_add(&word->calls, 1);
}

/* Injects {"n": first}, ... Returns how many were taken. */
static size_t inject(struct dag *dag, int64_t first, size_t count, struct word *word,
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
    bool all = dag_inject(dag, 0, messages, count, note, word, &accepted, err);
    assert_int_equal(all, accepted == count);
    return accepted;
}

/* ---- taking them ---- */

static void they_come_behind_what_was_read_in_their_order(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct source_stats stats;
    struct word word = {0};
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));

    fake_source_feed(&source, 10);
    runtime_turn(runtime);
    assert_int_equal(inject(dag, 10, 2500, &word, &err), 2500);
    assert_int_equal(word.calls, 1);
    assert_false(word.is_safe); /* in memory, as the DAG has no "ack": "journal" */
    assert_int_equal(word.failure.code, DAG_ERROR_NONE);
    runtime_turn(runtime);
    assert_in_sequence(2510);
    dag_source_stats(dag, 0, &stats);
    assert_int_equal(stats.receive_count, 2510);
    assert_int_equal(source.acknowledged, 10); /* the connector hears of its own alone */
}

static void what_does_not_fit_is_refused_from_there_on(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};

    sink.room = 3;
    struct dag *dag = started(fake_chain("d", "fake://s", ",'max_depth':100", "fake://p", ""));
    size_t all = 0;
    for (int i = 0; i < 1000; i++) { /* until sink, its queue and the source's are full */
        size_t taken = inject(dag, (int64_t)all, 50, &word, &err);
        runtime_turn(runtime);
        all += taken;
        if (taken == 0)
            break;
    }
    assert_int_equal(err.code, DAG_ERROR_LIMIT);
    assert_true(err.retryable);
    assert_string_equal(err.message, "the queue of subscriber 's' is full");
    fake_sink_allow(&sink, 1000000);
    runtime_turn(runtime);
    assert_in_sequence(all);
    assert_int_equal(inject(dag, (int64_t)all, 101, &word, &err), 100);
    assert_int_equal(inject(dag, (int64_t)all + 100, 1, &word, &err), 0);
    runtime_turn(runtime);
    assert_int_equal(inject(dag, (int64_t)all + 100, 1, &word, &err), 1);
    runtime_turn(runtime);
    assert_in_sequence(all + 101);
}

static void what_is_no_json_is_refused_with_its_number(void **unused)
{
    (void)unused;
    static const struct dag_text messages[] = {
        {"{\"n\":0}", 7}, {" {\"n\": 1} ", 10}, {"{\"n\":", 5}, {"{\"n\":2}", 7}};
    static const struct dag_text null = {"null", 4};
    struct dag_error err = {0};
    struct word word = {0};
    size_t accepted;
    struct dag *dag = started(fake_chain("d", "fake://s", "", "fake://p", ""));

    assert_false(dag_inject(dag, 0, messages, 4, note, &word, &accepted, &err));
    assert_int_equal(accepted, 2);
    assert_int_equal(err.code, DAG_ERROR_PARSE);
    assert_memory_equal(err.message, "message 3: ", 11);
    assert_int_equal(word.calls, 1);
    assert_false(dag_inject(dag, 0, &null, 1, note, &word, &accepted, &err));
    assert_int_equal(accepted, 0);
    assert_memory_equal(err.message, "message 1: ", 11);
    assert_int_equal(word.calls, 1);
    runtime_turn(runtime);
    assert_in_sequence(2);
}

static void a_dag_that_does_not_run_takes_none_for_now(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};
    struct dag *dag = added(fake_chain("d", "fake://s", "", "fake://p", ""));

    assert_int_equal(inject(dag, 0, 1, &word, &err), 0);
    assert_true(err.retryable);
    assert_string_equal(err.message, "DAG 'd' isn't running");
    assert_true(dag_start(dag, &err));
    runtime_turn(runtime);
    dag_suspend(dag);
    assert_int_equal(inject(dag, 0, 1, &word, &err), 0);
    assert_true(err.retryable);
    assert_string_equal(err.message, "DAG 'd' is suspended");
    dag_resume(dag);
    assert_int_equal(inject(dag, 0, 1, &word, &err), 1);
    runtime_turn(runtime);
    assert_in_sequence(1);
}

static void where_recovery_could_not_bring_them_again_they_are_refused(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0};
    struct dag *dag = added(
        fake_plan("{'name':'d','subscribers':[{'name':'unread','config':{'source':'fake://s'}},"
                  "{'name':'s','config':{'source':'fake://s'}}],"
                  "'publishers':[{'name':'p','config':{'destination':'fake://p'}}],"
                  "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
                  "{'name':'out','type':'PublicationNode','publishers':['p']}],"
                  "'edges':[{'from_node':'in','to_node':'out'}]}"));

    assert_int_equal(inject(dag, 0, 1, &word, &err), 0);
    assert_int_equal(err.code, DAG_ERROR_UNSUPPORTED);
    assert_false(err.retryable);
    assert_string_equal(err.message, "subscriber 'unread' takes no messages: no node reads it");
    assert_int_equal(word.calls, 0);
}

/* ---- when they are safe ---- */

static struct dag *kept(void)
{
    struct dag_error err = {0};
    struct dag *dag =
        added(fake_plan("{'name':'d','journal':{'depth':'events'},'ack':'journal',"
                        "'subscribers':[{'name':'s','config':{'source':'mem://queue/q'}}],"
                        "'publishers':[{'name':'p','config':{'destination':'fake://p'}}],"
                        "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
                        "{'name':'out','type':'PublicationNode','publishers':['p']}],"
                        "'edges':[{'from_node':'in','to_node':'out'}]}"));

    keep(dag);
    if (!dag_start(dag, &err))
        fail_msg("%s", err.message);
    return dag;
}

static void they_are_safe_when_the_journal_has_them_and_survive_a_crash(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word word = {0}, lost = {0};
    struct dag *dag = kept();

    assert_int_equal(inject(dag, 0, 1, &word, &err), 0);
    assert_string_equal(err.message, "DAG 'd' isn't running"); /* it is starting */
    go(SECOND);
    assert_int_equal(inject(dag, 0, 3000, &word, &err), 3000);
    runtime_turn(runtime);
    assert_int_equal(word.calls, 0);
    go(SECOND);
    assert_int_equal(word.calls, 1);
    assert_true(word.is_safe);
    assert_in_sequence(3000);

    assert_int_equal(inject(dag, 3000, 10, &lost, &err), 10);
    runtime_turn(runtime); /* taken, and not synced */
    sim_disk_crash(disk, SIM_CRASH_POWER);
    log_set_level((enum dag_log_level) - 1);
    runtime_free(runtime);
    assert_int_equal(lost.calls, 1);
    assert_false(lost.is_safe);
    assert_non_null(strstr(lost.failure.message, "journal"));
    keeper_free(keeper);
    keeper = NULL;
    data_folder_close(folder);
    folder = NULL;
    fake_connectors_clear();
    sim_disk_restart(disk);
    make_runtime(0);
    dag = kept();
    go(SECOND);
    assert_in_sequence(3000); /* all once more: the checkpoint is of the start */
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
}

static void a_stop_tells_those_who_wait(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct word first = {0}, second = {0};
    struct dag *dag = kept();

    go(SECOND);
    assert_int_equal(inject(dag, 0, 5, &first, &err), 5);
    dag_stop(dag, false); /* before any cycle has run */
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_int_equal(first.calls, 1);
    assert_false(first.is_safe);
    assert_string_equal(first.failure.message,
                        "DAG 'd' stopped before it took all of the messages");
    assert_true(dag_start(dag, &err));
    go(SECOND);
    assert_int_equal(atomic_load(&sink.count),
                     0); /* whoever sent them knows, and sends them again */
    assert_int_equal(inject(dag, 0, 5, &second, &err), 5);
    dag_stop(dag, true);
    go(SECOND);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_int_equal(second.calls, 1);
    assert_true(second.is_safe);
    assert_in_sequence(5);
}

/* ---- on threads ---- */

static _Atomic uint64_t taken_in_all;
static atomic_bool is_over;

static void *inject_for_ever(void *context)
{
    static const struct dag_text messages[] = {{"{\"n\":1}", 7}, {"{\"n\":2}", 7}};
    size_t accepted;
    struct dag_error err;

    while (!atomic_load(&is_over)) {
        struct word own = {0};
        dag_inject(context, 0, messages, 2, note, &own, &accepted, &err);
        assert_int_equal(own.calls, accepted > 0);
        atomic_fetch_add(&taken_in_all, accepted);
        if (accepted == 0)
            sched_yield();
    }
    return NULL;
}

static void several_threads_inject_while_it_starts_and_stops(void **unused)
{
    (void)unused;
    pthread_t threads[3];
    struct dag_error err = {0};

    runtime_free(runtime);
    fake_connectors_clear();
    make_runtime(2);
    struct dag *dag = added(fake_chain("d", "fake://s", "", "fake://p", ""));
    assert_true(dag_start(dag, &err));
    atomic_store(&taken_in_all, 0);
    atomic_store(&is_over, false);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, inject_for_ever, dag), 0);
    for (int i = 0; i < 20; i++) {
        uint64_t before = atomic_load(&taken_in_all);
        while (atomic_load(&taken_in_all) < before + 500)
            sched_yield();
        dag_stop(dag, i % 2 == 0);
        assert_true(dag_wait(dag, PATIENCE_US));
        assert_true(dag_start(dag, &err));
    }
    atomic_store(&is_over, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    dag_stop(dag, true);
    assert_true(dag_wait(dag, PATIENCE_US));
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_int_equal(atomic_load(&sink.count), atomic_load(&taken_in_all));
}

int main(void)
{
#define INJECT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        INJECT_TEST(they_come_behind_what_was_read_in_their_order),
        INJECT_TEST(what_does_not_fit_is_refused_from_there_on),
        INJECT_TEST(what_is_no_json_is_refused_with_its_number),
        INJECT_TEST(a_dag_that_does_not_run_takes_none_for_now),
        INJECT_TEST(where_recovery_could_not_bring_them_again_they_are_refused),
        INJECT_TEST(they_are_safe_when_the_journal_has_them_and_survive_a_crash),
        INJECT_TEST(a_stop_tells_those_who_wait),
        INJECT_TEST(several_threads_inject_while_it_starts_and_stops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
