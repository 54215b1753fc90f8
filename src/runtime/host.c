/* host.c - see host.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/host.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "runtime/dag.h"

#define DUPLICATE_KEYS "duplicate_keys" /* counted, but nothing is lost */

struct host_fd {
    struct host_fd *next;
    int fd;
    uint32_t watch;
};

static struct host *host_of(struct dag_host *host)
{
    return (struct host *)host;
}

void host_wake(struct host *host)
{
    if (!host->actor)
        return;
    atomic_store_explicit(&host->woken, true, memory_order_seq_cst);
    actor_notify(host->actor);
}

static int64_t fire(struct loop_timer *timer, int64_t now_us)
{
    (void)now_us;
    host_wake((struct host *)((char *)timer - offsetof(struct host, timer)));
    return LOOP_NEVER;
}

static void wake_context(void *context)
{
    host_wake(context);
}

static void op_log(struct dag_host *host, enum dag_log_level level, const char *text)
{
    log_write(level, host->dag, host->component, "%s", text);
}

static int64_t op_clock_us(struct dag_host *host)
{
    struct clock *clock = host_of(host)->dag->runtime->clock;

    return clock->realtime_us(clock);
}

static int64_t op_monotonic_us(struct dag_host *host)
{
    struct clock *clock = host_of(host)->dag->runtime->clock;

    return clock->monotonic_us(clock);
}

static void op_wake(struct dag_host *host)
{
    host_wake(host_of(host));
}

static void op_set_timer(struct dag_host *host, int64_t monotonic_us)
{
    struct host *mine = host_of(host);

    if (mine->timer.fire)
        loop_timer_set(mine->dag->runtime->loop, &mine->timer, monotonic_us);
}

static bool op_watch_fd(struct dag_host *host, int fd, uint32_t events, struct dag_error *err)
{
    struct host *mine = host_of(host);
    struct host_fd *place = mine->fds;

    while (place && place->fd != fd)
        place = place->next;
    if (!place) {
        place = calloc(1, sizeof(*place));
        if (!place)
            return dag_error_set_memory(err, "a watch");
        place->fd = fd;
        place->next = mine->fds;
        mine->fds = place;
    }
    return loop_fd_watch(mine->dag->runtime->loop, &place->watch, fd, events, wake_context, mine,
                         err);
}

static void op_unwatch_fd(struct dag_host *host, int fd)
{
    struct host *mine = host_of(host);

    for (struct host_fd **link = &mine->fds; *link; link = &(*link)->next) {
        struct host_fd *place = *link;
        if (place->fd != fd)
            continue;
        loop_fd_unwatch(mine->dag->runtime->loop, place->watch);
        *link = place->next;
        free(place);
        return;
    }
}

static bool op_watch_path(struct dag_host *host, const char *path, struct dag_error *err)
{
    struct host *mine = host_of(host);
    struct loop *loop = mine->dag->runtime->loop;
    struct storage *storage = mine->dag->runtime->storage;
    struct loop_path *watched = loop_path_watch(loop, storage, path, wake_context, mine, err);

    if (!watched)
        return false;
    loop_path_unwatch(loop, mine->path);
    mine->path = watched;
    return true;
}

static void op_reject(struct dag_host *host, size_t row, const char *reason)
{
    struct host *mine = host_of(host);

    if (mine->reject)
        mine->reject(mine, row, reason);
}

static void op_count_dropped(struct dag_host *host, const char *cause, uint64_t count)
{
    struct host *mine = host_of(host);

    if (strcmp(cause, DUPLICATE_KEYS) == 0) {
        atomic_fetch_add_explicit(&mine->duplicate_keys, count, memory_order_relaxed);
        return;
    }
    atomic_fetch_add_explicit(&mine->dropped, count, memory_order_relaxed);
    dag_drop(mine->dag, cause, count);
}

/* What it has brought is safe only behind the cycles that take it. */
static void op_hurry(struct dag_host *host)
{
    struct dag *dag = host_of(host)->dag;

    if (!dag->durability || !dag->durability->ops->hurry_forgetting)
        return; /* the watermark comes by itself */
    atomic_store(&dag->wants_forgetting, true);
    actor_notify(&dag->cycles.actor);
}

static const struct dag_host_ops ops = {
    .size = sizeof(struct dag_host_ops),
    .log = op_log,
    .clock_us = op_clock_us,
    .monotonic_us = op_monotonic_us,
    .wake = op_wake,
    .set_timer = op_set_timer,
    .watch_fd = op_watch_fd,
    .unwatch_fd = op_unwatch_fd,
    .watch_path = op_watch_path,
    .reject = op_reject,
    .count_dropped = op_count_dropped,
    HOST_FILES_OPS,
    .park = swap_park,
    .unpark = swap_unpark,
    .hurry = op_hurry,
};

bool host_init(struct host *host, struct dag *dag, const char *component, struct actor *actor,
               struct dag_error *err)
{
    *host = (struct host){
        .lent = {.host = {.ops = &ops, .dag = dag->plan->name, .component = component},
                 .storage = dag->runtime->storage},
        .dag = dag,
        .actor = actor,
    };
    atomic_init(&host->woken, false);
    return loop_timer_init(dag->runtime->loop, &host->timer, fire, err);
}

void host_deinit(struct host *host)
{
    if (!host->dag)
        return;
    struct loop *loop = host->dag->runtime->loop;
    loop_timer_deinit(loop, &host->timer);
    loop_path_unwatch(loop, host->path);
    host->path = NULL;
    while (host->fds)
        op_unwatch_fd(&host->host, host->fds->fd);
}

void host_keep(struct dag *dag)
{
    bool is_exactly_once = dag->plan->delivery == PLAN_EXACTLY_ONCE;

    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i]) {
            dag->sinks[i]->host.host.instance = dag->start.instance;
            dag->sinks[i]->host.host.is_exactly_once = is_exactly_once;
        }
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i]) {
            dag->sources[i]->host.host.instance = dag->start.instance;
            dag->sources[i]->host.host.is_acknowledged = dag->plan->ack == PLAN_ACK_JOURNAL;
        }
}
