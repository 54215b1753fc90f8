/* control.c - the workers that bring DAGs to where they are wanted: one DAG by one worker at a
 * time, and enough of them that some which hang hold up nobody. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "server/server_parts.h"

#define WORKERS_MIN 4
#define WORKERS_MAX 32

struct control {
    struct server *server;
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_t workers[WORKERS_MAX];
    size_t worker_count;        /* guarded by lock, as all that follows */
    struct entry *first, *last; /* what waits for a worker; a reference each */
    uint64_t taken_count, seen_count;
    bool is_ending;
};

/* With the lock. */
static void put_last(struct control *control, struct entry *entry)
{
    entry->is_queued = true;
    entry->next_queued = NULL;
    if (control->last)
        control->last->next_queued = entry;
    else
        control->first = entry;
    control->last = entry;
    pthread_cond_signal(&control->work);
}

/* With the lock. */
static struct entry *take_first(struct control *control)
{
    struct entry *entry = control->first;

    control->first = entry->next_queued;
    if (!control->first)
        control->last = NULL;
    entry->is_queued = false;
    entry->is_worked = true;
    entry->is_again = false;
    control->taken_count++;
    return entry;
}

void control_ask(struct entry *entry)
{
    struct control *control = entry->server->control;

    pthread_mutex_lock(&control->lock);
    if (entry->is_worked) {
        entry->is_again = true;
    } else if (!entry->is_queued && !control->is_ending) {
        entry_hold(entry);
        put_last(control, entry);
    }
    pthread_mutex_unlock(&control->lock);
}

static void *work(void *context)
{
    struct control *control = context;

    pthread_mutex_lock(&control->lock);
    while (control->first || !control->is_ending) {
        if (!control->first) {
            pthread_cond_wait(&control->work, &control->lock);
            continue;
        }
        struct entry *entry = take_first(control);

        pthread_mutex_unlock(&control->lock);
        bring(entry);
        pthread_mutex_lock(&control->lock);
        entry->is_worked = false;
        if (entry->is_again && !control->is_ending) {
            put_last(control, entry);
            continue;
        }
        pthread_mutex_unlock(&control->lock);
        entry_release(entry);
        pthread_mutex_lock(&control->lock);
    }
    pthread_mutex_unlock(&control->lock);
    return NULL;
}

/* With the lock, or before anybody else knows it. */
static bool add_worker(struct control *control, struct dag_error *err)
{
    int code = pthread_create(&control->workers[control->worker_count], NULL, work, control);

    if (code != 0) {
        errno = code;
        return dag_error_set_errno(err, "cannot start a control worker");
    }
    control->worker_count++;
    return true;
}

struct control *control_new(struct server *server, struct dag_error *err)
{
    struct control *control = calloc(1, sizeof(*control));

    if (!control) {
        dag_error_set_memory(err, "control workers");
        return NULL;
    }
    control->server = server;
    pthread_mutex_init(&control->lock, NULL);
    pthread_cond_init(&control->work, NULL);
    pthread_mutex_lock(&control->lock);
    bool is_made = true;
    while (is_made && control->worker_count < WORKERS_MIN)
        is_made = add_worker(control, err);
    pthread_mutex_unlock(&control->lock);
    if (is_made)
        return control;
    control_stop(control, 0);
    control_free(control);
    return NULL;
}

void control_look(struct control *control)
{
    struct dag_error ignored = {0}; /* those that are there go on */

    pthread_mutex_lock(&control->lock);
    bool is_stuck = control->first && control->taken_count == control->seen_count;
    control->seen_count = control->taken_count;
    if (is_stuck && control->worker_count < WORKERS_MAX && !control->is_ending)
        (void)add_worker(control, &ignored);
    pthread_mutex_unlock(&control->lock);
}

bool control_stop(struct control *control, int64_t timeout_us)
{
    struct timespec end;
    bool all_over = true;

    pthread_mutex_lock(&control->lock);
    control->is_ending = true;
    pthread_cond_broadcast(&control->work);
    pthread_mutex_unlock(&control->lock);
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += timeout_us / 1000000;
    for (size_t i = 0; i < control->worker_count; i++)
        if (timeout_us == 0)
            pthread_join(control->workers[i], NULL);
        else
            all_over = pthread_timedjoin_np(control->workers[i], NULL, &end) == 0 && all_over;
    return all_over;
}

void control_free(struct control *control)
{
    if (!control)
        return;
    while (control->first) {
        struct entry *entry = take_first(control);

        entry->is_worked = false;
        entry_release(entry);
    }
    pthread_cond_destroy(&control->work);
    pthread_mutex_destroy(&control->lock);
    free(control);
}
