/* sim_disk.c - the operations of the simulated disk; see sim_disk.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/sim_disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support/sim_disk_internal.h"

static struct sim_disk *disk_of(struct storage *storage)
{
    return (struct sim_disk *)storage;
}

static struct sim_file *file_of(struct dag_file *file)
{
    return (struct sim_file *)file;
}

/* The same words and the same `retryable` as the real disk's. */
static bool fail(struct dag_error *err, int number, const char *what, const char *path)
{
    errno = number;
    dag_error_set_errno(err, "cannot %s '%s'", what, path);
    err->retryable = number == ENOENT || number == ENOSPC || number == EIO;
    return false;
}

static bool is_up(const struct sim_disk *disk, const char *what, const char *path,
                  struct dag_error *err)
{
    if (!disk->is_down)
        return true;
    dag_error_set(err, DAG_ERROR_IO, "cannot %s '%s': the simulated machine is down", what, path);
    err->retryable = true;
    return false;
}

static bool is_alive(const struct sim_disk *disk, const struct sim_file *file, const char *what,
                     struct dag_error *err)
{
    if (file->life == disk->life)
        return is_up(disk, what, file->path, err);
    return dag_error_set(err, DAG_ERROR_IO,
                         "cannot %s '%s': it was opened before the simulated machine crashed", what,
                         file->path);
}

static bool chance(struct sim_disk *disk, uint32_t of_65536)
{
    return of_65536 > 0 && sim_below(disk, 65536) < of_65536;
}

/* ---- crashes ---------------------------------------------------------------------------- */

static void go_down(struct sim_disk *disk, enum sim_crash kind)
{
    if (disk->is_down)
        return;
    disk->is_down = true;
    disk->crash_kind = kind;
}

/* Counts an operation. True: the crash comes in it. */
static bool is_crash_due(struct sim_disk *disk)
{
    return ++disk->operations == disk->crash_at;
}

/* ---- files ------------------------------------------------------------------------------ */

/* Beside the program: folders on the way are made, and on the disk at once. */
static void put_folders(struct sim_disk *disk, const char *path)
{
    char *folder = sim_need(strdup(path));

    for (char *at = folder + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (!sim_find(&disk->now, folder))
            sim_link(disk, &disk->now, folder, NULL);
        if (!sim_find(&disk->durable, folder))
            sim_link(disk, &disk->durable, folder, NULL);
        *at = '/';
    }
    free(folder);
}

static bool is_empty(const struct sim_disk *disk, const char *folder)
{
    size_t size = strlen(folder);

    for (size_t i = 0; i < disk->now.count; i++) {
        const char *path = disk->now.entries[i].path;
        if (sim_folder_size(path) == size && strncmp(path, folder, size) == 0)
            return false;
    }
    return true;
}

/* Makes a folder unless it is there, and syncs nothing. */
static bool add_folder(struct sim_disk *disk, const char *folder, struct dag_error *err)
{
    if (!sim_find(&disk->now, folder)) {
        if (is_crash_due(disk))
            go_down(disk, disk->crash_kind);
        sim_link(disk, &disk->now, folder, NULL);
        sim_change_folder(disk, folder);
    }
    return is_up(disk, "make the folder", folder, err);
}

/* Makes a folder and syncs the one that it lies in; an empty one may have been left unsynced. */
static bool make_folder(struct sim_disk *disk, const char *folder, struct dag_error *err)
{
    bool exists = sim_find(&disk->now, folder) != NULL;

    if (exists && !is_empty(disk, folder))
        return true;
    if (!add_folder(disk, folder, err))
        return false;
    if (is_crash_due(disk)) {
        go_down(disk, disk->crash_kind);
        return is_up(disk, "sync the folder of", folder, err);
    }
    if (chance(disk, disk->faults.sync))
        return fail(err, EIO, "sync the folder of", folder);
    sim_sync_folder(disk, folder);
    return true;
}

static bool make_folders(struct sim_disk *disk, const char *path, struct dag_error *err)
{
    char *folder = sim_need(strdup(path));
    bool done = true;

    for (char *at = folder + 1; done && *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        done = make_folder(disk, folder, err);
        *at = '/';
    }
    free(folder);
    return done;
}

/* Finds or makes the file. NULL: `err`. */
static struct sim_inode *find_inode(struct sim_disk *disk, const char *path, uint32_t flags,
                                    bool *is_made, struct dag_error *err)
{
    struct sim_entry *entry = sim_find(&disk->now, path);
    struct sim_inode *inode;

    *is_made = false;
    if (entry && !entry->inode) {
        fail(err, EISDIR, "open", path);
        return NULL;
    }
    if (entry)
        return entry->inode;
    if (!(flags & DAG_OPEN_CREATE)) {
        fail(err, ENOENT, "open", path);
        return NULL;
    }
    if (!make_folders(disk, path, err))
        return NULL;
    if (is_crash_due(disk))
        go_down(disk, disk->crash_kind);
    inode = sim_inode_new(disk);
    sim_link(disk, &disk->now, path, inode);
    sim_change(disk, path, NULL, inode);
    *is_made = true;
    return inode;
}

static struct dag_file *open_locked(struct sim_disk *disk, const char *path, uint32_t flags,
                                    struct dag_error *err)
{
    size_t size = strlen(path) + 1;
    struct sim_inode *inode;
    struct sim_file *file;
    bool is_made;

    if (!is_up(disk, "open", path, err))
        return NULL;
    if (chance(disk, disk->faults.open)) {
        fail(err, EIO, "open", path);
        return NULL;
    }
    inode = find_inode(disk, path, flags, &is_made, err);
    if (!inode || !is_up(disk, "open", path, err))
        return NULL;
    if (flags & DAG_OPEN_TRUNCATE)
        sim_inode_truncate(inode, 0);
    file = sim_need(calloc(1, sizeof(*file) + size));
    file->file.storage = &disk->storage;
    file->inode = sim_inode_ref(inode);
    file->life = disk->life;
    /* an earlier process may have made it, and not have synced the folder either */
    file->folder_unsynced = (is_made || (flags & (DAG_OPEN_WRITE | DAG_OPEN_APPEND))) &&
                            !(flags & STORAGE_OPEN_ENTRY_LATER);
    memcpy(file->path, path, size);
    return &file->file;
}

static struct dag_file *op_open(struct storage *storage, const char *path, uint32_t flags,
                                struct dag_error *err)
{
    struct sim_disk *disk = disk_of(storage);

    pthread_mutex_lock(&disk->lock);
    struct dag_file *file = open_locked(disk, path, flags, err);
    pthread_mutex_unlock(&disk->lock);
    return file;
}

static void op_close(struct dag_file *file)
{
    struct sim_disk *disk = disk_of(file->storage);

    pthread_mutex_lock(&disk->lock);
    sim_inode_unref(file_of(file)->inode);
    pthread_mutex_unlock(&disk->lock);
    free(file);
}

static int64_t read_locked(struct sim_disk *disk, struct sim_file *file, uint64_t offset,
                           void *bytes, size_t size, struct dag_error *err)
{
    const struct dag_buffer *now = &file->inode->now;

    if (!is_alive(disk, file, "read", err))
        return -1;
    if (chance(disk, disk->faults.read)) {
        fail(err, EIO, "read", file->path);
        return -1;
    }
    if (offset >= now->size || size == 0)
        return 0;
    if (size > now->size - offset)
        size = now->size - (size_t)offset;
    memcpy(bytes, now->bytes + offset, size);
    return (int64_t)size;
}

static int64_t op_read(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                       struct dag_error *err)
{
    struct sim_disk *disk = disk_of(file->storage);

    pthread_mutex_lock(&disk->lock);
    int64_t got = read_locked(disk, file_of(file), offset, bytes, size, err);
    pthread_mutex_unlock(&disk->lock);
    return got;
}

static bool write_locked(struct sim_disk *disk, struct sim_file *file, const void *bytes,
                         size_t size, struct dag_error *err)
{
    size_t part = size;
    int number = 0;

    if (!is_alive(disk, file, "write", err))
        return false;
    bool is_crash = is_crash_due(disk);
    if (is_crash)
        go_down(disk, disk->crash_kind);
    else if (chance(disk, disk->faults.write))
        number = EIO;
    else if (chance(disk, disk->faults.full))
        number = ENOSPC;
    if (is_crash || number != 0)
        part = (size_t)sim_below(disk, size + 1);
    if (part > disk->room) {
        part = (size_t)disk->room;
        number = ENOSPC;
    }
    if (disk->room != UINT64_MAX)
        disk->room -= part;
    if (part > 0 && !dag_buffer_append(&file->inode->now, bytes, part))
        sim_need(NULL);
    return number != 0 ? fail(err, number, "write", file->path)
                       : is_up(disk, "write", file->path, err);
}

static bool op_write(struct dag_file *file, const void *bytes, size_t size, struct dag_error *err)
{
    struct sim_disk *disk = disk_of(file->storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = write_locked(disk, file_of(file), bytes, size, err);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

/* The kernel drops what it could not write and calls it clean. */
static void lose_unsynced(struct sim_inode *inode)
{
    if (inode->low >= inode->now.size)
        return;
    if (inode->lost_begin == inode->lost_end)
        inode->lost_begin = inode->low;
    inode->lost_end = inode->now.size;
}

static bool sync_locked(struct sim_disk *disk, struct sim_file *file, struct dag_error *err)
{
    if (!is_alive(disk, file, "sync", err))
        return false;
    bool is_crash = is_crash_due(disk);
    if (is_crash) {
        if (sim_below(disk, 2) == 0)
            sim_inode_sync(file->inode);
        go_down(disk, disk->crash_kind);
        return is_up(disk, "sync", file->path, err);
    }
    if (chance(disk, disk->faults.sync)) {
        if (disk->faults.sync_failure_loses)
            lose_unsynced(file->inode);
        return fail(err, EIO, "sync", file->path);
    }
    sim_inode_sync(file->inode);
    if (file->folder_unsynced)
        sim_sync_folder(disk, file->path);
    file->folder_unsynced = false;
    return true;
}

static bool op_sync(struct dag_file *file, struct dag_error *err)
{
    struct sim_disk *disk = disk_of(file->storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = sync_locked(disk, file_of(file), err);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

static bool op_settle(struct dag_file *file, struct dag_error *err)
{
    struct sim_disk *disk = disk_of(file->storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = sync_locked(disk, file_of(file), err);
    if (is_done)
        sim_inode_forget_cache(file_of(file)->inode);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

static bool op_truncate(struct dag_file *file, uint64_t size, struct dag_error *err)
{
    struct sim_disk *disk = disk_of(file->storage);
    struct sim_file *mine = file_of(file);

    pthread_mutex_lock(&disk->lock);
    bool is_done = is_alive(disk, mine, "truncate", err);
    if (is_done && is_crash_due(disk)) {
        go_down(disk, disk->crash_kind);
        is_done = is_up(disk, "truncate", mine->path, err);
        if (sim_below(disk, 2) == 0)
            sim_inode_truncate(mine->inode, size);
    } else if (is_done) {
        sim_inode_truncate(mine->inode, size);
    }
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

static void fill_info(const struct sim_inode *inode, struct dag_file_info *info)
{
    *info = (struct dag_file_info){
        .device = 1,
        .inode = inode ? inode->number : 0,
        .size = inode ? inode->now.size : 0,
        .is_regular = inode != NULL,
        .exists = true,
    };
}

static bool op_info(struct dag_file *file, struct dag_file_info *info, struct dag_error *err)
{
    struct sim_disk *disk = disk_of(file->storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = is_alive(disk, file_of(file), "look at", err);
    if (is_done)
        fill_info(file_of(file)->inode, info);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

static bool op_path_info(struct storage *storage, const char *path, struct dag_file_info *info,
                         struct dag_error *err)
{
    struct sim_disk *disk = disk_of(storage);

    pthread_mutex_lock(&disk->lock);
    const struct sim_entry *entry = sim_find(&disk->now, path);
    bool is_done = is_up(disk, "look at", path, err);
    *info = (struct dag_file_info){0};
    if (is_done && entry)
        fill_info(entry->inode, info);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

/* ---- folders ---------------------------------------------------------------------------- */

static bool move_locked(struct sim_disk *disk, const char *from, const char *to,
                        struct dag_error *err)
{
    const struct sim_entry *entry = sim_find(&disk->now, from);

    if (!is_up(disk, "rename", from, err))
        return false;
    if (!entry || !entry->inode)
        return fail(err, entry ? EISDIR : ENOENT, "rename", from);
    bool is_crash = is_crash_due(disk);
    if (is_crash)
        go_down(disk, disk->crash_kind);
    if (is_crash && sim_below(disk, 2) == 0)
        return is_up(disk, "rename", from, err);
    if (chance(disk, disk->faults.rename) && sim_below(disk, 2) == 0)
        return fail(err, EIO, "rename", from);

    struct sim_inode *inode = sim_inode_ref(entry->inode);
    sim_unlink(disk, &disk->now, from);
    sim_link(disk, &disk->now, to, inode);
    sim_change(disk, to, from, inode);
    sim_inode_unref(inode);
    return is_up(disk, "rename", from, err);
}

static bool rename_locked(struct sim_disk *disk, const char *from, const char *to,
                          struct dag_error *err)
{
    if (!move_locked(disk, from, to, err))
        return false;
    /* renamed, but the folder could not be synced */
    if (chance(disk, disk->faults.rename))
        return fail(err, EIO, "sync the folder", to);
    sim_sync_folder(disk, to);
    return true;
}

static bool op_rename(struct storage *storage, const char *from, const char *to,
                      struct dag_error *err)
{
    struct sim_disk *disk = disk_of(storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = rename_locked(disk, from, to, err);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

static bool op_move(struct storage *storage, const char *from, const char *to,
                    struct dag_error *err)
{
    struct sim_disk *disk = disk_of(storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = move_locked(disk, from, to, err);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

static bool op_make_folder(struct storage *storage, const char *folder, struct dag_error *err)
{
    struct sim_disk *disk = disk_of(storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = make_folders(disk, folder, err) && add_folder(disk, folder, err);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

static bool remove_locked(struct sim_disk *disk, const char *path, struct dag_error *err)
{
    const struct sim_entry *entry = sim_find(&disk->now, path);

    if (!is_up(disk, "remove", path, err))
        return false;
    if (!entry)
        return fail(err, ENOENT, "remove", path);
    if (!entry->inode && !is_empty(disk, path))
        return fail(err, ENOTEMPTY, "remove", path);
    bool is_crash = is_crash_due(disk);
    if (is_crash)
        go_down(disk, disk->crash_kind);
    if (is_crash && sim_below(disk, 2) == 0)
        return is_up(disk, "remove", path, err);
    sim_unlink(disk, &disk->now, path);
    sim_change(disk, path, NULL, NULL);
    return is_up(disk, "remove", path, err);
}

static bool op_remove(struct storage *storage, const char *path, struct dag_error *err)
{
    struct sim_disk *disk = disk_of(storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = remove_locked(disk, path, err);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

static bool sync_folder_locked(struct sim_disk *disk, const char *folder, struct dag_error *err)
{
    size_t size = strlen(folder);

    if (!is_up(disk, "sync the folder", folder, err))
        return false;
    if (!sim_find(&disk->now, folder))
        return fail(err, ENOENT, "open the folder", folder);
    if (is_crash_due(disk)) {
        go_down(disk, disk->crash_kind);
        return is_up(disk, "sync the folder", folder, err);
    }
    if (chance(disk, disk->faults.sync))
        return fail(err, EIO, "sync the folder", folder);

    char *path = sim_need(malloc(size + 3)); /* of something in it */
    memcpy(path, folder, size);
    memcpy(path + size, "/x", 3);
    sim_sync_folder(disk, path);
    free(path);
    return true;
}

static bool op_sync_folder(struct storage *storage, const char *folder, struct dag_error *err)
{
    struct sim_disk *disk = disk_of(storage);

    pthread_mutex_lock(&disk->lock);
    bool is_done = sync_folder_locked(disk, folder, err);
    pthread_mutex_unlock(&disk->lock);
    return is_done;
}

/* The names in a folder, in any order, as a real one gives them. The caller frees them. */
static char **names_of(struct sim_disk *disk, const char *folder, size_t *count)
{
    size_t size = strlen(folder);
    char **names = sim_need(calloc(disk->now.count + 1, sizeof(names[0])));

    while (size > 1 && folder[size - 1] == '/')
        size--;
    *count = 0;
    for (size_t i = 0; i < disk->now.count; i++) {
        const char *path = disk->now.entries[i].path;

        if (sim_folder_size(path) == size && strncmp(path, folder, size) == 0)
            names[(*count)++] = sim_need(strdup(path + size + 1));
    }
    for (size_t i = *count; i > 1; i--) {
        size_t j = (size_t)sim_below(disk, i);
        char *name = names[i - 1];

        names[i - 1] = names[j];
        names[j] = name;
    }
    return names;
}

static bool op_list(struct storage *storage, const char *folder,
                    bool (*entry)(void *context, const char *name), void *context,
                    struct dag_error *err)
{
    struct sim_disk *disk = disk_of(storage);
    char **names = NULL;
    size_t count = 0;

    pthread_mutex_lock(&disk->lock);
    bool is_done = is_up(disk, "list", folder, err);
    if (is_done)
        names = names_of(disk, folder, &count);
    if (is_done && count == 0 && !sim_find(&disk->now, folder))
        is_done = fail(err, ENOENT, "list", folder);
    pthread_mutex_unlock(&disk->lock);
    for (size_t i = 0; i < count && entry(context, names[i]); i++)
        continue;
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return is_done;
}

/* ---- the disk --------------------------------------------------------------------------- */

struct sim_disk *sim_disk_new(uint64_t seed)
{
    struct sim_disk *disk = sim_need(calloc(1, sizeof(*disk)));

    disk->storage = (struct storage){
        .open = op_open,
        .close = op_close,
        .read = op_read,
        .write = op_write,
        .sync = op_sync,
        .truncate = op_truncate,
        .info = op_info,
        .path_info = op_path_info,
        .rename = op_rename,
        .remove = op_remove,
        .list = op_list,
        .sync_folder = op_sync_folder,
        .settle = op_settle,
        .make_folder = op_make_folder,
        .move = op_move,
    };
    pthread_mutex_init(&disk->lock, NULL);
    disk->random = seed;
    disk->room = UINT64_MAX;
    return disk;
}

static void free_names(struct sim_disk *disk, struct sim_names *names)
{
    while (names->count > 0)
        sim_unlink(disk, names, names->entries[names->count - 1].path);
    free(names->entries);
}

void sim_disk_free(struct sim_disk *disk)
{
    if (!disk)
        return;
    free_names(disk, &disk->now);
    free_names(disk, &disk->durable);
    for (size_t i = 0; i < disk->change_count; i++) {
        free(disk->changes[i].path);
        free(disk->changes[i].from);
        sim_inode_unref(disk->changes[i].inode);
    }
    free(disk->changes);
    pthread_mutex_destroy(&disk->lock);
    free(disk);
}

struct storage *sim_disk_storage(struct sim_disk *disk)
{
    return &disk->storage;
}

void sim_disk_set_faults(struct sim_disk *disk, const struct sim_faults *faults)
{
    pthread_mutex_lock(&disk->lock);
    disk->faults = *faults;
    pthread_mutex_unlock(&disk->lock);
}

void sim_disk_set_room(struct sim_disk *disk, uint64_t size)
{
    pthread_mutex_lock(&disk->lock);
    disk->room = size;
    pthread_mutex_unlock(&disk->lock);
}

uint64_t sim_disk_operations(struct sim_disk *disk)
{
    pthread_mutex_lock(&disk->lock);
    uint64_t operations = disk->operations;
    pthread_mutex_unlock(&disk->lock);
    return operations;
}

void sim_disk_crash_at(struct sim_disk *disk, uint64_t operation, enum sim_crash kind)
{
    pthread_mutex_lock(&disk->lock);
    disk->crash_at = operation;
    disk->crash_kind = kind;
    pthread_mutex_unlock(&disk->lock);
}

void sim_disk_crash(struct sim_disk *disk, enum sim_crash kind)
{
    pthread_mutex_lock(&disk->lock);
    go_down(disk, kind);
    pthread_mutex_unlock(&disk->lock);
}

bool sim_disk_is_down(struct sim_disk *disk)
{
    pthread_mutex_lock(&disk->lock);
    bool is_down = disk->is_down;
    pthread_mutex_unlock(&disk->lock);
    return is_down;
}

void sim_disk_restart(struct sim_disk *disk)
{
    pthread_mutex_lock(&disk->lock);
    if (disk->is_down && disk->crash_kind == SIM_CRASH_POWER)
        sim_lose_power(disk);
    disk->is_down = false;
    disk->crash_at = 0;
    disk->life++;
    pthread_mutex_unlock(&disk->lock);
}

/* ---- beside the program ----------------------------------------------------------------- */

void sim_disk_append(struct sim_disk *disk, const char *path, const void *bytes, size_t size)
{
    pthread_mutex_lock(&disk->lock);
    struct sim_entry *entry = sim_find(&disk->now, path);
    struct sim_inode *inode = entry ? entry->inode : NULL;

    if (!inode) {
        put_folders(disk, path);
        inode = sim_inode_new(disk);
        sim_link(disk, &disk->now, path, inode);
        sim_link(disk, &disk->durable, path, inode);
    }
    if (size > 0 && !dag_buffer_append(&inode->now, bytes, size))
        sim_need(NULL);
    sim_inode_sync(inode);
    pthread_mutex_unlock(&disk->lock);
}

bool sim_disk_content(struct sim_disk *disk, const char *path, struct dag_buffer *out)
{
    pthread_mutex_lock(&disk->lock);
    const struct sim_entry *entry = sim_find(&disk->now, path);
    bool is_there = entry && entry->inode;

    if (is_there && entry->inode->now.size > 0 &&
        !dag_buffer_append(out, entry->inode->now.bytes, entry->inode->now.size))
        sim_need(NULL);
    pthread_mutex_unlock(&disk->lock);
    return is_there;
}

void sim_disk_rename(struct sim_disk *disk, const char *from, const char *to)
{
    pthread_mutex_lock(&disk->lock);
    const struct sim_entry *entry = sim_find(&disk->now, from);
    struct sim_inode *inode = sim_inode_ref(entry ? entry->inode : NULL);

    if (inode) {
        sim_unlink(disk, &disk->now, from);
        sim_link(disk, &disk->now, to, inode);
        sim_change(disk, to, from, inode);
        sim_sync_folder(disk, to);
    }
    sim_inode_unref(inode);
    pthread_mutex_unlock(&disk->lock);
}

void sim_disk_remove(struct sim_disk *disk, const char *path)
{
    pthread_mutex_lock(&disk->lock);
    sim_unlink(disk, &disk->now, path);
    sim_change(disk, path, NULL, NULL);
    sim_sync_folder(disk, path);
    pthread_mutex_unlock(&disk->lock);
}

bool sim_disk_flip(struct sim_disk *disk, const char *path, uint64_t offset, unsigned bit)
{
    pthread_mutex_lock(&disk->lock);
    const struct sim_entry *entry = sim_find(&disk->now, path);
    struct sim_inode *inode = entry ? entry->inode : NULL;
    bool is_there = inode && offset < inode->now.size;

    if (is_there)
        inode->now.bytes[offset] = (char)(inode->now.bytes[offset] ^ (1 << (bit & 7)));
    if (is_there && offset < inode->durable.size)
        inode->durable.bytes[offset] = (char)(inode->durable.bytes[offset] ^ (1 << (bit & 7)));
    pthread_mutex_unlock(&disk->lock);
    return is_there;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct sim_entry *)a)->path, ((const struct sim_entry *)b)->path);
}

void sim_disk_each(struct sim_disk *disk, const char *folder,
                   void (*visit)(void *context, const char *path, uint64_t size), void *context)
{
    size_t size = strlen(folder);

    pthread_mutex_lock(&disk->lock);
    if (disk->now.count > 1)
        qsort(disk->now.entries, disk->now.count, sizeof(disk->now.entries[0]), by_path);
    for (size_t i = 0; i < disk->now.count; i++) {
        const struct sim_entry *entry = &disk->now.entries[i];

        if (entry->inode && strncmp(entry->path, folder, size) == 0 && entry->path[size] == '/')
            visit(context, entry->path, entry->inode->now.size);
    }
    pthread_mutex_unlock(&disk->lock);
}
