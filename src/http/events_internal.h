/* events_internal.h - what the files of the hub share: events, topics, clients. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_EVENTS_INTERNAL_H
#define HTTP_EVENTS_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "graph/names.h"
#include "http/events.h"

#define EVENT_MAX           1000                 /* kept for each topic */
#define EVENT_NEWS_MAX      1000                 /* that wait for the hub's thread */
#define EVENT_ITEMS_MAX     (3 * EVENT_NEWS_MAX) /* of one turn */
#define EVENT_TURN_US       100000               /* between two turns, but for what can't wait */
#define EVENT_RECHECK_US    30000000             /* between two looks at everybody's rights */
#define EVENT_KEEP_US       300000000
#define EVENT_TEXT_MAX      4096u /* bytes of a message */
#define EVENT_TICKS_MAX     1024u /* ticks whose ids are known: for resuming */
#define EVENT_BUCKETS       256u
#define EVENT_DAG_NAME_MAX  NAME_SIZE_MAX
#define EVENT_TOPICS_OF_MAX 3u /* that one event belongs to */
#define EVENT_SCRATCH_KEEP  ((size_t)1 * 1024 * 1024)
#define EVENT_MESSAGE_MAX   ((size_t)8 * 1024 * 1024) /* of what is sent at once */

/** A line of the log as an event: its text is a JSON object, and the feed gives it. */
#define EVENT_LOG        (EVENT_CLUSTER + 1)
#define EVENT_KIND_COUNT (EVENT_LOG + 1)

/** News on its way to the hub's thread. One allocation: the texts lie behind it. */
struct event_entry {
    int kind;                      /* enum event_kind or EVENT_LOG */
    const char *dag, *node, *text; /* NULL or into this entry */
    int64_t time_us;
    uint64_t hash;  /* of kind, DAG and node: what errors are put together by */
    uint64_t count; /* of errors that it stands for */
};

struct event_queue {
    struct event_entry *entries[EVENT_NEWS_MAX]; /* owned */
    size_t count;
    uint64_t lost; /* that found no room */
};

/** One event, numbered and rendered. Hub's thread only. */
struct event_item {
    uint64_t id;
    uint32_t references;    /* by rings, and by the turn that made it */
    int kind;               /* enum event_kind or EVENT_LOG */
    char *dag;              /* owned; NULL: none in particular */
    struct dag_buffer text; /* as it goes to clients */
    size_t json, json_size; /* where the event's JSON lies in it */
};

struct event_topic {
    struct event_topic *next; /* in its bucket */
    char *name;               /* owned: "dags", "dag:NAME", "cluster", "log" */
    const char *dag;          /* of "dag:NAME": into `name`; else NULL */
    struct event_item **ring; /* owned, `events_max` places; NULL until the first one */
    size_t first, count;
    uint64_t complete_since; /* every event with a greater id is in the ring */
    uint32_t watchers;
    int64_t unwatched_us; /* monotonic: since when there are none */
};

struct event_topics {
    struct event_topic *buckets[EVENT_BUCKETS];
    struct event_topic *dags, *cluster, *log; /* these stay */
    size_t events_max;
    size_t count;
};

struct event_client {
    struct event_hub *hub;     /* borrowed */
    struct event_client *next; /* of the hub's clients, or of those that arrive */
    struct event_viewer viewer;
    char *topic_names; /* owned; as they were asked for */
    struct event_topic *topics[EVENT_TOPICS_MAX];
    size_t topic_count;
    struct http_stream *stream;
    uint64_t last_id; /* that the client has, when it says so; 0: none */
    uint64_t tick;    /* of the counters that it has */
    uint64_t missed;  /* events since it has lagged */
    bool is_greeted, needs_snapshot;
    bool is_waiting; /* for its buffer to be empty */
    _Atomic bool is_drained, is_closed;
};

/** Counters as text, made once for all clients that need the same. Of one turn. */
struct event_rendering {
    struct event_rendering *next;
    const struct event_topic *topic;
    uint64_t since;
    bool is_snapshot;
    char *scope; /* owned; "": all DAGs */
    struct dag_buffer text;
};

struct event_hub {
    struct event_hub_options options;
    struct clock *clock;
    pthread_t thread;
    bool has_thread;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct event_queue *news;                        /* guarded by lock */
    struct event_client *arrivals;                   /* guarded by lock */
    bool is_urgent, is_stopping, is_ending, recheck; /* guarded by lock */
    struct event_hub_counters counters;              /* guarded by lock */

    pthread_mutex_t turn_lock; /* held during a turn */
    struct event_feed feed;    /* guarded by turn_lock, like all below */
    struct event_queue *news_taken;
    struct event_topics topics;
    struct event_client *clients;
    uint32_t client_count;
    struct event_item *items[EVENT_ITEMS_MAX]; /* of this turn */
    size_t item_count;
    struct event_rendering *renderings;
    struct dag_buffer scratch; /* what is put together for one client */
    uint64_t last_id;
    uint64_t line; /* the last one of the log that was taken */
    uint64_t tick;
    struct {
        uint64_t id, tick;
    } ticks[EVENT_TICKS_MAX];
    uint64_t tick_count; /* ever; the newest is at (tick_count - 1) % EVENT_TICKS_MAX */
    int64_t rechecked_us;
    uint64_t lagged, rendered; /* of this turn */
};

/* ---- events_topic.c ---- */

bool event_topics_init(struct event_topics *topics, size_t events_max, uint64_t last_id);
void event_topics_deinit(struct event_topics *topics);

/** NULL: there is none. */
struct event_topic *event_topics_find(const struct event_topics *topics, const char *name);
/** Made when missing. NULL: out of memory. */
struct event_topic *event_topics_take(struct event_topics *topics, const char *name,
                                      uint64_t last_id);
/** Forgets topics that nobody has watched since `before_us`. */
void event_topics_expire(struct event_topics *topics, int64_t before_us);
/** Events were lost: no topic is complete before `last_id`. */
void event_topics_break(struct event_topics *topics, uint64_t last_id);

/** The topics that an event belongs to. */
size_t event_topics_of(const struct event_topics *topics, int kind, const char *dag,
                       struct event_topic *out[EVENT_TOPICS_OF_MAX]);
/** False for topics that have events only. */
bool event_topic_has_counters(const struct event_topics *topics, const struct event_topic *topic);
/** Keeps it in all its topics. */
void event_topics_keep(struct event_topics *topics, struct event_item *item);
/** The first one behind `id`, or NULL. */
struct event_item *event_topic_after(const struct event_topics *topics,
                                     const struct event_topic *topic, uint64_t id);
void event_item_unref(struct event_item *item); /* NULL is allowed */

/* ---- events_render.c ---- */

/** The event with the next number; one reference. NULL: out of memory. */
struct event_item *event_item_new(struct event_hub *hub, const struct event_entry *entry);

/** What the client has to get of a topic, from the cache of this turn or made now: the event
 *  without its id. NULL: out of memory. */
const struct dag_buffer *event_render(struct event_hub *hub, const struct event_client *client,
                                      const struct event_topic *topic, bool is_snapshot);
void event_renderings_clear(struct event_hub *hub);

bool event_write_lagged(struct dag_buffer *out, uint64_t missed);
bool event_write_id(struct dag_buffer *out, uint64_t id);
bool event_write_text(struct dag_buffer *out, const char *text);

/* ---- events_client.c ---- */

/** Takes its place among the hub's clients: goes on where it was, or will get a snapshot. */
void event_client_start(struct event_hub *hub, struct event_client *client);
/** Sends the events of this turn. */
void event_client_deliver(struct event_hub *hub, struct event_client *client);
/** Sends the snapshot that is due, or the counters that it hasn't yet. */
void event_client_sync(struct event_hub *hub, struct event_client *client);
/** Says why (NULL: it is gone), ends its stream and forgets it. */
void event_client_end(struct event_hub *hub, struct event_client *client, const char *reason);

#endif
