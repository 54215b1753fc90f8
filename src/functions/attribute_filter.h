/* attribute_filter.h - drops or keeps the attributes that a list names. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUNCTIONS_ATTRIBUTE_FILTER_H
#define FUNCTIONS_ATTRIBUTE_FILTER_H

#include "dag/plugin.h"

struct attribute_filter {
    struct dag_text_list attributes; /* option */
    const struct dag_name **names;   /* owned; the same attributes, interned */
};

extern const struct dag_option attribute_filter_keep_options[];
extern const struct dag_option attribute_filter_away_options[];

/* The functions of a struct dag_function whose state is a struct attribute_filter. */
bool attribute_filter_open(void *state, struct dag_host *host, struct dag_error *err);
bool attribute_filter_keep_plan(const void *state, const struct dag_shape *in,
                                struct dag_batch *batch, struct dag_slot_plan *plan,
                                struct dag_error *err);
bool attribute_filter_away_plan(const void *state, const struct dag_shape *in,
                                struct dag_batch *batch, struct dag_slot_plan *plan,
                                struct dag_error *err);
void attribute_filter_close(void *state);

#endif
