/* test_runtime.c - DAGs run, wait, retry, stop and start again, turned by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/log.h"
#include "core/shape.h"
#include "support/fake_connectors.h"

#define SECOND ((int64_t)1000000)

static struct clock_virtual now;
static struct runtime *runtime;
static struct fake_source source;
static struct fake_sink sink;
static struct fake_source more_sources[4]; /* they outlive the tests: close() looks at them */
static struct fake_sink more_sinks[4];
static size_t more_source_count, more_sink_count;

static int set_up(void **unused)
{
    struct runtime_options options = {.threads = 0, .clock = &now.clock};
    struct dag_error err = {0};

    (void)unused;
    log_set_level(DAG_LOG_ERROR);
    clock_virtual_init(&now, 1767225600 * SECOND);
    runtime = runtime_new(&options, &err);
    source = (struct fake_source){0};
    sink = (struct fake_sink){0};
    more_source_count = more_sink_count = 0;
    fake_source_register(&source, "s");
    fake_sink_register(&sink, "p");
    return runtime ? 0 : -1;
}

static int tear_down(void **unused)
{
    (void)unused;
    runtime_free(runtime);
    fake_connectors_clear();
    return 0;
}

static struct fake_source *another_source(const char *name, struct fake_source script)
{
    struct fake_source *made = &more_sources[more_source_count++];

    *made = script;
    fake_source_register(made, name);
    return made;
}

static struct fake_sink *another_sink(const char *name, struct fake_sink script)
{
    struct fake_sink *made = &more_sinks[more_sink_count++];

    *made = script;
    fake_sink_register(made, name);
    return made;
}

static struct dag *add(struct plan *plan)
{
    struct dag_error err = {0};
    struct dag *dag = runtime_add(runtime, plan, &err);

    if (!dag)
        print_error("%s\n", err.message);
    assert_non_null(dag);
    return dag;
}

static void start(struct dag *dag)
{
    struct dag_error err = {0};

    assert_true(dag_start(dag, &err));
    runtime_turn(runtime);
}

static struct dag *started(const char *subscriber_config, const char *publisher_config)
{
    struct dag *dag =
        add(fake_chain("d", "fake://s", subscriber_config, "fake://p", publisher_config));

    start(dag);
    return dag;
}

static struct dag_stats stats_of(const struct dag *dag)
{
    struct dag_stats stats;

    dag_stats(dag, &stats);
    return stats;
}

static uint64_t dropped(const struct dag *dag, const char *cause)
{
    struct dag_stats stats = stats_of(dag);

    for (size_t i = 0; i < stats.dropped_count; i++)
        if (strcmp(stats.dropped[i].cause, cause) == 0)
            return stats.dropped[i].count;
    return 0;
}

static void assert_values(const struct fake_sink *of, int64_t first, uint64_t count)
{
    assert_int_equal(atomic_load(&of->count), count);
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(of->values[i], first + (int64_t)i);
}

/* ---- from end to end ---- */

static void brings_every_row_through_in_order_and_ends(void **unused)
{
    (void)unused;
    source.total = 5000;
    source.ends = true;
    struct dag *dag = started("", "");

    assert_int_equal(dag_state(dag), DAG_STATE_ENDED);
    assert_values(&sink, 0, 5000);
    for (uint64_t i = 0; i < 5000; i++)
        assert_int_equal(sink.cycles[i], i + 1);
    struct dag_stats stats = stats_of(dag);
    assert_int_equal(stats.cycles, 5000);
    assert_int_equal(stats.watermark, 5000);
    assert_int_equal(source.acknowledged, 5000);
    assert_int_equal(source.stopped, 1);
    assert_int_equal(sink.stopped, 1);
}

static void an_idle_source_is_read_again_only_when_it_wakes(void **unused)
{
    (void)unused;
    struct dag *dag = started("", "");

    assert_int_equal(runtime_turn(runtime), 0);
    atomic_store(&source.total, 3);
    assert_int_equal(runtime_turn(runtime), 0);
    fake_source_feed(&source, 1);
    runtime_turn(runtime);
    assert_values(&sink, 0, 4);
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
    assert_int_equal(source.acknowledged, 4);
}

static void flushes_when_the_dag_is_idle(void **unused)
{
    (void)unused;
    struct dag *dag = add(fake_chain("d", "fake://s", "", "flushing://p", ""));

    source.total = 3000;
    start(dag);
    assert_int_equal(sink.flushed, 3000);
    assert_int_equal(source.acknowledged, 3000);
    assert_int_equal(stats_of(dag).watermark, 3000);
}

static const char two_sources[] =
    "{'name':'d','subscribers':[{'name':'a','config':{'source':'fake://a'}},"
    "{'name':'b','config':{'source':'fake://b'}}],"
    "'publishers':[{'name':'p','config':{'destination':'fake://p'}}],"
    "'nodes':[{'name':'ia','type':'SubscriptionNode','subscriber':'a'},"
    "{'name':'ib','type':'SubscriptionNode','subscriber':'b'},"
    "{'name':'out','type':'PublicationNode','publishers':['p']}],"
    "'edges':[{'from_node':'ia','to_node':'out'},{'from_node':'ib','to_node':'out'}]}";

static void finite_sources_are_merged_line_by_line(void **unused)
{
    (void)unused;
    another_source("a", (struct fake_source){.total = 1000, .per_read = 7, .ends = true});
    another_source("b", (struct fake_source){.total = 600, .per_read = 100, .ends = true});
    struct dag *dag = add(fake_plan(two_sources));
    start(dag);
    assert_int_equal(dag_state(dag), DAG_STATE_ENDED);
    assert_int_equal(stats_of(dag).cycles, 1000);
    assert_int_equal(sink.count, 1000);
    for (int i = 0; i < 1000; i++) /* b wins; behind its end its last value stays */
        assert_int_equal(sink.values[i], i < 600 ? i : 599);
}

static void two_nodes_on_one_subscriber_take_turns(void **unused)
{
    (void)unused;
    struct fake_sink *second = another_sink("q", (struct fake_sink){0});
    struct dag *dag = add(fake_plan(
        "{'name':'d','subscribers':[{'name':'s','config':{'source':'fake://s'}}],"
        "'publishers':[{'name':'p','config':{'destination':'fake://p'}},"
        "{'name':'q','config':{'destination':'fake://q'}}],"
        "'nodes':[{'name':'i1','type':'SubscriptionNode','subscriber':'s'},"
        "{'name':'i2','type':'SubscriptionNode','subscriber':'s'},"
        "{'name':'o1','type':'PublicationNode','publishers':['p']},"
        "{'name':'o2','type':'PublicationNode','publishers':['q']}],"
        "'edges':[{'from_node':'i1','to_node':'o1'},{'from_node':'i2','to_node':'o2'}]}"));

    source.total = 101;
    source.per_read = 5; /* an odd number: a pair straddles two batches */
    source.ends = true;
    start(dag);
    assert_int_equal(dag_state(dag), DAG_STATE_ENDED);
    assert_int_equal(sink.count, 51);
    assert_int_equal(second->count, 50);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(sink.values[i], 2 * i);
        assert_int_equal(second->values[i], 2 * i + 1);
        assert_int_equal(sink.cycles[i], i + 1);
        assert_int_equal(second->cycles[i], i + 1);
    }
    assert_int_equal(source.acknowledged, 101);
}

/* ---- back-pressure and overflow ---- */

static void a_stuck_sink_stops_the_source(void **unused)
{
    (void)unused;
    source.total = UINT64_MAX;
    sink.room = 10;
    struct dag *dag = started("", "");

    assert_int_equal(sink.count, 10);
    assert_in_range(source.given, 1024, 16 * 1024);
    uint64_t given = source.given;
    assert_int_equal(runtime_turn(runtime), 0);
    fake_sink_allow(&sink, 5000);
    runtime_turn(runtime);
    assert_values(&sink, 0, 5010);
    assert_in_range(source.given, given, given + 8 * 1024);
    dag_stop(dag, false);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
}

static void max_depth_bounds_what_waits(void **unused)
{
    (void)unused;
    source.total = UINT64_MAX;
    sink.room = 1;
    struct dag *dag = started(",'max_depth':5", "");
    struct source_stats stats;

    dag_source_stats(dag, 0, &stats);
    assert_int_equal(stats.depth, 5);
    assert_in_range(source.given, 6, 5 * 1024); /* the sink's queue holds four batches */
}

static void overflow_is_the_users_choice_and_counted(void **unused)
{
    static const struct {
        const char *config, *cause;
        int64_t first_kept;
        uint64_t dropped;
    } cases[] = {
        {",'max_depth':10,'overflow':'latest'", "overflow_latest", 99, 99},
        {",'max_depth':10,'overflow':'drop_newest'", "overflow_drop_newest", 0, 90},
        {",'max_depth':10,'overflow':'drop_oldest'", "overflow_drop_oldest", 90, 90},
    };
    (void)unused;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static const char *const names[] = {"d0", "d1", "d2"};
        struct fake_source *fed = another_source(names[i], (struct fake_source){0});
        struct fake_sink *to = another_sink(names[i], (struct fake_sink){0});
        char uri[32];
        snprintf(uri, sizeof(uri), "fake://%s", names[i]);
        struct dag *dag = add(fake_chain(names[i], uri, cases[i].config, uri, ""));
        start(dag);
        fake_source_feed(fed, 100); /* in one go: it arrives as one batch */
        runtime_turn(runtime);
        assert_values(to, cases[i].first_kept, 100 - cases[i].dropped);
        assert_int_equal(dropped(dag, cases[i].cause), cases[i].dropped);
        struct source_stats stats;
        dag_source_stats(dag, 0, &stats);
        assert_int_equal(stats.dropped, cases[i].dropped);
        assert_int_equal(stats.receive_count, 100);
    }
}

static void one_stuck_dag_does_not_block_another(void **unused)
{
    (void)unused;
    another_source("s2", (struct fake_source){.total = 20000, .ends = true});
    struct fake_sink *other_sink = another_sink("p2", (struct fake_sink){0});
    source.total = UINT64_MAX;
    sink.room = 1;
    struct dag *stuck = started("", "");
    struct dag *other = add(fake_chain("e", "fake://s2", "", "fake://p2", ""));

    start(other);
    assert_int_equal(dag_state(stuck), DAG_STATE_RUNNING);
    assert_int_equal(dag_state(other), DAG_STATE_ENDED);
    assert_values(other_sink, 0, 20000);
}

static void a_full_memory_stops_sources_only(void **unused)
{
    (void)unused;
    source.total = 3000;
    source.pads = true;
    source.ends = true;
    sink.room = 1;
    struct plan *plan = fake_chain("d", "fake://s", "", "fake://p", "");
    plan->memory_limit = 300000;
    struct dag *dag = add(plan);
    start(dag);

    assert_in_range(stats_of(dag).memory_used, 1, 300000 + (3 << 20));
    assert_in_range(source.given, 1, 1000);
    fake_sink_allow(&sink, 10000);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_ENDED);
    assert_values(&sink, 0, 3000);
}

static void a_limit_below_all_needs_still_lets_one_batch_pass(void **unused)
{
    (void)unused;
    source.total = 100;
    source.per_read = 10;
    source.ends = true;
    struct plan *plan = fake_chain("d", "fake://s", "", "fake://p", "");
    plan->memory_limit = 1;
    struct dag *dag = add(plan);
    start(dag);

    assert_int_equal(dag_state(dag), DAG_STATE_ENDED);
    assert_values(&sink, 0, 100);
}

/* ---- failures ---- */

static void a_write_is_tried_again_with_growing_delays(void **unused)
{
    (void)unused;
    sink.failures = 3;
    struct dag *dag = started("", ",'retry_min':1,'retry_max':60");
    struct sink_stats stats;

    fake_source_feed(&source, 2);
    runtime_turn(runtime);
    assert_int_equal(sink.writes, 1);
    runtime_advance(runtime, &now, SECOND); /* the first delay is 0.5 to 1 s */
    assert_int_equal(sink.writes, 2);
    runtime_advance(runtime, &now, SECOND * 2); /* the second 1 to 2 s */
    assert_int_equal(sink.writes, 3);
    assert_int_equal(sink.count, 0);
    runtime_advance(runtime, &now, SECOND * 4);
    assert_int_equal(sink.writes, 4);
    assert_values(&sink, 0, 2);
    dag_sink_stats(dag, 0, &stats);
    assert_int_equal(stats.retries, 3);
    assert_int_equal(stats.safe_cycle, 2);
}

static void a_source_backs_off_and_goes_on(void **unused)
{
    (void)unused;
    source.failures = 2;
    source.open_failures = 1;
    sink.open_failures = 1;
    source.total = 5;
    source.ends = true;
    struct dag *dag = started("", ",'retry_min':0.1");

    assert_int_equal(source.given, 0);
    runtime_advance(runtime, &now, 3 * SECOND);
    assert_int_equal(dag_state(dag), DAG_STATE_ENDED);
    assert_values(&sink, 0, 5);
}

static void a_failing_source_does_not_hold_the_others(void **unused)
{
    (void)unused;
    another_source("a", (struct fake_source){.total = 10, .failures = 1000000});
    another_source("b", (struct fake_source){.total = 10});
    struct dag *dag = add(fake_plan(two_sources));
    start(dag);
    assert_values(&sink, 0, 10);
}

static void what_can_never_work_fails_the_dag_and_start_tries_again(void **unused)
{
    (void)unused;
    char text[200];
    sink.is_fatal = true;
    struct dag *dag = started("", "");

    fake_source_feed(&source, 3);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_FAILED);
    dag_failure(dag, text, sizeof(text));
    assert_string_equal(text, "p: never");
    assert_int_equal(source.stopped, 1);
    sink.is_fatal = false;
    start(dag);
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
    dag_failure(dag, text, sizeof(text));
    assert_string_equal(text, "");
    assert_values(&sink, 0, 3); /* what was not written was kept */
}

static void refused_rows_go_to_errors(void **unused)
{
    (void)unused;
    struct fake_sink *errors = another_sink("e", (struct fake_sink){0});
    source.total = 3000;
    source.ends = true;
    sink.reject_every = 10;
    struct dag *dag = add(fake_plan(
        "{'name':'d','errors':'e','subscribers':[{'name':'s','config':{'source':'fake://s'}}],"
        "'publishers':[{'name':'p','config':{'destination':'fake://p'}},"
        "{'name':'e','config':{'destination':'fake://e'}}],"
        "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
        "{'name':'out','type':'PublicationNode','publishers':['p']}],"
        "'edges':[{'from_node':'in','to_node':'out'}]}"));
    start(dag);

    assert_int_equal(dag_state(dag), DAG_STATE_ENDED);
    assert_int_equal(sink.count, 2700);
    assert_int_equal(errors->count, 300);
    struct dag_stats stats = stats_of(dag);
    assert_int_equal(stats.publish_dead_letters, 300);
    assert_int_equal(stats.watermark, 3000);
    struct sink_stats sink_stats;
    dag_sink_stats(dag, 0, &sink_stats);
    assert_int_equal(sink_stats.publish_count, 2700);
    assert_int_equal(sink_stats.dead_letters, 300);
}

static void letters_that_are_stuck_hold_the_watermark(void **unused)
{
    (void)unused;
    struct fake_sink *errors = another_sink("e", (struct fake_sink){.failures = 1000000});
    source.total = 25;
    sink.reject_every = 10;
    struct dag *dag = add(fake_plan(
        "{'name':'d','errors':'e','subscribers':[{'name':'s','config':{'source':'fake://s'}}],"
        "'publishers':[{'name':'p','config':{'destination':'fake://p'}},"
        "{'name':'e','config':{'destination':'fake://e','retry_min':1,'retry_max':2}}],"
        "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
        "{'name':'out','type':'PublicationNode','publishers':['p']}],"
        "'edges':[{'from_node':'in','to_node':'out'}]}"));
    start(dag);

    assert_int_equal(sink.count, 22);
    assert_int_equal(stats_of(dag).watermark, 0);
    assert_int_equal(source.acknowledged, 0);
    errors->failures = 0;
    runtime_advance(runtime, &now, 3 * SECOND);
    assert_int_equal(errors->count, 3);
    assert_int_equal(stats_of(dag).watermark, 25);
    assert_int_equal(source.acknowledged, 25);
}

/* ---- intervals ---- */

static void batches_as_interval_and_size_say(void **unused)
{
    (void)unused;
    struct dag *dag = started("", ",'publish_interval':10,'batch_size':2");
    struct sink_stats stats;

    fake_source_feed(&source, 5);
    runtime_turn(runtime);
    assert_values(&sink, 0, 4);
    dag_sink_stats(dag, 0, &stats);
    assert_int_equal(stats.depth, 1);
    assert_int_equal(stats.publish_count, 4);
    assert_int_equal(stats.safe_cycle, 4);
    runtime_advance(runtime, &now, 9 * SECOND);
    assert_int_equal(sink.count, 4);
    runtime_advance(runtime, &now, 1 * SECOND);
    assert_values(&sink, 0, 5);
    dag_sink_stats(dag, 0, &stats);
    assert_int_equal(stats.depth, 0);
    assert_int_equal(stats.safe_cycle, 5);
}

static void an_interval_alone_holds_everything_until_it_has_passed(void **unused)
{
    (void)unused;
    started("", ",'publish_interval':3600");

    for (int i = 0; i < 2500; i++) { /* one by one: what is held doesn't pin batches */
        fake_source_feed(&source, 1);
        runtime_turn(runtime);
    }
    assert_int_equal(sink.count, 0);
    runtime_advance(runtime, &now, 3600 * SECOND);
    assert_values(&sink, 0, 2500);
    assert_in_range(sink.writes, 1, 20);
    runtime_advance(runtime, &now, 7200 * SECOND); /* nothing is held: no timer, nothing sent */
    assert_int_equal(sink.count, 2500);
}

static void too_much_to_hold_goes_out_early(void **unused)
{
    (void)unused;
    source.total = 100000;
    started("", ",'publish_interval':3600");

    assert_in_range(sink.count, 60000, 100000);
    runtime_advance(runtime, &now, 3600 * SECOND);
    assert_values(&sink, 0, 100000);
}

static void a_drain_sends_what_is_held(void **unused)
{
    (void)unused;
    struct dag *dag = started("", ",'publish_interval':3600,'batch_size':100");

    fake_source_feed(&source, 4);
    runtime_turn(runtime);
    assert_int_equal(sink.count, 0);
    dag_stop(dag, true);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPING);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_values(&sink, 0, 4);
}

/* ---- metronome nodes ---- */

static void a_metronome_node_has_at_most_one_tick_waiting(void **unused)
{
    (void)unused;
    struct dag *dag =
        add(fake_plan("{'name':'d','publishers':[{'name':'p','config':{'destination':'fake://p'}}],"
                      "'nodes':[{'name':'m','type':'MetronomeNode','config':{'interval':2},"
                      "'publishers':['p']}]}"));
    start(dag);

    assert_int_equal(stats_of(dag).cycles, 1);
    runtime_advance(runtime, &now, 5 * SECOND);
    assert_int_equal(stats_of(dag).cycles, 3);
    dag_tick(dag, "m");
    dag_tick(dag, "m");
    runtime_turn(runtime);
    assert_int_equal(stats_of(dag).cycles, 4);
    assert_int_equal(stats_of(dag).missed_ticks, 1);
    dag_suspend(dag);
    runtime_advance(runtime, &now, 10 * SECOND);
    assert_int_equal(stats_of(dag).cycles, 4);
    dag_resume(dag);
    runtime_turn(runtime);
    assert_int_equal(stats_of(dag).cycles, 5);
    assert_int_equal(stats_of(dag).missed_ticks, 5);
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
}

/* ---- start, stop, suspend ---- */

static void suspended_nothing_is_read_and_no_cycle_runs(void **unused)
{
    (void)unused;
    struct dag *dag = started("", "");

    dag_suspend(dag);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_SUSPENDED);
    fake_source_feed(&source, 5);
    runtime_turn(runtime);
    assert_int_equal(source.given, 0);
    dag_resume(dag);
    dag_resume(dag);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
    assert_values(&sink, 0, 5);
}

static void orders_that_make_no_sense_are_no_ops(void **unused)
{
    (void)unused;
    struct dag_error err;
    struct dag *dag = add(fake_chain("d", "fake://s", "", "fake://p", ""));

    dag_suspend(dag);
    dag_resume(dag);
    dag_stop(dag, true);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    start(dag);
    assert_true(dag_start(dag, &err));
    assert_int_equal(source.opened, 1);
    dag_stop(dag, false);
    assert_false(dag_start(dag, &err));
    assert_true(err.retryable);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
}

static void stopped_at_once_nothing_is_lost_and_a_restart_goes_on(void **unused)
{
    (void)unused;
    sink.room = 100;
    source.total = 20000;
    struct dag *dag = started("", ",'publish_interval':1");

    runtime_advance(runtime, &now, SECOND);
    assert_int_equal(sink.count, 100);
    dag_stop(dag, false);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    runtime_advance(runtime, &now, 100 * SECOND);
    assert_int_equal(sink.count, 100);
    sink.room = UINT64_MAX;
    start(dag);
    runtime_advance(runtime, &now, 2 * SECOND);
    assert_values(&sink, 0, 20000);
    assert_int_equal(source.opened, 2);
    assert_int_equal(sink.opened, 2);
    for (uint64_t i = 0; i < 20000; i++)
        assert_int_equal(sink.cycles[i], i + 1);
}

static void a_drain_can_be_cut_short(void **unused)
{
    (void)unused;
    source.total = 10000;
    sink.room = 1;
    struct dag *dag = started("", "");

    dag_stop(dag, true);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPING);
    dag_stop(dag, false);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
}

static void starts_and_stops_a_thousand_times(void **unused)
{
    (void)unused;
    struct dag *dag = add(fake_chain("d", "fake://s", "", "fake://p", ""));

    for (int i = 0; i < 1000; i++) {
        start(dag);
        fake_source_feed(&source, 3);
        if (i % 3 != 0)
            runtime_turn(runtime);
        dag_stop(dag, i % 2 == 0);
        runtime_turn(runtime);
        assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    }
    start(dag);
    assert_values(&sink, 0, 3000);
}

static void spill_without_a_data_folder_is_refused_by_name(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct dag *dag = add(fake_chain("d", "fake://s", "", "fake://p", ",'when_slow':'spill'"));

    assert_false(dag_start(dag, &err));
    assert_int_equal(err.code, DAG_ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "spill"));
    assert_non_null(strstr(err.message, "publisher 'p'"));
}

static void count_dags(void *context, struct dag *dag)
{
    (void)dag;
    ++*(int *)context;
}

static void visits_every_dag(void **unused)
{
    (void)unused;
    int count = 0;
    struct dag *dag = started("", "");
    add(fake_chain("e", "fake://s", "", "fake://p", ""));

    runtime_for_each(runtime, count_dags, &count);
    assert_int_equal(count, 2);
    runtime_remove(runtime, dag);
    count = 0;
    runtime_for_each(runtime, count_dags, &count);
    assert_int_equal(count, 1);
    assert_int_equal(source.closed, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---- the table of shapes ---- */

/* Leaves the table of the whole process full. */
static void fill_shape_table(void)
{
    for (int i = 0; !shape_table_is_full(); i++) {
        char text[32];
        size_t size = (size_t)snprintf(text, sizeof(text), "filler_%d", i);
        const struct dag_name *name = dag_name_intern(text, size, NULL);

        if (name)
            dag_shape_add(dag_shape_empty(), name, NULL);
    }
}

static void a_full_table_of_shapes_is_told_once(void **unused)
{
    (void)unused;
    FILE *place = tmpfile();
    int kept = dup(STDERR_FILENO);
    char text[4096];

    assert_true(place && kept >= 0);
    assert_true(dup2(fileno(place), STDERR_FILENO) >= 0);
    log_set_level(DAG_LOG_WARNING);
    started("", "");
    fake_source_feed(&source, 10);
    runtime_turn(runtime);
    rewind(place);
    assert_int_equal(fread(text, 1, sizeof(text), place), 0);
    fill_shape_table();
    for (int i = 0; i < 2; i++) {
        fake_source_feed(&source, 10);
        runtime_turn(runtime);
    }
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(place);
    text[fread(text, 1, sizeof(text) - 1, place)] = '\0';
    fclose(place);
    char *warning = strstr(text, "warning: d: the table of attribute names and shapes is full");
    assert_non_null(warning);
    assert_null(strstr(warning + 1, "warning:"));
    assert_int_equal(sink.count, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(brings_every_row_through_in_order_and_ends),
        TEST(an_idle_source_is_read_again_only_when_it_wakes),
        TEST(flushes_when_the_dag_is_idle),
        TEST(finite_sources_are_merged_line_by_line),
        TEST(two_nodes_on_one_subscriber_take_turns),
        TEST(a_stuck_sink_stops_the_source),
        TEST(max_depth_bounds_what_waits),
        TEST(overflow_is_the_users_choice_and_counted),
        TEST(one_stuck_dag_does_not_block_another),
        TEST(a_full_memory_stops_sources_only),
        TEST(a_limit_below_all_needs_still_lets_one_batch_pass),
        TEST(a_write_is_tried_again_with_growing_delays),
        TEST(a_source_backs_off_and_goes_on),
        TEST(a_failing_source_does_not_hold_the_others),
        TEST(what_can_never_work_fails_the_dag_and_start_tries_again),
        TEST(refused_rows_go_to_errors),
        TEST(letters_that_are_stuck_hold_the_watermark),
        TEST(batches_as_interval_and_size_say),
        TEST(an_interval_alone_holds_everything_until_it_has_passed),
        TEST(too_much_to_hold_goes_out_early),
        TEST(a_drain_sends_what_is_held),
        TEST(a_metronome_node_has_at_most_one_tick_waiting),
        TEST(suspended_nothing_is_read_and_no_cycle_runs),
        TEST(orders_that_make_no_sense_are_no_ops),
        TEST(stopped_at_once_nothing_is_lost_and_a_restart_goes_on),
        TEST(a_drain_can_be_cut_short),
        TEST(starts_and_stops_a_thousand_times),
        TEST(spill_without_a_data_folder_is_refused_by_name),
        TEST(visits_every_dag),
        TEST(a_full_table_of_shapes_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
