/* calendar.h - a holiday calendar: a JSON file with dates on which DAGs don't run.
 *
 * {"name": "Exchange", "holidays": ["2026-12-25", "01-01", {"date": "2026-04-03", "name": "..."}]}
 * "MM-DD" means every year. A list alone, without the object around it, is a calendar too.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_CALENDAR_H
#define SERVER_CALENDAR_H

#include "server/schedule.h"

struct calendar;

/** Reads the file; what is wrong fails with file, line and column. NULL: `err`. */
struct calendar *calendar_new(const char *path, const struct schedule_options *options,
                              struct dag_error *err);
void calendar_free(struct calendar *calendar); /* NULL is allowed */

/** Reads it again. False: `err`, and the dates known before stay. */
bool calendar_refresh(struct calendar *calendar, bool *has_changed, struct dag_error *err);

/** Whether a day, counted from 1 January 1970, is in it. */
bool calendar_has(const struct calendar *calendar, int64_t day);

/** The path of its file, from the folder of the options. */
const char *calendar_path(const struct calendar *calendar);

#endif
