/* operand.h - what a value counts for in arithmetic. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALCULATORS_OPERAND_H
#define CALCULATORS_OPERAND_H

#include "dag/batch.h"

enum operand_kind {
    OPERAND_NONE,    /* missing, or a value that is no number */
    OPERAND_INTEGER, /* true and false are 1 and 0 */
    OPERAND_REAL,
    OPERAND_TOO_LARGE, /* an integer beyond int64, or a number beyond double */
    OPERAND_NO_MEMORY,
};

struct operand {
    int64_t integer; /* OPERAND_INTEGER */
    double real;     /* OPERAND_REAL */
};

/** Reads a text value: white space of ASCII around it is ignored; an optional sign, decimal digits
 * with an optional point among or around them, an optional exponent. Without point and exponent it
 * is an integer. `batch` serves for memory that only very long or escaped texts need. */
enum operand_kind operand_read_text(const struct dag_value *text, struct dag_batch *batch,
                                    struct operand *operand);

/** Reads any value; NULL is missing. */
static inline enum operand_kind operand_read(const struct dag_value *value, struct dag_batch *batch,
                                             struct operand *operand)
{
    if (!value)
        return OPERAND_NONE;
    if (value->type == DAG_TYPE_INT || value->type == DAG_TYPE_BOOL) {
        operand->integer = value->as.integer;
        return OPERAND_INTEGER;
    }
    if (value->type == DAG_TYPE_DOUBLE) {
        operand->real = value->as.real;
        return OPERAND_REAL;
    }
    if (value->type == DAG_TYPE_TEXT) {
        struct operand text; /* so that `operand` itself can stay in registers */
        enum operand_kind kind = operand_read_text(value, batch, &text);

        *operand = text;
        return kind;
    }
    return value->type == DAG_TYPE_BIGNUM ? OPERAND_TOO_LARGE : OPERAND_NONE;
}

#endif
