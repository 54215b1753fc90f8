/* variables.h - ${VAR} and ${VAR:default} in the texts of a DAG file. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_VARIABLES_H
#define GRAPH_VARIABLES_H

#include "graph/parts.h"

/** The text hook for tree_parse_with(); its context is the `struct checker`. Replaces variables in
 *  every text that is no comment; "$${" stands for "${". What can't be replaced is reported and
 *  stays. */
bool variables_replace(void *context, struct tree_document *document, const struct tree *at,
                       const char **text, size_t *size, bool *substituted, struct dag_error *err);

#endif
