/* metronome.c - a subscriber that sends a message every interval, and a publisher that counts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "connectors/registry.h"

#define ADDRESS_HELP    "metronome"
#define INTERVAL_MAX_US (INT64_C(366) * 86400 * 1000000)
#define TIMESTAMP_SIZE  14 /* YYYYMMDDHHMMSS */
#define ATTRIBUTE_COUNT 2

struct metronome_state {
    int64_t interval_us;      /* option */
    struct dag_value message; /* option */

    struct dag_host *host;
    int64_t next_us; /* of the monotonic clock: the next tick */
    uint64_t ticks;
};

static const struct dag_option metronome_options[] = {
    {
        .name = "interval",
        .type = DAG_OPTION_SECONDS,
        .offset = offsetof(struct metronome_state, interval_us),
        .min = 1000,
        .max = INTERVAL_MAX_US,
        .default_json = "1",
        .unit = "seconds",
        .help = "Time between two messages.",
    },
    {
        .name = "message",
        .type = DAG_OPTION_ANY,
        .offset = offsetof(struct metronome_state, message),
        .default_json = "\"tick\"",
        .help = "What each message carries under 'message'.",
    },
    {0},
};

static bool metronome_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    (void)state;
    if (strcmp(address->uri, ADDRESS_HELP) != 0)
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' should be the bare word " ADDRESS_HELP,
                             address->uri);
    return true;
}

static void begin(struct metronome_state *metronome, struct dag_host *host)
{
    metronome->host = host;
    metronome->next_us = dag_monotonic_us(host) + metronome->interval_us;
}

/* How many intervals have ended since the last call; the next one keeps to the grid. */
static uint64_t take_ticks(struct metronome_state *metronome)
{
    int64_t late_us = dag_monotonic_us(metronome->host) - metronome->next_us;
    int64_t ticks = late_us < 0 ? 0 : late_us / metronome->interval_us + 1;

    metronome->next_us += ticks * metronome->interval_us;
    metronome->ticks += (uint64_t)ticks;
    return (uint64_t)ticks;
}

/* ---- subscriber ------------------------------------------------------------------------- */

static bool metronome_source_open(void *state, const struct dag_address *address,
                                  struct dag_host *host, const char *position, size_t position_size,
                                  struct dag_error *err)
{
    struct metronome_state *metronome = state;

    (void)address;
    (void)position;
    (void)position_size;
    (void)err;
    begin(metronome, host);
    dag_set_timer(host, metronome->next_us);
    return true;
}

/* Local time as YYYYMMDDHHMMSS, in the arena of `batch`. NULL: out of memory. */
static const char *timestamp(struct dag_host *host, struct dag_batch *batch)
{
    time_t seconds = (time_t)(dag_clock_us(host) / 1000000);
    struct tm local;
    char text[64];

    if (!localtime_r(&seconds, &local) ||
        strftime(text, sizeof text, "%Y%m%d%H%M%S", &local) != TIMESTAMP_SIZE)
        memset(text, '0', TIMESTAMP_SIZE);
    return dag_batch_copy(batch, text, TIMESTAMP_SIZE);
}

/* The options go with the instance, a message may outlive it: so the value is copied. */
static bool copy_message(const struct dag_value *message, struct dag_batch *batch,
                         struct dag_value *copy)
{
    *copy = *message;
    if (message->type < DAG_TYPE_BIGNUM)
        return true;
    copy->as.text = dag_batch_copy(batch, message->as.text, message->size);
    return copy->as.text != NULL;
}

static bool append_tick(struct metronome_state *metronome, struct dag_batch *out,
                        struct dag_error *err)
{
    const struct dag_name *names[ATTRIBUTE_COUNT] = {
        dag_name_intern("message", strlen("message"), out),
        dag_name_intern("current_timestamp", strlen("current_timestamp"), out),
    };
    struct dag_value *values = dag_batch_alloc(out, ATTRIBUTE_COUNT * sizeof *values);
    const char *now = timestamp(metronome->host, out);
    struct dag_row row = {.values = values};
    struct dag_origin origin = {.offset = metronome->ticks};

    if (names[0] && names[1])
        row.shape = dag_shape_of(names, ATTRIBUTE_COUNT, out);
    if (!row.shape || !values || !now || !copy_message(&metronome->message, out, &values[0]))
        return dag_error_set_memory(err, "a tick");
    values[1] = dag_value_text(now, TIMESTAMP_SIZE);
    return dag_batch_append(out, row, origin, err);
}

static enum dag_read_status metronome_source_read(void *state, struct dag_batch *out,
                                                  struct dag_error *err)
{
    struct metronome_state *metronome = state;
    uint64_t ticks = take_ticks(metronome);

    dag_set_timer(metronome->host, metronome->next_us);
    if (ticks == 0)
        return DAG_READ_IDLE;
    if (ticks > 1)
        dag_count_dropped(metronome->host, "missed_ticks", ticks - 1);
    return append_tick(metronome, out, err) ? DAG_READ_IDLE : DAG_READ_FAILED;
}

static void metronome_source_stop(void *state)
{
    struct metronome_state *metronome = state;

    if (metronome->host)
        dag_set_timer(metronome->host, INT64_MAX);
    metronome->host = NULL;
}

const struct dag_subscriber dag_subscriber_metronome = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_BARE | DAG_CONNECTOR_TIMER | DAG_CONNECTOR_ORDERED,
    .scheme = "metronome",
    .name = "MetronomeDataSubscriber",
    .summary = "A message every interval, with the local time.",
    .address_help = ADDRESS_HELP,
    .options = metronome_options,
    .state_size = sizeof(struct metronome_state),
    .check = metronome_check,
    .open = metronome_source_open,
    .read = metronome_source_read,
    .stop = metronome_source_stop,
};

/* ---- publisher -------------------------------------------------------------------------- */

static bool metronome_sink_open(void *state, const struct dag_address *address,
                                struct dag_host *host, struct dag_error *err)
{
    (void)address;
    (void)err;
    begin(state, host);
    return true;
}

static enum dag_write_status metronome_sink_write(void *state, const struct dag_delivery *delivery,
                                                  size_t *written, struct dag_error *err)
{
    struct metronome_state *metronome = state;

    (void)err;
    take_ticks(metronome);
    if (delivery->count > 0)
        dag_count_dropped(metronome->host, "metronome_sink", delivery->count);
    *written = delivery->count;
    return DAG_WRITE_DONE;
}

static void metronome_sink_stop(void *state)
{
    struct metronome_state *metronome = state;

    metronome->host = NULL;
}

/* Its own messages go nowhere, so no timer is needed: they are counted when somebody looks. */
static void metronome_sink_describe(void *state, char *text, size_t size)
{
    struct metronome_state *metronome = state;

    if (metronome->host)
        take_ticks(metronome);
    snprintf(text, size, "made %llu messages of its own", (unsigned long long)metronome->ticks);
}

const struct dag_publisher dag_publisher_metronome = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_BARE,
    .scheme = "metronome",
    .name = "MetronomeDataPublisher",
    .summary = "Sends nowhere: counts a message of its own every interval, and drops the others.",
    .address_help = ADDRESS_HELP,
    .options = metronome_options,
    .state_size = sizeof(struct metronome_state),
    .check = metronome_check,
    .open = metronome_sink_open,
    .write = metronome_sink_write,
    .stop = metronome_sink_stop,
    .describe = metronome_sink_describe,
};
