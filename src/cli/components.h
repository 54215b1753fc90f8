/* components.h - puts together every component type that this process knows. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMPONENTS_H
#define CLI_COMPONENTS_H

#include "graph/registry.h"

struct components;

/** The built-in types, and those that shared libraries in these folders bring when a DAG file
 *  names one. NULL: `err`. Freed with components_free(), after everything that reads DAG files
 *  or runs them. */
struct components *components_new(const char *const *plugin_dirs, size_t plugin_dir_count,
                                  struct dag_error *err);
void components_free(struct components *components);

/** Lives as long as the components. */
const struct registry *components_registry(const struct components *components);

#endif
