/* record_writer.h - the end of a segment's file: collects bytes and hands them to the system.
 *
 * Only for record_log.c, which opens and syncs the file.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_RECORD_WRITER_H
#define DURABLE_RECORD_WRITER_H

#include "core/storage.h"

/** Zero it to begin, then set the first three. */
struct record_writer {
    struct storage *storage; /* borrowed */
    struct dag_file *file;   /* owned by the log; NULL until something is written */
    bool bypasses_cache;     /* whole blocks of a large push go past the system's cache */
    bool is_ragged;          /* a write failed: the file may hold more than `pushed_size` */
    uint64_t pushed_size;    /* good bytes in the file */
    char *memory;            /* owned, at a block's boundary; see record_writer_collected() */
    size_t size;             /* bytes that are collected */
};

/** A file of `size` good bytes takes the place of the one before; nothing may be collected. */
void record_writer_begin(struct record_writer *writer, uint64_t size);
void record_writer_deinit(struct record_writer *writer);

/** Where the next byte will stand in the file. */
static inline uint64_t record_writer_end(const struct record_writer *writer)
{
    return writer->pushed_size + writer->size;
}

/** Will adding so many bytes write, so that `file` must be open? */
bool record_writer_is_due(const struct record_writer *writer, size_t size);

/** Collects, and writes where there is no room. False: `err`, and a part may have been added; see
 *  record_writer_undo(). */
bool record_writer_add(struct record_writer *writer, const void *bytes, size_t size,
                       struct dag_error *err);

/** Takes back what was added behind `end`. */
void record_writer_undo(struct record_writer *writer, uint64_t end);

/** Hands all that is collected to the operating system. False: `err`, and it stays collected. */
bool record_writer_push(struct record_writer *writer, struct dag_error *err);

#endif
