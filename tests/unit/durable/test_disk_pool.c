/* test_disk_pool.c - many tasks on a few threads: each by one at a time, in time, and fairly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "durable/disk_pool.h"

#define MILLISECOND INT64_C(1000)
#define TASKS       200

/* One that counts, and may hang as a disk does. */
struct worker {
    struct disk_task task; /* first */
    _Atomic int runs, at_once, most_at_once;
    _Atomic int64_t last_us;   /* of its last run */
    _Atomic int64_t due_in_us; /* what it asks for; negative: nothing */
    _Atomic bool hangs;
};

static struct disk_pool *pool;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t run(struct disk_task *task)
{
    struct worker *worker = (struct worker *)task;
    int at_once = atomic_fetch_add(&worker->at_once, 1) + 1;

    if (at_once > atomic_load(&worker->most_at_once))
        atomic_store(&worker->most_at_once, at_once);
    pthread_mutex_lock(&lock);
    atomic_store(&worker->last_us, now_us());
    atomic_fetch_add(&worker->runs, 1);
    pthread_cond_broadcast(&changed);
    while (atomic_load(&worker->hangs))
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    atomic_fetch_sub(&worker->at_once, 1);
    int64_t due_in_us = atomic_load(&worker->due_in_us);
    return due_in_us < 0 ? DISK_POOL_NEVER : now_us() + due_in_us;
}

static void wait_for_runs(struct worker *worker, int runs)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 30;
    pthread_mutex_lock(&lock);
    while (atomic_load(&worker->runs) < runs)
        if (pthread_cond_timedwait(&changed, &lock, &until) != 0)
            fail_msg("it has run %d times, not %d", atomic_load(&worker->runs), runs);
    pthread_mutex_unlock(&lock);
}

static void let_go(struct worker *worker)
{
    pthread_mutex_lock(&lock);
    atomic_store(&worker->hangs, false);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void add(struct worker *worker, int64_t due_in_us)
{
    struct dag_error err = {0};

    *worker = (struct worker){.task.run = run, .due_in_us = due_in_us};
    assert_true(disk_pool_add(pool, &worker->task, &err));
}

static void start(unsigned threads)
{
    struct dag_error err = {0};

    pool = disk_pool_new(threads, &err);
    assert_non_null(pool);
}

static int tear_down(void **unused)
{
    (void)unused;
    disk_pool_free(pool);
    pool = NULL;
    return 0;
}

static void a_task_runs_when_it_is_added_woken_or_due(void **unused)
{
    struct worker worker, other;

    (void)unused;
    start(2);
    add(&worker, -1);
    wait_for_runs(&worker, 1);
    disk_task_wake(&worker.task);
    wait_for_runs(&worker, 2);
    atomic_store(&worker.due_in_us, 20 * MILLISECOND);
    disk_task_wake(&worker.task);
    wait_for_runs(&worker, 3);
    int64_t before = atomic_load(&worker.last_us);
    wait_for_runs(&worker, 4);
    assert_true(atomic_load(&worker.last_us) - before >= 20 * MILLISECOND);

    /* one that is due sooner than what the pool sleeps for */
    atomic_store(&worker.due_in_us, 3600 * 1000 * MILLISECOND);
    disk_task_wake(&worker.task);
    wait_for_runs(&worker, 5);
    add(&other, 5 * MILLISECOND);
    wait_for_runs(&other, 3);
    disk_task_remove(&other.task);
    disk_task_remove(&worker.task);
    assert_int_equal(worker.most_at_once, 1);
}

static void those_with_nothing_to_do_need_one_thread(void **unused)
{
    static struct worker workers[TASKS];

    (void)unused;
    start(DISK_POOL_THREADS);
    for (int i = 0; i < TASKS; i++)
        add(&workers[i], -1);
    for (int i = 0; i < TASKS; i++)
        wait_for_runs(&workers[i], 1);
    assert_in_range(disk_pool_threads(pool), 1, DISK_POOL_THREADS);
    for (int i = 0; i < TASKS; i++) {
        disk_task_remove(&workers[i].task);
        assert_int_equal(workers[i].runs, 1);
    }
}

static void one_that_hangs_does_not_hold_the_others(void **unused)
{
    struct worker slow[3], quick;

    (void)unused;
    start(4);
    for (int i = 0; i < 3; i++) {
        add(&slow[i], -1);
        wait_for_runs(&slow[i], 1);
        atomic_store(&slow[i].hangs, true);
        disk_task_wake(&slow[i].task);
        wait_for_runs(&slow[i], 2);
    }
    add(&quick, MILLISECOND); /* by its time */
    wait_for_runs(&quick, 10);
    atomic_store(&quick.due_in_us, -1);
    disk_task_wake(&quick.task); /* and when it is woken */
    for (int i = 0; i < 10; i++) {
        int runs = atomic_load(&quick.runs);
        disk_task_wake(&quick.task);
        wait_for_runs(&quick, runs + 1);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(slow[i].runs, 2);
        disk_task_wake(&slow[i].task); /* once more, when it is through */
        let_go(&slow[i]);
        wait_for_runs(&slow[i], 3);
        disk_task_remove(&slow[i].task);
        assert_int_equal(slow[i].most_at_once, 1);
    }
    disk_task_remove(&quick.task);
    assert_int_equal(quick.most_at_once, 1);
}

static void one_that_is_always_due_lets_others_run(void **unused)
{
    struct worker greedy, other;

    (void)unused;
    start(1);
    add(&greedy, 0);
    wait_for_runs(&greedy, 100);
    add(&other, 0);
    wait_for_runs(&other, 100);
    disk_task_remove(&greedy.task); /* although it would go on */
    int runs = atomic_load(&greedy.runs), of_other = atomic_load(&other.runs);
    wait_for_runs(&other, of_other + 10);
    assert_int_equal(atomic_load(&greedy.runs), runs);
    disk_task_remove(&other.task);
    disk_task_wake(&other.task); /* nothing happens */
}

static void *wake_often(void *context)
{
    struct worker *workers = context;

    for (int i = 0; i < 20000; i++)
        disk_task_wake(&workers[i % 8].task);
    return NULL;
}

static void no_wake_is_lost(void **unused)
{
    static struct worker workers[8];
    pthread_t threads[2];

    (void)unused;
    start(3);
    for (int i = 0; i < 8; i++)
        add(&workers[i], i % 2 ? MILLISECOND : -1);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wake_often, workers), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 8; i++) {
        int runs = atomic_load(&workers[i].runs);
        disk_task_wake(&workers[i].task);
        wait_for_runs(&workers[i], runs + 1);
        disk_task_remove(&workers[i].task);
        assert_int_equal(workers[i].most_at_once, 1);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_task_runs_when_it_is_added_woken_or_due),
        TEST(those_with_nothing_to_do_need_one_thread),
        TEST(one_that_hangs_does_not_hold_the_others),
        TEST(one_that_is_always_due_lets_others_run),
        TEST(no_wake_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
