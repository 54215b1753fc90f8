/* definitions_record.c - records and revisions of the catalogue as files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/tree.h"
#include "graph/writer.h"
#include "server/definitions_internal.h"
#include "server/json_file.h"

#define FORMAT          1
#define DEPTH_MAX       8
#define HEAD_SIZE_MAX   ((size_t)32 << 10)
#define REVISION_PREFIX "revision-"

/* ---- small files ---- */

char *catalogue_path(const struct definitions *definitions, const char *name, const char *file,
                     struct dag_error *err)
{
    char folder[DATA_NAME_SIZE];
    size_t size = strlen(definitions->catalogue) + sizeof(folder) + strlen(file ? file : "") + 3;
    char *path = malloc(size);

    data_folder_name(name, folder);
    if (path)
        snprintf(path, size, "%s/%s%s%s", definitions->catalogue, folder, file ? "/" : "",
                 file ? file : "");
    else
        dag_error_set_memory(err, "a path");
    return path;
}

bool remove_file(struct storage *storage, const char *path, struct dag_error *err)
{
    struct dag_file_info info;

    return storage->path_info(storage, path, &info, err) &&
           (!info.exists || storage->remove(storage, path, err));
}

/* What was begun lies under a name of its own; on a full disk even that is too much. */
bool write_whole(struct storage *storage, const char *path, const void *bytes, size_t size,
                 struct dag_error *err)
{
    struct dag_error ignored = {0};
    char temporary[4096];

    if (write_file_atomically(storage, path, bytes, size, err))
        return true;
    int length = snprintf(temporary, sizeof(temporary), "%s.tmp", path);
    if (length > 0 && (size_t)length < sizeof(temporary))
        (void)remove_file(storage, temporary, &ignored);
    return false;
}

/* ---- what both hold ---- */

static bool take_size(const struct tree *object, const char *key, uint64_t *out)
{
    int64_t integer;

    if (!json_take_integer(object, key, &integer) || integer < 0)
        return false;
    *out = (uint64_t)integer;
    return true;
}

static bool take_hash(const struct tree *object, uint64_t *out)
{
    char text[20];
    char *end;

    if (!json_take_text(object, "hash", text, sizeof(text)))
        return false;
    *out = strtoull(text, &end, 16);
    return end == text + 16;
}

static bool take_wish(const struct tree *object, enum definition_wish *out)
{
    char text[20];

    if (!json_take_text(object, "wish", text, sizeof(text)))
        return false;
    for (int i = DEFINITION_UNASKED; i <= DEFINITION_SUSPENDED; i++)
        if (strcmp(text, definition_wish_name((enum definition_wish)i)) == 0) {
            *out = (enum definition_wish)i;
            return true;
        }
    return false;
}

/* NULL: it isn't there, or no memory. */
static char *copy_name(const struct tree *object)
{
    const struct tree *name = tree_get(object, "name");

    return name && name->type == TREE_TEXT && name_is_valid(name->text, name->text_size)
               ? strdup(name->text)
               : NULL;
}

static void write_hash(struct writer *writer, uint64_t hash)
{
    char text[20];

    snprintf(text, sizeof(text), "%016" PRIx64, hash);
    writer_member(writer, "hash", text);
}

static void write_number(struct writer *writer, const char *key, int64_t number)
{
    writer_key(writer, key);
    writer_integer(writer, number);
}

/* A format that is higher than ours is told apart from damage. */
static bool judge_format(const struct tree *root, const char *what, struct dag_error *err)
{
    int64_t format = 0;

    if (root && json_take_integer(root, "format", &format) && format == FORMAT)
        return true;
    if (format > FORMAT)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "%s has format %" PRId64 " and this dagd knows %d: use a later dagd",
                             what, format, FORMAT);
    return dag_error_set(err, DAG_ERROR_INVALID, "%s is damaged", what);
}

/* ---- records ---- */

bool record_text(const char *name, const struct definition *now, bool is_deleted,
                 struct dag_buffer *out, struct dag_error *err)
{
    struct writer writer = {.out = out};

    writer_open(&writer, '{');
    write_number(&writer, "format", FORMAT);
    writer_member(&writer, "name", name);
    writer_member(&writer, "file", now->file);
    write_number(&writer, "revision", (int64_t)now->revision);
    write_hash(&writer, now->hash);
    write_number(&writer, "size", (int64_t)now->size);
    writer_member(&writer, "wish", definition_wish_name(now->wish));
    writer_member(&writer, "wish_by", now->wish_by);
    write_number(&writer, "wish_us", now->wish_us);
    writer_key(&writer, "deleted");
    writer_bool(&writer, is_deleted);
    writer_close(&writer, '}');
    writer_plain(&writer, "\n");
    return !writer.failed || dag_error_set_memory(err, "a record");
}

char *record_path(const struct definitions *definitions, const char *name, struct dag_error *err)
{
    return catalogue_path(definitions, name, "record", err);
}

bool record_write(struct definitions *definitions, const char *name, const struct definition *now,
                  bool is_deleted, struct dag_error *err)
{
    struct dag_buffer out = {0};
    char *path = record_path(definitions, name, err);
    bool done = path && record_text(name, now, is_deleted, &out, err) &&
                write_whole(definitions->storage, path, out.bytes, out.size, err);

    dag_buffer_free(&out);
    free(path);
    return done;
}

static bool parse_record(const struct tree *root, char **name, struct definition *now,
                         bool *is_deleted, struct dag_error *err)
{
    const struct tree *deleted = tree_get(root, "deleted");
    uint64_t size;

    if (!judge_format(root, "the record", err))
        return false;
    if (!json_take_text(root, "file", now->file, sizeof(now->file)) ||
        !take_size(root, "revision", &now->revision) || !take_hash(root, &now->hash) ||
        !take_size(root, "size", &size) || !take_wish(root, &now->wish) ||
        !json_take_text(root, "wish_by", now->wish_by, sizeof(now->wish_by)) ||
        !json_take_integer(root, "wish_us", &now->wish_us) || !deleted ||
        deleted->type != TREE_BOOL)
        return dag_error_set(err, DAG_ERROR_INVALID, "the record is damaged");
    now->size = (size_t)size;
    *is_deleted = deleted->integer != 0;
    *name = copy_name(root);
    return *name || dag_error_set(err, DAG_ERROR_INVALID, "the record is damaged");
}

bool record_read(struct definitions *definitions, const char *folder, char **name,
                 struct definition *now, bool *is_deleted, struct dag_error *err)
{
    struct dag_buffer bytes = {0};
    struct tree_document *document = tree_document_new();
    struct dag_error why = {0};
    bool exists = false;
    char *path = path_join(folder, "record", err);

    *name = NULL;
    *now = (struct definition){0};
    bool done = path && read_file(definitions->storage, path, &bytes, &exists, err);
    if (done && !document)
        done = dag_error_set_memory(err, "a record");
    if (done && exists)
        done =
            parse_record(tree_parse(document, bytes.bytes, bytes.size, DEPTH_MAX, NULL, NULL, &why),
                         name, now, is_deleted, err);
    tree_document_free(document);
    dag_buffer_free(&bytes);
    free(path);
    return done;
}

/* ---- revisions ---- */

char *revision_path(const char *folder, uint64_t number, struct dag_error *err)
{
    char file[40];

    snprintf(file, sizeof(file), REVISION_PREFIX "%" PRIu64, number);
    return path_join(folder, file, err);
}

/* One line, so that the text behind it stays as it is. The writer's line feeds are white space. */
static bool make_one_line(struct dag_buffer *out)
{
    for (size_t i = 0; i < out->size; i++)
        if (out->bytes[i] == '\n')
            out->bytes[i] = ' ';
    return dag_buffer_append(out, "\n", 1);
}

static bool write_head(struct dag_buffer *out, const char *name, const struct revision_head *head)
{
    struct writer writer = {.out = out};

    writer_open(&writer, '{');
    write_number(&writer, "format", FORMAT);
    writer_member(&writer, "name", name);
    write_number(&writer, "revision", (int64_t)head->told.revision);
    writer_member(&writer, "who", head->told.who);
    writer_member(&writer, "comment", head->told.comment);
    write_number(&writer, "time_us", head->told.time_us);
    writer_member(&writer, "file", head->file);
    writer_member(&writer, "wish", definition_wish_name(head->wish));
    write_hash(&writer, head->told.hash);
    write_number(&writer, "size", (int64_t)head->told.size);
    writer_close(&writer, '}');
    return !writer.failed && make_one_line(out);
}

bool revision_text(const char *name, const struct revision_head *head, const char *text,
                   struct dag_buffer *out, struct dag_error *err)
{
    return (write_head(out, name, head) && dag_buffer_append(out, text, head->told.size)) ||
           dag_error_set_memory(err, "a revision");
}

bool revision_write(struct definitions *definitions, const char *name,
                    const struct revision_head *head, const char *text, struct dag_error *err)
{
    struct dag_buffer out = {0};
    char *folder = catalogue_path(definitions, name, NULL, err);
    char *path = folder ? revision_path(folder, head->told.revision, err) : NULL;
    bool done = path && revision_text(name, head, text, &out, err) &&
                write_whole(definitions->storage, path, out.bytes, out.size, err);

    dag_buffer_free(&out);
    free(path);
    free(folder);
    return done;
}

void revision_head_deinit(struct revision_head *head)
{
    free(head->name);
    head->name = NULL;
}

static bool parse_head(const struct dag_buffer *bytes, struct revision_head *head,
                       struct dag_error *err)
{
    const char *end = bytes->size > 0 ? memchr(bytes->bytes, '\n', bytes->size) : NULL;
    struct tree_document *document = tree_document_new();
    struct definition_revision *told = &head->told;
    struct dag_error why = {0};
    uint64_t size;

    if (!document)
        return dag_error_set_memory(err, "a revision");
    const struct tree *root = end ? tree_parse(document, bytes->bytes, (size_t)(end - bytes->bytes),
                                               DEPTH_MAX, NULL, NULL, &why)
                                  : NULL;
    bool done = judge_format(root, "the revision", err);
    if (done && take_size(root, "revision", &told->revision) && take_size(root, "size", &size) &&
        take_hash(root, &told->hash) && json_take_integer(root, "time_us", &told->time_us) &&
        json_take_text(root, "who", told->who, sizeof(told->who)) &&
        json_take_text(root, "comment", told->comment, sizeof(told->comment)) &&
        json_take_text(root, "file", head->file, sizeof(head->file)) &&
        take_wish(root, &head->wish)) {
        told->size = (size_t)size;
        head->size = (size_t)(end - bytes->bytes) + 1;
        head->name = copy_name(root);
    }
    done = done && (head->name || dag_error_set(err, DAG_ERROR_INVALID, "the revision is damaged"));
    tree_document_free(document);
    return done;
}

/* The first bytes of a file, where the head is. */
static bool read_front(struct storage *storage, const char *path, struct dag_buffer *out,
                       struct dag_error *err)
{
    struct dag_file *file = storage->open(storage, path, DAG_OPEN_READ, err);

    if (!file)
        return false;
    bool done = dag_buffer_reserve(out, HEAD_SIZE_MAX) || dag_error_set_memory(err, "a revision");
    int64_t got = done ? storage->read(file, 0, out->bytes, HEAD_SIZE_MAX, err) : -1;
    out->size = got > 0 ? (size_t)got : 0;
    storage->close(file);
    return got >= 0;
}

static bool take_body(const struct dag_buffer *bytes, const struct revision_head *head,
                      struct dag_buffer *text, struct dag_error *err)
{
    const char *body = bytes->bytes + head->size;

    if (bytes->size - head->size != head->told.size ||
        text_hash_stable(body, head->told.size) != head->told.hash)
        return dag_error_set(err, DAG_ERROR_INVALID, "the revision is damaged");
    return dag_buffer_append(text, body, head->told.size) ||
           dag_error_set_memory(err, "a revision");
}

bool revision_read(struct definitions *definitions, const char *folder, uint64_t number,
                   struct revision_head *head, struct dag_buffer *text, struct dag_error *err)
{
    struct storage *storage = definitions->storage;
    struct dag_file_info info = {0};
    struct dag_buffer bytes = {0};
    bool exists = true;
    char *path = revision_path(folder, number, err);

    *head = (struct revision_head){0};
    bool done = path && storage->path_info(storage, path, &info, err);
    if (done && !info.exists)
        done = dag_error_set(err, DAG_ERROR_INVALID, "there is no revision %" PRIu64, number);
    done = done && (text ? read_file(storage, path, &bytes, &exists, err)
                         : read_front(storage, path, &bytes, err));
    done = done && parse_head(&bytes, head, err) && (!text || take_body(&bytes, head, text, err));
    dag_buffer_free(&bytes);
    free(path);
    return done;
}

bool revision_remove(struct definitions *definitions, const char *folder, uint64_t number,
                     struct dag_error *err)
{
    char *path = revision_path(folder, number, err);
    bool done = path && remove_file(definitions->storage, path, err);

    free(path);
    return done;
}

/* ---- lists of revisions ---- */

struct numbers {
    uint64_t *items; /* owned */
    size_t count, capacity;
    bool failed;
};

static bool note_number(void *context, const char *name)
{
    struct numbers *numbers = context;
    char *end;

    if (strncmp(name, REVISION_PREFIX, sizeof(REVISION_PREFIX) - 1) != 0)
        return true;
    uint64_t number = strtoull(name + sizeof(REVISION_PREFIX) - 1, &end, 10);
    if (*end != '\0' || number == 0)
        return true;
    if (numbers->count == numbers->capacity) {
        size_t capacity = numbers->capacity * 2 + 128;
        uint64_t *items = realloc(numbers->items, capacity * sizeof(*items));

        numbers->failed = !items;
        if (!items)
            return false;
        numbers->items = items;
        numbers->capacity = capacity;
    }
    numbers->items[numbers->count++] = number;
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

uint64_t *revision_list(struct definitions *definitions, const char *folder, size_t *count,
                        struct dag_error *err)
{
    struct storage *storage = definitions->storage;
    struct numbers numbers = {.items = calloc(1, sizeof(uint64_t)), .capacity = 1};
    bool done = numbers.items || dag_error_set_memory(err, "a list of revisions");

    done = done && storage->list(storage, folder, note_number, &numbers, err);
    if (done && numbers.failed)
        done = dag_error_set_memory(err, "a list of revisions");
    *count = numbers.count;
    if (done) {
        qsort(numbers.items, numbers.count, sizeof(*numbers.items), by_number);
        return numbers.items;
    }
    free(numbers.items);
    return NULL;
}
