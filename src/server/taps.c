/* taps.c - taps on nodes that outlast what runs of a DAG: when another definition takes its place,
 * they go on there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/messages.h"
#include "server/server_parts.h"

/** Guarded by the server's taps_lock, but for what never changes. */
struct server_tap {
    struct server_tap *next;
    struct entry *entry; /* held */
    struct dag_tap *tap; /* owned; NULL: nothing runs, or the node is gone */
    server_tapped tapped;
    void *context;
    uint32_t rate;
    bool is_output;
    char node[];
};

static void on_tapped(void *context, const struct dag_tapped *tapped)
{
    const struct server_tap *tap = context;

    tap->tapped(tap->context, tapped->cycle, tapped->time_us, tapped->json, tapped->size,
                tapped->is_truncated);
}

static int32_t node_index(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->node_count; i++)
        if (strcmp(plan->nodes[i].name, name) == 0)
            return (int32_t)i;
    return -1;
}

/* Also true when nothing runs that could be tapped. */
static bool attach(struct server_tap *tap, const struct incarnation *now, struct dag_error *err)
{
    int32_t node = now ? node_index(now->plan, tap->node) : -1;

    if (node < 0 || !now->dag)
        return true;
    tap->tap = dag_tap_new(now->dag, node, tap->is_output, tap->rate, on_tapped, tap, err);
    return tap->tap != NULL;
}

void taps_follow(struct entry *entry, const struct incarnation *incarnation)
{
    struct server *server = entry->server;
    struct dag_error ignored = {0};

    pthread_mutex_lock(&server->taps_lock);
    for (struct server_tap *tap = server->taps; tap; tap = tap->next) {
        if (tap->entry != entry)
            continue;
        dag_tap_free(tap->tap);
        tap->tap = NULL;
        (void)attach(tap, incarnation, &ignored);
    }
    pthread_mutex_unlock(&server->taps_lock);
}

static size_t count_of(const struct server *server, const struct entry *entry, const char *node)
{
    size_t count = 0;

    for (const struct server_tap *tap = server->taps; tap; tap = tap->next)
        count += tap->entry == entry && strcmp(tap->node, node) == 0;
    return count;
}

static bool add(struct server *server, struct server_tap *tap, const struct incarnation *now,
                struct answer *answer)
{
    struct dag_error err = {0};

    if (node_index(now->plan, tap->node) < 0)
        return answer_set(answer, ANSWER_NOT_FOUND, "node_not_found", "there is no node %.200s",
                          tap->node);
    if (count_of(server, tap->entry, tap->node) >= DAG_TAPS_MAX)
        return answer_set(answer, ANSWER_FULL, "too_many_taps",
                          "node %.200s has %d taps already: end one of them", tap->node,
                          DAG_TAPS_MAX);
    if (!attach(tap, now, &err))
        return err.code == DAG_ERROR_LIMIT
                   ? answer_set(answer, ANSWER_FULL, "too_many_taps", "%.300s", err.message)
                   : answer_set_error(answer, "tap_failed", &err);
    tap->next = server->taps;
    server->taps = tap;
    return true;
}

/* What runs is looked up under the lock: taps_follow() comes before or after, and misses none. */
static bool add_now(struct server *server, struct server_tap *tap, struct answer *answer)
{
    pthread_mutex_lock(&server->taps_lock);
    struct incarnation *now = entry_use(tap->entry);
    bool done = now ? add(server, tap, now, answer)
                    : answer_set(answer, ANSWER_CONFLICT, "dag_invalid",
                                 "the definition of DAG %.200s has problems: mend it first",
                                 entry_name(tap->entry));
    pthread_mutex_unlock(&server->taps_lock);
    incarnation_release(now);
    return done;
}

struct server_tap *server_tap_new(struct server *server, const char *dag, const char *node,
                                  bool is_output, uint32_t rate, server_tapped tapped,
                                  void *context, struct answer *answer)
{
    size_t size = strlen(node) + 1;
    struct server_tap *tap = calloc(1, sizeof(*tap) + size);

    if (!tap) {
        answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
        return NULL;
    }
    memcpy(tap->node, node, size);
    tap->tapped = tapped;
    tap->context = context;
    tap->rate = rate < 1 ? 1 : rate > DAG_TAP_RATE_MAX ? DAG_TAP_RATE_MAX : rate;
    tap->is_output = is_output;
    tap->entry = entry_find(server, dag, answer);
    if (tap->entry && add_now(server, tap, answer))
        return tap;
    entry_release(tap->entry);
    free(tap);
    return NULL;
}

void server_tap_free(struct server_tap *tap)
{
    if (!tap)
        return;
    struct server *server = tap->entry->server;
    struct server_tap **link = &server->taps;

    pthread_mutex_lock(&server->taps_lock);
    while (*link != tap)
        link = &(*link)->next;
    *link = tap->next;
    dag_tap_free(tap->tap);
    pthread_mutex_unlock(&server->taps_lock);
    entry_release(tap->entry);
    free(tap);
}
