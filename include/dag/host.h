/* host.h - the services that the engine lends to a plug-in instance.
 *
 * `struct dag_host` is one instance's view of the engine. It is valid from open() to the return
 * of close(). Unless a function says otherwise it may be called from the plug-in's own functions
 * only; dag_wake() and dag_log() may be called from any thread.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAG_HOST_H
#define DAG_HOST_H

#include "dag/batch.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dag_log_level { DAG_LOG_ERROR, DAG_LOG_WARNING, DAG_LOG_INFO, DAG_LOG_DEBUG };

enum dag_fd_events { DAG_FD_READABLE = 1, DAG_FD_WRITABLE = 2 };

struct dag_host;
struct dag_file;

/** What happens to a path that is watched, told by waking the instance. */
enum dag_storage_flags {
    DAG_OPEN_READ = 1,
    DAG_OPEN_WRITE = 2,
    DAG_OPEN_APPEND = 4,
    DAG_OPEN_CREATE = 8, /* missing folders on the way are made too */
    DAG_OPEN_TRUNCATE = 16,
};

struct dag_file_info {
    uint64_t device, inode;
    uint64_t size; /* bytes */
    bool is_regular;
    bool exists;
};

/** The engine's side, versioned by size: a later engine appends functions only. */
struct dag_host_ops {
    size_t size; /* of this struct as the engine knows it */

    void (*log)(struct dag_host *host, enum dag_log_level level, const char *text);
    int64_t (*clock_us)(struct dag_host *host);     /* microseconds since 1970, UTC */
    int64_t (*monotonic_us)(struct dag_host *host); /* never goes back */
    void (*wake)(struct dag_host *host);
    void (*set_timer)(struct dag_host *host, int64_t monotonic_us);
    bool (*watch_fd)(struct dag_host *host, int fd, uint32_t events, struct dag_error *err);
    void (*unwatch_fd)(struct dag_host *host, int fd);
    bool (*watch_path)(struct dag_host *host, const char *path, struct dag_error *err);
    void (*reject)(struct dag_host *host, size_t row, const char *reason);
    void (*count_dropped)(struct dag_host *host, const char *cause, uint64_t count);
    struct dag_file *(*file_open)(struct dag_host *host, const char *path, uint32_t flags,
                                  struct dag_error *err);
    void (*file_close)(struct dag_file *file);
    int64_t (*file_read)(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                         struct dag_error *err);
    bool (*file_write)(struct dag_file *file, const void *bytes, size_t size,
                       struct dag_error *err);
    bool (*file_sync)(struct dag_file *file, struct dag_error *err);
    bool (*file_truncate)(struct dag_file *file, uint64_t size, struct dag_error *err);
    bool (*file_info)(struct dag_file *file, struct dag_file_info *info, struct dag_error *err);
    bool (*path_info)(struct dag_host *host, const char *path, struct dag_file_info *info,
                      struct dag_error *err);
    bool (*path_rename)(struct dag_host *host, const char *from, const char *to,
                        struct dag_error *err);
    bool (*path_remove)(struct dag_host *host, const char *path, struct dag_error *err);
    bool (*path_list)(struct dag_host *host, const char *folder,
                      bool (*entry)(void *context, const char *name), void *context,
                      struct dag_error *err);
    bool (*park)(struct dag_host *host, const char *key, void *thing,
                 uint64_t (*drop)(void *thing));
    void *(*unpark)(struct dag_host *host, const char *key);
    bool (*file_settle)(struct dag_file *file, struct dag_error *err);
    void (*hurry)(struct dag_host *host);
};

struct dag_host {
    const struct dag_host_ops *ops;
    const char *dag;       /* the DAG's name */
    const char *component; /* the name in the DAG file */

    /* how the DAG is kept; set before open() */
    const char *instance; /* id of the DAG's life; "" when nothing is kept */
    bool is_exactly_once; /* a publisher keeps its progress with the data, for `instance` */
    bool is_acknowledged; /* a subscriber is told by acknowledge() what need not be kept any
                             more, and has to keep it until then */
};

/** Writes a line to the log. Any thread. At most 1,000 bytes are kept. */
DAG_API void dag_log(struct dag_host *host, enum dag_log_level level, const char *format, ...)
    DAG_PRINTF(3, 4);

static inline int64_t dag_clock_us(struct dag_host *host)
{
    return host->ops->clock_us(host);
}

static inline int64_t dag_monotonic_us(struct dag_host *host)
{
    return host->ops->monotonic_us(host);
}

/** Any thread: this instance's read() or write() is to be called again. Wake-ups are merged. */
static inline void dag_wake(struct dag_host *host)
{
    host->ops->wake(host);
}

/** Wakes the instance at that time of dag_monotonic_us(); a later call replaces an earlier one,
 *  INT64_MAX cancels it. One timer for each instance. */
static inline void dag_set_timer(struct dag_host *host, int64_t monotonic_us)
{
    host->ops->set_timer(host, monotonic_us);
}

/** Wakes the instance once when `fd` is ready (one shot: call it again to be woken again). */
static inline bool dag_watch_fd(struct dag_host *host, int fd, uint32_t events,
                                struct dag_error *err)
{
    return host->ops->watch_fd(host, fd, events, err);
}

static inline void dag_unwatch_fd(struct dag_host *host, int fd)
{
    host->ops->unwatch_fd(host, fd);
}

/** Wakes the instance whenever the file at `path` is written, moved, removed or appears; the
 *  folder need not exist yet. One path for each instance, until close(). */
static inline bool dag_watch_path(struct dag_host *host, const char *path, struct dag_error *err)
{
    return host->ops->watch_path(host, path, err);
}

/** A publisher, inside write(): row number `row` of this call's delivery is refused for good. It
 * becomes a dead letter and counts as written. */
static inline void dag_reject_row(struct dag_host *host, size_t row, const char *reason)
{
    host->ops->reject(host, row, reason);
}

/** Counts what a policy of the user's discards; shown by cause. The cause "duplicate_keys" is for
 *  messages that gave a key twice: it is shown apart, as nothing is lost. Any thread. */
static inline void dag_count_dropped(struct dag_host *host, const char *cause, uint64_t count)
{
    host->ops->count_dropped(host, cause, count);
}

/** A subscriber, inside read(): it can't bring more before acknowledge() is called for what it has
 * brought. What that waits for (a sync of the journal, a checkpoint) is put off no longer. */
static inline void dag_hurry(struct dag_host *host)
{
    if (host->ops->size > offsetof(struct dag_host_ops, hurry) && host->ops->hurry)
        host->ops->hurry(host);
}

/** A subscriber, inside close(): the DAG is about to be replaced by another of its name, and
 * `thing` (what it has collected and can't read again) waits for the subscriber of the same name
 * that gets it by dag_unpark() with the same `key`, its address. `drop` releases it when none does,
 * and returns how many messages are lost; it may run on any thread. False: the DAG isn't replaced,
 * or no memory: close it as usual. */
static inline bool dag_park(struct dag_host *host, const char *key, void *thing,
                            uint64_t (*drop)(void *thing))
{
    return host->ops->size > offsetof(struct dag_host_ops, park) && host->ops->park &&
           host->ops->park(host, key, thing, drop);
}

/** A subscriber, inside attach(): what its predecessor has parked; the caller owns it. NULL:
 * nothing.
 */
static inline void *dag_unpark(struct dag_host *host, const char *key)
{
    bool knows = host->ops->size > offsetof(struct dag_host_ops, unpark) && host->ops->unpark;

    return knows ? host->ops->unpark(host, key) : NULL;
}

/* Storage: every file that a plug-in touches goes through these, so that it also runs on the
 * simulated disk of the tests. Paths are the user's; the engine confines them. Errors name the
 * path. */

/** NULL on failure; ENOENT gives `err->retryable`. Close with dag_file_close(). */
static inline struct dag_file *dag_file_open(struct dag_host *host, const char *path,
                                             uint32_t flags, struct dag_error *err)
{
    return host->ops->file_open(host, path, flags, err);
}

/** NULL is allowed. Does not sync. */
static inline void dag_file_close(struct dag_host *host, struct dag_file *file)
{
    if (file)
        host->ops->file_close(file);
}

/** Bytes read (0: end of file), or -1. */
static inline int64_t dag_file_read(struct dag_host *host, struct dag_file *file, uint64_t offset,
                                    void *bytes, size_t size, struct dag_error *err)
{
    return host->ops->file_read(file, offset, bytes, size, err);
}

/** Writes all at the end of the file. False: part may have been written; ENOSPC, EDQUOT and EIO
 *  give `err->retryable`. */
static inline bool dag_file_write(struct dag_host *host, struct dag_file *file, const void *bytes,
                                  size_t size, struct dag_error *err)
{
    return host->ops->file_write(file, bytes, size, err);
}

static inline bool dag_file_sync(struct dag_host *host, struct dag_file *file,
                                 struct dag_error *err)
{
    return host->ops->file_sync(file, err);
}

/** Syncs, and makes sure that what is read then is what the disk holds: after a sync that failed
 * the cache may show bytes that never get there. An engine that can't do that syncs. */
static inline bool dag_file_settle(struct dag_host *host, struct dag_file *file,
                                   struct dag_error *err)
{
    if (host->ops->size <= offsetof(struct dag_host_ops, file_settle))
        return host->ops->file_sync(file, err);
    return host->ops->file_settle(file, err);
}

static inline bool dag_file_truncate(struct dag_host *host, struct dag_file *file, uint64_t size,
                                     struct dag_error *err)
{
    return host->ops->file_truncate(file, size, err);
}

static inline bool dag_file_info(struct dag_host *host, struct dag_file *file,
                                 struct dag_file_info *info, struct dag_error *err)
{
    return host->ops->file_info(file, info, err);
}

/** A path that is not there succeeds with `exists` false. */
static inline bool dag_path_info(struct dag_host *host, const char *path,
                                 struct dag_file_info *info, struct dag_error *err)
{
    return host->ops->path_info(host, path, info, err);
}

/** Renames and syncs the folder. */
static inline bool dag_path_rename(struct dag_host *host, const char *from, const char *to,
                                   struct dag_error *err)
{
    return host->ops->path_rename(host, from, to, err);
}

static inline bool dag_path_remove(struct dag_host *host, const char *path, struct dag_error *err)
{
    return host->ops->path_remove(host, path, err);
}

/** Calls `entry` for each name in `folder` until it returns false. */
static inline bool dag_path_list(struct dag_host *host, const char *folder,
                                 bool (*entry)(void *context, const char *name), void *context,
                                 struct dag_error *err)
{
    return host->ops->path_list(host, folder, entry, context, err);
}

#ifdef __cplusplus
}
#endif

#endif
