/* spill.h - spill logs: what publishers have not sent yet, on the disk.
 *
 * DIR/dags/NAME/spill/PUBLISHER is a record log (record_log.h) and a file `cursor`, which says how
 * far it is safely out: {"instance":I,"passed":KEY,"synced":KEY}. A record holds rows in the order
 * of their cycles:
 *
 *     u32  number of rows, little-endian like all here
 *     u32  bytes of the cycles
 *     u64  cycle of the first row
 *     the rows as lines of JSON
 *     the cycles of the other rows, each as its distance from the one before, LEB128
 *
 * Its kind tells whether more rows of its last cycle may follow. Its key is its last cycle, or one
 * more than the key before where that is taken. docs/spill.md tells what is promised.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_SPILL_H
#define DURABLE_SPILL_H

#include "core/storage.h"
#include "graph/plan.h"
#include "runtime/durability.h"

/** The spill logs of a DAG. */
struct spills;

/** `folder`: of the DAG, copied. A publisher that no longer spills has a log, too, while there is
 *  something of an earlier run in it. NULL: `err`. */
struct spills *spills_new(struct storage *storage, const char *folder, const struct plan *plan,
                          struct dag_error *err);
void spills_free(struct spills *spills); /* NULL is allowed; behind the DAG */

/** By publisher, for struct durability; NULL: none spills. Borrowed. */
struct spill *const *spills_list(const struct spills *spills);

/** Before a run. `known_cycle`: exactly-once goes on behind it at the latest, so that later cycles
 *  in a log are cut off; UINT64_MAX: nothing is. Names the logs of publishers that are gone. */
void spills_begin(struct spills *spills, uint64_t known_cycle);

/** Behind a run, when all has closed: stores how far each log is out. What can't be stored is sent
 *  again. */
void spills_end(struct spills *spills);

#endif
