/* value.h - text of values, inside the process. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_VALUE_H
#define CORE_VALUE_H

#include "dag/value.h"

/** Orders two text values by their decoded bytes: below, at or above 0. Allocates nothing. */
int value_text_compare(const struct dag_value *a, const struct dag_value *b);

#endif
