/* letters_place.h - who of this process uses a folder of dead letters: a DAG that writes them, and
 * people who read and mark them meanwhile. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_LETTERS_PLACE_H
#define DURABLE_LETTERS_PLACE_H

#include <stdatomic.h>

#include "durable/record_tail.h"

/** The log as the DAG has it open. */
struct letters_open {
    struct record_tail tail;
    uint64_t last_key;
    const _Atomic uint64_t *settled; /* cycles up to here never come again */
};

struct letters_place;

/** The place of a folder, to be given back. NULL: out of memory, `err`. Any thread. */
struct letters_place *letters_place_hold(struct storage *storage, const char *folder,
                                         struct dag_error *err);
void letters_place_release(struct letters_place *place); /* NULL is allowed */

/** Guards the log's end: writing, syncing, marking. */
void letters_place_lock(struct letters_place *place);
void letters_place_unlock(struct letters_place *place);

/** With the lock held: what the DAG has open; NULL: nothing. */
void letters_place_set_open(struct letters_place *place, struct letters_open *open);
struct letters_open *letters_place_open(const struct letters_place *place);

/** Keeps what is read from being removed. Before letters_place_lock(). */
void letters_place_lock_readers(struct letters_place *place);
void letters_place_unlock_readers(struct letters_place *place);

#endif
