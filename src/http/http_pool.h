/* http_pool.h - the threads that run handlers, and what waits for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_HTTP_POOL_H
#define HTTP_HTTP_POOL_H

#include <stdint.h>

#include "dag/error.h"

struct http_pool;

/** A job. It is part of what it works on. */
struct http_job {
    void (*run)(struct http_job *job);
    struct http_job *next; /* in the pool's list */
};

/** Starts `threads` threads. While jobs wait and no thread comes to taking one for a quarter of a
 *  second, more are started, up to 64: what hangs holds up nobody else. NULL: `err`. */
struct http_pool *http_pool_new(uint32_t threads, struct dag_error *err);

/** Runs the job on one of the threads, in order of arrival. Never fails and never waits: who asks
 *  bounds the number of jobs. */
void http_pool_add(struct http_pool *pool, struct http_job *job);

/** Runs what waits, then ends the threads. NULL is allowed. */
void http_pool_free(struct http_pool *pool);

#endif
