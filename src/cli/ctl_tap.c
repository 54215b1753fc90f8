/* ctl_tap.c - dagd ctl tap and logs: what passes a node, and what the server writes, as it comes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_stream.h"
#include "cli/ctl_words.h"
#include "cli/signals.h"
#include "core/clock.h"

#define TAP_MAX    10000 /* of one request */
#define SHOWN_SIZE 16384
#define AGAIN_US   1000000 /* before a broken stream is asked for again */
#define AGAIN_MAX  30      /* times without an event in between */

struct follow {
    struct ctl *ctl;
    int signals;
    uint64_t left; /* messages that are wanted still */
    bool is_over;
    int code; /* once over */
};

/* ---- one event ---- */

static void print_message(struct follow *follow, const struct tree *data)
{
    char *text;

    if (follow->left > 0)
        follow->left--;
    if (follow->ctl->is_json) {
        ctl_print_json(data);
    } else {
        text = word_of_json(tree_get(data, "message"), SHOWN_SIZE);
        printf("%s  %s  %s%s\n", field_text(data, "time"), field_text(data, "cycle"),
               text ? text : "no memory", field_bool(data, "is_truncated") ? "  (cut)" : "");
        free(text);
    }
    follow->is_over = follow->left == 0;
}

static void print_log(struct follow *follow, const struct tree *data)
{
    const char *level = field_text(data, "level");
    bool has_colour = style_is_wanted(stdout);
    enum style style = strcmp(level, "error") == 0     ? STYLE_BAD
                       : strcmp(level, "warning") == 0 ? STYLE_WARNING
                                                       : STYLE_PLAIN;
    const char *dag = field_text(data, "dag");
    char *text = text_clean(field_text(data, "message"));

    if (follow->ctl->is_json)
        ctl_print_json(data);
    else
        printf("%s %s%s%s %s%s%s\n", field_text(data, "time"), style_begin(style, has_colour),
               level, style_end(style, has_colour), dag, *dag ? ": " : "",
               text ? text : "no memory");
    free(text);
}

/* Why the stream ends. Its own bounds of messages and time are no reason for us to end. */
static void take_bye(struct follow *follow, const struct tree *data)
{
    const char *reason = field_text(data, "reason");

    if (field_real(data, "left_out") > 0)
        ctl_say(follow->ctl, "%.0f messages were left out, as this side was too slow",
                field_real(data, "left_out"));
    if (strcmp(reason, "max") == 0 || strcmp(reason, "time") == 0)
        return;
    follow->is_over = true;
    follow->code = strcmp(reason, "revoked") == 0 ? CLI_INVALID : CLI_IO;
    ctl_say(follow->ctl, "the server ends the stream: %s", reason);
}

static void take_event(struct follow *follow, const struct stream_event *event)
{
    if (strcmp(event->kind, "message") == 0)
        print_message(follow, event->data);
    else if (strcmp(event->kind, "log") == 0)
        print_log(follow, event->data);
    else if (strcmp(event->kind, "bye") == 0)
        take_bye(follow, event->data);
    else if (strcmp(event->kind, "lagged") == 0)
        ctl_say(follow->ctl, "%.0f events were left out, as this side was too slow",
                field_real(event->data, "missed"));
    if (fflush(stdout) != 0) {
        follow->is_over = true;
        follow->code = CLI_IO;
    }
}

/* ---- streams ---- */

/* Reads one stream to its end. True: it gave events. */
static bool read_stream(struct follow *follow, const char *path, struct dag_error *err)
{
    struct stream *stream = stream_new(follow->ctl->client, path, err);
    bool has_event = false, is_open = stream != NULL;

    while (is_open && !follow->is_over) {
        struct stream_event event = {0};

        switch (stream_next(stream, follow->signals, 1000, &event, err)) {
        case STREAM_EVENT:
            has_event = true;
            take_event(follow, &event);
            stream_event_deinit(&event);
            break;
        case STREAM_WAKE:
            follow->is_over = signals_take(follow->signals) != 0;
            break;
        case STREAM_TIMEOUT:
            break;
        case STREAM_END:
            is_open = false;
            break;
        case STREAM_REFUSED:
            follow->is_over = true;
            follow->code = ctl_refused(follow->ctl, stream_refusal(stream));
            break;
        case STREAM_FAILED:
            follow->is_over = true;
            follow->code = ctl_fail(follow->ctl, err);
            break;
        }
    }
    stream_free(stream);
    return has_event;
}

static char *next_path(const struct follow *follow, const char *base)
{
    char number[24];
    char *path = NULL, *parameter;

    if (!strstr(base, "/tap?"))
        return strdup(base);
    snprintf(number, sizeof(number), "%" PRIu64, follow->left < TAP_MAX ? follow->left : TAP_MAX);
    parameter = client_path("&max=%s", number);
    if (!parameter || asprintf(&path, "%s%s", base, parameter) < 0)
        path = NULL;
    free(parameter);
    return path;
}

static int follow_stream(struct ctl *ctl, const char *base, uint64_t count)
{
    struct follow follow = {.ctl = ctl, .left = count};
    struct dag_error err = {0};
    int vain = 0;

    follow.signals = signals_open(&err);
    while (!follow.is_over && base) {
        char *path = next_path(&follow, base);

        err = (struct dag_error){0};
        vain = path && read_stream(&follow, path, &err) ? 0 : vain + 1;
        free(path);
        if (follow.is_over)
            break;
        if (vain == 1)
            ctl_say(ctl, "%s; trying again", err.message);
        if (vain > AGAIN_MAX || !path) {
            follow.code = ctl_fail(ctl, &err);
            break;
        }
        if (vain > 0)
            clock_pause_us(AGAIN_US);
        follow.is_over = signals_take(follow.signals) != 0;
    }
    signals_close(follow.signals);
    return follow.code;
}

int ctl_tap(struct ctl *ctl)
{
    const char *side = ctl_value(ctl, "side");
    char number[24];
    char *path;
    long rate, count;
    int code;

    if (!ctl_integer(ctl, "rate", 1, 100, 10, &rate) ||
        !ctl_integer(ctl, "max", 1, 1000000000, 0, &count))
        return CLI_USAGE;
    if (side && strcmp(side, "in") != 0 && strcmp(side, "out") != 0)
        return ctl_usage_error(ctl, "option '--side' must be in or out");
    snprintf(number, sizeof(number), "%ld", rate);
    path = client_path("/dags/%s/nodes/%s/tap?side=%s&rate=%s", ctl->arguments[0],
                       ctl->arguments[1], side ? side : "out", number);
    code = path ? follow_stream(ctl, path, count > 0 ? (uint64_t)count : UINT64_MAX) : CLI_IO;
    free(path);
    return code;
}

int ctl_logs(struct ctl *ctl)
{
    return follow_stream(ctl, "/events?topics=log", UINT64_MAX);
}
