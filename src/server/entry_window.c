/* entry_window.c - whether a DAG's time window is open, and until when. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>

#include "core/log.h"
#include "server/server_parts.h"

static void refresh(const struct entry *entry, struct schedule *schedule)
{
    struct pollfd one = {.fd = schedule_fd(schedule), .events = POLLIN};
    struct dag_error err = {0};
    bool has_changed;

    if (poll(&one, 1, 0) > 0 && !schedule_refresh(schedule, &has_changed, &err))
        log_write(DAG_LOG_WARNING, entry->name, NULL, "%s; the dates that were read before stay",
                  err.message);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Until when a window that was missed since `seen_us` is made up for; 0: none. */
static int64_t late_until(const struct incarnation *now, int64_t seen_us, int64_t at_us)
{
    bool is_late = now->plan->schedule.missed == PLAN_MISSED_RUN_LATE && seen_us != 0;

    return is_late ? schedule_late_until(now->schedule, seen_us, at_us) : 0;
}

static bool note_locked(struct entry *entry, bool is_scheduled, int64_t change_us, int64_t late_us,
                        int64_t at_us)
{
    struct entry_window *window = &entry->window;
    bool was_open = window->is_open;

    window->is_overridden = window->is_overridden && at_us < window->override_until_us;
    if (late_us > window->late_until_us)
        window->late_until_us = late_us;
    bool is_late = at_us < window->late_until_us;
    window->is_open = is_scheduled || window->is_overridden || is_late;
    window->change_us = change_us;
    window->due_us = change_us;
    if (window->is_overridden)
        window->due_us = earlier(window->due_us, window->override_until_us);
    if (is_late)
        window->due_us = earlier(window->due_us, window->late_until_us);
    window->seen_us = at_us;
    entry->status.in_time_window = is_scheduled;
    entry->status.next_change_us = change_us;
    return was_open != window->is_open;
}

bool entry_look_at_window(struct entry *entry)
{
    struct incarnation *now = entry_use(entry);
    struct schedule *schedule = now ? now->schedule : NULL;
    int64_t at_us = server_now_us(entry->server);
    bool is_scheduled = true;
    int64_t change_us = INT64_MAX, late_us = 0;

    if (schedule) {
        refresh(entry, schedule);
        pthread_mutex_lock(&entry->lock);
        int64_t seen_us = entry->window.seen_us;
        pthread_mutex_unlock(&entry->lock);
        is_scheduled = schedule_is_open(schedule, at_us);
        change_us = schedule_next_change(schedule, at_us);
        late_us = late_until(now, seen_us != 0 ? seen_us : entry->server->last_seen_us, at_us);
    }
    pthread_mutex_lock(&entry->lock);
    bool has_changed = note_locked(entry, is_scheduled, change_us, late_us, at_us);
    pthread_mutex_unlock(&entry->lock);
    incarnation_release(now);
    return has_changed;
}

void entry_override_window_locked(struct entry *entry)
{
    struct entry_window *window = &entry->window;

    if (window->is_open)
        return;
    window->is_overridden = window->is_open = true;
    window->override_until_us = window->change_us;
    window->due_us = window->change_us;
}
