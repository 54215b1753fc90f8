/* api_schemas.h - the JSON Schemas of what the REST API takes, and of what isn't about DAGs. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_SCHEMAS_H
#define HTTP_API_SCHEMAS_H

/** JSON Schema 2020-12 as JSON text, or NULL: not one of these. */
const char *api_schema(const char *name);

#endif
