/* api_clerk.h - threads that write lines of the audit log and send the answers behind them.
 *
 * Refusals arise on the network's thread, and some answers on threads of the runtime: neither may
 * wait for a disk.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_CLERK_H
#define HTTP_API_CLERK_H

#include "http/api_call.h"

/** NULL: `err`. */
struct api_clerk *api_clerk_new(struct dag_error *err);
/** Does what is queued first. NULL is allowed. */
void api_clerk_free(struct api_clerk *clerk);

/** Writes the call's last line, then sends the reply; `body` (may be NULL) is empty afterwards. Any
 *  thread; never waits. */
void api_clerk_answer(struct api_clerk *clerk, struct http_request *request,
                      const struct http_reply *reply, struct dag_buffer *body);

#endif
