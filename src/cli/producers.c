/* producers.c - which DAGs of a run put messages into mem://. A DAG that publishes there is waited
 * for by a thread of its own, so that its readers hear of its end at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/producers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/mem/broker.h"
#include "core/log.h"
#include "graph/feeds.h"

struct producer {
    char **uris; /* owned, as the texts; what the DAG publishes to */
    size_t uri_count;
    struct dag *dag; /* borrowed; NULL until it is watched */
    pthread_t thread;
    bool is_watched;
};

struct producers {
    struct producer *items; /* owned */
    size_t count;
};

static bool declare(struct producer *producer, const struct plan *plan, struct dag_error *err)
{
    producer->uris = calloc(plan->publisher_count + 1, sizeof(char *));
    if (!producer->uris)
        return dag_error_set_memory(err, "the DAG's producers");
    for (size_t i = 0; i < plan->publisher_count; i++) {
        const struct dag_address *address = &plan->publishers[i].address;

        if (!feeds_is_memory(address) || !feeds_uses_publisher(plan, i))
            continue;

        char *uri = strdup(address->uri);

        if (!uri || !broker_declare_producer(uri, err)) {
            free(uri);
            return uri ? false : dag_error_set_memory(err, "the DAG's producers");
        }
        producer->uris[producer->uri_count++] = uri;
    }
    return true;
}

static void retract(struct producer *producer)
{
    for (size_t i = 0; i < producer->uri_count; i++) {
        broker_retract_producer(producer->uris[i]);
        free(producer->uris[i]);
    }
    producer->uri_count = 0;
}

static void warn_of_silence(struct plan *const *plans, size_t count,
                            const struct producers *producers)
{
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < plans[i]->subscriber_count; s++) {
            const struct plan_subscriber *subscriber = &plans[i]->subscribers[s];
            bool is_fed = !feeds_is_memory(&subscriber->address);

            for (size_t p = 0; p < producers->count && !is_fed; p++)
                for (size_t u = 0; u < producers->items[p].uri_count && !is_fed; u++)
                    is_fed = strcmp(producers->items[p].uris[u], subscriber->address.uri) == 0;
            if (!is_fed)
                log_write(DAG_LOG_WARNING, plans[i]->name, subscriber->name,
                          "nothing in this run publishes to %s", subscriber->address.uri);
        }
}

struct producers *producers_declare(struct plan *const *plans, size_t count, struct dag_error *err)
{
    struct producers *producers = calloc(1, sizeof(*producers));

    if (producers)
        producers->items = calloc(count, sizeof(*producers->items));
    if (!producers || !producers->items) {
        free(producers);
        dag_error_set_memory(err, "the DAG's producers");
        return NULL;
    }
    broker_set_closed_world(true);
    producers->count = count;
    for (size_t i = 0; i < count; i++)
        if (!declare(&producers->items[i], plans[i], err)) {
            producers_free(producers);
            return NULL;
        }
    warn_of_silence(plans, count, producers);
    return producers;
}

static void *watch(void *context)
{
    struct producer *producer = context;

    dag_wait(producer->dag, -1);
    retract(producer);
    return NULL;
}

bool producers_watch(struct producers *producers, size_t i, struct dag *dag, struct dag_error *err)
{
    struct producer *producer = &producers->items[i];

    if (producer->uri_count == 0)
        return true;
    producer->dag = dag;
    if (pthread_create(&producer->thread, NULL, watch, producer) != 0)
        return dag_error_set(err, DAG_ERROR_LIMIT, "no more threads");
    producer->is_watched = true;
    return true;
}

void producers_free(struct producers *producers)
{
    if (!producers)
        return;
    for (size_t i = 0; i < producers->count; i++) {
        if (producers->items[i].is_watched)
            pthread_join(producers->items[i].thread, NULL);
        retract(&producers->items[i]);
        free(producers->items[i].uris);
    }
    free(producers->items);
    free(producers);
}
