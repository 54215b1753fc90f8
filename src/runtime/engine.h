/* engine.h - the cycle engine of one DAG: rows in, rows out, no threads, no clock, no I/O.
 *
 * What it gives is a pure function of the plan and of the sequence of (cycle, time, event): how the
 * sequence is cut into steps makes no difference to a single byte of the results.
 *
 * A step runs a block of consecutive cycles. Cycle number `first_cycle + i` is slot i. In it each
 * event node takes at most one row. Inside, the engine works node by node over the whole block,
 * which is the same as cycle by cycle because the graph has no loops and each node's state only
 * moves forward.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_ENGINE_H
#define RUNTIME_ENGINE_H

#include "core/memory.h"
#include "dag/json.h"
#include "graph/plan.h"
#include "runtime/latency.h"

struct engine;

/** What one event node (a node with a subscriber) takes in a step: slot i takes row
 *  `first + i * stride` of `batch`, for i < count. Zeroed: nothing. The batch is borrowed; results
 * keep it as long as they need it. */
struct engine_input {
    struct dag_batch *batch;
    uint32_t first, count, stride; /* stride: how many nodes share the subscriber */
};

struct engine_step {
    uint64_t first_cycle; /* from 1 */
    uint32_t slot_count;
    int64_t time_us;                   /* of each of these cycles, microseconds since 1970 UTC */
    const struct engine_input *inputs; /* by event node, see engine_event_node() */
    const bool
        *ticks; /* by metronome node, see engine_metronome_node(): ticks in slot 0; NULL: none */
    int64_t (*now_ns)(void); /* to time this step's nodes by; NULL: they aren't timed */
};

/** Rows for one publisher in cycle order. */
struct engine_output {
    const struct dag_row *rows;
    const uint64_t *cycles;
    size_t count;
};

/** Everything lives in `batch` and what that keeps. */
struct engine_result {
    struct dag_batch *batch;             /* owned by the caller, released with dag_batch_unref() */
    const struct engine_output *outputs; /* by publisher of the plan; with one more at the end: dead
                                            letters of a plan without an `errors` publisher */
    uint64_t last_cycle;
};

/** Counters since engine_new(). Written by the thread that runs a step, may be read by any. */
struct engine_node_stats {
    uint64_t computed; /* calls of the node, compute_count of the original */
    uint64_t emitted;
    uint64_t errors;
    uint64_t filtered;       /* inputs without an output */
    int64_t last_compute_us; /* 0: never */
};

struct engine_stats {
    uint64_t received; /* events taken, ticks of metronome nodes not counted */
    uint64_t rejected; /* could not be parsed */
    uint64_t node_errors;
    uint64_t published; /* rows handed to publishers, dead letters not counted */
};

/** One of a node's last errors. */
struct engine_error {
    int64_t time_us;
    uint64_t cycle;
    enum dag_error_code code;
    char message[480];
    char *input; /* JSON text, owned by the ring; cut at 16 KiB; may be NULL */
};
#define ENGINE_ERRORS_KEPT 10

/** Makes the engine of `plan` (borrowed, must outlive it): instances of all functions, in the state
 * of a DAG that has seen nothing. `account` may be NULL. `host` for the functions' open(). NULL:
 * `err`. */
struct engine *engine_new(const struct plan *plan, struct memory_account *account,
                          struct dag_host *host, struct dag_error *err);
void engine_free(struct engine *engine);

/** Node indexes of the event nodes in topological order, and their subscriber indexes. */
size_t engine_event_node_count(const struct engine *engine);
int32_t engine_event_node(const struct engine *engine, size_t i);
size_t engine_metronome_node_count(const struct engine *engine);
int32_t engine_metronome_node(const struct engine *engine, size_t i);

/** Runs a block of cycles. One caller at a time. False (`err`: out of memory): the engine's state
 * is unknown from then on, it can only be freed; the DAG has failed. */
bool engine_run(struct engine *engine, const struct engine_step *step, struct engine_result *result,
                struct dag_error *err);

/** A dead letter as a row in the arena of `batch`. `node`, `subscriber`, `publisher` may be NULL;
 *  exactly one of `input` and `raw` is given, or none. */
struct engine_letter {
    const char *cause; /* "parse", "node", "publish" */
    const char *node, *subscriber, *publisher;
    uint64_t cycle;
    uint32_t sub_cycle;
    const struct dag_origin *position;
    int64_t time_us;
    const char *message;
    const struct dag_row *input;
    const struct dag_value *raw; /* bytes that are no message */
};
bool engine_letter_row(const char *dag, const struct engine_letter *letter, struct dag_batch *batch,
                       struct dag_row *row, struct dag_error *err);

/** For inspection between steps, by the thread that runs them or while none does. The row is copied
 * into `batch`: the node's last input or output; `{}` before the first. */
bool engine_node_output(struct engine *engine, int32_t node, struct dag_batch *batch,
                        struct dag_row *row, struct dag_error *err);
bool engine_node_input(struct engine *engine, int32_t node, struct dag_batch *batch,
                       struct dag_row *row, struct dag_error *err);
/** The cycle that the node's last input or output is of; 0: of none in this engine's life. */
uint64_t engine_node_cycle(const struct engine *engine, int32_t node, bool is_output);
void engine_node_stats(const struct engine *engine, int32_t node, struct engine_node_stats *stats);

/** The node's last errors, oldest first; at most ENGINE_ERRORS_KEPT. Borrowed until the next step.
 */
size_t engine_node_errors(const struct engine *engine, int32_t node,
                          const struct engine_error **errors);
void engine_stats(const struct engine *engine, struct engine_stats *stats);

/** Appends the state of all nodes as JSON: what they retain and what their functions save. Between
 * steps only. */
bool engine_save(struct engine *engine, struct dag_buffer *out, struct dag_error *err);

/** Puts a new engine into a saved state. Nodes are matched by name and type, functions by type and
 * place; what has no match is told to `dropped` (may be NULL), a node's name and why, and starts as
 * if it had seen nothing. */
bool engine_restore(struct engine *engine, const char *json, size_t size,
                    void (*dropped)(void *context, const char *node, const char *why),
                    void *context, struct dag_error *err);

/** What engine_node_stats() and engine_stats() show, for readers that may not touch the engine: any
 * thread, at any time, as long as the engine lives or another counts in its place. */
struct engine_counters;
struct engine_counters *engine_counters(const struct engine *engine);
void engine_counters_node(const struct engine_counters *counters, int32_t node,
                          struct engine_node_stats *stats);
void engine_counters_all(const struct engine_counters *counters, struct engine_stats *stats);

/** Time that a message takes in the node, from the steps that were timed. Nodes that are calculated
 * in one pass share its time evenly. False: none was. */
bool engine_counters_latency(const struct engine_counters *counters, int32_t node,
                             struct latency *latency);

/** `engine`, which has run nothing yet, goes on with the counters of `before`, from 0. Only
 * engine_free() may follow for `before`. Both are of the same plan. */
void engine_replace(struct engine *engine, struct engine *before);

/** How often a calculator or transformer of the plan was called, over all its instances. */
uint64_t engine_function_calls(const struct engine *engine, bool is_calculator, int32_t index);

#endif
