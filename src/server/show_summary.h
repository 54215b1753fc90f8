/* show_summary.h - the few numbers of a DAG that lists and totals are made of. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_SUMMARY_H
#define SERVER_SHOW_SUMMARY_H

#include "server/shown.h"

/** A copy; see struct entry_shown. */
struct show_summary {
    struct entry_status status;
    struct series_rates rates;
    uint64_t queue;
    double queue_fill;
    int64_t full_since_us;
};

void show_summary_read(struct show_summary *summary, struct entry *entry);

/** The original's `is_running`: started, suspended too. */
bool show_summary_is_running(enum entry_state state);

#define SHOW_STATE_COUNT (ENTRY_STANDBY + 1)

/** A key with an object: how many DAGs are in each state. */
void show_states(struct writer *writer, const char *key, const size_t states[SHOW_STATE_COUNT]);

/** Adds up what is in which state. Out of memory: nothing. */
void show_count_states(struct server *server, size_t states[SHOW_STATE_COUNT], size_t *total);

#endif
