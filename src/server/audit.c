/* audit.c - see audit.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/data_folder.h"
#include "server/audit_chain.h"
#include "server/audit_files.h"

#define FILE_SIZE_MAX ((uint64_t)16 << 20)

/* Entries are put in line under the lock. Whoever finds nobody writing writes and syncs all that
 * wait, also those of others, without the lock; who comes meanwhile waits for the next round. */
struct audit {
    struct storage *storage; /* borrowed */
    struct clock *clock;     /* borrowed */
    char *folder;            /* owned */
    uint64_t file_size_max;
    pthread_mutex_t lock;
    pthread_cond_t round_ended;
    bool is_writing;           /* guarded by lock, like all below but the file */
    bool has_failed;           /* for good */
    uint64_t opened_number;    /* of the last line that was there at the opening */
    struct audit_chain chain;  /* up to the last of `waiting` */
    struct dag_buffer waiting; /* owned; lines that nobody writes yet */
    uint64_t safe_number;      /* up to here the lines are on the disk */
    struct dag_file *file;     /* of whoever writes; owned; NULL: the next entry begins a new one */
    uint64_t file_size;        /* of whoever writes */
};

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
    bool done = folder && audit_files_find(storage, folder, &files, err);

    *report = (struct audit_report){.is_whole = true};
    audit_chain_begin(&chain);
    for (size_t i = 0; done && report->is_whole && i < files.count; i++) {
        struct audit_walk found;

        done = audit_files_read(storage, folder, files.first[i], &bytes, err);
        if (!done)
            break;
        walk(&chain, &bytes, &found);
        report->count += found.lines;
        if (!found.what)
            continue;
        report->is_whole = false;
        report->line = found.lines + 1;
        snprintf(report->file, sizeof(report->file), AUDIT_FILE_NAME, files.first[i]);
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

static bool begin_file(struct audit *audit, uint64_t first, struct dag_error *err)
{
    char *path = audit_files_path(audit->folder, first, err);

    if (!path)
        return false;
    audit->file = audit->storage->open(
        audit->storage, path, DAG_OPEN_APPEND | DAG_OPEN_CREATE | STORAGE_OPEN_PRIVATE, err);
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

/* Only one thread at a time. */
static bool write_lines(struct audit *audit, uint64_t first, const struct dag_buffer *lines,
                        struct dag_error *err)
{
    struct storage *storage = audit->storage;

    if (audit->file && audit->file_size >= audit->file_size_max)
        end_file(audit);
    if ((!audit->file && !begin_file(audit, first, err)) ||
        !storage->write(audit->file, lines->bytes, lines->size, err) ||
        !storage->sync(audit->file, err))
        return false;
    audit->file_size += lines->size;
    return true;
}

/* Writes all that wait. The lock is held, and let go meanwhile. */
static void write_round(struct audit *audit, struct dag_error *err)
{
    struct dag_buffer lines = audit->waiting;
    uint64_t first = audit->safe_number + 1, last = audit->chain.number;

    audit->waiting = (struct dag_buffer){0};
    audit->is_writing = true;
    pthread_mutex_unlock(&audit->lock);
    bool done = write_lines(audit, first, &lines, err);
    dag_buffer_free(&lines);
    pthread_mutex_lock(&audit->lock);
    audit->is_writing = false;
    if (done)
        audit->safe_number = last;
    else
        audit->has_failed = true;
    pthread_cond_broadcast(&audit->round_ended);
}

static bool put_in_line(struct audit *audit, const struct audit_entry *entry, struct dag_error *err)
{
    size_t before = audit->waiting.size;
    int64_t now_us = audit->clock->realtime_us(audit->clock);

    if (audit->has_failed)
        return dag_error_set(err, DAG_ERROR_IO, "the audit log could not be written before");
    if (audit_chain_add(&audit->chain, entry, now_us, &audit->waiting))
        return true;
    audit->waiting.size = before;
    return dag_error_set_memory(err, "an entry of the audit log");
}

bool audit_begin(struct audit *audit, const struct audit_entry *entry, uint64_t *begun,
                 struct dag_error *err)
{
    bool has_written = false;

    pthread_mutex_lock(&audit->lock);
    bool done = put_in_line(audit, entry, err);
    uint64_t number = audit->chain.number;
    *begun = done ? number : 0;
    while (done && audit->safe_number < number && !audit->has_failed) {
        if (audit->is_writing) {
            pthread_cond_wait(&audit->round_ended, &audit->lock);
            continue;
        }
        write_round(audit, err);
        has_written = true;
    }
    if (done && audit->safe_number < number) {
        done = false;
        if (!has_written)
            dag_error_set(err, DAG_ERROR_IO, "the audit log could not be written");
    }
    pthread_mutex_unlock(&audit->lock);
    return done;
}

bool audit_write(struct audit *audit, const struct audit_entry *entry, struct dag_error *err)
{
    uint64_t ignored;

    return audit_begin(audit, entry, &ignored, err);
}

bool audit_has_failed(struct audit *audit)
{
    pthread_mutex_lock(&audit->lock);
    bool has_failed = audit->has_failed;
    pthread_mutex_unlock(&audit->lock);
    return has_failed;
}

struct audit_view audit_view(struct audit *audit)
{
    struct audit_view view = {
        .storage = audit->storage, .folder = audit->folder, .opened_number = audit->opened_number};

    pthread_mutex_lock(&audit->lock);
    view.last_number = audit->safe_number;
    pthread_mutex_unlock(&audit->lock);
    return view;
}

/* ---- opening ---- */

static bool go_on(struct audit *audit, uint64_t first, struct dag_error *err)
{
    char *path = audit_files_path(audit->folder, first, err);

    if (path)
        audit->file = audit->storage->open(audit->storage, path, DAG_OPEN_APPEND, err);
    free(path);
    return audit->file != NULL;
}

/* Of the opening itself: the chain stands behind what the file keeps. */
static bool note(struct audit *audit, const char *action, const char *detail, struct dag_error *err)
{
    const struct audit_entry entry = {
        .actor = "dagd", .action = action, .object = "audit", .result = "ok", .detail = detail};

    audit->safe_number = audit->chain.number;
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
                 "line %" PRIu64 " of " AUDIT_FILE_NAME " is wrong; 'dagd audit verify' tells more",
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
    bool done = audit_files_read(audit->storage, audit->folder, files->first[files->count - 2],
                                 &before, err);
    if (done && !find_whole_line(&audit->chain, &before, 0))
        audit->chain.number = files->first[files->count - 1] - 1;
    dag_buffer_free(&before);
    return done;
}

static bool open_last(struct audit *audit, struct dag_error *err)
{
    struct audit_files files = {0};
    struct dag_buffer bytes = {0};
    bool done = audit_files_find(audit->storage, audit->folder, &files, err);

    audit_chain_begin(&audit->chain);
    if (done && files.count > 0) {
        uint64_t first = files.first[files.count - 1];

        done = audit_files_read(audit->storage, audit->folder, first, &bytes, err) &&
               find_start(audit, &files, &bytes, err) && take_last(audit, first, &bytes, err);
    }
    audit->safe_number = audit->chain.number;
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
    pthread_mutex_init(&audit->lock, NULL);
    pthread_cond_init(&audit->round_ended, NULL);
    audit->storage = storage;
    audit->clock = clock;
    audit->file_size_max = file_size_max > 0 ? file_size_max : FILE_SIZE_MAX;
    audit->folder = path_join(data, "audit", err);
    if (audit->folder && open_last(audit, err)) {
        audit->opened_number = audit->safe_number;
        return audit;
    }
    audit_close(audit);
    return NULL;
}

void audit_close(struct audit *audit)
{
    if (!audit)
        return;
    end_file(audit);
    dag_buffer_free(&audit->waiting);
    pthread_cond_destroy(&audit->round_ended);
    pthread_mutex_destroy(&audit->lock);
    free(audit->folder);
    free(audit);
}
