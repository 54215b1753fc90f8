/* standard.c - standard output for publishers: shared by all of the process, and never waited for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/file/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* How a write can be kept from blocking. The descriptor's own O_NONBLOCK isn't touched: other
 * processes share it. */
enum manner {
    MANNER_PLAIN,  /* a regular file: never blocks */
    MANNER_OWN,    /* a pipe or terminal, opened a second time with O_NONBLOCK */
    MANNER_SOCKET, /* MSG_DONTWAIT */
    MANNER_POLL,   /* small writes, when poll() says that they fit */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all below */
static struct standard_user *users;
static struct standard_user *owner; /* has written a part of its bytes */
static enum manner manner;
static int output = -1;

static bool open_output(struct dag_error *err)
{
    struct stat status;

    if (fstat(STDOUT_FILENO, &status) != 0)
        return dag_error_set_errno(err, "no standard output");
    output = STDOUT_FILENO;
    if (S_ISREG(status.st_mode)) {
        manner = MANNER_PLAIN;
    } else if (S_ISSOCK(status.st_mode)) {
        manner = MANNER_SOCKET;
    } else {
        int own = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        manner = own >= 0 ? MANNER_OWN : MANNER_POLL;
        if (own >= 0)
            output = own;
    }
    return true;
}

bool standard_open(struct standard_user *user, struct dag_host *host, struct dag_error *err)
{
    bool is_open;

    pthread_mutex_lock(&lock);
    is_open = users != NULL || open_output(err);
    if (is_open) {
        *user = (struct standard_user){.host = host, .is_open = true, .next = users};
        users = user;
    }
    pthread_mutex_unlock(&lock);
    return is_open;
}

/* -1 with errno EAGAIN: not now. */
static ssize_t write_some(const char *bytes, size_t size)
{
    struct pollfd ready = {.fd = output, .events = POLLOUT};

    switch (manner) {
    case MANNER_PLAIN:
    case MANNER_OWN:
        return write(output, bytes, size);
    case MANNER_SOCKET:
        return send(output, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    case MANNER_POLL:
        if (poll(&ready, 1, 0) > 0)
            return write(output, bytes, size < PIPE_BUF ? size : PIPE_BUF);
        errno = EAGAIN;
        return -1;
    }
    return -1;
}

static enum standard_status write_all(struct standard_user *user, const char *bytes, size_t size,
                                      size_t *done, struct dag_error *err)
{
    while (*done < size) {
        ssize_t wrote = write_some(bytes + *done, size - *done);
        if (wrote > 0) {
            *done += (size_t)wrote;
        } else if (wrote < 0 && errno == EAGAIN) {
            return dag_watch_fd(user->host, output, DAG_FD_WRITABLE, err) ? STANDARD_WAIT
                                                                          : STANDARD_FAILED;
        } else if (wrote < 0 && errno != EINTR) {
            int cause = errno;
            dag_error_set_errno(err, "cannot write to standard output");
            err->retryable = cause == ENOSPC || cause == EDQUOT || cause == EIO;
            return STANDARD_FAILED;
        }
    }
    return STANDARD_DONE;
}

/* The next one's turn; the hosts are woken under the lock, so that none goes away meanwhile. */
static void wake_waiting(void)
{
    for (struct standard_user *user = users; user; user = user->next) {
        if (user->is_waiting) {
            user->is_waiting = false;
            dag_wake(user->host);
        }
    }
}

enum standard_status standard_write(struct standard_user *user, const char *bytes, size_t size,
                                    size_t *done, struct dag_error *err)
{
    enum standard_status status;

    pthread_mutex_lock(&lock);
    if (owner && owner != user) {
        user->is_waiting = true;
        pthread_mutex_unlock(&lock);
        return STANDARD_WAIT;
    }
    status = write_all(user, bytes, size, done, err);
    if (status == STANDARD_DONE) {
        if (owner)
            wake_waiting();
        owner = NULL;
    } else if (*done > 0) {
        owner = user;
    }
    pthread_mutex_unlock(&lock);
    return status;
}

bool standard_sync(struct dag_error *err)
{
    if (fsync(STDOUT_FILENO) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP)
        return true;
    dag_error_set_errno(err, "cannot sync standard output");
    err->retryable = true;
    return false;
}

void standard_close(struct standard_user *user)
{
    struct standard_user **link = &users;

    if (!user->is_open)
        return;
    pthread_mutex_lock(&lock);
    dag_unwatch_fd(user->host, output);
    while (*link != user)
        link = &(*link)->next;
    *link = user->next;
    if (owner == user) {
        owner = NULL;
        wake_waiting();
    }
    if (!users) {
        if (output != STDOUT_FILENO)
            close(output);
        output = -1;
    }
    *user = (struct standard_user){0};
    pthread_mutex_unlock(&lock);
}
