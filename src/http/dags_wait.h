/* dags_wait.h - requests that wait for a DAG to get where it is wanted (wait_ms), without a worker.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_DAGS_WAIT_H
#define HTTP_DAGS_WAIT_H

#include "http/http.h"
#include "server/server.h"

#define DAG_WAITS_MAX    256   /* requests at once; more are answered with the state as it is */
#define DAG_WAIT_MAX_MS  60000 /* of one */
#define DAG_WAIT_LOOK_US 10000 /* between two looks */

struct dag_waits;

/** Starts the thread that looks. NULL: `err`. `server` is borrowed. */
struct dag_waits *dag_waits_new(struct server *server, struct dag_error *err);

/** Answers whatever still waits, with the state as it is; later requests are answered at once.
 *  For http_options.stopping. Never waits. NULL is allowed. */
void dag_waits_stop(struct dag_waits *waits);

/** After http_server_free(): handlers may use it until then. NULL is allowed. */
void dag_waits_free(struct dag_waits *waits);

/** Answers the request with the state of `dag`: once it is where it is wanted, or after
 *  `timeout_us`, or at once when too many wait. Takes the request; any thread; never waits.
 *  `waits` NULL: at once. */
void dag_waits_answer(struct dag_waits *waits, struct server *server, struct http_request *request,
                      const char *dag, int64_t timeout_us);

#endif
