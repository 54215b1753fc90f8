/* windows.h - `dagd run` keeps time windows: suspends DAGs when they close, resumes when they open.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_WINDOWS_H
#define CLI_WINDOWS_H

#include "runtime/runtime.h"

struct windows;

/** Reads the schedules of DAGs that are built. `dags` and `clock` (NULL: the system's) are
 *  borrowed. windows_fd() tells of `signal_fd` too (-1: none). NULL: `err`. */
struct windows *windows_new(struct dag *const *dags, size_t count, int signal_fd,
                            struct clock *clock, struct dag_error *err);
void windows_free(struct windows *windows); /* NULL is allowed */

/** Starts the DAG of that number: suspended, when its window is closed. False: `err`. */
bool windows_start(struct windows *windows, size_t i, struct dag_error *err);

/** Readable when windows_keep() is to be called: a window opens or closes, the system's clock was
 *  set, or a calendar has changed; and when the signal's descriptor is. */
int windows_fd(const struct windows *windows);

/** Suspends and resumes by the time that it is. */
void windows_keep(struct windows *windows);

#endif
