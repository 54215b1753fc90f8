/* test_loop.c - timers fire in order, descriptors once, and paths whatever happens to them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <pthread.h>

#include "runtime/loop.h"

static struct clock_virtual now;
static struct loop *loop;
static char folder[64];

static int set_up(void **unused)
{
    struct dag_error err = {0};

    (void)unused;
    clock_virtual_init(&now, 0);
    loop = loop_new(&now.clock, true, &err);
    strcpy(folder, "/tmp/dagd_loop_XXXXXX");
    return loop && mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **unused)
{
    (void)unused;
    loop_free(loop);
    char command[128];
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

/* ---- timers ---- */

struct alarm {
    struct loop_timer timer;
    int64_t interval;
    int fired;
};

static int64_t last_due;

static int64_t fire(struct loop_timer *timer, int64_t now_us)
{
    struct alarm *alarm = (struct alarm *)timer;

    assert_true(timer->due_us <= now_us);
    assert_true(timer->due_us >= last_due);
    last_due = timer->due_us;
    alarm->fired++;
    return alarm->interval ? timer->due_us + alarm->interval : LOOP_NEVER;
}

static void timers_fire_in_order(void **unused)
{
    static struct alarm alarms[300];
    struct dag_error err = {0};

    (void)unused;
    last_due = 0;
    for (int i = 0; i < 300; i++) {
        assert_true(loop_timer_init(loop, &alarms[i].timer, fire, &err));
        loop_timer_set(loop, &alarms[i].timer, 1000 + i * 7919 % 300);
    }
    for (int i = 0; i < 300; i += 3) /* some are moved, some cancelled */
        loop_timer_set(loop, &alarms[i].timer, i % 2 ? LOOP_NEVER : 1300 - i);
    assert_int_equal(loop_poll(loop), 0);
    for (int i = 0; i < 50; i++) {
        clock_virtual_advance(&now, 30);
        loop_poll(loop);
    }
    for (int i = 0; i < 300; i++)
        assert_int_equal(alarms[i].fired, i % 3 == 0 && i % 2 ? 0 : 1);
    assert_true(loop_next_due(loop) == LOOP_NEVER);
    for (int i = 0; i < 300; i++)
        loop_timer_deinit(loop, &alarms[i].timer);
}

static void a_timer_may_fire_again(void **unused)
{
    struct alarm alarm = {.interval = 10};
    struct dag_error err = {0};

    (void)unused;
    last_due = 0;
    assert_true(loop_timer_init(loop, &alarm.timer, fire, &err));
    alarm.interval = 10;
    loop_timer_set(loop, &alarm.timer, 11);
    for (int i = 0; i < 10; i++) {
        clock_virtual_advance(&now, 10);
        loop_poll(loop);
    }
    assert_int_equal(alarm.fired, 10);
    loop_timer_deinit(loop, &alarm.timer);
    assert_true(loop_next_due(loop) == LOOP_NEVER);
}

/* ---- descriptors and paths ---- */

static void count(void *context)
{
    ++*(int *)context;
}

static void a_descriptor_wakes_once(void **unused)
{
    struct dag_error err = {0};
    uint32_t watch = 0;
    int fds[2], woken = 0;

    (void)unused;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_true(loop_fd_watch(loop, &watch, fds[0], DAG_FD_READABLE, count, &woken, &err));
    assert_int_equal(loop_poll(loop), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    loop_poll(loop);
    loop_poll(loop);
    assert_int_equal(woken, 1);
    assert_true(loop_fd_watch(loop, &watch, fds[0], DAG_FD_READABLE, count, &woken, &err));
    loop_poll(loop);
    assert_int_equal(woken, 2);
    assert_true(loop_fd_watch(loop, &watch, fds[0], DAG_FD_READABLE, count, &woken, &err));
    loop_fd_unwatch(loop, watch);
    loop_poll(loop);
    assert_int_equal(woken, 2);
    close(fds[0]);
    close(fds[1]);
}

static void a_regular_file_is_always_ready(void **unused)
{
    struct dag_error err = {0};
    uint32_t watch = 0;
    int woken = 0;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    (void)unused;
    assert_true(loop_fd_watch(loop, &watch, fd, DAG_FD_READABLE, count, &woken, &err));
    assert_int_equal(woken, 1);
    loop_fd_unwatch(loop, watch);
    close(fd);
}

static void in_folder(const char *name, char *path)
{
    snprintf(path, 256, "%s/%s", folder, name);
}

static void append(const char *name, const char *text)
{
    char path[256];

    in_folder(name, path);
    FILE *file = fopen(path, "ae");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int told(int *woken)
{
    int before = *woken;

    loop_poll(loop);
    return *woken - before;
}

static void a_file_is_followed_through_all_its_changes(void **unused)
{
    struct dag_error err = {0};
    char path[256], other[256];
    int woken = 0;

    (void)unused;
    in_folder("in.jsonl", path);
    struct loop_path *watch = loop_path_watch(loop, NULL, path, count, &woken, &err);
    assert_non_null(watch);
    assert_int_equal(told(&woken), 0);
    append("out.jsonl", "a neighbour\n");
    assert_int_equal(told(&woken), 0);
    append("in.jsonl", "appears\n");
    assert_true(told(&woken) > 0);
    append("in.jsonl", "grows\n");
    assert_true(told(&woken) > 0);
    append("out.jsonl", "a neighbour\n");
    assert_int_equal(told(&woken), 0);
    in_folder("in.jsonl.1", other);
    assert_int_equal(rename(path, other), 0);
    assert_true(told(&woken) > 0);
    append("in.jsonl", "the next one\n");
    assert_true(told(&woken) > 0);
    append("in.jsonl.1", "the old one\n");
    assert_int_equal(told(&woken), 0);
    append("in.jsonl", "more\n");
    assert_true(told(&woken) > 0);
    assert_int_equal(rename(other, path), 0); /* replaced */
    assert_true(told(&woken) > 0);
    append("in.jsonl", "more\n");
    assert_true(told(&woken) > 0);
    assert_int_equal(unlink(path), 0);
    assert_true(told(&woken) > 0);
    loop_path_unwatch(loop, watch);
    append("in.jsonl", "again\n");
    assert_int_equal(told(&woken), 0);
}

static void the_folder_may_come_later(void **unused)
{
    struct dag_error err = {0};
    char path[256], made[256];
    int woken = 0;

    (void)unused;
    in_folder("a/b/in.jsonl", path);
    struct loop_path *watch = loop_path_watch(loop, NULL, path, count, &woken, &err);
    assert_non_null(watch);
    in_folder("a", made);
    assert_int_equal(mkdir(made, 0777), 0);
    told(&woken);
    in_folder("a/b", made);
    assert_int_equal(mkdir(made, 0777), 0);
    told(&woken);
    append("a/b/in.jsonl", "x\n");
    assert_true(told(&woken) > 0);
    append("a/b/in.jsonl", "x\n");
    assert_true(told(&woken) > 0);
    loop_path_unwatch(loop, watch);
}

static void folder_and_file_at_once_are_not_missed(void **unused)
{
    struct dag_error err = {0};
    char path[256], made[256];
    int woken = 0;

    (void)unused;
    in_folder("a/in.jsonl", path);
    struct loop_path *watch = loop_path_watch(loop, NULL, path, count, &woken, &err);
    in_folder("a", made);
    assert_int_equal(mkdir(made, 0777), 0);
    append("a/in.jsonl", "x\n");
    assert_true(told(&woken) > 0);
    append("a/in.jsonl", "x\n");
    assert_true(told(&woken) > 0);
    loop_path_unwatch(loop, watch);
}

static void two_watch_one_file(void **unused)
{
    struct dag_error err = {0};
    char path[256];
    int first = 0, second = 0;

    (void)unused;
    append("in.jsonl", "x\n");
    in_folder("in.jsonl", path);
    struct loop_path *a = loop_path_watch(loop, NULL, path, count, &first, &err);
    struct loop_path *b = loop_path_watch(loop, NULL, path, count, &second, &err);
    append("in.jsonl", "x\n");
    loop_poll(loop);
    assert_true(first > 0 && second > 0);
    loop_path_unwatch(loop, a);
    append("in.jsonl", "x\n");
    assert_true(told(&second) > 0);
    loop_path_unwatch(loop, b);
}

/* ---- with its thread ---- */

struct signal {
    struct loop_timer timer;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int fired;
};

static int64_t fire_signal(struct loop_timer *timer, int64_t now_us)
{
    struct signal *signal = (struct signal *)timer;

    (void)now_us;
    pthread_mutex_lock(&signal->lock);
    signal->fired++;
    pthread_cond_signal(&signal->changed);
    pthread_mutex_unlock(&signal->lock);
    return LOOP_NEVER;
}

static void the_thread_is_woken_for_an_earlier_timer(void **unused)
{
    struct signal late = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct signal soon = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct dag_error err = {0};
    struct clock *clock = clock_system();

    (void)unused;
    struct loop *running = loop_new(clock, false, &err);
    assert_non_null(running);
    assert_true(loop_timer_init(running, &late.timer, fire_signal, &err));
    assert_true(loop_timer_init(running, &soon.timer, fire_signal, &err));
    loop_timer_set(running, &late.timer, clock->monotonic_us(clock) + 3600 * (int64_t)1000000);
    for (int i = 1; i <= 20; i++) {
        loop_timer_set(running, &soon.timer, clock->monotonic_us(clock) + i * 50);
        pthread_mutex_lock(&soon.lock);
        while (soon.fired < i)
            pthread_cond_wait(&soon.changed, &soon.lock);
        pthread_mutex_unlock(&soon.lock);
    }
    assert_int_equal(late.fired, 0);
    loop_timer_deinit(running, &late.timer);
    loop_timer_deinit(running, &soon.timer);
    loop_free(running);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(timers_fire_in_order),
        TEST(a_timer_may_fire_again),
        TEST(a_descriptor_wakes_once),
        TEST(a_regular_file_is_always_ready),
        TEST(a_file_is_followed_through_all_its_changes),
        TEST(the_folder_may_come_later),
        TEST(folder_and_file_at_once_are_not_missed),
        TEST(two_watch_one_file),
        TEST(the_thread_is_woken_for_an_earlier_timer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
