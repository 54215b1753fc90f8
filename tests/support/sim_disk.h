/* sim_disk.h - a disk in memory that loses, tears and refuses what a real one may, by a seed.
 *
 * It is a `struct storage`. Each file has what the page cache shows and what the disk truly holds;
 * each folder has its entries and those that are on the disk. Writing, creating, renaming and
 * removing change the first; a sync moves a file's bytes, a synced folder its entries, to the
 * second. What is synced when is what src/core/storage.c does: the first sync of a file that was
 * opened for writing syncs its entry, too, rename() syncs the folder of the new name, remove()
 * syncs nothing, nor do move() and make_folder(), sync_folder() syncs the entries of that folder. A
 * folder on the way to a new file is an entry like others, synced as soon as it is made; one that
 * is lost takes all in it along.
 *
 * A crash makes every operation fail until sim_disk_restart(). A process crash keeps the page
 * cache. A power loss keeps what was synced, and of the rest what the seed says: each file by
 * itself loses its unsynced bytes, or keeps a part that may end at any byte and have sectors of
 * zeros or rubbish in it; each folder by itself keeps some of its changes.
 *
 * Any thread.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_SIM_DISK_H
#define SUPPORT_SIM_DISK_H

#include "core/storage.h"
#include "dag/json.h"

struct sim_disk;

enum sim_crash { SIM_CRASH_PROCESS, SIM_CRASH_POWER };

/** How often an operation fails: in so many of 65,536 cases. */
struct sim_faults {
    uint32_t open, read, write, sync, rename; /* EIO; a write may have written a part */
    uint32_t full;                            /* ENOSPC, after a part of a write */
    /** After a sync that failed the bytes can still be read, but later syncs that succeed don't
     *  bring them to the disk: so does Linux. settle() shows what is there. */
    bool sync_failure_loses;
    /** Of a folder's unsynced changes any may survive; without it, as many as the seed says, in
     *  their order. */
    bool any_order;
    bool no_rubbish; /* a torn file only ends early: no sectors of zeros or rubbish */
};

/** Ends the process when memory is short, as everything here does. */
struct sim_disk *sim_disk_new(uint64_t seed);
void sim_disk_free(struct sim_disk *disk); /* every file was closed; NULL is allowed */
struct storage *sim_disk_storage(struct sim_disk *disk);
void sim_disk_set_faults(struct sim_disk *disk, const struct sim_faults *faults);

/** Bytes that may still be written before the disk is full; UINT64_MAX: no limit. */
void sim_disk_set_room(struct sim_disk *disk, uint64_t size);

/** Operations that change something or sync, so far: the places where a crash makes a difference.
 */
uint64_t sim_disk_operations(struct sim_disk *disk);

/** The crash comes in operation number `operation` (from 1, counted over the disk's life), which
 *  may be half done. 0: never. */
void sim_disk_crash_at(struct sim_disk *disk, uint64_t operation, enum sim_crash kind);
void sim_disk_crash(struct sim_disk *disk, enum sim_crash kind);
bool sim_disk_is_down(struct sim_disk *disk);

/** The disk works again. Files that were open before stay dead: they can only be closed. */
void sim_disk_restart(struct sim_disk *disk);

/* ---- for a test, beside the program: never fails, counts nothing, is on the disk at once ---- */

void sim_disk_append(struct sim_disk *disk, const char *path, const void *bytes, size_t size);

/** Appends what the page cache shows. False: there is no such file. */
bool sim_disk_content(struct sim_disk *disk, const char *path, struct dag_buffer *out);
void sim_disk_rename(struct sim_disk *disk, const char *from, const char *to);
void sim_disk_remove(struct sim_disk *disk, const char *path);

/** Turns one bit, in the page cache and on the disk. False: there is no such byte. */
bool sim_disk_flip(struct sim_disk *disk, const char *path, uint64_t offset, unsigned bit);

/** Every file below `folder`, by name. */
void sim_disk_each(struct sim_disk *disk, const char *folder,
                   void (*visit)(void *context, const char *path, uint64_t size), void *context);

#endif
