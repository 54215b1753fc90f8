/* events_render.c - what clients get, as server-sent events: made once, sent to many. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/events_internal.h"

#define LOG_LINES_MAX 200 /* of a snapshot */

static const char *const event_names[] = {"catalogue", "state",   "error",
                                          "notice",    "cluster", "log"};
_Static_assert(sizeof(event_names) / sizeof(event_names[0]) == EVENT_KIND_COUNT,
               "a name for each kind of event");

bool event_write_text(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

bool event_write_id(struct dag_buffer *out, uint64_t id)
{
    char line[32];

    snprintf(line, sizeof(line), "id: %" PRIu64 "\n", id);
    return event_write_text(out, line);
}

bool event_write_lagged(struct dag_buffer *out, uint64_t missed)
{
    char text[96];

    snprintf(text, sizeof(text), "event: lagged\ndata: {\"missed\":%" PRIu64 "}\n\n", missed);
    return event_write_text(out, text);
}

/* An event's data is one line: line ends stand only between the parts of a JSON text, so they and
 * the spaces behind them can go. */
static bool write_flat(struct dag_buffer *out, const char *json, size_t size)
{
    const char *end = json + size;

    while (json < end) {
        const char *line_end = memchr(json, '\n', (size_t)(end - json));
        size_t piece = (size_t)((line_end ? line_end : end) - json);

        if (!dag_buffer_append(out, json, piece))
            return false;
        json += piece;
        while (json < end && (*json == '\n' || *json == ' '))
            json++;
    }
    return true;
}

/* ',"key":' and the text, or null. */
static bool write_member(struct dag_buffer *out, const char *key, const char *text)
{
    return event_write_text(out, ",\"") && event_write_text(out, key) &&
           event_write_text(out, "\":") &&
           (text ? http_json_text(out, text) : event_write_text(out, "null"));
}

static bool write_cluster(struct event_hub *hub, struct dag_buffer *out)
{
    struct dag_buffer json = {0};
    bool is_written = true;

    if (hub->feed.write_cluster)
        is_written = hub->feed.write_cluster(hub->feed.context, &json);
    is_written = is_written && (json.size > 0 ? write_flat(out, json.bytes, json.size)
                                              : event_write_text(out, "{}"));
    dag_buffer_free(&json);
    return is_written;
}

static bool write_json(struct event_hub *hub, const struct event_entry *entry,
                       struct dag_buffer *out)
{
    char text[64];
    char time[32];

    if (entry->kind == EVENT_LOG)
        return event_write_text(out, entry->text);
    clock_format(entry->time_us, time);
    snprintf(text, sizeof(text), "{\"time\":\"%s\"", time);
    if (!event_write_text(out, text))
        return false;
    switch (entry->kind) {
    case EVENT_CATALOGUE:
        return write_member(out, "dag", entry->dag) && write_member(out, "change", entry->text) &&
               event_write_text(out, "}");
    case EVENT_STATE:
        return write_member(out, "dag", entry->dag) && write_member(out, "state", entry->text) &&
               event_write_text(out, "}");
    case EVENT_ERROR:
        snprintf(text, sizeof(text), ",\"count\":%" PRIu64 "}", entry->count);
        return write_member(out, "dag", entry->dag) && write_member(out, "node", entry->node) &&
               write_member(out, "message", entry->text) && event_write_text(out, text);
    case EVENT_NOTICE:
        return write_member(out, "dag", entry->dag) && write_member(out, "text", entry->text) &&
               event_write_text(out, "}");
    case EVENT_CLUSTER:
        return event_write_text(out, ",\"cluster\":") && write_cluster(hub, out) &&
               event_write_text(out, "}");
    }
    return false;
}

struct event_item *event_item_new(struct event_hub *hub, const struct event_entry *entry)
{
    struct event_item *item = calloc(1, sizeof(*item));

    if (!item)
        return NULL;
    item->id = ++hub->last_id;
    item->references = 1;
    item->kind = entry->kind;
    item->dag = entry->dag ? strdup(entry->dag) : NULL;
    if ((entry->dag && !item->dag) || !event_write_id(&item->text, item->id) ||
        !event_write_text(&item->text, "event: ") ||
        !event_write_text(&item->text, event_names[entry->kind]) ||
        !event_write_text(&item->text, "\ndata: ")) {
        event_item_unref(item);
        return NULL;
    }
    item->json = item->text.size;
    if (!write_json(hub, entry, &item->text)) {
        event_item_unref(item);
        return NULL;
    }
    item->json_size = item->text.size - item->json;
    if (!event_write_text(&item->text, "\n\n")) {
        event_item_unref(item);
        return NULL;
    }
    return item;
}

/* ---- snapshots and deltas ---- */

/* The last lines of the log. */
static bool write_log(const struct event_topics *topics, struct dag_buffer *out)
{
    const struct event_topic *log = topics->log;
    size_t skip = log->count > LOG_LINES_MAX ? log->count - LOG_LINES_MAX : 0;
    bool is_written = event_write_text(out, "[");

    for (size_t i = skip; is_written && i < log->count; i++) {
        const struct event_item *item = log->ring[(log->first + i) % topics->events_max];

        is_written = (i == skip || event_write_text(out, ",")) &&
                     dag_buffer_append(out, item->text.bytes + item->json, item->json_size);
    }
    return is_written && event_write_text(out, "]");
}

/* A DAG that there isn't any more is null. */
static bool write_counters(struct event_hub *hub, const struct event_client *client,
                           const struct event_topic *topic, uint64_t since, struct dag_buffer *out)
{
    const struct event_feed *feed = &hub->feed;
    struct dag_buffer json = {0};
    bool is_written = true;

    if (topic->dag) {
        if (feed->write_dag && !feed->write_dag(feed->context, topic->dag, since, &json))
            dag_buffer_free(&json);
    } else if (feed->write_all) {
        is_written = feed->write_all(feed->context, since, client->viewer.may_see,
                                     client->viewer.context, &json);
    }
    is_written = is_written && (json.size > 0 ? write_flat(out, json.bytes, json.size)
                                              : event_write_text(out, "null"));
    dag_buffer_free(&json);
    return is_written;
}

static bool write_data(struct event_hub *hub, const struct event_client *client,
                       const struct event_topic *topic, uint64_t since, struct dag_buffer *out)
{
    if (topic == hub->topics.cluster)
        return write_cluster(hub, out);
    if (topic == hub->topics.log)
        return write_log(&hub->topics, out);
    return write_counters(hub, client, topic, since, out);
}

static const char *scope_of(const struct event_client *client, const struct event_topic *topic)
{
    return topic->dag || !client->viewer.scope ? "" : client->viewer.scope;
}

static struct event_rendering *make(struct event_hub *hub, const struct event_client *client,
                                    const struct event_topic *topic, uint64_t since,
                                    bool is_snapshot)
{
    struct event_rendering *made = calloc(1, sizeof(*made));

    if (!made)
        return NULL;
    made->topic = topic;
    made->since = since;
    made->is_snapshot = is_snapshot;
    made->scope = strdup(scope_of(client, topic));
    if (!made->scope ||
        !event_write_text(&made->text, is_snapshot ? "event: snapshot\ndata: {\"topic\":"
                                                   : "event: delta\ndata: {\"topic\":") ||
        !http_json_text(&made->text, topic->name) || !event_write_text(&made->text, ",\"data\":") ||
        !write_data(hub, client, topic, since, &made->text) ||
        !event_write_text(&made->text, "}\n\n")) {
        free(made->scope);
        dag_buffer_free(&made->text);
        free(made);
        return NULL;
    }
    hub->rendered++;
    made->next = hub->renderings;
    hub->renderings = made;
    return made;
}

const struct dag_buffer *event_render(struct event_hub *hub, const struct event_client *client,
                                      const struct event_topic *topic, bool is_snapshot)
{
    uint64_t since = is_snapshot ? 0 : client->tick;
    const char *scope = scope_of(client, topic);
    struct event_rendering *found = hub->renderings;

    while (found && (found->topic != topic || found->since != since ||
                     found->is_snapshot != is_snapshot || strcmp(found->scope, scope) != 0))
        found = found->next;
    if (!found)
        found = make(hub, client, topic, since, is_snapshot);
    return found ? &found->text : NULL;
}

void event_renderings_clear(struct event_hub *hub)
{
    while (hub->renderings) {
        struct event_rendering *rendering = hub->renderings;

        hub->renderings = rendering->next;
        free(rendering->scope);
        dag_buffer_free(&rendering->text);
        free(rendering);
    }
}
