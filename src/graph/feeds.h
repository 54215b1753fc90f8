/* feeds.h - which DAGs of a process feed which others through mem://. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_FEEDS_H
#define GRAPH_FEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph/plan.h"

/** DAG number `feeder` publishes to what a subscriber of DAG number `reader` reads. */
struct feeds_edge {
    uint32_t feeder, reader;
    uint32_t subscriber; /* of the reader */
};

struct feeds {
    struct feeds_edge *edges; /* owned, by feeder, each once; also from a DAG to itself */
    size_t edge_count;
    uint32_t *groups; /* owned, by DAG: those that feed each other in a circle have one number */
    size_t count;     /* of DAGs */
};

/** A publisher that no node and no dead letter uses sends nothing. */
bool feeds_uses_publisher(const struct plan *plan, size_t publisher);

bool feeds_is_memory(const struct dag_address *address);

/** Fills `feeds`; the plans are borrowed for the call. False: out of memory, `err`. */
bool feeds_init(struct feeds *feeds, const struct plan *const *plans, size_t count,
                struct dag_error *err);

/** A zeroed one is allowed. */
void feeds_deinit(struct feeds *feeds);

#endif
