/* clock.c - see clock.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static int64_t now_us(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t system_realtime_us(struct clock *clock)
{
    (void)clock;
    return now_us(CLOCK_REALTIME);
}

static int64_t system_monotonic_us(struct clock *clock)
{
    (void)clock;
    return now_us(CLOCK_MONOTONIC);
}

struct clock *clock_system(void)
{
    static struct clock system = {system_realtime_us, system_monotonic_us};

    return &system;
}

static int64_t virtual_realtime_us(struct clock *clock)
{
    return atomic_load(&((struct clock_virtual *)clock)->realtime_us);
}

static int64_t virtual_monotonic_us(struct clock *clock)
{
    return atomic_load(&((struct clock_virtual *)clock)->monotonic_us);
}

void clock_virtual_init(struct clock_virtual *clock, int64_t realtime_us)
{
    clock->clock = (struct clock){virtual_realtime_us, virtual_monotonic_us};
    atomic_init(&clock->realtime_us, realtime_us);
    atomic_init(&clock->monotonic_us, 1);
}

void clock_virtual_advance(struct clock_virtual *clock, int64_t us)
{
    atomic_fetch_add(&clock->realtime_us, us);
    atomic_fetch_add(&clock->monotonic_us, us);
}

void clock_format(int64_t realtime_us, char *out)
{
    int64_t milliseconds = realtime_us / 1000;
    int64_t seconds = milliseconds / 1000;
    int rest = (int)(milliseconds % 1000);
    struct tm parts;

    if (rest < 0) {
        rest += 1000;
        seconds--;
    }
    time_t when = (time_t)seconds;
    if (!gmtime_r(&when, &parts)) {
        snprintf(out, 32, "(no time)");
        return;
    }
    snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
             (unsigned)(parts.tm_year + 1900) % 10000, (unsigned)(parts.tm_mon + 1) % 100,
             (unsigned)parts.tm_mday % 100, (unsigned)parts.tm_hour % 100,
             (unsigned)parts.tm_min % 100, (unsigned)parts.tm_sec % 100, (unsigned)rest % 1000);
}

void clock_pause_us(int64_t us)
{
    const struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};

    nanosleep(&time, NULL);
}
