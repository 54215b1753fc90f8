/* producers.h - which DAGs of a run put messages into mem://, so that their readers can end. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PRODUCERS_H
#define CLI_PRODUCERS_H

#include "runtime/runtime.h"

struct producers;

/** Closes the world of mem://: from now on a reader ends once its queue or topic is empty and no
 *  DAG that is declared here publishes to it any more. Warns of readers that have no producer at
 *  all. `plans` is borrowed for the call. NULL: `err`. */
struct producers *producers_declare(struct plan *const *plans, size_t count, struct dag_error *err);

/** Watches the DAG made of plan number `i`; when it has ended it no longer counts. False: `err`. */
bool producers_watch(struct producers *producers, size_t i, struct dag *dag, struct dag_error *err);

/** Every DAG that is watched has ended, or will soon. */
void producers_free(struct producers *producers);

#endif
