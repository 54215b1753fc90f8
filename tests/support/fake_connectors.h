/* fake_connectors.h - a subscriber that reads what a test scripts, and a publisher that records.
 *
 * fake://NAME and blocking://NAME (the same with DAG_CONNECTOR_BLOCKS) find the script of that name
 * among those that the test has registered. A publisher can also be flushing://NAME, which has a
 * flush(), and counting://NAME, which also keeps its progress.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FAKE_CONNECTORS_H
#define SUPPORT_FAKE_CONNECTORS_H

#include <pthread.h>
#include <stdatomic.h>

#include "graph/check.h"
#include "runtime/runtime.h"

/** Rows {"n": 0}, {"n": 1}, ... */
struct fake_source {
    const char *name;
    _Atomic uint64_t total; /* rows that are there */
    uint64_t per_read;      /* most rows of one read(); 0: as many as fit */
    bool ends;              /* behind the last one; else it is idle */
    bool pads;              /* each row holds 4 KiB of text */
    _Atomic int failures;   /* reads that fail first, to be tried again */
    _Atomic int open_failures;
    _Atomic bool is_fatal; /* the next read fails for good */
    _Atomic uint64_t given;
    _Atomic uint64_t acknowledged; /* rows */
    _Atomic int opened, stopped, closed, interrupted;
    struct dag_host *host;
    pthread_mutex_t lock; /* of the blocking one */
    pthread_cond_t changed;
    bool is_interrupted;
    struct fake_source *next;
};

#define FAKE_ROWS_MAX 200000

struct fake_sink {
    const char *name;
    _Atomic uint64_t room; /* rows that it takes before it says DAG_WRITE_WAIT */
    _Atomic int failures;  /* writes that fail first, to be tried again */
    _Atomic int open_failures;
    _Atomic bool is_fatal;
    uint64_t reject_every; /* refuses n % reject_every == 0 for good; 0: none */
    bool flushes;          /* has a flush(): see `flushed` */
    _Atomic uint64_t count;
    _Atomic uint64_t flushed;
    _Atomic uint64_t last_mark;
    _Atomic int opened, stopped, closed, interrupted, writes;
    int64_t *values; /* of "n"; -1: the row has none */
    uint64_t *cycles;
    struct dag_host *host;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_interrupted;
    struct fake_sink *next;
};

/** Registers; what is zero or NULL otherwise is fine. `room` 0 becomes endless. */
void fake_source_register(struct fake_source *source, const char *name);
void fake_sink_register(struct fake_sink *sink, const char *name);

/** Forgets all scripts and frees what the sinks recorded. */
void fake_connectors_clear(void);

/** `count` rows more; wakes the reader. */
void fake_source_feed(struct fake_source *source, uint64_t count);

/** Takes `count` rows more; wakes the writer. */
void fake_sink_allow(struct fake_sink *sink, uint64_t count);

/** Waits until the sink has recorded `count` rows. */
void fake_sink_wait(struct fake_sink *sink, uint64_t count);

/** The fake connectors and mem:// with the calculators and transformers of the program. */
const struct registry *fake_connectors_registry(void);

/** Reads a DAG file with ' for ". Fails the test when it is wrong. */
struct plan *fake_plan(const char *text);

/** A DAG `name` with subscriber s, publisher p and nodes in -> out; the arguments are members of
 *  the config objects, with ' for ", beginning with a comma, or "". */
struct plan *fake_chain(const char *name, const char *source, const char *subscriber_config,
                        const char *sink, const char *publisher_config);

#endif
