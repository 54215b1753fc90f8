/* record_check.c - verifies a record log: what is whole, what is a torn tail, what is damage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/record_segment.h"

/* Where the whole part ends. */
struct hole {
    size_t file; /* index of the segment's file */
    uint64_t offset;
};

static bool damaged(struct record_log_report *report, const char *path, uint64_t offset,
                    struct dag_error *err)
{
    snprintf(report->bad_segment, sizeof(report->bad_segment), "%s", path);
    report->bad_offset = offset;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "'%s' is damaged at byte %" PRIu64
                         ": what was on the disk there can't be read any more",
                         path, offset);
}

/* A segment's header names its predecessor. Segments are removed from the ends only. */
static bool check_link(const struct log_scan *scan, const struct segment_cursor *cursor,
                       const struct record_log_options *options, struct record_log_report *report,
                       struct dag_error *err)
{
    const struct record_segment *last;
    char path[RECORD_SEGMENT_PATH_MAX];

    if (scan->segment_count == 0)
        return true;
    last = &scan->segments[scan->segment_count - 1];
    if (cursor->header.previous_key == last->first_key &&
        cursor->header.previous_size == last->size)
        return true;
    if (cursor->header.previous_key != last->first_key)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "segment %020" PRIu64 ".log is missing before '%s'",
                             cursor->header.previous_key, cursor->path);
    return segment_path(path, options->folder, last->first_key, err) &&
           damaged(report, path,
                   last->size < cursor->header.previous_size ? last->size
                                                             : cursor->header.previous_size,
                   err);
}

/* Reads the records of one segment. False: damage or `err`. */
static bool scan_records(struct log_scan *scan, struct segment_cursor *cursor,
                         struct record_log_report *report, struct hole *hole, struct dag_error *err)
{
    struct record_segment segment = {.first_key = cursor->key, .size = SEGMENT_HEADER_SIZE};
    struct record record;

    while (segment_cursor_next(cursor, &record, NULL, err)) {
        if (segment.record_count == 0 ? record.key != cursor->key : record.key < segment.last_key)
            break;
        segment.last_key = record.key;
        segment.record_count++;
        segment.size = cursor->offset;
    }
    if (err->code != DAG_ERROR_NONE)
        return false;
    scan->has_hole = segment.size < cursor->file_size || segment.record_count == 0;
    hole->offset = segment.size;
    if (segment.record_count == 0)
        return true;
    if (scan->segment_count == 0)
        report->first_key = segment.first_key;
    report->last_key = segment.last_key;
    report->record_count += segment.record_count;
    scan->segments[scan->segment_count++] = segment;
    scan->last_file_size = cursor->file_size;
    return true;
}

static bool scan_segment(struct log_scan *scan, struct segment_cursor *cursor,
                         const struct record_log_options *options, struct record_log_report *report,
                         struct hole *hole, struct dag_error *err)
{
    if (!segment_cursor_open(cursor, options->storage, options->folder,
                             scan->files.keys[hole->file], err))
        return false;
    if (cursor->format == SEGMENT_NEWER)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "'%s' was written by a newer version of the program: use that one, "
                             "or remove the log",
                             cursor->path);
    scan->has_hole = cursor->format == SEGMENT_TORN;
    hole->offset = 0;
    if (scan->has_hole)
        return true;
    return check_link(scan, cursor, options, report, err) &&
           scan_records(scan, cursor, report, hole, err);
}

/* Does anything behind the hole show that the disk had what stood there? The cursor is on the
 * segment with the hole. False: no, or `err`. */
static bool is_vouched(const struct log_scan *scan, struct segment_cursor *cursor,
                       const struct record_log_options *options, struct record_log_report *report,
                       const struct hole *hole, struct dag_error *err)
{
    uint64_t from = hole->offset < SEGMENT_HEADER_SIZE ? SEGMENT_HEADER_SIZE : hole->offset + 1;

    report->cut_bytes += cursor->file_size - hole->offset;
    if (options->vouched_key > report->last_key ||
        segment_cursor_search(cursor, from, hole->offset + 1, report->last_key, err))
        return true;
    if (err->code != DAG_ERROR_NONE)
        return false;
    /* a segment is begun when the one before it is on the disk */
    for (size_t i = hole->file + 1; i < scan->files.count; i++) {
        if (!segment_cursor_open(cursor, options->storage, options->folder, scan->files.keys[i],
                                 err))
            return false;
        report->cut_bytes += cursor->file_size;
        if (cursor->format != SEGMENT_TORN ||
            segment_cursor_search(cursor, SEGMENT_HEADER_SIZE, 0, report->last_key, err))
            return true;
        if (err->code != DAG_ERROR_NONE)
            return false;
    }
    return false;
}

/* A hole, or an end, is fine as long as nobody vouches for what should follow. */
static bool judge(const struct log_scan *scan, struct segment_cursor *cursor,
                  const struct record_log_options *options, struct record_log_report *report,
                  const struct hole *hole, struct dag_error *err)
{
    char path[RECORD_SEGMENT_PATH_MAX];

    memcpy(path, cursor->path, sizeof(path));
    if (scan->has_hole ? is_vouched(scan, cursor, options, report, hole, err)
                       : options->vouched_key > report->last_key) {
        report->cut_bytes = 0;
        return damaged(report, path, hole->offset, err);
    }
    return err->code == DAG_ERROR_NONE;
}

bool log_scan(struct log_scan *scan, const struct record_log_options *options,
              struct record_log_report *report, struct dag_error *err)
{
    struct segment_cursor *cursor = calloc(1, sizeof(*cursor));
    struct hole hole = {0};
    bool done = false;

    *scan = (struct log_scan){0};
    memset(report, 0, sizeof(*report));
    err->code = DAG_ERROR_NONE;
    if (!cursor)
        return dag_error_set_memory(err, "a log");
    if (!segment_list_read(&scan->files, options->storage, options->folder, err))
        goto out;
    scan->segments = calloc(scan->files.count + 1, sizeof(*scan->segments));
    if (!scan->segments) {
        dag_error_set_memory(err, "a log");
        goto out;
    }
    for (hole.file = 0; hole.file < scan->files.count && !scan->has_hole; hole.file++)
        if (!scan_segment(scan, cursor, options, report, &hole, err))
            goto out;
    hole.file -= hole.file > 0; /* the last that was looked at */
    done = scan->files.count == 0 || judge(scan, cursor, options, report, &hole, err);

out:
    segment_cursor_close(cursor);
    free(cursor);
    return done;
}

void log_scan_deinit(struct log_scan *scan)
{
    segment_list_deinit(&scan->files);
    free(scan->segments);
    *scan = (struct log_scan){0};
}

bool record_log_check(const struct record_log_options *options, struct record_log_report *report,
                      void (*segment)(void *context, const char *path,
                                      const struct record_segment *segment),
                      void *context, struct dag_error *err)
{
    struct record_log_report *own = calloc(1, sizeof(*own));
    char path[RECORD_SEGMENT_PATH_MAX];
    struct log_scan scan;

    if (!own)
        return dag_error_set_memory(err, "a log");

    bool done = log_scan(&scan, options, own, err);

    /* The log may be in use: what was only half written a moment ago is no damage. */
    if (!done && err->code == DAG_ERROR_INVALID) {
        log_scan_deinit(&scan);
        done = log_scan(&scan, options, own, err);
    }
    for (size_t i = 0; segment && i < scan.segment_count; i++) {
        struct dag_error ignored; /* a path that was fine before */
        if (segment_path(path, options->folder, scan.segments[i].first_key, &ignored))
            segment(context, path, &scan.segments[i]);
    }
    if (report)
        memcpy(report, own, sizeof(*report));
    free(own);
    log_scan_deinit(&scan);
    return done;
}
