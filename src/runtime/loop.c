/* loop.c - see loop.h. epoll, a heap of timers, and one inotify instance for all paths (paths.c).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "runtime/paths.h"

#define EVENTS_MAX      64
#define KICK_ID         0
#define PATHS_ID        1
#define FIRST_WATCH_ID  2
#define LONGEST_WAIT_US ((int64_t)3600 * 1000000)

struct watch {
    int fd; /* -1: the place is free */
    uint32_t generation;
    void (*ready)(void *context);
    void *context;
};

struct loop {
    struct clock *clock;
    bool by_hand;
    int epoll, kick; /* owned; -1: none */
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    /* all below guarded by lock */
    bool stopping;
    int64_t waiting_until;    /* the thread sleeps at most until then */
    struct loop_timer **heap; /* owned; [1..heap_count] */
    size_t heap_count, heap_capacity, timer_count;
    struct watch *watches; /* owned */
    uint32_t watch_count;
    struct paths *paths; /* owned; NULL until a path is watched */
};

static int64_t now_us(struct loop *loop)
{
    return loop->clock->monotonic_us(loop->clock);
}

static void kick(struct loop *loop)
{
    uint64_t one = 1;

    if (write(loop->kick, &one, sizeof(one)) < 0)
        assert(errno == EAGAIN); /* it is readable anyway */
}

/* ---- timers ---- */

static void heap_place(struct loop *loop, size_t place, struct loop_timer *timer)
{
    loop->heap[place] = timer;
    timer->place = place;
}

static void heap_up(struct loop *loop, size_t place, struct loop_timer *timer)
{
    for (; place > 1 && loop->heap[place / 2]->due_us > timer->due_us; place /= 2)
        heap_place(loop, place, loop->heap[place / 2]);
    heap_place(loop, place, timer);
}

static void heap_down(struct loop *loop, size_t place, struct loop_timer *timer)
{
    for (;;) {
        size_t child = place * 2;
        if (child > loop->heap_count)
            break;
        if (child < loop->heap_count && loop->heap[child + 1]->due_us < loop->heap[child]->due_us)
            child++;
        if (loop->heap[child]->due_us >= timer->due_us)
            break;
        heap_place(loop, place, loop->heap[child]);
        place = child;
    }
    heap_place(loop, place, timer);
}

static void heap_remove(struct loop *loop, struct loop_timer *timer)
{
    size_t place = timer->place;
    struct loop_timer *last = loop->heap[loop->heap_count--];

    timer->place = 0;
    if (last == timer)
        return;
    if (place > 1 && loop->heap[place / 2]->due_us > last->due_us)
        heap_up(loop, place, last);
    else
        heap_down(loop, place, last);
}

static void timer_set_locked(struct loop *loop, struct loop_timer *timer, int64_t due_us)
{
    if (timer->place > 0)
        heap_remove(loop, timer);
    if (due_us == LOOP_NEVER)
        return;
    assert(loop->heap_count < loop->heap_capacity);
    timer->due_us = due_us;
    heap_up(loop, ++loop->heap_count, timer);
}

bool loop_timer_init(struct loop *loop, struct loop_timer *timer,
                     int64_t (*fire)(struct loop_timer *timer, int64_t now_us),
                     struct dag_error *err)
{
    bool done = true;

    *timer = (struct loop_timer){.fire = fire};
    pthread_mutex_lock(&loop->lock);
    if (loop->timer_count == loop->heap_capacity) {
        size_t capacity = loop->heap_capacity ? loop->heap_capacity * 2 : 16;
        struct loop_timer **heap = realloc(loop->heap, (capacity + 1) * sizeof(*heap));
        if (heap) {
            loop->heap = heap;
            loop->heap_capacity = capacity;
        }
        done = heap != NULL;
    }
    if (done)
        loop->timer_count++;
    pthread_mutex_unlock(&loop->lock);
    if (!done)
        timer->fire = NULL;
    return done || dag_error_set_memory(err, "a timer");
}

void loop_timer_deinit(struct loop *loop, struct loop_timer *timer)
{
    if (!timer->fire)
        return;
    pthread_mutex_lock(&loop->lock);
    timer_set_locked(loop, timer, LOOP_NEVER);
    loop->timer_count--;
    pthread_mutex_unlock(&loop->lock);
    timer->fire = NULL;
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t due_us)
{
    pthread_mutex_lock(&loop->lock);
    timer_set_locked(loop, timer, due_us);
    bool earlier = due_us < loop->waiting_until;
    if (earlier)
        loop->waiting_until = due_us;
    pthread_mutex_unlock(&loop->lock);
    if (earlier && !loop->by_hand)
        kick(loop);
}

static size_t fire_due_locked(struct loop *loop)
{
    int64_t now = now_us(loop);
    size_t count = 0;

    while (loop->heap_count > 0 && loop->heap[1]->due_us <= now) {
        struct loop_timer *timer = loop->heap[1];
        heap_remove(loop, timer);
        int64_t again = timer->fire(timer, now);
        assert(again > now);
        timer_set_locked(loop, timer, again);
        count++;
    }
    return count;
}

int64_t loop_next_due(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    int64_t due = loop->heap_count > 0 ? loop->heap[1]->due_us : LOOP_NEVER;
    pthread_mutex_unlock(&loop->lock);
    return due;
}

/* ---- file descriptors ---- */

static uint32_t watch_take_locked(struct loop *loop)
{
    for (uint32_t i = FIRST_WATCH_ID; i < loop->watch_count; i++)
        if (loop->watches[i].fd < 0)
            return i;
    uint32_t count = loop->watch_count ? loop->watch_count * 2 : 16;
    struct watch *watches = realloc(loop->watches, count * sizeof(*watches));
    if (!watches)
        return 0;
    for (uint32_t i = loop->watch_count; i < count; i++)
        watches[i] = (struct watch){.fd = -1};
    uint32_t id = loop->watch_count ? loop->watch_count : FIRST_WATCH_ID;
    loop->watches = watches;
    loop->watch_count = count;
    return id;
}

static bool epoll_set(struct loop *loop, uint32_t id, int fd, uint32_t events)
{
    struct epoll_event event = {
        .events = EPOLLONESHOT | (events & DAG_FD_READABLE ? EPOLLIN | EPOLLRDHUP : 0) |
                  (events & DAG_FD_WRITABLE ? EPOLLOUT : 0),
        .data.u64 = (uint64_t)loop->watches[id].generation << 32 | id,
    };

    return epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event) == 0 ||
           (errno == ENOENT && epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

bool loop_fd_watch(struct loop *loop, uint32_t *watch, int fd, uint32_t events,
                   void (*ready)(void *context), void *context, struct dag_error *err)
{
    bool done = true;

    pthread_mutex_lock(&loop->lock);
    uint32_t id = *watch ? *watch : watch_take_locked(loop);
    if (id == 0) {
        done = dag_error_set_memory(err, "a watch");
    } else {
        struct watch *place = &loop->watches[id];
        *place = (struct watch){fd, place->generation + 1, ready, context};
        if (!epoll_set(loop, id, fd, events)) {
            if (errno == EPERM) /* a regular file: always ready */
                ready(context);
            else
                done = dag_error_set_errno(err, "cannot watch descriptor %d", fd);
        }
        if (!done)
            place->fd = -1;
        *watch = done ? id : 0;
    }
    pthread_mutex_unlock(&loop->lock);
    return done;
}

void loop_fd_unwatch(struct loop *loop, uint32_t watch)
{
    if (watch == 0)
        return;
    pthread_mutex_lock(&loop->lock);
    struct watch *place = &loop->watches[watch];
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, place->fd, NULL); /* it may be closed already */
    place->fd = -1;
    place->generation++;
    pthread_mutex_unlock(&loop->lock);
}

static size_t fd_ready_locked(struct loop *loop, uint64_t data)
{
    uint32_t id = (uint32_t)data;
    uint64_t count;

    if (id == KICK_ID) {
        if (read(loop->kick, &count, sizeof(count)) < 0)
            assert(errno == EAGAIN);
        return 0;
    }
    if (id == PATHS_ID)
        return paths_dispatch(loop->paths);
    struct watch *watch = &loop->watches[id];
    if (watch->fd < 0 || watch->generation != data >> 32)
        return 0; /* unwatched while the event was on its way */
    watch->ready(watch->context);
    return 1;
}

/* ---- paths ---- */

static bool epoll_add(struct loop *loop, int fd, uint64_t id, struct dag_error *err)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = id};

    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ||
           dag_error_set_errno(err, "cannot watch descriptor %d", fd);
}

struct loop_path *loop_path_watch(struct loop *loop, struct storage *storage, const char *path,
                                  void (*changed)(void *context), void *context,
                                  struct dag_error *err)
{
    struct loop_path *result = NULL;

    pthread_mutex_lock(&loop->lock);
    if (!loop->paths) {
        loop->paths = paths_new(err);
        if (loop->paths && !epoll_add(loop, paths_fd(loop->paths), PATHS_ID, err)) {
            paths_free(loop->paths);
            loop->paths = NULL;
        }
    }
    if (loop->paths)
        result = paths_watch(loop->paths, storage, path, changed, context, err);
    pthread_mutex_unlock(&loop->lock);
    return result;
}

void loop_path_unwatch(struct loop *loop, struct loop_path *path)
{
    if (!path)
        return;
    pthread_mutex_lock(&loop->lock);
    paths_unwatch(loop->paths, path);
    pthread_mutex_unlock(&loop->lock);
}

/* ---- waiting ---- */

/* How long to sleep; -1: without end. */
static int64_t wait_us_locked(struct loop *loop)
{
    loop->waiting_until = LOOP_NEVER;
    if (loop->heap_count == 0)
        return -1;
    int64_t wait = loop->heap[1]->due_us - now_us(loop);
    loop->waiting_until = loop->heap[1]->due_us;
    if (wait < 0)
        return 0;
    return wait < LONGEST_WAIT_US ? wait : LONGEST_WAIT_US;
}

static int wait_events(struct loop *loop, struct epoll_event *events, int64_t wait_us)
{
    struct timespec time = {wait_us / 1000000, wait_us % 1000000 * 1000};
    int count = epoll_pwait2(loop->epoll, events, EVENTS_MAX, wait_us < 0 ? NULL : &time, NULL);

    if (count < 0 && errno == ENOSYS) /* before Linux 5.11: to the millisecond */
        count = epoll_wait(loop->epoll, events, EVENTS_MAX,
                           wait_us < 0 ? -1 : (int)((wait_us + 999) / 1000));
    return count;
}

static void *loop_main(void *argument)
{
    struct loop *loop = argument;
    struct epoll_event events[EVENTS_MAX];

    pthread_mutex_lock(&loop->lock);
    while (!loop->stopping) {
        int64_t wait = wait_us_locked(loop);
        pthread_mutex_unlock(&loop->lock);
        int count = wait_events(loop, events, wait);
        pthread_mutex_lock(&loop->lock);
        loop->waiting_until = INT64_MIN; /* awake: no need to kick */
        for (int i = 0; i < count; i++)
            fd_ready_locked(loop, events[i].data.u64);
        fire_due_locked(loop);
    }
    pthread_mutex_unlock(&loop->lock);
    return NULL;
}

size_t loop_poll(struct loop *loop)
{
    struct epoll_event events[EVENTS_MAX];
    size_t done = 0;
    int count;

    pthread_mutex_lock(&loop->lock);
    do {
        count = epoll_wait(loop->epoll, events, EVENTS_MAX, 0);
        for (int i = 0; i < count; i++)
            done += fd_ready_locked(loop, events[i].data.u64);
    } while (count == EVENTS_MAX);
    done += fire_due_locked(loop);
    pthread_mutex_unlock(&loop->lock);
    return done;
}

static bool loop_start(struct loop *loop, struct dag_error *err)
{
    int number = pthread_create(&loop->thread, NULL, loop_main, loop);

    if (number != 0)
        return dag_error_set(err, DAG_ERROR_LIMIT, "cannot start the I/O thread (error %d)",
                             number);
    pthread_setname_np(loop->thread, "io");
    loop->has_thread = true;
    return true;
}

struct loop *loop_new(struct clock *clock, bool by_hand, struct dag_error *err)
{
    struct loop *loop = calloc(1, sizeof(*loop));

    if (!loop) {
        dag_error_set_memory(err, "the I/O thread");
        return NULL;
    }
    loop->clock = clock;
    loop->by_hand = by_hand;
    loop->waiting_until = INT64_MIN;
    pthread_mutex_init(&loop->lock, NULL);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->epoll < 0 || loop->kick < 0) {
        dag_error_set_errno(err, "cannot wait for events");
    } else if (epoll_add(loop, loop->kick, KICK_ID, err) && (by_hand || loop_start(loop, err))) {
        return loop;
    }
    loop_free(loop);
    return NULL;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    if (loop->has_thread) {
        pthread_mutex_lock(&loop->lock);
        loop->stopping = true;
        pthread_mutex_unlock(&loop->lock);
        kick(loop);
        pthread_join(loop->thread, NULL);
    }
    paths_free(loop->paths);
    if (loop->epoll >= 0)
        close(loop->epoll);
    if (loop->kick >= 0)
        close(loop->kick);
    free(loop->heap);
    free(loop->watches);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}
