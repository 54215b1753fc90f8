/* api_clerk.c - see api_clerk.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_clerk.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"

#define CLERKS 4 /* threads: what they write at the same time shares a sync */

struct api_clerk {
    pthread_t threads[CLERKS];
    size_t count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct api_call *first, *last; /* guarded by lock */
    bool is_ending;                /* guarded by lock */
};

/* ---- keeping a reply ---- */

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static const char *keep(char **at, const char *text)
{
    size_t size = size_of(text);
    char *copy = *at;

    if (!text)
        return NULL;
    memcpy(copy, text, size);
    *at += size;
    return copy;
}

/* Copies what the caller's reply points to. False: out of memory. */
static bool keep_reply(struct api_call *call, const struct http_reply *reply)
{
    size_t size =
        1 + size_of(reply->content_type) + size_of(reply->etag) + size_of(reply->cache_control);
    size_t count = reply->extra_count < API_EXTRA_MAX ? reply->extra_count : API_EXTRA_MAX;
    char *at;

    for (size_t i = 0; i < count; i++)
        size += size_of(reply->extra[i].name) + size_of(reply->extra[i].value);
    at = call->texts = malloc(size);
    if (!at)
        return false;
    call->reply = (struct http_reply){.status = reply->status,
                                      .content_type = keep(&at, reply->content_type),
                                      .etag = keep(&at, reply->etag),
                                      .cache_control = keep(&at, reply->cache_control),
                                      .extra = call->extra,
                                      .extra_count = count};
    for (size_t i = 0; i < count; i++) {
        call->extra[i].name = keep(&at, reply->extra[i].name);
        call->extra[i].value = keep(&at, reply->extra[i].value);
    }
    return true;
}

/* ---- the thread ---- */

static void settle(struct api_call *call)
{
    struct dag_buffer body = call->body;

    call->body = (struct dag_buffer){0};
    api_call_end_audit(call, call->request);
    http_reply_take(call->request, &call->reply, &body);
}

static void *work(void *context)
{
    struct api_clerk *clerk = context;

    pthread_mutex_lock(&clerk->lock);
    for (;;) {
        struct api_call *call = clerk->first;

        if (call) {
            clerk->first = call->next;
            pthread_mutex_unlock(&clerk->lock);
            settle(call);
            pthread_mutex_lock(&clerk->lock);
        } else if (clerk->is_ending) {
            break;
        } else {
            pthread_cond_wait(&clerk->changed, &clerk->lock);
        }
    }
    pthread_mutex_unlock(&clerk->lock);
    return NULL;
}

struct api_clerk *api_clerk_new(struct dag_error *err)
{
    struct api_clerk *clerk = calloc(1, sizeof(*clerk));

    if (!clerk) {
        dag_error_set_memory(err, "the audit log's clerk");
        return NULL;
    }
    pthread_mutex_init(&clerk->lock, NULL);
    pthread_cond_init(&clerk->changed, NULL);
    for (; clerk->count < CLERKS; clerk->count++) {
        int failure = pthread_create(&clerk->threads[clerk->count], NULL, work, clerk);

        if (failure == 0)
            continue;
        errno = failure;
        dag_error_set_errno(err, "cannot start a thread that writes the audit log");
        api_clerk_free(clerk);
        return NULL;
    }
    return clerk;
}

void api_clerk_free(struct api_clerk *clerk)
{
    if (!clerk)
        return;
    pthread_mutex_lock(&clerk->lock);
    clerk->is_ending = true;
    pthread_cond_broadcast(&clerk->changed);
    pthread_mutex_unlock(&clerk->lock);
    for (size_t i = 0; i < clerk->count; i++)
        pthread_join(clerk->threads[i], NULL);
    pthread_mutex_destroy(&clerk->lock);
    pthread_cond_destroy(&clerk->changed);
    free(clerk);
}

void api_clerk_answer(struct api_clerk *clerk, struct http_request *request,
                      const struct http_reply *reply, struct dag_buffer *body)
{
    struct api_call *call = api_call_of(request);
    struct dag_buffer none = {0};

    if (!keep_reply(call, reply)) {
        log_write(DAG_LOG_ERROR, NULL, "audit",
                  "how %s of request %s ended isn't in the log: out of memory",
                  call->operation->operation_id, request->id);
        http_reply_take(request, reply, body ? body : &none);
        return;
    }
    call->request = request;
    call->next = NULL;
    if (body) {
        call->body = *body;
        *body = none;
    }
    pthread_mutex_lock(&clerk->lock);
    if (clerk->first)
        clerk->last->next = call;
    else
        clerk->first = call;
    clerk->last = call;
    pthread_cond_signal(&clerk->changed);
    pthread_mutex_unlock(&clerk->lock);
}
