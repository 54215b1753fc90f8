/* standard.h - standard output for publishers: shared by all of the process, and never waited for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_FILE_STANDARD_H
#define CONNECTORS_FILE_STANDARD_H

#include "dag/host.h"

/** A publisher that writes there; embedded in its state. Zero it to begin. */
struct standard_user {
    struct dag_host *host;
    bool is_open;
    bool is_waiting; /* for another one to finish its line; guarded by the lock, like `next` */
    struct standard_user *next;
};

enum standard_status {
    STANDARD_DONE,
    STANDARD_WAIT, /* the host will be woken */
    STANDARD_FAILED,
};

/** Joins the users. False: there is no standard output. */
bool standard_open(struct standard_user *user, struct dag_host *host, struct dag_error *err);

/** Writes from `bytes + *done` on and moves `*done`. Until all is written no other user gets a
 *  turn, so that lines stay whole: `bytes` ends with one. */
enum standard_status standard_write(struct standard_user *user, const char *bytes, size_t size,
                                    size_t *done, struct dag_error *err);

/** Syncs what a regular file got; nothing to do for others. */
bool standard_sync(struct dag_error *err);

/** Leaves, wherever it was. */
void standard_close(struct standard_user *user);

#endif
