/* ctl_top_rows.h - the rows of a live view: what a stream of counters has said last of each. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_TOP_ROWS_H
#define CLI_CTL_TOP_ROWS_H

#include "cli/ctl_table.h"
#include "core/tree.h"

#define TOP_VALUES 8

enum top_kind {
    TOP_NAME,
    TOP_STATE,
    TOP_NUMBER,
    TOP_ERRORS,
    TOP_MICROSECONDS,
};

/** A column; its index is that of the element in the stream's rows. */
struct top_column {
    const char *title;
    enum top_kind kind;
    char key; /* sorts by it */
};

struct top_view {
    const char *member; /* of the events' data, a list of rows */
    const struct top_column *columns;
    size_t column_count;
};

struct top_row {
    char *name; /* owned */
    char state[16];
    double values[TOP_VALUES];
    bool is_known[TOP_VALUES];
};

/** Zero it and set `view` to begin. */
struct top_rows {
    const struct top_view *view; /* borrowed */
    struct top_row *items;       /* owned */
    size_t count, capacity;
    size_t sort; /* column */
    bool is_reversed;
};

/** Takes what an event says; a snapshot replaces everything. False: out of memory. */
bool top_rows_take(struct top_rows *rows, const struct tree *data, bool is_snapshot);

/** Takes one row. False: out of memory. */
bool top_rows_take_row(struct top_rows *rows, const struct tree *row);
void top_rows_deinit(struct top_rows *rows);

/** Sorts by the column that is chosen: names and states from a to z, numbers the largest first. */
void top_rows_sort(struct top_rows *rows);

/** Chooses the column that a key or a title (any case) means. False: there is none. */
bool top_rows_choose(struct top_rows *rows, const char *key_or_title);

/** Fills a table, which the caller has not initialised. */
void top_rows_fill(const struct top_rows *rows, struct table *table,
                   struct table_column columns[TOP_VALUES]);

/** The sum of a column over all rows. */
double top_rows_sum(const struct top_rows *rows, size_t column);

#endif
