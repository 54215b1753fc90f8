/* storage_host.c - a fake host whose files are those of a storage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/storage_host.h"

#include "runtime/host_files.h"

_Static_assert(offsetof(struct fake_host, storage) == offsetof(struct file_host, storage),
               "a fake host begins as one that lends files");

void fake_host_use_storage(struct fake_host *host, struct storage *storage)
{
    static const struct dag_host_ops files = {HOST_FILES_OPS};
    static struct dag_host_ops ops;

    ops = *host->host.ops;
    ops.file_open = files.file_open;
    ops.file_close = files.file_close;
    ops.file_read = files.file_read;
    ops.file_write = files.file_write;
    ops.file_sync = files.file_sync;
    ops.file_settle = files.file_settle;
    ops.file_truncate = files.file_truncate;
    ops.file_info = files.file_info;
    ops.path_info = files.path_info;
    ops.path_rename = files.path_rename;
    ops.path_remove = files.path_remove;
    ops.path_list = files.path_list;
    host->host.ops = &ops;
    host->storage = storage;
}
