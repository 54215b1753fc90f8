/* plugins.h - loads shared libraries from the folders that the administrator allows.
 *
 * A folder, and each library in it, must belong to root or to the user who runs the program, and
 * nobody else may write to it. What is checked is the opened file itself, and that is what is
 * loaded. Libraries are loaded when a DAG file first names them and stay loaded.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PLUGINS_H
#define CLI_PLUGINS_H

#include <stddef.h>

#include "dag/error.h"

struct plugins;

/** Opens and checks the folders. NULL: `err` says which one is refused and why. */
struct plugins *plugins_new(const char *const *folders, size_t folder_count, struct dag_error *err);

/** Unloads everything; no descriptor may be in use. NULL is allowed. */
void plugins_free(struct plugins *plugins);

/** The i-th folder, without links; NULL: no more. Borrowed. */
const char *plugins_folder(const struct plugins *plugins, size_t i);

/** Finds a descriptor: the `load` function of struct registry, with the plugins as `context`.
 * `library` is the file NAME.so in one of the folders, the first that has it. The result lives as
 * long as the plugins. Any thread. */
const void *plugins_load(void *context, const char *kind, const char *library, const char *name,
                         struct dag_error *err);

#endif
