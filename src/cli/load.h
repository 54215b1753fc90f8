/* load.h - from the files on the command line to plans that this build can run. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include "cli/run_options.h"
#include "graph/plan.h"
#include "graph/registry.h"

/** Reads the files, applies --set, checks them and refuses by name what can't be run yet;
 *  everything that is wrong goes to standard error. On CLI_OK `*plans` is a list, as long as that
 *  of the files, that the caller frees with its plans; otherwise it is NULL. */
int load_plans(const struct run_options *options, const struct registry *registry,
               struct plan ***plans);

#endif
