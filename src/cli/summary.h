/* summary.h - what a run did: for people, and as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <stdio.h>

#include "runtime/runtime.h"

#define SUMMARY_CAUSES_MAX 17

/** What one DAG did. */
struct summary {
    const char *dag; /* borrowed from the plan */
    uint64_t cycles;
    uint64_t received;  /* events taken */
    uint64_t published; /* messages that publishers brought out; dead letters don't count */
    uint64_t rejected;  /* could not be parsed */
    uint64_t node_errors;
    uint64_t dead_letters; /* rejected, node errors and what publishers refused for good */
    struct dropped_cause dropped[SUMMARY_CAUSES_MAX]; /* by the DAG's policies, and "filter" */
    size_t dropped_count;
    uint64_t duplicate_keys; /* of messages that gave a key twice; not in the JSON */
    enum dag_state state;
    char failure[512];
};

void summary_of(struct dag *dag, struct summary *summary);

/** A few lines for people, to `out`. */
void summary_print(const struct summary *summary, FILE *out);

/** Writes the list of summaries to a file. False: `err`. */
bool summary_write(const struct summary *summaries, size_t count, const char *path,
                   struct dag_error *err);

#endif
