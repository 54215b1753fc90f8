/* small_files.c - files that are whole or not there, and a DAG's identity as one of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/tree.h"
#include "durable/data_folder.h"

#define READ_SIZE          ((size_t)64 << 10)
#define IDENTITY_DEPTH_MAX 8

char *path_join(const char *folder, const char *name, struct dag_error *err)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    else
        dag_error_set_memory(err, "a path");
    return path;
}

static bool write_and_sync(struct storage *storage, const char *path, uint32_t flags,
                           const void *bytes, size_t size, struct dag_error *err)
{
    struct dag_file *file = storage->open(
        storage, path, flags | DAG_OPEN_WRITE | DAG_OPEN_CREATE | DAG_OPEN_TRUNCATE, err);

    if (!file)
        return false;
    bool done = storage->write(file, bytes, size, err) && storage->sync(file, err);
    storage->close(file);
    return done;
}

static bool replace(struct storage *storage, const char *path, uint32_t flags, const void *bytes,
                    size_t size, struct dag_error *err)
{
    size_t length = strlen(path) + 5;
    char *temporary = malloc(length);

    if (!temporary)
        return dag_error_set_memory(err, "a path");
    snprintf(temporary, length, "%s.tmp", path);
    bool done = write_and_sync(storage, temporary, flags, bytes, size, err) &&
                storage->rename(storage, temporary, path, err);
    free(temporary);
    return done;
}

bool write_file_atomically(struct storage *storage, const char *path, const void *bytes,
                           size_t size, struct dag_error *err)
{
    return replace(storage, path, 0, bytes, size, err);
}

bool write_private_file(struct storage *storage, const char *path, const void *bytes, size_t size,
                        struct dag_error *err)
{
    return replace(storage, path, STORAGE_OPEN_PRIVATE, bytes, size, err);
}

static bool read_all(struct storage *storage, struct dag_file *file, struct dag_buffer *out,
                     struct dag_error *err)
{
    size_t before = out->size;

    for (;;) {
        if (!dag_buffer_reserve(out, READ_SIZE))
            return dag_error_set_memory(err, "a file");
        int64_t got =
            storage->read(file, out->size - before, out->bytes + out->size, READ_SIZE, err);
        if (got < 0)
            return false;
        if (got == 0)
            return true;
        out->size += (size_t)got;
    }
}

bool read_file(struct storage *storage, const char *path, struct dag_buffer *out, bool *exists,
               struct dag_error *err)
{
    struct dag_file_info info;

    *exists = false;
    if (!storage->path_info(storage, path, &info, err))
        return false;
    if (!info.exists)
        return true;
    struct dag_file *file = storage->open(storage, path, DAG_OPEN_READ, err);
    if (!file)
        return false;
    bool done = read_all(storage, file, out, err);
    storage->close(file);
    *exists = done;
    return done;
}

/* ---- identity ---- */

static bool new_instance(char *instance, struct dag_error *err)
{
    unsigned char bytes[16];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return dag_error_set_errno(err, "cannot get random bytes");
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(instance + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static bool take_text(const struct tree *object, const char *key, char *out, size_t size)
{
    const struct tree *text = tree_get(object, key);

    if (!text || text->type != TREE_TEXT || text->text_size >= size)
        return false;
    memcpy(out, text->text, text->text_size + 1);
    return true;
}

static bool parse_identity(const char *path, const struct dag_buffer *bytes,
                           struct identity *identity, struct dag_error *err)
{
    struct tree_document *document = tree_document_new();

    if (!document)
        return dag_error_set_memory(err, "an identity");
    struct dag_error why = {0};
    const struct tree *root =
        tree_parse(document, bytes->bytes, bytes->size, IDENTITY_DEPTH_MAX, NULL, NULL, &why);
    const struct tree *reserved = tree_get(root, "reserved");
    bool done = root && take_text(root, "instance", identity->instance, sizeof(identity->instance));
    done = done && reserved && reserved->type == TREE_INT && reserved->integer >= 0;
    if (done) {
        identity->reserved = (uint64_t)reserved->integer;
        (void)take_text(root, "inputs", identity->inputs, sizeof(identity->inputs));
        const struct tree *journal = tree_get(root, "journal");
        identity->has_journal = journal && journal->type == TREE_BOOL && journal->integer;
    }
    tree_document_free(document);
    return done || dag_error_set(err, DAG_ERROR_INVALID,
                                 "'%s' is damaged: it should hold the instance and the reserved "
                                 "cycle numbers of a DAG; restore it from a backup",
                                 path);
}

bool identity_read(struct storage *storage, const char *dag_folder, bool make,
                   struct identity *identity, struct dag_error *err)
{
    struct dag_buffer bytes = {0};
    bool exists = false;
    char *path = path_join(dag_folder, "identity", err);

    *identity = (struct identity){0};
    bool done = path && read_file(storage, path, &bytes, &exists, err);
    if (done && exists)
        done = parse_identity(path, &bytes, identity, err);
    else if (done && make)
        done = new_instance(identity->instance, err) &&
               identity_write(storage, dag_folder, identity, err);
    else if (done)
        done = dag_error_set(err, DAG_ERROR_INVALID, "there is no '%s'", path);
    dag_buffer_free(&bytes);
    free(path);
    return done;
}

bool identity_write(struct storage *storage, const char *dag_folder,
                    const struct identity *identity, struct dag_error *err)
{
    char text[200];
    char *path = path_join(dag_folder, "identity", err);
    int length = snprintf(text, sizeof(text),
                          "{\"instance\":\"%s\",\"reserved\":%" PRIu64
                          ",\"inputs\":\"%s\",\"journal\":%s}\n",
                          identity->instance, identity->reserved, identity->inputs,
                          identity->has_journal ? "true" : "false");

    bool done = path && write_file_atomically(storage, path, text, (size_t)length, err);
    free(path);
    return done;
}
