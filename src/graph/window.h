/* window.h - the texts of a daily time window: HHMM, HH:MM, durations, and what they add up to. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_WINDOW_H
#define GRAPH_WINDOW_H

#include <stdbool.h>

#include "dag/error.h"

#define MINUTES_PER_DAY (24 * 60)

/** Minutes since midnight of "HHMM" or "HH:MM". False: the text is neither. */
bool window_parse_time(const char *text, int *minutes);

/** Minutes of "<n>h", "<n>m" or "<n>h<n>m" (case ignored, blanks around allowed, not zero).
 *  False: no duration. */
bool window_parse_duration(const char *text, int *minutes);

/** The helper's rule, which a clone uses: start + duration modulo 24 h; without a duration (NULL)
 *  5 minutes before the start. `out` becomes "HHMM"; "" without a start (NULL). False: unreadable.
 */
bool window_end_time(const char *start, const char *duration, char out[5], struct dag_error *err);

/** The window of a DAG; each text may be NULL. `*from`, `*to`: minutes since midnight, both -1 when
 *  the DAG is always active. False, with `err`: one of the texts is unreadable. */
bool window_resolve(const char *start, const char *end, const char *duration, int *from, int *to,
                    struct dag_error *err);

#endif
