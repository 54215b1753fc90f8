/* test_shown.c - what others see of a DAG that runs, waits, fails or hangs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/log.h"
#include "support/fake_connectors.h"

#define SECOND      ((int64_t)1000000)
#define BEGIN_US    (1767225600 * SECOND)
#define PATIENCE_US (60 * SECOND)

struct seen {
    char states[400];
    int troubles;
    struct dag_trouble last;
    char message[200];
    const void *user;
};

static struct clock_virtual now;
static struct runtime *runtime;
static struct fake_source source;
static struct fake_sink sink;
static struct seen seen;

static void note_state(void *context, struct dag *dag, enum dag_state state)
{
    static const char *const names[] = {"stopped",  "running", "suspended",
                                        "stopping", "ended",   "failed"};
    struct seen *all = context;
    size_t size = strlen(all->states);

    snprintf(all->states + size, sizeof(all->states) - size, "%s ", names[state]);
    assert_int_equal(dag_state(dag), state);
    all->user = dag_user(dag);
}

static void note_trouble(void *context, struct dag *dag, const struct dag_trouble *trouble)
{
    struct seen *all = context;

    (void)dag;
    all->troubles++;
    all->last = *trouble;
    snprintf(all->message, sizeof(all->message), "%s", trouble->message);
}

static void make_runtime(uint32_t threads)
{
    struct runtime_options options = {
        .threads = threads,
        .clock = threads == 0 ? &now.clock : NULL,
        .observer = {.changed = note_state, .trouble = note_trouble, .context = &seen},
    };
    struct dag_error err = {0};

    seen = (struct seen){0};
    runtime = runtime_new(&options, &err);
    assert_non_null(runtime);
    source = (struct fake_source){0};
    sink = (struct fake_sink){0};
    fake_source_register(&source, "s");
    fake_sink_register(&sink, "p");
}

static int set_up(void **unused)
{
    (void)unused;
    log_set_level((enum dag_log_level) - 1); /* nothing */
    clock_virtual_init(&now, BEGIN_US);
    make_runtime(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    runtime_free(runtime);
    fake_connectors_clear();
    return 0;
}

static struct dag *started(struct plan *plan)
{
    struct dag_error err = {0};
    struct dag *dag = runtime_add(runtime, plan, &err);

    assert_non_null(dag);
    dag_set_user(dag, &seen);
    assert_true(dag_start(dag, &err));
    runtime_turn(runtime);
    return dag;
}

static struct dag *chain(const char *publisher_config)
{
    return started(fake_chain("d", "fake://s", "", "fake://p", publisher_config));
}

/* ---- observers ---- */

static void each_change_of_state_is_told_in_order(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct dag *dag = chain("");

    dag_suspend(dag);
    dag_suspend(dag);
    dag_resume(dag);
    dag_stop(dag, true);
    runtime_turn(runtime);
    assert_true(dag_start(dag, &err));
    runtime_turn(runtime);
    source.ends = true;
    fake_source_feed(&source, 1);
    runtime_turn(runtime);
    assert_string_equal(seen.states, "running suspended running stopping stopped running ended ");
    assert_ptr_equal(seen.user, &seen);
}

static void a_failure_is_told_with_its_reason_at_hand(void **unused)
{
    (void)unused;
    char reason[200];
    struct dag *dag = chain("");

    atomic_store(&source.is_fatal, true);
    fake_source_feed(&source, 1);
    runtime_turn(runtime);
    assert_string_equal(seen.states, "running stopping failed ");
    dag_failure(dag, reason, sizeof(reason));
    assert_string_equal(reason, "s: never");
}

static const char adding[] =
    "{'name':'d','subscribers':[{'name':'s','config':{'source':'fake://s'}}],"
    "'publishers':[{'name':'p','config':{'destination':'fake://p'}}],"
    "'calculators':[{'name':'add','type':'AdditionCalculator',"
    "'config':{'arguments':['n','missing'],'output_attribute':'x','strict':true}}],"
    "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
    "{'name':'sum','type':'CalculationNode','calculator':'add'},"
    "{'name':'raw','type':'PublicationNode','publishers':['p']},"
    "{'name':'out','type':'PublicationNode','publishers':['p']}],"
    "'edges':[{'from_node':'in','to_node':'sum'},{'from_node':'sum','to_node':'out'},"
    "{'from_node':'in','to_node':'raw'}]}";

static void errors_of_a_node_are_told_once_a_second_with_their_count(void **unused)
{
    (void)unused;
    struct engine_node_stats stats;
    struct dag *dag = started(fake_plan(adding));

    fake_source_feed(&source, 20);
    runtime_turn(runtime);
    dag_node_stats(dag, 1, &stats);
    assert_int_equal(seen.troubles, 1);
    assert_int_equal(seen.last.node, 1);
    assert_int_equal(seen.last.publisher, -1);
    assert_int_equal(seen.last.count, stats.errors);
    assert_true(seen.last.cycle > 0);
    assert_non_null(strstr(seen.message, "missing"));
    for (int i = 0; i < 5; i++) {
        fake_source_feed(&source, 1);
        runtime_turn(runtime);
    }
    assert_int_equal(seen.troubles, 1);
    runtime_advance(runtime, &now, SECOND);
    fake_source_feed(&source, 1);
    runtime_turn(runtime);
    dag_node_stats(dag, 1, &stats);
    assert_int_equal(seen.troubles, 2);
    assert_int_equal(stats.errors, 26);
    assert_int_equal(seen.last.count, 21 + 5);
}

static void refused_messages_and_failed_tries_are_told(void **unused)
{
    (void)unused;
    sink.reject_every = 5;
    struct dag *dag = chain("");

    fake_source_feed(&source, 10);
    runtime_turn(runtime);
    assert_int_equal(seen.troubles, 1);
    assert_int_equal(seen.last.publisher, 0);
    assert_int_equal(seen.last.count, 2);
    assert_string_equal(seen.message, "refused");
    runtime_advance(runtime, &now, SECOND);
    atomic_store(&source.failures, 1);
    fake_source_feed(&source, 1);
    runtime_turn(runtime);
    assert_int_equal(seen.troubles, 2);
    assert_int_equal(seen.last.subscriber, 0);
    assert_string_equal(seen.message, "not now");
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
}

/* ---- conditions ---- */

static void a_source_that_fails_says_why_since_when_and_when_it_tries_again(void **unused)
{
    (void)unused;
    struct source_condition condition;
    struct dag *dag = chain("");

    dag_source_condition(dag, 0, &condition);
    assert_true(condition.is_read);
    assert_string_equal(condition.error, "");
    assert_true(condition.depth_max > 0);
    atomic_store(&source.failures, 2);
    fake_source_feed(&source, 1);
    runtime_turn(runtime);
    dag_source_condition(dag, 0, &condition);
    assert_string_equal(condition.error, "not now");
    assert_int_equal(condition.error_since_us, BEGIN_US);
    assert_int_equal(condition.tries, 1);
    assert_in_range(condition.next_try_us, BEGIN_US + 50000, BEGIN_US + 100000);
    runtime_advance(runtime, &now, 100000);
    dag_source_condition(dag, 0, &condition);
    assert_int_equal(condition.tries, 2);
    assert_int_equal(condition.error_since_us, BEGIN_US);
    runtime_advance(runtime, &now, SECOND);
    dag_source_condition(dag, 0, &condition);
    assert_string_equal(condition.error, "");
    assert_int_equal(condition.error_since_us, 0);
    assert_int_equal(condition.next_try_us, 0);
}

static void a_sink_says_what_it_waits_for_and_that_it_is_full(void **unused)
{
    (void)unused;
    struct sink_condition condition;
    struct source_condition behind;

    sink.room = 3;
    struct dag *dag = chain("");
    runtime_advance(runtime, &now, SECOND);
    fake_source_feed(&source, 5);
    runtime_turn(runtime);
    dag_sink_condition(dag, 0, &condition);
    assert_true(condition.is_written);
    assert_string_equal(condition.waits_for, "the other side to take more");
    assert_int_equal(condition.waits_since_us, BEGIN_US + SECOND);
    assert_false(condition.is_full);
    runtime_advance(runtime, &now, SECOND);
    fake_source_feed(&source, 100000);
    runtime_turn(runtime);
    dag_sink_condition(dag, 0, &condition);
    assert_true(condition.is_full);
    assert_int_equal(condition.waits_since_us, BEGIN_US + SECOND); /* nothing has moved */
    dag_source_condition(dag, 0, &behind);
    assert_true(behind.is_full);
    fake_sink_allow(&sink, 1000000);
    runtime_turn(runtime);
    dag_sink_condition(dag, 0, &condition);
    assert_string_equal(condition.waits_for, "");
    assert_int_equal(condition.waits_since_us, 0);
    assert_false(condition.is_full);
}

static void a_sink_that_fails_says_why_since_when_and_when_it_tries_again(void **unused)
{
    (void)unused;
    struct sink_condition condition;

    sink.open_failures = 1;
    struct dag *dag = chain(",'retry_min':'1s','retry_max':'1s'");
    dag_sink_condition(dag, 0, &condition);
    assert_string_equal(condition.error, "not now");
    assert_int_equal(condition.error_since_us, BEGIN_US);
    assert_in_range(condition.next_try_us, BEGIN_US + 1, BEGIN_US + SECOND);
    runtime_advance(runtime, &now, SECOND);
    dag_sink_condition(dag, 0, &condition);
    assert_string_equal(condition.error, "");
}

/* ---- counters and durations ---- */

static void counters_of_nodes_and_edges_are_there_without_waiting(void **unused)
{
    (void)unused;
    struct engine_node_stats stats;
    struct dag *dag = started(fake_plan(adding));

    fake_source_feed(&source, 20);
    runtime_turn(runtime);
    dag_node_stats(dag, 0, &stats);
    assert_int_equal(stats.computed, 20);
    assert_int_equal(stats.emitted, 20);
    dag_node_stats(dag, 1, &stats);
    assert_int_equal(stats.errors, 20);
    assert_int_equal(dag_edge_count(dag, 0), 20); /* in to sum */
    assert_int_equal(dag_edge_count(dag, 1), 0);  /* sum to out */
    assert_int_equal(dag_edge_count(dag, 2), 20);
}

static void latency_is_from_the_reading_to_the_safe_end(void **unused)
{
    (void)unused;
    struct latency latency;

    sink.room = 2;
    struct dag *dag = chain("");
    fake_source_feed(&source, 3);
    runtime_turn(runtime);
    dag_sink_latency(dag, 0, &latency);
    assert_int_equal(latency.count, 2);
    assert_int_equal(latency.sum_us, 0);
    runtime_advance(runtime, &now, 3 * SECOND);
    fake_sink_allow(&sink, 10);
    runtime_turn(runtime);
    dag_sink_latency(dag, 0, &latency);
    assert_int_equal(latency.count, 3);
    assert_int_equal(latency.sum_us, 3 * SECOND);
    assert_in_range(latency_quantile_us(&latency, 1), 3 * SECOND, 4 * SECOND);
    dag_cycle_latency(dag, &latency);
    assert_true(latency.count > 0);
    assert_true(dag_node_latency(dag, 0, &latency));
    assert_true(dag_node_latency(dag, 1, &latency));
}

static void held_rows_are_late_by_their_interval(void **unused)
{
    (void)unused;
    struct latency latency;
    struct dag *dag = chain(",'publish_interval':'2s'");

    fake_source_feed(&source, 4);
    runtime_advance(runtime, &now, 2 * SECOND);
    dag_sink_latency(dag, 0, &latency);
    assert_int_equal(latency.count, 4);
    assert_int_equal(latency.sum_us, 8 * SECOND);
}

/* ---- a cycle that hangs ---- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool is_held;

static void hold(void *context, struct engine *engine)
{
    (void)context;
    (void)engine;
    atomic_store(&is_held, true);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
}

static void *inspect_and_hold(void *context)
{
    dag_inspect(context, hold, NULL);
    return NULL;
}

static void never_called(void *context, struct engine *engine)
{
    (void)context;
    (void)engine;
    fail();
}

static void count_call(void *context, struct engine *engine)
{
    assert_non_null(engine);
    ++*(int *)context;
}

static void inspecting_gives_up_on_a_cycle_that_hangs(void **unused)
{
    (void)unused;
    pthread_t holder;
    struct engine_node_stats stats;
    struct dag_stats all;
    int calls = 0;
    struct dag *dag = chain("");

    pthread_mutex_lock(&gate);
    atomic_store(&is_held, false);
    assert_int_equal(pthread_create(&holder, NULL, inspect_and_hold, dag), 0);
    while (!atomic_load(&is_held))
        sched_yield();
    assert_false(dag_inspect_within(dag, 0, never_called, NULL));
    assert_false(dag_inspect_within(dag, 2000, never_called, NULL));
    dag_node_stats(dag, 0, &stats); /* these don't wait for it */
    dag_stats(dag, &all);
    assert_int_equal(all.state, DAG_STATE_RUNNING);
    pthread_mutex_unlock(&gate);
    pthread_join(holder, NULL);
    assert_true(dag_inspect_within(dag, PATIENCE_US, count_call, &calls));
    assert_int_equal(calls, 1);
}

/* ---- from other threads ---- */

static atomic_bool is_over;

static void *look_at_everything(void *context)
{
    struct dag *dag = context;
    struct engine_node_stats node, before = {0};
    struct source_condition of_source;
    struct sink_condition of_sink;
    struct latency latency;
    struct dag_stats stats;

    while (!atomic_load(&is_over)) {
        dag_stats(dag, &stats);
        dag_node_stats(dag, 0, &node);
        assert_true(node.computed >= before.computed);
        before = node;
        dag_source_condition(dag, 0, &of_source);
        dag_sink_condition(dag, 0, &of_sink);
        dag_sink_latency(dag, 0, &latency);
        dag_node_latency(dag, 0, &latency);
        dag_cycle_latency(dag, &latency);
    }
    return NULL;
}

static void everything_can_be_looked_at_while_it_runs(void **unused)
{
    (void)unused;
    pthread_t looker;
    struct dag_error err = {0};

    runtime_free(runtime);
    fake_connectors_clear();
    make_runtime(2);
    source.total = 100000;
    source.failures = 1;
    source.ends = true;
    struct dag *dag = runtime_add(runtime, fake_chain("d", "fake://s", "", "fake://p", ""), &err);
    atomic_store(&is_over, false);
    assert_int_equal(pthread_create(&looker, NULL, look_at_everything, dag), 0);
    assert_true(dag_start(dag, &err));
    assert_true(dag_wait(dag, PATIENCE_US));
    atomic_store(&is_over, true);
    pthread_join(looker, NULL);
    assert_int_equal(sink.count, 100000);
    struct latency latency;
    dag_sink_latency(dag, 0, &latency);
    assert_int_equal(latency.count, 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_change_of_state_is_told_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_is_told_with_its_reason_at_hand, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(errors_of_a_node_are_told_once_a_second_with_their_count,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused_messages_and_failed_tries_are_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_source_that_fails_says_why_since_when_and_when_it_tries_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sink_says_what_it_waits_for_and_that_it_is_full, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_sink_that_fails_says_why_since_when_and_when_it_tries_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counters_of_nodes_and_edges_are_there_without_waiting,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(latency_is_from_the_reading_to_the_safe_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(held_rows_are_late_by_their_interval, set_up, tear_down),
        cmocka_unit_test_setup_teardown(inspecting_gives_up_on_a_cycle_that_hangs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(everything_can_be_looked_at_while_it_runs, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
