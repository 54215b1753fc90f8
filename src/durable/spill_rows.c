/* spill_rows.c - rows and their cycles as the records of a spill log. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/batch.h"
#include "durable/spill_internal.h"

#define HEADER_SIZE  16
#define ROWS_SOON    DAG_BATCH_ROWS_MAX  /* a record ends with a cycle behind so many, */
#define SIZE_SOON    ((size_t)256 << 10) /* or so many bytes, */
#define SIZE_MAX_OF  ((size_t)8 << 20)   /* or anywhere behind so many */
#define VARINT_BYTES 10

static void write_u32(char *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (char)(value >> 8 * i);
}

static uint32_t read_u32(const char *bytes)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++)
        value |= (uint32_t)(unsigned char)bytes[i] << 8 * i;
    return value;
}

static uint64_t read_u64(const char *bytes)
{
    return read_u32(bytes) | (uint64_t)read_u32(bytes + 4) << 32;
}

/* ---- writing ---- */

static bool append_cycles(struct dag_buffer *out, const uint64_t *cycles, size_t count)
{
    if (!dag_buffer_reserve(out, count * VARINT_BYTES))
        return false;
    for (size_t i = 1; i < count; i++) {
        uint64_t distance = cycles[i] - cycles[i - 1];
        for (; distance >= 0x80; distance >>= 7)
            out->bytes[out->size++] = (char)(distance | 0x80);
        out->bytes[out->size++] = (char)distance;
    }
    return true;
}

size_t spill_encode(struct dag_buffer *out, const struct dag_delivery *delivery, size_t first,
                    enum spill_kind *kind)
{
    const uint64_t *cycles = delivery->cycles;
    size_t begin = out->size, i = first;
    bool done = dag_buffer_reserve(out, HEADER_SIZE);

    out->size += done ? HEADER_SIZE : 0;
    for (; done && i < delivery->count; i++) {
        size_t size = out->size - begin;
        bool is_enough = i - first >= ROWS_SOON || size >= SIZE_SOON;
        if ((is_enough && cycles[i] != cycles[i - 1]) || size >= SIZE_MAX_OF)
            break;
        done = dag_json_write_lines(out, &delivery->rows[i], 1);
    }
    size_t cycles_begin = out->size;
    if (!done || !append_cycles(out, cycles + first, i - first)) {
        out->size = begin;
        return 0;
    }
    char *header = out->bytes + begin;
    write_u32(header, (uint32_t)(i - first));
    write_u32(header + 4, (uint32_t)(out->size - cycles_begin));
    write_u32(header + 8, (uint32_t)cycles[first]);
    write_u32(header + 12, (uint32_t)(cycles[first] >> 32));
    bool is_whole = i < delivery->count ? cycles[i] != cycles[i - 1] : //
                        delivery->mark >= cycles[i - 1];
    *kind = is_whole ? SPILL_WHOLE : SPILL_PART;
    return i - first;
}

/* ---- reading ---- */

static bool refuse(struct dag_error *err)
{
    dag_error_set(err, DAG_ERROR_INVALID, "a record of a spill log makes no sense");
    return false;
}

/* Gives each row's cycle to `cycles` (may be NULL). False: it makes no sense. */
static bool read_cycles(const struct record *record, uint64_t *cycles, uint64_t *last)
{
    uint32_t count = read_u32(record->payload), size = read_u32(record->payload + 4);
    const char *at = record->payload + record->size - size, *end = at + size;
    uint64_t cycle = read_u64(record->payload + 8);

    for (uint32_t i = 0; i < count; i++) {
        uint64_t distance = 0;
        for (unsigned shift = 0; i > 0; shift += 7) {
            if (at == end || shift > 63)
                return false;
            unsigned char byte = (unsigned char)*at++;
            distance |= (uint64_t)(byte & 0x7f) << shift;
            if (byte < 0x80)
                break;
        }
        cycle += distance;
        if (cycles)
            cycles[i] = cycle;
    }
    *last = cycle;
    return at == end;
}

bool spill_measure(const struct record *record, uint64_t *row_count, uint64_t *last_cycle,
                   struct dag_error *err)
{
    if (record->size < HEADER_SIZE || (record->kind != SPILL_WHOLE && record->kind != SPILL_PART) ||
        read_u32(record->payload + 4) > record->size - HEADER_SIZE ||
        read_u32(record->payload) == 0 || read_u32(record->payload) > record->size)
        return refuse(err);
    *row_count = read_u32(record->payload);
    return read_cycles(record, NULL, last_cycle) || refuse(err);
}

/* What the parser won't have (nested deeper than a message may be, `null`) went out as it stands,
 * and does so now. */
static bool keep_rejected(struct dag_batch *batch, size_t i)
{
    const struct dag_value *raw = batch->rows[i].values;
    struct dag_value *value = batch_alloc(batch, sizeof(*value));

    if (!value)
        return false;
    *value = *raw;
    value->type = DAG_TYPE_NESTED;
    value->form = 0;
    batch->rows[i] = (struct dag_row){.values = value};
    return true;
}

static bool parse_rows(const struct record *record, struct dag_json_parser *parser,
                       struct dag_batch *batch, uint32_t count, struct dag_error *err)
{
    size_t size = record->size - HEADER_SIZE - read_u32(record->payload + 4);
    char *text = batch_alloc(batch, size + DAG_JSON_PADDING);
    size_t consumed;

    if (!text)
        return dag_error_set_memory(err, "spilled rows");
    memcpy(text, record->payload + HEADER_SIZE, size);
    memset(text + size, 0, DAG_JSON_PADDING);
    if (!dag_json_parse_lines(parser, batch, text, size, true, (struct dag_origin){0}, &consumed,
                              err))
        return false;
    if (batch->row_count != count || consumed != size)
        return refuse(err);
    for (size_t i = 0; i < count; i++)
        if ((batch->origins[i].flags & DAG_ORIGIN_REJECTED) && !keep_rejected(batch, i))
            return dag_error_set_memory(err, "spilled rows");
    return true;
}

bool spill_decode(const struct record *record, struct dag_json_parser *parser,
                  struct spill_rows *rows, struct dag_error *err)
{
    uint64_t count, last;

    *rows = (struct spill_rows){0};
    if (!spill_measure(record, &count, &last, err))
        return false;
    /* Outside the DAG's account: sources would wait for memory that only this sink gives back. The
     * sink's own bound holds. */
    rows->batch = batch_new(NULL, (size_t)record->size * 2, count, SIZE_MAX);
    uint64_t *cycles = rows->batch ? batch_alloc(rows->batch, count * sizeof(*cycles)) : NULL;
    if (!cycles)
        dag_error_set_memory(err, "spilled rows");
    else if (read_cycles(record, cycles, &last) &&
             parse_rows(record, parser, rows->batch, (uint32_t)count, err)) {
        rows->cycles = cycles;
        rows->mark = record->kind == SPILL_WHOLE ? last : last - 1;
        return true;
    }
    dag_batch_unref(rows->batch);
    rows->batch = NULL;
    return false;
}
