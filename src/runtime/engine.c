/* engine.c - the cycle engine: nodes in topological order over a block of cycles. See engine.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/engine.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "runtime/engine_internal.h"

#define ARENA_FIRST_SIZE 512u
#define SCRATCH_HINT     (12u << 10)
#define RESULT_HINT_MAX  (200u << 10)

uint32_t engine_identity[DAG_BATCH_ROWS_MAX];

static void fill_identity(void)
{
    for (uint32_t i = 0; i < DAG_BATCH_ROWS_MAX; i++)
        engine_identity[i] = i;
}

/* ---- instances ---- */

static bool is_sink_kind(enum plan_node_kind kind)
{
    return kind == PLAN_NODE_SINK || kind == PLAN_NODE_PUBLISHER_SINK;
}

static bool add_function(struct engine *engine, struct node *node, bool is_calculator,
                         int32_t index, struct dag_error *err)
{
    const struct plan *plan = engine->plan;
    const struct plan_function *function =
        is_calculator ? &plan->calculators[index] : &plan->transformers[index];
    struct op *op = &node->ops[node->op_count++];

    op->function = index;
    op->is_calculator = is_calculator;
    return op_init(op, function->type, function->name, function->config, engine->host, err);
}

static bool add_functions(struct engine *engine, struct node *node, const int32_t *indexes,
                          size_t count, struct dag_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!add_function(engine, node, false, indexes[i], err))
            return false;
    return true;
}

static bool add_edge_ops(struct engine *engine, struct node *node, struct dag_error *err)
{
    const struct plan_node *plan = node->plan;

    node->edge_ops = calloc(plan->edge_in_count + 1, sizeof(struct op *));
    if (!node->edge_ops)
        return dag_error_set_memory(err, "a node");
    for (size_t i = 0; i < plan->edge_in_count; i++) {
        int32_t index = engine->plan->edges[plan->edges_in[i]].transformer;
        if (index < 0)
            continue;
        const struct plan_function *function = &engine->plan->transformers[index];
        struct op *op = node->edge_ops[i] = calloc(1, sizeof(*op));
        if (!op)
            return dag_error_set_memory(err, "a node");
        op->function = index;
        if (!op_init(op, function->type, function->name, function->config, engine->host, err))
            return false;
    }
    return true;
}

/* The operations of a node in order of evaluation. A metronome node ignores transformers and edges,
 * a subscription node edges, as in the original. */
static bool add_ops(struct engine *engine, struct node *node, struct dag_error *err)
{
    const struct plan_node *plan = node->plan;
    bool has_transformers = plan->kind != PLAN_NODE_METRONOME;
    int32_t edge_transformer =
        node->is_single ? engine->plan->edges[plan->edges_in[0]].transformer : -1;

    node->ops = calloc(plan->input_transformer_count + plan->output_transformer_count + 3,
                       sizeof(*node->ops));
    if (!node->ops)
        return dag_error_set_memory(err, "a node");
    if (is_sink_kind(plan->kind))
        return add_edge_ops(engine, node, err);
    if (edge_transformer >= 0) {
        node->has_edge_op = true;
        if (!add_function(engine, node, false, edge_transformer, err))
            return false;
    } else if (!node->is_single && node->event < 0 && !add_edge_ops(engine, node, err)) {
        return false;
    }
    if (has_transformers &&
        !add_functions(engine, node, plan->input_transformers, plan->input_transformer_count, err))
        return false;
    node->input_op_count = node->op_count;
    if (plan->kind == PLAN_NODE_PLUGIN) {
        struct op *op = &node->ops[node->op_count++];
        op->function = -1;
        if (!op_init(op, &plan->type->function, plan->name, plan->config, engine->host, err))
            return false;
    }
    if (plan->calculator >= 0 && !add_function(engine, node, true, plan->calculator, err))
        return false;
    return !has_transformers || add_functions(engine, node, plan->output_transformers,
                                              plan->output_transformer_count, err);
}

static bool node_init(struct engine *engine, int32_t index, int32_t position, struct dag_error *err)
{
    struct node *node = &engine->nodes[index];
    const struct plan_node *plan = node->plan = &engine->plan->nodes[index];

    node->index = index;
    node->position = position;
    node->counters = &engine->counters->nodes[index];
    node->event = node->metronome = -1;
    node->name_hash = text_hash_stable(plan->name, strlen(plan->name));
    if (plan->subscriber >= 0) {
        node->event = (int32_t)engine->event_count;
        engine->events[engine->event_count++] = index;
    }
    if (plan->kind == PLAN_NODE_METRONOME) {
        node->metronome = (int32_t)engine->metronome_count;
        engine->metronomes[engine->metronome_count++] = index;
    }
    bool has_edges = node->event < 0 && plan->kind != PLAN_NODE_SUBSCRIPTION &&
                     plan->kind != PLAN_NODE_METRONOME && !is_sink_kind(plan->kind);
    node->is_single =
        has_edges && plan->edge_in_count == 1 && !engine->plan->edges[plan->edges_in[0]].pname;
    if (plan->kind == PLAN_NODE_PUBLISHER_SINK) {
        node->edge_last = calloc(plan->edge_in_count + 1, sizeof(*node->edge_last));
        if (!node->edge_last)
            return dag_error_set_memory(err, "a node");
    }
    return add_ops(engine, node, err) || dag_error_add_context(err, "node '%s'", plan->name);
}

struct engine *engine_new(const struct plan *plan, struct memory_account *account,
                          struct dag_host *host, struct dag_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct engine *engine = calloc(1, sizeof(*engine));

    pthread_once(&once, fill_identity);
    if (!engine) {
        dag_error_set_memory(err, "an engine");
        return NULL;
    }
    engine->plan = plan;
    engine->host = host;
    engine->account = memory_account_ref(account);
    engine->name_hash = text_hash_stable(plan->name, strlen(plan->name));
    engine->nodes = calloc(plan->node_count + 1, sizeof(*engine->nodes));
    engine->events = calloc(plan->node_count + 1, sizeof(*engine->events));
    engine->metronomes = calloc(plan->node_count + 1, sizeof(*engine->metronomes));
    engine->arena = batch_new(account, ARENA_FIRST_SIZE, 1, SIZE_MAX);
    engine->counters = counters_new(plan->node_count);
    bool good =
        engine->nodes && engine->events && engine->metronomes && engine->arena && engine->counters;
    if (!good)
        dag_error_set_memory(err, "an engine");
    for (size_t i = 0; i < plan->node_count && good; i++)
        good = node_init(engine, plan->order[i], (int32_t)i, err);
    if (!good || !chains_build(engine, err)) {
        engine_free(engine);
        return NULL;
    }
    return engine;
}

static void node_deinit(struct node *node)
{
    if (!node->plan)
        return;
    for (size_t i = 0; node->ops && i < node->op_count; i++)
        op_deinit(&node->ops[i]);
    free(node->ops);
    for (size_t i = 0; i < node->plan->edge_in_count; i++) {
        if (node->edge_ops && node->edge_ops[i]) {
            op_deinit(node->edge_ops[i]);
            free(node->edge_ops[i]);
        }
        if (node->edge_last)
            held_deinit(&node->edge_last[i]);
    }
    free(node->edge_ops);
    free(node->edge_last);
    held_deinit(&node->input);
    held_deinit(&node->output);
    chain_free(node->chain);
    merge_cache_free(node->merges);
    engine_errors_deinit(node);
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    for (size_t i = 0; engine->nodes && i < engine->plan->node_count; i++)
        node_deinit(&engine->nodes[i]);
    free(engine->nodes);
    free(engine->events);
    free(engine->metronomes);
    counters_free(engine->counters);
    dag_batch_unref(engine->arena);
    memory_account_unref(engine->account);
    free(engine);
}

size_t engine_event_node_count(const struct engine *engine)
{
    return engine->event_count;
}

int32_t engine_event_node(const struct engine *engine, size_t i)
{
    return engine->events[i];
}

size_t engine_metronome_node_count(const struct engine *engine)
{
    return engine->metronome_count;
}

int32_t engine_metronome_node(const struct engine *engine, size_t i)
{
    return engine->metronomes[i];
}

/* ---- gates ---- */

static bool rows_equal(const struct dag_row *a, const struct dag_row *b)
{
    if (!a->shape || !b->shape)
        return !a->shape && !b->shape && dag_value_equal(&a->values[0], &b->values[0]);
    if (a->shape->count != b->shape->count)
        return false;
    for (uint32_t i = 0; i < a->shape->count; i++) {
        int32_t k = (int32_t)i;
        if (a->shape != b->shape)
            k = dag_shape_find(b->shape, a->shape->names[i]);
        if (k < 0 || !dag_value_equal(&a->values[i], &b->values[k]))
            return false;
    }
    return true;
}

/* Leaves the rows that differ from the one before them; before the first comes `held`. */
static bool gate(struct engine *engine, const struct held *held, struct vector *rows)
{
    struct dag_row previous = held_row(held);
    struct dag_row *kept = batch_alloc(engine->result, rows->count * sizeof(*kept));
    uint32_t *slots = batch_alloc(engine->scratch, rows->count * sizeof(*slots));
    uint32_t *from = batch_alloc(engine->scratch, rows->count * sizeof(*from));
    uint32_t count = 0;

    if (!kept || !slots || !from)
        return false;
    for (uint32_t i = 0; i < rows->count; i++) {
        if (rows_equal(&previous, &rows->rows[i]))
            continue;
        previous = kept[count] = rows->rows[i];
        slots[count] = rows->slots[i];
        from[count++] = vector_from(rows, i);
    }
    *rows = (struct vector){.count = count, .slots = slots, .rows = kept, .from = from};
    return true;
}

/* ---- one node ---- */

void node_count(struct engine *engine, struct node *node, uint64_t computed, uint64_t emitted,
                uint64_t filtered)
{
    counter_add(&node->counters->computed, computed);
    counter_add(&node->counters->emitted, emitted);
    counter_add(&node->counters->filtered, filtered);
    if (computed > 0)
        atomic_store_explicit(&node->counters->last_compute_us, engine->step->time_us,
                              memory_order_relaxed);
}

/* Rows that are no objects can't be merged: errors of the node. */
static bool check_objects(struct engine *engine, struct node *node, struct vector *rows,
                          struct dag_error *err)
{
    uint32_t i = 0;

    while (i < rows->count && rows->rows[i].shape)
        i++;
    if (i == rows->count)
        return true;
    struct dag_row *kept = batch_alloc(engine->result, rows->count * sizeof(*kept));
    uint32_t *slots = batch_alloc(engine->scratch, rows->count * sizeof(*slots));
    uint32_t *from = batch_alloc(engine->scratch, rows->count * sizeof(*from));
    uint32_t count = 0;
    if (!kept || !slots || !from)
        return dag_error_set_memory(err, "rows");
    for (i = 0; i < rows->count; i++) {
        const struct dag_row *row = &rows->rows[i];
        struct dag_error why;
        if (row->shape) {
            kept[count] = *row;
            slots[count] = rows->slots[i];
            from[count++] = vector_from(rows, i);
            continue;
        }
        dag_error_set(&why, DAG_ERROR_INVALID,
                      "only objects can be merged, this message is of type %s",
                      dag_value_type_name(&row->values[0]));
        if (!engine_fail(engine, node, rows->slots[i], row, &why))
            return dag_error_set_memory(err, "an error");
    }
    *rows = (struct vector){.count = count, .slots = slots, .rows = kept, .from = from};
    return true;
}

bool node_take_single(struct engine *engine, struct node *node, const struct vector *from,
                      struct dag_error *err)
{
    node->in = *from;
    node->in.from = NULL;
    if (node->has_edge_op)
        return true;
    if (!check_objects(engine, node, &node->in, err))
        return false;
    node->in.from = NULL;
    return true;
}

static uint32_t answered_inputs(const struct vector *rows)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < rows->count; i++)
        count += i == 0 || vector_from(rows, i) != vector_from(rows, i - 1);
    return count;
}

bool node_compute(struct engine *engine, struct node *node, struct dag_error *err)
{
    bool is_gated = node->plan->propagate == PLAN_PROPAGATE_CHANGES;
    struct vector rows = node->in;
    uint32_t failures = engine->failure_count;
    size_t k = 0;

    for (; k < node->input_op_count && rows.count > 0; k++) {
        if (!op_run(engine, node, &node->ops[k], &rows, err))
            return false;
        if (k == 0 && node->has_edge_op && !check_objects(engine, node, &rows, err))
            return false;
    }
    if (is_gated && node->event < 0 && node->metronome < 0 && !gate(engine, &node->input, &rows))
        return dag_error_set_memory(err, "a gate");
    node->has_last_input = rows.count > 0;
    if (node->has_last_input) {
        node->last_input = rows.rows[rows.count - 1];
        node->last_input_slot = rows.slots[rows.count - 1];
    }
    uint32_t computed = rows.count;
    for (; k < node->op_count && rows.count > 0; k++)
        if (!op_run(engine, node, &node->ops[k], &rows, err))
            return false;
    uint32_t answered = answered_inputs(&rows);
    uint32_t failed = engine->failure_count - failures;
    node->published = rows;
    if (is_gated) {
        if (!gate(engine, &node->output, &rows))
            return dag_error_set_memory(err, "a gate");
        if (node->metronome < 0)
            node->published = rows;
    }
    node->out = rows;
    node->out.from = NULL;
    node_count(engine, node, computed, rows.count,
               computed > answered + failed ? computed - answered - failed : 0);
    return true;
}

/* ---- events ---- */

static bool reject(struct engine *engine, struct node *node, uint32_t slot,
                   const struct dag_row *row)
{
    struct dag_error why = {.code = DAG_ERROR_PARSE};
    size_t size = row->values[1].size;

    if (size >= sizeof(why.message))
        size = sizeof(why.message) - 1;
    memcpy(why.message, row->values[1].as.text, size);
    why.message[size] = '\0';
    if (!engine_fail(engine, node, slot, NULL, &why))
        return false;
    engine->failures[engine->failure_count - 1].raw = &row->values[0];
    return true;
}

/* All rows as they lie in the batch: nothing rejected, no sub-cycles, one node on the subscriber.
 */
static bool take_directly(struct engine *engine, struct node *node,
                          const struct engine_input *input)
{
    const struct dag_origin *origins = dag_batch_origins(input->batch) + input->first;
    uint32_t flags = 0;

    if (input->stride != 1 || engine->slot_of_cycle)
        return false;
    for (uint32_t i = 0; i < input->count; i++)
        flags |= origins[i].flags;
    if (flags & DAG_ORIGIN_REJECTED)
        return false;
    node->in = (struct vector){.count = input->count,
                               .slots = engine_identity,
                               .rows = dag_batch_rows(input->batch) + input->first};
    return true;
}

static bool take_tick(struct engine *engine, struct node *node, struct dag_row *row)
{
    if (node->plan->subscriber >= 0 && !node->has_message)
        return false;
    struct dag_row held = held_row(&node->input);
    *row = held;
    return node->plan->subscriber < 0 || dag_batch_copy_row(engine->result, &held, row, NULL);
}

static bool take_events(struct engine *engine, struct node *node, struct dag_error *err)
{
    static const struct engine_input none = {0};
    const struct engine_input *input =
        node->event >= 0 ? &engine->step->inputs[node->event] : &none;
    bool ticks =
        node->metronome >= 0 && engine->step->ticks && engine->step->ticks[node->metronome];

    counter_add(&engine->counters->received, input->count);
    if (!ticks && (input->count == 0 || take_directly(engine, node, input)))
        return true;
    struct dag_row *rows = batch_alloc(engine->result, (input->count + 1) * sizeof(*rows));
    uint32_t *slots = batch_alloc(engine->scratch, (input->count + 1) * sizeof(*slots));
    uint32_t count = 0;
    if (!rows || !slots)
        return dag_error_set_memory(err, "events");
    if (ticks && input->count == 0 && take_tick(engine, node, &rows[0]))
        slots[count++] = engine->slot_of_cycle ? engine->slot_of_cycle[0] : 0;
    for (uint32_t i = 0; i < input->count; i++) {
        uint32_t from = input->first + i * input->stride;
        uint32_t slot = engine->slot_of_cycle ? engine->slot_of_cycle[i] : i;
        const struct dag_row *row = &dag_batch_rows(input->batch)[from];
        if (dag_batch_origins(input->batch)[from].flags & DAG_ORIGIN_REJECTED) {
            if (!reject(engine, node, slot, row))
                return dag_error_set_memory(err, "an error");
            continue;
        }
        rows[count] = *row;
        slots[count++] = slot;
    }
    node->in = (struct vector){.count = count, .slots = slots, .rows = rows};
    return true;
}

/* ---- PublisherSinkNode ---- */

static bool sink_edge(struct engine *engine, struct node *node, struct edge_cursor *cursor,
                      size_t edge, uint32_t slot, struct dag_row *row, bool *is_sent)
{
    int outcome = edge_value(engine, node, cursor, slot);

    *is_sent = false;
    if (outcome == -2)
        return false;
    if (outcome == -1) {
        struct dag_row *input = batch_alloc(engine->scratch, sizeof(*input));
        if (!input)
            return false;
        *input = cursor->latest;
        return engine_fail(engine, node, slot, input, cursor->why);
    }
    *row = cursor->value;
    *is_sent = true;
    if (node->plan->propagate != PLAN_PROPAGATE_CHANGES)
        return true;
    struct dag_row last = held_row(&node->edge_last[edge]);
    *is_sent = !rows_equal(&last, row);
    /* nothing else reads what an edge sent last, so it need not wait for the end of the step */
    return !*is_sent || held_set(&node->edge_last[edge], row);
}

static bool run_publisher_sink(struct engine *engine, struct node *node, struct dag_error *err)
{
    size_t edge_count = node->plan->edge_in_count;
    struct edge_cursor *cursors = batch_alloc(engine->scratch, edge_count * sizeof(*cursors));
    size_t bound = 0;

    if (!cursors)
        return dag_error_set_memory(err, "a publisher sink");
    for (size_t i = 0; i < edge_count; i++) {
        edge_cursor_init(&cursors[i], engine, node, i);
        bound += cursors[i].source->count;
    }
    struct dag_row *rows = batch_alloc(engine->result, bound * sizeof(*rows));
    uint32_t *slots = batch_alloc(engine->scratch, bound * sizeof(*slots));
    if (!rows || !slots)
        return dag_error_set_memory(err, "a publisher sink");
    uint32_t count = 0, slot;
    while ((slot = edge_cursors_next(cursors, edge_count)) != UINT32_MAX) {
        for (size_t i = 0; i < edge_count; i++) {
            bool is_sent = false;
            edge_cursor_move(&cursors[i], slot);
            if (cursors[i].is_new &&
                !sink_edge(engine, node, &cursors[i], i, slot, &rows[count], &is_sent))
                return dag_error_set_memory(err, "a publisher sink");
            if (is_sent)
                slots[count++] = slot;
        }
    }
    node->published = (struct vector){.count = count, .slots = slots, .rows = rows};
    node_count(engine, node, bound, count, 0);
    return true;
}

static bool node_evaluate(struct engine *engine, struct node *node, struct dag_error *err)
{
    bool good = true;

    if (node->is_inside || node->plan->kind == PLAN_NODE_SINK)
        return true;
    if (node->plan->kind == PLAN_NODE_PUBLISHER_SINK)
        return run_publisher_sink(engine, node, err);
    if (node->event >= 0 || node->metronome >= 0)
        good = take_events(engine, node, err);
    else if (node->is_single) {
        int32_t from = engine->plan->edges[node->plan->edges_in[0]].from;
        good = node_take_single(engine, node, &engine->nodes[from].out, err);
    } else if (node->plan->edge_in_count > 0) {
        good = merge_run(engine, node, err);
    }
    if (!good || node->in.count == 0)
        return good;
    if (node->chain)
        return chain_run(engine, node->chain, err);
    return node_compute(engine, node, err);
}

static bool evaluate_timed(struct engine *engine, struct node *node, struct dag_error *err)
{
    uint64_t before = counter_get(&node->counters->computed);
    int64_t begin_ns = engine->step->now_ns();
    bool good = node_evaluate(engine, node, err);
    int64_t duration_ns = engine->step->now_ns() - begin_ns;
    uint64_t row_count = counter_get(&node->counters->computed) - before;

    if (node->chain)
        chain_time(node->chain, duration_ns, row_count);
    else
        counters_time(node->counters, duration_ns, row_count);
    return good;
}

/* ---- publishing ---- */

/** What one node, or the dead letters, add to a publisher. */
struct feed {
    const struct dag_row *rows;
    const uint32_t *slots;
    const uint32_t *positions; /* NULL: all `position` */
    uint32_t position;
    size_t count, next;
};

static bool feed_before(const struct feed *a, const struct feed *b)
{
    uint32_t slot_a = a->slots[a->next], slot_b = b->slots[b->next];

    if (slot_a != slot_b)
        return slot_a < slot_b;
    uint32_t position_a = a->positions ? a->positions[a->next] : a->position;
    uint32_t position_b = b->positions ? b->positions[b->next] : b->position;
    return position_a < position_b;
}

static uint64_t *cycles_of(struct engine *engine, const uint32_t *slots, size_t count)
{
    uint64_t *cycles = batch_alloc(engine->result, count * sizeof(*cycles));

    for (size_t i = 0; cycles && i < count; i++)
        cycles[i] = engine_slot_cycle(engine, slots[i]);
    return cycles;
}

static bool join_feeds(struct engine *engine, struct feed *feeds, size_t feed_count,
                       struct engine_output *output)
{
    size_t total = 0;

    for (size_t i = 0; i < feed_count; i++)
        total += feeds[i].count;
    struct dag_row *rows = batch_alloc(engine->result, total * sizeof(*rows));
    uint32_t *slots = batch_alloc(engine->scratch, total * sizeof(*slots));
    if (!rows || !slots)
        return false;
    for (size_t n = 0; n < total; n++) {
        struct feed *first = NULL;
        for (size_t i = 0; i < feed_count; i++)
            if (feeds[i].next < feeds[i].count && (!first || feed_before(&feeds[i], first)))
                first = &feeds[i];
        assert(first); /* `total` counts the rows of all feeds */
        rows[n] = first->rows[first->next];
        slots[n] = first->slots[first->next++];
    }
    *output = (struct engine_output){
        .rows = rows, .cycles = cycles_of(engine, slots, total), .count = total};
    return output->cycles != NULL;
}

static size_t gather_feeds(struct engine *engine, int32_t publisher, struct feed *feeds)
{
    size_t count = 0;

    for (size_t i = 0; i < engine->plan->node_count; i++) {
        struct node *node = &engine->nodes[i];
        for (size_t k = 0; k < node->plan->publisher_count; k++) {
            if (node->plan->publishers[k] != publisher || node->published.count == 0)
                continue;
            struct feed *feed = &feeds[count++];
            *feed = (struct feed){.rows = node->published.rows,
                                  .slots = node->published.slots,
                                  .position = (uint32_t)node->position,
                                  .count = node->published.count};
            counter_add(&engine->counters->published, node->published.count);
        }
    }
    return count;
}

static size_t feeds_bound(const struct plan *plan)
{
    size_t bound = 1;

    for (size_t i = 0; i < plan->node_count; i++)
        bound += plan->nodes[i].publisher_count;
    return bound;
}

static bool collect_outputs(struct engine *engine, struct engine_result *result,
                            struct dag_error *err)
{
    const struct plan *plan = engine->plan;
    size_t publisher_count = plan->publisher_count;
    struct engine_output *outputs =
        batch_alloc(engine->result, (publisher_count + 1) * sizeof(*outputs));
    struct feed *feeds = batch_alloc(engine->scratch, feeds_bound(plan) * sizeof(*feeds));
    struct engine_output letters;
    uint32_t *letter_slots = NULL, *letter_positions = NULL;

    if (!outputs || !feeds)
        return dag_error_set_memory(err, "outputs");
    if (!engine_letters(engine, &letters, &letter_slots, &letter_positions, err))
        return false;
    struct feed letter_feed = {.rows = letters.rows,
                               .slots = letter_slots,
                               .positions = letter_positions,
                               .count = letters.count};
    for (size_t p = 0; p <= publisher_count; p++) {
        bool takes_letters = p == publisher_count ? plan->errors < 0 : plan->errors == (int32_t)p;
        size_t count = p < publisher_count ? gather_feeds(engine, (int32_t)p, feeds) : 0;
        outputs[p] = (struct engine_output){0};
        if (takes_letters && letters.count > 0)
            feeds[count++] = letter_feed;
        if (count == 1) {
            outputs[p] =
                (struct engine_output){.rows = feeds[0].rows,
                                       .cycles = cycles_of(engine, feeds[0].slots, feeds[0].count),
                                       .count = feeds[0].count};
            if (!outputs[p].cycles)
                return dag_error_set_memory(err, "outputs");
        } else if (count > 1 && !join_feeds(engine, feeds, count, &outputs[p])) {
            return dag_error_set_memory(err, "outputs");
        }
    }
    result->outputs = outputs;
    return true;
}

/* The rows of the results point into the events' batches and into the engine's constants. */
static bool keep_inputs(struct engine *engine, const struct engine_result *result,
                        struct dag_error *err)
{
    bool has_rows = false;

    for (size_t p = 0; p <= engine->plan->publisher_count; p++)
        has_rows |= result->outputs[p].count > 0;
    if (!has_rows)
        return true;
    for (size_t i = 0; i < engine->event_count; i++) {
        const struct engine_input *input = &engine->step->inputs[i];
        if (input->count > 0 && !dag_batch_keep(engine->result, input->batch, err))
            return false;
    }
    return dag_batch_keep(engine->result, engine->arena, err);
}

/* ---- a step ---- */

bool node_retain_input(struct engine *engine, struct node *node, const struct dag_row *row,
                       uint32_t slot)
{
    node->input_cycle = engine_slot_cycle(engine, slot);
    return held_set(&node->input, row);
}

bool node_retain_output(struct engine *engine, struct node *node, const struct dag_row *row,
                        uint32_t slot)
{
    node->output_cycle = engine_slot_cycle(engine, slot);
    return held_set(&node->output, row);
}

static bool commit(struct engine *engine, struct dag_error *err)
{
    for (size_t i = 0; i < engine->plan->node_count; i++) {
        struct node *node = &engine->nodes[i];
        bool good = !node->chain || chain_commit(engine, node->chain);
        /* the retained rows of a fused chain are set by its commit; its last node's `out` is of
         * this step too */
        if (node->has_last_input)
            good =
                good && node_retain_input(engine, node, &node->last_input, node->last_input_slot);
        if (node->out.count > 0)
            good = good && node_retain_output(engine, node, &node->out.rows[node->out.count - 1],
                                              node->out.slots[node->out.count - 1]);
        if (node->event >= 0 && engine->step->inputs[node->event].count > 0)
            node->has_message |= node->has_last_input;
        if (!good)
            return dag_error_set_memory(err, "a retained row");
    }
    return true;
}

static bool run_nodes(struct engine *engine, struct engine_result *result, struct dag_error *err)
{
    for (size_t i = 0; i < engine->plan->node_count; i++) {
        struct node *node = &engine->nodes[i];
        node->in = node->out = node->published = (struct vector){0};
        node->has_last_input = false;
        node->step_errors = 0;
    }
    bool is_timed = engine->step->now_ns != NULL;
    for (size_t i = 0; i < engine->plan->node_count; i++) {
        struct node *node = &engine->nodes[engine->plan->order[i]];
        if (!(is_timed ? evaluate_timed : node_evaluate)(engine, node, err))
            return false;
    }
    return collect_outputs(engine, result, err) && keep_inputs(engine, result, err) &&
           commit(engine, err);
}

bool engine_run(struct engine *engine, const struct engine_step *step, struct engine_result *result,
                struct dag_error *err)
{
    engine->step = step;
    engine->slot_count = step->slot_count;
    engine->slot_cycles = NULL;
    engine->slot_subs = engine->slot_of_cycle = NULL;
    engine->failures = NULL;
    engine->failure_count = engine->failure_capacity = 0;
    size_t hint = step->slot_count < 8 ? 0 : SCRATCH_HINT;
    engine->scratch = batch_new(engine->account, hint, 1, SIZE_MAX);
    engine->result = batch_new(engine->account, engine->result_hint, 1, SIZE_MAX);
    *result = (struct engine_result){.batch = engine->result,
                                     .last_cycle = step->first_cycle + step->slot_count - 1};
    bool good = engine->scratch && engine->result;
    if (!good)
        dag_error_set_memory(err, "a step");
    good = good && run_nodes(engine, result, err);
    dag_batch_unref(engine->scratch);
    engine->scratch = NULL;
    if (!good) {
        dag_batch_unref(engine->result);
        result->batch = NULL;
    } else {
        size_t size = engine->result->size;
        engine->result_hint = size > RESULT_HINT_MAX ? RESULT_HINT_MAX : size / 2;
    }
    engine->result = NULL;
    engine->step = NULL;
    return good;
}

/* ---- inspection ---- */

static bool copy_held(const struct held *held, struct dag_batch *batch, struct dag_row *row,
                      struct dag_error *err)
{
    struct dag_row retained = held_row(held);

    return dag_batch_copy_row(batch, &retained, row, err);
}

bool engine_node_output(struct engine *engine, int32_t node, struct dag_batch *batch,
                        struct dag_row *row, struct dag_error *err)
{
    return copy_held(&engine->nodes[node].output, batch, row, err);
}

bool engine_node_input(struct engine *engine, int32_t node, struct dag_batch *batch,
                       struct dag_row *row, struct dag_error *err)
{
    return copy_held(&engine->nodes[node].input, batch, row, err);
}

uint64_t engine_node_cycle(const struct engine *engine, int32_t node, bool is_output)
{
    const struct node *of = &engine->nodes[node];

    return is_output ? of->output_cycle : of->input_cycle;
}

void engine_node_stats(const struct engine *engine, int32_t node, struct engine_node_stats *stats)
{
    engine_counters_node(engine->counters, node, stats);
}

size_t engine_node_errors(const struct engine *engine, int32_t node,
                          const struct engine_error **errors)
{
    *errors = engine->nodes[node].ring;
    return engine->nodes[node].ring_count;
}

void engine_stats(const struct engine *engine, struct engine_stats *stats)
{
    engine_counters_all(engine->counters, stats);
}

struct engine_counters *engine_counters(const struct engine *engine)
{
    return engine->counters;
}

void engine_replace(struct engine *engine, struct engine *before)
{
    counters_free(engine->counters);
    engine->counters = before->counters;
    before->counters = NULL;
    counters_reset(engine->counters);
    for (size_t i = 0; i < engine->plan->node_count; i++)
        engine->nodes[i].counters = &engine->counters->nodes[i];
}

uint64_t engine_function_calls(const struct engine *engine, bool is_calculator, int32_t index)
{
    uint64_t calls = 0;

    for (size_t i = 0; i < engine->plan->node_count; i++) {
        const struct node *node = &engine->nodes[i];
        for (size_t k = 0; k < node->op_count; k++)
            if (node->ops[k].is_calculator == is_calculator && node->ops[k].function == index)
                calls += counter_get(&node->ops[k].calls);
        for (size_t k = 0; !is_calculator && node->edge_ops && k < node->plan->edge_in_count; k++)
            if (node->edge_ops[k] && node->edge_ops[k]->function == index)
                calls += counter_get(&node->edge_ops[k]->calls);
    }
    return calls;
}
