/* definitions_delete.c - deletes DAGs, and removes what is left of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "server/definitions_internal.h"

/* ---- folders ---- */

struct entries {
    char **names; /* owned */
    size_t count, capacity;
    bool failed;
};

static bool note_entry(void *context, const char *name)
{
    struct entries *entries = context;

    if (entries->count == entries->capacity) {
        size_t capacity = entries->capacity * 2 + 32;
        char **names = realloc(entries->names, capacity * sizeof(*names));

        entries->failed = !names;
        if (!names)
            return false;
        entries->names = names;
        entries->capacity = capacity;
    }
    entries->names[entries->count] = strdup(name);
    entries->failed = !entries->names[entries->count];
    return !entries->failed && ++entries->count;
}

static void entries_deinit(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        free(entries->names[i]);
    free(entries->names);
}

static bool entries_list(struct storage *storage, const char *folder, struct entries *entries,
                         struct dag_error *err)
{
    return storage->list(storage, folder, note_entry, entries, err) &&
           (!entries->failed || dag_error_set_memory(err, "a folder's entries"));
}

/* Removing it comes first, so a link goes as a link: what it points to is none of ours. */
static bool remove_entry(struct storage *storage, const char *folder, const char *name,
                         struct dag_error *err)
{
    struct dag_error why = {0};
    struct dag_file_info info;
    char *path = path_join(folder, name, err);
    bool done = path && storage->remove(storage, path, &why);

    if (path && !done) {
        done = storage->path_info(storage, path, &info, err);
        if (done && info.exists && !info.is_regular)
            done = remove_tree(storage, path, err);
        else if (done && info.exists)
            done = dag_error_set(err, why.code, "%s", why.message);
    }
    free(path);
    return done;
}

/* As deep as what runs keep: three levels. */
bool remove_tree(struct storage *storage, const char *folder, struct dag_error *err)
{
    struct dag_file_info info;
    struct entries entries = {0};

    if (!storage->path_info(storage, folder, &info, err))
        return false;
    if (!info.exists)
        return true;
    bool done = entries_list(storage, folder, &entries, err);
    for (size_t i = 0; done && i < entries.count; i++)
        done = remove_entry(storage, folder, entries.names[i], err);
    entries_deinit(&entries);
    return done && storage->sync_folder(storage, folder, err) &&
           storage->remove(storage, folder, err);
}

void remove_temporaries(struct storage *storage, const char *folder)
{
    struct entries entries = {0};
    struct dag_error ignored = {0};

    (void)entries_list(storage, folder, &entries, &ignored);
    for (size_t i = 0; i < entries.count; i++) {
        size_t size = strlen(entries.names[i]);

        if (size > 4 && strcmp(entries.names[i] + size - 4, ".tmp") == 0)
            (void)remove_entry(storage, folder, entries.names[i], &ignored);
    }
    entries_deinit(&entries);
}

/* The record says that it is deleted for as long as anything else is there. */
bool remove_catalogued(struct definitions *definitions, const char *folder, struct dag_error *err)
{
    struct storage *storage = definitions->storage;
    struct dag_file_info info;
    struct entries entries = {0};

    if (!storage->path_info(storage, folder, &info, err))
        return false;
    if (!info.exists)
        return true;
    bool done = entries_list(storage, folder, &entries, err);
    for (size_t i = 0; done && i < entries.count; i++)
        if (strcmp(entries.names[i], "record") != 0)
            done = remove_entry(storage, folder, entries.names[i], err);
    entries_deinit(&entries);
    return done && storage->sync_folder(storage, folder, err) &&
           remove_tree(storage, folder, err) &&
           storage->sync_folder(storage, definitions->catalogue, err);
}

/* ---- deleting ---- */

/* The record says that it is deleted, so it is, unless the file can't be removed. */
static bool delete_item(struct definitions *definitions, struct definition_item *item,
                        struct answer *answer)
{
    struct storage *storage = definitions->storage;
    struct hand_file *file = item->file;
    struct dag_error err = {0}, ignored = {0};
    char *path = path_join(definitions->dags, file->name, &err);

    if (!path || !record_write(definitions, item->name, &item->now, true, &err)) {
        free(path);
        write_record_late(definitions, item, &item->now); /* it may say so all the same */
        return change_refused(answer, "the deletion", &err);
    }
    bool done = remove_file(storage, path, &err);
    free(path);
    if (!done && record_write(definitions, item->name, &item->now, false, &ignored))
        return change_refused(answer, "the folder of the DAG files", &err);
    (void)storage->sync_folder(storage, definitions->dags, &ignored); /* purging does it again */
    pthread_mutex_lock(&definitions->lock);
    item->is_deleted = true;
    pthread_mutex_unlock(&definitions->lock);
    item_detach(definitions, item);
    if (done)
        hand_file_drop(definitions, file);
    else
        hand_file_problem(definitions, file,
                          "DAG %.200s was deleted, and this file of it can't be removed: %s; "
                          "remove it",
                          item->name, reason_of(&err));
    return true;
}

bool definitions_delete(struct definitions *definitions, const char *name, uint64_t if_revision,
                        struct answer *answer)
{
    pthread_mutex_lock(&definitions->change);
    struct definition_item *item = change_find(definitions, name, if_revision, answer);
    bool done = item != NULL;
    if (done) {
        answer->revision_before = item->now.revision;
        done = delete_item(definitions, item, answer);
    }
    pthread_mutex_unlock(&definitions->change);
    return done;
}

/* ---- what is left ---- */

/* As long as its file is there, the record has to say that it doesn't count. One that holds
 * something else was put there since, and is another DAG. */
static bool remove_own_file(struct definitions *definitions, const struct definition_item *item,
                            struct dag_error *err)
{
    struct storage *storage = definitions->storage;
    struct dag_buffer text = {0};
    bool exists = false;
    char *path = path_join(definitions->dags, item->now.file, err);
    bool done = path && hand_file_read(definitions, item->now.file, &text, &exists, err);

    if (done && exists && text_hash_stable(text.bytes, text.size) == item->now.hash)
        done = storage->remove(storage, path, err);
    dag_buffer_free(&text);
    free(path);
    return done && storage->sync_folder(storage, definitions->dags, err);
}

static bool purge_files(struct definitions *definitions, const struct definition_item *item,
                        struct dag_error *err)
{
    char short_name[DATA_NAME_SIZE];

    data_folder_name(item->name, short_name);
    char *state = path_join(definitions->states, short_name, err);
    char *folder = state ? catalogue_path(definitions, item->name, NULL, err) : NULL;
    bool done = folder && remove_own_file(definitions, item, err) &&
                remove_tree(definitions->storage, state, err) &&
                remove_catalogued(definitions, folder, err);
    free(folder);
    free(state);
    return done;
}

/* Much may have to be removed: nobody waits for it, the name is kept from all others. */
bool purge_item(struct definitions *definitions, struct definition_item *item,
                struct dag_error *err)
{
    item->is_purging = true;
    pthread_mutex_unlock(&definitions->change);
    bool done = purge_files(definitions, item, err);
    pthread_mutex_lock(&definitions->change);
    item->is_purging = false;
    item->purge_again = !done;
    if (done) {
        item_drop(definitions, item);
        look_at_others(definitions);
    }
    return done;
}

bool definitions_purge(struct definitions *definitions, const char *name, struct dag_error *err)
{
    pthread_mutex_lock(&definitions->change);
    struct definition_item *item = by_name_find(&definitions->items, name);
    bool done = true;
    if (item && item->is_deleted && !item->is_purging)
        done = purge_item(definitions, item, err);
    pthread_mutex_unlock(&definitions->change);
    return done;
}
