/* definitions_group.c - takes many new DAG files at once: a folder of thousands is loaded for the
 * first time, or copied into the folder that is watched.
 *
 * Of each group every revision is durable before the first record is written, so that no record
 * names a revision that isn't there. What a crash leaves of a group is what it leaves of single
 * files, and is mended in the same way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/tree.h"
#include "server/definitions_internal.h"

#define GROUP_FILES 128               /* that are open at once, too */
#define GROUP_BYTES ((size_t)8 << 20) /* of texts, beyond one */

struct newcomer {
    struct hand_file *file;       /* borrowed from the table */
    struct definition_item *item; /* the same: its own, made for it */
    struct dag_buffer text;       /* owned: what the file holds */
    struct dag_buffer out;        /* owned: what is to be written for it */
    struct definition now;
    char *path; /* owned: where to */
};

struct group {
    struct definitions *definitions; /* borrowed */
    struct newcomer items[GROUP_FILES];
    size_t count, size;
};

/* ---- recording ---- */

static bool prepare_revision(struct definitions *definitions, struct newcomer *newcomer,
                             struct dag_error *err)
{
    struct revision_head head;
    const char *name = newcomer->item->name;
    char *folder = catalogue_path(definitions, name, NULL, err);

    head_by_hand(definitions, newcomer->item, newcomer->file->name, newcomer->text.bytes,
                 newcomer->text.size, &head);
    memcpy(newcomer->now.file, head.file, sizeof(newcomer->now.file));
    follow_revision(&head, &newcomer->now);
    newcomer->path = folder ? revision_path(folder, head.told.revision, err) : NULL;
    free(folder);
    return newcomer->path && revision_text(name, &head, newcomer->text.bytes, &newcomer->out, err);
}

static bool prepare_record(struct definitions *definitions, struct newcomer *newcomer,
                           struct dag_error *err)
{
    newcomer->path = record_path(definitions, newcomer->item->name, err);
    return newcomer->path &&
           record_text(newcomer->item->name, &newcomer->now, false, &newcomer->out, err);
}

static bool write_of_each(struct group *group,
                          bool (*prepare)(struct definitions *definitions,
                                          struct newcomer *newcomer, struct dag_error *err))
{
    struct whole_file files[GROUP_FILES];
    struct dag_error ignored = {0}; /* who takes them one by one finds it, too */
    bool done = true;

    for (size_t i = 0; done && i < group->count; i++) {
        struct newcomer *newcomer = &group->items[i];

        done = prepare(group->definitions, newcomer, &ignored);
        files[i] = (struct whole_file){newcomer->path, newcomer->out.bytes, newcomer->out.size};
    }
    done =
        done && write_files_atomically(group->definitions->storage, files, group->count, &ignored);
    for (size_t i = 0; i < group->count; i++) {
        free(group->items[i].path);
        group->items[i].path = NULL;
        dag_buffer_free(&group->items[i].out);
    }
    return done;
}

/* Records may come later: opening finds out by hash. */
static void take_in(struct group *group, bool has_records)
{
    for (size_t i = 0; i < group->count; i++) {
        struct newcomer *newcomer = &group->items[i];

        newcomer->item->numbered = newcomer->now.revision;
        newcomer->item->record_is_behind = !has_records;
        newcomer->file->is_pending = newcomer->file->was_seen = false;
        item_attach(group->definitions, newcomer->item, newcomer->file, &newcomer->now);
        definitions_add_event(group->definitions, DEFINITIONS_ADDED, newcomer->item->name);
    }
}

static void group_take(struct group *group)
{
    bool done = group->count > 0 && write_of_each(group, prepare_revision);

    if (done)
        take_in(group, write_of_each(group, prepare_record));
    for (size_t i = 0; i < group->count; i++) {
        if (!done)
            item_drop(group->definitions, group->items[i].item);
        dag_buffer_free(&group->items[i].text);
    }
    group->count = group->size = 0;
}

/* ---- gathering ---- */

/* The item of a DAG that nobody knows. NULL: the text defines no such one, or out of memory. */
static struct definition_item *make_item(struct definitions *definitions,
                                         const struct dag_buffer *text)
{
    struct tree_document *document = tree_document_new();
    struct definition_item *item = NULL;
    struct dag_error ignored = {0};
    const char *name =
        document ? definition_name(text->bytes, text->size, document, &ignored) : NULL;

    if (name && !by_name_find(&definitions->items, name))
        item = item_add(definitions, name);
    tree_document_free(document);
    return item;
}

static void group_add(struct group *group, struct hand_file *file, struct dag_buffer *text)
{
    struct definition_item *item = make_item(group->definitions, text);

    if (!item)
        return;
    group->items[group->count++] = (struct newcomer){.file = file, .item = item, .text = *text};
    group->size += text->size;
    *text = (struct dag_buffer){0};
    if (group->count == GROUP_FILES || group->size >= GROUP_BYTES)
        group_take(group);
}

static bool is_due(const struct hand_file *file, bool is_watched, int64_t now_us)
{
    if (file->item || file->is_taken)
        return false;
    return is_watched ? file->is_pending && file->look_us <= now_us : !file->is_pending;
}

void take_new_files(struct definitions *definitions,
                    bool (*is_ready)(struct hand_file *file, uint64_t hash, int64_t now_us),
                    int64_t now_us)
{
    struct group *group = calloc(1, sizeof(*group));

    if (!group)
        return;
    group->definitions = definitions;
    for (size_t i = 0; i < definitions->files.count; i++) {
        struct hand_file *file = definitions->files.items[i];
        struct dag_buffer text = {0};
        struct dag_error ignored = {0};
        bool exists = false;

        if (is_due(file, is_ready != NULL, now_us) &&
            hand_file_read(definitions, file->name, &text, &exists, &ignored) && exists &&
            (!is_ready || is_ready(file, text_hash_stable(text.bytes, text.size), now_us)))
            group_add(group, file, &text);
        dag_buffer_free(&text);
    }
    group_take(group);
    free(group);
}
