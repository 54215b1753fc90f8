/* record_writer.c - see record_writer.h.
 *
 * What bypasses the cache saves the copy into it and the pages for it: three quarters of what a
 * large log costs the processor. It goes in whole blocks at a block's boundary, from memory at one;
 * what is in front and behind is written as ever. So the memory mirrors the file: byte n of it
 * belongs to an offset that leaves n, divided by a block.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/record_writer.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK         ((size_t)STORAGE_BLOCK_SIZE)
#define LARGE         ((size_t)32 << 10)  /* is written from where it lies */
#define COLLECTED_MAX ((size_t)256 << 10) /* by way of the cache */
#define BYPASS_SIZE   ((size_t)1 << 20)
#define BYPASS_MIN    ((size_t)64 << 10) /* less isn't worth waiting for the disk */

static size_t lead(const struct record_writer *writer)
{
    return (size_t)(writer->pushed_size % BLOCK);
}

static char *collected(const struct record_writer *writer)
{
    return writer->memory + lead(writer);
}

/* Bytes that fit in the memory. */
static size_t capacity(const struct record_writer *writer)
{
    return (writer->bypasses_cache ? BYPASS_SIZE : COLLECTED_MAX) - lead(writer);
}

void record_writer_begin(struct record_writer *writer, uint64_t size)
{
    writer->pushed_size = size;
    writer->size = 0;
    writer->is_ragged = false;
}

void record_writer_deinit(struct record_writer *writer)
{
    free(writer->memory);
    writer->memory = NULL;
}

/* ---- writing ---- */

static bool write_bytes(struct record_writer *writer, const char *bytes, size_t size,
                        struct dag_error *err)
{
    return size == 0 || writer->storage->write(writer->file, bytes, size, err);
}

/* The first `size` collected bytes, which are no part of the log before all of them are written. */
static bool write_collected(struct record_writer *writer, size_t size, struct dag_error *err)
{
    const char *bytes = collected(writer);
    size_t head = (BLOCK - lead(writer)) % BLOCK;
    size_t blocks = size > head ? (size - head) / BLOCK * BLOCK : 0;

    if (!writer->bypasses_cache || !writer->storage->write_blocks || blocks < BYPASS_MIN)
        return write_bytes(writer, bytes, size, err);
    return write_bytes(writer, bytes, head, err) &&
           writer->storage->write_blocks(writer->file, bytes + head, blocks, err) &&
           write_bytes(writer, bytes + head + blocks, size - head - blocks, err);
}

/* The first `size` collected bytes, and `payload` right behind them. */
static bool push_with(struct record_writer *writer, size_t size, const void *payload,
                      size_t payload_size, struct dag_error *err)
{
    const char *rest = collected(writer) + size;

    /* what a failed write left is no part of the log */
    if (writer->is_ragged && !writer->storage->truncate(writer->file, writer->pushed_size, err))
        return false;
    writer->is_ragged =
        !write_collected(writer, size, err) || !write_bytes(writer, payload, payload_size, err);
    if (writer->is_ragged)
        return false;
    writer->pushed_size += size + payload_size;
    writer->size -= size;
    memmove(collected(writer), rest, writer->size);
    return true;
}

bool record_writer_push(struct record_writer *writer, struct dag_error *err)
{
    return writer->size == 0 || push_with(writer, writer->size, NULL, 0, err);
}

/* ---- collecting ---- */

bool record_writer_is_due(const struct record_writer *writer, size_t size)
{
    return writer->size + size > capacity(writer) || (size >= LARGE && !writer->bypasses_cache);
}

static bool reserve(struct record_writer *writer, struct dag_error *err)
{
    if (!writer->memory)
        writer->memory = aligned_alloc(BLOCK, capacity(writer) + lead(writer));
    return writer->memory || dag_error_set_memory(err, "a log");
}

/* Makes room: whole blocks where they bypass the cache, so that the next ones can, too. */
static bool make_room(struct record_writer *writer, struct dag_error *err)
{
    size_t size = writer->size;

    if (writer->bypasses_cache)
        size -= (size_t)(record_writer_end(writer) % BLOCK);
    return push_with(writer, size, NULL, 0, err);
}

bool record_writer_add(struct record_writer *writer, const void *bytes, size_t size,
                       struct dag_error *err)
{
    const char *rest = bytes;

    if (!reserve(writer, err))
        return false;
    if (size >= LARGE && !writer->bypasses_cache)
        return push_with(writer, writer->size, bytes, size, err);
    while (size > 0) {
        if (writer->size == capacity(writer) && !make_room(writer, err))
            return false;
        size_t room = capacity(writer) - writer->size;
        size_t part = size < room ? size : room;
        memcpy(collected(writer) + writer->size, rest, part);
        writer->size += part;
        rest += part;
        size -= part;
    }
    return true;
}

void record_writer_undo(struct record_writer *writer, uint64_t end)
{
    if (end >= writer->pushed_size) {
        writer->size = (size_t)(end - writer->pushed_size);
        return;
    }
    writer->pushed_size = end;
    writer->size = 0;
    writer->is_ragged = true;
}
