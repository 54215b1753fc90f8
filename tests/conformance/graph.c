/* graph.c - what the check makes of a DAG: its order, its cycles, what it refuses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/runner.h"

static struct plan *plan_of(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *config = tree_get(vector->tree, "config");
    struct dag_buffer text = {0};

    if (!config) {
        outcome_broken(outcome, "there is no DAG");
        return NULL;
    }
    /* A DAG that is given as text may also be no JSON. */
    if (config->type == TREE_TEXT)
        add_bytes(&text, config->text, config->text_size);
    else
        add_wire(&text, config);

    struct plan *plan = check_graph(vector->registry, text.bytes, text.size, outcome);

    dag_buffer_free(&text);
    return plan;
}

void run_topological_order(const struct vector_case *vector, struct outcome *outcome)
{
    struct plan *plan = plan_of(vector, outcome);

    if (!plan)
        return;
    add(&outcome->result, "[");
    for (size_t i = 0; i < plan->node_count; i++)
        add(&outcome->result, "%s\"%s\"", i > 0 ? ", " : "", plan->nodes[plan->order[i]].name);
    add(&outcome->result, "]");
    plan_free(plan);
}

void run_graph_build(const struct vector_case *vector, struct outcome *outcome)
{
    struct plan *plan = plan_of(vector, outcome);
    struct dag_buffer *out = &outcome->result;

    if (!plan)
        return;
    add(out, "{\"name\": \"%s\", \"nodes\": %zu, \"edges\": %zu, \"edge_names\": [", plan->name,
        plan->node_count, plan->edge_count);
    for (size_t i = 0; i < plan->edge_count; i++)
        add(out, "%s\"%s\"", i > 0 ? ", " : "", plan->edges[i].name);
    add(out, "], \"node_types\": {");
    for (size_t i = 0; i < plan->node_count; i++)
        add(out, "%s\"%s\": \"%s\"", i > 0 ? ", " : "", plan->nodes[i].name,
            plan->nodes[i].type_name);
    add(out, "}}");
    plan_free(plan);
}

void run_cycle_detection(const struct vector_case *vector, struct outcome *outcome)
{
    run_graph_build(vector, outcome);
}
