/* definitions_change.c - new revisions and wishes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "core/tree.h"
#include "server/definitions_internal.h"

#define FILE_TRIES 99

/* ---- answers ---- */

bool change_refused(struct answer *answer, const char *what, const struct dag_error *err)
{
    if (err->code == DAG_ERROR_MEMORY)
        return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory; nothing has changed");
    return answer_set(answer, ANSWER_UNAVAILABLE, "storage_failed",
                      "%s could not be written: %s; nothing has changed, make room or mend the "
                      "disk and try again",
                      what, reason_of(err));
}

bool change_not_found(struct answer *answer, const char *name)
{
    return answer_set(answer, ANSWER_NOT_FOUND, "dag_not_found", "DAG %.200s not found", name);
}

static bool is_stale(const struct definition_item *item, uint64_t if_revision,
                     struct answer *answer)
{
    if (if_revision == 0 || if_revision == item->now.revision)
        return false;
    answer_set(answer, ANSWER_STALE, "stale_revision",
               "the newest revision is %" PRIu64 ", not %" PRIu64
               ": look at what has changed and try again",
               item->now.revision, if_revision);
    return true;
}

/* ---- revisions ---- */

static void set_now(struct definitions *definitions, struct definition_item *item,
                    const struct definition *now)
{
    pthread_mutex_lock(&definitions->lock);
    item->now = *now;
    if (item->file) {
        item->file->is_taken = true;
        item->file->hash = now->hash;
    }
    pthread_mutex_unlock(&definitions->lock);
}

/* A record that can't be written now says what was before; opening finds out by hash. */
void write_record_late(struct definitions *definitions, struct definition_item *item,
                       const struct definition *now)
{
    struct dag_error ignored = {0};

    item->record_is_behind =
        !record_write(definitions, item->name, now, item->is_deleted, &ignored);
}

void write_late_records(struct definitions *definitions)
{
    for (size_t i = 0; i < definitions->items.count; i++) {
        struct definition_item *item = definitions->items.items[i];

        if (item->record_is_behind)
            write_record_late(definitions, item, &item->now);
    }
}

/* What is left over is removed at the next revision, or when the catalogue is opened. */
static void prune(struct definitions *definitions, const struct definition_item *item)
{
    struct dag_error ignored = {0};
    char *folder = catalogue_path(definitions, item->name, NULL, &ignored);
    size_t count = 0;
    uint64_t *numbers = folder ? revision_list(definitions, folder, &count, &ignored) : NULL;

    for (size_t i = 0; numbers && i + DEFINITION_KEPT < count; i++)
        (void)revision_remove(definitions, folder, numbers[i], &ignored);
    free(numbers);
    free(folder);
}

static void make_head(struct definitions *definitions, const struct definition_item *item,
                      const char *text, size_t size, struct revision_head *head)
{
    *head = (struct revision_head){
        .told =
            {
                .revision = item->numbered + 1,
                .hash = text_hash_stable(text, size),
                .size = size,
                .time_us = definitions->clock->realtime_us(definitions->clock),
            },
    };
}

void follow_revision(const struct revision_head *head, struct definition *now)
{
    now->revision = head->told.revision;
    now->hash = head->told.hash;
    now->size = head->told.size;
    if (head->wish != DEFINITION_UNASKED) {
        now->wish = head->wish;
        now->wish_us = head->told.time_us;
        memcpy(now->wish_by, head->told.who, sizeof(now->wish_by));
    }
}

void head_by_hand(struct definitions *definitions, const struct definition_item *item,
                  const char *file, const char *text, size_t size, struct revision_head *head)
{
    make_head(definitions, item, text, size, head);
    memcpy(head->told.who, BY_HAND, sizeof(BY_HAND));
    snprintf(head->file, sizeof(head->file), "%s", file);
}

bool revise_by_hand(struct definitions *definitions, struct definition_item *item,
                    struct definition *now, const char *text, size_t size, struct dag_error *err)
{
    struct revision_head head;

    head_by_hand(definitions, item, now->file, text, size, &head);
    if (!revision_write(definitions, item->name, &head, text, err))
        return false;
    item->numbered = head.told.revision;
    follow_revision(&head, now);
    write_record_late(definitions, item, now);
    prune(definitions, item);
    return true;
}

/* ---- put ---- */

static bool check_file_name(const char *file, struct answer *answer)
{
    if (is_definition_file(file))
        return true;
    return answer_set(answer, ANSWER_BAD, "bad_file_name",
                      "the file's name must end in '.json', be at most %d bytes long, and have no "
                      "'/', no control characters and no '.' in front",
                      DEFINITION_FILE_SIZE - 6);
}

static bool check_put(const struct definitions_put *put, struct answer *answer)
{
    struct dag_error err = {0};

    if (put->size > DEFINITION_TEXT_MAX)
        return answer_set(answer, ANSWER_TOO_LARGE, "definition_too_large",
                          "a definition has at most %zu MiB", DEFINITION_TEXT_MAX >> 20);
    if (put->comment && strlen(put->comment) >= DEFINITION_COMMENT_SIZE)
        return answer_set(answer, ANSWER_BAD, "comment_too_long", "a comment has at most %d bytes",
                          DEFINITION_COMMENT_SIZE - 1);
    if (put->comment && !tree_is_utf8(put->comment, strlen(put->comment)))
        return answer_set(answer, ANSWER_BAD, "comment_not_text", "the comment is not UTF-8");
    if (put->file && !check_file_name(put->file, answer))
        return false;
    struct tree_document *document = tree_document_new();
    const char *name = document ? definition_name(put->text, put->size, document, &err) : NULL;
    bool is_same = name && strcmp(name, put->name) == 0;
    tree_document_free(document);
    if (is_same)
        return true;
    if (name)
        return answer_set(answer, ANSWER_BAD, "name_differs",
                          "the definition has another name than DAG %.200s, and a name can't "
                          "change: clone the DAG instead",
                          put->name);
    return answer_set(answer, ANSWER_BAD, "no_name", "the definition can't be used: %s",
                      document ? err.message : "out of memory");
}

/* What was saved by hand a moment ago is a revision of its own before anything follows it. */
static bool take_by_hand(struct definitions *definitions, struct definition_item *item,
                         struct answer *answer)
{
    struct dag_buffer text = {0};
    struct dag_error err = {0};
    struct hand_file *file = item->file;
    bool exists = false;

    bool done = hand_file_read(definitions, file->name, &text, &exists, &err);
    if (done && exists && text_hash_stable(text.bytes, text.size) != file->hash)
        done = hand_file_take(definitions, file, &text, &err);
    dag_buffer_free(&text);
    return done || answer_set(answer, ANSWER_UNAVAILABLE, "storage_failed",
                              "the file was changed by hand and can't be recorded: %s; nothing "
                              "has changed",
                              reason_of(&err));
}

/* The item that exists, with what is in its file. NULL: `answer`. */
struct definition_item *change_find(struct definitions *definitions, const char *name,
                                    uint64_t if_revision, struct answer *answer)
{
    struct definition_item *item = by_name_find(&definitions->items, name);

    if (!item || !item->file) {
        change_not_found(answer, name);
        return NULL;
    }
    if (!take_by_hand(definitions, item, answer))
        return NULL;
    if (!item->file) { /* the file holds another DAG by now */
        change_not_found(answer, name);
        return NULL;
    }
    return is_stale(item, if_revision, answer) ? NULL : item;
}

static bool is_free(struct definitions *definitions, const char *file, bool *free_name,
                    struct dag_error *err)
{
    struct dag_file_info info;
    char *path = path_join(definitions->dags, file, err);
    bool done = path && definitions->storage->path_info(definitions->storage, path, &info, err);

    *free_name = done && !info.exists && !by_name_find(&definitions->files, file);
    free(path);
    return done;
}

/* NAME.json, or NAME_2.json where somebody keeps another DAG under that name, and so on. */
static bool choose_file(struct definitions *definitions, const struct definitions_put *put,
                        char *file, struct answer *answer)
{
    char wanted[DEFINITION_FILE_SIZE];
    struct dag_error err = {0};
    bool found = false;

    definition_file_name(put->name, wanted);
    snprintf(file, DEFINITION_FILE_SIZE, "%s", put->file ? put->file : wanted);
    for (int i = 2; i <= FILE_TRIES; i++) {
        if (!is_free(definitions, file, &found, &err))
            return change_refused(answer, "the file", &err);
        if (found)
            return true;
        if (put->file)
            break;
        snprintf(file, DEFINITION_FILE_SIZE, "%.*s_%d.json", (int)strlen(wanted) - 5, wanted, i);
    }
    return answer_set(answer, ANSWER_CONFLICT, "file_exists",
                      "there is a file %s already: name another one, or remove it",
                      put->file ? put->file : wanted);
}

/* The item of a new DAG: one whose file was removed by hand goes on with its revisions. */
static struct definition_item *find_new(struct definitions *definitions,
                                        const struct definitions_put *put, struct answer *answer)
{
    struct definition_item *item = by_name_find(&definitions->items, put->name);

    if (item && item->is_deleted) {
        answer_set(answer, ANSWER_CONFLICT, "dag_deleting",
                   "DAG %.200s is being deleted: try again when it has stopped", put->name);
        return NULL;
    }
    if (item && item->file) {
        answer_set(answer, ANSWER_CONFLICT, "dag_exists", "DAG with name %.200s already exists",
                   put->name);
        return NULL;
    }
    if (item && item->is_unusable) {
        answer_set(answer, ANSWER_UNAVAILABLE, "catalogue_unreadable",
                   "what the catalogue keeps of DAG %.200s can't be read: mend that and start the "
                   "server again",
                   put->name);
        return NULL;
    }
    if (!item)
        item = item_add(definitions, put->name);
    if (!item)
        answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    return item;
}

enum committed {
    COMMITTED,
    NOT_COMMITTED, /* nothing has changed */
    UNDECIDED,     /* nobody can tell now: the file is looked at when it can be read */
};

/* Puts back what the file held: the text of the revision in force, or nothing. */
static bool put_back(struct definitions *definitions, const struct definition_item *item,
                     const char *path, const char *folder)
{
    struct dag_buffer text = {0};
    struct dag_error ignored = {0};
    struct revision_head head = {0};
    bool done;

    if (!item->file)
        return remove_file(definitions->storage, path, &ignored);
    done = revision_read(definitions, folder, item->now.revision, &head, &text, &ignored) &&
           write_whole(definitions->storage, path, text.bytes, text.size, &ignored);
    revision_head_deinit(&head);
    dag_buffer_free(&text);
    return done;
}

/* A rename may have happened although it failed: the folder could not be synced. */
static enum committed judge_failure(struct definitions *definitions,
                                    const struct definition_item *item, const char *path,
                                    const char *folder, uint64_t hash)
{
    struct dag_buffer text = {0};
    struct dag_error ignored = {0};
    bool exists = false;

    bool is_read = read_file(definitions->storage, path, &text, &exists, &ignored);
    bool is_new = exists && text_hash_stable(text.bytes, text.size) == hash;
    dag_buffer_free(&text);
    if (is_read && !is_new)
        return NOT_COMMITTED;
    if (put_back(definitions, item, path, folder))
        return NOT_COMMITTED;
    return is_read ? COMMITTED : UNDECIDED;
}

/* Revision and file. */
static enum committed commit(struct definitions *definitions, const struct definition_item *item,
                             const struct revision_head *head, const char *text,
                             struct dag_error *err)
{
    struct dag_error ignored = {0};
    enum committed outcome = NOT_COMMITTED;
    char *path = path_join(definitions->dags, head->file, err);
    char *folder = path ? catalogue_path(definitions, item->name, NULL, err) : NULL;

    if (folder && revision_write(definitions, item->name, head, text, err))
        outcome = write_whole(definitions->storage, path, text, head->told.size, err)
                      ? COMMITTED
                      : judge_failure(definitions, item, path, folder, head->told.hash);
    if (outcome == NOT_COMMITTED && folder)
        (void)revision_remove(definitions, folder, head->told.revision, &ignored);
    free(folder);
    free(path);
    return outcome;
}

/* The revision stays, so that it is known for what it is when the file holds it. */
static bool leave_undecided(struct definitions *definitions, struct definition_item *item,
                            struct hand_file *file, const struct revision_head *head,
                            struct answer *answer)
{
    pthread_mutex_lock(&definitions->lock);
    item->numbered = head->told.revision;
    memcpy(item->now.file, head->file, sizeof(item->now.file));
    file->is_pending = true;
    file->look_us = 0;
    pthread_mutex_unlock(&definitions->lock);
    return answer_set(answer, ANSWER_UNAVAILABLE, "storage_failed",
                      "the disk failed, and whether revision %" PRIu64
                      " counts can't be told before it works again: look at the revisions then",
                      head->told.revision);
}

static bool put_in(struct definitions *definitions, struct definition_item *item,
                   struct hand_file *file, const struct revision_head *head, const char *text,
                   struct answer *answer)
{
    struct definition now = item->now;
    struct dag_error err = {0};
    enum committed outcome = commit(definitions, item, head, text, &err);

    if (outcome == UNDECIDED)
        return leave_undecided(definitions, item, file, head, answer);
    if (outcome == NOT_COMMITTED) {
        if (!item->file)
            hand_file_drop(definitions, file);
        return change_refused(answer, "the revision", &err);
    }
    item->numbered = head->told.revision;
    follow_revision(head, &now);
    item_attach(definitions, item, file, &now);
    write_record_late(definitions, item, &item->now);
    prune(definitions, item);
    return true;
}

static bool put_revision(struct definitions *definitions, struct definition_item *item,
                         const struct definitions_put *put, const char *file, struct answer *answer)
{
    struct hand_file *of = item->file ? item->file : hand_file_add(definitions, file);
    struct revision_head head;

    if (!of)
        return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    make_head(definitions, item, put->text, put->size, &head);
    snprintf(head.told.who, sizeof(head.told.who), "%s", put->who);
    snprintf(head.told.comment, sizeof(head.told.comment), "%s", put->comment ? put->comment : "");
    snprintf(head.file, sizeof(head.file), "%s", file);
    head.wish = put->wish;
    return put_in(definitions, item, of, &head, put->text, answer);
}

/* A wish alone, or nothing. */
static bool put_wish(struct definitions *definitions, struct definition_item *item,
                     enum definition_wish wish, const char *who, struct answer *answer)
{
    struct definition now = item->now;
    struct dag_error err = {0};

    if (wish == DEFINITION_UNASKED || wish == now.wish)
        return true;
    now.wish = wish;
    now.wish_us = definitions->clock->realtime_us(definitions->clock);
    snprintf(now.wish_by, sizeof(now.wish_by), "%s", who);
    if (!record_write(definitions, item->name, &now, false, &err)) {
        item->record_is_behind = true; /* it may say the new wish all the same */
        return change_refused(answer, "what is wanted", &err);
    }
    item->record_is_behind = false;
    set_now(definitions, item, &now);
    return true;
}

static bool put_new(struct definitions *definitions, const struct definitions_put *put,
                    struct answer *answer)
{
    char file[DEFINITION_FILE_SIZE];
    struct definition_item *item = find_new(definitions, put, answer);

    if (!item)
        return false;
    bool done = choose_file(definitions, put, file, answer) &&
                put_revision(definitions, item, put, file, answer);
    if (done)
        answer->revision_after = item->now.revision;
    else if (item->numbered == 0)
        item_drop(definitions, item);
    return done;
}

static bool put_old(struct definitions *definitions, const struct definitions_put *put,
                    struct answer *answer)
{
    struct definition_item *item = change_find(definitions, put->name, put->if_revision, answer);

    if (!item)
        return false;
    answer->revision_before = item->now.revision;
    bool is_same =
        item->now.size == put->size && item->now.hash == text_hash_stable(put->text, put->size);
    bool done = is_same ? put_wish(definitions, item, put->wish, put->who, answer)
                        : put_revision(definitions, item, put, item->file->name, answer);
    if (done)
        answer->revision_after = item->now.revision;
    return done;
}

bool definitions_put(struct definitions *definitions, const struct definitions_put *put,
                     struct answer *answer)
{
    if (!check_put(put, answer))
        return false;
    pthread_mutex_lock(&definitions->change);
    bool done = put->is_new ? put_new(definitions, put, answer) : put_old(definitions, put, answer);
    pthread_mutex_unlock(&definitions->change);
    return done;
}

bool definitions_set_wish(struct definitions *definitions, const char *name,
                          enum definition_wish wish, const char *who, struct answer *answer)
{
    pthread_mutex_lock(&definitions->change);
    struct definition_item *item = by_name_find(&definitions->items, name);
    bool done = item && item->file ? put_wish(definitions, item, wish, who, answer)
                                   : change_not_found(answer, name);
    pthread_mutex_unlock(&definitions->change);
    return done;
}
