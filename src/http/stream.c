/* stream.c - bytes that handlers push to clients without ever waiting for one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Larger bytes than the buffer go only alone: a snapshot of very many DAGs. */
#define ALONE_SIZE_MAX ((size_t)16 * 1024 * 1024)

/* The stream's lock is held: whoever sees `is_ended` under it sees the stream in the list, too. */
static void mark_dirty(struct http_stream *stream)
{
    struct http_server *server = stream->server;
    bool is_new;

    pthread_mutex_lock(&server->lock);
    is_new = !stream->is_dirty;
    if (is_new) {
        stream->is_dirty = true;
        stream->next_dirty = NULL;
        if (server->dirty)
            server->dirty_last->next_dirty = stream;
        else
            server->dirty = stream;
        server->dirty_last = stream;
    }
    pthread_mutex_unlock(&server->lock);
    if (is_new)
        server_wake(server);
}

/* ---- begin and end ---- */

static bool same_principal(const struct http_stream *stream, const char *principal)
{
    return stream->principal && principal && strcmp(stream->principal, principal) == 0;
}

/* Counts the stream in. NULL: fine; else why not. */
static const char *add_stream(struct http_server *server, struct http_stream *stream,
                              unsigned int *status)
{
    uint32_t same = 0;
    const char *refusal = NULL;

    pthread_mutex_lock(&server->lock);
    for (const struct http_stream *other = server->streams; other; other = other->next)
        same += same_principal(other, stream->principal);
    if (server->stop) {
        *status = 503;
        refusal = "The server is stopping.";
    } else if (server->stream_count >= server->limits.streams_max) {
        *status = 503;
        refusal = "The server has no more streams; try again later.";
    } else if (same >= server->limits.streams_per_principal_max) {
        *status = 429;
        refusal = "You have too many streams open; close one.";
    } else {
        stream->next = server->streams;
        if (server->streams)
            server->streams->previous = stream;
        server->streams = stream;
        server->stream_count++;
    }
    pthread_mutex_unlock(&server->lock);
    return refusal;
}

static void remove_stream(struct http_stream *stream)
{
    struct http_server *server = stream->server;

    pthread_mutex_lock(&server->lock);
    if (stream->next)
        stream->next->previous = stream->previous;
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        server->streams = stream->next;
    server->stream_count--;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

static void free_stream(struct http_stream *stream)
{
    pthread_mutex_destroy(&stream->lock);
    dag_buffer_free(&stream->pending);
    free(stream->principal);
    free(stream);
}

static struct http_stream *new_stream(struct exchange *exchange,
                                      const struct http_stream_options *options)
{
    struct http_stream *stream = calloc(1, sizeof(*stream));

    if (!stream)
        return NULL;
    stream->server = exchange->server;
    stream->options = *options;
    pthread_mutex_init(&stream->lock, NULL);
    if (options->principal) {
        stream->principal = strdup(options->principal);
        if (!stream->principal) {
            free_stream(stream);
            return NULL;
        }
    }
    return stream;
}

struct http_stream *http_stream_begin(struct http_request *request,
                                      const struct http_stream_options *options)
{
    struct exchange *exchange = exchange_of(request);
    struct http_reply reply = {.content_type = options->content_type ? options->content_type
                                                                     : "text/event-stream"};
    struct http_stream *stream = new_stream(exchange, options);
    unsigned int status = 503;
    const char *refusal = "There is no memory for a stream.";

    if (stream && exchange_write_head(exchange, &reply))
        refusal = add_stream(exchange->server, stream, &status);
    if (refusal) {
        if (stream)
            free_stream(stream);
        http_reply_error(request, status, "too_many_streams", "%s", refusal);
        return NULL;
    }
    exchange->stream = stream;
    exchange_answer(exchange);
    return stream;
}

/* With the lock: whether so many more bytes may wait for the client. */
static bool has_room(const struct http_stream *stream, size_t size)
{
    size_t queued = stream->pending.size + stream->written_left;
    size_t most = stream->server->limits.stream_buffer_max;

    return queued == 0 ? size <= ALONE_SIZE_MAX : size <= most && queued <= most - size;
}

enum http_sent http_stream_send(struct http_stream *stream, const void *bytes, size_t size)
{
    enum http_sent sent = HTTP_SENT;

    pthread_mutex_lock(&stream->lock);
    assert(!stream->is_ended);
    if (stream->is_closed)
        sent = HTTP_CLOSED;
    else if (!has_room(stream, size) || !dag_buffer_append(&stream->pending, bytes, size))
        sent = HTTP_LAGGED;
    if (sent == HTTP_LAGGED)
        stream->is_lagged = true;
    if (sent != HTTP_CLOSED)
        mark_dirty(stream);
    if (sent == HTTP_LAGGED)
        server_count(stream->server, COUNT_LAGGED, 1);
    pthread_mutex_unlock(&stream->lock);
    return sent;
}

void http_stream_end(struct http_stream *stream)
{
    if (!stream)
        return;
    pthread_mutex_lock(&stream->lock);
    assert(!stream->is_ended);
    stream->is_ended = true;
    mark_dirty(stream);
    pthread_mutex_unlock(&stream->lock);
}

/* ---- the network's side ---- */

void stream_attach(struct http_stream *stream, struct connection *connection)
{
    stream->connection = connection;
    if (connection)
        connection->stream = stream;
    else
        stream_lost(stream);
}

static void release(struct http_stream *stream)
{
    void (*released)(void *context) = stream->options.released;
    void *context = stream->options.context;

    if (stream->connection) {
        struct connection *connection = stream->connection;

        connection->stream = NULL;
        connection_end_stream(connection);
    }
    if (released)
        released(context);
    remove_stream(stream);
    free_stream(stream);
}

/* Whether another flush is to come: the end must wait for the last one. */
static bool is_dirty(struct http_stream *stream)
{
    bool answer;

    pthread_mutex_lock(&stream->server->lock);
    answer = stream->is_dirty;
    pthread_mutex_unlock(&stream->server->lock);
    return answer;
}

void stream_flush(struct http_stream *stream)
{
    struct dag_buffer pending;
    bool is_ended, is_idle;

    pthread_mutex_lock(&stream->lock);
    pending = stream->pending;
    stream->pending = (struct dag_buffer){0};
    stream->written_left += stream->connection ? pending.size : 0;
    is_ended = stream->is_ended;
    is_idle = stream->written_left == 0;
    pthread_mutex_unlock(&stream->lock);
    if (stream->connection && pending.size > 0 &&
        !connection_write_chunk(stream->connection, pending.bytes, pending.size))
        connection_close(stream->connection); /* a stream with a hole would mislead */
    dag_buffer_free(&pending);
    if (is_ended && !is_dirty(stream))
        release(stream);
    else if (is_idle && stream->connection)
        stream_drained(stream);
}

void stream_written(struct http_stream *stream, size_t left)
{
    pthread_mutex_lock(&stream->lock);
    stream->written_left = left;
    pthread_mutex_unlock(&stream->lock);
}

void stream_drained(struct http_stream *stream)
{
    bool is_due;

    pthread_mutex_lock(&stream->lock);
    is_due = stream->is_lagged && !stream->is_ended && stream->pending.size == 0;
    if (is_due) {
        stream->is_lagged = false;
        stream->written_left = 0;
    }
    pthread_mutex_unlock(&stream->lock);
    if (is_due && stream->options.drained)
        stream->options.drained(stream->options.context);
}

void stream_lost(struct http_stream *stream)
{
    bool is_due;

    stream->connection = NULL;
    pthread_mutex_lock(&stream->lock);
    is_due = !stream->is_closed && !stream->is_ended;
    stream->is_closed = true;
    dag_buffer_free(&stream->pending);
    pthread_mutex_unlock(&stream->lock);
    if (is_due && stream->options.closed)
        stream->options.closed(stream->options.context);
}

const char *stream_heartbeat(const struct http_stream *stream)
{
    return stream->options.heartbeat ? stream->options.heartbeat : ":\n\n";
}
