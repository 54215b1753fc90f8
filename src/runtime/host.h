/* host.h - the engine's side of `struct dag_host`: one for each plug-in instance. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_HOST_H
#define RUNTIME_HOST_H

#include <stdatomic.h>

#include "runtime/host_files.h"
#include "runtime/loop.h"
#include "runtime/scheduler.h"

struct dag;
struct host_fd;

struct host {
    union { /* first: plug-ins hold a pointer to it */
        struct dag_host host;
        struct file_host lent;
    };
    struct dag *dag;
    struct actor *actor;         /* woken; NULL: nothing to wake */
    _Atomic bool woken;          /* since the actor last cleared it */
    _Atomic bool is_handed_over; /* another comes in its place: it may park what it holds */
    _Atomic uint64_t dropped;
    _Atomic uint64_t duplicate_keys;
    /** Inside a publisher's write(). NULL: not a publisher. */
    void (*reject)(struct host *host, size_t row, const char *reason);
    struct loop_timer timer;
    struct host_fd *fds;    /* owned list */
    struct loop_path *path; /* owned; NULL: none */
};

/** `actor` may be NULL. False: `err`. */
bool host_init(struct host *host, struct dag *dag, const char *component, struct actor *actor,
               struct dag_error *err);

/** Nothing wakes the instance any more when this returns. A zeroed host is allowed. */
void host_deinit(struct host *host);

/** Tells every instance of the DAG how it is kept. While nothing of it runs. */
void host_keep(struct dag *dag);

/** Wakes as dag_wake() does. */
void host_wake(struct host *host);

#endif
