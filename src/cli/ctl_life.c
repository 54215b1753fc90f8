/* ctl_life.c - dagd ctl start, stop, suspend, resume, restart: wishes, and waiting for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"
#include "core/clock.h"

#define WAIT_MS 60000 /* unless told otherwise, and what the server waits at most */

/** What a verb leads to. The states have blanks around them. */
static const struct verb {
    const char *name;
    const char *arrived;  /* there */
    const char *hopeless; /* not there, and nothing that would come by itself */
} verbs[] = {
    {"start", " running suspended ended ", " failed invalid standby "},
    {"stop", " stopped ended invalid ", ""},
    {"suspend", " suspended ", " failed invalid standby stopped ended "},
    {"resume", " running suspended ended ", " failed invalid standby stopped "},
    {"restart", " running suspended ended ", " failed invalid standby "},
};

struct work {
    struct ctl *ctl;
    const struct verb *verb;
    const char *body; /* of stop; NULL: none */
    bool waits;
    int64_t wait_ms;     /* in all */
    int64_t deadline_us; /* monotonic */
};

static const struct verb *verb_of(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static int64_t now_us(void)
{
    return clock_system()->monotonic_us(clock_system());
}

static bool is_one_of(const char *states, const char *state)
{
    char word[40];

    snprintf(word, sizeof(word), " %s ", state);
    return strstr(states, word) != NULL;
}

static void print_state(const struct ctl *ctl, const struct tree *state)
{
    const char *word = field_text(state, "state");
    bool has_colour = style_is_wanted(stdout);
    char *reason = text_clean(field_text(state, "reason"));

    if (ctl->is_json)
        ctl_print_json(state);
    else
        printf("%s: %s%s%s%s%s\n", field_text(state, "name"),
               style_begin(style_of_state(word), has_colour), word,
               style_end(style_of_state(word), has_colour), reason && *reason ? ", " : "",
               reason ? reason : "");
    free(reason);
}

static int wish(const struct work *work, const char *dag, int64_t wait_ms,
                struct client_reply *reply)
{
    char number[24];
    char *path;
    struct client_request request;
    int code;

    snprintf(number, sizeof(number), "%lld", (long long)wait_ms);
    path = client_path("/dags/%s/%s?wait_ms=%s", dag, work->verb->name, number);
    request = (struct client_request){.method = "POST",
                                      .path = path,
                                      .body = work->body,
                                      .body_size = work->body ? strlen(work->body) : 0,
                                      .wait_ms = wait_ms};
    code = ctl_request(work->ctl, &request, reply);
    free(path);
    return code;
}

/* `reply` has a state; looks again until the DAG is there, can't get there, or time is over. */
static int wait_for(const struct work *work, const char *dag, struct client_reply *reply)
{

    for (;;) {
        const char *state = field_text(reply->root, "state");

        if (is_one_of(work->verb->arrived, state))
            return CLI_OK;
        if (is_one_of(work->verb->hopeless, state)) {
            ctl_say(work->ctl, "'%s' is %s: %s; 'dagd ctl why %s' tells more", dag, state,
                    field_text(reply->root, "reason"), dag);
            return CLI_INVALID;
        }
        if (now_us() >= work->deadline_us) {
            ctl_say(work->ctl, "'%s' is still %s after %.0f s; it goes on by itself", dag, state,
                    (double)work->wait_ms / 1000);
            return CLI_DRAIN_TIMEOUT;
        }
        clock_pause_us(CTL_LOOK_US);
        int code = ctl_call(work->ctl, "GET", client_path("/dags/%s/state", dag), NULL, reply);
        if (code != CLI_OK)
            return code;
    }
}

/* Wishes and waits for one DAG. */
static int wish_and_wait(const struct work *work, const char *dag)
{
    struct client_reply reply = {0};
    int64_t left_ms = (work->deadline_us - now_us()) / 1000;
    int64_t wait_ms = left_ms < 0 ? 0 : left_ms < WAIT_MS ? left_ms : WAIT_MS;
    int code = wish(work, dag, wait_ms, &reply);

    if (code == CLI_OK && work->waits)
        code = wait_for(work, dag, &reply);
    if (reply.status == 200)
        print_state(work->ctl, reply.root);
    client_reply_deinit(&reply);
    return code;
}

static int wish_only(const struct work *work, const char *dag, bool is_shown)
{
    struct client_reply reply = {0};
    int code = wish(work, dag, 0, &reply);

    if (code == CLI_OK && is_shown)
        print_state(work->ctl, reply.root);
    client_reply_deinit(&reply);
    return code;
}

/* The worse of two exit codes. */
static int worse(int code, int other)
{
    return code > other ? code : other;
}

/* Several DAGs go at the same time: first all are wished, then each is wished again and waited for,
 * because what a state says right behind a wish may be of before it. Restarts that are waited for
 * go one after the other, so that never more than one is away. */
static int work_on_all(struct work *work, const struct ctl_names *names)
{
    bool is_one_by_one = names->count == 1 || strcmp(work->verb->name, "restart") == 0;
    bool *failed = calloc(names->count + 1, sizeof(*failed));
    int worst = failed ? CLI_OK : CLI_IO;

    for (size_t i = 0; failed && i < names->count && !(work->waits && is_one_by_one); i++) {
        int code = wish_only(work, names->items[i], !work->waits);

        failed[i] = code != CLI_OK;
        worst = worse(worst, code);
    }
    work->deadline_us = now_us() + work->wait_ms * 1000;
    for (size_t i = 0; failed && i < names->count && work->waits; i++) {
        if (is_one_by_one)
            work->deadline_us = now_us() + work->wait_ms * 1000;
        if (!failed[i])
            worst = worse(worst, wish_and_wait(work, names->items[i]));
    }
    free(failed);
    return worst;
}

/* What stop says of draining; "" for the others. */
static bool read_body(struct ctl *ctl, char body[64])
{
    int64_t timeout_ms;

    body[0] = '\0';
    if (strcmp(ctl->command->name, "stop") != 0)
        return true;
    if (!ctl_duration(ctl, "timeout", -1, &timeout_ms))
        return false;
    if (ctl_has(ctl, "now") && timeout_ms >= 0) {
        ctl_usage_error(ctl, "--now waits for nothing: leave --timeout out");
        return false;
    }
    if (timeout_ms >= 0)
        snprintf(body, 64, "{\"drain\":true,\"timeout_ms\":%lld}", (long long)timeout_ms);
    else
        snprintf(body, 64, "{\"drain\":%s}", ctl_has(ctl, "now") ? "false" : "true");
    return true;
}

int ctl_life(struct ctl *ctl)
{
    struct work work = {.ctl = ctl, .verb = verb_of(ctl->command->name)};
    struct ctl_names names = {0};
    char body[64];
    int code;

    work.waits = ctl_has(ctl, "wait");
    if (!ctl_duration(ctl, "wait", WAIT_MS, &work.wait_ms) || !read_body(ctl, body))
        return CLI_USAGE;
    work.body = body[0] ? body : NULL;
    code = ctl_read_names(ctl, &names);
    if (code == CLI_OK)
        code = work_on_all(&work, &names);
    ctl_names_deinit(&names);
    return code;
}
