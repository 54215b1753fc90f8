/* definitions_mend.c - opens the catalogue, and mends what a crash or somebody's hand left.
 *
 * A record says what was in force; the file says what is. Revisions above the record's belong to a
 * change that was cut off: when the file holds one of them, it is in force, else it never was. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/text.h"
#include "server/definitions_internal.h"

/* ---- the catalogue ---- */

/* The name in the newest revision that can be read, and its file. */
static char *name_of_revisions(struct definitions *definitions, const char *folder,
                               const uint64_t *numbers, size_t count, struct definition *now)
{
    struct dag_error ignored = {0};
    char *name = NULL;

    for (size_t i = count; !name && i > 0; i--) {
        struct revision_head head;

        if (revision_read(definitions, folder, numbers[i - 1], &head, NULL, &ignored)) {
            name = head.name;
            memcpy(now->file, head.file, sizeof(now->file));
        } else {
            revision_head_deinit(&head);
        }
    }
    return name;
}

static bool set_aside(struct definitions *definitions, const char *folder, struct dag_error *err)
{
    char *path = path_join(folder, "record", err);
    char *aside = path ? path_join(folder, "record.damaged", err) : NULL;
    bool done = aside && definitions->storage->rename(definitions->storage, path, aside, err);

    free(aside);
    free(path);
    return done;
}

struct loaded {
    char *name; /* owned; NULL: nothing was found */
    struct definition now;
    uint64_t numbered;
    bool is_deleted, was_damaged;
};

static bool load_folder(struct definitions *definitions, const char *folder, struct loaded *loaded,
                        struct dag_error *err)
{
    size_t count = 0;
    bool done =
        record_read(definitions, folder, &loaded->name, &loaded->now, &loaded->is_deleted, err);

    if (!done && err->code == DAG_ERROR_INVALID && set_aside(definitions, folder, err)) {
        *loaded = (struct loaded){.was_damaged = true};
        done = true;
    }
    uint64_t *numbers = done ? revision_list(definitions, folder, &count, err) : NULL;
    if (numbers && count > 0)
        loaded->numbered = numbers[count - 1];
    if (numbers && loaded->numbered < loaded->now.revision)
        loaded->numbered = loaded->now.revision;
    if (numbers && !loaded->name)
        loaded->name = name_of_revisions(definitions, folder, numbers, count, &loaded->now);
    free(numbers);
    return numbers != NULL;
}

/* A folder of nothing: a creation was cut off before its first revision. One that can't be read
 * keeps its name from being used, so that nothing in it is written over. */
static bool add_loaded(struct definitions *definitions, const char *entry, bool is_unusable,
                       const struct loaded *loaded, const struct dag_error *err)
{
    struct definition_item *item = item_add(definitions, loaded->name ? loaded->name : entry);

    if (!item)
        return false;
    item->now = loaded->now;
    item->numbered = loaded->numbered;
    item->is_deleted = loaded->is_deleted;
    item->is_unusable = is_unusable;
    if (is_unusable)
        snprintf(item->problem, sizeof(item->problem),
                 "its folder in the catalogue can't be read: %.300s; mend that and start again",
                 reason_of(err));
    else if (loaded->was_damaged)
        snprintf(item->problem, sizeof(item->problem),
                 "its record was damaged and is kept as record.damaged: the revisions are there, "
                 "but whether it ran is not known; start it");
    return true;
}

static bool load_item(struct definitions *definitions, const char *entry, struct dag_error *err)
{
    struct loaded loaded = {0};
    struct dag_error why = {0};
    char *folder = path_join(definitions->catalogue, entry, err);
    bool done = folder != NULL;

    if (done) {
        bool is_read = load_folder(definitions, folder, &loaded, &why);
        bool is_empty = is_read && !loaded.name && loaded.numbered == 0;

        if (is_empty)
            (void)remove_catalogued(definitions, folder, &why);
        else if (!by_name_find(&definitions->items, loaded.name ? loaded.name : entry))
            done = add_loaded(definitions, entry, !is_read || !loaded.name, &loaded, &why) ||
                   dag_error_set_memory(err, "the catalogue");
    }
    free(loaded.name);
    free(folder);
    return done;
}

struct loading {
    struct definitions *definitions;
    struct dag_error *err;
    bool done;
};

static bool load_entry(void *context, const char *entry)
{
    struct loading *loading = context;

    loading->done = load_item(loading->definitions, entry, loading->err);
    return loading->done;
}

static bool load_catalogue(struct definitions *definitions, struct dag_error *err)
{
    struct storage *storage = definitions->storage;
    struct loading loading = {definitions, err, true};
    struct dag_file_info info;

    if (!storage->path_info(storage, definitions->catalogue, &info, err))
        return false;
    return !info.exists ||
           (storage->list(storage, definitions->catalogue, load_entry, &loading, err) &&
            loading.done);
}

/* ---- the files ---- */

static bool add_file(void *context, const char *name)
{
    struct loading *loading = context;

    loading->done = hand_file_add(loading->definitions, name) != NULL ||
                    dag_error_set_memory(loading->err, "the DAG files");
    return loading->done;
}

static bool load_files(struct definitions *definitions, struct dag_error *err)
{
    struct storage *storage = definitions->storage;
    struct loading loading = {definitions, err, true};
    struct dag_file_info info;

    if (!storage->path_info(storage, definitions->dags, &info, err))
        return false;
    return !info.exists || (dags_each(definitions, add_file, &loading, err) && loading.done);
}

/* What can't be read or recorded now is tried again by definitions_poll(); a DAG that is known
 * stays at the revision of its record meanwhile. */
static void take_file(struct definitions *definitions, struct hand_file *file,
                      struct definition_item *known)
{
    struct dag_buffer text = {0};
    struct dag_error err = {0};
    bool exists = false;

    bool done = hand_file_read(definitions, file->name, &text, &exists, &err) &&
                (!exists || hand_file_take(definitions, file, &text, &err));
    if (!done || !exists)
        file->is_pending = true;
    if (!done) {
        hand_file_problem(definitions, file, "it can't be read or recorded: %.300s",
                          reason_of(&err));
        if (file->item)
            file->item->is_unsure = true;
    }
    if (!done && known && !known->file && known->now.revision > 0) {
        item_attach(definitions, known, file, &known->now);
        known->is_unsure = true;
    } else if (!done && known) {
        known->is_unsure = true;
    }
    dag_buffer_free(&text);
}

/* A DAG's own file comes before others that give the same name. */
static void take_files(struct definitions *definitions)
{
    for (size_t i = 0; i < definitions->items.count; i++) {
        struct definition_item *item = definitions->items.items[i];
        struct hand_file *file = by_name_find(&definitions->files, item->now.file);

        if (file && !file->is_taken && !item->is_deleted && !item->is_unusable)
            take_file(definitions, file, item);
    }
    take_new_files(definitions, NULL, 0);
    for (size_t i = 0; i < definitions->files.count; i++) {
        struct hand_file *file = definitions->files.items[i];

        if (!file->is_taken && !file->is_pending)
            take_file(definitions, file, NULL);
    }
}

/* ---- what is left ---- */

static void end_deletions(struct definitions *definitions)
{
    struct dag_error ignored = {0};

    for (size_t i = 0; i < definitions->items.count;) {
        struct definition_item *item = definitions->items.items[i];

        if (!item->is_deleted || !purge_item(definitions, item, &ignored))
            i++;
    }
}

/* Of a change of the file that was cut off. It is gone for good before what it is known by goes. */
static void remove_temporary(struct definitions *definitions, const char *file)
{
    struct storage *storage = definitions->storage;
    struct dag_error ignored = {0};
    struct dag_file_info info = {0};
    char name[DEFINITION_FILE_SIZE + sizeof(".tmp")];

    snprintf(name, sizeof(name), "%s.tmp", file);
    char *path = path_join(definitions->dags, name, &ignored);
    if (path && storage->path_info(storage, path, &info, &ignored) && info.exists &&
        storage->remove(storage, path, &ignored))
        (void)storage->sync_folder(storage, definitions->dags, &ignored);
    free(path);
}

/* Revisions that never were in force. Those that can't be removed now are written over. */
static void remove_unused(struct definitions *definitions, struct definition_item *item,
                          const char *folder)
{
    struct dag_error ignored = {0};

    for (uint64_t number = item->numbered; number > item->now.revision; number--)
        (void)revision_remove(definitions, folder, number, &ignored);
    item->numbered = item->now.revision;
}

bool item_clean(struct definitions *definitions, struct definition_item *item)
{
    struct dag_error ignored = {0};
    char *folder = catalogue_path(definitions, item->name, NULL, &ignored);
    bool is_none = item->now.revision == 0 && !item->file && !item->problem[0];

    if (item->now.file[0])
        remove_temporary(definitions, item->now.file);
    if (folder && is_none)
        is_none = remove_catalogued(definitions, folder, &ignored);
    if (folder && !is_none) {
        remove_unused(definitions, item, folder);
        remove_temporaries(definitions->storage, folder);
    }
    free(folder);
    if (is_none)
        item_drop(definitions, item);
    return !is_none;
}

static void clean_all(struct definitions *definitions)
{
    for (size_t i = 0; i < definitions->items.count;) {
        struct definition_item *item = definitions->items.items[i];
        bool is_known = !item->is_deleted && !item->is_unusable && !item->is_unsure;

        if (!is_known || item_clean(definitions, item))
            i++;
    }
}

/* ---- opening ---- */

static bool make_folders(char *path, struct dag_error *err)
{
    for (char *at = path + 1;; at++) {
        char kept = *at;

        if (kept != '/' && kept != '\0')
            continue;
        *at = '\0';
        bool done = mkdir(path, 0777) == 0 || errno == EEXIST ||
                    dag_error_set_errno(err, "cannot make the folder '%s'", path);
        *at = kept;
        if (!done || kept == '\0')
            return done;
    }
}

static bool set_paths(struct definitions *definitions, const struct definitions_options *options,
                      struct dag_error *err)
{
    const char *data = data_folder_path(options->folder);

    definitions->dags = strdup(options->dags);
    if (!definitions->dags)
        return dag_error_set_memory(err, "the catalogue");
    for (size_t size = strlen(definitions->dags); size > 1 && definitions->dags[size - 1] == '/';)
        definitions->dags[--size] = '\0';
    definitions->catalogue = path_join(data, "catalogue", err);
    definitions->states = definitions->catalogue ? path_join(data, "dags", err) : NULL;
    return definitions->states != NULL;
}

/* Nobody knows of what was found while opening: definitions_each() tells all. */
static void forget_events(struct definitions *definitions)
{
    while (definitions->events) {
        struct hand_event *event = definitions->events;

        definitions->events = event->next;
        free(event);
    }
    definitions->events_end = &definitions->events;
}

static bool load(struct definitions *definitions, struct dag_error *err)
{
    if (definitions->is_real && !make_folders(definitions->dags, err))
        return false;
    watch_open(definitions); /* what changes from here on is seen */
    if (!load_catalogue(definitions, err) || !load_files(definitions, err))
        return false;
    end_deletions(definitions);
    take_files(definitions);
    clean_all(definitions);
    forget_events(definitions);
    return true;
}

struct definitions *definitions_open(const struct definitions_options *options,
                                     struct dag_error *err)
{
    struct definitions *definitions = calloc(1, sizeof(*definitions));

    if (!definitions) {
        dag_error_set_memory(err, "the catalogue");
        return NULL;
    }
    definitions->storage = options->storage ? options->storage : storage_disk();
    definitions->is_real = definitions->storage == storage_disk();
    definitions->clock = options->clock ? options->clock : clock_system();
    definitions->watch = definitions->folder = -1;
    definitions->events_end = &definitions->events;
    pthread_mutex_init(&definitions->change, NULL);
    pthread_mutex_init(&definitions->lock, NULL);
    pthread_mutex_lock(&definitions->change);
    bool done = set_paths(definitions, options, err) && load(definitions, err);
    pthread_mutex_unlock(&definitions->change);
    if (done)
        return definitions;
    definitions_close(definitions);
    return NULL;
}

void definitions_close(struct definitions *definitions)
{
    if (!definitions)
        return;
    watch_close(definitions);
    forget_events(definitions);
    while (definitions->items.count > 0)
        item_drop(definitions, definitions->items.items[definitions->items.count - 1]);
    while (definitions->files.count > 0)
        hand_file_drop(definitions, definitions->files.items[definitions->files.count - 1]);
    free(definitions->items.items);
    free(definitions->files.items);
    free(definitions->states);
    free(definitions->catalogue);
    free(definitions->dags);
    pthread_mutex_destroy(&definitions->lock);
    pthread_mutex_destroy(&definitions->change);
    free(definitions);
}
