/* connection.c - see connection.h: what is asked of a connection, and the thread's life.
 *
 * session.c has the time between a login and its end, login.c the way there.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/stomp/connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "connectors/stomp/connection_internal.h"

/* ---- asked from outside ---- */

void stomp_connection_status(struct stomp_connection *connection, struct stomp_status *status)
{
    pthread_mutex_lock(&connection->lock);
    *status = connection->status;
    pthread_mutex_unlock(&connection->lock);
}

/* The thread looks around. */
static void nudge(struct stomp_connection *connection)
{
    uint64_t one = 1;

    if (write(connection->wake_fd, &one, sizeof(one)) < 0) {
        /* it was nudged often enough already */
    }
}

void stomp_connection_try(struct stomp_connection *connection)
{
    pthread_mutex_lock(&connection->lock);
    bool is_down = connection->status.state == STOMP_DOWN;
    if (is_down)
        connection->status =
            (struct stomp_status){.state = STOMP_RISING, .session = connection->status.session};
    pthread_mutex_unlock(&connection->lock);
    if (is_down)
        nudge(connection);
}

bool stomp_connection_send(struct stomp_connection *connection, uint64_t session,
                           const struct dag_buffer *frames, int64_t delay_us)
{
    int64_t due_us = delay_us > 0 ? stomp_now_us() + delay_us : 0;
    bool is_sooner = false, done = true;

    pthread_mutex_lock(&connection->lock);
    if (connection->status.state == STOMP_UP && connection->status.session == session) {
        done = dag_buffer_append(&connection->out, frames->bytes, frames->size);
        is_sooner = done && due_us < connection->out_due_us;
        if (is_sooner)
            connection->out_due_us = due_us;
    }
    pthread_mutex_unlock(&connection->lock);
    if (is_sooner)
        nudge(connection);
    return done;
}

struct stomp_arrival *stomp_connection_take(struct stomp_connection *connection, uint64_t session)
{
    struct stomp_arrival *arrival = NULL;
    bool has_room = false;

    pthread_mutex_lock(&connection->lock);
    if (connection->status.state == STOMP_UP && connection->status.session == session)
        arrival = connection->first;
    if (arrival) {
        connection->first = arrival->next;
        if (!connection->first)
            connection->last = &connection->first;
        connection->held_size -= arrival->size;
        has_room = connection->is_full && connection->held_size < STOMP_HELD_MAX / 2;
        connection->is_full = connection->is_full && !has_room;
    }
    pthread_mutex_unlock(&connection->lock);
    if (has_room)
        nudge(connection);
    return arrival;
}

void stomp_connection_describe(struct stomp_connection *connection, char *text, size_t size)
{
    pthread_mutex_lock(&connection->lock);
    switch (connection->status.state) {
    case STOMP_DOWN:
        if (connection->status.has_failed)
            snprintf(text, size, "not connected: %s", connection->status.failure.message);
        else
            snprintf(text, size, "not connected");
        break;
    case STOMP_RISING:
    case STOMP_UP:
        snprintf(text, size, "%s %s", connection->doing, connection->place);
        break;
    }
    pthread_mutex_unlock(&connection->lock);
}

/* ---- for the thread's own files ---- */

void stomp_say(struct stomp_connection *connection, const char *doing,
               const struct stomp_place *place)
{
    bool is_v6 = strchr(place->host, ':') != NULL;

    pthread_mutex_lock(&connection->lock);
    snprintf(connection->doing, sizeof(connection->doing), "%s", doing);
    snprintf(connection->place, sizeof(connection->place), is_v6 ? "[%s]:%u" : "%s:%u", place->host,
             (unsigned int)place->port);
    pthread_mutex_unlock(&connection->lock);
}

bool stomp_wait(struct stomp_connection *connection, int64_t until_us)
{
    uint32_t events = connection->watched_fd >= 0 ? connection->watched : 0;
    struct pollfd fds[2] = {{.fd = connection->wake_fd, .events = POLLIN},
                            {.fd = connection->watched_fd,
                             .events = (short)((events & DAG_FD_READABLE ? POLLIN : 0) |
                                               (events & DAG_FD_WRITABLE ? POLLOUT : 0))}};
    int64_t left_us = until_us == INT64_MAX ? 0 : until_us - stomp_now_us();
    struct timespec left = {0};
    uint64_t count;

    if (left_us > 0)
        left = (struct timespec){left_us / 1000000, left_us % 1000000 * 1000};
    int ready = ppoll(fds, events ? 2 : 1, until_us == INT64_MAX ? NULL : &left, NULL);
    if (ready > 0 && fds[0].revents && read(connection->wake_fd, &count, sizeof(count)) < 0) {
        /* nothing is there any more */
    }
    return !atomic_load(&connection->is_closing);
}

/* ---- the thread as the stream's host ---- */

static void inner_wake(struct dag_host *host)
{
    nudge((struct stomp_connection *)host);
}

static int64_t inner_monotonic_us(struct dag_host *host)
{
    (void)host;
    return stomp_now_us();
}

static bool inner_watch_fd(struct dag_host *host, int fd, uint32_t events, struct dag_error *err)
{
    struct stomp_connection *connection = (struct stomp_connection *)host;

    (void)err;
    connection->watched_fd = fd;
    connection->watched = events;
    return true;
}

static void inner_unwatch_fd(struct dag_host *host, int fd)
{
    struct stomp_connection *connection = (struct stomp_connection *)host;

    if (connection->watched_fd == fd)
        connection->watched_fd = -1;
}

static const struct dag_host_ops inner_ops = {
    .size = sizeof(struct dag_host_ops),
    .wake = inner_wake,
    .monotonic_us = inner_monotonic_us,
    .watch_fd = inner_watch_fd,
    .unwatch_fd = inner_unwatch_fd,
};

/* ---- the thread ---- */

static void drop_arrivals_locked(struct stomp_connection *connection)
{
    while (connection->first) {
        struct stomp_arrival *next = connection->first->next;

        free(connection->first);
        connection->first = next;
    }
    connection->last = &connection->first;
    connection->held_size = 0;
    connection->is_full = false;
    connection->out.size = 0;
    connection->out_due_us = INT64_MAX;
}

static void go_down(struct stomp_connection *connection, const struct dag_error *err,
                    bool was_refused)
{
    pthread_mutex_lock(&connection->lock);
    drop_arrivals_locked(connection);
    connection->status.state = STOMP_DOWN;
    connection->status.has_failed = true;
    connection->status.was_refused = was_refused;
    connection->status.failure = *err;
    connection->status.failure.retryable = true;
    pthread_mutex_unlock(&connection->lock);
    dag_wake(connection->host);
}

static void go_up(struct stomp_connection *connection, const struct stomp_place *place)
{
    stomp_say(connection, "connected to", place);
    pthread_mutex_lock(&connection->lock);
    connection->status.state = STOMP_UP;
    connection->status.session++;
    pthread_mutex_unlock(&connection->lock);
    dag_log(connection->host, DAG_LOG_INFO, "connected to %s", connection->place);
    dag_wake(connection->host);
}

static void close_stream(struct stomp_connection *connection)
{
    net_stream_free(connection->stream);
    connection->stream = NULL;
    connection->watched_fd = -1;
}

static bool is_wanted(struct stomp_connection *connection)
{
    pthread_mutex_lock(&connection->lock);
    bool wanted = connection->status.state == STOMP_RISING;
    pthread_mutex_unlock(&connection->lock);
    return wanted;
}

/* One broker after the other. False: none, `err`, or it is to close. */
static bool find_broker(struct stomp_connection *connection, struct dag_error *err)
{
    const struct stomp_settings *settings = connection->settings;

    for (size_t i = 0; i < settings->place_count; i++) {
        const struct stomp_place *place = &settings->places[connection->current];

        if (stomp_log_in(connection, place, err)) {
            go_up(connection, place);
            return true;
        }
        close_stream(connection);
        if (atomic_load(&connection->is_closing))
            return false;
        connection->current = (connection->current + 1) % settings->place_count;
        if (i + 1 < settings->place_count)
            dag_log(connection->host, DAG_LOG_WARNING, "%s; the next broker is tried",
                    err->message);
    }
    if (settings->place_count > 1)
        dag_error_add_context(err, "none of %zu brokers can be used; the last one",
                              settings->place_count);
    return false;
}

static void *work(void *context)
{
    struct stomp_connection *connection = context;

    while (!atomic_load(&connection->is_closing)) {
        struct dag_error err = {0};

        if (!is_wanted(connection)) {
            (void)stomp_wait(connection, INT64_MAX);
            continue;
        }
        connection->was_refused = false;
        stomp_reader_clear(&connection->reader);
        if (find_broker(connection, &err))
            stomp_serve(connection, &err);
        close_stream(connection);
        if (!atomic_load(&connection->is_closing))
            go_down(connection, &err, connection->was_refused);
    }
    return NULL;
}

/* ---- making ---- */

static void release(struct stomp_connection *connection)
{
    drop_arrivals_locked(connection);
    stomp_reader_free(&connection->reader);
    dag_buffer_free(&connection->out);
    dag_buffer_free(&connection->writing);
    if (connection->wake_fd >= 0)
        close(connection->wake_fd);
    pthread_mutex_destroy(&connection->lock);
    free(connection);
}

struct stomp_connection *stomp_connection_new(const struct stomp_settings *settings,
                                              struct dag_host *host, struct dag_error *err)
{
    struct stomp_connection *connection = calloc(1, sizeof(*connection));

    if (!connection) {
        dag_error_set_memory(err, "a connection");
        return NULL;
    }
    connection->settings = settings;
    connection->host = host;
    connection->reader.body_size_max = settings->message_size_max;
    connection->last = &connection->first;
    connection->out_due_us = INT64_MAX;
    connection->watched_fd = -1;
    connection->inner = (struct dag_host){
        .ops = &inner_ops, .dag = host->dag, .component = host->component, .instance = ""};
    pthread_mutex_init(&connection->lock, NULL);
    connection->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (connection->wake_fd >= 0) {
        errno = pthread_create(&connection->thread, NULL, work, connection);
        if (errno == 0)
            return connection;
    }
    dag_error_set_errno(err, "cannot start a connection's thread");
    err->retryable = true;
    release(connection);
    return NULL;
}

void stomp_connection_free(struct stomp_connection *connection, bool orderly)
{
    if (!connection)
        return;
    atomic_store(&connection->is_orderly, orderly);
    atomic_store(&connection->is_closing, true);
    nudge(connection);
    pthread_join(connection->thread, NULL);
    release(connection);
}
