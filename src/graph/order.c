/* order.c - the order of evaluation, and cycles. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t order_nodes(const struct plan_node *nodes, size_t node_count, const struct plan_edge *edges,
                   int32_t *order, int32_t *waiting)
{
    size_t done = 0, ready = 0;

    for (size_t i = 0; i < node_count; i++) {
        waiting[i] = (int32_t)nodes[i].edge_in_count;
        if (waiting[i] == 0)
            order[ready++] = (int32_t)i;
    }
    /* `order` is the queue as well: what is done, then what is ready. */
    while (done < ready) {
        const struct plan_node *node = &nodes[order[done++]];

        for (size_t i = 0; i < node->edge_out_count; i++) {
            int32_t child = edges[node->edges_out[i]].to;

            if (--waiting[child] == 0)
                order[ready++] = child;
        }
    }
    return done;
}

struct step {
    int32_t node;
    size_t next_edge; /* of the node's edges_out */
};

enum mark { UNSEEN, ON_PATH, DONE };

/* Searches from `steps[0].node`. Returns the depth of the path when its last edge leads back into
 * it (`*back_to`: where), else 0. */
static size_t search(const struct plan_node *nodes, const struct plan_edge *edges,
                     struct step *steps, unsigned char *marks, int32_t *back_to)
{
    size_t depth = 1;

    marks[steps[0].node] = ON_PATH;
    while (depth > 0) {
        struct step *step = &steps[depth - 1];
        const struct plan_node *node = &nodes[step->node];
        int32_t child;

        if (step->next_edge == node->edge_out_count) {
            marks[step->node] = DONE;
            depth--;
            continue;
        }
        child = edges[node->edges_out[step->next_edge++]].to;
        if (marks[child] == ON_PATH) {
            *back_to = child;
            return depth;
        }
        if (marks[child] == UNSEEN) {
            marks[child] = ON_PATH;
            steps[depth++] = (struct step){child, 0};
        }
    }
    return 0;
}

static bool write_path(const struct plan_node *nodes, const struct step *steps, size_t depth,
                       int32_t back_to, struct dag_buffer *path)
{
    size_t first = 0;

    while (first + 1 < depth && steps[first].node != back_to)
        first++;
    for (size_t i = first; i < depth; i++) {
        const char *name = nodes[steps[i].node].name;

        if (!dag_buffer_append(path, name, strlen(name)) || !dag_buffer_append(path, " -> ", 4))
            return false;
    }
    return dag_buffer_append(path, nodes[back_to].name, strlen(nodes[back_to].name));
}

bool order_find_cycle(const struct plan_node *nodes, size_t node_count,
                      const struct plan_edge *edges, struct dag_buffer *path, int32_t *last_edge)
{
    struct step *steps = calloc(node_count + 1, sizeof(*steps));
    unsigned char *marks = calloc(node_count + 1, 1);
    bool written = false;

    for (size_t i = 0; steps && marks && i < node_count; i++) {
        int32_t back_to = -1;
        size_t depth;

        if (marks[i] != UNSEEN)
            continue;
        steps[0] = (struct step){(int32_t)i, 0};
        depth = search(nodes, edges, steps, marks, &back_to);
        if (depth == 0)
            continue;
        written = write_path(nodes, steps, depth, back_to, path);
        *last_edge = nodes[steps[depth - 1].node].edges_out[steps[depth - 1].next_edge - 1];
        break;
    }
    free(steps);
    free(marks);
    return written;
}
