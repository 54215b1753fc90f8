/* ctl_server.c - dagd ctl server, log-level, cycle: the server itself, and one cycle of a DAG. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"

static const char *yes_or_no(bool is_so)
{
    return is_so ? "yes" : "no";
}

static void print_parts(const struct tree *server)
{
    static const struct table_column columns[] = {
        {"PART", false}, {"WELL", false}, {"DETAIL", false}};
    struct table table;

    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (const struct tree *part = field_first(server, "parts"); part; part = part->next) {
        bool is_well = field_bool(part, "is_well");

        table_add(&table, STYLE_PLAIN, field_text(part, "name"));
        table_add(&table, is_well ? STYLE_GOOD : STYLE_BAD, yes_or_no(is_well));
        table_add(&table, STYLE_PLAIN, field_text(part, "detail"));
    }
    table_print(&table);
    table_deinit(&table);
}

static void print_server(const struct ctl *ctl, const struct tree *server)
{
    char word[WORD_SIZE];

    printf("dagd %s at %s, %s, up for %s\n", field_text(server, "version"), ctl->client->url,
           field_text(server, "role"), word_of_duration(field_real(server, "uptime_ms"), word));
    printf("ready: %s, draining: %s, threads: %.0f\n", yes_or_no(field_bool(server, "is_ready")),
           yes_or_no(field_bool(server, "is_draining")), field_real(server, "threads"));
    printf("DAGs:");
    for (const struct tree *state = field_first(server, "dags"); state; state = state->next)
        if (state->real > 0)
            printf(" %.0f %s", state->real, state->key);
    printf("\n");
    print_parts(server);
}

int ctl_server(struct ctl *ctl)
{
    struct client_reply reply = {0};
    int code = ctl_call(ctl, "GET", client_path("/server"), NULL, &reply);
    bool is_well = field_bool(reply.root, "is_well");

    if (code == CLI_OK && ctl->is_json)
        ctl_print_json(reply.root);
    else if (code == CLI_OK)
        print_server(ctl, reply.root);
    client_reply_deinit(&reply);
    if (code == CLI_OK && !is_well && ctl_has(ctl, "exit-code"))
        return CLI_DEAD_LETTERS;
    return code;
}

int ctl_log_level(struct ctl *ctl)
{
    struct client_reply reply = {0};
    char body[64];
    int code;

    if (ctl->argument_count > 0 && !strstr(" error warning info debug ", ctl->arguments[0]))
        return ctl_usage_error(ctl, "a level is error, warning, info or debug");
    if (ctl->argument_count > 0)
        snprintf(body, sizeof(body), "{\"level\":\"%.20s\"}", ctl->arguments[0]);
    code = ctl->argument_count > 0 ? ctl_call(ctl, "PUT", client_path("/log-levels"), body, &reply)
                                   : ctl_call(ctl, "GET", client_path("/log-levels"), NULL, &reply);
    if (code == CLI_OK && ctl->is_json)
        ctl_print_json(reply.root);
    else if (code == CLI_OK)
        printf("%s\n", field_text(reply.root, "level"));
    client_reply_deinit(&reply);
    return code;
}

static void print_cycle(const struct tree *cycle)
{
    static const struct table_column columns[] = {{"NODE", false},
                                                  {"SUBSCRIBER", false},
                                                  {"OFFSET", true},
                                                  {"REJECTED", false},
                                                  {"MESSAGE", false}};
    struct table table;

    printf("cycle %s of %s\n", field_text(cycle, "cycle"), field_text(cycle, "time"));
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (const struct tree *event = field_first(cycle, "events"); event; event = event->next) {
        const struct tree *message = tree_get(event, "message");
        char *text = word_of_json(message ? message : tree_get(event, "event"), 400);

        table_add(&table, STYLE_PLAIN, field_text(event, "node"));
        table_add(&table, STYLE_PLAIN, field_text(event, "subscriber"));
        table_add(&table, STYLE_PLAIN, field_text(event, "offset"));
        table_add(&table, STYLE_PLAIN, yes_or_no(field_bool(event, "is_rejected")));
        table_add(&table, STYLE_PLAIN, text);
        free(text);
    }
    table_print(&table);
    table_deinit(&table);
}

int ctl_cycle(struct ctl *ctl)
{
    struct client_reply reply = {0};
    int code = ctl_call(ctl, "GET",
                        client_path("/dags/%s/cycles/%s", ctl->arguments[0], ctl->arguments[1]),
                        NULL, &reply);

    if (code == CLI_OK && ctl->is_json)
        ctl_print_json(reply.root);
    else if (code == CLI_OK)
        print_cycle(reply.root);
    client_reply_deinit(&reply);
    return code;
}
