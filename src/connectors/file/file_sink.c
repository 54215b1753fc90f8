/* file_sink.c - the file publisher: appends a line for each message to file://PATH or file://-. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "connectors/file/standard.h"
#include "connectors/registry.h"

#define ADDRESS_HELP "file:///ABSOLUTE/PATH, file://RELATIVE/PATH or file://- (standard output)"
#define BLOCK_SIZE   ((size_t)256 << 10)
#define BLOCK_ROWS   64    /* serialised between two looks at the block's size */
#define NAMES_MAX    10000 /* rotated files of one second */

enum sync_policy { SYNC_NEVER, SYNC_FLUSH, SYNC_ALWAYS };

struct file_sink {
    int64_t rotate_size;        /* option; 0: never */
    int64_t rotate_interval_us; /* option; 0: never */
    int64_t fsync;              /* option: enum sync_policy */

    struct dag_host *host;
    const char *path;            /* borrowed from the address */
    struct dag_file *file;       /* owned; NULL: to be opened again */
    struct dag_file_info opened; /* as it was then */
    int64_t opened_us;           /* of the monotonic clock */
    bool is_dirty;               /* written since the last sync */

    /* Lines that count as taken; the first `sent` bytes are out. A write that fails is continued
     * there, so that no line is written twice or torn. */
    struct dag_buffer pending;
    size_t sent;
    bool is_unsure;       /* a write failed: `size_before` tells what of it went out */
    uint64_t size_before; /* of the file */

    struct standard_user standard; /* for file://- */
};

static const struct dag_option file_sink_options[] = {
    {
        .name = "rotate_size",
        .type = DAG_OPTION_SIZE,
        .offset = offsetof(struct file_sink, rotate_size),
        .min = 0,
        .max = INT64_MAX,
        .default_json = "0",
        .unit = "bytes",
        .help = "Renames the file before it grows beyond this; 0: never.",
    },
    {
        .name = "rotate_interval",
        .type = DAG_OPTION_SECONDS,
        .offset = offsetof(struct file_sink, rotate_interval_us),
        .min = 0,
        .max = INT64_C(366) * 86400 * 1000000,
        .default_json = "0",
        .unit = "seconds",
        .help = "Renames the file when a message comes this long after it was begun; 0: never.",
    },
    {
        .name = "fsync",
        .type = DAG_OPTION_CHOICE,
        .offset = offsetof(struct file_sink, fsync),
        .default_json = "\"never\"",
        .choices = "never flush always",
        .help = "When the disk has to hold what was written: never, when the engine wants it safe, "
                "or after each write.",
    },
    {0},
};

static bool is_standard_output(const struct file_sink *sink)
{
    return strcmp(sink->path, "-") == 0;
}

static bool file_sink_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    (void)state;
    if (address->rest[0] == '\0' || address->rest[strlen(address->rest) - 1] == '/')
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' should be " ADDRESS_HELP, address->uri);
    return true;
}

/* ---- the file --------------------------------------------------------------------------- */

/* A line that a crash tore must not swallow the next one. */
static bool end_torn_line(struct file_sink *sink, struct dag_error *err)
{
    char last;
    int64_t got;

    if (sink->opened.size == 0)
        return true;
    got = dag_file_read(sink->host, sink->file, sink->opened.size - 1, &last, 1, err);
    if (got < 0)
        return false;
    if (got == 0 || last == '\n')
        return true;
    dag_log(sink->host, DAG_LOG_WARNING, "'%s' ends within a line: a line feed is added",
            sink->path);
    return dag_file_write(sink->host, sink->file, "\n", 1, err);
}

static void close_file(struct file_sink *sink)
{
    dag_file_close(sink->host, sink->file);
    sink->file = NULL;
}

static bool open_file(struct file_sink *sink, struct dag_error *err)
{
    if (sink->file)
        return true;
    sink->file =
        dag_file_open(sink->host, sink->path,
                      DAG_OPEN_READ | DAG_OPEN_WRITE | DAG_OPEN_APPEND | DAG_OPEN_CREATE, err);
    if (!sink->file)
        return false;
    if (!dag_file_info(sink->host, sink->file, &sink->opened, err)) {
        close_file(sink);
        return false;
    }
    sink->opened_us = dag_monotonic_us(sink->host);
    if (sink->opened.is_regular && !end_torn_line(sink, err)) {
        close_file(sink);
        return false;
    }
    return true;
}

static bool sync_file(struct file_sink *sink, struct dag_error *err)
{
    if (!sink->is_dirty)
        return true;
    if (is_standard_output(sink) ? !standard_sync(err)
                                 : !dag_file_sync(sink->host, sink->file, err))
        return false;
    sink->is_dirty = false;
    return true;
}

/* How much of a write that failed went out: the file tells. */
static bool be_sure(struct file_sink *sink, struct dag_error *err)
{
    struct dag_file_info info;

    if (!sink->is_unsure)
        return true;
    if (!dag_file_info(sink->host, sink->file, &info, err))
        return false;
    if (info.size > sink->size_before) {
        uint64_t grown = info.size - sink->size_before;
        size_t left = sink->pending.size - sink->sent;
        sink->sent += grown < left ? (size_t)grown : left;
        sink->is_dirty = true;
    }
    sink->is_unsure = false;
    return true;
}

/* Writes the pending bytes up to `end`, which lies behind a line. */
static enum dag_write_status push_file(struct file_sink *sink, size_t end, struct dag_error *err)
{
    struct dag_file_info info;

    if (!open_file(sink, err) || !be_sure(sink, err))
        return DAG_WRITE_FAILED;
    if (sink->sent >= end)
        return DAG_WRITE_DONE;
    if (!dag_file_info(sink->host, sink->file, &info, err))
        return DAG_WRITE_FAILED;
    sink->size_before = info.size;
    if (!dag_file_write(sink->host, sink->file, sink->pending.bytes + sink->sent, end - sink->sent,
                        err)) {
        struct dag_error later;
        sink->is_unsure = true;
        (void)be_sure(sink, &later);
        return DAG_WRITE_FAILED;
    }
    sink->sent = end;
    sink->is_dirty = true;
    return DAG_WRITE_DONE;
}

static enum dag_write_status push_standard(struct file_sink *sink, size_t end,
                                           struct dag_error *err)
{
    size_t sent_before = sink->sent;
    enum standard_status status =
        standard_write(&sink->standard, sink->pending.bytes, end, &sink->sent, err);

    sink->is_dirty |= sink->sent > sent_before;
    if (status == STANDARD_FAILED)
        return DAG_WRITE_FAILED;
    return status == STANDARD_WAIT ? DAG_WRITE_WAIT : DAG_WRITE_DONE;
}

/* Sends what is pending up to `end`; the buffer is empty again when that was all. */
static enum dag_write_status push(struct file_sink *sink, size_t end, struct dag_error *err)
{
    enum dag_write_status status = DAG_WRITE_DONE;

    if (sink->sent < end)
        status =
            is_standard_output(sink) ? push_standard(sink, end, err) : push_file(sink, end, err);
    if (sink->sent == sink->pending.size)
        sink->sent = sink->pending.size = 0;
    return status;
}

/* ---- rotation --------------------------------------------------------------------------- */

/* A free name PATH.YYYYMMDD-HHMMSS[-N], in local time. NULL on failure. The caller frees it. */
static char *rotated_name(struct file_sink *sink, struct dag_error *err)
{
    time_t seconds = (time_t)(dag_clock_us(sink->host) / 1000000);
    struct tm local = {0};
    size_t size = strlen(sink->path) + 48;
    char *name = malloc(size);
    char stamp[32];

    if (!name) {
        dag_error_set_memory(err, "a file name");
        return NULL;
    }
    localtime_r(&seconds, &local);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &local);
    for (int i = 0; i < NAMES_MAX; i++) {
        struct dag_file_info info;
        if (i == 0)
            snprintf(name, size, "%s.%s", sink->path, stamp);
        else
            snprintf(name, size, "%s.%s-%d", sink->path, stamp, i);
        if (!dag_path_info(sink->host, name, &info, err))
            break;
        if (!info.exists)
            return name;
        if (i == NAMES_MAX - 1)
            dag_error_set(err, DAG_ERROR_LIMIT, "'%s' and %d more names are taken", name, i);
    }
    free(name);
    return NULL;
}

static bool rotate(struct file_sink *sink, struct dag_error *err)
{
    char *name;
    bool is_renamed;

    if (sink->fsync != SYNC_NEVER && !sync_file(sink, err))
        return false;
    name = rotated_name(sink, err);
    if (!name)
        return false;
    is_renamed = dag_path_rename(sink->host, sink->path, name, err);
    free(name);
    if (!is_renamed)
        return false;
    close_file(sink);
    sink->is_dirty = false;
    return open_file(sink, err);
}

/* Somebody else may have renamed or removed the file: then a new one is begun. */
static bool keep_to_path(struct file_sink *sink, struct dag_error *err)
{
    struct dag_file_info info;

    if (!sink->file)
        return open_file(sink, err);
    if (!dag_path_info(sink->host, sink->path, &info, err))
        return false;
    if (info.exists && info.device == sink->opened.device && info.inode == sink->opened.inode)
        return true;
    if (sink->fsync != SYNC_NEVER && !sync_file(sink, err))
        return false;
    close_file(sink);
    sink->is_dirty = false;
    return open_file(sink, err);
}

static bool file_size(struct file_sink *sink, uint64_t *size, struct dag_error *err)
{
    struct dag_file_info info;

    if (!dag_file_info(sink->host, sink->file, &info, err))
        return false;
    *size = info.size;
    return true;
}

static bool rotate_by_age(struct file_sink *sink, struct dag_error *err)
{
    uint64_t size;

    if (sink->rotate_interval_us == 0 ||
        dag_monotonic_us(sink->host) - sink->opened_us < sink->rotate_interval_us)
        return true;
    if (!file_size(sink, &size, err))
        return false;
    if (size > 0)
        return rotate(sink, err);
    sink->opened_us = dag_monotonic_us(sink->host);
    return true;
}

/* ---- writing ---------------------------------------------------------------------------- */

/* Serialises rows until the block is full. `*taken`: how many. */
static bool fill_block(struct file_sink *sink, const struct dag_row *rows, size_t count,
                       size_t *taken, struct dag_error *err)
{
    *taken = 0;
    while (*taken < count && sink->pending.size < BLOCK_SIZE) {
        size_t left = count - *taken;
        size_t now = left < BLOCK_ROWS ? left : BLOCK_ROWS;
        size_t size_before = sink->pending.size;
        if (!dag_json_write_lines(&sink->pending, rows + *taken, now)) {
            sink->pending.size = size_before;
            return dag_error_set_memory(err, "lines of a file");
        }
        *taken += now;
    }
    return true;
}

/* Takes as many rows as a block holds and the file may still grow by; rotates the file first when
 * not even one fits. Nothing is pending. */
static bool fill_to_size(struct file_sink *sink, const struct dag_row *rows, size_t count,
                         size_t *taken, struct dag_error *err)
{
    uint64_t size;

    *taken = 0;
    if (!file_size(sink, &size, err))
        return false;
    while (*taken < count && sink->pending.size < BLOCK_SIZE) {
        size_t size_before = sink->pending.size;
        if (!dag_json_write_lines(&sink->pending, rows + *taken, 1)) {
            sink->pending.size = size_before;
            return dag_error_set_memory(err, "a line of a file");
        }
        if (size + sink->pending.size > (uint64_t)sink->rotate_size && *taken > 0) {
            sink->pending.size = size_before;
            return true;
        }
        if (size + sink->pending.size > (uint64_t)sink->rotate_size && size > 0) {
            sink->pending.size = 0;
            if (!rotate(sink, err))
                return false;
            return fill_to_size(sink, rows, count, taken, err);
        }
        ++*taken;
    }
    return true;
}

static enum dag_write_status write_blocks(struct file_sink *sink,
                                          const struct dag_delivery *delivery, size_t *written,
                                          struct dag_error *err)
{
    bool is_sized = sink->rotate_size > 0 && !is_standard_output(sink);
    enum dag_write_status status = DAG_WRITE_DONE;

    while (status == DAG_WRITE_DONE && *written < delivery->count) {
        const struct dag_row *rows = delivery->rows + *written;
        size_t count = delivery->count - *written;
        size_t taken;
        bool is_filled = is_sized ? fill_to_size(sink, rows, count, &taken, err)
                                  : fill_block(sink, rows, count, &taken, err);
        *written += taken;
        if (!is_filled)
            return DAG_WRITE_FAILED;
        status = push(sink, sink->pending.size, err);
    }
    return status;
}

static enum dag_write_status file_sink_write(void *state, const struct dag_delivery *delivery,
                                             size_t *written, struct dag_error *err)
{
    struct file_sink *sink = state;
    enum dag_write_status status;

    *written = 0;
    status = push(sink, sink->pending.size, err);
    if (status != DAG_WRITE_DONE)
        return status;
    if (!is_standard_output(sink) && (!keep_to_path(sink, err) || !rotate_by_age(sink, err)))
        return DAG_WRITE_FAILED;
    status = write_blocks(sink, delivery, written, err);
    if (status == DAG_WRITE_DONE && sink->fsync == SYNC_ALWAYS && !sync_file(sink, err))
        return DAG_WRITE_FAILED;
    return status;
}

static enum dag_write_status file_sink_flush(void *state, struct dag_error *err)
{
    struct file_sink *sink = state;
    enum dag_write_status status = push(sink, sink->pending.size, err);

    if (status == DAG_WRITE_DONE && sink->fsync != SYNC_NEVER && !sync_file(sink, err))
        return DAG_WRITE_FAILED;
    return status;
}

/* ---- the connector ---------------------------------------------------------------------- */

static bool file_sink_open(void *state, const struct dag_address *address, struct dag_host *host,
                           struct dag_error *err)
{
    struct file_sink *sink = state;

    sink->host = host;
    sink->path = address->rest;
    if (is_standard_output(sink))
        return standard_open(&sink->standard, host, err);
    return open_file(sink, err);
}

static void file_sink_stop(void *state)
{
    struct file_sink *sink = state;

    if (!sink->host)
        return;
    standard_close(&sink->standard);
    close_file(sink);
    dag_buffer_free(&sink->pending);
    sink->sent = 0;
    sink->is_unsure = false;
    sink->is_dirty = false;
}

static void file_sink_describe(void *state, char *text, size_t size)
{
    const struct file_sink *sink = state;

    if (sink->pending.size > sink->sent && size > 0)
        snprintf(text, size, "%zu bytes wait to be written to '%s'",
                 sink->pending.size - sink->sent,
                 is_standard_output(sink) ? "standard output" : sink->path);
}

const struct dag_publisher dag_publisher_file = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "file",
    .name = "FileDataPublisher",
    .summary = "Appends a line of JSON for each message to a file.",
    .address_help = ADDRESS_HELP,
    .options = file_sink_options,
    .state_size = sizeof(struct file_sink),
    .check = file_sink_check,
    .open = file_sink_open,
    .write = file_sink_write,
    .flush = file_sink_flush,
    .stop = file_sink_stop,
    .close = file_sink_stop,
    .describe = file_sink_describe,
};
