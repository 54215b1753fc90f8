/* disk_pool.c - see disk_pool.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/disk_pool.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct disk_pool {
    pthread_mutex_t lock;
    pthread_cond_t work;    /* one of those that wait for it takes what is ready */
    pthread_cond_t time;    /* the timekeeper waits for it */
    pthread_cond_t settled; /* a task that is removed has come to the end of its run */
    /* guarded by lock */
    struct disk_task *first, **last; /* ready, in their order */
    struct disk_task **heap;         /* owned, from 1: those with a due time, the earliest first */
    size_t heap_count, heap_capacity;
    size_t task_count;
    unsigned idle_count; /* threads that wait for work */
    bool has_timekeeper; /* one more waits until the first of the heap is due */
    bool is_stopping;
    unsigned thread_count, threads_max;
    pthread_t threads[];
};

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- those that wait for their time: a binary heap ---- */

static void heap_set(struct disk_pool *pool, size_t place, struct disk_task *task)
{
    pool->heap[place] = task;
    task->place = place;
}

static void heap_rise(struct disk_pool *pool, struct disk_task *task, size_t place)
{
    for (; place > 1 && pool->heap[place / 2]->due_us > task->due_us; place /= 2)
        heap_set(pool, place, pool->heap[place / 2]);
    heap_set(pool, place, task);
}

static void heap_sink(struct disk_pool *pool, struct disk_task *task, size_t place)
{
    for (size_t child; (child = 2 * place) <= pool->heap_count; place = child) {
        if (child < pool->heap_count && pool->heap[child + 1]->due_us < pool->heap[child]->due_us)
            child++;
        if (pool->heap[child]->due_us >= task->due_us)
            break;
        heap_set(pool, place, pool->heap[child]);
    }
    heap_set(pool, place, task);
}

static void heap_remove(struct disk_pool *pool, struct disk_task *task)
{
    size_t place = task->place;
    struct disk_task *last;

    if (place == 0)
        return;
    task->place = 0;
    last = pool->heap[pool->heap_count--];
    if (last == task)
        return;
    if (place > 1 && pool->heap[place / 2]->due_us > last->due_us)
        heap_rise(pool, last, place);
    else
        heap_sink(pool, last, place);
}

/* So that each task can be in it. */
static bool heap_reserve(struct disk_pool *pool, size_t task_count)
{
    if (task_count < pool->heap_capacity)
        return true;
    size_t capacity = pool->heap_capacity ? 2 * pool->heap_capacity : 16;
    struct disk_task **heap = realloc(pool->heap, capacity * sizeof(struct disk_task *));
    if (!heap)
        return false;
    pool->heap = heap;
    pool->heap_capacity = capacity;
    return true;
}

static void heap_add(struct disk_pool *pool, struct disk_task *task)
{
    heap_rise(pool, task, ++pool->heap_count);
    if (task->place == 1 && pool->has_timekeeper)
        pthread_cond_signal(&pool->time);
}

/* ---- those that are ready ---- */

static void make_ready(struct disk_pool *pool, struct disk_task *task)
{
    heap_remove(pool, task);
    task->state = DISK_TASK_READY;
    task->next = NULL;
    *pool->last = task;
    pool->last = &task->next;
}

static struct disk_task *take_ready(struct disk_pool *pool)
{
    struct disk_task *task = pool->first;

    if (!task)
        return NULL;
    pool->first = task->next;
    if (!pool->first)
        pool->last = &pool->first;
    task->next = NULL;
    return task;
}

static void drop_ready(struct disk_pool *pool, const struct disk_task *task)
{
    struct disk_task **link = &pool->first;

    while (*link != task)
        link = &(*link)->next;
    *link = task->next;
    if (!*link)
        pool->last = link;
}

static void ready_those_due(struct disk_pool *pool, int64_t now)
{
    while (pool->heap_count > 0 && pool->heap[1]->due_us <= now)
        make_ready(pool, pool->heap[1]);
}

/* ---- threads ---- */

/* With the lock, which is let go meanwhile. */
static void keep_time(struct disk_pool *pool)
{
    int64_t due_us = pool->heap[1]->due_us;
    struct timespec until = {.tv_sec = (time_t)(due_us / 1000000),
                             .tv_nsec = (long)(due_us % 1000000) * 1000};

    pool->has_timekeeper = true;
    pthread_cond_timedwait(&pool->time, &pool->lock, &until);
    pool->has_timekeeper = false;
}

static void wait_for_work(struct disk_pool *pool)
{
    if (pool->heap_count > 0 && !pool->has_timekeeper) {
        keep_time(pool);
        return;
    }
    pool->idle_count++;
    pthread_cond_wait(&pool->work, &pool->lock);
    pool->idle_count--;
}

/* With the lock, which is let go meanwhile. */
static void run_task(struct disk_pool *pool, struct disk_task *task)
{
    task->state = DISK_TASK_RUNS;
    pthread_mutex_unlock(&pool->lock);
    int64_t due_us = task->run(task);
    pthread_mutex_lock(&pool->lock);
    task->due_us = due_us;
    if (task->state == DISK_TASK_LEAVES) {
        task->state = DISK_TASK_WAITS;
        pthread_cond_broadcast(&pool->settled);
    } else if (task->state == DISK_TASK_RUNS_AGAIN || due_us <= now_us()) {
        make_ready(pool, task); /* behind those that are ready already */
    } else {
        task->state = DISK_TASK_WAITS;
        if (due_us != DISK_POOL_NEVER)
            heap_add(pool, task);
    }
}

static bool add_thread(struct disk_pool *pool, struct dag_error *err);

/* With the lock: somebody is to look. Nobody comes when all threads are at work: each looks when it
 * is through. */
static void call_thread(struct disk_pool *pool)
{
    struct dag_error err;

    if (pool->idle_count > 0)
        pthread_cond_signal(&pool->work);
    else if (pool->has_timekeeper)
        pthread_cond_signal(&pool->time);
    else if (pool->thread_count < pool->threads_max)
        (void)add_thread(pool, &err); /* there is one already, it only takes longer */
}

static void *work(void *context)
{
    struct disk_pool *pool = context;

    pthread_mutex_lock(&pool->lock);
    while (!pool->is_stopping) {
        ready_those_due(pool, now_us());
        struct disk_task *task = take_ready(pool);
        if (!task) {
            wait_for_work(pool);
            continue;
        }
        /* it may take long: the others don't wait for it */
        if (pool->first || (pool->heap_count > 0 && !pool->has_timekeeper))
            call_thread(pool);
        run_task(pool, task);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static bool add_thread(struct disk_pool *pool, struct dag_error *err)
{
    errno = pthread_create(&pool->threads[pool->thread_count], NULL, work, pool);
    if (errno != 0)
        return dag_error_set_errno(err, "cannot start a thread");
    pthread_setname_np(pool->threads[pool->thread_count++], "disk");
    return true;
}

/* ---- the pool ---- */

struct disk_pool *disk_pool_new(unsigned threads_max, struct dag_error *err)
{
    struct disk_pool *pool = calloc(1, sizeof(*pool) + threads_max * sizeof(pool->threads[0]));
    pthread_condattr_t attributes;

    assert(threads_max > 0);
    if (!pool) {
        dag_error_set_memory(err, "threads for the disk");
        return NULL;
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->time, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->settled, NULL);
    pool->last = &pool->first;
    pool->threads_max = threads_max;
    pthread_mutex_lock(&pool->lock);
    bool is_made = add_thread(pool, err);
    pthread_mutex_unlock(&pool->lock);
    if (is_made)
        return pool;
    disk_pool_free(pool);
    return NULL;
}

void disk_pool_free(struct disk_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    assert(pool->task_count == 0);
    pool->is_stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_cond_broadcast(&pool->time);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->settled);
    pthread_cond_destroy(&pool->time);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool->heap);
    free(pool);
}

unsigned disk_pool_threads(struct disk_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    unsigned count = pool->thread_count;
    pthread_mutex_unlock(&pool->lock);
    return count;
}

/* ---- tasks ---- */

bool disk_pool_add(struct disk_pool *pool, struct disk_task *task, struct dag_error *err)
{
    assert(!task->pool && task->state == DISK_TASK_WAITS && task->place == 0);
    pthread_mutex_lock(&pool->lock);
    bool is_added = heap_reserve(pool, pool->task_count + 1);
    if (is_added) {
        pool->task_count++;
        task->pool = pool;
        make_ready(pool, task);
        call_thread(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    return is_added || dag_error_set_memory(err, "threads for the disk");
}

void disk_task_wake(struct disk_task *task)
{
    struct disk_pool *pool = task->pool;

    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    if (task->state == DISK_TASK_RUNS) {
        task->state = DISK_TASK_RUNS_AGAIN;
    } else if (task->state == DISK_TASK_WAITS) {
        make_ready(pool, task);
        call_thread(pool);
    }
    pthread_mutex_unlock(&pool->lock);
}

void disk_task_remove(struct disk_task *task)
{
    struct disk_pool *pool = task->pool;

    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    if (task->state == DISK_TASK_READY)
        drop_ready(pool, task);
    else if (task->state != DISK_TASK_WAITS)
        task->state = DISK_TASK_LEAVES;
    while (task->state == DISK_TASK_LEAVES)
        pthread_cond_wait(&pool->settled, &pool->lock);
    heap_remove(pool, task);
    task->state = DISK_TASK_WAITS;
    task->pool = NULL;
    pool->task_count--;
    pthread_mutex_unlock(&pool->lock);
}
