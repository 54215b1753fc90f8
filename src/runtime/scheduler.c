/* scheduler.c - see scheduler.h. One queue under one lock is enough: an actor works for a batch at
 * a time, some hundred microseconds, and its direct successors don't pass through the queue. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/scheduler.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Bits of an actor's state; none: idle. */
#define PENDING 1u /* it shall run; queued unless it is running */
#define RUNNING 2u

#define SPIN_NS        8000  /* a worker looks around that long: waking it costs as much */
#define GAP_NS         16000 /* and only when work came so soon the last time */
#define SPIN_LOOKS     32    /* between two looks at the clock */
#define SUCCESSORS_MAX 16    /* runs in a row past the queue, so that nobody starves */

struct worker {
    struct scheduler *scheduler;
    struct actor *successor; /* next to run; only this worker touches it */
    uint32_t successor_count;
    bool spins; /* looks around before it sleeps */
    pthread_t thread;
};

struct scheduler {
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    struct actor *first, *last; /* guarded by lock */
    bool stopping;              /* guarded by lock */
    uint32_t sleepers;          /* guarded by lock */
    _Atomic uint32_t queued;    /* written under lock */
    _Atomic uint32_t spinners;
    _Atomic uint32_t idle_waiters;
    uint32_t worker_count;
    struct worker *workers; /* owned; one pseudo worker when run by hand */
};

struct actor_thread {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    bool started; /* guarded by whoever starts and joins */
    bool leave;   /* guarded by lock */
};

static _Thread_local struct worker *current;

static void pause_shortly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- the queue ---- */

static void enqueue(struct scheduler *scheduler, struct actor *actor)
{
    pthread_mutex_lock(&scheduler->lock);
    actor->next = NULL;
    if (scheduler->last)
        scheduler->last->next = actor;
    else
        scheduler->first = actor;
    scheduler->last = actor;
    uint32_t queued = atomic_fetch_add_explicit(&scheduler->queued, 1, memory_order_seq_cst) + 1;
    bool wake = scheduler->sleepers > 0 && queued > atomic_load(&scheduler->spinners);
    pthread_mutex_unlock(&scheduler->lock);
    if (wake) /* not under the lock, which the sleeper takes first of all */
        pthread_cond_signal(&scheduler->work);
}

static struct actor *dequeue_locked(struct scheduler *scheduler)
{
    struct actor *actor = scheduler->first;

    if (!actor)
        return NULL;
    scheduler->first = actor->next;
    if (!scheduler->first)
        scheduler->last = NULL;
    atomic_fetch_sub_explicit(&scheduler->queued, 1, memory_order_relaxed);
    return actor;
}

static struct actor *dequeue(struct scheduler *scheduler)
{
    pthread_mutex_lock(&scheduler->lock);
    struct actor *actor = dequeue_locked(scheduler);
    pthread_mutex_unlock(&scheduler->lock);
    return actor;
}

/* ---- actors ---- */

void actor_init(struct actor *actor, struct scheduler *scheduler, bool (*run)(struct actor *actor))
{
    *actor = (struct actor){.run = run, .scheduler = scheduler};
    atomic_init(&actor->state, 0);
}

/* The actor is pending and was idle, or is about to be run once more. */
static void submit(struct actor *actor, bool is_successor)
{
    struct worker *worker = current;

    if (actor->thread) {
        pthread_mutex_lock(&actor->thread->lock);
        pthread_cond_signal(&actor->thread->work);
        pthread_mutex_unlock(&actor->thread->lock);
        return;
    }
    if (is_successor && worker && worker->scheduler == actor->scheduler && !worker->successor &&
        worker->successor_count < SUCCESSORS_MAX) {
        worker->successor = actor;
        return;
    }
    enqueue(actor->scheduler, actor);
}

void actor_notify(struct actor *actor)
{
    if (atomic_fetch_or_explicit(&actor->state, PENDING, memory_order_acq_rel) == 0)
        submit(actor, true);
}

void actor_notify_later(struct actor *actor)
{
    if (atomic_fetch_or_explicit(&actor->state, PENDING, memory_order_acq_rel) == 0)
        submit(actor, false);
}

static void run(struct actor *actor)
{
    struct scheduler *scheduler = actor->scheduler;

    atomic_exchange_explicit(&actor->state, RUNNING, memory_order_acq_rel);
    bool more = actor->run(actor);
    if (!more) {
        uint32_t expected = RUNNING;
        if (atomic_compare_exchange_strong_explicit(&actor->state, &expected, 0,
                                                    memory_order_seq_cst, memory_order_acquire)) {
            /* from here on the actor may be gone */
            if (atomic_load(&scheduler->idle_waiters) > 0) {
                pthread_mutex_lock(&scheduler->lock);
                pthread_cond_broadcast(&scheduler->idle);
                pthread_mutex_unlock(&scheduler->lock);
            }
            return;
        }
    }
    atomic_exchange_explicit(&actor->state, PENDING, memory_order_acq_rel);
    submit(actor, false);
}

void actor_wait_idle(struct actor *actor)
{
    struct scheduler *scheduler = actor->scheduler;

    if (scheduler_is_by_hand(scheduler)) {
        while (atomic_load(&actor->state) != 0)
            scheduler_turn(scheduler);
        return;
    }
    if (actor->thread) /* what was notified without a thread waits for ever */
        return;
    pthread_mutex_lock(&scheduler->lock);
    atomic_fetch_add(&scheduler->idle_waiters, 1);
    while (atomic_load(&actor->state) != 0)
        pthread_cond_wait(&scheduler->idle, &scheduler->lock);
    atomic_fetch_sub(&scheduler->idle_waiters, 1);
    pthread_mutex_unlock(&scheduler->lock);
}

/* ---- an actor's own thread ---- */

/* False: it shall end. */
static bool wait_for_notice(struct actor *actor)
{
    struct actor_thread *thread = actor->thread;

    pthread_mutex_lock(&thread->lock);
    while (!thread->leave && (atomic_load(&actor->state) & PENDING) == 0)
        pthread_cond_wait(&thread->work, &thread->lock);
    bool stays = !thread->leave;
    pthread_mutex_unlock(&thread->lock);
    return stays;
}

static void *thread_main(void *argument)
{
    struct actor *actor = argument;

    while (wait_for_notice(actor))
        run(actor);
    return NULL;
}

bool actor_own_thread(struct actor *actor, struct dag_error *err)
{
    struct actor_thread *thread = calloc(1, sizeof(*thread));

    if (!thread)
        return dag_error_set_memory(err, "a connector's thread");
    pthread_mutex_init(&thread->lock, NULL);
    pthread_cond_init(&thread->work, NULL);
    actor->thread = thread;
    return true;
}

bool actor_thread_start(struct actor *actor, struct dag_error *err)
{
    struct actor_thread *thread = actor->thread;

    if (!thread || thread->started)
        return true;
    thread->leave = false;
    int number = pthread_create(&thread->thread, NULL, thread_main, actor);
    if (number != 0) {
        dag_error_set(err, DAG_ERROR_LIMIT, "cannot start a thread (error %d)", number);
        err->retryable = true;
        return false;
    }
    thread->started = true;
    return true;
}

void actor_thread_leave(struct actor *actor)
{
    struct actor_thread *thread = actor->thread;

    if (!thread)
        return;
    pthread_mutex_lock(&thread->lock);
    thread->leave = true;
    pthread_cond_signal(&thread->work);
    pthread_mutex_unlock(&thread->lock);
}

void actor_thread_join(struct actor *actor)
{
    struct actor_thread *thread = actor->thread;

    if (!thread || !thread->started)
        return;
    pthread_join(thread->thread, NULL);
    thread->started = false;
}

void actor_deinit(struct actor *actor)
{
    if (!actor->thread)
        return;
    assert(!actor->thread->started);
    pthread_cond_destroy(&actor->thread->work);
    pthread_mutex_destroy(&actor->thread->lock);
    free(actor->thread);
    actor->thread = NULL;
}

/* ---- workers ---- */

/* Looks for a moment whether work comes, which is a hundred times cheaper than being woken; but it
 * keeps a core from others, so it must have been worth it the last time. */
static struct actor *spin(struct worker *worker)
{
    struct scheduler *scheduler = worker->scheduler;
    bool found = false;

    if (!worker->spins)
        return NULL;
    if (atomic_fetch_add(&scheduler->spinners, 1) == 0) { /* one that looks is enough */
        int64_t end = now_ns() + SPIN_NS;
        do {
            for (int i = 0; i < SPIN_LOOKS && !found; i++) {
                found = atomic_load_explicit(&scheduler->queued, memory_order_relaxed) > 0;
                pause_shortly();
            }
        } while (!found && now_ns() < end);
        worker->spins = found;
    }
    atomic_fetch_sub(&scheduler->spinners, 1);
    return found ? dequeue(scheduler) : NULL;
}

static struct actor *next_actor(struct worker *worker)
{
    struct scheduler *scheduler = worker->scheduler;
    struct actor *actor = worker->successor;

    if (actor) {
        worker->successor = NULL;
        worker->successor_count++;
        return actor;
    }
    worker->successor_count = 0;
    return dequeue(scheduler);
}

/* NULL: the scheduler stops. */
static struct actor *sleep_for_work(struct worker *worker)
{
    struct scheduler *scheduler = worker->scheduler;
    int64_t begin = now_ns();

    pthread_mutex_lock(&scheduler->lock);
    struct actor *actor = dequeue_locked(scheduler);
    while (!actor && !scheduler->stopping) {
        scheduler->sleepers++;
        pthread_cond_wait(&scheduler->work, &scheduler->lock);
        scheduler->sleepers--;
        actor = dequeue_locked(scheduler);
    }
    pthread_mutex_unlock(&scheduler->lock);
    worker->spins = now_ns() - begin < GAP_NS;
    return actor;
}

static void *worker_main(void *argument)
{
    struct worker *worker = argument;

    current = worker;
    for (;;) {
        struct actor *actor = next_actor(worker);
        if (!actor)
            actor = spin(worker);
        if (!actor)
            actor = sleep_for_work(worker);
        if (!actor)
            break;
        run(actor);
    }
    current = NULL;
    return NULL;
}

size_t scheduler_turn(struct scheduler *scheduler)
{
    struct worker *worker = &scheduler->workers[0];
    struct worker *outer = current;
    size_t count = 0;

    assert(scheduler_is_by_hand(scheduler));
    current = worker;
    for (struct actor *actor = next_actor(worker); actor; actor = next_actor(worker)) {
        run(actor);
        count++;
    }
    current = outer;
    return count;
}

bool scheduler_is_by_hand(const struct scheduler *scheduler)
{
    return scheduler->worker_count == 0;
}

struct scheduler *scheduler_new(uint32_t threads, struct dag_error *err)
{
    struct scheduler *scheduler = calloc(1, sizeof(*scheduler));

    if (!scheduler) {
        dag_error_set_memory(err, "the scheduler");
        return NULL;
    }
    pthread_mutex_init(&scheduler->lock, NULL);
    pthread_cond_init(&scheduler->work, NULL);
    pthread_cond_init(&scheduler->idle, NULL);
    scheduler->workers = calloc(threads > 0 ? threads : 1, sizeof(*scheduler->workers));
    if (!scheduler->workers) {
        dag_error_set_memory(err, "the scheduler");
        scheduler_free(scheduler);
        return NULL;
    }
    scheduler->workers[0].scheduler = scheduler;
    while (scheduler->worker_count < threads) {
        struct worker *worker = &scheduler->workers[scheduler->worker_count];
        worker->scheduler = scheduler;
        int number = pthread_create(&worker->thread, NULL, worker_main, worker);
        if (number != 0) {
            dag_error_set(err, DAG_ERROR_LIMIT, "cannot start a worker thread (error %d)", number);
            scheduler_free(scheduler);
            return NULL;
        }
        char name[16];
        snprintf(name, sizeof(name), "worker %u", scheduler->worker_count % 1000u);
        pthread_setname_np(worker->thread, name);
        scheduler->worker_count++;
    }
    return scheduler;
}

void scheduler_free(struct scheduler *scheduler)
{
    if (!scheduler)
        return;
    pthread_mutex_lock(&scheduler->lock);
    scheduler->stopping = true;
    pthread_cond_broadcast(&scheduler->work);
    pthread_mutex_unlock(&scheduler->lock);
    for (uint32_t i = 0; i < scheduler->worker_count; i++)
        pthread_join(scheduler->workers[i].thread, NULL);
    assert(!scheduler->first);
    free(scheduler->workers);
    pthread_cond_destroy(&scheduler->idle);
    pthread_cond_destroy(&scheduler->work);
    pthread_mutex_destroy(&scheduler->lock);
    free(scheduler);
}
