/* schema.h - the JSON Schema of DAG files, made from the option tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_SCHEMA_H
#define GRAPH_SCHEMA_H

#include "dag/json.h"
#include "graph/registry.h"

/** JSON Schema 2020-12. False: out of memory. */
bool schema_write(const struct registry *registry, struct dag_buffer *out);

#endif
