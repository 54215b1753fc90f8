/* delivery.c - what a plan's parts can promise across a crash. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "durable/keeper.h"

/* Standard input and output are files that give nothing back. */
static bool is_standard_stream(const struct dag_address *address)
{
    return strcmp(address->scheme, "file") == 0 && strcmp(address->rest, "-") == 0;
}

/* ---- exactly once ---- */

static bool refuse(struct dag_error *err, const char *what, const char *name, const char *why)
{
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "delivery exactly_once isn't possible: %s '%.100s' %s", what, name, why);
}

static bool sources_can(const struct plan *plan, struct dag_error *err)
{
    bool events_are_kept = plan->journal == PLAN_JOURNAL_EVENTS && plan->ack == PLAN_ACK_JOURNAL;

    for (size_t i = 0; i < plan->subscriber_count; i++) {
        const struct plan_subscriber *subscriber = &plan->subscribers[i];
        uint32_t flags = subscriber->type->flags;

        if (flags & DAG_CONNECTOR_REDELIVERS)
            return refuse(err, "subscriber", subscriber->name,
                          "may bring again after a crash what was taken before");
        if (events_are_kept || (flags & DAG_CONNECTOR_TIMER) ||
            ((flags & DAG_CONNECTOR_SEEKS) && !is_standard_stream(&subscriber->address)))
            continue;
        return refuse(err, "subscriber", subscriber->name,
                      "can't read its source again; a journal of depth events with \"ack\": "
                      "\"journal\" would keep its messages");
    }
    return true;
}

static bool sinks_can(const struct plan *plan, struct dag_error *err)
{
    for (size_t i = 0; i < plan->publisher_count; i++) {
        const struct plan_publisher *publisher = &plan->publishers[i];

        if (!(publisher->type->flags & DAG_CONNECTOR_PROGRESS) ||
            is_standard_stream(&publisher->address))
            return refuse(err, "publisher", publisher->name,
                          "keeps no progress with what it writes");
    }
    return true;
}

static bool function_can(const struct plan *plan, const char *what, const char *name,
                         uint32_t flags, struct dag_error *err)
{
    if (flags & DAG_FUNCTION_NOT_DETERMINISTIC)
        return refuse(err, what, name, "may answer differently when a cycle is run again");
    if ((flags & DAG_FUNCTION_USES_TIME) && plan->journal == PLAN_JOURNAL_NONE)
        return refuse(err, what, name, "uses the time, which needs a journal");
    return true;
}

static bool transformer_can(const struct plan *plan, int32_t index, struct dag_error *err)
{
    const struct plan_function *function = index >= 0 ? &plan->transformers[index] : NULL;

    return !function ||
           function_can(plan, "transformer", function->name, function->type->flags, err);
}

static bool node_can(const struct plan *plan, const struct plan_node *node, struct dag_error *err)
{
    const struct plan_function *calculator =
        node->calculator >= 0 ? &plan->calculators[node->calculator] : NULL;

    if (node->type && !function_can(plan, "node", node->name, node->type->function.flags, err))
        return false;
    for (size_t i = 0; i < node->input_transformer_count; i++)
        if (!transformer_can(plan, node->input_transformers[i], err))
            return false;
    for (size_t i = 0; i < node->output_transformer_count; i++)
        if (!transformer_can(plan, node->output_transformers[i], err))
            return false;
    return !calculator ||
           function_can(plan, "calculator", calculator->name, calculator->type->flags, err);
}

/* What is declared and used nowhere does no harm. */
static bool functions_can(const struct plan *plan, struct dag_error *err)
{
    for (size_t i = 0; i < plan->node_count; i++)
        if (!node_can(plan, &plan->nodes[i], err))
            return false;
    for (size_t i = 0; i < plan->edge_count; i++)
        if (!transformer_can(plan, plan->edges[i].transformer, err))
            return false;
    return true;
}

/* Without a journal, cycles are composed again as they were only from one ordered source. */
static bool order_is_determined(const struct plan *plan, struct dag_error *err)
{
    const struct plan_node *first = NULL;

    for (size_t i = 0; i < plan->node_count; i++) {
        const struct plan_node *node = &plan->nodes[i];

        if (node->kind == PLAN_NODE_METRONOME)
            return refuse(err, "node", node->name, "is a timer, which needs a journal");
        if (node->subscriber < 0)
            continue;
        const struct plan_subscriber *subscriber = &plan->subscribers[node->subscriber];
        if (first)
            return refuse(err, "node", node->name,
                          "is a second one that takes events, which needs a journal");
        if (subscriber->type->flags & DAG_CONNECTOR_TIMER)
            return refuse(err, "subscriber", subscriber->name, "is a timer, which needs a journal");
        if (!(subscriber->type->flags & DAG_CONNECTOR_ORDERED))
            return refuse(err, "subscriber", subscriber->name,
                          "has no total order of events, which needs a journal");
        if (subscriber->overflow != PLAN_OVERFLOW_BLOCK)
            return refuse(err, "subscriber", subscriber->name,
                          "may drop events by its 'overflow', which needs a journal");
        first = node;
    }
    return true;
}

bool delivery_is_possible(const struct plan *plan, struct dag_error *err)
{
    if (plan->delivery != PLAN_EXACTLY_ONCE)
        return true;
    return sources_can(plan, err) && sinks_can(plan, err) && functions_can(plan, err) &&
           (plan->journal != PLAN_JOURNAL_NONE || order_is_determined(plan, err));
}

/* ---- state ---- */

static bool any_saves(const struct plan_function *functions, const int32_t *indexes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (functions[indexes[i]].type->save)
            return true;
    return false;
}

static bool node_has_state(const struct plan *plan, const struct plan_node *node)
{
    bool takes_edges =
        node->subscriber < 0 && node->kind != PLAN_NODE_METRONOME && node->kind != PLAN_NODE_SINK;

    if (node->propagate != PLAN_PROPAGATE_EVERY || (takes_edges && node->edge_in_count > 1) ||
        (node->kind == PLAN_NODE_METRONOME && node->subscriber >= 0))
        return true;
    for (size_t i = 0; i < node->edge_in_count; i++) {
        int32_t transformer = plan->edges[node->edges_in[i]].transformer;
        if (transformer >= 0 && plan->transformers[transformer].type->save)
            return true;
    }
    if (node->type && node->type->function.save)
        return true;
    return (node->calculator >= 0 && plan->calculators[node->calculator].type->save) ||
           any_saves(plan->transformers, node->input_transformers, node->input_transformer_count) ||
           any_saves(plan->transformers, node->output_transformers, node->output_transformer_count);
}

bool delivery_is_stateless(const struct plan *plan)
{
    for (size_t i = 0; i < plan->node_count; i++)
        if (node_has_state(plan, &plan->nodes[i]))
            return false;
    return true;
}

/* ---- inputs ---- */

static uint64_t mix_text(uint64_t hash, const char *text)
{
    return text_mix(hash, text_hash_stable(text, strlen(text)));
}

void delivery_inputs_hash(const struct plan *plan, char *out, size_t *event_count,
                          size_t *metronome_count)
{
    uint64_t hash = 1;

    *event_count = *metronome_count = 0;
    for (size_t i = 0; i < plan->node_count; i++) {
        const struct plan_node *node = &plan->nodes[plan->order[i]];

        *event_count += node->subscriber >= 0;
        *metronome_count += node->kind == PLAN_NODE_METRONOME;
        if (node->subscriber < 0 && node->kind != PLAN_NODE_METRONOME)
            continue;
        hash = mix_text(hash, node->name);
        hash = text_mix(hash, node->kind == PLAN_NODE_METRONOME);
        if (node->subscriber < 0)
            continue;
        hash = mix_text(hash, plan->subscribers[node->subscriber].name);
        hash = mix_text(hash, plan->subscribers[node->subscriber].address.uri);
    }
    snprintf(out, 20, "%016" PRIx64, hash);
}
