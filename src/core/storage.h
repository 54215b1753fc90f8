/* storage.h - files as the program sees them: the disk, or a simulated one in tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_STORAGE_H
#define CORE_STORAGE_H

#include "dag/host.h"

struct storage;
struct disk_root;

/** What write_blocks() counts in. */
#define STORAGE_BLOCK_SIZE 4096u

/** A flag of open() beside those of dag/host.h: from now on only its owner may read and write the
 *  file. */
#define STORAGE_OPEN_PRIVATE (1u << 16)

/** Another one: the folder is there already, and sync() leaves the file's entry in it to whoever
 *  opened it, see sync_folder(). */
#define STORAGE_OPEN_ENTRY_LATER (1u << 17)

/** An open file; each storage puts its own fields behind this. */
struct dag_file {
    struct storage *storage;
};

/** See the functions of the same names in dag/host.h. Any thread, one at a time for each file. */
struct storage {
    struct dag_file *(*open)(struct storage *storage, const char *path, uint32_t flags,
                             struct dag_error *err);
    void (*close)(struct dag_file *file);
    int64_t (*read)(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                    struct dag_error *err);
    bool (*write)(struct dag_file *file, const void *bytes, size_t size, struct dag_error *err);
    bool (*sync)(struct dag_file *file, struct dag_error *err);
    bool (*truncate)(struct dag_file *file, uint64_t size, struct dag_error *err);
    bool (*info)(struct dag_file *file, struct dag_file_info *info, struct dag_error *err);
    bool (*path_info)(struct storage *storage, const char *path, struct dag_file_info *info,
                      struct dag_error *err);
    bool (*rename)(struct storage *storage, const char *from, const char *to,
                   struct dag_error *err);
    bool (*remove)(struct storage *storage, const char *path,
                   struct dag_error *err); /* a file or an empty folder; not synced */
    bool (*list)(struct storage *storage, const char *folder,
                 bool (*entry)(void *context, const char *name), void *context,
                 struct dag_error *err);

    /** Puts the entries of `folder` on the disk: files that were created, renamed or removed. */
    bool (*sync_folder)(struct storage *storage, const char *folder, struct dag_error *err);

    /** Syncs, and forgets what the cache holds: what is read then is what the disk has, even after
     *  a sync that failed and let the cache keep bytes that the disk never got. May be NULL: a sync
     *  does as well. */
    bool (*settle)(struct dag_file *file, struct dag_error *err);

    /** A descriptor of the path itself, opened with `flags` of open(2) (O_CLOEXEC is added), for
     *  whoever needs one: to watch it (O_PATH) or to read it. The caller closes it. -1: `err`, with
     *  errno kept. NULL: the paths are those of the system, so open() itself does. */
    int (*descriptor)(struct storage *storage, const char *path, int flags, struct dag_error *err);

    /** As write(), past the cache where that can be: for what is large, synced anyhow, and not read
     *  soon. File size, memory and `size` are at a block's boundary. It still takes a sync. May be
     *  NULL. */
    bool (*write_blocks)(struct dag_file *file, const void *bytes, size_t size,
                         struct dag_error *err);

    /** For whoever writes many files, and syncs their folders once for all of them. Makes a folder
     *  unless it is there; its own entry isn't synced. Those on the way are made, too, and synced.
     *  NULL: such files are written one by one. */
    bool (*make_folder)(struct storage *storage, const char *folder, struct dag_error *err);
    /** As rename(); not synced. NULL together with make_folder(). */
    bool (*move)(struct storage *storage, const char *from, const char *to, struct dag_error *err);
    unsigned sync_threads; /* how many syncs side by side pay; 0 and 1: none */

    const struct disk_root *root; /* of the disk's: what it is confined to; NULL: nothing */
};

/** The same, whether the storage has a function for it or not; NULL counts as the disk. */
int storage_descriptor(struct storage *storage, const char *path, int flags, struct dag_error *err);

/** The disk. */
struct storage *storage_disk(void);

#endif
