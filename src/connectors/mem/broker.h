/* broker.h - the in-memory broker of the process: queues and topics that carry batches.
 *
 * Queues and topics have separate name spaces. A queue keeps each message until one reader takes
 * it. A topic gives each message to everyone who is subscribed at that moment and keeps nothing
 * for later subscribers. Rows are shared with the batch that brought them, unchanged; JSON text
 * exists only at the text functions. Nothing here ever blocks: who waits leaves a waiter and is
 * woken. Any thread may call everything here.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_MEM_BROKER_H
#define CONNECTORS_MEM_BROKER_H

#include "dag/host.h"
#include "dag/json.h"

#define BROKER_DEPTH_DEFAULT 100000
#define BROKER_CHANNELS_MAX  65536 /* queues and topics of the process */

/** A queue or a topic. Never freed, so a pointer to it stays valid (but see broker_reset()). */
struct broker_channel;

enum broker_kind { BROKER_QUEUE, BROKER_TOPIC };

enum broker_result {
    BROKER_OK,
    BROKER_FULL,   /* nothing was put */
    BROKER_EMPTY,  /* nothing was there */
    BROKER_FAILED, /* `err` says why */
};

/** What a full subscriber of a topic does with more; the order is that of the "overflow" option. */
enum broker_overflow {
    BROKER_BLOCK,       /* the publisher waits: no subscriber gets a message that this one can't */
    BROKER_LATEST,      /* what waits is dropped in favour of the newest message */
    BROKER_DROP_NEWEST, /* the new message is dropped */
    BROKER_DROP_OLDEST, /* the oldest one makes room */
};

/** What a consumer has taken and not acknowledged. */
struct broker_ledger;

/** Someone who may have to wait at a channel; embedded in the connector's state. All fields are
 *  guarded by the channel's lock once it is added. */
struct broker_waiter {
    struct dag_host *host; /* woken; borrowed */
    bool is_waiting;
    uint64_t last_put;            /* producers: number of the last message put, of the channel's */
    struct broker_ledger *ledger; /* owned; NULL: what it takes is done with */
    struct broker_waiter *next;
};

/** A subscription to a topic. */
struct broker_reader;

/** Splits what follows "mem://": "queue/NAME" or "topic/NAME"; the whole rest is the name. False:
 * it is neither. `*name` points into `rest`. */
bool broker_parse(const char *rest, enum broker_kind *kind, const char **name);

/** The channel of that name, made when it isn't there. `depth` bounds a queue in messages (0: by
 *  bytes alone); the first one decides. NULL, with `err`: out of memory, or too many channels. */
struct broker_channel *broker_open(enum broker_kind kind, const char *name, size_t depth,
                                   struct dag_error *err);

/** The channel if it has been created, else NULL. */
struct broker_channel *broker_find(enum broker_kind kind, const char *name);

/** Bounds in bytes what queues and subscriptions made from now on may pin; for tests. */
void broker_set_size_max(size_t size);

/* ---- rows -------------------------------------------------------------------------------- */

/** A producer or a consumer of the channel that wants to be woken. */
void broker_add_producer(struct broker_channel *channel, struct broker_waiter *waiter);
void broker_remove_producer(struct broker_channel *channel, struct broker_waiter *waiter);
void broker_add_consumer(struct broker_channel *queue, struct broker_waiter *waiter);
/** What it has not acknowledged goes back. */
void broker_remove_consumer(struct broker_channel *queue, struct broker_waiter *waiter);

bool broker_is_waiting(struct broker_channel *channel, const struct broker_waiter *waiter);

/** Puts rows, which live in `batch`, as many as there is room for: into the queue, or to all
 *  subscribers of the topic. When not all were taken, `waiter` (which may be NULL) is woken as soon
 * as it is worth trying again. BROKER_OK: `*written` may be less than `count`. */
enum broker_result broker_put(struct broker_channel *channel, const struct dag_row *rows,
                              size_t count, struct dag_batch *batch, struct broker_waiter *waiter,
                              size_t *written, struct dag_error *err);

/** Moves what fits into `out`. BROKER_OK: more waits. BROKER_EMPTY: that was all (perhaps nothing);
 *  `waiter` (which may be NULL) is woken at the next message. `*is_over`: in a closed world nobody
 *  will put anything more. */
enum broker_result broker_take(struct broker_channel *queue, struct dag_batch *out,
                               struct dag_json_parser *parser, struct broker_waiter *waiter,
                               bool *is_over, struct dag_error *err);

/** Subscribes to a topic with a buffer of `depth` messages (0: bounded by bytes alone). `host` is
 *  woken, and told what is dropped; it may be NULL. NULL, with `err`: out of memory. */
struct broker_reader *broker_subscribe(struct broker_channel *topic, size_t depth,
                                       enum broker_overflow overflow, struct dag_host *host,
                                       struct dag_error *err);

/** Ends it; what is still in its buffer is lost. NULL is allowed. */
void broker_unsubscribe(struct broker_reader *reader);

/** The waiter of a topic's reader, for the functions below. */
struct broker_waiter *broker_reader_waiter(struct broker_reader *reader);

/** As broker_take(). */
enum broker_result broker_receive(struct broker_reader *reader, struct dag_batch *out,
                                  struct dag_json_parser *parser, bool *is_over,
                                  struct dag_error *err);

/* ---- readers that acknowledge ---------------------------------------------------------------
 *
 * What such a reader takes is kept until it acknowledges it, and goes back to where it was when the
 * reader stops. A producer can ask whether all that it has put was acknowledged. */

/** From now on the consumer, or the reader of a topic, acknowledges what it takes; until it is
 *  removed, also while it is stopped. False, with `err`: out of memory. */
bool broker_keep(struct broker_channel *channel, struct broker_waiter *waiter,
                 struct dag_error *err);

/** It needs nothing any more of what it took, up to the message whose origin had this offset. */
void broker_acknowledge(struct broker_channel *channel, struct broker_waiter *waiter,
                        uint64_t offset);

/** Puts back what it has not acknowledged, to be taken again. */
void broker_give_back(struct broker_channel *channel, struct broker_waiter *waiter);

/** Whether readers that acknowledge have done so with all that the producer has put; true where
 * there are none. False: it is woken when that may have changed. */
bool broker_is_settled(struct broker_channel *channel, struct broker_waiter *producer);

/* ---- readers that are replaced -------------------------------------------------------------
 *
 * Between two readers nobody is woken, but all goes on as before: the buffer of a topic's reader
 * collects with its bounds and policy, and producers wait for a reader that acknowledges. */

/** The reader has no host any more. */
void broker_park_reader(struct broker_reader *reader);

/** Another host goes on with it, and with its own bounds and policy; what waits stays even beyond
 *  them. It acknowledges if the host says so. False: out of memory, nothing has changed. */
bool broker_adopt_reader(struct broker_reader *reader, size_t depth, enum broker_overflow overflow,
                         struct dag_host *host, struct dag_error *err);

/** Ends it; its messages count as dropped by the topic. Returns how many. */
uint64_t broker_drop_reader(struct broker_reader *reader);

/** The place of a queue's consumer that acknowledges. */
struct broker_place;

/** The consumer goes, and leaves its place: what it has acknowledged stays so, and what it hasn't
 * is waited for. NULL: it doesn't acknowledge, or no memory; nothing has changed then. */
struct broker_place *broker_leave_place(struct broker_channel *queue, struct broker_waiter *waiter);

/** `waiter`, which isn't added yet, takes the place: it is added, and acknowledges if its host says
 * so. The place is gone. */
void broker_take_place(struct broker_place *place, struct broker_waiter *waiter);

/** Nobody takes it: its producers need not wait any more. Nothing is lost, it stays in the queue.
 */
void broker_drop_place(struct broker_place *place);

/* ---- text: for REST and tests ------------------------------------------------------------- */

/** Puts one message, given as JSON text, into the queue or to the topic's subscribers. It is parsed
 * by its reader; text that is no JSON becomes that reader's rejected message. */
enum broker_result broker_put_text(struct broker_channel *channel, const char *text, size_t size,
                                   struct dag_error *err);

/** Appends the oldest message's text to `out`: text as it was put, rows as compact JSON. */
enum broker_result broker_get_text(struct broker_channel *queue, struct dag_buffer *out,
                                   struct dag_error *err);
enum broker_result broker_receive_text(struct broker_reader *reader, struct dag_buffer *out,
                                       struct dag_error *err);

/* ---- who is there -------------------------------------------------------------------------- */

/** Times in microseconds since 1970, 0: never. */
struct broker_statistics {
    enum broker_kind kind;
    const char *name; /* lives as long as the channel */
    int64_t created_at;
    int64_t last_publish;
    int64_t last_consume;    /* queues */
    size_t max_depth;        /* queues */
    size_t current_depth;    /* queues; topics: of the fullest subscriber */
    size_t current_size;     /* bytes pinned by what waits */
    size_t subscriber_count; /* topics */
    uint64_t published, consumed;
    uint64_t dropped; /* topics: messages that a full subscriber lost, added up */
};

void broker_get_statistics(struct broker_channel *channel, struct broker_statistics *statistics);

/** Messages that wait in the queue of that name; 0 when there is none. */
size_t broker_depth(const char *queue_name);

/** Calls `visit` for each channel that has been created until it returns false. Its order is not
 * defined. */
void broker_each(bool (*visit)(void *context, struct broker_channel *channel), void *context);

/* ---- the end, for programs that run until all is done -----------------------------------------
 */

/** In a closed world a reader whose channel is empty and has no declared producer is at its end. */
void broker_set_closed_world(bool is_closed);

/** Counts a producer of a "mem://" URI from before it opens until it has ended. Other URIs: nothing
 *  to do. False, with `err`: out of memory. Retracting the last one wakes the readers. */
bool broker_declare_producer(const char *uri, struct dag_error *err);
void broker_retract_producer(const char *uri);

/** Forgets everything: for tests, when no connector is open. */
void broker_reset(void);

#endif
