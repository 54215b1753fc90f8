/* windows.c - see windows.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/windows.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/log.h"
#include "server/schedule.h"

#define SECOND_US 1000000

struct windows {
    struct dag *const *dags;     /* borrowed */
    struct schedule **schedules; /* owned list of owned */
    bool *are_open;              /* owned: as it was told last */
    size_t count;
    struct clock *clock; /* borrowed */
    int64_t due_us;      /* when the next window opens or closes; INT64_MIN: not known */
    int epoll_fd, timer_fd;
};

static int64_t now_us(const struct windows *windows)
{
    return windows->clock->realtime_us(windows->clock);
}

static bool watch(const struct windows *windows, int fd, struct dag_error *err)
{
    struct epoll_event event = {.events = EPOLLIN};

    if (fd < 0 || epoll_ctl(windows->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
        return true;
    return dag_error_set_errno(err, "cannot wait for time windows");
}

static bool fill(struct windows *windows, int signal_fd, struct dag_error *err)
{
    windows->schedules = calloc(windows->count, sizeof(struct schedule *));
    windows->are_open = calloc(windows->count, sizeof(bool));
    if (!windows->schedules || !windows->are_open)
        return dag_error_set_memory(err, "time windows");
    windows->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    windows->timer_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (windows->epoll_fd < 0 || windows->timer_fd < 0)
        return dag_error_set_errno(err, "cannot wait for time windows");
    if (!watch(windows, signal_fd, err) || !watch(windows, windows->timer_fd, err))
        return false;
    for (size_t i = 0; i < windows->count; i++) {
        const struct plan *plan = dag_plan(windows->dags[i]);

        windows->schedules[i] = schedule_new(plan, NULL, err);
        if (!windows->schedules[i])
            return dag_error_add_context(err, "%s", plan->name);
        if (!watch(windows, schedule_fd(windows->schedules[i]), err))
            return false;
    }
    return true;
}

struct windows *windows_new(struct dag *const *dags, size_t count, int signal_fd,
                            struct clock *clock, struct dag_error *err)
{
    struct windows *windows = calloc(1, sizeof(*windows));

    if (!windows) {
        dag_error_set_memory(err, "time windows");
        return NULL;
    }
    windows->dags = dags;
    windows->count = count;
    windows->clock = clock ? clock : clock_system();
    windows->due_us = INT64_MIN;
    windows->epoll_fd = windows->timer_fd = -1;
    if (fill(windows, signal_fd, err))
        return windows;
    windows_free(windows);
    return NULL;
}

void windows_free(struct windows *windows)
{
    if (!windows)
        return;
    for (size_t i = 0; windows->schedules && i < windows->count; i++)
        schedule_free(windows->schedules[i]);
    free(windows->schedules);
    free(windows->are_open);
    if (windows->epoll_fd >= 0)
        close(windows->epoll_fd);
    if (windows->timer_fd >= 0)
        close(windows->timer_fd);
    free(windows);
}

int windows_fd(const struct windows *windows)
{
    return windows->epoll_fd;
}

/* A clock that is set makes the timer readable as well. */
static void arm(struct windows *windows, int64_t due_us)
{
    struct itimerspec when = {0};

    if (due_us != INT64_MAX) {
        when.it_value.tv_sec = due_us / SECOND_US;
        when.it_value.tv_nsec = due_us % SECOND_US * 1000;
    }
    timerfd_settime(windows->timer_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

static void tell(const struct windows *windows, size_t i, int64_t change_us)
{
    const char *name = dag_plan(windows->dags[i])->name;
    char when[32];

    if (change_us == INT64_MAX) {
        log_write(DAG_LOG_INFO, name, NULL, "%s",
                  windows->are_open[i] ? "its time window is open"
                                       : "suspended: its time window doesn't open any more");
        return;
    }
    clock_format(change_us, when);
    log_write(DAG_LOG_INFO, name, NULL,
              windows->are_open[i] ? "its time window is open until %s"
                                   : "suspended: its time window opens at %s",
              when);
}

bool windows_start(struct windows *windows, size_t i, struct dag_error *err)
{
    struct schedule *schedule = windows->schedules[i];
    int64_t now = now_us(windows);

    windows->are_open[i] = schedule_is_open(schedule, now);
    if (windows->are_open[i])
        return dag_start(windows->dags[i], err);
    tell(windows, i, schedule_next_change(schedule, now));
    return dag_start_suspended(windows->dags[i], err);
}

static bool is_readable(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    return poll(&one, 1, 0) > 0; /* a descriptor of -1 never is */
}

/* True: a calendar was looked at. */
static bool refresh(struct windows *windows, size_t i)
{
    struct dag_error err = {0};
    bool has_changed;

    if (!is_readable(schedule_fd(windows->schedules[i])))
        return false;
    if (!schedule_refresh(windows->schedules[i], &has_changed, &err))
        log_write(DAG_LOG_WARNING, dag_plan(windows->dags[i])->name, NULL,
                  "%s; the dates that were read before stay", err.message);
    return true;
}

/* The loop comes by for other reasons, too; what a window costs to work out is paid once. */
static bool is_due(struct windows *windows)
{
    bool must_look = now_us(windows) >= windows->due_us || is_readable(windows->timer_fd);

    for (size_t i = 0; i < windows->count; i++)
        must_look |= refresh(windows, i);
    return must_look;
}

void windows_keep(struct windows *windows)
{
    int64_t now, due = INT64_MAX;

    if (!is_due(windows))
        return;
    now = now_us(windows);
    for (size_t i = 0; i < windows->count; i++) {
        struct schedule *schedule = windows->schedules[i];
        bool is_open = schedule_is_open(schedule, now);
        int64_t change = schedule_next_change(schedule, now);

        if (change < due)
            due = change;
        if (is_open == windows->are_open[i])
            continue;
        windows->are_open[i] = is_open;
        tell(windows, i, change);
        if (is_open)
            dag_resume(windows->dags[i]);
        else
            dag_suspend(windows->dags[i]);
    }
    windows->due_us = due;
    arm(windows, due);
}
