/* small_disk.h - a few files in memory that fail or stop at a chosen call, for tests of the log. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_DURABLE_SMALL_DISK_H
#define UNIT_DURABLE_SMALL_DISK_H

#include "core/storage.h"
#include "dag/json.h"

#define SMALL_FILES_MAX 256

struct small_file {
    char path[128];
    struct dag_buffer now, durable;
    bool is_linked, was_linked; /* in the folder, and in the folder on the disk */
};

/** What a power loss leaves of bytes and entries that were not synced. */
enum small_loss { LOSES_NOTHING, LOSES_ALL, TEARS_IN_HALF, LEAVES_ZEROS, LOSS_COUNT };

/** Calls that change something are counted from 1. */
struct small_disk {
    struct storage storage; /* first */
    struct small_file files[SMALL_FILES_MAX];
    size_t file_count;
    unsigned calls;
    unsigned fails_at; /* this call fails (0: none); a write has written half */
    unsigned stops_at; /* this one and all after it fail, until small_disk_restart() */
    bool is_stopped;
    uint64_t block_bytes; /* that came by write_blocks() */
};

void small_disk_init(struct small_disk *disk);
void small_disk_deinit(struct small_disk *disk);
void small_disk_restart(struct small_disk *disk, enum small_loss loss);

/** A file that is there; NULL: it isn't. */
struct small_file *small_disk_find(struct small_disk *disk, const char *path);

/** The disk as it is, all synced, into an initialised one. */
void small_disk_copy(struct small_disk *to, const struct small_disk *from);

#endif
