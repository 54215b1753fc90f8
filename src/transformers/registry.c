/* registry.c - the list of the transformers that are compiled in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "transformers/registry.h"

extern const struct dag_function transformer_apply_defaults;
extern const struct dag_function transformer_attribute_filter_away;
extern const struct dag_function transformer_attribute_filter;
extern const struct dag_function transformer_null;
extern const struct dag_function transformer_passthru;

/* Sorted by type name: finding one and the manual rely on it. */
const struct dag_function *const transformers_builtin[] = {
    &transformer_apply_defaults,   &transformer_attribute_filter_away,
    &transformer_attribute_filter, &transformer_null,
    &transformer_passthru,         NULL,
};
