/* ctl_show.c - dagd ctl show and why: everything about one DAG or node, and what holds it up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"

#define VALUE_SIZE 2000

/* ---- parts ---- */

static const struct table_column subscriber_columns[] = {
    {"SUBSCRIBER", false}, {"TYPE", false}, {"SOURCE", false}, {"RECEIVED", true},
    {"QUEUE", true},       {"LAST", true},  {"INPUT", false},
};

static void print_subscribers(const struct tree *details)
{
    struct table table;
    char word[WORD_SIZE];

    table_init(&table, subscriber_columns,
               sizeof(subscriber_columns) / sizeof(subscriber_columns[0]));
    for (const struct tree *one = field_first(details, "subscribers"); one; one = one->next) {
        double depth_max = field_real(one, "max_depth");
        const char *state = field_bool(one, "ended") ? "ended" : "open";

        table_add(&table, STYLE_PLAIN, field_text(one, "name"));
        table_add(&table, STYLE_PLAIN, field_text(one, "type"));
        table_add(&table, STYLE_PLAIN, field_text(one, "source"));
        table_add(&table, STYLE_PLAIN, field_text(one, "receive_count"));
        if (depth_max > 0)
            table_add_format(&table, STYLE_PLAIN, "%.0f of %.0f", field_real(one, "current_depth"),
                             depth_max);
        else
            table_add_format(&table, STYLE_PLAIN, "%.0f", field_real(one, "current_depth"));
        table_add(&table, STYLE_PLAIN, word_of_age(field_text(one, "last_receive"), word));
        table_add(&table, STYLE_PLAIN, field_bool(one, "suspended") ? "suspended" : state);
    }
    if (table.cell_count > 0)
        putchar('\n');
    table_print(&table);
    table_deinit(&table);
}

static const struct table_column node_columns[] = {
    {"NODE", false},    {"TYPE", false},  {"COUNT", true}, {"EMITTED", true},
    {"FILTERED", true}, {"ERRORS", true}, {"LAST", true},  {"AFTER", false},
};

static void add_names(struct table *table, const struct tree *names)
{
    char text[400] = "";
    size_t used = 0;

    for (; names && used + 1 < sizeof(text); names = names->next)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used > 0 ? ", " : "",
                                 names->type == TREE_TEXT ? names->text : "?");
    table_add(table, STYLE_DIM, text);
}

static void print_nodes(const struct tree *details)
{
    struct table table;
    char word[WORD_SIZE];

    table_init(&table, node_columns, sizeof(node_columns) / sizeof(node_columns[0]));
    for (const struct tree *one = field_first(details, "nodes"); one; one = one->next) {
        table_add(&table, STYLE_PLAIN, field_text(one, "name"));
        table_add(&table, STYLE_PLAIN, field_text(one, "type"));
        table_add(&table, STYLE_PLAIN, field_text(one, "compute_count"));
        table_add(&table, STYLE_PLAIN, field_text(one, "emitted"));
        table_add(&table, STYLE_PLAIN, field_text(one, "filtered"));
        table_add(&table, style_of_errors(field_real(one, "error_count")),
                  field_text(one, "error_count"));
        table_add(&table, STYLE_PLAIN, word_of_age(field_text(one, "last_compute"), word));
        add_names(&table, field_first(one, "dependencies"));
    }
    if (table.cell_count > 0)
        putchar('\n');
    table_print(&table);
    table_deinit(&table);
}

static const struct table_column publisher_columns[] = {
    {"PUBLISHER", false}, {"TYPE", false},   {"DESTINATION", false}, {"PUBLISHED", true},
    {"QUEUE", true},      {"RETRIES", true}, {"DEAD LETTERS", true}, {"LAST", true},
};

static void print_publishers(const struct tree *details)
{
    struct table table;
    char word[WORD_SIZE];

    table_init(&table, publisher_columns, sizeof(publisher_columns) / sizeof(publisher_columns[0]));
    for (const struct tree *one = field_first(details, "publishers"); one; one = one->next) {
        table_add(&table, STYLE_PLAIN, field_text(one, "name"));
        table_add(&table, STYLE_PLAIN, field_text(one, "type"));
        table_add(&table, STYLE_PLAIN, field_text(one, "destination"));
        table_add(&table, STYLE_PLAIN, field_text(one, "publish_count"));
        table_add_format(&table, STYLE_PLAIN, "%.0f", field_real(one, "queue_depth"));
        table_add(&table, STYLE_PLAIN, field_text(one, "retries"));
        table_add(&table, style_of_errors(field_real(one, "dead_letters")),
                  field_text(one, "dead_letters"));
        table_add(&table, STYLE_PLAIN, word_of_age(field_text(one, "last_publish"), word));
    }
    if (table.cell_count > 0)
        putchar('\n');
    table_print(&table);
    table_deinit(&table);
}

/* ---- members one under the other ---- */

struct row {
    const char *title;
    const char *member;
};

/* What isn't known is left out. */
static void print_rows(const struct tree *object, const struct row *rows, size_t count)
{
    bool has_colour = style_is_wanted(stdout);

    for (size_t i = 0; i < count; i++) {
        const struct tree *value = tree_get(object, rows[i].member);
        char *text = NULL;

        if (!value || value->type == TREE_NULL ||
            ((value->type == TREE_ARRAY || value->type == TREE_OBJECT) && value->count == 0))
            continue;
        text = value->type == TREE_TEXT ? text_clean(value->text) : word_of_json(value, VALUE_SIZE);
        printf("%s%-18s%s %s\n", style_begin(STYLE_DIM, has_colour), rows[i].title,
               style_end(STYLE_DIM, has_colour), text ? text : "no memory");
        free(text);
    }
}

static void print_state(const struct tree *state)
{
    static const struct row rows[] = {
        {"reason", "reason"},
        {"since", "since"},
        {"wished by", "by"},
        {"window", "start_time"},
        {"window's end", "end_time"},
        {"duration", "duration"},
        {"in its window", "in_time_window"},
        {"next change", "next_change"},
        {"next try", "retry_at"},
        {"revision", "revision"},
        {"running revision", "running_revision"},
        {"cycles", "cycles"},
        {"safely out up to", "watermark"},
        {"not out yet", "watermark_lag"},
        {"received", "received"},
        {"rejected", "rejected"},
        {"node errors", "node_errors"},
        {"published", "published"},
        {"dead letters", "publish_dead_letters"},
        {"missed ticks", "missed_ticks"},
        {"memory, bytes", "memory_used"},
        {"dropped", "dropped"},
    };
    const char *word = field_text(state, "state");
    bool has_colour = style_is_wanted(stdout);

    printf("%s is %s%s%s\n", field_text(state, "name"),
           style_begin(style_of_state(word), has_colour), word,
           style_end(style_of_state(word), has_colour));
    print_rows(state, rows, sizeof(rows) / sizeof(rows[0]));
}

static void print_node(const struct tree *node)
{
    static const struct row rows[] = {
        {"type", "type"},
        {"subscriber", "subscriber"},
        {"calculator", "calculator"},
        {"publishers", "publishers"},
        {"before it", "dependencies"},
        {"calls", "compute_count"},
        {"results", "emitted"},
        {"filtered", "filtered"},
        {"errors", "error_count"},
        {"waiting", "queue_depth"},
        {"last call", "last_compute"},
        {"last input", "input"},
        {"last output", "output"},
        {"configuration", "config"},
    };

    printf("%s\n", field_text(node, "name"));
    print_rows(node, rows, sizeof(rows) / sizeof(rows[0]));
    for (const struct tree *error = field_first(node, "errors"); error; error = error->next) {
        char *text = text_clean(field_text(error, "error"));
        printf("error at %s: %s\n", field_text(error, "time"), text ? text : "no memory");
        free(text);
    }
}

static char *show_path(const struct ctl *ctl)
{
    if (ctl->argument_count > 1)
        return client_path("/dags/%s/nodes/%s", ctl->arguments[0], ctl->arguments[1]);
    return client_path(ctl_has(ctl, "definition") ? "/dags/%s" : "/dags/%s/details",
                       ctl->arguments[0]);
}

int ctl_show(struct ctl *ctl)
{
    struct client_reply reply = {0};
    int code = ctl_call(ctl, "GET", show_path(ctl), NULL, &reply);

    if (code != CLI_OK) {
        client_reply_deinit(&reply);
        return code;
    }
    if (ctl->argument_count < 2 && ctl_has(ctl, "definition")) {
        fwrite(reply.body.bytes, 1, reply.body.size, stdout); /* as it was written */
        if (reply.body.size > 0 && reply.body.bytes[reply.body.size - 1] != '\n')
            putchar('\n');
    } else if (ctl->is_json) {
        ctl_print_json(reply.root);
    } else if (ctl->argument_count > 1) {
        print_node(reply.root);
    } else {
        print_state(reply.root);
        print_subscribers(reply.root);
        print_nodes(reply.root);
        print_publishers(reply.root);
    }
    client_reply_deinit(&reply);
    return code;
}

/* ---- why ---- */

static void print_finding(const struct tree *finding, bool has_colour)
{
    char *object = text_clean(field_text(finding, "object"));
    char *detail = text_clean(field_text(finding, "detail"));
    char *remedy = text_clean(field_text(finding, "suggestion"));
    char word[WORD_SIZE];
    const char *age = word_of_age(field_text(finding, "since"), word);

    if (object && detail && remedy)
        printf("%s%s%s: %s%s%s%s\n  -> %s\n", style_begin(STYLE_HEAD, has_colour), object,
               style_end(STYLE_HEAD, has_colour), detail, *age ? " (for " : "", age,
               *age ? ")" : "", remedy);
    free(object);
    free(detail);
    free(remedy);
}

int ctl_why(struct ctl *ctl)
{
    struct client_reply reply = {0};
    int code = ctl_call(ctl, "GET", client_path("/dags/%s/why", ctl->arguments[0]), NULL, &reply);
    const char *state = field_text(reply.root, "state");
    bool has_colour = style_is_wanted(stdout);
    bool is_healthy = field_bool(reply.root, "is_healthy");

    if (code == CLI_OK && ctl->is_json) {
        ctl_print_json(reply.root);
    } else if (code == CLI_OK) {
        printf("%s is %s%s%s%s\n", field_text(reply.root, "dag"),
               style_begin(style_of_state(state), has_colour), state,
               style_end(style_of_state(state), has_colour),
               is_healthy ? ", and nothing stands in its way" : "");
        for (const struct tree *one = field_first(reply.root, "findings"); one; one = one->next)
            print_finding(one, has_colour);
    }
    client_reply_deinit(&reply);
    if (code == CLI_OK && !is_healthy && ctl_has(ctl, "exit-code"))
        return CLI_DEAD_LETTERS;
    return code;
}
