/* events.h - the hub of the live streams: one thread that sends what happens to all who watch.
 *
 * Whoever has news gives it to event_hub_publish(), which never waits. The hub's thread numbers it,
 * keeps the last of it by topic, renders it once, and queues it for each client (http.h: a client
 * that doesn't read is told so, and costs the others nothing). Counters come from the feed twice a
 * second; a client that could not take some of them gets all their changes at once later.
 *
 * Topics: "dags" (all DAGs), "dag:NAME", "cluster", "log".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_EVENTS_H
#define HTTP_EVENTS_H

#include "core/clock.h"
#include "dag/json.h"
#include "http/http.h"
#include "server/server.h"

#define EVENT_TOPICS_MAX 64 /* of one client */

struct event_hub;
struct event_client;

/** What is shown as counters: the server's functions of the same names (server.h), or a test's.
 *  Called on the hub's thread, without a lock. */
struct event_feed {
    uint64_t (*tick)(void *context);
    bool (*write_all)(void *context, uint64_t since, bool (*may_see)(void *viewer, const char *dag),
                      void *viewer, struct dag_buffer *out);
    /** False: there is no such DAG, or no memory. */
    bool (*write_dag)(void *context, const char *dag, uint64_t since, struct dag_buffer *out);
    bool (*write_cluster)(void *context, struct dag_buffer *out); /* NULL: {} */
    /** The log's next line as a JSON object: log_kept_next(). NULL: none. */
    bool (*next_line)(void *context, uint64_t *number, struct dag_buffer *out);
    void *context;
};

/** Zero it to begin. */
struct event_hub_options {
    struct clock *clock;   /* borrowed; NULL: the system's */
    int64_t recheck_us;    /* how often the rights of clients are looked at; 0: 30 s */
    size_t events_max;     /* kept for each topic; 0: 1,000 */
    int64_t topic_keep_us; /* how long after its last client a topic is kept; 0: 5 min */
    bool is_manual;        /* no thread: a test calls event_hub_turn() */
    enum http_sent (*send)(struct http_stream *stream, const void *bytes,
                           size_t size);     /* NULL: http_stream_send() */
    void (*end)(struct http_stream *stream); /* NULL: http_stream_end() */
};

/** NULL: `err`. */
struct event_hub *event_hub_new(const struct event_hub_options *options, struct dag_error *err);

/** After everybody who publishes and after http_server_free(). NULL is allowed. */
void event_hub_free(struct event_hub *hub);

/** Where counters come from, from now on; copied. NULL: from nowhere, as at the start. When it
 *  returns, the feed before isn't called any more. */
void event_hub_set_feed(struct event_hub *hub, const struct event_feed *feed);

/** The same for a server. */
void event_hub_set_server(struct event_hub *hub, struct server *server);

/** For server_options.event, with the hub as the context. */
void event_hub_tell(void *hub, const struct server_event *event);

enum event_kind {
    EVENT_CATALOGUE, /* a DAG was added, changed or removed: `text` says which */
    EVENT_STATE,     /* `text` is the state */
    EVENT_ERROR,     /* `text` is the message */
    EVENT_NOTICE,    /* `text` is a sentence */
    EVENT_CLUSTER,   /* what write_cluster() says has changed; no `text` */
};

struct event_news {
    enum event_kind kind;
    const char *dag;  /* NULL: none in particular */
    const char *node; /* EVENT_ERROR; or NULL */
    const char *text; /* cut at 4 KiB */
};

/** Any thread; takes a short lock and never waits for a client. Errors of one node that come faster
 *  than they are sent become one, with a count. */
void event_hub_publish(struct event_hub *hub, const struct event_news *news);

/** Rights have changed: looks at those of all clients soon. Any thread; never waits. */
void event_hub_recheck(struct event_hub *hub);

/** Says bye to all clients and ends them; new ones are ended at once. For http_options.stopping.
 *  Any thread; never waits. */
void event_hub_stop(struct event_hub *hub);

/** One round of the hub's work, when options.is_manual. */
void event_hub_turn(struct event_hub *hub);

/** Counters since the start, and gauges. Any thread. */
struct event_hub_counters {
    uint64_t published;  /* events */
    uint64_t overflowed; /* events that found no room in the hub; all clients got a snapshot */
    uint64_t lagged;     /* times that a client missed events and got a snapshot */
    uint64_t renderings; /* of snapshots and deltas */
    uint32_t clients, topics;
};
void event_hub_counters(struct event_hub *hub, struct event_hub_counters *counters);

/* ---- clients ---- */

/** Who watches, and what they may see. */
struct event_viewer {
    void *context; /* given to the functions; NULL functions: everything is allowed */
    bool (*may_see)(void *context, const char *dag); /* any thread */
    /** Clients with the same text see the same DAGs and share what is rendered; NULL or "": all
     *  DAGs. Lives as long as `context`. */
    const char *scope;
    bool (*is_valid)(void *context); /* false: the rights went or changed; the stream is ended */
    void (*free)(void *context);
};

/** Calls `each` (NULL: only checks) with the names of "dags,dag:NAME,cluster,log". False: `err`
 *  names what is none of them, or is the one of `each`. */
bool event_topics_each(const char *topics,
                       bool (*each)(void *context, const char *name, struct dag_error *err),
                       void *context, struct dag_error *err);

/** A client that isn't sent anything yet. `topics` were checked. `last_id`: what Last-Event-ID
 *  said, or NULL. `viewer` is copied, and freed with the client. NULL: out of memory; `viewer`
 *  stays the caller's. */
struct event_client *event_client_new(struct event_hub *hub, const char *topics,
                                      const char *last_id, const struct event_viewer *viewer);

/** Frees one that never had a stream. */
void event_client_free(struct event_client *client);

/** The callbacks of the client's stream, to be begun with. */
void event_client_options(struct event_client *client, struct http_stream_options *options);

/** Gives the client its stream. The hub ends the stream, and the client goes with it. */
void event_hub_join(struct event_hub *hub, struct event_client *client, struct http_stream *stream);

#endif
