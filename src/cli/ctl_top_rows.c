/* ctl_top_rows.c - see ctl_top_rows.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_top_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/ctl_words.h"

static struct top_row *find(struct top_rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->items[i].name, name) == 0)
            return &rows->items[i];
    return NULL;
}

/* NULL: out of memory. */
static struct top_row *find_or_add(struct top_rows *rows, const char *name)
{
    struct top_row *row = find(rows, name);

    if (row)
        return row;
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 64;
        struct top_row *items = reallocarray(rows->items, capacity, sizeof(*items));

        if (!items)
            return NULL;
        rows->items = items;
        rows->capacity = capacity;
    }
    row = &rows->items[rows->count];
    *row = (struct top_row){.name = strdup(name)};
    rows->count += row->name != NULL;
    return row->name ? row : NULL;
}

static void clear(struct top_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->items[i].name);
    rows->count = 0;
}

static void drop(struct top_rows *rows, const char *name)
{
    struct top_row *row = find(rows, name);

    if (!row)
        return;
    free(row->name);
    *row = rows->items[--rows->count];
}

bool top_rows_take_row(struct top_rows *rows, const struct tree *from)
{
    struct top_row *row = find_or_add(rows, element_text(from, 0));

    if (!row)
        return false;
    for (size_t i = 1; i < rows->view->column_count; i++) {
        const struct tree *element = element_at(from, i);

        if (rows->view->columns[i].kind == TOP_STATE)
            snprintf(row->state, sizeof(row->state), "%s", element_text(from, i));
        row->is_known[i] = element && element->type != TREE_NULL;
        row->values[i] = element_real(from, i);
    }
    return true;
}

bool top_rows_take(struct top_rows *rows, const struct tree *data, bool is_snapshot)
{
    bool done = true;

    if (is_snapshot)
        clear(rows);
    for (const struct tree *row = field_first(data, rows->view->member); row; row = row->next)
        done = top_rows_take_row(rows, row) && done;
    for (const struct tree *gone = field_first(data, "gone"); gone; gone = gone->next)
        if (gone->type == TREE_TEXT)
            drop(rows, gone->text);
    return done;
}

void top_rows_deinit(struct top_rows *rows)
{
    clear(rows);
    free(rows->items);
    *rows = (struct top_rows){0};
}

/* ---- order ---- */

static int compare(const void *left, const void *right, void *context)
{
    const struct top_row *a = left, *b = right;
    const struct top_rows *rows = context;
    int order = 0;

    switch (rows->view->columns[rows->sort].kind) {
    case TOP_NAME:
        break;
    case TOP_STATE:
        order = strcmp(a->state, b->state);
        break;
    default:
        order = (a->values[rows->sort] < b->values[rows->sort]) -
                (a->values[rows->sort] > b->values[rows->sort]);
    }
    if (order == 0)
        order = strcmp(a->name, b->name);
    return rows->is_reversed ? -order : order;
}

void top_rows_sort(struct top_rows *rows)
{
    if (rows->count > 1)
        qsort_r(rows->items, rows->count, sizeof(*rows->items), compare, rows);
}

bool top_rows_choose(struct top_rows *rows, const char *key_or_title)
{
    for (size_t i = 0; i < rows->view->column_count; i++) {
        const struct top_column *column = &rows->view->columns[i];

        if ((column->key && key_or_title[0] == column->key && !key_or_title[1]) ||
            strcasecmp(column->title, key_or_title) == 0) {
            rows->sort = i;
            return true;
        }
    }
    return false;
}

/* ---- showing ---- */

static void fill_cell(const struct top_row *row, const struct top_column *column, size_t i,
                      struct table *table)
{
    char word[WORD_SIZE];

    if (column->kind == TOP_NAME)
        table_add(table, STYLE_PLAIN, row->name);
    else if (column->kind == TOP_STATE)
        table_add(table, style_of_state(row->state), row->state);
    else if (!row->is_known[i])
        table_add(table, STYLE_DIM, "");
    else if (column->kind == TOP_MICROSECONDS && row->values[i] >= 1000)
        table_add_format(table, STYLE_PLAIN, "%.1f ms", row->values[i] / 1000);
    else if (column->kind == TOP_MICROSECONDS)
        table_add_format(table, STYLE_PLAIN, "%.0f us", row->values[i]);
    else
        table_add(table, column->kind == TOP_ERRORS ? style_of_errors(row->values[i]) : STYLE_PLAIN,
                  word_of_number(row->values[i], word));
}

void top_rows_fill(const struct top_rows *rows, struct table *table,
                   struct table_column columns[TOP_VALUES])
{
    const struct top_view *view = rows->view;

    for (size_t i = 0; i < view->column_count; i++)
        columns[i] =
            (struct table_column){view->columns[i].title, view->columns[i].kind >= TOP_NUMBER};
    table_init(table, columns, view->column_count);
    for (size_t row = 0; row < rows->count; row++)
        for (size_t i = 0; i < view->column_count; i++)
            fill_cell(&rows->items[row], &view->columns[i], i, table);
}

double top_rows_sum(const struct top_rows *rows, size_t column)
{
    double sum = 0;

    for (size_t i = 0; i < rows->count; i++)
        sum += rows->items[i].values[column];
    return sum;
}
