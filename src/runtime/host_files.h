/* host_files.h - the files of a host: those of a storage. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_HOST_FILES_H
#define RUNTIME_HOST_FILES_H

#include "core/storage.h"
#include "dag/host.h"

/** How every host begins that lends files by the functions below. */
struct file_host {
    struct dag_host host;    /* first */
    struct storage *storage; /* borrowed */
};

struct dag_file *host_file_open(struct dag_host *host, const char *path, uint32_t flags,
                                struct dag_error *err);
void host_file_close(struct dag_file *file);
int64_t host_file_read(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                       struct dag_error *err);
bool host_file_write(struct dag_file *file, const void *bytes, size_t size, struct dag_error *err);
bool host_file_sync(struct dag_file *file, struct dag_error *err);
bool host_file_settle(struct dag_file *file, struct dag_error *err);
bool host_file_truncate(struct dag_file *file, uint64_t size, struct dag_error *err);
bool host_file_info(struct dag_file *file, struct dag_file_info *info, struct dag_error *err);
bool host_path_info(struct dag_host *host, const char *path, struct dag_file_info *info,
                    struct dag_error *err);
bool host_path_rename(struct dag_host *host, const char *from, const char *to,
                      struct dag_error *err);
bool host_path_remove(struct dag_host *host, const char *path, struct dag_error *err);
bool host_path_list(struct dag_host *host, const char *folder,
                    bool (*entry)(void *context, const char *name), void *context,
                    struct dag_error *err);

/** For the initializer of a `struct dag_host_ops`. */
#define HOST_FILES_OPS                                                                             \
    .file_open = host_file_open, .file_close = host_file_close, .file_read = host_file_read,       \
    .file_write = host_file_write, .file_sync = host_file_sync, .file_settle = host_file_settle,   \
    .file_truncate = host_file_truncate, .file_info = host_file_info, .path_info = host_path_info, \
    .path_rename = host_path_rename, .path_remove = host_path_remove, .path_list = host_path_list

#endif
