/* disk_root.h - system calls on paths that begin at the working folder, or that must stay beneath a
 * folder. Inside core only: storage.c and storage_beneath.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_DISK_ROOT_H
#define CORE_DISK_ROOT_H

#include <sys/stat.h>

#include "core/storage.h"

/** What errno is for a path that leads out of the root. */
#define DISK_ROOT_OUTSIDE ENOLINK

/** A folder that paths stay beneath. Where NULL is passed for it they may be any. */
struct disk_root {
    int fd;     /* owned; of the folder */
    char *text; /* owned; the folder as it was given, without slashes at its end */
    char *real; /* owned; the same without symbolic links */
};

/** The path from the root on; `path` itself without a root. NULL: errno. */
const char *disk_root_path(const struct disk_root *root, const char *path);

/** As the calls of these names, with errno; interrupted ones are repeated. `mode`: of a file that
 *  is made. */
int disk_root_open(const struct disk_root *root, const char *path, int flags, mode_t mode);
int disk_root_stat(const struct disk_root *root, const char *path, struct stat *found);
int disk_root_mkdir(const struct disk_root *root, const char *path, mode_t mode);
int disk_root_rename(const struct disk_root *root, const char *from, const char *to);

/** Of a file or an empty folder. */
int disk_root_remove(const struct disk_root *root, const char *path);

#endif
