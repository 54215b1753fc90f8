/* record_log.h - an append-only log of checksummed records in segment files.
 *
 * It lies under the journal, spill logs and dead letters. docs/journal.md has the format to the
 * byte. A folder holds segments, named by the key of their first record: <20 digits>.log. Keys
 * ascend (cycles), equal ones may follow each other.
 *
 * Each record says how many of the bytes before it were not known to be on the disk when it was
 * written, and a segment is only begun when the one before it is on the disk. So a bad record is
 * told apart from a torn tail: what a later record, a later segment or the caller knows to have
 * been synced was damaged (an error that names segment and offset, and nothing is changed); what
 * nobody vouches for is a tail and is cut at the first hole.
 *
 * All files are reached through a `struct storage`. Not for two threads at once; a reader may read
 * in one thread while another appends.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_RECORD_LOG_H
#define DURABLE_RECORD_LOG_H

#include "core/storage.h"
#include "dag/json.h"
#include "durable/crc32c.h"

#define RECORD_SIZE_MAX         (64u << 20)
#define RECORD_KIND_MAX         0xffffu
#define RECORD_SEGMENT_PATH_MAX 4096u

struct record_log;

struct record_log_options {
    struct storage *storage; /* borrowed */
    const char *folder;      /* copied; made when missing */
    uint64_t segment_size;   /* bytes after which a new segment begins; 0: 64 MiB */
    bool bypasses_cache;     /* nobody reads soon what is appended, and it is synced anyhow: large
                                appends don't go through the operating system's cache */
    uint64_t vouched_key;    /* the caller knows that everything up to here was synced; 0: nothing.
                                A log without any segment is a new one, whatever this says. */
};

/** What opening found. */
struct record_log_report {
    uint64_t first_key, last_key; /* of what is whole; 0 when empty */
    uint64_t record_count;
    uint64_t cut_bytes; /* of a torn tail that was removed; a check only counts them */
    char bad_segment[RECORD_SEGMENT_PATH_MAX]; /* the path of a damaged segment; "" where none is
                                                  damaged, or one is missing altogether */
    uint64_t bad_offset;
};

/** One segment of a log. */
struct record_segment {
    uint64_t first_key, last_key;
    uint64_t record_count;
    uint64_t size; /* bytes, what is still collected in memory included */
};

struct record {
    uint64_t key;
    uint32_t kind;
    uint32_t size;
    const char *payload; /* borrowed until the next call on its reader */
};

/** Opens for appending: verifies every record, removes a torn tail; all that is left is on the disk
 *  before it returns. A damaged record: NULL, `err` names segment and offset, `report->bad_segment`
 *  is set, and nothing is changed (see record_log_quarantine()). A segment of a newer format: NULL,
 *  DAG_ERROR_UNSUPPORTED. NULL: `err`. `report` may be NULL. */
struct record_log *record_log_open(const struct record_log_options *options,
                                   struct record_log_report *report, struct dag_error *err);

/** Hands what is collected to the operating system, when it can. NULL is allowed; does not sync. */
void record_log_close(struct record_log *log);

/** The same verification without changing anything; the log may be in use. `segment` (may be NULL)
 *  is told each segment with whole records, oldest first. False: `err`, as for record_log_open().
 */
bool record_log_check(const struct record_log_options *options, struct record_log_report *report,
                      void (*segment)(void *context, const char *path,
                                      const struct record_segment *segment),
                      void *context, struct dag_error *err);

/** Renames a damaged segment to <name>.damaged, so that nobody takes it for good. */
bool record_log_quarantine(struct storage *storage, const char *segment, struct dag_error *err);

/** Appends. The record is in the log's memory (at most 256 KiB are collected, 1 MiB when the cache
 *  is bypassed) or with the operating
 *  system, not on the disk. `kind` from 1 to RECORD_KIND_MAX. On failure nothing was appended, what
 *  was appended before stays, and ENOSPC and the like give `err->retryable`. */
bool record_log_append(struct record_log *log, uint64_t key, uint32_t kind, const void *payload,
                       size_t size, struct dag_error *err);

/** The same for a payload whose checksum is known: crc32c(0, payload, size); NULL: it isn't. */
bool record_log_append_summed(struct record_log *log, uint64_t key, uint32_t kind,
                              const void *payload, size_t size, const uint32_t *payload_crc,
                              struct dag_error *err);

/** Hands everything collected to the operating system. False: `err`; it stays collected, and the
 *  next call tries again. */
bool record_log_push(struct record_log *log, struct dag_error *err);

/** Puts everything appended so far on the disk. When the disk refuses, nobody knows what of it is
 *  there: the log is broken, every later call fails with the reason, and only opening it anew
 *  helps. A push that fails breaks nothing. */
bool record_log_sync(struct record_log *log, struct dag_error *err);

/** Key of the last record that is on the disk; 0: none. */
uint64_t record_log_synced_key(const struct record_log *log);

/** Removes whole segments of which every key is below `key`, oldest first; never the newest. */
bool record_log_trim(struct record_log *log, uint64_t key, struct dag_error *err);

/** Removes everything with a key above `key`, newest first, and syncs. */
bool record_log_cut(struct record_log *log, uint64_t key, struct dag_error *err);

/** Bytes of all segments, what is still collected included. */
uint64_t record_log_size(const struct record_log *log);

/** The segments, oldest first: what a trim would remove. Borrowed until the next call that changes
 *  the log. */
size_t record_log_segments(const struct record_log *log, const struct record_segment **segments);

/** Reads records of a folder from the first with a key of at least `from` on. Does not need the log
 *  to be open, and stops at the first hole. NULL: `err`. */
struct record_reader;
struct record_reader *record_reader_open(struct storage *storage, const char *folder, uint64_t from,
                                         struct dag_error *err);
void record_reader_close(struct record_reader *reader);

/** False: the end for now, or `err->code` is set. What was pushed meanwhile is found by a later
 *  call. */
bool record_reader_next(struct record_reader *reader, struct record *record, struct dag_error *err);

/** Where the last record stood; "" before the first. */
const char *record_reader_segment(const struct record_reader *reader);
uint64_t record_reader_offset(const struct record_reader *reader);

#endif
