/* place.c - a place in a file that is found again after the file was renamed, replaced or grew. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/file/place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIBLINGS_MAX        4096
#define ROTATION_DIGITS_MAX 5 /* PATH.12345 is a rotation's number, PATH.20260102 a date */

static uint64_t hash_bytes(const unsigned char *bytes, size_t size)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return hash;
}

/* The hash of `size` (at most PLACE_HEAD_SIZE) bytes at `offset`. `*is_whole` false: there are
 * fewer. */
static bool hash_range(struct dag_host *host, struct dag_file *file, uint64_t offset, size_t size,
                       uint64_t *hash, bool *is_whole, struct dag_error *err)
{
    unsigned char bytes[PLACE_HEAD_SIZE];
    size_t have = 0;

    while (have < size) {
        int64_t got = dag_file_read(host, file, offset + have, bytes + have, size - have, err);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *is_whole = have == size;
    *hash = hash_bytes(bytes, have);
    return true;
}

/* The hash of what stands at `offset` now, as far as it does. */
static bool hash_next(struct dag_host *host, struct dag_file *file, uint64_t offset,
                      struct place *place, struct dag_error *err)
{
    unsigned char bytes[PLACE_NEXT_SIZE];
    int64_t got = dag_file_read(host, file, offset, bytes, sizeof bytes, err);

    if (got < 0)
        return false;
    place->next_size = (uint32_t)got;
    place->next = hash_bytes(bytes, (size_t)got);
    return true;
}

bool place_take(struct dag_host *host, struct dag_file *file, uint64_t offset, struct place *place,
                struct dag_error *err)
{
    struct dag_file_info info;
    bool is_whole;

    if (!dag_file_info(host, file, &info, err))
        return false;
    *place = (struct place){
        .device = info.device,
        .inode = info.inode,
        .offset = offset,
        .head_size = offset < PLACE_HEAD_SIZE ? (uint32_t)offset : PLACE_HEAD_SIZE,
        .tail_size = offset < PLACE_TAIL_SIZE ? (uint32_t)offset : PLACE_TAIL_SIZE,
    };
    if (!hash_range(host, file, 0, place->head_size, &place->head, &is_whole, err))
        return false;
    if (is_whole && !hash_range(host, file, offset - place->tail_size, place->tail_size,
                                &place->tail, &is_whole, err))
        return false;
    if (is_whole && !hash_next(host, file, offset, place, err))
        return false;
    if (!is_whole) /* cut meanwhile: what is left can't vouch for the place */
        place->head_size = place->tail_size = 0;
    return true;
}

bool place_write(const struct place *place, struct dag_buffer *out)
{
    char text[400];
    int size = snprintf(text, sizeof text,
                        "{\"device\":%" PRId64 ",\"inode\":%" PRId64 ",\"offset\":%" PRId64
                        ",\"lane\":%" PRIu32 ",\"head_size\":%" PRIu32 ",\"head\":%" PRId64
                        ",\"tail_size\":%" PRIu32 ",\"tail\":%" PRId64 ",\"next_size\":%" PRIu32
                        ",\"next\":%" PRId64 "%s}",
                        (int64_t)place->device, (int64_t)place->inode, (int64_t)place->offset,
                        place->lane, place->head_size, (int64_t)place->head, place->tail_size,
                        (int64_t)place->tail, place->next_size, (int64_t)place->next,
                        place->is_absent ? ",\"absent\":true"
                        : place->is_gone ? ",\"gone\":true"
                                         : "");

    return dag_buffer_append(out, text, (size_t)size);
}

static bool integer_of(const struct dag_row *row, const char *key, uint64_t *result)
{
    const struct dag_name *name = dag_name_intern(key, strlen(key), NULL);
    int32_t i = name && row->shape ? dag_shape_find(row->shape, name) : -1;

    if (i < 0 || row->values[i].type != DAG_TYPE_INT)
        return false;
    *result = (uint64_t)row->values[i].as.integer;
    return true;
}

static bool is_true(const struct dag_row *row, const char *key)
{
    const struct dag_name *name = dag_name_intern(key, strlen(key), NULL);
    int32_t i = name && row->shape ? dag_shape_find(row->shape, name) : -1;

    return i >= 0 && row->values[i].type == DAG_TYPE_BOOL && row->values[i].as.integer != 0;
}

bool place_parse(const char *json, size_t size, struct place *place, struct dag_error *err)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_row row;
    uint64_t lane, head_size, tail_size, next_size;
    bool is_valid;

    if (!batch)
        return dag_error_set_memory(err, "a file position");
    is_valid = dag_json_parse_object(batch, json, size, &row, err);
    if (is_valid) {
        is_valid = integer_of(&row, "device", &place->device) &&
                   integer_of(&row, "inode", &place->inode) &&
                   integer_of(&row, "offset", &place->offset) && integer_of(&row, "lane", &lane) &&
                   lane <= UINT32_MAX && integer_of(&row, "head_size", &head_size) &&
                   head_size <= PLACE_HEAD_SIZE && integer_of(&row, "head", &place->head) &&
                   integer_of(&row, "tail_size", &tail_size) && tail_size <= PLACE_TAIL_SIZE &&
                   tail_size <= place->offset && integer_of(&row, "tail", &place->tail) &&
                   integer_of(&row, "next_size", &next_size) && next_size <= PLACE_NEXT_SIZE &&
                   integer_of(&row, "next", &place->next);
        if (is_valid) {
            place->head_size = (uint32_t)head_size;
            place->tail_size = (uint32_t)tail_size;
            place->next_size = (uint32_t)next_size;
            place->lane = (uint32_t)lane;
            place->is_absent = is_true(&row, "absent");
            place->is_gone = is_true(&row, "gone");
        } else {
            dag_error_set(err, DAG_ERROR_INVALID, "not a position in a file: %.*s",
                          size < 200 ? (int)size : 200, json);
        }
    }
    dag_batch_unref(batch);
    return is_valid;
}

/* ---- siblings --------------------------------------------------------------------------- */

void place_chain_clear(struct place_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        free(chain->paths[i]);
    free(chain->paths);
    *chain = (struct place_chain){0};
}

struct collection {
    const char *folder; /* with its slash; "" for the working folder */
    size_t folder_size;
    const char *base;
    struct place_chain *chain;
    bool has_memory;
};

/* What follows the base name of a rotated file: a number or a date; no ".gz", no ".bak". */
static bool is_rotation(const char *suffix)
{
    return (suffix[0] == '.' || suffix[0] == '-') && suffix[1] != '\0' &&
           suffix[strspn(suffix, "0123456789.-_T")] == '\0' &&
           strpbrk(suffix, "0123456789") != NULL;
}

static bool add_path(struct place_chain *chain, const char *folder, size_t folder_size,
                     const char *name)
{
    char **paths = realloc(chain->paths, (chain->count + 1) * sizeof *paths);
    size_t name_size = strlen(name) + 1;
    char *path;

    if (!paths)
        return false;
    chain->paths = paths;
    path = malloc(folder_size + name_size);
    if (!path)
        return false;
    memcpy(path, folder, folder_size);
    memcpy(path + folder_size, name, name_size);
    chain->paths[chain->count++] = path;
    return true;
}

static bool collect(void *context, const char *name)
{
    struct collection *collection = context;
    size_t base_size = strlen(collection->base);

    if (strncmp(name, collection->base, base_size) != 0 || !is_rotation(name + base_size))
        return true;
    if (collection->chain->count >= SIBLINGS_MAX)
        return false;
    collection->has_memory =
        add_path(collection->chain, collection->folder, collection->folder_size, name);
    return collection->has_memory;
}

/* PATH.N: N, else -1. */
static long rotation_number(const char *path)
{
    const char *dot = strrchr(path, '.');

    if (!dot || strspn(dot + 1, "0123456789") != strlen(dot + 1) ||
        strlen(dot + 1) > ROTATION_DIGITS_MAX || dot[1] == '\0')
        return -1;
    return strtol(dot + 1, NULL, 10);
}

/* Oldest first: .3 .2 .1, or by date. */
static int compare_age(const void *a, const void *b)
{
    const char *left = *(char *const *)a;
    const char *right = *(char *const *)b;
    long left_number = rotation_number(left);
    long right_number = rotation_number(right);

    if (left_number >= 0 && right_number >= 0)
        return left_number > right_number ? -1 : left_number < right_number;
    return strverscmp(left, right);
}

/* All rotated siblings, oldest first, and the path itself. */
static bool list_all(struct dag_host *host, const char *path, struct place_chain *chain,
                     struct dag_error *err)
{
    const char *slash = strrchr(path, '/');
    size_t folder_size = slash ? (size_t)(slash - path) + 1 : 0;
    char *folder = folder_size > 0 ? strndup(path, folder_size) : strdup("./");
    struct collection collection = {
        .folder = path,
        .folder_size = folder_size,
        .base = path + folder_size,
        .chain = chain,
        .has_memory = true,
    };

    if (!folder)
        return dag_error_set_memory(err, "the rotated files");
    struct dag_error ignored; /* no folder: no siblings */
    (void)dag_path_list(host, folder, collect, &collection, &ignored);
    free(folder);
    if (chain->count > 1)
        qsort(chain->paths, chain->count, sizeof *chain->paths, compare_age);
    if (!collection.has_memory || !add_path(chain, "", 0, path)) {
        place_chain_clear(chain);
        return dag_error_set_memory(err, "the rotated files");
    }
    return true;
}

/* Whether the file at `path` holds the place: with its device and inode, or by its content alone.
 */
static bool holds(struct dag_host *host, const char *path, const struct place *place,
                  bool by_content)
{
    const struct {
        uint64_t offset, hash;
        uint32_t size;
    } parts[] = {
        {0, place->head, place->head_size},
        {place->offset - place->tail_size, place->tail, place->tail_size},
        {place->offset, place->next, place->next_size},
    };
    struct dag_error ignored;
    struct dag_file_info info;
    struct dag_file *file;
    bool is_same = true;

    if (!dag_path_info(host, path, &info, &ignored) || !info.exists || !info.is_regular ||
        info.size < place->offset)
        return false;
    if (by_content ? place->tail_size == 0 && place->next_size == 0
                   : info.device != place->device || info.inode != place->inode)
        return false;
    file = dag_file_open(host, path, DAG_OPEN_READ, &ignored);
    if (!file)
        return false;
    for (size_t i = 0; is_same && i < sizeof parts / sizeof parts[0]; i++) {
        uint64_t hash;
        bool is_whole;
        is_same = parts[i].size == 0 || (hash_range(host, file, parts[i].offset, parts[i].size,
                                                    &hash, &is_whole, &ignored) &&
                                         is_whole && hash == parts[i].hash);
    }
    dag_file_close(host, file);
    return is_same;
}

bool place_find(struct dag_host *host, const char *path, const struct place *place,
                struct place_chain *chain, struct dag_error *err)
{
    if (place->is_absent)
        return place_follow_absent(host, path, place, chain, err);
    if (!list_all(host, path, chain, err))
        return false;
    for (int by_content = 0; by_content < 2 && !place->is_gone; by_content++) {
        for (size_t i = chain->count; i-- > 0;) {
            if (holds(host, chain->paths[i], place, by_content != 0)) {
                chain->next = i;
                return true;
            }
        }
    }
    place_chain_clear(chain);
    return dag_error_set(err, DAG_ERROR_IO,
                         "'%s': the position to go on from (byte %" PRIu64
                         ") is gone: the file was replaced or cut, and no rotated file beside it "
                         "holds it",
                         path, place->offset);
}

/* The place in the chain behind the file of this device and inode; `otherwise` where it isn't. */
static size_t behind(struct dag_host *host, const struct place_chain *chain, uint64_t device,
                     uint64_t inode, size_t otherwise)
{
    for (size_t i = 0; i + 1 < chain->count; i++) {
        struct dag_file_info info;
        struct dag_error ignored;
        if (dag_path_info(host, chain->paths[i], &info, &ignored) && info.exists &&
            info.device == device && info.inode == inode)
            return i + 1;
    }
    return otherwise;
}

bool place_follow(struct dag_host *host, const char *path, uint64_t device, uint64_t inode,
                  struct place_chain *chain, struct dag_error *err)
{
    if (!list_all(host, path, chain, err))
        return false;
    chain->next = behind(host, chain, device, inode, chain->count - 1);
    return true;
}

bool place_take_absent(struct dag_host *host, const char *path, struct place *place,
                       struct dag_error *err)
{
    struct place_chain chain = {0};
    struct dag_file_info info = {0};
    bool is_taken = list_all(host, path, &chain, err);

    *place = (struct place){.is_absent = true};
    if (is_taken && chain.count > 1)
        is_taken = dag_path_info(host, chain.paths[chain.count - 2], &info, err);
    place->device = info.device;
    place->inode = info.inode;
    place_chain_clear(&chain);
    return is_taken;
}

/* Old files are removed before newer ones, so where the known one is gone all are new. */
bool place_follow_absent(struct dag_host *host, const char *path, const struct place *place,
                         struct place_chain *chain, struct dag_error *err)
{
    if (!list_all(host, path, chain, err))
        return false;
    chain->next = behind(host, chain, place->device, place->inode, 0);
    return true;
}
