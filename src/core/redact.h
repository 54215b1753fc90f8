/* redact.h - takes values that nobody may see out of texts for people.
 *
 * One list for the process. Errors and log lines pass through it (see error.c and log.c); with no
 * value in it that costs one load.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REDACT_H
#define CORE_REDACT_H

#include "dag/error.h"

#include <stddef.h>

#define REDACT_SIZE_MIN 4 /* bytes: what is shorter would hide half of every text */

/** Remembers a value (also as it stands in JSON and in a URL) until the process ends. One that is
 *  shorter than REDACT_SIZE_MIN isn't kept. False: `err`; texts may show it. Any thread. */
bool redact_add(const char *value, struct dag_error *err);

/** Replaces each value in `text` by "***", in place: it never gets longer. `size` is the room that
 *  `text` has: when it is full, a value that was cut at its end goes too. Any thread. */
void redact_text(char *text, size_t size);

#endif
