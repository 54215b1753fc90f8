/* ctl_plan.c - see ctl_plan.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl_words.h"

static enum style style_of_line(const char *line)
{
    switch (line[0]) {
    case '+':
        return STYLE_GOOD;
    case '-':
        return STYLE_BAD;
    case '@':
        return STYLE_DIM;
    default:
        return STYLE_PLAIN;
    }
}

static void print_line(const char *sign, const char *line, size_t size, bool has_colour)
{
    char *text = strndup(line, size);
    char *clean = text ? text_clean(text) : NULL;
    enum style style = style_of_line(*sign ? sign : line);

    printf("%s%s%s%s\n", style_begin(style, has_colour), sign, clean ? clean : "no memory",
           style_end(style, has_colour));
    free(clean);
    free(text);
}

static void print_lines(const char *sign, const char *text, size_t size)
{
    bool has_colour = style_is_wanted(stdout);

    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t line = end ? (size_t)(end - text) : size;

        print_line(sign, text, line, has_colour);
        line += end ? 1 : 0;
        text += line;
        size -= line;
    }
}

void plan_print_new(const char *text, size_t size)
{
    print_lines("+", text, size);
}

static enum style style_of_action(const char *action)
{
    if (strcmp(action, "keep") == 0)
        return STYLE_DIM;
    if (strcmp(action, "add") == 0)
        return STYLE_GOOD;
    return strcmp(action, "remove") == 0 || strcmp(action, "reset") == 0 ? STYLE_BAD
                                                                         : STYLE_WARNING;
}

void plan_print(const struct tree *plan, bool with_parts)
{
    static const struct table_column columns[] = {
        {"ACTION", false}, {"KIND", false}, {"NAME", false}, {"WHY", false}};
    const char *diff = field_text(plan, "diff");
    struct table table;

    print_lines("", diff, strlen(diff));
    if (field_bool(plan, "diff_truncated"))
        printf("(they differ in more than is shown)\n");
    if (!with_parts)
        return;
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (const struct tree *part = field_first(plan, "parts"); part; part = part->next) {
        const char *action = field_text(part, "action");

        table_add(&table, style_of_action(action), action);
        table_add(&table, STYLE_PLAIN, field_text(part, "kind"));
        table_add(&table, STYLE_PLAIN, field_text(part, "name"));
        table_add(&table, STYLE_DIM, field_text(part, "why"));
    }
    table_print(&table);
    table_deinit(&table);
}

void plan_print_warnings(const struct tree *change)
{
    for (const struct tree *one = field_first(change, "warnings"); one; one = one->next) {
        if (strcmp(field_text(one, "severity"), "note") == 0)
            continue;
        char *text = text_clean(field_text(one, "message"));

        fprintf(stderr, "%s line %.0f:%.0f: %s: %s\n", field_text(one, "pointer"),
                field_real(one, "line"), field_real(one, "column"), field_text(one, "severity"),
                text ? text : "no memory");
        free(text);
    }
}
