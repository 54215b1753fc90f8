/* journal.c - writes a step's record: what was taken in which cycle; see docs/journal.md. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/journal.h"

#include <endian.h>
#include <string.h>

#include "core/batch.h"
#include "durable/journal_format.h"

#define GATHER_ROWS 64

/* A run of rows that differ in their offsets alone. */
struct run {
    uint32_t first, count; /* slots */
    const struct dag_origin *origins;
    const struct dag_batch *batch;
    uint32_t stride;
};

static char *put_varint(char *out, uint64_t value)
{
    while (value >= 0x80) {
        *out++ = (char)(value | 0x80);
        value >>= 7;
    }
    *out++ = (char)value;
    return out;
}

static bool append_varint(struct dag_buffer *out, uint64_t value)
{
    if (!dag_buffer_reserve(out, VARINT_SIZE_MAX))
        return false;
    out->size = (size_t)(put_varint(out->bytes + out->size, value) - out->bytes);
    return true;
}

static bool append_ticks(struct dag_buffer *out, const bool *ticks, size_t count)
{
    size_t size = (count + 7) / 8;

    if (!dag_buffer_reserve(out, size + 1))
        return false;

    uint8_t *bits = (uint8_t *)out->bytes + out->size;

    memset(bits, 0, size);
    for (size_t i = 0; i < count; i++)
        if (ticks[i])
            bits[i / 8] |= (uint8_t)(1u << (i % 8));
    out->size += size;
    return true;
}

/* ---- positions ---- */

/* How many rows from `first` on have one lane and the same flags, and the differences' bits. */
static uint32_t measure(const struct engine_input *input, const struct dag_origin *first,
                        uint32_t rest, uint64_t *bits)
{
    const struct dag_origin *at = first;
    uint32_t count = 1;

    *bits = 0;
    for (; count < rest; count++) {
        const struct dag_origin *next = at + input->stride;
        if (next->lane != first->lane || next->flags != first->flags)
            break;
        *bits |= next->offset - at->offset;
        at = next;
    }
    return count;
}

/* Differences wrap, so that an offset may also go back. One width for all of a run: no branch. */
static char *put_differences(char *out, const struct run *run, unsigned width)
{
    const struct dag_origin *at = run->origins;
    uint64_t last = at->offset;

    for (uint32_t i = 1; i < run->count; i++) {
        at += run->stride;
        uint64_t difference = htole64(at->offset - last);
        last = at->offset;
        memcpy(out, &difference, sizeof(difference)); /* the next one overwrites what is too much */
        out += width;
    }
    return out;
}

static bool append_positions(struct dag_buffer *out, const struct run *run, uint64_t bits)
{
    unsigned width = width_of(bits);

    if (!dag_buffer_reserve(out, (size_t)run->count * width + 5 * VARINT_SIZE_MAX + sizeof(bits)))
        return false;

    char *at = out->bytes + out->size;

    at = put_varint(at, run->count);
    at = put_varint(at, run->origins->lane);
    at = put_varint(at, run->origins->flags);
    at = put_varint(at, run->origins->offset);
    *at++ = (char)width;
    at = put_differences(at, run, width);
    out->size = (size_t)(at - out->bytes);
    return true;
}

/* ---- events ---- */

static bool append_text(struct dag_buffer *out, const struct dag_value *value)
{
    return append_varint(out, value->size) && dag_buffer_append(out, value->as.text, value->size);
}

/* Bytes that are no message, and why not, for each row. */
static bool append_rejected(struct dag_buffer *out, const struct run *run,
                            const struct dag_row *rows)
{
    for (uint32_t i = 0; i < run->count; i++) {
        const struct dag_value *values = rows[(size_t)i * run->stride].values;
        if (!append_text(out, &values[0]) || !append_text(out, &values[1]))
            return false;
    }
    return true;
}

/* The lines as they came in, when they are at hand. */
static bool append_source_lines(struct dag_buffer *out, const char *lines, size_t size)
{
    return dag_buffer_append(out, lines, size) &&
           (lines[size - 1] == '\n' || dag_buffer_append(out, "\n", 1));
}

static bool append_lines(struct dag_buffer *out, const struct run *run, const struct dag_row *rows)
{
    struct dag_row gathered[GATHER_ROWS];
    size_t size;

    if (run->stride == 1) {
        uint32_t first = (uint32_t)(rows - run->batch->rows);
        const char *lines = batch_lines(run->batch, first, run->count, &size);
        return lines ? append_source_lines(out, lines, size)
                     : dag_json_write_lines(out, rows, run->count);
    }
    for (uint32_t i = 0; i < run->count;) {
        size_t count = 0;
        for (; count < GATHER_ROWS && i < run->count; count++, i++)
            gathered[count] = rows[(size_t)i * run->stride];
        if (!dag_json_write_lines(out, gathered, count))
            return false;
    }
    return true;
}

/* The size comes first, and is only known behind. */
static bool append_events(struct dag_buffer *out, const struct run *run, const struct dag_row *rows)
{
    size_t at = out->size;
    uint32_t size = 0;

    if (!dag_buffer_append(out, &size, sizeof(size)))
        return false;
    if (run->origins->flags & DAG_ORIGIN_REJECTED ? !append_rejected(out, run, rows)
                                                  : !append_lines(out, run, rows))
        return false;
    if (out->size - at - sizeof(size) > UINT32_MAX)
        return false;
    size = htole32((uint32_t)(out->size - at - sizeof(size)));
    memcpy(out->bytes + at, &size, sizeof(size));
    return true;
}

static bool append_input(struct dag_buffer *out, const struct engine_input *input, bool with_events)
{
    uint64_t bits;

    if (!append_varint(out, input->count))
        return false;
    if (input->count == 0)
        return true;

    const struct dag_origin *origins = dag_batch_origins(input->batch) + input->first;
    const struct dag_row *rows = dag_batch_rows(input->batch) + input->first;

    for (struct run run = {.batch = input->batch, .stride = input->stride};
         run.first < input->count; run.first += run.count) {
        size_t row = (size_t)run.first * input->stride;
        run.origins = origins + row;
        run.count = measure(input, run.origins, input->count - run.first, &bits);
        if (!append_positions(out, &run, bits) ||
            (with_events && !append_events(out, &run, rows + row)))
            return false;
    }
    return true;
}

static bool has_tick(const struct engine_step *step, size_t count)
{
    for (size_t i = 0; step->ticks && i < count; i++)
        if (step->ticks[i])
            return true;
    return false;
}

bool journal_encode(struct dag_buffer *out, const struct engine_step *step, size_t event_count,
                    size_t metronome_count, bool with_events)
{
    bool ticks = has_tick(step, metronome_count);
    int64_t time_us = (int64_t)htole64((uint64_t)step->time_us);
    char flags = (char)((with_events ? STEP_HAS_EVENTS : 0) | (ticks ? STEP_HAS_TICKS : 0));

    if (!dag_buffer_append(out, &flags, 1) || !dag_buffer_append(out, &time_us, sizeof(time_us)) ||
        !append_varint(out, step->slot_count) || !append_varint(out, event_count) ||
        !append_varint(out, metronome_count) ||
        (ticks && !append_ticks(out, step->ticks, metronome_count)))
        return false;
    for (size_t i = 0; i < event_count; i++)
        if (!append_input(out, &step->inputs[i], with_events))
            return false;
    return true;
}
