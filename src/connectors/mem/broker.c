/* broker.c - the table of queues and topics, and what happens when one is full or empty. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/mem/broker.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "connectors/mem/buffer.h"
#include "connectors/mem/ledger.h"

#define TABLE_SIZE        1024u
#define ROOM_WORTH_WAKING 1024u

static const char *const overflow_causes[] = {
    [BROKER_BLOCK] = NULL,
    [BROKER_LATEST] = "overflow_latest",
    [BROKER_DROP_NEWEST] = "overflow_drop_newest",
    [BROKER_DROP_OLDEST] = "overflow_drop_oldest",
};

struct broker_reader {
    struct broker_channel *topic;
    struct broker_reader *next;
    struct buffer buffer;
    enum broker_overflow overflow;
    struct broker_waiter waiter; /* its host may be NULL */
    uint64_t published_before;   /* of the topic's messages: the others have higher numbers there */
};

struct broker_channel {
    struct broker_channel *next; /* in the table; guarded by table_lock */
    enum broker_kind kind;
    char *name; /* owned */

    pthread_mutex_t lock; /* guards all below */
    bool is_created;
    struct buffer buffer;            /* queues */
    struct broker_reader *readers;   /* topics */
    struct broker_waiter *consumers; /* queues */
    struct broker_waiter *producers;
    size_t declared_producers;
    int64_t created_at, last_publish, last_consume;
    uint64_t published, consumed, dropped;
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct broker_channel *table[TABLE_SIZE];
static size_t channel_count;
static size_t channel_size_max = BUFFER_BYTES_MAX;
static _Atomic bool world_is_closed;

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- the table ------------------------------------------------------------------------------ */

bool broker_parse(const char *rest, enum broker_kind *kind, const char **name)
{
    if (strncmp(rest, "queue/", 6) != 0 && strncmp(rest, "topic/", 6) != 0)
        return false;
    *kind = rest[0] == 'q' ? BROKER_QUEUE : BROKER_TOPIC;
    *name = rest + 6;
    return **name != '\0';
}

static struct broker_channel **bucket_of(enum broker_kind kind, const char *name)
{
    uint64_t hash = 14695981039346656037u ^ (uint64_t)kind;

    for (const char *c = name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return &table[(hash ^ (hash >> 32)) % TABLE_SIZE];
}

static struct broker_channel *lookup(enum broker_kind kind, const char *name)
{
    struct broker_channel *channel = *bucket_of(kind, name);

    while (channel && (channel->kind != kind || strcmp(channel->name, name) != 0))
        channel = channel->next;
    return channel;
}

static struct broker_channel *add_channel(enum broker_kind kind, const char *name,
                                          struct dag_error *err)
{
    struct broker_channel **bucket = bucket_of(kind, name);
    struct broker_channel *channel;

    if (channel_count >= BROKER_CHANNELS_MAX) {
        dag_error_set(err, DAG_ERROR_LIMIT, "in-memory broker: more than %d queues and topics",
                      BROKER_CHANNELS_MAX);
        return NULL;
    }
    channel = calloc(1, sizeof *channel);
    if (channel)
        channel->name = strdup(name);
    if (!channel || !channel->name) {
        free(channel);
        dag_error_set_memory(err, "a queue or topic");
        return NULL;
    }
    channel->kind = kind;
    pthread_mutex_init(&channel->lock, NULL);
    channel->buffer.size_max = channel_size_max;
    channel->next = *bucket;
    *bucket = channel;
    channel_count++;
    return channel;
}

/* The channel, perhaps not created yet: a declared producer decides nothing about it. */
static struct broker_channel *find_or_add(enum broker_kind kind, const char *name,
                                          struct dag_error *err)
{
    struct broker_channel *channel;

    pthread_mutex_lock(&table_lock);
    channel = lookup(kind, name);
    if (!channel)
        channel = add_channel(kind, name, err);
    pthread_mutex_unlock(&table_lock);
    return channel;
}

struct broker_channel *broker_open(enum broker_kind kind, const char *name, size_t depth,
                                   struct dag_error *err)
{
    struct broker_channel *channel = find_or_add(kind, name, err);

    if (!channel)
        return NULL;
    pthread_mutex_lock(&channel->lock);
    if (!channel->is_created) {
        channel->is_created = true;
        channel->created_at = now_us();
        channel->buffer.rows_max = depth;
    }
    pthread_mutex_unlock(&channel->lock);
    return channel;
}

static bool is_created(struct broker_channel *channel)
{
    bool created;

    pthread_mutex_lock(&channel->lock);
    created = channel->is_created;
    pthread_mutex_unlock(&channel->lock);
    return created;
}

struct broker_channel *broker_find(enum broker_kind kind, const char *name)
{
    struct broker_channel *channel;

    pthread_mutex_lock(&table_lock);
    channel = lookup(kind, name);
    pthread_mutex_unlock(&table_lock);
    return channel && is_created(channel) ? channel : NULL;
}

void broker_set_size_max(size_t size)
{
    pthread_mutex_lock(&table_lock);
    channel_size_max = size;
    pthread_mutex_unlock(&table_lock);
}

static size_t size_max(void)
{
    size_t size;

    pthread_mutex_lock(&table_lock);
    size = channel_size_max;
    pthread_mutex_unlock(&table_lock);
    return size;
}

/* ---- waiting ----------------------------------------------------------------------------------
 * Hosts are woken under the channel's lock, so that none can go away meanwhile. */

static void wake(struct broker_waiter *waiter)
{
    if (!waiter->is_waiting)
        return;
    waiter->is_waiting = false;
    if (waiter->host)
        dag_wake(waiter->host);
}

static void wake_all(struct broker_waiter *waiter)
{
    for (; waiter; waiter = waiter->next)
        wake(waiter);
}

static void add_waiter(struct broker_channel *channel, struct broker_waiter **list,
                       struct broker_waiter *waiter)
{
    pthread_mutex_lock(&channel->lock);
    waiter->is_waiting = false;
    waiter->next = *list;
    *list = waiter;
    pthread_mutex_unlock(&channel->lock);
}

static void remove_waiter(struct broker_channel *channel, struct broker_waiter **list,
                          struct broker_waiter *waiter)
{
    pthread_mutex_lock(&channel->lock);
    while (*list && *list != waiter)
        list = &(*list)->next;
    if (*list)
        *list = waiter->next;
    pthread_mutex_unlock(&channel->lock);
}

void broker_add_producer(struct broker_channel *channel, struct broker_waiter *waiter)
{
    add_waiter(channel, &channel->producers, waiter);
}

void broker_remove_producer(struct broker_channel *channel, struct broker_waiter *waiter)
{
    remove_waiter(channel, &channel->producers, waiter);
}

void broker_add_consumer(struct broker_channel *queue, struct broker_waiter *waiter)
{
    add_waiter(queue, &queue->consumers, waiter);
}

void broker_remove_consumer(struct broker_channel *queue, struct broker_waiter *waiter)
{
    remove_waiter(queue, &queue->consumers, waiter);
    if (!waiter->ledger)
        return;
    broker_give_back(queue, waiter);
    pthread_mutex_lock(&queue->lock);
    ledger_free(waiter->ledger);
    waiter->ledger = NULL;
    wake_all(queue->producers);
    wake_all(queue->consumers);
    pthread_mutex_unlock(&queue->lock);
}

bool broker_is_waiting(struct broker_channel *channel, const struct broker_waiter *waiter)
{
    bool is_waiting;

    pthread_mutex_lock(&channel->lock);
    is_waiting = waiter->is_waiting;
    pthread_mutex_unlock(&channel->lock);
    return is_waiting;
}

/* A producer that is woken for each single row of room would put single rows for ever. */
static void wake_producers(struct broker_channel *channel, const struct buffer *buffer)
{
    size_t worth = buffer->rows_max / 2;

    if (worth == 0 || worth > ROOM_WORTH_WAKING)
        worth = ROOM_WORTH_WAKING;
    if (buffer->row_count == 0 || buffer_room(buffer) >= worth)
        wake_all(channel->producers);
}

/* ---- putting ----------------------------------------------------------------------------------
 */

/* Rows that all subscribers who block have room for. */
static size_t topic_room(const struct broker_channel *topic)
{
    size_t room = SIZE_MAX;

    for (const struct broker_reader *reader = topic->readers; reader; reader = reader->next) {
        size_t own = buffer_room(&reader->buffer);
        if (reader->overflow == BROKER_BLOCK && own < room)
            room = own;
    }
    return room;
}

static void count_dropped(struct broker_reader *reader, size_t count)
{
    if (count == 0)
        return;
    reader->topic->dropped += count;
    if (reader->waiter.host)
        dag_count_dropped(reader->waiter.host, overflow_causes[reader->overflow], count);
}

/* Makes room in a subscriber's buffer by its policy. Of `count` new rows the ones from `*first` on,
 * `*fits` of them, go in; the others are counted. */
static void make_room(struct broker_reader *reader, size_t count, size_t *first, size_t *fits)
{
    struct buffer *buffer = &reader->buffer;
    size_t room = buffer_room(buffer);
    size_t dropped = 0;

    *first = 0;
    *fits = count < room ? count : room;
    if (*fits == count)
        return;
    switch (reader->overflow) {
    case BROKER_BLOCK: /* the caller has looked */
    case BROKER_DROP_NEWEST:
        break;
    case BROKER_LATEST:
        dropped = buffer_drop(buffer, buffer->row_count);
        *first = count - 1;
        *fits = 1;
        break;
    case BROKER_DROP_OLDEST:
        while (buffer->row_count > 0 && buffer_room(buffer) < count)
            dropped += buffer_drop(
                buffer, buffer->size >= buffer->size_max ? 1 : count - buffer_room(buffer));
        room = buffer_room(buffer);
        *fits = count < room ? count : room;
        *first = count - *fits;
        break;
    }
    count_dropped(reader, dropped + count - *fits);
}

static bool put_to_reader(struct broker_reader *reader, const struct dag_row *rows, size_t count,
                          struct dag_batch *batch, struct dag_error *err)
{
    size_t first, fits;

    make_room(reader, count, &first, &fits);
    if (fits == 0)
        return true;
    if (!buffer_put(&reader->buffer, rows + first, fits, batch, err))
        return false;
    wake(&reader->waiter);
    return true;
}

static bool put_rows(struct broker_channel *channel, const struct dag_row *rows, size_t count,
                     struct dag_batch *batch, struct dag_error *err)
{
    if (channel->kind == BROKER_QUEUE) {
        if (!buffer_put(&channel->buffer, rows, count, batch, err))
            return false;
        wake_all(channel->consumers);
        return true;
    }
    for (struct broker_reader *reader = channel->readers; reader; reader = reader->next)
        if (!put_to_reader(reader, rows, count, batch, err))
            return false;
    return true;
}

static size_t room_of(const struct broker_channel *channel)
{
    return channel->kind == BROKER_QUEUE ? buffer_room(&channel->buffer) : topic_room(channel);
}

static void note_published(struct broker_channel *channel, size_t count)
{
    if (count == 0)
        return;
    channel->published += count;
    channel->last_publish = now_us();
}

/* Of the newest message: the queue's own numbers, or those of a topic, which each reader counts
 * from another one on. */
static uint64_t last_number(const struct broker_channel *channel)
{
    return channel->kind == BROKER_QUEUE ? channel->buffer.sequence : channel->published;
}

enum broker_result broker_put(struct broker_channel *channel, const struct dag_row *rows,
                              size_t count, struct dag_batch *batch, struct broker_waiter *waiter,
                              size_t *written, struct dag_error *err)
{
    enum broker_result result = BROKER_OK;
    size_t room;

    *written = 0;
    pthread_mutex_lock(&channel->lock);
    room = room_of(channel);
    if (room > count)
        room = count;
    if (room > 0 && !put_rows(channel, rows, room, batch, err))
        result = BROKER_FAILED;
    else
        *written = room;
    if (result == BROKER_OK && room < count && waiter)
        waiter->is_waiting = true;
    note_published(channel, *written);
    if (waiter && *written > 0)
        waiter->last_put = last_number(channel);
    pthread_mutex_unlock(&channel->lock);
    return result;
}

static bool text_to_reader(struct broker_reader *reader, const char *text, size_t size,
                           struct dag_error *err)
{
    size_t first, fits;

    make_room(reader, 1, &first, &fits);
    if (fits == 0)
        return true;
    if (!buffer_put_text(&reader->buffer, text, size, err))
        return false;
    wake(&reader->waiter);
    return true;
}

static bool put_text(struct broker_channel *channel, const char *text, size_t size,
                     struct dag_error *err)
{
    if (channel->kind == BROKER_QUEUE) {
        if (!buffer_put_text(&channel->buffer, text, size, err))
            return false;
        wake_all(channel->consumers);
        return true;
    }
    for (struct broker_reader *reader = channel->readers; reader; reader = reader->next)
        if (!text_to_reader(reader, text, size, err))
            return false;
    return true;
}

enum broker_result broker_put_text(struct broker_channel *channel, const char *text, size_t size,
                                   struct dag_error *err)
{
    enum broker_result result = BROKER_OK;

    pthread_mutex_lock(&channel->lock);
    if (room_of(channel) == 0)
        result = BROKER_FULL;
    else if (!put_text(channel, text, size, err))
        result = BROKER_FAILED;
    else
        note_published(channel, 1);
    pthread_mutex_unlock(&channel->lock);
    return result;
}

/* ---- taking -----------------------------------------------------------------------------------
 */

static bool is_over(const struct broker_channel *channel)
{
    return channel->declared_producers == 0 &&
           atomic_load_explicit(&world_is_closed, memory_order_acquire);
}

static enum broker_result take(struct broker_channel *channel, struct buffer *buffer,
                               struct dag_batch *out, struct dag_json_parser *parser,
                               struct broker_waiter *waiter, bool *over, struct dag_error *err)
{
    size_t taken = 0;
    size_t rows_before = dag_batch_row_count(out);
    bool taken_well, is_empty;

    pthread_mutex_lock(&channel->lock);
    taken_well = !waiter || !waiter->ledger || ledger_reserve(waiter->ledger, err);
    taken_well = taken_well && buffer_take(buffer, out, parser, &taken, err);
    if (taken > 0 && waiter && waiter->ledger)
        ledger_add(waiter->ledger, out, rows_before);
    if (taken > 0) {
        channel->consumed += taken;
        channel->last_consume = now_us();
        wake_producers(channel, buffer);
    }
    *over = buffer->row_count == 0 && is_over(channel);
    if (buffer->row_count == 0 && waiter)
        waiter->is_waiting = true;
    is_empty = buffer->row_count == 0;
    pthread_mutex_unlock(&channel->lock);
    if (is_empty)
        return BROKER_EMPTY;
    /* a failure that is hidden behind rows comes again with the next call */
    return taken_well || taken > 0 ? BROKER_OK : BROKER_FAILED;
}

enum broker_result broker_take(struct broker_channel *queue, struct dag_batch *out,
                               struct dag_json_parser *parser, struct broker_waiter *waiter,
                               bool *over, struct dag_error *err)
{
    return take(queue, &queue->buffer, out, parser, waiter, over, err);
}

enum broker_result broker_receive(struct broker_reader *reader, struct dag_batch *out,
                                  struct dag_json_parser *parser, bool *over, struct dag_error *err)
{
    return take(reader->topic, &reader->buffer, out, parser, &reader->waiter, over, err);
}

static enum broker_result take_text(struct broker_channel *channel, struct buffer *buffer,
                                    struct dag_buffer *out, struct dag_error *err)
{
    enum broker_result result = BROKER_EMPTY;

    pthread_mutex_lock(&channel->lock);
    if (buffer->row_count > 0) {
        result = buffer_take_text(buffer, out, err) ? BROKER_OK : BROKER_FAILED;
        if (result == BROKER_OK) {
            channel->consumed++;
            channel->last_consume = now_us();
            wake_producers(channel, buffer);
        }
    }
    pthread_mutex_unlock(&channel->lock);
    return result;
}

enum broker_result broker_get_text(struct broker_channel *queue, struct dag_buffer *out,
                                   struct dag_error *err)
{
    return take_text(queue, &queue->buffer, out, err);
}

enum broker_result broker_receive_text(struct broker_reader *reader, struct dag_buffer *out,
                                       struct dag_error *err)
{
    return take_text(reader->topic, &reader->buffer, out, err);
}

/* ---- topics ------------------------------------------------------------------------------------
 */

struct broker_reader *broker_subscribe(struct broker_channel *topic, size_t depth,
                                       enum broker_overflow overflow, struct dag_host *host,
                                       struct dag_error *err)
{
    struct broker_reader *reader = calloc(1, sizeof *reader);

    assert(topic->kind == BROKER_TOPIC);
    if (!reader) {
        dag_error_set_memory(err, "a topic's subscriber");
        return NULL;
    }
    reader->topic = topic;
    reader->overflow = overflow;
    reader->waiter.host = host;
    reader->buffer.rows_max = depth;
    reader->buffer.size_max = size_max();
    pthread_mutex_lock(&topic->lock);
    reader->published_before = topic->published;
    reader->next = topic->readers;
    topic->readers = reader;
    pthread_mutex_unlock(&topic->lock);
    return reader;
}

void broker_unsubscribe(struct broker_reader *reader)
{
    struct broker_channel *topic;
    struct broker_reader **link;

    if (!reader)
        return;
    topic = reader->topic;
    pthread_mutex_lock(&topic->lock);
    link = &topic->readers;
    while (*link != reader)
        link = &(*link)->next;
    *link = reader->next;
    wake_all(topic->producers); /* it may have been the full one, or the one that is waited for */
    pthread_mutex_unlock(&topic->lock);
    ledger_free(reader->waiter.ledger);
    buffer_clear(&reader->buffer);
    free(reader);
}

/* ---- readers that are replaced ----------------------------------------------------------------
 */

void broker_park_reader(struct broker_reader *reader)
{
    pthread_mutex_lock(&reader->topic->lock);
    reader->waiter.host = NULL;
    reader->waiter.is_waiting = false;
    pthread_mutex_unlock(&reader->topic->lock);
}

/* Who doesn't acknowledge is waited for by nobody. */
static void end_ledger(struct broker_channel *channel, struct broker_waiter *waiter,
                       struct buffer *buffer)
{
    if (!waiter->ledger)
        return;
    ledger_give_back(waiter->ledger, buffer);
    ledger_free(waiter->ledger);
    waiter->ledger = NULL;
    wake_all(channel->producers);
}

bool broker_adopt_reader(struct broker_reader *reader, size_t depth, enum broker_overflow overflow,
                         struct dag_host *host, struct dag_error *err)
{
    struct broker_channel *topic = reader->topic;

    if (host->is_acknowledged && !broker_keep(topic, &reader->waiter, err))
        return false;
    pthread_mutex_lock(&topic->lock);
    reader->waiter.host = host;
    reader->overflow = overflow;
    reader->buffer.rows_max = depth;
    if (!host->is_acknowledged)
        end_ledger(topic, &reader->waiter, &reader->buffer);
    wake_all(topic->producers); /* there may be room under the new bound */
    pthread_mutex_unlock(&topic->lock);
    return true;
}

uint64_t broker_drop_reader(struct broker_reader *reader)
{
    uint64_t count;

    pthread_mutex_lock(&reader->topic->lock);
    end_ledger(reader->topic, &reader->waiter, &reader->buffer);
    count = reader->buffer.row_count;
    reader->topic->dropped += count;
    pthread_mutex_unlock(&reader->topic->lock);
    broker_unsubscribe(reader);
    return count;
}

struct broker_place {
    struct broker_channel *queue;
    struct broker_waiter waiter; /* in the queue's list; has a ledger and no host */
};

static void replace_consumer(struct broker_channel *queue, struct broker_waiter *old,
                             struct broker_waiter *with)
{
    struct broker_waiter **link = &queue->consumers;

    while (*link != old)
        link = &(*link)->next;
    with->is_waiting = false;
    with->ledger = old->ledger;
    with->next = old->next;
    *link = with;
    old->ledger = NULL;
}

struct broker_place *broker_leave_place(struct broker_channel *queue, struct broker_waiter *waiter)
{
    struct broker_place *place = calloc(1, sizeof *place);
    bool is_left;

    if (!place)
        return NULL;
    pthread_mutex_lock(&queue->lock);
    is_left = waiter->ledger != NULL;
    if (is_left) {
        place->queue = queue;
        ledger_give_back(waiter->ledger, &queue->buffer);
        replace_consumer(queue, waiter, &place->waiter);
        wake_all(queue->consumers);
    }
    pthread_mutex_unlock(&queue->lock);
    if (is_left)
        return place;
    free(place);
    return NULL;
}

void broker_take_place(struct broker_place *place, struct broker_waiter *waiter)
{
    struct broker_channel *queue = place->queue;

    pthread_mutex_lock(&queue->lock);
    replace_consumer(queue, &place->waiter, waiter);
    if (!waiter->host->is_acknowledged)
        end_ledger(queue, waiter, &queue->buffer);
    pthread_mutex_unlock(&queue->lock);
    free(place);
}

void broker_drop_place(struct broker_place *place)
{
    broker_remove_consumer(place->queue, &place->waiter);
    free(place);
}

/* ---- readers that acknowledge -----------------------------------------------------------------
 */

struct broker_waiter *broker_reader_waiter(struct broker_reader *reader)
{
    return &reader->waiter;
}

static struct buffer *buffer_of(struct broker_channel *channel, struct broker_waiter *waiter)
{
    if (channel->kind == BROKER_QUEUE)
        return &channel->buffer;
    return &((struct broker_reader *)((char *)waiter - offsetof(struct broker_reader, waiter)))
                ->buffer;
}

bool broker_keep(struct broker_channel *channel, struct broker_waiter *waiter,
                 struct dag_error *err)
{
    bool is_kept;

    pthread_mutex_lock(&channel->lock);
    if (!waiter->ledger)
        waiter->ledger = ledger_new();
    is_kept = waiter->ledger != NULL;
    pthread_mutex_unlock(&channel->lock);
    return is_kept || dag_error_set_memory(err, "unacknowledged messages");
}

void broker_acknowledge(struct broker_channel *channel, struct broker_waiter *waiter,
                        uint64_t offset)
{
    pthread_mutex_lock(&channel->lock);
    if (waiter->ledger)
        ledger_acknowledge(waiter->ledger, offset);
    wake_all(channel->producers);
    pthread_mutex_unlock(&channel->lock);
}

void broker_give_back(struct broker_channel *channel, struct broker_waiter *waiter)
{
    pthread_mutex_lock(&channel->lock);
    if (waiter->ledger)
        ledger_give_back(waiter->ledger, buffer_of(channel, waiter));
    if (channel->kind == BROKER_QUEUE)
        wake_all(channel->consumers); /* others may take it */
    pthread_mutex_unlock(&channel->lock);
}

/* The lowest number that waits in a buffer or for its reader's acknowledgement. */
static uint64_t lowest(const struct buffer *buffer, const struct broker_waiter *waiter)
{
    uint64_t waits = buffer_first(buffer);
    uint64_t held = ledger_first(waiter->ledger);

    return held < waits ? held : waits;
}

static bool is_settled(const struct broker_channel *channel, uint64_t number)
{
    for (const struct broker_waiter *waiter = channel->consumers; waiter; waiter = waiter->next)
        if (waiter->ledger && lowest(&channel->buffer, waiter) <= number)
            return false;
    for (const struct broker_reader *reader = channel->readers; reader; reader = reader->next) {
        uint64_t first;
        if (!reader->waiter.ledger)
            continue;
        first = lowest(&reader->buffer, &reader->waiter);
        /* what a full buffer refused has no number in it, so this may be too careful while there is
         * something in it, but never too bold */
        if (first != UINT64_MAX && first + reader->published_before <= number)
            return false;
    }
    return true;
}

bool broker_is_settled(struct broker_channel *channel, struct broker_waiter *producer)
{
    bool settled;

    pthread_mutex_lock(&channel->lock);
    settled = is_settled(channel, producer->last_put);
    producer->is_waiting = producer->is_waiting || !settled;
    pthread_mutex_unlock(&channel->lock);
    return settled;
}

/* ---- who is there ------------------------------------------------------------------------------
 */

void broker_get_statistics(struct broker_channel *channel, struct broker_statistics *statistics)
{
    pthread_mutex_lock(&channel->lock);
    *statistics = (struct broker_statistics){
        .kind = channel->kind,
        .name = channel->name,
        .created_at = channel->created_at,
        .last_publish = channel->last_publish,
        .last_consume = channel->last_consume,
        .max_depth = channel->kind == BROKER_QUEUE ? channel->buffer.rows_max : 0,
        .current_depth = channel->buffer.row_count,
        .current_size = channel->buffer.size,
        .published = channel->published,
        .consumed = channel->consumed,
        .dropped = channel->dropped,
    };
    for (const struct broker_reader *reader = channel->readers; reader; reader = reader->next) {
        statistics->subscriber_count++;
        statistics->current_size += reader->buffer.size;
        if (reader->buffer.row_count > statistics->current_depth)
            statistics->current_depth = reader->buffer.row_count;
    }
    pthread_mutex_unlock(&channel->lock);
}

size_t broker_depth(const char *queue_name)
{
    struct broker_channel *queue = broker_find(BROKER_QUEUE, queue_name);
    struct broker_statistics statistics = {0};

    if (queue)
        broker_get_statistics(queue, &statistics);
    return statistics.current_depth;
}

/* Channels are only ever added in front of their bucket's list: it can be walked without the lock.
 */
void broker_each(bool (*visit)(void *context, struct broker_channel *channel), void *context)
{
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        struct broker_channel *channel;
        pthread_mutex_lock(&table_lock);
        channel = table[i];
        pthread_mutex_unlock(&table_lock);
        for (; channel; channel = channel->next)
            if (is_created(channel) && !visit(context, channel))
                return;
    }
}

/* ---- the end -----------------------------------------------------------------------------------
 */

/* All readers of the channel, to look whether it is over. */
static void wake_readers(struct broker_channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    if (is_over(channel)) {
        wake_all(channel->consumers);
        for (struct broker_reader *reader = channel->readers; reader; reader = reader->next)
            wake(&reader->waiter);
    }
    pthread_mutex_unlock(&channel->lock);
}

void broker_set_closed_world(bool is_closed)
{
    atomic_store_explicit(&world_is_closed, is_closed, memory_order_release);
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        struct broker_channel *channel;
        pthread_mutex_lock(&table_lock);
        channel = table[i];
        pthread_mutex_unlock(&table_lock);
        for (; channel; channel = channel->next)
            wake_readers(channel);
    }
}

/* The kind and name of a "mem://" URI. False: it is another one. */
static bool parse_uri(const char *uri, enum broker_kind *kind, const char **name)
{
    return strncmp(uri, "mem://", 6) == 0 && broker_parse(uri + 6, kind, name);
}

bool broker_declare_producer(const char *uri, struct dag_error *err)
{
    enum broker_kind kind;
    const char *name;
    struct broker_channel *channel;

    if (!parse_uri(uri, &kind, &name))
        return true;
    channel = find_or_add(kind, name, err);
    if (!channel)
        return false;
    pthread_mutex_lock(&channel->lock);
    channel->declared_producers++;
    pthread_mutex_unlock(&channel->lock);
    return true;
}

void broker_retract_producer(const char *uri)
{
    enum broker_kind kind;
    const char *name;
    struct broker_channel *channel;

    if (!parse_uri(uri, &kind, &name))
        return;
    pthread_mutex_lock(&table_lock);
    channel = lookup(kind, name);
    pthread_mutex_unlock(&table_lock);
    if (!channel)
        return;
    pthread_mutex_lock(&channel->lock);
    assert(channel->declared_producers > 0);
    channel->declared_producers--;
    pthread_mutex_unlock(&channel->lock);
    wake_readers(channel);
}

void broker_reset(void)
{
    pthread_mutex_lock(&table_lock);
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        while (table[i]) {
            struct broker_channel *channel = table[i];
            table[i] = channel->next;
            assert(!channel->readers && !channel->consumers && !channel->producers);
            buffer_clear(&channel->buffer);
            pthread_mutex_destroy(&channel->lock);
            free(channel->name);
            free(channel);
        }
    }
    channel_count = 0;
    channel_size_max = BUFFER_BYTES_MAX;
    atomic_store(&world_is_closed, false);
    pthread_mutex_unlock(&table_lock);
}
