/* openapi.h - the OpenAPI 3.1 document of a table of operations. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_OPENAPI_H
#define HTTP_OPENAPI_H

#include "http/http.h"

/** Writes the document. `schema` gives the JSON Schema of a name as JSON text, or NULL: then any
 *  value is allowed there, but for NAME_list, which is a page of NAME. False: out of memory. */
bool openapi_write(const struct http_route *routes, size_t count,
                   const char *(*schema)(const char *name), struct dag_buffer *out);

#endif
