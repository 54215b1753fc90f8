/* overrides.h - `--set name.key=value`: changes a DAG file's text before it is checked. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_OVERRIDES_H
#define GRAPH_OVERRIDES_H

#include "graph/edit.h"
#include "graph/registry.h"

/** Applies "name.key=value" settings to the files. The name is that of a subscriber, publisher,
 *  calculator, transformer, node or of the DAG; where several kinds share it the key decides, or
 *  "kind:name.key=value". Lines keep their numbers. Texts that are no JSON are left to the check.
 *  False: `err` tells which name or key is unknown and which may have been meant. */
bool overrides_apply(const char *const *settings, size_t setting_count, struct graph_text *texts,
                     size_t text_count, const struct registry *registry, struct dag_error *err);

#endif
