/* dag.c - the life of a DAG: see dag.h and runtime.h. Making and freeing is build.c's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/dag.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"

#define NUDGE_US     50000 /* between two interrupts of a connector that blocks */
#define RETRY_MIN_US 100000
#define RETRY_MAX_US 30000000

/* ---- its state ---- */

void dag_set_state_locked(struct dag *dag, enum dag_state state)
{
    const struct runtime_observer *observer = &dag->runtime->observer;

    if (atomic_exchange(&dag->state, (uint32_t)state) != (uint32_t)state && observer->changed)
        observer->changed(observer->context, dag, state);
}

static enum dag_state state_of(const struct dag *dag)
{
    return (enum dag_state)atomic_load(&dag->state);
}

static void set_failure(struct dag *dag, const char *component, const char *message)
{
    pthread_mutex_lock(&dag->failure_lock);
    snprintf(dag->failure, sizeof(dag->failure), "%.100s%s%s", component ? component : "",
             component ? ": " : "", message);
    pthread_mutex_unlock(&dag->failure_lock);
}

/* ---- every actor ---- */

void dag_notify_all(struct dag *dag)
{
    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i])
            actor_notify(&dag->sinks[i]->actor);
    outlets_notify(dag);
    actor_notify(&dag->cycles.actor);
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i])
            actor_notify(&dag->sources[i]->actor);
    actor_notify(&dag->control);
}

static bool start_threads(struct dag *dag, struct dag_error *err)
{
    bool done = true;

    for (size_t i = 0; i < dag->sink_count && done; i++)
        done = !dag->sinks[i] || actor_thread_start(&dag->sinks[i]->actor, err);
    for (size_t i = 0; i < dag->plan->subscriber_count && done; i++)
        done = !dag->sources[i] || actor_thread_start(&dag->sources[i]->actor, err);
    return done;
}

static void end_thread(struct actor *actor)
{
    actor_thread_leave(actor);
    actor_thread_join(actor);
}

static void end_threads(struct dag *dag)
{
    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i])
            end_thread(&dag->sinks[i]->actor);
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i])
            end_thread(&dag->sources[i]->actor);
}

static void reset(struct dag *dag)
{
    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i])
            sink_reset(dag->sinks[i]);
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i])
            source_reset(dag->sources[i]);
    cycles_reset(&dag->cycles);
    atomic_store(&dag->suspended, false);
    atomic_store(&dag->is_swap, false);
    dag->swap_is_due = false;
    atomic_store(&dag->all_ended, false);
    atomic_store(&dag->idle, false);
    set_failure(dag, NULL, "");
}

/* ---- phases ---- */

void dag_set_phase_locked(struct dag *dag, enum phase phase)
{
    if (phase == PHASE_DRAINING) {
        cycles_stop_metronomes(&dag->cycles);
        atomic_fetch_add(&dag->drain, 1);
    }
    atomic_store_explicit(&dag->phase, (uint32_t)phase, memory_order_release);
}

static bool all_attempted(const struct dag *dag)
{
    uint32_t generation = atomic_load(&dag->generation);

    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i] && atomic_load(&dag->sinks[i]->attempted) != generation)
            return false;
    return true;
}

static bool all_drained(const struct dag *dag)
{
    uint32_t drain = dag_drain(dag);
    size_t count = atomic_load(&dag->is_swap) ? dag_front_count(dag) : dag->sink_count;

    if (atomic_load(&dag->cycles.drained) != drain)
        return false;
    for (size_t i = 0; i < count; i++)
        if (dag->sinks[i] && atomic_load(&dag->sinks[i]->drained) != drain)
            return false;
    return true;
}

bool dag_drain_waits_only_for(struct dag *dag, const bool *publishers)
{
    uint32_t drain = dag_drain(dag);
    size_t count = dag->plan->publisher_count;

    if (dag_phase(dag) != PHASE_DRAINING || atomic_load(&dag->cycles.drained) != drain)
        return false;
    for (size_t i = 0; i < dag->sink_count; i++) {
        struct sink *sink = dag->sinks[i];
        size_t publisher = i > count ? i - count - 1 : i; /* those behind a spill log come last */
        if (!sink || atomic_load(&sink->drained) == drain ||
            (i != count && publishers[publisher] && atomic_load(&sink->waiting) &&
             !atomic_load(&sink->host.woken)))
            continue;
        /* dead letters may come as long as another one isn't drained */
        if (i >= dag_front_count(dag) || !sink_is_empty(sink))
            return false;
    }
    return true;
}

/* What sources are told to forget when they close has to be safe by then: they would bring it
 * again. */
static bool all_forgettable(const struct dag *dag)
{
    return !dag->durability || dag->plan->ack != PLAN_ACK_JOURNAL ||
           dag_forgettable(dag) >= atomic_load(&dag->cycles.recorded_cycle);
}

/* Interrupts what still blocks. Returns whether anything does. */
static bool interrupt_blocked(struct dag *dag, bool closing)
{
    uint32_t generation = atomic_load(&dag->generation);
    bool blocked = false;

    if (!closing && dag->durability && !cycles_are_live(&dag->cycles))
        return false; /* the journal still needs them; its end calls again */

    for (size_t i = 0; i < dag->plan->subscriber_count; i++) {
        struct source *source = dag->sources[i];
        if (!source || (closing ? atomic_load(&source->closed) == generation
                                : atomic_load(&source->quiet) == dag_drain(dag)))
            continue;
        source_interrupt(source);
        blocked = blocked || (source->plan->type->flags & DAG_CONNECTOR_BLOCKS) != 0;
    }
    for (size_t i = 0; closing && i < dag->sink_count; i++) {
        struct sink *sink = dag->sinks[i];
        if (!sink || atomic_load(&sink->closed) == generation)
            continue;
        sink_interrupt(sink);
        blocked = blocked || (sink->plan->type->flags & DAG_CONNECTOR_BLOCKS) != 0;
    }
    return blocked;
}

static bool all_closed(const struct dag *dag)
{
    uint32_t generation = atomic_load(&dag->generation);

    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i] && atomic_load(&dag->sinks[i]->closed) != generation)
            return false;
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i] && atomic_load(&dag->sources[i]->closed) != generation)
            return false;
    return atomic_load(&dag->cycles.closed) == generation && outlets_have_closed(dag, generation);
}

/* May wait for the disk: nothing of this DAG runs any more. */
static void end_keeping_locked(struct dag *dag)
{
    struct dag_error err = {0};
    bool drained = atomic_load(&dag->snapshot.final_done) == dag_drain(dag);

    if (!dag->durability || dag->durability->ops->end(dag->durability, drained, &err))
        return;
    log_write(DAG_LOG_ERROR, dag->plan->name, NULL, "%s", err.message);
    if (dag->final != DAG_STATE_FAILED) {
        set_failure(dag, NULL, err.message);
        dag->final = DAG_STATE_FAILED;
    }
}

static void finish_locked(struct dag *dag)
{
    uint64_t one = 1;

    end_threads(dag); /* they are on their way out */
    outlets_finish(dag);
    end_keeping_locked(dag);
    loop_timer_set(dag->runtime->loop, &dag->nudge, LOOP_NEVER);
    dag_set_phase_locked(dag, PHASE_STOPPED);
    dag_set_state_locked(dag, dag->final);
    pthread_cond_broadcast(&dag->changed);
    inject_notify(dag);
    if (write(dag->runtime->finished, &one, sizeof(one)) < 0)
        assert(errno == EAGAIN); /* it is readable anyway */
}

/* Everything is out: the last checkpoint of this run. Returns whether it has been taken. */
static bool is_kept(struct dag *dag)
{
    uint32_t drain = dag_drain(dag);

    if (!dag->durability || atomic_load(&dag->snapshot.final_done) == drain)
        return true;
    if (atomic_exchange(&dag->snapshot.final_due, drain) != drain)
        actor_notify(&dag->cycles.actor);
    return false;
}

/* Behind the last checkpoint: what comes again unless it is acknowledged is told to be forgotten,
 * so that an orderly end repeats nothing. */
static bool all_forgotten(struct dag *dag)
{
    uint64_t cycle = atomic_load(&dag->cycles.last_cycle);

    if (!dag->durability || !dag->redelivers || atomic_load(&dag->snapshot.is_abandoned) ||
        !dag->durability->ops->hurry_forgetting || dag_forgettable(dag) >= cycle)
        return true;
    dag->durability->ops->hurry_forgetting(dag->durability, cycle);
    return false;
}

/* Moves on when all have reported. Returns whether the phase has changed. */
static bool advance_locked(struct dag *dag)
{
    switch (dag_phase(dag)) {
    case PHASE_OPENING:
        if (!all_attempted(dag))
            return false;
        if (dag->swap_is_due) {
            dag->swap_is_due = false; /* from here on it is a drain like any other */
            dag_set_phase_locked(dag, PHASE_DRAINING);
            return true;
        }
        dag_set_phase_locked(dag, PHASE_RUNNING);
        cycles_start_metronomes(&dag->cycles, true);
        return true;
    case PHASE_RUNNING:
        if (!atomic_load(&dag->all_ended) || atomic_load(&dag->suspended))
            return false;
        dag->final = DAG_STATE_ENDED;
        dag_set_phase_locked(dag, PHASE_DRAINING);
        return true;
    case PHASE_DRAINING:
        if (!all_drained(dag) || !all_forgettable(dag) || !is_kept(dag) || !all_forgotten(dag))
            return false;
        dag_set_phase_locked(dag, PHASE_CLOSING);
        return true;
    case PHASE_CLOSING:
        if (all_closed(dag))
            finish_locked(dag);
        return false;
    case PHASE_STOPPED:
        break;
    }
    return false;
}

static bool run_control(struct actor *actor)
{
    struct dag *dag = (struct dag *)((char *)actor - offsetof(struct dag, control));

    pthread_mutex_lock(&dag->lock);
    bool changed = advance_locked(dag);
    enum phase phase = dag_phase(dag);
    if ((phase == PHASE_DRAINING || phase == PHASE_CLOSING) &&
        interrupt_blocked(dag, phase == PHASE_CLOSING))
        loop_timer_set(dag->runtime->loop, &dag->nudge, dag_monotonic_now(dag) + NUDGE_US);
    pthread_mutex_unlock(&dag->lock);
    if (changed)
        dag_notify_all(dag);
    return false;
}

static int64_t nudge(struct loop_timer *timer, int64_t now_us)
{
    (void)now_us;
    actor_notify(&((struct dag *)((char *)timer - offsetof(struct dag, nudge)))->control);
    return LOOP_NEVER;
}

bool dag_init_control(struct dag *dag, struct dag_error *err)
{
    actor_init(&dag->control, dag->runtime->scheduler, run_control);
    return loop_timer_init(dag->runtime->loop, &dag->nudge, nudge, err);
}

/* ---- recovery ---- */

static void note_dropped_state(void *context, const char *node, const char *why)
{
    const struct dag *dag = context;

    log_write(DAG_LOG_WARNING, dag->plan->name, node, "its state is dropped: %s", why);
}

static bool recover_engine(struct dag *dag, struct dag_error *err)
{
    struct engine *engine = engine_new(dag->plan, dag->account, &dag->engine_host.host, err);

    if (!engine)
        return false;
    pthread_mutex_lock(&dag->cycles.engine_lock);
    engine_replace(engine, dag->engine);
    engine_free(dag->engine);
    dag->engine = engine;
    dag->errors_told = 0;
    for (size_t i = 0; i < dag->plan->node_count; i++)
        atomic_store(&dag->node_gates[i].count, 0);
    pthread_mutex_unlock(&dag->cycles.engine_lock);
    return !dag->start.engine_state ||
           engine_restore(engine, dag->start.engine_state, dag->start.engine_state_size,
                          note_dropped_state, dag, err);
}

static bool recover_parts(struct dag *dag, struct dag_error *err)
{
    uint64_t cycle = dag->start.cycle;

    if (!recover_engine(dag, err))
        return false;
    cycles_recover(&dag->cycles, cycle);
    atomic_store(&dag->watermark, cycle);
    snapshot_reset(dag, dag->start.is_first);
    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i])
            sink_recover(dag->sinks[i], cycle);
    outlets_recover(dag);
    for (size_t i = 0; i < dag->plan->subscriber_count; i++) {
        const struct dag_text *position = dag->start.positions ? &dag->start.positions[i] : NULL;
        if (dag->sources[i] && !source_recover(dag->sources[i], position ? position->text : NULL,
                                               position ? position->size : 0))
            return dag_error_set_memory(err, "a position");
    }
    return true;
}

/* What is kept decides where the DAG goes on. Waits for the disk. */
static bool keep_locked(struct dag *dag, struct dag_error *err)
{
    struct durability *durability = dag->durability;
    const struct plan *plan = dag->plan;

    if (!durability) {
        if (plan->delivery == PLAN_EXACTLY_ONCE || plan->journal != PLAN_JOURNAL_NONE)
            return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                                 "DAG '%s' has a journal or exactly-once delivery, which need a "
                                 "data folder",
                                 plan->name);
        return outlets_may_lack(dag, err);
    }
    bool begun = durability->ops->begin(durability, &dag->start, err);
    if (begun && recover_parts(dag, err)) {
        host_keep(dag);
        return true;
    }
    struct dag_error ignored = {0};
    if (begun)
        durability->ops->end(durability, false, &ignored);
    set_failure(dag, NULL, err->message);
    dag_set_state_locked(dag, DAG_STATE_FAILED);
    return false;
}

static void wake_all(void *context)
{
    struct dag *dag = context;

    /* what is synced now may be acknowledged, though no sink has moved */
    for (size_t i = 0; i < dag->plan->subscriber_count; i++)
        if (dag->sources[i] && dag->sources[i]->plan->type->acknowledge)
            atomic_store(&dag->sources[i]->wants_acknowledge, true);
    dag_notify_all(dag);
    inject_notify(dag);
}

static void fail_all(void *context, const struct dag_error *err)
{
    dag_fail(context, NULL, err);
}

bool dag_keep(struct dag *dag, struct durability *durability, struct dag_error *err)
{
    assert(dag_phase(dag) == PHASE_STOPPED && !dag->durability);
    durability->wake = wake_all;
    durability->failed = fail_all;
    durability->context = dag;
    dag->durability = durability;
    dag->wants_watermark = true;
    if (!outlets_make(dag, err))
        return false;
    if (dag->plan->errors >= 0 || !durability->letters)
        return true;
    dag->sinks[dag->plan->publisher_count] = sink_new(dag, durability->letters, err);
    return dag->sinks[dag->plan->publisher_count] != NULL;
}

/* ---- orders ---- */

static bool start(struct dag *dag, bool is_suspended, struct dag_error *err)
{
    bool done = true, started = false;

    pthread_mutex_lock(&dag->lock);
    if (state_of(dag) == DAG_STATE_STOPPING) {
        done = dag_error_set(err, DAG_ERROR_LIMIT, "DAG '%s' is still stopping", dag->plan->name);
        err->retryable = true;
    } else if (dag_phase(dag) == PHASE_STOPPED) {
        reset(dag);
        done = keep_locked(dag, err) && start_threads(dag, err);
        if (done) {
            atomic_fetch_add(&dag->generation, 1);
            atomic_store(&dag->suspended, is_suspended);
            dag->final = DAG_STATE_STOPPED;
            dag_set_phase_locked(dag, PHASE_OPENING);
            dag_set_state_locked(dag, is_suspended ? DAG_STATE_SUSPENDED : DAG_STATE_RUNNING);
            started = true;
        } else {
            end_threads(dag);
        }
    }
    pthread_mutex_unlock(&dag->lock);
    if (started)
        dag_notify_all(dag);
    return done;
}

bool dag_start(struct dag *dag, struct dag_error *err)
{
    return start(dag, false, err);
}

bool dag_start_suspended(struct dag *dag, struct dag_error *err)
{
    return start(dag, true, err);
}

void dag_stop(struct dag *dag, bool drain)
{
    pthread_mutex_lock(&dag->lock);
    enum phase phase = dag_phase(dag);
    bool changed = phase != PHASE_STOPPED && phase != PHASE_CLOSING;
    if (changed) {
        dag_set_state_locked(dag, DAG_STATE_STOPPING);
        atomic_store(&dag->suspended, false);
        atomic_store(&dag->is_swap, false);
        dag->swap_is_due = false;
        if (phase != PHASE_DRAINING || !drain)
            dag->final = DAG_STATE_STOPPED;
        /* what is kept has not run yet: the next start finds it as this one did */
        bool is_untouched = phase == PHASE_OPENING && dag->durability;
        if (!drain || is_untouched)
            dag_set_phase_locked(dag, PHASE_CLOSING);
        else if (phase != PHASE_DRAINING)
            dag_set_phase_locked(dag, PHASE_DRAINING);
    }
    pthread_mutex_unlock(&dag->lock);
    if (changed)
        dag_notify_all(dag);
}

void dag_suspend(struct dag *dag)
{
    pthread_mutex_lock(&dag->lock);
    bool changed = state_of(dag) == DAG_STATE_RUNNING &&
                   (dag_phase(dag) == PHASE_OPENING || dag_phase(dag) == PHASE_RUNNING);
    if (changed) {
        dag_set_state_locked(dag, DAG_STATE_SUSPENDED);
        atomic_store(&dag->suspended, true);
    }
    pthread_mutex_unlock(&dag->lock);
    if (changed)
        dag_notify_all(dag);
}

void dag_resume(struct dag *dag)
{
    pthread_mutex_lock(&dag->lock);
    bool changed = state_of(dag) == DAG_STATE_SUSPENDED;
    if (changed) {
        dag_set_state_locked(dag, DAG_STATE_RUNNING);
        atomic_store(&dag->suspended, false);
    }
    pthread_mutex_unlock(&dag->lock);
    if (changed)
        dag_notify_all(dag);
}

void dag_fail(struct dag *dag, const char *component, const struct dag_error *err)
{
    pthread_mutex_lock(&dag->lock);
    enum phase phase = dag_phase(dag);
    bool changed = phase != PHASE_STOPPED && phase != PHASE_CLOSING;
    if (changed) {
        set_failure(dag, component, err->message);
        dag_set_state_locked(dag, DAG_STATE_STOPPING);
        dag->final = DAG_STATE_FAILED;
        dag_set_phase_locked(dag, PHASE_CLOSING);
    }
    pthread_mutex_unlock(&dag->lock);
    log_write(DAG_LOG_ERROR, dag->plan->name, component, "%s", err->message);
    if (changed)
        dag_notify_all(dag);
}

/* ---- waiting ---- */

static bool is_over(enum dag_state state)
{
    return state == DAG_STATE_STOPPED || state == DAG_STATE_ENDED || state == DAG_STATE_FAILED;
}

enum dag_state dag_state(const struct dag *dag)
{
    return state_of(dag);
}

void dag_failure(const struct dag *dag, char *text, size_t size)
{
    struct dag *mine = (struct dag *)(uintptr_t)dag; /* for its lock */

    pthread_mutex_lock(&mine->failure_lock);
    snprintf(text, size, "%s", state_of(dag) == DAG_STATE_FAILED ? mine->failure : "");
    pthread_mutex_unlock(&mine->failure_lock);
}

bool dag_wait(struct dag *dag, int64_t timeout_us)
{
    if (scheduler_is_by_hand(dag->runtime->scheduler)) {
        while (!is_over(dag_state(dag)) && runtime_turn(dag->runtime) > 0)
            ;
        return is_over(dag_state(dag));
    }
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (timeout_us >= 0) {
        int64_t nanoseconds = end.tv_nsec + timeout_us % 1000000 * 1000;
        end.tv_sec += timeout_us / 1000000 + nanoseconds / 1000000000;
        end.tv_nsec = nanoseconds % 1000000000;
    }
    int number = 0;
    pthread_mutex_lock(&dag->lock);
    while (!is_over(state_of(dag)) && number != ETIMEDOUT)
        number = timeout_us < 0 ? pthread_cond_wait(&dag->changed, &dag->lock)
                                : pthread_cond_timedwait(&dag->changed, &dag->lock, &end);
    bool over = is_over(state_of(dag));
    pthread_mutex_unlock(&dag->lock);
    return over;
}

/* ---- what its parts ask for ---- */

int64_t dag_monotonic_now(const struct dag *dag)
{
    return dag->runtime->clock->monotonic_us(dag->runtime->clock);
}

int64_t dag_realtime_now(const struct dag *dag)
{
    return dag->runtime->clock->realtime_us(dag->runtime->clock);
}

int64_t dag_retry_delay(struct dag *dag, uint32_t failures, int64_t min_us, int64_t max_us)
{
    uint64_t random = atomic_fetch_add(&dag->runtime->random, 0x9e3779b97f4a7c15u);

    if (min_us <= 0)
        min_us = RETRY_MIN_US;
    if (max_us < min_us)
        max_us = min_us > RETRY_MAX_US ? min_us : RETRY_MAX_US;
    int64_t delay = min_us;
    while (failures-- > 0 && delay < max_us)
        delay = delay > max_us / 2 ? max_us : delay * 2;
    random = (random ^ random >> 32) * 0xd6e8feb86659fd93u;
    return delay - (int64_t)((random >> 33) % (uint64_t)(delay / 2 + 1));
}

uint64_t dag_watermark(const struct dag *dag)
{
    uint64_t watermark = atomic_load(&dag->cycles.last_cycle);

    for (size_t i = 0; i < dag_front_count(dag); i++) {
        if (!dag->sinks[i])
            continue;
        uint64_t safe = sink_safe_cycle(dag->sinks[i]);
        watermark = safe < watermark ? safe : watermark;
    }
    return watermark;
}

uint64_t dag_ordered(const struct dag *dag)
{
    return dag->durability ? dag->durability->ops->ordered(dag->durability) : UINT64_MAX;
}

void dag_hurry_order(struct dag *dag)
{
    if (dag->durability && dag->durability->ops->hurry)
        dag->durability->ops->hurry(dag->durability);
}

uint64_t dag_forgettable(const struct dag *dag)
{
    return dag->durability ? dag->durability->ops->forgettable(dag->durability)
                           : dag_watermark(dag);
}

void dag_update_watermark(struct dag *dag)
{
    if (!dag->wants_watermark)
        return;
    uint64_t watermark = dag_watermark(dag);
    uint64_t old = atomic_load(&dag->watermark);
    do {
        if (old >= watermark)
            return;
    } while (!atomic_compare_exchange_weak(&dag->watermark, &old, watermark));
    if (dag->durability)
        dag->durability->ops->watermark(dag->durability, watermark);
    for (size_t i = 0; i < dag->plan->subscriber_count; i++) {
        struct source *source = dag->sources[i];
        if (!source || !source->plan->type->acknowledge)
            continue;
        atomic_store(&source->wants_acknowledge, true);
        actor_notify_later(&source->actor);
    }
}

void dag_print_letters(const struct dag *dag, const struct dag_row *rows, size_t count)
{
    struct dag_buffer text = {0};

    if (dag_json_write_lines(&text, rows, count))
        log_raw(text.bytes, text.size);
    else
        log_write(DAG_LOG_ERROR, dag->plan->name, NULL, "%zu dead letters are lost: no memory",
                  count);
    dag_buffer_free(&text);
}

void dag_drop(struct dag *dag, const char *cause, uint64_t count)
{
    size_t i = 0;
    const size_t last = sizeof(dag->dropped) / sizeof(dag->dropped[0]) - 1;

    pthread_mutex_lock(&dag->dropped_lock);
    while (i < dag->dropped_count &&
           strncmp(dag->dropped[i].cause, cause, sizeof(dag->dropped[i].cause) - 1) != 0)
        i++;
    if (i > last)
        i = last;
    if (i == dag->dropped_count) {
        snprintf(dag->dropped[i].cause, sizeof(dag->dropped[i].cause), "%s",
                 i == last ? "other" : cause);
        dag->dropped_count++;
    }
    dag->dropped[i].count += count;
    pthread_mutex_unlock(&dag->dropped_lock);
}
