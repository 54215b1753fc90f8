/* subscriber.c - messages of an ActiveMQ queue or topic: activemq://queue/NAME,
 * activemq://topic/NAME.
 *
 * Each message is acknowledged by itself, once the engine says that it is safe. The broker sends no
 * more than `prefetch` that are not: where that is little, reading goes on only as messages become
 * safe, so a full window is told to the engine.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/registry.h"
#include "connectors/stomp/body.h"
#include "connectors/stomp/ledger.h"
#include "connectors/stomp/setup.h"

#define ACK_BATCH_MAX  100
#define WINDOW_MAX     100 /* ActiveMQ reads 200 from its store, and then may wait for answers */
#define ACK_DELAY_US   20000
#define SUBSCRIPTION   "0"
#define SUBSCRIBED     "subscribed" /* the receipt of the subscription */
#define CLIENT_ID_SIZE 256

struct stomp_source {
    struct stomp_options options; /* first */
    int64_t prefetch;
    const char *selector, *durable;
    struct dag_text_map headers;                 /* of the frame SUBSCRIBE */
    struct dag_text_map attributes_from_headers; /* attribute: header */

    struct dag_host *host;
    const struct dag_address *address; /* borrowed */
    struct stomp_setup setup;
    struct dag_json_parser *parser; /* owned */
    uint64_t duplicate_keys;        /* of the parser's, told to the host */
    uint64_t session;               /* that was subscribed in */
    bool is_subscribed;             /* and the broker has confirmed that */
    bool failure_is_told;
    struct stomp_arrival *arrival; /* owned: taken from the connection, and not read yet */
    struct stomp_ledger ledger;
    uint64_t number;          /* of the last message; goes on over stops */
    struct dag_buffer frames; /* to be sent */
    size_t ack_count;         /* frames ACK since they were last sent without delay */
    char client_id[CLIENT_ID_SIZE];
};

#define AT(member) offsetof(struct stomp_source, member)

static const struct dag_option source_options[] = {
    STOMP_OPTIONS,
    {.name = "prefetch",
     .type = DAG_OPTION_INTEGER,
     .offset = AT(prefetch),
     .min = 1,
     .max = 1000000,
     .default_json = "100",
     .unit = "messages",
     .help = "How many messages that are not safe yet the broker sends; with more than about 100 "
             "ActiveMQ may stand still."},
    {.name = "selector",
     .type = DAG_OPTION_TEXT,
     .offset = AT(selector),
     .help = "Only messages whose headers match, such as \"price > 10 AND market = 'X'\"."},
    {.name = "durable",
     .type = DAG_OPTION_TEXT,
     .offset = AT(durable),
     .help = "The name of a durable subscription of a topic: what is sent while the DAG doesn't "
             "run waits at the broker."},
    {.name = "headers",
     .type = DAG_OPTION_TEXT_MAP,
     .offset = AT(headers),
     .default_json = "{}",
     .help = "Further headers of the subscription, such as activemq.exclusive."},
    {.name = "attributes_from_headers",
     .type = DAG_OPTION_TEXT_MAP,
     .offset = AT(attributes_from_headers),
     .default_json = "{}",
     .help = "Attributes to add to each message, with the header that each is taken from; null "
             "where it is missing."},
    {0},
};

/* ---- checks ---- */

static bool check_headers(const struct dag_text_map *headers, struct dag_error *err)
{
    static const char *const ours[] = {"id", "destination", "ack", "receipt", "selector", NULL};

    for (size_t i = 0; i < headers->count; i++)
        for (size_t k = 0; ours[k]; k++)
            if (strcmp(headers->keys[i].text, ours[k]) == 0)
                return dag_error_set(err, DAG_ERROR_INVALID,
                                     "option 'headers': '%s' is set by the program itself",
                                     ours[k]);
    return true;
}

static bool source_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    struct stomp_source *source = state;

    if (source->durable && strncmp(address->rest, "topic/", 6) != 0)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "option 'durable': only a topic has subscriptions; a queue keeps its "
                             "messages anyway");
    return stomp_check(&source->options, address, err) && check_headers(&source->headers, err);
}

/* ---- start and stop ---- */

/* A durable subscription belongs to a client, which has the same name after a restart. */
static const char *client_id(struct stomp_source *source)
{
    if (!source->durable || source->options.client_id)
        return NULL;
    snprintf(source->client_id, sizeof(source->client_id), "dagd-%s-%s", source->host->dag,
             source->host->component);
    return source->client_id;
}

static bool source_open(void *state, const struct dag_address *address, struct dag_host *host,
                        const char *position, size_t position_size, struct dag_error *err)
{
    struct stomp_source *source = state;

    (void)position; /* the broker knows what was not acknowledged */
    (void)position_size;
    source->host = host;
    source->address = address;
    source->session = 0;
    source->duplicate_keys = 0;
    source->failure_is_told = false;
    source->parser = dag_json_parser_new((size_t)source->options.message_size_max);
    if (!source->parser)
        return dag_error_set_memory(err, "a parser");
    return stomp_set_up(&source->setup, &source->options, client_id(source), host, err);
}

/* What was acknowledged is to reach the broker: else it sends it again. */
static void source_stop(void *state)
{
    struct stomp_source *source = state;

    stomp_tear_down(&source->setup, true);
    dag_json_parser_free(source->parser);
    source->parser = NULL;
    free(source->arrival);
    source->arrival = NULL;
    stomp_ledger_clear(&source->ledger);
    source->ack_count = 0;
}

static void source_close(void *state)
{
    struct stomp_source *source = state;

    source_stop(state);
    stomp_ledger_free(&source->ledger);
    dag_buffer_free(&source->frames);
}

/* ---- subscribing ---- */

static bool write_subscribe(struct stomp_source *source)
{
    struct dag_buffer *out = &source->frames;
    bool done =
        stomp_write_begin(out, "SUBSCRIBE") && stomp_write_header(out, "id", SUBSCRIPTION) &&
        stomp_write_header(out, "receipt", SUBSCRIBED) &&
        stomp_write_header(out, "destination", stomp_destination(source->address)) &&
        stomp_write_header(out, "ack", "client-individual") &&
        stomp_write_header_number(out, "activemq.prefetchSize", (uint64_t)source->prefetch) &&
        (!source->selector || stomp_write_header(out, "selector", source->selector));

    if (source->durable) /* ActiveMQ's word for it, and Artemis's */
        done = done && stomp_write_header(out, "activemq.subscriptionName", source->durable) &&
               stomp_write_header(out, "durable-subscription-name", source->durable);
    for (size_t i = 0; done && i < source->headers.count; i++)
        done =
            stomp_write_header(out, source->headers.keys[i].text, source->headers.values[i].text);
    return done && stomp_write_end(out);
}

static bool send_frames(struct stomp_source *source, int64_t delay_us, struct dag_error *err)
{
    bool done =
        stomp_connection_send(source->setup.connection, source->session, &source->frames, delay_us);

    source->frames.size = 0;
    return done || dag_error_set_memory(err, "frames");
}

static bool subscribe(struct stomp_source *source, uint64_t session, struct dag_error *err)
{
    free(source->arrival);
    source->arrival = NULL;
    source->session = session;
    source->is_subscribed = false;
    source->ack_count = 0;
    source->frames.size = 0;
    stomp_ledger_begin(&source->ledger, session);
    if (!write_subscribe(source))
        return dag_error_set_memory(err, "a frame");
    return send_frames(source, 0, err);
}

/* There is no session. */
static enum dag_read_status rise(struct stomp_source *source, const struct stomp_status *status,
                                 struct dag_error *err)
{
    if (status->state == STOMP_DOWN && status->has_failed && !source->failure_is_told) {
        source->failure_is_told = true;
        *err = status->failure;
        return DAG_READ_FAILED;
    }
    source->failure_is_told = false;
    stomp_connection_try(source->setup.connection);
    return DAG_READ_TRYING;
}

/* ---- reading ---- */

/* A broker that lost us sends again what it had sent. */
static bool recall(struct stomp_source *source, const struct stomp_header *ack,
                   const struct stomp_header *id, enum stomp_known *known, struct dag_error *err)
{
    *known = STOMP_NEW;
    if (!stomp_frame_has(&source->arrival->frame, "redelivered", "true") ||
        stomp_ledger_is_empty(&source->ledger))
        return true;
    if (!stomp_ledger_recall(&source->ledger, ack, id, known, &source->frames, err))
        return false;
    return *known != STOMP_SAFE || send_frames(source, ACK_DELAY_US, err);
}

static bool read_message(struct stomp_source *source, struct dag_batch *out, struct dag_error *err)
{
    const struct stomp_frame *frame = &source->arrival->frame;
    const struct stomp_header *ack = stomp_frame_find(frame, "ack");
    const struct stomp_header *id = stomp_frame_find(frame, "message-id");
    struct stomp_body_reader reader = {
        .format = (enum stomp_format)source->options.format,
        .attribute = source->options.body_attribute,
        .headers = &source->attributes_from_headers,
        .parser = source->parser,
    };
    enum stomp_known known;

    if (!ack || !id)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "a message without '%s' came, which can't be acknowledged",
                             ack ? "message-id" : "ack");
    if (!recall(source, ack, id, &known, err))
        return false;
    if (known != STOMP_NEW)
        return true;
    struct dag_origin origin = {.offset = source->number + 1};
    if (!stomp_ledger_reserve(&source->ledger, err) ||
        !stomp_body_read(&reader, frame, out, origin, err))
        return false;
    source->number++;
    return stomp_ledger_add(&source->ledger, source->number, ack, id, err);
}

static bool read_arrival(struct stomp_source *source, struct dag_batch *out, struct dag_error *err)
{
    const struct stomp_frame *frame = &source->arrival->frame;

    if (frame->command == STOMP_RECEIPT) {
        const struct stomp_header *receipt = stomp_frame_find(frame, "receipt-id");

        if (stomp_frame_has(frame, "receipt-id", SUBSCRIBED))
            source->is_subscribed = true;
        else if (receipt)
            stomp_ledger_confirm(&source->ledger, receipt);
    } else if (!read_message(source, out, err)) {
        err->retryable = true;
        return false;
    }
    free(source->arrival);
    source->arrival = NULL;
    return true;
}

static void tell_duplicate_keys(struct stomp_source *source)
{
    uint64_t count = dag_json_parser_duplicate_keys(source->parser);

    if (count > source->duplicate_keys)
        dag_count_dropped(source->host, "duplicate_keys", count - source->duplicate_keys);
    source->duplicate_keys = count;
}

static bool next_arrival(struct stomp_source *source)
{
    if (!source->arrival)
        source->arrival = stomp_connection_take(source->setup.connection, source->session);
    return source->arrival != NULL;
}

/* Nothing more may come before some of it is acknowledged. */
static bool is_full(const struct stomp_source *source)
{
    int64_t window = source->prefetch < WINDOW_MAX ? source->prefetch : WINDOW_MAX;

    return source->ledger.open_count >= (size_t)window;
}

static enum dag_read_status source_read(void *state, struct dag_batch *out, struct dag_error *err)
{
    struct stomp_source *source = state;
    struct stomp_status status;

    stomp_connection_status(source->setup.connection, &status);
    if (status.state != STOMP_UP)
        return rise(source, &status, err);
    if (status.session != source->session && !subscribe(source, status.session, err)) {
        source->session = 0;
        err->retryable = true;
        return DAG_READ_FAILED;
    }
    while (dag_batch_room(out) > 0 && next_arrival(source))
        if (!read_arrival(source, out, err))
            return DAG_READ_FAILED;
    tell_duplicate_keys(source);
    if (dag_batch_room(out) == 0)
        return DAG_READ_MORE;
    if (is_full(source))
        dag_hurry(source->host);
    /* a login alone is no success: the broker may refuse the subscription */
    return source->is_subscribed ? DAG_READ_IDLE : DAG_READ_TRYING;
}

/* ---- acknowledging ---- */

static bool source_acknowledge(void *state, const struct dag_origin *origins, size_t lane_count,
                               struct dag_error *err)
{
    struct stomp_source *source = state;
    size_t batch =
        (size_t)(source->prefetch < 2 * ACK_BATCH_MAX ? (source->prefetch + 1) / 2 : ACK_BATCH_MAX);
    bool was_full = is_full(source);
    size_t count;

    if (lane_count == 0)
        return true;
    if (!stomp_ledger_settle(&source->ledger, origins[0].offset, &source->frames, &count, err))
        return false;
    if (count == 0)
        return true;
    source->ack_count += count;
    bool is_enough = was_full || source->ack_count >= batch;
    if (is_enough)
        source->ack_count = 0;
    return send_frames(source, is_enough ? 0 : ACK_DELAY_US, err);
}

static void source_describe(void *state, char *text, size_t size)
{
    struct stomp_source *source = state;
    size_t used;

    if (size == 0 || !source->setup.connection)
        return;
    stomp_connection_describe(source->setup.connection, text, size);
    used = strlen(text);
    if (source->ledger.open_count > 0)
        snprintf(text + used, size - used, ", %zu messages are not acknowledged%s",
                 source->ledger.open_count,
                 is_full(source) ? ": more come as these become safe" : "");
}

const struct dag_subscriber dag_subscriber_activemq = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_PUBLISHABLE | DAG_CONNECTOR_REDELIVERS,
    .scheme = "activemq",
    .name = "ActiveMQDataSubscriber",
    .summary = "Messages of an ActiveMQ queue or topic, over STOMP.",
    .address_help = STOMP_ADDRESS_HELP,
    .options = source_options,
    .state_size = sizeof(struct stomp_source),
    .check = source_check,
    .open = source_open,
    .read = source_read,
    .acknowledge = source_acknowledge,
    .stop = source_stop,
    .close = source_close,
    .describe = source_describe,
};
