/* small_disk.c - see small_disk.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/durable/small_disk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct small_handle {
    struct dag_file file; /* first */
    struct small_file *of;
};

static struct small_disk *disk_of(struct storage *storage)
{
    return (struct small_disk *)storage;
}

static struct small_file *file_of(struct dag_file *file)
{
    return ((struct small_handle *)file)->of;
}

static void buffer_set(struct dag_buffer *to, const struct dag_buffer *from, size_t size)
{
    to->size = 0;
    assert(dag_buffer_append(to, from->bytes, size));
}

/* Counts a call that changes something. False: it fails. */
static bool count(struct small_disk *disk, struct dag_error *err)
{
    disk->calls++;
    if (disk->calls == disk->stops_at)
        disk->is_stopped = true;
    if (!disk->is_stopped && disk->calls != disk->fails_at)
        return true;
    dag_error_set(err, DAG_ERROR_IO, "the disk failed on purpose");
    err->retryable = true;
    return false;
}

struct small_file *small_disk_find(struct small_disk *disk, const char *path)
{
    for (size_t i = 0; i < disk->file_count; i++)
        if (disk->files[i].is_linked && strcmp(disk->files[i].path, path) == 0)
            return &disk->files[i];
    return NULL;
}

static struct dag_file *small_open(struct storage *storage, const char *path, uint32_t flags,
                                   struct dag_error *err)
{
    struct small_disk *disk = disk_of(storage);
    struct small_file *file = small_disk_find(disk, path);

    if (flags & (DAG_OPEN_CREATE | DAG_OPEN_TRUNCATE) && !count(disk, err))
        return NULL;
    if (!file && !(flags & DAG_OPEN_CREATE)) {
        dag_error_set(err, DAG_ERROR_IO, "there is no '%s'", path);
        return NULL;
    }
    if (!file) {
        assert(disk->file_count < SMALL_FILES_MAX);
        file = &disk->files[disk->file_count++];
        *file = (struct small_file){.is_linked = true};
        strncpy(file->path, path, sizeof(file->path) - 1);
    }
    if (flags & DAG_OPEN_TRUNCATE)
        file->now.size = 0;
    struct small_handle *handle = calloc(1, sizeof(*handle));
    assert(handle);
    *handle = (struct small_handle){.file = {storage}, .of = file};
    return &handle->file;
}

static void small_close(struct dag_file *file)
{
    free(file);
}

static int64_t small_read(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                          struct dag_error *err)
{
    const struct dag_buffer *now = &file_of(file)->now;
    size_t rest = offset < now->size ? now->size - (size_t)offset : 0;

    (void)err;
    if (size > rest)
        size = rest;
    if (size > 0)
        memcpy(bytes, now->bytes + offset, size);
    return (int64_t)size;
}

static bool small_write(struct dag_file *file, const void *bytes, size_t size,
                        struct dag_error *err)
{
    bool done = count(disk_of(file->storage), err);

    assert(dag_buffer_append(&file_of(file)->now, bytes, done ? size : size / 2));
    return done;
}

static bool small_write_blocks(struct dag_file *file, const void *bytes, size_t size,
                               struct dag_error *err)
{
    struct small_disk *disk = disk_of(file->storage);

    assert((uintptr_t)bytes % STORAGE_BLOCK_SIZE == 0 && size % STORAGE_BLOCK_SIZE == 0);
    assert(file_of(file)->now.size % STORAGE_BLOCK_SIZE == 0);
    disk->block_bytes += size;
    return small_write(file, bytes, size, err);
}

static bool small_sync(struct dag_file *file, struct dag_error *err)
{
    struct small_file *of = file_of(file);

    if (!count(disk_of(file->storage), err))
        return false;
    buffer_set(&of->durable, &of->now, of->now.size);
    return true;
}

static bool small_truncate(struct dag_file *file, uint64_t size, struct dag_error *err)
{
    if (!count(disk_of(file->storage), err))
        return false;
    assert(size <= file_of(file)->now.size);
    file_of(file)->now.size = (size_t)size;
    return true;
}

static bool small_info(struct dag_file *file, struct dag_file_info *info, struct dag_error *err)
{
    (void)err;
    *info =
        (struct dag_file_info){.size = file_of(file)->now.size, .is_regular = true, .exists = true};
    return true;
}

/* There is one folder, and it is there. */
static bool small_path_info(struct storage *storage, const char *path, struct dag_file_info *info,
                            struct dag_error *err)
{
    (void)storage, (void)path, (void)err;
    *info = (struct dag_file_info){.exists = true};
    return true;
}

static bool small_rename(struct storage *storage, const char *from, const char *to,
                         struct dag_error *err)
{
    struct small_file *file = small_disk_find(disk_of(storage), from);

    if (!file || !count(disk_of(storage), err))
        return false;
    strncpy(file->path, to, sizeof(file->path) - 1);
    return true;
}

static bool small_remove(struct storage *storage, const char *path, struct dag_error *err)
{
    struct small_file *file = small_disk_find(disk_of(storage), path);

    if (!file || !count(disk_of(storage), err))
        return false;
    file->is_linked = false;
    return true;
}

static bool small_list(struct storage *storage, const char *folder,
                       bool (*entry)(void *context, const char *name), void *context,
                       struct dag_error *err)
{
    struct small_disk *disk = disk_of(storage);

    (void)folder, (void)err;
    for (size_t i = 0; i < disk->file_count; i++)
        if (disk->files[i].is_linked && !entry(context, strrchr(disk->files[i].path, '/') + 1))
            break;
    return true;
}

static bool small_sync_folder(struct storage *storage, const char *folder, struct dag_error *err)
{
    struct small_disk *disk = disk_of(storage);

    (void)folder;
    if (!count(disk, err))
        return false;
    for (size_t i = 0; i < disk->file_count; i++)
        disk->files[i].was_linked = disk->files[i].is_linked;
    return true;
}

void small_disk_init(struct small_disk *disk)
{
    *disk = (struct small_disk){
        .storage =
            {
                .open = small_open,
                .close = small_close,
                .read = small_read,
                .write = small_write,
                .write_blocks = small_write_blocks,
                .sync = small_sync,
                .truncate = small_truncate,
                .info = small_info,
                .path_info = small_path_info,
                .rename = small_rename,
                .remove = small_remove,
                .list = small_list,
                .sync_folder = small_sync_folder,
            },
    };
}

void small_disk_deinit(struct small_disk *disk)
{
    for (size_t i = 0; i < disk->file_count; i++) {
        dag_buffer_free(&disk->files[i].now);
        dag_buffer_free(&disk->files[i].durable);
    }
    disk->file_count = 0;
}

static void lose(struct small_file *file, enum small_loss loss)
{
    size_t kept = file->durable.size, size = file->now.size;

    if (loss == LOSES_NOTHING || (kept == size && file->is_linked == file->was_linked))
        return;
    if (loss == LOSES_ALL) {
        file->is_linked = file->was_linked;
        buffer_set(&file->now, &file->durable, kept);
    } else if (loss == TEARS_IN_HALF && size > kept) {
        file->now.size = kept + (size - kept) / 2;
    } else if (loss == LEAVES_ZEROS && size > kept) {
        memset(file->now.bytes + kept, 0, size - kept);
    }
}

void small_disk_restart(struct small_disk *disk, enum small_loss loss)
{
    for (size_t i = 0; i < disk->file_count; i++)
        lose(&disk->files[i], loss);
    disk->is_stopped = false;
    disk->stops_at = disk->fails_at = 0;
}

void small_disk_copy(struct small_disk *to, const struct small_disk *from)
{
    for (size_t i = 0; i < from->file_count; i++) {
        const struct small_file *file = &from->files[i];
        struct small_file *copy;
        if (!file->is_linked)
            continue;
        copy = &to->files[to->file_count++];
        *copy = (struct small_file){.is_linked = true, .was_linked = true};
        memcpy(copy->path, file->path, sizeof(copy->path));
        buffer_set(&copy->now, &file->now, file->now.size);
        buffer_set(&copy->durable, &file->now, file->now.size);
    }
}
