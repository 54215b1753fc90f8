/* json_schema.h - checks JSON against the part of JSON Schema that the program's replies use. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_JSON_SCHEMA_H
#define TESTS_JSON_SCHEMA_H

#include "core/tree.h"

/** Fails the test unless `value` obeys the schema named `name` of the object `schemas`. */
void json_schema_assert(const struct tree *schemas, const char *name, const struct tree *value);

#endif
