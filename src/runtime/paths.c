/* paths.c - see paths.h. The file itself is watched for writes, and its folder only for names that
 * come and go: what is written to its neighbours, such as the DAG's own output, wakes nobody. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define FILE_MASK                                                                                  \
    (IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_MASK_ADD)
#define FOLDER_MASK                                                                                \
    (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |         \
     IN_MASK_ADD)
#define EVENT_BYTES (16u << 10)

struct loop_path {
    struct loop_path *next;
    struct storage *storage; /* borrowed; NULL: none */
    void (*changed)(void *context);
    void *context;
    int file;         /* watch of the file itself; -1: it isn't there */
    int folder;       /* watch of the folder or of its nearest ancestor */
    size_t name_from; /* where the name that is looked for in that folder begins in `path` */
    size_t name_size;
    char path[];
};

struct paths {
    int fd;
    struct loop_path *first; /* owned list */
};

struct paths *paths_new(struct dag_error *err)
{
    struct paths *paths = calloc(1, sizeof(*paths));

    if (!paths) {
        dag_error_set_memory(err, "watching files");
        return NULL;
    }
    paths->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (paths->fd < 0) {
        dag_error_set_errno(err, "cannot watch files");
        free(paths);
        return NULL;
    }
    return paths;
}

void paths_free(struct paths *paths)
{
    if (!paths)
        return;
    while (paths->first)
        paths_unwatch(paths, paths->first);
    close(paths->fd);
    free(paths);
}

int paths_fd(const struct paths *paths)
{
    return paths->fd;
}

static bool is_used(const struct paths *paths, int watch)
{
    for (const struct loop_path *path = paths->first; path; path = path->next)
        if (path->file == watch || path->folder == watch)
            return true;
    return false;
}

static void drop(struct paths *paths, int *watch)
{
    int number = *watch;

    *watch = -1;
    if (number >= 0 && !is_used(paths, number))
        inotify_rm_watch(paths->fd, number); /* it may be gone already */
}

/* Takes the last name off the end of path[0..*size). False: nothing is left of it. */
static bool cut_name(const char *path, size_t *size, size_t *name_from, size_t *name_size)
{
    size_t end = *size;

    while (end > 0 && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    *name_from = begin;
    *name_size = end - begin;
    *size = begin;
    return end > 0;
}

/* A storage that is confined opens what is watched itself: a watch by name would follow links out
 * of it. */
static int add_watch(struct paths *paths, struct storage *storage, const char *name, uint32_t mask)
{
    struct dag_error err = {0};
    char opened[64];

    if (!storage || !storage->root)
        return inotify_add_watch(paths->fd, name, mask);
    int fd = storage_descriptor(storage, name, O_PATH, &err);
    if (fd < 0)
        return -1;
    snprintf(opened, sizeof(opened), "/proc/self/fd/%d", fd);
    int watch = inotify_add_watch(paths->fd, opened, mask);
    int number = errno;
    close(fd);
    errno = number;
    return watch;
}

static int watch_folder(struct paths *paths, struct storage *storage, const char *path, size_t size)
{
    char folder[PATH_MAX];

    if (size >= sizeof(folder))
        return -1;
    memcpy(folder, path, size);
    folder[size] = '\0';
    return add_watch(paths, storage, size > 0 ? folder : ".", FOLDER_MASK | IN_ONLYDIR);
}

/* Watches the deepest folder that is there. One that appears meanwhile is looked for again, so none
 * is missed. */
static bool watch_nearest(struct paths *paths, struct loop_path *path)
{
    int found = -1;
    size_t size = strlen(path->path), from, length;
    size_t found_size = 0;
    bool deeper = true;

    while (deeper) {
        deeper = false;
        size = strlen(path->path);
        while (cut_name(path->path, &size, &from, &length)) {
            int watch = watch_folder(paths, path->storage, path->path, size);
            if (watch < 0)
                continue;
            deeper = found < 0 ? from + length < strlen(path->path) : size > found_size;
            if (found != watch)
                drop(paths, &found);
            found = watch;
            found_size = size;
            path->name_from = from;
            path->name_size = length;
            break;
        }
    }
    path->folder = found;
    return found >= 0;
}

static bool resolve(struct paths *paths, struct loop_path *path)
{
    int old_file = path->file, old_folder = path->folder;

    bool done = watch_nearest(paths, path);
    path->file = add_watch(paths, path->storage, path->path, FILE_MASK);
    if (old_folder != path->folder)
        drop(paths, &old_folder);
    if (old_file != path->file)
        drop(paths, &old_file);
    return done;
}

struct loop_path *paths_watch(struct paths *paths, struct storage *storage, const char *name,
                              void (*changed)(void *context), void *context, struct dag_error *err)
{
    size_t size = strlen(name) + 1;
    struct loop_path *path = calloc(1, sizeof(*path) + size);

    if (!path) {
        dag_error_set_memory(err, "watching a file");
        return NULL;
    }
    memcpy(path->path, name, size);
    path->storage = storage;
    path->changed = changed;
    path->context = context;
    path->file = path->folder = -1;
    path->next = paths->first;
    paths->first = path;
    if (!resolve(paths, path)) {
        dag_error_set_errno(err, "cannot watch '%s'", name);
        paths_unwatch(paths, path);
        return NULL;
    }
    return path;
}

void paths_unwatch(struct paths *paths, struct loop_path *path)
{
    struct loop_path **link = &paths->first;

    while (*link != path)
        link = &(*link)->next;
    *link = path->next;
    drop(paths, &path->file);
    drop(paths, &path->folder);
    free(path);
}

static bool is_named(const struct loop_path *path, const struct inotify_event *event)
{
    return event->len > 0 && strlen(event->name) == path->name_size &&
           memcmp(event->name, path->path + path->name_from, path->name_size) == 0;
}

/* Returns whether it was told. */
static bool tell(struct paths *paths, struct loop_path *path, const struct inotify_event *event)
{
    bool all = (event->mask & IN_Q_OVERFLOW) != 0;
    bool of_file = event->wd == path->file;
    bool of_folder = event->wd == path->folder;
    bool gone = (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0;

    if (!all && !of_file && !(of_folder && (gone || is_named(path, event))))
        return false;
    if (all || of_folder || gone) {
        if (event->mask & IN_IGNORED) { /* the number may soon mean another file */
            path->file = of_file ? -1 : path->file;
            path->folder = of_folder ? -1 : path->folder;
        }
        resolve(paths, path);
    }
    path->changed(path->context);
    return true;
}

size_t paths_dispatch(struct paths *paths)
{
    char buffer[EVENT_BYTES] __attribute__((aligned(__alignof__(struct inotify_event))));
    size_t told = 0;

    for (;;) {
        ssize_t size = read(paths->fd, buffer, sizeof(buffer));
        if (size <= 0)
            return told;
        for (char *at = buffer; at < buffer + size;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            for (struct loop_path *path = paths->first; path; path = path->next)
                told += tell(paths, path, event);
            at += sizeof(*event) + event->len;
        }
    }
}
