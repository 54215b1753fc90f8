/* replayer.c - see replayer.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/replayer.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "durable/journal.h"
#include "durable/keeper.h"

#define MESSAGE_MAX ((size_t)RECORD_SIZE_MAX)

struct replayer {
    struct durability durability; /* first */
    struct replayer_options options;
    uint64_t after; /* cycle of the checkpoint */
    size_t event_count, metronome_count;
    struct dag_text *positions;     /* owned */
    struct tree_document *document; /* owned: their texts */
    struct record_reader *reader;   /* owned */
    struct dag_json_parser *parser; /* owned */
    struct journal_step step;
    uint64_t given_key; /* steps up to here were given */
    uint64_t ran_key;   /* of the last one, or `after` */

    _Atomic uint64_t watermark;
    _Atomic uint64_t last_key; /* of all; UINT64_MAX: not all are given yet */
    atomic_bool is_done;
};

static struct replayer *replayer_of(struct durability *durability)
{
    return (struct replayer *)durability; /* its first field */
}

/* ---- where it begins ---- */

static bool take_positions(struct replayer *replayer, struct dag_error *err)
{
    const struct checkpoint *checkpoint = replayer->options.checkpoint;
    const struct plan *plan = replayer->options.plan;

    replayer->positions = calloc(plan->subscriber_count + 1, sizeof(*replayer->positions));
    replayer->document = tree_document_new();
    if (!replayer->positions || !replayer->document)
        return dag_error_set_memory(err, "positions");
    for (size_t i = 0; checkpoint && i < plan->subscriber_count; i++) {
        const struct plan_subscriber *subscriber = &plan->subscribers[i];
        const struct tree *at = tree_get(checkpoint->positions, subscriber->name);
        if (!at && (subscriber->type->flags & DAG_CONNECTOR_SEEKS))
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "the checkpoint of cycle %" PRIu64
                                 " has no position of subscriber '%.100s'",
                                 checkpoint->cycle, subscriber->name);
        if (!at)
            continue;
        replayer->positions[i].text = tree_copy(replayer->document, at->json, at->json_size);
        replayer->positions[i].size = at->json_size;
        if (!replayer->positions[i].text)
            return dag_error_set_memory(err, "positions");
    }
    return true;
}

static void close_reading(struct replayer *replayer)
{
    record_reader_close(replayer->reader);
    replayer->reader = NULL;
    journal_step_deinit(&replayer->step);
    dag_json_parser_free(replayer->parser);
    replayer->parser = NULL;
    free(replayer->positions);
    replayer->positions = NULL;
    tree_document_free(replayer->document);
    replayer->document = NULL;
}

static bool begin(struct durability *durability, struct durability_start *start,
                  struct dag_error *err)
{
    struct replayer *replayer = replayer_of(durability);
    const struct replayer_options *options = &replayer->options;
    const struct checkpoint *checkpoint = options->checkpoint;

    close_reading(replayer);
    replayer->given_key = replayer->ran_key = replayer->after;
    atomic_store(&replayer->watermark, replayer->after);
    atomic_store(&replayer->last_key, UINT64_MAX);
    atomic_store(&replayer->is_done, false);
    replayer->parser = dag_json_parser_new(MESSAGE_MAX);
    if (!replayer->parser)
        return dag_error_set_memory(err, "a parser");
    replayer->reader =
        record_reader_open(options->storage, options->journal_folder, replayer->after + 1, err);
    if (!replayer->reader || !take_positions(replayer, err)) {
        close_reading(replayer);
        return false;
    }
    const struct tree *engine = checkpoint ? checkpoint->engine : NULL;
    *start = (struct durability_start){
        .instance = checkpoint ? checkpoint->instance : "",
        .cycle = replayer->after,
        .next_cycle = options->to + 1,
        .engine_state = engine ? engine->json : NULL,
        .engine_state_size = engine ? engine->json_size : 0,
        .positions = replayer->positions,
    };
    return true;
}

/* ---- the steps ---- */

static bool cut_end(struct journal_step *journaled, size_t event_count, uint64_t to,
                    struct dag_error *err)
{
    struct durability_step *step = &journaled->step;
    uint32_t *counts = dag_batch_alloc(journaled->memory, event_count * sizeof(*counts) + 1);

    if (!counts)
        return dag_error_set_memory(err, "a step of the journal");
    step->slot_count = (uint32_t)(to - step->first_cycle + 1);
    for (size_t i = 0; i < event_count; i++)
        counts[i] = step->counts[i] < step->slot_count ? step->counts[i] : step->slot_count;
    step->counts = counts;
    return true;
}

/* Numbers may have been passed over in front of the first step, or else the journal was trimmed
 * since it was looked through. */
static bool is_next(struct replayer *replayer, struct dag_error *err)
{
    const struct replayer_options *options = &replayer->options;
    uint64_t first_cycle = replayer->step.step.first_cycle;
    struct record first;

    if (replayer->given_key > replayer->after || first_cycle == replayer->after + 1)
        return true;
    struct record_reader *reader =
        record_reader_open(options->storage, options->journal_folder, 0, err);
    bool reaches_back =
        reader && record_reader_next(reader, &first, err) && first.key <= replayer->after;
    record_reader_close(reader);
    if (reaches_back || err->code != DAG_ERROR_NONE)
        return reaches_back;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "the journal was trimmed meanwhile: it begins with cycle %" PRIu64 " now",
                         first_cycle);
}

static bool take_step(struct replayer *replayer, const struct record *record, struct dag_error *err)
{
    const struct replayer_options *options = &replayer->options;
    struct durability_step *step = &replayer->step.step;

    journal_step_deinit(&replayer->step);
    if (!journal_decode(record, replayer->event_count, replayer->metronome_count, replayer->parser,
                        &replayer->step, err))
        return dag_error_add_context(err, "journal, '%s' at %" PRIu64,
                                     record_reader_segment(replayer->reader),
                                     record_reader_offset(replayer->reader));
    if (!replayer->step.has_events && options->plan->journal == PLAN_JOURNAL_EVENTS)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the journal holds no events of cycle %" PRIu64, record->key);
    /* a checkpoint is only taken between two steps that were recorded */
    if (step->first_cycle <= replayer->given_key)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the journal goes on with cycle %" PRIu64 " behind cycle %" PRIu64,
                             step->first_cycle, replayer->given_key);
    return is_next(replayer, err);
}

static void look_whether_done(struct replayer *replayer)
{
    if (atomic_load(&replayer->watermark) >= atomic_load(&replayer->last_key) &&
        !atomic_exchange(&replayer->is_done, true))
        replayer->options.done(replayer->options.context);
}

static bool next_step(struct durability *durability, struct durability_step *step,
                      struct dag_error *err)
{
    struct replayer *replayer = replayer_of(durability);
    uint64_t to = replayer->options.to;
    struct record record;

    *err = (struct dag_error){0};
    while (replayer->given_key < to && record_reader_next(replayer->reader, &record, err)) {
        if (record.kind != JOURNAL_STEP || record.key <= replayer->given_key)
            continue;
        if (!take_step(replayer, &record, err))
            return false;
        if (replayer->step.step.first_cycle > to) { /* numbers that were passed over */
            replayer->given_key = to;
            break;
        }
        if (record.key > to && !cut_end(&replayer->step, replayer->event_count, to, err))
            return false;
        replayer->given_key = replayer->ran_key = record.key < to ? record.key : to;
        *step = replayer->step.step;
        return true;
    }
    if (err->code != DAG_ERROR_NONE)
        return false;
    if (replayer->given_key < to)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the journal ends behind cycle %" PRIu64
                             ": it was trimmed meanwhile, or is damaged (dagd journal verify)",
                             replayer->given_key);
    atomic_store(&replayer->last_key, replayer->ran_key);
    look_whether_done(replayer);
    return false;
}

/* ---- what else the runtime asks ---- */

static void watermark(struct durability *durability, uint64_t cycle)
{
    struct replayer *replayer = replayer_of(durability);
    uint64_t seen = atomic_load(&replayer->watermark);

    while (seen < cycle && !atomic_compare_exchange_weak(&replayer->watermark, &seen, cycle))
        continue;
    look_whether_done(replayer);
}

static bool note_progress(struct durability *durability, int32_t publisher, uint64_t cycle,
                          struct dag_error *err)
{
    (void)durability;
    (void)publisher;
    (void)cycle;
    (void)err;
    return true;
}

/* No cycle is new. */
static enum durability_answer record(struct durability *durability, const struct engine_step *step,
                                     struct dag_error *err)
{
    (void)durability;
    (void)step;
    (void)err;
    return DURABILITY_WAIT;
}

static uint64_t ordered(struct durability *durability)
{
    (void)durability;
    return UINT64_MAX;
}

static bool wants_checkpoint(struct durability *durability, bool must)
{
    (void)durability;
    (void)must;
    return false;
}

static bool checkpoint(struct durability *durability, uint64_t cycle, const char *engine_state,
                       size_t engine_state_size, const struct dag_text *positions,
                       struct dag_error *err)
{
    (void)durability;
    (void)cycle;
    (void)engine_state;
    (void)engine_state_size;
    (void)positions;
    (void)err;
    return true;
}

/* The sources belong to the run that is replayed. */
static uint64_t forgettable(struct durability *durability)
{
    (void)durability;
    return 0;
}

static bool end(struct durability *durability, bool drained, struct dag_error *err)
{
    (void)drained;
    (void)err;
    close_reading(replayer_of(durability));
    return true;
}

static const struct durability_ops replayer_ops = {
    .begin = begin,
    .note_progress = note_progress,
    .next_step = next_step,
    .record = record,
    .ordered = ordered,
    .wants_checkpoint = wants_checkpoint,
    .checkpoint = checkpoint,
    .watermark = watermark,
    .forgettable = forgettable,
    .end = end,
};

/* ---- making ---- */

struct replayer *replayer_new(const struct replayer_options *options, struct dag_error *err)
{
    struct replayer *replayer = calloc(1, sizeof(*replayer));
    char inputs[20];

    if (!replayer) {
        dag_error_set_memory(err, "a replay");
        return NULL;
    }
    replayer->durability.ops = &replayer_ops;
    replayer->durability.letters = options->letters;
    replayer->options = *options;
    replayer->after = options->checkpoint ? options->checkpoint->cycle : 0;
    delivery_inputs_hash(options->plan, inputs, &replayer->event_count, &replayer->metronome_count);
    return replayer;
}

void replayer_free(struct replayer *replayer)
{
    if (!replayer)
        return;
    close_reading(replayer);
    free(replayer);
}

struct durability *replayer_durability(struct replayer *replayer)
{
    return &replayer->durability;
}
