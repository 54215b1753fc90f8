/* inject.c - see inject.h and dag_inject() of runtime.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/inject.h"

#include <stdlib.h>
#include <string.h>

#include "core/batch.h"
#include "runtime/dag.h"

void injections_init(struct injections *injections)
{
    pthread_mutex_init(&injections->order, NULL);
    injections->last = &injections->first;
}

void injections_deinit(struct injections *injections)
{
    dag_json_parser_free(injections->parser);
    pthread_mutex_destroy(&injections->order);
}

/* ---- what has become of them ---- */

void injections_note_gone_locked(struct source *source, uint64_t gone_before, uint64_t cycle)
{
    uint64_t gone = source->queue.rows_gone;

    for (struct injection *i = source->injections.first; i && i->first_row < gone; i = i->next) {
        if (i->end_row <= gone_before)
            continue;
        if (cycle == 0)
            i->is_dropped = true;
        if (i->end_row <= gone)
            i->cycle = cycle > 0 ? cycle : 1;
    }
}

/* Takes those off whose fate is known: those up to `safe_cycle` and those that were dropped; all
 * when the DAG has stopped. */
static struct injection *take_known(struct source *source, uint64_t safe_cycle, bool has_stopped)
{
    struct injection *known = NULL, **end = &known;

    pthread_mutex_lock(&source->lock);
    for (struct injection **link = &source->injections.first; *link;) {
        struct injection *i = *link;
        if (i->is_open ||
            (!has_stopped && (i->cycle == 0 || (i->cycle > safe_cycle && !i->is_dropped)))) {
            link = &i->next;
            continue;
        }
        *link = i->next;
        i->next = NULL;
        *end = i;
        end = &i->next;
    }
    source->injections.last = &source->injections.first;
    while (*source->injections.last)
        source->injections.last = &(*source->injections.last)->next;
    pthread_mutex_unlock(&source->lock);
    return known;
}

static void tell(struct source *source, struct injection *injection, uint64_t safe_cycle)
{
    struct dag_error failure = {0};
    const char *name = source->plan->name;

    if (injection->is_dropped)
        dag_error_set(&failure, DAG_ERROR_LIMIT,
                      "the 'overflow' of subscriber '%.80s' dropped some of the messages", name);
    else if (injection->cycle == 0)
        dag_error_set(&failure, DAG_ERROR_LIMIT,
                      "DAG '%.80s' stopped before it took all of the messages",
                      source->dag->plan->name);
    else if (injection->cycle > safe_cycle)
        dag_error_set(&failure, DAG_ERROR_IO,
                      "DAG '%.80s' stopped before its journal had all of the messages",
                      source->dag->plan->name);
    failure.retryable = failure.code != DAG_ERROR_NONE;
    injection->done(injection->context, failure.code == DAG_ERROR_NONE,
                    failure.code == DAG_ERROR_NONE ? NULL : &failure);
}

static void tell_all(struct dag *dag, bool has_stopped)
{
    uint64_t safe_cycle = dag_forgettable(dag);

    for (size_t i = 0; i < dag->plan->subscriber_count; i++) {
        struct source *source = dag->sources ? dag->sources[i] : NULL;
        struct injection *known = source ? take_known(source, safe_cycle, has_stopped) : NULL;
        while (known) {
            struct injection *next = known->next;
            atomic_fetch_sub(&dag->injections_waiting, 1);
            tell(source, known, safe_cycle);
            free(known);
            known = next;
        }
    }
}

static bool run(struct actor *actor)
{
    struct dag *dag = (struct dag *)((char *)actor - offsetof(struct dag, injector));

    if (atomic_load(&dag->injections_waiting) > 0)
        tell_all(dag, dag_phase(dag) == PHASE_STOPPED);
    return false;
}

void inject_init(struct dag *dag)
{
    actor_init(&dag->injector, dag->runtime->scheduler, run);
}

void inject_notify(struct dag *dag)
{
    if (atomic_load(&dag->injections_waiting) > 0)
        actor_notify(&dag->injector);
}

void inject_end(struct dag *dag)
{
    if (!dag->injector.run)
        return;
    actor_wait_idle(&dag->injector);
    if (atomic_load(&dag->injections_waiting) > 0)
        tell_all(dag, true);
}

/* ---- taking them ---- */

static bool refuse(struct dag_error *err, const char *name, const char *why)
{
    return dag_error_set(err, DAG_ERROR_UNSUPPORTED, "subscriber '%.80s' takes no messages: %s",
                         name, why);
}

static bool is_possible(const struct dag *dag, int32_t subscriber, struct dag_error *err)
{
    const struct plan *plan = dag->plan;
    const char *name = plan->subscribers[subscriber].name;

    if (!dag->sources[subscriber])
        return refuse(err, name, "no node reads it");
    if (plan->journal == PLAN_JOURNAL_ORDER)
        return refuse(
            err, name,
            "a journal of depth 'order' could not bring them again in a recovery; publish "
            "to its source, or use depth 'events'");
    if (plan->delivery == PLAN_EXACTLY_ONCE && plan->journal == PLAN_JOURNAL_NONE)
        return refuse(err, name,
                      "an exactly-once DAG without a journal could not bring them again in a "
                      "recovery; publish to its source, or add a journal of depth 'events'");
    return true;
}

static bool not_now(struct dag_error *err, const char *what, const char *name, const char *why)
{
    dag_error_set(err, DAG_ERROR_LIMIT, "%s '%.80s' %s", what, name, why);
    err->retryable = true;
    return false;
}

/* With the source's lock: a stop that comes later finds what is put in. */
static bool is_taking_locked(const struct source *source, struct dag_error *err)
{
    const struct dag *dag = source->dag;
    const char *name = dag->plan->name;

    if (dag_phase(dag) != PHASE_RUNNING)
        return not_now(err, "DAG", name, "isn't running");
    if (atomic_load(&dag->suspended))
        return not_now(err, "DAG", name, "is suspended");
    if (dag->durability && !cycles_are_live(&dag->cycles))
        return not_now(err, "DAG", name, "is still recovering");
    return true;
}

/* How many messages fit; 0: `err`. */
static size_t room(struct source *source, struct dag_error *err)
{
    size_t result = 0;

    pthread_mutex_lock(&source->lock);
    if (is_taking_locked(source, err)) {
        result = source_room_locked(source);
        if (result == 0)
            not_now(err, "the queue of subscriber", source->plan->name, "is full");
    }
    pthread_mutex_unlock(&source->lock);
    if (result > 0 && memory_account_is_full(source->dag->account)) {
        not_now(err, "DAG", source->dag->plan->name, "is at its 'memory_limit'");
        return 0;
    }
    return result;
}

/* Parses messages into `batch` until one is wrong or the batch is full. False: `err` is of the next
 * one. */
static bool parse(struct source *source, const struct dag_text *messages, size_t count,
                  struct dag_batch *batch, struct dag_error *err)
{
    struct injections *mine = &source->injections;

    for (size_t i = 0; i < count && batch_room(batch) > 0; i++) {
        struct dag_origin origin = {.lane = INJECT_LANE, .offset = mine->offset + 1};
        if (!dag_json_parse(mine->parser, batch, messages[i].text, messages[i].size, origin, err))
            return false;
        uint32_t last = batch->row_count - 1;
        if (batch->origins[last].flags & DAG_ORIGIN_REJECTED) {
            const struct dag_value *reason = &batch->rows[last].values[1];
            dag_error_set(err, DAG_ERROR_PARSE, "%.*s", (int)reason->size, reason->as.text);
            batch->row_count--;
            return false;
        }
        mine->offset++;
    }
    return true;
}

/* Puts the rows behind the others. False: `err`. */
static bool push(struct source *source, struct dag_batch *batch, struct injection *injection,
                 struct dag_error *err)
{
    struct queue *queue = &source->queue;
    struct dag *dag = source->dag;

    atomic_store_explicit(&dag->idle, false, memory_order_seq_cst);
    pthread_mutex_lock(&source->lock);
    bool done = is_taking_locked(source, err) &&
                (queue_reserve(queue, 1) || dag_error_set_memory(err, "messages"));
    if (done) {
        uint64_t first_row = queue->rows_gone + queue->row_count;
        queue_push(queue, (struct queue_item){.batch = dag_batch_ref(batch),
                                              .rows = dag_batch_rows(batch),
                                              .end = batch->row_count,
                                              .since_us = dag_monotonic_now(dag)});
        if (injection && injection->end_row == 0) {
            injection->first_row = first_row;
            *source->injections.last = injection;
            source->injections.last = &injection->next;
            atomic_fetch_add(&dag->injections_waiting, 1);
        }
        if (injection) {
            injection->end_row = first_row + batch->row_count;
            injection->cycle = 0;
        }
        atomic_fetch_add_explicit(&source->receive_count, batch->row_count, memory_order_relaxed);
        atomic_store_explicit(&source->last_receive_us, dag_realtime_now(dag),
                              memory_order_relaxed);
    }
    pthread_mutex_unlock(&source->lock);
    return done;
}

static void count_duplicate_keys(struct source *source)
{
    struct injections *mine = &source->injections;
    uint64_t count = dag_json_parser_duplicate_keys(mine->parser);

    atomic_fetch_add_explicit(&source->host.duplicate_keys, count - mine->duplicate_keys,
                              memory_order_relaxed);
    mine->duplicate_keys = count;
}

/* Takes as many as make one batch. Returns how many; `err` is set when the next one can't be taken.
 */
static size_t take_some(struct source *source, const struct dag_text *messages, size_t count,
                        struct injection *injection, struct dag_error *err)
{
    size_t fits = room(source, err), taken = 0;

    if (fits == 0)
        return 0;
    if (fits > count)
        fits = count;
    if (fits > source->dag->runtime->batch_rows)
        fits = source->dag->runtime->batch_rows;
    struct dag_batch *batch = batch_new(source->dag->account, 0, fits, BATCH_BYTES_MAX);
    if (!batch) {
        dag_error_set_memory(err, "messages");
        return 0;
    }
    parse(source, messages, fits, batch, err);
    count_duplicate_keys(source);
    struct dag_error why = {0};
    if (batch->row_count > 0) {
        if (push(source, batch, injection, &why))
            taken = batch->row_count;
        else
            *err = why; /* the first that isn't taken is an earlier one */
    }
    dag_batch_unref(batch);
    return taken;
}

static size_t take_in_order(struct source *source, const struct dag_text *messages, size_t count,
                            struct injection *injection, struct dag_error *err)
{
    size_t taken = 0;

    pthread_mutex_lock(&source->injections.order);
    if (!source->injections.parser)
        source->injections.parser = dag_json_parser_new(0);
    if (!source->injections.parser)
        dag_error_set_memory(err, "a parser");
    while (taken < count && err->code == DAG_ERROR_NONE)
        taken += take_some(source, messages + taken, count - taken, injection, err);
    pthread_mutex_unlock(&source->injections.order);
    if (taken > 0)
        actor_notify(&source->dag->cycles.actor);
    return taken;
}

static void close_injection(struct source *source, struct injection *injection)
{
    pthread_mutex_lock(&source->lock);
    injection->is_open = false;
    pthread_mutex_unlock(&source->lock);
    inject_notify(source->dag); /* it may be known already */
}

bool dag_inject(struct dag *dag, int32_t subscriber, const struct dag_text *messages, size_t count,
                dag_injected done, void *context, size_t *accepted, struct dag_error *err)
{
    bool is_awaited = dag->plan->ack == PLAN_ACK_JOURNAL;
    struct injection *injection = NULL;

    *accepted = 0;
    *err = (struct dag_error){0};
    if (!is_possible(dag, subscriber, err))
        return false;
    if (is_awaited && count > 0) {
        injection = calloc(1, sizeof(*injection));
        if (!injection)
            return dag_error_set_memory(err, "messages");
        injection->done = done;
        injection->context = context;
        injection->is_open = true;
    }
    struct source *source = dag->sources[subscriber];
    *accepted = take_in_order(source, messages, count, injection, err);
    if (err->code == DAG_ERROR_PARSE)
        dag_error_add_context(err, "message %zu", *accepted + 1);
    if (injection && *accepted == 0)
        free(injection);
    else if (injection)
        close_injection(source, injection);
    else if (*accepted > 0)
        done(context, false, NULL);
    return err->code == DAG_ERROR_NONE;
}
