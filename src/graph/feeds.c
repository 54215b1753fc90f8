/* feeds.c - see feeds.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/feeds.h"

#include <stdlib.h>
#include <string.h>

#define NO_GROUP UINT32_MAX

bool feeds_uses_publisher(const struct plan *plan, size_t publisher)
{
    if (plan->errors == (int32_t)publisher)
        return true;
    for (size_t i = 0; i < plan->node_count; i++)
        for (size_t k = 0; k < plan->nodes[i].publisher_count; k++)
            if (plan->nodes[i].publishers[k] == (int32_t)publisher)
                return true;
    return false;
}

bool feeds_is_memory(const struct dag_address *address)
{
    return strcmp(address->scheme, "mem") == 0;
}

/* ---- edges ---- */

/* One end of an edge: a queue or topic, and the DAG that publishes or subscribes to it. */
struct end {
    const char *uri; /* the plan's */
    uint32_t dag;
};

static int by_uri(const void *a, const void *b)
{
    return strcmp(((const struct end *)a)->uri, ((const struct end *)b)->uri);
}

static int by_edge(const void *a, const void *b)
{
    const struct feeds_edge *one = a, *other = b;

    if (one->feeder != other->feeder)
        return one->feeder < other->feeder ? -1 : 1;
    if (one->reader != other->reader)
        return one->reader < other->reader ? -1 : 1;
    return one->subscriber < other->subscriber ? -1 : one->subscriber > other->subscriber;
}

static bool add_edge(struct feeds *feeds, size_t *capacity, struct feeds_edge edge)
{
    if (feeds->edge_count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : 16;
        struct feeds_edge *edges = realloc(feeds->edges, more * sizeof(*edges));
        if (!edges)
            return false;
        feeds->edges = edges;
        *capacity = more;
    }
    feeds->edges[feeds->edge_count++] = edge;
    return true;
}

/* The publishers' ends, by their URI. NULL: out of memory. */
static struct end *list_publishers(const struct plan *const *plans, size_t count, size_t *found)
{
    size_t most = 0;

    for (size_t i = 0; i < count; i++)
        most += plans[i]->publisher_count;
    struct end *ends = calloc(most + 1, sizeof(*ends));
    *found = 0;
    for (uint32_t i = 0; ends && i < count; i++)
        for (size_t k = 0; k < plans[i]->publisher_count; k++) {
            const struct dag_address *address = &plans[i]->publishers[k].address;
            if (feeds_is_memory(address) && feeds_uses_publisher(plans[i], k))
                ends[(*found)++] = (struct end){address->uri, i};
        }
    if (ends)
        qsort(ends, *found, sizeof(*ends), by_uri);
    return ends;
}

/* The first of the ends that has this URI, or one behind where it would stand. */
static size_t first_of(const struct end *ends, size_t count, const char *uri)
{
    size_t first = 0, end = count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (strcmp(ends[middle].uri, uri) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static void drop_twins(struct feeds *feeds)
{
    size_t kept = 0;

    if (feeds->edge_count > 1)
        qsort(feeds->edges, feeds->edge_count, sizeof(*feeds->edges), by_edge);
    for (size_t i = 0; i < feeds->edge_count; i++)
        if (kept == 0 || by_edge(&feeds->edges[kept - 1], &feeds->edges[i]) != 0)
            feeds->edges[kept++] = feeds->edges[i];
    feeds->edge_count = kept;
}

static bool find_edges(struct feeds *feeds, const struct plan *const *plans)
{
    size_t end_count, capacity = 0;
    struct end *ends = list_publishers(plans, feeds->count, &end_count);
    bool done = ends != NULL;

    for (uint32_t i = 0; done && i < feeds->count; i++)
        for (uint32_t k = 0; done && k < plans[i]->subscriber_count; k++) {
            const struct dag_address *address = &plans[i]->subscribers[k].address;
            if (!feeds_is_memory(address))
                continue;
            for (size_t at = first_of(ends, end_count, address->uri);
                 done && at < end_count && strcmp(ends[at].uri, address->uri) == 0; at++)
                done = add_edge(feeds, &capacity, (struct feeds_edge){ends[at].dag, i, k});
        }
    free(ends);
    drop_twins(feeds);
    return done;
}

/* ---- groups: Tarjan's strongly connected components, without recursion ---- */

struct visit {
    uint32_t number; /* in the order of being reached; 0: not yet */
    uint32_t low;    /* the lowest number that is reached from here */
    uint32_t edge;   /* the next one to follow */
};

struct search {
    struct feeds *feeds;
    struct visit *visits; /* owned, by DAG */
    uint32_t *path;       /* owned: from the root to where it is */
    uint32_t *open;       /* owned: reached, and not in a group yet */
    uint32_t path_size, open_size, reached, group_count;
};

static uint32_t first_edge(const struct feeds *feeds, uint32_t dag)
{
    size_t first = 0, end = feeds->edge_count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (feeds->edges[middle].feeder < dag)
            first = middle + 1;
        else
            end = middle;
    }
    return (uint32_t)first;
}

static void reach(struct search *search, uint32_t dag)
{
    search->visits[dag] = (struct visit){.number = ++search->reached,
                                         .low = search->reached,
                                         .edge = first_edge(search->feeds, dag)};
    search->path[search->path_size++] = dag;
    search->open[search->open_size++] = dag;
}

static void lower(uint32_t *low, uint32_t number)
{
    if (number < *low)
        *low = number;
}

/* All that was reached from `dag` and leads back to it is one group. */
static void leave(struct search *search, uint32_t dag)
{
    uint32_t member;

    search->path_size--;
    if (search->path_size > 0)
        lower(&search->visits[search->path[search->path_size - 1]].low, search->visits[dag].low);
    if (search->visits[dag].low != search->visits[dag].number)
        return;
    do {
        member = search->open[--search->open_size];
        search->feeds->groups[member] = search->group_count;
    } while (member != dag);
    search->group_count++;
}

static void search_from(struct search *search, uint32_t root)
{
    const struct feeds *feeds = search->feeds;

    reach(search, root);
    while (search->path_size > 0) {
        uint32_t dag = search->path[search->path_size - 1];
        struct visit *visit = &search->visits[dag];
        if (visit->edge == feeds->edge_count || feeds->edges[visit->edge].feeder != dag) {
            leave(search, dag);
            continue;
        }
        uint32_t reader = feeds->edges[visit->edge++].reader;
        if (search->visits[reader].number == 0)
            reach(search, reader);
        else if (feeds->groups[reader] == NO_GROUP)
            lower(&visit->low, search->visits[reader].number);
    }
}

static bool find_groups(struct feeds *feeds)
{
    struct search search = {
        .feeds = feeds,
        .visits = calloc(feeds->count + 1, sizeof(struct visit)),
        .path = calloc(feeds->count + 1, sizeof(uint32_t)),
        .open = calloc(feeds->count + 1, sizeof(uint32_t)),
    };
    bool done = search.visits && search.path && search.open;

    for (size_t i = 0; i < feeds->count; i++)
        feeds->groups[i] = NO_GROUP;
    for (uint32_t i = 0; done && i < feeds->count; i++)
        if (search.visits[i].number == 0)
            search_from(&search, i);
    free(search.visits);
    free(search.path);
    free(search.open);
    return done;
}

/* ---- the whole ---- */

bool feeds_init(struct feeds *feeds, const struct plan *const *plans, size_t count,
                struct dag_error *err)
{
    *feeds = (struct feeds){.count = count, .groups = calloc(count + 1, sizeof(uint32_t))};
    if (feeds->groups && find_edges(feeds, plans) && find_groups(feeds))
        return true;
    feeds_deinit(feeds);
    return dag_error_set_memory(err, "who feeds whom");
}

void feeds_deinit(struct feeds *feeds)
{
    free(feeds->edges);
    free(feeds->groups);
    *feeds = (struct feeds){0};
}
