/* republish.h - messages that are handed to a publisher once more, beside the cycles. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_REPUBLISH_H
#define RUNTIME_REPUBLISH_H

#include "runtime/runtime.h"

struct sink;

/** Messages of one call of dag_republish() that aren't known to be safely out. */
struct republished {
    struct republished *next; /* guarded by the sink's lock */
    uint64_t ticket;          /* for sink_has_passed() */
    dag_republished done;
    void *context;
};

/** More is safely out: tells those whose messages are among it. Any thread, under no lock. */
void republish_passed(struct sink *sink);

/** What isn't out by now won't be: tells all who still wait. Under no lock. */
void republish_end(struct sink *sink);

#endif
