/* definitions_hand.c - takes what people do to the files in the folder `dags`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/tree.h"
#include "server/definitions_internal.h"

bool hand_file_read(struct definitions *definitions, const char *name, struct dag_buffer *text,
                    bool *exists, struct dag_error *err)
{
    struct storage *storage = definitions->storage;
    struct dag_file_info info = {0};
    char *path = path_join(definitions->dags, name, err);
    bool done = path && storage->path_info(storage, path, &info, err);

    *exists = false;
    if (done && info.exists && !info.is_regular)
        done = dag_error_set(err, DAG_ERROR_INVALID, "it is no file");
    else if (done && info.size > DEFINITION_TEXT_MAX)
        done = dag_error_set(err, DAG_ERROR_LIMIT, "it is larger than %zu MiB",
                             DEFINITION_TEXT_MAX >> 20);
    else if (done && info.exists)
        done = read_file(storage, path, text, exists, err);
    free(path);
    return done;
}

/* ---- revisions ---- */

/* A change that was asked for may have ended between the file and the record. */
static bool find_committed(struct definitions *definitions, struct definition_item *item,
                           uint64_t hash, struct definition *now)
{
    struct dag_error ignored = {0};
    char *folder = catalogue_path(definitions, item->name, NULL, &ignored);
    bool found = false;

    for (uint64_t number = item->numbered; folder && !found && number > item->now.revision;
         number--) {
        struct revision_head head;

        found = revision_read(definitions, folder, number, &head, NULL, &ignored) &&
                head.told.hash == hash;
        if (found) {
            now->revision = number;
            now->hash = hash;
            now->size = head.told.size;
        }
        if (found && head.wish != DEFINITION_UNASKED) {
            now->wish = head.wish;
            now->wish_us = head.told.time_us;
            memcpy(now->wish_by, head.told.who, sizeof(now->wish_by));
        }
        revision_head_deinit(&head);
    }
    free(folder);
    return found;
}

/* Lets the file define the item, with a new revision when it holds something new. When that can't
 * be written now, the item stays as it was. */
static bool take_as(struct definitions *definitions, struct definition_item *item,
                    struct hand_file *file, const struct dag_buffer *text, struct dag_error *err)
{
    struct definition now = item->now;
    bool is_shown = item->file != NULL, is_new = false;
    uint64_t hash = text_hash_stable(text->bytes, text->size);

    snprintf(now.file, sizeof(now.file), "%s", file->name);
    if (now.revision == 0 || now.hash != hash) {
        if (find_committed(definitions, item, hash, &now))
            write_record_late(definitions, item, &now);
        else if (!revise_by_hand(definitions, item, &now, text->bytes, text->size, err)) {
            if (now.revision > 0 && !is_shown) {
                item_attach(definitions, item, file, &now);
                definitions_add_event(definitions, DEFINITIONS_ADDED, item->name);
            }
            return false;
        }
        is_new = true;
    } else if (strcmp(now.file, item->now.file) != 0) {
        write_record_late(definitions, item, &now);
    }
    item_attach(definitions, item, file, &now);
    if (!is_shown)
        definitions_add_event(definitions, DEFINITIONS_ADDED, item->name);
    else if (is_new)
        definitions_add_event(definitions, DEFINITIONS_CHANGED, item->name);
    return true;
}

/* ---- files ---- */

/* From now on it waits for a change of its own. */
static bool keep_apart(struct definitions *definitions, struct hand_file *file, uint64_t hash)
{
    pthread_mutex_lock(&definitions->lock);
    file->is_taken = true;
    file->hash = hash;
    pthread_mutex_unlock(&definitions->lock);
    return true;
}

static bool is_there(struct definitions *definitions, const struct hand_file *file)
{
    struct dag_error ignored = {0};
    struct dag_file_info info = {0};
    char *path = path_join(definitions->dags, file->name, &ignored);
    bool gone = path &&
                definitions->storage->path_info(definitions->storage, path, &info, &ignored) &&
                !info.exists;

    free(path);
    return !gone;
}

/* The DAG that a file without a name belonged to when it was there last. */
static struct definition_item *find_by_file(struct definitions *definitions, const char *file)
{
    for (size_t i = 0; i < definitions->items.count; i++) {
        struct definition_item *item = definitions->items.items[i];

        if (!item->file && !item->is_deleted && item->now.revision > 0 &&
            strcmp(item->now.file, file) == 0)
            return item;
    }
    return NULL;
}

/* A file that isn't a DAG's yet. */
static bool take_named(struct definitions *definitions, struct hand_file *file, const char *name,
                       const struct dag_buffer *text, uint64_t hash, struct dag_error *err)
{
    struct definition_item *item = by_name_find(&definitions->items, name);

    if (item && item->is_unusable) {
        hand_file_problem(definitions, file,
                          "what the catalogue keeps of DAG %.200s can't be read: %.200s", name,
                          item->problem);
        return keep_apart(definitions, file, hash);
    }
    if (item && item->is_deleted) {
        hand_file_problem(definitions, file,
                          "DAG %.200s was deleted and still stops: the file is looked at again "
                          "after that",
                          name);
        return keep_apart(definitions, file, hash);
    }
    if (item && item->file && is_there(definitions, item->file)) {
        hand_file_problem(definitions, file,
                          "DAG %.200s is defined in %s: give this one another name, or remove "
                          "one of the files",
                          name, item->file->name);
        return keep_apart(definitions, file, hash);
    }
    if (item && item->file) { /* it was renamed */
        struct hand_file *old = item->file;
        bool done = take_as(definitions, item, file, text, err);

        if (done)
            hand_file_drop(definitions, old);
        return done;
    }
    if (!item)
        item = item_add(definitions, name);
    if (!item)
        return dag_error_set_memory(err, "a DAG");
    bool done = take_as(definitions, item, file, text, err);
    if (!done && item->numbered == 0)
        item_drop(definitions, item);
    return done;
}

bool hand_file_take(struct definitions *definitions, struct hand_file *file,
                    const struct dag_buffer *text, struct dag_error *err)
{
    struct tree_document *document = tree_document_new();
    struct definition_item *owner = file->item;
    struct dag_error why = {0};
    uint64_t hash = text_hash_stable(text->bytes, text->size);
    bool done;

    if (!document)
        return dag_error_set_memory(err, "a definition");
    const char *name = definition_name(text->bytes, text->size, document, &why);
    if (owner && name && strcmp(name, owner->name) != 0) {
        item_detach(definitions, owner);
        definitions_add_event(definitions, DEFINITIONS_REMOVED, owner->name);
        look_at_others(definitions);
        owner = NULL;
    } else if (!owner && !name) {
        owner = find_by_file(definitions, file->name);
    }
    if (owner) {
        done = take_as(definitions, owner, file, text, err);
    } else if (name) {
        done = take_named(definitions, file, name, text, hash, err);
    } else {
        hand_file_problem(definitions, file, "it defines no DAG: %s", why.message);
        done = keep_apart(definitions, file, hash);
    }
    tree_document_free(document);
    return done;
}

void hand_file_gone(struct definitions *definitions, struct hand_file *file)
{
    struct definition_item *item = file->item;

    if (item) {
        item_detach(definitions, item);
        definitions_add_event(definitions, DEFINITIONS_REMOVED, item->name);
        look_at_others(definitions);
    }
    if (file->problem[0])
        definitions_add_event(definitions, DEFINITIONS_PROBLEMS, "");
    hand_file_drop(definitions, file);
}

void look_at_others(struct definitions *definitions)
{
    for (size_t i = 0; i < definitions->files.count; i++) {
        struct hand_file *file = definitions->files.items[i];

        if (file->item || !file->is_taken)
            continue;
        file->is_taken = false;
        file->is_pending = true;
        file->look_us = 0;
    }
}
