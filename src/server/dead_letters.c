/* dead_letters.c - the dead letters of a DAG: chosen, shown and discarded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/tree.h"
#include "durable/letters.h"
#include "server/messages.h"
#include "server/post.h"
#include "server/server_parts.h"
#include "server/show_json.h"

#define SELECTION_MAX 4096 /* ids in a request */

char *dag_folder_path(const struct server_options *settings, const char *dag, const char *name,
                      struct dag_error *err)
{
    char folder[DATA_NAME_SIZE];
    const char *data = data_folder_path(settings->folder);
    size_t size = strlen(data) + sizeof(folder) + strlen(name) + sizeof("/dags//");
    char *path = malloc(size);

    data_folder_name(dag, folder);
    if (path)
        snprintf(path, size, "%s/dags/%s/%s", data, folder, name);
    else
        dag_error_set_memory(err, "a path");
    return path;
}

/* ---- a DAG's letters ---- */

static bool unreadable(struct answer *answer)
{
    return answer_set(answer, ANSWER_UNAVAILABLE, "dead_letters_unreadable",
                      "the dead letters can't be read: 'dagd dlq ls' says more");
}

bool post_init(struct post *post, struct server *server, const char *dag, struct answer *answer)
{
    const struct server_options *settings = server_settings(server);
    struct dag_error err = {0};

    *post = (struct post){
        .storage = settings->storage ? settings->storage : storage_disk(),
        .folder = dag_folder_path(settings, dag, "dead-letters", &err),
    };
    if (!post->folder || !letters_read(post->storage, post->folder, &post->list, &err))
        return unreadable(answer);
    post->chosen = calloc(post->list.count + 1, sizeof(*post->chosen));
    return post->chosen || answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
}

void post_deinit(struct post *post)
{
    letter_list_free(&post->list);
    free(post->chosen);
    free(post->folder);
}

size_t post_chosen_count(const struct post *post)
{
    size_t count = 0;

    for (size_t i = 0; i < post->list.count; i++)
        count += post->chosen[i];
    return count;
}

/* ---- choosing ---- */

static int compare_ids(const void *left, const void *right)
{
    const struct letter *a = left, *b = right;

    return a->id < b->id ? -1 : a->id > b->id;
}

static struct letter *find_letter(const struct post *post, uint64_t id)
{
    struct letter wanted = {.id = id};

    return post->list.count == 0
               ? NULL
               : bsearch(&wanted, post->list.items, post->list.count, sizeof(wanted), compare_ids);
}

/* Those that nothing was done with yet. */
static void choose_all(struct post *post)
{
    for (size_t i = 0; i < post->list.count; i++)
        post->chosen[i] = post->list.items[i].state == LETTER_STORED;
}

bool post_choose(struct post *post, const char *selection, struct answer *answer)
{
    const char *at = selection;

    if (strcmp(selection, "all") == 0) {
        choose_all(post);
        return true;
    }
    for (size_t count = 0; count < SELECTION_MAX; count++) {
        char *end;
        uint64_t id = strtoull(at, &end, 10);
        const struct letter *letter = at[0] >= '0' && at[0] <= '9' && (*end == ',' || *end == '\0')
                                          ? find_letter(post, id)
                                          : NULL;

        if (!letter || letter->state != LETTER_STORED)
            return answer_set(answer, ANSWER_NOT_FOUND, "dead_letter_not_found",
                              "no dead letter %.*s waits", (int)strcspn(at, ","), at);
        post->chosen[letter - post->list.items] = true;
        if (*end == '\0')
            return true;
        at = end + 1;
    }
    return answer_set(answer, ANSWER_TOO_LARGE, "too_many_ids", "at most %d ids at once, or all",
                      SELECTION_MAX);
}

/* ---- showing ---- */

/* The fields of the letter stand beside its id; its message, as for the errors of nodes, is
 * `error`. */
static void write_letter(struct writer *writer, const struct letter *letter)
{
    struct tree_document *document = tree_document_new();
    struct dag_error why = {0};
    const struct tree *root = document ? tree_parse(document, letter->json, letter->json_size,
                                                    POST_DEPTH_MAX, NULL, NULL, &why)
                                       : NULL;
    char id[24];

    snprintf(id, sizeof(id), "%" PRIu64, letter->id);
    writer_open(writer, '{');
    writer_member(writer, "id", id);
    writer_member(writer, "state", "stored");
    for (const struct tree *i = root ? root->child : NULL; i; i = i->next) {
        writer_key(writer, strcmp(i->key, "message") == 0 ? "error" : i->key);
        writer_json(writer, i->json, i->json_size);
    }
    if (!root)
        writer_member(writer, "error", "the letter itself can't be read");
    writer_close(writer, '}');
    tree_document_free(document);
}

static bool read_cursor(const char *cursor, uint64_t *before, struct answer *answer)
{
    char *end;

    *before = UINT64_MAX;
    if (!cursor)
        return true;
    *before = strtoull(cursor, &end, 10);
    return (cursor[0] >= '0' && cursor[0] <= '9' && *end == '\0') ||
           answer_set(answer, ANSWER_BAD, "bad_cursor", "the cursor is none of this list");
}

static void write_list(struct writer *writer, const struct post *post, size_t limit,
                       uint64_t before)
{
    size_t shown = 0;
    uint64_t last = 0;
    bool has_more = false;
    char cursor[24];

    writer_open(writer, '{');
    writer_key(writer, "items");
    writer_open(writer, '[');
    for (size_t i = post->list.count; i > 0 && !has_more; i--) {
        const struct letter *letter = &post->list.items[i - 1];

        if (!post->chosen[i - 1] || letter->id >= before)
            continue;
        has_more = shown == limit;
        if (has_more)
            break;
        write_letter(writer, letter);
        last = letter->id;
        shown++;
    }
    writer_close(writer, ']');
    snprintf(cursor, sizeof(cursor), "%" PRIu64, last);
    writer_member(writer, "next_cursor", has_more ? cursor : NULL);
    show_number(writer, "total", post_chosen_count(post));
    writer_close(writer, '}');
}

bool server_write_dead_letters(struct server *server, const char *dag, size_t limit,
                               const char *cursor, struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    struct entry *entry = entry_find(server, dag, answer);
    struct post post = {0};
    uint64_t before;

    if (!entry)
        return false;
    bool done = read_cursor(cursor, &before, answer) && post_init(&post, server, dag, answer);
    if (done) {
        choose_all(&post);
        write_list(&writer, &post, limit, before);
    }
    if (done && writer.failed)
        done = answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    post_deinit(&post);
    entry_release(entry);
    return done;
}

/* ---- discarding ---- */

bool post_mark(struct post *post, enum letter_kind state, struct answer *answer)
{
    struct dag_error err = {0};

    return letters_mark(post->storage, post->folder, &post->list, post->chosen, state, &err) ||
           answer_set(answer, ANSWER_UNAVAILABLE, "storage_failed",
                      "what was done with the dead letters can't be written down now: they may "
                      "still be shown; make room or mend the disk");
}

bool server_discard_dead_letters(struct server *server, const char *dag, const char *selection,
                                 uint64_t *count, struct answer *answer)
{
    struct post post = {0};

    *count = 0;
    if (server_refuses(server, answer))
        return false;
    struct entry *entry = entry_find(server, dag, answer);
    if (!entry)
        return false;
    bool done = post_init(&post, server, dag, answer) && post_choose(&post, selection, answer) &&
                post_mark(&post, LETTER_DISCARDED, answer);
    if (done)
        *count = post_chosen_count(&post);
    post_deinit(&post);
    entry_release(entry);
    return done;
}
