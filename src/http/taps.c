/* taps.c - handler: a tap on a node; and the thread that ends taps in time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/taps.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"
#include "http/api_handlers.h"
#include "http/dags.h"
#include "server/accounts.h"

#define RATE_MAX 100
#define RATE     10
#define MOST_MAX 10000
#define MOST     500
#define GREETING "retry: 3000\n\n"

/** One tap: its messages come on threads of the runtime, its end on the thread of all taps. */
struct tap {
    struct tap *next; /* of the taps; for their thread */
    struct taps *taps;
    struct server_tap *source;    /* owned by the taps' thread once it is there */
    struct principal account;     /* whose it is */
    struct http_stream *stream;   /* guarded by lock; NULL until it has begun */
    int64_t until_us, recheck_us; /* monotonic */
    uint32_t most;
    pthread_mutex_t lock;
    uint32_t sent, lagged; /* guarded by lock */
    _Atomic bool is_over, is_closed;
};

struct taps {
    struct api *api; /* borrowed */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct tap *arrivals; /* guarded by lock, like all below */
    bool is_due, must_recheck, is_stopping, is_ending;
};

static int64_t now_us(void)
{
    return clock_system()->monotonic_us(clock_system());
}

static void wake(struct taps *taps, bool *flag)
{
    pthread_mutex_lock(&taps->lock);
    *flag = true;
    taps->is_due = true;
    pthread_cond_signal(&taps->changed);
    pthread_mutex_unlock(&taps->lock);
}

/* ---- messages ---- */

static bool put(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

/* A message that was cut is no JSON any more: it is a text then. */
static bool write_message(struct dag_buffer *out, uint64_t cycle, int64_t time_us, const char *json,
                          size_t size, bool is_truncated)
{
    char head[160];
    char time[32];
    char *text = NULL;
    bool is_written;

    clock_format(time_us, time);
    snprintf(head, sizeof(head),
             "event: message\ndata: {\"cycle\":\"%" PRIu64
             "\",\"time\":\"%s\",\"is_truncated\":%s,\"message\":",
             cycle, time, is_truncated ? "true" : "false");
    if (is_truncated)
        text = text_copy(json, size);
    is_written =
        put(out, head) &&
        (is_truncated ? text && http_json_text(out, text) : dag_buffer_append(out, json, size)) &&
        put(out, "}\n\n");
    free(text);
    return is_written;
}

static void on_tapped(void *context, uint64_t cycle, int64_t time_us, const char *json, size_t size,
                      bool is_truncated)
{
    struct tap *tap = context;
    struct dag_buffer out = {0};

    pthread_mutex_lock(&tap->lock);
    if (tap->stream && !tap->is_over && tap->sent < tap->most) {
        if (write_message(&out, cycle, time_us, json, size, is_truncated) &&
            http_stream_send(tap->stream, out.bytes, out.size) == HTTP_SENT)
            tap->sent++;
        else
            tap->lagged++;
        if (tap->sent == tap->most) {
            tap->is_over = true;
            wake(tap->taps, &tap->taps->is_due);
        }
    }
    pthread_mutex_unlock(&tap->lock);
    dag_buffer_free(&out);
}

/* ---- the stream ---- */

static void free_tap(struct tap *tap)
{
    pthread_mutex_destroy(&tap->lock);
    free(tap);
}

static void on_closed(void *context)
{
    struct tap *tap = context;

    atomic_store(&tap->is_closed, true);
    wake(tap->taps, &tap->taps->is_due);
}

static void on_released(void *context)
{
    free_tap(context);
}

/* Ends a tap, and says why (NULL: nobody listens). */
static void end_tap(struct tap *tap, const char *reason)
{
    server_tap_free(tap->source); /* no message comes any more */
    if (reason) {
        char bye[160];

        snprintf(bye, sizeof(bye),
                 "event: bye\ndata: {\"reason\":\"%s\",\"sent\":%" PRIu32 ",\"left_out\":%" PRIu32
                 "}\n\n",
                 reason, tap->sent, tap->lagged);
        (void)http_stream_send(tap->stream, bye, strlen(bye)); /* who lags misses it */
    }
    http_stream_end(tap->stream);
}

/* ---- the thread ---- */

/* True, with why, when a tap has to end. */
static bool is_due(struct tap *tap, bool must_recheck, bool is_stopping, const char **reason)
{
    int64_t now = now_us();

    *reason = NULL;
    if (atomic_load(&tap->is_closed))
        return true;
    if (is_stopping)
        *reason = "stopping";
    else if (atomic_load(&tap->is_over))
        *reason = "max";
    else if (now >= tap->until_us)
        *reason = "time";
    if (!*reason && (must_recheck || now >= tap->recheck_us)) {
        tap->recheck_us = now + TAP_RECHECK_US;
        if (!accounts_is_valid(tap->taps->api->accounts, &tap->account))
            *reason = "revoked";
    }
    return *reason != NULL;
}

static void look(struct tap **list, bool must_recheck, bool is_stopping)
{
    while (*list) {
        struct tap *tap = *list;
        const char *reason;

        if (is_due(tap, must_recheck, is_stopping, &reason)) {
            *list = tap->next;
            end_tap(tap, reason);
        } else {
            list = &tap->next;
        }
    }
}

/* With the lock: until something is due, or for a second while there are taps. */
static void pause_until_due(struct taps *taps, bool has_taps)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    while (!taps->is_due) {
        if (!has_taps)
            pthread_cond_wait(&taps->changed, &taps->lock);
        else if (pthread_cond_timedwait(&taps->changed, &taps->lock, &until) == ETIMEDOUT)
            break;
    }
    taps->is_due = false;
}

static void *run(void *context)
{
    struct taps *taps = context;
    struct tap *list = NULL;

    pthread_mutex_lock(&taps->lock);
    while (!taps->is_ending || taps->arrivals || list) {
        bool must_recheck, is_stopping;

        if (!taps->is_ending)
            pause_until_due(taps, list != NULL);
        while (taps->arrivals) {
            struct tap *tap = taps->arrivals;

            taps->arrivals = tap->next;
            tap->next = list;
            list = tap;
        }
        must_recheck = taps->must_recheck;
        is_stopping = taps->is_stopping;
        taps->must_recheck = false;
        pthread_mutex_unlock(&taps->lock);
        look(&list, must_recheck, is_stopping);
        pthread_mutex_lock(&taps->lock);
    }
    pthread_mutex_unlock(&taps->lock);
    return NULL;
}

struct taps *taps_new(struct api *api, struct dag_error *err)
{
    struct taps *taps = calloc(1, sizeof(*taps));
    pthread_condattr_t attributes;
    int failure;

    if (!taps) {
        dag_error_set_memory(err, "taps");
        return NULL;
    }
    taps->api = api;
    pthread_mutex_init(&taps->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&taps->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    failure = pthread_create(&taps->thread, NULL, run, taps);
    if (failure == 0)
        return taps;
    errno = failure;
    dag_error_set_errno(err, "cannot start the thread of taps");
    pthread_cond_destroy(&taps->changed);
    pthread_mutex_destroy(&taps->lock);
    free(taps);
    return NULL;
}

void taps_recheck(struct taps *taps)
{
    if (taps)
        wake(taps, &taps->must_recheck);
}

void taps_stop(struct taps *taps)
{
    if (taps)
        wake(taps, &taps->is_stopping);
}

void taps_free(struct taps *taps)
{
    if (!taps)
        return;
    wake(taps, &taps->is_stopping);
    wake(taps, &taps->is_ending);
    pthread_join(taps->thread, NULL);
    pthread_cond_destroy(&taps->changed);
    pthread_mutex_destroy(&taps->lock);
    free(taps);
}

/* ---- the handler ---- */

static struct tap *new_tap(struct taps *taps, const struct http_request *request, uint32_t most)
{
    struct tap *tap = calloc(1, sizeof(*tap));

    if (!tap)
        return NULL;
    pthread_mutex_init(&tap->lock, NULL);
    tap->taps = taps;
    tap->most = most;
    tap->until_us = now_us() + TAP_TIME_US;
    tap->recheck_us = now_us() + TAP_RECHECK_US;
    tap->account = *api_account_of(request);
    return tap;
}

/* From here on the taps' thread ends it. */
static void join(struct taps *taps, struct tap *tap, struct http_stream *stream)
{
    pthread_mutex_lock(&tap->lock);
    tap->stream = stream;
    (void)http_stream_send(stream, GREETING, sizeof(GREETING) - 1);
    pthread_mutex_unlock(&tap->lock);
    pthread_mutex_lock(&taps->lock);
    tap->next = taps->arrivals;
    taps->arrivals = tap;
    taps->is_due = true;
    pthread_cond_signal(&taps->changed);
    pthread_mutex_unlock(&taps->lock);
}

void handle_tap_node(void *context, struct http_request *request)
{
    static const char *const sides[] = {"out", "in", NULL};
    struct api *api = context;
    const char *node = http_request_parameter(request, "node");
    struct answer answer = {0};
    struct http_stream *stream;
    struct tap *tap;
    const char *side;
    int64_t rate, most;

    if (!api_query_word(request, "side", sides, &side) ||
        !api_query_integer(request, "rate", 1, RATE_MAX, RATE, &rate) ||
        !api_query_integer(request, "max", 1, MOST_MAX, MOST, &most))
        return;
    if (!api->taps) {
        api_reply_error(request, 503, "no_streams", "this server has no live streams");
        return;
    }
    tap = new_tap(api->taps, request, (uint32_t)most);
    if (!tap) {
        api_reply_memory(request);
        return;
    }
    tap->source = server_tap_new(api->server, dags_path(request), node, strcmp(side, "out") == 0,
                                 (uint32_t)rate, on_tapped, tap, &answer);
    if (!tap->source) {
        api_reply_answer(request, &answer);
        answer_deinit(&answer);
        free_tap(tap);
        return;
    }
    answer_deinit(&answer);
    api_note(request, "node '%.100s', side %s", node, side);
    stream = api_stream_begin(request, &(struct http_stream_options){.closed = on_closed,
                                                                     .released = on_released,
                                                                     .context = tap});
    if (stream) {
        join(api->taps, tap, stream);
    } else {
        server_tap_free(tap->source);
        free_tap(tap);
    }
}
