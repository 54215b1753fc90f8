/* fake_connectors.c - see fake_connectors.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_connectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calculators/registry.h"
#include "connectors/registry.h"
#include "transformers/registry.h"

static struct fake_source *sources;
static struct fake_sink *sinks;

void fake_source_register(struct fake_source *source, const char *name)
{
    source->name = name;
    pthread_mutex_init(&source->lock, NULL);
    pthread_cond_init(&source->changed, NULL);
    source->next = sources;
    sources = source;
}

void fake_sink_register(struct fake_sink *sink, const char *name)
{
    sink->name = name;
    if (sink->room == 0)
        sink->room = UINT64_MAX;
    pthread_mutex_init(&sink->lock, NULL);
    pthread_cond_init(&sink->changed, NULL);
    sink->values = calloc(FAKE_ROWS_MAX, sizeof(*sink->values));
    sink->cycles = calloc(FAKE_ROWS_MAX, sizeof(*sink->cycles));
    sink->next = sinks;
    sinks = sink;
}

void fake_connectors_clear(void)
{
    for (struct fake_sink *sink = sinks; sink; sink = sink->next) {
        free(sink->values);
        free(sink->cycles);
    }
    sinks = NULL;
    sources = NULL;
}

void fake_source_feed(struct fake_source *source, uint64_t count)
{
    pthread_mutex_lock(&source->lock);
    atomic_fetch_add(&source->total, count);
    pthread_cond_broadcast(&source->changed);
    if (source->host) /* under the lock: it can't be closed meanwhile */
        dag_wake(source->host);
    pthread_mutex_unlock(&source->lock);
}

void fake_sink_allow(struct fake_sink *sink, uint64_t count)
{
    pthread_mutex_lock(&sink->lock);
    atomic_fetch_add(&sink->room, count);
    pthread_cond_broadcast(&sink->changed);
    if (sink->host) /* under the lock: it can't be closed meanwhile */
        dag_wake(sink->host);
    pthread_mutex_unlock(&sink->lock);
}

void fake_sink_wait(struct fake_sink *sink, uint64_t count)
{
    pthread_mutex_lock(&sink->lock);
    while (atomic_load(&sink->count) < count)
        pthread_cond_wait(&sink->changed, &sink->lock);
    pthread_mutex_unlock(&sink->lock);
}

/* ---- the subscriber ---- */

struct source_state {
    struct fake_source *script;
};

static bool take_failure(_Atomic int *failures, struct dag_error *err)
{
    if (atomic_load(failures) <= 0)
        return false;
    atomic_fetch_sub(failures, 1);
    dag_error_set(err, DAG_ERROR_IO, "not now");
    err->retryable = true;
    return true;
}

static bool source_attach(void *state, const struct dag_address *address, struct dag_host *host,
                          struct dag_error *err)
{
    struct source_state *mine = state;

    for (struct fake_source *i = sources; i && !mine->script; i = i->next)
        if (strcmp(i->name, address->rest) == 0)
            mine->script = i;
    if (!mine->script)
        return dag_error_set(err, DAG_ERROR_INVALID, "no script for '%s'", address->uri);
    pthread_mutex_lock(&mine->script->lock);
    mine->script->host = host;
    pthread_mutex_unlock(&mine->script->lock);
    return true;
}

static bool source_open(void *state, const struct dag_address *address, struct dag_host *host,
                        const char *position, size_t position_size, struct dag_error *err)
{
    struct source_state *mine = state;

    (void)address;
    (void)host;
    (void)position;
    (void)position_size;
    if (take_failure(&mine->script->open_failures, err))
        return false;
    atomic_fetch_add(&mine->script->opened, 1);
    return true;
}

static bool append(struct fake_source *script, struct dag_batch *out, uint64_t n)
{
    const struct dag_name *names[] = {dag_name_intern("n", 1, out), dag_name_intern("pad", 3, out)};
    struct dag_value *values = dag_batch_alloc(out, 2 * sizeof(*values));
    char *pad = script->pads ? dag_batch_alloc(out, 4096) : NULL;
    struct dag_error err;

    values[0] = dag_value_int((int64_t)n);
    if (pad) {
        memset(pad, 'x', 4096);
        values[1] = dag_value_text(pad, 4096);
    }
    return dag_batch_append(
        out, (struct dag_row){dag_shape_of(names, script->pads ? 2 : 1, out), values},
        (struct dag_origin){.offset = n + 1}, &err);
}

static enum dag_read_status source_read(void *state, struct dag_batch *out, struct dag_error *err)
{
    struct fake_source *script = ((struct source_state *)state)->script;
    uint64_t limit = script->per_read ? script->per_read : UINT64_MAX;

    if (take_failure(&script->failures, err))
        return DAG_READ_FAILED;
    if (atomic_load(&script->is_fatal)) {
        dag_error_set(err, DAG_ERROR_INVALID, "never");
        return DAG_READ_FAILED;
    }
    uint64_t n = atomic_load(&script->given);
    for (; limit > 0 && n < atomic_load(&script->total) && dag_batch_room(out) > 0; limit--)
        append(script, out, n++);
    atomic_store(&script->given, n);
    if (n < atomic_load(&script->total))
        return DAG_READ_MORE;
    return script->ends ? DAG_READ_END : DAG_READ_IDLE;
}

static enum dag_read_status source_read_blocking(void *state, struct dag_batch *out,
                                                 struct dag_error *err)
{
    struct fake_source *script = ((struct source_state *)state)->script;

    pthread_mutex_lock(&script->lock);
    while (!script->is_interrupted && !script->ends &&
           atomic_load(&script->given) == atomic_load(&script->total))
        pthread_cond_wait(&script->changed, &script->lock);
    script->is_interrupted = false;
    pthread_mutex_unlock(&script->lock);
    enum dag_read_status status = source_read(state, out, err);
    return status == DAG_READ_IDLE ? DAG_READ_MORE : status;
}

static bool source_acknowledge(void *state, const struct dag_origin *origins, size_t lane_count,
                               struct dag_error *err)
{
    (void)lane_count;
    (void)err;
    atomic_store(&((struct source_state *)state)->script->acknowledged, origins[0].offset);
    return true;
}

static void source_interrupt(void *state)
{
    struct fake_source *script = ((struct source_state *)state)->script;

    pthread_mutex_lock(&script->lock);
    script->is_interrupted = true;
    pthread_cond_broadcast(&script->changed);
    pthread_mutex_unlock(&script->lock);
    atomic_fetch_add(&script->interrupted, 1);
}

static void source_stop(void *state)
{
    atomic_fetch_add(&((struct source_state *)state)->script->stopped, 1);
}

static void source_close(void *state)
{
    struct fake_source *script = ((struct source_state *)state)->script;

    if (!script)
        return;
    pthread_mutex_lock(&script->lock);
    script->host = NULL;
    pthread_mutex_unlock(&script->lock);
    atomic_fetch_add(&script->closed, 1);
}

/* ---- the publisher ---- */

struct sink_state {
    struct fake_sink *script;
};

static bool sink_open(void *state, const struct dag_address *address, struct dag_host *host,
                      struct dag_error *err)
{
    struct sink_state *mine = state;

    for (struct fake_sink *i = sinks; i && !mine->script; i = i->next)
        if (strcmp(i->name, address->rest) == 0)
            mine->script = i;
    if (!mine->script)
        return dag_error_set(err, DAG_ERROR_INVALID, "no script for '%s'", address->uri);
    pthread_mutex_lock(&mine->script->lock);
    mine->script->host = host;
    pthread_mutex_unlock(&mine->script->lock);
    if (take_failure(&mine->script->open_failures, err))
        return false;
    atomic_fetch_add(&mine->script->opened, 1);
    return true;
}

static void record(struct fake_sink *script, const struct dag_row *row, uint64_t cycle)
{
    const struct dag_name *name = dag_name_intern("n", 1, NULL);
    int32_t slot = row->shape ? dag_shape_find(row->shape, name) : -1;
    uint64_t count = atomic_load(&script->count);

    if (count < FAKE_ROWS_MAX) {
        script->values[count] = slot < 0 ? -1 : row->values[slot].as.integer;
        script->cycles[count] = cycle;
    }
    atomic_store(&script->count, count + 1);
}

static enum dag_write_status sink_write(void *state, const struct dag_delivery *delivery,
                                        size_t *written, struct dag_error *err)
{
    struct fake_sink *script = ((struct sink_state *)state)->script;
    enum dag_write_status status = DAG_WRITE_DONE;

    atomic_fetch_add(&script->writes, 1);
    if (take_failure(&script->failures, err))
        return DAG_WRITE_FAILED;
    if (atomic_load(&script->is_fatal)) {
        dag_error_set(err, DAG_ERROR_INVALID, "never");
        return DAG_WRITE_FAILED;
    }
    pthread_mutex_lock(&script->lock);
    for (*written = 0; *written < delivery->count; ++*written) {
        const struct dag_row *row = &delivery->rows[*written];
        if (atomic_load(&script->count) >= atomic_load(&script->room)) {
            status = DAG_WRITE_WAIT;
            break;
        }
        if (script->reject_every > 0 && row->shape && row->shape->count > 0 &&
            (uint64_t)row->values[0].as.integer % script->reject_every == 0)
            dag_reject_row(script->host, *written, "refused");
        else
            record(script, row, delivery->cycles[*written]);
    }
    if (*written == delivery->count)
        atomic_store(&script->last_mark, delivery->mark);
    pthread_cond_broadcast(&script->changed);
    pthread_mutex_unlock(&script->lock);
    return status;
}

static enum dag_write_status sink_write_blocking(void *state, const struct dag_delivery *delivery,
                                                 size_t *written, struct dag_error *err)
{
    struct fake_sink *script = ((struct sink_state *)state)->script;

    pthread_mutex_lock(&script->lock);
    while (!script->is_interrupted && atomic_load(&script->count) >= atomic_load(&script->room))
        pthread_cond_wait(&script->changed, &script->lock);
    script->is_interrupted = false;
    pthread_mutex_unlock(&script->lock);
    enum dag_write_status status = sink_write(state, delivery, written, err);
    return status == DAG_WRITE_WAIT && *written > 0 ? DAG_WRITE_DONE : status;
}

static enum dag_write_status sink_flush(void *state, struct dag_error *err)
{
    struct fake_sink *script = ((struct sink_state *)state)->script;

    (void)err;
    atomic_store(&script->flushed, atomic_load(&script->count));
    return DAG_WRITE_DONE;
}

static void sink_interrupt(void *state)
{
    struct fake_sink *script = ((struct sink_state *)state)->script;

    pthread_mutex_lock(&script->lock);
    script->is_interrupted = true;
    pthread_cond_broadcast(&script->changed);
    pthread_mutex_unlock(&script->lock);
    atomic_fetch_add(&script->interrupted, 1);
}

static void sink_stop(void *state)
{
    struct fake_sink *script = ((struct sink_state *)state)->script;

    if (script)
        atomic_fetch_add(&script->stopped, 1);
}

static void sink_close(void *state)
{
    struct fake_sink *script = ((struct sink_state *)state)->script;

    if (!script)
        return;
    pthread_mutex_lock(&script->lock);
    script->host = NULL;
    pthread_mutex_unlock(&script->lock);
    atomic_fetch_add(&script->closed, 1);
}

/* ---- the registry ---- */

static const struct dag_option no_options[] = {{0}};

#define SUBSCRIBER                                                                                 \
    .abi_version = DAG_ABI_VERSION, .name = "FakeSubscriber", .summary = "Reads a script.",        \
    .address_help = "fake://NAME", .options = no_options,                                          \
    .state_size = sizeof(struct source_state), .attach = source_attach, .open = source_open,       \
    .acknowledge = source_acknowledge, .stop = source_stop, .close = source_close

static const struct dag_subscriber fake_subscriber = {
    .scheme = "fake",
    .flags = DAG_CONNECTOR_ENDS,
    .read = source_read,
    SUBSCRIBER,
};

static const struct dag_subscriber blocking_subscriber = {
    .scheme = "blocking",
    .flags = DAG_CONNECTOR_ENDS | DAG_CONNECTOR_BLOCKS,
    .read = source_read_blocking,
    .interrupt = source_interrupt,
    SUBSCRIBER,
};

#define PUBLISHER                                                                                  \
    .abi_version = DAG_ABI_VERSION, .name = "FakePublisher", .summary = "Records.",                \
    .address_help = "fake://NAME", .options = no_options, .state_size = sizeof(struct sink_state), \
    .open = sink_open, .stop = sink_stop, .close = sink_close

static const struct dag_publisher fake_publisher = {
    .scheme = "fake",
    .write = sink_write,
    PUBLISHER,
};

static bool sink_progress(void *state, const char *instance, uint64_t *cycle, struct dag_error *err)
{
    (void)state;
    (void)instance;
    (void)err;
    *cycle = 0;
    return true;
}

static const struct dag_publisher flushing_publisher = {
    .scheme = "flushing",
    .write = sink_write,
    .flush = sink_flush,
    PUBLISHER,
};

static const struct dag_publisher counting_publisher = {
    .flags = DAG_CONNECTOR_PROGRESS,
    .scheme = "counting",
    .write = sink_write,
    .flush = sink_flush,
    .progress = sink_progress,
    PUBLISHER,
};

static const struct dag_publisher blocking_publisher = {
    .scheme = "blocking",
    .flags = DAG_CONNECTOR_BLOCKS,
    .write = sink_write_blocking,
    .interrupt = sink_interrupt,
    PUBLISHER,
};

static const struct dag_subscriber *const subscribers[] = {&blocking_subscriber, &fake_subscriber,
                                                           &dag_subscriber_mem, NULL};
static const struct dag_publisher *const publishers[] = {&blocking_publisher, &fake_publisher,
                                                         &flushing_publisher, &counting_publisher,
                                                         &dag_publisher_mem,  NULL};

const struct registry *fake_connectors_registry(void)
{
    static struct registry registry;

    registry.calculators = calculators_builtin;
    registry.transformers = transformers_builtin;
    registry.subscribers = subscribers;
    registry.publishers = publishers;
    return &registry;
}

struct plan *fake_plan(const char *text)
{
    struct problems problems = {0};
    struct check_options options = {.path = "fake.json"};
    struct dag_error err = {0};
    char *json = strdup(text);

    for (char *at = json; *at; at++)
        if (*at == '\'')
            *at = '"';
    struct plan *plan =
        graph_check(json, strlen(json), fake_connectors_registry(), &options, &problems, &err);
    for (size_t i = 0; !plan && i < problems.count; i++)
        fprintf(stderr, "fake_plan: %s\n", problems.items[i].message);
    if (!plan)
        abort();
    problems_free(&problems);
    free(json);
    return plan;
}

struct plan *fake_chain(const char *name, const char *source, const char *subscriber_config,
                        const char *sink, const char *publisher_config)
{
    char text[2048];

    snprintf(text, sizeof(text),
             "{'name':'%s',"
             "'subscribers':[{'name':'s','config':{'source':'%s'%s}}],"
             "'publishers':[{'name':'p','config':{'destination':'%s'%s}}],"
             "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
             "{'name':'out','type':'PublicationNode','publishers':['p']}],"
             "'edges':[{'from_node':'in','to_node':'out'}]}",
             name, source, subscriber_config, sink, publisher_config);
    return fake_plan(text);
}
