/* audit_files.h - the files of the audit log. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_AUDIT_FILES_H
#define SERVER_AUDIT_FILES_H

#include <inttypes.h>

#include "core/storage.h"
#include "dag/json.h"

#define AUDIT_FILE_NAME "audit-%020" PRIu64 ".jsonl" /* by the number of its first line */

/** First numbers of the files, rising. Zero it to begin; free() `first`. */
struct audit_files {
    uint64_t *first; /* owned */
    size_t count, capacity;
    bool no_memory;
};

/** A missing folder has none. */
bool audit_files_find(struct storage *storage, const char *folder, struct audit_files *files,
                      struct dag_error *err);

/** The path of a file, released with free(). NULL: `err`. */
char *audit_files_path(const char *folder, uint64_t first, struct dag_error *err);

/** Reads a whole file in place of what `out` held; one that is missing is empty. */
bool audit_files_read(struct storage *storage, const char *folder, uint64_t first,
                      struct dag_buffer *out, struct dag_error *err);

/** What of a log can be read while it is written. All borrowed from the log. */
struct audit_view {
    struct storage *storage;
    const char *folder;
    uint64_t last_number;   /* up to here the lines are on the disk */
    uint64_t opened_number; /* up to here they were written before the log was opened */
};

struct audit;
struct audit_view audit_view(struct audit *audit);

#endif
