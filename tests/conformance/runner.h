/* runner.h - what the parts of the vectors' runner share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFORMANCE_RUNNER_H
#define CONFORMANCE_RUNNER_H

#include "core/clock.h"
#include "core/tree.h"
#include "dag/json.h"
#include "graph/check.h"
#include "runtime/runtime.h"

/** One case of a vector file. */
struct vector_case {
    const struct tree *tree;
    struct tree_document *document; /* for whatever lives as long as the file */
    const struct registry *registry;
    const char *name;
    const char *component;
};

/** What production code made of it: a result, an error, or both (a pipeline goes on after one). */
struct outcome {
    struct dag_buffer result; /* JSON; empty: none */
    const char *error_kind;   /* "config", "cycle", "parse", "runtime", "overflow"; NULL: none */
    char error_text[4096];
    char broken[256]; /* the case can't be run: why; "" when it can */
    bool is_later;    /* the case needs what comes later: it is skipped */
};

/** Runs a case of one component. */
typedef void (*vector_run)(const struct vector_case *vector, struct outcome *outcome);

void run_calculator(const struct vector_case *vector, struct outcome *outcome);
void run_transformer(const struct vector_case *vector, struct outcome *outcome);
void run_json_text(const struct vector_case *vector, struct outcome *outcome);
void run_pipeline(const struct vector_case *vector, struct outcome *outcome);
void run_topological_order(const struct vector_case *vector, struct outcome *outcome);
void run_cycle_detection(const struct vector_case *vector, struct outcome *outcome);
void run_graph_build(const struct vector_case *vector, struct outcome *outcome);
void run_factory(const struct vector_case *vector, struct outcome *outcome);
void run_memory_broker(const struct vector_case *vector, struct outcome *outcome);
void run_file_subscriber(const struct vector_case *vector, struct outcome *outcome);
void run_file_publisher(const struct vector_case *vector, struct outcome *outcome);
void run_publisher_batching(const struct vector_case *vector, struct outcome *outcome);
void run_metronome(const struct vector_case *vector, struct outcome *outcome);
void run_time_window(const struct vector_case *vector, struct outcome *outcome);
void run_duration(const struct vector_case *vector, struct outcome *outcome);
void run_clone(const struct vector_case *vector, struct outcome *outcome);
void run_clone_later(const struct vector_case *vector, struct outcome *outcome);
void run_dag_server(const struct vector_case *vector, struct outcome *outcome);
void run_keyed_publisher(const struct vector_case *vector, struct outcome *outcome);
void run_end_time(const struct vector_case *vector, struct outcome *outcome);

/* ---- outcome.c ------------------------------------------------------------------------------ */

void outcome_error(struct outcome *outcome, const char *kind, const char *format, ...)
    DAG_PRINTF(3, 4);

/** The case asks for something that the runner doesn't know. */
void outcome_broken(struct outcome *outcome, const char *format, ...) DAG_PRINTF(2, 3);

/** Appends to a text; out of memory ends the runner. */
void add(struct dag_buffer *out, const char *format, ...) DAG_PRINTF(2, 3);
void add_bytes(struct dag_buffer *out, const char *bytes, size_t size);

/** Appends a JSON string. */
void add_string(struct dag_buffer *out, const char *text, size_t size);

/** Appends the JSON text of `value` as it arrives from outside: numbers keep their digits,
 *  {"$nonfinite": ...} and {"$lone_surrogate_as_escape": ...} become what they stand for. */
void add_wire(struct dag_buffer *out, const struct tree *value);

/* ---- compare.c ------------------------------------------------------------------------------ */

/** How the result of a component is compared with what is expected. */
enum compare_how {
    COMPARE_WHOLE,    /* the same value */
    COMPARE_PRESENT,  /* an object: the members that are expected, and more is fine */
    COMPARE_PIPELINE, /* outputs, node_outputs, error_counts */
    COMPARE_KEYED,    /* the same value; in "written" keys are compared as text */
};

/** True when `actual` is the expected value. `is_exact`: numbers keep every digit. */
bool same_value(const struct tree *expected, const struct tree *actual, bool is_exact);

/** Judges the outcome; on false `why` says what was expected and what came. */
bool judge(const struct vector_case *vector, const struct outcome *outcome, enum compare_how how,
           char *why, size_t why_size);

/* ---- stage.c: one DAG in a runtime that is turned by hand ---------------------------------------
 */

struct stage {
    struct runtime *runtime;
    struct dag *dag;
    struct clock_virtual clock;
};

/** Checks, builds and starts the DAG; nothing has run yet. False: the outcome says why. In either
 * case stage_close() follows. */
bool stage_open(struct stage *stage, const struct registry *registry, const char *json, size_t size,
                struct outcome *outcome);
void stage_turn(struct stage *stage);

/** Moves the clock on at one go: timers that are due by then fire late, once. */
void stage_pass(struct stage *stage, int64_t us);
void stage_close(struct stage *stage);

/** Checks a DAG; NULL: the outcome says why. */
struct plan *check_graph(const struct registry *registry, const char *json, size_t size,
                         struct outcome *outcome);

/** Puts a message, as text, into the queue or topic of a mem:// URI. False: it can't be. */
bool feed_text(const char *uri, const char *text, size_t size, struct outcome *outcome);

/** Takes the oldest message of the queue. False: there is none. */
bool take_text(const char *queue, struct dag_buffer *out);

/** Copies the errors of the DAG's nodes and what could not be parsed to the outcome. */
void stage_errors(struct stage *stage, struct outcome *outcome);

/** A file's name of the runner's own; it doesn't exist yet. Removed by temporary_remove(). */
const char *temporary_path(void);
void temporary_remove(void);

/** Where the runner's own dead letters go. */
#define ERRORS_QUEUE "conformance_errors"

#endif
