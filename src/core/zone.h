/* zone.h - local time of a zone, from the system's zone files; safe in every thread.
 *
 * The C library knows one zone per process; this knows as many as there are DAGs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ZONE_H
#define CORE_ZONE_H

#include <stdint.h>

#include "dag/error.h"

struct zone;

/** A zone by its IANA name, "Europe/Berlin". NULL as name: the system's, which TZ or
 *  /etc/localtime says. TZDIR moves the folder. NULL: `err`. */
struct zone *zone_new(const char *name, struct dag_error *err);
void zone_free(struct zone *zone); /* NULL is allowed */

/** Seconds east of UTC at `at`, seconds since 1970. */
int32_t zone_offset(const struct zone *zone, int64_t at);

/** The instant when a clock there shows `local` (seconds since 1970 as if it were UTC); of two, the
 *  first. Where there is none, the instant when clocks jump over it, and `*gap` is by how many
 *  seconds they do; else 0. */
int64_t zone_instant(const struct zone *zone, int64_t local, int32_t *gap);

#endif
