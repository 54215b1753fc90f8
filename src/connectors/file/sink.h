/* sink.h - what the parts of the file publisher share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_FILE_SINK_H
#define CONNECTORS_FILE_SINK_H

#include "connectors/file/progress.h"
#include "connectors/file/standard.h"
#include "dag/plugin.h"

#define SINK_BLOCK_SIZE   ((size_t)256 << 10) /* written at once */
#define SINK_UNSYNCED_MAX ((size_t)16 << 20)  /* bytes of a kept DAG that no sync has covered */

enum sync_policy { SYNC_NEVER, SYNC_FLUSH, SYNC_ALWAYS };

struct file_sink {
    int64_t rotate_size;        /* option; 0: never */
    int64_t rotate_interval_us; /* option; 0: never */
    int64_t fsync;              /* option: enum sync_policy */

    struct dag_host *host;
    const char *path;            /* borrowed from the address */
    bool is_kept;                /* what counts as out must be on the disk */
    bool is_exact;               /* exactly once: exact.c */
    struct dag_file *file;       /* owned; NULL: to be opened again */
    struct dag_file_info opened; /* as it was then */
    int64_t opened_us;           /* of the monotonic clock */
    bool is_dirty;               /* written since the last sync */

    /* Lines that count as taken; the first `sent` bytes are out. A write that fails is continued
     * there, so that no line is written twice or torn. They begin at byte `base` of the file. When
     * the DAG is kept they stay until they are synced: after a sync that failed nobody knows what
     * the disk holds, so they are cut off and written anew. */
    struct dag_buffer pending;
    size_t sent;
    uint64_t base;
    bool must_rewind;     /* a sync failed */
    bool is_unsure;       /* a write failed: `size_before` tells what of it went out */
    uint64_t size_before; /* of the file */

    /* exactly once */
    struct progress progress; /* what the side file says */
    uint64_t boundary_cycle;  /* whole cycles, up to this one, ... */
    uint64_t boundary_end;    /* ... end here in the file */
    struct progress_claim claim;

    struct standard_user standard; /* for file://- */
};

bool sink_is_standard(const struct file_sink *sink);

/* output.c: the file */

/** Opens it at its end, unless it is open. */
bool output_open(struct file_sink *sink, struct dag_error *err);
void output_close(struct file_sink *sink);

/** Sends what is pending. */
enum dag_write_status output_push(struct file_sink *sink, struct dag_error *err);

/** Syncs what was sent since the last sync. */
bool output_sync(struct file_sink *sink, struct dag_error *err);

/** Syncs, where the option or the DAG asks for it, before the file is left behind. */
bool output_settle(struct file_sink *sink, struct dag_error *err);

bool output_size(struct file_sink *sink, uint64_t *size, struct dag_error *err);

/** A free name for the file when it is rotated. NULL on failure. The caller frees it. */
char *output_rotated_name(struct file_sink *sink, struct dag_error *err);

/* exact.c: exactly once */

/** Finds the place up to which the file holds whole cycles, cuts off what is behind it, and opens
 *  the file there. */
bool exact_open(struct file_sink *sink, struct dag_error *err);

/** Before anything is written: the file at the path must still be ours. */
bool exact_is_ready(struct file_sink *sink, struct dag_error *err);

/** How many of the next `limit` rows (which there are), from row `first` on, are one piece: up to
 *  where a cycle ends, if one does. */
size_t exact_piece(const struct dag_delivery *delivery, size_t first, size_t limit);

/** The rows before row `next` are pending: notes whether a cycle ends there. */
void exact_note(struct file_sink *sink, const struct dag_delivery *delivery, size_t next);

/** Data, then its length, each on the disk before the next; then rotates the file if it is time. */
enum dag_write_status exact_flush(struct file_sink *sink, struct dag_error *err);

#endif
