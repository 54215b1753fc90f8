/* housekeeping.c - one thread that looks twice a second: time windows, time-outs, samples, and what
 * was changed by hand in the folder of DAG files. It waits for nobody. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/log.h"
#include "server/server_parts.h"

#define TICK_US       500000
#define CLONES_US     10000000 /* between two looks at auto-clones */
#define SEEN_US       60000000 /* between two notes of being alive, for windows that are missed */
#define CLOCK_JUMP_US 1000000  /* the realtime clock was set */

struct housekeeping {
    struct server *server;
    pthread_t thread;
    int timer_fd, end_fd;
    int64_t definitions_due_us, clones_due_us, seen_due_us; /* monotonic */
    int64_t clock_offset_us;                                /* realtime minus monotonic */
    bool clock_was_set;                                     /* within this tick */
};

/* ---- one entry ---- */

static bool is_over(enum dag_state state)
{
    return state == DAG_STATE_STOPPED || state == DAG_STATE_ENDED || state == DAG_STATE_FAILED;
}

/* It has ended or failed, and nobody has dealt with that yet. */
static bool has_come_down(const struct entry_status *status, const struct incarnation *now)
{
    return now && now->dag && is_over(dag_state(now->dag)) &&
           (status->state == ENTRY_RUNNING || status->state == ENTRY_SUSPENDED ||
            status->state == ENTRY_STOPPING);
}

static bool must_look_at_window(struct housekeeping *keeping, struct entry *entry,
                                const struct incarnation *now)
{
    struct pollfd calendar = {.fd = -1, .events = POLLIN};

    if (now && now->schedule)
        calendar.fd = schedule_fd(now->schedule);
    pthread_mutex_lock(&entry->lock);
    int64_t due = entry->window.due_us;
    pthread_mutex_unlock(&entry->lock);
    return now && (keeping->clock_was_set || server_now_us(keeping->server) >= due ||
                   poll(&calendar, 1, 0) > 0);
}

static bool is_due(struct entry *entry, int64_t now_us)
{
    pthread_mutex_lock(&entry->lock);
    bool is_due = now_us >= entry->due_us;
    pthread_mutex_unlock(&entry->lock);
    return is_due;
}

static void look_at(struct housekeeping *keeping, struct entry *entry, bool clones_are_due,
                    uint64_t tick)
{
    struct server *server = keeping->server;
    struct incarnation *now = entry_use(entry);
    struct entry_status status;

    entry_status(entry, &status);
    bool must_ask = is_due(entry, server_monotonic_us(server)) || has_come_down(&status, now);
    if (must_look_at_window(keeping, entry, now))
        must_ask = entry_look_at_window(entry) || must_ask;
    if (clones_are_due && ((now && now->plan->autoclone.count > 0) || status.is_clone)) {
        atomic_store(&entry->is_autoclone_due, true);
        must_ask = true;
    }
    show_sample(entry, now, tick, server_now_us(server));
    incarnation_release(now);
    if (must_ask)
        control_ask(entry);
}

/* ---- the server ---- */

static void changed_by_hand(void *context, enum definitions_change change, const char *name)
{
    struct server *server = context;

    if (change == DEFINITIONS_ADDED || change == DEFINITIONS_CHANGED)
        server_load(server, name);
    else if (change == DEFINITIONS_REMOVED)
        server_unload(server, name);
    if (change != DEFINITIONS_PROBLEMS)
        server_emit(server, SERVER_EVENT_CATALOGUE, name, NULL, "changed by hand");
}

static void look_at_definitions(struct housekeeping *keeping)
{
    struct server *server = keeping->server;
    struct pollfd folder = {.fd = definitions_fd(server->definitions), .events = POLLIN};

    if (server_monotonic_us(server) < keeping->definitions_due_us && poll(&folder, 1, 0) <= 0)
        return;
    int64_t again_us = definitions_poll(server->definitions, changed_by_hand, server);
    keeping->definitions_due_us = server_monotonic_us(server) + again_us;
}

/* A jump of the clock moves windows. */
static void look_at_clock(struct housekeeping *keeping)
{
    int64_t offset = server_now_us(keeping->server) - server_monotonic_us(keeping->server);

    keeping->clock_was_set = llabs(offset - keeping->clock_offset_us) > CLOCK_JUMP_US;
    keeping->clock_offset_us = offset;
}

static bool is_reached(int64_t *due_us, int64_t now_us, int64_t interval_us)
{
    if (now_us < *due_us)
        return false;
    *due_us = now_us + interval_us;
    return true;
}

static void look(struct housekeeping *keeping)
{
    struct server *server = keeping->server;
    int64_t now_us = server_monotonic_us(server);
    bool clones_are_due =
        is_reached(&keeping->clones_due_us, now_us, CLONES_US) && !atomic_load(&server->is_standby);
    uint64_t tick = atomic_load(&server->tick) + 1;
    size_t count;

    look_at_clock(keeping);
    look_at_definitions(keeping);
    struct entry **entries = entries_hold(server, &count);
    for (size_t i = 0; i < count; i++)
        look_at(keeping, entries[i], clones_are_due, tick);
    entries_release(entries, count);
    atomic_store(&server->tick, tick);
    control_look(server->control);
    if (is_reached(&keeping->seen_due_us, now_us, SEEN_US))
        server_note_alive(server);
}

static void *keep_house(void *context)
{
    struct housekeeping *keeping = context;
    struct pollfd fds[] = {{.fd = keeping->timer_fd, .events = POLLIN},
                           {.fd = keeping->end_fd, .events = POLLIN}};
    uint64_t count;

    while (fds[1].revents == 0) {
        if (poll(fds, 2, -1) < 0 || fds[0].revents == 0)
            continue;
        if (read(keeping->timer_fd, &count, sizeof(count)) > 0)
            look(keeping);
    }
    return NULL;
}

static bool start(struct housekeeping *keeping, struct dag_error *err)
{
    const struct itimerspec every = {{0, TICK_US * 1000}, {0, TICK_US * 1000}};

    keeping->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    keeping->end_fd = eventfd(0, EFD_CLOEXEC);
    if (keeping->timer_fd < 0 || keeping->end_fd < 0 ||
        timerfd_settime(keeping->timer_fd, 0, &every, NULL) != 0)
        return dag_error_set_errno(err, "cannot wait for time windows");
    int code = pthread_create(&keeping->thread, NULL, keep_house, keeping);
    if (code == 0)
        return true;
    errno = code;
    return dag_error_set_errno(err, "cannot start the housekeeping thread");
}

static void close_all(struct housekeeping *keeping)
{
    if (keeping->timer_fd >= 0)
        close(keeping->timer_fd);
    if (keeping->end_fd >= 0)
        close(keeping->end_fd);
    free(keeping);
}

struct housekeeping *housekeeping_new(struct server *server, struct dag_error *err)
{
    struct housekeeping *keeping = calloc(1, sizeof(*keeping));

    if (!keeping) {
        dag_error_set_memory(err, "housekeeping");
        return NULL;
    }
    keeping->server = server;
    keeping->timer_fd = keeping->end_fd = -1;
    keeping->clock_offset_us = server_now_us(server) - server_monotonic_us(server);
    keeping->seen_due_us = server_monotonic_us(server) + SEEN_US;
    if (start(keeping, err))
        return keeping;
    close_all(keeping);
    return NULL;
}

void housekeeping_free(struct housekeeping *keeping)
{
    const uint64_t one = 1;

    if (!keeping)
        return;
    while (write(keeping->end_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
    pthread_join(keeping->thread, NULL);
    close_all(keeping);
}
