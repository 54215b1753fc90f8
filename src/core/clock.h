/* clock.h - time as the program sees it: the system's, or one that a test turns by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*realtime_us)(struct clock *clock);  /* microseconds since 1970, UTC */
    int64_t (*monotonic_us)(struct clock *clock); /* never goes back */
};

/** The system's clock. */
struct clock *clock_system(void);

/** A clock that stands still until it is told otherwise. */
struct clock_virtual {
    struct clock clock;
    _Atomic int64_t realtime_us, monotonic_us;
};
void clock_virtual_init(struct clock_virtual *clock, int64_t realtime_us);
void clock_virtual_advance(struct clock_virtual *clock, int64_t us);

/** RFC 3339 UTC with milliseconds: "2026-01-02T03:04:05.678Z". `out` holds 32 bytes. */
void clock_format(int64_t realtime_us, char *out);

/** Sleeps for so long, or until a signal comes. For programs that look at something elsewhere now
 *  and then; never on a thread of the runtime. */
void clock_pause_us(int64_t us);

#endif
