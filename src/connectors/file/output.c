/* output.c - the file that a publisher appends to: opening, sending, syncing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "connectors/file/sink.h"

#define NAMES_MAX 10000 /* rotated files of one second */

/* ---- opening ---------------------------------------------------------------------------- */

/* A line that a crash tore must not swallow the next one: a line feed is sent first. What the cache
 * shows doesn't tell: where the last process died behind a sync that failed, the disk may lack it.
 */
static bool end_torn_line(struct file_sink *sink, struct dag_error *err)
{
    char last;
    int64_t got;

    if (sink->opened.size == 0)
        return true;
    if (sink->is_kept && (!dag_file_settle(sink->host, sink->file, err) ||
                          !dag_file_info(sink->host, sink->file, &sink->opened, err)))
        return false;
    if (sink->opened.size == 0)
        return true;
    got = dag_file_read(sink->host, sink->file, sink->opened.size - 1, &last, 1, err);
    if (got < 0)
        return false;
    if (got == 0 || last == '\n')
        return true;
    dag_log(sink->host, DAG_LOG_WARNING, "'%s' ends within a line: a line feed is added",
            sink->path);
    return dag_buffer_append(&sink->pending, "\n", 1) || dag_error_set_memory(err, "a line feed");
}

void output_close(struct file_sink *sink)
{
    dag_file_close(sink->host, sink->file);
    sink->file = NULL;
}

bool output_open(struct file_sink *sink, struct dag_error *err)
{
    if (sink->file)
        return true;
    sink->file =
        dag_file_open(sink->host, sink->path,
                      DAG_OPEN_READ | DAG_OPEN_WRITE | DAG_OPEN_APPEND | DAG_OPEN_CREATE, err);
    if (!sink->file)
        return false;
    if (!dag_file_info(sink->host, sink->file, &sink->opened, err) ||
        (sink->opened.is_regular && !sink->is_exact && sink->pending.size == 0 &&
         !end_torn_line(sink, err))) {
        output_close(sink);
        return false;
    }
    sink->opened_us = dag_monotonic_us(sink->host);
    sink->base = sink->opened.size - sink->sent;
    return true;
}

bool output_size(struct file_sink *sink, uint64_t *size, struct dag_error *err)
{
    struct dag_file_info info;

    if (!dag_file_info(sink->host, sink->file, &info, err))
        return false;
    *size = info.size;
    return true;
}

/* ---- sending ---------------------------------------------------------------------------- */

/* How much of a write that failed went out: the file tells. */
static bool be_sure(struct file_sink *sink, struct dag_error *err)
{
    uint64_t size;

    if (!sink->is_unsure)
        return true;
    if (!output_size(sink, &size, err))
        return false;
    if (size > sink->size_before) {
        uint64_t grown = size - sink->size_before;
        size_t left = sink->pending.size - sink->sent;
        sink->sent += grown < left ? (size_t)grown : left;
        sink->is_dirty = true;
    }
    sink->is_unsure = false;
    return true;
}

/* After a sync that failed: what it was to cover is cut off and sent anew. Where others have
 * written behind it, it can only be sent once more. */
static bool rewind_unsynced(struct file_sink *sink, uint64_t size, struct dag_error *err)
{
    if (size >= sink->base && size <= sink->base + sink->sent) {
        if (!dag_file_truncate(sink->host, sink->file, sink->base, err))
            return false;
    } else {
        sink->base = size;
    }
    sink->sent = 0;
    sink->must_rewind = false;
    sink->is_dirty = true;
    return true;
}

static enum dag_write_status push_file(struct file_sink *sink, struct dag_error *err)
{
    uint64_t size;

    if (!output_open(sink, err) || !be_sure(sink, err) || !output_size(sink, &size, err))
        return DAG_WRITE_FAILED;
    if (sink->is_exact && size != sink->base + sink->sent) {
        dag_error_set(
            err, DAG_ERROR_INVALID,
            "'%s' was changed by somebody else: with exactly-once delivery nobody else may "
            "write to it",
            sink->path);
        return DAG_WRITE_FAILED;
    }
    if (sink->must_rewind && (!rewind_unsynced(sink, size, err) || !output_size(sink, &size, err)))
        return DAG_WRITE_FAILED;
    if (sink->sent >= sink->pending.size)
        return DAG_WRITE_DONE;
    sink->size_before = size;
    if (!dag_file_write(sink->host, sink->file, sink->pending.bytes + sink->sent,
                        sink->pending.size - sink->sent, err)) {
        struct dag_error later;
        sink->is_unsure = true;
        (void)be_sure(sink, &later);
        return DAG_WRITE_FAILED;
    }
    sink->sent = sink->pending.size;
    sink->is_dirty = true;
    return DAG_WRITE_DONE;
}

static enum dag_write_status push_standard(struct file_sink *sink, struct dag_error *err)
{
    size_t sent_before = sink->sent;
    enum standard_status status =
        standard_write(&sink->standard, sink->pending.bytes, sink->pending.size, &sink->sent, err);

    sink->is_dirty |= sink->sent > sent_before;
    if (status == STANDARD_FAILED)
        return DAG_WRITE_FAILED;
    return status == STANDARD_WAIT ? DAG_WRITE_WAIT : DAG_WRITE_DONE;
}

/* What is out for good need not be kept any more. */
static void drop_sent(struct file_sink *sink)
{
    bool is_needed = sink->is_kept && !sink_is_standard(sink) && sink->is_dirty;

    if (sink->sent < sink->pending.size || is_needed)
        return;
    sink->base += sink->sent;
    sink->sent = sink->pending.size = 0;
}

enum dag_write_status output_push(struct file_sink *sink, struct dag_error *err)
{
    enum dag_write_status status = DAG_WRITE_DONE;

    if (sink->sent < sink->pending.size || sink->must_rewind)
        status = sink_is_standard(sink) ? push_standard(sink, err) : push_file(sink, err);
    drop_sent(sink);
    return status;
}

/* ---- syncing ---------------------------------------------------------------------------- */

bool output_sync(struct file_sink *sink, struct dag_error *err)
{
    if (!sink->is_dirty)
        return true;
    if (sink_is_standard(sink) ? !standard_sync(err)
                               : !dag_file_sync(sink->host, sink->file, err)) {
        sink->must_rewind = sink->is_kept && !sink_is_standard(sink);
        return false;
    }
    sink->is_dirty = false;
    drop_sent(sink);
    return true;
}

bool output_settle(struct file_sink *sink, struct dag_error *err)
{
    if ((sink->fsync != SYNC_NEVER || sink->is_kept) && !output_sync(sink, err))
        return false;
    sink->is_dirty = false;
    drop_sent(sink);
    return true;
}

/* ---- rotated files ---------------------------------------------------------------------- */

/* PATH.YYYYMMDD-HHMMSS[-N], in local time. */
char *output_rotated_name(struct file_sink *sink, struct dag_error *err)
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
