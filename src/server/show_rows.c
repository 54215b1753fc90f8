/* show_rows.c - see show_rows.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MAX (UINT64_C(1) << 53)

/* Three digits, and whole numbers beyond. */
static double rounded(double rate)
{
    double scale = rate >= 100 ? 1 : rate >= 10 ? 10 : 100;

    return round(rate * scale) / scale;
}

bool show_rate_differs(double a, double b)
{
    return rounded(a) != rounded(b);
}

bool show_rows_text(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

bool show_rows_number(struct dag_buffer *out, const char *before, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, number < NUMBER_MAX ? number : NUMBER_MAX);
    return show_rows_text(out, before) && show_rows_text(out, text);
}

static bool put_name(struct dag_buffer *out, const char *before, const char *name)
{
    return show_rows_text(out, before) && show_rows_text(out, name) && show_rows_text(out, "\"");
}

static bool put_rate(struct dag_buffer *out, double rate)
{
    char text[40];

    snprintf(text, sizeof(text), ",%.15g", fmin(rounded(rate), (double)NUMBER_MAX));
    return show_rows_text(out, text);
}

static bool put_count(struct dag_buffer *out, uint64_t count)
{
    return show_rows_number(out, ",", count);
}

static bool put_duration(struct dag_buffer *out, int64_t us)
{
    return us == SHOWN_UNKNOWN ? show_rows_text(out, ",null") : put_count(out, (uint64_t)us);
}

bool show_rows_dag(struct dag_buffer *out, const struct entry_shown *shown, const char *name,
                   const char *state)
{
    return put_name(out, "[\"", name) && put_name(out, ",\"", state) &&
           put_rate(out, shown->rates.in) && put_rate(out, shown->rates.out) &&
           put_count(out, shown->queue) &&
           put_count(out, (uint64_t)llround(shown->rates.errors_in_5m)) &&
           put_count(out, shown->in) && put_count(out, shown->out) && show_rows_text(out, "]");
}

bool show_rows_node(struct dag_buffer *out, const struct shown_node *node, const char *name)
{
    return put_name(out, "[\"", name) && put_count(out, node->count) &&
           put_count(out, node->errors) && put_rate(out, node->rate) &&
           put_count(out, node->queue) && put_count(out, node->queue_max) &&
           put_duration(out, node->p50_us) && put_duration(out, node->p99_us) &&
           show_rows_text(out, "]");
}

bool show_rows_edge(struct dag_buffer *out, const struct shown_edge *edge, const char *name)
{
    return put_name(out, "[\"", name) && put_count(out, edge->count) && put_rate(out, edge->rate) &&
           show_rows_text(out, "]");
}

bool show_rows_end(struct dag_buffer *out, const struct shown_end *end, const char *name)
{
    return put_name(out, "[\"", name) && put_count(out, end->count) && put_count(out, end->depth) &&
           put_count(out, end->more) && show_rows_text(out, "]");
}
