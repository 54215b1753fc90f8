/* openapi_internal.h - the parts of the OpenAPI document, among the files that write it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_OPENAPI_INTERNAL_H
#define HTTP_OPENAPI_INTERNAL_H

#include "graph/writer.h"
#include "http/http.h"

/** "content": {TYPE: {schema: ...}} for each type of a list with spaces between. `schema`: a name
 *  of components/schemas, or NULL: any value. */
void openapi_write_content(struct writer *writer, const char *types, const char *schema);

/** "responses": what an operation answers with when all is well, and the problems that follow from
 *  what it needs, each with its headers. */
void openapi_write_replies(struct writer *writer, const struct http_route *route);

/** Whether it can answer that what the client has is still the newest (304). */
bool openapi_may_be_unchanged(const struct http_route *route);

#endif
