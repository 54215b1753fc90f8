/* sim_disk_state.c - the simulated disk's files and folders, and what a power loss leaves of them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/sim_disk_internal.h"

#define SECTOR_SIZE 512

uint64_t sim_random(struct sim_disk *disk)
{
    uint64_t mixed = (disk->random += UINT64_C(0x9e3779b97f4a7c15));

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

uint64_t sim_below(struct sim_disk *disk, uint64_t bound)
{
    return sim_random(disk) % bound;
}

void *sim_need(void *memory)
{
    if (!memory) {
        fputs("the simulated disk is out of memory\n", stderr);
        abort();
    }
    return memory;
}

size_t sim_folder_size(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) : 0;
}

static bool is_same_folder(const char *a, const char *b)
{
    size_t size = sim_folder_size(a);

    return size == sim_folder_size(b) && strncmp(a, b, size) == 0;
}

/* ---- names ------------------------------------------------------------------------------ */

struct sim_entry *sim_find(const struct sim_names *names, const char *path)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->entries[i].path, path) == 0)
            return &names->entries[i];
    return NULL;
}

void sim_link(struct sim_disk *disk, struct sim_names *names, const char *path,
              struct sim_inode *inode)
{
    sim_inode_ref(inode);
    sim_unlink(disk, names, path);
    if (names->count == names->capacity) {
        names->capacity = names->capacity * 2 + 8;
        names->entries =
            sim_need(realloc(names->entries, names->capacity * sizeof(names->entries[0])));
    }
    names->entries[names->count++] = (struct sim_entry){sim_need(strdup(path)), inode};
}

void sim_unlink(struct sim_disk *disk, struct sim_names *names, const char *path)
{
    struct sim_entry *entry = sim_find(names, path);

    (void)disk;
    if (!entry)
        return;
    sim_inode_unref(entry->inode);
    free(entry->path);
    *entry = names->entries[--names->count];
}

/* ---- files ------------------------------------------------------------------------------ */

struct sim_inode *sim_inode_new(struct sim_disk *disk)
{
    struct sim_inode *inode = sim_need(calloc(1, sizeof(*inode)));

    inode->number = ++disk->inode_count;
    return inode;
}

struct sim_inode *sim_inode_ref(struct sim_inode *inode)
{
    if (inode)
        inode->users++;
    return inode;
}

void sim_inode_unref(struct sim_inode *inode)
{
    if (!inode || --inode->users > 0)
        return;
    dag_buffer_free(&inode->now);
    dag_buffer_free(&inode->durable);
    free(inode);
}

static void copy_bytes(struct dag_buffer *to, const struct dag_buffer *from)
{
    to->size = 0;
    if (from->size > 0 && !dag_buffer_append(to, from->bytes, from->size))
        sim_need(NULL);
}

void sim_inode_sync(struct sim_inode *inode)
{
    copy_bytes(&inode->durable, &inode->now);
    if (inode->lost_end > inode->durable.size)
        inode->lost_end = inode->durable.size;
    if (inode->lost_begin < inode->lost_end)
        memset(inode->durable.bytes + inode->lost_begin, 0, inode->lost_end - inode->lost_begin);
    inode->low = inode->now.size;
}

void sim_inode_forget_cache(struct sim_inode *inode)
{
    copy_bytes(&inode->now, &inode->durable);
    inode->low = inode->now.size;
    inode->lost_begin = inode->lost_end = 0;
}

void sim_inode_truncate(struct sim_inode *inode, uint64_t size)
{
    if (size > inode->now.size) {
        size_t more = (size_t)size - inode->now.size;

        if (!dag_buffer_reserve(&inode->now, more))
            sim_need(NULL);
        memset(inode->now.bytes + inode->now.size, 0, more);
    }
    inode->now.size = (size_t)size;
    if (size < inode->low)
        inode->low = size;
    if (size < inode->lost_end)
        inode->lost_end = size;
    if (size <= inode->lost_begin)
        inode->lost_begin = inode->lost_end = 0;
}

/* ---- changes of folders ----------------------------------------------------------------- */

void sim_change(struct sim_disk *disk, const char *path, const char *from, struct sim_inode *inode)
{
    if (disk->change_count == disk->change_capacity) {
        disk->change_capacity = disk->change_capacity * 2 + 8;
        disk->changes =
            sim_need(realloc(disk->changes, disk->change_capacity * sizeof(disk->changes[0])));
    }
    disk->changes[disk->change_count++] = (struct sim_change){
        .path = sim_need(strdup(path)),
        .from = from ? sim_need(strdup(from)) : NULL,
        .inode = sim_inode_ref(inode),
    };
}

void sim_change_folder(struct sim_disk *disk, const char *path)
{
    sim_change(disk, path, NULL, NULL);
    disk->changes[disk->change_count - 1].is_folder = true;
}

/* Change number `i` is on the disk, or will never be. */
static void end_change(struct sim_disk *disk, size_t i, bool is_kept)
{
    struct sim_change change = disk->changes[i];

    disk->change_count--;
    memmove(disk->changes + i, disk->changes + i + 1,
            (disk->change_count - i) * sizeof(disk->changes[0]));
    if (is_kept && change.from)
        sim_unlink(disk, &disk->durable, change.from);
    if (is_kept && (change.inode || change.is_folder))
        sim_link(disk, &disk->durable, change.path, change.inode);
    else if (is_kept)
        sim_unlink(disk, &disk->durable, change.path);
    free(change.path);
    free(change.from);
    sim_inode_unref(change.inode);
}

/* A file that was created in one folder and moved to another: its first name must not come back. */
static void drop_creation(struct sim_disk *disk, const char *path, const struct sim_inode *inode)
{
    for (size_t i = 0; i < disk->change_count; i++)
        if (disk->changes[i].inode == inode && strcmp(disk->changes[i].path, path) == 0) {
            end_change(disk, i, false);
            return;
        }
}

void sim_sync_folder(struct sim_disk *disk, const char *path)
{
    for (size_t i = 0; i < disk->change_count;) {
        struct sim_change *change = &disk->changes[i];

        if (!is_same_folder(change->path, path)) {
            i++;
            continue;
        }
        if (change->from && !is_same_folder(change->from, path)) {
            size_t before = disk->change_count;

            drop_creation(disk, change->from, change->inode);
            i -= before - disk->change_count; /* it lay in front of this one */
        }
        end_change(disk, i, true);
    }
}

/* ---- power loss ------------------------------------------------------------------------- */

/* Each folder keeps some of its changes: the first few, or any. */
static void lose_changes(struct sim_disk *disk)
{
    while (disk->change_count > 0) {
        char *folder = sim_need(strdup(disk->changes[0].path));
        bool keep = true;

        for (size_t i = 0; i < disk->change_count;) {
            if (!is_same_folder(disk->changes[i].path, folder)) {
                i++;
                continue;
            }
            if (disk->faults.any_order || keep)
                keep = sim_below(disk, 3) > 0;
            end_change(disk, i, keep);
        }
        free(folder);
    }
}

/* With a folder that never got to the disk goes all that is in it. */
static void lose_orphans(struct sim_disk *disk)
{
    struct sim_names *durable = &disk->durable;

    for (size_t i = 0; i < durable->count;) {
        char *folder = sim_need(strdup(durable->entries[i].path));
        folder[sim_folder_size(folder)] = '\0';
        bool is_orphan = folder[0] && !sim_find(durable, folder);
        free(folder);
        if (is_orphan)
            sim_unlink(disk, durable, durable->entries[i].path);
        i = is_orphan ? 0 : i + 1; /* what lies in it may be in front of it */
    }
}

/* Sectors of what was never synced may hold zeros, or what lay there before. */
static void spoil(struct sim_disk *disk, struct dag_buffer *content, uint64_t begin)
{
    uint64_t sector = begin / SECTOR_SIZE * SECTOR_SIZE;

    for (; sector < content->size; sector += SECTOR_SIZE) {
        uint64_t from = sector < begin ? begin : sector;
        uint64_t end = sector + SECTOR_SIZE < content->size ? sector + SECTOR_SIZE : content->size;
        uint64_t how = sim_below(disk, 8);

        for (uint64_t i = from; i < end && how < 2; i++)
            content->bytes[i] = (char)(how == 0 ? 0 : sim_random(disk));
    }
}

/* Bytes that were never synced: none, all, or some. */
static void tear(struct sim_disk *disk, struct sim_inode *inode)
{
    struct dag_buffer *durable = &inode->durable;
    uint64_t low = inode->low < durable->size ? inode->low : durable->size;
    uint64_t how = sim_below(disk, 4);
    uint64_t size = inode->now.size;

    if (how == 0) /* neither a cut nor bytes behind it reached the disk */
        return;
    if (how == 1 && size > low)
        size = low + sim_below(disk, size - low + 1);
    else if (how == 2 && size > low)
        size = (low + sim_below(disk, size - low + 1)) / SECTOR_SIZE * SECTOR_SIZE;
    if (size < low)
        size = low;
    durable->size = (size_t)low;
    if (size > low && !dag_buffer_append(durable, inode->now.bytes + low, (size_t)(size - low)))
        sim_need(NULL);
    if (how != 3 && !disk->faults.no_rubbish)
        spoil(disk, durable, low);
}

void sim_lose_power(struct sim_disk *disk)
{
    lose_changes(disk);
    lose_orphans(disk);
    for (size_t i = 0; i < disk->durable.count; i++) {
        struct sim_inode *inode = disk->durable.entries[i].inode;

        if (!inode)
            continue;
        /* a sync also ends what a failed one has lost, so there must be something unsynced */
        if (inode->now.size != inode->durable.size || inode->low < inode->now.size)
            tear(disk, inode);
        sim_inode_forget_cache(inode);
    }
    for (size_t i = 0; i < disk->now.count; i++) {
        sim_inode_unref(disk->now.entries[i].inode);
        free(disk->now.entries[i].path);
    }
    disk->now.count = 0;
    for (size_t i = 0; i < disk->durable.count; i++)
        sim_link(disk, &disk->now, disk->durable.entries[i].path, disk->durable.entries[i].inode);
}
