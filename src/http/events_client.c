/* events_client.c - one client of the hub: goes on where it was, lags, catches up, ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/events_internal.h"

#define GREETING "retry: 3000\n\n"

/* ---- topics ---- */

static bool is_dag_topic(const char *name)
{
    const char *dag = name + 4;
    size_t size = strlen(name);

    if (strncmp(name, "dag:", 4) != 0 || size <= 4 || size - 4 > EVENT_DAG_NAME_MAX)
        return false;
    for (; *dag; dag++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", *dag))
            return false;
    return true;
}

bool event_topics_each(const char *topics,
                       bool (*each)(void *context, const char *name, struct dag_error *err),
                       void *context, struct dag_error *err)
{
    char name[EVENT_DAG_NAME_MAX + 8];
    size_t count = 0;

    for (;;) {
        size_t size = strcspn(topics, ",");

        if (++count > EVENT_TOPICS_MAX)
            return dag_error_set(err, DAG_ERROR_LIMIT, "more than %d topics", EVENT_TOPICS_MAX);
        if (size >= sizeof(name))
            return dag_error_set(err, DAG_ERROR_INVALID, "a topic is longer than a DAG's name");
        memcpy(name, topics, size);
        name[size] = '\0';
        if (strcmp(name, "dags") != 0 && strcmp(name, "cluster") != 0 && strcmp(name, "log") != 0 &&
            !is_dag_topic(name))
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "'%.100s' is no topic: dags, dag:NAME, cluster or log", name);
        if (each && !each(context, name, err))
            return false;
        if (!topics[size])
            return true;
        topics += size + 1;
    }
}

/* ---- begin and end ---- */

struct event_client *event_client_new(struct event_hub *hub, const char *topics,
                                      const char *last_id, const struct event_viewer *viewer)
{
    struct event_client *client = calloc(1, sizeof(*client));

    if (!client)
        return NULL;
    client->topic_names = strdup(topics);
    if (!client->topic_names) {
        free(client);
        return NULL;
    }
    client->hub = hub;
    client->viewer = *viewer;
    if (last_id && strspn(last_id, "0123456789") == strlen(last_id))
        client->last_id = strtoull(last_id, NULL, 10);
    return client;
}

void event_client_free(struct event_client *client)
{
    if (client->viewer.free)
        client->viewer.free(client->viewer.context);
    free(client->topic_names);
    free(client);
}

static void on_drained(void *context)
{
    struct event_client *client = context;

    atomic_store(&client->is_drained, true);
}

static void on_closed(void *context)
{
    struct event_client *client = context;

    atomic_store(&client->is_closed, true);
}

static void on_released(void *context)
{
    event_client_free(context);
}

void event_client_options(struct event_client *client, struct http_stream_options *options)
{
    *options = (struct http_stream_options){
        .drained = on_drained, .closed = on_closed, .released = on_released, .context = client};
}

static bool add_topic(void *context, const char *name, struct dag_error *err)
{
    struct event_client *client = context;
    struct event_hub *hub = client->hub;
    struct event_topic *topic = event_topics_take(&hub->topics, name, hub->last_id);

    if (!topic)
        return dag_error_set_memory(err, "a topic");
    for (size_t i = 0; i < client->topic_count; i++)
        if (client->topics[i] == topic)
            return true;
    topic->watchers++;
    client->topics[client->topic_count++] = topic;
    return true;
}

static bool may_see(const struct event_client *client, const struct event_item *item)
{
    return !item->dag || !client->viewer.may_see ||
           client->viewer.may_see(client->viewer.context, item->dag);
}

/* ---- resuming ---- */

/* Whether everything that the client hasn't had yet is still there. */
static bool can_resume(const struct event_hub *hub, const struct event_client *client)
{
    if (client->last_id == 0 || client->last_id > hub->last_id)
        return false;
    for (size_t i = 0; i < client->topic_count; i++)
        if (client->topics[i]->complete_since > client->last_id)
            return false;
    return true;
}

/* The tick whose counters somebody has who has seen everything up to an event; 0: unknown. */
static uint64_t tick_at(const struct event_hub *hub, uint64_t id)
{
    uint64_t known = hub->tick_count < EVENT_TICKS_MAX ? hub->tick_count : EVENT_TICKS_MAX;

    for (uint64_t back = 1; back <= known; back++) {
        uint64_t place = (hub->tick_count - back) % EVENT_TICKS_MAX;

        if (hub->ticks[place].id <= id)
            return hub->ticks[place].tick;
    }
    return 0;
}

static bool write_missed(struct event_hub *hub, const struct event_client *client,
                         struct dag_buffer *out)
{
    uint64_t id = client->last_id;

    for (;;) {
        struct event_item *next = NULL;

        for (size_t i = 0; i < client->topic_count; i++) {
            struct event_item *item = event_topic_after(&hub->topics, client->topics[i], id);

            if (item && (!next || item->id < next->id))
                next = item;
        }
        if (!next)
            return true;
        id = next->id;
        if (may_see(client, next) && !dag_buffer_append(out, next->text.bytes, next->text.size))
            return false;
    }
}

/* ---- sending ---- */

static void send_scratch(struct event_hub *hub, struct event_client *client, uint64_t events)
{
    switch (hub->options.send(client->stream, hub->scratch.bytes, hub->scratch.size)) {
    case HTTP_SENT:
        client->is_greeted = true;
        break;
    case HTTP_LAGGED:
        client->is_waiting = true;
        client->missed += events;
        client->needs_snapshot |= events > 0;
        break;
    case HTTP_CLOSED:
        atomic_store(&client->is_closed, true);
        break;
    }
}

void event_client_start(struct event_hub *hub, struct event_client *client)
{
    struct dag_error err = {0};

    if (client->viewer.is_valid && !client->viewer.is_valid(client->viewer.context)) {
        event_client_end(hub, client, "revoked");
        return;
    }
    if (!event_topics_each(client->topic_names, add_topic, client, &err)) {
        event_client_end(hub, client, "memory");
        return;
    }
    client->next = hub->clients;
    hub->clients = client;
    hub->client_count++;
    client->needs_snapshot = true;
    if (!can_resume(hub, client))
        return;
    hub->scratch.size = 0;
    if (!event_write_text(&hub->scratch, GREETING) || !write_missed(hub, client, &hub->scratch) ||
        hub->scratch.size > EVENT_MESSAGE_MAX)
        return;
    client->needs_snapshot = false;
    client->tick = tick_at(hub, client->last_id);
    send_scratch(hub, client, 1);
}

static bool wants(const struct event_hub *hub, const struct event_client *client,
                  const struct event_item *item)
{
    struct event_topic *of[EVENT_TOPICS_OF_MAX];
    size_t count = event_topics_of(&hub->topics, item->kind, item->dag, of);

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < client->topic_count; k++)
            if (client->topics[k] == of[i])
                return may_see(client, item);
    return false;
}

void event_client_deliver(struct event_hub *hub, struct event_client *client)
{
    uint64_t events = 0;

    hub->scratch.size = 0;
    for (size_t i = 0; i < hub->item_count; i++) {
        const struct event_item *item = hub->items[i];

        if (!wants(hub, client, item))
            continue;
        events++;
        if (client->is_waiting || client->needs_snapshot)
            continue;
        if (!dag_buffer_append(&hub->scratch, item->text.bytes, item->text.size))
            client->needs_snapshot = true;
    }
    if (events == 0)
        return;
    if (client->is_waiting || client->needs_snapshot) {
        client->missed += client->is_greeted ? events : 0; /* a first snapshot misses nothing */
        client->needs_snapshot = true;
    } else {
        send_scratch(hub, client, events);
    }
}

/* Counters of the client's topics. The last one carries the id: a client that was cut off before it
 * comes back with an older one. */
static bool write_topics(struct event_hub *hub, const struct event_client *client, bool is_snapshot)
{
    const struct event_topic *last = NULL;

    for (size_t i = 0; i < client->topic_count; i++)
        if (is_snapshot || event_topic_has_counters(&hub->topics, client->topics[i]))
            last = client->topics[i];
    for (size_t i = 0; last && i < client->topic_count; i++) {
        const struct event_topic *topic = client->topics[i];
        const struct dag_buffer *text;

        if (!is_snapshot && !event_topic_has_counters(&hub->topics, topic))
            continue;
        text = event_render(hub, client, topic, is_snapshot);
        if (!text || (topic == last && !event_write_id(&hub->scratch, hub->last_id)) ||
            !dag_buffer_append(&hub->scratch, text->bytes, text->size))
            return false;
    }
    return true;
}

void event_client_sync(struct event_hub *hub, struct event_client *client)
{
    bool is_snapshot = client->needs_snapshot;
    bool is_behind = client->missed > 0;

    if (atomic_exchange(&client->is_drained, false))
        client->is_waiting = false;
    if (client->is_waiting || (!is_snapshot && client->tick == hub->tick))
        return;
    hub->scratch.size = 0;
    if ((!client->is_greeted && !event_write_text(&hub->scratch, GREETING)) ||
        (is_behind && !event_write_lagged(&hub->scratch, client->missed)) ||
        !write_topics(hub, client, is_snapshot))
        return; /* short of memory: the next turn tries again */
    if (hub->scratch.size > EVENT_MESSAGE_MAX) {
        event_client_end(hub, client, "too_large");
        return;
    }
    if (hub->scratch.size > 0)
        send_scratch(hub, client, 0);
    if (client->is_waiting)
        return;
    client->tick = hub->tick;
    client->needs_snapshot = false;
    client->missed = 0;
    hub->lagged += is_behind;
}

void event_client_end(struct event_hub *hub, struct event_client *client, const char *reason)
{
    struct event_client **place = &hub->clients;
    int64_t now = hub->clock->monotonic_us(hub->clock);
    struct http_stream *stream = client->stream;

    while (*place && *place != client)
        place = &(*place)->next;
    if (*place) {
        *place = client->next;
        hub->client_count--;
    }
    for (size_t i = 0; i < client->topic_count; i++)
        if (--client->topics[i]->watchers == 0)
            client->topics[i]->unwatched_us = now;
    if (reason) {
        char text[80];

        snprintf(text, sizeof(text), "event: bye\ndata: {\"reason\":\"%s\"}\n\n", reason);
        (void)hub->options.send(stream, text, strlen(text)); /* who lags misses it */
    }
    hub->options.end(stream);
}
