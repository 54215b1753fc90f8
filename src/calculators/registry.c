/* registry.c - the list of the calculators that are compiled in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "calculators/registry.h"

extern const struct dag_function calculator_addition;
extern const struct dag_function calculator_apply_defaults;
extern const struct dag_function calculator_attribute_filter_away;
extern const struct dag_function calculator_attribute_filter;
extern const struct dag_function calculator_attribute_name_change;
extern const struct dag_function calculator_explode;
extern const struct dag_function calculator_filter;
extern const struct dag_function calculator_multiplication;
extern const struct dag_function calculator_null;
extern const struct dag_function calculator_passthru;
extern const struct dag_function calculator_random;

/* Sorted by type name: finding one and the manual rely on it. */
const struct dag_function *const calculators_builtin[] = {
    &calculator_addition,
    &calculator_apply_defaults,
    &calculator_attribute_filter_away,
    &calculator_attribute_filter,
    &calculator_attribute_name_change,
    &calculator_explode,
    &calculator_filter,
    &calculator_multiplication,
    &calculator_null,
    &calculator_passthru,
    &calculator_random,
    NULL,
};
