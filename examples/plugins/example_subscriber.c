/* example_subscriber.c - a plug-in with a subscriber: counts, and goes on where it stopped. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "dag/plugin.h"

struct count {
    int64_t first;  /* option */
    int64_t last;   /* option; below `first`: never ends */
    int64_t period; /* option: microseconds between two records; 0: as fast as they are taken */

    struct dag_host *host;
    int64_t next;       /* the number to give next */
    int64_t next_at_us; /* when, on the monotonic clock */
};

static const struct dag_option count_options[] = {
    {
        .name = "first",
        .type = DAG_OPTION_INTEGER,
        .offset = offsetof(struct count, first),
        .min = 0,
        .max = INT64_MAX,
        .default_json = "1",
        .help = "The first number.",
    },
    {
        .name = "last",
        .type = DAG_OPTION_INTEGER,
        .offset = offsetof(struct count, last),
        .min = -1,
        .max = INT64_MAX - 1,
        .default_json = "-1",
        .help = "The last number; -1: there is none.",
    },
    {
        .name = "period",
        .type = DAG_OPTION_SECONDS,
        .offset = offsetof(struct count, period),
        .min = 0,
        .max = INT64_C(86400000000),
        .default_json = "0",
        .unit = "seconds",
        .help = "Time between two numbers; 0: as fast as they are taken.",
    },
    {0},
};

static bool count_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    const struct count *count = state;

    if (count->last >= 0 && count->last < count->first)
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s': 'last' is below 'first'", address->uri);
    return true;
}

/* A position is what count_save_position() wrote: the last number that is done with. */
static bool count_open(void *state, const struct dag_address *address, struct dag_host *host,
                       const char *position, size_t position_size, struct dag_error *err)
{
    struct count *count = state;

    count->host = host;
    count->next = count->first;
    count->next_at_us = dag_monotonic_us(host);
    if (position) {
        char text[32] = "";
        long long done;
        if (position_size < sizeof text)
            memcpy(text, position, position_size);
        if (sscanf(text, "%lld", &done) != 1)
            return dag_error_set(err, DAG_ERROR_INVALID, "'%s': the position is no number",
                                 address->uri);
        count->next = (int64_t)done + 1;
    }
    return true;
}

/* Appends {"n": number}. What a row points to lives in the batch, so nothing has to be freed. */
static bool append_number(struct dag_batch *out, int64_t number, struct dag_error *err)
{
    const struct dag_name *name = dag_name_intern("n", 1, out);
    struct dag_value *value = dag_batch_alloc(out, sizeof *value);
    struct dag_row row = {.values = value};
    struct dag_origin origin = {.offset = (uint64_t)number};

    if (name)
        row.shape = dag_shape_of(&name, 1, out);
    if (!row.shape || !value)
        return dag_error_set_memory(err, "a number");
    *value = dag_value_int(number);
    return dag_batch_append(out, row, origin, err);
}

/* Never waits: when the next number isn't due yet, a timer wakes the engine. */
static enum dag_read_status count_read(void *state, struct dag_batch *out, struct dag_error *err)
{
    struct count *count = state;

    while (dag_batch_room(out) > 0) {
        if (count->last >= 0 && count->next > count->last)
            return DAG_READ_END;
        if (count->period > 0 && dag_monotonic_us(count->host) < count->next_at_us) {
            dag_set_timer(count->host, count->next_at_us);
            return DAG_READ_IDLE;
        }
        if (!append_number(out, count->next, err))
            return DAG_READ_FAILED;
        count->next++;
        count->next_at_us += count->period;
    }
    return DAG_READ_MORE;
}

/* The engine names the last row that is done with; for the start it names none. */
static bool count_save_position(void *state, const struct dag_origin *origins, size_t lane_count,
                                struct dag_buffer *out, struct dag_error *err)
{
    const struct count *count = state;
    char text[32];
    int size =
        snprintf(text, sizeof text, "%lld",
                 lane_count > 0 ? (long long)origins[0].offset : (long long)count->first - 1);

    return dag_buffer_append(out, text, (size_t)size) || dag_error_set_memory(err, "a position");
}

static const struct dag_subscriber count_subscriber = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_SEEKS | DAG_CONNECTOR_ENDS | DAG_CONNECTOR_ORDERED,
    .scheme = "custom",
    .name = "ExampleCountSubscriber",
    .summary = "Counts from one number to another.",
    .address_help = "custom://NAME",
    .options = count_options,
    .state_size = sizeof(struct count),
    .check = count_check,
    .open = count_open,
    .read = count_read,
    .save_position = count_save_position,
};

static const struct dag_subscriber *const subscribers[] = {&count_subscriber, NULL};

static const struct dag_plugin plugin = {
    .abi_version = DAG_ABI_VERSION,
    .name = "example_subscriber",
    .version = "1.0",
    .subscribers = subscribers,
};

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    return engine_abi_version == DAG_ABI_VERSION ? &plugin : NULL;
}
