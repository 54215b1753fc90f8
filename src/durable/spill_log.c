/* spill_log.c - one spill log: its writer, a publisher like any other, and its reader. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/data_folder.h"
#include "durable/spill_internal.h"

#define SEGMENTS_MIN     8 /* of `spill_max_bytes`: whole segments are trimmed */
#define SEGMENT_SIZE_MAX ((uint64_t)64 << 20)
#define UNSYNCED_MAX     ((size_t)16 << 20) /* kept in memory; more is synced without a flush */
#define RETRY_MIN_US     100000
#define RETRY_MAX_US     10000000

/* The state of the writer's instance, made zeroed by the engine. */
struct writer {
    struct spill_log *log; /* borrowed */
};

static struct spill_log *log_of(struct spill *spill)
{
    return (struct spill_log *)spill; /* its first field */
}

/* ---- the cursor ---- */

static bool save_cursor(struct spill_log *log, uint64_t passed, uint64_t synced,
                        struct dag_error *err)
{
    char text[160];
    int size = snprintf(text, sizeof(text),
                        "{\"instance\":\"%s\",\"passed\":%" PRIu64 ",\"synced\":%" PRIu64 "}\n",
                        log->instance, passed, synced);

    return write_file_atomically(log->storage, log->cursor, text, (size_t)size, err);
}

/* All is zero when there is none. */
static bool read_cursor(struct spill_log *log, uint64_t *passed, uint64_t *synced,
                        struct dag_error *err)
{
    struct dag_buffer text = {0};
    bool exists;
    int end = 0;

    *passed = *synced = 0;
    log->instance[0] = '\0';
    bool done = read_file(log->storage, log->cursor, &text, &exists, err);
    if (done && exists) {
        done = dag_buffer_append(&text, "", 1) || dag_error_set_memory(err, "a cursor");
        if (done && (sscanf(text.bytes,
                            "{\"instance\":\"%39[0-9a-f]\",\"passed\":%" SCNu64
                            ",\"synced\":%" SCNu64 "}%n",
                            log->instance, passed, synced, &end) != 3 ||
                     end == 0))
            done = dag_error_set(err, DAG_ERROR_INVALID,
                                 "'%s' is damaged: remove it to send all that the folder holds "
                                 "once more",
                                 log->cursor);
    }
    dag_buffer_free(&text);
    return done;
}

static bool save(struct spill *spill, struct dag_error *err)
{
    struct spill_log *log = log_of(spill);

    if (!atomic_load(&log->is_open))
        return true;
    uint64_t passed = atomic_load(&log->passed_key);
    return save_cursor(log, passed, atomic_load(&log->synced_key), err);
}

/* ---- room (with the lock) ---- */

static uint64_t update_size(struct spill_log *log)
{
    uint64_t size = log->tail.queue.bytes.size;

    if (log->tail.log)
        size += record_log_size(log->tail.log);
    atomic_store(&log->size, size);
    return size;
}

/* What the disk refuses to remove is tried again; the writer meets the same disk. */
static void trim(struct spill_log *log)
{
    struct dag_error ignored = {0};

    if (log->tail.log && !log->tail.is_broken)
        (void)record_log_trim(log->tail.log, atomic_load(&log->passed_key) + 1, &ignored);
}

/* What is larger than the bound may still come alone, and a cycle that has begun goes on. */
static bool has_room(struct spill_log *log)
{
    return log->ends_in_part || atomic_load(&log->passed_key) == log->last_key ||
           update_size(log) < log->size_max;
}

/* False: the reader wakes the writer. */
static bool make_room(struct spill_log *log)
{
    if (has_room(log))
        return true;
    atomic_store(&log->is_full, true);
    trim(log); /* up to what has passed after that store, at least */
    if (!has_room(log))
        return false;
    atomic_store(&log->is_full, false);
    return true;
}

/* ---- opening ---- */

/* What reading the log from its cursor on shows. */
struct found {
    uint64_t row_count;  /* behind the cursor */
    uint64_t last_cycle; /* that is complete */
    uint64_t whole_key;  /* of its record */
    uint64_t known_rows; /* of the rows, up to that record */
};

static bool look(struct spill_log *log, uint64_t passed, uint64_t last_key, struct found *found,
                 struct dag_error *err)
{
    uint64_t from = passed < last_key ? passed + 1 : last_key;
    struct record_reader *reader = record_reader_open(log->storage, log->folder, from, err);
    struct record record;
    uint64_t rows, cycle;
    bool done = reader != NULL;

    *found = (struct found){.whole_key = passed < last_key ? passed : 0};
    while (done && record_reader_next(reader, &record, err)) {
        done = spill_measure(&record, &rows, &cycle, err);
        if (!done)
            break;
        if (record.key > passed)
            found->row_count += rows;
        if (record.kind == SPILL_WHOLE && cycle <= log->known_cycle) {
            found->last_cycle = cycle;
            found->whole_key = record.key;
            found->known_rows = found->row_count;
        }
    }
    done = done && err->code == DAG_ERROR_NONE;
    record_reader_close(reader);
    return done;
}

/* Cycles that may be composed otherwise now, and parts of one. The cursor's file must not vouch for
 * them any more once they go. */
static bool cut(struct spill_log *log, struct found *found, uint64_t *passed, struct dag_error *err)
{
    if (*passed > found->whole_key)
        *passed = found->whole_key;
    if (!save_cursor(log, *passed, found->whole_key, err) ||
        !record_log_cut(log->tail.log, found->whole_key, err))
        return false;
    log->tail.safe_key = record_log_synced_key(log->tail.log);
    found->row_count = found->known_rows;
    return true;
}

static bool know_instance(struct spill_log *log, const char *instance, uint64_t last_key,
                          uint64_t passed, uint64_t synced, struct dag_error *err)
{
    if (strcmp(log->instance, instance) == 0)
        return true;
    if (log->instance[0] && last_key > passed)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s' holds what another life of the DAG has not sent: remove it to "
                             "begin anew",
                             log->folder);
    snprintf(log->instance, sizeof(log->instance), "%s", instance);
    return save_cursor(log, passed, synced, err);
}

static bool open_log(struct spill_log *log, const char *instance, bool is_exactly_once,
                     struct dag_error *err)
{
    struct record_log_options options = {
        .storage = log->storage, .folder = log->folder, .segment_size = log->segment_size};
    struct record_log_report report = {0};
    struct found found;
    uint64_t passed, synced;

    if (!read_cursor(log, &passed, &synced, err))
        return false;
    options.vouched_key = synced;
    if (!record_tail_open(&log->tail, &options, &report, err))
        return !report.bad_segment[0]
                   ? false
                   : dag_error_add_context(err,
                                           "put a good copy back, or remove '%s' to go on without "
                                           "what it holds",
                                           log->folder);
    if (passed > report.last_key)
        passed = report.last_key;
    if (!know_instance(log, instance, report.last_key, passed, report.last_key, err) ||
        !look(log, passed, report.last_key, &found, err))
        return false;
    if (is_exactly_once && found.whole_key < report.last_key && !cut(log, &found, &passed, err))
        return false;
    log->last_key = record_log_synced_key(log->tail.log);
    log->last_cycle = found.last_cycle;
    log->ends_in_part = false;
    atomic_store(&log->passed_key, passed);
    atomic_store(&log->row_count, found.row_count);
    atomic_store(&log->synced_key, log->last_key);
    atomic_store(&log->is_full, false);
    atomic_store(&log->is_anew, true);
    update_size(log);
    return true;
}

/* ---- the writer ---- */

static void wake_reader(struct spill_log *log)
{
    if (log->spill.wake)
        log->spill.wake(log->spill.context);
}

static void writer_stop(void *state)
{
    struct spill_log *log = ((struct writer *)state)->log;

    if (!log)
        return;
    pthread_mutex_lock(&log->lock);
    record_tail_close(&log->tail);
    pthread_mutex_unlock(&log->lock);
}

static bool writer_open(void *state, const struct dag_address *address, struct dag_host *host,
                        struct dag_error *err)
{
    const char *place = (const char *)address - offsetof(struct plan_publisher, address) -
                        offsetof(struct spill_log, writer);
    struct writer *writer = state;

    /* the log itself isn't const, only the way that its address came */
    memcpy(&writer->log, &(const void *){place}, sizeof(writer->log));
    *err = (struct dag_error){0};
    struct spill_log *log = writer->log;
    pthread_mutex_lock(&log->lock);
    log->host = host;
    bool done = open_log(log, host->instance, host->is_exactly_once, err);
    pthread_mutex_unlock(&log->lock);
    if (!done)
        return dag_error_add_context(err, "spill log");
    atomic_store(&log->is_open, true);
    wake_reader(log);
    return true;
}

/* With the lock. */
static bool sync_log(struct spill_log *log, struct dag_error *err)
{
    bool was_broken = log->tail.is_broken || !log->tail.log;
    bool done = record_tail_sync(&log->tail, err);

    if (was_broken)
        atomic_store(&log->is_anew, true);
    update_size(log);
    if (!done)
        return dag_error_add_context(err, "spill log");
    if (atomic_exchange(&log->synced_key, log->last_key) != log->last_key)
        wake_reader(log);
    return true;
}

/* With the lock. Returns how many rows; 0: `err`. */
static size_t add_record(struct spill_log *log, const struct dag_delivery *delivery, size_t first,
                         struct dag_error *err)
{
    struct record_queue *queue = &log->tail.queue;
    size_t offset = queue->bytes.size;
    enum spill_kind kind = SPILL_WHOLE;
    size_t count = spill_encode(&queue->bytes, delivery, first, &kind);
    uint64_t key = count > 0 ? delivery->cycles[first + count - 1] : 0;

    if (key <= log->last_key)
        key = log->last_key + 1;
    if (count == 0 || !record_queue_seal(queue, key, kind, offset)) {
        dag_error_set_memory(err, "a spill log");
        err->retryable = true;
        return 0;
    }
    log->last_key = key;
    log->ends_in_part = kind == SPILL_PART;
    atomic_fetch_add(&log->row_count, count);
    return count;
}

static enum dag_write_status writer_write(void *state, const struct dag_delivery *delivery,
                                          size_t *written, struct dag_error *err)
{
    struct spill_log *log = ((struct writer *)state)->log;
    enum dag_write_status status = DAG_WRITE_DONE;

    pthread_mutex_lock(&log->lock);
    for (*written = 0; *written < delivery->count && status == DAG_WRITE_DONE;) {
        if (log->tail.queue.bytes.size >= UNSYNCED_MAX && !sync_log(log, err)) {
            status = DAG_WRITE_FAILED;
        } else if (!make_room(log)) {
            /* what isn't synced can't be read, and so never makes room */
            status = sync_log(log, err) ? DAG_WRITE_WAIT : DAG_WRITE_FAILED;
        } else {
            size_t count = add_record(log, delivery, *written, err);
            status = count > 0 ? DAG_WRITE_DONE : DAG_WRITE_FAILED;
            *written += count;
        }
    }
    pthread_mutex_unlock(&log->lock);
    return status;
}

static enum dag_write_status writer_flush(void *state, struct dag_error *err)
{
    struct spill_log *log = ((struct writer *)state)->log;

    pthread_mutex_lock(&log->lock);
    bool done = sync_log(log, err);
    pthread_mutex_unlock(&log->lock);
    return done ? DAG_WRITE_DONE : DAG_WRITE_FAILED;
}

static bool writer_progress(void *state, const char *instance, uint64_t *cycle,
                            struct dag_error *err)
{
    (void)instance; /* opening has looked at it */
    (void)err;
    *cycle = ((struct writer *)state)->log->last_cycle;
    return true;
}

static void writer_describe(void *state, char *text, size_t size)
{
    struct spill_log *log = ((struct writer *)state)->log;

    if (!log || atomic_load(&log->row_count) == 0)
        return;
    snprintf(text, size, "%" PRIu64 " rows wait on disk, %" PRIu64 " of %" PRIu64 " bytes%s",
             atomic_load(&log->row_count), atomic_load(&log->size), log->size_max,
             atomic_load(&log->is_full) ? ": the log is full, the DAG waits" : "");
}

static const struct dag_option writer_options[] = {{0}};

static const struct dag_publisher writer_type = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_PROGRESS | DAG_CONNECTOR_BLOCKS, /* it syncs beside the workers */
    .scheme = "spill",
    .name = "SpillLog",
    .summary = "Keeps on disk what a publisher has not sent yet.",
    .address_help = "made by the engine",
    .options = writer_options,
    .state_size = sizeof(struct writer),
    .open = writer_open,
    .write = writer_write,
    .flush = writer_flush,
    .progress = writer_progress,
    .stop = writer_stop,
    .describe = writer_describe,
};

/* ---- the reader ---- */

static void rewind_log(struct spill *spill)
{
    struct spill_log *log = log_of(spill);

    atomic_store(&log->is_open, false); /* the writer opens it */
    record_reader_close(log->reader);
    log->reader = NULL;
    log->read_key = 0;
}

/* False: `err`, or the record isn't there. */
static bool read_record(struct spill_log *log, struct record *record, struct dag_error *err)
{
    if (!log->reader)
        log->reader = record_reader_open(log->storage, log->folder, log->read_key + 1, err);
    if (!log->reader)
        return false;
    if (record_reader_next(log->reader, record, err))
        return true;
    record_reader_close(log->reader);
    log->reader = NULL;
    return false;
}

static bool next(struct spill *spill, struct spill_rows *rows, struct dag_error *err)
{
    struct spill_log *log = log_of(spill);
    struct record record;

    *err = (struct dag_error){0};
    if (!atomic_load(&log->is_open))
        return false;
    if (log->read_key < atomic_load(&log->passed_key))
        log->read_key = atomic_load(&log->passed_key);
    if (log->read_key >= atomic_load(&log->synced_key))
        return false;
    if (atomic_exchange(&log->is_anew, false)) {
        record_reader_close(log->reader);
        log->reader = NULL;
    }
    if (!log->parser && !(log->parser = dag_json_parser_new(RECORD_SIZE_MAX)))
        return dag_error_set_memory(err, "a parser");
    if (!read_record(log, &record, err) &&
        (err->code != DAG_ERROR_NONE || !read_record(log, &record, err)))
        return err->code != DAG_ERROR_NONE
                   ? false
                   : dag_error_set(err, DAG_ERROR_INVALID,
                                   "the spill log '%s' has lost what was synced behind key "
                                   "%" PRIu64,
                                   log->folder, log->read_key);
    if (!spill_decode(&record, log->parser, rows, err))
        return dag_error_add_context(err, "'%s' at %" PRIu64, record_reader_segment(log->reader),
                                     record_reader_offset(log->reader));
    rows->key = record.kind == SPILL_WHOLE ? record.key : 0;
    log->read_key = record.key;
    return true;
}

static void passed(struct spill *spill, uint64_t key, uint64_t row_count)
{
    struct spill_log *log = log_of(spill);

    atomic_store(&log->passed_key, key);
    atomic_fetch_sub(&log->row_count, row_count);
    if (pthread_mutex_trylock(&log->lock) == 0) {
        trim(log);
        update_size(log);
        if (atomic_exchange(&log->is_full, false) && log->host)
            dag_wake(log->host);
        pthread_mutex_unlock(&log->lock);
    } else if (atomic_exchange(&log->is_full, false)) {
        dag_wake(log->host); /* it is in a call, and trims in the next */
    }
}

static void depth(struct spill *spill, uint64_t *row_count, uint64_t *size)
{
    struct spill_log *log = log_of(spill);

    *row_count = atomic_load(&log->row_count);
    *size = atomic_load(&log->size);
}

static const struct spill_ops log_ops = {
    .rewind = rewind_log,
    .next = next,
    .passed = passed,
    .save = save,
    .depth = depth,
};

/* ---- making ---- */

bool spill_log_init(struct spill_log *log, struct storage *storage, const char *folder,
                    const struct plan_publisher *of, struct dag_error *err)
{
    uint64_t segment_size = (uint64_t)of->spill_bytes_max / SEGMENTS_MIN;

    pthread_mutex_init(&log->lock, NULL);
    log->storage = storage;
    log->publisher = of;
    log->size_max = (uint64_t)of->spill_bytes_max;
    log->segment_size = segment_size < SEGMENT_SIZE_MAX ? segment_size : SEGMENT_SIZE_MAX;
    log->known_cycle = UINT64_MAX;
    log->folder = strdup(folder);
    log->cursor = path_join(folder, "cursor", err);
    log->writer = (struct plan_publisher){
        .name = of->name,
        .type = &writer_type,
        .address = {.uri = "spill://", .scheme = "spill", .rest = log->folder},
        .retry_min_us = RETRY_MIN_US,
        .retry_max_us = RETRY_MAX_US,
    };
    log->spill = (struct spill){.ops = &log_ops, .writer = &log->writer};
    return log->folder && log->cursor ? true : dag_error_set_memory(err, "a spill log");
}

void spill_log_deinit(struct spill_log *log)
{
    if (!log->spill.ops)
        return;
    record_reader_close(log->reader);
    dag_json_parser_free(log->parser);
    record_tail_close(&log->tail);
    free(log->folder);
    free(log->cursor);
    pthread_mutex_destroy(&log->lock);
}
