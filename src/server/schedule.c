/* schedule.c - see schedule.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/schedule.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/zone.h"
#include "server/calendar.h"

#define DAY_SECONDS    86400
#define MINUTE_SECONDS 60
#define SECOND_US      1000000
#define DAYS_AHEAD     3653 /* how far to look: ten years */
#define DAYS_BACK      2    /* a window that began so long ago may be open still */

struct schedule {
    int32_t from, to; /* minutes since midnight; -1: the whole day */
    uint8_t days;     /* bit 0: Monday */
    enum plan_missed missed;
    bool is_always;
    char *zone_name;   /* owned */
    struct zone *zone; /* owned */
    int fd;            /* owned inotify; -1: none */
    pthread_mutex_t lock;
    struct calendar **calendars; /* owned; their dates are guarded by lock */
    size_t calendar_count;
};

/* Seconds since 1970, end excluded. */
struct span {
    int64_t start, end;
};

/* ---- one day ------------------------------------------------------------------------------ */

static int64_t divide_down(int64_t value, int64_t by)
{
    return (value >= 0 ? value : value - by + 1) / by;
}

static int64_t local_day(const struct schedule *schedule, int64_t at)
{
    return divide_down(at + zone_offset(schedule->zone, at), DAY_SECONDS);
}

static bool day_counts(const struct schedule *schedule, int64_t day)
{
    int week_day = (int)(((day + 3) % 7 + 7) % 7); /* 1 January 1970 was a Thursday */

    if (!(schedule->days & (1U << week_day)))
        return false;
    for (size_t i = 0; i < schedule->calendar_count; i++) {
        if (calendar_has(schedule->calendars[i], day))
            return false;
    }
    return true;
}

/* When the window that begins on this day is open. False: not at all. The lock is held. */
static bool span_of(const struct schedule *schedule, int64_t day, struct span *span)
{
    int64_t first = day * DAY_SECONDS, last;
    int32_t first_gap, last_gap;

    if (!day_counts(schedule, day))
        return false;
    if (schedule->from >= 0)
        first += (int64_t)schedule->from * MINUTE_SECONDS;
    span->start = zone_instant(schedule->zone, first, &first_gap);
    if (first_gap >= DAY_SECONDS)
        return false; /* the zone has no such date */
    if (schedule->from < 0) {
        span->end = zone_instant(schedule->zone, (day + 1) * DAY_SECONDS, &last_gap);
        return true;
    }
    last = day * DAY_SECONDS + (int64_t)schedule->to * MINUTE_SECONDS +
           (schedule->to < schedule->from ? DAY_SECONDS : 0);
    span->end = zone_instant(schedule->zone, last, &last_gap);
    if (last_gap == 0)
        span->end += MINUTE_SECONDS;
    else if (span->end == span->start) /* both in one gap */
        span->end += last - first + MINUTE_SECONDS;
    return true;
}

/* ---- in a row ----------------------------------------------------------------------------- */

/* The first time of being open that ends behind `at`, with all that touch it behind it. Whether one
 * is under way doesn't change with where it began, so what lies before isn't looked for. */
static bool next_span(const struct schedule *schedule, int64_t at, struct span *found)
{
    int64_t today = local_day(schedule, at);
    bool has_one = false;

    for (int64_t day = today - DAYS_BACK; day <= today + DAYS_AHEAD; day++) {
        struct span span;

        if (span_of(schedule, day, &span) && span.end > at) {
            if (has_one && span.start > found->end)
                return true;
            if (!has_one)
                *found = span;
            else if (span.end > found->end)
                found->end = span.end;
            has_one = true;
        } else if (has_one && day * DAY_SECONDS - 2 * DAY_SECONDS > found->end) {
            return true;
        }
    }
    if (has_one && local_day(schedule, found->end) >= today + DAYS_AHEAD)
        found->end = INT64_MAX; /* it goes on and on */
    return has_one;
}

static struct schedule_run run_of(const struct span *span)
{
    return (struct schedule_run){span->start * SECOND_US,
                                 span->end == INT64_MAX ? INT64_MAX : span->end * SECOND_US};
}

/* Takes the lock. */
static bool next_run(struct schedule *schedule, int64_t at_us, struct schedule_run *run)
{
    struct span span = {0};
    bool has_one;

    if (schedule->is_always) {
        *run = (struct schedule_run){at_us, INT64_MAX};
        return true;
    }
    pthread_mutex_lock(&schedule->lock);
    has_one = next_span(schedule, divide_down(at_us, SECOND_US), &span);
    pthread_mutex_unlock(&schedule->lock);
    if (has_one)
        *run = run_of(&span);
    return has_one;
}

bool schedule_is_always(const struct schedule *schedule)
{
    return schedule->is_always;
}

bool schedule_is_open(struct schedule *schedule, int64_t at_us)
{
    struct schedule_run run;

    return next_run(schedule, at_us, &run) && run.start_us <= at_us;
}

int64_t schedule_next_change(struct schedule *schedule, int64_t at_us)
{
    struct schedule_run run;

    if (!next_run(schedule, at_us, &run))
        return INT64_MAX;
    return run.start_us > at_us ? run.start_us : run.end_us;
}

size_t schedule_next_runs(struct schedule *schedule, int64_t from_us, size_t count,
                          struct schedule_run *runs)
{
    size_t found = 0;

    while (found < count && from_us != INT64_MAX && next_run(schedule, from_us, &runs[found])) {
        from_us = runs[found].end_us;
        found++;
    }
    return found;
}

/* ---- missed windows ----------------------------------------------------------------------- */

bool schedule_missed(struct schedule *schedule, int64_t seen_us, int64_t now_us,
                     struct schedule_run *run)
{
    int64_t now = divide_down(now_us, SECOND_US), today, first;
    bool is_missed = false;

    if (schedule->is_always || seen_us >= now_us)
        return false;
    pthread_mutex_lock(&schedule->lock);
    today = local_day(schedule, now);
    first = local_day(schedule, divide_down(seen_us, SECOND_US));
    if (first < today - DAYS_AHEAD)
        first = today - DAYS_AHEAD;
    for (int64_t day = today; day >= first && !is_missed; day--) {
        struct span span;

        if (!span_of(schedule, day, &span) || span.end > now)
            continue;
        *run = run_of(&span);
        is_missed = run->start_us >= seen_us;
    }
    pthread_mutex_unlock(&schedule->lock);
    return is_missed;
}

int64_t schedule_late_until(struct schedule *schedule, int64_t seen_us, int64_t now_us)
{
    struct schedule_run run;

    if (schedule->missed != PLAN_MISSED_RUN_LATE ||
        !schedule_missed(schedule, seen_us, now_us, &run))
        return 0;
    return now_us + run.end_us - run.start_us;
}

/* ---- making it, and calendars that change ------------------------------------------------- */

const char *schedule_zone(const struct schedule *schedule)
{
    return schedule->zone_name;
}

int schedule_fd(const struct schedule *schedule)
{
    return schedule->fd;
}

/* Files are often replaced by others of the same name, so the folder is watched. */
static void watch(struct schedule *schedule, struct storage *storage, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct dag_error ignored = {0}; /* it is looked at when somebody asks for it, then */
    char opened[32];
    char *folder = !slash ? strdup(".") : slash == path ? strdup("/") : NULL;

    if (!folder)
        folder = strndup(path, slash ? (size_t)(slash - path) : 0);
    if (schedule->fd < 0)
        schedule->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    int fd = folder && schedule->fd >= 0
                 ? storage_descriptor(storage, folder, O_PATH | O_DIRECTORY, &ignored)
                 : -1;
    if (fd >= 0) {
        snprintf(opened, sizeof(opened), "/proc/self/fd/%d", fd);
        inotify_add_watch(schedule->fd, opened,
                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
        close(fd);
    }
    free(folder);
}

/* What the watch has to tell is only that there is something to look at. */
static void forget_events(struct schedule *schedule)
{
    char events[4096];
    ssize_t taken;

    if (schedule->fd < 0)
        return;
    do
        taken = read(schedule->fd, events, sizeof(events));
    while (taken > 0 || (taken < 0 && errno == EINTR));
}

bool schedule_refresh(struct schedule *schedule, bool *has_changed, struct dag_error *err)
{
    struct dag_error first = {0};

    *has_changed = false;
    pthread_mutex_lock(&schedule->lock);
    forget_events(schedule); /* in front of the reading: what comes later is told again */
    for (size_t i = 0; i < schedule->calendar_count; i++) {
        struct dag_error problem = {0};
        bool is_other = false;

        if (!calendar_refresh(schedule->calendars[i], &is_other, &problem) &&
            first.code == DAG_ERROR_NONE)
            first = problem;
        *has_changed = *has_changed || is_other;
    }
    pthread_mutex_unlock(&schedule->lock);
    if (first.code != DAG_ERROR_NONE)
        *err = first;
    return first.code == DAG_ERROR_NONE;
}

static bool fill(struct schedule *schedule, const struct plan *plan,
                 const struct schedule_options *options, struct dag_error *err)
{
    const struct plan_schedule *given = &plan->schedule;

    schedule->zone_name = strdup(given->timezone ? given->timezone : "local");
    schedule->calendars = calloc(given->calendars.count + 1, sizeof(struct calendar *));
    if (!schedule->zone_name || !schedule->calendars)
        return dag_error_set_memory(err, "a schedule");
    schedule->zone = zone_new(given->timezone, err);
    if (!schedule->zone)
        return false;
    for (size_t i = 0; i < given->calendars.count; i++) {
        struct calendar *calendar = calendar_new(given->calendars.items[i].text, options, err);

        if (!calendar)
            return false;
        schedule->calendars[schedule->calendar_count++] = calendar;
        watch(schedule, options ? options->storage : NULL, calendar_path(calendar));
    }
    return true;
}

struct schedule *schedule_new(const struct plan *plan, const struct schedule_options *options,
                              struct dag_error *err)
{
    struct schedule *schedule = calloc(1, sizeof(*schedule));

    if (!schedule) {
        dag_error_set_memory(err, "a schedule");
        return NULL;
    }
    pthread_mutex_init(&schedule->lock, NULL);
    schedule->fd = -1;
    schedule->from = plan->window_start;
    schedule->to = plan->window_end;
    schedule->days = plan->schedule.days;
    schedule->missed = plan->schedule.missed;
    schedule->is_always = plan->window_start < 0 && plan->schedule.days == PLAN_EVERY_DAY &&
                          plan->schedule.calendars.count == 0;
    if (fill(schedule, plan, options, err))
        return schedule;
    schedule_free(schedule);
    return NULL;
}

void schedule_free(struct schedule *schedule)
{
    if (!schedule)
        return;
    for (size_t i = 0; i < schedule->calendar_count; i++)
        calendar_free(schedule->calendars[i]);
    free(schedule->calendars);
    zone_free(schedule->zone);
    free(schedule->zone_name);
    if (schedule->fd >= 0)
        close(schedule->fd);
    pthread_mutex_destroy(&schedule->lock);
    free(schedule);
}
