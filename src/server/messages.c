/* messages.c - publishes messages to a subscriber's source, or into a DAG; and steps one through a
 * copy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/messages.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/courier.h"
#include "server/server_parts.h"
#include "server/step.h"

#define PATIENCE_US       INT64_C(5000000) /* with a source's other side */
#define ERRANDS_MAX       4 /* of a DAG that wait for the other side, each on a worker */
#define INSPECT_WITHIN_US INT64_C(2000000)

/* ---- finding ---- */

int32_t plan_subscriber_index(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->subscriber_count; i++)
        if (strcmp(plan->subscribers[i].name, name) == 0)
            return (int32_t)i;
    return -1;
}

int32_t plan_publisher_index(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->publisher_count; i++)
        if (strcmp(plan->publishers[i].name, name) == 0)
            return (int32_t)i;
    return -1;
}

/* It is being started, or another definition takes its place: whoever asks again is served. */
static bool is_about_to_run(struct entry *entry)
{
    struct entry_status status;

    entry_status(entry, &status);
    return status.state == ENTRY_RUNNING || status.state == ENTRY_STARTING;
}

static bool answer_not_now(struct answer *answer, const char *dag)
{
    return answer_set(answer, ANSWER_FULL, "not_now",
                      "DAG %.200s is being started or changed: send it again", dag);
}

bool answer_not_running(struct answer *answer, struct entry *entry, const char *dag)
{
    if (is_about_to_run(entry))
        return answer_not_now(answer, dag);
    return answer_set(answer, ANSWER_CONFLICT, "dag_not_running",
                      "DAG %.200s isn't running: start it", dag);
}

bool target_find(struct server *server, const char *dag, struct target *target,
                 struct answer *answer)
{
    *target = (struct target){.entry = entry_find(server, dag, answer)};
    if (!target->entry)
        return false;
    target->now = entry_use(target->entry);
    if (target->now)
        return true;
    bool is_between = is_about_to_run(target->entry);
    target_release(target);
    if (is_between)
        answer_not_now(answer, dag);
    else
        answer_set(answer, ANSWER_CONFLICT, "dag_invalid",
                   "the definition of DAG %.200s has problems: mend it first", dag);
    return false;
}

void target_release(struct target *target)
{
    incarnation_release(target->now);
    entry_release(target->entry);
    *target = (struct target){0};
}

bool no_subscriber(const char *name, struct answer *answer)
{
    return answer_set(answer, ANSWER_NOT_FOUND, "subscriber_not_found",
                      "there is no subscriber %.200s", name);
}

/* ---- the end of a publication ---- */

static _Atomic uint64_t published_count;

static void finish(server_published done, void *context, struct answer *answer, size_t accepted,
                   bool is_safe)
{
    uint64_t sequence = atomic_fetch_add(&published_count, accepted) + accepted;

    done(context, answer, accepted, is_safe, sequence);
    answer_deinit(answer);
}

/* ---- into the DAG ---- */

/* Two have to come before it ends: dag_inject() returns, and the runtime says how far they are. */
struct injection {
    _Atomic unsigned missing;
    server_published done;
    void *context;
    size_t accepted;
    bool is_safe;
    struct answer failure; /* written by the runtime */
    struct answer refusal; /* written by whoever injects: why more was not taken */
};

static void injection_arrive(struct injection *injection, unsigned count)
{
    if (atomic_fetch_sub(&injection->missing, count) > count)
        return;
    finish(injection->done, injection->context,
           injection->failure.kind != ANSWER_OK ? &injection->failure : &injection->refusal,
           injection->accepted, injection->is_safe);
    free(injection);
}

static void on_injected(void *context, bool is_safe, const struct dag_error *failure)
{
    struct injection *injection = context;

    injection->is_safe = is_safe;
    if (failure)
        answer_set(&injection->failure, ANSWER_UNAVAILABLE, "messages_not_safe",
                   "the messages were taken and may be lost: %.300s", failure->message);
    injection_arrive(injection, 1);
}

static bool answer_injection(struct answer *answer, const struct dag *dag,
                             const struct dag_error *err)
{
    if (err->code == DAG_ERROR_PARSE)
        return answer_set(answer, ANSWER_BAD, "message_not_json", "%.400s", err->message);
    if (err->code == DAG_ERROR_MEMORY)
        return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    if (!err->retryable)
        return answer_set(answer, ANSWER_CONFLICT, "cannot_inject", "%.400s", err->message);
    if (dag_state(dag) == DAG_STATE_RUNNING)
        return answer_set(answer, ANSWER_FULL, "not_now", "%.400s", err->message);
    return answer_set(answer, ANSWER_CONFLICT, "dag_not_running", "%.400s", err->message);
}

bool answer_refusal(struct answer *answer, const struct incarnation *now,
                    const struct dag_error *err)
{
    if (err->retryable && dag_state(now->dag) != DAG_STATE_RUNNING && is_about_to_run(now->entry))
        return answer_not_now(answer, now->plan->name);
    return answer_injection(answer, now->dag, err);
}

static void inject(struct incarnation *now, int32_t subscriber,
                   const struct server_publish *publish, server_published done, void *context)
{
    struct injection *injection = calloc(1, sizeof(*injection));
    struct dag_error err = {0};
    size_t accepted = 0;

    if (!injection) {
        struct answer answer = {0};

        answer_set(&answer, ANSWER_FAILED, "no_memory", "out of memory");
        finish(done, context, &answer, 0, false);
        return;
    }
    *injection = (struct injection){.missing = 2, .done = done, .context = context};
    bool all = dag_inject(now->dag, subscriber, publish->messages, publish->count, on_injected,
                          injection, &accepted, &err);
    injection->accepted = accepted;
    if (!all)
        answer_refusal(&injection->refusal, now, &err);
    injection_arrive(injection, accepted == 0 ? 2 : 1); /* nobody else comes to what took none */
}

/* ---- to the source ---- */

static void answer_delivery(struct answer *answer, enum courier_end end,
                            const struct dag_error *err)
{
    switch (end) {
    case COURIER_DONE:
        break;
    case COURIER_FULL:
        answer_set(answer, ANSWER_FULL, "queue_full",
                   "there is no room at the source: its readers don't keep up");
        break;
    case COURIER_PARSE:
        answer_set(answer, ANSWER_BAD, "message_not_json", "the message is no JSON");
        break;
    case COURIER_FAILED:
        answer_set(answer,
                   err->code == DAG_ERROR_MEMORY                 ? ANSWER_FAILED
                   : err->retryable || err->code == DAG_ERROR_IO ? ANSWER_UNAVAILABLE
                                                                 : ANSWER_BAD,
                   "publish_failed", "the source doesn't take it: %.400s", err->message);
        break;
    }
}

/* What a queue of this process takes is in memory only, until a journal has it. */
static bool is_in_memory(const struct plan_subscriber *subscriber)
{
    return strcmp(subscriber->address.scheme, "mem") == 0;
}

/* Of one DAG's sources that don't answer only so many workers hang. What goes into memory doesn't
 * wait, unless it is to be safe. */
static bool errand_begin(struct entry *entry, const struct courier_order *order,
                         const struct plan_subscriber *subscriber, struct answer *answer)
{
    if (atomic_fetch_add(&entry->errands, 1) < ERRANDS_MAX ||
        (is_in_memory(subscriber) && !order->waits_for_safety))
        return true;
    atomic_fetch_sub(&entry->errands, 1);
    return answer_set(answer, ANSWER_FULL, "source_busy",
                      "%d publications wait for the source of %.200s already, which doesn't "
                      "answer: send it again when it does",
                      ERRANDS_MAX, subscriber->name);
}

static void deliver(struct server *server, struct incarnation *now,
                    const struct plan_subscriber *subscriber, const struct server_publish *publish,
                    server_published done, void *context)
{
    const struct server_options *settings = server_settings(server);
    bool is_running = now->dag && dag_state(now->dag) == DAG_STATE_RUNNING;
    char name[NAME_SIZE_MAX + sizeof("temp_pub_")];
    struct courier_order order = {
        .type = registry_publisher(settings->registry, subscriber->address.scheme),
        .address = &subscriber->address,
        .config = subscriber->config,
        .dag = now->plan->name,
        .name = name,
        .storage = settings->file_storage ? settings->file_storage : storage_disk(),
        .clock = settings->clock ? settings->clock : clock_system(),
        .patience_us = PATIENCE_US,
        .waits_for_safety = is_running && now->plan->ack == PLAN_ACK_JOURNAL,
    };
    struct answer answer = {0};
    struct dag_error err = {0};
    size_t accepted = 0;
    bool is_safe = false;

    snprintf(name, sizeof(name), "temp_pub_%s", subscriber->name);
    if (!(subscriber->type->flags & DAG_CONNECTOR_PUBLISHABLE) || !order.type ||
        registry_lacks_publisher(order.type))
        answer_set(&answer, ANSWER_BAD, "not_publishable",
                   "Subscriber type does not support publishing");
    else if (errand_begin(now->entry, &order, subscriber, &answer)) {
        answer_delivery(
            &answer,
            courier_deliver(&order, publish->messages, publish->count, &accepted, &is_safe, &err),
            &err);
        atomic_fetch_sub(&now->entry->errands, 1);
    }
    finish(done, context, &answer, accepted,
           is_safe && (order.waits_for_safety || !is_in_memory(subscriber)));
}

/* ---- publishing ---- */

static bool must_inject(const struct plan_subscriber *subscriber,
                        const struct server_publish *publish)
{
    return publish->inject || strcmp(subscriber->address.scheme, "http") == 0;
}

void server_publish(struct server *server, const char *dag, const char *subscriber,
                    const struct server_publish *publish, server_published done, void *context)
{
    struct target target = {0};
    struct answer answer = {0};
    int32_t index = -1;

    if (!server_refuses(server, &answer) && target_find(server, dag, &target, &answer)) {
        index = plan_subscriber_index(target.now->plan, subscriber);
        if (index < 0)
            no_subscriber(subscriber, &answer);
    }
    if (index < 0)
        finish(done, context, &answer, 0, false);
    else if (!must_inject(&target.now->plan->subscribers[index], publish))
        deliver(server, target.now, &target.now->plan->subscribers[index], publish, done, context);
    else if (target.now->dag)
        inject(target.now, index, publish, done, context);
    else {
        answer_not_running(&answer, target.entry, dag);
        finish(done, context, &answer, 0, false);
    }
    target_release(&target);
}

/* ---- one step ---- */

struct saved {
    struct dag_buffer state;
    uint64_t cycle;
    bool is_done;
    struct dag_error err;
};

static void save(void *context, struct engine *engine)
{
    struct saved *saved = context;

    saved->is_done = engine_save(engine, &saved->state, &saved->err);
}

/* A DAG that never ran has seen nothing. */
static bool take_state(struct incarnation *now, struct saved *saved, struct answer *answer)
{
    struct dag_stats stats;

    if (!now->dag)
        return true;
    dag_stats(now->dag, &stats);
    saved->cycle = stats.cycles;
    if (!dag_inspect_within(now->dag, INSPECT_WITHIN_US, save, saved))
        return answer_set(answer, ANSWER_UNAVAILABLE, "dag_busy",
                          "a cycle of the DAG doesn't come to its end: try again, and look at why");
    return saved->is_done || answer_set(answer, ANSWER_FAILED, "no_state",
                                        "the state can't be copied: %.300s", saved->err.message);
}

static bool run_step(struct server *server, struct incarnation *now, const char *subscriber,
                     const char *text, size_t size, struct dag_buffer *out, struct answer *answer)
{
    struct saved saved = {0};
    struct dag_error err = {0};
    bool done = take_state(now, &saved, answer);

    if (done) {
        struct step_request request = {
            .plan = now->plan,
            .state = saved.is_done ? saved.state.bytes : NULL,
            .state_size = saved.state.size,
            .subscriber = subscriber,
            .text = text,
            .size = size,
            .cycle = saved.cycle + 1,
            .time_us = server_now_us(server),
        };
        done = step_run(&request, out, &err) ||
               answer_set(answer, err.code == DAG_ERROR_INVALID ? ANSWER_CONFLICT : ANSWER_FAILED,
                          "step_failed", "%.400s", err.message);
    }
    dag_buffer_free(&saved.state);
    return done;
}

bool server_step(struct server *server, const char *dag, const char *subscriber, const char *text,
                 size_t size, struct dag_buffer *out, struct answer *answer)
{
    struct target target;

    if (!target_find(server, dag, &target, answer))
        return false;
    bool done = plan_subscriber_index(target.now->plan, subscriber) >= 0
                    ? run_step(server, target.now, subscriber, text, size, out, answer)
                    : no_subscriber(subscriber, answer);
    target_release(&target);
    return done;
}
