/* redrive.c - dead letters that are fed in again: by the subscriber that brought them, or the
 * publisher that refused them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/tree.h"
#include "server/messages.h"
#include "server/post.h"
#include "server/server_parts.h"

#define SAFE_WITHIN_S 10

/* ---- where they go ---- */

/* Where a letter goes: into the subscriber that brought it, or out by the publisher that refused
 * it. */
struct way {
    int32_t subscriber, publisher; /* one of them is -1 */
};

struct redrive {
    struct incarnation *now;
    struct post *post;
    struct way *ways;         /* owned; of each chosen letter */
    struct dag_buffer *texts; /* owned; of each chosen letter */
};

static const char *text_of(const struct tree *letter, const char *key)
{
    const struct tree *member = tree_get(letter, key);

    return member && member->type == TREE_TEXT ? member->text : NULL;
}

/* What came in is known for letters of nodes that take it from a subscriber; what should have gone
 * out for those of publishers. */
static bool find_way(const struct plan *plan, const struct tree *letter, struct way *way,
                     struct dag_error *err)
{
    const char *subscriber = text_of(letter, "subscriber");
    const char *publisher = text_of(letter, "publisher");

    *way = (struct way){
        .subscriber = subscriber ? plan_subscriber_index(plan, subscriber) : -1,
        .publisher = publisher && !subscriber ? plan_publisher_index(plan, publisher) : -1,
    };
    if (text_of(letter, "raw_base64"))
        return dag_error_set(err, DAG_ERROR_PARSE, "it is no JSON message");
    if (way->subscriber >= 0 || way->publisher >= 0)
        return true;
    if (!subscriber && !publisher)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "it is what an inner node was given, not a message as it came in");
    return dag_error_set(err, DAG_ERROR_INVALID, "the DAG has no %s '%.100s' any more",
                         subscriber ? "subscriber" : "publisher",
                         subscriber ? subscriber : publisher);
}

static bool prepare(struct redrive *redrive, size_t i, struct dag_error *err)
{
    const struct letter *letter = &redrive->post->list.items[i];
    struct dag_buffer *text = &redrive->texts[i];
    struct tree_document *document = tree_document_new();
    const struct tree *root = document ? tree_parse(document, letter->json, letter->json_size,
                                                    POST_DEPTH_MAX, NULL, NULL, err)
                                       : NULL;
    bool done = root && find_way(redrive->now->plan, root, &redrive->ways[i], err) &&
                letter_input(letter, text, err);

    tree_document_free(document);
    if (!document)
        dag_error_set_memory(err, "a dead letter");
    if (!done)
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
    if (skipped > 0 && (!may_skip || post_chosen_count(post) == 0))
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

static void on_republished(void *context, const struct dag_error *failure)
{
    struct waiting *waiting = context;

    pthread_mutex_lock(&waiting->lock);
    waiting->is_told = true;
    waiting->has_failed = failure != NULL;
    bool is_abandoned = waiting->is_abandoned;
    pthread_cond_signal(&waiting->told);
    pthread_mutex_unlock(&waiting->lock);
    if (is_abandoned)
        waiting_free(waiting);
}

static void on_injected(void *context, bool is_safe, const struct dag_error *failure)
{
    (void)is_safe; /* as far as the DAG's `ack` promises it */
    on_republished(context, failure);
}

/* True: they are as safe as the DAG's `ack` makes them, or out. Frees it, or leaves that to the
 * other. */
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

/* Sends messages on one way. The first `*accepted` of them are in, or out, and safe. */
static bool feed(struct redrive *redrive, struct way way, const struct dag_text *messages,
                 size_t count, size_t *accepted, struct answer *answer)
{
    struct waiting *waiting = waiting_new();
    struct dag_error err = {0};
    bool all;

    *accepted = 0;
    if (!waiting)
        return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    if (way.subscriber >= 0)
        all = dag_inject(redrive->now->dag, way.subscriber, messages, count, on_injected, waiting,
                         accepted, &err);
    else
        all = dag_republish(redrive->now->dag, way.publisher, messages, count, on_republished,
                            waiting, accepted, &err);
    if (*accepted == 0)
        waiting_free(waiting);
    else if (!wait_until_safe(waiting)) {
        size_t unsafe = *accepted;

        *accepted = 0;
        return answer_set(answer, ANSWER_UNAVAILABLE, "messages_not_safe",
                          "%zu messages were fed in and aren't safe yet, so their dead letters "
                          "still wait: look at 'why' before they are fed in once more",
                          unsafe);
    }
    return all || answer_refusal(answer, redrive->now, &err);
}

static bool is_same_way(struct way one, struct way other)
{
    return one.subscriber == other.subscriber && one.publisher == other.publisher;
}

/* Chosen stays what went in. */
static bool feed_way(struct redrive *redrive, struct way way, struct answer *answer)
{
    struct post *post = redrive->post;
    struct dag_text *messages = calloc(post->list.count + 1, sizeof(*messages));
    size_t count = 0, accepted = 0, at = 0;

    if (!messages)
        return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    for (size_t i = 0; i < post->list.count; i++)
        if (post->chosen[i] && is_same_way(redrive->ways[i], way))
            messages[count++] = (struct dag_text){redrive->texts[i].bytes, redrive->texts[i].size};
    bool done = count == 0 || feed(redrive, way, messages, count, &accepted, answer);
    for (size_t i = 0; i < post->list.count; i++)
        if (post->chosen[i] && is_same_way(redrive->ways[i], way))
            post->chosen[i] = at++ < accepted;
    free(messages);
    return done;
}

/* What went in is marked, also when more of it was refused: that waits for the next time. */
static bool feed_all(struct redrive *redrive, uint64_t *count, struct answer *answer)
{
    bool done = true;

    for (size_t i = 0; i < redrive->now->plan->subscriber_count; i++)
        done = feed_way(redrive, (struct way){(int32_t)i, -1}, answer) && done;
    for (size_t i = 0; i < redrive->now->plan->publisher_count; i++)
        done = feed_way(redrive, (struct way){-1, (int32_t)i}, answer) && done;
    *count = post_chosen_count(redrive->post);
    if (*count == 0)
        return done;
    answer->kind = ANSWER_OK;
    answer->detail[0] = answer->code[0] = '\0';
    return post_mark(redrive->post, LETTER_REDRIVEN, answer);
}

static bool redrive_post(struct target *target, struct post *post, bool may_skip, uint64_t *count,
                         struct answer *answer)
{
    struct redrive redrive = {
        .now = target->now,
        .post = post,
        .ways = calloc(post->list.count + 1, sizeof(struct way)),
        .texts = calloc(post->list.count + 1, sizeof(struct dag_buffer)),
    };
    bool done;

    if (!redrive.ways || !redrive.texts) {
        free(redrive.ways);
        free(redrive.texts);
        return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
    }
    done = prepare_all(&redrive, may_skip, answer) && feed_all(&redrive, count, answer);
    for (size_t i = 0; i < post->list.count; i++)
        dag_buffer_free(&redrive.texts[i]);
    free(redrive.texts);
    free(redrive.ways);
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
    bool done = target.now->dag || answer_not_running(answer, target.entry, dag);
    done = done && post_init(&post, server, dag, answer) && post_choose(&post, selection, answer) &&
           redrive_post(&target, &post, strcmp(selection, "all") == 0, count, answer);
    post_deinit(&post);
    target_release(&target);
    return done;
}
