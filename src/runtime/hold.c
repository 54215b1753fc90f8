/* hold.c - see hold.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/hold.h"

#include <string.h>

#include "core/batch.h"
#include "runtime/dag.h"

#define HELD_ROWS_MAX     65536
#define HELD_BYTES_MAX    ((size_t)16 << 20)
#define SEGMENT_BYTES_MAX (256u << 10)
#define FIRST_CYCLES      8

bool hold_has_room(struct sink *sink)
{
    return sink->held.row_count < HELD_ROWS_MAX && sink->held.size < HELD_BYTES_MAX;
}

/* An array for the cycles of one more row, in the batch's arena like the rows themselves. */
static uint64_t *grow_cycles(struct dag_batch *batch, const uint64_t *cycles, size_t count)
{
    if (count > 0 && (count < FIRST_CYCLES || (count & (count - 1)) != 0))
        return (uint64_t *)(uintptr_t)cycles;
    size_t capacity = count ? count * 2 : FIRST_CYCLES;
    uint64_t *grown = batch_alloc(batch, capacity * sizeof(*grown));
    if (grown && count > 0)
        memcpy(grown, cycles, count * sizeof(*grown));
    return grown;
}

/* The batch that the next row goes into. False: out of memory. */
static bool open_segment(struct sink *sink)
{
    struct queue_item *tail = queue_tail(&sink->held);

    /* one that was handed out in part is read by others */
    if (tail && tail->first == 0 && batch_room(tail->batch) > 0)
        return true;
    struct dag_batch *batch =
        batch_new(sink->dag->account, 0, DAG_BATCH_ROWS_MAX, SEGMENT_BYTES_MAX);
    if (!batch || !queue_reserve(&sink->held, 1)) {
        dag_batch_unref(batch);
        return false;
    }
    queue_push(&sink->held,
               (struct queue_item){.batch = batch, .since_us = sink->incoming.since_us});
    return true;
}

static bool hold_row(struct sink *sink, const struct dag_row *row, uint64_t cycle,
                     struct dag_error *err)
{
    struct dag_row copy;

    if (!open_segment(sink))
        return dag_error_set_memory(err, "held rows");
    struct queue_item *tail = queue_tail(&sink->held);
    uint64_t *cycles = grow_cycles(tail->batch, tail->cycles, tail->end);
    if (!cycles || !dag_batch_copy_row(tail->batch, row, &copy, err) ||
        !batch_push(tail->batch, copy, (struct dag_origin){0}))
        return dag_error_set_memory(err, "held rows");
    cycles[tail->end] = cycle;
    queue_tail_grew(&sink->held, cycles);
    return true;
}

bool hold_incoming(struct sink *sink, struct dag_error *err)
{
    struct queue_item *item = &sink->incoming;

    for (; item->first < item->end; item->first++)
        if (!hold_row(sink, &item->rows[item->first], item->cycles[item->first], err))
            return false;
    sink->held_mark = item->mark;
    dag_batch_unref(item->batch);
    *item = (struct queue_item){0};
    return true;
}

static void set_timer(struct sink *sink)
{
    int64_t interval = sink->plan->publish_interval_us;
    int64_t passed = dag_monotonic_now(sink->dag) - sink->opened_at_us;

    if (sink->interval_set || sink->held.row_count == 0)
        return;
    sink->interval_set = true;
    loop_timer_set(sink->dag->runtime->loop, &sink->interval,
                   sink->opened_at_us + (passed / interval + 1) * interval);
}

static void decide(struct sink *sink)
{
    size_t held = sink->held.row_count;
    size_t batch_size = (size_t)sink->plan->batch_size;

    if (atomic_exchange(&sink->interval_passed, false)) {
        sink->interval_set = false;
        sink->released = held;
    }
    if (batch_size > 0 && held - sink->released >= batch_size)
        sink->released += (held - sink->released) / batch_size * batch_size;
    if (!hold_has_room(sink) || dag_phase(sink->dag) == PHASE_DRAINING)
        sink->released = held;
}

bool hold_release(struct sink *sink)
{
    struct queue *held = &sink->held;

    decide(sink);
    if (sink->released == 0) {
        set_timer(sink);
        return false;
    }
    struct queue_item *head = queue_head(held);
    size_t count = head->end - head->first;
    if (count <= sink->released) {
        sink->current = queue_pop(held);
    } else {
        count = sink->released;
        sink->current = *head;
        dag_batch_ref(sink->current.batch);
        sink->current.end = head->first + (uint32_t)count;
        queue_drop(held, count);
    }
    sink->released -= count;
    head = queue_head(held);
    if (!head && sink->incoming.batch)
        head = &sink->incoming;
    sink->current.mark = head ? head->cycles[head->first] - 1 : sink->held_mark;
    return true;
}
