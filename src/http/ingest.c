/* ingest.c - handlers: messages that come in, one or a batch of lines, and single steps.
 *
 * Messages are checked by the parser that the engine uses, so that a line that is no message is
 * told by its number, with what was accepted before it, instead of becoming a dead letter.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/api_handlers.h"
#include "http/dags.h"
#include "server/show_json.h"

#define MESSAGES_MAX     10000
#define MESSAGE_SIZE_MAX 16777216
#define REASON_SIZE      160
#define CHECK_SIZE_MAX   ((size_t)4 * 1024 * 1024)

/** One request for the time until its messages are safe. */
struct ingest {
    struct http_request *request; /* owned until it is answered */
    char *text;                   /* owned: the body, a NUL behind each message */
    struct dag_text *messages;    /* owned; into `text` */
    size_t *lines;                /* owned: where each one stands, from 1 */
    size_t count, capacity;
    bool is_batch;
    size_t bad_line; /* the first that is no message; 0: none */
    unsigned int bad_status;
    char bad_code[24];
    char bad_reason[REASON_SIZE];
};

static void free_ingest(struct ingest *ingest)
{
    if (!ingest)
        return;
    free(ingest->text);
    free(ingest->messages);
    free(ingest->lines);
    free(ingest);
}

static bool refuse(struct ingest *ingest, size_t line, unsigned int status, const char *code,
                   const char *reason, size_t reason_size)
{
    ingest->bad_line = line;
    ingest->bad_status = status;
    snprintf(ingest->bad_code, sizeof(ingest->bad_code), "%s", code);
    snprintf(ingest->bad_reason, sizeof(ingest->bad_reason), "%.*s", (int)reason_size, reason);
    return false;
}

/* ---- from the body to messages ---- */

/** What messages are checked with. */
struct checker {
    struct dag_json_parser *parser; /* owned */
    struct dag_batch *batch;        /* owned; NULL to begin */
};

/* An own batch for some hundred messages, so that checking many doesn't keep them all. False: no
 * memory. */
static bool make_room(struct checker *checker)
{
    if (checker->batch && dag_batch_room(checker->batch) > 0 &&
        dag_batch_size(checker->batch) < CHECK_SIZE_MAX)
        return true;
    dag_batch_unref(checker->batch);
    checker->batch = dag_batch_new();
    return checker->batch != NULL;
}

enum check_result { CHECK_GOOD, CHECK_BAD, CHECK_NO_MEMORY };

static enum check_result check_message(struct ingest *ingest, struct checker *checker, size_t i)
{
    const struct dag_text *message = &ingest->messages[i];
    struct dag_error err = {0};
    size_t row;

    if (!make_room(checker) || !dag_json_parse(checker->parser, checker->batch, message->text,
                                               message->size, (struct dag_origin){0}, &err))
        return CHECK_NO_MEMORY;
    row = dag_batch_row_count(checker->batch) - 1;
    if (dag_batch_origins(checker->batch)[row].flags & DAG_ORIGIN_REJECTED) {
        const struct dag_value *reason = &dag_batch_rows(checker->batch)[row].values[1];

        refuse(ingest, ingest->lines[i], 422, "bad_message", reason->as.text, reason->size);
        return CHECK_BAD;
    }
    return CHECK_GOOD;
}

/* False: that was the last one that can be taken, or no memory. */
static bool add_message(struct ingest *ingest, struct dag_text message, size_t line)
{
    static const char too_many[] = "a batch has 10000 messages at most: send the rest in another";
    static const char too_large[] = "the message is larger than 16 MiB";

    if (ingest->count == MESSAGES_MAX)
        return refuse(ingest, line, 413, "too_many_messages", too_many, sizeof(too_many));
    if (message.size > MESSAGE_SIZE_MAX)
        return refuse(ingest, line, 413, "message_too_large", too_large, sizeof(too_large));
    if (ingest->count == ingest->capacity) {
        size_t capacity = ingest->capacity ? 4 * ingest->capacity : 16;
        struct dag_text *messages = reallocarray(ingest->messages, capacity, sizeof(*messages));
        size_t *lines = reallocarray(ingest->lines, capacity, sizeof(*lines));

        if (messages)
            ingest->messages = messages;
        if (lines)
            ingest->lines = lines;
        if (!messages || !lines)
            return false; // cppcheck-suppress memleak ; both are the ingest's
        ingest->capacity = capacity;
    }
    ingest->messages[ingest->count] = message;
    ingest->lines[ingest->count++] = line;
    return true;
}

static bool is_blank(const char *text, size_t size)
{
    return strspn(text, " \t\r") >= size;
}

/* False: no memory. */
static bool split_lines(struct ingest *ingest, size_t size)
{
    char *at = ingest->text;
    char *end = ingest->text + size;

    for (size_t line = 1; at < end; line++) {
        char *line_end = memchr(at, '\n', (size_t)(end - at));

        if (!line_end)
            line_end = end;
        *line_end = '\0';
        if (!is_blank(at, (size_t)(line_end - at)) &&
            !add_message(ingest, (struct dag_text){at, (size_t)(line_end - at)}, line))
            return ingest->bad_line > 0;
        at = line_end + 1;
    }
    return true;
}

/* Keeps the messages before the first one that is none. False: no memory. */
static bool check_messages(struct ingest *ingest)
{
    struct checker checker = {.parser = dag_json_parser_new(MESSAGE_SIZE_MAX)};
    enum check_result result = checker.parser ? CHECK_GOOD : CHECK_NO_MEMORY;

    for (size_t i = 0; result == CHECK_GOOD && i < ingest->count; i++) {
        result = check_message(ingest, &checker, i);
        if (result == CHECK_BAD)
            ingest->count = i;
    }
    dag_batch_unref(checker.batch);
    dag_json_parser_free(checker.parser);
    return result != CHECK_NO_MEMORY;
}

static bool is_lines(const struct http_request *request)
{
    const char *type = http_request_header(request, "content-type");

    return type && strncasecmp(type, "application/x-ndjson", 20) == 0;
}

/* NULL: out of memory. */
static struct ingest *new_ingest(struct http_request *request)
{
    struct ingest *ingest = calloc(1, sizeof(*ingest));
    bool is_made = ingest != NULL;

    if (is_made) {
        ingest->request = request;
        ingest->is_batch = is_lines(request);
        ingest->text = malloc(request->body_size + 1);
        is_made = ingest->text != NULL;
    }
    if (is_made) {
        memcpy(ingest->text, request->body, request->body_size);
        ingest->text[request->body_size] = '\0';
        is_made =
            ingest->is_batch
                ? split_lines(ingest, request->body_size)
                : add_message(ingest, (struct dag_text){ingest->text, request->body_size}, 1) ||
                      ingest->bad_line > 0;
    }
    if (is_made && check_messages(ingest))
        return ingest;
    free_ingest(ingest);
    return NULL;
}

/* ---- answers ---- */

static void reply_published(struct http_request *request, size_t accepted, bool is_safe,
                            uint64_t sequence)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    writer_open(&writer, '{');
    show_number(&writer, "accepted", accepted);
    show_bool(&writer, "is_safe", is_safe);
    show_count(&writer, "sequence", sequence);
    writer_close(&writer, '}');
    if (writer.failed)
        api_reply_memory(request);
    else
        api_reply_json(request, 202, &out);
    dag_buffer_free(&out);
}

/* A refusal that says how many messages were taken, and the line of the first that wasn't. */
static void reply_refused(const struct ingest *ingest, unsigned int status, const char *code,
                          const char *reason, unsigned int retry_after_s, size_t accepted,
                          size_t line)
{
    char members[96];
    char detail[800];
    struct http_problem problem = {.status = status,
                                   .code = code,
                                   .detail = detail,
                                   .members = members,
                                   .retry_after_s = retry_after_s};
    bool is_about_line =
        ingest->is_batch && (accepted > 0 || status == 413 || status == 422 || status == 429);

    if (is_about_line) {
        snprintf(members, sizeof(members), "\"accepted\":%zu,\"line\":%zu", accepted, line);
        snprintf(detail, sizeof(detail), "line %zu: %s; %zu messages before it were accepted", line,
                 reason, accepted);
    } else {
        snprintf(members, sizeof(members), "\"accepted\":%zu", accepted);
        snprintf(detail, sizeof(detail), "%s", reason);
    }
    api_reply_problem(ingest->request, &problem);
}

static void reply_bad_line(const struct ingest *ingest, size_t accepted)
{
    reply_refused(ingest, ingest->bad_status, ingest->bad_code, ingest->bad_reason, 0, accepted,
                  ingest->bad_line);
}

static void on_published(void *context, const struct answer *answer, size_t accepted, bool is_safe,
                         uint64_t sequence)
{
    struct ingest *ingest = context;

    api_note(ingest->request, "%zu messages", accepted);
    if (accepted > 0)
        api_keep_answer(ingest->request);
    if (answer->kind != ANSWER_OK)
        reply_refused(ingest, api_status_of(answer->kind), answer->code, answer->detail,
                      answer->retry_after_s, accepted,
                      accepted < ingest->count ? ingest->lines[accepted] : ingest->bad_line);
    else if (ingest->bad_line > 0)
        reply_bad_line(ingest, accepted);
    else
        reply_published(ingest->request, accepted, is_safe, sequence);
    free_ingest(ingest);
}

void handle_publish_messages(void *context, struct http_request *request)
{
    struct api *api = context;
    struct server_publish publish = {0};
    struct ingest *ingest;

    if (!api_query_bool(request, "inject", false, &publish.inject))
        return;
    ingest = new_ingest(request);
    if (!ingest) {
        api_reply_memory(request);
        return;
    }
    if (ingest->count == 0) {
        if (ingest->bad_line > 0)
            reply_bad_line(ingest, 0);
        else
            api_reply_error(request, 422, "no_message", "the body holds no message");
        free_ingest(ingest);
        return;
    }
    publish.messages = ingest->messages;
    publish.count = ingest->count;
    server_publish(api->server, dags_path(request), http_request_parameter(request, "subscriber"),
                   &publish, on_published, ingest);
}

void handle_step_dag(void *context, struct http_request *request)
{
    struct api *api = context;
    const char *subscriber = http_request_query(request, "subscriber");
    struct dag_buffer out = {0};
    struct answer answer = {0};
    bool is_done;

    if (!subscriber || !*subscriber) {
        api_reply_error(request, 400, "bad_parameter",
                        "'subscriber' is missing: where the message comes in");
        return;
    }
    is_done = server_step(api->server, dags_path(request), subscriber, request->body,
                          request->body_size, &out, &answer);
    dags_reply(request, is_done, &out, &answer);
}
