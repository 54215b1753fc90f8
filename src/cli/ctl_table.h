/* ctl_table.h - aligned tables for people; colours only on a terminal. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_TABLE_H
#define CLI_CTL_TABLE_H

#include <stdio.h>

#include "dag/json.h"

enum style {
    STYLE_PLAIN,
    STYLE_GOOD,
    STYLE_WARNING,
    STYLE_BAD,
    STYLE_DIM,
    STYLE_HEAD,
};

struct table_column {
    const char *title;
    bool is_right; /* numbers */
};

#define TABLE_COLUMNS_MAX 12

/** Set by table_init(); table_deinit() releases it. */
struct table {
    const struct table_column *columns; /* borrowed */
    size_t column_count;
    struct table_cell {
        char *text; /* owned; without control characters */
        enum style style;
    } * cells; /* owned; row by row */
    size_t cell_count, capacity;
    bool failed; /* out of memory: printing says so */
};

void table_init(struct table *table, const struct table_column *columns, size_t column_count);
void table_deinit(struct table *table);

/** Fills the next cell. NULL and "" are shown as "-". */
void table_add(struct table *table, enum style style, const char *text);
void table_add_format(struct table *table, enum style style, const char *format, ...)
    DAG_PRINTF(3, 4);

/** Appends head and rows from `first` on, at most `row_max`, each cut at `width` columns (0: never)
 *  and followed by `end`. A table without rows has no head. */
void table_write(const struct table *table, bool has_colour, size_t first, size_t row_max,
                 size_t width, const char *end, struct dag_buffer *out);

/** All of it to standard output. False: out of memory, which standard error says. */
bool table_print(const struct table *table);

/** True when the stream is a terminal that may be sent colours: NO_COLOR isn't set. */
bool style_is_wanted(FILE *stream);

/** The escape sequence of a style, and the one that ends it; "" without colour. */
const char *style_begin(enum style style, bool has_colour);
const char *style_end(enum style style, bool has_colour);

/** A copy in which control characters are spelled out as \xNN: what comes from the network may not
 *  steer the terminal. The caller frees it; NULL: out of memory. */
char *text_clean(const char *text);

/** How many columns UTF-8 text takes, one for each character. */
size_t text_width(const char *text);

#endif
