/* ctl_publish.c - dagd ctl publish: messages, safe to repeat. A batch keeps its Idempotency-Key
 * while it is the same batch, so that a reply that got lost makes no message come in twice; what is
 * left of it after a part was taken is another batch, with another key. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli/ctl.h"
#include "cli/ctl_lines.h"
#include "cli/ctl_words.h"
#include "core/clock.h"

#define BATCH_LINES    1000
#define BATCH_MAX      10000
#define BATCH_SIZE     ((size_t)1 << 20)
#define RETRY_MS       60000
#define PAUSE_FIRST_MS 200
#define PAUSE_MAX_MS   5000
#define SHOWN_SIZE     120

struct publish {
    struct ctl *ctl;
    char *path;             /* owned */
    char key[33];           /* of this call of the program */
    unsigned int key_count; /* makes the key of each batch */
    int64_t retry_ms;
    bool keeps_going; /* over lines that are refused */
    bool is_lines;
    bool is_unsafe; /* some message is in the server's memory only */
    uint64_t accepted, refused;
    uint64_t line; /* lines of the input that are dealt with */
};

/** What is left of a batch. */
struct batch {
    const char *text;
    size_t size, count;
};

static bool make_key(struct publish *publish)
{
    unsigned char random[16];

    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return false;
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(publish->key + i * 2, 3, "%02x", random[i]);
    return true;
}

static bool may_come_later(const struct client_reply *reply)
{
    return reply->status == 429 || reply->status == 502 || reply->status == 503 ||
           reply->status == 504 ||
           (reply->status == 409 && strcmp(field_text(reply->root, "code"), "key_in_use") == 0);
}

/* Sends until a reply came that isn't "later", or the patience ends. Nothing taken in between: the
 * key stays. */
static bool send_batch(struct publish *publish, const struct batch *batch,
                       struct client_reply *reply, struct dag_error *err)
{
    char key[64];
    const struct client_request request = {
        .method = "POST",
        .path = publish->path,
        .content_type = publish->is_lines ? "application/x-ndjson" : NULL,
        .body = batch->text,
        .body_size = batch->size,
        .idempotency_key = key,
        .is_tried_once = true,
    };
    int64_t until_us = clock_system()->monotonic_us(clock_system()) + publish->retry_ms * 1000;
    int64_t pause = PAUSE_FIRST_MS;

    snprintf(key, sizeof(key), "%s-%u", publish->key, publish->key_count++);
    for (;;) {
        bool is_answered = client_call(publish->ctl->client, &request, reply, err);

        if (is_answered && (!may_come_later(reply) || field_real(reply->root, "accepted") > 0))
            return true;
        if (!is_answered && !err->retryable)
            return false;
        if (is_answered && reply->retry_after_s > 0)
            pause = (int64_t)reply->retry_after_s * 1000;
        if (clock_system()->monotonic_us(clock_system()) + pause * 1000 > until_us)
            return is_answered;
        clock_pause_us(1000 * pause);
        pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
    }
}

/* Lines from 1; what is behind them stays. */
static void drop_lines(struct batch *batch, size_t count)
{
    for (; count > 0 && batch->count > 0; count--) {
        const char *end = memchr(batch->text, '\n', batch->size);
        size_t size = end ? (size_t)(end - batch->text) + 1 : batch->size;

        batch->text += size;
        batch->size -= size;
        batch->count--;
    }
}

static void say_refused(const struct publish *publish, const struct batch *batch,
                        const struct client_reply *reply)
{
    const char *end = memchr(batch->text, '\n', batch->size);
    int size = (int)(end ? end - batch->text : (ptrdiff_t)batch->size);

    ctl_say(publish->ctl, "line %llu of the input is refused (%s): %.*s%s",
            (unsigned long long)publish->line + 1, field_text(reply->root, "code"),
            size > SHOWN_SIZE ? SHOWN_SIZE : size, batch->text, size > SHOWN_SIZE ? "..." : "");
}

/* Not all was taken: drops what was, and the line that can't be. The exit code; CLI_OK: go on. */
static int go_behind(struct publish *publish, struct batch *batch, const struct client_reply *reply)
{
    double line = field_real(reply->root, "line");
    bool is_about_line = publish->is_lines && line >= 1 && line <= (double)batch->count;
    bool is_bad = reply->status == 422 || reply->status == 413;
    size_t before = is_about_line ? (size_t)line - 1 : 0;

    publish->accepted += (uint64_t)field_real(reply->root, "accepted");
    if (!is_about_line)
        return ctl_refused(publish->ctl, reply);
    drop_lines(batch, before);
    publish->line += before;
    if (is_bad && publish->keeps_going) {
        say_refused(publish, batch, reply);
        drop_lines(batch, 1);
        publish->line++;
        publish->refused++;
        return CLI_OK;
    }
    if (before > 0 && may_come_later(reply)) /* there was room: there will be again */
        return CLI_OK;
    if (is_bad)
        say_refused(publish, batch, reply);
    return ctl_refused(publish->ctl, reply);
}

static int publish_batch(struct publish *publish, struct batch batch)
{
    struct client_reply reply = {0};
    struct dag_error err = {0};
    int code = CLI_OK;

    while (code == CLI_OK && batch.count > 0) {
        if (!send_batch(publish, &batch, &reply, &err)) {
            code = ctl_fail(publish->ctl, &err);
        } else if (reply.status == 202) {
            publish->accepted += (uint64_t)field_real(reply.root, "accepted");
            publish->is_unsafe = publish->is_unsafe || !field_bool(reply.root, "is_safe");
            publish->line += batch.count;
            batch.count = 0;
        } else {
            code = go_behind(publish, &batch, &reply);
        }
        if (code == CLI_OK && publish->ctl->is_json)
            ctl_print_json(reply.root);
        if (code == CLI_OK && reply.status != 202 && may_come_later(&reply))
            clock_pause_us(1000 * (reply.retry_after_s > 0 ? (int64_t)reply.retry_after_s * 1000
                                                           : PAUSE_FIRST_MS));
    }
    client_reply_deinit(&reply);
    return code;
}

static bool is_blank(const char *text, size_t size)
{
    while (size > 0 && strchr(" \t\r\n", text[size - 1]))
        size--;
    return size == 0;
}

static int publish_lines(struct publish *publish, const char *path, size_t batch_lines)
{
    bool is_standard = strcmp(path, "-") == 0;
    struct lines lines = {.fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};
    struct dag_error err = {0};
    int code = CLI_OK;

    if (lines.fd < 0) {
        dag_error_set_errno(&err, "cannot open '%s'", path);
        return ctl_fail(publish->ctl, &err);
    }
    publish->is_lines = true;
    while (code == CLI_OK) {
        struct batch batch;

        if (!lines_next(&lines, batch_lines, BATCH_SIZE, &batch.text, &batch.size, &batch.count,
                        &err))
            code = ctl_fail(publish->ctl, &err);
        else if (batch.count == 0)
            break;
        else if (is_blank(batch.text, batch.size)) /* which the server would refuse */
            publish->line += batch.count;
        else
            code = publish_batch(publish, batch);
    }
    dag_buffer_free(&lines.text);
    if (!is_standard)
        close(lines.fd);
    if (code != CLI_OK)
        ctl_say(publish->ctl,
                "%llu messages were accepted; go on behind line %llu: tail -n +%llu of the input",
                (unsigned long long)publish->accepted, (unsigned long long)publish->line,
                (unsigned long long)publish->line + 1);
    return code;
}

static int publish_input(struct publish *publish, size_t batch_lines)
{
    struct ctl *ctl = publish->ctl;
    const char *file = ctl_value(ctl, "file");
    const char *message = ctl->argument_count > 2 ? ctl->arguments[2] : NULL;

    if (message && file)
        return ctl_usage_error(ctl, "give a message or --file, not both");
    if (message && strcmp(message, "-") != 0)
        return publish_batch(publish, (struct batch){message, strlen(message), 1});
    if (!message && !file && isatty(STDIN_FILENO))
        return ctl_usage_error(ctl, "give a message, --file FILE, or - for standard input");
    return publish_lines(publish, file ? file : "-", batch_lines);
}

int ctl_publish(struct ctl *ctl)
{
    struct publish publish = {.ctl = ctl, .keeps_going = ctl_has(ctl, "keep-going")};
    long batch_lines;
    int code;

    if (!ctl_integer(ctl, "batch", 1, BATCH_MAX, BATCH_LINES, &batch_lines) ||
        !ctl_duration(ctl, "retry-for", RETRY_MS, &publish.retry_ms))
        return CLI_USAGE;
    publish.path = client_path(ctl_has(ctl, "inject") ? "/dags/%s/subscribers/%s/messages?inject=1"
                                                      : "/dags/%s/subscribers/%s/messages",
                               ctl->arguments[0], ctl->arguments[1]);
    if (!publish.path || !make_key(&publish)) {
        ctl_say(ctl, "no memory, or no random numbers, for a request");
        free(publish.path);
        return CLI_IO;
    }
    code = publish_input(&publish, (size_t)batch_lines);
    if (code == CLI_OK && !ctl->is_json)
        printf("%llu message%s accepted%s\n", (unsigned long long)publish.accepted,
               publish.accepted == 1 ? "" : "s",
               publish.is_unsafe ? ", in the server's memory only, as this DAG promises" : "");
    if (code == CLI_OK && publish.refused > 0)
        ctl_say(ctl, "%llu lines were refused", (unsigned long long)publish.refused);
    free(publish.path);
    return code == CLI_OK && publish.refused > 0 ? CLI_DEAD_LETTERS : code;
}
