/* drain_all.c - all DAGs end in the order in which they feed each other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "runtime/drain.h"
#include "server/server_parts.h"

/** What runs, held. */
struct held {
    struct incarnation **incarnations; /* owned list of references */
    struct dag **dags;                 /* owned list */
    size_t count;
};

static bool is_over(const struct dag *dag)
{
    enum dag_state state = dag_state(dag);

    return state == DAG_STATE_STOPPED || state == DAG_STATE_ENDED || state == DAG_STATE_FAILED;
}

static void hold(struct server *server, struct held *held)
{
    size_t count;
    struct entry **entries = entries_hold(server, &count);

    *held = (struct held){calloc(count + 1, sizeof(*held->incarnations)),
                          calloc(count + 1, sizeof(*held->dags)), 0};
    for (size_t i = 0; held->incarnations && held->dags && i < count; i++) {
        struct incarnation *now = entry_use(entries[i]);

        if (now && now->dag && !is_over(now->dag)) {
            held->incarnations[held->count] = now;
            held->dags[held->count++] = now->dag;
        } else {
            incarnation_release(now);
        }
    }
    entries_release(entries, count);
}

static void let_go(struct held *held)
{
    for (size_t i = 0; i < held->count; i++)
        incarnation_release(held->incarnations[i]);
    free(held->incarnations);
    free(held->dags);
}

static bool all_over(const struct held *held)
{
    for (size_t i = 0; i < held->count; i++)
        if (!is_over(held->dags[i]))
            return false;
    return true;
}

static void stop_at_once(const struct held *held)
{
    for (size_t i = 0; i < held->count; i++)
        dag_stop(held->dags[i], false);
}

static bool is_wanted(const struct server *server)
{
    return atomic_load(&server->is_draining) || atomic_load(&server->is_stopping);
}

/* False: the time is over, or somebody wants the server back at work. */
static bool drain_held(struct server *server, const struct held *held, int64_t end_us)
{
    struct dag_error err = {0};
    struct drain *drain = drain_new(held->dags, held->count, &err);
    bool is_asking = drain != NULL;

    if (!drain)
        log_write(DAG_LOG_ERROR, NULL, NULL, "%s", err.message);
    while (drain && !all_over(held) && is_wanted(server) && server_monotonic_us(server) < end_us) {
        if (is_asking)
            is_asking = !drain_step(drain);
        clock_pause_us(DRAIN_LOOK_US);
    }
    drain_free(drain);
    return all_over(held);
}

bool drain_all(struct server *server, int64_t end_us)
{
    struct held held;
    bool is_drained = true;

    do { /* again for what a worker had just begun to start */
        hold(server, &held);
        size_t count = held.count;
        if (!drain_held(server, &held, end_us)) {
            is_drained = false;
            if (is_wanted(server))
                stop_at_once(&held);
        }
        let_go(&held);
        if (count == 0)
            break;
    } while (is_drained);
    return is_drained;
}

static void stop_one(void *context, struct dag *dag)
{
    (void)context;
    dag_stop(dag, false);
}

bool server_has_stopped(struct server *server, int64_t timeout_us)
{
    runtime_for_each(server->runtime, stop_one, NULL);
    return runtime_wait(server->runtime, timeout_us, -1);
}

/* ---- on request ---- */

static void *drain_in_background(void *context)
{
    struct server *server = context;
    int64_t end = server_monotonic_us(server) + server->options.drain_timeout_us;
    bool is_drained = drain_all(server, end);

    if (!is_drained && atomic_load(&server->is_draining))
        server->is_held = true; /* read behind pthread_join() */
    log_write(is_drained ? DAG_LOG_INFO : DAG_LOG_WARNING, NULL, NULL, "%s",
              is_drained ? "the server is drained"
                         : "the drain timed out; what was held is not out");
    server_emit(server, SERVER_EVENT_NOTICE, NULL, NULL,
                is_drained ? "the server is drained" : "the drain of the server timed out");
    return NULL;
}

void drain_join_locked(struct server *server)
{
    if (server->has_drainer)
        pthread_join(server->drainer, NULL);
    server->has_drainer = false;
}

bool server_drain(struct server *server, struct answer *answer)
{
    bool done = true;

    pthread_mutex_lock(&server->change_lock);
    if (!atomic_exchange(&server->is_draining, true)) {
        int code = pthread_create(&server->drainer, NULL, drain_in_background, server);

        server->has_drainer = code == 0;
        if (code != 0) {
            atomic_store(&server->is_draining, false);
            done = answer_set(answer, ANSWER_FAILED, "no_thread", "the drain can't begin: %s",
                              strerror(code));
        } else {
            server_emit(server, SERVER_EVENT_NOTICE, NULL, NULL, "the server drains");
        }
    }
    pthread_mutex_unlock(&server->change_lock);
    return done;
}
