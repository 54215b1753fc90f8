/* show_schemas.h - what the replies look like: JSON Schema 2020-12, for the OpenAPI document. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_SCHEMAS_H
#define SERVER_SHOW_SCHEMAS_H

#include "graph/writer.h"

/** Writes an object: a schema by name, for `components/schemas`, to which references point. All
 *  members of a reply are always there, and there are no others. */
void show_schemas(struct writer *writer);

/** The schema's name for what the table of operations calls `reply`, such as "dag_details". NULL:
 *  it isn't described here. */
const char *show_schema_of(const char *reply);

#endif
