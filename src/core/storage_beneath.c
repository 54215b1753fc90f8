/* storage_beneath.c - see storage_beneath.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/storage_beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/disk_root.h"

struct beneath {
    struct storage storage;
    struct disk_root root;
};

static bool open_root(struct disk_root *root, const char *path, struct dag_error *err)
{
    size_t size = strlen(path);

    while (size > 0 && path[size - 1] == '/')
        size--;
    root->text = strndup(path, size);
    root->real = realpath(path, NULL);
    if (!root->text)
        return dag_error_set_memory(err, "a file root");
    if (!root->real)
        return dag_error_set_errno(err, "cannot use the file root '%s'", path);
    if (strcmp(root->real, "/") == 0)
        root->real[0] = '\0';
    root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root->fd < 0)
        return dag_error_set_errno(err, "cannot use the file root '%s'", path);
    int fd = disk_root_open(root, ".", O_PATH, 0);
    if (fd >= 0) {
        close(fd);
        return true;
    }
    if (errno == ENOSYS || errno == EPERM)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "this system can't confine DAGs to the file root '%s': openat2() is "
                             "missing or not allowed (it needs Linux 5.6)",
                             path);
    return dag_error_set_errno(err, "cannot use the file root '%s'", path);
}

struct storage *storage_beneath_new(const char *path, struct dag_error *err)
{
    struct beneath *beneath = calloc(1, sizeof(*beneath));

    if (!beneath) {
        dag_error_set_memory(err, "a file root");
        return NULL;
    }
    beneath->storage = *storage_disk();
    beneath->storage.root = &beneath->root;
    beneath->root.fd = -1;
    if (open_root(&beneath->root, path, err))
        return &beneath->storage;
    storage_beneath_free(&beneath->storage);
    return NULL;
}

void storage_beneath_free(struct storage *storage)
{
    struct beneath *beneath = (struct beneath *)storage;

    if (!storage)
        return;
    if (beneath->root.fd >= 0)
        close(beneath->root.fd);
    free(beneath->root.text);
    free(beneath->root.real);
    free(beneath);
}
