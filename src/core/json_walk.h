/* json_walk.h - reads tokens of valid JSON text without reading behind its end. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JSON_WALK_H
#define CORE_JSON_WALK_H

#include "dag/value.h"

/** Reads the string whose opening quote is at `p`. The result is behind it; NULL: not valid. */
const char *json_walk_string(const char *p, const char *end, struct dag_value *value);

/** Reads the string, number or word at `p`. The result is behind it; NULL: not valid. */
const char *json_walk_scalar(const char *p, const char *end, struct dag_value *value);

#endif
