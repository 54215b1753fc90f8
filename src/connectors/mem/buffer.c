/* buffer.c - a bounded run of messages: shared segments, and compact ones where sharing pins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/mem/buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Up to this many pinned bytes for each row nobody looks how much of it the rows really use. */
#define PINNED_PER_ROW_FINE 1024
/* Rows are copied when they pin more than this many times their own bytes ... */
#define PINNED_RATIO_MAX 8
/* ... and copying them costs less than this, in bytes. */
#define COPY_SIZE_MAX ((size_t)256 << 10)

#define COMPACT_ROWS 128
#define COMPACT_SIZE ((size_t)64 << 10)

/* Rows of one batch. A compact segment is open until it is full or a reader touches it: from then
 * on other threads read its batch, and nothing may be added. */
struct buffer_segment {
    struct buffer_segment *next;
    struct dag_batch *batch; /* one reference */
    size_t size;             /* bytes counted for it */
    uint64_t first;          /* number of rows[0]; the others follow */
    uint32_t count;
    uint32_t taken; /* of `count`: the first ones are gone */
    uint32_t capacity;
    bool is_open;
    bool is_text; /* each row is one value: the message's text, not parsed yet */
    struct dag_row rows[];
};

static struct buffer_segment *segment_new(size_t capacity)
{
    struct buffer_segment *segment =
        malloc(sizeof(struct buffer_segment) + capacity * sizeof(struct dag_row));

    if (segment)
        *segment = (struct buffer_segment){.capacity = (uint32_t)capacity};
    return segment;
}

static void segment_free(struct buffer_segment *segment)
{
    if (!segment)
        return;
    dag_batch_unref(segment->batch);
    free(segment);
}

static void link_segment(struct buffer *buffer, struct buffer_segment *segment)
{
    segment->first = buffer->sequence + 1;
    buffer->sequence += segment->count;
    if (buffer->tail) {
        buffer->tail->is_open = false;
        buffer->tail->next = segment;
    } else {
        buffer->head = segment;
    }
    buffer->tail = segment;
    buffer->row_count += segment->count;
    buffer->size += segment->size;
}

/* The first segment is used up. */
static void unlink_head(struct buffer *buffer)
{
    struct buffer_segment *segment = buffer->head;

    buffer->head = segment->next;
    if (!buffer->head)
        buffer->tail = NULL;
    buffer->size -= segment->size;
    segment_free(segment);
}

void buffer_clear(struct buffer *buffer)
{
    buffer_drop(buffer, buffer->row_count);
    assert(!buffer->head && buffer->size == 0);
}

size_t buffer_room(const struct buffer *buffer)
{
    if (buffer->size >= buffer->size_max)
        return 0;
    if (buffer->rows_max == 0)
        return SIZE_MAX;
    return buffer->row_count < buffer->rows_max ? buffer->rows_max - buffer->row_count : 0;
}

static size_t row_size(const struct dag_row *row)
{
    size_t count = row->shape ? row->shape->count : 1;
    size_t size = sizeof *row + count * sizeof(struct dag_value);

    for (size_t i = 0; i < count; i++)
        size += row->values[i].size;
    return size;
}

/* Whether the rows deserve a compact copy; `*size` is what they count for. */
static bool should_copy(const struct dag_row *rows, size_t count, const struct dag_batch *batch,
                        size_t *size)
{
    size_t pinned = dag_batch_size(batch);
    size_t own = 0;

    *size = pinned;
    if (pinned <= count * PINNED_PER_ROW_FINE)
        return false;
    for (size_t i = 0; i < count && own <= COPY_SIZE_MAX; i++)
        own += row_size(&rows[i]);
    if (own > COPY_SIZE_MAX || pinned <= own * PINNED_RATIO_MAX)
        return false;
    *size = own;
    return true;
}

/* The tail, when compact rows can be added to it; else a new segment, which add_compact() links
 * with its first row: no segment in the list is ever empty. */
static struct buffer_segment *open_segment(const struct buffer *buffer, bool is_text)
{
    struct buffer_segment *segment = buffer->tail;

    if (segment && segment->is_open && segment->is_text == is_text &&
        segment->count < segment->capacity && segment->size < COMPACT_SIZE)
        return segment;
    segment = segment_new(COMPACT_ROWS);
    if (!segment)
        return NULL;
    segment->batch = dag_batch_new();
    if (!segment->batch) {
        segment_free(segment);
        return NULL;
    }
    segment->is_open = true;
    segment->is_text = is_text;
    return segment;
}

/* Frees what open_segment() gave when nothing could be put into it. */
static void abandon_segment(const struct buffer *buffer, struct buffer_segment *segment)
{
    if (segment != buffer->tail)
        segment_free(segment);
}

static void add_compact(struct buffer *buffer, struct buffer_segment *segment, struct dag_row row,
                        size_t size)
{
    if (segment != buffer->tail)
        link_segment(buffer, segment);
    segment->rows[segment->count++] = row;
    segment->size += size;
    buffer->sequence++;
    buffer->row_count++;
    buffer->size += size;
}

/* Takes back the newest `count` rows: a put that fails puts nothing. Their memory stays in the
 * compact batch until that goes. */
static void undo_put(struct buffer *buffer, size_t count)
{
    size_t keep = buffer->row_count - count;
    size_t seen = 0;
    struct buffer_segment *last = NULL;
    struct buffer_segment *segment = buffer->head;

    while (segment && seen + (segment->count - segment->taken) <= keep) {
        seen += segment->count - segment->taken;
        last = segment;
        segment = segment->next;
    }
    if (segment && seen < keep) {
        segment->count = segment->taken + (uint32_t)(keep - seen);
        last = segment;
        segment = segment->next;
    }
    while (segment) {
        struct buffer_segment *next = segment->next;
        buffer->size -= segment->size;
        segment_free(segment);
        segment = next;
    }
    if (last)
        last->next = NULL;
    else
        buffer->head = NULL;
    buffer->tail = last;
    buffer->row_count = keep;
    buffer->sequence -= count;
}

static bool put_copies(struct buffer *buffer, const struct dag_row *rows, size_t count,
                       struct dag_error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct dag_row copy;
        struct buffer_segment *segment = open_segment(buffer, false);
        if (!segment)
            dag_error_set_memory(err, "a queued message");
        if (!segment || !dag_batch_copy_row(segment->batch, &rows[i], &copy, err)) {
            abandon_segment(buffer, segment);
            undo_put(buffer, i);
            return false;
        }
        add_compact(buffer, segment, copy, row_size(&copy));
    }
    return true;
}

bool buffer_put(struct buffer *buffer, const struct dag_row *rows, size_t count,
                struct dag_batch *batch, struct dag_error *err)
{
    size_t size;
    struct buffer_segment *segment;

    if (count == 0)
        return true;
    if (should_copy(rows, count, batch, &size))
        return put_copies(buffer, rows, count, err);
    segment = segment_new(count);
    if (!segment)
        return dag_error_set_memory(err, "queued messages");
    memcpy(segment->rows, rows, count * sizeof *rows);
    segment->count = (uint32_t)count;
    segment->size = size;
    segment->batch = dag_batch_ref(batch);
    link_segment(buffer, segment);
    return true;
}

bool buffer_put_text(struct buffer *buffer, const char *text, size_t size, struct dag_error *err)
{
    struct buffer_segment *segment;
    struct dag_value *value = NULL;
    const char *copy = NULL;

    if (size > DAG_MESSAGE_SIZE_MAX)
        return dag_error_set(err, DAG_ERROR_LIMIT, "message of %zu bytes: at most %u", size,
                             DAG_MESSAGE_SIZE_MAX);
    segment = open_segment(buffer, true);
    if (segment)
        value = dag_batch_alloc(segment->batch, sizeof *value);
    if (value)
        copy = dag_batch_copy(segment->batch, text, size);
    if (!copy) {
        abandon_segment(buffer, segment);
        return dag_error_set_memory(err, "a queued message");
    }
    *value = dag_value_text(copy, (uint32_t)size);
    add_compact(buffer, segment, (struct dag_row){.values = value},
                size + sizeof *value + sizeof(struct dag_row));
    return true;
}

/* Moves up to `count` rows of the first segment; `*moved` even when it fails. */
static bool take_rows(struct buffer *buffer, struct dag_batch *out, size_t count,
                      struct dag_json_parser *parser, size_t *moved, struct dag_error *err)
{
    struct buffer_segment *segment = buffer->head;
    const struct dag_row *rows = segment->rows + segment->taken;

    *moved = 0;
    if (!segment->is_text) {
        struct dag_origin first = {.offset = segment->first + segment->taken};
        if (!dag_batch_keep(out, segment->batch, err) ||
            !dag_batch_append_rows(out, rows, count, first, err))
            return false;
        *moved = count;
        return true;
    }
    while (*moved < count) {
        struct dag_row row = rows[*moved];
        struct dag_origin origin = {.offset = segment->first + segment->taken + *moved};
        if (!dag_json_parse(parser, out, row.values->as.text, row.values->size, origin, err))
            return false;
        ++*moved;
        if (dag_batch_room(out) == 0)
            break;
    }
    return true;
}

static void forget(struct buffer *buffer, size_t count)
{
    struct buffer_segment *segment = buffer->head;

    segment->is_open = false;
    segment->taken += (uint32_t)count;
    buffer->row_count -= count;
    if (segment->taken == segment->count)
        unlink_head(buffer);
}

bool buffer_take(struct buffer *buffer, struct dag_batch *out, struct dag_json_parser *parser,
                 size_t *taken, struct dag_error *err)
{
    size_t room;

    *taken = 0;
    while (buffer->row_count > 0 && (room = dag_batch_room(out)) > 0) {
        size_t left = buffer->head->count - buffer->head->taken;
        size_t moved;
        bool moves = take_rows(buffer, out, left < room ? left : room, parser, &moved, err);
        if (moved > 0)
            forget(buffer, moved);
        *taken += moved;
        if (!moves)
            return false;
    }
    return true;
}

bool buffer_take_text(struct buffer *buffer, struct dag_buffer *out, struct dag_error *err)
{
    const struct buffer_segment *segment = buffer->head;
    const struct dag_row *row;
    bool fits;

    assert(segment && segment->taken < segment->count);
    row = &segment->rows[segment->taken];
    if (segment->is_text)
        fits = dag_buffer_append(out, row->values->as.text, row->values->size);
    else
        fits = dag_json_write_row(out, row);
    if (!fits)
        return dag_error_set_memory(err, "a message's text");
    forget(buffer, 1);
    return true;
}

size_t buffer_drop(struct buffer *buffer, size_t count)
{
    size_t dropped = 0;

    while (dropped < count && buffer->row_count > 0) {
        size_t left = buffer->head->count - buffer->head->taken;
        size_t now = left < count - dropped ? left : count - dropped;
        forget(buffer, now);
        dropped += now;
    }
    return dropped;
}

uint64_t buffer_first(const struct buffer *buffer)
{
    return buffer->head ? buffer->head->first + buffer->head->taken : UINT64_MAX;
}

bool buffer_put_back(struct buffer *buffer, const struct dag_row *rows, size_t count,
                     uint64_t first, bool is_text, struct dag_batch *batch, struct dag_error *err)
{
    struct buffer_segment *segment = segment_new(count);
    struct buffer_segment **link = &buffer->head;

    if (!segment)
        return dag_error_set_memory(err, "queued messages");
    memcpy(segment->rows, rows, count * sizeof *rows);
    segment->batch = dag_batch_ref(batch);
    segment->size = dag_batch_size(batch);
    segment->count = (uint32_t)count;
    segment->first = first;
    segment->is_text = is_text;
    while (*link && (*link)->first + (*link)->taken < first)
        link = &(*link)->next;
    segment->next = *link;
    *link = segment;
    if (!segment->next)
        buffer->tail = segment;
    buffer->row_count += count;
    buffer->size += segment->size;
    return true;
}
