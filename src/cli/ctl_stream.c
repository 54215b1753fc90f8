/* ctl_stream.c - see ctl_stream.h. No more is read from the server while an event waits here, so
 * that the server's own bound for slow clients counts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_stream.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SILENCE_S 45L /* the server sends a comment every 15 s */
#define EVENT_MAX ((size_t)64 << 20)
#define DEPTH_MAX 1100
#define KIND_SIZE 32

struct stream {
    const struct client *client; /* borrowed */
    CURL *easy;                  /* owned */
    CURLM *multi;                /* owned */
    struct curl_slist *headers;  /* owned */
    struct dag_buffer text;      /* received; events from `taken` on aren't read yet */
    size_t taken;
    uint64_t received;    /* bytes, ever */
    char kind[KIND_SIZE]; /* of the event that was given last */
    struct client_reply refusal;
    char failure[CURL_ERROR_SIZE];
    bool is_over;
    CURLcode result; /* once over */
};

static size_t take_text(char *bytes, size_t size, size_t count, void *context)
{
    struct stream *stream = context;

    if (stream->text.size - stream->taken + size * count > EVENT_MAX)
        return 0;
    stream->received += size * count;
    if (stream->taken > 0) {
        stream->text.size -= stream->taken;
        memmove(stream->text.bytes, stream->text.bytes + stream->taken, stream->text.size);
        stream->taken = 0;
    }
    return dag_buffer_append(&stream->text, bytes, size * count) ? size * count : 0;
}

struct stream *stream_new(const struct client *client, const char *path, struct dag_error *err)
{
    struct stream *stream = calloc(1, sizeof(*stream));

    if (stream) {
        stream->client = client;
        stream->easy = curl_easy_init();
        stream->multi = curl_multi_init();
    }
    if (!stream || !stream->easy || !stream->multi) {
        dag_error_set_memory(err, "a stream");
        stream_free(stream);
        return NULL;
    }
    if (!client_prepare(client, stream->easy, path, &stream->headers, err) ||
        !client_add_header(&stream->headers, "Accept", "text/event-stream", err)) {
        stream_free(stream);
        return NULL;
    }
    curl_easy_setopt(stream->easy, CURLOPT_HTTPHEADER, stream->headers);
    curl_easy_setopt(stream->easy, CURLOPT_WRITEFUNCTION, take_text);
    curl_easy_setopt(stream->easy, CURLOPT_WRITEDATA, stream);
    curl_easy_setopt(stream->easy, CURLOPT_ERRORBUFFER, stream->failure);
    curl_easy_setopt(stream->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(stream->easy, CURLOPT_LOW_SPEED_TIME, SILENCE_S);
    curl_multi_add_handle(stream->multi, stream->easy);
    return stream;
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    if (stream->multi && stream->easy)
        curl_multi_remove_handle(stream->multi, stream->easy);
    curl_easy_cleanup(stream->easy);
    curl_multi_cleanup(stream->multi);
    curl_slist_free_all(stream->headers);
    dag_buffer_free(&stream->text);
    client_reply_deinit(&stream->refusal);
    free(stream);
}

const struct client_reply *stream_refusal(struct stream *stream)
{
    return &stream->refusal;
}

/* ---- events ---- */

static bool has_name(const char *line, size_t size, const char *name)
{
    size_t name_size = strlen(name);

    return size > name_size && memcmp(line, name, name_size) == 0 && line[name_size] == ':';
}

/* What stands behind the colon. */
static const char *value_of(const char *line, size_t *size)
{
    const char *value = (const char *)memchr(line, ':', *size) + 1;
    size_t left = *size - (size_t)(value - line);

    if (left > 0 && *value == ' ') {
        value++;
        left--;
    }
    *size = left;
    return value;
}

/* Reads the lines of one event. Our server writes data as one line. False: it has no data, or
 * they are no JSON: comments, and fields of no interest. */
static bool read_event(struct stream *stream, const char *text, size_t size,
                       struct stream_event *event)
{
    struct dag_error ignored = {0};
    const char *data = NULL;
    size_t data_size = 0;

    stream->kind[0] = '\0';
    for (const char *end = text + size; text < end;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t line_size = stop ? (size_t)(stop - text) : (size_t)(end - text);
        size_t value_size = line_size;

        if (has_name(text, line_size, "event")) {
            const char *value = value_of(text, &value_size);
            snprintf(stream->kind, sizeof(stream->kind), "%.*s", (int)value_size, value);
        } else if (has_name(text, line_size, "data")) {
            data = value_of(text, &value_size);
            data_size = value_size;
        }
        text += line_size + 1;
    }
    if (!data || !(event->document = tree_document_new()))
        return false;
    event->kind = stream->kind;
    event->data = tree_parse(event->document, data, data_size, DEPTH_MAX, NULL, NULL, &ignored);
    if (!event->data)
        stream_event_deinit(event);
    return event->data != NULL;
}

/* Gives the next whole event that was received. */
static bool take_event(struct stream *stream, struct stream_event *event)
{
    while (stream->taken < stream->text.size) {
        const char *text = stream->text.bytes + stream->taken;
        const char *end = memmem(text, stream->text.size - stream->taken, "\n\n", 2);

        if (!end)
            return false;
        stream->taken += (size_t)(end - text) + 2;
        if (read_event(stream, text, (size_t)(end - text), event))
            return true;
    }
    return false;
}

void stream_event_deinit(struct stream_event *event)
{
    tree_document_free(event->document);
    *event = (struct stream_event){0};
}

/* ---- waiting ---- */

static bool read_more(struct stream *stream, struct dag_error *err)
{
    int running = 0, left = 0;
    CURLMcode code = curl_multi_perform(stream->multi, &running);
    const CURLMsg *message;

    if (code != CURLM_OK)
        return dag_error_set(err, DAG_ERROR_IO, "libcurl: %s", curl_multi_strerror(code));
    while ((message = curl_multi_info_read(stream->multi, &left)))
        if (message->msg == CURLMSG_DONE) {
            stream->is_over = true;
            stream->result = message->data.result;
        }
    return true;
}

/* What was received instead of events is the problem. */
static enum stream_outcome refuse(struct stream *stream, long status)
{
    struct client_reply *reply = &stream->refusal;
    struct dag_error ignored = {0};

    reply->status = status;
    if (!dag_buffer_append(&stream->text, "", 1))
        return STREAM_REFUSED;
    reply->body = stream->text;
    reply->body.size--;
    stream->text = (struct dag_buffer){0};
    stream->taken = 0;
    if ((reply->document = tree_document_new()))
        reply->root = tree_parse(reply->document, reply->body.bytes, reply->body.size, DEPTH_MAX,
                                 NULL, NULL, &ignored);
    return STREAM_REFUSED;
}

static enum stream_outcome end_of(struct stream *stream, struct dag_error *err)
{
    long status = 0;

    curl_easy_getinfo(stream->easy, CURLINFO_RESPONSE_CODE, &status);
    if (stream->result == CURLE_OK && status != 0 && status != 200)
        return refuse(stream, status);
    if (stream->result == CURLE_OK) {
        dag_error_set(err, DAG_ERROR_IO, "%s has ended the stream", stream->client->url);
        err->retryable = true;
        return STREAM_END;
    }
    client_set_failure(stream->client, stream->result, stream->failure, err);
    return err->retryable ? STREAM_END : STREAM_FAILED;
}

static bool is_readable(int fd)
{
    struct pollfd wake = {.fd = fd, .events = POLLIN};

    return fd >= 0 && poll(&wake, 1, 0) > 0;
}

enum stream_outcome stream_next(struct stream *stream, int fd, int timeout_ms,
                                struct stream_event *event, struct dag_error *err)
{
    struct curl_waitfd wake = {.fd = fd, .events = CURL_WAIT_POLLIN};
    bool has_waited = false;
    int count = 0;

    /* A fast stream must not keep keys and signals waiting. */
    if (is_readable(fd))
        return STREAM_WAKE;
    for (;;) {
        uint64_t before = stream->received;
        long status = 0;

        curl_easy_getinfo(stream->easy, CURLINFO_RESPONSE_CODE, &status);
        if (status == 200 && take_event(stream, event))
            return STREAM_EVENT;
        if (stream->is_over)
            return end_of(stream, err);
        if (!read_more(stream, err))
            return STREAM_FAILED;
        if (stream->is_over || stream->received != before)
            continue;
        if (wake.revents)
            return STREAM_WAKE;
        if (has_waited && count == 0)
            return STREAM_TIMEOUT;
        curl_multi_poll(stream->multi, &wake, fd >= 0 ? 1 : 0, timeout_ms, &count);
        has_waited = true;
    }
}
