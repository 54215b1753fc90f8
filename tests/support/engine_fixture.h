/* engine_fixture.h - runs a DAG's engine alone, on events given as text, cut into steps at will. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ENGINE_FIXTURE_H
#define TESTS_ENGINE_FIXTURE_H

#include "cli/components.h"
#include "dag/json.h"
#include "runtime/engine.h"

#define FIXTURE_EVENTS_MAX     4
#define FIXTURE_PUBLISHERS_MAX 6

struct engine_fixture {
    struct components *components; /* owned */
    struct plan *plan;             /* owned */
    struct engine *engine;         /* owned */
    uint64_t next_cycle;
    struct dag_batch *waiting[FIXTURE_EVENTS_MAX]; /* owned; by event node */
    uint32_t taken[FIXTURE_EVENTS_MAX];
    struct dag_buffer outputs[FIXTURE_PUBLISHERS_MAX + 1]; /* "cycle json\n"; the last: letters */
};

/** `dag_text`: a DAG file with ' for ". Fails the test, with the problems printed, when it is no
 * good one. */
void engine_fixture_init(struct engine_fixture *fixture, const char *dag_text);
void engine_fixture_deinit(struct engine_fixture *fixture);

/** Adds events to the queue of an event node. A message that doesn't parse becomes a rejected row.
 */
void engine_fixture_feed(struct engine_fixture *fixture, size_t event, const char *const *texts,
                         size_t count);

/** Runs cycles until nothing waits, at most `slots_max` in one step. Each cycle takes one event
 * from every node that has one. `tick`: every metronome node ticks in the first cycle. */
void engine_fixture_run(struct engine_fixture *fixture, uint32_t slots_max, bool tick);

/** What publisher number `publisher` got so far, NUL-terminated. */
const char *engine_fixture_output(struct engine_fixture *fixture, size_t publisher);

/** The JSON text of a node's last output; borrowed until the next call. */
const char *engine_fixture_node(struct engine_fixture *fixture, const char *node, bool is_output);

/** Index of a node by name. */
int32_t engine_fixture_index(const struct engine_fixture *fixture, const char *node);

#endif
