/* record_segment.c - the format of a segment file, and reading it; see docs/journal.md. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/record_segment.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE     (256u << 10)
#define KEY_DIGITS     20
#define FORMAT_NAME    "DAGLOG "
#define FORMAT_VERSION '1'

static void put_u32(char *out, uint32_t value)
{
    value = htole32(value);
    memcpy(out, &value, sizeof(value));
}

static void put_u64(char *out, uint64_t value)
{
    value = htole64(value);
    memcpy(out, &value, sizeof(value));
}

static uint32_t get_u32(const char *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof(value));
    return le32toh(value);
}

static uint64_t get_u64(const char *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof(value));
    return le64toh(value);
}

/* ---- the format ---- */

/* A checksum covers the place, too: what stood elsewhere is never taken for a record. */
static uint32_t place_crc(uint64_t segment_key, uint64_t offset, uint32_t size)
{
    char place[20];

    put_u64(place, segment_key);
    put_u64(place + 8, offset);
    put_u32(place + 16, size);
    return crc32c(0, place, sizeof(place));
}

static uint32_t header_crc(const char *bytes, uint64_t key)
{
    return crc32c(place_crc(key, 0, 0), bytes, SEGMENT_HEADER_SIZE - 4);
}

void segment_header_write(char *out, uint64_t key, const struct segment_header *header)
{
    memcpy(out, FORMAT_NAME, 7);
    out[7] = FORMAT_VERSION;
    put_u64(out + 8, header->previous_key);
    put_u64(out + 16, header->previous_size);
    put_u32(out + 24, 0);
    put_u32(out + 28, header_crc(out, key));
}

static enum segment_format header_read(const char *bytes, uint64_t key,
                                       struct segment_header *header)
{
    if (memcmp(bytes, FORMAT_NAME, 7) != 0 || get_u32(bytes + 28) != header_crc(bytes, key))
        return SEGMENT_TORN;
    if (bytes[7] != FORMAT_VERSION)
        return SEGMENT_NEWER;
    header->previous_key = get_u64(bytes + 8);
    header->previous_size = get_u64(bytes + 16);
    return SEGMENT_WHOLE;
}

void segment_record_write(char *out, uint64_t segment_key, uint64_t offset, uint64_t key,
                          uint32_t kind, uint32_t unsynced, const void *payload, size_t size,
                          const uint32_t *payload_crc)
{
    put_u32(out, (uint32_t)size);
    put_u64(out + 8, key);
    put_u32(out + 16, unsynced);
    put_u32(out + 20, kind);

    uint32_t crc = place_crc(segment_key, offset, (uint32_t)size);

    crc = crc32c(crc, out + 8, RECORD_HEADER_SIZE - 8);
    put_u32(out + 4,
            payload_crc ? crc32c_join(crc, *payload_crc, size) : crc32c(crc, payload, size));
}

/* ---- the folder ---- */

bool segment_path(char *out, const char *folder, uint64_t key, struct dag_error *err)
{
    int size = snprintf(out, RECORD_SEGMENT_PATH_MAX, "%s/%020" PRIu64 ".log", folder, key);

    if (size > 0 && size < (int)RECORD_SEGMENT_PATH_MAX)
        return true;
    return dag_error_set(err, DAG_ERROR_INVALID, "the path of the folder '%.200s...' is too long",
                         folder);
}

static bool key_of_name(const char *name, uint64_t *key)
{
    uint64_t value = 0;

    if (strlen(name) != SEGMENT_NAME_SIZE || strcmp(name + KEY_DIGITS, ".log") != 0)
        return false;
    for (int i = 0; i < KEY_DIGITS; i++) {
        if (name[i] < '0' || name[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(name[i] - '0'), &value))
            return false;
    }
    *key = value;
    return true;
}

struct listing {
    struct segment_list *list;
    bool failed;
};

static bool take_name(void *context, const char *name)
{
    struct listing *listing = context;
    struct segment_list *list = listing->list;
    uint64_t key;

    if (!key_of_name(name, &key))
        return true;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        uint64_t *keys = realloc(list->keys, capacity * sizeof(*keys));
        listing->failed = !keys;
        if (!keys)
            return false;
        list->keys = keys;
        list->capacity = capacity;
    }
    list->keys[list->count++] = key;
    return true;
}

static int by_key(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

bool segment_list_read(struct segment_list *list, struct storage *storage, const char *folder,
                       struct dag_error *err)
{
    struct listing listing = {.list = list};
    struct dag_file_info info;

    list->count = 0;
    if (!storage->path_info(storage, folder, &info, err))
        return false;
    if (!info.exists)
        return true;
    if (!storage->list(storage, folder, take_name, &listing, err))
        return false;
    if (listing.failed)
        return dag_error_set_memory(err, "the segments of a log");
    if (list->count > 1)
        qsort(list->keys, list->count, sizeof(*list->keys), by_key);
    return true;
}

void segment_list_deinit(struct segment_list *list)
{
    free(list->keys);
    *list = (struct segment_list){0};
}

/* ---- a cursor ---- */

/* Bytes that are gone through stay until more is needed. */
static bool make_room(struct segment_cursor *cursor, uint64_t at, size_t size,
                      struct dag_error *err)
{
    size_t capacity = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    uint64_t end = cursor->base + cursor->filled;

    if (at >= cursor->base && at < end) {
        cursor->filled = (size_t)(end - at);
        memmove(cursor->bytes, cursor->bytes + (at - cursor->base), cursor->filled);
    } else {
        cursor->filled = 0;
    }
    cursor->base = at;
    if (capacity <= cursor->capacity)
        return true;

    char *bytes = realloc(cursor->bytes, capacity);

    if (!bytes)
        return dag_error_set_memory(err, "a record");
    cursor->bytes = bytes;
    cursor->capacity = capacity;
    return true;
}

/* The `size` bytes at `at`; NULL: the file ends before (`err->code` NONE), or `err`. */
static const char *look(struct segment_cursor *cursor, uint64_t at, size_t size,
                        struct dag_error *err)
{
    uint64_t end = at + size;

    if (at >= cursor->base && end <= cursor->base + cursor->filled)
        return cursor->bytes + (at - cursor->base);
    if (end > cursor->file_size) {
        struct dag_file_info info;
        if (!cursor->storage->info(cursor->file, &info, err))
            return NULL;
        cursor->file_size = info.size;
        if (end > info.size)
            return NULL;
    }
    if (!make_room(cursor, at, size, err))
        return NULL;
    while (cursor->filled < size) {
        int64_t count =
            cursor->storage->read(cursor->file, at + cursor->filled, cursor->bytes + cursor->filled,
                                  cursor->capacity - cursor->filled, err);
        if (count <= 0)
            return NULL;
        cursor->filled += (size_t)count;
    }
    return cursor->bytes;
}

bool segment_cursor_open(struct segment_cursor *cursor, struct storage *storage, const char *folder,
                         uint64_t key, struct dag_error *err)
{
    struct dag_error header_error = {0};

    segment_cursor_close(cursor);
    if (!segment_path(cursor->path, folder, key, err))
        return false;
    cursor->storage = storage;
    cursor->key = key;
    cursor->offset = SEGMENT_HEADER_SIZE;
    cursor->file_size = 0;
    cursor->file = storage->open(storage, cursor->path, DAG_OPEN_READ, err);
    if (!cursor->file)
        return false;

    const char *bytes = look(cursor, 0, SEGMENT_HEADER_SIZE, &header_error);

    cursor->format = bytes ? header_read(bytes, key, &cursor->header) : SEGMENT_TORN;
    if (header_error.code == DAG_ERROR_NONE)
        return true;
    *err = header_error;
    segment_cursor_close(cursor);
    return false;
}

void segment_cursor_close(struct segment_cursor *cursor)
{
    if (cursor->file)
        cursor->storage->close(cursor->file);
    free(cursor->bytes);
    cursor->file = NULL;
    cursor->bytes = NULL;
    cursor->capacity = cursor->filled = 0;
    cursor->base = 0;
    cursor->header = (struct segment_header){0};
}

/* What may be known of a record before its checksum is worked out. */
struct expectation {
    uint64_t key_min;
    uint64_t synced_min;
};

static bool record_at(struct segment_cursor *cursor, uint64_t offset,
                      const struct expectation *expected, struct record *record, uint32_t *unsynced,
                      struct dag_error *err)
{
    const char *bytes = look(cursor, offset, RECORD_HEADER_SIZE, err);

    if (!bytes)
        return false;

    uint32_t size = get_u32(bytes), known = get_u32(bytes + 16), kind = get_u32(bytes + 20);

    if (size > RECORD_SIZE_MAX || kind == 0 || kind > RECORD_KIND_MAX || known > offset ||
        offset - known < expected->synced_min || get_u64(bytes + 8) < expected->key_min)
        return false;
    bytes = look(cursor, offset, RECORD_HEADER_SIZE + (size_t)size, err);
    if (!bytes || crc32c(place_crc(cursor->key, offset, size), bytes + 8,
                         RECORD_HEADER_SIZE - 8 + (size_t)size) != get_u32(bytes + 4))
        return false;
    *record = (struct record){
        .key = get_u64(bytes + 8),
        .kind = kind,
        .size = size,
        .payload = bytes + RECORD_HEADER_SIZE,
    };
    *unsynced = known;
    return true;
}

bool segment_cursor_next(struct segment_cursor *cursor, struct record *record, uint32_t *unsynced,
                         struct dag_error *err)
{
    const struct expectation anything = {0};
    uint32_t known;

    assert(cursor->file);
    if (record_at(cursor, cursor->offset, &anything, record, &known, err)) {
        cursor->offset += RECORD_HEADER_SIZE + (uint64_t)record->size;
        if (unsynced)
            *unsynced = known;
        return true;
    }
    cursor->filled = 0; /* it may be written over */
    cursor->base = cursor->offset;
    return false;
}

bool segment_cursor_search(struct segment_cursor *cursor, uint64_t from, uint64_t synced_min,
                           uint64_t key_min, struct dag_error *err)
{
    const struct expectation expected = {.key_min = key_min, .synced_min = synced_min};
    struct record record;
    uint32_t unsynced;

    for (uint64_t at = from; at + RECORD_HEADER_SIZE <= cursor->file_size; at++) {
        if (record_at(cursor, at, &expected, &record, &unsynced, err))
            return true;
        if (err->code != DAG_ERROR_NONE)
            return false;
    }
    return false;
}
