/* runtime.c - many DAGs on a few threads: see runtime.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/runtime.h"

#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "runtime/dag.h"

struct runtime *runtime_new(const struct runtime_options *options, struct dag_error *err)
{
    struct runtime *runtime = calloc(1, sizeof(*runtime));
    uint32_t rows = options->batch_rows;

    if (!runtime) {
        dag_error_set_memory(err, "the runtime");
        return NULL;
    }
    runtime->clock = options->clock ? options->clock : clock_system();
    runtime->storage = options->storage ? options->storage : storage_disk();
    runtime->observer = options->observer;
    runtime->batch_rows = rows > 0 && rows < DAG_BATCH_ROWS_MAX ? rows : DAG_BATCH_ROWS_MAX;
    atomic_init(&runtime->random, (uint64_t)runtime->clock->realtime_us(runtime->clock));
    pthread_mutex_init(&runtime->lock, NULL);
    runtime->finished = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (runtime->finished < 0) {
        dag_error_set_errno(err, "cannot make an event descriptor");
    } else {
        runtime->loop = loop_new(runtime->clock, options->threads == 0, err);
        if (runtime->loop)
            runtime->scheduler = scheduler_new(options->threads, err);
        if (runtime->scheduler)
            return runtime;
    }
    runtime_free(runtime);
    return NULL;
}

void runtime_free(struct runtime *runtime)
{
    if (!runtime)
        return;
    for (struct dag *dag = runtime->first; dag; dag = dag->next)
        dag_stop(dag, false);
    while (runtime->first)
        runtime_remove(runtime, runtime->first);
    runtime_drop_parked(runtime, NULL);
    scheduler_free(runtime->scheduler);
    loop_free(runtime->loop);
    if (runtime->finished >= 0)
        close(runtime->finished);
    pthread_mutex_destroy(&runtime->lock);
    free(runtime);
}

struct dag *runtime_add(struct runtime *runtime, struct plan *plan, struct dag_error *err)
{
    struct dag *dag = dag_new(runtime, plan, err);

    if (!dag)
        return NULL;
    pthread_mutex_lock(&runtime->lock);
    struct dag **link = &runtime->first;
    while (*link)
        link = &(*link)->next;
    *link = dag;
    pthread_mutex_unlock(&runtime->lock);
    return dag;
}

void runtime_remove(struct runtime *runtime, struct dag *dag)
{
    dag_stop(dag, false);
    bool over = dag_wait(dag, -1);
    assert(over);
    (void)over;
    pthread_mutex_lock(&runtime->lock);
    struct dag **link = &runtime->first;
    while (*link != dag)
        link = &(*link)->next;
    *link = dag->next;
    pthread_mutex_unlock(&runtime->lock);
    dag_free(dag);
}

void runtime_for_each(struct runtime *runtime, void (*visit)(void *context, struct dag *dag),
                      void *context)
{
    pthread_mutex_lock(&runtime->lock);
    for (struct dag *dag = runtime->first; dag; dag = dag->next)
        visit(context, dag);
    pthread_mutex_unlock(&runtime->lock);
}

/* ---- waiting ---- */

static void look_whether_over(void *context, struct dag *dag)
{
    enum dag_state state = dag_state(dag);
    bool *all_over = context;

    if (state != DAG_STATE_STOPPED && state != DAG_STATE_ENDED && state != DAG_STATE_FAILED)
        *all_over = false;
}

static bool all_over(struct runtime *runtime)
{
    bool over = true;

    runtime_for_each(runtime, look_whether_over, &over);
    return over;
}

static int64_t now_us(void)
{
    return clock_system()->monotonic_us(clock_system());
}

/* Waits until a DAG is over or the time is. Returns whether `interrupt_fd` became readable. */
static bool wait_for_change(struct runtime *runtime, int64_t left_us, int interrupt_fd)
{
    struct pollfd fds[] = {{.fd = runtime->finished, .events = POLLIN},
                           {.fd = interrupt_fd, .events = POLLIN}};
    struct timespec left = {left_us / 1000000, left_us % 1000000 * 1000};
    uint64_t count;

    ppoll(fds, 2, left_us < 0 ? NULL : &left, NULL);
    if (fds[0].revents != 0 && read(runtime->finished, &count, sizeof(count)) < 0)
        return false; /* somebody else took it; look again */
    return interrupt_fd >= 0 && fds[1].revents != 0;
}

bool runtime_wait(struct runtime *runtime, int64_t timeout_us, int interrupt_fd)
{
    int64_t end = timeout_us < 0 ? 0 : now_us() + timeout_us;

    if (scheduler_is_by_hand(runtime->scheduler)) {
        while (!all_over(runtime) && runtime_turn(runtime) > 0)
            ;
        return all_over(runtime);
    }
    while (!all_over(runtime)) {
        int64_t left = timeout_us < 0 ? -1 : end - now_us();
        if (timeout_us >= 0 && left <= 0)
            return false;
        if (wait_for_change(runtime, left, interrupt_fd))
            return true;
    }
    return true;
}

/* ---- by hand ---- */

size_t runtime_turn(struct runtime *runtime)
{
    size_t tasks = 0, now;

    do {
        now = loop_poll(runtime->loop);
        now += scheduler_turn(runtime->scheduler);
        tasks += now;
    } while (now > 0);
    return tasks;
}

void runtime_advance(struct runtime *runtime, struct clock_virtual *clock, int64_t us)
{
    int64_t end = clock->clock.monotonic_us(&clock->clock) + us;

    runtime_turn(runtime);
    for (;;) {
        int64_t due = loop_next_due(runtime->loop);
        int64_t now = clock->clock.monotonic_us(&clock->clock);
        if (due > end)
            due = end;
        if (due > now)
            clock_virtual_advance(clock, due - now);
        runtime_turn(runtime);
        if (due == end)
            return;
    }
}
