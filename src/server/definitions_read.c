/* definitions_read.c - reads revisions; layouts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/text.h"
#include "server/definitions_internal.h"

/* ---- reading ---- */

static bool unreadable(struct answer *answer, const char *name, uint64_t number,
                       const struct dag_error *err)
{
    if (err->code == DAG_ERROR_INVALID)
        return answer_set(answer, ANSWER_NOT_FOUND, "revision_not_found",
                          "revision %" PRIu64 " of DAG %.200s can't be had: %s", number, name,
                          reason_of(err));
    return answer_set(answer, ANSWER_UNAVAILABLE, "storage_failed",
                      "revision %" PRIu64 " of DAG %.200s can't be read: %s", number, name,
                      reason_of(err));
}

/* The newest one is in the file, too, should its own be damaged. */
static bool read_newest(struct definitions *definitions, const struct definition *now,
                        struct definition_revision *revision, struct dag_buffer *text)
{
    struct dag_error ignored = {0};
    size_t before = text->size;
    bool exists = false;

    if (hand_file_read(definitions, now->file, text, &exists, &ignored) && exists &&
        text_hash_stable(text->bytes + before, text->size - before) == now->hash) {
        *revision = (struct definition_revision){
            .revision = now->revision,
            .hash = now->hash,
            .size = now->size,
        };
        return true;
    }
    text->size = before;
    return false;
}

bool definitions_read(struct definitions *definitions, const char *name, uint64_t number,
                      struct definition_revision *revision, struct dag_buffer *text,
                      struct answer *answer)
{
    struct definition_revision told = {0};
    struct revision_head head = {0};
    struct definition now;
    struct dag_error err = {0};

    if (!definitions_get(definitions, name, &now))
        return change_not_found(answer, name);
    char *folder = catalogue_path(definitions, name, NULL, &err);
    if (number == 0)
        number = now.revision;
    bool done = folder && revision_read(definitions, folder, number, &head, text, &err);
    told = head.told;
    if (!done && number == now.revision)
        done = read_newest(definitions, &now, &told, text);
    if (done && revision)
        *revision = told;
    revision_head_deinit(&head);
    free(folder);
    return done || unreadable(answer, name, number, &err);
}

bool definitions_each_revision(struct definitions *definitions, const char *name,
                               bool (*visit)(void *context,
                                             const struct definition_revision *revision),
                               void *context, struct answer *answer)
{
    struct definition now;
    struct dag_error err = {0};
    size_t count = 0;

    if (!definitions_get(definitions, name, &now))
        return change_not_found(answer, name);
    char *folder = catalogue_path(definitions, name, NULL, &err);
    uint64_t *numbers = folder ? revision_list(definitions, folder, &count, &err) : NULL;
    bool goes_on = true;
    for (size_t i = count; numbers && goes_on && i > 0; i--) {
        struct revision_head head = {0};
        struct dag_error why = {0};

        if (numbers[i - 1] > now.revision) /* one that isn't in force yet */
            continue;
        if (!revision_read(definitions, folder, numbers[i - 1], &head, NULL, &why))
            head.told = (struct definition_revision){.revision = numbers[i - 1]};
        goes_on = visit(context, &head.told);
        revision_head_deinit(&head);
    }
    bool done = numbers || unreadable(answer, name, now.revision, &err);
    free(numbers);
    free(folder);
    return done;
}

/* ---- layouts ---- */

bool definitions_read_layout(struct definitions *definitions, const char *name,
                             struct dag_buffer *out, struct answer *answer)
{
    struct definition now;
    struct dag_error err = {0};
    bool exists = false;

    if (!definitions_get(definitions, name, &now))
        return change_not_found(answer, name);
    char *path = catalogue_path(definitions, name, "layout.json", &err);
    bool done = path && read_file(definitions->storage, path, out, &exists, &err);
    free(path);
    return done || answer_set(answer, ANSWER_UNAVAILABLE, "storage_failed",
                              "the layout can't be read: %s", reason_of(&err));
}

bool definitions_put_layout(struct definitions *definitions, const char *name, const char *text,
                            size_t size, struct answer *answer)
{
    struct dag_error err = {0};

    if (size > DEFINITION_LAYOUT_MAX)
        return answer_set(answer, ANSWER_TOO_LARGE, "layout_too_large",
                          "a layout has at most %zu MiB", DEFINITION_LAYOUT_MAX >> 20);
    char *path = catalogue_path(definitions, name, "layout.json", &err);
    if (!path)
        return change_refused(answer, "the layout", &err);
    pthread_mutex_lock(&definitions->change);
    const struct definition_item *item = by_name_find(&definitions->items, name);
    bool is_known = item && item->file;
    bool done = is_known && write_whole(definitions->storage, path, text, size, &err);
    pthread_mutex_unlock(&definitions->change);
    free(path);
    if (!is_known)
        return change_not_found(answer, name);
    return done || change_refused(answer, "the layout", &err);
}
