/* manual.h - the reference manual, made from the option tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_MANUAL_H
#define GRAPH_MANUAL_H

#include "dag/json.h"
#include "graph/registry.h"

/** All of it, in Markdown. False: out of memory. */
bool manual_write(const struct registry *registry, struct dag_buffer *out);

/** What it says of one word: a component type, a scheme, or a node type. `*found`: there is such a
 *  word. False: out of memory. */
bool manual_write_type(const struct registry *registry, const char *word, bool *found,
                       struct dag_buffer *out);

/** The word nearest to `word` that manual_write_type() knows, or NULL. */
const char *manual_suggest(const struct registry *registry, const char *word);

#endif
