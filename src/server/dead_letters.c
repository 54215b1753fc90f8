/* dead_letters.c - the dead letters of a DAG: shown, discarded, and fed in again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/tree.h"
#include "durable/letters.h"
#include "server/messages.h"
#include "server/server_parts.h"
#include "server/show_json.h"

#define DEPTH_MAX     1100
#define SAFE_WITHIN_S 10
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

struct post {
    struct storage *storage; /* borrowed */
    char *folder;            /* owned */
    struct letter_list list;
    bool *chosen; /* owned; by letter */
};

static bool unreadable(struct answer *answer)
{
    return answer_set(answer, ANSWER_UNAVAILABLE, "dead_letters_unreadable",
                      "the dead letters can't be read: 'dagd dlq ls' says more");
}

static bool post_init(struct post *post, struct server *server, const char *dag,
                      struct answer *answer)
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

static void post_deinit(struct post *post)
{
    letter_list_free(&post->list);
    free(post->chosen);
    free(post->folder);
}

static size_t chosen_count(const struct post *post)
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

static bool choose(struct post *post, const char *selection, struct answer *answer)
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
                                                    DEPTH_MAX, NULL, NULL, &why)
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
    show_number(writer, "total", chosen_count(post));
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

static bool mark(struct post *post, enum letter_kind state, struct answer *answer)
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
    bool done = post_init(&post, server, dag, answer) && choose(&post, selection, answer) &&
                mark(&post, LETTER_DISCARDED, answer);
    if (done)
        *count = chosen_count(&post);
    post_deinit(&post);
    entry_release(entry);
    return done;
}

/* ---- feeding in again ---- */

/* The messages that go into one subscriber, in the order in which they came. */
struct redrive {
    const struct plan *plan;
    struct dag *dag;
    struct post *post;
    int32_t *subscribers;     /* owned; of each chosen letter */
    struct dag_buffer *texts; /* owned; of each chosen letter */
};

/* What came in is known for letters of parsing, and of nodes that take it from a subscriber. */
static int32_t subscriber_of(const struct plan *plan, const struct letter *letter,
                             struct dag_error *err)
{
    struct tree_document *document = tree_document_new();
    struct dag_error why = {0};
    const struct tree *root = document ? tree_parse(document, letter->json, letter->json_size,
                                                    DEPTH_MAX, NULL, NULL, &why)
                                       : NULL;
    const struct tree *name = tree_get(root, "subscriber");
    int32_t found = name && name->type == TREE_TEXT ? plan_subscriber_index(plan, name->text) : -1;

    if (name && name->type == TREE_TEXT && found < 0)
        dag_error_set(err, DAG_ERROR_INVALID, "the DAG has no subscriber '%.100s' any more",
                      name->text);
    else if (found < 0)
        dag_error_set(err, DAG_ERROR_INVALID,
                      "it is what a node or a publisher was given, not a message as it came in");
    tree_document_free(document);
    return found;
}

static bool prepare(struct redrive *redrive, size_t i, struct dag_error *err)
{
    const struct letter *letter = &redrive->post->list.items[i];
    struct dag_buffer *text = &redrive->texts[i];

    redrive->subscribers[i] = subscriber_of(redrive->plan, letter, err);
    if (redrive->subscribers[i] < 0 || !letter_input(letter, text, err))
        return false;
    text->bytes[text->size - 1] = '\0'; /* the line feed */
    text->size--;
    return true;
}

/* Of all letters those are left out that can't be fed in; one that was named refuses all. */
static bool prepare_all(struct redrive *redrive, bool may_skip, struct answer *answer)
{
    struct post *post = redrive->post;
    struct dag_error err = {0};
    uint64_t skipped = 0;

    for (size_t i = 0; i < post->list.count; i++) {
        if (!post->chosen[i] || prepare(redrive, i, &err))
            continue;
        post->chosen[i] = false;
        skipped = post->list.items[i].id;
        if (!may_skip)
            break;
    }
    if (skipped > 0 && (!may_skip || chosen_count(post) == 0))
        return answer_set(answer, ANSWER_CONFLICT, "cannot_redrive",
                          "dead letter %" PRIu64 " can't be fed in again: %.300s; discard it, or "
                          "take it out by 'dagd dlq redrive --to FILE'",
                          skipped, err.message);
    return true;
}

/* Whoever comes last frees it: the caller may have given up. */
struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool is_told, is_abandoned, has_failed;
};

static void waiting_free(struct waiting *waiting)
{
    pthread_mutex_destroy(&waiting->lock);
    pthread_cond_destroy(&waiting->told);
    free(waiting);
}

static struct waiting *waiting_new(void)
{
    struct waiting *waiting = calloc(1, sizeof(*waiting));
    pthread_condattr_t attributes;

    if (!waiting)
        return NULL;
    pthread_mutex_init(&waiting->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&waiting->told, &attributes);
    pthread_condattr_destroy(&attributes);
    return waiting;
}

static void on_injected(void *context, bool is_safe, const struct dag_error *failure)
{
    struct waiting *waiting = context;

    (void)is_safe;
    pthread_mutex_lock(&waiting->lock);
    waiting->is_told = true;
    waiting->has_failed = failure != NULL;
    bool is_abandoned = waiting->is_abandoned;
    pthread_cond_signal(&waiting->told);
    pthread_mutex_unlock(&waiting->lock);
    if (is_abandoned)
        waiting_free(waiting);
}

/* True: they are as safe as the DAG's `ack` makes them. Frees it, or leaves that to the other. */
static bool wait_until_safe(struct waiting *waiting)
{
    struct timespec until;
    int timed_out = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SAFE_WITHIN_S;
    pthread_mutex_lock(&waiting->lock);
    while (!waiting->is_told && timed_out == 0)
        timed_out = pthread_cond_timedwait(&waiting->told, &waiting->lock, &until);
    bool is_told = waiting->is_told, is_safe = is_told && !waiting->has_failed;
    waiting->is_abandoned = !is_told;
    pthread_mutex_unlock(&waiting->lock);
    if (is_told)
        waiting_free(waiting);
    return is_safe;
}

/* Feeds messages into one subscriber. The first `*accepted` of them are in, and safe. */
static bool feed(struct redrive *redrive, int32_t subscriber, const struct dag_text *messages,
                 size_t count, size_t *accepted, struct answer *answer)
{
    struct waiting *waiting = waiting_new();
    struct dag_error err = {0};

    *accepted = 0;
    if (!waiting)
        return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    bool all =
        dag_inject(redrive->dag, subscriber, messages, count, on_injected, waiting, accepted, &err);
    if (*accepted == 0)
        waiting_free(waiting);
    else if (!wait_until_safe(waiting)) {
        size_t unsafe = *accepted;

        *accepted = 0;
        return answer_set(answer, ANSWER_UNAVAILABLE, "messages_not_safe",
                          "%zu messages were fed in and aren't safe yet, so their dead letters "
                          "still wait: look at why before they are fed in once more",
                          unsafe);
    }
    return all || answer_injection(answer, redrive->dag, &err);
}

/* Chosen stays what went in. */
static bool feed_subscriber(struct redrive *redrive, int32_t subscriber, struct answer *answer)
{
    struct post *post = redrive->post;
    struct dag_text *messages = calloc(post->list.count + 1, sizeof(*messages));
    size_t count = 0, accepted = 0, at = 0;

    if (!messages)
        return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    for (size_t i = 0; i < post->list.count; i++)
        if (post->chosen[i] && redrive->subscribers[i] == subscriber)
            messages[count++] = (struct dag_text){redrive->texts[i].bytes, redrive->texts[i].size};
    bool done = count == 0 || feed(redrive, subscriber, messages, count, &accepted, answer);
    for (size_t i = 0; i < post->list.count; i++)
        if (post->chosen[i] && redrive->subscribers[i] == subscriber)
            post->chosen[i] = at++ < accepted;
    free(messages);
    return done;
}

/* What went in is marked, also when more of it was refused: that waits for the next time. */
static bool feed_all(struct redrive *redrive, uint64_t *count, struct answer *answer)
{
    bool done = true;

    for (size_t i = 0; i < redrive->plan->subscriber_count; i++)
        done = feed_subscriber(redrive, (int32_t)i, answer) && done;
    *count = chosen_count(redrive->post);
    if (*count == 0)
        return done;
    answer->kind = ANSWER_OK;
    answer->detail[0] = answer->code[0] = '\0';
    return mark(redrive->post, LETTER_REDRIVEN, answer);
}

static bool redrive_post(struct target *target, struct post *post, bool may_skip, uint64_t *count,
                         struct answer *answer)
{
    struct redrive redrive = {
        .plan = target->now->plan,
        .dag = target->now->dag,
        .post = post,
        .subscribers = calloc(post->list.count + 1, sizeof(int32_t)),
        .texts = calloc(post->list.count + 1, sizeof(struct dag_buffer)),
    };
    bool done = redrive.subscribers && redrive.texts
                    ? prepare_all(&redrive, may_skip, answer)
                    : answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");

    done = done && feed_all(&redrive, count, answer);
    for (size_t i = 0; redrive.texts && i < post->list.count; i++)
        dag_buffer_free(&redrive.texts[i]);
    free(redrive.texts);
    free(redrive.subscribers);
    return done;
}

bool server_redrive_dead_letters(struct server *server, const char *dag, const char *selection,
                                 uint64_t *count, struct answer *answer)
{
    struct post post = {0};
    struct target target;

    *count = 0;
    if (server_refuses(server, answer) || !target_find(server, dag, &target, answer))
        return false;
    bool done = target.now->dag || answer_set(answer, ANSWER_CONFLICT, "dag_not_running",
                                              "DAG %.200s isn't running: start it", dag);
    done = done && post_init(&post, server, dag, answer) && choose(&post, selection, answer) &&
           redrive_post(&target, &post, strcmp(selection, "all") == 0, count, answer);
    post_deinit(&post);
    target_release(&target);
    return done;
}
