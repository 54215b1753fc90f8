/* storage_host.c - a fake host whose files are those of a storage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/storage_host.h"

static struct storage *storage_of(struct dag_host *host)
{
    return ((struct fake_host *)host)->storage;
}

static struct dag_file *open_file(struct dag_host *host, const char *path, uint32_t flags,
                                  struct dag_error *err)
{
    return storage_of(host)->open(storage_of(host), path, flags, err);
}

static void close_file(struct dag_file *file)
{
    file->storage->close(file);
}

static int64_t read_file(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                         struct dag_error *err)
{
    return file->storage->read(file, offset, bytes, size, err);
}

static bool write_file(struct dag_file *file, const void *bytes, size_t size, struct dag_error *err)
{
    return file->storage->write(file, bytes, size, err);
}

static bool sync_file(struct dag_file *file, struct dag_error *err)
{
    return file->storage->sync(file, err);
}

static bool settle_file(struct dag_file *file, struct dag_error *err)
{
    return (file->storage->settle ? file->storage->settle : file->storage->sync)(file, err);
}

static bool truncate_file(struct dag_file *file, uint64_t size, struct dag_error *err)
{
    return file->storage->truncate(file, size, err);
}

static bool file_info(struct dag_file *file, struct dag_file_info *info, struct dag_error *err)
{
    return file->storage->info(file, info, err);
}

static bool path_info(struct dag_host *host, const char *path, struct dag_file_info *info,
                      struct dag_error *err)
{
    return storage_of(host)->path_info(storage_of(host), path, info, err);
}

static bool path_rename(struct dag_host *host, const char *from, const char *to,
                        struct dag_error *err)
{
    return storage_of(host)->rename(storage_of(host), from, to, err);
}

static bool path_remove(struct dag_host *host, const char *path, struct dag_error *err)
{
    return storage_of(host)->remove(storage_of(host), path, err);
}

static bool path_list(struct dag_host *host, const char *folder,
                      bool (*entry)(void *context, const char *name), void *context,
                      struct dag_error *err)
{
    return storage_of(host)->list(storage_of(host), folder, entry, context, err);
}

void fake_host_use_storage(struct fake_host *host, struct storage *storage)
{
    static struct dag_host_ops ops;

    ops = *host->host.ops;
    ops.file_open = open_file;
    ops.file_close = close_file;
    ops.file_read = read_file;
    ops.file_write = write_file;
    ops.file_sync = sync_file;
    ops.file_truncate = truncate_file;
    ops.file_info = file_info;
    ops.path_info = path_info;
    ops.path_rename = path_rename;
    ops.path_remove = path_remove;
    ops.path_list = path_list;
    ops.file_settle = settle_file;
    host->host.ops = &ops;
    host->storage = storage;
}
