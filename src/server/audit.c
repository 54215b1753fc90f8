/* audit.c - see audit.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/data_folder.h"
#include "server/audit_chain.h"

#define FILE_SIZE_MAX ((uint64_t)16 << 20)
#define FILE_NAME     "audit-%020" PRIu64 ".jsonl"
#define NAME_SIZE     (sizeof("audit-.jsonl") + 20)

struct audit {
    struct storage *storage; /* borrowed */
    struct clock *clock;     /* borrowed */
    char *folder;            /* owned */
    struct dag_file *file;   /* owned; NULL: a new one is begun by the next entry */
    uint64_t file_size, file_size_max;
    struct audit_chain chain;
    bool has_failed;
};

/* ---- the files ---- */

/** First numbers of the files, rising. */
struct audit_files {
    uint64_t *first; /* owned */
    size_t count, capacity;
    bool no_memory;
};

static bool take_name(void *context, const char *name)
{
    struct audit_files *files = context;
    uint64_t number = 0;
    char same[NAME_SIZE + 1];

    if (sscanf(name, "audit-%" SCNu64, &number) != 1)
        return true;
    snprintf(same, sizeof(same), FILE_NAME, number);
    if (strcmp(same, name) != 0)
        return true;
    if (files->count == files->capacity) {
        size_t capacity = files->capacity ? files->capacity * 2 : 16;
        uint64_t *first = realloc(files->first, capacity * sizeof(*first));

        if (!first) {
            files->no_memory = true;
            return false;
        }
        files->first = first;
        files->capacity = capacity;
    }
    files->first[files->count++] = number;
    return true;
}

static int compare(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static bool find_files(struct storage *storage, const char *folder, struct audit_files *files,
                       struct dag_error *err)
{
    struct dag_file_info info;

    if (!storage->path_info(storage, folder, &info, err))
        return false;
    if (!info.exists)
        return true;
    if (!storage->list(storage, folder, take_name, files, err))
        return false;
    if (files->no_memory)
        return dag_error_set_memory(err, "the audit log");
    if (files->count > 0)
        qsort(files->first, files->count, sizeof(*files->first), compare);
    return true;
}

static char *path_of(const char *folder, uint64_t first, struct dag_error *err)
{
    char name[NAME_SIZE + 1];

    snprintf(name, sizeof(name), FILE_NAME, first);
    return path_join(folder, name, err);
}

static bool read_one(struct storage *storage, const char *folder, uint64_t first,
                     struct dag_buffer *out, struct dag_error *err)
{
    char *path = path_of(folder, first, err);
    bool exists = false;

    out->size = 0;
    bool done = path && read_file(storage, path, out, &exists, err);
    free(path);
    return done;
}

/* ---- following the chain through a file ---- */

/** What following found in the bytes of one file. */
struct audit_walk {
    size_t good_size; /* bytes of the lines that are right */
    uint64_t lines;   /* that are right */
    const char *what; /* is wrong with the line behind them; NULL: nothing */
};

static void walk(struct audit_chain *chain, const struct dag_buffer *bytes, struct audit_walk *walk)
{
    *walk = (struct audit_walk){0};
    while (walk->good_size < bytes->size) {
        const char *line = bytes->bytes + walk->good_size;
        const char *end = memchr(line, '\n', bytes->size - walk->good_size);

        walk->what = end ? audit_chain_follow(chain, line, (size_t)(end - line))
                         : "it is unfinished, as a crash leaves it; the next start repairs that";
        if (walk->what)
            return;
        walk->good_size += (size_t)(end - line) + 1;
        walk->lines++;
    }
}

/* Moves `chain` to the last line in bytes[from..] whose own hash fits. False: there is none, so all
 * of it is what a crash left. */
static bool find_whole_line(struct audit_chain *chain, const struct dag_buffer *bytes, size_t from)
{
    bool found = false;

    while (from < bytes->size) {
        const char *line = bytes->bytes + from;
        const char *end = memchr(line, '\n', bytes->size - from);

        if (!end)
            break;
        found |= audit_chain_at(chain, line, (size_t)(end - line));
        from += (size_t)(end - line) + 1;
    }
    return found;
}

bool audit_verify(struct storage *storage, const char *data, struct audit_report *report,
                  struct dag_error *err)
{
    struct audit_files files = {0};
    struct audit_chain chain;
    struct dag_buffer bytes = {0};
    char *folder = path_join(data, "audit", err);
    bool done = folder && find_files(storage, folder, &files, err);

    *report = (struct audit_report){.is_whole = true};
    audit_chain_begin(&chain);
    for (size_t i = 0; done && report->is_whole && i < files.count; i++) {
        struct audit_walk found;

        done = read_one(storage, folder, files.first[i], &bytes, err);
        if (!done)
            break;
        walk(&chain, &bytes, &found);
        report->count += found.lines;
        if (!found.what)
            continue;
        report->is_whole = false;
        report->line = found.lines + 1;
        snprintf(report->file, sizeof(report->file), FILE_NAME, files.first[i]);
        snprintf(report->what, sizeof(report->what), "%s", found.what);
    }
    report->last_number = chain.number;
    memcpy(report->last_hash, chain.hash, sizeof(chain.hash));
    dag_buffer_free(&bytes);
    free(files.first);
    free(folder);
    return done;
}

/* ---- writing ---- */

static bool begin_file(struct audit *audit, struct dag_error *err)
{
    char *path = path_of(audit->folder, audit->chain.number + 1, err);

    if (!path)
        return false;
    audit->file =
        audit->storage->open(audit->storage, path, DAG_OPEN_APPEND | DAG_OPEN_CREATE, err);
    audit->file_size = 0;
    free(path);
    return audit->file != NULL;
}

static void end_file(struct audit *audit)
{
    if (audit->file)
        audit->storage->close(audit->file);
    audit->file = NULL;
}

bool audit_write(struct audit *audit, const struct audit_entry *entry, struct dag_error *err)
{
    struct dag_buffer line = {0};
    struct audit_chain chain = audit->chain;
    struct storage *storage = audit->storage;

    if (audit->has_failed)
        return dag_error_set(err, DAG_ERROR_IO, "the audit log could not be written before");
    if (audit->file && audit->file_size >= audit->file_size_max)
        end_file(audit);
    if (!audit_chain_add(&chain, entry, audit->clock->realtime_us(audit->clock), &line)) {
        dag_buffer_free(&line);
        return dag_error_set_memory(err, "an entry of the audit log");
    }
    bool done = (audit->file || begin_file(audit, err)) &&
                storage->write(audit->file, line.bytes, line.size, err) &&
                storage->sync(audit->file, err);
    audit->has_failed = !done;
    if (done) {
        audit->file_size += line.size;
        audit->chain = chain;
    }
    dag_buffer_free(&line);
    return done;
}

/* ---- opening ---- */

static bool go_on(struct audit *audit, uint64_t first, struct dag_error *err)
{
    char *path = path_of(audit->folder, first, err);

    if (path)
        audit->file = audit->storage->open(audit->storage, path, DAG_OPEN_APPEND, err);
    free(path);
    return audit->file != NULL;
}

static bool note(struct audit *audit, const char *action, const char *detail, struct dag_error *err)
{
    const struct audit_entry entry = {
        .actor = "dagd", .action = action, .object = "audit", .result = "ok", .detail = detail};

    return audit_write(audit, &entry, err);
}

/* Follows the last file to its end, and mends that. */
static bool take_last(struct audit *audit, uint64_t first, const struct dag_buffer *bytes,
                      struct dag_error *err)
{
    struct audit_walk found;
    char detail[200];

    walk(&audit->chain, bytes, &found);
    if (found.what && find_whole_line(&audit->chain, bytes, found.good_size)) {
        snprintf(detail, sizeof(detail),
                 "line %" PRIu64 " of " FILE_NAME " is wrong; 'dagd audit verify' tells more",
                 found.lines + 1, first);
        return note(audit, "audit.damage", detail, err);
    }
    if (!go_on(audit, first, err))
        return false;
    audit->file_size = found.good_size;
    if (!found.what)
        return true;
    snprintf(detail, sizeof(detail), "%zu bytes of an unfinished last line were removed",
             bytes->size - found.good_size);
    return audit->storage->truncate(audit->file, found.good_size, err) &&
           note(audit, "audit.repair", detail, err);
}

/* Where the chain stood in front of the last file: its first line tells, or the file before when a
 * crash left none. Whether the files before are right is only checked when somebody asks. */
static bool find_start(struct audit *audit, const struct audit_files *files,
                       const struct dag_buffer *last, struct dag_error *err)
{
    const char *end = last->size > 0 ? memchr(last->bytes, '\n', last->size) : NULL;
    struct dag_buffer before = {0};

    audit_chain_begin(&audit->chain);
    if (files->count < 2 ||
        (end && audit_chain_before(&audit->chain, last->bytes, (size_t)(end - last->bytes))))
        return true;
    bool done =
        read_one(audit->storage, audit->folder, files->first[files->count - 2], &before, err);
    if (done && !find_whole_line(&audit->chain, &before, 0))
        audit->chain.number = files->first[files->count - 1] - 1;
    dag_buffer_free(&before);
    return done;
}

static bool open_last(struct audit *audit, struct dag_error *err)
{
    struct audit_files files = {0};
    struct dag_buffer bytes = {0};
    bool done = find_files(audit->storage, audit->folder, &files, err);

    audit_chain_begin(&audit->chain);
    if (done && files.count > 0) {
        uint64_t first = files.first[files.count - 1];

        done = read_one(audit->storage, audit->folder, first, &bytes, err) &&
               find_start(audit, &files, &bytes, err) && take_last(audit, first, &bytes, err);
    }
    dag_buffer_free(&bytes);
    free(files.first);
    return done;
}

struct audit *audit_open(struct storage *storage, const char *data, struct clock *clock,
                         uint64_t file_size_max, struct dag_error *err)
{
    struct audit *audit = calloc(1, sizeof(*audit));

    if (!audit) {
        dag_error_set_memory(err, "the audit log");
        return NULL;
    }
    audit->storage = storage;
    audit->clock = clock;
    audit->file_size_max = file_size_max > 0 ? file_size_max : FILE_SIZE_MAX;
    audit->folder = path_join(data, "audit", err);
    if (audit->folder && open_last(audit, err))
        return audit;
    audit_close(audit);
    return NULL;
}

void audit_close(struct audit *audit)
{
    if (!audit)
        return;
    end_file(audit);
    free(audit->folder);
    free(audit);
}
