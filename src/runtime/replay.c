/* replay.c - see replay.h.
 *
 * A journaled step says how many events each node took and where they came from. It may be run in
 * several parts, as the sources bring their rows in other batches now; that makes no difference to
 * the results. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/replay.h"

#include <inttypes.h>
#include <string.h>

#include "runtime/dag.h"

static enum replay_outcome fail(struct cycles *cycles, const char *subscriber,
                                struct dag_error *err)
{
    dag_fail(cycles->dag, subscriber, err);
    return REPLAY_FAILED;
}

/* How many of the next `slots` slots have an event for that event node. */
static uint32_t events_of(const struct replay *replay, size_t node, uint32_t slots)
{
    uint32_t count = replay->step.counts[node];
    uint32_t left = count > replay->done ? count - replay->done : 0;

    return left < slots ? left : slots;
}

static bool is_read_again(const struct replay *replay, size_t node)
{
    return replay->step.counts[node] > 0 && (!replay->step.batches || !replay->step.batches[node]);
}

/* Rows that the nodes of a source take in the next `slots` slots. */
static size_t rows_of(const struct cycles *cycles, size_t intake, uint32_t slots)
{
    const struct replay *replay = &cycles->replay;
    size_t rows = 0;

    for (size_t i = 0; i < cycles->reader_count; i++)
        if (cycles->readers[i].intake == intake && is_read_again(replay, i))
            rows += events_of(replay, i, slots);
    return rows;
}

/* What the source has to bring next. */
static const struct dag_origin *expected_origin(const struct cycles *cycles, size_t intake)
{
    const struct replay *replay = &cycles->replay;

    for (size_t i = 0; i < cycles->reader_count; i++)
        if (cycles->readers[i].intake == intake && cycles->readers[i].turn == 0)
            return &replay->step.origins[i][replay->done];
    return NULL;
}

static bool same_place(const struct dag_origin *a, const struct dag_origin *b)
{
    return a->lane == b->lane && a->offset == b->offset;
}

/* Drops rows in front that a policy had dropped then too: the journal passes over them. */
static enum replay_outcome skip_dropped(struct cycles *cycles, size_t intake)
{
    struct source *source = cycles->intakes[intake].source;
    const struct dag_origin *expected = expected_origin(cycles, intake);
    struct dag_origin origin;
    struct dag_error err = {0};

    while (expected && source_peek(source, &origin)) {
        if (same_place(&origin, expected))
            return REPLAY_RUN;
        if (source->plan->overflow == PLAN_OVERFLOW_BLOCK || origin.offset > expected->offset) {
            dag_error_set(&err, DAG_ERROR_INVALID,
                          "it brings other events than the journal says (position %" PRIu64
                          " instead of %" PRIu64 "); was the source changed?",
                          origin.offset, expected->offset);
            return fail(cycles, source->plan->name, &err);
        }
        source_skip(source, 1);
    }
    return REPLAY_WAIT;
}

/* Fewer slots when a source has not enough rows for all. 0: wait. */
static enum replay_outcome limit_slots(struct cycles *cycles, uint32_t *slots)
{
    for (size_t i = 0; i < cycles->intake_count; i++) {
        struct intake *intake = &cycles->intakes[i];
        if (rows_of(cycles, i, *slots) == 0)
            continue;
        enum replay_outcome outcome = skip_dropped(cycles, i);
        if (outcome == REPLAY_FAILED)
            return outcome;
        source_look(intake->source, &intake->view);
        while (*slots > 0 && rows_of(cycles, i, *slots) > intake->view.head_count)
            --*slots;
        if (*slots > 0)
            continue;
        if (intake->view.is_busy || intake->view.row_count > intake->view.head_count ||
            source_may_bring(intake->source))
            return REPLAY_WAIT;
        struct dag_error err = {0};
        dag_error_set(&err, DAG_ERROR_INVALID,
                      "it no longer has the events that the journal says were taken up to cycle "
                      "%" PRIu64,
                      cycles->replay.step.first_cycle + cycles->replay.step.slot_count - 1);
        return fail(cycles, intake->source->plan->name, &err);
    }
    return REPLAY_RUN;
}

static bool check_origins(struct cycles *cycles, size_t node, const struct engine_input *input)
{
    const struct replay *replay = &cycles->replay;
    const struct dag_origin *origins = dag_batch_origins(input->batch);

    for (uint32_t i = 0; i < input->count; i++)
        if (!same_place(&origins[input->first + i * input->stride],
                        &replay->step.origins[node][replay->done + i]))
            return false;
    return true;
}

static void take(struct cycles *cycles, uint32_t slots, uint64_t last_cycle)
{
    for (size_t i = 0; i < cycles->intake_count; i++) {
        struct intake *intake = &cycles->intakes[i];
        size_t rows = rows_of(cycles, i, slots);
        intake->item = (struct queue_item){0};
        if (rows > 0)
            source_take(intake->source, rows, last_cycle, &intake->item);
    }
}

/* False: a source brought other rows. */
static bool fill_inputs(struct cycles *cycles, uint32_t slots, size_t *bad_node)
{
    const struct replay *replay = &cycles->replay;

    for (size_t i = 0; i < cycles->reader_count; i++) {
        const struct reader *reader = &cycles->readers[i];
        const struct intake *intake = &cycles->intakes[reader->intake];
        uint32_t count = events_of(replay, i, slots);
        cycles->inputs[i] = (struct engine_input){0};
        if (count == 0)
            continue;
        if (!is_read_again(replay, i)) {
            cycles->inputs[i] = (struct engine_input){.batch = replay->step.batches[i],
                                                      .first = replay->done,
                                                      .count = count,
                                                      .stride = 1};
            continue;
        }
        cycles->inputs[i] = (struct engine_input){.batch = intake->item.batch,
                                                  .first = intake->item.first + reader->turn,
                                                  .count = count,
                                                  .stride = intake->source->reader_count};
        *bad_node = i;
        if (!check_origins(cycles, i, &cycles->inputs[i]))
            return false;
    }
    return true;
}

/* Sources that were held back read now. */
static void let_read(struct cycles *cycles, _Atomic bool *flag)
{
    if (atomic_exchange(flag, true))
        return;
    for (size_t i = 0; i < cycles->intake_count; i++)
        actor_notify(&cycles->intakes[i].source->actor);
}

static enum replay_outcome next_step(struct cycles *cycles)
{
    struct replay *replay = &cycles->replay;
    struct durability *durability = cycles->dag->durability;
    struct dag_error err = {0};

    if (replay->is_over)
        return REPLAY_OVER;
    if (replay->is_active)
        return REPLAY_RUN;
    replay->is_active = durability->ops->next_step(durability, &replay->step, &err);
    replay->done = 0;
    if (replay->is_active) {
        for (size_t i = 0; i < cycles->reader_count; i++)
            if (is_read_again(replay, i))
                let_read(cycles, &replay->reads_sources);
        return REPLAY_RUN;
    }
    if (err.code != DAG_ERROR_NONE)
        return fail(cycles, NULL, &err);
    let_read(cycles, &replay->is_over);
    actor_notify(&cycles->dag->control); /* a drain goes on */
    return REPLAY_OVER;
}

enum replay_outcome replay_compose(struct cycles *cycles)
{
    struct replay *replay = &cycles->replay;
    enum replay_outcome outcome = next_step(cycles);
    size_t bad_node = 0;

    if (outcome != REPLAY_RUN)
        return outcome;
    uint32_t slots = replay->step.slot_count - replay->done;
    if (slots > cycles->dag->runtime->batch_rows)
        slots = cycles->dag->runtime->batch_rows;
    outcome = limit_slots(cycles, &slots);
    if (outcome != REPLAY_RUN)
        return outcome;
    cycles->first_cycle = replay->step.first_cycle + replay->done;
    cycles->time_us = replay->step.time_us;
    cycles->since_us = dag_monotonic_now(cycles->dag);
    cycles->slot_count = slots;
    take(cycles, slots, cycles->first_cycle + slots - 1);
    if (!fill_inputs(cycles, slots, &bad_node)) {
        struct dag_error err = {0};
        const struct reader *reader = &cycles->readers[bad_node];
        dag_error_set(&err, DAG_ERROR_INVALID,
                      "it brings other events than the journal says; was the source changed?");
        return fail(cycles, cycles->intakes[reader->intake].source->plan->name, &err);
    }
    for (size_t i = 0; i < cycles->metronome_count; i++)
        cycles->ticks[i] = replay->done == 0 && replay->step.ticks && replay->step.ticks[i];
    return REPLAY_RUN;
}

void replay_advance(struct cycles *cycles, uint32_t slot_count)
{
    struct replay *replay = &cycles->replay;

    for (size_t i = 0; i < cycles->reader_count; i++) {
        uint32_t count = events_of(replay, i, slot_count);
        if (count > 0 && !is_read_again(replay, i))
            source_note_replayed(cycles->intakes[cycles->readers[i].intake].source,
                                 &replay->step.origins[i][replay->done], count);
    }
    replay->done += slot_count;
    if (replay->done >= replay->step.slot_count)
        replay->is_active = false;
}
