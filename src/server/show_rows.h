/* show_rows.h - compact JSON arrays of live streams: a DAG, a node, an edge, and so on.
 *
 * Rates are rounded to what a person reads, so that a number that only trembles isn't sent again.
 * Counters are numbers here; above 2^53 they stay there.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_ROWS_H
#define SERVER_SHOW_ROWS_H

#include "server/shown.h"

/** Whether two rates look different. */
bool show_rate_differs(double a, double b);

/** Each appends one array; see server_write_live_all() and server_write_live() for what is in it.
 *  `name` consists of letters, digits and underscores. False: out of memory. */
bool show_rows_dag(struct dag_buffer *out, const struct entry_shown *shown, const char *name,
                   const char *state);
bool show_rows_node(struct dag_buffer *out, const struct shown_node *node, const char *name);
bool show_rows_edge(struct dag_buffer *out, const struct shown_edge *edge, const char *name);
bool show_rows_end(struct dag_buffer *out, const struct shown_end *end, const char *name);

/** A text as it is. */
bool show_rows_text(struct dag_buffer *out, const char *text);

/** A number behind a text: `"tick":` and the like. */
bool show_rows_number(struct dag_buffer *out, const char *before, uint64_t number);

#endif
