/* record_log.c - appends to a record log, and removes from its ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/record_segment.h"
#include "durable/record_writer.h"

#define SEGMENT_SIZE_DEFAULT (64u << 20)
#define UNSYNCED_MAX         (1u << 30) /* the distance in a record is 32 bits */

struct record_log {
    struct storage *storage; /* borrowed */
    char *folder;            /* owned */
    uint64_t segment_size;

    struct record_segment *segments; /* owned; the last one is written to while `is_begun` */
    size_t segment_count, segment_capacity;
    bool is_begun; /* false: the next record begins a segment */

    struct record_writer writer; /* of the last segment; its file is owned */
    uint64_t synced_size;        /* of the last segment */
    bool folder_unsynced;

    uint64_t last_key, synced_key;
    bool is_broken;
    struct dag_error reason; /* why it is broken */
};

/* There is one. */
static struct record_segment *newest(const struct record_log *log)
{
    assert(log->segment_count > 0);
    return log->segments + log->segment_count - 1;
}

/* What the disk holds is unknown from here on. */
static bool break_log(struct record_log *log, struct dag_error *err)
{
    log->is_broken = true;
    log->reason = *err;
    log->reason.retryable = false;
    err->retryable = false;
    return false;
}

static bool is_usable(const struct record_log *log, struct dag_error *err)
{
    if (!log->is_broken)
        return true;
    *err = log->reason;
    return dag_error_add_context(err, "the log '%s' has to be opened anew, as syncing it failed",
                                 log->folder);
}

static void close_file(struct record_log *log)
{
    if (log->writer.file)
        log->storage->close(log->writer.file);
    log->writer.file = NULL;
}

/* ---- the folder ---- */

/* The folder's own entry, too, while it may be new. */
static bool sync_folder(struct record_log *log, struct dag_error *err)
{
    char copy[RECORD_SEGMENT_PATH_MAX];

    if (!log->folder_unsynced)
        return true;
    if (!log->storage->sync_folder(log->storage, log->folder, err))
        return false;
    strncpy(copy, log->folder, sizeof(copy) - 1);
    copy[sizeof(copy) - 1] = '\0';
    if (log->segment_count <= 1 && !log->storage->sync_folder(log->storage, dirname(copy), err))
        return false;
    log->folder_unsynced = false;
    return true;
}

/* Removals reach the disk one by one, in their order: a crash leaves no gap between segments. */
static bool remove_segment(struct record_log *log, uint64_t key, struct dag_error *err)
{
    char path[RECORD_SEGMENT_PATH_MAX];

    if (!segment_path(path, log->folder, key, err) ||
        !log->storage->remove(log->storage, path, err))
        return false;
    log->folder_unsynced = true;
    return true;
}

/* ---- writing ---- */

static bool open_file(struct record_log *log, uint64_t key, bool is_new, struct dag_error *err)
{
    uint32_t flags = DAG_OPEN_READ | DAG_OPEN_WRITE | DAG_OPEN_APPEND;
    char path[RECORD_SEGMENT_PATH_MAX];

    if (is_new)
        flags |= DAG_OPEN_CREATE | DAG_OPEN_TRUNCATE;
    if (!segment_path(path, log->folder, key, err))
        return false;
    log->writer.file = log->storage->open(log->storage, path, flags, err);
    if (!log->writer.file)
        return false;
    log->folder_unsynced = log->folder_unsynced || is_new;
    return true;
}

/* The newest segment's, which is only made when there is something to write. */
static bool ensure_file(struct record_log *log, struct dag_error *err)
{
    return log->writer.file ||
           open_file(log, newest(log)->first_key, log->writer.pushed_size == 0, err);
}

bool record_log_push(struct record_log *log, struct dag_error *err)
{
    if (!is_usable(log, err))
        return false;
    return log->writer.size == 0 ||
           (ensure_file(log, err) && record_writer_push(&log->writer, err));
}

bool record_log_sync(struct record_log *log, struct dag_error *err)
{
    if (!record_log_push(log, err))
        return false;
    if (log->writer.file && log->synced_size < log->writer.pushed_size) {
        if (!log->storage->sync(log->writer.file, err)) {
            /* The cache may show bytes that the disk will never get: nobody may build on them. */
            struct dag_error ignored;
            (void)log->storage->truncate(log->writer.file, log->synced_size, &ignored);
            return break_log(log, err);
        }
        log->synced_size = log->writer.pushed_size;
    }
    if (!sync_folder(log, err))
        return break_log(log, err);
    log->synced_key = log->last_key;
    return true;
}

/* The old segment is on the disk before there is a new one. Equal keys stay together, as a
 * segment's name is its first key. */
static bool leave_full_segment(struct record_log *log, uint64_t key, struct dag_error *err)
{
    if (!log->is_begun)
        return true;

    const struct record_segment *last = newest(log);

    if (last->size - log->synced_size > UNSYNCED_MAX && !record_log_sync(log, err))
        return false;
    if (last->size < log->segment_size || key == last->first_key)
        return true;
    if (!record_log_sync(log, err))
        return false;
    close_file(log);
    log->is_begun = false;
    return true;
}

static bool begin_segment(struct record_log *log, uint64_t key, struct dag_error *err)
{
    struct segment_header header = {0};
    char bytes[SEGMENT_HEADER_SIZE];

    if (log->segment_count > 0)
        header = (struct segment_header){newest(log)->first_key, newest(log)->size};
    if (log->segment_count == log->segment_capacity) {
        size_t capacity = log->segment_capacity ? log->segment_capacity * 2 : 8;
        struct record_segment *segments = realloc(log->segments, capacity * sizeof(*segments));
        if (!segments)
            return dag_error_set_memory(err, "a segment");
        log->segments = segments;
        log->segment_capacity = capacity;
    }
    segment_header_write(bytes, key, &header);
    record_writer_begin(&log->writer, 0);
    if (!record_writer_add(&log->writer, bytes, sizeof(bytes), err))
        return false;
    log->segments[log->segment_count++] =
        (struct record_segment){.first_key = key, .last_key = key, .size = SEGMENT_HEADER_SIZE};
    log->synced_size = 0;
    log->is_begun = true;
    return true;
}

bool record_log_append(struct record_log *log, uint64_t key, uint32_t kind, const void *payload,
                       size_t size, struct dag_error *err)
{
    return record_log_append_summed(log, key, kind, payload, size, NULL, err);
}

/* A record at the end of the newest segment. */
static bool write_record(struct record_log *log, const char *header, const void *payload,
                         size_t size, struct dag_error *err)
{
    struct record_writer *writer = &log->writer;
    uint64_t end = record_writer_end(writer);

    if (record_writer_is_due(writer, RECORD_HEADER_SIZE + size) && !ensure_file(log, err))
        return false;
    if (record_writer_add(writer, header, RECORD_HEADER_SIZE, err) &&
        record_writer_add(writer, payload, size, err))
        return true;
    record_writer_undo(writer, end);
    return false;
}

bool record_log_append_summed(struct record_log *log, uint64_t key, uint32_t kind,
                              const void *payload, size_t size, const uint32_t *payload_crc,
                              struct dag_error *err)
{
    char header[RECORD_HEADER_SIZE];

    assert(kind > 0 && kind <= RECORD_KIND_MAX);
    if (!is_usable(log, err))
        return false;
    if (size > RECORD_SIZE_MAX)
        return dag_error_set(err, DAG_ERROR_LIMIT, "a record of %zu bytes is longer than %u", size,
                             RECORD_SIZE_MAX);
    if (key < log->last_key)
        return dag_error_set(err, DAG_ERROR_INVALID, "the keys of a log must ascend");
    if (!leave_full_segment(log, key, err) || (!log->is_begun && !begin_segment(log, key, err)))
        return false;

    struct record_segment *segment = newest(log);
    uint64_t unsynced = segment->size - log->synced_size;

    segment_record_write(header, segment->first_key, segment->size, key, kind, (uint32_t)unsynced,
                         payload, size, payload_crc);
    if (!write_record(log, header, payload, size, err))
        return false;
    segment->size += RECORD_HEADER_SIZE + size;
    segment->last_key = log->last_key = key;
    segment->record_count++;
    return true;
}

/* ---- removing ---- */

bool record_log_trim(struct record_log *log, uint64_t key, struct dag_error *err)
{
    if (!is_usable(log, err))
        return false;
    while (log->segment_count > 1 && log->segments[0].last_key < key) {
        /* those removed before, which may only be missing in the folder's cache */
        if (!sync_folder(log, err) || !remove_segment(log, log->segments[0].first_key, err))
            return false;
        log->segment_count--;
        memmove(log->segments, log->segments + 1, log->segment_count * sizeof(*log->segments));
        if (!sync_folder(log, err))
            return false;
    }
    return true;
}

/* The newest segment's file for appending: `segment->size` bytes of it are good, and on the disk
 * when this returns. */
static bool reopen_newest(struct record_log *log, bool is_longer, struct dag_error *err)
{
    const struct record_segment *last = newest(log);

    if (!log->writer.file && !open_file(log, last->first_key, false, err))
        return false;
    if (is_longer && !log->storage->truncate(log->writer.file, last->size, err))
        return false;
    log->is_begun = true;
    record_writer_begin(&log->writer, last->size);
    if (!log->storage->sync(log->writer.file, err))
        return break_log(log, err);
    log->synced_size = last->size;
    return true;
}

/* The newest segment up to the last record with a key of at most `key`. */
static bool shorten_newest(struct record_log *log, uint64_t key, struct dag_error *err)
{
    struct segment_cursor *cursor = calloc(1, sizeof(*cursor));
    struct record_segment *last = newest(log);
    struct record_segment left = {.first_key = last->first_key, .size = SEGMENT_HEADER_SIZE};
    struct record record;
    bool done = cursor != NULL;

    err->code = DAG_ERROR_NONE;
    if (!done)
        dag_error_set_memory(err, "a log");
    done = done && segment_cursor_open(cursor, log->storage, log->folder, last->first_key, err);
    while (done && segment_cursor_next(cursor, &record, NULL, err) && record.key <= key) {
        left.last_key = record.key;
        left.record_count++;
        left.size = cursor->offset;
    }
    done = done && err->code == DAG_ERROR_NONE;
    if (cursor)
        segment_cursor_close(cursor);
    free(cursor);
    if (!done)
        return false;
    *last = left;
    return reopen_newest(log, true, err);
}

bool record_log_cut(struct record_log *log, uint64_t key, struct dag_error *err)
{
    if (!record_log_push(log, err) || !sync_folder(log, err))
        return false;
    while (log->segment_count > 0 && newest(log)->first_key > key) {
        close_file(log);
        log->is_begun = false;
        if (!remove_segment(log, newest(log)->first_key, err))
            return false;
        log->segment_count--;
        log->last_key = log->segment_count > 0 ? newest(log)->last_key : 0;
        if (!sync_folder(log, err))
            return break_log(log, err);
    }
    if (log->segment_count > 0 && !(newest(log)->last_key > key ? shorten_newest(log, key, err)
                                                                : reopen_newest(log, false, err)))
        return false;
    log->last_key = log->segment_count > 0 ? newest(log)->last_key : 0;
    log->synced_key = log->last_key;
    return true;
}

/* ---- opening ---- */

/* Removes the tail behind the whole part, newest first, and makes the rest durable. */
static bool cut_tail(struct record_log *log, struct log_scan *scan, struct dag_error *err)
{
    log->segments = scan->segments;
    log->segment_count = scan->segment_count;
    log->segment_capacity = scan->files.count + 1;
    scan->segments = NULL;
    /* what the folder shows may not be on the disk; removals come after it */
    log->folder_unsynced = scan->files.count > 0;
    if (!sync_folder(log, err))
        return false;
    for (size_t i = scan->files.count; i > log->segment_count; i--)
        if (!remove_segment(log, scan->files.keys[i - 1], err) || !sync_folder(log, err))
            return false;
    return log->segment_count == 0 ||
           reopen_newest(log, scan->last_file_size > newest(log)->size, err);
}

/* What an earlier life wrote may be in the cache only, and a sync of it may have failed: what is
 * verified is what the disk holds. Older segments were synced when they were left. */
static bool settle_newest(const struct record_log_options *options, struct dag_error *err)
{
    struct storage *storage = options->storage;
    struct segment_list list = {0};
    char path[RECORD_SEGMENT_PATH_MAX];
    bool done = segment_list_read(&list, storage, options->folder, err);

    if (done && list.count > 0) {
        struct dag_file *file = NULL;
        if (segment_path(path, options->folder, list.keys[list.count - 1], err))
            file = storage->open(storage, path, DAG_OPEN_READ | DAG_OPEN_APPEND, err);
        done = file && (storage->settle ? storage->settle : storage->sync)(file, err);
        if (file)
            storage->close(file);
    }
    segment_list_deinit(&list);
    return done;
}

static void log_free(struct record_log *log)
{
    close_file(log);
    record_writer_deinit(&log->writer);
    free(log->segments);
    free(log->folder);
    free(log);
}

struct record_log *record_log_open(const struct record_log_options *options,
                                   struct record_log_report *report, struct dag_error *err)
{
    struct record_log *log = calloc(1, sizeof(*log));
    struct record_log_report *own = calloc(1, sizeof(*own));
    struct log_scan scan = {0};
    bool done = false;

    if (log)
        log->folder = strdup(options->folder);
    if (log && log->folder && own) {
        log->storage = log->writer.storage = options->storage;
        log->writer.bypasses_cache = options->bypasses_cache;
        log->segment_size = options->segment_size ? options->segment_size : SEGMENT_SIZE_DEFAULT;
        done = settle_newest(options, err) && log_scan(&scan, options, own, err) &&
               cut_tail(log, &scan, err);
        log->last_key = log->synced_key = own->last_key;
        if (report)
            memcpy(report, own, sizeof(*report));
    } else {
        dag_error_set_memory(err, "a log");
    }
    log_scan_deinit(&scan);
    free(own);
    if (done)
        return log;
    if (log && log->is_broken)
        err->retryable = true; /* opening anew is what helps */
    if (log)
        log_free(log);
    return NULL;
}

void record_log_close(struct record_log *log)
{
    struct dag_error err;

    if (!log)
        return;
    if (!log->is_broken)
        (void)record_log_push(log, &err); /* what isn't synced may be lost */
    log_free(log);
}

bool record_log_quarantine(struct storage *storage, const char *segment, struct dag_error *err)
{
    char to[RECORD_SEGMENT_PATH_MAX + sizeof(".damaged")];

    if (strlen(segment) >= RECORD_SEGMENT_PATH_MAX)
        return dag_error_set(err, DAG_ERROR_INVALID, "the path of a segment is too long");
    snprintf(to, sizeof(to), "%s.damaged", segment);
    return storage->rename(storage, segment, to, err);
}

uint64_t record_log_synced_key(const struct record_log *log)
{
    return log->synced_key;
}

uint64_t record_log_size(const struct record_log *log)
{
    uint64_t size = 0;

    for (size_t i = 0; i < log->segment_count; i++)
        size += log->segments[i].size;
    return size;
}

size_t record_log_segments(const struct record_log *log, const struct record_segment **segments)
{
    *segments = log->segments;
    return log->segment_count;
}
