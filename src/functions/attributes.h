/* attributes.h - attribute names from options, interned once when a function is opened. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUNCTIONS_ATTRIBUTES_H
#define FUNCTIONS_ATTRIBUTES_H

#include "dag/plugin.h"

/** The interned name. NULL, with `err` filled: out of memory, or the table of names is full. */
const struct dag_name *attribute_take(const char *text, size_t size, struct dag_error *err);

/** Interns `count` texts; the caller owns the array and releases it with free(). NULL, with `err`
 *  filled, as above. */
const struct dag_name **attributes_new(const struct dag_text *texts, size_t count,
                                       struct dag_error *err);

/** Index of the first name that is `name`, or -1. */
ptrdiff_t attributes_find(const struct dag_name *const *names, size_t count,
                          const struct dag_name *name);

#endif
