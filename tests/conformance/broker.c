/* broker.c - the in-memory broker's own interface, one operation after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/mem/broker.h"

#include <string.h>

#include "conformance/runner.h"

#define READERS_MAX 64

struct named_reader {
    const char *name;
    struct broker_reader *reader;
};

struct session {
    struct outcome *outcome;
    struct named_reader readers[READERS_MAX];
    size_t reader_count;
};

static const char *text_of(const struct tree *operation, const char *key)
{
    const struct tree *value = tree_get(operation, key);

    return value && value->type == TREE_TEXT ? value->text : "";
}

static int64_t number_of(const struct tree *operation, const char *key)
{
    const struct tree *value = tree_get(operation, key);

    return value && value->type == TREE_INT ? value->integer : 0;
}

static struct broker_reader *reader_of(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->reader_count; i++)
        if (strcmp(session->readers[i].name, name) == 0)
            return session->readers[i].reader;
    return NULL;
}

static void put(struct session *session, enum broker_kind kind, const struct tree *operation)
{
    const struct tree *message = tree_get(operation, "msg");
    struct dag_error err = {0};
    struct broker_channel *channel = broker_open(kind, text_of(operation, "name"), 0, &err);
    enum broker_result result = BROKER_FAILED;

    if (channel && message)
        result = message->type == TREE_TEXT
                     ? broker_put_text(channel, message->text, message->text_size, &err)
                     : broker_put_text(channel, message->json, message->json_size, &err);
    if (result == BROKER_FAILED)
        outcome_broken(session->outcome, "put: %s", err.message);
    add(&session->outcome->result, result == BROKER_FULL ? "\"full\"" : "\"ok\"");
}

static void subscribe(struct session *session, const struct tree *operation)
{
    struct dag_error err = {0};
    struct broker_channel *topic = broker_open(BROKER_TOPIC, text_of(operation, "name"), 0, &err);
    int64_t depth = number_of(operation, "max_size");
    struct broker_reader *reader =
        topic ? broker_subscribe(topic, depth > 0 ? (size_t)depth : BROKER_DEPTH_DEFAULT,
                                 BROKER_DROP_NEWEST, NULL, &err)
              : NULL;

    if (!reader || session->reader_count == READERS_MAX) {
        outcome_broken(session->outcome, "subscribe: %s", err.message);
        return;
    }
    session->readers[session->reader_count++] =
        (struct named_reader){text_of(operation, "as"), reader};
    add(&session->outcome->result, "\"ok\"");
}

static void unsubscribe(struct session *session, const struct tree *operation)
{
    for (size_t i = 0; i < session->reader_count; i++)
        if (strcmp(session->readers[i].name, text_of(operation, "as")) == 0) {
            broker_unsubscribe(session->readers[i].reader);
            session->readers[i] = session->readers[--session->reader_count];
            break;
        }
    add(&session->outcome->result, "\"ok\"");
}

static void add_taken(struct session *session, enum broker_result result,
                      const struct dag_buffer *text)
{
    if (result == BROKER_OK)
        add_string(&session->outcome->result, text->bytes, text->size);
    else
        add(&session->outcome->result, "null");
}

static void take(struct session *session, const struct tree *operation, bool is_queue)
{
    struct dag_buffer text = {0};
    struct dag_error err = {0};
    enum broker_result result = BROKER_EMPTY;

    if (is_queue) {
        struct broker_channel *queue = broker_find(BROKER_QUEUE, text_of(operation, "name"));

        if (queue)
            result = broker_get_text(queue, &text, &err);
    } else {
        struct broker_reader *reader = reader_of(session, text_of(operation, "as"));

        if (reader)
            result = broker_receive_text(reader, &text, &err);
    }
    add_taken(session, result, &text);
    dag_buffer_free(&text);
}

static void run_operation(struct session *session, const struct tree *operation)
{
    const char *name = text_of(operation, "op");
    struct dag_error err = {0};

    if (strcmp(name, "create_queue") == 0) {
        int64_t depth = number_of(operation, "max_size");

        if (!broker_open(BROKER_QUEUE, text_of(operation, "name"), depth, &err))
            outcome_broken(session->outcome, "create_queue: %s", err.message);
        add(&session->outcome->result, "\"ok\"");
    } else if (strcmp(name, "create_topic") == 0) {
        if (!broker_open(BROKER_TOPIC, text_of(operation, "name"), 0, &err))
            outcome_broken(session->outcome, "create_topic: %s", err.message);
        add(&session->outcome->result, "\"ok\"");
    } else if (strcmp(name, "put") == 0) {
        put(session, BROKER_QUEUE, operation);
    } else if (strcmp(name, "publish") == 0) {
        put(session, BROKER_TOPIC, operation);
    } else if (strcmp(name, "get") == 0) {
        take(session, operation, true);
    } else if (strcmp(name, "recv") == 0) {
        take(session, operation, false);
    } else if (strcmp(name, "subscribe") == 0) {
        subscribe(session, operation);
    } else if (strcmp(name, "unsubscribe") == 0) {
        unsubscribe(session, operation);
    } else if (strcmp(name, "depth") == 0) {
        add(&session->outcome->result, "%zu", broker_depth(text_of(operation, "name")));
    } else {
        outcome_broken(session->outcome, "unknown operation '%s'", name);
    }
}

void run_memory_broker(const struct vector_case *vector, struct outcome *outcome)
{
    struct session session = {.outcome = outcome};
    const struct tree *operations = tree_get(tree_get(vector->tree, "input"), "ops");

    add(&outcome->result, "[");
    for (const struct tree *operation = operations ? operations->child : NULL; operation;
         operation = operation->next) {
        if (operation != operations->child)
            add(&outcome->result, ", ");
        run_operation(&session, operation);
    }
    add(&outcome->result, "]");
    for (size_t i = 0; i < session.reader_count; i++)
        broker_unsubscribe(session.readers[i].reader);
    broker_reset();
}
