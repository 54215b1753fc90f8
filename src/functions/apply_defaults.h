/* apply_defaults.h - fills in attributes that a record lacks or that are null. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUNCTIONS_APPLY_DEFAULTS_H
#define FUNCTIONS_APPLY_DEFAULTS_H

#include "dag/plugin.h"

struct apply_defaults {
    struct dag_value defaults; /* option */
    struct dag_batch *batch;   /* owned; the defaults live in it */
    struct dag_row row;        /* the defaults as a record */
};

extern const struct dag_option apply_defaults_options[];

/* The functions of a struct dag_function whose state is a struct apply_defaults. */
bool apply_defaults_open(void *state, struct dag_host *host, struct dag_error *err);
bool apply_defaults_plan(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                         struct dag_slot_plan *plan, struct dag_error *err);
void apply_defaults_close(void *state);

#endif
