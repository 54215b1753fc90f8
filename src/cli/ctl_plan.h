/* ctl_plan.h - what a new definition would change, shown to people. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_PLAN_H
#define CLI_CTL_PLAN_H

#include "cli/ctl.h"

/** Prints the difference of the definitions' lines, and what would happen to each part. */
void plan_print(const struct tree *plan, bool with_parts);

/** Every line of a text with a sign in front: a definition that is new as a whole. */
void plan_print_new(const char *text, size_t size);

/** The warnings of a change, without its notes, to standard error. */
void plan_print_warnings(const struct tree *change);

#endif
