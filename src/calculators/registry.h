/* registry.h - the calculators that are compiled in. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALCULATORS_REGISTRY_H
#define CALCULATORS_REGISTRY_H

#include "dag/plugin.h"

/** Sorted by type name, ended by NULL. */
extern const struct dag_function *const calculators_builtin[];

#endif
