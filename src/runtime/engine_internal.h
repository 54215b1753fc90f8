/* engine_internal.h - the parts of the cycle engine, for its own files.
 *
 *   engine.c          instances, one step: nodes in order, gates, publishing, what nodes retain
 *   engine_op.c       one function on a run of rows, by plan or by call
 *   engine_merge.c    several edges into one input
 *   engine_program.c  the plans of a chain of nodes fused into one pass
 *   engine_letter.c   errors and dead letters
 *   engine_held.c     rows that outlive the batch that they came in
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_ENGINE_INTERNAL_H
#define RUNTIME_ENGINE_INTERNAL_H

#include "core/batch.h"
#include "runtime/counters.h"
#include "runtime/engine.h"

/* ---- held rows ---- */

/** A row copied out of its batch, in one block of memory that is reused. Zeroed: the empty object.
 */
struct held {
    struct dag_row row; /* shape NULL and values NULL: never set, stands for {} */
    void *memory;       /* owned */
    size_t capacity;
};

bool held_set(struct held *held, const struct dag_row *row);
void held_deinit(struct held *held);
struct dag_row held_row(const struct held *held);

/* ---- a run of rows by slot ---- */

/** Rows in slot order; the same slot may not stand twice, but in the raw answers of a function. */
struct vector {
    uint32_t count;
    const uint32_t *slots;      /* in the scratch arena, or shared */
    const struct dag_row *rows; /* in the result's arena, an input's, or shared */
    const uint32_t *from;       /* index of each row's node input; NULL: the row's own index */
};

static inline uint32_t vector_from(const struct vector *vector, uint32_t i)
{
    return vector->from ? vector->from[i] : i;
}

/* ---- operations ---- */

/** A pointer by shape id: open addressing, with the last hit in front. */
struct shape_map {
    const struct dag_shape *last_shape;
    void *last_value;
    const struct dag_shape **shapes; /* owned */
    void **values;                   /* owned */
    uint32_t capacity, count;
};

static inline void *shape_map_get(struct shape_map *map, const struct dag_shape *shape)
{
    if (map->last_shape == shape)
        return map->last_value;
    if (map->capacity == 0)
        return NULL;
    uint32_t slot = (shape->id * 0x9E3779B1u) & (map->capacity - 1);
    for (; map->shapes[slot]; slot = (slot + 1) & (map->capacity - 1))
        if (map->shapes[slot] == shape) {
            map->last_shape = shape;
            return map->last_value = map->values[slot];
        }
    return NULL;
}

bool shape_map_put(struct shape_map *map, const struct dag_shape *shape, void *value);
void shape_map_deinit(struct shape_map *map);

/** One instance of a calculator, a transformer or a node type's function. */
struct op {
    const struct dag_function *type;
    const char *name;              /* as declared in the DAG file */
    void *state;                   /* owned */
    struct tree_document *options; /* owned; what the state's options point into */
    int32_t function;              /* index in the plan; -1: a node type's */
    bool is_calculator;
    struct shape_map plans; /* struct dag_slot_plan *, in the engine's arena */
    counter calls;
};

struct node {
    const struct plan_node *plan;
    int32_t index;     /* in the plan */
    int32_t position;  /* in topological order */
    int32_t event;     /* index in engine->events, -1: no subscriber */
    int32_t metronome; /* index in engine->metronomes, -1 */
    struct op *ops;    /* owned; in order of evaluation */
    size_t op_count;
    size_t input_op_count; /* of these, before the input is remembered (transformers) */
    struct op **edge_ops; /* owned; by incoming edge, NULL entries: none. Not used when the node has
                             a single plain edge: then the transformer is the first op */
    bool is_single;       /* one incoming edge without pname: the input needs no merging */
    bool has_message;     /* metronome with a subscriber: a message has come */
    uint64_t name_hash;   /* the same everywhere, for dag_call_random() */

    struct held input, output;          /* retained */
    uint64_t input_cycle, output_cycle; /* of these; 0: never set */
    struct held *edge_last;             /* owned; PublisherSinkNode under `changes`: by edge */

    struct chain *chain; /* this node is its head; NULL: not fused */
    bool is_inside;      /* evaluated by the chain of an earlier node */

    /* this step */
    struct vector in, out;
    struct vector
        published; /* what goes to the node's publishers: `out`, or what a gate held back too */
    struct dag_row last_input; /* as remembered: behind the input transformers */
    uint32_t last_input_slot;
    bool has_last_input;
    bool has_edge_op;           /* the first op is the transformer of the single edge */
    uint64_t *cycles;           /* of `published`; NULL: not made yet */
    struct merge_cache *merges; /* owned; see engine_merge.c */

    struct node_counters *counters; /* in engine->counters */
    struct engine_error *ring;      /* owned; ENGINE_ERRORS_KEPT of them; NULL before the first */
    size_t ring_count;
    uint32_t step_errors;
};

/** What went wrong in a slot of this step. */
struct failure {
    uint32_t slot;
    uint32_t position; /* of the node, topological */
    const struct node *node;
    const struct dag_error *error; /* in the scratch arena */
    const struct dag_row *input;   /* NULL for a parse failure */
    const struct dag_value *raw;   /* of a parse failure */
    uint32_t sequence;             /* order of arrival */
};

struct engine {
    const struct plan *plan; /* borrowed */
    struct dag_host *host;   /* borrowed */
    struct memory_account *account;
    struct dag_batch *arena; /* plans and programs; lives with the engine */
    struct node *nodes;      /* by index in the plan; owned */
    int32_t *events;         /* node indexes, topological */
    size_t event_count;
    int32_t *metronomes;
    size_t metronome_count;
    uint64_t name_hash;
    size_t result_hint; /* bytes that the last result took */

    /* this step */
    const struct engine_step *step;
    struct dag_batch *scratch, *result;
    uint32_t slot_count;
    uint64_t *slot_cycles;    /* NULL while slot i is cycle first + i */
    uint32_t *slot_subs;      /* likewise */
    uint32_t *slot_of_cycle;  /* where cycle first + i begins; NULL: i */
    struct failure *failures; /* in the scratch arena */
    uint32_t failure_count, failure_capacity;

    struct engine_counters *counters; /* owned; NULL: another engine has taken them */
};

static inline uint64_t engine_slot_cycle(const struct engine *engine, uint32_t slot)
{
    return engine->slot_cycles ? engine->slot_cycles[slot] : engine->step->first_cycle + slot;
}

static inline uint32_t engine_slot_sub(const struct engine *engine, uint32_t slot)
{
    return engine->slot_subs ? engine->slot_subs[slot] : 0;
}

/** Slots 0, 1, 2, ... DAG_BATCH_ROWS_MAX - 1. */
extern uint32_t engine_identity[DAG_BATCH_ROWS_MAX];

/* ---- engine_op.c ---- */

bool op_init(struct op *op, const struct dag_function *type, const char *name,
             const struct tree *config, struct dag_host *host, struct dag_error *err);
void op_deinit(struct op *op);

/** The plan for rows of that shape, from the cache or made now (in the scratch arena for shapes
 *  without an id). NULL: `err`. */
const struct dag_slot_plan *op_plan(struct engine *engine, struct op *op,
                                    const struct dag_shape *shape, struct dag_error *err);

/** Applies the operation to rows in slot order; failures are recorded against `node` with the row
 *  of its input. False: out of memory. */
bool op_run(struct engine *engine, struct node *node, struct op *op, struct vector *rows,
            struct dag_error *err);

/** Applies an operation with a plan to one row: 1 a row, 0 filtered, -1 an error of the row in
 *  `why`, -2 out of memory. */
int op_apply(struct engine *engine, struct op *op, const struct dag_row *row,
             struct dag_row *result, struct dag_error *why);

/** The same for any operation, outside the node's run (an edge's transformer). */
int op_call_one(struct engine *engine, struct node *node, struct op *op, uint32_t slot,
                const struct dag_row *row, struct dag_row *result, struct dag_error *why);

/** Gives each further answer of a slot a slot of its own, in every vector of this step. `rows` has
 * the answers, with repeated slots. */
bool engine_explode(struct engine *engine, struct vector *rows);

/* ---- engine_merge.c ---- */

/** The node's inputs of this step from its edges, into node->in. */
bool merge_run(struct engine *engine, struct node *node, struct dag_error *err);
void merge_cache_free(struct merge_cache *cache);

/** The value of edge number `i` of `node` for slot-ordered reading; see engine_merge.c. */
struct edge_cursor {
    const struct vector *source; /* of this step */
    uint32_t next;               /* index of the first row of `source` behind the current slot */
    struct dag_row latest;       /* the source's latest output */
    bool is_new;                 /* `latest` came in the current slot */
    bool is_held;                /* `latest` lies in what the source retained */
    struct op *op;               /* the edge's transformer, or NULL */
    bool is_valued;              /* what follows is the transformer's answer to `latest` */
    int outcome;
    struct dag_row value;
    const struct dag_error *why; /* in the scratch arena */
};
void edge_cursor_init(struct edge_cursor *cursor, struct engine *engine, struct node *node,
                      size_t edge);
void edge_cursor_move(struct edge_cursor *cursor, uint32_t slot);

/** The next slot in which any of the cursors has something new; UINT32_MAX: none. */
uint32_t edge_cursors_next(const struct edge_cursor *cursors, size_t count);

/** `latest` through the edge's transformer, into `cursor->value`; results as op_apply(), the error
 *  in `cursor->why`. */
int edge_value(struct engine *engine, struct node *node, struct edge_cursor *cursor, uint32_t slot);

/* ---- engine_program.c ---- */

/** Nodes in a row that are evaluated in one pass. */
struct chain;

/** Finds the chains of the engine's graph. */
bool chains_build(struct engine *engine, struct dag_error *err);
void chain_free(struct chain *chain);

/** Runs the chain on its head's node->in; the last node's `out` is filled, counters and what the
 *  nodes retain are brought up to date. */
bool chain_run(struct engine *engine, struct chain *chain, struct dag_error *err);
struct node *chain_last(const struct chain *chain);

/** The nodes of a chain share what it took. */
void chain_time(const struct chain *chain, int64_t duration_ns, uint64_t row_count);

/** What the nodes of a chain retain, once the step is over. */
bool chain_commit(struct engine *engine, struct chain *chain);

/* ---- engine.c, for chains ---- */

/** The node's input from the output of the one node before it. */
bool node_take_single(struct engine *engine, struct node *node, const struct vector *from,
                      struct dag_error *err);

/** All operations of the node on node->in, unfused, into node->out. */
bool node_compute(struct engine *engine, struct node *node, struct dag_error *err);

/** Retains a row of that slot. False: out of memory. */
bool node_retain_input(struct engine *engine, struct node *node, const struct dag_row *row,
                       uint32_t slot);
bool node_retain_output(struct engine *engine, struct node *node, const struct dag_row *row,
                        uint32_t slot);

/** Counters of rows that a pass computed. */
void node_count(struct engine *engine, struct node *node, uint64_t computed, uint64_t emitted,
                uint64_t filtered);

/* ---- engine_letter.c ---- */

/** Records a failure of `node` in `slot`; `input` may be NULL. False: out of memory. */
bool engine_fail(struct engine *engine, struct node *node, uint32_t slot,
                 const struct dag_row *input, const struct dag_error *why);

/** The failures of this step as dead letters in slot order, in the result's arena. */
bool engine_letters(struct engine *engine, struct engine_output *output, uint32_t **slots,
                    uint32_t **positions, struct dag_error *err);
void engine_errors_deinit(struct node *node);

#endif
