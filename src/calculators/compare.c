/* compare.c - how the filter compares two values. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "calculators/compare.h"

#include <string.h>

#include "calculators/text_match.h"

enum compare_class { COMPARE_NUMBER, COMPARE_TEXT, COMPARE_OTHER };

static enum compare_class class_of(const struct dag_value *value)
{
    switch (value->type) {
    case DAG_TYPE_INT:
    case DAG_TYPE_DOUBLE:
        return COMPARE_NUMBER;
    case DAG_TYPE_TEXT:
        return COMPARE_TEXT;
    default:
        return COMPARE_OTHER;
    }
}

/* Exact: the integer isn't converted, as a double can't hold all of them. */
static int order_integer_real(int64_t integer, double real)
{
    int64_t whole;
    double fraction;

    if (real >= 0x1p63)
        return -1;
    if (real < -0x1p63)
        return 1;
    whole = (int64_t)real;
    if (integer != whole)
        return integer < whole ? -1 : 1;
    fraction = real - (double)whole; /* exact: where there is one, both are below 2^53 */
    return (fraction < 0) - (fraction > 0);
}

static int order_numbers(const struct dag_value *a, const struct dag_value *b)
{
    if (a->type == DAG_TYPE_INT && b->type == DAG_TYPE_INT)
        return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
    if (a->type == DAG_TYPE_INT)
        return order_integer_real(a->as.integer, b->as.real);
    if (b->type == DAG_TYPE_INT)
        return -order_integer_real(b->as.integer, a->as.real);
    return (a->as.real > b->as.real) - (a->as.real < b->as.real);
}

bool compare_order(const struct dag_value *a, const struct dag_value *b, int *order)
{
    enum compare_class class = class_of(a);

    if (class == COMPARE_OTHER || class != class_of(b))
        return false;
    if (class == COMPARE_NUMBER)
        *order = order_numbers(a, b);
    else
        *order = text_order(a, b->as.text, b->size);
    return true;
}

bool compare_equal(const struct dag_value *a, const struct dag_value *b)
{
    int order;

    if (compare_order(a, b, &order))
        return order == 0;
    if (a->type != b->type)
        return false;
    if (a->type == DAG_TYPE_BIGNUM)
        return a->size == b->size && memcmp(a->as.text, b->as.text, a->size) == 0;
    return dag_value_equal(a, b);
}

int compare_for_sort(const struct dag_value *a, const struct dag_value *b)
{
    int order = 0;

    if (compare_order(a, b, &order))
        return order;
    return (int)class_of(a) - (int)class_of(b);
}

bool compare_is_among(const struct dag_value *value, const struct dag_value *values, size_t count)
{
    size_t low = 0, high = count;

    if (class_of(value) == COMPARE_OTHER) {
        for (size_t i = count; i > 0 && class_of(&values[i - 1]) == COMPARE_OTHER; i--) {
            if (compare_equal(value, &values[i - 1]))
                return true;
        }
        return false;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_for_sort(value, &values[middle]);

        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}
