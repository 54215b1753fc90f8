/* signals.h - SIGINT and SIGTERM as something that can be waited for. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "dag/error.h"

/** Blocks SIGINT and SIGTERM for this thread and those it will start, ignores SIGPIPE and SIGXFSZ,
 * and gives a descriptor that is readable while a signal waits. -1: `err`. Call it before any
 * thread starts.
 */
int signals_open(struct dag_error *err);

/** Waits for another one, too. Before any thread starts. False: `err`. */
bool signals_add(int fd, int number, struct dag_error *err);

/** Takes one waiting signal: its number, or 0 when none waits. */
int signals_take(int fd);

void signals_close(int fd);

#endif
