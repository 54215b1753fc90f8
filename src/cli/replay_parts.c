/* replay_parts.c - see replay_parts.h. The two connectors are known to no registry: a DAG file
 * can't name them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dag/json.h"

#define LETTERS    "dead_letters"
#define BLOCK_ROWS 256

/* ---- a publisher that writes rows from a cycle on to a file: replay://CYCLE/PATH ---------------
 */

struct replay_sink {
    struct dag_host *host;
    struct dag_file *file;   /* owned */
    struct dag_buffer bytes; /* owned */
    uint64_t from;
};

static bool sink_open(void *state, const struct dag_address *address, struct dag_host *host,
                      struct dag_error *err)
{
    struct replay_sink *sink = state;
    char *path;

    sink->host = host;
    sink->from = strtoull(address->rest, &path, 10);
    sink->file = dag_file_open(host, path + 1, DAG_OPEN_WRITE | DAG_OPEN_APPEND, err);
    err->retryable = false;
    return sink->file != NULL;
}

static enum dag_write_status sink_write(void *state, const struct dag_delivery *delivery,
                                        size_t *written, struct dag_error *err)
{
    struct replay_sink *sink = state;
    size_t done = 0;

    while (done < delivery->count && delivery->cycles[done] < sink->from)
        done++;
    while (done < delivery->count) {
        size_t rows = delivery->count - done < BLOCK_ROWS ? delivery->count - done : BLOCK_ROWS;
        sink->bytes.size = 0;
        if (!dag_json_write_lines(&sink->bytes, delivery->rows + done, rows)) {
            dag_error_set_memory(err, "lines of a file");
            break;
        }
        if (!dag_file_write(sink->host, sink->file, sink->bytes.bytes, sink->bytes.size, err))
            break;
        done += rows;
    }
    *written = done;
    if (done == delivery->count)
        return DAG_WRITE_DONE;
    err->retryable = false; /* a part of the rows may be in the file */
    return DAG_WRITE_FAILED;
}

static enum dag_write_status sink_flush(void *state, struct dag_error *err)
{
    struct replay_sink *sink = state;

    if (dag_file_sync(sink->host, sink->file, err))
        return DAG_WRITE_DONE;
    err->retryable = false;
    return DAG_WRITE_FAILED;
}

static void sink_stop(void *state)
{
    struct replay_sink *sink = state;

    if (sink->file)
        dag_file_close(sink->host, sink->file);
    sink->file = NULL;
    dag_buffer_free(&sink->bytes);
}

static const struct dag_publisher replay_publisher = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "replay",
    .name = "ReplayDataPublisher",
    .summary = "Writes the rows of replayed cycles to a file.",
    .state_size = sizeof(struct replay_sink),
    .open = sink_open,
    .write = sink_write,
    .flush = sink_flush,
    .stop = sink_stop,
};

/* ---- a subscriber that brings nothing: the journal has its events ------------------------------
 */

static bool source_open(void *state, const struct dag_address *address, struct dag_host *host,
                        const char *position, size_t position_size, struct dag_error *err)
{
    (void)state;
    (void)address;
    (void)host;
    (void)position;
    (void)position_size;
    (void)err;
    return true;
}

static enum dag_read_status source_read(void *state, struct dag_batch *out, struct dag_error *err)
{
    (void)state;
    (void)out;
    (void)err;
    return DAG_READ_IDLE;
}

static const struct dag_subscriber replay_subscriber = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "replay",
    .name = "ReplayDataSubscriber",
    .summary = "Brings nothing: a journal has the events.",
    .open = source_open,
    .read = source_read,
};

/* ---- the plan ----------------------------------------------------------------------------------
 */

static const char *publisher_name(const struct plan *plan, size_t publisher)
{
    return publisher < plan->publisher_count ? plan->publishers[publisher].name : LETTERS;
}

const char *replay_path(const struct plan *plan, size_t publisher, const char *out)
{
    const char *name = publisher_name(plan, publisher);
    size_t size = strlen(out) + strlen(name) + sizeof("/.jsonl");
    char *path = tree_alloc(plan->document, size);

    if (path)
        snprintf(path, size, "%s/%s.jsonl", out, name);
    return path;
}

static bool redirect(struct plan *plan, struct plan_publisher *publisher, size_t index,
                     const char *out, uint64_t from)
{
    static const char scheme[] = "replay://";
    const char *path = replay_path(plan, index, out);
    size_t size = path ? strlen(path) + sizeof(scheme) + 24 : 0;
    char *uri = path ? tree_alloc(plan->document, size) : NULL;

    if (!uri)
        return false;
    snprintf(uri, size, "%s%" PRIu64 "/%s", scheme, from, path);
    *publisher = (struct plan_publisher){
        .name = publisher_name(plan, index),
        .type = &replay_publisher,
        .address = {.uri = uri, .scheme = "replay", .rest = uri + sizeof(scheme) - 1},
    };
    return true;
}

static bool is_read(const struct plan *plan, size_t subscriber)
{
    for (size_t i = 0; i < plan->node_count; i++)
        if (plan->nodes[i].subscriber == (int32_t)subscriber)
            return true;
    return false;
}

static bool can_be_read_again(const struct plan *plan, struct dag_error *err)
{
    for (size_t i = 0; i < plan->subscriber_count; i++) {
        const struct plan_subscriber *subscriber = &plan->subscribers[i];

        bool can = (subscriber->type->flags & DAG_CONNECTOR_SEEKS) != 0 &&
                   strcmp(subscriber->address.uri, "file://-") != 0;
        if (!can && is_read(plan, i))
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "subscriber '%.100s' can't read its source '%.200s' again, and a "
                                 "journal of depth order doesn't hold the events; one of depth "
                                 "events does",
                                 subscriber->name, subscriber->address.uri);
    }
    return true;
}

static void silence(struct plan *plan, struct plan_subscriber *subscribers)
{
    for (size_t i = 0; i < plan->subscriber_count; i++) {
        subscribers[i] = plan->subscribers[i];
        subscribers[i].type = &replay_subscriber;
        subscribers[i].config = NULL;
    }
    plan->subscribers = subscribers;
}

bool replay_redirect(struct plan *plan, const char *out, uint64_t from,
                     const struct plan_publisher **letters, struct dag_error *err)
{
    size_t count = plan->publisher_count;
    struct plan_publisher *publishers =
        tree_alloc(plan->document, (count + 1) * sizeof(*publishers));
    struct plan_subscriber *subscribers =
        tree_alloc(plan->document, (plan->subscriber_count + 1) * sizeof(*subscribers));
    bool done = publishers && subscribers;

    for (size_t i = 0; done && i <= count; i++)
        done = redirect(plan, &publishers[i], i, out, from);
    if (!done)
        return dag_error_set_memory(err, "a plan");
    if (plan->journal == PLAN_JOURNAL_EVENTS)
        silence(plan, subscribers);
    else if (!can_be_read_again(plan, err))
        return false;
    plan->publishers = publishers;
    plan->delivery = PLAN_AT_LEAST_ONCE; /* no sink has progress to be asked for */
    *letters = plan->errors < 0 ? &publishers[count] : NULL;
    return true;
}
