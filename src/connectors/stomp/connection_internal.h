/* connection_internal.h - what the files of a connection's thread share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_STOMP_CONNECTION_INTERNAL_H
#define CONNECTORS_STOMP_CONNECTION_INTERNAL_H

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "connectors/stomp/connection.h"

#define STOMP_HELD_MAX                                                                             \
    ((size_t)16 << 20) /* bytes of frames that nobody has taken: no more is read */

struct stomp_connection {
    struct dag_host inner; /* first: what the stream takes for its host is the thread itself */
    const struct stomp_settings *settings; /* borrowed */
    struct dag_host *host;                 /* borrowed */
    pthread_t thread;
    int wake_fd; /* an eventfd: the thread is to look around */
    _Atomic bool is_closing, is_orderly;

    /* only the thread touches these */
    size_t current;            /* the broker that is used or tried */
    struct net_stream *stream; /* owned; NULL: none */
    int watched_fd;            /* of the stream; -1: none */
    uint32_t watched;          /* enum dag_fd_events */
    struct stomp_reader reader;
    struct dag_buffer writing;
    size_t written;              /* bytes of `writing` */
    int64_t beat_us, silence_us; /* as agreed: how often to send, how long to hear nothing; or
                                    INT64_MAX */
    bool was_refused;

    pthread_mutex_t lock;
    /* guarded by lock */
    struct stomp_status status;
    char doing[40], place[STOMP_PLACE_SIZE + 16]; /* for people; written by the thread alone */
    struct stomp_arrival *first, **last;          /* owned: what has come */
    size_t held_size;
    bool is_full; /* the thread reads no more before frames are taken */
    struct dag_buffer out;
    int64_t out_due_us;
};

static inline int64_t stomp_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/** Says what it does, for people. */
void stomp_say(struct stomp_connection *connection, const char *doing,
               const struct stomp_place *place);

/** Waits for what the stream watches, a nudge, or the time. False: it is to close. */
bool stomp_wait(struct stomp_connection *connection, int64_t until_us);

/** login.c: connects and logs in. False: `err`, or it is to close. */
bool stomp_log_in(struct stomp_connection *connection, const struct stomp_place *place,
                  struct dag_error *err);

/** session.c: moves frames until the connection fails (`err`) or is to close. */
void stomp_serve(struct stomp_connection *connection, struct dag_error *err);

/** session.c: reads what is there. -1: `err`; 0: nothing. */
int64_t stomp_fill(struct stomp_connection *connection, struct dag_error *err);

/** session.c: the reason of a frame ERROR. Returns false. */
bool stomp_refuse(struct stomp_connection *connection, const struct stomp_frame *frame,
                  struct dag_error *err);

#endif
