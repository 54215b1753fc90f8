/* sim_disk_internal.h - what the two halves of the simulated disk share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_SIM_DISK_INTERNAL_H
#define SUPPORT_SIM_DISK_INTERNAL_H

#include <pthread.h>

#include "support/sim_disk.h"

struct sim_inode {
    uint32_t users; /* entries, changes and open files that point here */
    uint64_t number;
    struct dag_buffer now;     /* what the page cache shows */
    struct dag_buffer durable; /* what the disk holds */
    uint64_t low;              /* the smallest size since the last sync: up to here both agree */
    uint64_t lost_begin, lost_end; /* in the page cache, marked clean, never on the disk */
};

struct sim_entry {
    char *path;              /* owned */
    struct sim_inode *inode; /* NULL: a folder */
};

struct sim_names {
    struct sim_entry *entries; /* owned */
    size_t count, capacity;
};

/** A change of a folder's entries that isn't on the disk yet. */
struct sim_change {
    char *path;              /* owned: it is `inode` from now on */
    char *from;              /* owned: and this name is gone; NULL: none */
    struct sim_inode *inode; /* NULL: removed, or a folder */
    bool is_folder;          /* was made */
};

struct sim_disk {
    struct storage storage;
    pthread_mutex_t lock;
    uint64_t random;
    struct sim_faults faults;
    uint64_t room;
    uint64_t operations, crash_at;
    enum sim_crash crash_kind;
    bool is_down;
    uint64_t life; /* counts restarts */
    uint64_t inode_count;
    struct sim_names now, durable;
    struct sim_change *changes; /* owned, oldest first */
    size_t change_count, change_capacity;
};

struct sim_file {
    struct dag_file file;
    struct sim_inode *inode;
    uint64_t life;
    bool folder_unsynced;
    char path[];
};

uint64_t sim_random(struct sim_disk *disk);
uint64_t sim_below(struct sim_disk *disk, uint64_t bound); /* 0 to bound - 1 */

/** Ends the process when `memory` is NULL. */
void *sim_need(void *memory);

/** The length of the folder's part of a path; 0: none. */
size_t sim_folder_size(const char *path);

struct sim_entry *sim_find(const struct sim_names *names, const char *path);
void sim_link(struct sim_disk *disk, struct sim_names *names, const char *path,
              struct sim_inode *inode);
void sim_unlink(struct sim_disk *disk, struct sim_names *names, const char *path);

struct sim_inode *sim_inode_new(struct sim_disk *disk);
struct sim_inode *sim_inode_ref(struct sim_inode *inode); /* NULL is allowed */
void sim_inode_unref(struct sim_inode *inode);            /* NULL is allowed */
void sim_inode_sync(struct sim_inode *inode);
void sim_inode_forget_cache(struct sim_inode *inode); /* it shows what the disk holds */
void sim_inode_truncate(struct sim_inode *inode, uint64_t size);

/** Remembers a change of entries. */
void sim_change(struct sim_disk *disk, const char *path, const char *from, struct sim_inode *inode);
void sim_change_folder(struct sim_disk *disk, const char *path); /* it was made */

/** The folder that `path` lies in has its entries on the disk. */
void sim_sync_folder(struct sim_disk *disk, const char *path);

/** Power is gone: `now` becomes what the disk comes back with. */
void sim_lose_power(struct sim_disk *disk);

#endif
