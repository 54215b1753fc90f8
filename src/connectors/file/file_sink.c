/* file_sink.c - the file publisher: appends a line for each message to file://PATH or file://-. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/file/sink.h"
#include "connectors/registry.h"

#define ADDRESS_HELP "file:///ABSOLUTE/PATH, file://RELATIVE/PATH or file://- (standard output)"
#define BLOCK_ROWS   64 /* serialised between two looks at the block's size */

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
                "or after each write. In a DAG that is kept across a crash never is like flush.",
    },
    {0},
};

bool sink_is_standard(const struct file_sink *sink)
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

/* ---- rotation --------------------------------------------------------------------------- */

static bool rotate(struct file_sink *sink, struct dag_error *err)
{
    char *name;
    bool is_renamed;

    if (!output_settle(sink, err))
        return false;
    name = output_rotated_name(sink, err);
    if (!name)
        return false;
    is_renamed = dag_path_rename(sink->host, sink->path, name, err);
    free(name);
    if (!is_renamed)
        return false;
    output_close(sink);
    return output_open(sink, err);
}

/* Somebody else may have renamed or removed the file: then a new one is begun. */
static bool keep_to_path(struct file_sink *sink, struct dag_error *err)
{
    struct dag_file_info info;

    if (!sink->file)
        return output_open(sink, err);
    if (!dag_path_info(sink->host, sink->path, &info, err))
        return false;
    if (info.exists && info.device == sink->opened.device && info.inode == sink->opened.inode)
        return true;
    if (!output_settle(sink, err))
        return false;
    output_close(sink);
    return output_open(sink, err);
}

static bool rotate_by_age(struct file_sink *sink, struct dag_error *err)
{
    uint64_t size;

    if (sink->rotate_interval_us == 0 ||
        dag_monotonic_us(sink->host) - sink->opened_us < sink->rotate_interval_us)
        return true;
    if (!output_size(sink, &size, err))
        return false;
    if (size > 0)
        return rotate(sink, err);
    sink->opened_us = dag_monotonic_us(sink->host);
    return true;
}

/* ---- writing ---------------------------------------------------------------------------- */

/* Serialises rows, from row `first` on, until the block is full. `*taken`: how many. */
static bool fill_block(struct file_sink *sink, const struct dag_delivery *delivery, size_t first,
                       size_t *taken, struct dag_error *err)
{
    size_t start = sink->pending.size;
    size_t count = delivery->count - first;

    *taken = 0;
    while (*taken < count && sink->pending.size - start < SINK_BLOCK_SIZE) {
        size_t left = count - *taken;
        size_t now = left < BLOCK_ROWS ? left : BLOCK_ROWS;
        size_t size_before = sink->pending.size;
        if (sink->is_exact)
            now = exact_piece(delivery, first + *taken, now);
        if (!dag_json_write_lines(&sink->pending, delivery->rows + first + *taken, now)) {
            sink->pending.size = size_before;
            return dag_error_set_memory(err, "lines of a file");
        }
        *taken += now;
        if (sink->is_exact)
            exact_note(sink, delivery, first + *taken);
    }
    return true;
}

/* Takes as many rows as a block holds and the file may still grow by; rotates the file first when
 * not even one fits. Everything pending is out. */
static bool fill_to_size(struct file_sink *sink, const struct dag_row *rows, size_t count,
                         size_t *taken, struct dag_error *err)
{
    uint64_t size;
    size_t start = sink->pending.size;

    *taken = 0;
    if (!output_size(sink, &size, err))
        return false;
    while (*taken < count && sink->pending.size - start < SINK_BLOCK_SIZE) {
        size_t size_before = sink->pending.size;
        if (!dag_json_write_lines(&sink->pending, rows + *taken, 1)) {
            sink->pending.size = size_before;
            return dag_error_set_memory(err, "a line of a file");
        }
        bool is_over = size + (sink->pending.size - start) > (uint64_t)sink->rotate_size;
        if (is_over && *taken > 0) {
            sink->pending.size = size_before;
            return true;
        }
        if (is_over && size > 0) {
            sink->pending.size = start;
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
    bool is_sized = sink->rotate_size > 0 && !sink->is_exact && !sink_is_standard(sink);
    enum dag_write_status status = DAG_WRITE_DONE;

    while (status == DAG_WRITE_DONE && *written < delivery->count) {
        size_t taken;
        bool is_filled = is_sized ? fill_to_size(sink, delivery->rows + *written,
                                                 delivery->count - *written, &taken, err)
                                  : fill_block(sink, delivery, *written, &taken, err);
        *written += taken;
        if (!is_filled)
            return DAG_WRITE_FAILED;
        status = output_push(sink, err);
        if (status == DAG_WRITE_DONE && sink->pending.size >= SINK_UNSYNCED_MAX &&
            !output_sync(sink, err))
            return DAG_WRITE_FAILED;
    }
    return status;
}

static bool is_ready(struct file_sink *sink, struct dag_error *err)
{
    if (sink_is_standard(sink))
        return true;
    return sink->is_exact ? exact_is_ready(sink, err)
                          : keep_to_path(sink, err) && rotate_by_age(sink, err);
}

static enum dag_write_status file_sink_write(void *state, const struct dag_delivery *delivery,
                                             size_t *written, struct dag_error *err)
{
    struct file_sink *sink = state;
    enum dag_write_status status;

    *written = 0;
    status = output_push(sink, err);
    if (status != DAG_WRITE_DONE)
        return status;
    if (!is_ready(sink, err))
        return DAG_WRITE_FAILED;
    status = write_blocks(sink, delivery, written, err);
    if (status == DAG_WRITE_DONE && sink->fsync == SYNC_ALWAYS && !output_sync(sink, err))
        return DAG_WRITE_FAILED;
    return status;
}

static enum dag_write_status file_sink_flush(void *state, struct dag_error *err)
{
    struct file_sink *sink = state;
    enum dag_write_status status;

    if (sink->is_exact)
        return exact_flush(sink, err);
    status = output_push(sink, err);
    if (status == DAG_WRITE_DONE && (sink->fsync != SYNC_NEVER || sink->is_kept) &&
        !output_sync(sink, err))
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
    sink->is_kept = host->instance && host->instance[0] != '\0';
    sink->is_exact = sink->is_kept && host->is_exactly_once;
    if (sink_is_standard(sink) && sink->is_exact)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "standard output can't give exactly-once delivery: what was written "
                             "to it can't be taken back after a crash");
    if (sink_is_standard(sink))
        return standard_open(&sink->standard, host, err);
    if (sink->is_exact)
        return exact_open(sink, err);
    /* a side file would no longer say what is in the file */
    return progress_put_aside(host, sink->path, err) && output_open(sink, err);
}

static bool file_sink_progress(void *state, const char *instance, uint64_t *cycle,
                               struct dag_error *err)
{
    const struct file_sink *sink = state;

    (void)instance; /* the host's */
    (void)err;
    *cycle = sink->is_exact ? sink->progress.cycle : 0;
    return true;
}

static void file_sink_stop(void *state)
{
    struct file_sink *sink = state;

    if (!sink->host)
        return;
    standard_close(&sink->standard);
    output_close(sink);
    progress_release(&sink->claim);
    progress_deinit(&sink->progress);
    dag_buffer_free(&sink->pending);
    sink->sent = 0;
    sink->base = 0;
    sink->is_unsure = false;
    sink->must_rewind = false;
    sink->is_dirty = false;
}

static void file_sink_describe(void *state, char *text, size_t size)
{
    const struct file_sink *sink = state;

    if (sink->pending.size > sink->sent && size > 0)
        snprintf(text, size, "%zu bytes wait to be written to '%s'",
                 sink->pending.size - sink->sent,
                 sink_is_standard(sink) ? "standard output" : sink->path);
}

const struct dag_publisher dag_publisher_file = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_PROGRESS,
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
    .progress = file_sink_progress,
    .stop = file_sink_stop,
    .close = file_sink_stop,
    .describe = file_sink_describe,
};
