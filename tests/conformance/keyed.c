/* keyed.c - the component keyed_publisher: what redis:// and redischannel:// send to a server that
 * writes down what it is told.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "conformance/runner.h"

#define WAIT_MS   10
#define TURNS_MAX 3000

/** A server for one connection, on a thread of its own. */
struct recorder {
    int listener;
    int served; /* an event after each turn */
    int port;
    pthread_t thread;
    pthread_mutex_t lock;
    struct dag_buffer written; /* owned; guarded by the lock: {"key": ..., "value": ...}, ... */
};

/* ---- the server ------------------------------------------------------------------------- */

static void note_words(struct recorder *recorder, const char *what, const redisReply *name,
                       const redisReply *value)
{
    pthread_mutex_lock(&recorder->lock);
    add(&recorder->written, "%s{\"%s\": ", recorder->written.size > 0 ? ", " : "", what);
    add_string(&recorder->written, name->str, name->len);
    add(&recorder->written, ", \"value\": ");
    add_bytes(&recorder->written, value->str, value->len);
    add(&recorder->written, "}");
    pthread_mutex_unlock(&recorder->lock);
}

/* A command looks like a reply that is an array of texts. */
static const char *answer(struct recorder *recorder, const redisReply *command)
{
    const char *verb = command->elements > 0 ? command->element[0]->str : "";

    if (strcasecmp(verb, "SET") == 0 && command->elements >= 3)
        note_words(recorder, "key", command->element[1], command->element[2]);
    if (strcasecmp(verb, "PUBLISH") != 0 || command->elements != 3)
        return "+OK\r\n";
    note_words(recorder, "channel", command->element[1], command->element[2]);
    return ":1\r\n";
}

static bool serve_bytes(struct recorder *recorder, redisReader *reader, int peer)
{
    char bytes[4096];
    ssize_t size = recv(peer, bytes, sizeof(bytes), 0);
    void *command = NULL;
    bool is_good = size > 0 && redisReaderFeed(reader, bytes, (size_t)size) == REDIS_OK;

    while (is_good && redisReaderGetReply(reader, &command) == REDIS_OK && command) {
        const char *text = answer(recorder, command);

        is_good = send(peer, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
        freeReplyObject(command);
    }
    eventfd_write(recorder->served, 1);
    return is_good;
}

static void *serve(void *context)
{
    struct recorder *recorder = context;
    int peer = accept(recorder->listener, NULL, NULL);
    redisReader *reader = redisReaderCreate();

    while (peer >= 0 && reader && serve_bytes(recorder, reader, peer))
        continue;
    if (reader)
        redisReaderFree(reader);
    if (peer >= 0)
        close(peer);
    return NULL;
}

static bool recorder_start(struct recorder *recorder)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);

    *recorder = (struct recorder){.served = eventfd(0, EFD_NONBLOCK)};
    pthread_mutex_init(&recorder->lock, NULL);
    recorder->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(recorder->listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(recorder->listener, 1) < 0 ||
        getsockname(recorder->listener, (struct sockaddr *)&address, &size) < 0)
        return false;
    recorder->port = ntohs(address.sin_port);
    return pthread_create(&recorder->thread, NULL, serve, recorder) == 0;
}

/* After the DAG has closed its connection. */
static void recorder_stop(struct recorder *recorder)
{
    shutdown(recorder->listener, SHUT_RDWR); /* where nobody has connected */
    pthread_join(recorder->thread, NULL);
    close(recorder->listener);
    close(recorder->served);
    pthread_mutex_destroy(&recorder->lock);
    dag_buffer_free(&recorder->written);
}

/* ---- a case ----------------------------------------------------------------------------- */

static void add_destination(struct dag_buffer *dag, const struct tree *config, int port)
{
    add(dag, "{\"host\": \"127.0.0.1\", \"port\": %d", port);
    for (const struct tree *member = config ? config->child : NULL; member; member = member->next) {
        if (strcmp(member->key, "host") == 0 || strcmp(member->key, "port") == 0)
            continue;
        add(dag, ", ");
        add_string(dag, member->key, member->key_size);
        add(dag, ": ");
        add_wire(dag, member);
    }
    add(dag, "}");
}

static bool open_stage(struct stage *stage, const struct vector_case *vector, int port,
                       struct outcome *outcome)
{
    struct dag_buffer dag = {0};
    bool is_open;

    add(&dag, "{\"name\": \"vector\", \"propagate\": \"every\", \"errors\": \"refused\","
              "\"subscribers\": [{\"name\": \"in\","
              " \"config\": {\"source\": \"mem://queue/vector_in\"}}],"
              "\"publishers\": [{\"name\": \"refused\","
              " \"config\": {\"destination\": \"mem://queue/vector_refused\"}},"
              " {\"name\": \"out\", \"config\": ");
    add_destination(&dag, tree_get(vector->tree, "config"), port);
    add(&dag, "}], \"nodes\": [{\"name\": \"i\", \"type\": \"SubscriptionNode\","
              " \"subscriber\": \"in\"},"
              " {\"name\": \"o\", \"type\": \"PublicationNode\", \"publishers\": [\"out\"]}],"
              "\"edges\": [{\"from_node\": \"i\", \"to_node\": \"o\"}]}");
    is_open = stage_open(stage, vector->registry, dag.bytes, dag.size, outcome);
    dag_buffer_free(&dag);
    return is_open;
}

/* Turns the DAG whenever the server has answered, until everything is through. */
static bool drain(struct stage *stage, const struct recorder *recorder)
{
    struct dag_stats stats = {0};
    eventfd_t count;

    stage_turn(stage); /* takes what was fed */
    dag_stop(stage->dag, true);
    for (int i = 0; i < TURNS_MAX; i++) {
        struct pollfd served = {.fd = recorder->served, .events = POLLIN};

        stage_turn(stage);
        dag_stats(stage->dag, &stats);
        if (stats.state == DAG_STATE_STOPPED || stats.state == DAG_STATE_FAILED)
            return true;
        poll(&served, 1, WAIT_MS);
        eventfd_read(recorder->served, &count);
    }
    return false;
}

static void run_on(struct recorder *recorder, const struct vector_case *vector,
                   struct outcome *outcome)
{
    const struct tree *messages = tree_get(tree_get(vector->tree, "input"), "messages");
    struct sink_stats stats;
    struct stage stage;

    if (open_stage(&stage, vector, recorder->port, outcome)) {
        for (const struct tree *message = messages ? messages->child : NULL; message;
             message = message->next) {
            struct dag_buffer text = {0};

            add_wire(&text, message);
            feed_text("mem://queue/vector_in", text.bytes, text.size, outcome);
            dag_buffer_free(&text);
        }
        if (!drain(&stage, recorder))
            outcome_broken(outcome, "the DAG doesn't end");
        dag_sink_stats(stage.dag, 1, &stats);
        pthread_mutex_lock(&recorder->lock);
        add(&outcome->result, "{\"written\": [");
        add_bytes(&outcome->result, recorder->written.bytes, recorder->written.size);
        add(&outcome->result, "], \"publish_count\": %llu, \"raised\": 0}",
            (unsigned long long)stats.publish_count);
        pthread_mutex_unlock(&recorder->lock);
        stage_errors(&stage, outcome);
    }
    stage_close(&stage);
}

void run_keyed_publisher(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *destination = tree_get(tree_get(vector->tree, "config"), "destination");
    struct recorder recorder;

    if (destination && destination->type == TREE_TEXT &&
        strncmp(destination->text, "redis", 5) != 0) {
        outcome->is_later = true;
        return;
    }
    if (!recorder_start(&recorder)) {
        outcome_broken(outcome, "cannot start a server");
        return;
    }
    run_on(&recorder, vector, outcome);
    recorder_stop(&recorder);
}
