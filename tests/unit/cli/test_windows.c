/* test_windows.c - `dagd run` suspends and resumes as windows close and open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/windows.h"
#include "core/log.h"
#include "support/fake_connectors.h"

#define SECOND ((int64_t)1000000)
#define HOUR   (3600 * SECOND)

static struct clock_virtual now;
static struct runtime *runtime;
static struct fake_source source;
static struct fake_sink sink;
static struct dag *dags[1];
static struct windows *windows;

/* A DAG whose window is 02:00 to 03:59; it is midnight. */
static int set_up(void **unused)
{
    struct runtime_options options = {.threads = 0, .clock = &now.clock};
    struct dag_error err = {0};
    struct plan *plan;

    (void)unused;
    log_set_level(DAG_LOG_ERROR);
    clock_virtual_init(&now, 1767225600 * SECOND);
    runtime = runtime_new(&options, &err);
    source = (struct fake_source){.total = 3};
    sink = (struct fake_sink){0};
    fake_source_register(&source, "s");
    fake_sink_register(&sink, "p");
    plan = fake_chain("d", "fake://s", "", "fake://p", "");
    plan->window_start = 120;
    plan->window_end = 239;
    plan->schedule.timezone = "UTC";
    dags[0] = runtime ? runtime_add(runtime, plan, &err) : NULL;
    windows = dags[0] ? windows_new(dags, 1, -1, &now.clock, &err) : NULL;
    return windows ? 0 : -1;
}

static int tear_down(void **unused)
{
    (void)unused;
    windows_free(windows);
    runtime_free(runtime);
    fake_connectors_clear();
    return 0;
}

static void expect(enum dag_state state, uint64_t count)
{
    windows_keep(windows);
    runtime_turn(runtime);
    assert_int_equal(dag_state(dags[0]), state);
    assert_int_equal(sink.count, count);
}

static void start(void)
{
    struct dag_error err = {0};

    assert_true(windows_start(windows, 0, &err));
    runtime_turn(runtime);
}

static void a_closed_window_reads_nothing(void **unused)
{
    (void)unused;
    start();
    assert_int_equal(source.given, 0);
    expect(DAG_STATE_SUSPENDED, 0);
    runtime_advance(runtime, &now, 2 * HOUR - SECOND);
    expect(DAG_STATE_SUSPENDED, 0);
    runtime_advance(runtime, &now, SECOND);
    expect(DAG_STATE_RUNNING, 3);
    runtime_advance(runtime, &now, 2 * HOUR);
    expect(DAG_STATE_SUSPENDED, 3);
    fake_source_feed(&source, 2);
    expect(DAG_STATE_SUSPENDED, 3);
    runtime_advance(runtime, &now, 22 * HOUR);
    expect(DAG_STATE_RUNNING, 5);
}

static void an_open_window_runs(void **unused)
{
    (void)unused;
    clock_virtual_advance(&now, 3 * HOUR);
    start();
    expect(DAG_STATE_RUNNING, 3);
}

static void a_stop_is_not_undone(void **unused)
{
    (void)unused;
    start();
    dag_stop(dags[0], true);
    clock_virtual_advance(&now, 2 * HOUR);
    expect(DAG_STATE_STOPPED, 0);
}

static void signals_are_told(void **unused)
{
    struct dag_error err = {0};
    int signal = eventfd(0, EFD_CLOEXEC);
    struct windows *told = windows_new(dags, 1, signal, &now.clock, &err);
    struct pollfd fd = {.fd = told ? windows_fd(told) : -1, .events = POLLIN};

    (void)unused;
    assert_non_null(told);
    assert_int_equal(poll(&fd, 1, 0), 0);
    assert_int_equal(eventfd_write(signal, 1), 0);
    assert_int_equal(poll(&fd, 1, 0), 1);
    windows_free(told);
    close(signal);
}

/* The virtual clock is behind the system's: the timer's time has come. */
static void the_timer_is_set_to_the_next_change(void **unused)
{
    struct pollfd fd = {.fd = windows_fd(windows), .events = POLLIN};

    (void)unused;
    assert_int_equal(poll(&fd, 1, 0), 0);
    windows_keep(windows);
    assert_int_equal(poll(&fd, 1, 10000), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_closed_window_reads_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_open_window_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stop_is_not_undone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signals_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_timer_is_set_to_the_next_change, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
