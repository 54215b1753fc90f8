/* log.h - the program's log on standard error: text for people or JSON lines for machines. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "dag/host.h"

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

void log_set_format(enum log_format format);
void log_set_level(enum dag_log_level level); /* lines above it are not written */
enum dag_log_level log_level(void);

/** One line: `dag` and `component` may be NULL. Any thread; lines never mix. */
void log_write(enum dag_log_level level, const char *dag, const char *component, const char *format,
               ...) DAG_PRINTF(4, 5);

/** Writes whole lines to standard error under the log's lock (dead letters). */
void log_raw(const char *bytes, size_t size);

/** Shows on a terminal, in place of what the last call showed, what the next line of the log takes
 *  away again. The bytes leave the cursor where they found it, in the first column. */
void log_transient(const char *bytes, size_t size);

#endif
