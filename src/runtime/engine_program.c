/* engine_program.c - chains of nodes whose plans are fused into one pass over the rows.
 *
 * For each shape that comes in, the slot plans of all operations of the chain are composed once:
 * copies and constants vanish into a list of sources, what is left to do by row is a short list
 * of instructions. A row that fails takes the plain way through the nodes, which finds the node
 * and the message. What the nodes in the middle retain is made up for at the end of the step from
 * the last row that reached them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/engine_internal.h"

#define FUSED_ROWS_MIN 4u /* below, composing costs more than it saves */
#define REGISTERS_MAX  32u
#define ARGUMENTS_MAX  16u
#define CHAIN_OPS_MAX  64u

enum base { BASE_INPUT, BASE_REGISTER, BASE_CONSTANT, BASE_MISSING };

struct operand {
    uint32_t base; /* enum base */
    uint32_t index;
};

enum instruction_kind { INSTRUCTION_DEFAULT, INSTRUCTION_COMPUTE, INSTRUCTION_TEST };

struct instruction {
    enum instruction_kind kind;
    uint32_t op; /* index in the chain */
    uint32_t result;
    uint32_t argument_count;
    const struct operand *arguments; /* DEFAULT: the attribute and its default */
    const void *state;
    dag_slot_function compute;
    dag_slot_test test;
};

/** What the whole chain does to rows of one shape. */
struct program {
    const struct dag_shape *shape;
    const struct operand *outputs;
    struct instruction *instructions;
    uint32_t instruction_count;
    const struct dag_value *constants;
    bool is_identity;
    bool is_plain; /* too large to compose: the rows take the plain way */
};

struct chain {
    struct node **nodes; /* owned */
    size_t node_count;
    struct op **ops;   /* owned */
    uint32_t *op_node; /* owned; index of the node of each op */
    size_t op_count;
    struct shape_map programs; /* struct program *, in the engine's arena */

    /* this step */
    struct vector in;
    uint16_t *stops; /* by row: the node that gave no output; node_count: none. NULL: not fused */
};

struct node *chain_last(const struct chain *chain)
{
    return chain->nodes[chain->node_count - 1];
}

void chain_time(const struct chain *chain, int64_t duration_ns, uint64_t row_count)
{
    for (size_t i = 0; i < chain->node_count; i++)
        counters_time(chain->nodes[i]->counters, duration_ns / (int64_t)chain->node_count,
                      row_count);
}

/* ---- finding chains ---- */

static bool can_fuse(const struct node *node)
{
    enum plan_node_kind kind = node->plan->kind;

    if (kind != PLAN_NODE_CALCULATION && kind != PLAN_NODE_SUBSCRIPTION &&
        kind != PLAN_NODE_PUBLICATION)
        return false;
    if (node->plan->propagate != PLAN_PROPAGATE_EVERY)
        return false;
    for (size_t i = 0; i < node->op_count; i++)
        if (!node->ops[i].type->plan)
            return false;
    return true;
}

static struct node *chain_next(struct engine *engine, const struct node *node)
{
    if (node->plan->edge_out_count != 1 || node->plan->publisher_count > 0)
        return NULL;
    const struct plan_edge *edge = &engine->plan->edges[node->plan->edges_out[0]];
    struct node *next = &engine->nodes[edge->to];
    return next->is_single && next->event < 0 && can_fuse(next) ? next : NULL;
}

static struct chain *chain_new(struct engine *engine, struct node *head)
{
    size_t node_count = 1, op_count = head->op_count;
    struct node *node = head;

    for (node = head; (node = chain_next(engine, node)); node_count++) {
        if (op_count + node->op_count > CHAIN_OPS_MAX)
            break;
        op_count += node->op_count;
    }
    struct chain *chain = calloc(1, sizeof(*chain));
    if (!chain)
        return NULL;
    chain->nodes = calloc(node_count, sizeof(struct node *));
    chain->ops = calloc(op_count + 1, sizeof(struct op *));
    chain->op_node = calloc(op_count + 1, sizeof(*chain->op_node));
    if (!chain->nodes || !chain->ops || !chain->op_node) {
        chain_free(chain);
        return NULL;
    }
    chain->node_count = node_count;
    node = head;
    for (size_t i = 0; i < node_count; i++, node = chain_next(engine, node)) {
        chain->nodes[i] = node;
        node->is_inside = i > 0;
        for (size_t k = 0; k < node->op_count; k++) {
            chain->ops[chain->op_count] = &node->ops[k];
            chain->op_node[chain->op_count++] = (uint32_t)i;
        }
    }
    return chain;
}

bool chains_build(struct engine *engine, struct dag_error *err)
{
    for (size_t i = 0; i < engine->plan->node_count; i++) {
        struct node *node = &engine->nodes[engine->plan->order[i]];
        bool is_longer = can_fuse(node) && chain_next(engine, node);
        if (node->is_inside || !can_fuse(node) || node->op_count > CHAIN_OPS_MAX ||
            (!is_longer && node->op_count == 0))
            continue;
        node->chain = chain_new(engine, node);
        if (!node->chain)
            return dag_error_set_memory(err, "a chain of nodes");
    }
    return true;
}

void chain_free(struct chain *chain)
{
    if (!chain)
        return;
    free(chain->nodes);
    free(chain->ops);
    free(chain->op_node);
    shape_map_deinit(&chain->programs);
    free(chain);
}

/* ---- composing ---- */

struct composer {
    struct engine *engine;
    struct dag_batch *home;
    struct operand *slots; /* of the shape reached so far */
    struct instruction instructions[CHAIN_OPS_MAX * 2 + REGISTERS_MAX];
    uint32_t instruction_count;
    struct dag_value *constants;
    uint32_t constant_count, constant_capacity;
    uint32_t register_count;
    bool is_too_large, is_out_of_memory;
};

static struct operand add_constant(struct composer *composer, const struct dag_value *value)
{
    if (composer->constant_count == composer->constant_capacity) {
        uint32_t capacity = composer->constant_capacity ? composer->constant_capacity * 2 : 8;
        struct dag_value *grown = batch_alloc(composer->home, capacity * sizeof(*grown));
        if (!grown) {
            composer->is_out_of_memory = true;
            return (struct operand){BASE_MISSING, 0};
        }
        if (composer->constant_count > 0)
            memcpy(grown, composer->constants, composer->constant_count * sizeof(*grown));
        composer->constants = grown;
        composer->constant_capacity = capacity;
    }
    composer->constants[composer->constant_count] = *value;
    return (struct operand){BASE_CONSTANT, composer->constant_count++};
}

static struct instruction *add_instruction(struct composer *composer, enum instruction_kind kind,
                                           size_t op, size_t argument_count,
                                           struct operand **arguments)
{
    size_t most = sizeof(composer->instructions) / sizeof(composer->instructions[0]);

    *arguments = batch_alloc(composer->home, (argument_count + 1) * sizeof(**arguments));
    if (!*arguments)
        composer->is_out_of_memory = true;
    if (composer->instruction_count == most || argument_count > ARGUMENTS_MAX)
        composer->is_too_large = true;
    if (!*arguments || composer->is_too_large)
        return NULL;
    struct instruction *instruction = &composer->instructions[composer->instruction_count++];
    *instruction = (struct instruction){.kind = kind,
                                        .op = (uint32_t)op,
                                        .argument_count = (uint32_t)argument_count,
                                        .arguments = *arguments};
    return instruction;
}

static struct operand new_register(struct composer *composer)
{
    if (composer->register_count == REGISTERS_MAX) {
        composer->is_too_large = true;
        return (struct operand){BASE_MISSING, 0};
    }
    return (struct operand){BASE_REGISTER, composer->register_count++};
}

static struct operand compose_default(struct composer *composer, size_t op, struct operand slot,
                                      const struct dag_value *value)
{
    struct operand *arguments;

    if (slot.base == BASE_CONSTANT)
        return composer->constants[slot.index].type == DAG_TYPE_NULL ? add_constant(composer, value)
                                                                     : slot;
    struct operand result = new_register(composer);
    struct instruction *instruction =
        add_instruction(composer, INSTRUCTION_DEFAULT, op, 2, &arguments);
    if (!instruction)
        return slot;
    arguments[0] = slot;
    arguments[1] = add_constant(composer, value);
    instruction->result = result.index;
    return result;
}

/* The instruction for the plan's test or computation. */
static struct operand compose_call(struct composer *composer, struct op *op, size_t index,
                                   const struct dag_slot_plan *plan, bool is_test)
{
    struct operand *arguments;
    struct operand result = {BASE_MISSING, 0};
    struct instruction *instruction =
        add_instruction(composer, is_test ? INSTRUCTION_TEST : INSTRUCTION_COMPUTE, index,
                        plan->argument_count, &arguments);

    if (!instruction)
        return result;
    for (size_t i = 0; i < plan->argument_count; i++)
        arguments[i] = plan->arguments[i] < 0 ? (struct operand){BASE_MISSING, 0}
                                              : composer->slots[plan->arguments[i]];
    instruction->state = op->state;
    if (is_test) {
        instruction->test = plan->test;
        return result;
    }
    result = new_register(composer);
    instruction->compute = plan->compute;
    instruction->result = result.index;
    return result;
}

static bool compose_op(struct composer *composer, struct op *op, size_t index,
                       const struct dag_slot_plan *plan)
{
    struct operand computed = {BASE_MISSING, 0};

    if (plan->test)
        compose_call(composer, op, index, plan, true);
    if (plan->compute)
        computed = compose_call(composer, op, index, plan, false);
    struct operand *slots = batch_alloc(composer->home, (plan->shape->count + 1) * sizeof(*slots));
    if (!slots)
        return false;
    for (uint32_t i = 0; i < plan->shape->count; i++) {
        const struct dag_slot *slot = &plan->slots[i];
        switch (slot->kind) {
        case DAG_SLOT_COPY:
            slots[i] = composer->slots[slot->from];
            break;
        case DAG_SLOT_CONSTANT:
            slots[i] = add_constant(composer, slot->constant);
            break;
        case DAG_SLOT_DEFAULT:
            slots[i] =
                compose_default(composer, index, composer->slots[slot->from], slot->constant);
            break;
        case DAG_SLOT_RESULT:
            slots[i] = computed;
            break;
        }
    }
    composer->slots = slots;
    return !composer->is_out_of_memory;
}

/* Drops the defaults that nothing reads: they can't fail. */
static void drop_unused(struct composer *composer, const struct dag_shape *shape)
{
    bool is_read[REGISTERS_MAX] = {false};
    uint32_t kept = composer->instruction_count;

    for (uint32_t i = 0; i < shape->count; i++)
        if (composer->slots[i].base == BASE_REGISTER)
            is_read[composer->slots[i].index] = true;
    for (uint32_t i = composer->instruction_count; i-- > 0;) {
        struct instruction *instruction = &composer->instructions[i];
        if (instruction->kind == INSTRUCTION_DEFAULT && !is_read[instruction->result])
            continue;
        for (uint32_t k = 0; k < instruction->argument_count; k++)
            if (instruction->arguments[k].base == BASE_REGISTER)
                is_read[instruction->arguments[k].index] = true;
        composer->instructions[--kept] = *instruction;
    }
    memmove(composer->instructions, composer->instructions + kept,
            (composer->instruction_count - kept) * sizeof(composer->instructions[0]));
    composer->instruction_count -= kept;
}

static bool is_identity(const struct composer *composer, const struct dag_shape *in,
                        const struct dag_shape *out)
{
    if (in != out)
        return false;
    for (uint32_t i = 0; i < in->count; i++)
        if (composer->slots[i].base != BASE_INPUT || composer->slots[i].index != i)
            return false;
    return true;
}

static bool program_finish(struct composer *composer, struct program *program,
                           const struct dag_shape *in, const struct dag_shape *out)
{
    program->is_plain = composer->is_too_large;
    if (program->is_plain)
        return true;
    drop_unused(composer, out);
    size_t size = composer->instruction_count * sizeof(program->instructions[0]);
    program->instructions = batch_alloc(composer->home, size);
    if (!program->instructions)
        return false;
    memcpy(program->instructions, composer->instructions, size);
    program->instruction_count = composer->instruction_count;
    program->shape = out;
    program->outputs = composer->slots;
    program->constants = composer->constants;
    program->is_identity = is_identity(composer, in, out);
    return true;
}

static struct program *program_new(struct engine *engine, struct chain *chain,
                                   const struct dag_shape *shape, struct dag_error *err)
{
    struct composer composer = {.engine = engine,
                                .home = shape->id != 0 ? engine->arena : engine->result};
    struct program *program = batch_alloc(composer.home, sizeof(*program));
    const struct dag_shape *reached = shape;

    composer.slots = batch_alloc(composer.home, (shape->count + 1) * sizeof(*composer.slots));
    if (!program || !composer.slots)
        return NULL;
    *program = (struct program){0};
    for (uint32_t i = 0; i < shape->count; i++)
        composer.slots[i] = (struct operand){BASE_INPUT, i};
    for (size_t i = 0; i < chain->op_count && !composer.is_too_large; i++) {
        const struct dag_slot_plan *plan = op_plan(engine, chain->ops[i], reached, err);
        if (!plan || !compose_op(&composer, chain->ops[i], i, plan))
            return NULL;
        /* a shape without an id lives as long as the step only; so must what is made of it */
        if (plan->shape->id == 0 && shape->id != 0)
            composer.is_too_large = true;
        reached = plan->shape;
    }
    return program_finish(&composer, program, shape, reached) ? program : NULL;
}

static struct program *program_for(struct engine *engine, struct chain *chain,
                                   const struct dag_shape *shape, struct dag_error *err)
{
    struct program *program = NULL;

    if (shape->id != 0 && (program = shape_map_get(&chain->programs, shape)))
        return program;
    program = program_new(engine, chain, shape, err);
    if (program && shape->id != 0 && !shape_map_put(&chain->programs, shape, program))
        return NULL;
    return program;
}

/* ---- running ---- */

/* The index of the op at which the row stopped, or UINT32_MAX: it went through. `*failed`: with an
 * error. */
static uint32_t run_instructions(const struct program *program, struct engine *engine,
                                 const struct dag_value *const *bases, struct dag_value *registers,
                                 bool *failed)
{
    const struct dag_value *arguments[ARGUMENTS_MAX];
    struct dag_error why;

    for (uint32_t i = 0; i < program->instruction_count; i++) {
        const struct instruction *instruction = &program->instructions[i];
        for (uint32_t k = 0; k < instruction->argument_count; k++) {
            struct operand from = instruction->arguments[k];
            arguments[k] = from.base == BASE_MISSING ? NULL : &bases[from.base][from.index];
        }
        switch (instruction->kind) {
        case INSTRUCTION_DEFAULT:
            assert(instruction->argument_count == 2 && arguments[0] && arguments[1]);
            registers[instruction->result] =
                arguments[0]->type == DAG_TYPE_NULL ? *arguments[1] : *arguments[0];
            break;
        case INSTRUCTION_COMPUTE:
            if (!instruction->compute(instruction->state, arguments, instruction->argument_count,
                                      engine->result, &registers[instruction->result], &why)) {
                *failed = true;
                return instruction->op;
            }
            break;
        case INSTRUCTION_TEST:
            if (!instruction->test(instruction->state, arguments, instruction->argument_count))
                return instruction->op;
            break;
        }
    }
    return UINT32_MAX;
}

/* The row's way through the nodes one by one. Counts and records as ever; the index of the node
 * that gave no output, or node_count. */
static bool run_plain_row(struct engine *engine, struct chain *chain, uint32_t i,
                          struct dag_row *result, uint32_t *stop, struct dag_error *err)
{
    struct vector in = {.count = 1, .slots = &chain->in.slots[i], .rows = &chain->in.rows[i]};
    bool good = true;

    chain->nodes[0]->in = in;
    for (*stop = 0; *stop < chain->node_count; (*stop)++) {
        struct node *node = chain->nodes[*stop];
        if (*stop > 0)
            good = node_take_single(engine, node, &chain->nodes[*stop - 1]->out, err);
        good = good && node_compute(engine, node, err);
        if (!good || node->out.count == 0)
            break;
        *result = node->out.rows[0];
    }
    for (size_t k = 0; k < chain->node_count; k++) {
        struct node *node = chain->nodes[k];
        node->in = node->out = node->published = (struct vector){0};
        node->has_last_input = false;
    }
    return good;
}

struct pass {
    struct dag_row *rows;
    uint32_t *slots;
    uint32_t count;
    uint64_t through;
    uint64_t stopped[CHAIN_OPS_MAX];
};

/* 1: a row was added; 0: it stopped; -1: out of memory. */
static int run_row(struct engine *engine, struct chain *chain, struct pass *pass, uint32_t i,
                   struct dag_error *err)
{
    const struct dag_row *row = &chain->in.rows[i];
    struct program *program = row->shape ? program_for(engine, chain, row->shape, err) : NULL;
    struct dag_value registers[REGISTERS_MAX];
    bool failed = false;
    uint32_t stop;

    if (row->shape && !program)
        return -1;
    if (program && !program->is_plain) {
        const struct dag_value *bases[] = {row->values, registers, program->constants};
        uint32_t op = run_instructions(program, engine, bases, registers, &failed);
        if (op == UINT32_MAX) {
            struct dag_row *result = &pass->rows[pass->count];
            pass->through++;
            *result = *row;
            if (program->is_identity)
                return 1;
            struct dag_value *values =
                batch_alloc(engine->result, program->shape->count * sizeof(*values));
            if (!values)
                return -1;
            for (uint32_t k = 0; k < program->shape->count; k++)
                values[k] = bases[program->outputs[k].base][program->outputs[k].index];
            *result = (struct dag_row){.shape = program->shape, .values = values};
            return 1;
        }
        if (!failed) {
            pass->stopped[op]++;
            chain->stops[i] = (uint16_t)chain->op_node[op];
            return 0;
        }
    }
    if (!run_plain_row(engine, chain, i, &pass->rows[pass->count], &stop, err))
        return -1;
    chain->stops[i] = (uint16_t)stop;
    return stop == chain->node_count;
}

static void count_pass(struct engine *engine, struct chain *chain, const struct pass *pass)
{
    uint64_t reaching = pass->through;
    size_t op = chain->op_count;

    for (size_t n = chain->node_count; n-- > 0;) {
        uint64_t emitted = reaching, filtered = 0;
        for (; op > 0 && chain->op_node[op - 1] == n; op--) {
            reaching += pass->stopped[op - 1];
            filtered += pass->stopped[op - 1];
            counter_add(&chain->ops[op - 1]->calls, reaching);
        }
        node_count(engine, chain->nodes[n], reaching, emitted, filtered);
    }
}

static bool run_fused(struct engine *engine, struct chain *chain, struct dag_error *err)
{
    struct pass pass = {0};
    struct vector in = chain->in;

    pass.rows = batch_alloc(engine->result, in.count * sizeof(*pass.rows));
    pass.slots = batch_alloc(engine->scratch, in.count * sizeof(*pass.slots));
    chain->stops = batch_alloc(engine->scratch, in.count * sizeof(*chain->stops));
    if (!pass.rows || !pass.slots || !chain->stops)
        return dag_error_set_memory(err, "rows");
    for (uint32_t i = 0; i < in.count; i++) {
        chain->stops[i] = (uint16_t)chain->node_count;
        pass.slots[pass.count] = in.slots[i];
        int outcome = run_row(engine, chain, &pass, i, err);
        if (outcome < 0)
            return dag_error_set_memory(err, "rows");
        pass.count += (uint32_t)outcome;
    }
    count_pass(engine, chain, &pass);
    struct node *last = chain_last(chain);
    last->out = (struct vector){.count = pass.count, .slots = pass.slots, .rows = pass.rows};
    last->published = last->out;
    return true;
}

bool chain_run(struct engine *engine, struct chain *chain, struct dag_error *err)
{
    struct node *head = chain->nodes[0];

    chain->stops = NULL;
    if (head->in.count >= FUSED_ROWS_MIN) {
        chain->in = head->in;
        head->in = (struct vector){0};
        return run_fused(engine, chain, err);
    }
    for (size_t i = 0; i < chain->node_count; i++) {
        struct node *node = chain->nodes[i];
        if (i > 0 && !node_take_single(engine, node, &chain->nodes[i - 1]->out, err))
            return false;
        if (!node_compute(engine, node, err))
            return false;
    }
    return true;
}

/* ---- what the nodes retain ---- */

/* Runs the row through the nodes up to `stop`, for the sake of what those from the given ones on
 * retain. */
static bool replay(struct engine *engine, struct chain *chain, uint32_t i, size_t stop,
                   size_t first_input, size_t first_output)
{
    struct dag_row row = chain->in.rows[i];
    uint32_t slot = chain->in.slots[i];
    struct dag_error why;
    size_t op = 0;

    for (size_t n = 0; n < chain->node_count; n++) {
        struct node *node = chain->nodes[n];
        bool is_remembered = n < first_input;
        if (n > 0 && !row.shape && !node->has_edge_op)
            return true;
        for (size_t k = 0; k < node->op_count; k++, op++) {
            if (k == node->input_op_count && !is_remembered) {
                is_remembered = true;
                if (!node_retain_input(engine, node, &row, slot))
                    return false;
            }
            int outcome = op_apply(engine, chain->ops[op], &row, &row, &why);
            if (outcome == -2)
                return false;
            if (outcome != 1 || (k == 0 && node->has_edge_op && !row.shape))
                return true;
        }
        if (!is_remembered && !node_retain_input(engine, node, &row, slot))
            return false;
        if (n >= stop)
            return true;
        if (n >= first_output && !node_retain_output(engine, node, &row, slot))
            return false;
    }
    return true;
}

bool chain_commit(struct engine *engine, struct chain *chain)
{
    size_t inputs = 0, outputs = 0; /* nodes before these have theirs */

    if (!chain->stops)
        return true;
    for (uint32_t i = chain->in.count; i-- > 0 && outputs < chain->node_count;) {
        size_t stop = chain->stops[i];
        if (stop < outputs || (stop == outputs && stop < inputs))
            continue;
        if (!replay(engine, chain, i, stop, inputs, outputs))
            return false;
        outputs = stop;
        inputs = stop + 1;
    }
    chain->stops = NULL;
    return true;
}
