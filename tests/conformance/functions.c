/* functions.c - calculators, transformers and JSON texts: one message through a small pipeline.
 *
 * The message goes from an in-memory queue through a subscription node that has the function, and
 * from there to a publisher sink node, which, unlike a publication node, merges nothing: so a
 * message that is no object comes out, too. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "conformance/runner.h"

static void add_dag(struct dag_buffer *out, const char *list, const char *reference,
                    const struct tree *type, const struct tree *config)
{
    add(out,
        "{\"name\": \"vector\", \"propagate\": \"every\", \"errors\": \"errors\","
        "\"subscribers\": [{\"name\": \"in\","
        " \"config\": {\"source\": \"mem://queue/vector_in\"}}],"
        "\"publishers\": [{\"name\": \"out\","
        " \"config\": {\"destination\": \"mem://queue/vector_out\"}},"
        " {\"name\": \"errors\","
        " \"config\": {\"destination\": \"mem://queue/" ERRORS_QUEUE "\"}}],"
        "\"%s\": [{\"name\": \"function\"",
        list);
    if (type) {
        add(out, ", \"type\": ");
        add_wire(out, type);
    }
    if (config) {
        add(out, ", \"config\": ");
        add_wire(out, config);
    }
    add(out,
        "}],"
        "\"nodes\": [{\"name\": \"i\", \"type\": \"SubscriptionNode\", \"subscriber\": \"in\","
        " %s},"
        "{\"name\": \"o\", \"type\": \"PublisherSinkNode\","
        " \"config\": {\"publishers\": [\"out\"]}}],"
        "\"edges\": [{\"from_node\": \"i\", \"to_node\": \"o\"}]}",
        reference);
}

/** Sends the text through the DAG; the result is what came out. */
static void send_through(const struct vector_case *vector, const struct dag_buffer *dag,
                         const char *text, size_t size, struct outcome *outcome)
{
    struct stage stage;

    if (stage_open(&stage, vector->registry, dag->bytes, dag->size, outcome) &&
        feed_text("mem://queue/vector_in", text, size, outcome)) {
        struct dag_buffer more = {0};

        stage_turn(&stage);
        take_text("vector_out", &outcome->result);
        if (take_text("vector_out", &more))
            outcome_broken(outcome, "several messages came out");
        dag_buffer_free(&more);
        stage_errors(&stage, outcome);
        if (outcome->result.size == 0 && !outcome->error_kind)
            outcome_broken(outcome, "nothing came out, and no error was recorded");
    }
    stage_close(&stage);
}

static void run_function(const struct vector_case *vector, const char *list, const char *reference,
                         struct outcome *outcome)
{
    const struct tree *config = tree_get(vector->tree, "config");
    const struct tree *input = tree_get(vector->tree, "input");
    struct dag_buffer dag = {0};
    struct dag_buffer text = {0};

    if (input) {
        add_dag(&dag, list, reference, tree_get(config, "type"), tree_get(config, "config"));
        add_wire(&text, input);
        send_through(vector, &dag, text.bytes, text.size, outcome);
    } else {
        outcome_broken(outcome, "there is no input");
    }
    dag_buffer_free(&dag);
    dag_buffer_free(&text);
}

void run_calculator(const struct vector_case *vector, struct outcome *outcome)
{
    run_function(vector, "calculators", "\"calculator\": \"function\"", outcome);
}

void run_transformer(const struct vector_case *vector, struct outcome *outcome)
{
    run_function(vector, "transformers", "\"output_transformers\": [\"function\"]", outcome);
}

void run_json_text(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *text = tree_get(tree_get(vector->tree, "input"), "text");
    struct tree_document *document = vector->document;
    struct dag_error err;
    uint32_t line, column;
    struct dag_buffer dag = {0};
    struct dag_buffer wire = {0};
    const struct tree *decoded = NULL;

    if (text) {
        /* A text that no JSON string can hold stands there as an object; see add_wire(). */
        add_wire(&wire, text);
        decoded = tree_parse(document, wire.bytes, wire.size, 16, &line, &column, &err);
    }
    if (decoded && decoded->type == TREE_TEXT) {
        add_dag(&dag, "calculators", "\"calculator\": \"function\"", NULL, NULL);
        send_through(vector, &dag, decoded->text, decoded->text_size, outcome);
    } else {
        outcome_broken(outcome, "there is no text");
    }
    dag_buffer_free(&dag);
    dag_buffer_free(&wire);
}
