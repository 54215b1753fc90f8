/* http_pool.c - see http_pool.h. One thread more looks whether jobs wait and none is taken: then
 * what all workers do takes long, and another worker is started. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http_pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define THREADS_MAX 64
#define STUCK_NS    250000000L

struct http_pool {
    pthread_mutex_t lock; /* guards all but `watcher` */
    pthread_cond_t changed;
    pthread_cond_t waiting; /* a job waits, or it ends; monotonic clock */
    struct http_job *first, *last;
    uint64_t taken_count;
    uint32_t queued_count, idle_count;
    bool is_ending;
    pthread_t *threads; /* owned */
    uint32_t count, count_max;
    pthread_t watcher;
};

static void *work(void *context)
{
    struct http_pool *pool = context;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        struct http_job *job = pool->first;

        if (job) {
            pool->first = job->next;
            pool->taken_count++;
            pool->queued_count--;
            pthread_mutex_unlock(&pool->lock);
            job->run(job);
            pthread_mutex_lock(&pool->lock);
        } else if (pool->is_ending) {
            break;
        } else {
            pool->idle_count++;
            pthread_cond_wait(&pool->changed, &pool->lock);
            pool->idle_count--;
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* With the lock, or before anybody else knows it. */
static bool add_thread(struct http_pool *pool, struct dag_error *err)
{
    int failure = pthread_create(&pool->threads[pool->count], NULL, work, pool);

    if (failure == 0) {
        pthread_setname_np(pool->threads[pool->count++], "handler");
        return true;
    }
    errno = failure;
    return dag_error_set_errno(err, "cannot start a thread for HTTP handlers");
}

static struct timespec stuck_from_now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += STUCK_NS;
    at.tv_sec += at.tv_nsec / 1000000000L;
    at.tv_nsec %= 1000000000L;
    return at;
}

static void *watch(void *context)
{
    struct http_pool *pool = context;
    struct dag_error ignored = {0}; /* those that are there go on */
    struct timespec end = {0};
    uint64_t seen_count = UINT64_MAX;

    pthread_mutex_lock(&pool->lock);
    while (!pool->is_ending) {
        if (!pool->first) {
            seen_count = UINT64_MAX;
            pthread_cond_wait(&pool->waiting, &pool->lock);
            continue;
        }
        if (seen_count != pool->taken_count)
            end = stuck_from_now();
        seen_count = pool->taken_count;
        if (pthread_cond_timedwait(&pool->waiting, &pool->lock, &end) != ETIMEDOUT ||
            seen_count != pool->taken_count)
            continue;
        if (pool->first && !pool->is_ending && pool->count < pool->count_max)
            (void)add_thread(pool, &ignored);
        seen_count = UINT64_MAX;
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void destroy(struct http_pool *pool)
{
    pthread_cond_destroy(&pool->waiting);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}

/* Releases the pool when it can't. */
static bool start(struct http_pool *pool, uint32_t threads, struct dag_error *err)
{
    int failure = pthread_create(&pool->watcher, NULL, watch, pool);

    if (failure != 0) {
        errno = failure;
        dag_error_set_errno(err, "cannot start a thread for HTTP handlers");
        destroy(pool);
        return false;
    }
    pthread_mutex_lock(&pool->lock);
    bool done = true;
    while (done && pool->count < threads)
        done = add_thread(pool, err);
    pthread_mutex_unlock(&pool->lock);
    if (!done)
        http_pool_free(pool);
    return done;
}

struct http_pool *http_pool_new(uint32_t threads, struct dag_error *err)
{
    struct http_pool *pool = calloc(1, sizeof(*pool));
    uint32_t count_max = threads < THREADS_MAX ? THREADS_MAX : threads;
    pthread_condattr_t attributes;

    if (pool)
        pool->threads = calloc(count_max, sizeof(*pool->threads));
    if (!pool || !pool->threads) {
        free(pool);
        dag_error_set_memory(err, "the HTTP workers");
        return NULL;
    }
    pool->count_max = count_max;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->waiting, &attributes);
    pthread_condattr_destroy(&attributes);
    return start(pool, threads, err) ? pool : NULL;
}

void http_pool_add(struct http_pool *pool, struct http_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&pool->lock);
    if (pool->first)
        pool->last->next = job;
    else
        pool->first = job;
    pool->last = job;
    pool->queued_count++;
    pthread_cond_signal(&pool->changed);
    if (pool->queued_count > pool->idle_count)
        pthread_cond_signal(&pool->waiting);
    pthread_mutex_unlock(&pool->lock);
}

void http_pool_free(struct http_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_cond_signal(&pool->waiting);
    pthread_mutex_unlock(&pool->lock);
    pthread_join(pool->watcher, NULL);
    for (uint32_t i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    destroy(pool);
}
