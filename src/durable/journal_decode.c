/* journal_decode.c - reads a step's record; nothing in it is trusted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "core/batch.h"
#include "durable/journal.h"
#include "durable/journal_format.h"

/* What is left of a payload. */
struct source {
    const char *at, *end;
};

static size_t left(const struct source *source)
{
    return (size_t)(source->end - source->at);
}

static bool take_varint(struct source *source, uint64_t max, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && source->at < source->end; shift += 7) {
        unsigned char byte = (unsigned char)*source->at++;
        if (shift == 63 && byte > 1)
            return false;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return *value <= max;
    }
    return false;
}

static const char *take_bytes(struct source *source, size_t size)
{
    const char *bytes = source->at;

    if (size > left(source))
        return NULL;
    source->at += size;
    return bytes;
}

static bool is_damaged(const struct record *record, const char *what, struct dag_error *err)
{
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "the journal's record of cycle %" PRIu64 " is no valid step: %s",
                         record->key, what);
}

/* ---- the head ---- */

struct head {
    unsigned flags;
    int64_t time_us;
    uint64_t slot_count, event_count, metronome_count;
};

static bool take_head(struct source *source, const struct record *record, struct head *head,
                      struct dag_error *err)
{
    uint64_t time;
    const char *bytes = take_bytes(source, 1 + sizeof(time));

    if (record->kind != JOURNAL_STEP)
        return is_damaged(record, "it is of another kind", err);
    if (!bytes)
        return is_damaged(record, "its head", err);
    head->flags = (unsigned char)bytes[0];
    if (head->flags & ~(unsigned)STEP_FLAGS_KNOWN)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "the journal's record of cycle %" PRIu64
                             " was written by a newer version of the program",
                             record->key);
    memcpy(&time, bytes + 1, sizeof(time));
    head->time_us = (int64_t)le64toh(time);
    if (!take_varint(source, JOURNAL_SLOTS_MAX, &head->slot_count) || head->slot_count == 0 ||
        head->slot_count > record->key)
        return is_damaged(record, "its number of cycles", err);
    if (!take_varint(source, JOURNAL_INPUTS_MAX, &head->event_count) ||
        !take_varint(source, JOURNAL_INPUTS_MAX, &head->metronome_count))
        return is_damaged(record, "its number of inputs", err);
    return true;
}

bool journal_counts(const struct record *record, size_t *event_count, size_t *metronome_count,
                    struct dag_error *err)
{
    struct source source = {record->payload, record->payload + record->size};
    struct head head = {0};

    if (!take_head(&source, record, &head, err))
        return false;
    *event_count = head.event_count;
    *metronome_count = head.metronome_count;
    return true;
}

/* ---- one input ---- */

struct decoding {
    const struct record *record;
    struct source source;
    struct dag_json_parser *parser; /* may be NULL */
    struct dag_batch *memory;
    const struct head *head;
    bool *ticks;
    uint32_t *counts;
    struct dag_origin **origins;
    struct dag_batch **batches;
    struct dag_error *err;
};

static bool no_memory(struct decoding *decoding)
{
    return dag_error_set_memory(decoding->err, "a step of the journal");
}

/* Fills `origins`, at most `rest`; returns how many, 0: damaged. */
static uint32_t take_positions(struct source *source, struct dag_origin *origins, uint32_t rest)
{
    uint64_t count, lane, flags, offset;

    if (!take_varint(source, rest, &count) || count == 0 ||
        !take_varint(source, UINT32_MAX, &lane) || !take_varint(source, UINT32_MAX, &flags) ||
        !take_varint(source, UINT64_MAX, &offset))
        return 0;

    const char *width_byte = take_bytes(source, 1);
    unsigned width = width_byte ? (unsigned char)*width_byte : 0;

    if (width != 1 && width != 2 && width != 4 && width != 8)
        return 0;

    const char *bytes = take_bytes(source, (size_t)(count - 1) * width);

    if (!bytes)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t difference = 0;
        if (i > 0) {
            memcpy(&difference, bytes, width);
            bytes += width;
        }
        offset += le64toh(difference);
        origins[i] =
            (struct dag_origin){.offset = offset, .lane = (uint32_t)lane, .flags = (uint32_t)flags};
    }
    return (uint32_t)count;
}

static bool take_text(struct source *source, struct dag_batch *batch, struct dag_value *value,
                      bool *has_memory)
{
    uint64_t size;

    if (!take_varint(source, RECORD_SIZE_MAX, &size))
        return false;

    const char *bytes = take_bytes(source, (size_t)size);
    const char *copy = bytes ? dag_batch_copy(batch, bytes, (size_t)size) : NULL;

    *has_memory = !bytes || copy;
    *value = dag_value_text(copy, (uint32_t)size);
    return copy != NULL;
}

static bool take_rejected(struct decoding *decoding, struct source *source, struct dag_batch *batch,
                          const struct dag_origin *origins, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct dag_value *values = dag_batch_alloc(batch, 2 * sizeof(*values));
        bool has_memory = values != NULL;
        if (!has_memory)
            return no_memory(decoding);
        if (!take_text(source, batch, &values[0], &has_memory) ||
            !take_text(source, batch, &values[1], &has_memory))
            return has_memory ? is_damaged(decoding->record, "a rejected message", decoding->err)
                              : no_memory(decoding);
        if (!dag_batch_append(batch, (struct dag_row){.values = values}, origins[i], decoding->err))
            return false;
    }
    return source->at == source->end ||
           is_damaged(decoding->record, "more than its messages", decoding->err);
}

/* Lines that the journal wrote parse into as many messages. */
static bool take_lines(struct decoding *decoding, struct source *source, struct dag_batch *batch,
                       const struct dag_origin *origins, uint32_t count)
{
    size_t size = left(source), consumed = 0, before = batch->row_count;
    char *text = dag_batch_alloc(batch, size + DAG_JSON_PADDING);

    if (!text)
        return no_memory(decoding);
    memcpy(text, source->at, size);
    memset(text + size, 0, DAG_JSON_PADDING);
    if (!dag_json_parse_lines(decoding->parser, batch, text, size, false, (struct dag_origin){0},
                              &consumed, decoding->err))
        return false;
    if (consumed != size || batch->row_count - before != count)
        return is_damaged(decoding->record, "its number of messages", decoding->err);
    for (size_t i = 0; i < count; i++) {
        if (batch->origins[before + i].flags & DAG_ORIGIN_REJECTED)
            return is_damaged(decoding->record, "a message", decoding->err);
        batch->origins[before + i] = origins[i];
    }
    batch->lines_rows = 0; /* the text does not lie where these origins say */
    return true;
}

/* A run's events; its rows all are messages, or none is. */
static bool take_events(struct decoding *decoding, struct dag_batch *batch,
                        const struct dag_origin *origins, uint32_t count)
{
    const char *bytes = take_bytes(&decoding->source, sizeof(uint32_t));
    uint32_t size = 0;

    if (bytes)
        memcpy(&size, bytes, sizeof(size));
    size = le32toh(size);
    bytes = bytes ? take_bytes(&decoding->source, size) : NULL;
    if (!bytes)
        return is_damaged(decoding->record, "its messages", decoding->err);
    if (!batch)
        return true;

    struct source source = {bytes, bytes + size};

    return origins->flags & DAG_ORIGIN_REJECTED
               ? take_rejected(decoding, &source, batch, origins, count)
               : take_lines(decoding, &source, batch, origins, count);
}

static struct dag_batch *event_batch(struct decoding *decoding, uint32_t count)
{
    struct dag_batch *batch = batch_new(NULL, 4096, count, SIZE_MAX);
    bool done = batch && dag_batch_keep(decoding->memory, batch, decoding->err);

    if (!batch)
        no_memory(decoding);
    dag_batch_unref(batch);
    return done ? batch : NULL;
}

static bool take_input(struct decoding *decoding, size_t input)
{
    bool has_events = decoding->head->flags & STEP_HAS_EVENTS;
    uint64_t count;

    if (!take_varint(&decoding->source, decoding->head->slot_count, &count) ||
        count > left(&decoding->source))
        return is_damaged(decoding->record, "its number of events", decoding->err);
    decoding->counts[input] = (uint32_t)count;
    if (count == 0)
        return true;

    struct dag_origin *origins = dag_batch_alloc(decoding->memory, count * sizeof(*origins));

    if (!origins)
        return no_memory(decoding);
    decoding->origins[input] = origins;
    if (has_events && decoding->parser) {
        decoding->batches[input] = event_batch(decoding, (uint32_t)count);
        if (!decoding->batches[input])
            return false;
    }
    for (uint32_t done = 0, run; done < count; done += run) {
        run = take_positions(&decoding->source, origins + done, (uint32_t)count - done);
        if (run == 0)
            return is_damaged(decoding->record, "its positions", decoding->err);
        if (has_events && !take_events(decoding, decoding->batches[input], origins + done, run))
            return false;
    }
    return true;
}

/* ---- the step ---- */

static void *zeroed(struct dag_batch *batch, size_t count, size_t size)
{
    void *bytes = dag_batch_alloc(batch, count * size + 1);

    return bytes ? memset(bytes, 0, count * size + 1) : NULL;
}

static bool take_ticks(struct decoding *decoding)
{
    const struct head *head = decoding->head;
    size_t count = (size_t)head->metronome_count;

    if (!(head->flags & STEP_HAS_TICKS))
        return true;

    const char *bits = take_bytes(&decoding->source, (count + 7) / 8);

    if (!bits)
        return is_damaged(decoding->record, "its ticks", decoding->err);
    for (size_t i = 0; i < count; i++)
        decoding->ticks[i] = bits[i / 8] >> (i % 8) & 1;
    return true;
}

static bool take_step(struct decoding *decoding)
{
    size_t event_count = (size_t)decoding->head->event_count;

    decoding->ticks =
        zeroed(decoding->memory, (size_t)decoding->head->metronome_count, sizeof(*decoding->ticks));
    decoding->counts = zeroed(decoding->memory, event_count, sizeof(*decoding->counts));
    decoding->origins = zeroed(decoding->memory, event_count, sizeof(*decoding->origins));
    decoding->batches = zeroed(decoding->memory, event_count, sizeof(*decoding->batches));
    if (!decoding->ticks || !decoding->counts || !decoding->origins || !decoding->batches)
        return no_memory(decoding);
    if (!take_ticks(decoding))
        return false;
    for (size_t i = 0; i < event_count; i++)
        if (!take_input(decoding, i))
            return false;
    return left(&decoding->source) == 0 ||
           is_damaged(decoding->record, "it is too long", decoding->err);
}

bool journal_decode(const struct record *record, size_t event_count, size_t metronome_count,
                    struct dag_json_parser *parser, struct journal_step *step,
                    struct dag_error *err)
{
    struct head head = {0};
    struct decoding decoding = {
        .record = record,
        .source = {record->payload, record->payload + record->size},
        .parser = parser,
        .head = &head,
        .err = err,
    };

    *step = (struct journal_step){0};
    if (!take_head(&decoding.source, record, &head, err))
        return false;
    if (head.event_count != event_count || head.metronome_count != metronome_count)
        return is_damaged(record, "it was made for another definition of the DAG", err);
    decoding.memory = batch_new(NULL, 4096, 1, SIZE_MAX);
    if (!decoding.memory)
        return no_memory(&decoding);
    if (!take_step(&decoding)) {
        dag_batch_unref(decoding.memory);
        return false;
    }
    step->memory = decoding.memory;
    step->has_events = head.flags & STEP_HAS_EVENTS;
    step->step = (struct durability_step){
        .first_cycle = record->key - head.slot_count + 1,
        .slot_count = (uint32_t)head.slot_count,
        .time_us = head.time_us,
        .ticks = decoding.ticks,
        .counts = decoding.counts,
        .origins = (const struct dag_origin *const *)decoding.origins,
        .batches = (struct dag_batch *const *)decoding.batches,
    };
    return true;
}

void journal_step_deinit(struct journal_step *step)
{
    dag_batch_unref(step->memory);
    *step = (struct journal_step){0};
}
