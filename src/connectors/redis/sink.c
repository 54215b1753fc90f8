/* sink.c - the publishers redis://NAME and redischannel://CHANNEL.
 *
 * Rows go out in windows: the commands of up to `pipeline` messages are sent in one go, and the
 * next follow once all answers are there. What was answered when a connection breaks is taken; the
 * rest is sent again, in order, so that the last value of a key is the right one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/redis/command.h"
#include "connectors/registry.h"

#define AT(member)   offsetof(struct redis_sink, member)
#define PIPELINE_MAX DAG_BATCH_ROWS_MAX
#define TTL_MAX_US   (INT64_C(100) * 366 * 86400 * 1000000)

/** What became of one row of the window. */
struct fate {
    size_t awaited; /* answers that are to come */
    char *reason;   /* owned; it is refused; NULL: not */
};

struct redis_sink {
    struct redis_settings settings; /* first: see REDIS_SETTINGS_OPTIONS */
    int64_t store;                  /* enum redis_store */
    const char *key_attribute, *prefix;
    int64_t ttl_us, pipeline;

    const char *channel; /* borrowed; NULL: keys are written */
    struct redis_writing writing;
    struct dag_host *host;
    struct redis_link *link; /* owned; NULL: none */

    /* the window: the first rows of the delivery at hand */
    struct fate *fates; /* owned; `pipeline` of them */
    size_t sent, answered;
    uint64_t unheard_count; /* messages of this window that no one listened to */
};

/* ---- the window ------------------------------------------------------------------------- */

static void clear_window(struct redis_sink *sink)
{
    for (size_t i = 0; i < sink->sent; i++) {
        free(sink->fates[i].reason);
        sink->fates[i] = (struct fate){0};
    }
    sink->sent = sink->answered = 0;
}

static void skip_answered(struct redis_sink *sink)
{
    while (sink->answered < sink->sent && sink->fates[sink->answered].awaited == 0)
        sink->answered++;
}

/* The rows whose fate is known are taken, and the window begins anew behind them. */
static size_t take_answered(struct redis_sink *sink)
{
    size_t count = sink->answered;

    for (size_t i = 0; i < count; i++)
        if (sink->fates[i].reason)
            dag_reject_row(sink->host, i, sink->fates[i].reason);
    if (sink->unheard_count > 0)
        dag_count_dropped(sink->host, "nobody_listened", sink->unheard_count);
    sink->unheard_count = 0;
    clear_window(sink);
    return count;
}

static bool refuse(struct fate *fate, const char *reason, struct dag_error *err)
{
    if (!fate->reason)
        fate->reason = strdup(reason);
    return fate->reason || dag_error_set_memory(err, "a reason");
}

/* ---- out -------------------------------------------------------------------------------- */

static bool send_message(struct redis_sink *sink, const struct dag_row *row, struct fate *fate,
                         struct dag_error *err)
{
    struct dag_buffer *text = &sink->writing.text;

    text->size = 0;
    if (!dag_json_write_row(text, row))
        return dag_error_set_memory(err, "a message");
    const char *words[] = {"PUBLISH", sink->channel, text->bytes};
    size_t sizes[] = {7, strlen(sink->channel), text->size};
    fate->awaited = 1;
    return redis_link_send(sink->link, words, sizes, 3, err);
}

static bool send_row(struct redis_sink *sink, const struct dag_row *row, struct fate *fate,
                     struct dag_error *err)
{
    const char *reason = NULL;

    if (sink->channel)
        return send_message(sink, row, fate, err);
    return redis_write_row(&sink->writing, row, sink->link, &fate->awaited, &reason, err) &&
           (!reason || refuse(fate, reason, err));
}

static bool send_window(struct redis_sink *sink, const struct dag_delivery *delivery,
                        struct dag_error *err)
{
    size_t count = delivery->count;

    if (count > (size_t)sink->pipeline)
        count = (size_t)sink->pipeline;
    while (sink->sent < count) {
        const struct dag_row *row = &delivery->rows[sink->sent];
        if (!send_row(sink, row, &sink->fates[sink->sent++], err)) {
            err->retryable = true; /* no memory now */
            return false;
        }
    }
    skip_answered(sink);
    return true;
}

/* ---- in --------------------------------------------------------------------------------- */

static bool judge(struct redis_sink *sink, const redisReply *reply, struct dag_error *err)
{
    struct fate *fate = &sink->fates[sink->answered];
    enum redis_fate meaning;

    if (reply->type != REDIS_REPLY_ERROR) {
        sink->unheard_count +=
            sink->channel && reply->type == REDIS_REPLY_INTEGER && reply->integer == 0;
    } else if ((meaning = redis_fate_of(reply->str)) == REDIS_REFUSED) {
        if (!refuse(fate, reply->str, err))
            return false;
    } else {
        dag_error_set(err, DAG_ERROR_IO, "%s port %" PRId64 " answers: %s", sink->settings.server,
                      sink->settings.port, reply->str);
        err->retryable = meaning == REDIS_RETRY;
        return false;
    }
    fate->awaited--;
    skip_answered(sink);
    return true;
}

static bool hear(struct redis_sink *sink, struct dag_error *err)
{
    while (sink->answered < sink->sent) {
        redisReply *reply = NULL;
        bool is_good;

        if (!redis_link_take(sink->link, &reply, err))
            return false;
        if (!reply)
            return true;
        is_good = judge(sink, reply, err);
        freeReplyObject(reply);
        if (!is_good)
            return false;
    }
    return true;
}

/* Answers that came before the connection broke count all the same. */
static bool exchange(struct redis_sink *sink, struct dag_error *err)
{
    struct dag_error broken = {0};
    bool is_open = redis_link_pump(sink->link, &broken);

    if (!hear(sink, err))
        return false;
    if (!is_open)
        *err = broken;
    return is_open;
}

static void hang_up(struct redis_sink *sink)
{
    redis_link_free(sink->link);
    sink->link = NULL;
}

static enum net_status connect_link(struct redis_sink *sink, struct dag_error *err)
{
    if (!sink->link)
        sink->link = redis_link_new(&sink->settings, sink->host, err);
    return sink->link ? redis_link_connect(sink->link, err) : NET_FAILED;
}

static enum dag_write_status redis_sink_write(void *state, const struct dag_delivery *delivery,
                                              size_t *written, struct dag_error *err)
{
    struct redis_sink *sink = state;
    enum net_status status = connect_link(sink, err);
    bool is_good = status == NET_DONE;

    *written = 0;
    if (status == NET_WAIT)
        return DAG_WRITE_WAIT;
    if (is_good && sink->sent == 0)
        is_good = send_window(sink, delivery, err);
    if (is_good)
        is_good = exchange(sink, err);
    if (is_good && sink->answered < sink->sent &&
        (is_good = redis_link_watch(sink->link, INT64_MAX, err)))
        return DAG_WRITE_WAIT;
    *written = take_answered(sink);
    if (is_good) {
        dag_set_timer(sink->host, INT64_MAX);
        return DAG_WRITE_DONE;
    }
    hang_up(sink);
    return DAG_WRITE_FAILED;
}

/* ---- beginning and end ------------------------------------------------------------------ */

static bool redis_sink_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    const struct redis_sink *sink = state;

    (void)address;
    if (sink->key_attribute[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'key_attribute': is empty");
    if (sink->ttl_us > 0 && sink->ttl_us < 1000)
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'ttl': is less than a millisecond");
    return redis_settings_check(&sink->settings, err);
}

static bool begin(struct redis_sink *sink, struct dag_host *host, struct dag_error *err)
{
    sink->host = host;
    sink->fates = calloc((size_t)sink->pipeline, sizeof(*sink->fates));
    return sink->fates || dag_error_set_memory(err, "a pipeline");
}

static bool redis_sink_open(void *state, const struct dag_address *address, struct dag_host *host,
                            struct dag_error *err)
{
    struct redis_sink *sink = state;

    (void)address;
    sink->writing.store = (enum redis_store)sink->store;
    sink->writing.key = dag_name_intern(sink->key_attribute, strlen(sink->key_attribute), NULL);
    sink->writing.keeps_key = strcmp(sink->key_attribute, REDIS_KEY_ATTRIBUTE) != 0;
    sink->writing.prefix = sink->prefix;
    sink->writing.ttl_us = sink->ttl_us;
    if (!sink->writing.key)
        return dag_error_set(err, DAG_ERROR_LIMIT,
                             "there are too many attribute names in this process to add '%s'",
                             sink->key_attribute);
    return begin(sink, host, err);
}

static bool channel_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    const struct redis_sink *sink = state;

    if (address->rest[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' should be redischannel://CHANNEL",
                             address->uri);
    return redis_settings_check(&sink->settings, err);
}

static bool channel_open(void *state, const struct dag_address *address, struct dag_host *host,
                         struct dag_error *err)
{
    struct redis_sink *sink = state;

    sink->channel = address->rest;
    return begin(sink, host, err);
}

static void redis_sink_stop(void *state)
{
    struct redis_sink *sink = state;

    hang_up(sink);
    if (sink->fates)
        clear_window(sink);
    free(sink->fates);
    sink->fates = NULL;
    redis_writing_deinit(&sink->writing);
}

static void redis_sink_describe(void *state, char *text, size_t size)
{
    const struct redis_sink *sink = state;
    size_t waiting = sink->sent - sink->answered;

    if (size == 0 || !sink->link)
        return;
    if (waiting > 0)
        snprintf(text, size, "%s port %" PRId64 " to answer for %zu message%s",
                 sink->settings.server, sink->settings.port, waiting, waiting == 1 ? "" : "s");
    else
        snprintf(text, size, "a connection to %s port %" PRId64, sink->settings.server,
                 sink->settings.port);
}

/* ---- the connectors --------------------------------------------------------------------- */

#define PIPELINE_OPTION                                                                            \
    {                                                                                              \
        .name = "pipeline", .type = DAG_OPTION_INTEGER, .offset = AT(pipeline), .min = 1,          \
        .max = PIPELINE_MAX, .default_json = "1000", .unit = "messages",                           \
        .help = "The most messages that are sent before their answers are waited for. Together "   \
                "with publish_interval and batch_size, messages are gathered."                     \
    }

static const struct dag_option redis_options[] = {
    REDIS_SETTINGS_OPTIONS,
    {.name = "store",
     .type = DAG_OPTION_CHOICE,
     .offset = AT(store),
     .default_json = "\"json\"",
     .choices = "json hash",
     .help =
         "json: SET, the other attributes as one JSON text; hash: HSET, a field for each, texts "
         "as they are and everything else as JSON."},
    {.name = "key_attribute",
     .type = DAG_OPTION_TEXT,
     .offset = AT(key_attribute),
     .default_json = "\"" REDIS_KEY_ATTRIBUTE "\"",
     .help = "The attribute that names the key. One of your own is stored, too; "
             "`" REDIS_KEY_ATTRIBUTE "` is not."},
    {.name = "key_prefix",
     .type = DAG_OPTION_TEXT,
     .offset = AT(prefix),
     .default_json = "\"\"",
     .help = "Put in front of every key."},
    {.name = "ttl",
     .type = DAG_OPTION_SECONDS,
     .offset = AT(ttl_us),
     .min = 0,
     .max = TTL_MAX_US,
     .default_json = "0",
     .unit = "seconds",
     .help = "How long a key lives after it was written; 0: for ever."},
    PIPELINE_OPTION,
    {0},
};

static const struct dag_option channel_options[] = {
    REDIS_SETTINGS_OPTIONS,
    PIPELINE_OPTION,
    {0},
};

const struct dag_publisher dag_publisher_redis = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_KEYED,
    .scheme = "redis",
    .name = "RedisDataPublisher",
    .summary = "Writes messages to Redis, each under its key.",
    .address_help = "redis://NAME, any name",
    .options = redis_options,
    .state_size = sizeof(struct redis_sink),
    .check = redis_sink_check,
    .open = redis_sink_open,
    .write = redis_sink_write,
    .stop = redis_sink_stop,
    .close = redis_sink_stop,
    .describe = redis_sink_describe,
};

const struct dag_publisher dag_publisher_redischannel = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "redischannel",
    .name = "RedisChannelDataPublisher",
    .summary = "Publishes messages to a Redis channel.",
    .address_help = "redischannel://CHANNEL",
    .options = channel_options,
    .state_size = sizeof(struct redis_sink),
    .check = channel_check,
    .open = channel_open,
    .write = redis_sink_write,
    .stop = redis_sink_stop,
    .close = redis_sink_stop,
    .describe = redis_sink_describe,
};
