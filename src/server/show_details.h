/* show_details.h - a DAG as details() of the original shows it, and what this system adds.
 *
 * Each function writes one JSON value. What a reply looks like is described in show_schemas.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_DETAILS_H
#define SERVER_SHOW_DETAILS_H

#include "graph/writer.h"
#include "runtime/runtime.h"
#include "server/show_live.h"

/** What is shown, all borrowed. */
struct show_dag {
    const struct plan *plan;
    struct dag *dag; /* NULL: not in the runtime, all counters are 0 */
    /* What its engine knew a moment ago; NULL: nodes are shown without inputs, outputs and errors,
     * with `is_live` false. */
    const struct show_live *live;
    const struct engine_node_stats *nodes; /* by node, without `live`; NULL: not known, all 0 */
    const struct tree *definition; /* as written, nothing filled in; NULL: no configurations */
    const char *state;             /* the server's word for it */
    const char *reason;            /* why it is in that state; NULL: nothing to say */
    uint64_t revision;
    uint64_t running_revision;                     /* of what is shown; 0: none runs */
    int64_t since_us, retry_at_us, next_change_us; /* see struct entry_status; 0: unknown */
    const char *by;                                /* who wished it last; NULL: nobody yet */
    bool in_time_window;

    /** Errors of that node up to this time have been cleared. NULL: none were. */
    int64_t (*cleared_us)(void *context, const char *node);
    void *context;
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
