/* registry.h - the transformers that are compiled in. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFORMERS_REGISTRY_H
#define TRANSFORMERS_REGISTRY_H

#include "dag/plugin.h"

/** Sorted by type name, ended by NULL. */
extern const struct dag_function *const transformers_builtin[];

#endif
