/* ctl_step.c - dagd ctl step: one message through a copy of the graph, with every node's part. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"

#define VALUE_SIZE 2000

static void print_value(const char *title, const struct tree *value)
{
    char *text = word_of_json(value, VALUE_SIZE);

    printf("  %-6s %s\n", title, text ? text : "no memory");
    free(text);
}

static void print_node(const struct tree *node, bool has_colour)
{
    bool is_woken = field_bool(node, "woken");
    const char *error = field_text(node, "error");

    printf("%s%s%s %s%s\n", style_begin(is_woken ? STYLE_HEAD : STYLE_DIM, has_colour),
           field_text(node, "name"), style_end(STYLE_HEAD, has_colour), field_text(node, "type"),
           is_woken ? "" : ", not reached");
    if (!is_woken)
        return;
    print_value("in", tree_get(node, "input"));
    for (const struct tree *out = field_first(node, "outputs"); out; out = out->next)
        print_value("out", out);
    if (!field_first(node, "outputs") && !*error)
        printf("  %-6s %s\n", "out", "nothing");
    if (*error) {
        char *clean = text_clean(error);
        printf("  %serror  %s%s\n", style_begin(STYLE_BAD, has_colour), clean ? clean : "no memory",
               style_end(STYLE_BAD, has_colour));
        free(clean);
    }
}

static void print_step(const struct tree *step)
{
    bool has_colour = style_is_wanted(stdout);

    for (const struct tree *node = field_first(step, "nodes"); node; node = node->next)
        print_node(node, has_colour);
    for (const struct tree *one = field_first(step, "publishers"); one; one = one->next) {
        printf("%s would get%s\n", field_text(one, "name"),
               field_first(one, "messages") ? "" : " nothing");
        for (const struct tree *message = field_first(one, "messages"); message;
             message = message->next)
            print_value("", message);
    }
    for (const struct tree *one = field_first(step, "dead_letters"); one; one = one->next)
        print_value("dead", one);
}

int ctl_step(struct ctl *ctl)
{
    struct client_reply reply = {0};
    struct dag_error err = {0};
    size_t size = 0;
    char *path, *message;
    int code;

    message = ctl_read_message(ctl->argument_count > 2 ? ctl->arguments[2] : "-", &size, &err);
    if (!message)
        return ctl_fail(ctl, &err);
    path = client_path("/dags/%s/step?subscriber=%s", ctl->arguments[0], ctl->arguments[1]);
    code = ctl_request(ctl,
                       &(struct client_request){
                           .method = "POST", .path = path, .body = message, .body_size = size},
                       &reply);
    if (code == CLI_OK && ctl->is_json)
        ctl_print_json(reply.root);
    else if (code == CLI_OK)
        print_step(reply.root);
    client_reply_deinit(&reply);
    free(message);
    free(path);
    return code;
}
