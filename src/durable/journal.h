/* journal.h - the order of a DAG's cycles (and, in depth `events`, the events) in a record log. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_JOURNAL_H
#define DURABLE_JOURNAL_H

#include "durable/record_log.h"
#include "runtime/durability.h"

/** Kinds of records. The key is the step's last cycle; of a definition, the last cycle before it.
 */
enum journal_kind { JOURNAL_STEP = 1, JOURNAL_DEFINITION = 2, JOURNAL_CLOSED = 3 };

/** What one step may hold at most. */
#define JOURNAL_SLOTS_MAX  (1u << 20)
#define JOURNAL_INPUTS_MAX (1u << 16)

/** Appends a step's record to `out`: positions as runs of differences, events as JSON lines when
 *  `with_events`. `event_count` inputs, `metronome_count` ticks. False: out of memory; `out` may
 *  hold a part then. */
bool journal_encode(struct dag_buffer *out, const struct engine_step *step, size_t event_count,
                    size_t metronome_count, bool with_events);

/** A decoded step; owned. */
struct journal_step {
    struct durability_step step;
    struct dag_batch *memory; /* everything of `step` lives here, or in what it keeps */
    bool has_events;
};

/** How many event and metronome nodes the record was made for. False: `err`. */
bool journal_counts(const struct record *record, size_t *event_count, size_t *metronome_count,
                    struct dag_error *err);

/** False: `err` (damaged, or made for other counts). `parser` for events; it must take messages of
 *  RECORD_SIZE_MAX bytes, as a journaled message can be longer than it came in. NULL: events are
 *  left out, as in a record without them. */
bool journal_decode(const struct record *record, size_t event_count, size_t metronome_count,
                    struct dag_json_parser *parser, struct journal_step *step,
                    struct dag_error *err);
void journal_step_deinit(struct journal_step *step); /* a zeroed one is allowed */

#endif
