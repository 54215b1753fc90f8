/* checks.h - the two properties: how a sequence is cut makes no difference, and neither do batch
 * size and threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_CHECKS_H
#define PROPERTY_CHECKS_H

#include "graph/registry.h"
#include "property/generate.h"

/** Runs the engine alone on a random composition of cycles: one cycle at a time, then cut at
 *  random. False: `why` says what differs. */
bool check_cuts(struct random *random, const struct generated *generated,
                const struct registry *registry, struct dag_buffer *why);

/** Runs the DAG in the real runtime with several batch sizes and thread counts. `folder` holds the
 *  input files. False: `why` says what differs. */
bool check_runs(struct random *random, const struct generated *generated, const char *folder,
                const struct registry *registry, struct dag_buffer *why);

/** The first line in which the two texts differ, in `why`. True when there is none. */
bool same_text(const char *what, const struct dag_buffer *expected, const struct dag_buffer *actual,
               struct dag_buffer *why);

#endif
