/* show_details.h - a DAG as details() of the original shows it, and what this system adds.
 *
 * Each function writes one JSON value. What a reply looks like is described in show_schemas.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_DETAILS_H
#define SERVER_SHOW_DETAILS_H

#include "graph/writer.h"
#include "runtime/runtime.h"

/** What is shown, all borrowed. */
struct show_dag {
    const struct plan *plan;
    struct dag *dag; /* NULL: not in the runtime, all counters are 0 */
    /* As it stands still for dag_inspect(), or of a DAG that can't run now; NULL: nodes are shown
     * without what only the engine knows, with `is_live` false. */
    struct engine *engine;
    const struct tree *definition; /* as written, nothing filled in; NULL: no configurations */
    const char *state;             /* the server's word for it */
    const char *reason;            /* why it is in that state; NULL: nothing to say */
    uint64_t revision;
    bool in_time_window;
};

#define SHOW_ROW_SIZE_MAX (64u << 10) /* a node's input or output beyond that isn't shown */

void show_details(struct writer *writer, const struct show_dag *show);

/** A DAG's state without its parts, and its nodes in topological order with input and output. */
void show_state(struct writer *writer, const struct show_dag *show);

/** {items: [node, ...]} in topological order. */
void show_nodes(struct writer *writer, const struct show_dag *show);
void show_node(struct writer *writer, const struct show_dag *show, int32_t node);

/** {items: [{time, cycle, error, code, input}, ...]}, oldest first. */
void show_node_errors(struct writer *writer, const struct show_dag *show, int32_t node);

#endif
