/* dot.h - a plan as a picture: text, Graphviz, JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_DOT_H
#define GRAPH_DOT_H

#include "dag/json.h"
#include "graph/plan.h"

/** One line for each node, in the order of evaluation. False: out of memory. */
bool dot_write_text(const struct plan *plan, struct dag_buffer *out);

/** The graph in Graphviz' language. False: out of memory. */
bool dot_write_graphviz(const struct plan *plan, struct dag_buffer *out);

/** The graph as JSON: name, propagate, order, subscribers, publishers, nodes, edges. False: out of
 *  memory. */
bool dot_write_json(const struct plan *plan, struct dag_buffer *out);

#endif
