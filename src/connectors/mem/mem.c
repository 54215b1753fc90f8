/* mem.c - subscribers and publishers of the in-memory broker: mem://queue/NAME, mem://topic/NAME.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "connectors/mem/broker.h"
#include "connectors/registry.h"

#define ADDRESS_HELP "mem://queue/NAME or mem://topic/NAME"

static bool mem_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    enum broker_kind kind;
    const char *name;

    (void)state;
    if (!broker_parse(address->rest, &kind, &name))
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' should be " ADDRESS_HELP, address->uri);
    return true;
}

/* Opens the channel that the address names. */
static struct broker_channel *open_channel(const struct dag_address *address, int64_t max_size,
                                           enum broker_kind *kind, struct dag_error *err)
{
    const char *name;

    if (!mem_check(NULL, address, err) || !broker_parse(address->rest, kind, &name))
        return NULL;
    return broker_open(*kind, name, (size_t)max_size, err);
}

/* ---- subscriber ------------------------------------------------------------------------- */

struct mem_source {
    int64_t max_size;  /* option: of a queue */
    int64_t max_depth; /* option: of a topic's buffer; also bounds the engine's own queue */
    int64_t overflow;  /* option: of a topic's buffer, enum broker_overflow */

    enum broker_kind kind;
    struct broker_channel *channel; /* NULL until attach() */
    struct broker_waiter waiter;    /* queue: added to the channel by attach() */
    struct broker_reader *reader;   /* topic: owned */
    struct dag_json_parser *parser; /* owned; for messages that came as text */
    const char *uri;                /* borrowed */
    struct dag_host *host;
    uint64_t duplicate_keys; /* of the parser's, told to the host */
};

static const struct dag_option mem_source_options[] = {
    {
        .name = "max_size",
        .type = DAG_OPTION_INTEGER,
        .offset = offsetof(struct mem_source, max_size),
        .min = 0,
        .max = 1000000000,
        .default_json = "100000",
        .unit = "messages",
        .help = "Bound of the queue; who creates it first decides; 0: by memory alone.",
    },
    {
        .name = "max_depth",
        .type = DAG_OPTION_INTEGER,
        .offset = offsetof(struct mem_source, max_depth),
        .min = 0,
        .max = 1000000000,
        .default_json = "100000",
        .unit = "messages",
        .help = "Bound of this subscriber's buffer at a topic; 0: by memory alone.",
    },
    {
        .name = "overflow",
        .type = DAG_OPTION_CHOICE,
        .offset = offsetof(struct mem_source, overflow),
        .default_json = "\"block\"",
        .choices = "block latest drop_newest drop_oldest",
        .help = "What a full buffer does with more: the publisher waits, or messages are dropped "
                "and counted.",
    },
    {0},
};

static struct broker_waiter *waiter_of(struct mem_source *mem)
{
    return mem->reader ? broker_reader_waiter(mem->reader) : &mem->waiter;
}

static uint64_t drop_reader(void *thing)
{
    return broker_drop_reader(thing);
}

static uint64_t drop_place(void *thing)
{
    broker_drop_place(thing);
    return 0;
}

static bool attach_topic(struct mem_source *mem, struct dag_host *host, struct dag_error *err)
{
    struct broker_reader *parked = dag_unpark(host, mem->uri);

    if (!parked) {
        mem->reader = broker_subscribe(mem->channel, (size_t)mem->max_depth,
                                       (enum broker_overflow)mem->overflow, host, err);
        return mem->reader != NULL;
    }
    if (broker_adopt_reader(parked, (size_t)mem->max_depth, (enum broker_overflow)mem->overflow,
                            host, err)) {
        mem->reader = parked;
        return true;
    }
    if (!dag_park(host, mem->uri, parked, drop_reader))
        broker_drop_reader(parked);
    return false;
}

static void attach_queue(struct mem_source *mem, struct dag_host *host)
{
    struct broker_place *place = dag_unpark(host, mem->uri);

    mem->waiter.host = host;
    if (place)
        broker_take_place(place, &mem->waiter);
    else
        broker_add_consumer(mem->channel, &mem->waiter);
}

/* Another subscriber of the name goes on: nothing that came meanwhile may be lost, nor taken for
 * safe. */
static void leave(struct mem_source *mem)
{
    if (mem->reader) {
        broker_park_reader(mem->reader);
        if (!dag_park(mem->host, mem->uri, mem->reader, drop_reader))
            broker_unsubscribe(mem->reader);
    } else if (mem->waiter.host) {
        struct broker_place *place = broker_leave_place(mem->channel, &mem->waiter);
        if (!place)
            broker_remove_consumer(mem->channel, &mem->waiter);
        else if (!dag_park(mem->host, mem->uri, place, drop_place))
            broker_drop_place(place);
    }
}

/* A topic reader has to be there before anybody publishes, so all is acquired here. */
static bool mem_source_attach(void *state, const struct dag_address *address, struct dag_host *host,
                              struct dag_error *err)
{
    struct mem_source *mem = state;

    mem->channel = open_channel(address, mem->max_size, &mem->kind, err);
    if (!mem->channel)
        return false;
    mem->uri = address->uri;
    mem->host = host;
    mem->duplicate_keys = 0;
    if (mem->kind == BROKER_QUEUE)
        attach_queue(mem, host);
    else if (!attach_topic(mem, host, err))
        return false;
    mem->parser = dag_json_parser_new(0);
    if (!mem->parser)
        return dag_error_set_memory(err, "a parser");
    return !host->is_acknowledged || broker_keep(mem->channel, waiter_of(mem), err);
}

/* A reader that acknowledges is waited for by the publishers from now on, also while it is stopped:
 * what it has not acknowledged is not safe anywhere. */
static bool mem_source_open(void *state, const struct dag_address *address, struct dag_host *host,
                            const char *position, size_t position_size, struct dag_error *err)
{
    struct mem_source *mem = state;

    (void)address;
    (void)position; /* there is no way back */
    (void)position_size;
    return !host->is_acknowledged || broker_keep(mem->channel, waiter_of(mem), err);
}

static bool mem_source_acknowledge(void *state, const struct dag_origin *origins, size_t lane_count,
                                   struct dag_error *err)
{
    struct mem_source *mem = state;

    (void)err;
    for (size_t i = 0; i < lane_count; i++) /* there is one lane */
        broker_acknowledge(mem->channel, waiter_of(mem), origins[i].offset);
    return true;
}

static void mem_source_stop(void *state)
{
    struct mem_source *mem = state;

    if (mem->channel && (mem->reader || mem->waiter.host))
        broker_give_back(mem->channel, waiter_of(mem));
}

static enum dag_read_status mem_source_read(void *state, struct dag_batch *out,
                                            struct dag_error *err)
{
    struct mem_source *mem = state;
    bool is_over;
    enum broker_result result =
        mem->kind == BROKER_TOPIC
            ? broker_receive(mem->reader, out, mem->parser, &is_over, err)
            : broker_take(mem->channel, out, mem->parser, &mem->waiter, &is_over, err);

    uint64_t count = dag_json_parser_duplicate_keys(mem->parser);

    if (count > mem->duplicate_keys)
        dag_count_dropped(mem->host, "duplicate_keys", count - mem->duplicate_keys);
    mem->duplicate_keys = count;
    if (result == BROKER_FAILED)
        return DAG_READ_FAILED;
    if (result == BROKER_OK)
        return DAG_READ_MORE;
    return is_over ? DAG_READ_END : DAG_READ_IDLE;
}

static void mem_source_close(void *state)
{
    struct mem_source *mem = state;

    leave(mem);
    dag_json_parser_free(mem->parser);
    mem->channel = NULL;
    mem->reader = NULL;
    mem->waiter = (struct broker_waiter){0};
    mem->parser = NULL;
}

static void mem_source_describe(void *state, char *text, size_t size)
{
    const struct mem_source *mem = state;
    struct broker_statistics statistics;

    if (!mem->channel || size == 0)
        return;
    broker_get_statistics(mem->channel, &statistics);
    if (statistics.current_depth == 0)
        snprintf(text, size, "%s '%s' is empty", mem->kind == BROKER_TOPIC ? "topic" : "queue",
                 statistics.name);
}

const struct dag_subscriber dag_subscriber_mem = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_ENDS | DAG_CONNECTOR_ORDERED | DAG_CONNECTOR_PUBLISHABLE,
    .scheme = "mem",
    .name = "InMemoryDataSubscriber",
    .summary = "Messages of a queue or a topic inside this process.",
    .address_help = ADDRESS_HELP,
    .options = mem_source_options,
    .state_size = sizeof(struct mem_source),
    .check = mem_check,
    .attach = mem_source_attach,
    .open = mem_source_open,
    .read = mem_source_read,
    .acknowledge = mem_source_acknowledge,
    .stop = mem_source_stop,
    .close = mem_source_close,
    .describe = mem_source_describe,
};

/* ---- publisher -------------------------------------------------------------------------- */

struct mem_sink {
    int64_t max_size; /* option: of a queue */

    struct broker_channel *channel; /* NULL until open() */
    struct broker_waiter waiter;    /* added to the channel while open */
    bool is_flushing;               /* waits until all it has put is acknowledged */
};

static const struct dag_option mem_sink_options[] = {
    {
        .name = "max_size",
        .type = DAG_OPTION_INTEGER,
        .offset = offsetof(struct mem_sink, max_size),
        .min = 0,
        .max = 1000000000,
        .default_json = "100000",
        .unit = "messages",
        .help = "Bound of the queue; who creates it first decides; 0: by memory alone.",
    },
    {0},
};

static bool mem_sink_open(void *state, const struct dag_address *address, struct dag_host *host,
                          struct dag_error *err)
{
    struct mem_sink *mem = state;
    enum broker_kind kind;

    mem->channel = open_channel(address, mem->max_size, &kind, err);
    if (!mem->channel)
        return false;
    mem->waiter.host = host;
    broker_add_producer(mem->channel, &mem->waiter);
    return true;
}

static enum dag_write_status mem_sink_write(void *state, const struct dag_delivery *delivery,
                                            size_t *written, struct dag_error *err)
{
    struct mem_sink *mem = state;

    if (broker_put(mem->channel, delivery->rows, delivery->count, delivery->batch, &mem->waiter,
                   written, err) != BROKER_OK)
        return DAG_WRITE_FAILED;
    return *written < delivery->count ? DAG_WRITE_WAIT : DAG_WRITE_DONE;
}

/* What is in the queue is out, unless its reader acknowledges: then it is out when that has. */
static enum dag_write_status mem_sink_flush(void *state, struct dag_error *err)
{
    struct mem_sink *mem = state;

    (void)err;
    mem->is_flushing = !broker_is_settled(mem->channel, &mem->waiter);
    return mem->is_flushing ? DAG_WRITE_WAIT : DAG_WRITE_DONE;
}

static void mem_sink_stop(void *state)
{
    struct mem_sink *mem = state;

    if (!mem->channel)
        return;
    broker_remove_producer(mem->channel, &mem->waiter);
    mem->channel = NULL;
    mem->waiter = (struct broker_waiter){0};
    mem->is_flushing = false;
}

static void mem_sink_describe(void *state, char *text, size_t size)
{
    const struct mem_sink *mem = state;
    struct broker_statistics statistics;

    if (!mem->channel || size == 0)
        return;
    broker_get_statistics(mem->channel, &statistics);
    if (!broker_is_waiting(mem->channel, &mem->waiter))
        return;
    if (mem->is_flushing)
        snprintf(text, size, "a reader of %s '%s' has not acknowledged everything yet",
                 statistics.kind == BROKER_TOPIC ? "topic" : "queue", statistics.name);
    else
        snprintf(text, size, "%s '%s' is full: %zu messages, %zu bytes wait there",
                 statistics.kind == BROKER_TOPIC ? "topic" : "queue", statistics.name,
                 statistics.current_depth, statistics.current_size);
}

const struct dag_publisher dag_publisher_mem = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "mem",
    .name = "InMemoryDataPublisher",
    .summary = "Puts messages into a queue or a topic inside this process.",
    .address_help = ADDRESS_HELP,
    .options = mem_sink_options,
    .state_size = sizeof(struct mem_sink),
    .check = mem_check,
    .open = mem_sink_open,
    .write = mem_sink_write,
    .flush = mem_sink_flush,
    .stop = mem_sink_stop,
    .close = mem_sink_stop,
    .describe = mem_sink_describe,
};
