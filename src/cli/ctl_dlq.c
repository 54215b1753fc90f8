/* ctl_dlq.c - dagd ctl dlq: dead letters of a DAG that runs, shown, fed in again, discarded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"
#include "graph/writer.h"

#define MESSAGE_SIZE 200

static const struct table_column columns[] = {{"ID", false},    {"WHEN", false}, {"STATE", false},
                                              {"CAUSE", false}, {"AT", false},   {"ERROR", false},
                                              {"INPUT", false}};

struct letters {
    struct ctl *ctl;
    struct table table;
    bool is_whole; /* prints all of each letter */
    int found;
};

static bool is_chosen(const struct ctl *ctl, const char *id)
{
    if (ctl->argument_count < 3)
        return true;
    for (int i = 2; i < ctl->argument_count; i++)
        if (strcmp(ctl->arguments[i], id) == 0)
            return true;
    return false;
}

static void add_letter(void *context, const struct tree *letter)
{
    struct letters *letters = context;
    const char *at = field_text(letter, "node");
    char *input;

    if (!is_chosen(letters->ctl, field_text(letter, "id")))
        return;
    letters->found++;
    if (letters->is_whole) {
        ctl_print_json(letter);
        return;
    }
    at = *at ? at : field_text(letter, "publisher");
    at = *at ? at : field_text(letter, "subscriber");
    input = word_of_json(tree_get(letter, "input"), MESSAGE_SIZE);
    table_add(&letters->table, STYLE_PLAIN, field_text(letter, "id"));
    table_add(&letters->table, STYLE_PLAIN, field_text(letter, "time"));
    table_add(&letters->table, STYLE_PLAIN, field_text(letter, "state"));
    table_add(&letters->table, STYLE_PLAIN, field_text(letter, "cause"));
    table_add(&letters->table, STYLE_PLAIN, at);
    table_add(&letters->table, STYLE_BAD, field_text(letter, "error"));
    table_add(&letters->table, STYLE_DIM, input);
    free(input);
}

static int list(struct ctl *ctl, bool is_whole)
{
    struct letters letters = {.ctl = ctl, .is_whole = is_whole};
    char *path = client_path("/dags/%s/dead-letters?limit=500", ctl->arguments[1]);
    bool is_json = ctl->is_json;
    int code;

    table_init(&letters.table, columns, sizeof(columns) / sizeof(columns[0]));
    ctl->is_json = is_json && !is_whole && ctl->argument_count < 3;
    code = path ? ctl_list(ctl, path, add_letter, &letters)
                : ctl_call(ctl, "GET", NULL, NULL, &(struct client_reply){0});
    if (code == CLI_OK && !ctl->is_json && !table_print(&letters.table))
        code = CLI_IO;
    if (code == CLI_OK && !ctl->is_json && letters.found == 0) {
        ctl_say(ctl, "there are no such dead letters");
        code = ctl->argument_count > 2 ? CLI_INVALID : CLI_OK;
    }
    ctl->is_json = is_json;
    table_deinit(&letters.table);
    free(path);
    return code;
}

static void print_count(const struct ctl *ctl, const struct tree *reply, const char *what)
{
    if (ctl->is_json)
        ctl_print_json(reply);
    else
        printf("%.0f dead letters %s\n", field_real(reply, "count"), what);
}

/* Which letters: the ids that were given, or --all. */
static bool check_choice(struct ctl *ctl)
{
    if (ctl->argument_count > 2 && !ctl_has(ctl, "all"))
        return true;
    if (ctl->argument_count == 2 && ctl_has(ctl, "all"))
        return true;
    ctl_usage_error(ctl, "give the ids of dead letters, or --all");
    return false;
}

static int redrive(struct ctl *ctl)
{
    struct dag_buffer body = {0};
    struct writer writer = {.out = &body};
    struct client_reply reply = {0};
    int code;

    writer_open(&writer, '{');
    writer_key(&writer, "ids");
    if (ctl_has(ctl, "all")) {
        writer_text(&writer, "all");
    } else {
        writer_open(&writer, '[');
        for (int i = 2; i < ctl->argument_count; i++)
            writer_text(&writer, ctl->arguments[i]);
        writer_close(&writer, ']');
    }
    writer_close(&writer, '}');
    bool is_written = !writer.failed && dag_buffer_append(&body, "", 1);
    code = ctl_call(ctl, "POST",
                    is_written ? client_path("/dags/%s/dead-letters/redrive", ctl->arguments[1])
                               : NULL,
                    body.bytes, &reply);
    if (code == CLI_OK)
        print_count(ctl, reply.root, "fed in again");
    client_reply_deinit(&reply);
    dag_buffer_free(&body);
    return code;
}

static int discard(struct ctl *ctl)
{
    struct dag_buffer ids = {0};
    struct client_reply reply = {0};
    bool done = true;
    int code;

    if (ctl_has(ctl, "all"))
        code = ctl_confirm(ctl, "discard all dead letters of '%s' for good?", ctl->arguments[1]);
    else
        code = ctl_confirm(ctl, "discard %d dead letters for good?", ctl->argument_count - 2);
    if (code != CLI_OK)
        return code;
    for (int i = 2; i < ctl->argument_count; i++)
        done = done && dag_buffer_append(&ids, ",", i > 2 ? 1 : 0) &&
               dag_buffer_append(&ids, ctl->arguments[i], strlen(ctl->arguments[i]));
    done = done && dag_buffer_append(&ids, "", 1);
    code = ctl_call(ctl, "DELETE",
                    done ? client_path("/dags/%s/dead-letters?ids=%s", ctl->arguments[1],
                                       ctl_has(ctl, "all") ? "all" : ids.bytes)
                         : NULL,
                    NULL, &reply);
    if (code == CLI_OK)
        print_count(ctl, reply.root, "discarded");
    client_reply_deinit(&reply);
    dag_buffer_free(&ids);
    return code;
}

int ctl_dlq(struct ctl *ctl)
{
    const char *action = ctl->arguments[0];

    if (strcmp(action, "ls") == 0)
        return list(ctl, false);
    if (strcmp(action, "show") == 0)
        return list(ctl, true);
    if (strcmp(action, "redrive") == 0)
        return check_choice(ctl) ? redrive(ctl) : CLI_USAGE;
    if (strcmp(action, "discard") == 0)
        return check_choice(ctl) ? discard(ctl) : CLI_USAGE;
    return ctl_usage_error(ctl, "'%s' is none of ls, show, redrive and discard", action);
}
