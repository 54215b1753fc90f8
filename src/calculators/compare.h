/* compare.h - how the filter compares two values. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALCULATORS_COMPARE_H
#define CALCULATORS_COMPARE_H

#include "dag/value.h"

/** Orders two numbers by their exact value, or two texts by code points; `b` is decoded text.
 *  `*order` is negative, 0 or positive. False: they have no order. */
bool compare_order(const struct dag_value *a, const struct dag_value *b, int *order);

/** True when both have an order and it is 0, or when they are equal in the sense of
 *  dag_value_equal(): null, booleans, objects, arrays, numbers too large for int64 and double. */
bool compare_equal(const struct dag_value *a, const struct dag_value *b);

/** A total order for sorting, the values that compare_order() knows first. */
int compare_for_sort(const struct dag_value *a, const struct dag_value *b);

/** True when `value` equals one of `count` values that are sorted by compare_for_sort(). */
bool compare_is_among(const struct dag_value *value, const struct dag_value *values, size_t count);

#endif
