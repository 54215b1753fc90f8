/* test_tap.c - samples of what goes into and out of nodes: of the right cycle, at a bounded rate.
 */
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

struct samples {
    _Atomic int count;
    struct dag_tapped last;
    char text[DAG_TAP_SIZE_MAX + 1];
};

static struct clock_virtual now;
static struct runtime *runtime;
static struct fake_source source;
static struct fake_sink sink;
static struct samples in, out;

static void make_runtime(uint32_t threads)
{
    struct runtime_options options = {.threads = threads,
                                      .clock = threads == 0 ? &now.clock : NULL};
    struct dag_error err = {0};

    runtime = runtime_new(&options, &err);
    assert_non_null(runtime);
    source = (struct fake_source){0};
    sink = (struct fake_sink){0};
    fake_source_register(&source, "s");
    fake_sink_register(&sink, "p");
    in = out = (struct samples){0};
}

static int set_up(void **unused)
{
    (void)unused;
    log_set_level(DAG_LOG_ERROR);
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

/* s -> in (0) -> sum (1) -> out (2) -> p */
static const char chained[] =
    "{'name':'d','subscribers':[{'name':'s','config':{'source':'fake://s'}}],"
    "'publishers':[{'name':'p','config':{'destination':'fake://p'}}],"
    "'calculators':[{'name':'add','type':'AdditionCalculator','config':{'arguments':['n','n'],"
    "'output_attribute':'x'}}],"
    "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
    "{'name':'sum','type':'CalculationNode','calculator':'add'},"
    "{'name':'out','type':'PublicationNode','publishers':['p']}],"
    "'edges':[{'from_node':'in','to_node':'sum'},{'from_node':'sum','to_node':'out'}]}";

static struct dag *started(struct plan *plan)
{
    struct dag_error err = {0};
    struct dag *dag = runtime_add(runtime, plan, &err);

    assert_non_null(dag);
    assert_true(dag_start(dag, &err));
    runtime_turn(runtime);
    return dag;
}

static void note(void *context, const struct dag_tapped *tapped)
{
    struct samples *samples = context;

    assert_true(tapped->size <= DAG_TAP_SIZE_MAX);
    samples->last = *tapped;
    memcpy(samples->text, tapped->json, tapped->size);
    samples->text[tapped->size] = '\0';
    atomic_fetch_add(&samples->count, 1);
}

static struct dag_tap *tap(struct dag *dag, int32_t node, bool is_output, uint32_t rate,
                           struct samples *samples)
{
    struct dag_error err = {0};
    struct dag_tap *made = dag_tap_new(dag, node, is_output, rate, note, samples, &err);

    assert_non_null(made);
    return made;
}

static void feed(uint64_t count)
{
    fake_source_feed(&source, count);
    runtime_turn(runtime);
}

static void a_quiet_nodes_messages_are_all_seen(void **unused)
{
    (void)unused;
    struct dag *dag = started(fake_plan(chained));

    feed(4); /* before anybody looks */
    struct dag_tap *before = tap(dag, 1, false, 10, &in), *behind = tap(dag, 1, true, 10, &out);
    runtime_turn(runtime);
    assert_int_equal(in.count + out.count, 0); /* nothing new */
    for (int i = 0; i < 3; i++) {
        char expected[40];
        feed(1);
        assert_int_equal(in.count, i + 1);
        assert_int_equal(out.count, i + 1);
        snprintf(expected, sizeof(expected), "{\"n\":%d}", 4 + i);
        assert_string_equal(in.text, expected);
        snprintf(expected, sizeof(expected), "{\"x\":%d}", 2 * (4 + i));
        assert_string_equal(out.text, expected);
        assert_int_equal(out.last.cycle, 5 + i);
        assert_int_equal(out.last.time_us, BEGIN_US);
        assert_false(out.last.is_truncated);
    }
    dag_tap_free(before);
    dag_tap_free(behind);
    feed(1);
    assert_int_equal(in.count + out.count, 6);
}

static void under_load_the_last_row_of_a_step_is_seen(void **unused)
{
    (void)unused;
    struct dag *dag = started(fake_plan(chained));
    struct dag_tap *made = tap(dag, 1, true, 1000, &out); /* in the middle of a fused chain */

    feed(500);
    assert_int_equal(out.count, 1);
    assert_string_equal(out.text, "{\"x\":998}");
    assert_int_equal(out.last.cycle, 500);
    dag_tap_free(made);
}

static void the_rate_holds_in_any_second(void **unused)
{
    (void)unused;
    struct dag *dag = started(fake_plan(chained));
    struct dag_tap *made = tap(dag, 0, true, 3, &out);

    for (int i = 0; i < 50; i++) {
        feed(1);
        runtime_advance(runtime, &now, SECOND / 10);
    }
    assert_int_equal(out.count, 15); /* in 5 s */
    dag_tap_free(made);
}

static void a_node_takes_four_taps(void **unused)
{
    (void)unused;
    struct dag_error err = {0};
    struct dag_tap *taps[DAG_TAPS_MAX];
    struct dag *dag = started(fake_plan(chained));

    for (int i = 0; i < DAG_TAPS_MAX; i++)
        taps[i] = tap(dag, 1, i % 2 == 0, 5, &out);
    assert_null(dag_tap_new(dag, 1, true, 5, note, &out, &err));
    assert_int_equal(err.code, DAG_ERROR_LIMIT);
    assert_string_equal(err.message, "node 'sum' has 4 taps already");
    struct dag_tap *other = tap(dag, 2, true, 5, &in);
    feed(1);
    assert_int_equal(out.count, DAG_TAPS_MAX);
    assert_int_equal(in.count, 1);
    dag_tap_free(taps[0]);
    taps[0] = tap(dag, 1, true, 5, &out);
    for (int i = 0; i < DAG_TAPS_MAX; i++)
        dag_tap_free(taps[i]);
    dag_tap_free(other);
    dag_tap_free(NULL);
}

static void not_safe(void *context, bool is_safe, const struct dag_error *failure)
{
    assert_null(context);
    assert_false(is_safe);
    assert_null(failure);
}

static void a_long_message_is_cut_behind_a_character(void **unused)
{
    (void)unused;
    static char text[40000];
    size_t size = 0, accepted;
    struct dag_error err = {0};
    struct dag *dag = started(fake_plan(chained));
    struct dag_tap *made = tap(dag, 0, true, 5, &out);

    size += (size_t)snprintf(text, sizeof(text), "{\"n\":1,\"t\":\"x");
    while (size < 30000) {
        memcpy(text + size, "\xc3\xa4", 2);
        size += 2;
    }
    memcpy(text + size, "\"}", 2);
    const struct dag_text message = {text, size + 2};
    assert_true(dag_inject(dag, 0, &message, 1, not_safe, NULL, &accepted, &err));
    runtime_turn(runtime);
    assert_true(out.last.is_truncated);
    assert_in_range(out.last.size, DAG_TAP_SIZE_MAX - 1, DAG_TAP_SIZE_MAX);
    assert_int_equal((unsigned char)out.text[out.last.size - 1], 0xa4);
    dag_tap_free(made);
}

static void forbidden_now(void *context, const struct dag_tapped *tapped)
{
    assert_non_null(tapped->json);
    assert_true(atomic_load((atomic_bool *)context));
}

static void nothing_is_called_once_it_is_freed(void **unused)
{
    (void)unused;
    struct dag_error err = {0};

    runtime_free(runtime);
    fake_connectors_clear();
    make_runtime(2);
    source.total = UINT64_MAX;
    struct dag *dag = runtime_add(runtime, fake_plan(chained), &err);
    assert_true(dag_start(dag, &err));
    for (int i = 0; i < 300; i++) {
        atomic_bool may_be_called = true;
        struct dag_tap *made =
            dag_tap_new(dag, i % 3, i % 2 == 0, 1000, forbidden_now, &may_be_called, &err);
        assert_non_null(made);
        sched_yield();
        dag_tap_free(made);
        atomic_store(&may_be_called, false);
    }
    dag_stop(dag, false);
    assert_true(dag_wait(dag, PATIENCE_US));
}

int main(void)
{
#define TAP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TAP_TEST(a_quiet_nodes_messages_are_all_seen),
        TAP_TEST(under_load_the_last_row_of_a_step_is_seen),
        TAP_TEST(the_rate_holds_in_any_second),
        TAP_TEST(a_node_takes_four_taps),
        TAP_TEST(a_long_message_is_cut_behind_a_character),
        TAP_TEST(nothing_is_called_once_it_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
