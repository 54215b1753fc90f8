/* storage_beneath.h - the disk beneath one folder, and nothing else of it.
 *
 * Relative paths begin at the root; absolute ones must lie in it, as it was given or as it really
 * is. Each path is opened by openat2() with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS, so ".." and
 * symbolic links can't lead out, also when they are put there meanwhile; links that hold an
 * absolute path are refused, even into the root.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_STORAGE_BENEATH_H
#define CORE_STORAGE_BENEATH_H

#include "core/storage.h"

/** `root` must exist. NULL: `err`, also on a system without openat2() (Linux before 5.6). */
struct storage *storage_beneath_new(const char *root, struct dag_error *err);
void storage_beneath_free(struct storage *storage); /* all files are closed; NULL is allowed */

#endif
