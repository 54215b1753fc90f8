/* stretch.h - what a journal still holds, for replays: cycles by the definition in force. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_STRETCH_H
#define DURABLE_STRETCH_H

#include "core/storage.h"
#include "dag/json.h"

/** Cycles that follow each other under one definition, from a known state on. */
struct stretch_part {
    uint64_t after;               /* its first cycle runs on the state behind this one */
    uint64_t last;                /* its last cycle */
    uint64_t first_cycle;         /* the first that is in the journal: `after` + 1, or later where
                                     numbers were passed over */
    struct dag_buffer definition; /* owned; empty: the journal has lost it */
    uint64_t defined_from;        /* cycles up to here are before the first record of a definition:
                                     it was this one unless another was lost */
};

struct stretch {
    struct stretch_part *parts; /* owned, ascending */
    size_t count;               /* 0: the journal holds no cycle */
};

/** Reads the whole journal, which may be in use, up to its end or first hole. False: `err`. */
bool stretch_read(struct storage *storage, const char *journal_folder, struct stretch *stretch,
                  struct dag_error *err);
void stretch_deinit(struct stretch *stretch); /* a zeroed one is allowed */

/** The part that holds `cycle`, or the last one before it. */
size_t stretch_find(const struct stretch *stretch, uint64_t cycle);

#endif
