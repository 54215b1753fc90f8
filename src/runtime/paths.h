/* paths.h - one inotify instance that tells when files appear, change or go. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_PATHS_H
#define RUNTIME_PATHS_H

#include "core/storage.h"
#include "dag/error.h"

#include <stddef.h>

struct paths;
struct loop_path;

/** Nothing here locks; the owner does. NULL: `err`. */
struct paths *paths_new(struct dag_error *err);
void paths_free(struct paths *paths); /* NULL is allowed */

/** Readable when paths_dispatch() has something to do. */
int paths_fd(const struct paths *paths);

/** `storage` tells what a path means (borrowed for as long as it is watched; NULL: the system
 * does). Calls `changed` from paths_dispatch() whenever the file at `path` appears, is written,
 * moved or removed. Where its folder is missing the nearest one that is there is watched. NULL:
 * `err`. */
struct loop_path *paths_watch(struct paths *paths, struct storage *storage, const char *path,
                              void (*changed)(void *context), void *context, struct dag_error *err);
void paths_unwatch(struct paths *paths, struct loop_path *path);

/** Reads what has happened, without waiting. Returns how many callbacks ran. */
size_t paths_dispatch(struct paths *paths);

#endif
