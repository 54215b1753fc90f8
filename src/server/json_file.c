/* json_file.c - see json_file.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/json_file.h"

#include <string.h>

#include "durable/data_folder.h"

#define DEPTH_MAX 8

bool json_file_read(struct storage *storage, const char *path,
                    bool (*take)(void *context, const struct tree *root), void *context,
                    const char *remedy, struct dag_error *err)
{
    struct dag_buffer bytes = {0};
    struct tree_document *document = tree_document_new();
    bool exists = false;
    bool done = document ? read_file(storage, path, &bytes, &exists, err)
                         : dag_error_set_memory(err, "a file");

    if (done && exists) {
        struct dag_error why = {0};
        const struct tree *root =
            tree_parse(document, bytes.bytes, bytes.size, DEPTH_MAX, NULL, NULL, &why);

        if (!root || !take(context, root))
            done = dag_error_set(err, DAG_ERROR_INVALID,
                                 "'%s' is damaged: restore it from a backup, or remove it and %s",
                                 path, remedy);
    }
    tree_document_free(document);
    dag_buffer_free(&bytes);
    return done;
}

bool json_take_text(const struct tree *object, const char *key, char *out, size_t size)
{
    const struct tree *text = tree_get(object, key);

    if (!text || text->type != TREE_TEXT || text->text_size >= size ||
        strlen(text->text) != text->text_size)
        return false;
    memcpy(out, text->text, text->text_size + 1);
    return true;
}

bool json_take_integer(const struct tree *object, const char *key, int64_t *out)
{
    const struct tree *value = tree_get(object, key);

    if (!value || value->type != TREE_INT)
        return false;
    *out = value->integer;
    return true;
}

bool json_take_bool(const struct tree *object, const char *key, bool *out)
{
    const struct tree *value = tree_get(object, key);

    if (!value || value->type != TREE_BOOL)
        return false;
    *out = value->integer != 0;
    return true;
}
