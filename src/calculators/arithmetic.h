/* arithmetic.h - what the addition and the multiplication calculator have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALCULATORS_ARITHMETIC_H
#define CALCULATORS_ARITHMETIC_H

#include "calculators/operand.h"
#include "dag/plugin.h"

struct arithmetic {
    struct dag_text_list arguments; /* option */
    const char *output_attribute;   /* option */
    bool keep_input;                /* option */
    bool strict;                    /* option */
    const struct dag_name **names;  /* owned; of the arguments */
    const struct dag_name *output;
};

/* Wide enough for the sum of any arguments and for the product of two. */
__extension__ typedef __int128 int128;

extern const struct dag_option arithmetic_options[];

/* open() and close() of a struct dag_function whose state is a struct arithmetic. */
bool arithmetic_open(void *state, struct dag_host *host, struct dag_error *err);
void arithmetic_close(void *state);

/** As dag_function.plan; `compute` gives the result attribute. */
bool arithmetic_plan(const struct arithmetic *self, dag_slot_function compute,
                     const struct dag_shape *in, struct dag_batch *batch,
                     struct dag_slot_plan *plan, struct dag_error *err);

/** Argument number `i` was read as `kind`, neither integer nor real. True: it is to be skipped;
 *  false, with `err`: it makes the record fail. */
bool arithmetic_skip(const struct arithmetic *self, size_t i, const struct dag_value *value,
                     enum operand_kind kind, struct dag_error *err);

/** Stores the result, which is called `what` in an error. False: it does not fit. */
bool arithmetic_store_integer(const struct arithmetic *self, const char *what, int128 integer,
                              struct dag_value *result, struct dag_error *err);
bool arithmetic_store_real(const struct arithmetic *self, const char *what, double real,
                           struct dag_value *result, struct dag_error *err);

#endif
