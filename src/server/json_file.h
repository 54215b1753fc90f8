/* json_file.h - reads files of JSON that only dagd writes: users, tokens, records. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_JSON_FILE_H
#define SERVER_JSON_FILE_H

#include "core/storage.h"
#include "core/tree.h"

/** Reads the file and gives its root to `take`, which copies what it wants and says whether all of
 *  it was well. A missing file succeeds without a call. False: `err`; for a damaged one it says
 *  what to do: `remedy`, such as "make new tokens". */
bool json_file_read(struct storage *storage, const char *path,
                    bool (*take)(void *context, const struct tree *root), void *context,
                    const char *remedy, struct dag_error *err);

/** A member of an object, copied to `out`. False: it isn't there, is something else, or a text that
 *  doesn't fit into `size` bytes with its NUL, or holds one. */
bool json_take_text(const struct tree *object, const char *key, char *out, size_t size);
bool json_take_integer(const struct tree *object, const char *key, int64_t *out);
bool json_take_bool(const struct tree *object, const char *key, bool *out);

#endif
