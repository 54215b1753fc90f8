/* http_pool.c - see http_pool.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http_pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct http_pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_job *first, *last; /* guarded by lock */
    bool is_ending;                /* guarded by lock */
    pthread_t *threads;            /* owned */
    uint32_t count;
};

static void *work(void *context)
{
    struct http_pool *pool = context;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        struct http_job *job = pool->first;

        if (job) {
            pool->first = job->next;
            pthread_mutex_unlock(&pool->lock);
            job->run(job);
            pthread_mutex_lock(&pool->lock);
        } else if (pool->is_ending) {
            break;
        } else {
            pthread_cond_wait(&pool->changed, &pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct http_pool *http_pool_new(uint32_t threads, struct dag_error *err)
{
    struct http_pool *pool = calloc(1, sizeof(*pool));

    if (pool)
        pool->threads = calloc(threads, sizeof(*pool->threads));
    if (!pool || !pool->threads) {
        free(pool);
        dag_error_set_memory(err, "the HTTP workers");
        return NULL;
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    for (; pool->count < threads; pool->count++) {
        int failure = pthread_create(&pool->threads[pool->count], NULL, work, pool);

        if (failure != 0) {
            errno = failure;
            dag_error_set_errno(err, "cannot start a thread for HTTP handlers");
            http_pool_free(pool);
            return NULL;
        }
    }
    return pool;
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
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

void http_pool_free(struct http_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}
