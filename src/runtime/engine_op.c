/* engine_op.c - one calculator, transformer or node function on a run of rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "core/text.h"
#include "runtime/engine_internal.h"

/* ---- shape maps ---- */

static bool shape_map_grow(struct shape_map *map)
{
    uint32_t capacity = map->capacity ? map->capacity * 2 : 8;
    const struct dag_shape **shapes = calloc(capacity, sizeof(*shapes));
    void **values = calloc(capacity, sizeof(*values));

    if (!shapes || !values) {
        free(shapes);
        free(values);
        return false;
    }
    for (uint32_t i = 0; i < map->capacity; i++) {
        if (!map->shapes[i])
            continue;
        uint32_t slot = (map->shapes[i]->id * 0x9E3779B1u) & (capacity - 1);
        while (shapes[slot])
            slot = (slot + 1) & (capacity - 1);
        shapes[slot] = map->shapes[i];
        values[slot] = map->values[i];
    }
    free(map->shapes);
    free(map->values);
    map->shapes = shapes;
    map->values = values;
    map->capacity = capacity;
    return true;
}

bool shape_map_put(struct shape_map *map, const struct dag_shape *shape, void *value)
{
    assert(shape->id != 0);
    if ((map->count + 1) * 2 > map->capacity && !shape_map_grow(map))
        return false;
    uint32_t slot = (shape->id * 0x9E3779B1u) & (map->capacity - 1);
    while (map->shapes[slot])
        slot = (slot + 1) & (map->capacity - 1);
    map->shapes[slot] = shape;
    map->values[slot] = value;
    map->count++;
    return true;
}

void shape_map_deinit(struct shape_map *map)
{
    free(map->shapes);
    free(map->values);
    *map = (struct shape_map){0};
}

/* ---- instances ---- */

bool op_init(struct op *op, const struct dag_function *type, const char *name,
             const struct tree *config, struct dag_host *host, struct dag_error *err)
{
    op->type = type;
    op->name = name;
    op->state = calloc(1, type->state_size ? type->state_size : 1);
    op->options = tree_document_new();
    if (!op->state || !op->options)
        return dag_error_set_memory(err, "a function");
    if (type->options &&
        !options_read(type->options, config, op->state, NULL, op->options, NULL, NULL))
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s': its options can't be read", name);
    if (type->open && !type->open(op->state, host, err))
        return dag_error_add_context(err, "'%s'", name);
    return true;
}

void op_deinit(struct op *op)
{
    if (op->state && op->type->close)
        op->type->close(op->state);
    free(op->state);
    tree_document_free(op->options);
    shape_map_deinit(&op->plans);
    op->state = NULL;
    op->options = NULL;
}

/* Results outlive the instance whose constants they hold, so the plan gets copies of its own. */
static bool copy_constants(struct dag_slot_plan *plan, struct dag_batch *home)
{
    for (uint32_t i = 0; i < plan->shape->count; i++) {
        struct dag_slot *slot = &plan->slots[i];
        if (slot->kind != DAG_SLOT_CONSTANT && slot->kind != DAG_SLOT_DEFAULT)
            continue;
        struct dag_value *copy = batch_alloc(home, sizeof(*copy));
        if (!copy)
            return false;
        *copy = *slot->constant;
        if (copy->type >= DAG_TYPE_BIGNUM &&
            !(copy->as.text = dag_batch_copy(home, copy->as.text, copy->size)))
            return false;
        slot->constant = copy;
    }
    return true;
}

const struct dag_slot_plan *op_plan(struct engine *engine, struct op *op,
                                    const struct dag_shape *shape, struct dag_error *err)
{
    struct dag_slot_plan *plan = NULL;

    if (shape->id != 0 && (plan = shape_map_get(&op->plans, shape)))
        return plan;
    /* a plan whose output shape lives in a batch must not outlive it: made anew for each row */
    struct dag_batch *home = shape->id != 0 ? engine->arena : engine->result;
    plan = batch_alloc(home, sizeof(*plan));
    if (!plan) {
        dag_error_set_memory(err, "a plan");
        return NULL;
    }
    memset(plan, 0, sizeof(*plan));
    if (!op->type->plan(op->state, shape, home, plan, err))
        return NULL;
    if (!copy_constants(plan, home)) {
        dag_error_set_memory(err, "a plan");
        return NULL;
    }
    if (shape->id != 0 && !shape_map_put(&op->plans, shape, plan)) {
        dag_error_set_memory(err, "a plan");
        return NULL;
    }
    return plan;
}

/* ---- rows with a plan ---- */

static const struct dag_value *slot_argument(const struct dag_row *row, int32_t slot)
{
    return slot < 0 ? NULL : &row->values[slot];
}

static void fill_slots(const struct dag_slot_plan *plan, const struct dag_row *row,
                       const struct dag_value *computed, struct dag_value *values)
{
    for (uint32_t i = 0; i < plan->shape->count; i++) {
        const struct dag_slot *slot = &plan->slots[i];
        switch (slot->kind) {
        case DAG_SLOT_COPY:
            values[i] = row->values[slot->from];
            break;
        case DAG_SLOT_CONSTANT:
            values[i] = *slot->constant;
            break;
        case DAG_SLOT_DEFAULT:
            values[i] = row->values[slot->from];
            if (values[i].type == DAG_TYPE_NULL)
                values[i] = *slot->constant;
            break;
        case DAG_SLOT_RESULT:
            values[i] = *computed;
            break;
        }
    }
}

static bool takes(const struct op *op, const struct dag_row *row, struct dag_error *why)
{
    if (row->shape || (op->type->flags & DAG_FUNCTION_TAKES_ANY))
        return true;
    return dag_error_set(why, DAG_ERROR_INVALID,
                         "'%s' (%s) takes objects, the message is of type %s", op->name,
                         op->type->name, dag_value_type_name(&row->values[0]));
}

int op_apply(struct engine *engine, struct op *op, const struct dag_row *row,
             struct dag_row *result, struct dag_error *why)
{
    struct dag_value computed = {0};

    if (!takes(op, row, why))
        return -1;
    if (!row->shape) {
        *result = *row;
        return 1;
    }
    const struct dag_slot_plan *plan = op_plan(engine, op, row->shape, why);
    if (!plan)
        return -2;
    if (plan->test || plan->compute) {
        const struct dag_value *few[16];
        const struct dag_value **arguments = few;
        if (plan->argument_count > 16)
            arguments = batch_alloc(engine->scratch, plan->argument_count * sizeof(*arguments));
        if (!arguments)
            return -2;
        for (size_t i = 0; i < plan->argument_count; i++)
            arguments[i] = slot_argument(row, plan->arguments[i]);
        if (plan->test && !plan->test(op->state, arguments, plan->argument_count))
            return 0;
        if (plan->compute && !plan->compute(op->state, arguments, plan->argument_count,
                                            engine->result, &computed, why))
            return why->code == DAG_ERROR_MEMORY ? -2 : -1;
    }
    struct dag_value *values = batch_alloc(engine->result, plan->shape->count * sizeof(*values));
    if (!values)
        return -2;
    fill_slots(plan, row, &computed, values);
    *result = (struct dag_row){.shape = plan->shape, .values = values};
    return 1;
}

static bool run_planned(struct engine *engine, struct node *node, struct op *op,
                        struct vector *rows, struct dag_error *err)
{
    struct dag_row *results = batch_alloc(engine->result, rows->count * sizeof(*results));
    uint32_t *slots = batch_alloc(engine->scratch, rows->count * sizeof(*slots));
    uint32_t *from = batch_alloc(engine->scratch, rows->count * sizeof(*from));
    uint32_t count = 0;

    if (!results || !slots || !from)
        return dag_error_set_memory(err, "rows");
    for (uint32_t i = 0; i < rows->count; i++) {
        struct dag_error why = {0};
        int outcome = op_apply(engine, op, &rows->rows[i], &results[count], &why);
        if (outcome == -2)
            return dag_error_set_memory(err, "rows");
        if (outcome == 1) {
            slots[count] = rows->slots[i];
            from[count++] = vector_from(rows, i);
        } else if (outcome == -1 && !engine_fail(engine, node, rows->slots[i],
                                                 &node->in.rows[vector_from(rows, i)], &why)) {
            return dag_error_set_memory(err, "an error");
        }
    }
    *rows = (struct vector){.count = count, .slots = slots, .rows = results, .from = from};
    return true;
}

/* ---- rows by call ---- */

struct dag_call {
    struct engine *engine;
    struct node *node;
    struct op *op;
    const struct vector *in; /* only rows that the function takes */
    struct dag_row *rows;    /* answers, in the result's arena */
    uint32_t *index;         /* of the input row that each answers */
    uint32_t count, capacity;
    struct dag_error *single_error; /* one row outside a node's run: where its error goes */
    bool is_out_of_memory, is_misused, is_rejected;
};

size_t dag_call_row_count(const struct dag_call *call)
{
    return call->in->count;
}

const struct dag_row *dag_call_rows(const struct dag_call *call)
{
    return call->in->rows;
}

int64_t dag_call_time_us(const struct dag_call *call, size_t row)
{
    (void)row;
    return call->engine->step->time_us;
}

uint64_t dag_call_random(const struct dag_call *call, size_t row, uint64_t salt)
{
    const struct engine *engine = call->engine;
    uint32_t slot = call->in->slots[row];
    uint64_t hash = text_mix(engine->name_hash, call->node->name_hash);

    hash = text_mix(hash, engine_slot_cycle(engine, slot));
    hash = text_mix(hash, engine_slot_sub(engine, slot));
    return text_mix(hash, salt);
}

struct dag_batch *dag_call_batch(struct dag_call *call)
{
    return call->engine->result;
}

static bool call_grow(struct dag_call *call)
{
    uint32_t capacity = call->capacity ? call->capacity * 2 : call->in->count + 8;
    struct dag_row *rows = batch_alloc(call->engine->result, capacity * sizeof(*rows));
    uint32_t *index = batch_alloc(call->engine->scratch, capacity * sizeof(*index));

    if (!rows || !index)
        return false;
    if (call->count > 0) {
        memcpy(rows, call->rows, call->count * sizeof(*rows));
        memcpy(index, call->index, call->count * sizeof(*index));
    }
    call->rows = rows;
    call->index = index;
    call->capacity = capacity;
    return true;
}

bool dag_call_emit(struct dag_call *call, size_t row, struct dag_row result)
{
    if (row >= call->in->count || (call->count > 0 && row < call->index[call->count - 1])) {
        call->is_misused = true;
        return false;
    }
    if (call->count == call->capacity && !call_grow(call)) {
        call->is_out_of_memory = true;
        return false;
    }
    call->rows[call->count] = result;
    call->index[call->count++] = (uint32_t)row;
    return true;
}

void dag_call_reject(struct dag_call *call, size_t row, const struct dag_error *why)
{
    struct node *node = call->node;

    call->is_rejected = true;
    if (row >= call->in->count)
        call->is_misused = true;
    else if (call->single_error)
        *call->single_error = *why;
    else if (!engine_fail(call->engine, node, call->in->slots[row],
                          &node->in.rows[vector_from(call->in, (uint32_t)row)], why))
        call->is_out_of_memory = true;
}

/* Leaves the rows that the function takes; the others are errors of the node. */
static bool sort_out(struct engine *engine, struct node *node, struct op *op, struct vector *rows,
                     struct dag_error *err)
{
    bool all = true;

    if (op->type->flags & DAG_FUNCTION_TAKES_ANY)
        return true;
    for (uint32_t i = 0; i < rows->count && all; i++)
        all = rows->rows[i].shape != NULL;
    if (all)
        return true;
    struct dag_row *kept = batch_alloc(engine->result, rows->count * sizeof(*kept));
    uint32_t *slots = batch_alloc(engine->scratch, rows->count * sizeof(*slots));
    uint32_t *from = batch_alloc(engine->scratch, rows->count * sizeof(*from));
    uint32_t count = 0;
    if (!kept || !slots || !from)
        return dag_error_set_memory(err, "rows");
    for (uint32_t i = 0; i < rows->count; i++) {
        struct dag_error why = {0};
        if (takes(op, &rows->rows[i], &why)) {
            kept[count] = rows->rows[i];
            slots[count] = rows->slots[i];
            from[count++] = vector_from(rows, i);
        } else if (!engine_fail(engine, node, rows->slots[i], &node->in.rows[vector_from(rows, i)],
                                &why)) {
            return dag_error_set_memory(err, "an error");
        }
    }
    *rows = (struct vector){.count = count, .slots = slots, .rows = kept, .from = from};
    return true;
}

/* The call as a whole failed: every row of it is an error of the node. */
static bool fail_all(struct dag_call *call, const struct dag_error *why, struct vector *rows)
{
    for (uint32_t i = 0; i < call->in->count; i++)
        dag_call_reject(call, i, why);
    rows->count = 0;
    return !call->is_out_of_memory;
}

static bool run_called(struct engine *engine, struct node *node, struct op *op, struct vector *rows,
                       struct dag_error *err)
{
    struct dag_error why = {0};

    if (!sort_out(engine, node, op, rows, err))
        return false;
    if (rows->count == 0)
        return true;
    struct vector in = *rows;
    struct dag_call call = {.engine = engine, .node = node, .op = op, .in = &in};
    uint32_t failures = engine->failure_count;
    bool answered = op->type->process(op->state, &call, &why);
    if (call.is_out_of_memory || why.code == DAG_ERROR_MEMORY)
        return dag_error_set_memory(err, "a function's results");
    if (call.is_misused) {
        answered = false;
        dag_error_set(&why, DAG_ERROR_INVALID, "'%s' (%s) answered rows out of order", op->name,
                      op->type->name);
    }
    if (!answered) {
        engine->failure_count = failures;
        return fail_all(&call, &why, rows) ? true : dag_error_set_memory(err, "errors");
    }
    uint32_t *slots = batch_alloc(engine->scratch, call.count * sizeof(*slots));
    uint32_t *from = batch_alloc(engine->scratch, call.count * sizeof(*from));
    if (!slots || !from)
        return dag_error_set_memory(err, "rows");
    bool has_several = false;
    for (uint32_t i = 0; i < call.count; i++) {
        slots[i] = in.slots[call.index[i]];
        from[i] = vector_from(&in, call.index[i]);
        has_several |= i > 0 && call.index[i] == call.index[i - 1];
    }
    *rows = (struct vector){.count = call.count, .slots = slots, .rows = call.rows, .from = from};
    if (has_several && !engine_explode(engine, rows))
        return dag_error_set_memory(err, "sub-cycles");
    return true;
}

int op_call_one(struct engine *engine, struct node *node, struct op *op, uint32_t slot,
                const struct dag_row *row, struct dag_row *result, struct dag_error *why)
{
    counter_add(&op->calls, 1);
    if (op->type->plan)
        return op_apply(engine, op, row, result, why);
    if (!takes(op, row, why))
        return -1;
    struct vector in = {.count = 1, .slots = &slot, .rows = row};
    struct dag_call call = {
        .engine = engine, .node = node, .op = op, .in = &in, .single_error = why};
    bool answered = op->type->process(op->state, &call, why);
    if (call.is_out_of_memory || why->code == DAG_ERROR_MEMORY)
        return -2;
    if (!answered || call.is_rejected)
        return -1;
    if (call.is_misused || call.count > 1) {
        dag_error_set(why, DAG_ERROR_INVALID, "'%s' (%s) gives several results, an edge takes one",
                      op->name, op->type->name);
        return -1;
    }
    if (call.count == 1)
        *result = call.rows[0];
    return (int)call.count;
}

bool op_run(struct engine *engine, struct node *node, struct op *op, struct vector *rows,
            struct dag_error *err)
{
    counter_add(&op->calls, rows->count);
    if (op->type->plan)
        return run_planned(engine, node, op, rows, err);
    return run_called(engine, node, op, rows, err);
}

/* ---- sub-cycles ---- */

static bool remap(struct engine *engine, struct vector *vector, const uint32_t *moved)
{
    if (vector->count == 0)
        return true;
    uint32_t *slots = batch_alloc(engine->scratch, vector->count * sizeof(*slots));
    if (!slots)
        return false;
    for (uint32_t i = 0; i < vector->count; i++)
        slots[i] = moved[vector->slots[i]];
    vector->slots = slots;
    return true;
}

/* Every slot moves behind the slots that are put in before it. */
static bool widen(struct engine *engine, const uint32_t *extra, uint32_t *moved)
{
    uint32_t old_count = engine->slot_count;
    uint32_t count = 0;

    for (uint32_t i = 0; i < old_count; i++) {
        moved[i] = count;
        count += 1 + extra[i];
    }
    uint64_t *cycles = batch_alloc(engine->scratch, count * sizeof(*cycles));
    uint32_t *subs = batch_alloc(engine->scratch, count * sizeof(*subs));
    uint32_t *starts = batch_alloc(engine->scratch, engine->step->slot_count * sizeof(*starts));
    if (!cycles || !subs || !starts)
        return false;
    for (uint32_t i = 0; i < old_count; i++)
        for (uint32_t k = 0; k <= extra[i]; k++)
            cycles[moved[i] + k] = engine_slot_cycle(engine, i);
    for (uint32_t i = 0; i < count; i++) {
        bool begins = i == 0 || cycles[i] != cycles[i - 1];
        subs[i] = begins ? 0 : subs[i - 1] + 1;
        if (begins)
            starts[cycles[i] - engine->step->first_cycle] = i;
    }
    engine->slot_cycles = cycles;
    engine->slot_subs = subs;
    engine->slot_of_cycle = starts;
    engine->slot_count = count;
    return true;
}

bool engine_explode(struct engine *engine, struct vector *rows)
{
    uint32_t *extra = batch_alloc(engine->scratch, engine->slot_count * sizeof(*extra));
    uint32_t *moved = batch_alloc(engine->scratch, engine->slot_count * sizeof(*moved));
    uint32_t *slots = batch_alloc(engine->scratch, rows->count * sizeof(*slots));

    if (!extra || !moved || !slots)
        return false;
    memset(extra, 0, engine->slot_count * sizeof(*extra));
    for (uint32_t i = 1; i < rows->count; i++)
        extra[rows->slots[i]] += rows->slots[i] == rows->slots[i - 1];
    if (!widen(engine, extra, moved))
        return false;
    for (uint32_t i = 0; i < rows->count; i++) {
        bool is_further = i > 0 && rows->slots[i] == rows->slots[i - 1];
        slots[i] = is_further ? slots[i - 1] + 1 : moved[rows->slots[i]];
    }
    rows->slots = slots;
    for (size_t i = 0; i < engine->plan->node_count; i++) {
        struct node *other = &engine->nodes[i]; /* not evaluated yet: its vectors are empty */
        if (!remap(engine, &other->in, moved) || !remap(engine, &other->out, moved) ||
            !remap(engine, &other->published, moved))
            return false;
    }
    for (uint32_t i = 0; i < engine->failure_count; i++)
        engine->failures[i].slot = moved[engine->failures[i].slot];
    return true;
}
