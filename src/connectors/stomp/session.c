/* session.c - moves frames and heart-beats between a login and the end of its connection. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "connectors/stomp/connection_internal.h"

#define READ_SIZE  ((size_t)64 << 10)
#define GOODBYE_US 1000000

/* ---- coming in ---- */

int64_t stomp_fill(struct stomp_connection *connection, struct dag_error *err)
{
    size_t available;
    char *room = stomp_reader_room(&connection->reader, READ_SIZE, &available);

    if (!room) {
        dag_error_set_memory(err, "a frame");
        return -1;
    }
    int64_t got = net_stream_read(connection->stream, room, available, err);
    if (got > 0)
        stomp_reader_add(&connection->reader, (size_t)got);
    return got;
}

static size_t one_line(const char *text, size_t size)
{
    size_t i = 0;

    while (i < size && (unsigned char)text[i] >= ' ')
        i++;
    return i < 300 ? i : 300;
}

bool stomp_refuse(struct stomp_connection *connection, const struct stomp_frame *frame,
                  struct dag_error *err)
{
    const struct stomp_header *header = stomp_frame_find(frame, "message");
    const char *text = header ? header->value : frame->body;
    size_t size = header ? one_line(text, header->value_size) : one_line(text, frame->body_size);

    connection->was_refused = true;
    return dag_error_set(err, DAG_ERROR_INVALID, "the broker says: %.*s", size ? (int)size : 7,
                         size ? text : "nothing");
}

static const char *moved(const char *at, const char *from, const char *to)
{
    return to + (at - from);
}

/* A copy in a block of its own. NULL: out of memory. */
static struct stomp_arrival *copy_frame(const struct stomp_frame *frame)
{
    const char *from = frame->header_count ? frame->headers[0].name : frame->body;
    size_t text_size = (size_t)(frame->body - from) + frame->body_size;
    size_t headers_size = frame->header_count * sizeof(*frame->headers);
    size_t size = sizeof(struct stomp_arrival) + headers_size + text_size;
    struct stomp_arrival *arrival = malloc(size);

    if (!arrival)
        return NULL;
    struct stomp_header *headers = (struct stomp_header *)(arrival + 1);
    char *to = (char *)headers + headers_size;
    memcpy(to, from, text_size);
    for (size_t i = 0; i < frame->header_count; i++) {
        headers[i] = frame->headers[i];
        headers[i].name = moved(headers[i].name, from, to);
        headers[i].value = moved(headers[i].value, from, to);
    }
    *arrival = (struct stomp_arrival){.frame = *frame, .size = size};
    arrival->frame.headers = headers;
    arrival->frame.body = moved(frame->body, from, to);
    return arrival;
}

static bool deliver(struct stomp_connection *connection, const struct stomp_frame *frame,
                    struct dag_error *err)
{
    struct stomp_arrival *arrival = copy_frame(frame);

    if (!arrival)
        return dag_error_set_memory(err, "a frame");
    pthread_mutex_lock(&connection->lock);
    bool was_empty = !connection->first;
    *connection->last = arrival;
    connection->last = &arrival->next;
    connection->held_size += arrival->size;
    connection->is_full = connection->held_size >= STOMP_HELD_MAX;
    pthread_mutex_unlock(&connection->lock);
    if (was_empty)
        dag_wake(connection->host);
    return true;
}

static bool take_frames(struct stomp_connection *connection, struct dag_error *err)
{
    struct stomp_frame frame;
    enum stomp_result result;

    while ((result = stomp_reader_next(&connection->reader, &frame, err)) == STOMP_FRAME) {
        if (frame.command == STOMP_ERROR)
            return stomp_refuse(connection, &frame, err);
        if (frame.command == STOMP_CONNECTED)
            return dag_error_set(err, DAG_ERROR_INVALID, "the broker sent CONNECTED twice");
        if (!deliver(connection, &frame, err))
            return false;
    }
    return result == STOMP_MORE;
}

static bool is_full(struct stomp_connection *connection)
{
    pthread_mutex_lock(&connection->lock);
    bool full = connection->is_full;
    pthread_mutex_unlock(&connection->lock);
    return full;
}

/* Reads all that is there. False: `err`. */
static bool receive(struct stomp_connection *connection, int64_t *heard_us, struct dag_error *err)
{
    int64_t got = 1;

    while (got > 0) {
        if (!take_frames(connection, err))
            return false;
        if (is_full(connection))
            break;
        got = stomp_fill(connection, err);
        if (got > 0)
            *heard_us = stomp_now_us();
    }
    return got >= 0;
}

/* ---- going out ---- */

/* Takes what is due; the rest of this session's frames comes with it. */
static int64_t collect(struct stomp_connection *connection)
{
    int64_t due_us = INT64_MAX;

    if (connection->written < connection->writing.size)
        return due_us;
    connection->writing.size = connection->written = 0;
    pthread_mutex_lock(&connection->lock);
    if (connection->out.size > 0 && connection->out_due_us <= stomp_now_us()) {
        struct dag_buffer empty = connection->writing;

        connection->writing = connection->out;
        connection->out = empty;
        connection->out_due_us = INT64_MAX;
    }
    due_us = connection->out_due_us;
    pthread_mutex_unlock(&connection->lock);
    return due_us;
}

static bool transmit(struct stomp_connection *connection, int64_t *sent_us, struct dag_error *err)
{
    struct dag_buffer *out = &connection->writing;

    while (connection->written < out->size) {
        int64_t put = net_stream_write(connection->stream, out->bytes + connection->written,
                                       out->size - connection->written, err);

        if (put < 0)
            return false;
        if (put == 0)
            break;
        connection->written += (size_t)put;
        *sent_us = stomp_now_us();
    }
    return true;
}

static bool beat(struct stomp_connection *connection, int64_t sent_us)
{
    bool is_due = connection->beat_us != INT64_MAX &&
                  connection->written == connection->writing.size &&
                  stomp_now_us() - sent_us >= connection->beat_us;

    return !is_due || dag_buffer_append(&connection->writing, "\n", 1);
}

/* ---- the session ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t after(int64_t from_us, int64_t span_us)
{
    return span_us == INT64_MAX ? INT64_MAX : from_us + span_us;
}

/* One last frame, whose answer says that the broker has taken all before it. What comes meanwhile
 * is dropped: it was not acknowledged. */
static void say_goodbye(struct stomp_connection *connection)
{
    int64_t until_us = stomp_now_us() + GOODBYE_US, sent_us;
    struct dag_error err = {0};
    struct stomp_frame frame;
    bool is_answered = false;

    pthread_mutex_lock(&connection->lock);
    bool done =
        dag_buffer_append(&connection->writing, connection->out.bytes ? connection->out.bytes : "",
                          connection->out.size);
    pthread_mutex_unlock(&connection->lock);
    done = done && stomp_write_begin(&connection->writing, "DISCONNECT") &&
           stomp_write_header(&connection->writing, "receipt", "goodbye") &&
           stomp_write_end(&connection->writing);
    while (done && !is_answered && stomp_now_us() < until_us) {
        done = transmit(connection, &sent_us, &err) && stomp_fill(connection, &err) >= 0;
        while (done && stomp_reader_next(&connection->reader, &frame, &err) == STOMP_FRAME)
            is_answered = is_answered || (frame.command == STOMP_RECEIPT &&
                                          stomp_frame_has(&frame, "receipt-id", "goodbye"));
        bool writes = connection->written < connection->writing.size;
        done = done && net_stream_watch(connection->stream, writes, &err);
        if (done && !is_answered)
            (void)stomp_wait(connection, until_us);
    }
}

void stomp_serve(struct stomp_connection *connection, struct dag_error *err)
{
    int64_t heard_us = stomp_now_us(), sent_us = heard_us;

    while (!atomic_load(&connection->is_closing)) {
        int64_t due_us = collect(connection);

        if (!beat(connection, sent_us)) {
            dag_error_set_memory(err, "a heart-beat");
            return;
        }
        if (!transmit(connection, &sent_us, err) || !receive(connection, &heard_us, err))
            return;
        bool reads = !is_full(connection);
        bool writes = connection->written < connection->writing.size;
        if (!writes)
            due_us = earlier(due_us, after(sent_us, connection->beat_us));
        if (!reads)
            heard_us = stomp_now_us(); /* it isn't the broker that is silent */
        else if (connection->silence_us != INT64_MAX &&
                 stomp_now_us() - heard_us >= connection->silence_us) {
            dag_error_set(err, DAG_ERROR_IO, "the broker has been silent for %lld s",
                          (long long)(connection->silence_us / 1000000));
            return;
        }
        if (!writes && due_us <= stomp_now_us())
            continue;
        due_us = earlier(due_us, reads ? after(heard_us, connection->silence_us) : INT64_MAX);
        if (!net_stream_watch(connection->stream, writes, err))
            return;
        if (!reads)
            connection->watched &= ~(uint32_t)DAG_FD_READABLE;
        (void)stomp_wait(connection, due_us);
    }
    if (atomic_load(&connection->is_orderly))
        say_goodbye(connection);
}
