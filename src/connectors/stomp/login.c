/* login.c - the way to a session: name, connection, TLS, login. Each step has the same deadline. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/stomp/connection_internal.h"

/* ---- the connection ---- */

static bool connect_to(struct stomp_connection *connection, const struct stomp_place *place,
                       struct dag_error *err)
{
    const struct stomp_settings *settings = connection->settings;
    struct net_target target = {.name = place->host,
                                .port = place->port,
                                .connect_timeout_us = settings->connect_timeout_us,
                                .tls = settings->uses_tls ? &settings->tls : NULL};
    enum net_status status;

    connection->stream = net_stream_new(&target, &connection->inner, err);
    if (!connection->stream)
        return false;
    while ((status = net_stream_connect(connection->stream, err)) == NET_WAIT)
        if (!stomp_wait(connection, net_stream_deadline_us(connection->stream)))
            return false;
    return status == NET_DONE;
}

/* ---- logging in ---- */

static bool write_connect(struct stomp_connection *connection, const struct stomp_place *place,
                          struct dag_error *err)
{
    const struct stomp_settings *settings = connection->settings;
    struct dag_buffer *out = &connection->writing;
    char beats[64];

    snprintf(beats, sizeof(beats), "%lld,%lld", (long long)(settings->heartbeat_us / 1000),
             (long long)(settings->heartbeat_us / 1000));
    out->size = connection->written = 0;
    bool done =
        stomp_write_begin(out, "CONNECT") &&
        stomp_write_header_plain(out, "accept-version", "1.2") &&
        stomp_write_header_plain(out, "host",
                                 settings->virtual_host ? settings->virtual_host : place->host) &&
        stomp_write_header_plain(out, "heart-beat", beats) &&
        (!settings->login || stomp_write_header_plain(out, "login", settings->login)) &&
        (!settings->passcode || stomp_write_header_plain(out, "passcode", settings->passcode)) &&
        (!settings->client_id || stomp_write_header_plain(out, "client-id", settings->client_id)) &&
        stomp_write_end(out);
    return done || dag_error_set_memory(err, "a frame");
}

/* Waits for the broker. False: too late (`err`), or it is to close. */
static bool wait_for_broker(struct stomp_connection *connection, bool writes, int64_t until_us,
                            struct dag_error *err)
{
    if (stomp_now_us() >= until_us)
        return dag_error_set(err, DAG_ERROR_IO, "the login took longer than connect_timeout");
    return net_stream_watch(connection->stream, writes, err) && stomp_wait(connection, until_us);
}

static bool send_connect(struct stomp_connection *connection, int64_t until_us,
                         struct dag_error *err)
{
    struct dag_buffer *out = &connection->writing;

    while (connection->written < out->size) {
        int64_t put = net_stream_write(connection->stream, out->bytes + connection->written,
                                       out->size - connection->written, err);

        if (put < 0 || (put == 0 && !wait_for_broker(connection, true, until_us, err)))
            return false;
        connection->written += (size_t)put;
    }
    explicit_bzero(out->bytes, out->size); /* it holds the password */
    out->size = connection->written = 0;
    return true;
}

/* A part of "x,y" in milliseconds, as microseconds. */
static int64_t read_beat(const char *text)
{
    long long ms = strtoll(text, NULL, 10);

    return ms > 0 && ms < 86400000 ? ms * 1000 : 0;
}

/* What both sides want; a beat comes early enough, and silence may be twice as long as agreed. */
static void agree_on_beats(struct stomp_connection *connection, const struct stomp_frame *frame)
{
    const struct stomp_header *header = stomp_frame_find(frame, "heart-beat");
    int64_t ours_us = connection->settings->heartbeat_us;
    int64_t sends_us = 0, wants_us = 0;
    char text[48];

    connection->beat_us = connection->silence_us = INT64_MAX;
    if (!header || ours_us == 0 || header->value_size >= sizeof(text))
        return;
    memcpy(text, header->value, header->value_size);
    text[header->value_size] = '\0';
    char *comma = strchr(text, ',');
    if (!comma)
        return;
    sends_us = read_beat(text);
    wants_us = read_beat(comma + 1);
    if (wants_us > 0)
        connection->beat_us = (wants_us > ours_us ? wants_us : ours_us) / 2;
    if (sends_us > 0)
        connection->silence_us = (sends_us > ours_us ? sends_us : ours_us) * 2;
}

static bool check_connected(struct stomp_connection *connection, const struct stomp_frame *frame,
                            struct dag_error *err)
{
    if (frame->command == STOMP_ERROR)
        return stomp_refuse(connection, frame, err);
    if (frame->command != STOMP_CONNECTED)
        return dag_error_set(err, DAG_ERROR_INVALID, "the login was not answered by CONNECTED");
    if (!stomp_frame_has(frame, "version", "1.2"))
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED, "the broker doesn't know STOMP 1.2");
    agree_on_beats(connection, frame);
    return true;
}

static bool receive_connected(struct stomp_connection *connection, int64_t until_us,
                              struct dag_error *err)
{
    struct stomp_frame frame;

    for (;;) {
        switch (stomp_reader_next(&connection->reader, &frame, err)) {
        case STOMP_FRAME:
            return check_connected(connection, &frame, err);
        case STOMP_BAD:
            return false;
        case STOMP_MORE:
            break;
        }
        int64_t got = stomp_fill(connection, err);
        if (got < 0 || (got == 0 && !wait_for_broker(connection, false, until_us, err)))
            return false;
    }
}

bool stomp_log_in(struct stomp_connection *connection, const struct stomp_place *place,
                  struct dag_error *err)
{
    int64_t until_us = stomp_now_us() + connection->settings->connect_timeout_us;

    *err = (struct dag_error){0};
    stomp_reader_clear(&connection->reader);
    stomp_say(connection, "connecting to", place);
    if (!connect_to(connection, place, err))
        return false;
    stomp_say(connection, "logging in to", place);
    return (write_connect(connection, place, err) && send_connect(connection, until_us, err) &&
            receive_connected(connection, until_us, err)) ||
           dag_error_add_context(err, "%s", connection->place);
}
