/* ctl_table.c - see ctl_table.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GAP "  "

/* ---- text ---- */

static bool is_control(const unsigned char *text, size_t *size)
{
    *size = text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0 ? 2 : 1;
    return *size == 2 || text[0] < 0x20 || text[0] == 0x7f;
}

char *text_clean(const char *text)
{
    char *clean = malloc(strlen(text) * 4 + 1);
    size_t used = 0, size;

    if (!clean)
        return NULL;
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte += size) {
        if (is_control(byte, &size)) {
            used += (size_t)sprintf(clean + used, "\\x%02x", byte[size - 1]);
        } else {
            clean[used++] = (char)*byte;
        }
    }
    clean[used] = '\0';
    return clean;
}

size_t text_width(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

bool style_is_wanted(FILE *stream)
{
    const char *refused = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return isatty(fileno(stream)) && !(refused && *refused) &&
           !(terminal && strcmp(terminal, "dumb") == 0);
}

const char *style_begin(enum style style, bool has_colour)
{
    static const char *const begins[] = {
        [STYLE_PLAIN] = "",       [STYLE_GOOD] = "\033[32m", [STYLE_WARNING] = "\033[33m",
        [STYLE_BAD] = "\033[31m", [STYLE_DIM] = "\033[2m",   [STYLE_HEAD] = "\033[1m",
    };

    return has_colour ? begins[style] : "";
}

const char *style_end(enum style style, bool has_colour)
{
    return has_colour && style != STYLE_PLAIN ? "\033[0m" : "";
}

/* ---- filling ---- */

void table_init(struct table *table, const struct table_column *columns, size_t column_count)
{
    assert(column_count > 0 && column_count <= TABLE_COLUMNS_MAX);
    *table = (struct table){.columns = columns, .column_count = column_count};
}

void table_deinit(struct table *table)
{
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i].text);
    free(table->cells);
    *table = (struct table){0};
}

void table_add(struct table *table, enum style style, const char *text)
{
    if (table->cell_count == table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : 64;
        struct table_cell *cells = reallocarray(table->cells, capacity, sizeof(*cells));

        if (!cells) {
            table->failed = true;
            return;
        }
        table->cells = cells;
        table->capacity = capacity;
    }
    char *clean = text_clean(text && *text ? text : "-");

    if (clean)
        table->cells[table->cell_count++] = (struct table_cell){clean, style};
    else
        table->failed = true;
}

void table_add_format(struct table *table, enum style style, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    if (text)
        table_add(table, style, text);
    else
        table->failed = true;
    free(text);
}

/* ---- writing ---- */

/** What is left of a line. */
struct line {
    struct dag_buffer *out;
    size_t width; /* columns left; SIZE_MAX: no bound */
    bool has_colour;
};

static void append(struct dag_buffer *out, const char *text)
{
    (void)dag_buffer_append(out, text, strlen(text));
}

/* Whole characters, as many as fit. */
static void append_text(struct line *line, const char *text)
{
    size_t size = 0;

    while (text[size] && line->width > 0) {
        size++;
        while (((unsigned char)text[size] & 0xc0) == 0x80)
            size++;
        line->width--;
    }
    (void)dag_buffer_append(line->out, text, size);
}

static void append_padding(struct line *line, size_t count)
{
    for (; count > 0; count--)
        append_text(line, " ");
}

static void append_cell(struct line *line, const char *text, enum style style, size_t width,
                        bool is_right, bool is_last)
{
    size_t padding = width - text_width(text);

    if (is_right)
        append_padding(line, padding);
    append(line->out, style_begin(style, line->has_colour));
    append_text(line, text);
    append(line->out, style_end(style, line->has_colour));
    if (is_last)
        return;
    if (!is_right)
        append_padding(line, padding);
    append_text(line, GAP);
}

void table_write(const struct table *table, bool has_colour, size_t first, size_t row_max,
                 size_t width, const char *end, struct dag_buffer *out)
{
    size_t widths[TABLE_COLUMNS_MAX], count = table->column_count;
    size_t row_count = table->cell_count / count;

    if (row_count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        widths[i] = text_width(table->columns[i].title);
        for (size_t row = 0; row < row_count; row++) {
            size_t cell = text_width(table->cells[row * count + i].text);
            widths[i] = cell > widths[i] ? cell : widths[i];
        }
    }
    struct line head = {.out = out, .width = width ? width : SIZE_MAX, .has_colour = has_colour};
    for (size_t i = 0; i < count; i++)
        append_cell(&head, table->columns[i].title, STYLE_HEAD, widths[i],
                    table->columns[i].is_right, i + 1 == count);
    append(out, end);
    for (size_t row = first; row < row_count && row - first < row_max; row++) {
        struct line line = {
            .out = out, .width = width ? width : SIZE_MAX, .has_colour = has_colour};

        for (size_t i = 0; i < count; i++) {
            const struct table_cell *cell = &table->cells[row * count + i];
            append_cell(&line, cell->text, cell->style, widths[i], table->columns[i].is_right,
                        i + 1 == count);
        }
        append(out, end);
    }
}

bool table_print(const struct table *table)
{
    struct dag_buffer out = {0};

    table_write(table, style_is_wanted(stdout), 0, SIZE_MAX, 0, "\n", &out);
    if (table->failed)
        fprintf(stderr, "dagd ctl: no memory for a table\n");
    else if (out.size > 0)
        fwrite(out.bytes, 1, out.size, stdout);
    dag_buffer_free(&out);
    return !table->failed;
}
