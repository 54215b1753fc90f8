/* cuts.c - the engine gives the same bytes however the sequence of cycles is cut into steps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch.h"
#include "graph/check.h"
#include "property/checks.h"
#include "runtime/engine.h"

#define TIME_US          1767225600000000 /* 2026-01-01T00:00:00Z */
#define EVENTS_MAX       8
#define SEGMENT_ROWS_MAX 300
#define SLOTS_MAX        1024u

/** Cycles that run from one tick, or from nothing, to the next: from each subscriber so many rows.
 */
struct segment {
    uint32_t rows[GENERATED_SUBSCRIBERS_MAX];
    bool ticks;
};

struct sequence {
    struct segment *segments; /* owned */
    size_t count;
};

struct line {
    const char *text;
    size_t size;
};

/** A DAG's input as lines, and where a run stands in it. */
struct input {
    struct line *lines; /* owned */
    size_t count;
};

struct trial {
    const struct generated *generated;
    struct plan *plan; /* owned */
    struct engine *engine;
    struct input inputs[GENERATED_SUBSCRIBERS_MAX];
    size_t taken[GENERATED_SUBSCRIBERS_MAX];
    uint64_t next_cycle;
    struct dag_buffer outputs[GENERATED_PUBLISHERS_MAX + 1]; /* the last: dead letters */
    struct dag_json_parser *parser;
};

static void split_lines(const struct dag_buffer *text, struct input *input)
{
    const char *at = text->bytes;
    const char *end = at + text->size;

    input->lines = calloc(text->size + 1, sizeof(*input->lines));
    while (input->lines && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        if (!stop)
            stop = end;
        if (stop > at)
            input->lines[input->count++] = (struct line){at, (size_t)(stop - at)};
        at = stop + 1;
    }
}

/** Cuts the inputs into segments at random; the same composition serves all runs. */
static void compose(struct random *random, const struct trial *trial, struct sequence *sequence)
{
    size_t left[GENERATED_SUBSCRIBERS_MAX] = {0};
    size_t total = 0;

    for (size_t s = 0; s < trial->generated->subscriber_count; s++)
        total += left[s] = trial->inputs[s].count;
    sequence->segments = calloc(total + 2, sizeof(*sequence->segments));
    sequence->segments[sequence->count++].ticks = true; /* the start */
    while (total > 0) {
        struct segment *segment = &sequence->segments[sequence->count];
        bool is_empty = true;

        segment->ticks = random_chance(random, 15);
        for (size_t s = 0; s < trial->generated->subscriber_count; s++) {
            uint32_t most = random_chance(random, 70) ? SEGMENT_ROWS_MAX : 2;

            segment->rows[s] = random_chance(random, 70) ? random_below(random, most + 1) : 0;
            if (segment->rows[s] > left[s])
                segment->rows[s] = (uint32_t)left[s];
            left[s] -= segment->rows[s];
            total -= segment->rows[s];
            is_empty = is_empty && segment->rows[s] == 0;
        }
        sequence->count += !is_empty;
    }
}

/** How many nodes take from the subscriber, and as which of them `event` comes. */
static uint32_t sharing(const struct trial *trial, size_t event, uint32_t *index)
{
    const struct plan_node *nodes = trial->plan->nodes;
    int32_t subscriber = nodes[engine_event_node(trial->engine, event)].subscriber;
    uint32_t count = 0;

    *index = 0;
    for (size_t i = 0; i < engine_event_node_count(trial->engine); i++) {
        if (nodes[engine_event_node(trial->engine, i)].subscriber != subscriber)
            continue;
        *index += i < event;
        count++;
    }
    return count;
}

static size_t nodes_of(const struct trial *trial, size_t subscriber)
{
    size_t count = 0;

    for (size_t i = 0; i < engine_event_node_count(trial->engine); i++)
        count += (size_t)trial->plan->nodes[engine_event_node(trial->engine, i)].subscriber ==
                 subscriber;
    return count;
}

/** The next `count` lines of the subscriber as a batch of their own. */
static struct dag_batch *next_batch(struct trial *trial, size_t subscriber, uint32_t count)
{
    struct dag_batch *batch = batch_new(NULL, 4096, count + 1, SIZE_MAX);
    struct dag_error err = {0};

    for (uint32_t i = 0; batch && i < count; i++) {
        size_t number = trial->taken[subscriber]++;
        const struct line *line = &trial->inputs[subscriber].lines[number];
        struct dag_origin origin = {.offset = number + 1};

        if (!dag_json_parse(trial->parser, batch, line->text, line->size, origin, &err))
            abort();
    }
    return batch;
}

static void take_outputs(struct trial *trial, const struct engine_result *result)
{
    size_t publishers = trial->plan->publisher_count;

    for (size_t p = 0; p <= publishers; p++) {
        struct dag_buffer *out = &trial->outputs[p < publishers ? p : GENERATED_PUBLISHERS_MAX];

        for (size_t i = 0; i < result->outputs[p].count; i++) {
            put(out, "%" PRIu64 " ", result->outputs[p].cycles[i]);
            if (!dag_json_write_lines(out, &result->outputs[p].rows[i], 1))
                abort();
        }
    }
}

/** Runs one step: so many rows from each subscriber. False: `err`. */
static bool run_step(struct trial *trial, const struct segment *part, struct dag_error *err)
{
    struct dag_batch *batches[GENERATED_SUBSCRIBERS_MAX] = {NULL};
    struct engine_input inputs[EVENTS_MAX] = {{0}};
    bool ticks[EVENTS_MAX + 1];
    uint32_t slots = 1;

    for (size_t s = 0; s < trial->generated->subscriber_count; s++)
        if (part->rows[s] > 0)
            batches[s] = next_batch(trial, s, part->rows[s]);
    for (size_t i = 0; i < engine_event_node_count(trial->engine); i++) {
        size_t s = (size_t)trial->plan->nodes[engine_event_node(trial->engine, i)].subscriber;
        uint32_t index;
        uint32_t stride = sharing(trial, i, &index);

        assert(stride > 0);
        if (part->rows[s] <= index)
            continue;
        inputs[i] = (struct engine_input){.batch = batches[s],
                                          .first = index,
                                          .count = (part->rows[s] - index + stride - 1) / stride,
                                          .stride = stride};
        if (inputs[i].count > slots)
            slots = inputs[i].count;
    }
    memset(ticks, part->ticks, sizeof(ticks));

    struct engine_step step = {.first_cycle = trial->next_cycle,
                               .slot_count = slots,
                               .time_us = TIME_US,
                               .inputs = inputs,
                               .ticks = part->ticks ? ticks : NULL};
    struct engine_result result = {0};
    bool is_run = engine_run(trial->engine, &step, &result, err);

    for (size_t s = 0; s < GENERATED_SUBSCRIBERS_MAX; s++)
        dag_batch_unref(batches[s]);
    if (is_run) {
        trial->next_cycle = result.last_cycle + 1;
        take_outputs(trial, &result);
        dag_batch_unref(result.batch);
    }
    return is_run;
}

/** Runs a segment in steps of at most `slots_max` cycles (0: at random). */
static bool run_segment(struct trial *trial, const struct segment *whole, uint32_t slots_max,
                        struct random *random, struct dag_error *err)
{
    struct segment rest = *whole;
    bool is_first = true;

    while (true) {
        uint32_t slots = slots_max;
        struct segment part = {.ticks = rest.ticks};
        bool is_empty = true;

        if (slots == 0)
            slots = random_chance(random, 50) ? 1 + random_below(random, 8)
                                              : 1 + random_below(random, SLOTS_MAX);
        for (size_t s = 0; s < trial->generated->subscriber_count; s++) {
            size_t most = slots * nodes_of(trial, s);

            part.rows[s] = rest.rows[s] < most ? rest.rows[s] : (uint32_t)most;
            rest.rows[s] -= part.rows[s];
            is_empty = is_empty && part.rows[s] == 0;
        }
        if (is_empty && !(is_first && part.ticks))
            return true;
        if (!run_step(trial, &part, err))
            return false;
        rest.ticks = false;
        is_first = false;
    }
}

static bool trial_open(struct trial *trial, const struct generated *generated,
                       const struct registry *registry, struct dag_buffer *why)
{
    struct check_options options = {.path = "random.json"};
    struct problems problems = {0};
    struct dag_error err = {0};
    struct dag_buffer text = {0};

    *trial = (struct trial){.generated = generated, .next_cycle = 1};
    generated_dag(generated, "in", "out", &text);
    trial->plan = graph_check(text.bytes, text.size, registry, &options, &problems, &err);
    for (size_t i = 0; !trial->plan && i < problems.count; i++)
        put(why, "%s: %s\n", problems.items[i].pointer, problems.items[i].message);
    problems_free(&problems);
    dag_buffer_free(&text);
    trial->parser = dag_json_parser_new(0);
    if (trial->plan && trial->parser)
        trial->engine = engine_new(trial->plan, NULL, NULL, &err);
    if (!trial->engine) {
        put(why, "%s\n", err.message);
        return false;
    }
    for (size_t s = 0; s < generated->subscriber_count; s++)
        split_lines(&generated->inputs[s], &trial->inputs[s]);
    return true;
}

static void trial_close(struct trial *trial)
{
    engine_free(trial->engine);
    plan_free(trial->plan);
    dag_json_parser_free(trial->parser);
    for (size_t s = 0; s < GENERATED_SUBSCRIBERS_MAX; s++)
        free(trial->inputs[s].lines);
    for (size_t p = 0; p <= GENERATED_PUBLISHERS_MAX; p++)
        dag_buffer_free(&trial->outputs[p]);
}

static bool run_sequence(struct trial *trial, const struct sequence *sequence, uint32_t slots_max,
                         struct random *random, struct dag_buffer *why)
{
    struct dag_error err = {0};

    for (size_t i = 0; i < sequence->count; i++)
        if (!run_segment(trial, &sequence->segments[i], slots_max, random, &err)) {
            put(why, "segment %zu: %s\n", i, err.message);
            return false;
        }
    return true;
}

static bool compare(const struct trial *expected, const struct trial *actual, uint32_t slots_max,
                    struct dag_buffer *why)
{
    for (size_t p = 0; p <= GENERATED_PUBLISHERS_MAX; p++) {
        char what[64];

        snprintf(what, sizeof(what), "steps of %u cycles, output %zu", slots_max, p);
        if (!same_text(what, &expected->outputs[p], &actual->outputs[p], why))
            return false;
    }
    return true;
}

bool check_cuts(struct random *random, const struct generated *generated,
                const struct registry *registry, struct dag_buffer *why)
{
    static const uint32_t cuts[] = {0, 2, 7, SLOTS_MAX, 0};
    struct sequence sequence = {.segments = NULL};
    struct trial reference;
    bool is_good = trial_open(&reference, generated, registry, why);

    if (is_good) {
        compose(random, &reference, &sequence);
        is_good = run_sequence(&reference, &sequence, 1, random, why);
    }
    for (size_t i = 0; is_good && i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        struct trial trial;

        is_good = trial_open(&trial, generated, registry, why) &&
                  run_sequence(&trial, &sequence, cuts[i], random, why) &&
                  compare(&reference, &trial, cuts[i], why);
        trial_close(&trial);
    }
    trial_close(&reference);
    free(sequence.segments);
    return is_good;
}
