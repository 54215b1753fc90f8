/* disk_root.c - see disk_root.h. What changes a folder's entries is done in a descriptor of that
 * folder, by a name without a slash, so nothing can be slipped in between looking and doing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/disk_root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRIES_MAX 100 /* of a path that others rename meanwhile */

/* What follows `root` in `path`; NULL: it doesn't begin with it. */
static const char *behind(const char *path, const char *root)
{
    size_t size = strlen(root);

    if (strncmp(path, root, size) != 0 || (path[size] != '/' && path[size] != '\0'))
        return NULL;
    path += size;
    path += strspn(path, "/");
    return *path ? path : ".";
}

const char *disk_root_path(const struct disk_root *root, const char *path)
{
    const char *rest = path;

    if (!root || path[0] != '/')
        return path;
    rest = behind(path, root->text);
    if (!rest)
        rest = behind(path, root->real);
    if (!rest)
        errno = DISK_ROOT_OUTSIDE;
    return rest;
}

static int open_beneath(const struct disk_root *root, const char *path, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;

    path = disk_root_path(root, path);
    if (!path)
        return -1;
    for (int i = 0; i < TRIES_MAX; i++) {
        fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
        if (fd >= 0 || (errno != EINTR && errno != EAGAIN))
            break;
    }
    if (fd < 0 && errno == EXDEV)
        errno = DISK_ROOT_OUTSIDE;
    return (int)fd;
}

int disk_root_open(const struct disk_root *root, const char *path, int flags, mode_t mode)
{
    int fd;

    if (root)
        return open_beneath(root, path, flags & O_PATH ? flags : flags | O_NOCTTY, mode);
    do {
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

static int close_keeping_errno(int fd, int result)
{
    int number = errno;

    close(fd);
    errno = number;
    return result;
}

int disk_root_stat(const struct disk_root *root, const char *path, struct stat *found)
{
    if (!root)
        return stat(path, found);
    int fd = open_beneath(root, path, O_PATH, 0);
    return fd < 0 ? -1 : close_keeping_errno(fd, fstat(fd, found));
}

/* Opens the folder that the last name of `path` lies in. */
static int open_parent(const struct disk_root *root, const char *path, char name[NAME_MAX + 1])
{
    char folder[PATH_MAX];

    path = disk_root_path(root, path);
    if (!path)
        return -1;
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    if (end - begin > NAME_MAX || begin >= sizeof(folder)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name, path + begin, end - begin);
    name[end - begin] = '\0';
    if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        errno = EINVAL;
        return -1;
    }
    memcpy(folder, path, begin);
    folder[begin] = '\0';
    return open_beneath(root, begin > 0 ? folder : ".", O_PATH | O_DIRECTORY, 0);
}

int disk_root_mkdir(const struct disk_root *root, const char *path, mode_t mode)
{
    char name[NAME_MAX + 1];
    const char *inside = disk_root_path(root, path);

    if (!root)
        return mkdir(path, mode);
    if (inside && strcmp(inside, ".") == 0) {
        errno = EEXIST;
        return -1;
    }
    int fd = open_parent(root, path, name);
    return fd < 0 ? -1 : close_keeping_errno(fd, mkdirat(fd, name, mode));
}

static int remove_at(int folder, const char *name)
{
    if (unlinkat(folder, name, 0) == 0)
        return 0;
    return errno == EISDIR ? unlinkat(folder, name, AT_REMOVEDIR) : -1;
}

int disk_root_remove(const struct disk_root *root, const char *path)
{
    char name[NAME_MAX + 1];

    if (!root)
        return remove_at(AT_FDCWD, path);
    int fd = open_parent(root, path, name);
    return fd < 0 ? -1 : close_keeping_errno(fd, remove_at(fd, name));
}

int disk_root_rename(const struct disk_root *root, const char *from, const char *to)
{
    char from_name[NAME_MAX + 1], to_name[NAME_MAX + 1];

    if (!root)
        return renameat(AT_FDCWD, from, AT_FDCWD, to);
    int from_fd = open_parent(root, from, from_name);
    if (from_fd < 0)
        return -1;
    int to_fd = open_parent(root, to, to_name);
    if (to_fd < 0)
        return close_keeping_errno(from_fd, -1);
    int result = close_keeping_errno(to_fd, renameat(from_fd, from_name, to_fd, to_name));
    return close_keeping_errno(from_fd, result);
}
