/* letters.h - dead letters: rows that a publisher refused for good. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_LETTERS_H
#define RUNTIME_LETTERS_H

#include "runtime/sink.h"

/** The host's reject(): remembers the row until write() has returned. */
void letters_reject(struct host *host, size_t row, const char *reason);

/** Makes dead letters of the rejected among the first `written` rows. They go to the DAG's `errors`
 *  publisher; without one, and for its own, to standard error. Returns how many. */
size_t letters_send(struct sink *sink, const struct dag_delivery *delivery, size_t written);

/** True: whatever the next write() rejects finds a place. False: `errors` wakes the sink. */
bool letters_have_room(struct sink *sink);

/** Called by `errors`: it has brought letters out, or has room again. */
void letters_passed(struct dag *dag);

/** True when no dead letter can come to this sink any more while the DAG drains. */
bool letters_are_over(struct sink *sink, uint32_t drain);

#endif
