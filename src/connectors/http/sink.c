/* sink.c - from rows to requests, and from answers to rows that are taken or refused.
 *
 * Rows are taken in order once the fate of all before them is known, so what a stop breaks off
 * comes again. A batch that is refused is halved until the message is found that the other side
 * doesn't want: that one alone becomes a dead letter.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/http/sink.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- parcels ---- */

static void free_parcel(struct parcel *parcel)
{
    free(parcel->reason);
    free(parcel);
}

void http_sink_clear(struct http_sink *sink)
{
    while (sink->parcels) {
        struct parcel *parcel = sink->parcels;

        sink->parcels = parcel->next;
        free_parcel(parcel);
    }
    sink->covered = 0;
    sink->quiet_until_us = 0;
    sink->is_hindered = false;
}

static bool out_of_memory(struct dag_error *err)
{
    dag_error_set_memory(err, "a request");
    err->retryable = true;
    return false;
}

static void hinder(struct http_sink *sink, const char *text, bool is_retryable)
{
    if (sink->is_hindered)
        return; /* the first is told */
    sink->is_hindered = true;
    dag_error_set(&sink->hindrance, DAG_ERROR_IO, "%s", text);
    sink->hindrance.retryable = is_retryable;
}

/* The second half is a parcel of its own. Without memory it stays whole, to be refused again. */
static void halve(struct parcel *parcel)
{
    struct parcel *rest = calloc(1, sizeof(*rest));

    parcel->state = PARCEL_WAITING;
    if (!rest)
        return;
    rest->count = parcel->count / 2;
    rest->next = parcel->next;
    parcel->count -= rest->count;
    parcel->next = rest;
}

/* ---- answers ---- */

static void keep_quiet(struct http_sink *sink, int64_t retry_after_us)
{
    int64_t until_us;

    if (retry_after_us > sink->retry_after_max_us)
        retry_after_us = sink->retry_after_max_us;
    until_us = dag_monotonic_us(sink->host) + retry_after_us;
    if (retry_after_us > 0 && until_us > sink->quiet_until_us)
        sink->quiet_until_us = until_us;
}

static void judge(struct http_sink *sink, const struct http_exchange *exchange)
{
    struct parcel *parcel = exchange->user;
    enum http_fate fate = http_fate_of(exchange, &sink->retries);
    char text[HTTP_REASON_SIZE];

    if (fate == HTTP_ACCEPTED) {
        parcel->state = PARCEL_ACCEPTED;
        return;
    }
    http_tell(exchange, sink->place, text, sizeof(text));
    if (fate != HTTP_REFUSED) {
        parcel->state = PARCEL_WAITING;
        keep_quiet(sink, exchange->retry_after_us);
        hinder(sink, text, fate == HTTP_RETRY);
    } else if (parcel->count > 1) {
        halve(parcel);
    } else {
        parcel->state = PARCEL_REFUSED;
        parcel->reason = strdup(text);
    }
}

/* Takes the rows at the front whose fate is known. */
static size_t take_rows(struct http_sink *sink, const struct dag_delivery *delivery)
{
    size_t taken = 0;

    while (sink->parcels && sink->parcels->state >= PARCEL_ACCEPTED) {
        struct parcel *parcel = sink->parcels;

        if (parcel->state == PARCEL_REFUSED)
            dag_reject_row(sink->host, taken,
                           parcel->reason ? parcel->reason : "the other side refused it");
        taken += parcel->count;
        sink->parcels = parcel->next;
        free_parcel(parcel);
    }
    sink->covered -= taken;
    sink->behind = http_place_behind(sink->behind, delivery->cycles, taken);
    return taken;
}

/* ---- requests ---- */

/* A parcel at the end, for the rows that none covers. */
static struct parcel *add_parcel(struct http_sink *sink)
{
    struct parcel *parcel = calloc(1, sizeof(*parcel));
    struct parcel **link = &sink->parcels;

    while (*link)
        link = &(*link)->next;
    *link = parcel;
    return parcel;
}

/* Sends rows from number `first` on: those of the parcel, or, when it has none yet, what fits. */
static bool send_parcel(struct http_sink *sink, const struct dag_delivery *delivery, size_t first,
                        struct parcel *parcel, struct http_exchange *exchange,
                        struct dag_error *err)
{
    struct http_body_limits limits = {
        .batch = (enum http_batch)sink->batch,
        .row_count = parcel->count > 0 ? parcel->count : (size_t)sink->batch_messages,
        .size = parcel->count > 0 ? SIZE_MAX : (size_t)sink->batch_bytes,
    };
    struct http_place behind = http_place_behind(sink->behind, delivery->cycles, first);
    char key[HTTP_KEY_SIZE];
    size_t taken;

    if (!http_body_write(&exchange->body, delivery->rows + first, delivery->count - first, &limits,
                         &taken))
        return out_of_memory(err);
    http_key_write(key, sink->instance, sink->host->component, behind, delivery->cycles[first],
                   &exchange->body);
    exchange->user = parcel;
    if (!http_client_send(exchange, sink->idempotency_key ? key : NULL, err))
        return false;
    sink->covered += parcel->count > 0 ? 0 : taken;
    parcel->count = taken;
    parcel->state = PARCEL_SENT;
    return true;
}

static bool send_next(struct http_sink *sink, const struct dag_delivery *delivery,
                      struct http_exchange *exchange, bool *is_sent, struct dag_error *err)
{
    struct parcel *parcel = sink->parcels;
    size_t first = 0;

    *is_sent = false;
    for (; parcel && parcel->state != PARCEL_WAITING; parcel = parcel->next)
        first += parcel->count;
    if (!parcel && sink->covered < delivery->count) {
        parcel = add_parcel(sink);
        if (!parcel)
            return out_of_memory(err);
    }
    *is_sent = parcel && send_parcel(sink, delivery, first, parcel, exchange, err);
    return *is_sent || !parcel;
}

/* As many as may be under way at once. `*is_any`: at least one was sent. */
static bool send_all(struct http_sink *sink, const struct dag_delivery *delivery, bool *is_any,
                     struct dag_error *err)
{
    struct http_exchange *exchange;
    bool is_sent = true;

    *is_any = false;
    while (is_sent && (exchange = http_client_idle(sink->client))) {
        if (!send_next(sink, delivery, exchange, &is_sent, err))
            return false;
        *is_any = *is_any || is_sent;
    }
    return true;
}

static bool receive(struct http_sink *sink, struct dag_error *err)
{
    struct http_exchange *exchange;

    if (!http_client_pump(sink->client, err))
        return false;
    while ((exchange = http_client_take(sink->client)))
        judge(sink, exchange);
    return true;
}

/* What is answered makes room for more, and what is sent may be answered at once. */
static bool exchange_all(struct http_sink *sink, const struct dag_delivery *delivery,
                         struct dag_error *err)
{
    bool is_any = true;

    while (is_any) {
        if (!receive(sink, err))
            return false;
        is_any = false;
        if (!sink->is_hindered && dag_monotonic_us(sink->host) >= sink->quiet_until_us &&
            !send_all(sink, delivery, &is_any, err))
            return false;
    }
    return true;
}

/* Nothing is under way any more: the engine decides when the next try is. */
static enum dag_write_status tell_hindrance(struct http_sink *sink, struct dag_error *err)
{
    *err = sink->hindrance;
    sink->is_hindered = false;
    return DAG_WRITE_FAILED;
}

enum dag_write_status http_sink_write(void *state, const struct dag_delivery *delivery,
                                      size_t *written, struct dag_error *err)
{
    struct http_sink *sink = state;
    int64_t until_us = INT64_MAX;

    *written = 0;
    assert(sink->covered <= delivery->count);
    if (!exchange_all(sink, delivery, err))
        return DAG_WRITE_FAILED;
    *written = take_rows(sink, delivery);
    if (*written > 0)
        return DAG_WRITE_DONE;
    if (http_client_busy_count(sink->client) == 0) {
        if (sink->is_hindered)
            return tell_hindrance(sink, err);
        until_us = sink->quiet_until_us;
    }
    return http_client_watch(sink->client, until_us, err) ? DAG_WRITE_WAIT : DAG_WRITE_FAILED;
}

void http_sink_describe(void *state, char *text, size_t size)
{
    const struct http_sink *sink = state;
    size_t busy_count = sink->client ? http_client_busy_count(sink->client) : 0;

    if (size == 0 || !sink->client)
        return;
    if (busy_count > 0) {
        snprintf(text, size, "%s to answer %zu request%s", sink->place, busy_count,
                 busy_count == 1 ? "" : "s");
    } else if (sink->quiet_until_us > dag_monotonic_us(sink->host)) {
        int64_t left_us = sink->quiet_until_us - dag_monotonic_us(sink->host);
        time_t until = (time_t)((dag_clock_us(sink->host) + left_us) / 1000000);
        struct tm utc;
        char when[32];

        strftime(when, sizeof(when), "%H:%M:%SZ", gmtime_r(&until, &utc));
        snprintf(text, size, "%s, which asked for quiet until %s", sink->place, when);
    }
}
