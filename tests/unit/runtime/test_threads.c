/* test_threads.c - the same DAGs on one to four workers, with connectors that block. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/log.h"
#include "support/fake_connectors.h"

#define PATIENCE_US ((int64_t)60 * 1000000)

static const uint32_t thread_counts[] = {1, 2, 4};
#define THREAD_COUNTS (sizeof(thread_counts) / sizeof(thread_counts[0]))

static struct runtime *runtime;
static struct fake_source sources[8];
static struct fake_sink sinks[8];

static void begin(uint32_t threads)
{
    struct runtime_options options = {.threads = threads};
    struct dag_error err = {0};

    log_set_level(DAG_LOG_ERROR);
    runtime = runtime_new(&options, &err);
    assert_non_null(runtime);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        static const char *const names[] = {"0", "1", "2", "3", "4", "5", "6", "7"};
        sources[i] = (struct fake_source){0};
        sinks[i] = (struct fake_sink){0};
        fake_source_register(&sources[i], names[i]);
        fake_sink_register(&sinks[i], names[i]);
    }
}

static void end(void)
{
    runtime_free(runtime);
    fake_connectors_clear();
}

static struct dag *started(struct plan *plan)
{
    struct dag_error err = {0};
    struct dag *dag = runtime_add(runtime, plan, &err);

    assert_non_null(dag);
    assert_true(dag_start(dag, &err));
    return dag;
}

static void assert_values(const struct fake_sink *sink, uint64_t count)
{
    assert_int_equal(atomic_load(&sink->count), count);
    for (uint64_t i = 0; i < count; i++) {
        assert_int_equal(sink->values[i], i);
        assert_int_equal(sink->cycles[i], i + 1);
    }
}

/* Threads of this process, the main one included. */
static int thread_count(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    assert_non_null(tasks);
    while (readdir(tasks)) // cppcheck-suppress readdirCalled ; no other thread has this DIR
        count++;
    closedir(tasks);
    return count - 2;
}

static void many_dags_share_the_workers(void **unused)
{
    (void)unused;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct dag *dags[8];
        begin(thread_counts[t]);
        for (int i = 0; i < 8; i++) {
            char name[16], uri[32];
            snprintf(name, sizeof(name), "d%d", i);
            snprintf(uri, sizeof(uri), "fake://%d", i);
            sources[i].total = 20000;
            sources[i].per_read = 300;
            sources[i].ends = true;
            dags[i] = started(fake_chain(name, uri, "", uri, ""));
        }
        assert_true(runtime_wait(runtime, PATIENCE_US, -1));
        for (int i = 0; i < 8; i++) {
            assert_int_equal(dag_state(dags[i]), DAG_STATE_ENDED);
            assert_values(&sinks[i], 20000);
            assert_int_equal(sources[i].acknowledged, 20000);
        }
        end();
    }
}

static const char two_sources[] =
    "{'name':'d','subscribers':[{'name':'a','config':{'source':'fake://0'}},"
    "{'name':'b','config':{'source':'blocking://1'}}],"
    "'publishers':[{'name':'p','config':{'destination':'fake://0'}},"
    "{'name':'q','config':{'destination':'blocking://1'}}],"
    "'nodes':[{'name':'ia','type':'SubscriptionNode','subscriber':'a'},"
    "{'name':'ib','type':'SubscriptionNode','subscriber':'b'},"
    "{'name':'op','type':'PublicationNode','publishers':['p']},"
    "{'name':'oq','type':'PublicationNode','publishers':['q']}],"
    "'edges':[{'from_node':'ia','to_node':'op'},{'from_node':'ib','to_node':'op'},"
    "{'from_node':'ib','to_node':'oq'}]}";

static void cycles_do_not_depend_on_the_threads(void **unused)
{
    (void)unused;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        begin(thread_counts[t]);
        sources[0].total = 30000;
        sources[0].per_read = 11;
        sources[0].ends = true;
        sources[1].total = 20000;
        sources[1].per_read = 700;
        sources[1].ends = true;
        struct dag *dag = started(fake_plan(two_sources));
        assert_true(dag_wait(dag, PATIENCE_US));
        assert_int_equal(dag_state(dag), DAG_STATE_ENDED);
        struct dag_stats stats;
        dag_stats(dag, &stats);
        assert_int_equal(stats.cycles, 30000);
        assert_int_equal(sinks[0].count, 30000);
        for (int i = 0; i < 30000; i++)
            assert_int_equal(sinks[0].values[i], i < 20000 ? i : 19999);
        assert_values(&sinks[1], 20000);
        end();
    }
}

static void a_message_to_an_idle_dag_comes_through(void **unused)
{
    (void)unused;
    begin(2);
    struct dag *dag = started(fake_chain("d", "fake://0", "", "fake://0", ""));
    for (uint64_t i = 1; i <= 500; i++) {
        fake_source_feed(&sources[0], 1);
        fake_sink_wait(&sinks[0], i);
    }
    dag_stop(dag, true);
    assert_true(dag_wait(dag, PATIENCE_US));
    assert_values(&sinks[0], 500);
    end();
}

static void stopped_at_once_it_keeps_no_thread(void **unused)
{
    (void)unused;
    begin(2);
    int before = thread_count();
    sinks[1].room = 5;
    sources[0].total = sources[1].total = UINT64_MAX;
    struct dag *dag = started(fake_plan(two_sources));
    fake_sink_wait(&sinks[1], 5);
    assert_int_equal(thread_count(), before + 2);
    dag_stop(dag, false);
    assert_true(dag_wait(dag, PATIENCE_US));
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_int_equal(thread_count(), before);
    end();
}

static void a_drain_interrupts_a_blocked_reader(void **unused)
{
    (void)unused;
    begin(1);
    struct dag *dag = started(fake_chain("d", "blocking://0", "", "fake://0", ""));
    fake_source_feed(&sources[0], 10);
    fake_sink_wait(&sinks[0], 10);
    dag_stop(dag, true);
    assert_true(dag_wait(dag, PATIENCE_US));
    assert_values(&sinks[0], 10);
    end();
}

static void stop_and_start_race_with_messages(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    begin(4);
    struct dag *dag = started(fake_plan(two_sources));
    for (int i = 0; i < 300; i++) {
        fake_source_feed(&sources[0], 5);
        fake_source_feed(&sources[1], 5);
        if (i % 5 == 0)
            dag_suspend(dag);
        if (i % 7 == 0)
            dag_resume(dag);
        dag_stop(dag, i % 3 == 0);
        assert_true(dag_wait(dag, PATIENCE_US));
        assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
        assert_true(dag_start(dag, &err));
    }
    dag_stop(dag, true);
    assert_true(dag_wait(dag, PATIENCE_US));
    dag_start(dag, &err);
    fake_sink_wait(&sinks[1], 1500);
    for (uint64_t i = 0; i < 1500; i++)
        assert_int_equal(sinks[1].values[i], i);
    end();
}

static void a_stuck_dag_leaves_the_worker_to_others(void **unused)
{
    (void)unused;
    begin(1);
    sources[0].total = UINT64_MAX;
    sinks[0].room = 1;
    sources[1].total = 50000;
    sources[1].ends = true;
    struct dag *stuck = started(fake_chain("d", "fake://0", "", "blocking://0", ""));
    struct dag *other = started(fake_chain("e", "fake://1", "", "fake://1", ""));
    assert_true(dag_wait(other, PATIENCE_US));
    assert_int_equal(dag_state(other), DAG_STATE_ENDED);
    assert_int_equal(dag_state(stuck), DAG_STATE_RUNNING);
    assert_false(dag_wait(stuck, 1000));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_dags_share_the_workers),
        cmocka_unit_test(cycles_do_not_depend_on_the_threads),
        cmocka_unit_test(a_message_to_an_idle_dag_comes_through),
        cmocka_unit_test(stopped_at_once_it_keeps_no_thread),
        cmocka_unit_test(a_drain_interrupts_a_blocked_reader),
        cmocka_unit_test(stop_and_start_race_with_messages),
        cmocka_unit_test(a_stuck_dag_leaves_the_worker_to_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
