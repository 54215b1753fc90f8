/* host_files.c - see host_files.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/host_files.h"

static struct storage *storage_of(struct dag_host *host)
{
    return ((struct file_host *)host)->storage;
}

struct dag_file *host_file_open(struct dag_host *host, const char *path, uint32_t flags,
                                struct dag_error *err)
{
    return storage_of(host)->open(storage_of(host), path, flags, err);
}

void host_file_close(struct dag_file *file)
{
    file->storage->close(file);
}

int64_t host_file_read(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                       struct dag_error *err)
{
    return file->storage->read(file, offset, bytes, size, err);
}

bool host_file_write(struct dag_file *file, const void *bytes, size_t size, struct dag_error *err)
{
    return file->storage->write(file, bytes, size, err);
}

bool host_file_sync(struct dag_file *file, struct dag_error *err)
{
    return file->storage->sync(file, err);
}

bool host_file_settle(struct dag_file *file, struct dag_error *err)
{
    return (file->storage->settle ? file->storage->settle : file->storage->sync)(file, err);
}

bool host_file_truncate(struct dag_file *file, uint64_t size, struct dag_error *err)
{
    return file->storage->truncate(file, size, err);
}

bool host_file_info(struct dag_file *file, struct dag_file_info *info, struct dag_error *err)
{
    return file->storage->info(file, info, err);
}

bool host_path_info(struct dag_host *host, const char *path, struct dag_file_info *info,
                    struct dag_error *err)
{
    return storage_of(host)->path_info(storage_of(host), path, info, err);
}

bool host_path_rename(struct dag_host *host, const char *from, const char *to,
                      struct dag_error *err)
{
    return storage_of(host)->rename(storage_of(host), from, to, err);
}

bool host_path_remove(struct dag_host *host, const char *path, struct dag_error *err)
{
    return storage_of(host)->remove(storage_of(host), path, err);
}

bool host_path_list(struct dag_host *host, const char *folder,
                    bool (*entry)(void *context, const char *name), void *context,
                    struct dag_error *err)
{
    return storage_of(host)->list(storage_of(host), folder, entry, context, err);
}
