/* test_scheduler.c - actors run when told to, never twice at a time, and no notice is lost. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/scheduler.h"

#define ACTORS 8

struct counter {
    struct actor actor;
    _Atomic int inside, runs, wanted, seen;
    _Atomic bool overlapped;
    int again; /* runs that it asks for itself */
    struct counter *successor;
    int *order; /* by hand: where its number goes */
    int number;
};

static int order_count;

static bool run(struct actor *actor)
{
    struct counter *counter = (struct counter *)actor;

    if (atomic_fetch_add(&counter->inside, 1) != 0)
        atomic_store(&counter->overlapped, true);
    atomic_store(&counter->seen, atomic_load(&counter->wanted));
    atomic_fetch_add(&counter->runs, 1);
    if (counter->order)
        counter->order[order_count++] = counter->number;
    if (counter->successor)
        actor_notify(&counter->successor->actor);
    atomic_fetch_sub(&counter->inside, 1);
    return counter->again-- > 0;
}

static struct scheduler *new_scheduler(uint32_t threads)
{
    struct dag_error err = {0};
    struct scheduler *scheduler = scheduler_new(threads, &err);

    assert_non_null(scheduler);
    return scheduler;
}

static void by_hand_it_runs_what_is_queued(void **unused)
{
    (void)unused;
    struct scheduler *scheduler = new_scheduler(0);
    struct counter counter = {0};

    actor_init(&counter.actor, scheduler, run);
    counter.again = 2;
    assert_int_equal(scheduler_turn(scheduler), 0);
    actor_notify(&counter.actor);
    actor_notify(&counter.actor);
    assert_int_equal(counter.runs, 0);
    assert_int_equal(scheduler_turn(scheduler), 3);
    assert_int_equal(counter.runs, 3);
    scheduler_free(scheduler);
}

static void a_direct_successor_comes_next_and_others_in_turn(void **unused)
{
    (void)unused;
    struct scheduler *scheduler = new_scheduler(0);
    struct counter counters[4] = {0};
    int order[8] = {0};

    order_count = 0;
    for (int i = 0; i < 4; i++) {
        actor_init(&counters[i].actor, scheduler, run);
        counters[i].order = order;
        counters[i].number = i;
    }
    counters[0].successor = &counters[3];
    counters[0].again = 1;
    actor_notify(&counters[0].actor);
    actor_notify(&counters[1].actor);
    actor_notify_later(&counters[2].actor);
    scheduler_turn(scheduler);
    static const int expected[] = {0, 3, 1, 2, 0, 3};
    assert_int_equal(order_count, 6);
    assert_memory_equal(order, expected, sizeof(expected));
    scheduler_free(scheduler);
}

static void successors_do_not_starve_the_queue(void **unused)
{
    (void)unused;
    struct scheduler *scheduler = new_scheduler(0);
    struct counter ping = {0}, pong = {0}, other = {0};

    actor_init(&ping.actor, scheduler, run);
    actor_init(&pong.actor, scheduler, run);
    actor_init(&other.actor, scheduler, run);
    int order[200] = {0};
    order_count = 0;
    ping.order = pong.order = other.order = order;
    other.number = 1;
    ping.successor = &pong;
    pong.successor = &other;
    other.again = 0;
    actor_notify(&ping.actor);
    ping.again = 50;
    scheduler_turn(scheduler);
    assert_in_range(other.runs, 1, 60);
    assert_int_equal(ping.runs, 51);
    scheduler_free(scheduler);
}

struct hammer {
    struct counter *counters;
    int rounds;
};

static void *hammer(void *argument)
{
    struct hammer *hammer = argument;

    for (int i = 0; i < hammer->rounds; i++) {
        struct counter *counter = &hammer->counters[i % ACTORS];
        atomic_fetch_add(&counter->wanted, 1);
        actor_notify(&counter->actor);
    }
    return NULL;
}

static void hammer_on(uint32_t threads, bool own_threads)
{
    struct scheduler *scheduler = new_scheduler(threads);
    struct counter counters[ACTORS] = {0};
    struct hammer job = {counters, 20000};
    pthread_t hammers[3];
    struct dag_error err = {0};

    for (int i = 0; i < ACTORS; i++) {
        actor_init(&counters[i].actor, scheduler, run);
        if (own_threads) {
            assert_true(actor_own_thread(&counters[i].actor, &err));
            assert_true(actor_thread_start(&counters[i].actor, &err));
        } else {
            counters[i].successor = &counters[(i + 1) % ACTORS];
            counters[i].successor = i % 2 ? NULL : counters[i].successor;
        }
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&hammers[i], NULL, hammer, &job), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(hammers[i], NULL);
    for (int i = 0; i < ACTORS; i++) {
        while (own_threads && atomic_load(&counters[i].seen) < atomic_load(&counters[i].wanted))
            sched_yield();
        actor_thread_leave(&counters[i].actor);
        actor_thread_join(&counters[i].actor);
    }
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < ACTORS; i++)
            actor_wait_idle(&counters[i].actor);
    for (int i = 0; i < ACTORS; i++) {
        assert_false(counters[i].overlapped);
        assert_int_equal(counters[i].seen, counters[i].wanted);
        actor_deinit(&counters[i].actor);
    }
    scheduler_free(scheduler);
}

static void no_notice_is_lost_and_no_actor_runs_twice_at_once(void **unused)
{
    (void)unused;
    for (uint32_t threads = 1; threads <= 4; threads++)
        hammer_on(threads, false);
    hammer_on(1, true);
}

static void a_notice_without_a_thread_waits_for_it(void **unused)
{
    (void)unused;
    struct scheduler *scheduler = new_scheduler(1);
    struct counter counter = {0};
    struct dag_error err = {0};

    actor_init(&counter.actor, scheduler, run);
    assert_true(actor_own_thread(&counter.actor, &err));
    actor_notify(&counter.actor);
    assert_int_equal(counter.runs, 0);
    for (int i = 1; i <= 3; i++) { /* a thread that ended can start again */
        assert_true(actor_thread_start(&counter.actor, &err));
        while (atomic_load(&counter.runs) < i)
            sched_yield();
        actor_thread_leave(&counter.actor);
        actor_thread_join(&counter.actor);
        actor_notify(&counter.actor);
    }
    actor_deinit(&counter.actor);
    scheduler_free(scheduler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand_it_runs_what_is_queued),
        cmocka_unit_test(a_direct_successor_comes_next_and_others_in_turn),
        cmocka_unit_test(successors_do_not_starve_the_queue),
        cmocka_unit_test(no_notice_is_lost_and_no_actor_runs_twice_at_once),
        cmocka_unit_test(a_notice_without_a_thread_waits_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
