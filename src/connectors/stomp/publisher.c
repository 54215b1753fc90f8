/* publisher.c - sends to an ActiveMQ queue or topic: activemq://queue/NAME, activemq://topic/NAME.
 *
 * What waits goes out as one transaction, whose receipt means that all of it is safely out. Until
 * then no row counts as taken, so a connection that is lost meanwhile costs nothing: the rows are
 * sent again. A transaction that the broker refuses for the sake of a message is halved until that
 * message is alone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/registry.h"
#include "connectors/stomp/body.h"
#include "connectors/stomp/setup.h"

#define HEADER_SIZE_MAX      10000 /* ActiveMQ takes 10 KiB of each */
#define TRANSACTION_SIZE_MAX ((size_t)4 << 20)

/** A row that can't be sent. */
struct refusal {
    size_t row;
    char reason[200];
};

struct stomp_sink {
    struct stomp_options options; /* first */
    bool persistent;
    int64_t transaction_messages;
    struct dag_text_map headers;
    struct dag_text_map headers_from_attributes; /* header: attribute */

    struct dag_host *host;
    const struct dag_address *address; /* borrowed */
    struct stomp_setup setup;
    uint64_t session;
    bool failure_is_told;
    struct dag_buffer frames, body, text;

    /* the transaction under way: the first rows of the delivery */
    uint64_t number; /* of the last one */
    bool is_under_way;
    size_t covered_count;     /* rows that it is about, refused ones included */
    size_t sent_count;        /* messages in it */
    size_t last_row;          /* that was sent */
    size_t limit;             /* messages in the next one; 0: transaction_messages */
    struct refusal *refusals; /* owned: rows among those covered */
    size_t refusal_count, refusal_capacity;
};

#define AT(member) offsetof(struct stomp_sink, member)

static const struct dag_option sink_options[] = {
    STOMP_OPTIONS,
    {.name = "persistent",
     .type = DAG_OPTION_BOOL,
     .offset = AT(persistent),
     .default_json = "true",
     .help = "Whether the broker keeps messages on its disk; false: they are lost when it ends."},
    {.name = "transaction_messages",
     .type = DAG_OPTION_INTEGER,
     .offset = AT(transaction_messages),
     .min = 1,
     .max = DAG_BATCH_ROWS_MAX,
     .default_json = "1024",
     .unit = "messages",
     .help = "The most that go out in one transaction."},
    {.name = "headers",
     .type = DAG_OPTION_TEXT_MAP,
     .offset = AT(headers),
     .default_json = "{}",
     .help = "Headers of each message, such as priority or type."},
    {.name = "headers_from_attributes",
     .type = DAG_OPTION_TEXT_MAP,
     .offset = AT(headers_from_attributes),
     .default_json = "{}",
     .help = "Headers of each message, with the attribute that each is taken from; left out where "
             "it is missing or null."},
    {0},
};

/* ---- checks ---- */

static bool check_names(const char *option, const struct dag_text_map *headers,
                        struct dag_error *err)
{
    static const char *const ours[] = {"destination", "transaction",  "receipt", "content-length",
                                       "persistent",  "amq-msg-type", "",        NULL};

    for (size_t i = 0; i < headers->count; i++)
        for (size_t k = 0; ours[k]; k++)
            if (strcmp(headers->keys[i].text, ours[k]) == 0)
                return dag_error_set(err, DAG_ERROR_INVALID,
                                     "option '%s': '%s' is set by the program itself", option,
                                     ours[k]);
    return true;
}

static bool sink_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    struct stomp_sink *sink = state;

    return stomp_check(&sink->options, address, err) &&
           check_names("headers", &sink->headers, err) &&
           check_names("headers_from_attributes", &sink->headers_from_attributes, err);
}

/* ---- start and stop ---- */

static void forget_transaction(struct stomp_sink *sink)
{
    sink->is_under_way = false;
    sink->covered_count = sink->sent_count = sink->refusal_count = 0;
}

static bool sink_open(void *state, const struct dag_address *address, struct dag_host *host,
                      struct dag_error *err)
{
    struct stomp_sink *sink = state;

    sink->host = host;
    sink->address = address;
    sink->session = 0;
    sink->failure_is_told = false;
    forget_transaction(sink);
    return stomp_set_up(&sink->setup, &sink->options, NULL, host, err);
}

static void sink_stop(void *state)
{
    struct stomp_sink *sink = state;

    stomp_tear_down(&sink->setup, false);
}

static void sink_close(void *state)
{
    struct stomp_sink *sink = state;

    sink_stop(state);
    dag_buffer_free(&sink->frames);
    dag_buffer_free(&sink->body);
    dag_buffer_free(&sink->text);
    free(sink->refusals);
    sink->refusals = NULL;
    sink->refusal_capacity = 0;
}

/* ---- a message ---- */

static bool refuse_row(struct stomp_sink *sink, size_t row, const char *reason,
                       struct dag_error *err)
{
    if (sink->refusal_count == sink->refusal_capacity) {
        size_t capacity = sink->refusal_capacity ? 2 * sink->refusal_capacity : 8;
        struct refusal *refusals = realloc(sink->refusals, capacity * sizeof(*refusals));

        if (!refusals)
            return dag_error_set_memory(err, "refused messages");
        sink->refusals = refusals;
        sink->refusal_capacity = capacity;
    }
    struct refusal *refusal = &sink->refusals[sink->refusal_count++];
    refusal->row = row;
    snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
    return true;
}

static bool no_memory(struct dag_error *err)
{
    return dag_error_set_memory(err, "a message");
}

static bool write_headers_of(struct stomp_sink *sink, const struct dag_row *row,
                             struct dag_error *err)
{
    const struct dag_text_map *map = &sink->headers_from_attributes;

    for (size_t i = 0; i < map->count; i++) {
        const struct dag_value *value = stomp_attribute(row, map->values[i].text);

        if (!value || value->type == DAG_TYPE_NULL)
            continue;
        sink->text.size = 0;
        if (!stomp_header_text(value, &sink->text))
            return no_memory(err);
        if (sink->text.size > HEADER_SIZE_MAX)
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "attribute '%.100s' has %zu bytes, more than a header takes (%d)",
                                 map->values[i].text, sink->text.size, HEADER_SIZE_MAX);
        if (sink->text.size > 0 && memchr(sink->text.bytes, '\0', sink->text.size))
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "attribute '%.100s' holds a NUL, which a header can't",
                                 map->values[i].text);
        if (!stomp_write_header_sized(&sink->frames, map->keys[i].text, map->keys[i].size,
                                      sink->text.bytes ? sink->text.bytes : "", sink->text.size))
            return no_memory(err);
    }
    return true;
}

/* The headers that all messages have. */
static bool write_fixed_headers(struct stomp_sink *sink, bool is_alone)
{
    struct dag_buffer *out = &sink->frames;
    bool done =
        stomp_write_begin(out, "SEND") &&
        stomp_write_header(out, "destination", stomp_destination(sink->address)) &&
        stomp_write_header_plain(out, "persistent", sink->persistent ? "true" : "false") &&
        stomp_write_header_plain(out, "amq-msg-type",
                                 sink->options.format == STOMP_FORMAT_BYTES ? "bytes" : "text") &&
        stomp_write_header_number(out, is_alone ? "receipt" : "transaction", sink->number);

    for (size_t i = 0; done && i < sink->headers.count; i++)
        done = stomp_write_header(out, sink->headers.keys[i].text, sink->headers.values[i].text);
    return done;
}

/* False: `err`; the message is refused unless it is DAG_ERROR_MEMORY. */
static bool write_message(struct stomp_sink *sink, const struct dag_row *row, bool is_alone,
                          struct dag_error *err)
{
    sink->body.size = 0;
    if (!stomp_body_write((enum stomp_format)sink->options.format, sink->options.body_attribute,
                          row, &sink->body, err))
        return false;
    if (sink->body.size > (size_t)sink->options.message_size_max)
        return dag_error_set(err, DAG_ERROR_LIMIT,
                             "it has %zu bytes, more than message_size_max (%" PRId64 ")",
                             sink->body.size, sink->options.message_size_max);
    if (!write_fixed_headers(sink, is_alone))
        return no_memory(err);
    if (!write_headers_of(sink, row, err))
        return false;
    return stomp_write_body(&sink->frames, sink->body.bytes ? sink->body.bytes : "",
                            sink->body.size) ||
           no_memory(err);
}

/* ---- a transaction ---- */

static size_t limit_of(const struct stomp_sink *sink)
{
    return sink->limit ? sink->limit : (size_t)sink->transaction_messages;
}

static bool write_bracket(struct stomp_sink *sink, const char *command, bool with_receipt)
{
    return stomp_write_begin(&sink->frames, command) &&
           stomp_write_header_number(&sink->frames, "transaction", sink->number) &&
           (!with_receipt || stomp_write_header_number(&sink->frames, "receipt", sink->number)) &&
           stomp_write_end(&sink->frames);
}

static bool write_messages(struct stomp_sink *sink, const struct dag_delivery *delivery,
                           bool is_alone, struct dag_error *err)
{
    while (sink->covered_count < delivery->count && sink->sent_count < limit_of(sink) &&
           sink->frames.size < TRANSACTION_SIZE_MAX) {
        size_t before = sink->frames.size, row = sink->covered_count;

        if (write_message(sink, &delivery->rows[row], is_alone, err)) {
            sink->last_row = row;
            sink->sent_count++;
        } else {
            sink->frames.size = before;
            if (err->code == DAG_ERROR_MEMORY || !refuse_row(sink, row, err->message, err))
                return false;
        }
        sink->covered_count++;
    }
    return true;
}

/* A message alone needs no transaction. */
static bool begin_transaction(struct stomp_sink *sink, const struct dag_delivery *delivery,
                              struct dag_error *err)
{
    bool is_alone = delivery->count == 1 || limit_of(sink) == 1;

    forget_transaction(sink);
    sink->frames.size = 0;
    sink->number++;
    if (!is_alone && !write_bracket(sink, "BEGIN", false))
        return no_memory(err);
    if (!write_messages(sink, delivery, is_alone, err))
        return false;
    if (sink->sent_count == 0)
        return true;
    if (!is_alone && !write_bracket(sink, "COMMIT", true))
        return no_memory(err);
    sink->is_under_way = true;
    return stomp_connection_send(sink->setup.connection, sink->session, &sink->frames, 0) ||
           no_memory(err);
}

/* All that it is about has been sent, or is refused. */
static enum dag_write_status finish_transaction(struct stomp_sink *sink, size_t *written)
{
    for (size_t i = 0; i < sink->refusal_count; i++)
        dag_reject_row(sink->host, sink->refusals[i].row, sink->refusals[i].reason);
    *written = sink->covered_count;
    if (sink->limit > 0) /* it was halved: back in steps */
        sink->limit = 2 * sink->limit < (size_t)sink->transaction_messages ? 2 * sink->limit : 0;
    forget_transaction(sink);
    return DAG_WRITE_DONE;
}

static bool is_confirmed(struct stomp_sink *sink)
{
    struct stomp_arrival *arrival;
    bool confirmed = false;
    char number[24];

    snprintf(number, sizeof(number), "%" PRIu64, sink->number);
    while ((arrival = stomp_connection_take(sink->setup.connection, sink->session))) {
        confirmed = confirmed || (arrival->frame.command == STOMP_RECEIPT &&
                                  stomp_frame_has(&arrival->frame, "receipt-id", number));
        free(arrival);
    }
    return confirmed && sink->is_under_way;
}

/* ---- what goes wrong ---- */

static bool contains(const char *text, const char *part)
{
    size_t size = strlen(part);

    for (; *text; text++)
        if (strncasecmp(text, part, size) == 0)
            return true;
    return false;
}

/* The broker doesn't want a message for what it is. Anything else, such as a full disk or a missing
 * permission, may pass. */
static bool is_about_a_message(const struct stomp_status *status)
{
    static const char *const words[] = {
        "maximum data length", "max data length",   "frame size",   "too large",
        "header length",       "number of headers", "message size", NULL};

    for (size_t i = 0; status->was_refused && words[i]; i++)
        if (contains(status->failure.message, words[i]))
            return true;
    return false;
}

/* There is no session. */
static enum dag_write_status rise(struct stomp_sink *sink, const struct stomp_status *status,
                                  size_t *written, struct dag_error *err)
{
    bool is_news = status->state == STOMP_DOWN && status->has_failed && !sink->failure_is_told;

    if (is_news && sink->is_under_way && is_about_a_message(status)) {
        sink->is_under_way = false;
        if (sink->sent_count == 1) {
            if (!refuse_row(sink, sink->last_row, status->failure.message, err)) {
                err->retryable = true;
                return DAG_WRITE_FAILED;
            }
            return finish_transaction(sink, written);
        }
        sink->limit = sink->sent_count / 2;
        is_news = false;
    }
    if (is_news) {
        sink->failure_is_told = true;
        *err = status->failure;
        return DAG_WRITE_FAILED;
    }
    sink->failure_is_told = false;
    stomp_connection_try(sink->setup.connection);
    return DAG_WRITE_WAIT;
}

static enum dag_write_status sink_write(void *state, const struct dag_delivery *delivery,
                                        size_t *written, struct dag_error *err)
{
    struct stomp_sink *sink = state;
    struct stomp_status status;

    *written = 0;
    stomp_connection_status(sink->setup.connection, &status);
    if (status.state != STOMP_UP)
        return rise(sink, &status, written, err);
    if (status.session != sink->session) {
        sink->session = status.session;
        forget_transaction(sink);
    }
    if (is_confirmed(sink))
        return finish_transaction(sink, written);
    if (sink->is_under_way)
        return DAG_WRITE_WAIT;
    if (!begin_transaction(sink, delivery, err)) {
        forget_transaction(sink);
        err->retryable = true;
        return DAG_WRITE_FAILED;
    }
    return sink->is_under_way ? DAG_WRITE_WAIT : finish_transaction(sink, written);
}

static void sink_describe(void *state, char *text, size_t size)
{
    struct stomp_sink *sink = state;
    char where[STOMP_PLACE_SIZE + 64] = "";

    if (size == 0 || !sink->setup.connection)
        return;
    stomp_connection_describe(sink->setup.connection, where, sizeof(where));
    if (sink->is_under_way)
        snprintf(text, size, "the broker to confirm %zu message%s (%s)", sink->sent_count,
                 sink->sent_count == 1 ? "" : "s", where);
    else
        snprintf(text, size, "the broker (%s)", where);
}

const struct dag_publisher dag_publisher_activemq = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "activemq",
    .name = "ActiveMQDataPublisher",
    .summary = "Sends to an ActiveMQ queue or topic, over STOMP.",
    .address_help = STOMP_ADDRESS_HELP,
    .options = sink_options,
    .state_size = sizeof(struct stomp_sink),
    .check = sink_check,
    .open = sink_open,
    .write = sink_write,
    .stop = sink_stop,
    .close = sink_close,
    .describe = sink_describe,
};
