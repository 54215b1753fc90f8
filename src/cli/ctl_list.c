/* ctl_list.c - dagd ctl ls, runs, revisions, errors, audit: what the server has, as lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"

#define INPUT_SIZE 60

/* ---- ls ---- */

static const struct table_column dag_columns[] = {
    {"DAG", false},  {"STATE", false}, {"FOR", true},    {"IN/S", true}, {"OUT/S", true},
    {"QUEUE", true}, {"FULL", true},   {"ERRORS", true}, {"REV", true},  {"REASON", false},
};

static void add_dag(void *context, const struct tree *dag)
{
    struct table *table = context;
    char word[WORD_SIZE];
    const char *state = field_text(dag, "state");
    const struct tree *fill = tree_get(dag, "queue_fill");
    double errors = field_real(dag, "errors");

    table_add(table, STYLE_PLAIN, field_text(dag, "name"));
    table_add(table, style_of_state(state), state);
    table_add(table, STYLE_PLAIN, word_of_age(field_text(dag, "since"), word));
    table_add(table, STYLE_PLAIN, word_of_number(field_real(dag, "in_rate"), word));
    table_add(table, STYLE_PLAIN, word_of_number(field_real(dag, "out_rate"), word));
    table_add(table, STYLE_PLAIN, word_of_number(field_real(dag, "queue"), word));
    if (fill && fill->type != TREE_NULL)
        table_add_format(table, fill->real >= 0.9 ? STYLE_WARNING : STYLE_PLAIN, "%.0f%%",
                         fill->real * 100);
    else
        table_add(table, STYLE_PLAIN, "");
    table_add(table, style_of_errors(errors), word_of_number(errors, word));
    table_add(table, STYLE_PLAIN, field_text(dag, "revision"));
    table_add(table, STYLE_PLAIN, field_text(dag, "reason"));
}

/* Gives the table out when the list was there; that no list is shown means that it is empty. */
static int finish(struct ctl *ctl, struct table *table, int code, const char *nothing)
{
    if (code == CLI_OK && !ctl->is_json) {
        if (table->cell_count == 0 && !table->failed)
            ctl_say(ctl, "%s", nothing);
        else if (!table_print(table))
            code = CLI_IO;
    }
    table_deinit(table);
    return code;
}

int ctl_ls(struct ctl *ctl)
{
    const char *state = ctl_value(ctl, "state");
    const char *sort = ctl_value(ctl, "sort");
    const char *part = ctl->argument_count > 0 ? ctl->arguments[0] : "";
    char *path = client_path("/dags?limit=500&sort=%s&q=%s", sort ? sort : "name", part);
    char *narrowed = state && path ? client_path("&state=%s", state) : NULL;
    char *whole = NULL;
    struct table table;
    int code;

    if (!path || asprintf(&whole, "%s%s", path, narrowed ? narrowed : "") < 0)
        whole = NULL;
    table_init(&table, dag_columns, sizeof(dag_columns) / sizeof(dag_columns[0]));
    if (whole)
        code = ctl_list(ctl, whole, add_dag, &table);
    else
        code = ctl_call(ctl, "GET", NULL, NULL, &(struct client_reply){0});
    code = finish(ctl, &table, code, "there is no such DAG");
    free(whole);
    free(narrowed);
    free(path);
    return code;
}

/** A list that one path gives, with a table of its own. */
static int show_list(struct ctl *ctl, char *path, const struct table_column *columns, size_t count,
                     void (*add)(void *context, const struct tree *item), const char *nothing)
{
    struct table table;
    int code;

    table_init(&table, columns, count);
    code = path ? ctl_list(ctl, path, add, &table)
                : ctl_call(ctl, "GET", NULL, NULL, &(struct client_reply){0});
    free(path);
    return finish(ctl, &table, code, nothing);
}

/* ---- runs ---- */

static const struct table_column run_columns[] = {
    {"OPENS", false}, {"CLOSES", false}, {"NOW", false}};

static void add_run(void *context, const struct tree *run)
{
    const char *end = field_text(run, "end");

    table_add(context, STYLE_PLAIN, field_text(run, "start"));
    table_add(context, STYLE_PLAIN, *end ? end : "never");
    table_add(context, STYLE_GOOD, field_bool(run, "is_now") ? "yes" : "no");
}

int ctl_runs(struct ctl *ctl)
{
    char number[24];
    long count;

    if (!ctl_integer(ctl, "count", 1, 100, 10, &count))
        return CLI_USAGE;
    snprintf(number, sizeof(number), "%ld", count);
    return show_list(ctl, client_path("/dags/%s/runs?count=%s", ctl->arguments[0], number),
                     run_columns, sizeof(run_columns) / sizeof(run_columns[0]), add_run,
                     "it has no time window: it may run at all times");
}

/* ---- revisions ---- */

static const struct table_column revision_columns[] = {
    {"REVISION", true}, {"WHEN", false}, {"WHO", false}, {"BYTES", true}, {"COMMENT", false}};

static void add_revision(void *context, const struct tree *revision)
{
    char word[WORD_SIZE];

    table_add(context, STYLE_PLAIN, field_text(revision, "revision"));
    table_add(context, STYLE_PLAIN, field_text(revision, "time"));
    table_add(context, STYLE_PLAIN, field_text(revision, "user"));
    table_add(context, STYLE_PLAIN, word_of_number(field_real(revision, "size"), word));
    table_add(context, STYLE_DIM, field_text(revision, "comment"));
}

static int show_revision(struct ctl *ctl)
{
    struct client_reply reply = {0};
    int code = ctl_call(ctl, "GET",
                        client_path("/dags/%s/revisions/%s", ctl->arguments[0], ctl->arguments[1]),
                        NULL, &reply);

    if (code == CLI_OK && ctl->is_json) {
        ctl_print_json(reply.root);
    } else if (code == CLI_OK && ctl_has(ctl, "definition")) {
        fputs(field_text(reply.root, "text"), stdout);
    } else if (code == CLI_OK) {
        printf("revision %s of %s by %s\n%s", field_text(reply.root, "revision"),
               field_text(reply.root, "time"), field_text(reply.root, "user"),
               field_text(reply.root, "diff"));
        if (field_bool(reply.root, "diff_truncated"))
            ctl_say(ctl, "they differ in more than is shown");
    }
    client_reply_deinit(&reply);
    return code;
}

int ctl_revisions(struct ctl *ctl)
{
    if (ctl->argument_count > 1)
        return show_revision(ctl);
    return show_list(ctl, client_path("/dags/%s/revisions", ctl->arguments[0]), revision_columns,
                     sizeof(revision_columns) / sizeof(revision_columns[0]), add_revision,
                     "there are no revisions");
}

/* ---- errors of a node ---- */

static const struct table_column error_columns[] = {
    {"WHEN", false}, {"CYCLE", true}, {"CODE", false}, {"ERROR", false}, {"INPUT", false}};

static void add_error(void *context, const struct tree *error)
{
    char input[INPUT_SIZE + 4];
    const char *text = field_text(error, "input");

    snprintf(input, sizeof(input), "%.*s%s", INPUT_SIZE, text,
             strlen(text) > INPUT_SIZE ? "..." : "");
    table_add(context, STYLE_PLAIN, field_text(error, "time"));
    table_add(context, STYLE_PLAIN, field_text(error, "cycle"));
    table_add(context, STYLE_PLAIN, field_text(error, "code"));
    table_add(context, STYLE_BAD, field_text(error, "error"));
    table_add(context, STYLE_DIM, input);
}

int ctl_errors(struct ctl *ctl)
{
    char *path = client_path("/dags/%s/nodes/%s/errors", ctl->arguments[0], ctl->arguments[1]);
    struct client_reply reply = {0};
    int code;

    if (!ctl_has(ctl, "clear"))
        return show_list(ctl, path, error_columns, sizeof(error_columns) / sizeof(error_columns[0]),
                         add_error, "there are no errors");
    code = ctl_call(ctl, "DELETE", path, NULL, &reply);
    client_reply_deinit(&reply);
    return code;
}

/* ---- audit ---- */

static const struct table_column audit_columns[] = {
    {"NUMBER", true},  {"WHEN", false},   {"WHO", false},   {"ACTION", false},
    {"OBJECT", false}, {"RESULT", false}, {"DETAIL", false}};

struct audit_list {
    struct table table;
    long left;
};

static void add_audit(void *context, const struct tree *entry)
{
    struct audit_list *list = context;
    const char *result = field_text(entry, "result");
    bool is_bad = strcmp(result, "denied") == 0 || strcmp(result, "failed") == 0;

    if (list->left-- <= 0)
        return;
    table_add_format(&list->table, STYLE_PLAIN, "%.0f", field_real(entry, "number"));
    table_add(&list->table, STYLE_PLAIN, field_text(entry, "time"));
    table_add(&list->table, STYLE_PLAIN, field_text(entry, "actor"));
    table_add(&list->table, STYLE_PLAIN, field_text(entry, "action"));
    table_add(&list->table, STYLE_PLAIN, field_text(entry, "object"));
    table_add(&list->table, is_bad ? STYLE_BAD : STYLE_PLAIN, result);
    table_add(&list->table, STYLE_DIM, field_text(entry, "detail"));
}

int ctl_audit(struct ctl *ctl)
{
    static const char *const filters[] = {"who", "action", "object", "from", "to", "result"};
    struct audit_list list = {.left = 0};
    struct client_reply reply = {0};
    struct dag_buffer path = {0};
    char text[64];
    int code;

    if (!ctl_integer(ctl, "count", 1, 500, 50, &list.left))
        return CLI_USAGE;
    snprintf(text, sizeof(text), "/audit?limit=%ld", list.left);
    bool done = dag_buffer_append(&path, text, strlen(text));
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        const char *value = ctl_value(ctl, filters[i]);
        char *parameter = value ? client_path("&%s=%s", filters[i], value) : NULL;

        if (value)
            done = done && parameter && dag_buffer_append(&path, parameter, strlen(parameter));
        free(parameter);
    }
    done = done && dag_buffer_append(&path, "", 1);
    table_init(&list.table, audit_columns, sizeof(audit_columns) / sizeof(audit_columns[0]));
    if (!done)
        dag_buffer_free(&path);
    code = ctl_call(ctl, "GET", path.bytes, NULL, &reply); /* which frees the path */
    if (code == CLI_OK && ctl->is_json)
        ctl_print_json(reply.root);
    for (const struct tree *entry = field_first(reply.root, "items"); entry; entry = entry->next)
        add_audit(&list, entry);
    client_reply_deinit(&reply);
    return finish(ctl, &list.table, code, "there are no such entries");
}
