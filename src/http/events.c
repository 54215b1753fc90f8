/* events.c - the hub's thread: takes news, numbers them, and turns once for all clients. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"
#include "http/events_internal.h"

/* ---- news ---- */

static const char *put(char **at, const char *text, size_t size)
{
    char *start = *at;

    if (!text)
        return NULL;
    memcpy(start, text, size);
    start[size] = '\0';
    *at += size + 1;
    return start;
}

static size_t size_of(const char *text, size_t most)
{
    return text ? strnlen(text, most) : 0;
}

static struct event_entry *new_entry(struct event_hub *hub, const struct event_news *news)
{
    size_t dag = size_of(news->dag, EVENT_DAG_NAME_MAX);
    size_t node = size_of(news->node, EVENT_DAG_NAME_MAX);
    size_t text = size_of(news->text, EVENT_TEXT_MAX);
    struct event_entry *entry = malloc(sizeof(*entry) + dag + node + text + 3);
    char *at;

    if (!entry)
        return NULL;
    at = (char *)(entry + 1);
    *entry = (struct event_entry){.kind = news->kind, .count = 1};
    entry->dag = put(&at, news->dag, dag);
    entry->node = put(&at, news->node, node);
    entry->text = put(&at, news->text, text);
    entry->time_us = hub->clock->realtime_us(hub->clock);
    entry->hash = text_mix(text_hash(news->dag ? news->dag : "", dag),
                           text_hash(news->node ? news->node : "", node));
    return entry;
}

/* An error of the same node that still waits is replaced by the newer one. */
static bool join_errors(struct event_queue *queue, struct event_entry *entry)
{
    if (entry->kind != EVENT_ERROR)
        return false;
    for (size_t i = queue->count; i-- > 0;) {
        struct event_entry *other = queue->entries[i];

        if (other->kind == EVENT_ERROR && other->hash == entry->hash) {
            entry->count += other->count;
            free(other);
            queue->entries[i] = entry;
            return true;
        }
    }
    return false;
}

void event_hub_publish(struct event_hub *hub, const struct event_news *news)
{
    struct event_entry *entry = new_entry(hub, news);
    struct event_queue *queue;

    pthread_mutex_lock(&hub->lock);
    queue = hub->news;
    if (!entry) {
        queue->lost++;
    } else if (!join_errors(queue, entry)) {
        if (queue->count < EVENT_NEWS_MAX) {
            queue->entries[queue->count++] = entry;
        } else {
            queue->lost++;
            free(entry);
        }
    }
    if (queue->count == 1 || queue->lost > 0) /* else it has been woken */
        pthread_cond_signal(&hub->changed);
    pthread_mutex_unlock(&hub->lock);
}

static void set_urgent(struct event_hub *hub, bool *flag)
{
    pthread_mutex_lock(&hub->lock);
    *flag = true;
    hub->is_urgent = true;
    pthread_cond_signal(&hub->changed);
    pthread_mutex_unlock(&hub->lock);
}

void event_hub_recheck(struct event_hub *hub)
{
    set_urgent(hub, &hub->recheck);
}

void event_hub_stop(struct event_hub *hub)
{
    set_urgent(hub, &hub->is_stopping);
}

void event_hub_join(struct event_hub *hub, struct event_client *client, struct http_stream *stream)
{
    client->stream = stream;
    pthread_mutex_lock(&hub->lock);
    client->next = hub->arrivals;
    hub->arrivals = client;
    hub->is_urgent = true;
    pthread_cond_signal(&hub->changed);
    pthread_mutex_unlock(&hub->lock);
}

void event_hub_counters(struct event_hub *hub, struct event_hub_counters *counters)
{
    pthread_mutex_lock(&hub->lock);
    *counters = hub->counters;
    pthread_mutex_unlock(&hub->lock);
}

/* ---- a turn ---- */

/** What a turn begins with. */
struct begin {
    struct event_client *arrivals;
    bool is_stopping, recheck;
};

static struct begin begin_turn(struct event_hub *hub)
{
    struct event_queue *full;
    struct begin begin;

    pthread_mutex_lock(&hub->lock);
    full = hub->news;
    hub->news = hub->news_taken;
    hub->news_taken = full;
    begin = (struct begin){hub->arrivals, hub->is_stopping, hub->recheck};
    hub->arrivals = NULL;
    hub->recheck = false;
    hub->is_urgent = false;
    pthread_mutex_unlock(&hub->lock);
    return begin;
}

static void add_item(struct event_hub *hub, const struct event_entry *entry, uint64_t *lost)
{
    struct event_item *item = event_item_new(hub, entry);

    if (item) {
        event_topics_keep(&hub->topics, item);
        hub->items[hub->item_count++] = item;
    } else {
        *lost += 1;
    }
}

/* Empties a queue. Returns how many events could not be taken. */
static uint64_t take(struct event_hub *hub, struct event_queue *queue)
{
    uint64_t lost = queue->lost;

    for (size_t i = 0; i < queue->count; i++) {
        add_item(hub, queue->entries[i], &lost);
        free(queue->entries[i]);
    }
    queue->count = 0;
    queue->lost = 0;
    return lost;
}

static void add_line(struct event_hub *hub, const char *json, uint64_t *lost)
{
    add_item(hub, &(struct event_entry){.kind = EVENT_LOG, .text = json}, lost);
}

static void tell_gap(struct event_hub *hub, uint64_t lines, uint64_t *lost)
{
    char json[160];
    char time[32];

    clock_format(hub->clock->realtime_us(hub->clock), time);
    snprintf(json, sizeof(json),
             "{\"time\":\"%s\",\"level\":\"warning\",\"message\":\"%" PRIu64
             " lines were too many for the live log\"}",
             time, lines);
    add_line(hub, json, lost);
}

/* Takes the new lines of the log; those that are too many for a turn wait for the next one, or are
 * told as a gap. Returns how many events could not be taken. */
static uint64_t take_log(struct event_hub *hub)
{
    uint64_t lost = 0;
    struct dag_buffer json = {0};

    for (size_t i = 0; hub->feed.next_line && i < EVENT_NEWS_MAX; i++) {
        uint64_t before = hub->line;

        json.size = 0;
        if (!hub->feed.next_line(hub->feed.context, &hub->line, &json))
            break;
        if (hub->line > before + 1 && hub->item_count < EVENT_ITEMS_MAX - 1)
            tell_gap(hub, hub->line - before - 1, &lost);
        if (hub->item_count < EVENT_ITEMS_MAX && dag_buffer_append(&json, "", 1))
            add_line(hub, json.bytes, &lost);
        else
            lost++;
    }
    dag_buffer_free(&json);
    return lost;
}

static uint64_t take_news(struct event_hub *hub)
{
    uint64_t lost = take(hub, hub->news_taken) + take_log(hub);

    if (lost > 0) { /* nobody has everything now */
        hub->last_id++;
        event_topics_break(&hub->topics, hub->last_id);
        for (struct event_client *client = hub->clients; client; client = client->next) {
            client->missed += lost;
            client->needs_snapshot = true;
        }
    }
    return lost;
}

static void end_lost(struct event_hub *hub, bool is_stopping)
{
    struct event_client *next;

    for (struct event_client *client = hub->clients; client; client = next) {
        next = client->next;
        if (atomic_load(&client->is_closed))
            event_client_end(hub, client, NULL);
        else if (is_stopping)
            event_client_end(hub, client, "stopping");
    }
}

static void end_revoked(struct event_hub *hub, bool recheck)
{
    int64_t now = hub->clock->monotonic_us(hub->clock);
    struct event_client *next;

    if (!recheck && now - hub->rechecked_us < hub->options.recheck_us)
        return;
    hub->rechecked_us = now;
    for (struct event_client *client = hub->clients; client; client = next) {
        next = client->next;
        if (client->viewer.is_valid && !client->viewer.is_valid(client->viewer.context))
            event_client_end(hub, client, "revoked");
    }
}

static void welcome(struct event_hub *hub, struct event_client *arrivals, bool is_stopping)
{
    while (arrivals) {
        struct event_client *client = arrivals;

        arrivals = client->next;
        client->next = NULL;
        if (is_stopping)
            event_client_end(hub, client, "stopping");
        else
            event_client_start(hub, client);
    }
}

static void look_at_tick(struct event_hub *hub)
{
    uint64_t tick = hub->feed.tick ? hub->feed.tick(hub->feed.context) : 0;

    if (tick == hub->tick)
        return;
    hub->tick = tick;
    hub->last_id++;
    hub->ticks[hub->tick_count % EVENT_TICKS_MAX].id = hub->last_id;
    hub->ticks[hub->tick_count % EVENT_TICKS_MAX].tick = tick;
    hub->tick_count++;
}

static void end_turn(struct event_hub *hub, uint64_t lost)
{
    pthread_mutex_lock(&hub->lock);
    hub->counters.published += hub->item_count;
    hub->counters.overflowed += lost;
    hub->counters.lagged += hub->lagged;
    hub->counters.renderings += hub->rendered;
    hub->counters.clients = hub->client_count;
    hub->counters.topics = (uint32_t)hub->topics.count;
    pthread_mutex_unlock(&hub->lock);
    for (size_t i = 0; i < hub->item_count; i++)
        event_item_unref(hub->items[i]);
    hub->item_count = 0;
    hub->lagged = hub->rendered = 0;
    event_renderings_clear(hub);
    if (hub->scratch.capacity > EVENT_SCRATCH_KEEP)
        dag_buffer_free(&hub->scratch);
}

void event_hub_turn(struct event_hub *hub)
{
    struct begin begin;
    struct event_client *next;
    uint64_t lost;

    pthread_mutex_lock(&hub->turn_lock);
    begin = begin_turn(hub);
    end_lost(hub, begin.is_stopping);
    end_revoked(hub, begin.recheck);
    lost = take_news(hub);
    for (struct event_client *client = hub->clients; client; client = client->next)
        event_client_deliver(hub, client);
    welcome(hub, begin.arrivals, begin.is_stopping);
    if (hub->clients)
        look_at_tick(hub);
    for (struct event_client *client = hub->clients; client; client = next) {
        next = client->next;
        event_client_sync(hub, client);
    }
    event_topics_expire(&hub->topics,
                        hub->clock->monotonic_us(hub->clock) - hub->options.topic_keep_us);
    end_turn(hub, lost);
    pthread_mutex_unlock(&hub->turn_lock);
}

/* ---- the thread ---- */

static struct timespec later(int64_t us)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += us / 1000000;
    time.tv_nsec += us % 1000000 * 1000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        time.tv_sec++;
    }
    return time;
}

static bool has_news(const struct event_hub *hub)
{
    return hub->news->count > 0 || hub->news->lost > 0;
}

/* Turns at once for what can't wait, else ten times a second: while there are clients for the
 * counters, and while there are news for these. */
static void *run(void *context)
{
    struct event_hub *hub = context;
    struct timespec due = later(0);
    bool has_clients = false;

    pthread_mutex_lock(&hub->lock);
    while (!hub->is_ending) {
        int failure = 0;

        if (!hub->is_urgent) {
            if (has_clients || has_news(hub))
                failure = pthread_cond_timedwait(&hub->changed, &hub->lock, &due);
            else
                failure = pthread_cond_wait(&hub->changed, &hub->lock);
        }
        if (hub->is_ending || (!hub->is_urgent && failure != ETIMEDOUT))
            continue;
        pthread_mutex_unlock(&hub->lock);
        event_hub_turn(hub);
        due = later(EVENT_TURN_US);
        pthread_mutex_lock(&hub->lock);
        has_clients = hub->counters.clients > 0;
    }
    pthread_mutex_unlock(&hub->lock);
    return NULL;
}

/* ---- begin and end ---- */

static void init_locks(struct event_hub *hub)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&hub->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&hub->lock, NULL);
    pthread_mutex_init(&hub->turn_lock, NULL);
}

static void fill_options(struct event_hub *hub, const struct event_hub_options *options)
{
    hub->options = *options;
    hub->clock = options->clock ? options->clock : clock_system();
    if (hub->options.recheck_us == 0)
        hub->options.recheck_us = EVENT_RECHECK_US;
    if (hub->options.events_max == 0)
        hub->options.events_max = EVENT_MAX;
    if (hub->options.topic_keep_us == 0)
        hub->options.topic_keep_us = EVENT_KEEP_US;
    if (!hub->options.send)
        hub->options.send = http_stream_send;
    if (!hub->options.end)
        hub->options.end = http_stream_end;
}

struct event_hub *event_hub_new(const struct event_hub_options *options, struct dag_error *err)
{
    struct event_hub *hub = calloc(1, sizeof(*hub));
    int failure;

    if (!hub) {
        dag_error_set_memory(err, "live streams");
        return NULL;
    }
    fill_options(hub, options);
    init_locks(hub);
    /* So that ids rise over a restart, too: nobody goes on with those of another life. */
    hub->last_id = (uint64_t)hub->clock->realtime_us(hub->clock);
    hub->rechecked_us = hub->clock->monotonic_us(hub->clock);
    hub->news = calloc(1, sizeof(*hub->news));
    hub->news_taken = calloc(1, sizeof(*hub->news_taken));
    if (!hub->news || !hub->news_taken ||
        !event_topics_init(&hub->topics, hub->options.events_max, hub->last_id)) {
        dag_error_set_memory(err, "live streams");
        event_hub_free(hub);
        return NULL;
    }
    if (hub->options.is_manual)
        return hub;
    failure = pthread_create(&hub->thread, NULL, run, hub);
    if (failure != 0) {
        errno = failure;
        dag_error_set_errno(err, "cannot start the thread of the live streams");
        event_hub_free(hub);
        return NULL;
    }
    pthread_setname_np(hub->thread, "events");
    hub->has_thread = true;
    return hub;
}

static void free_queue(struct event_queue *queue)
{
    for (size_t i = 0; queue && i < queue->count; i++)
        free(queue->entries[i]);
    free(queue);
}

void event_hub_free(struct event_hub *hub)
{
    if (!hub)
        return;
    if (hub->has_thread) {
        set_urgent(hub, &hub->is_ending);
        pthread_join(hub->thread, NULL);
    }
    free_queue(hub->news);
    free_queue(hub->news_taken);
    event_topics_deinit(&hub->topics);
    dag_buffer_free(&hub->scratch);
    pthread_cond_destroy(&hub->changed);
    pthread_mutex_destroy(&hub->lock);
    pthread_mutex_destroy(&hub->turn_lock);
    free(hub);
}

void event_hub_set_feed(struct event_hub *hub, const struct event_feed *feed)
{
    pthread_mutex_lock(&hub->turn_lock);
    hub->feed = feed ? *feed : (struct event_feed){0};
    pthread_mutex_unlock(&hub->turn_lock);
}
