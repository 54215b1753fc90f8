/* log_kept.h - how log.c fills the ring of lines that log_kept_next() reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LOG_KEPT_H
#define CORE_LOG_KEPT_H

#include <stdbool.h>
#include <stddef.h>

/** True once log_keep() was called. */
bool log_kept_is_on(void);

/** Keeps a copy of a line, in place of the oldest one. Nothing happens unless it is on. A line that
 *  there is no memory for is numbered all the same. */
void log_kept_add(const char *json, size_t size);

#endif
