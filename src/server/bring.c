/* bring.c - what a control worker does: takes a DAG from where it is towards where it is wanted.
 *
 * Each step looks at what is wanted now and at what the runtime says, does one thing, and either
 * goes on, has arrived, or leaves the worker free until something happens: the DAG tells that it is
 * over, or entry->due_us comes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/server_parts.h"

#define SHORT_US     20000   /* most stops are over by then: no need to come back */
#define CUT_US       5000000 /* a stop without a drain that takes longer is told */
#define RETRY_MIN_US 1000000
#define RETRY_MAX_US 60000000

enum target { TARGET_GONE, TARGET_LEFT, TARGET_STOPPED, TARGET_SUSPENDED, TARGET_RUNNING };

/** What is wanted: a copy, as of one moment. */
struct order {
    enum target target;
    enum entry_state rest;          /* what a stopped one is called */
    char reason[ENTRY_REASON_SIZE]; /* why it is stopped, suspended or running */
    uint64_t asked;
    bool must_build, must_restart, must_start, at_once;
    int64_t drain_timeout_us;
};

enum step { STEP_DONE, STEP_WAITS, STEP_AGAIN };

/* ---- what is wanted ---- */

static void want_up_locked(const struct entry *entry, struct order *order)
{
    const struct entry_window *window = &entry->window;
    const char *by = entry->status.by;
    const char *link = by[0] != '\0' ? " by " : "";
    char when[32] = "";

    order->target = TARGET_RUNNING;
    if (entry->status.wish == ENTRY_WANT_SUSPENDED) {
        order->target = TARGET_SUSPENDED;
        snprintf(order->reason, sizeof(order->reason), "suspended%s%s", link, by);
        return;
    }
    if (window->change_us != INT64_MAX)
        clock_format(window->change_us, when);
    if (!window->is_open) {
        order->target = TARGET_SUSPENDED;
        snprintf(order->reason, sizeof(order->reason), "its time window %s%s",
                 when[0] != '\0' ? "opens at " : "doesn't open any more", when);
    } else if (window->is_overridden) {
        snprintf(order->reason, sizeof(order->reason), "started outside its time window%s%s%s%s",
                 link, by, when[0] != '\0' ? ", until " : "", when);
    }
}

static void want_locked(const struct entry *entry, struct order *order)
{
    const struct server *server = entry->server;

    order->rest = ENTRY_STOPPED;
    if (entry->is_deleted) {
        order->target = TARGET_GONE;
    } else if (atomic_load(&server->is_stopping) || atomic_load(&server->is_draining)) {
        order->target = TARGET_LEFT;
    } else if (entry->status.wish == ENTRY_WANT_STOPPED) {
        order->target = TARGET_STOPPED;
        if (entry->status.by[0] != '\0')
            snprintf(order->reason, sizeof(order->reason), "stopped by %s", entry->status.by);
    } else if (atomic_load(&server->is_standby)) {
        order->target = TARGET_STOPPED;
        order->rest = ENTRY_STANDBY;
        order->at_once = true;
    } else {
        want_up_locked(entry, order);
    }
    if (order->reason[0] == '\0')
        memcpy(order->reason, entry->note, sizeof(order->reason));
}

static void take_order(struct entry *entry, struct order *order)
{
    *order = (struct order){0};
    entry_look_at_window(entry);
    pthread_mutex_lock(&entry->lock);
    order->asked = entry->asked;
    order->must_build = entry->must_build;
    order->must_restart = entry->must_restart;
    order->must_start = entry->must_start;
    order->at_once = entry->at_once;
    order->drain_timeout_us = entry->drain_timeout_us > 0 ? entry->drain_timeout_us
                                                          : entry->server->options.drain_timeout_us;
    if (server_monotonic_us(entry->server) >= entry->due_us) {
        order->must_start = order->must_start || entry->status.retry_at_us != 0;
        entry->due_us = INT64_MAX;
    }
    want_locked(entry, order);
    pthread_mutex_unlock(&entry->lock);
}

/* What was ordered has been done, as far as nothing newer came. */
static void fulfil(struct entry *entry, const struct order *order)
{
    pthread_mutex_lock(&entry->lock);
    if (entry->asked == order->asked) {
        entry->must_build = entry->must_restart = entry->must_start = entry->at_once = false;
        entry->drain_timeout_us = 0;
    }
    pthread_mutex_unlock(&entry->lock);
}

static void settle(struct entry *entry, const struct order *order)
{
    pthread_mutex_lock(&entry->lock);
    entry->done = order->asked;
    entry->drain_end_us = 0;
    pthread_cond_broadcast(&entry->settled);
    pthread_mutex_unlock(&entry->lock);
}

static enum step look_again(struct entry *entry, int64_t at_us)
{
    pthread_mutex_lock(&entry->lock);
    entry->due_us = at_us;
    pthread_mutex_unlock(&entry->lock);
    return STEP_WAITS;
}

/* ---- going down ---- */

static enum step stop(struct entry *entry, const struct order *order, struct dag *dag)
{
    int64_t now = server_monotonic_us(entry->server);
    int64_t end = now + (order->at_once ? CUT_US : order->drain_timeout_us);

    pthread_mutex_lock(&entry->lock);
    entry->drain_end_us = end;
    entry->is_cut = order->at_once;
    pthread_mutex_unlock(&entry->lock);
    entry_set_state(entry, ENTRY_STOPPING, order->at_once ? NULL : "what it holds goes out first");
    dag_stop(dag, !order->at_once);
    return dag_wait(dag, SHORT_US) ? STEP_AGAIN : look_again(entry, end);
}

static enum step wait_for_stop(struct entry *entry, const struct order *order, struct dag *dag)
{
    int64_t now = server_monotonic_us(entry->server);

    pthread_mutex_lock(&entry->lock);
    bool is_late = entry->drain_end_us != 0 && now >= entry->drain_end_us;
    bool was_cut = entry->is_cut;
    bool is_cut = was_cut || order->at_once || (is_late && order->target != TARGET_LEFT);
    entry->is_cut = is_cut;
    if (is_cut && (!was_cut || is_late))
        entry->drain_end_us = now + CUT_US;
    int64_t due = entry->drain_end_us != 0 ? entry->drain_end_us : now + CUT_US;
    pthread_mutex_unlock(&entry->lock);

    if (is_cut && !was_cut)
        dag_stop(dag, false);
    if (is_late && was_cut)
        entry_set_state(entry, ENTRY_STOPPING,
                        "a connector doesn't let go of what it is doing; if the other side is "
                        "dead, restart the server");
    else if (is_late && is_cut)
        entry_set_state(entry, ENTRY_STOPPING,
                        "the drain took longer than %lld s and was cut short",
                        (long long)(order->drain_timeout_us / 1000000));
    else
        entry_set_state(entry, ENTRY_STOPPING, NULL);
    return dag_wait(dag, SHORT_US) ? STEP_AGAIN : look_again(entry, due);
}

/* A reader of topics collects as long as it is in the runtime, and holds up who writes to them. */
static bool collects(const struct plan *plan)
{
    static const char topic[] = "topic/";

    for (size_t i = 0; i < plan->subscriber_count; i++) {
        const struct dag_address *address = &plan->subscribers[i].address;

        if (strcmp(address->scheme, "mem") == 0 &&
            strncmp(address->rest, topic, sizeof(topic) - 1) == 0)
            return true;
    }
    return false;
}

static void take_problems(struct entry *entry, struct problems *problems,
                          const struct dag_error *err)
{
    pthread_mutex_lock(&entry->lock);
    problems_free(&entry->problems);
    entry->problems = *problems;
    pthread_mutex_unlock(&entry->lock);
    entry_set_state(entry, ENTRY_INVALID, "%s", err->message);
}

/* The newest definition, checked. NULL: it is told why not, and nothing else is shown. */
static struct incarnation *check(struct entry *entry)
{
    struct problems problems = {0};
    struct dag_error err = {0};
    struct incarnation *made = NULL;

    pthread_mutex_lock(&entry->lock);
    struct written *written = entry->newest ? written_hold(entry->newest) : NULL;
    pthread_mutex_unlock(&entry->lock);
    if (written)
        made = incarnation_new(entry, written, &problems, &err);
    else
        dag_error_set(&err, DAG_ERROR_IO, "its definition can't be read");
    if (made) {
        pthread_mutex_lock(&entry->lock);
        problems_free(&entry->problems);
        entry->problems = problems;
        entry->note[0] = '\0';
        pthread_mutex_unlock(&entry->lock);
    } else {
        take_problems(entry, &problems, &err);
    }
    written_release(written);
    return made;
}

/* In place of what there is: the newest definition, not in the runtime. False: it is invalid. */
static bool show_newest(struct entry *entry)
{
    struct incarnation *made = check(entry);

    incarnation_end(entry_replace(entry, made), false);
    return made != NULL;
}

static enum step rest(struct entry *entry, const struct order *order)
{
    const struct incarnation *now = entry->now;
    bool is_stale = order->must_build || (now && now->dag && collects(now->plan));

    fulfil(entry, order);
    pthread_mutex_lock(&entry->lock);
    entry->has_failed = false;
    pthread_mutex_unlock(&entry->lock);
    if ((is_stale && !show_newest(entry)) || (!is_stale && !now))
        return STEP_DONE; /* invalid */
    entry_set_state(entry, order->rest, order->reason[0] != '\0' ? "%s" : NULL, order->reason);
    return STEP_DONE;
}

/* The whole server drains; somebody else sees to it. */
static enum step leave(struct entry *entry, const struct order *order, bool is_over)
{
    if (!is_over)
        return look_again(entry, INT64_MAX);
    fulfil(entry, order);
    if (entry->now)
        entry_set_state(entry, ENTRY_STOPPED, "the server drains and starts nothing");
    return STEP_DONE;
}

static enum step end(struct entry *entry)
{
    struct server *server = entry->server;
    struct dag_error err = {0};

    incarnation_end(entry_replace(entry, NULL), false);
    runtime_drop_parked(server->runtime, entry->name);
    if (!entry_take_out(entry))
        return STEP_AGAIN; /* its file came back */
    pthread_mutex_lock(&entry->lock);
    bool is_kept = entry->is_kept;
    pthread_mutex_unlock(&entry->lock);
    if (is_kept)
        server_emit(server, SERVER_EVENT_CATALOGUE, entry->name, NULL, "removed");
    if (!is_kept && !definitions_purge(server->definitions, entry->name, &err))
        log_write(DAG_LOG_WARNING, entry->name, NULL,
                  "deleted, but what it kept could not be removed: %s; it is tried again",
                  err.message);
    return STEP_DONE;
}

/* ---- going up ---- */

static enum step fail(struct entry *entry, const struct order *order, const struct dag_error *err)
{
    struct server *server = entry->server;
    bool may_pass = err->retryable || err->code == DAG_ERROR_IO || err->code == DAG_ERROR_MEMORY;

    fulfil(entry, order);
    pthread_mutex_lock(&entry->lock);
    uint32_t shift = entry->failures < 6 ? entry->failures : 6;
    int64_t delay = (int64_t)RETRY_MIN_US << shift;
    if (delay > RETRY_MAX_US)
        delay = RETRY_MAX_US;
    entry->has_failed = true;
    entry->failures++;
    entry->due_us = may_pass ? server_monotonic_us(server) + delay : INT64_MAX;
    entry->status.retry_at_us = may_pass ? server_now_us(server) + delay : 0;
    pthread_mutex_unlock(&entry->lock);
    entry_set_state(entry, ENTRY_FAILED, "%s", err->message);
    return STEP_DONE;
}

bool bring_up(struct entry *entry, struct incarnation *incarnation, bool is_suspended,
              bool hands_over, struct dag_error *err)
{
    if (!incarnation_build(incarnation, err)) {
        incarnation_end(incarnation, hands_over);
        return false;
    }
    incarnation_end(entry_replace(entry, incarnation), hands_over);
    entry_look_at_window(entry); /* its own, which nobody knew yet */
    pthread_mutex_lock(&entry->lock);
    is_suspended = is_suspended || !entry->window.is_open;
    pthread_mutex_unlock(&entry->lock);
    if (is_suspended ? dag_start_suspended(incarnation->dag, err)
                     : dag_start(incarnation->dag, err))
        return true;
    incarnation_end(entry_replace(entry, NULL), hands_over);
    return false;
}

static enum step start_anew(struct entry *entry, const struct order *order)
{
    bool is_suspended = order->target == TARGET_SUSPENDED;
    struct dag_error err = {0};

    /* What was built before has its folder and its name: it goes first. */
    if (entry->now && entry->now->dag)
        incarnation_end(entry_replace(entry, NULL), true);
    struct incarnation *made = check(entry);
    if (!made) {
        fulfil(entry, order);
        incarnation_end(entry_replace(entry, NULL), false);
        pthread_mutex_lock(&entry->lock);
        entry->has_failed = true;
        pthread_mutex_unlock(&entry->lock);
        return STEP_DONE;
    }
    bool is_up = bring_up(entry, made, is_suspended, true, &err);
    runtime_drop_parked(entry->server->runtime, entry->name);
    if (is_up)
        return STEP_AGAIN;
    if (!entry->now && !show_newest(entry))
        return STEP_DONE;
    return fail(entry, order, &err);
}

static enum step start(struct entry *entry, const struct order *order)
{
    const struct incarnation *now = entry->now;
    struct dag_error err = {0};
    enum step step = STEP_AGAIN;

    entry_set_state(entry, ENTRY_STARTING, NULL);
    if (order->must_build || order->must_restart || !now || !now->dag ||
        (now->plan->uses_secrets && !entry->is_fresh) || dag_state(now->dag) == DAG_STATE_FAILED)
        step = start_anew(entry, order);
    else if (!(order->target == TARGET_SUSPENDED ? dag_start_suspended(now->dag, &err)
                                                 : dag_start(now->dag, &err)))
        step = fail(entry, order, &err);
    entry->is_fresh = false;
    if (step != STEP_AGAIN)
        return step;
    fulfil(entry, order);
    pthread_mutex_lock(&entry->lock);
    entry->has_failed = false;
    entry->failures = 0;
    entry->status.retry_at_us = 0;
    pthread_mutex_unlock(&entry->lock);
    return STEP_AGAIN;
}

/* It is down and should be up. */
static enum step rise(struct entry *entry, const struct order *order, enum dag_state state)
{
    bool is_asked = order->must_build || order->must_restart || order->must_start;
    char failure[ENTRY_REASON_SIZE] = "";

    pthread_mutex_lock(&entry->lock);
    bool has_failed = entry->has_failed;
    entry->has_failed = has_failed || (!is_asked && state == DAG_STATE_FAILED);
    pthread_mutex_unlock(&entry->lock);
    if (is_asked || (state == DAG_STATE_STOPPED && !has_failed))
        return start(entry, order);
    if (state == DAG_STATE_ENDED && order->target == TARGET_SUSPENDED)
        entry_set_state(entry, ENTRY_SUSPENDED, "%s; all its sources had ended", order->reason);
    else if (state == DAG_STATE_ENDED)
        entry_set_state(entry, ENTRY_ENDED, "all its sources have ended");
    if (state == DAG_STATE_FAILED && !has_failed) {
        dag_failure(entry->now->dag, failure, sizeof(failure));
        entry_set_state(entry, ENTRY_FAILED, "%s", failure);
    }
    return STEP_DONE;
}

/* It is up and stays so. */
static enum step adjust(struct entry *entry, const struct order *order, enum dag_state state)
{
    struct dag *dag = entry->now->dag;
    bool is_suspended = order->target == TARGET_SUSPENDED;

    if (order->must_restart && swap_is_possible(entry))
        return stop(entry, order, dag);
    if (order->must_build)
        return swap(entry, is_suspended) ? STEP_AGAIN : STEP_WAITS;
    fulfil(entry, order);
    if (is_suspended && state == DAG_STATE_RUNNING)
        dag_suspend(dag);
    else if (!is_suspended && state == DAG_STATE_SUSPENDED)
        dag_resume(dag);
    entry_set_state(entry, is_suspended ? ENTRY_SUSPENDED : ENTRY_RUNNING,
                    order->reason[0] != '\0' ? "%s" : NULL, order->reason);
    return STEP_DONE;
}

/* ---- the whole ---- */

static enum step step(struct entry *entry, const struct order *order)
{
    struct dag *dag = entry->now ? entry->now->dag : NULL;
    enum dag_state state = dag ? dag_state(dag) : DAG_STATE_STOPPED;
    bool is_over =
        state == DAG_STATE_STOPPED || state == DAG_STATE_ENDED || state == DAG_STATE_FAILED;

    if (state == DAG_STATE_STOPPING)
        return wait_for_stop(entry, order, dag);
    switch (order->target) {
    case TARGET_GONE:
        return is_over ? end(entry) : stop(entry, order, dag);
    case TARGET_LEFT:
        return leave(entry, order, is_over);
    case TARGET_STOPPED:
        return is_over ? rest(entry, order) : stop(entry, order, dag);
    case TARGET_SUSPENDED:
    case TARGET_RUNNING:
        break;
    }
    return is_over ? rise(entry, order, state) : adjust(entry, order, state);
}

/* The first turn of a DAG that is wanted up only builds it: when the server starts, every reader of
 * a topic is there before the first message. */
static void prepare(struct entry *entry)
{
    struct order order;
    struct dag_error err = {0};

    take_order(entry, &order);
    bool is_built = !order.must_build && entry->now && entry->now->dag;
    if (is_built || entry->has_failed ||
        (order.target != TARGET_RUNNING && order.target != TARGET_SUSPENDED))
        return;
    entry_set_state(entry, ENTRY_STARTING, NULL);
    struct incarnation *made = entry->now && entry->now->dag ? NULL : check(entry);
    if (!made)
        return; /* the next turn tells why */
    if (!incarnation_build(made, &err)) {
        incarnation_end(made, false);
        return;
    }
    incarnation_end(entry_replace(entry, made), false);
    entry->is_fresh = true;
    pthread_mutex_lock(&entry->lock);
    if (entry->asked == order.asked)
        entry->must_build = false;
    pthread_mutex_unlock(&entry->lock);
}

void bring(struct entry *entry)
{
    struct order order;
    enum step next = STEP_AGAIN;

    if (atomic_exchange(&entry->is_first, false)) {
        prepare(entry);
        atomic_fetch_sub(&entry->server->unasked, 1);
        control_ask(entry); /* its next turn comes behind the first ones of all others */
        return;
    }
    while (next == STEP_AGAIN) {
        take_order(entry, &order);
        next = step(entry, &order);
    }
    if (next == STEP_DONE)
        settle(entry, &order);
    if (atomic_exchange(&entry->is_autoclone_due, false))
        autoclone_keep(entry);
}
