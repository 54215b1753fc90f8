/* body.h - the text of a request, from rows, and the key by which its repeats are known. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_HTTP_BODY_H
#define CONNECTORS_HTTP_BODY_H

#include "dag/plugin.h"

#define HTTP_KEY_SIZE 256

/** Order of the choices of option `batch`. */
enum http_batch {
    HTTP_BATCH_NONE,   /* a message */
    HTTP_BATCH_ARRAY,  /* [message,message] */
    HTTP_BATCH_NDJSON, /* lines */
};

struct http_body_limits {
    enum http_batch batch;
    size_t row_count; /* at most; at least 1 */
    size_t size;      /* bytes, beyond which no further row is added */
};

/** Writes rows from the front of `rows`, at least one, into `body`, whose text is replaced.
 *  `*taken`: how many. False: out of memory. */
bool http_body_write(struct dag_buffer *body, const struct dag_row *rows, size_t count,
                     const struct http_body_limits *limits, size_t *taken);

/** The place of rows among all that the publisher sent: a cycle, and how many rows of it went
 *  before. */
struct http_place {
    uint64_t cycle, ordinal;
};

/** The place behind `count` rows of these cycles, from `place` on. */
struct http_place http_place_behind(struct http_place place, const uint64_t *cycles, size_t count);

/** The key of a request whose first row is the next of `cycle` behind `place`. The same place and
 *  text give the same key in every run of `instance`; the text is part of it, as a DAG without a
 *  journal may give another message at that place after a crash. Cut at HTTP_KEY_SIZE - 1. */
void http_key_write(char key[HTTP_KEY_SIZE], const char *instance, const char *publisher,
                    struct http_place place, uint64_t cycle, const struct dag_buffer *body);

#endif
