/* connectors.c - files, batching and metronomes: steps from outside, and what comes out of a DAG.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance/runner.h"

/** Appends the config with PATH in its addresses replaced by the runner's own file. */
static void add_config(struct dag_buffer *out, const struct tree *config, const char *key,
                       const char *address)
{
    const struct tree *own = tree_get(config, key);

    add(out, "{");
    if (own && own->type == TREE_TEXT)
        address = own->text;

    const char *placeholder = strstr(address, "PATH");

    add(out, "\"%s\": \"", key);
    add_bytes(out, address, placeholder ? (size_t)(placeholder - address) : strlen(address));
    if (placeholder)
        add(out, "%s%s", temporary_path(), placeholder + 4);
    add(out, "\"");
    for (const struct tree *member = config ? config->child : NULL; member; member = member->next) {
        if (strcmp(member->key, key) == 0)
            continue;
        add(out, ", ");
        add_string(out, member->key, member->key_size);
        add(out, ": ");
        add_wire(out, member);
    }
    add(out, "}");
}

/** A DAG of one source and one sink: what comes in goes out, whatever it is. */
static bool open_line(struct stage *stage, const struct vector_case *vector,
                      const struct tree *source, const struct tree *destination,
                      struct outcome *outcome)
{
    struct dag_buffer dag = {0};

    add(&dag, "{\"name\": \"vector\", \"errors\": \"errors\","
              "\"subscribers\": [{\"name\": \"in\", \"config\": ");
    add_config(&dag, source, "source", "mem://queue/vector_in");
    add(&dag, "}], \"publishers\": [{\"name\": \"out\", \"config\": ");
    add_config(&dag, destination, "destination", "mem://queue/vector_out");
    add(&dag, "}, {\"name\": \"errors\","
              " \"config\": {\"destination\": \"mem://queue/" ERRORS_QUEUE "\"}}],"
              "\"nodes\": [{\"name\": \"i\", \"type\": \"SubscriptionNode\","
              " \"subscriber\": \"in\"},"
              " {\"name\": \"o\", \"type\": \"PublisherSinkNode\","
              " \"config\": {\"publishers\": [\"out\"]}}],"
              "\"edges\": [{\"from_node\": \"i\", \"to_node\": \"o\"}]}");

    bool is_open = stage_open(stage, vector->registry, dag.bytes, dag.size, outcome);

    dag_buffer_free(&dag);
    if (is_open)
        stage_turn(stage);
    return is_open;
}

static void feed_all(const struct tree *messages, struct outcome *outcome)
{
    for (const struct tree *message = messages ? messages->child : NULL; message;
         message = message->next) {
        struct dag_buffer text = {0};

        add_wire(&text, message);
        feed_text("mem://queue/vector_in", text.bytes, text.size, outcome);
        dag_buffer_free(&text);
    }
}

/** Moves at most `limit` messages to `list`, with commas between. Returns how many. */
static size_t take_list(struct dag_buffer *list, size_t limit)
{
    struct dag_buffer text = {0};
    size_t count = 0;

    while (count < limit && take_text("vector_out", &text)) {
        add(list, list->size > 0 ? "," : "");
        add_bytes(list, text.bytes, text.size);
        text.size = 0;
        count++;
    }
    dag_buffer_free(&text);
    return count;
}

/* ---- files --------------------------------------------------------------------------------------
 */

static void write_file(const struct tree *text, int flags, struct outcome *outcome)
{
    int fd = open(temporary_path(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

    if (fd < 0 || write(fd, text->text, text->text_size) != (ssize_t)text->text_size)
        outcome_broken(outcome, "%s: %s", temporary_path(), strerror(errno));
    if (fd >= 0)
        close(fd);
}

void run_file_subscriber(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *steps = tree_get(tree_get(vector->tree, "input"), "steps");
    struct dag_buffer read = {0};
    struct stage stage;

    unlink(temporary_path());
    if (open_line(&stage, vector, tree_get(vector->tree, "config"), NULL, outcome)) {
        for (const struct tree *step = steps ? steps->child : NULL; step; step = step->next) {
            const struct tree *append = tree_get(step, "append");
            const struct tree *write = tree_get(step, "write");
            const struct tree *poll = tree_get(step, "poll");

            if (append)
                write_file(append, O_APPEND, outcome);
            else if (write)
                write_file(write, O_TRUNC, outcome);
            else if (poll) {
                stage_turn(&stage);
                for (int64_t i = 0; i < poll->integer; i++)
                    stage_pass(&stage, 1000000);
                take_list(&read, (size_t)poll->integer);
            } else {
                outcome_broken(outcome, "unknown step");
            }
        }
        add(&outcome->result, "[");
        add_bytes(&outcome->result, read.bytes, read.size);
        add(&outcome->result, "]");
    }
    dag_buffer_free(&read);
    stage_close(&stage);
    unlink(temporary_path());
}

static void add_lines_of_file(struct dag_buffer *out, struct outcome *outcome)
{
    FILE *file = fopen(temporary_path(), "re");
    char *line = NULL;
    size_t capacity = 0;
    size_t count = 0;

    add(out, "[");
    if (!file)
        outcome_broken(outcome, "%s: %s", temporary_path(), strerror(errno));
    for (ssize_t size; file && (size = getline(&line, &capacity, file)) > 0; count++) {
        if (line[size - 1] != '\n')
            outcome_broken(outcome, "the last line is not ended");
        add(out, count > 0 ? ", " : "");
        add_bytes(out, line, (size_t)size);
    }
    add(out, "]");
    free(line);
    if (file)
        fclose(file);
}

void run_file_publisher(const struct vector_case *vector, struct outcome *outcome)
{
    struct stage stage;

    unlink(temporary_path());
    if (open_line(&stage, vector, NULL, tree_get(vector->tree, "config"), outcome)) {
        feed_all(tree_get(tree_get(vector->tree, "input"), "messages"), outcome);
        stage_turn(&stage);
        dag_stop(stage.dag, true);
        stage_turn(&stage);
        add_lines_of_file(&outcome->result, outcome);
        stage_errors(&stage, outcome);
    }
    stage_close(&stage);
    unlink(temporary_path());
}

/* ---- batching
 * ------------------------------------------------------------------------------------- */

static int64_t seconds_of(const struct tree *config, const char *key, int64_t otherwise)
{
    const struct tree *value = tree_get(config, key);

    if (!value || (value->type != TREE_INT && value->type != TREE_DOUBLE))
        return otherwise;
    return (int64_t)(value->real * 1e6);
}

static void run_batching_step(struct stage *stage, const struct tree *config,
                              const struct tree *step, struct outcome *outcome)
{
    const struct tree *publish = tree_get(step, "publish");
    const struct tree *passes = tree_get(step, "interval_passes");

    if (publish)
        feed_all(publish, outcome);
    else if (passes) {
        int64_t count = passes->type == TREE_INT ? passes->integer : 1;

        for (int64_t i = 0; i < count; i++)
            runtime_advance(stage->runtime, &stage->clock,
                            seconds_of(config, "publish_interval", 0));
    } else if (tree_get(step, "stop")) {
        dag_stop(stage->dag, true);
    } else {
        outcome_broken(outcome, "unknown step");
    }
    stage_turn(stage);
}

void run_publisher_batching(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *config = tree_get(vector->tree, "config");
    const struct tree *steps = tree_get(tree_get(vector->tree, "input"), "steps");
    struct stage stage;

    if (open_line(&stage, vector, NULL, config, outcome)) {
        add(&outcome->result, "[");
        for (const struct tree *step = steps ? steps->child : NULL; step; step = step->next) {
            struct dag_buffer delivered = {0};
            struct sink_stats stats;

            run_batching_step(&stage, config, step, outcome);
            take_list(&delivered, SIZE_MAX);
            dag_sink_stats(stage.dag, 0, &stats);
            add(&outcome->result, "%s{\"delivered\": [", step != steps->child ? ", " : "");
            add_bytes(&outcome->result, delivered.bytes, delivered.size);
            add(&outcome->result, "], \"queue_depth\": %llu, \"publish_count\": %llu}",
                (unsigned long long)stats.depth, (unsigned long long)stats.publish_count);
            dag_buffer_free(&delivered);
        }
        add(&outcome->result, "]");
        stage_errors(&stage, outcome);
    }
    stage_close(&stage);
}

/* ---- metronomes
 * ------------------------------------------------------------------------------------ */

static bool is_timestamp(const struct tree *value)
{
    return value && value->type == TREE_TEXT && value->text_size == 14 &&
           strspn(value->text, "0123456789") == 14;
}

/** The shape of a message: those of the expected keys that are there, its text, its time. */
static void add_shape(struct dag_buffer *out, const struct vector_case *vector,
                      const struct tree *message)
{
    const struct tree *keys = tree_get(tree_get(vector->tree, "expected"), "keys");
    const struct tree *text = tree_get(message, "message");
    bool is_first = true;

    add(out, "{\"message\": ");
    if (text)
        add_bytes(out, text->json, text->json_size);
    else
        add(out, "null");
    add(out, ", \"keys\": [");
    for (const struct tree *key = keys ? keys->child : NULL; key; key = key->next)
        if (key->type == TREE_TEXT && tree_get(message, key->text)) {
            add(out, is_first ? "" : ", ");
            add_string(out, key->text, key->text_size);
            is_first = false;
        }
    add(out, "], \"timestamp_matches\": %s}",
        is_timestamp(tree_get(message, "current_timestamp")) ? "true" : "false");
}

/** What waits, parsed; NULL: nothing does. */
static const struct tree *take_message(const struct vector_case *vector)
{
    struct dag_buffer text = {0};
    const struct tree *message = NULL;
    struct dag_error err;
    uint32_t line, column;

    if (take_text("vector_out", &text))
        message = tree_parse(vector->document, text.bytes, text.size, 1024, &line, &column, &err);
    dag_buffer_free(&text);
    return message;
}

static void poll_at(struct stage *stage, const struct vector_case *vector,
                    const struct tree *moments, struct dag_buffer *out)
{
    int64_t now = 0;

    add(out, "[");
    for (const struct tree *moment = moments->child; moment; moment = moment->next) {
        int64_t at = (int64_t)(moment->real * 1e6);
        const struct tree *message;

        if (at > now) {
            stage_pass(stage, at - now);
            now = at;
        }
        message = tree_get(take_message(vector), "message");
        add(out, moment != moments->child ? ", " : "");
        if (message)
            add_bytes(out, message->json, message->json_size);
        else
            add(out, "null");
    }
    add(out, "]");
}

void run_metronome(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *config = tree_get(vector->tree, "config");
    const struct tree *moments = tree_get(tree_get(vector->tree, "input"), "poll_at_seconds");
    struct stage stage;

    if (open_line(&stage, vector, config, NULL, outcome)) {
        if (moments) {
            poll_at(&stage, vector, moments, &outcome->result);
        } else {
            stage_pass(&stage, seconds_of(config, "interval", 1000000));
            add_shape(&outcome->result, vector, take_message(vector));
        }
        stage_errors(&stage, outcome);
    }
    stage_close(&stage);
}
