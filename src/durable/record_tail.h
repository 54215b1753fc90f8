/* record_tail.h - the end of a record log that isn't on the disk yet, kept until it is.
 *
 * A sync that failed leaves nobody knowing what the disk holds: the log is then opened anew and
 * what it lost is appended again from here. Not for two threads at once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_RECORD_TAIL_H
#define DURABLE_RECORD_TAIL_H

#include "durable/record_log.h"

/** Records in memory. Zero it to begin. */
struct record_queue {
    struct dag_buffer bytes;
    struct record_queue_item {
        uint64_t key;
        size_t offset, size;
        uint32_t kind;
        uint32_t crc; /* of the payload, where `is_summed` */
        bool is_summed;
    } * items; /* owned */
    size_t count, capacity;
};

/** Makes the payload that was appended to `queue->bytes` from `offset` on a record. False: out of
 *  memory, the payload is gone. */
bool record_queue_seal(struct record_queue *queue, uint64_t key, uint32_t kind, size_t offset);
void record_queue_clear(struct record_queue *queue);
void record_queue_free(struct record_queue *queue);

struct record_tail {
    struct record_log_options options; /* `folder` is borrowed */
    struct record_log *log;            /* owned; NULL: to be opened anew */
    struct record_queue queue;         /* what isn't safe yet */
    size_t appended;                   /* of it are in the log */
    uint64_t safe_key;                 /* of the last record that was synced */
    bool has_pushed; /* some were let go that are with the operating system only */
    bool is_broken;
};

/** Opens the log; `tail` is zeroed. As record_log_open(). */
bool record_tail_open(struct record_tail *tail, const struct record_log_options *options,
                      struct record_log_report *report, struct dag_error *err);
void record_tail_close(
    struct record_tail *tail); /* zeroed is allowed; lets go of what isn't safe */

/** Appends the queue and syncs; it is empty then. False: `err`; all is kept, the next call tries
 *  again when `err->retryable`. */
bool record_tail_sync(struct record_tail *tail, struct dag_error *err);

/** Appends the queue and hands it to the operating system; it is empty then. False: as above. */
bool record_tail_push(struct record_tail *tail, struct dag_error *err);

#endif
