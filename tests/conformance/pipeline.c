/* pipeline.c - whole DAGs: steps feed messages or tick, and the engine runs until nothing is left
 * to do.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/runner.h"
#include "connectors/mem/broker.h"

/** What one publisher sent. */
struct sent {
    const char *name;
    enum broker_kind kind;
    const char *channel;          /* behind mem://queue/ or mem://topic/ */
    struct broker_reader *reader; /* of a topic; owned */
    struct dag_buffer list;       /* JSON values with commas between */
};

struct pipeline {
    const struct vector_case *vector;
    struct outcome *outcome;
    struct stage stage;
    struct sent *sent; /* owned, one for each publisher */
    size_t sent_count;
};

static const char *config_text(const struct tree *entry, const char *key)
{
    const struct tree *value = tree_get(tree_get(entry, "config"), key);

    return value && value->type == TREE_TEXT ? value->text : "";
}

/** The case's DAG under "propagate": "changes", with a publisher for its dead letters. */
static void add_dag(struct dag_buffer *out, const struct tree *config)
{
    bool has_errors = tree_get(config, "errors") != NULL;

    add(out, "{\"propagate\": \"changes\"");
    if (!has_errors)
        add(out, ", \"errors\": \"" ERRORS_QUEUE "\"");
    for (const struct tree *member = config->child; member; member = member->next) {
        if (strcmp(member->key, "propagate") == 0 ||
            (!has_errors && strcmp(member->key, "publishers") == 0))
            continue;
        add(out, ", ");
        add_string(out, member->key, member->key_size);
        add(out, ": ");
        add_wire(out, member);
    }
    if (!has_errors) {
        const struct tree *publishers = tree_get(config, "publishers");

        add(out, ", \"publishers\": [{\"name\": \"" ERRORS_QUEUE
                 "\", \"config\": {\"destination\": \"mem://queue/" ERRORS_QUEUE "\"}}");
        for (const struct tree *publisher = publishers ? publishers->child : NULL; publisher;
             publisher = publisher->next) {
            add(out, ", ");
            add_wire(out, publisher);
        }
        add(out, "]");
    }
    add(out, "}");
}

/** Attaches to what the publishers send to, before the DAG starts. */
static bool attach(struct pipeline *pipeline)
{
    const struct tree *list = tree_get(tree_get(pipeline->vector->tree, "config"), "publishers");
    struct dag_error err = {0};

    pipeline->sent = calloc(list ? list->count + 1 : 1, sizeof(*pipeline->sent));
    if (!pipeline->sent)
        return false;
    for (const struct tree *entry = list ? list->child : NULL; entry; entry = entry->next) {
        struct sent *sent = &pipeline->sent[pipeline->sent_count];
        const char *uri = config_text(entry, "destination");
        const struct tree *name = tree_get(entry, "name");

        sent->name = name && name->type == TREE_TEXT ? name->text : "";
        if (strncmp(uri, "mem://", 6) != 0 || !broker_parse(uri + 6, &sent->kind, &sent->channel))
            continue; /* the check will say so, or nobody asks for it */
        pipeline->sent_count++;
        if (sent->kind == BROKER_TOPIC) {
            struct broker_channel *topic = broker_open(BROKER_TOPIC, sent->channel, 0, &err);

            sent->reader = topic ? broker_subscribe(topic, 0, BROKER_BLOCK, NULL, &err) : NULL;
        }
    }
    return true;
}

/** Takes what has been published since the last time; `is_kept`: it counts. */
static void collect(struct pipeline *pipeline, bool is_kept)
{
    struct dag_error err = {0};

    for (size_t i = 0; i < pipeline->sent_count; i++) {
        struct sent *sent = &pipeline->sent[i];
        struct dag_buffer text = {0};

        while (sent->kind == BROKER_QUEUE
                   ? take_text(sent->channel, &text)
                   : sent->reader && broker_receive_text(sent->reader, &text, &err) == BROKER_OK) {
            if (is_kept) {
                add(&sent->list, sent->list.size > 0 ? "," : "");
                add_bytes(&sent->list, text.bytes, text.size);
            }
            text.size = 0;
        }
        dag_buffer_free(&text);
    }
}

static void feed(struct pipeline *pipeline, const struct tree *lists)
{
    const struct tree *subscribers =
        tree_get(tree_get(pipeline->vector->tree, "config"), "subscribers");

    for (const struct tree *list = lists ? lists->child : NULL; list; list = list->next) {
        const char *uri = "";

        for (const struct tree *entry = subscribers ? subscribers->child : NULL; entry;
             entry = entry->next) {
            const struct tree *name = tree_get(entry, "name");

            if (name && name->type == TREE_TEXT && strcmp(name->text, list->key) == 0)
                uri = config_text(entry, "source");
        }
        for (const struct tree *message = list->child; message; message = message->next) {
            struct dag_buffer text = {0};

            add_wire(&text, message);
            feed_text(uri, text.bytes, text.size, pipeline->outcome);
            dag_buffer_free(&text);
        }
    }
}

static void run_step(struct pipeline *pipeline, const struct tree *step)
{
    for (const struct tree *action = step->child; action; action = action->next) {
        if (strcmp(action->key, "feed") == 0)
            feed(pipeline, action);
        else if (strcmp(action->key, "tick") == 0 && action->type == TREE_TEXT)
            dag_tick(pipeline->stage.dag, action->text);
        else if (strcmp(action->key, "tick") == 0)
            for (const struct tree *node = action->child; node; node = node->next)
                dag_tick(pipeline->stage.dag, node->text);
        else
            outcome_broken(pipeline->outcome, "unknown step '%s'", action->key);
    }
    stage_turn(&pipeline->stage);
    collect(pipeline, true);
}

static bool is_true(const struct tree *value)
{
    return value && value->type == TREE_BOOL && value->integer;
}

/** What is sent at the start counts where the case says so. Cases about the start as such are to
 *  see it too, unless a metronome node ticks then, as it should. */
static bool startup_counts(const struct tree *tree)
{
    const struct tree *tags = tree_get(tree, "tags");
    const struct tree *nodes = tree_get(tree_get(tree, "config"), "nodes");

    if (is_true(tree_get(tree, "includes_startup")))
        return true;
    for (const struct tree *node = nodes ? nodes->child : NULL; node; node = node->next) {
        const struct tree *type = tree_get(node, "type");

        if (type && type->type == TREE_TEXT && strcmp(type->text, "MetronomeNode") == 0)
            return false;
    }
    for (const struct tree *tag = tags ? tags->child : NULL; tag; tag = tag->next)
        if (tag->type == TREE_TEXT && strcmp(tag->text, "startup") == 0)
            return true;
    return false;
}

static void add_outputs(const struct pipeline *pipeline, struct dag_buffer *out)
{
    add(out, "{\"outputs\": {");
    for (size_t i = 0; i < pipeline->sent_count; i++) {
        const struct sent *sent = &pipeline->sent[i];

        add(out, i > 0 ? ", " : "");
        add_string(out, sent->name, strlen(sent->name));
        add(out, ": [");
        add_bytes(out, sent->list.bytes, sent->list.size);
        add(out, "]");
    }
    add(out, "}");
}

static void add_nodes(void *context, struct engine *engine)
{
    struct pipeline *pipeline = context;
    const struct plan *plan = dag_plan(pipeline->stage.dag);
    struct dag_buffer *out = &pipeline->outcome->result;
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err = {0};

    add(out, ", \"node_outputs\": {");
    for (size_t i = 0; batch && i < plan->node_count; i++) {
        struct dag_row row;

        add(out, "%s\"%s\": ", i > 0 ? ", " : "", plan->nodes[i].name);
        if (!engine_node_output(engine, (int32_t)i, batch, &row, &err) ||
            !dag_json_write_row(out, &row))
            outcome_broken(pipeline->outcome, "%s", err.message);
    }
    add(out, "}, \"error_counts\": {");
    for (size_t i = 0; i < plan->node_count; i++) {
        const struct engine_error *errors = NULL;

        add(out, "%s\"%s\": %zu", i > 0 ? ", " : "", plan->nodes[i].name,
            engine_node_errors(engine, (int32_t)i, &errors));
    }
    add(out, "}}");
    dag_batch_unref(batch);
}

static void run_steps(struct pipeline *pipeline)
{
    const struct tree *steps = tree_get(tree_get(pipeline->vector->tree, "input"), "steps");

    stage_turn(&pipeline->stage);
    collect(pipeline, startup_counts(pipeline->vector->tree));
    for (const struct tree *step = steps ? steps->child : NULL; step; step = step->next)
        run_step(pipeline, step);
    add_outputs(pipeline, &pipeline->outcome->result);
    dag_inspect(pipeline->stage.dag, add_nodes, pipeline);
    stage_errors(&pipeline->stage, pipeline->outcome);
}

void run_pipeline(const struct vector_case *vector, struct outcome *outcome)
{
    struct pipeline pipeline = {.vector = vector, .outcome = outcome};
    const struct tree *config = tree_get(vector->tree, "config");
    struct dag_buffer dag = {0};

    if (config && config->type == TREE_OBJECT && attach(&pipeline)) {
        add_dag(&dag, config);
        if (stage_open(&pipeline.stage, vector->registry, dag.bytes, dag.size, outcome))
            run_steps(&pipeline);
    } else {
        outcome_broken(outcome, "there is no DAG");
    }
    for (size_t i = 0; i < pipeline.sent_count; i++) {
        broker_unsubscribe(pipeline.sent[i].reader);
        dag_buffer_free(&pipeline.sent[i].list);
    }
    free(pipeline.sent);
    dag_buffer_free(&dag);
    stage_close(&pipeline.stage);
}
