/* drain.h - drains several DAGs in the order in which they feed each other through mem://.
 *
 * A feeder's message may count as out only when its reader has acknowledged it, and a message in a
 * queue has a reader only as long as that takes input. So feeders drain first; a reader drains when
 * they have ended and it has read what they left.
 *
 * DAGs that feed each other in a circle drain together: none of them reads any more. What they have
 * sent to each other and a reader with `ack: journal` has not taken can't get out then. Once that
 * is all they wait for they stop without: each of them holds what it sent, in its journal or
 * source, and sends it again at the next start. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_DRAIN_H
#define RUNTIME_DRAIN_H

#include "runtime/runtime.h"

#define DRAIN_LOOK_US 5000 /* between two calls of drain_step() */

struct drain;

/** Nothing is asked of the DAGs yet. The list is copied, the DAGs are borrowed. NULL: `err`. */
struct drain *drain_new(struct dag *const *dags, size_t count, struct dag_error *err);

/** Asks those to drain whose turn it is, and those to stop without whose reader has failed, or
 *  drains in a circle with them: it would never take what they hold. True: nobody will have to be
 *  asked any more; otherwise call it again. One thread. */
bool drain_step(struct drain *drain);

/** NULL is allowed. */
void drain_free(struct drain *drain);

#endif
