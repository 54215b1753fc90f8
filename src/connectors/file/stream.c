/* stream.c - reads standard input line by line, without ever waiting for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connectors/file/source.h"

#define READ_SIZE ((size_t)256 << 10)

static atomic_bool standard_input_taken;

bool stream_open(struct file_source *source, struct dag_error *err)
{
    bool taken = false;

    if (source->stream.is_mine)
        return true;
    if (!atomic_compare_exchange_strong(&standard_input_taken, &taken, true))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "standard input has another subscriber in this process already");
    source->stream.is_mine = true;
    return true;
}

void stream_close(struct file_source *source)
{
    if (source->stream.is_mine) {
        dag_unwatch_fd(source->host, STDIN_FILENO);
        atomic_store(&standard_input_taken, false);
    }
    free(source->stream.bytes);
    source->stream = (struct source_stream){0};
}

/* Makes room for another read. */
static bool reserve(struct source_stream *stream, struct dag_error *err)
{
    char *bytes;
    size_t capacity;

    if (stream->start > 0) {
        stream->size -= stream->start;
        memmove(stream->bytes, stream->bytes + stream->start, stream->size);
        stream->scanned -= stream->start;
        stream->start = 0;
    }
    if (stream->capacity - stream->size >= READ_SIZE)
        return true;
    capacity = stream->capacity < READ_SIZE ? 2 * READ_SIZE : 2 * stream->capacity;
    bytes = realloc(stream->bytes, capacity);
    if (!bytes)
        return dag_error_set_memory(err, "standard input");
    stream->bytes = bytes;
    stream->capacity = capacity;
    return true;
}

/* Reads what is there. */
static enum source_step fill(struct file_source *source, struct dag_error *err)
{
    struct source_stream *stream = &source->stream;
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t got;

    if (!reserve(stream, err))
        return SOURCE_FAILED;
    if (poll(&ready, 1, 0) == 0)
        return dag_watch_fd(source->host, STDIN_FILENO, DAG_FD_READABLE, err) ? SOURCE_IDLE
                                                                              : SOURCE_FAILED;
    got = read(STDIN_FILENO, stream->bytes + stream->size, READ_SIZE);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return SOURCE_ON;
    if (got < 0) {
        dag_error_set_errno(err, "cannot read standard input");
        return SOURCE_FAILED;
    }
    stream->is_over = got == 0;
    stream->size += (size_t)got;
    return SOURCE_ON;
}

/* The first line is too long and not whole: keeps its beginning only. */
static void shorten(struct source_stream *stream)
{
    size_t excess = stream->size - stream->start - SOURCE_REJECT_SIZE;

    stream->size -= excess;
    stream->skipped += excess;
    stream->scanned = stream->size;
}

/* The first line, `size` bytes of it kept, was too long. */
static enum source_step reject_long(struct file_source *source, struct dag_batch *out, size_t size,
                                    struct dag_error *err)
{
    struct source_stream *stream = &source->stream;
    size_t shown = size < SOURCE_REJECT_SIZE ? size : SOURCE_REJECT_SIZE;

    if (!source_reject_long(source, out, stream->bytes + stream->start, shown,
                            size + stream->skipped, err))
        return SOURCE_FAILED;
    stream->start += size;
    stream->scanned = stream->start;
    stream->skipped = 0;
    return SOURCE_ON;
}

/* Copies up to `size` bytes into the batch and parses them there. */
static enum source_step parse(struct file_source *source, struct dag_batch *out, size_t size,
                              bool is_last, struct dag_error *err)
{
    struct source_stream *stream = &source->stream;
    char *chunk = dag_batch_alloc(out, size + DAG_JSON_PADDING);
    size_t consumed;
    enum source_step step;

    if (!chunk) {
        dag_error_set_memory(err, "standard input");
        return SOURCE_FAILED;
    }
    memcpy(chunk, stream->bytes + stream->start, size);
    memset(chunk + size, 0, DAG_JSON_PADDING);
    step = source_parse(source, out, chunk, size, is_last, &consumed, err);
    stream->start += consumed;
    if (stream->scanned < stream->start)
        stream->scanned = stream->start;
    return step;
}

/* What stands behind the last LF is a message too. */
static enum source_step finish(struct file_source *source, struct dag_batch *out,
                               struct dag_error *err)
{
    struct source_stream *stream = &source->stream;
    size_t size = stream->size - stream->start;
    enum source_step step = SOURCE_ON;

    if (stream->skipped + size > (uint64_t)source->message_size_max)
        step = reject_long(source, out, size, err);
    else if (size > 0)
        step = parse(source, out, size, true, err);
    return step == SOURCE_ON ? SOURCE_END : step;
}

enum source_step stream_step(struct file_source *source, struct dag_batch *out,
                             struct dag_error *err)
{
    struct source_stream *stream = &source->stream;
    size_t left = stream->size - stream->start;
    size_t size = source_chunk_size(source, out);
    const char *feed = NULL;
    size_t line_size;

    if (stream->size > stream->scanned)
        feed = memchr(stream->bytes + stream->scanned, '\n', stream->size - stream->scanned);
    if (!feed) {
        stream->scanned = stream->size;
        if (stream->is_over)
            return finish(source, out, err);
        if (left > SOURCE_REJECT_SIZE &&
            (stream->skipped > 0 || left > (size_t)source->message_size_max))
            shorten(stream);
        return fill(source, err);
    }
    line_size = (size_t)(feed - (stream->bytes + stream->start)) + 1;
    if (stream->skipped + line_size > (uint64_t)source->message_size_max + 1)
        return reject_long(source, out, line_size, err);
    if (size < line_size)
        size = line_size;
    return parse(source, out, size < left ? size : left, false, err);
}
