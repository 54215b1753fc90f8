/* checkpoint.h - the state of a DAG behind a cycle, as a file that is whole or not there.
 *
 * checkpoint-<20 digits> holds one line of JSON {"format":1,"instance":I,"cycle":C,
 * "positions":{SUBSCRIBER:POSITION},"definition":HASH,"engine":STATE} and a second line with the
 * CRC-32C of the first. It is written under a temporary name, synced, renamed, and the folder
 * synced. Two are kept, and neither is ever written over: a second one at the same cycle
 * (checkpoint 0 comes in two copies; a definition that changed between two cycles) gets "-000001"
 * and so on at the end of its name. The greater name is the newer one.
 *
 * One that is no longer among the two gets "past-" in front of its name: recovery doesn't look at
 * it, a replay may begin with it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_CHECKPOINT_H
#define DURABLE_CHECKPOINT_H

#include "core/storage.h"
#include "core/tree.h"
#include "dag/json.h"
#include "graph/plan.h"

struct checkpoint {
    char instance[40];
    uint64_t cycle;
    const struct tree *positions;   /* object by subscriber name */
    const struct tree *engine;      /* NULL: nothing had been seen */
    char definition[20];            /* hash of the definition in force */
    bool is_alone;                  /* there is no other whole one */
    struct tree_document *document; /* owned */
};

/** Appends a checkpoint's text to `out`. `positions` by subscriber of the plan; text NULL: none.
 *  False: out of memory. */
bool checkpoint_encode(struct dag_buffer *out, const char *instance, uint64_t cycle,
                       const struct plan *plan, const char *engine_state, size_t engine_state_size,
                       const struct dag_text *positions);

/** Makes such a text a checkpoint for good, then sets all but the two newest whole ones aside. */
bool checkpoint_publish(struct storage *storage, const char *folder, uint64_t cycle,
                        const struct dag_buffer *text, struct dag_error *err);

/** Writes the newest whole one once more, so that both that are kept are of its cycle. */
bool checkpoint_copy(struct storage *storage, const char *folder, struct dag_error *err);

/** Encodes and publishes. */
bool checkpoint_write(struct storage *storage, const char *folder, const char *instance,
                      uint64_t cycle, const struct plan *plan, const char *engine_state,
                      size_t engine_state_size, const struct dag_text *positions,
                      struct dag_error *err);

/** Reads the newest whole one. A damaged one is skipped and told to `skipped` (may be NULL).
 *  False: there is none (`err->code` NONE), there are some and none is whole, or another `err`.
 *  `*older_cycle`: of the older kept one, or of the same when just one is whole. */
bool checkpoint_read(struct storage *storage, const char *folder, struct checkpoint *checkpoint,
                     uint64_t *older_cycle,
                     void (*skipped)(void *context, const char *path, const char *why),
                     void *context, struct dag_error *err);
void checkpoint_deinit(struct checkpoint *checkpoint);

/** Removes those that were set aside and that no replay needs: the journal begins with a record of
 *  key `journal_first` (UINT64_MAX: there is none), the newest checkpoint is of `newest_cycle`. The
 *  newest one that is not behind the journal's begin stays, and behind it one for each sixteenth of
 *  the cycles in between. What can't be removed now is removed next time. */
void checkpoint_prune(struct storage *storage, const char *folder, uint64_t journal_first,
                      uint64_t newest_cycle);

/** Sets a copy of the newest whole one aside that no thinning takes away, as long as the journal
 *  reaches back to it: what comes behind it is of another definition. */
bool checkpoint_pin(struct storage *storage, const char *folder, struct dag_error *err);

/** Reads the newest (or oldest) whole one with a cycle from `least` to `most`, those that were set
 *  aside included. The DAG may be running. False: there is none (`err->code` NONE), or `err`. */
bool checkpoint_read_between(struct storage *storage, const char *folder, uint64_t least,
                             uint64_t most, bool newest, struct checkpoint *checkpoint,
                             struct dag_error *err);

/** Hash of a plan's definition: 16 hex digits and a NUL. */
void definition_hash(const struct plan *plan, char *out);

/** The same of a definition as the journal has it. */
void definition_hash_text(const char *json, size_t size, char *out);

#endif
