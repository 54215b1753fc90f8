/* progress.h - how far a file publisher has come, in a side file beside its output.
 *
 * PATH.progress is one line of JSON with a checksum. It is replaced as a whole: what it says was on
 * the disk before it was written, so after a crash the output file is cut back to it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_FILE_PROGRESS_H
#define CONNECTORS_FILE_PROGRESS_H

#include "dag/host.h"

/** What the side file says. */
struct progress {
    bool is_mine;           /* of the host's instance and component; else of others */
    uint64_t cycle;         /* complete up to this one ... */
    uint64_t length;        /* ... in so many bytes of the output file */
    uint64_t device, inode; /* of the output file */
    char *rotate_to;        /* owned: the output file is being renamed to this; NULL: it isn't */
};

/** Frees what it owns. */
void progress_deinit(struct progress *progress);

/** Reads the side file of the output file `path`. `*exists` false: there is none. False: it can't
 * be read, is damaged, or of a later version. */
bool progress_read(struct dag_host *host, const char *path, struct progress *progress, bool *exists,
                   struct dag_error *err);

/** Replaces the side file by one of the host's instance and component. It is on the disk
 * afterwards, and so is every earlier change of the folder. */
bool progress_write(struct dag_host *host, const char *path, const struct progress *progress,
                    struct dag_error *err);

/** Puts a side file, if there is one, aside as PATH.progress.old: somebody else writes to `path`.
 */
bool progress_put_aside(struct dag_host *host, const char *path, struct dag_error *err);

/** Output files that publishers of this process keep progress for: one publisher each. */
struct progress_claim {
    uint64_t device, inode;
    bool is_held;
    struct progress_claim *next; /* guarded by a lock of progress.c, like the rest */
};

/** Claims that file, and gives up the one claimed before. False: another publisher has it. */
bool progress_claim(struct progress_claim *claim, const struct dag_file_info *info,
                    const char *path, struct dag_error *err);
void progress_release(struct progress_claim *claim);

#endif
