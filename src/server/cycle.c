/* cycle.c - what a DAG's journal holds of one cycle. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "durable/journal.h"
#include "server/messages.h"
#include "server/show_json.h"

/* ---- names ---- */

/* The `index`th node that takes events, or that is a metronome: the journal counts them in the
 * order in which they are calculated. NULL: the plan has changed since. */
static const struct plan_node *node_of(const struct plan *plan, size_t index, bool is_tick)
{
    for (size_t i = 0; i < plan->node_count; i++) {
        const struct plan_node *node = &plan->nodes[plan->order[i]];
        bool counts = is_tick ? node->kind == PLAN_NODE_METRONOME : node->subscriber >= 0;

        if (counts && index-- == 0)
            return node;
    }
    return NULL;
}

/* ---- writing ---- */

static void write_base64(struct writer *writer, const struct dag_value *raw)
{
    enum { PADDING = 64 };
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    const unsigned char *bytes = (const unsigned char *)raw->as.text;
    char *text = malloc(((size_t)raw->size + 2) / 3 * 4 + 1), *at = text;

    if (!text) {
        writer->failed = true;
        return;
    }
    for (uint32_t i = 0; i < raw->size; i += 3) {
        uint32_t left = raw->size - i;
        uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);

        *at++ = digits[three >> 18];
        *at++ = digits[three >> 12 & 63];
        *at++ = digits[left > 1 ? three >> 6 & 63 : PADDING];
        *at++ = digits[left > 2 ? three & 63 : PADDING];
    }
    *at = '\0';
    writer_member(writer, "raw_base64", text);
    free(text);
}

static void write_value(struct writer *writer, const char *key, const struct dag_value *value)
{
    struct dag_buffer text = {0};

    writer_key(writer, key);
    if (dag_json_write_value(&text, value))
        writer_json(writer, text.bytes, text.size);
    else
        writer->failed = true;
    dag_buffer_free(&text);
}

/* `event` null: the journal keeps the order alone. */
static void write_event(struct writer *writer, const struct plan *plan,
                        const struct durability_step *step, size_t input, uint32_t slot)
{
    const struct dag_origin *origin = &step->origins[input][slot];
    const struct plan_node *node = node_of(plan, input, false);
    struct dag_batch *batch = step->batches[input];
    const struct dag_row *row = batch ? &dag_batch_rows(batch)[slot] : NULL;
    bool is_rejected = origin->flags & DAG_ORIGIN_REJECTED;

    writer_open(writer, '{');
    writer_member(writer, "node", node ? node->name : NULL);
    writer_member(writer, "subscriber", node ? plan->subscribers[node->subscriber].name : NULL);
    show_number(writer, "lane", origin->lane);
    show_count(writer, "offset", origin->offset);
    show_bool(writer, "is_rejected", is_rejected);
    writer_key(writer, "event");
    if (row && !is_rejected)
        show_row(writer, row);
    else
        writer_text(writer, NULL);
    if (row && is_rejected) {
        write_value(writer, "message", &row->values[1]);
        write_base64(writer, &row->values[0]);
    }
    writer_close(writer, '}');
}

static void write_ticks(struct writer *writer, const struct plan *plan,
                        const struct durability_step *step, size_t count)
{
    writer_key(writer, "ticks");
    writer_open(writer, '[');
    for (size_t i = 0; i < count; i++) {
        const struct plan_node *node = step->ticks[i] ? node_of(plan, i, true) : NULL;

        if (step->ticks[i])
            writer_text(writer, node ? node->name : NULL);
    }
    writer_close(writer, ']');
}

static void write_cycle(struct writer *writer, const struct plan *plan, uint64_t cycle,
                        const struct journal_step *step, size_t event_count, size_t metronome_count)
{
    uint32_t slot = (uint32_t)(cycle - step->step.first_cycle);

    writer_open(writer, '{');
    show_count(writer, "cycle", cycle);
    show_time(writer, "time", step->step.time_us);
    show_bool(writer, "has_events", step->has_events);
    write_ticks(writer, plan, &step->step, slot == 0 ? metronome_count : 0);
    writer_key(writer, "events");
    writer_open(writer, '[');
    for (size_t i = 0; i < event_count; i++)
        if (slot < step->step.counts[i])
            write_event(writer, plan, &step->step, i, slot);
    writer_close(writer, ']');
    writer_close(writer, '}');
}

/* ---- finding ---- */

static bool not_kept(uint64_t cycle, struct answer *answer)
{
    return answer_set(answer, ANSWER_NOT_FOUND, "cycle_not_kept",
                      "the journal doesn't hold cycle %" PRIu64
                      ": it has not run yet, or is no longer kept (see \"retain\" of the journal)",
                      cycle);
}

static bool write_record(struct writer *writer, const struct plan *plan, uint64_t cycle,
                         const struct record *record, struct answer *answer)
{
    struct dag_json_parser *parser = dag_json_parser_new(RECORD_SIZE_MAX);
    struct journal_step step = {0};
    struct dag_error err = {0};
    size_t event_count = 0, metronome_count = 0;
    bool done = parser || dag_error_set_memory(&err, "a parser");

    done = done && journal_counts(record, &event_count, &metronome_count, &err) &&
           journal_decode(record, event_count, metronome_count, parser, &step, &err);
    if (!done)
        answer_set_error(answer, "journal_unreadable", &err);
    else if (cycle < step.step.first_cycle || cycle >= step.step.first_cycle + step.step.slot_count)
        done = not_kept(cycle, answer);
    else
        write_cycle(writer, plan, cycle, &step, event_count, metronome_count);
    journal_step_deinit(&step);
    dag_json_parser_free(parser);
    return done;
}

/* Steps are found by the last of their cycles. */
static bool write_from(struct writer *writer, const struct plan *plan, uint64_t cycle,
                       struct record_reader *reader, struct answer *answer)
{
    struct record record;
    struct dag_error err = {0};

    while (record_reader_next(reader, &record, &err))
        if (record.kind == JOURNAL_STEP && record.key >= cycle)
            return write_record(writer, plan, cycle, &record, answer);
    return err.code == DAG_ERROR_NONE ? not_kept(cycle, answer)
                                      : answer_set(answer, ANSWER_UNAVAILABLE, "journal_unreadable",
                                                   "the journal can't be read: 'dagd journal "
                                                   "verify' says more");
}

static bool write_of(struct server *server, const struct plan *plan, uint64_t cycle,
                     struct writer *writer, struct answer *answer)
{
    const struct server_options *settings = server_settings(server);
    struct storage *storage = settings->storage ? settings->storage : storage_disk();
    struct dag_file_info info = {0};
    struct dag_error err = {0};
    char *folder = dag_folder_path(settings, plan->name, "journal", &err);
    struct record_reader *reader = NULL;
    bool is_known = folder && storage->path_info(storage, folder, &info, &err);

    if (is_known && info.exists)
        reader = record_reader_open(storage, folder, cycle, &err);
    bool done = false;
    if (reader)
        done = write_from(writer, plan, cycle, reader, answer);
    else if (is_known && !info.exists)
        answer_set(answer, ANSWER_NOT_FOUND, "no_journal",
                   "DAG %.200s keeps no journal: give it one, with \"depth\": \"events\"",
                   plan->name);
    else
        answer_set(answer, ANSWER_UNAVAILABLE, "journal_unreadable", "the journal can't be read");
    record_reader_close(reader);
    free(folder);
    return done;
}

bool server_write_cycle(struct server *server, const char *dag, uint64_t cycle,
                        struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    struct target target;

    if (!target_find(server, dag, &target, answer))
        return false;
    bool done = cycle > 0 ? write_of(server, target.now->plan, cycle, &writer, answer)
                          : not_kept(cycle, answer);
    if (done && writer.failed)
        done = answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    target_release(&target);
    return done;
}
