/* letters.c - see letters.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/letters.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/batch.h"
#include "core/hidden.h"
#include "core/log.h"
#include "runtime/dag.h"

void letters_reject(struct host *host, size_t row, const char *reason)
{
    struct sink *sink = (struct sink *)((char *)host - offsetof(struct sink, host));

    if (sink->rejected_count == sink->rejected_capacity) {
        size_t capacity = sink->rejected_capacity ? sink->rejected_capacity * 2 : 4;
        struct rejected *rejected = realloc(sink->rejected, capacity * sizeof(*rejected));
        if (!rejected) {
            log_write(DAG_LOG_ERROR, sink->dag->plan->name, sink->plan->name,
                      "no memory for a dead letter: %s", reason);
            return;
        }
        sink->rejected = rejected;
        sink->rejected_capacity = capacity;
    }
    struct rejected *place = &sink->rejected[sink->rejected_count++];
    place->row = row;
    snprintf(place->reason, sizeof(place->reason), "%s", reason);
    hidden_mask(place->reason); /* the other side may have told what it was sent */
}

static bool append(struct sink *sink, const struct dag_delivery *delivery,
                   const struct rejected *rejected, struct dag_batch *batch, struct dag_error *err)
{
    struct engine_letter letter = {
        .cause = "publish",
        .publisher = sink->plan->name,
        .cycle = delivery->cycles[rejected->row],
        .time_us = dag_realtime_now(sink->dag),
        .message = rejected->reason,
        .input = &delivery->rows[rejected->row],
    };
    struct dag_row row;

    return engine_letter_row(sink->dag->plan->name, &letter, batch, &row, err) &&
           (batch_push(batch, row, (struct dag_origin){0}) || dag_error_set_memory(err, "a row"));
}

/* `errors` itself, or what stands behind its spill log. */
static bool is_of_errors(const struct sink *sink)
{
    const struct sink *errors = dag_errors_sink(sink->dag);

    return sink == errors || (sink->outlet && sink->outlet->front == errors);
}

static bool send(struct sink *sink, struct dag_batch *batch)
{
    struct sink *errors = dag_errors_sink(sink->dag);

    if (errors && !is_of_errors(sink))
        return sink_push_letters(errors, batch, &sink->letters_pushed);
    dag_print_letters(sink->dag, dag_batch_rows(batch), dag_batch_row_count(batch));
    return true;
}

size_t letters_send(struct sink *sink, const struct dag_delivery *delivery, size_t written)
{
    struct dag_error err = {0};
    size_t count = 0;

    if (sink->rejected_count == 0)
        return 0;
    struct dag_batch *batch = batch_new(sink->dag->account, 0, SIZE_MAX, SIZE_MAX);
    bool done = batch != NULL || dag_error_set_memory(&err, "dead letters");
    for (size_t i = 0; i < sink->rejected_count; i++) {
        if (sink->rejected[i].row >= written) /* it comes again */
            continue;
        count++;
        if (done && batch)
            done = append(sink, delivery, &sink->rejected[i], batch, &err);
    }
    if (count > 0 && (!done || !send(sink, batch)))
        log_write(DAG_LOG_ERROR, sink->dag->plan->name, sink->plan->name,
                  "%zu dead letters are lost: %s", count, err.message);
    dag_batch_unref(batch);
    atomic_fetch_add_explicit(&sink->dead_letters, count, memory_order_relaxed);
    if (count > 0)
        sink_tell_trouble(sink, sink->rejected[0].reason, count);
    return count;
}

bool letters_have_room(struct sink *sink)
{
    struct sink *errors = dag_errors_sink(sink->dag);

    if (!errors || is_of_errors(sink))
        return true;
    if (sink_has_room(errors))
        return true;
    atomic_store(&sink->letters_wait, true);
    return sink_has_room(errors); /* it may have got room just before */
}

void letters_passed(struct dag *dag)
{
    for (size_t i = 0; i < dag->sink_count; i++) {
        struct sink *sink = dag->sinks[i];
        if (sink && atomic_load(&sink->letters_wait))
            actor_notify(&sink->actor);
    }
}

bool letters_are_over(struct sink *sink, uint32_t drain)
{
    struct dag *dag = sink->dag;

    if (sink != dag_errors_sink(dag))
        return true;
    for (size_t i = 0; i < dag->sink_count; i++) {
        struct sink *other = dag->sinks[i];
        /* behind a spill log it need not be over before a swap: what it refuses then comes again */
        if (other && !is_of_errors(other) && !(other->outlet && atomic_load(&dag->is_swap)) &&
            atomic_load(&other->drained) != drain)
            return false;
    }
    return true;
}
