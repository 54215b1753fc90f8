/* replayer.h - a durability that runs cycles of a journal again, and none that are new.
 *
 * The DAG starts from a checkpoint, takes the journaled steps behind it up to a cycle, and then
 * waits for good. Nothing is written.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_REPLAYER_H
#define DURABLE_REPLAYER_H

#include "durable/checkpoint.h"
#include "runtime/durability.h"

struct replayer;

struct replayer_options {
    struct storage *storage;              /* borrowed */
    const char *journal_folder;           /* borrowed */
    const struct plan *plan;              /* borrowed */
    const struct checkpoint *checkpoint;  /* borrowed; NULL: nothing has been seen, cycle 0 */
    uint64_t to;                          /* the last cycle; the journal holds it */
    const struct plan_publisher *letters; /* borrowed; NULL: the plan has an `errors` publisher */
    /** Everything up to `to` is safely out; once. Any thread, must not wait. */
    void (*done)(void *context);
    void *context;
};

/** NULL: `err`. */
struct replayer *replayer_new(const struct replayer_options *options, struct dag_error *err);
void replayer_free(struct replayer *replayer); /* NULL is allowed */

/** For dag_keep(). Borrowed. */
struct durability *replayer_durability(struct replayer *replayer);

#endif
