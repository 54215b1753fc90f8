/* source.c - the subscriber redischannel://CHANNEL.
 *
 * A channel keeps nothing: what is published while nobody listens is gone. So the connection
 * outlives a change of the DAG (it is parked, and handed over with what has come and was not read),
 * and every gap is told.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/net/utf8.h"
#include "connectors/redis/link.h"
#include "connectors/registry.h"
#include "dag/json.h"

#define AT(member)    offsetof(struct redis_source, member)
#define PARK_KEY_SIZE 700
#define PING_US       (INT64_C(15) * 1000000) /* a connection that is quiet is asked so often */

enum format { FORMAT_JSON, FORMAT_TEXT };

struct redis_source {
    struct redis_settings settings; /* first: see REDIS_SETTINGS_OPTIONS */
    bool is_pattern;
    int64_t format;                /* enum format */
    const char *channel_attribute; /* NULL: none */
    const char *text_attribute;

    const char *channel; /* borrowed */
    struct dag_host *host;
    struct dag_json_parser *parser;                  /* owned */
    const struct dag_name *channel_name, *text_name; /* NULL: not asked for */
    struct redis_link *link;                         /* owned; NULL: none; it outlives a stop */
    bool is_asked;                                   /* subscribing was sent */
    bool is_listening;                               /* ... and answered */
    uint64_t count;                                  /* of messages */
};

/* ---- rows ------------------------------------------------------------------------------- */

static bool is_message(const redisReply *reply, const redisReply **channel,
                       const redisReply **payload)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 3 || reply->elements > 4 ||
        reply->element[0]->type != REDIS_REPLY_STRING)
        return false;
    if (strcmp(reply->element[0]->str, reply->elements == 3 ? "message" : "pmessage") != 0)
        return false;
    *channel = reply->element[reply->elements - 2];
    *payload = reply->element[reply->elements - 1];
    return (*channel)->type == REDIS_REPLY_STRING && (*payload)->type == REDIS_REPLY_STRING;
}

/* The message with the channel it came by, as its last attribute. */
static bool append_with_channel(struct dag_batch *out, const struct dag_row *row,
                                const struct dag_name *name, const redisReply *channel,
                                struct dag_origin origin, struct dag_error *err)
{
    size_t count = row->shape->count;
    const struct dag_shape *shape = row->shape;
    struct dag_value *values = dag_batch_alloc(out, (count + 1) * sizeof(*values));
    const char *text = dag_batch_copy(out, channel->str, channel->len);
    int32_t place = dag_shape_find(shape, name);

    if (place < 0)
        shape = dag_shape_add(shape, name, out);
    if (!values || !text || !shape)
        return dag_error_set_memory(err, "a message");
    if (count > 0)
        memcpy(values, row->values, count * sizeof(*values));
    values[place < 0 ? count : (size_t)place] = net_is_utf8(text, channel->len)
                                                    ? dag_value_text(text, (uint32_t)channel->len)
                                                    : dag_value_null();
    return dag_batch_append(out, (struct dag_row){shape, values}, origin, err);
}

/* {"message": "..."} */
static bool wrap(const struct redis_source *source, struct dag_batch *out,
                 const redisReply *payload, struct dag_row *row)
{
    struct dag_value *values = dag_batch_alloc(out, sizeof(*values));
    const char *text = dag_batch_copy(out, payload->str, payload->len);

    row->shape = dag_shape_add(dag_shape_empty(), source->text_name, out);
    row->values = values;
    if (!values || !text || !row->shape)
        return false;
    values[0] = dag_value_text(text, (uint32_t)payload->len);
    return true;
}

static bool append_text(struct redis_source *source, struct dag_batch *out,
                        const redisReply *channel, const redisReply *payload, struct dag_error *err)
{
    static const char reason[] = "the message is no UTF-8 text";
    struct dag_origin origin = {.offset = ++source->count};
    struct dag_row row;

    if (!net_is_utf8(payload->str, payload->len)) {
        struct dag_value *values = dag_batch_alloc(out, 2 * sizeof(*values));
        const char *bytes = dag_batch_copy(out, payload->str, payload->len);

        if (!values || !bytes)
            return dag_error_set_memory(err, "a message");
        values[0] = dag_value_text(bytes, (uint32_t)payload->len);
        values[1] = dag_value_text(reason, sizeof(reason) - 1);
        origin.flags = DAG_ORIGIN_REJECTED;
        return dag_batch_append(out, (struct dag_row){.values = values}, origin, err);
    }
    if (!wrap(source, out, payload, &row))
        return dag_error_set_memory(err, "a message");
    return source->channel_name
               ? append_with_channel(out, &row, source->channel_name, channel, origin, err)
               : dag_batch_append(out, row, origin, err);
}

static bool append(struct redis_source *source, struct dag_batch *out, const redisReply *channel,
                   const redisReply *payload, struct dag_error *err)
{
    struct dag_origin origin = {.offset = source->count + 1};
    struct dag_error ignored = {0};
    struct dag_row row;

    if (source->text_name)
        return append_text(source, out, channel, payload, err);
    source->count++;
    if (source->channel_name &&
        dag_json_parse_object(out, payload->str, payload->len, &row, &ignored))
        return append_with_channel(out, &row, source->channel_name, channel, origin, err);
    return dag_json_parse(source->parser, out, payload->str, payload->len, origin, err);
}

/* ---- the connection --------------------------------------------------------------------- */

static void hang_up(struct redis_source *source)
{
    redis_link_free(source->link);
    source->link = NULL;
    source->is_asked = source->is_listening = false;
}

static bool ask(struct redis_source *source, struct dag_error *err)
{
    const char *words[] = {source->is_pattern ? "PSUBSCRIBE" : "SUBSCRIBE", source->channel};
    size_t sizes[] = {strlen(words[0]), strlen(words[1])};

    source->is_asked = redis_link_send(source->link, words, sizes, 2, err);
    return source->is_asked;
}

/* Messages, and the answers to SUBSCRIBE and PING. */
static bool judge(struct redis_source *source, const redisReply *reply, struct dag_batch *out,
                  struct dag_error *err)
{
    const redisReply *channel, *payload;

    if (reply->type == REDIS_REPLY_ERROR) {
        dag_error_set(err, DAG_ERROR_IO, "%s port %" PRId64 " refuses to let us listen: %s",
                      source->settings.server, source->settings.port, reply->str);
        err->retryable = redis_fate_of(reply->str) != REDIS_FAIL;
        return false;
    }
    if (is_message(reply, &channel, &payload))
        return append(source, out, channel, payload, err);
    source->is_listening = true;
    return true;
}

/* What has come, as far as there is room. `*is_full`: there is more. */
static bool take_all(struct redis_source *source, struct dag_batch *out, bool *is_full,
                     struct dag_error *err)
{
    redisReply *reply = NULL;
    bool is_good = true;

    *is_full = false;
    while (is_good) {
        if (!redis_link_take(source->link, &reply, err))
            return false;
        if (!reply)
            return true;
        if (dag_batch_room(out) == 0) {
            redis_link_put_back(source->link, reply);
            *is_full = true;
            return true;
        }
        is_good = judge(source, reply, out, err);
        freeReplyObject(reply);
    }
    return false;
}

/* Whether the other side is still there: a connection that broke silently brings no messages, which
 * looks like a channel on which nothing is said. */
static bool ask_whether_there(struct redis_source *source, struct dag_error *err)
{
    const char *words[] = {"PING"};
    size_t sizes[] = {4};
    int64_t due_us = redis_link_heard_us(source->link) + PING_US;

    if (dag_monotonic_us(source->host) >= due_us) {
        if (!redis_link_send(source->link, words, sizes, 1, err) ||
            !redis_link_pump(source->link, err))
            return false;
        due_us = INT64_MAX; /* the link minds an answer that is overdue */
    }
    return redis_link_watch(source->link, due_us, err);
}

static bool listen_in(struct redis_source *source, struct dag_batch *out, bool *is_full,
                      struct dag_error *err)
{
    struct dag_error broken = {0};
    bool is_open;

    if (!source->is_asked && !ask(source, err))
        return false;
    is_open = redis_link_pump(source->link, &broken);
    if (!take_all(source, out, is_full, err))
        return false;
    if (*is_full)
        return true; /* what broke will be told when all is read */
    if (!is_open)
        *err = broken;
    return is_open && ask_whether_there(source, err);
}

static enum dag_read_status fail(struct redis_source *source, const struct dag_error *err)
{
    if (source->is_listening)
        dag_log(source->host, DAG_LOG_WARNING,
                "what is published on '%s' until the connection is back is lost, as channels keep "
                "nothing: %s",
                source->channel, err->message);
    hang_up(source);
    return DAG_READ_FAILED;
}

static enum dag_read_status redis_source_read(void *state, struct dag_batch *out,
                                              struct dag_error *err)
{
    struct redis_source *source = state;
    enum net_status status = NET_FAILED;
    bool is_full = false;

    if (!source->link)
        source->link = redis_link_new(&source->settings, source->host, err);
    if (source->link)
        status = redis_link_connect(source->link, err);
    if (status == NET_WAIT)
        return DAG_READ_TRYING;
    if (status == NET_FAILED || !listen_in(source, out, &is_full, err))
        return fail(source, err);
    if (is_full)
        return DAG_READ_MORE;
    return source->is_listening ? DAG_READ_IDLE : DAG_READ_TRYING;
}

/* ---- beginning and end ------------------------------------------------------------------ */

static bool redis_source_check(void *state, const struct dag_address *address,
                               struct dag_error *err)
{
    const struct redis_source *source = state;

    if (address->rest[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' should be redischannel://CHANNEL",
                             address->uri);
    if (source->channel_attribute && source->channel_attribute[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'channel_attribute': is empty");
    if (source->text_attribute[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'text_attribute': is empty");
    return redis_settings_check(&source->settings, err);
}

/* Who may go on with a connection: everything that it was made by. */
static void name_parking(const struct redis_source *source, char key[PARK_KEY_SIZE])
{
    const struct redis_settings *settings = &source->settings;

    snprintf(key, PARK_KEY_SIZE, "redischannel %d %s %" PRId64 " %" PRId64 " %d %.100s %s",
             source->is_pattern, settings->server, settings->port, settings->database,
             settings->is_tls, settings->username ? settings->username : "", source->channel);
}

static bool intern(const char *text, const struct dag_name **name, struct dag_error *err)
{
    *name = dag_name_intern(text, strlen(text), NULL);
    return *name ||
           dag_error_set(err, DAG_ERROR_LIMIT,
                         "there are too many attribute names in this process to add '%s'", text);
}

static bool redis_source_attach(void *state, const struct dag_address *address,
                                struct dag_host *host, struct dag_error *err)
{
    struct redis_source *source = state;
    char key[PARK_KEY_SIZE];

    source->host = host;
    source->channel = address->rest;
    source->parser = dag_json_parser_new(0);
    if (!source->parser)
        return dag_error_set_memory(err, "a parser");
    if (source->channel_attribute && !intern(source->channel_attribute, &source->channel_name, err))
        return false;
    if (source->format == FORMAT_TEXT && !intern(source->text_attribute, &source->text_name, err))
        return false;
    name_parking(source, key);
    source->link = dag_unpark(host, key);
    if (source->link) {
        redis_link_join(source->link, &source->settings, host);
        source->is_asked = source->is_listening = true;
    }
    return true;
}

/* The engine calls it when no successor takes the connection; how much is lost can't be known. */
static uint64_t drop_parked(void *thing)
{
    redis_link_free(thing);
    return 0;
}

static void redis_source_close(void *state)
{
    struct redis_source *source = state;
    char key[PARK_KEY_SIZE];

    if (source->link && source->is_listening) {
        name_parking(source, key);
        redis_link_leave(source->link);
        if (dag_park(source->host, key, source->link, drop_parked))
            source->link = NULL;
    }
    hang_up(source);
    dag_json_parser_free(source->parser);
    source->parser = NULL;
}

static void redis_source_describe(void *state, char *text, size_t size)
{
    const struct redis_source *source = state;

    if (size == 0 || !source->channel)
        return;
    if (source->is_listening)
        snprintf(text, size, "nothing is published on '%s' at %s port %" PRId64, source->channel,
                 source->settings.server, source->settings.port);
    else
        snprintf(text, size, "no connection to %s port %" PRId64 " yet", source->settings.server,
                 source->settings.port);
}

static const struct dag_option redis_source_options[] = {
    REDIS_SETTINGS_OPTIONS,
    {.name = "pattern",
     .type = DAG_OPTION_BOOL,
     .offset = AT(is_pattern),
     .default_json = "false",
     .help = "The channel is a pattern, as PSUBSCRIBE takes it: `orders.*`."},
    {.name = "format",
     .type = DAG_OPTION_CHOICE,
     .offset = AT(format),
     .default_json = "\"json\"",
     .choices = "json text",
     .help = "json: each message is JSON; text: whatever is in it, as one attribute."},
    {.name = "text_attribute",
     .type = DAG_OPTION_TEXT,
     .offset = AT(text_attribute),
     .default_json = "\"message\"",
     .help = "The attribute that gets the text, with \"format\": \"text\"."},
    {.name = "channel_attribute",
     .type = DAG_OPTION_TEXT,
     .offset = AT(channel_attribute),
     .help = "An attribute that gets the name of the channel."},
    {0},
};

const struct dag_subscriber dag_subscriber_redischannel = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_PUBLISHABLE,
    .scheme = "redischannel",
    .name = "RedisChannelDataSubscriber",
    .summary = "Messages of a Redis channel; a channel keeps nothing, so those that are published "
               "while nobody listens are lost.",
    .address_help = "redischannel://CHANNEL",
    .options = redis_source_options,
    .state_size = sizeof(struct redis_source),
    .check = redis_source_check,
    .attach = redis_source_attach,
    .read = redis_source_read,
    .close = redis_source_close,
    .describe = redis_source_describe,
};
