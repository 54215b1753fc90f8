/* many_files.c - many whole files at once, which share the syncs.
 *
 * A sync waits for the disk, whatever it is for. So every file is written before the first is
 * synced, every one is renamed before the first folder is, and the syncs are asked for side by
 * side: a file system with a journal then commits hundreds of files as it commits one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/data_folder.h"

#define THREADS_MAX 16

struct one_file {
    const struct whole_file *whole; /* borrowed */
    char *temporary, *folder;       /* owned */
    struct dag_file *file;          /* owned; NULL: not open */
    bool is_first;                  /* of those in its folder */
};

struct many_files {
    struct storage *storage; /* borrowed */
    struct one_file *files;  /* owned */
    size_t count;

    /* ---- of the step that is being done ---- */
    bool (*step)(struct storage *storage, struct one_file *file, struct dag_error *err);
    atomic_size_t next;
    atomic_bool has_failed;
    pthread_mutex_t lock;
    struct dag_error err; /* guarded by lock: the first one */
};

/* ---- steps ---- */

static bool make_folder(struct storage *storage, struct one_file *file, struct dag_error *err)
{
    return !file->is_first || storage->make_folder(storage, file->folder, err);
}

static bool begin(struct storage *storage, struct one_file *file, struct dag_error *err)
{
    file->file = storage->open(
        storage, file->temporary,
        DAG_OPEN_WRITE | DAG_OPEN_CREATE | DAG_OPEN_TRUNCATE | STORAGE_OPEN_ENTRY_LATER, err);
    return file->file && storage->write(file->file, file->whole->bytes, file->whole->size, err);
}

static bool sync_bytes(struct storage *storage, struct one_file *file, struct dag_error *err)
{
    bool done = storage->sync(file->file, err);

    storage->close(file->file);
    file->file = NULL;
    return done;
}

static bool move(struct storage *storage, struct one_file *file, struct dag_error *err)
{
    return storage->move(storage, file->temporary, file->whole->path, err);
}

static bool sync_folder(struct storage *storage, struct one_file *file, struct dag_error *err)
{
    return !file->is_first || storage->sync_folder(storage, file->folder, err);
}

/* ---- doing a step for all ---- */

static void *do_step(void *argument)
{
    struct many_files *many = argument;
    struct dag_error err = {0};
    size_t i;

    while (!many->has_failed && (i = atomic_fetch_add(&many->next, 1)) < many->count) {
        if (many->step(many->storage, &many->files[i], &err))
            continue;
        pthread_mutex_lock(&many->lock);
        if (!many->has_failed)
            many->err = err;
        many->has_failed = true;
        pthread_mutex_unlock(&many->lock);
    }
    return NULL;
}

/* With fewer threads than wished for, it takes longer. */
static bool for_all(struct many_files *many,
                    bool (*step)(struct storage *storage, struct one_file *file,
                                 struct dag_error *err),
                    unsigned threads)
{
    pthread_t helpers[THREADS_MAX];
    unsigned count = 0;

    many->step = step;
    many->next = 0;
    while (count + 1 < threads && count < THREADS_MAX && count + 1 < many->count &&
           pthread_create(&helpers[count], NULL, do_step, many) == 0)
        count++;
    do_step(many);
    while (count > 0)
        pthread_join(helpers[--count], NULL);
    return !many->has_failed;
}

/* The folder that each folder lies in has to have its entry before anything is in it: what is found
 * with something in it is taken to be there for good. */
static bool sync_parents(struct many_files *many)
{
    char *last = NULL;
    bool done = true;

    for (size_t i = 0; done && i < many->count; i++) {
        char *slash = strrchr(many->files[i].folder, '/');
        char *parent = slash && slash > many->files[i].folder
                           ? strndup(many->files[i].folder, (size_t)(slash - many->files[i].folder))
                           : strdup(slash ? "/" : ".");

        if (!parent)
            done = dag_error_set_memory(&many->err, "a path");
        else if (!last || strcmp(last, parent) != 0)
            done = many->storage->sync_folder(many->storage, parent, &many->err);
        free(last);
        last = parent;
    }
    free(last);
    return done;
}

/* ---- the files ---- */

static bool name_parts(struct one_file *file, const struct whole_file *whole)
{
    size_t size = strlen(whole->path) + sizeof(".tmp");
    const char *slash = strrchr(whole->path, '/');

    file->whole = whole;
    file->temporary = malloc(size);
    file->folder = slash ? strndup(whole->path, (size_t)(slash - whole->path)) : strdup(".");
    if (file->temporary)
        snprintf(file->temporary, size, "%s.tmp", whole->path);
    return file->temporary && file->folder;
}

static bool many_files_init(struct many_files *many, struct storage *storage,
                            const struct whole_file *files, size_t count)
{
    *many = (struct many_files){
        .storage = storage, .files = calloc(count, sizeof(*many->files)), .count = count};
    pthread_mutex_init(&many->lock, NULL);
    bool done = many->files != NULL;
    for (size_t i = 0; done && i < count; i++) {
        done = name_parts(&many->files[i], &files[i]);
        many->files[i].is_first =
            done && (i == 0 || strcmp(many->files[i].folder, many->files[i - 1].folder) != 0);
    }
    return done || dag_error_set_memory(&many->err, "files");
}

static void many_files_deinit(struct many_files *many)
{
    for (size_t i = 0; many->files && i < many->count; i++) {
        if (many->files[i].file)
            many->storage->close(many->files[i].file);
        free(many->files[i].temporary);
        free(many->files[i].folder);
    }
    free(many->files);
    pthread_mutex_destroy(&many->lock);
}

/* What was begun lies under names of its own. */
static void remove_begun(struct many_files *many)
{
    struct storage *storage = many->storage;
    struct dag_error ignored = {0};
    struct dag_file_info info = {0};

    for (size_t i = 0; many->files && i < many->count && many->files[i].temporary; i++)
        if (storage->path_info(storage, many->files[i].temporary, &info, &ignored) && info.exists)
            (void)storage->remove(storage, many->files[i].temporary, &ignored);
}

static bool write_together(struct many_files *many)
{
    unsigned threads = many->storage->sync_threads;

    return for_all(many, make_folder, 1) && sync_parents(many) && for_all(many, begin, 1) &&
           for_all(many, sync_bytes, threads) && for_all(many, move, 1) &&
           for_all(many, sync_folder, threads);
}

static bool write_one_by_one(struct storage *storage, const struct whole_file *files, size_t count,
                             struct dag_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!write_file_atomically(storage, files[i].path, files[i].bytes, files[i].size, err))
            return false;
    return true;
}

bool write_files_atomically(struct storage *storage, const struct whole_file *files, size_t count,
                            struct dag_error *err)
{
    struct many_files many;

    if (count == 0)
        return true;
    if (count == 1 || !storage->make_folder)
        return write_one_by_one(storage, files, count, err);
    bool done = many_files_init(&many, storage, files, count) && write_together(&many);
    if (!done) {
        *err = many.err;
        remove_begun(&many);
    }
    many_files_deinit(&many);
    return done;
}
