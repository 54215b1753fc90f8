/* step.c - see step.h. The copy has one more publisher for each node, so that every result of a
 * node is seen, also those of sub-cycles, and nothing is fused away. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/step.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "graph/writer.h"
#include "runtime/engine.h"
#include "server/show_json.h"

/* ---- the plan with an ear at every node ---- */

struct listening {
    struct plan plan;                  /* a shallow copy */
    struct plan_node *nodes;           /* owned */
    struct plan_publisher *publishers; /* owned */
    int32_t *indexes;                  /* owned; the nodes' lists of publishers, one block */
};

static void listening_deinit(struct listening *listening)
{
    free(listening->nodes);
    free(listening->publishers);
    free(listening->indexes);
}

static bool listening_init(struct listening *listening, const struct plan *plan,
                           struct dag_error *err)
{
    size_t index_count = plan->node_count;

    for (size_t i = 0; i < plan->node_count; i++)
        index_count += plan->nodes[i].publisher_count;
    *listening = (struct listening){
        .plan = *plan,
        .nodes = calloc(plan->node_count + 1, sizeof(struct plan_node)),
        .publishers =
            calloc(plan->publisher_count + plan->node_count + 1, sizeof(struct plan_publisher)),
        .indexes = calloc(index_count + 1, sizeof(int32_t)),
    };
    if (!listening->nodes || !listening->publishers || !listening->indexes)
        return dag_error_set_memory(err, "a step");
    for (size_t i = 0; i < plan->publisher_count; i++)
        listening->publishers[i] = plan->publishers[i];
    int32_t *indexes = listening->indexes;
    for (size_t i = 0; i < plan->node_count; i++) {
        struct plan_node *node = &listening->nodes[i];
        *node = plan->nodes[i];
        for (size_t k = 0; k < node->publisher_count; k++)
            indexes[k] = node->publishers[k];
        indexes[node->publisher_count] = (int32_t)(plan->publisher_count + i);
        node->publishers = indexes;
        node->publisher_count++;
        indexes += node->publisher_count;
        listening->publishers[plan->publisher_count + i].name = node->name;
    }
    listening->plan.nodes = listening->nodes;
    listening->plan.publishers = listening->publishers;
    listening->plan.publisher_count = plan->publisher_count + plan->node_count;
    return true;
}

/* ---- one step ---- */

struct step {
    const struct step_request *request;
    struct listening listening;
    struct engine *engine;       /* owned */
    struct dag_batch *batch;     /* owned; the message */
    struct engine_input *inputs; /* owned; by event node */
    struct engine_result result; /* its batch is owned */
};

static void step_deinit(struct step *step)
{
    dag_batch_unref(step->result.batch);
    engine_free(step->engine);
    listening_deinit(&step->listening);
    dag_batch_unref(step->batch);
    free(step->inputs);
}

static int32_t find_subscriber(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->subscriber_count; i++)
        if (strcmp(plan->subscribers[i].name, name) == 0)
            return (int32_t)i;
    return -1;
}

/* The first node in order that reads the subscriber takes the message, as in a DAG that is idle. */
static bool find_event(const struct step *step, size_t *event, struct dag_error *err)
{
    const struct plan *plan = &step->listening.plan;
    int32_t subscriber = find_subscriber(plan, step->request->subscriber);

    if (subscriber < 0)
        return dag_error_set(err, DAG_ERROR_INVALID, "there is no subscriber '%s'",
                             step->request->subscriber);
    for (*event = 0; *event < engine_event_node_count(step->engine); ++*event)
        if (plan->nodes[engine_event_node(step->engine, *event)].subscriber == subscriber)
            return true;
    return dag_error_set(err, DAG_ERROR_INVALID, "no node reads subscriber '%s'",
                         step->request->subscriber);
}

static bool parse_message(struct step *step, struct dag_error *err)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_origin origin = {.offset = 1};

    step->batch = dag_batch_new();
    bool good = parser && step->batch;
    if (good)
        good = dag_json_parse(parser, step->batch, step->request->text, step->request->size, origin,
                              err);
    else
        dag_error_set_memory(err, "a step");
    dag_json_parser_free(parser);
    return good;
}

static bool run(struct step *step, struct dag_error *err)
{
    const struct step_request *request = step->request;
    size_t event = 0;

    if (!listening_init(&step->listening, request->plan, err) || !parse_message(step, err))
        return false;
    step->engine = engine_new(&step->listening.plan, NULL, NULL, err);
    if (!step->engine || !find_event(step, &event, err))
        return false;
    if (request->state &&
        !engine_restore(step->engine, request->state, request->state_size, NULL, NULL, err))
        return dag_error_add_context(err, "the DAG's state");
    step->inputs = calloc(engine_event_node_count(step->engine), sizeof(*step->inputs));
    if (!step->inputs)
        return dag_error_set_memory(err, "a step");
    step->inputs[event] = (struct engine_input){.batch = step->batch, .count = 1, .stride = 1};
    struct engine_step cycle = {.first_cycle = request->cycle > 0 ? request->cycle : 1,
                                .slot_count = 1,
                                .time_us = request->time_us,
                                .inputs = step->inputs};
    return engine_run(step->engine, &cycle, &step->result, err);
}

/* ---- what is shown ---- */

static void write_rows(struct writer *writer, const char *key, const struct engine_output *output)
{
    writer_key(writer, key);
    writer_open(writer, '[');
    for (size_t i = 0; i < output->count; i++)
        show_row(writer, &output->rows[i]);
    writer_close(writer, ']');
}

static bool write_input(struct step *step, struct writer *writer, int32_t index, bool is_woken,
                        struct dag_error *err)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_row row;

    if (!batch)
        return dag_error_set_memory(err, "a step");
    bool good = engine_node_input(step->engine, index, batch, &row, err);
    writer_key(writer, "input");
    if (good && is_woken)
        show_row(writer, &row);
    else
        writer_text(writer, NULL);
    dag_batch_unref(batch);
    return good;
}

static bool write_node(struct step *step, struct writer *writer, int32_t index,
                       struct dag_error *err)
{
    const struct plan_node *node = &step->listening.nodes[index];
    const struct engine_output *outputs = step->result.outputs;
    const struct engine_error *errors;
    struct engine_node_stats stats;
    size_t error_count = engine_node_errors(step->engine, index, &errors);

    assert(outputs);
    outputs += step->request->plan->publisher_count + (size_t)index;
    engine_node_stats(step->engine, index, &stats);
    bool is_woken = stats.computed > 0 || stats.errors > 0 || outputs->count > 0;
    writer_open(writer, '{');
    writer_member(writer, "name", node->name);
    writer_member(writer, "type", node->type_name);
    writer_key(writer, "woken");
    writer_bool(writer, is_woken);
    if (!write_input(step, writer, index, is_woken, err))
        return false;
    writer_key(writer, "output");
    if (outputs->count > 0)
        show_row(writer, &outputs->rows[outputs->count - 1]);
    else
        writer_text(writer, NULL);
    write_rows(writer, "outputs", outputs);
    writer_member(writer, "error", error_count > 0 ? errors[error_count - 1].message : NULL);
    writer_close(writer, '}');
    return true;
}

static bool write_nodes(struct step *step, struct writer *writer, struct dag_error *err)
{
    const struct plan *plan = step->request->plan;

    writer_key(writer, "nodes");
    writer_open(writer, '[');
    for (size_t i = 0; i < plan->node_count; i++)
        if (!write_node(step, writer, plan->order[i], err))
            return false;
    writer_close(writer, ']');
    return true;
}

static void write_publishers(struct step *step, struct writer *writer)
{
    const struct plan *plan = step->request->plan;

    writer_key(writer, "publishers");
    writer_open(writer, '[');
    for (size_t i = 0; i < plan->publisher_count; i++) {
        writer_open(writer, '{');
        writer_member(writer, "name", plan->publishers[i].name);
        show_address(writer, "destination", plan->publishers[i].address.uri);
        write_rows(writer, "messages", &step->result.outputs[i]);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
}

bool step_run(const struct step_request *request, struct dag_buffer *out, struct dag_error *err)
{
    struct step step = {.request = request};
    struct writer writer = {.out = out};
    size_t size_before = out->size;
    bool good = run(&step, err);

    if (good) {
        writer_open(&writer, '{');
        writer_member(&writer, "subscriber", request->subscriber);
        show_count(&writer, "cycle", request->cycle > 0 ? request->cycle : 1);
        show_time(&writer, "time", request->time_us);
        good = write_nodes(&step, &writer, err);
        write_publishers(&step, &writer);
        /* with an `errors` publisher the dead letters are among its messages */
        write_rows(&writer, "dead_letters",
                   &step.result.outputs[step.listening.plan.publisher_count]);
        writer_close(&writer, '}');
        if (good && writer.failed)
            good = dag_error_set_memory(err, "a step");
    }
    step_deinit(&step);
    if (!good)
        out->size = size_before;
    return good;
}
