/* api_audit.c - the audit log as pages, and as lines to be verified elsewhere. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "http/api_call.h"
#include "http/api_handlers.h"
#include "server/audit.h"

#define EXPORTS_MAX 2 /* each holds a worker for as long as its client reads */

static const char *query(const struct http_request *request, const char *name)
{
    const char *value = http_request_query(request, name);

    return value && *value ? value : NULL;
}

/* False: answered. */
static bool read_filter(struct http_request *request, struct audit_filter *filter)
{
    *filter = (struct audit_filter){.actor = query(request, "who"),
                                    .action = query(request, "action"),
                                    .object = query(request, "object"),
                                    .result = query(request, "result"),
                                    .query = query(request, "q")};
    return api_query_time(request, "from", 0, &filter->from_us) &&
           api_query_time(request, "to", 0, &filter->to_us);
}

void handle_list_audit(void *context, struct http_request *request)
{
    static const char *const sorts[] = {"time", NULL};
    struct api *api = context;
    struct audit_filter filter;
    struct api_page page;
    struct dag_buffer out = {0};
    struct dag_error err = {0};

    if (!read_filter(request, &filter) || !api_query_page(request, sorts, &page))
        return;
    if (http_request_query(request, "sort") && !page.is_descending) {
        api_reply_error(request, 400, "bad_parameter",
                        "the audit log is shown with the newest first: sort=-time");
        return;
    }
    if (audit_list(api->audit, &filter, page.limit, page.cursor, &out, &err))
        api_reply_json(request, 0, &out);
    else if (err.code == DAG_ERROR_INVALID)
        api_reply_error(request, 400, "bad_parameter", "query parameter 'cursor': %s", err.message);
    else
        api_reply_error(request, 503, "audit_unreadable", "the audit log can't be read: %s",
                        err.message);
    dag_buffer_free(&out);
}

/* ---- export ---- */

/* One client that reads the whole log, as fast as it likes. */
struct export
{
    struct http_stream *stream;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool has_room, is_closed, is_released; /* guarded by lock */
};

static void tell(struct export *export, bool *flag)
{
    pthread_mutex_lock(&export->lock);
    *flag = true;
    pthread_cond_signal(&export->changed);
    pthread_mutex_unlock(&export->lock);
}

static void note_drained(void *context)
{
    struct export *export = context;

    tell(export, &export->has_room);
}

static void note_closed(void *context)
{
    struct export *export = context;

    tell(export, &export->is_closed);
}

static void note_released(void *context)
{
    struct export *export = context;

    tell(export, &export->is_released);
}

/* False: the client has gone. */
static bool wait_for_room(struct export *export)
{
    bool is_closed;

    pthread_mutex_lock(&export->lock);
    while (!export->has_room && !export->is_closed)
        pthread_cond_wait(&export->changed, &export->lock);
    export->has_room = false;
    is_closed = export->is_closed;
    pthread_mutex_unlock(&export->lock);
    return !is_closed;
}

static bool send_lines(void *context, const char *bytes, size_t size)
{
    struct export *export = context;
    enum http_sent sent;

    while ((sent = http_stream_send(export->stream, bytes, size)) == HTTP_LAGGED)
        if (!wait_for_room(export))
            return false;
    return sent == HTTP_SENT;
}

static void send_all(struct api *api, struct export *export, const struct audit_filter *filter)
{
    struct dag_error err = {0};

    /* a file that can't be read ends it early, and the chain of what came shows that */
    if (!audit_export(api->audit, filter, send_lines, export, &err))
        log_write(DAG_LOG_ERROR, NULL, "audit", "an export ended early: %s", err.message);
    http_stream_end(export->stream);
    pthread_mutex_lock(&export->lock);
    while (!export->is_released)
        pthread_cond_wait(&export->changed, &export->lock);
    pthread_mutex_unlock(&export->lock);
}

#define FILTER_TEXTS 5

static void free_texts(char *const *texts)
{
    for (size_t i = 0; i < FILTER_TEXTS; i++)
        free(texts[i]);
}

/* The request, whose texts the filter borrows, is gone once the stream has begun. False: no memory.
 * free_texts() is due in any case. */
static bool copy_texts(struct audit_filter *filter, char **texts)
{
    const char **borrowed[FILTER_TEXTS] = {&filter->actor, &filter->action, &filter->object,
                                           &filter->result, &filter->query};
    bool is_copied = true;

    for (size_t i = 0; i < FILTER_TEXTS; i++) {
        texts[i] = *borrowed[i] ? strdup(*borrowed[i]) : NULL;
        is_copied = is_copied && (texts[i] || !*borrowed[i]);
        *borrowed[i] = texts[i];
    }
    return is_copied;
}

void handle_export_audit(void *context, struct http_request *request)
{
    static _Atomic unsigned int exports;
    struct export export = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    const struct http_stream_options options = {.content_type = "application/x-ndjson",
                                                .heartbeat = "",
                                                .drained = note_drained,
                                                .closed = note_closed,
                                                .released = note_released,
                                                .context = &export};
    struct audit_filter filter;
    char *texts[FILTER_TEXTS];

    if (!read_filter(request, &filter))
        return;
    if (!copy_texts(&filter, texts)) {
        free_texts(texts);
        api_reply_error(request, 503, "out_of_memory", "there is no memory for an export");
        return;
    }
    if (atomic_fetch_add(&exports, 1) >= EXPORTS_MAX) {
        atomic_fetch_sub(&exports, 1);
        api_reply_error(request, 503, "exports_full", "%d exports are under way: try again later",
                        EXPORTS_MAX);
        free_texts(texts);
        return;
    }
    export.stream = api_stream_begin(request, &options);
    if (export.stream)
        send_all(context, &export, &filter);
    free_texts(texts);
    atomic_fetch_sub(&exports, 1);
}
