/* wiring.c - looks at the graph as a whole: order, cycles, and what leads nowhere. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "graph/order.h"
#include "graph/parts.h"

void check_order(struct checker *checker)
{
    size_t count = checker->plan->node_count;
    int32_t *order = checker_alloc(checker, (count + 1) * sizeof(*order));
    int32_t *waiting = checker_alloc(checker, (count + 1) * sizeof(*waiting));
    struct dag_buffer path = {0};
    int32_t last_edge = 0;

    if (!order || !waiting || !checker->edges_are_whole)
        return;
    checker->plan->order = order;
    if (order_nodes(checker->nodes, count, checker->edges, order, waiting) == count)
        return;
    if (order_find_cycle(checker->nodes, count, checker->edges, &path, &last_edge))
        report_error(checker, checker->edge_at[last_edge], "cycle",
                     "Cycle detected in graph: %.*s; remove one of its edges", (int)path.size,
                     path.bytes);
    else
        checker->no_memory = true;
    dag_buffer_free(&path);
}

/* ---- what no event reaches ---------------------------------------------------------------- */

static bool is_event_source(const struct plan_node *node)
{
    return node->kind == PLAN_NODE_SUBSCRIPTION || node->kind == PLAN_NODE_METRONOME ||
           (node->kind == PLAN_NODE_PLUGIN && node->subscriber >= 0);
}

/* Follows the order: a node is reached when it is a source or a node in front of it is reached. */
static void check_reached(struct checker *checker)
{
    const struct plan *plan = checker->plan;
    unsigned char *reached = checker_alloc(checker, plan->node_count + 1);
    size_t source_count = 0;

    if (!reached)
        return;
    for (size_t i = 0; i < plan->node_count; i++) {
        int32_t number = plan->order[i];
        const struct plan_node *node = &checker->nodes[number];

        if (is_event_source(node)) {
            reached[number] = 1;
            source_count++;
        }
        for (size_t j = 0; reached[number] && j < node->edge_out_count; j++)
            reached[checker->edges[node->edges_out[j]].to] = 1;
    }
    if (source_count == 0) {
        report(checker, PROBLEM_NOTE, plan->source, REPORT_VALUE, "no_source", NULL,
               "no event will ever come: the DAG has no subscription node and no metronome node");
        return;
    }
    for (size_t i = 0; i < plan->node_count; i++) {
        if (!reached[i])
            report(checker, PROBLEM_WARNING, checker->node_at[i], REPORT_VALUE, "unreachable_node",
                   NULL,
                   "node '%.80s': no event ever reaches it; add an edge that leads there from a "
                   "subscription or metronome node",
                   checker->nodes[i].name);
    }
}

/* ---- what nobody uses, and loops through memory ------------------------------------------- */

static void report_unused(struct checker *checker, const char *what, const char *verb,
                          const unsigned char *used, size_t count, const struct tree *const *places)
{
    for (size_t i = 0; i < count; i++) {
        const struct tree *name = tree_get(places[i], "name");

        if (!used[i] && name && name->type == TREE_TEXT)
            report(checker, PROBLEM_WARNING, places[i], REPORT_VALUE,
                   strcmp(what, "subscriber") == 0 ? "unused_subscriber" : "unused_publisher", NULL,
                   "%s '%.80s': no node %s it; remove it or name it in a node", what, name->text,
                   verb);
    }
}

static bool is_memory(const struct dag_address *address)
{
    return address->scheme && strcmp(address->scheme, "mem") == 0;
}

/* A DAG that reads what it writes runs for ever once it is fed. */
static void check_feedback(struct checker *checker, const unsigned char *read,
                           const unsigned char *written)
{
    struct names read_uris = {0};

    for (size_t i = 0; i < checker->plan->subscriber_count; i++) {
        const char *uri = checker->subscribers[i].address.uri;

        if (!read[i] || !is_memory(&checker->subscribers[i].address) ||
            names_find(&read_uris, uri, strlen(uri)) >= 0)
            continue;
        if (!names_add(&read_uris, uri, strlen(uri), (int32_t)i))
            checker->no_memory = true;
    }
    for (size_t i = 0; i < checker->plan->publisher_count; i++) {
        const char *uri = checker->publishers[i].address.uri;
        int32_t reader;

        if (!written[i] || !is_memory(&checker->publishers[i].address))
            continue;
        reader = names_find(&read_uris, uri, strlen(uri));
        if (reader >= 0)
            report(
                checker, PROBLEM_WARNING, checker->publisher_at[i], REPORT_VALUE, "feeds_itself",
                NULL,
                "publisher '%.80s': subscriber '%.80s' reads the same '%.100s', so the DAG feeds "
                "itself and may never come to rest",
                checker->publishers[i].name, checker->subscribers[reader].name, uri);
    }
    names_free(&read_uris);
}

static void check_use(struct checker *checker)
{
    const struct plan *plan = checker->plan;
    unsigned char *read = checker_alloc(checker, plan->subscriber_count + 1);
    unsigned char *written = checker_alloc(checker, plan->publisher_count + 1);

    if (!read || !written)
        return;
    for (size_t i = 0; i < plan->node_count; i++) {
        const struct plan_node *node = &checker->nodes[i];

        if (node->subscriber >= 0)
            read[node->subscriber] = 1;
        for (size_t j = 0; j < node->publisher_count; j++)
            written[node->publishers[j]] = 1;
    }
    if (plan->errors >= 0)
        written[plan->errors] = 1;
    report_unused(checker, "subscriber", "reads", read, plan->subscriber_count,
                  checker->subscriber_at);
    report_unused(checker, "publisher", "writes to", written, plan->publisher_count,
                  checker->publisher_at);
    check_feedback(checker, read, written);
}

void check_wiring(struct checker *checker)
{
    check_use(checker);
    check_reached(checker);
}
