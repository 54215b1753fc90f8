/* signals.c - SIGINT and SIGTERM as something that can be waited for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void ending_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

int signals_open(struct dag_error *err)
{
    sigset_t set;

    ending_signals(&set);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of write() */
    pthread_sigmask(SIG_BLOCK, &set, NULL);

    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);

    if (fd < 0)
        dag_error_set_errno(err, "cannot wait for signals");
    return fd;
}

bool signals_add(int fd, int number, struct dag_error *err)
{
    sigset_t set;

    ending_signals(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(fd, &set, 0) >= 0 || dag_error_set_errno(err, "cannot wait for signals");
}

int signals_take(int fd)
{
    struct signalfd_siginfo info;

    if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return 0;
    return (int)info.ssi_signo;
}

void signals_close(int fd)
{
    sigset_t set;

    if (fd >= 0)
        close(fd);
    ending_signals(&set);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
