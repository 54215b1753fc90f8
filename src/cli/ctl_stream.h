/* ctl_stream.h - server-sent events of a dagd server, one by one, for who also waits for keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_STREAM_H
#define CLI_CTL_STREAM_H

#include "cli/ctl_client.h"

struct stream;

struct stream_event {
    const char *kind;
    struct tree_document *document; /* owned */
    const struct tree *data;
};

enum stream_outcome {
    STREAM_EVENT,   /* `event` is filled; stream_event_deinit() releases it */
    STREAM_WAKE,    /* the descriptor is readable */
    STREAM_TIMEOUT, /* nothing for so long */
    STREAM_END,     /* the server has ended it, or the connection broke: `err` is retryable */
    STREAM_REFUSED, /* `reply` has the problem */
    STREAM_FAILED,  /* `err` */
};

/** Begins to ask; `client` must outlive it. NULL: `err`. */
struct stream *stream_new(const struct client *client, const char *path, struct dag_error *err);
void stream_free(struct stream *stream);

/** Waits for the next event, for `fd` to be readable (-1: none), or `timeout_ms`. */
enum stream_outcome stream_next(struct stream *stream, int fd, int timeout_ms,
                                struct stream_event *event, struct dag_error *err);
void stream_event_deinit(struct stream_event *event);

/** The problem behind STREAM_REFUSED. Borrowed. */
const struct client_reply *stream_refusal(struct stream *stream);

#endif
