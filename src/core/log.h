/* log.h - the program's log on standard error: text for people or JSON lines for machines. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "dag/host.h"
#include "dag/json.h"

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

void log_set_format(enum log_format format);
void log_set_level(enum dag_log_level level); /* lines above it are not written */
enum dag_log_level log_level(void);

/** One line: `dag` and `component` may be NULL. Any thread; lines never mix. */
void log_write(enum dag_log_level level, const char *dag, const char *component, const char *format,
               ...) DAG_PRINTF(4, 5);

/** A member of a line in JSON besides its message. Borrowed for the call. */
struct log_field {
    const char *name; /* as a JSON key; no escapes */
    const char *text; /* cut at LOG_FIELD_MAX bytes; NULL: `number` */
    int64_t number;
};
#define LOG_FIELDS_MAX 8
#define LOG_FIELD_MAX  128

/** One line with members beside the message, for machines: the text for people leaves them out, so
 *  the message says enough alone. */
void log_write_fields(enum dag_log_level level, const char *dag, const char *component,
                      const struct log_field *fields, size_t count, const char *format, ...)
    DAG_PRINTF(6, 7);

/** The words of the levels in lines and settings. DAG_LOG_ERROR is the first one. */
const char *log_level_name(enum dag_log_level level);
bool log_level_of(const char *name, enum dag_log_level *level);

/** Keeps the newest LOG_KEPT_MAX lines from now on, as the JSON objects of LOG_FORMAT_JSON, for
 *  people who look at a running server. Once. */
#define LOG_KEPT_MAX 1000
void log_keep(void);

/** Appends the oldest kept line with a number above `*number`, without its line break, and sets
 *  `*number` to its number; numbers count all lines from 1, so a gap shows what is gone. False:
 *  there is none, or no memory for it. Any thread. */
bool log_kept_next(uint64_t *number, struct dag_buffer *out);

/** The number of the newest line; 0: none yet. Cheap. */
uint64_t log_kept_newest(void);

/** Writes whole lines to standard error under the log's lock (dead letters). */
void log_raw(const char *bytes, size_t size);

/** Shows on a terminal, in place of what the last call showed, what the next line of the log takes
 *  away again. The bytes leave the cursor where they found it, in the first column. */
void log_transient(const char *bytes, size_t size);

#endif
