/* component_list.h - every type that a DAG file may name, as JSON for programs and forms. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_COMPONENT_LIST_H
#define GRAPH_COMPONENT_LIST_H

#include "dag/json.h"
#include "graph/registry.h"

/** Writes {items, next_cursor, total} of all types: subscribers, publishers, calculators,
 *  transformers, nodes. An item: {kind, type, name, summary, address, is_available, uses_time,
 *  is_deterministic, takes_subscriber, takes_publishers, schema, defaults, example}. `kind` is
 *  "subscriber", "publisher", "calculator", "transformer" or "node"; `type` is the scheme of a
 *  subscriber or publisher, else what "type" says in the file; `schema` is the JSON Schema 2020-12
 *  of "config"; `example` is a whole entry of the file's list. False: out of memory. */
bool component_list_write(const struct registry *registry, struct dag_buffer *out);

/** Writes the one of that kind and type. `*found`: there is one. False: out of memory. */
bool component_list_write_one(const struct registry *registry, const char *kind, const char *type,
                              bool *found, struct dag_buffer *out);

#endif
