/* idempotency.h - remembers the replies to requests that carried an Idempotency-Key, for a while.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_IDEMPOTENCY_H
#define HTTP_IDEMPOTENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"

#define IDEMPOTENCY_KEY_SIZE_MAX 255 /* bytes of a key */

struct idempotency;

/** One key that is remembered. Borrowed from the store. */
struct idempotency_entry;

/** `entries_max` keys and `bytes_max` bytes of keys and replies at most; each reply is kept for
 *  `keep_us` after it was given. `clock` is borrowed. NULL: out of memory. Any thread may call
 *  everything. */
struct idempotency *idempotency_new(struct clock *clock, size_t entries_max, size_t bytes_max,
                                    int64_t keep_us);
void idempotency_free(struct idempotency *store); /* NULL is allowed */

enum idempotency_outcome {
    IDEMPOTENCY_NEW,       /* do it; then idempotency_finish() or idempotency_abandon() is due */
    IDEMPOTENCY_REPEAT,    /* `status` and `body` are the reply that was given */
    IDEMPOTENCY_RUNNING,   /* the first request is still under way (409) */
    IDEMPOTENCY_DIFFERENT, /* the key was used for another content (422) */
    IDEMPOTENCY_FULL,      /* no room: what is promised to others isn't forgotten early (503) */
    IDEMPOTENCY_BAD_KEY,   /* empty, too long, or not of printable ASCII (400) */
};

/** What there is to say of a request. Zero it to begin. */
struct idempotency_answer {
    struct idempotency_entry *entry; /* IDEMPOTENCY_NEW */
    unsigned int status;             /* IDEMPOTENCY_REPEAT */
    char *body;                      /* owned by the caller: free(); NULL when it was empty */
    size_t body_size;
};

/** A key counts for one caller (`owner`) and one `place` (method and path) only. */
enum idempotency_outcome idempotency_begin(struct idempotency *store, const char *owner,
                                           const char *place, const char *key, const void *content,
                                           size_t content_size, struct idempotency_answer *answer);

/** Keeps the reply; a reply that there is no room for is kept as its status alone. */
void idempotency_finish(struct idempotency *store, struct idempotency_entry *entry,
                        unsigned int status, const void *body, size_t body_size);

/** Nothing was done: the key may be used again. */
void idempotency_abandon(struct idempotency *store, struct idempotency_entry *entry);

/** Keys that are remembered now. */
size_t idempotency_count(struct idempotency *store);

#endif
