/* replay_parts.h - makes a plan one that only replays: its publishers write files of their own. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REPLAY_PARTS_H
#define CLI_REPLAY_PARTS_H

#include "graph/plan.h"

/** The file that a publisher's rows go to, OUT/<publisher>.jsonl, in the plan's arena. `publisher`
 *  from 0 to the plan's count; that count itself: the dead letters of a plan without an `errors`
 *  publisher. NULL: out of memory. */
const char *replay_path(const struct plan *plan, size_t publisher, const char *out);

/** Directs each publisher to its file, which is there already and gets the rows of cycles from
 *  `from` on at its end. Where the journal holds the events no source is opened. `*letters`: where
 *  the dead letters go, in the plan's arena; NULL: the plan has an `errors` publisher. False: `err`
 *  names the source that can't be read again. */
bool replay_redirect(struct plan *plan, const char *out, uint64_t from,
                     const struct plan_publisher **letters, struct dag_error *err);

#endif
