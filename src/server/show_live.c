/* show_live.c - see show_live.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_live.h"

#include <stdlib.h>
#include <string.h>

static bool copy_errors(struct show_live_node *node, const struct engine_error *errors,
                        size_t count)
{
    node->errors = calloc(count + 1, sizeof(*node->errors));
    if (!node->errors)
        return false;
    for (size_t i = 0; i < count; i++) {
        node->errors[i] = errors[i];
        node->errors[i].input = errors[i].input ? strdup(errors[i].input) : NULL;
        node->error_count++;
        if (errors[i].input && !node->errors[i].input)
            return false;
    }
    return true;
}

static bool take_node(struct show_live *live, struct engine *engine, int32_t index)
{
    struct show_live_node *node = &live->nodes[index];
    const struct engine_error *errors;
    struct dag_error err;
    size_t count = engine_node_errors(engine, index, &errors);

    node->has_rows = engine_node_input(engine, index, live->batch, &node->input, &err) &&
                     engine_node_output(engine, index, live->batch, &node->output, &err);
    return node->has_rows && copy_errors(node, errors, count);
}

void show_live_take(struct show_live *live, const struct plan *plan, struct engine *engine,
                    int32_t only)
{
    live->nodes = calloc(plan->node_count + 1, sizeof(*live->nodes));
    live->calculator_calls = calloc(plan->calculator_count + 1, sizeof(uint64_t));
    live->transformer_calls = calloc(plan->transformer_count + 1, sizeof(uint64_t));
    live->batch = dag_batch_new();
    live->has_failed =
        !live->nodes || !live->calculator_calls || !live->transformer_calls || !live->batch;
    if (live->has_failed)
        return;
    live->node_count = plan->node_count;
    for (size_t i = 0; i < plan->node_count; i++) {
        engine_node_stats(engine, (int32_t)i, &live->nodes[i].stats);
        if ((only < 0 || only == (int32_t)i) && !take_node(live, engine, (int32_t)i))
            live->has_failed = true;
    }
    for (size_t i = 0; i < plan->calculator_count; i++)
        live->calculator_calls[i] = engine_function_calls(engine, true, (int32_t)i);
    for (size_t i = 0; i < plan->transformer_count; i++)
        live->transformer_calls[i] = engine_function_calls(engine, false, (int32_t)i);
}

void show_live_deinit(struct show_live *live)
{
    for (size_t i = 0; i < live->node_count; i++) {
        for (size_t k = 0; k < live->nodes[i].error_count; k++)
            free(live->nodes[i].errors[k].input);
        free(live->nodes[i].errors);
    }
    free(live->nodes);
    free(live->calculator_calls);
    free(live->transformer_calls);
    dag_batch_unref(live->batch);
    *live = (struct show_live){0};
}
