/* storage.c - the disk behind storage.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/storage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/disk_root.h"

#define FILE_MODE    0666 /* the umask takes its share */
#define PRIVATE_MODE 0600
#define FOLDER_MODE  0777
#define SYNC_THREADS 8 /* a file system commits what they wait for together */

struct disk_file {
    struct dag_file file;
    int fd;
    bool folder_unsynced; /* its entry may not be on the disk yet */
    bool needs_cache;     /* the file system knows no way past it */
    char path[];
};

static struct disk_file *disk_file_of(struct dag_file *file)
{
    return (struct disk_file *)file;
}

/* What may be gone in a while: an operator makes room, a folder appears. */
static bool may_pass(int number)
{
    switch (number) {
    case ENOENT:
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
    case EINTR:
    case ESTALE:
    case ETIMEDOUT:
        return true;
    default:
        return false;
    }
}

static bool fail(struct dag_error *err, const char *what, const char *path)
{
    int number = errno;

    if (number == DISK_ROOT_OUTSIDE)
        dag_error_set(err, DAG_ERROR_INVALID,
                      "cannot %s '%s': it leads out of the folder that DAGs may use (--file-root)",
                      what, path);
    else
        dag_error_set_errno(err, "cannot %s '%s'", what, path);
    err->retryable = may_pass(number);
    return false;
}

/* The folder that `path` lies in: "." where none is written. */
static bool folder_of(const char *path, char *folder, struct dag_error *err)
{
    size_t size = strlen(path) + 1;

    if (size > PATH_MAX) {
        errno = ENAMETOOLONG;
        return fail(err, "use", path);
    }
    memcpy(folder, path, size);
    char *name = dirname(folder); /* "." is not in the buffer */
    memmove(folder, name, strlen(name) + 1);
    return true;
}

static bool sync_folder(const struct disk_root *root, const char *folder, struct dag_error *err)
{
    int fd = disk_root_open(root, folder, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return fail(err, "open the folder", folder);
    bool done = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS;
    if (!done)
        fail(err, "sync the folder", folder);
    close(fd);
    return done;
}

static bool sync_folder_of(const struct disk_root *root, const char *path, struct dag_error *err)
{
    char folder[PATH_MAX];

    return folder_of(path, folder, err) && sync_folder(root, folder, err);
}

static DIR *open_folder(const struct disk_root *root, const char *folder)
{
    int fd = disk_root_open(root, folder, O_RDONLY | O_DIRECTORY, 0);
    DIR *opened = fd >= 0 ? fdopendir(fd) : NULL;

    if (fd >= 0 && !opened)
        close(fd);
    return opened;
}

static bool is_empty(const struct disk_root *root, const char *folder)
{
    DIR *opened = open_folder(root, folder);
    size_t count = 0;

    if (!opened)
        return false;
    // cppcheck-suppress readdirCalled ; no other thread has this DIR
    while (count <= 2 && readdir(opened))
        count++;
    closedir(opened);
    return count <= 2; /* `.` and `..` */
}

/* Makes a folder and puts its entry on the disk before anything is made in it, so one that was
 * found with something in it is there for good. An empty one may be of a process that ended in
 * between. */
static bool make_folder(const struct disk_root *root, const char *folder, struct dag_error *err)
{
    bool is_made = disk_root_mkdir(root, folder, FOLDER_MODE) == 0;

    if (!is_made && errno != EEXIST)
        return fail(err, "make the folder", folder);
    if (!is_made && !is_empty(root, folder))
        return true;
    if (sync_folder_of(root, folder, err))
        return true;
    if (err->retryable)
        return false;
    /* its parent may be closed to readers; file systems with a journal then write both */
    *err = (struct dag_error){0};
    return sync_folder(root, folder, err);
}

/* Makes the folders on the way to `path`, outermost first. */
static bool make_folders(const struct disk_root *root, const char *path, struct dag_error *err)
{
    char folder[PATH_MAX];
    const char *inside = disk_root_path(root, path);

    if (!inside)
        return fail(err, "make the folder of", path);
    if (!folder_of(inside, folder, err))
        return false;
    for (char *at = folder + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        bool done = make_folder(root, folder, err);
        *at = '/';
        if (!done)
            return false;
    }
    return make_folder(root, folder, err);
}

static struct dag_file *disk_open(struct storage *storage, const char *path, uint32_t flags,
                                  struct dag_error *err)
{
    const struct disk_root *root = storage->root;
    mode_t permissions = flags & STORAGE_OPEN_PRIVATE ? PRIVATE_MODE : FILE_MODE;
    int mode = O_RDONLY;

    if (flags & (DAG_OPEN_WRITE | DAG_OPEN_APPEND))
        mode = (flags & DAG_OPEN_READ ? O_RDWR : O_WRONLY) | O_APPEND;
    if (flags & DAG_OPEN_TRUNCATE)
        mode |= O_TRUNC;
    size_t size = strlen(path) + 1;
    struct disk_file *file = calloc(1, sizeof(*file) + size);
    if (!file) {
        dag_error_set_memory(err, "a file");
        return NULL;
    }
    file->file.storage = storage;
    memcpy(file->path, path, size);
    bool has_folder = (flags & STORAGE_OPEN_ENTRY_LATER) != 0;
    if (has_folder && (flags & DAG_OPEN_CREATE))
        mode |= O_CREAT;
    file->fd = disk_root_open(root, path, mode, permissions);
    if (file->fd < 0 && errno == ENOENT && !has_folder && (flags & DAG_OPEN_CREATE)) {
        if (!make_folders(root, path, err)) {
            free(file);
            return NULL;
        }
        file->fd = disk_root_open(root, path, mode | O_CREAT, permissions);
    }
    /* an earlier process may have made it and not have come to syncing the folder */
    file->folder_unsynced = !has_folder && (flags & (DAG_OPEN_WRITE | DAG_OPEN_APPEND)) != 0;
    if (file->fd >= 0 && (flags & STORAGE_OPEN_PRIVATE) && fchmod(file->fd, PRIVATE_MODE) < 0) {
        int number = errno;

        close(file->fd);
        errno = number;
        file->fd = -1;
    }
    if (file->fd < 0) {
        fail(err, "open", path);
        free(file);
        return NULL;
    }
    return &file->file;
}

static void disk_close(struct dag_file *file)
{
    close(disk_file_of(file)->fd);
    free(file);
}

static int64_t disk_read(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                         struct dag_error *err)
{
    struct disk_file *disk = disk_file_of(file);
    ssize_t count;

    do {
        count = pread(disk->fd, bytes, size, (off_t)offset);
        if (count < 0 && errno == ESPIPE) /* a pipe or a terminal has no offsets */
            count = read(disk->fd, bytes, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0)
        fail(err, "read", disk->path);
    return count;
}

static bool disk_write(struct dag_file *file, const void *bytes, size_t size, struct dag_error *err)
{
    struct disk_file *disk = disk_file_of(file);
    const char *rest = bytes;

    while (size > 0) {
        ssize_t count = write(disk->fd, rest, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(err, "write", disk->path);
        rest += count;
        size -= (size_t)count;
    }
    return true;
}

/* Past the cache as long as the system takes it so; what is left, and what is refused for any
 * reason, goes the usual way, which tells the reason. */
static bool disk_write_blocks(struct dag_file *file, const void *bytes, size_t size,
                              struct dag_error *err)
{
    struct disk_file *disk = disk_file_of(file);
    const char *rest = bytes;
    int flags = disk->needs_cache ? -1 : fcntl(disk->fd, F_GETFL);

    disk->needs_cache = flags < 0 || fcntl(disk->fd, F_SETFL, flags | O_DIRECT) < 0;
    if (!disk->needs_cache) {
        ssize_t count;
        do {
            count = write(disk->fd, rest, size);
            disk->needs_cache = count < 0 && errno == EINVAL;
            if (count > 0) {
                rest += count;
                size -= (size_t)count;
            }
        } while (size > 0 && count > 0 && count % STORAGE_BLOCK_SIZE == 0);
        if (fcntl(disk->fd, F_SETFL, flags) < 0)
            return fail(err, "write", disk->path);
    }
    return disk_write(file, rest, size, err);
}

static bool disk_sync(struct dag_file *file, struct dag_error *err)
{
    struct disk_file *disk = disk_file_of(file);

    /* pipes, terminals and some file systems can't sync: there is nothing to wait for then */
    if (fdatasync(disk->fd) < 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
        return fail(err, "sync", disk->path);
    if (disk->folder_unsynced && !sync_folder_of(file->storage->root, disk->path, err))
        return false;
    disk->folder_unsynced = false;
    return true;
}

/* Pages that a failed sync left in the cache count as clean, so they go as well. */
static bool disk_settle(struct dag_file *file, struct dag_error *err)
{
    if (!disk_sync(file, err))
        return false;
    (void)posix_fadvise(disk_file_of(file)->fd, 0, 0, POSIX_FADV_DONTNEED);
    return true;
}

static bool disk_truncate(struct dag_file *file, uint64_t size, struct dag_error *err)
{
    struct disk_file *disk = disk_file_of(file);

    return ftruncate(disk->fd, (off_t)size) == 0 || fail(err, "truncate", disk->path);
}

static void fill_info(const struct stat *found, struct dag_file_info *info)
{
    *info = (struct dag_file_info){
        .device = (uint64_t)found->st_dev,
        .inode = (uint64_t)found->st_ino,
        .size = (uint64_t)found->st_size,
        .is_regular = S_ISREG(found->st_mode),
        .exists = true,
    };
}

static bool disk_info(struct dag_file *file, struct dag_file_info *info, struct dag_error *err)
{
    struct disk_file *disk = disk_file_of(file);
    struct stat found;

    if (fstat(disk->fd, &found) < 0)
        return fail(err, "look at", disk->path);
    fill_info(&found, info);
    return true;
}

static bool disk_path_info(struct storage *storage, const char *path, struct dag_file_info *info,
                           struct dag_error *err)
{
    struct stat found;

    if (disk_root_stat(storage->root, path, &found) == 0) {
        fill_info(&found, info);
        return true;
    }
    *info = (struct dag_file_info){0};
    return errno == ENOENT || errno == ENOTDIR || fail(err, "look at", path);
}

static bool disk_move(struct storage *storage, const char *from, const char *to,
                      struct dag_error *err)
{
    return disk_root_rename(storage->root, from, to) == 0 || fail(err, "rename", from);
}

static bool disk_rename(struct storage *storage, const char *from, const char *to,
                        struct dag_error *err)
{
    return disk_move(storage, from, to, err) && sync_folder_of(storage->root, to, err);
}

static bool disk_make_folder(struct storage *storage, const char *folder, struct dag_error *err)
{
    const struct disk_root *root = storage->root;
    if (disk_root_mkdir(root, folder, FOLDER_MODE) == 0 || errno == EEXIST)
        return true;
    if (errno != ENOENT)
        return fail(err, "make the folder", folder);
    return make_folders(root, folder, err) &&
           (disk_root_mkdir(root, folder, FOLDER_MODE) == 0 || errno == EEXIST ||
            fail(err, "make the folder", folder));
}

static bool disk_remove(struct storage *storage, const char *path, struct dag_error *err)
{
    return disk_root_remove(storage->root, path) == 0 || fail(err, "remove", path);
}

static bool disk_list(struct storage *storage, const char *folder,
                      bool (*entry)(void *context, const char *name), void *context,
                      struct dag_error *err)
{
    DIR *opened = open_folder(storage->root, folder);

    if (!opened)
        return fail(err, "list", folder);
    for (;;) {
        errno = 0;
        // cppcheck-suppress readdirCalled ; no other thread has this DIR
        struct dirent *found = readdir(opened);
        if (!found)
            break;
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
            continue;
        if (!entry(context, found->d_name)) {
            errno = 0;
            break;
        }
    }
    bool done = errno == 0 || fail(err, "list", folder);
    closedir(opened);
    return done;
}

static bool disk_sync_folder(struct storage *storage, const char *folder, struct dag_error *err)
{
    return sync_folder(storage->root, folder, err);
}

static int disk_descriptor(struct storage *storage, const char *path, int flags,
                           struct dag_error *err)
{
    int fd = disk_root_open(storage->root, path, flags, FILE_MODE);
    int number = errno;

    if (fd < 0)
        fail(err, "open", path);
    errno = number;
    return fd;
}

int storage_descriptor(struct storage *storage, const char *path, int flags, struct dag_error *err)
{
    if (!storage || !storage->descriptor)
        return disk_descriptor(storage_disk(), path, flags, err);
    return storage->descriptor(storage, path, flags, err);
}

struct storage *storage_disk(void)
{
    static struct storage disk = {
        .open = disk_open,
        .close = disk_close,
        .read = disk_read,
        .write = disk_write,
        .sync = disk_sync,
        .truncate = disk_truncate,
        .info = disk_info,
        .path_info = disk_path_info,
        .rename = disk_rename,
        .remove = disk_remove,
        .list = disk_list,
        .sync_folder = disk_sync_folder,
        .settle = disk_settle,
        .write_blocks = disk_write_blocks,
        .descriptor = disk_descriptor,
        .make_folder = disk_make_folder,
        .move = disk_move,
        .sync_threads = SYNC_THREADS,
    };

    return &disk;
}
