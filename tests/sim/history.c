/* history.c - see history.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch.h"

static void *need(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static uint64_t last_cycle_of(const struct history_step *step)
{
    return step->first_cycle + step->slot_count - 1;
}

static void step_free(struct history_step *step)
{
    for (size_t i = 0; i < step->event_count; i++)
        free(step->events[i].text);
    free(step->events);
    free(step->counts);
    free(step->ticks);
}

static void steps_clear(struct history_steps *steps)
{
    for (size_t i = 0; i < steps->count; i++)
        step_free(&steps->items[i]);
    steps->count = 0;
}

static void steps_add(struct history_steps *steps, struct history_step step)
{
    if (steps->count == steps->capacity) {
        steps->capacity = steps->capacity * 2 + 64;
        steps->items = need(realloc(steps->items, steps->capacity * sizeof(steps->items[0])));
    }
    steps->items[steps->count++] = step;
}

int32_t history_subscriber(const struct plan *plan, size_t input)
{
    for (size_t i = 0; i < plan->node_count; i++)
        if (plan->nodes[plan->order[i]].subscriber >= 0 && input-- == 0)
            return plan->nodes[plan->order[i]].subscriber;
    abort();
}

void history_init(struct history *history, const struct plan *plan)
{
    *history = (struct history){0};
    for (size_t i = 0; i < plan->node_count; i++) {
        history->input_count += plan->nodes[i].subscriber >= 0;
        history->metronome_count += plan->nodes[i].kind == PLAN_NODE_METRONOME;
    }
}

void history_deinit(struct history *history)
{
    steps_clear(&history->steps);
    steps_clear(&history->lost);
    free(history->steps.items);
    free(history->lost.items);
}

uint64_t history_last_cycle(const struct history *history)
{
    const struct history_steps *steps = &history->steps;

    return steps->count > 0 ? last_cycle_of(&steps->items[steps->count - 1]) : 0;
}

void history_begin(struct history *history, uint64_t cycle)
{
    struct history_steps before =
        history->lost; /* a life that ended early may not have seen them */
    size_t kept = 0;

    history->lost = (struct history_steps){0};
    while (kept < history->steps.count && last_cycle_of(&history->steps.items[kept]) <= cycle)
        kept++;
    for (size_t i = kept; i < history->steps.count; i++)
        steps_add(&history->lost, history->steps.items[i]);
    for (size_t i = 0; i < before.count; i++)
        steps_add(&history->lost, before.items[i]);
    free(before.items);
    history->steps.count = kept;
}

/* ---- replay ----------------------------------------------------------------------------- */

static void event_text(const struct dag_row *row, bool is_rejected, struct dag_buffer *out)
{
    bool is_done = is_rejected ? dag_buffer_append(out, row->values[0].as.text, row->values[0].size)
                               : dag_json_write_row(out, row);

    if (!is_done)
        abort();
}

/* Is event number `at` of a batch as it was? */
static bool same_event(struct sim *sim, const struct history_event *event,
                       const struct dag_batch *batch, size_t at)
{
    struct dag_buffer text = {0};
    const struct dag_row *row = &dag_batch_rows(batch)[at];
    bool is_rejected = (event->origin.flags & DAG_ORIGIN_REJECTED) != 0;

    if (is_rejected != ((dag_batch_origins(batch)[at].flags & DAG_ORIGIN_REJECTED) != 0))
        return sim_fail(sim, "a journaled message changed from good to rejected, or back");
    event_text(row, is_rejected, &text);
    bool is_same = text.size == event->size && memcmp(text.bytes, event->text, text.size) == 0;
    if (!is_same)
        sim_fail(sim, "a journaled message is %.*s instead of %.*s", (int)text.size, text.bytes,
                 (int)event->size, event->text);
    dag_buffer_free(&text);
    return is_same;
}

static bool same_events(const struct history *history, struct sim *sim,
                        const struct history_step *was, const struct durability_step *step)
{
    const struct history_event *event = was->events;

    for (size_t i = 0; i < history->input_count; i++)
        for (uint32_t k = 0; k < was->counts[i]; k++, event++) {
            if (step->origins[i][k].offset != event->origin.offset)
                return sim_fail(sim,
                                "cycle %" PRIu64 ", event node %zu, event %u: journaled at %" PRIu64
                                " instead of %" PRIu64,
                                was->first_cycle, i, k, step->origins[i][k].offset,
                                event->origin.offset);
            if (step->batches && step->batches[i] && !same_event(sim, event, step->batches[i], k))
                return false;
        }
    return true;
}

static bool same_step(const struct history *history, struct sim *sim,
                      const struct history_step *was, const struct durability_step *step)
{
    bool is_same = was->slot_count == step->slot_count && was->time_us == step->time_us;

    for (size_t i = 0; i < history->metronome_count; i++)
        is_same = is_same && was->ticks[i] == (step->ticks && step->ticks[i]);
    for (size_t i = 0; i < history->input_count; i++)
        is_same = is_same && was->counts[i] == step->counts[i];
    if (!is_same)
        return sim_fail(sim, "the journal has another step of cycle %" PRIu64, was->first_cycle);
    return same_events(history, sim, was, step);
}

bool history_replay(struct history *history, struct sim *sim, const struct durability_step *step)
{
    struct history_steps *lost = &history->lost;

    if (lost->count == 0)
        return sim_fail(sim, "the journal has cycle %" PRIu64 ", which never was",
                        step->first_cycle);
    if (lost->items[0].first_cycle != step->first_cycle)
        return sim_fail(sim, "the journal goes on with cycle %" PRIu64 " instead of %" PRIu64,
                        step->first_cycle, lost->items[0].first_cycle);
    if (!same_step(history, sim, &lost->items[0], step))
        return false;
    steps_add(&history->steps, lost->items[0]);
    lost->count--;
    memmove(lost->items, lost->items + 1, lost->count * sizeof(lost->items[0]));
    return true;
}

/* ---- recording -------------------------------------------------------------------------- */

static void copy_events(const struct engine_step *step, size_t input, struct history_event *out)
{
    const struct engine_input *in = &step->inputs[input];

    for (uint32_t k = 0; k < in->count; k++) {
        size_t at = in->first + (size_t)k * in->stride;
        struct dag_buffer text = {0};

        out[k].origin = dag_batch_origins(in->batch)[at];
        event_text(&dag_batch_rows(in->batch)[at], (out[k].origin.flags & DAG_ORIGIN_REJECTED) != 0,
                   &text);
        out[k].text = text.bytes;
        out[k].size = text.size;
    }
}

bool history_record(struct history *history, struct sim *sim, const struct engine_step *step)
{
    size_t done = 0;

    if (step->first_cycle <= history_last_cycle(history))
        return sim_fail(sim, "cycle %" PRIu64 " comes behind cycle %" PRIu64, step->first_cycle,
                        history_last_cycle(history));
    struct history_step made = {
        .first_cycle = step->first_cycle,
        .slot_count = step->slot_count,
        .time_us = step->time_us,
        .ticks = need(calloc(history->metronome_count + 1, sizeof(bool))),
        .counts = need(calloc(history->input_count + 1, sizeof(uint32_t))),
    };
    steps_clear(&history->lost);
    for (size_t i = 0; i < history->metronome_count; i++)
        made.ticks[i] = step->ticks && step->ticks[i];
    for (size_t i = 0; i < history->input_count; i++)
        made.event_count += made.counts[i] = step->inputs[i].count;
    made.events = need(calloc(made.event_count + 1, sizeof(made.events[0])));
    for (size_t i = 0; i < history->input_count; i++) {
        copy_events(step, i, made.events + done);
        done += made.counts[i];
    }
    sim->cycles += made.slot_count;
    sim->events += made.event_count;
    steps_add(&history->steps, made);
    if (history->cycle_max < last_cycle_of(&made))
        history->cycle_max = last_cycle_of(&made);
    return true;
}

/* ---- the undisturbed run ---------------------------------------------------------------- */

static struct dag_batch *batch_of(const struct history_event *events, uint32_t count)
{
    struct dag_batch *batch = need(batch_new(NULL, 4096, count + 1, SIZE_MAX));
    struct dag_json_parser *parser = need(dag_json_parser_new(0));
    struct dag_error err = {0};

    for (uint32_t k = 0; k < count; k++) {
        struct dag_origin origin = events[k].origin;

        origin.flags = 0;
        if (!dag_json_parse(parser, batch, events[k].text, events[k].size, origin, &err))
            abort();
    }
    dag_json_parser_free(parser);
    return batch;
}

static bool run_step(struct engine *engine, const struct history *history,
                     const struct history_step *was, struct engine_result *result,
                     struct dag_error *err)
{
    struct engine_input *inputs = need(calloc(history->input_count + 1, sizeof(*inputs)));
    const struct history_event *events = was->events;
    struct engine_step step = {
        .first_cycle = was->first_cycle,
        .slot_count = was->slot_count,
        .time_us = was->time_us,
        .inputs = inputs,
        .ticks = was->ticks,
    };

    for (size_t i = 0; i < history->input_count; i++) {
        if (was->counts[i] > 0)
            inputs[i] = (struct engine_input){
                .batch = batch_of(events, was->counts[i]), .count = was->counts[i], .stride = 1};
        events += was->counts[i];
    }
    bool is_done = engine_run(engine, &step, result, err);
    for (size_t i = 0; i < history->input_count; i++)
        dag_batch_unref(inputs[i].batch);
    free(inputs);
    return is_done;
}

bool history_run(const struct history *history, struct sim *sim, const struct plan *plan,
                 struct dag_buffer *outputs)
{
    struct dag_error err = {0};
    struct engine *engine = engine_new(plan, NULL, NULL, &err);
    bool is_good = engine != NULL;

    for (size_t s = 0; is_good && s < history->steps.count; s++) {
        struct engine_result result = {0};

        is_good = run_step(engine, history, &history->steps.items[s], &result, &err);
        for (size_t p = 0; is_good && p <= plan->publisher_count; p++)
            if (!dag_json_write_lines(&outputs[p], result.outputs[p].rows, result.outputs[p].count))
                abort();
        if (is_good)
            dag_batch_unref(result.batch);
    }
    engine_free(engine);
    return is_good || sim_fail(sim, "the undisturbed run: %s", err.message);
}

uint64_t history_event_count(const struct history *history)
{
    uint64_t count = 0;

    for (size_t s = 0; s < history->steps.count; s++)
        count += history->steps.items[s].event_count;
    return count;
}
