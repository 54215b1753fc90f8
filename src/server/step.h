/* step.h - one message through a copy of a DAG's graph, with nothing published. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_STEP_H
#define SERVER_STEP_H

#include "dag/json.h"
#include "graph/plan.h"

/** All borrowed. */
struct step_request {
    const struct plan *plan;
    const char *state; /* what engine_save() wrote; NULL: of a DAG that has seen nothing */
    size_t state_size;
    const char *subscriber; /* which one the message comes from */
    const char *text;       /* the message */
    size_t size;
    uint64_t cycle;  /* its number, from 1: what random numbers and dead letters go by */
    int64_t time_us; /* realtime of the cycle */
};

/** Appends, as JSON, what each node took and gave, and what each publisher would get. A message
 *  that can't be parsed, or that a node fails on, is a result too: its dead letters are listed.
 *  Touches nothing but its own copy. False, with `err`: INVALID: no such subscriber, or no node
 *  reads it; else out of memory, or a state of another plan. Any thread. */
bool step_run(const struct step_request *request, struct dag_buffer *out, struct dag_error *err);

#endif
