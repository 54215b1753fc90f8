/* difference_lines.c - a unified diff of two texts: the longest common run of lines, found in a
 * table, between what is equal at both ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/difference.h"

#define CONTEXT   3
#define LINES_MAX 2000 /* on each side between the equal ends: the table has 16 MB then */

struct line {
    const char *text;
    size_t size; /* with its line feed */
};

struct lines {
    struct line *items; /* owned */
    size_t count;
};

static bool split(struct difference_text text, struct lines *lines)
{
    size_t count = 1;

    for (size_t i = 0; i < text.size; i++)
        count += text.text[i] == '\n';
    *lines = (struct lines){.items = calloc(count, sizeof(struct line))};
    for (size_t at = 0; lines->items && at < text.size;) {
        const char *feed = memchr(text.text + at, '\n', text.size - at);
        size_t size = feed ? (size_t)(feed - text.text) + 1 - at : text.size - at;
        lines->items[lines->count++] = (struct line){text.text + at, size};
        at += size;
    }
    return lines->items != NULL;
}

static bool lines_equal(struct line a, struct line b)
{
    return a.size == b.size && memcmp(a.text, b.text, a.size) == 0;
}

struct diff {
    struct lines a, b;
    size_t head;     /* lines that are equal at the start */
    size_t m, n;     /* lines between the equal ends */
    uint32_t *table; /* owned; longest common runs from (i, j) on, (m + 1) x (n + 1); NULL: none */
    char *marks;     /* owned; for each line of the result ' ', '-' or '+' */
    size_t mark_count;
};

static void trim(struct diff *diff)
{
    size_t tail = 0;
    size_t shorter = diff->a.count < diff->b.count ? diff->a.count : diff->b.count;

    while (diff->head < shorter &&
           lines_equal(diff->a.items[diff->head], diff->b.items[diff->head]))
        diff->head++;
    while (tail < shorter - diff->head && lines_equal(diff->a.items[diff->a.count - 1 - tail],
                                                      diff->b.items[diff->b.count - 1 - tail]))
        tail++;
    diff->m = diff->a.count - diff->head - tail;
    diff->n = diff->b.count - diff->head - tail;
}

static uint32_t *cell(const struct diff *diff, size_t i, size_t j)
{
    return &diff->table[i * (diff->n + 1) + j];
}

static bool is_same(const struct diff *diff, size_t i, size_t j)
{
    return lines_equal(diff->a.items[diff->head + i], diff->b.items[diff->head + j]);
}

static bool fill_table(struct diff *diff)
{
    diff->table = calloc((diff->m + 1) * (diff->n + 1), sizeof(*diff->table));
    for (size_t i = diff->m; diff->table && i-- > 0;) {
        for (size_t j = diff->n; j-- > 0;) {
            uint32_t down = *cell(diff, i + 1, j), right = *cell(diff, i, j + 1);
            if (is_same(diff, i, j))
                *cell(diff, i, j) = *cell(diff, i + 1, j + 1) + 1;
            else
                *cell(diff, i, j) = down > right ? down : right;
        }
    }
    return diff->table != NULL;
}

static bool mark(struct diff *diff)
{
    size_t i = 0, j = 0;

    diff->marks = malloc(diff->a.count + diff->b.count + 1);
    if (!diff->marks)
        return false;
    for (; diff->mark_count < diff->head; diff->mark_count++)
        diff->marks[diff->mark_count] = ' ';
    while (i < diff->m || j < diff->n) {
        char sign;
        if (i < diff->m && j < diff->n && diff->table && is_same(diff, i, j))
            sign = ' ';
        else if (j == diff->n ||
                 (i < diff->m && (!diff->table || *cell(diff, i + 1, j) >= *cell(diff, i, j + 1))))
            sign = '-';
        else
            sign = '+';
        i += sign != '+';
        j += sign != '-';
        diff->marks[diff->mark_count++] = sign;
    }
    for (size_t k = diff->head + diff->m; k < diff->a.count; k++)
        diff->marks[diff->mark_count++] = ' ';
    return true;
}

/* ---- hunks ---- */

/* The next changed line from `at` on; the count of marks: none. */
static size_t next_change(const struct diff *diff, size_t at)
{
    while (at < diff->mark_count && diff->marks[at] == ' ')
        at++;
    return at;
}

/* Behind the context of the last change that belongs to the hunk of the change at `at`. */
static size_t hunk_end(const struct diff *diff, size_t at)
{
    size_t end, next = at;

    do {
        while (next < diff->mark_count && diff->marks[next] != ' ')
            next++;
        end = next;
        next = next_change(diff, next);
    } while (next < diff->mark_count && next - end <= 2 * CONTEXT);
    return end + CONTEXT < diff->mark_count ? end + CONTEXT : diff->mark_count;
}

static size_t count_signs(const struct diff *diff, size_t from, size_t to, char without)
{
    size_t count = 0;

    for (size_t i = from; i < to; i++)
        count += diff->marks[i] != without;
    return count;
}

static bool put_line(struct dag_buffer *out, char sign, struct line line)
{
    static const char no_feed[] = "\n\\ No newline at end of file\n";

    return dag_buffer_append(out, &sign, 1) && dag_buffer_append(out, line.text, line.size) &&
           (line.text[line.size - 1] == '\n' ||
            dag_buffer_append(out, no_feed, sizeof(no_feed) - 1));
}

static bool put_hunk(const struct diff *diff, size_t from, size_t to, struct dag_buffer *out)
{
    size_t a = count_signs(diff, 0, from, '+'), b = count_signs(diff, 0, from, '-');
    size_t a_count = count_signs(diff, from, to, '+'), b_count = count_signs(diff, from, to, '-');
    char head[120];
    int size = snprintf(head, sizeof(head), "@@ -%zu,%zu +%zu,%zu @@\n", a + (a_count > 0), a_count,
                        b + (b_count > 0), b_count);
    bool good = dag_buffer_append(out, head, (size_t)size);

    for (size_t i = from; good && i < to; i++) {
        char sign = diff->marks[i];
        good = put_line(out, sign, sign == '+' ? diff->b.items[b] : diff->a.items[a]);
        a += sign != '+';
        b += sign != '-';
    }
    return good;
}

static bool put_hunks(const struct diff *diff, struct dag_buffer *out)
{
    bool good = true;

    for (size_t at = next_change(diff, 0); good && at < diff->mark_count;) {
        size_t end = hunk_end(diff, at);
        good = put_hunk(diff, at > CONTEXT ? at - CONTEXT : 0, end, out);
        at = next_change(diff, end);
    }
    return good;
}

bool difference_lines(struct difference_text old_text, struct difference_text new_text,
                      struct dag_buffer *out, bool *is_truncated)
{
    struct diff diff = {0};
    bool good = split(old_text, &diff.a) && split(new_text, &diff.b);

    *is_truncated = false;
    if (good) {
        trim(&diff);
        *is_truncated = diff.m > LINES_MAX || diff.n > LINES_MAX;
        good = (*is_truncated || fill_table(&diff)) && mark(&diff) && put_hunks(&diff, out);
    }
    free(diff.a.items);
    free(diff.b.items);
    free(diff.table);
    free(diff.marks);
    return good;
}
