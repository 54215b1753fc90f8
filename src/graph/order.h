/* order.h - the order of evaluation, and cycles. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_ORDER_H
#define GRAPH_ORDER_H

#include "dag/json.h"
#include "graph/plan.h"

/** Kahn's algorithm, first in first out: nodes without inputs in declaration order, then each node
 *  when its last input is done, children in the order of their edges. Fills `order` with as many
 *  nodes as lie before any cycle and returns how many. `waiting` is scratch for one number each. */
size_t order_nodes(const struct plan_node *nodes, size_t node_count, const struct plan_edge *edges,
                   int32_t *order, int32_t *waiting);

/** The first cycle that a depth-first search finds, from the nodes in declaration order, children
 * in the order of their edges: `path` gets "a -> b -> a" (no NUL), `*last_edge` the edge that
 * closes it. Only for a graph with a cycle. False: out of memory. */
bool order_find_cycle(const struct plan_node *nodes, size_t node_count,
                      const struct plan_edge *edges, struct dag_buffer *path, int32_t *last_edge);

#endif
