/* keeper_begin.c - where a DAG stands when it starts: what is whole is read, then made durable. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "durable/keeper_internal.h"

#define DAMAGED     ".damaged"
#define MESSAGE_MAX ((size_t)RECORD_SIZE_MAX)

/* ---- the checkpoint ---- */

static void tell_skipped(void *context, const char *path, const char *why)
{
    const struct keeper *keeper = context;

    log_write(DAG_LOG_WARNING, keeper->plan->name, NULL,
              "checkpoint '%s' is damaged: %s; the older one is used", path, why);
}

/* False: `err`. Without any checkpoint all is zero. */
static bool read_checkpoint(struct keeper *keeper, struct dag_error *err)
{
    struct checkpoint *start = &keeper->start;
    uint64_t older = 0;

    if (!checkpoint_read(keeper->options.storage, keeper->folder, start, &older, tell_skipped,
                         keeper, err))
        return err->code == DAG_ERROR_NONE;
    if (strcmp(start->instance, keeper->identity.instance) != 0)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the checkpoint in '%s' belongs to another DAG than its identity",
                             keeper->folder);
    atomic_store(&keeper->older_cycle, older);
    /* the process ended between the first one and its copy, or the other one is damaged */
    if (start->is_alone && !checkpoint_copy(keeper->options.storage, keeper->folder, err))
        return dag_error_add_context(err, "checkpoint");
    return true;
}

/* True: a source that can seek isn't known to the checkpoint. */
static bool take_positions(struct keeper *keeper, bool *lacks, struct dag_error *err)
{
    const struct plan *plan = keeper->plan;

    *lacks = false;
    keeper->positions = calloc(plan->subscriber_count + 1, sizeof(*keeper->positions));
    if (!keeper->positions)
        return dag_error_set_memory(err, "positions");
    if (!keeper->start.document)
        return true;
    for (size_t i = 0; i < plan->subscriber_count; i++) {
        const struct tree *at = tree_get(keeper->start.positions, plan->subscribers[i].name);
        if (!at) {
            *lacks = *lacks || (plan->subscribers[i].type->flags & DAG_CONNECTOR_SEEKS);
            continue;
        }
        keeper->positions[i].text = tree_copy(keeper->start.document, at->json, at->json_size);
        keeper->positions[i].size = at->json_size;
        if (!keeper->positions[i].text)
            return dag_error_set_memory(err, "positions");
    }
    return true;
}

/* ---- the journal ---- */

struct look {
    bool has_segments;
    char damaged[64]; /* name of a segment that was set aside; "" */
};

static bool look_at(void *context, const char *name)
{
    struct look *look = context;
    size_t size = strlen(name);

    if (size > sizeof(DAMAGED) && size < sizeof(look->damaged) &&
        strcmp(name + size - (sizeof(DAMAGED) - 1), DAMAGED) == 0)
        memcpy(look->damaged, name, size + 1);
    else if (size > 4 && strcmp(name + size - 4, ".log") == 0)
        look->has_segments = true;
    return true;
}

/* A segment that was set aside leaves a hole: only the operator can say that it doesn't matter. */
static bool look_for_segments(struct keeper *keeper, bool *has_segments, struct dag_error *err)
{
    struct storage *storage = keeper->options.storage;
    struct dag_error missing = {0};
    struct look look = {0};

    (void)storage->list(storage, keeper->journal_folder, look_at, &look, &missing);
    *has_segments = look.has_segments;
    if (!look.damaged[0])
        return true;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "the journal's segment '%s/%s' was set aside as damaged: put a good copy "
                         "back under its old name, or remove the folder '%s' to go on from the "
                         "checkpoint of cycle %" PRIu64 " without what only the journal holds",
                         keeper->journal_folder, look.damaged, keeper->journal_folder,
                         keeper->start.cycle);
}

static bool set_aside(struct keeper *keeper, const struct record_log_report *report,
                      struct dag_error *err)
{
    struct dag_error why = {0};

    if (!report->bad_segment[0])
        return dag_error_add_context(err, "journal");
    if (record_log_quarantine(keeper->options.storage, report->bad_segment, &why))
        dag_error_add_context(err, "the journal is damaged, the segment was set aside as *%s",
                              DAMAGED);
    else
        dag_error_add_context(err, "the journal is damaged");
    err->retryable = false;
    return false;
}

/* Opens it, also one that is no longer kept and still holds what comes behind the checkpoint. */
static bool open_journal(struct keeper *keeper, struct record_log_report *report,
                         struct dag_error *err)
{
    struct record_log_options options = {
        .storage = keeper->options.storage,
        .folder = keeper->journal_folder,
        .segment_size = keeper->options.segment_size,
        .bypasses_cache = keeper->plan->journal == PLAN_JOURNAL_EVENTS &&
                          keeper->plan->journal_sync != PLAN_SYNC_OS,
        /* a run without a journal may have left checkpoints behind the journal's end */
        .vouched_key = keeper->identity.has_journal ? keeper->start.cycle : 0,
    };
    bool has_segments;

    if (!look_for_segments(keeper, &has_segments, err))
        return false;
    if (!keeper->has_journal && !has_segments)
        return true;
    if (!record_tail_open(&keeper->tail, &options, report, err))
        return set_aside(keeper, report, err);
    if (!keeper->start.document && report->last_key > 0)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s' holds cycles and '%s' no checkpoint: restore it from a backup, "
                             "or remove it to begin anew",
                             keeper->journal_folder, keeper->folder);
    return true;
}

/* ---- steps that another definition composed ---- */

/* Do all steps behind the checkpoint only say where their events stand in the sources? */
static bool can_be_read_again(struct keeper *keeper, struct dag_error *err)
{
    struct record_reader *reader = record_reader_open(
        keeper->options.storage, keeper->journal_folder, keeper->start.cycle + 1, err);
    size_t events, metronomes;
    struct record record;
    bool can = reader && keeper->reserves;

    while (can && record_reader_next(reader, &record, err)) {
        struct journal_step step = {0};
        if (record.kind != JOURNAL_STEP)
            continue;
        can = journal_counts(&record, &events, &metronomes, err) &&
              journal_decode(&record, events, metronomes, keeper->parser, &step, err) &&
              !step.has_events;
        journal_step_deinit(&step);
    }
    record_reader_close(reader);
    return can && err->code == DAG_ERROR_NONE;
}

/* Positions are those of nodes that may be others now. At-least-once may take the events anew. */
static bool fit_steps(struct keeper *keeper, struct record_log_report *report,
                      struct dag_error *err)
{
    uint64_t cycle = keeper->start.cycle;

    if (report->last_key <= cycle || strcmp(keeper->identity.inputs, keeper->inputs) == 0 ||
        !keeper->identity.inputs[0])
        return true;
    if (!can_be_read_again(keeper, err)) {
        if (err->code != DAG_ERROR_NONE)
            return false;
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the nodes that take events have changed, and the journal still holds "
                             "cycles up to %" PRIu64 " behind the checkpoint of cycle %" PRIu64
                             ": run '%s/definition.json' once and stop it, then start this one",
                             report->last_key, cycle, keeper->folder);
    }
    log_write(DAG_LOG_WARNING, keeper->plan->name, NULL,
              "the nodes that take events have changed: what came behind cycle %" PRIu64
              " is read again",
              cycle);
    report->last_key = cycle;
    if (!record_log_cut(keeper->tail.log, cycle, err))
        return false;
    keeper->tail.safe_key = record_log_synced_key(keeper->tail.log);
    return true;
}

/* ---- the definition ---- */

static bool is_defined(const struct keeper *keeper, const struct dag_buffer *stored)
{
    const struct tree *source = keeper->plan->source;

    return stored->size == source->json_size + 1 &&
           memcmp(stored->bytes, source->json, source->json_size) == 0;
}

static bool write_definition(struct keeper *keeper, const struct record_log_report *report,
                             struct dag_error *err)
{
    const struct tree *source = keeper->plan->source;
    uint64_t cycle = keeper->start.cycle;
    struct dag_buffer text = {0};
    bool exists;
    char *path = path_join(keeper->folder, "definition.json", err);
    bool done = path && read_file(keeper->options.storage, path, &text, &exists, err);
    bool is_known = done && exists && is_defined(keeper, &text);

    if (done && keeper->has_journal &&
        (!is_known || report->record_count == 0 || report->last_key < cycle))
        done = checkpoint_pin(keeper->options.storage, keeper->folder, err) &&
               keeper_define(keeper, report->last_key > cycle ? report->last_key : cycle, err);
    text.size = 0;
    if (done && !is_known)
        done = (dag_buffer_append(&text, source->json, source->json_size) &&
                dag_buffer_append(&text, "\n", 1)) ||
               dag_error_set_memory(err, "a definition");
    if (done && !is_known)
        done = write_file_atomically(keeper->options.storage, path, text.bytes, text.size, err);
    dag_buffer_free(&text);
    free(path);
    return done;
}

/* ---- begin ---- */

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void set_start(struct keeper *keeper, uint64_t journal_end, bool lacks_positions)
{
    uint64_t cycle = keeper->start.cycle;
    uint64_t known = larger(cycle, journal_end);
    char definition[20];

    definition_hash(keeper->plan, definition);
    pthread_mutex_lock(&keeper->lock);
    keeper->reserved = keeper->identity.reserved;
    keeper->last_key = larger(known, keeper->reserved);
    keeper->ran_key = keeper->given_cycle = keeper->newest_cycle = cycle;
    keeper->given_at_us = keeper_now(keeper);
    keeper->newest_at_us = 0;
    keeper->needs_first = !keeper->start.document ||
                          (lacks_positions && strcmp(definition, keeper->start.definition) != 0);
    keeper->due_was_told = keeper->force_checkpoint = false;
    keeper->wanted_forget = 0;
    keeper->wants_trim = keeper->full_was_told = false;
    keeper->record_waits = keeper->order_waits = false;
    keeper->is_failed = keeper->disk_is_full = false;
    keeper->retry_at_us = INT64_MIN;
    keeper->writing_size = 0;
    pthread_mutex_unlock(&keeper->lock);
    keeper->replayed_key = cycle;
    keeper->known_key = keeper->reserves      ? keeper->last_key
                        : keeper->has_journal ? known
                                              : UINT64_MAX;
    atomic_store(&keeper->watermark, cycle);
    atomic_store(&keeper->ordered, keeper->has_journal ? known : UINT64_MAX);
}

static bool open_reader(struct keeper *keeper, uint64_t journal_end, struct dag_error *err)
{
    if (journal_end <= keeper->start.cycle)
        return true;
    keeper->reader = record_reader_open(keeper->options.storage, keeper->journal_folder,
                                        keeper->start.cycle + 1, err);
    return keeper->reader != NULL;
}

static bool read_everything(struct keeper *keeper, struct dag_error *err)
{
    struct storage *storage = keeper->options.storage;
    struct record_log_report report = {0};
    bool lacks_positions;

    keeper->parser = dag_json_parser_new(MESSAGE_MAX);
    if (!keeper->parser)
        return dag_error_set_memory(err, "a parser");
    if (!identity_read(storage, keeper->folder, true, &keeper->identity, err) ||
        !read_checkpoint(keeper, err) || !take_positions(keeper, &lacks_positions, err) ||
        !open_journal(keeper, &report, err) || !fit_steps(keeper, &report, err) ||
        !open_reader(keeper, report.last_key, err))
        return false;
    set_start(keeper, report.last_key, lacks_positions);
    if (!write_definition(keeper, &report, err))
        return false;
    if (!keeper->has_journal)
        record_tail_close(&keeper->tail);
    else
        keeper_mark_segments(keeper);
    /* Renaming it syncs the folder: the checkpoint that was read is on the disk, too. */
    memcpy(keeper->identity.inputs, keeper->inputs, sizeof(keeper->inputs));
    keeper->identity.has_journal = keeper->has_journal;
    return identity_write(storage, keeper->folder, &keeper->identity, err);
}

bool keeper_begin(struct durability *durability, struct durability_start *start,
                  struct dag_error *err)
{
    struct keeper *keeper = (struct keeper *)durability;

    keeper_tear_down(keeper);
    atomic_store(&keeper->older_cycle, 0);
    *err = (struct dag_error){0};
    bool done = read_everything(keeper, err);
    keeper->is_running = done;
    if (done && !keeper->options.by_hand)
        done = keeper_start_disk(keeper, err);
    if (!done) {
        keeper_tear_down(keeper);
        return false;
    }
    if (keeper->letters)
        letters_store_replays_from(keeper->letters, keeper->start.cycle);
    spills_begin(keeper->spills, keeper->reserves ? UINT64_MAX : keeper->known_key);
    const struct tree *engine = keeper->start.engine;
    *start = (struct durability_start){
        .instance = keeper->identity.instance,
        .cycle = keeper->start.cycle,
        .next_cycle = keeper->last_key + 1,
        .engine_state = engine ? engine->json : NULL,
        .engine_state_size = engine ? engine->json_size : 0,
        .positions = keeper->positions,
        .is_first = keeper->needs_first,
    };
    return true;
}

bool keeper_note_progress(struct durability *durability, int32_t publisher, uint64_t cycle,
                          struct dag_error *err)
{
    const struct keeper *keeper = (const struct keeper *)durability;
    const struct plan *plan = keeper->plan;

    if (cycle <= keeper->known_key)
        return true;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "publisher '%.100s' holds cycle %" PRIu64
                         ", and the data folder knows cycles up to %" PRIu64
                         " only: '%s' is older than what was published; restore the newest copy of "
                         "it, or give the publisher an empty destination",
                         (size_t)publisher < plan->publisher_count
                             ? plan->publishers[publisher].name
                             : "dead letters",
                         cycle, keeper->known_key, keeper->folder);
}

/* ---- replay ---- */

static bool take_step(struct keeper *keeper, const struct record *record, struct dag_error *err)
{
    const struct durability_step *step = &keeper->step.step;

    journal_step_deinit(&keeper->step);
    if (!journal_decode(record, keeper->event_count, keeper->metronome_count, keeper->parser,
                        &keeper->step, err))
        return dag_error_add_context(err, "journal, '%s' at %" PRIu64,
                                     record_reader_segment(keeper->reader),
                                     record_reader_offset(keeper->reader));
    /* numbers from a reserved block may leave a gap where a process ended */
    if (step->first_cycle <= keeper->replayed_key ||
        (!keeper->reserves && step->first_cycle != keeper->replayed_key + 1))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the journal goes on with cycle %" PRIu64 " behind cycle %" PRIu64
                             ": what is between is missing; restore '%s' from a backup",
                             step->first_cycle, keeper->replayed_key, keeper->journal_folder);
    keeper->replayed_key = record->key;
    return true;
}

bool keeper_next_step(struct durability *durability, struct durability_step *step,
                      struct dag_error *err)
{
    struct keeper *keeper = (struct keeper *)durability;
    struct record record;

    *err = (struct dag_error){0};
    while (keeper->reader && record_reader_next(keeper->reader, &record, err)) {
        if (record.kind != JOURNAL_STEP)
            continue;
        if (!take_step(keeper, &record, err))
            return false;
        pthread_mutex_lock(&keeper->lock);
        keeper->ran_key = record.key;
        pthread_mutex_unlock(&keeper->lock);
        *step = keeper->step.step;
        return true;
    }
    record_reader_close(keeper->reader);
    keeper->reader = NULL;
    return false;
}

/* ---- end ---- */

static bool close_journal(struct keeper *keeper, struct dag_error *err)
{
    struct record_queue *queue = &keeper->tail.queue;

    if (!keeper_append(keeper, true, err) || !keeper_append(keeper, true, err))
        return false;
    if (!record_queue_seal(queue, larger(keeper->tail.safe_key, keeper->ran_key), JOURNAL_CLOSED,
                           queue->bytes.size))
        return dag_error_set_memory(err, "the journal");
    return keeper_append(keeper, true, err);
}

/* Every number that was taken is known: the next run goes on right behind them. */
static bool release_numbers(struct keeper *keeper, struct dag_error *err)
{
    if (!keeper->reserves || keeper->needs_first)
        return true;
    keeper->identity.reserved = keeper->last_key;
    return identity_write(keeper->options.storage, keeper->folder, &keeper->identity, err);
}

bool keeper_end(struct durability *durability, bool drained, struct dag_error *err)
{
    struct keeper *keeper = (struct keeper *)durability;

    (void)drained; /* what isn't out lies behind the checkpoint, and comes again */
    if (!keeper->is_running)
        return true;
    keeper_stop_disk(keeper);
    spills_end(keeper->spills);
    bool done = !keeper->is_failed;
    if (!done)
        *err = keeper->failure;
    while (done && (keeper_has_due(keeper) || keeper->is_publishing))
        done = keeper_publish(keeper, err);
    done = done && (!keeper->has_journal || close_journal(keeper, err));
    done = done && release_numbers(keeper, err);
    keeper_tear_down(keeper);
    return done;
}

void keeper_tear_down(struct keeper *keeper)
{
    keeper_stop_disk(keeper);
    keeper->is_running = false;
    record_reader_close(keeper->reader);
    keeper->reader = NULL;
    journal_step_deinit(&keeper->step);
    keeper->step = (struct journal_step){0};
    dag_json_parser_free(keeper->parser);
    keeper->parser = NULL;
    free(keeper->positions);
    keeper->positions = NULL;
    checkpoint_deinit(&keeper->start);
    record_tail_close(&keeper->tail);
    record_queue_free(&keeper->filling);
    keeper_drop_pending(keeper);
    keeper->mark_count = 0;
    keeper->defined_size = 0;
}
