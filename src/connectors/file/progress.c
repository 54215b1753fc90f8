/* progress.c - how far a file publisher has come, in a side file beside its output. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/file/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dag/json.h"

#define FORMAT         1
#define SIDE_SUFFIX    ".progress"
#define SIDE_SIZE_MAX  ((size_t)16 << 10)
#define CHECKSUM_KEY   ",\"checksum\":\""
#define CHECKSUM_SIZE  (sizeof(CHECKSUM_KEY) - 1 + 16 + 3) /* 16 digits, quote, brace, LF */
#define DAMAGED_REMEDY "restore it, or remove it so that the output file is appended to as it is"

void progress_deinit(struct progress *progress)
{
    free(progress->rotate_to);
    progress->rotate_to = NULL;
}

static char *join(const char *path, const char *suffix, struct dag_error *err)
{
    size_t size = strlen(path) + strlen(suffix) + 1;
    char *name = malloc(size);

    if (name)
        snprintf(name, size, "%s%s", path, suffix);
    else
        dag_error_set_memory(err, "a file name");
    return name;
}

/* Any change of one byte gives another value. */
static uint64_t checksum(const char *bytes, size_t size)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
    return hash;
}

/* ---- writing ---------------------------------------------------------------------------- */

static bool add_text(struct dag_buffer *out, const char *key, const char *text)
{
    struct dag_value value = dag_value_text(text, (uint32_t)strlen(text));

    return dag_buffer_append(out, ",\"", 2) && dag_buffer_append(out, key, strlen(key)) &&
           dag_buffer_append(out, "\":", 2) && dag_json_write_value(out, &value);
}

static bool add_number(struct dag_buffer *out, const char *key, uint64_t number)
{
    char text[64];
    int size = snprintf(text, sizeof text, ",\"%s\":%" PRId64, key, (int64_t)number);

    return dag_buffer_append(out, text, (size_t)size);
}

static bool format_side(const struct dag_host *host, const struct progress *progress,
                        struct dag_buffer *out)
{
    char begin[32];
    char end[CHECKSUM_SIZE + 1];
    int size = snprintf(begin, sizeof begin, "{\"format\":%d", FORMAT);

    if (!dag_buffer_append(out, begin, (size_t)size) ||
        !add_text(out, "instance", host->instance) ||
        !add_text(out, "publisher", host->component) ||
        !add_number(out, "cycle", progress->cycle) ||
        !add_number(out, "length", progress->length) ||
        !add_number(out, "device", progress->device) ||
        !add_number(out, "inode", progress->inode) ||
        (progress->rotate_to && !add_text(out, "rotate_to", progress->rotate_to)))
        return false;
    snprintf(end, sizeof end, CHECKSUM_KEY "%016" PRIx64 "\"}\n", checksum(out->bytes, out->size));
    return dag_buffer_append(out, end, CHECKSUM_SIZE);
}

static bool write_synced(struct dag_host *host, const char *path, const struct dag_buffer *text,
                         struct dag_error *err)
{
    struct dag_file *file =
        dag_file_open(host, path, DAG_OPEN_WRITE | DAG_OPEN_CREATE | DAG_OPEN_TRUNCATE, err);
    bool is_written;

    if (!file)
        return false;
    is_written =
        dag_file_write(host, file, text->bytes, text->size, err) && dag_file_sync(host, file, err);
    dag_file_close(host, file);
    return is_written;
}

bool progress_write(struct dag_host *host, const char *path, const struct progress *progress,
                    struct dag_error *err)
{
    struct dag_buffer text = {0};
    char *side = join(path, SIDE_SUFFIX, err);
    char *temporary = join(path, SIDE_SUFFIX ".tmp", err);
    bool is_written = side && temporary;

    if (is_written && !format_side(host, progress, &text))
        is_written = dag_error_set_memory(err, "the progress of a file");
    is_written = is_written && write_synced(host, temporary, &text, err) &&
                 dag_path_rename(host, temporary, side, err);
    dag_buffer_free(&text);
    free(temporary);
    free(side);
    return is_written;
}

bool progress_put_aside(struct dag_host *host, const char *path, struct dag_error *err)
{
    struct dag_file_info info = {0};
    char *side = join(path, SIDE_SUFFIX, err);
    char *aside = join(path, SIDE_SUFFIX ".old", err);
    bool is_done = side && aside && dag_path_info(host, side, &info, err) &&
                   (!info.exists || dag_path_rename(host, side, aside, err));

    free(aside);
    free(side);
    return is_done;
}

/* ---- reading ---------------------------------------------------------------------------- */

static const struct dag_value *find(const struct dag_row *row, const char *key, enum dag_type type)
{
    const struct dag_name *name = dag_name_intern(key, strlen(key), NULL);
    int32_t i = name && row->shape ? dag_shape_find(row->shape, name) : -1;

    return i >= 0 && row->values[i].type == type ? &row->values[i] : NULL;
}

static bool take_number(const struct dag_row *row, const char *key, uint64_t *number)
{
    const struct dag_value *value = find(row, key, DAG_TYPE_INT);

    if (value)
        *number = (uint64_t)value->as.integer;
    return value != NULL;
}

static bool is_text(const struct dag_row *row, const char *key, const char *expected, bool *is)
{
    const struct dag_value *value = find(row, key, DAG_TYPE_TEXT);

    if (value)
        *is = dag_text_equals(value, expected, strlen(expected));
    return value != NULL;
}

/* The text as it was given to add_text(), allocated; NULL where there is none. False: no memory. */
static bool take_text(const struct dag_row *row, const char *key, char **text)
{
    const struct dag_value *value = find(row, key, DAG_TYPE_TEXT);

    *text = NULL;
    if (!value)
        return true;
    *text = malloc(dag_text_decode_bound(value) + 1);
    if (*text)
        (*text)[dag_text_decode(value, *text)] = '\0';
    return *text != NULL;
}

static bool parse_row(const struct dag_host *host, const struct dag_row *row,
                      struct progress *progress)
{
    bool same_instance, same_publisher;
    bool is_whole = is_text(row, "instance", host->instance, &same_instance) &&
                    is_text(row, "publisher", host->component, &same_publisher) &&
                    take_number(row, "cycle", &progress->cycle) &&
                    take_number(row, "length", &progress->length) &&
                    take_number(row, "device", &progress->device) &&
                    take_number(row, "inode", &progress->inode);

    progress->is_mine = is_whole && same_instance && same_publisher;
    return is_whole;
}

static bool is_intact(const char *text, size_t size)
{
    char end[CHECKSUM_SIZE + 1];

    if (size <= CHECKSUM_SIZE)
        return false;
    size -= CHECKSUM_SIZE;
    snprintf(end, sizeof end, CHECKSUM_KEY "%016" PRIx64 "\"}\n", checksum(text, size));
    return memcmp(text + size, end, CHECKSUM_SIZE) == 0;
}

static bool parse_side(const struct dag_host *host, const char *side, const char *text, size_t size,
                       struct progress *progress, struct dag_error *err)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_row row;
    struct dag_error why;
    uint64_t format;
    bool is_good;

    if (!batch)
        return dag_error_set_memory(err, "the progress of a file");
    is_good = is_intact(text, size) && dag_json_parse_object(batch, text, size - 1, &row, &why) &&
              take_number(&row, "format", &format);
    if (is_good && format != FORMAT)
        is_good = dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                                "'%s' was written by a later version of dagd (format %" PRIu64
                                ", this one knows %d): use that version",
                                side, format, FORMAT);
    else if (!is_good || !parse_row(host, &row, progress))
        is_good = dag_error_set(err, DAG_ERROR_INVALID, "'%s' is damaged: " DAMAGED_REMEDY, side);
    else if (!take_text(&row, "rotate_to", &progress->rotate_to))
        is_good = dag_error_set_memory(err, "the progress of a file");
    dag_batch_unref(batch);
    return is_good;
}

/* Up to SIDE_SIZE_MAX bytes. -1: it failed. */
static int64_t read_whole(struct dag_host *host, const char *side, char *text,
                          struct dag_error *err)
{
    struct dag_file *file = dag_file_open(host, side, DAG_OPEN_READ, err);
    size_t size = 0;
    int64_t got;

    if (!file)
        return -1;
    do {
        got = dag_file_read(host, file, size, text + size, SIDE_SIZE_MAX - size, err);
        if (got > 0)
            size += (size_t)got;
    } while (got > 0 && size < SIDE_SIZE_MAX);
    dag_file_close(host, file);
    return got < 0 ? -1 : (int64_t)size;
}

bool progress_read(struct dag_host *host, const char *path, struct progress *progress, bool *exists,
                   struct dag_error *err)
{
    struct dag_file_info info;
    char *side = join(path, SIDE_SUFFIX, err);
    char *text = side ? malloc(SIDE_SIZE_MAX) : NULL;
    int64_t size = 0;
    bool is_read = false;

    *exists = false;
    if (side && !text)
        dag_error_set_memory(err, "the progress of a file");
    if (text && dag_path_info(host, side, &info, err)) {
        *exists = info.exists;
        if (info.exists)
            size = read_whole(host, side, text, err);
        is_read = !info.exists ||
                  (size >= 0 && parse_side(host, side, text, (size_t)size, progress, err));
    }
    free(text);
    free(side);
    return is_read;
}

/* ---- one publisher for each file --------------------------------------------------------- */

static pthread_mutex_t claims_lock = PTHREAD_MUTEX_INITIALIZER;
static struct progress_claim *claims; /* guarded by claims_lock */

static void unlink_claim(struct progress_claim *claim)
{
    struct progress_claim **link = &claims;

    if (!claim->is_held)
        return;
    while (*link != claim)
        link = &(*link)->next;
    *link = claim->next;
    claim->is_held = false;
}

bool progress_claim(struct progress_claim *claim, const struct dag_file_info *info,
                    const char *path, struct dag_error *err)
{
    const struct progress_claim *other;

    pthread_mutex_lock(&claims_lock);
    other = claims;
    while (other &&
           (other == claim || other->device != info->device || other->inode != info->inode))
        other = other->next;
    if (!other) {
        unlink_claim(claim);
        *claim = (struct progress_claim){
            .device = info->device, .inode = info->inode, .is_held = true, .next = claims};
        claims = claim;
    }
    pthread_mutex_unlock(&claims_lock);
    return !other || dag_error_set(err, DAG_ERROR_INVALID,
                                   "another publisher of this process writes to '%s': exactly-once "
                                   "needs a file of its own for each",
                                   path);
}

void progress_release(struct progress_claim *claim)
{
    pthread_mutex_lock(&claims_lock);
    unlink_claim(claim);
    pthread_mutex_unlock(&claims_lock);
}
