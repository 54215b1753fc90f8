/* fuzz_dagfile.c - no text crashes the reader of DAG files, and what it accepts is whole. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "graph/check.h"
#include "graph/dot.h"
#include "support/fake_registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *variable(void *context, const char *name)
{
    (void)context;
    return name[0] == 'A' ? "value" : NULL;
}

static void check_problems(const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];

        assert(problem->line >= 1 && problem->column >= 1);
        assert(problem->code && problem->pointer && problem->message[0]);
        assert(i == 0 || problems->items[i - 1].line <= problem->line);
    }
}

static void check_plan(const struct plan *plan)
{
    struct dag_buffer out = {0};

    for (size_t i = 0; i < plan->edge_count; i++) {
        assert(plan->edges[i].from >= 0 && (size_t)plan->edges[i].from < plan->node_count);
        assert(plan->edges[i].to >= 0 && (size_t)plan->edges[i].to < plan->node_count);
    }
    for (size_t i = 0; i < plan->node_count; i++)
        assert(plan->order[i] >= 0 && (size_t)plan->order[i] < plan->node_count);
    assert(dot_write_json(plan, &out));
    assert(dot_write_graphviz(plan, &out));
    assert(dot_write_text(plan, &out));
    dag_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int strict = 0; strict < 2; strict++) {
        const struct check_options options = {.strict = strict != 0, .variable = variable};
        struct problems problems = {0};
        struct dag_error err = {0};
        struct plan *plan = graph_check((const char *)data, size, &fake_registry_with_plugins,
                                        &options, &problems, &err);

        assert((plan != NULL) == (problems.error_count == 0));
        assert(fake_open_count == 0);
        check_problems(&problems);
        if (plan)
            check_plan(plan);
        plan_free(plan);
        problems_free(&problems);
    }
    return 0;
}
