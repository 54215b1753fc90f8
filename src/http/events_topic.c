/* events_topic.c - what happened last, by topic, for clients that come back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "http/events_internal.h"

#define DAG_PREFIX "dag:"

void event_item_unref(struct event_item *item)
{
    if (!item || --item->references > 0)
        return;
    free(item->dag);
    dag_buffer_free(&item->text);
    free(item);
}

static size_t bucket_of(const char *name)
{
    return text_hash(name, strlen(name)) % EVENT_BUCKETS;
}

struct event_topic *event_topics_find(const struct event_topics *topics, const char *name)
{
    struct event_topic *topic = topics->buckets[bucket_of(name)];

    while (topic && strcmp(topic->name, name) != 0)
        topic = topic->next;
    return topic;
}

bool event_topic_has_counters(const struct event_topics *topics, const struct event_topic *topic)
{
    return topic->dag || topic == topics->dags;
}

struct event_topic *event_topics_take(struct event_topics *topics, const char *name,
                                      uint64_t last_id)
{
    size_t bucket = bucket_of(name);
    struct event_topic *topic = event_topics_find(topics, name);

    if (topic)
        return topic;
    topic = calloc(1, sizeof(*topic));
    if (!topic)
        return NULL;
    topic->name = strdup(name);
    if (!topic->name) {
        free(topic);
        return NULL;
    }
    if (strncmp(name, DAG_PREFIX, sizeof(DAG_PREFIX) - 1) == 0)
        topic->dag = topic->name + sizeof(DAG_PREFIX) - 1;
    topic->complete_since = last_id;
    topic->next = topics->buckets[bucket];
    topics->buckets[bucket] = topic;
    topics->count++;
    return topic;
}

static void clear_ring(const struct event_topics *topics, struct event_topic *topic)
{
    for (size_t i = 0; i < topic->count; i++)
        event_item_unref(topic->ring[(topic->first + i) % topics->events_max]);
    topic->first = topic->count = 0;
}

static void free_topic(struct event_topics *topics, struct event_topic *topic)
{
    clear_ring(topics, topic);
    free(topic->ring);
    free(topic->name);
    free(topic);
    topics->count--;
}

bool event_topics_init(struct event_topics *topics, size_t events_max, uint64_t last_id)
{
    topics->events_max = events_max;
    topics->dags = event_topics_take(topics, "dags", last_id);
    topics->cluster = event_topics_take(topics, "cluster", last_id);
    topics->log = event_topics_take(topics, "log", last_id);
    return topics->dags && topics->cluster && topics->log;
}

void event_topics_deinit(struct event_topics *topics)
{
    for (size_t i = 0; i < EVENT_BUCKETS; i++)
        while (topics->buckets[i]) {
            struct event_topic *topic = topics->buckets[i];

            topics->buckets[i] = topic->next;
            free_topic(topics, topic);
        }
}

void event_topics_expire(struct event_topics *topics, int64_t before_us)
{
    for (size_t i = 0; i < EVENT_BUCKETS; i++) {
        struct event_topic **place = &topics->buckets[i];

        while (*place) {
            struct event_topic *topic = *place;

            if (topic->dag && topic->watchers == 0 && topic->unwatched_us < before_us) {
                *place = topic->next;
                free_topic(topics, topic);
            } else {
                place = &topic->next;
            }
        }
    }
}

void event_topics_break(struct event_topics *topics, uint64_t last_id)
{
    for (size_t i = 0; i < EVENT_BUCKETS; i++)
        for (struct event_topic *topic = topics->buckets[i]; topic; topic = topic->next)
            topic->complete_since = last_id;
}

size_t event_topics_of(const struct event_topics *topics, int kind, const char *dag,
                       struct event_topic *out[EVENT_TOPICS_OF_MAX])
{
    size_t count = 0;

    if (kind == EVENT_LOG) {
        out[count++] = topics->log;
    } else if (kind == EVENT_CLUSTER) {
        out[count++] = topics->cluster;
    } else {
        out[count++] = topics->dags;
        if (!dag)
            out[count++] = topics->cluster;
    }
    if (dag && kind != EVENT_LOG) {
        char name[sizeof(DAG_PREFIX) + EVENT_DAG_NAME_MAX];
        int size = snprintf(name, sizeof(name), DAG_PREFIX "%s", dag);
        struct event_topic *topic =
            size > 0 && (size_t)size < sizeof(name) ? event_topics_find(topics, name) : NULL;

        if (topic)
            out[count++] = topic;
    }
    return count;
}

static void keep(const struct event_topics *topics, struct event_topic *topic,
                 struct event_item *item)
{
    if (!topic->ring) {
        topic->ring = calloc(topics->events_max, sizeof(*topic->ring));
        if (!topic->ring) {
            topic->complete_since = item->id; /* whoever comes back gets a snapshot */
            return;
        }
    }
    if (topic->count == topics->events_max) {
        struct event_item *oldest = topic->ring[topic->first];

        topic->complete_since = oldest->id;
        topic->first = (topic->first + 1) % topics->events_max;
        topic->count--;
        event_item_unref(oldest);
    }
    topic->ring[(topic->first + topic->count++) % topics->events_max] = item;
    item->references++;
}

void event_topics_keep(struct event_topics *topics, struct event_item *item)
{
    struct event_topic *of[EVENT_TOPICS_OF_MAX];
    size_t count = event_topics_of(topics, item->kind, item->dag, of);

    for (size_t i = 0; i < count; i++)
        keep(topics, of[i], item);
}

struct event_item *event_topic_after(const struct event_topics *topics,
                                     const struct event_topic *topic, uint64_t id)
{
    size_t low = 0;
    size_t high = topic->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (topic->ring[(topic->first + middle) % topics->events_max]->id > id)
            high = middle;
        else
            low = middle + 1;
    }
    return low < topic->count ? topic->ring[(topic->first + low) % topics->events_max] : NULL;
}
