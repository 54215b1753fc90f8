/* record_segment.h - one segment file of a record log: its format, and a cursor over it.
 *
 *     header    "DAGLOG 1" | u64 key of the segment before | u64 its size | u32 0 | u32 CRC-32C
 *     record    u32 size of the payload | u32 CRC-32C | u64 key | u32 unsynced | u32 kind | payload
 *
 * Only for record_log.c, record_check.c and record_reader.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_RECORD_SEGMENT_H
#define DURABLE_RECORD_SEGMENT_H

#include "durable/record_log.h"

#define SEGMENT_HEADER_SIZE 32u
#define RECORD_HEADER_SIZE  24u
#define SEGMENT_NAME_SIZE   24u /* 20 digits and ".log" */

/** What a segment knows of the one before it. Size 0: it was the first of its log. */
struct segment_header {
    uint64_t previous_key, previous_size;
};

enum segment_format {
    SEGMENT_WHOLE, /* the header is whole */
    SEGMENT_TORN,  /* it is not */
    SEGMENT_NEWER, /* it is whole, and of a format that this program doesn't know */
};

/** SEGMENT_HEADER_SIZE bytes; `key` is the one in the file's name. */
void segment_header_write(char *out, uint64_t key, const struct segment_header *header);

/** RECORD_HEADER_SIZE bytes for a record that stands at `offset` of segment `segment_key`.
 *  `payload_crc`: its checksum behind 0, where it is known; NULL: it is summed up here. */
void segment_record_write(char *out, uint64_t segment_key, uint64_t offset, uint64_t key,
                          uint32_t kind, uint32_t unsynced, const void *payload, size_t size,
                          const uint32_t *payload_crc);

/** The path of a segment; `out` holds RECORD_SEGMENT_PATH_MAX bytes. False: too long. */
bool segment_path(char *out, const char *folder, uint64_t key, struct dag_error *err);

/** The keys of a folder's segments. Zero it to begin. */
struct segment_list {
    uint64_t *keys; /* owned, ascending */
    size_t count, capacity;
};

/** A missing folder has none. */
bool segment_list_read(struct segment_list *list, struct storage *storage, const char *folder,
                       struct dag_error *err);
void segment_list_deinit(struct segment_list *list);

/** A place in a segment file. Zeroed: closed. */
struct segment_cursor {
    struct storage *storage; /* borrowed */
    struct dag_file *file;   /* owned */
    uint64_t key;            /* of the segment */
    uint64_t offset;         /* of the next record */
    uint64_t file_size;      /* when it was last looked at */
    struct segment_header header;
    enum segment_format format;
    char *bytes; /* owned: what lies from `base` on */
    size_t capacity, filled;
    uint64_t base;
    char path[RECORD_SEGMENT_PATH_MAX];
};

/** Opens and reads the header. False: `err`. */
bool segment_cursor_open(struct segment_cursor *cursor, struct storage *storage, const char *folder,
                         uint64_t key, struct dag_error *err);
void segment_cursor_close(struct segment_cursor *cursor);

/** The record at `offset`, which moves behind it; `*unsynced`: of the bytes before it, how many
 *  were not known to be on the disk when it was written (may be NULL). False: there is no whole one
 *  (`err->code` NONE; the next call looks at the file anew), or `err`. */
bool segment_cursor_next(struct segment_cursor *cursor, struct record *record, uint32_t *unsynced,
                         struct dag_error *err);

/** Is there, anywhere from `from` on, a whole record with a key of at least `key_min` that knew at
 *  least the first `synced_min` bytes of its segment to be on the disk? False: no, or `err`. */
bool segment_cursor_search(struct segment_cursor *cursor, uint64_t from, uint64_t synced_min,
                           uint64_t key_min, struct dag_error *err);

/** A log as verification finds it. */
struct log_scan {
    struct segment_list files;
    struct record_segment *segments; /* owned: the whole part of the log, oldest first; the last one
                                        may be shorter than its file */
    size_t segment_count;
    uint64_t last_file_size; /* of the last segment's file */
    bool has_hole;           /* behind the segments: a tail, or damage */
};

/** Reads all of a log. False: damage (the segments before it are told), or `err`. `report` must not
 *  be NULL. Deinit it in any case. */
bool log_scan(struct log_scan *scan, const struct record_log_options *options,
              struct record_log_report *report, struct dag_error *err);
void log_scan_deinit(struct log_scan *scan);

#endif
