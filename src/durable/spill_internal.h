/* spill_internal.h - what the files of the spill logs share.
 *
 * Two threads use a log: the writer, which is the connector of the publisher's front sink, and the
 * reader, which sends on. The lock is about the record log; the reader only tries to take it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_SPILL_INTERNAL_H
#define DURABLE_SPILL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "durable/record_tail.h"
#include "durable/spill.h"

enum spill_kind {
    SPILL_WHOLE = 1, /* its last cycle is complete */
    SPILL_PART = 2,  /* more of it may follow */
};

#define SPILL_INSTANCE_SIZE 40

struct spill_log {
    struct spill spill;                     /* first */
    struct plan_publisher writer;           /* the log is found again by the place of its address */
    const struct plan_publisher *publisher; /* borrowed */
    struct storage *storage;                /* borrowed */
    char *folder, *cursor;                  /* owned: paths */
    uint64_t size_max, segment_size;
    uint64_t known_cycle;
    bool is_leftover; /* the publisher no longer spills */

    pthread_mutex_t lock;
    /* guarded by lock */
    struct record_tail tail;
    uint64_t last_key;   /* also of what isn't in the log yet */
    uint64_t last_cycle; /* complete in the log when it was opened */
    bool ends_in_part;
    char instance[SPILL_INSTANCE_SIZE];
    struct dag_host *host; /* the writer's */

    _Atomic uint64_t synced_key; /* the reader may go so far */
    _Atomic uint64_t passed_key; /* safely out */
    _Atomic uint64_t row_count;  /* not safely out */
    _Atomic uint64_t size;       /* bytes of the log */
    _Atomic bool is_open, is_full;
    _Atomic bool is_anew; /* the log was opened anew: what the reader has buffered may be gone */

    /* the reader's */
    struct record_reader *reader; /* owned; NULL: to be opened */
    struct dag_json_parser *parser;
    uint64_t read_key;
};

/* spill_rows.c: what a record holds */

/** Appends a record's payload with rows from `first` on: to the end of a cycle, where that isn't
 *  too far. Returns how many rows; 0: out of memory, and `out` is as before. */
size_t spill_encode(struct dag_buffer *out, const struct dag_delivery *delivery, size_t first,
                    enum spill_kind *kind);

/** Number of rows and the last cycle. False: `err`. */
bool spill_measure(const struct record *record, uint64_t *row_count, uint64_t *last_cycle,
                   struct dag_error *err);

/** The rows, but for `key`. False: `err`. */
bool spill_decode(const struct record *record, struct dag_json_parser *parser,
                  struct spill_rows *rows, struct dag_error *err);

/* spill_log.c: the log, its writer and its reader */

bool spill_log_init(struct spill_log *log, struct storage *storage, const char *folder,
                    const struct plan_publisher *publisher, struct dag_error *err);
void spill_log_deinit(struct spill_log *log); /* zeroed is allowed */

#endif
