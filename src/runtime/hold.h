/* hold.h - rows that a publisher's `publish_interval` or `batch_size` holds back. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_HOLD_H
#define RUNTIME_HOLD_H

#include "runtime/sink.h"

/** False: the bound is reached, and what is held goes out early. */
bool hold_has_room(struct sink *sink);

/** Copies the rows of sink->incoming, so that they don't pin the batches that they came in. False:
 * `err`, and the rest of them is still there. */
bool hold_incoming(struct sink *sink, struct dag_error *err);

/** Moves rows that may go into sink->current. False: there are none; a timer is set when rows stay
 *  behind. */
bool hold_release(struct sink *sink);

#endif
