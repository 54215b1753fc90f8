/* fake_host.c - an engine's side for one connector: real files, a clock and failures by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct dag_file {
    struct fake_host *host;
    int fd;
};

static pthread_mutex_t drops_lock = PTHREAD_MUTEX_INITIALIZER;

static struct fake_host *fake(struct dag_host *host)
{
    return (struct fake_host *)host;
}

static void fake_log(struct dag_host *host, enum dag_log_level level, const char *text)
{
    fake(host)->warning_count += level == DAG_LOG_WARNING;
    fake(host)->error_count += level == DAG_LOG_ERROR;
    snprintf(fake(host)->last_log, sizeof fake(host)->last_log, "%s", text);
}

static int64_t fake_clock_us(struct dag_host *host)
{
    return fake(host)->clock_us;
}

static int64_t fake_monotonic_us(struct dag_host *host)
{
    return fake(host)->monotonic_us;
}

static void fake_wake(struct dag_host *host)
{
    atomic_fetch_add(&fake(host)->wake_count, 1);
}

static void fake_set_timer(struct dag_host *host, int64_t monotonic_us)
{
    fake(host)->timer_us = monotonic_us;
}

static bool fake_watch_fd(struct dag_host *host, int fd, uint32_t events, struct dag_error *err)
{
    (void)err;
    fake(host)->watched_fd = fd;
    fake(host)->watched_events = events;
    return true;
}

static void fake_unwatch_fd(struct dag_host *host, int fd)
{
    if (fake(host)->watched_fd == fd)
        fake(host)->watched_fd = -1;
}

static bool fake_watch_path(struct dag_host *host, const char *path, struct dag_error *err)
{
    if (fake(host)->refuses_watches)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED, "'%s' can't be watched", path);
    snprintf(fake(host)->watched_path, sizeof fake(host)->watched_path, "%s", path);
    return true;
}

static void fake_reject(struct dag_host *host, size_t row, const char *reason)
{
    (void)row;
    (void)reason;
    fake(host)->reject_count++;
}

static void fake_count_dropped(struct dag_host *host, const char *cause, uint64_t count)
{
    pthread_mutex_lock(&drops_lock);
    for (size_t i = 0; i < FAKE_DROPS_MAX; i++) {
        char *known = fake(host)->drops[i].cause;
        if (known[0] != '\0' && strcmp(known, cause) != 0)
            continue;
        snprintf(known, sizeof fake(host)->drops[i].cause, "%s", cause);
        fake(host)->drops[i].count += count;
        break;
    }
    pthread_mutex_unlock(&drops_lock);
}

uint64_t fake_host_dropped(const struct fake_host *host, const char *cause)
{
    uint64_t count = 0;

    pthread_mutex_lock(&drops_lock);
    for (size_t i = 0; i < FAKE_DROPS_MAX; i++)
        if (strcmp(host->drops[i].cause, cause) == 0)
            count = host->drops[i].count;
    pthread_mutex_unlock(&drops_lock);
    return count;
}

/* ---- files ------------------------------------------------------------------------------ */

static bool fail(struct dag_error *err, const char *what, const char *path)
{
    int cause = errno;

    dag_error_set_errno(err, "cannot %s '%s'", what, path);
    err->retryable = cause == ENOENT || cause == ENOSPC || cause == EDQUOT || cause == EIO;
    return false;
}

static int open_flags(uint32_t flags)
{
    int result = O_CLOEXEC;

    if ((flags & DAG_OPEN_WRITE) || (flags & DAG_OPEN_APPEND))
        result |= flags & DAG_OPEN_READ ? O_RDWR : O_WRONLY;
    if (flags & DAG_OPEN_APPEND)
        result |= O_APPEND;
    if (flags & DAG_OPEN_CREATE)
        result |= O_CREAT;
    if (flags & DAG_OPEN_TRUNCATE)
        result |= O_TRUNC;
    return result;
}

static void make_folders(const char *path)
{
    char folder[PATH_MAX];

    snprintf(folder, sizeof folder, "%s", path);
    for (char *c = folder + 1; *c; c++) {
        if (*c != '/')
            continue;
        *c = '\0';
        (void)mkdir(folder, 0777);
        *c = '/';
    }
}

static struct dag_file *fake_file_open(struct dag_host *host, const char *path, uint32_t flags,
                                       struct dag_error *err)
{
    struct dag_file *file = malloc(sizeof *file);

    if (!file) {
        dag_error_set_memory(err, "a file");
        return NULL;
    }
    if (flags & DAG_OPEN_CREATE)
        make_folders(path);
    *file = (struct dag_file){.host = fake(host), .fd = open(path, open_flags(flags), 0666)};
    if (file->fd < 0) {
        fail(err, "open", path);
        free(file);
        return NULL;
    }
    fake(host)->open_files++;
    return file;
}

static void fake_file_close(struct dag_file *file)
{
    file->host->open_files--;
    close(file->fd);
    free(file);
}

static int64_t fake_file_read(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                              struct dag_error *err)
{
    ssize_t got = pread(file->fd, bytes, size, (off_t)offset);

    if (got < 0)
        fail(err, "read", "file");
    return got;
}

static bool fake_file_write(struct dag_file *file, const void *bytes, size_t size,
                            struct dag_error *err)
{
    struct fake_host *host = file->host;
    bool fails = host->write_errno != 0 && host->writes_until_failure == 0;

    if (host->writes_until_failure > 0)
        host->writes_until_failure--;
    if (fails && host->write_bytes_until_failure < size)
        size = host->write_bytes_until_failure;
    if (write(file->fd, bytes, size) != (ssize_t)size)
        return fail(err, "write", "file");
    if (!fails)
        return true;
    errno = host->write_errno;
    host->write_errno = 0;
    return fail(err, "write", "file");
}

static bool fake_file_sync(struct dag_file *file, struct dag_error *err)
{
    (void)err;
    file->host->sync_count++;
    return true;
}

static bool fake_file_truncate(struct dag_file *file, uint64_t size, struct dag_error *err)
{
    return ftruncate(file->fd, (off_t)size) == 0 || fail(err, "truncate", "file");
}

static void fill_info(const struct stat *status, struct dag_file_info *info)
{
    *info = (struct dag_file_info){
        .device = status->st_dev,
        .inode = status->st_ino,
        .size = (uint64_t)status->st_size,
        .is_regular = S_ISREG(status->st_mode),
        .exists = true,
    };
}

static bool fake_file_info(struct dag_file *file, struct dag_file_info *info, struct dag_error *err)
{
    struct stat status;

    if (fstat(file->fd, &status) != 0)
        return fail(err, "look at", "file");
    fill_info(&status, info);
    return true;
}

static bool fake_path_info(struct dag_host *host, const char *path, struct dag_file_info *info,
                           struct dag_error *err)
{
    struct stat status;

    (void)host;
    *info = (struct dag_file_info){0};
    if (stat(path, &status) == 0)
        fill_info(&status, info);
    else if (errno != ENOENT && errno != ENOTDIR)
        return fail(err, "look at", path);
    return true;
}

static bool fake_path_rename(struct dag_host *host, const char *from, const char *to,
                             struct dag_error *err)
{
    (void)host;
    return rename(from, to) == 0 || fail(err, "rename", from);
}

static bool fake_path_remove(struct dag_host *host, const char *path, struct dag_error *err)
{
    (void)host;
    return unlink(path) == 0 || fail(err, "remove", path);
}

static bool fake_path_list(struct dag_host *host, const char *folder,
                           bool (*entry)(void *context, const char *name), void *context,
                           struct dag_error *err)
{
    DIR *opened = opendir(folder);
    struct dirent *found;

    (void)host;
    if (!opened)
        return fail(err, "list", folder);
    do
        found = readdir(opened); // cppcheck-suppress readdirCalled ; no other thread has this DIR
    while (found && entry(context, found->d_name));
    closedir(opened);
    return true;
}

static const struct dag_host_ops fake_ops = {
    .size = sizeof(struct dag_host_ops),
    .log = fake_log,
    .clock_us = fake_clock_us,
    .monotonic_us = fake_monotonic_us,
    .wake = fake_wake,
    .set_timer = fake_set_timer,
    .watch_fd = fake_watch_fd,
    .unwatch_fd = fake_unwatch_fd,
    .watch_path = fake_watch_path,
    .reject = fake_reject,
    .count_dropped = fake_count_dropped,
    .file_open = fake_file_open,
    .file_close = fake_file_close,
    .file_read = fake_file_read,
    .file_write = fake_file_write,
    .file_sync = fake_file_sync,
    .file_truncate = fake_file_truncate,
    .file_info = fake_file_info,
    .path_info = fake_path_info,
    .path_rename = fake_path_rename,
    .path_remove = fake_path_remove,
    .path_list = fake_path_list,
    .file_settle = fake_file_sync,
};

void fake_host_init(struct fake_host *host)
{
    *host = (struct fake_host){
        .host = {.ops = &fake_ops, .dag = "a_dag", .component = "a_component"},
        .clock_us = INT64_C(1760000000) * 1000000,
        .monotonic_us = 1000000,
        .timer_us = INT64_MAX,
        .watched_fd = -1,
    };
}
