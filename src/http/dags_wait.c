/* dags_wait.c - one thread that looks after all requests that wait for a DAG. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/dags_wait.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "http/api.h"

/** One request that waits. */
struct dag_wait {
    struct dag_wait *next;
    struct http_request *request; /* owned until it is answered */
    char *dag;                    /* owned */
    int64_t until_us;             /* monotonic */
};

struct dag_waits {
    struct server *server; /* borrowed */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct dag_wait *first; /* guarded by lock, like all below */
    size_t count;           /* with those that the thread looks at */
    bool is_stopping, is_ending;
};

static int64_t now_us(void)
{
    return clock_system()->monotonic_us(clock_system());
}

static void reply_state(struct server *server, struct http_request *request, const char *dag)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (server_write_state(server, dag, &out, &answer))
        api_reply_json(request, 0, &out);
    else
        api_reply_answer(request, &answer);
    dag_buffer_free(&out);
    answer_deinit(&answer);
}

static void finish(struct dag_waits *waits, struct dag_wait *wait)
{
    reply_state(waits->server, wait->request, wait->dag);
    free(wait->dag);
    free(wait);
}

/* Answers those that are done. Returns the others. */
static struct dag_wait *look(struct dag_waits *waits, struct dag_wait *list, bool is_stopping,
                             size_t *answered)
{
    struct dag_wait *left = NULL;

    while (list) {
        struct dag_wait *wait = list;

        list = wait->next;
        if (is_stopping || now_us() >= wait->until_us || http_request_is_gone(wait->request) ||
            server_wait(waits->server, wait->dag, 0)) {
            finish(waits, wait);
            *answered += 1;
        } else {
            wait->next = left;
            left = wait;
        }
    }
    return left;
}

static void pause_for(struct dag_waits *waits, int64_t us)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += us * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&waits->changed, &waits->lock, &until);
}

static void *run(void *context)
{
    struct dag_waits *waits = context;

    pthread_mutex_lock(&waits->lock);
    while (!waits->is_ending || waits->first) {
        struct dag_wait *list = waits->first;
        bool is_stopping = waits->is_stopping;
        size_t answered = 0;

        if (!list) {
            pthread_cond_wait(&waits->changed, &waits->lock);
            continue;
        }
        waits->first = NULL;
        pthread_mutex_unlock(&waits->lock);
        list = look(waits, list, is_stopping, &answered);
        pthread_mutex_lock(&waits->lock);
        waits->count -= answered;
        while (list) {
            struct dag_wait *wait = list;

            list = wait->next;
            wait->next = waits->first;
            waits->first = wait;
        }
        if (waits->first && !waits->is_stopping)
            pause_for(waits, DAG_WAIT_LOOK_US);
    }
    pthread_mutex_unlock(&waits->lock);
    return NULL;
}

struct dag_waits *dag_waits_new(struct server *server, struct dag_error *err)
{
    struct dag_waits *waits = calloc(1, sizeof(*waits));
    pthread_condattr_t attributes;
    int failure;

    if (!waits) {
        dag_error_set_memory(err, "requests that wait");
        return NULL;
    }
    waits->server = server;
    pthread_mutex_init(&waits->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&waits->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    failure = pthread_create(&waits->thread, NULL, run, waits);
    if (failure == 0)
        return waits;
    errno = failure;
    dag_error_set_errno(err, "cannot start the thread for requests that wait");
    pthread_cond_destroy(&waits->changed);
    pthread_mutex_destroy(&waits->lock);
    free(waits);
    return NULL;
}

static void stop(struct dag_waits *waits, bool is_ending)
{
    pthread_mutex_lock(&waits->lock);
    waits->is_stopping = true;
    waits->is_ending |= is_ending;
    pthread_cond_signal(&waits->changed);
    pthread_mutex_unlock(&waits->lock);
}

void dag_waits_stop(struct dag_waits *waits)
{
    if (waits)
        stop(waits, false);
}

void dag_waits_free(struct dag_waits *waits)
{
    if (!waits)
        return;
    stop(waits, true);
    pthread_join(waits->thread, NULL);
    pthread_cond_destroy(&waits->changed);
    pthread_mutex_destroy(&waits->lock);
    free(waits);
}

/* False: too many wait, or the server stops. */
static bool add(struct dag_waits *waits, struct dag_wait *wait)
{
    bool is_taken;

    pthread_mutex_lock(&waits->lock);
    is_taken = !waits->is_stopping && waits->count < DAG_WAITS_MAX;
    if (is_taken) {
        wait->next = waits->first;
        waits->first = wait;
        waits->count++;
        pthread_cond_signal(&waits->changed);
    }
    pthread_mutex_unlock(&waits->lock);
    return is_taken;
}

void dag_waits_answer(struct dag_waits *waits, struct server *server, struct http_request *request,
                      const char *dag, int64_t timeout_us)
{
    struct dag_wait *wait = waits ? calloc(1, sizeof(*wait)) : NULL;

    if (wait) {
        wait->request = request;
        wait->dag = strdup(dag);
        wait->until_us = now_us() + timeout_us;
        if (wait->dag && add(waits, wait))
            return;
        free(wait->dag);
        free(wait);
    }
    reply_state(server, request, dag);
}
