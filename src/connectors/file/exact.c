/* exact.c - a file publisher that repeats nothing and loses nothing across a crash.
 *
 * Data, its length in the side file, then the answer that it is out, each on the disk before the
 * next. What lies behind the length was never reported: it is cut off at the next start, and comes
 * again. Only whole cycles count, as a cycle is either published again or not. The file is rotated
 * only when the side file covers all of it: the side file names the new name first, so that a
 * rotation that a crash cut short is finished, or not begun. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/file/sink.h"

/* The side file says this from now on. */
static bool record(struct file_sink *sink, uint64_t cycle, uint64_t length, const char *rotate_to,
                   struct dag_error *err)
{
    struct progress next = {
        .is_mine = true,
        .cycle = cycle,
        .length = length,
        .device = sink->opened.device,
        .inode = sink->opened.inode,
        .rotate_to = rotate_to ? strdup(rotate_to) : NULL,
    };

    if (rotate_to && !next.rotate_to)
        return dag_error_set_memory(err, "a file name");
    if (!progress_write(sink->host, sink->path, &next, err)) {
        progress_deinit(&next);
        return false;
    }
    progress_deinit(&sink->progress);
    sink->progress = next;
    return true;
}

static bool is_same_file(const struct dag_file_info *info, uint64_t device, uint64_t inode)
{
    return info->exists && info->device == device && info->inode == inode;
}

/* ---- rotation --------------------------------------------------------------------------- */

/* The old file has its new name, or is about to get it: begins the next one. */
static bool begin_next(struct file_sink *sink, struct dag_error *err)
{
    struct dag_file_info info;

    /* syncs the folder: the rename is on the disk before the side file speaks of the new file */
    if (!progress_write(sink->host, sink->path, &sink->progress, err))
        return false;
    output_close(sink);
    if (!output_open(sink, err))
        return false;
    info = sink->opened;
    if (info.size > 0) {
        output_close(sink);
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s' was begun by somebody else while it was rotated: with "
                             "exactly-once delivery nobody else may write to it",
                             sink->path);
    }
    if (!progress_claim(&sink->claim, &info, sink->path, err) ||
        !dag_file_sync(sink->host, sink->file, err) ||
        !record(sink, sink->progress.cycle, 0, NULL, err))
        return false;
    sink->boundary_cycle = sink->progress.cycle;
    sink->boundary_end = 0;
    return true;
}

/* Goes on with a rotation that the side file has announced. */
static bool finish_rotation(struct file_sink *sink, struct dag_error *err)
{
    const struct progress *progress = &sink->progress;
    struct dag_file_info info;

    if (!progress->rotate_to)
        return true;
    if (!dag_path_info(sink->host, sink->path, &info, err))
        return false;
    if (is_same_file(&info, progress->device, progress->inode) &&
        !dag_path_rename(sink->host, sink->path, progress->rotate_to, err))
        return false;
    return begin_next(sink, err);
}

static bool is_time_to_rotate(const struct file_sink *sink)
{
    if (sink->boundary_end == 0 || sink->boundary_end != sink->base)
        return false;
    return (sink->rotate_size > 0 && sink->boundary_end >= (uint64_t)sink->rotate_size) ||
           (sink->rotate_interval_us > 0 &&
            dag_monotonic_us(sink->host) - sink->opened_us >= sink->rotate_interval_us);
}

/* ---- opening ---------------------------------------------------------------------------- */

/* A side file of ours that says that the file is being renamed. `*is_renamed`: it has been. */
static bool look_at_rotation(struct file_sink *sink, bool *is_renamed, struct dag_error *err)
{
    const struct progress *progress = &sink->progress;
    struct dag_file_info old, path;

    *is_renamed = false;
    if (!progress->rotate_to)
        return true;
    if (!dag_path_info(sink->host, progress->rotate_to, &old, err) ||
        !dag_path_info(sink->host, sink->path, &path, err))
        return false;
    if (is_same_file(&path, progress->device, progress->inode) || !old.exists)
        return true; /* not yet: the next flush does it */
    if (old.size < progress->length)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s' has %" PRIu64 " bytes, but '%s.progress' says that %" PRIu64
                             " were written: what is missing can't be written again",
                             progress->rotate_to, old.size, sink->path, progress->length);
    *is_renamed = true;
    return true;
}

/* Whether the file at the path can be the one that the side file speaks of. */
static bool fits(const struct file_sink *sink, const struct dag_file_info *info,
                 struct dag_error *err)
{
    const struct progress *progress = &sink->progress;

    if (info->size < progress->length)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s' has %" PRIu64 " bytes, but '%s.progress' says that %" PRIu64
                             " were written: what is missing can't be written again",
                             sink->path, info->size, sink->path, progress->length);
    if (info->size > progress->length && !is_same_file(info, progress->device, progress->inode))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s' is another file than the one that '%s.progress' speaks of, so "
                             "nothing is cut off or added: move one of them away",
                             sink->path, sink->path);
    return true;
}

static bool open_regular(struct file_sink *sink, struct dag_error *err)
{
    if (!output_open(sink, err))
        return false;
    if (!sink->opened.is_regular)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s' is not a regular file, so it can't give exactly-once delivery",
                             sink->path);
    return progress_claim(&sink->claim, &sink->opened, sink->path, err);
}

/* No side file of ours: the file is appended to as it is. */
static bool begin(struct file_sink *sink, struct dag_error *err)
{
    char last = '\n';

    if (!open_regular(sink, err))
        return false;
    if (sink->opened.size > 0 &&
        dag_file_read(sink->host, sink->file, sink->opened.size - 1, &last, 1, err) < 0)
        return false;
    if (last != '\n' && !dag_file_write(sink->host, sink->file, "\n", 1, err))
        return false;
    sink->base = sink->opened.size + (last != '\n');
    return dag_file_sync(sink->host, sink->file, err) && record(sink, 0, sink->base, NULL, err);
}

static bool go_on(struct file_sink *sink, struct dag_error *err)
{
    uint64_t length = sink->progress.length;
    struct dag_file_info info;

    if (!dag_path_info(sink->host, sink->path, &info, err) || !fits(sink, &info, err) ||
        !open_regular(sink, err) || !fits(sink, &sink->opened, err))
        return false;
    if (sink->opened.size > length) {
        dag_log(sink->host, DAG_LOG_INFO,
                "'%s': %" PRIu64 " bytes behind the last complete cycle are cut off", sink->path,
                sink->opened.size - length);
        if (!dag_file_truncate(sink->host, sink->file, length, err))
            return false;
    }
    sink->base = length;
    /* what the side file says may not be on the disk yet, when it is only in the cache */
    return dag_file_sync(sink->host, sink->file, err) &&
           record(sink, sink->progress.cycle, length, NULL, err);
}

bool exact_open(struct file_sink *sink, struct dag_error *err)
{
    bool exists, is_renamed;
    bool is_open;

    progress_deinit(&sink->progress);
    sink->progress = (struct progress){0};
    if (!progress_read(sink->host, sink->path, &sink->progress, &exists, err))
        return false;
    if (!exists || !sink->progress.is_mine) {
        progress_deinit(&sink->progress);
        is_open = begin(sink, err);
    } else {
        is_open = look_at_rotation(sink, &is_renamed, err) &&
                  (is_renamed ? begin_next(sink, err) : go_on(sink, err));
    }
    sink->boundary_cycle = sink->progress.cycle;
    sink->boundary_end = sink->progress.length;
    return is_open;
}

/* ---- writing ---------------------------------------------------------------------------- */

bool exact_is_ready(struct file_sink *sink, struct dag_error *err)
{
    struct dag_file_info info;

    if (!finish_rotation(sink, err) || !dag_path_info(sink->host, sink->path, &info, err))
        return false;
    if (is_same_file(&info, sink->opened.device, sink->opened.inode))
        return true;
    return dag_error_set(
        err, DAG_ERROR_INVALID,
        "'%s' was renamed, replaced or removed by somebody else: with exactly-once "
        "delivery only dagd itself may rotate it ('rotate_size')",
        sink->path);
}

/* Whether a cycle ends before row `next`. The last rows may be the first ones of a cycle. */
static bool ends_cycle(const struct dag_delivery *delivery, size_t next)
{
    uint64_t cycle = delivery->cycles[next - 1];

    return next == delivery->count ? delivery->mark >= cycle : delivery->cycles[next] != cycle;
}

size_t exact_piece(const struct dag_delivery *delivery, size_t first, size_t limit)
{
    for (size_t count = limit; count > 0; count--)
        if (ends_cycle(delivery, first + count))
            return count;
    return limit;
}

void exact_note(struct file_sink *sink, const struct dag_delivery *delivery, size_t next)
{
    if (!ends_cycle(delivery, next))
        return;
    sink->boundary_cycle = next == delivery->count ? delivery->mark : delivery->cycles[next] - 1;
    sink->boundary_end = sink->base + sink->pending.size;
}

enum dag_write_status exact_flush(struct file_sink *sink, struct dag_error *err)
{
    enum dag_write_status status;
    char *name = NULL;
    bool is_recorded;

    if (!finish_rotation(sink, err))
        return DAG_WRITE_FAILED;
    status = output_push(sink, err);
    if (status != DAG_WRITE_DONE)
        return status;
    if (!output_sync(sink, err))
        return DAG_WRITE_FAILED;
    if (is_time_to_rotate(sink)) {
        name = output_rotated_name(sink, err);
        if (!name)
            return DAG_WRITE_FAILED;
    }
    is_recorded = (!name && sink->boundary_cycle == sink->progress.cycle &&
                   sink->boundary_end == sink->progress.length) ||
                  record(sink, sink->boundary_cycle, sink->boundary_end, name, err);
    free(name);
    return is_recorded && finish_rotation(sink, err) ? DAG_WRITE_DONE : DAG_WRITE_FAILED;
}
