/* show_problems.h - what a definition's check says, as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_PROBLEMS_H
#define SERVER_SHOW_PROBLEMS_H

#include "graph/check.h"
#include "graph/writer.h"

/** Writes [{line, column, pointer, severity, code, message, suggestion}, ...]. */
void show_problems(struct writer *writer, const struct problems *problems);

#endif
