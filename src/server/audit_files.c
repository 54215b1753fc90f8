/* audit_files.c - see audit_files.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/data_folder.h"

#define NAME_SIZE (sizeof("audit-.jsonl") + 20)

static bool take_name(void *context, const char *name)
{
    struct audit_files *files = context;
    uint64_t number = 0;
    char same[NAME_SIZE + 1];

    if (sscanf(name, "audit-%" SCNu64, &number) != 1)
        return true;
    snprintf(same, sizeof(same), AUDIT_FILE_NAME, number);
    if (strcmp(same, name) != 0)
        return true;
    if (files->count == files->capacity) {
        size_t capacity = files->capacity ? files->capacity * 2 : 16;
        uint64_t *first = realloc(files->first, capacity * sizeof(*first));

        if (!first) {
            files->no_memory = true;
            return false;
        }
        files->first = first;
        files->capacity = capacity;
    }
    files->first[files->count++] = number;
    return true;
}

static int compare(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

bool audit_files_find(struct storage *storage, const char *folder, struct audit_files *files,
                      struct dag_error *err)
{
    struct dag_file_info info;

    if (!storage->path_info(storage, folder, &info, err))
        return false;
    if (!info.exists)
        return true;
    if (!storage->list(storage, folder, take_name, files, err))
        return false;
    if (files->no_memory)
        return dag_error_set_memory(err, "the audit log");
    if (files->count > 0)
        qsort(files->first, files->count, sizeof(*files->first), compare);
    return true;
}

char *audit_files_path(const char *folder, uint64_t first, struct dag_error *err)
{
    char name[NAME_SIZE + 1];

    snprintf(name, sizeof(name), AUDIT_FILE_NAME, first);
    return path_join(folder, name, err);
}

bool audit_files_read(struct storage *storage, const char *folder, uint64_t first,
                      struct dag_buffer *out, struct dag_error *err)
{
    char *path = audit_files_path(folder, first, err);
    bool exists = false;

    out->size = 0;
    bool done = path && read_file(storage, path, out, &exists, err);
    free(path);
    return done;
}
