/* show_parts.h - what the files that show a DAG share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_PARTS_H
#define SERVER_SHOW_PARTS_H

#include "server/show_details.h"

/** The "config" of the entry with that name in a list of the definition, as written; NULL: none. */
const struct tree *show_config_of(const struct show_dag *show, const char *list, const char *name);

/** What is known of a node's counters. */
struct engine_node_stats show_node_stats(const struct show_dag *show, int32_t node);

/** A list of all nodes in topological order. */
void show_nodes_in_order(struct writer *writer, const struct show_dag *show);

#endif
