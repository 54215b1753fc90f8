/* test_drain.c - DAGs that feed each other through mem:// drain in order, and circles come to an
 * end.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calculators/registry.h"
#include "connectors/mem/broker.h"
#include "connectors/registry.h"
#include "core/log.h"
#include "durable/keeper.h"
#include "graph/check.h"
#include "runtime/dag.h"
#include "runtime/drain.h"
#include "support/sim_disk.h"
#include "transformers/registry.h"

#define SECOND   INT64_C(1000000)
#define TURN_US  10000
#define DAGS_MAX 3
#define ACK      "'ack':'journal','journal':{'depth':'events','sync':'interval'},"

static struct sim_disk *disk;
static struct clock_virtual now;
static struct data_folder *folder;
static struct runtime *runtime;
static struct dag *dags[DAGS_MAX];
static struct keeper *keepers[DAGS_MAX];
static struct plan *plans[DAGS_MAX]; /* the keepers' */
static size_t count;

/* ---- the world ---- */

static struct plan *read_plan(const char *text)
{
    static struct registry registry;
    struct check_options options = {.path = "drain.json"};
    struct problems problems = {0};
    struct dag_error err = {0};

    registry.calculators = calculators_builtin;
    registry.transformers = transformers_builtin;
    registry.subscribers = connectors_subscribers;
    registry.publishers = connectors_publishers;
    struct plan *plan = graph_check(text, strlen(text), &registry, &options, &problems, &err);
    for (size_t i = 0; !plan && i < problems.count; i++)
        print_error("%s\n", problems.items[i].message);
    assert_non_null(plan);
    problems_free(&problems);
    return plan;
}

/* A DAG that takes from `file` and `from` and gives to `to`, each `hold_s` seconds (0: at once),
 * and to `out`. */
static void add(const char *name, const char *members, const char *file, const char *from,
                const char *to, int hold_s, const char *out)
{
    char text[2048];
    struct dag_error err = {0};
    struct keeper_options options = {.storage = sim_disk_storage(disk),
                                     .clock = &now.clock,
                                     .folder = folder,
                                     .checkpoint_interval_us = 3600 * SECOND,
                                     .by_hand = true};

    snprintf(text, sizeof(text),
             "{'name':'%s',%s'subscribers':[{'name':'f','config':{'source':'%s'}},"
             "{'name':'m','config':{'source':'%s'}}],"
             "'publishers':[{'name':'p','config':{'destination':'%s','publish_interval':%d}},"
             "{'name':'q','config':{'destination':'%s'}}],"
             "'calculators':[{'name':'c','type':'PassthruCalculator'}],"
             "'nodes':[{'name':'a','type':'SubscriptionNode','subscriber':'f'},"
             "{'name':'b','type':'SubscriptionNode','subscriber':'m'},"
             "{'name':'x','calculator':'c'},"
             "{'name':'out','type':'PublicationNode','publishers':['p','q']}],"
             "'edges':[{'from_node':'a','to_node':'x'},{'from_node':'b','to_node':'x'},"
             "{'from_node':'x','to_node':'out'}]}",
             name, members, file, from, to, hold_s, out);
    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    plans[count] = read_plan(text);
    options.plan = plans[count];
    keepers[count] = keeper_new(&options, &err);
    dags[count] = runtime_add(runtime, read_plan(text), &err);
    if (!keepers[count] || !dags[count] ||
        !dag_keep(dags[count], keeper_durability(keepers[count]), &err))
        fail_msg("%s", err.message);
    count++;
}

static void begin(void)
{
    struct runtime_options options = {
        .clock = &now.clock, .storage = sim_disk_storage(disk), .batch_rows = 16};
    struct dag_error err = {0};

    assert_int_equal(data_folder_open(options.storage, "/data", false, false, &folder, &err),
                     DATA_FOLDER_OK);
    runtime = runtime_new(&options, &err);
    assert_non_null(runtime);
}

static void start(void)
{
    struct dag_error err = {0};

    for (size_t i = 0; i < count; i++)
        if (!dag_start(dags[i], &err))
            fail_msg("%s", err.message);
}

static void end(void)
{
    if (!runtime)
        return;
    runtime_free(runtime);
    for (size_t i = 0; i < count; i++) {
        keeper_free(keepers[i]);
        plan_free(plans[i]);
    }
    data_folder_close(folder);
    runtime = NULL;
    folder = NULL;
    count = 0;
    broker_reset();
}

static void turn(int64_t us)
{
    for (; us > 0; us -= TURN_US) {
        bool is_done = false;
        runtime_advance(runtime, &now, TURN_US);
        for (int i = 0; i < 100 && !is_done; i++) {
            is_done = runtime_turn(runtime) == 0;
            for (size_t k = 0; k < count; k++)
                is_done = !keeper_turn(keepers[k]) && is_done;
        }
    }
}

static bool has_ended(void)
{
    for (size_t i = 0; i < count; i++)
        if (dag_state(dags[i]) != DAG_STATE_STOPPED)
            return false;
    return true;
}

/* Returns how long it took; negative: more than a minute. */
static int64_t drain(void)
{
    struct dag_error err = {0};
    struct drain *drain = drain_new(dags, count, &err);
    int64_t us = 0;
    bool is_asking = true;

    assert_non_null(drain);
    for (; us < 60 * SECOND && !has_ended(); us += TURN_US) {
        is_asking = is_asking && !drain_step(drain);
        turn(TURN_US);
    }
    drain_free(drain);
    return has_ended() ? us : -1;
}

static void feed(int first, int last)
{
    for (int n = first; n <= last; n++) {
        char line[32];
        sim_disk_append(disk, "/in", line, (size_t)snprintf(line, sizeof(line), "{\"n\":%d}\n", n));
    }
}

/* A DAG has stopped with messages that weren't out. */
static bool holds_something(void)
{
    struct dag_stats stats;
    bool holds = false;

    for (size_t i = 0; i < count; i++) {
        dag_stats(dags[i], &stats);
        holds = holds || stats.watermark < stats.cycles;
    }
    return holds;
}

/* Every line came out at least once. */
static void assert_came(const char *path, int last)
{
    struct dag_buffer text = {0};

    assert_true(dag_buffer_append(&text, "\n", 1));
    assert_true(sim_disk_content(disk, path, &text));
    for (int n = 1; n <= last; n++) {
        char line[32];
        size_t size = (size_t)snprintf(line, sizeof(line), "\n{\"n\":%d}\n", n);
        if (!memmem(text.bytes, text.size, line, size))
            fail_msg("%d did not come out", n);
    }
    dag_buffer_free(&text);
}

static int set_up(void **unused)
{
    (void)unused;
    log_set_level(DAG_LOG_ERROR);
    disk = sim_disk_new(1);
    clock_virtual_init(&now, 1767225600 * SECOND);
    sim_disk_append(disk, "/in", "", 0);
    sim_disk_append(disk, "/none", "", 0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    end();
    sim_disk_free(disk);
    return 0;
}

/* ---- the tests ---- */

static void add_line(void)
{
    begin();
    add("last", ACK, "file:///none", "mem://queue/b", "file:///out", 0, "mem://topic/nobody");
    add("first", "", "file:///in", "mem://queue/nobody", "mem://queue/a", 0, "mem://topic/nobody");
    add("middle", ACK, "file:///none", "mem://queue/a", "mem://queue/b", 0, "mem://topic/nobody");
    start();
}

static void feeders_drain_before_those_who_read_from_them(void **unused)
{
    (void)unused;
    feed(1, 3000);
    add_line();
    turn(3 * TURN_US);
    assert_in_range(drain(), 1, 5 * SECOND);
    assert_false(holds_something());
    assert_int_equal(broker_depth("a") + broker_depth("b"), 0);
    end();
    add_line();
    turn(SECOND);
    assert_came("/out", 3000);
}

static void add_circle(void)
{
    begin();
    add("here", ACK, "file:///in", "mem://queue/b", "mem://queue/a", 1, "file:///out");
    add("there", ACK, "file:///none", "mem://queue/a", "mem://queue/b", 0, "mem://topic/nobody");
    start();
}

static void a_circle_comes_to_an_end_and_loses_nothing(void **unused)
{
    int held = 0;

    (void)unused;
    for (int turns = 1; turns <= 12; turns++) {
        feed(1, 40 * turns);
        add_circle();
        turn(turns * SECOND / 3);
        assert_in_range(drain(), 1, 5 * SECOND);
        held += holds_something();
        end();
        add_circle();
        turn(2 * SECOND);
        assert_came("/out", 40 * turns);
        end();
        sim_disk_free(disk);
        disk = sim_disk_new((uint64_t)turns);
        sim_disk_append(disk, "/in", "", 0);
        sim_disk_append(disk, "/none", "", 0);
    }
    assert_true(held > 6);
}

static void a_circle_with_nothing_under_way_just_drains(void **unused)
{
    (void)unused;
    add_circle();
    turn(SECOND);
    assert_in_range(drain(), 1, SECOND);
    assert_false(holds_something());
}

static void a_dag_that_feeds_itself_comes_to_an_end(void **unused)
{
    (void)unused;
    begin();
    add("self", ACK, "file:///in", "mem://queue/a", "mem://queue/a", 1, "file:///out");
    start();
    feed(1, 100);
    turn(SECOND);
    assert_in_range(drain(), 1, 5 * SECOND);
    assert_true(holds_something());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(feeders_drain_before_those_who_read_from_them),
        TEST(a_circle_comes_to_an_end_and_loses_nothing),
        TEST(a_circle_with_nothing_under_way_just_drains),
        TEST(a_dag_that_feeds_itself_comes_to_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
