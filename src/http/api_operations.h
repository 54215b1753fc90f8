/* api_operations.h - every operation of the REST API: one table routes, guards and documents it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_OPERATIONS_H
#define HTTP_API_OPERATIONS_H

#include "http/http.h"
#include "server/roles.h"

#define API_BASE "/api/v1"

/** Bytes of bodies. */
#define API_DEFINITION_MAX 4194304
#define API_MESSAGE_MAX    16777216
#define API_BATCH_MAX      67108864

/** The least role that may call an operation is the lowest two bits of http_route.access; with
 *  ROLE_NONE there anyone may. */
#define API_ROLE_MASK 3u

/** The other bits of http_route.access. */
enum api_access_flag {
    API_CHANGES = 1 << 4,  /* audited before and after; 503 while the audit log can't be written */
    API_AUDITED = 1 << 5,  /* changes nothing, and is audited all the same: taps, exports */
    API_IF_MATCH = 1 << 6, /* 428 without If-Match */
    API_IDEMPOTENCY_KEY = 1 << 7, /* honours Idempotency-Key */
    API_BODY_NAMES = 1 << 8, /* DAG names outside the path as well: the handler checks each one */
    API_UNSCOPED = 1 << 9,   /* concerns all DAGs: refused to whoever has a scope */
    API_OWN_TOKEN = 1 << 10, /* guarded by a token of its own, if at all */
    API_REVISION = 1 << 11,  /* the reply has the DAG's revision as ETag */
    API_LOCATION = 1 << 12,  /* the reply says where the new one is */
    API_COOKIE = 1 << 13,    /* the reply sets the cookie, or takes it away */
};

extern const struct http_route api_operations[];
extern const size_t api_operation_count;

#endif
