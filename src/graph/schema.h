/* schema.h - the JSON Schema of DAG files, made from the option tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_SCHEMA_H
#define GRAPH_SCHEMA_H

#include "dag/json.h"
#include "graph/registry.h"
#include "graph/writer.h"

/** JSON Schema 2020-12. False: out of memory. */
bool schema_write(const struct registry *registry, struct dag_buffer *out);

/** Writes the schema of an object with the options of both tables, as a value that stands alone.
 *  Either may be NULL. Hints for forms are in "x-ui": {order, secret, widget}. */
void schema_write_object(struct writer *writer, const struct dag_option *own,
                         const struct dag_option *common);

#endif
