/* world_check.c - what must hold when everything is out; see world.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch.h"
#include "durable/letters.h"
#include "sim/world.h"

/* ---- events ----------------------------------------------------------------------------- */

static bool has_reader(const struct plan *plan, size_t subscriber)
{
    for (size_t i = 0; i < plan->node_count; i++)
        if (plan->nodes[i].subscriber == (int32_t)subscriber)
            return true;
    return false;
}

/* All messages of an input. The caller releases it. */
static struct dag_batch *messages(const struct world *world, size_t input)
{
    const struct dag_buffer *text = &world->inputs[input].text;
    struct dag_batch *batch = batch_new(NULL, 4096, SIZE_MAX / 64, SIZE_MAX);
    struct dag_json_parser *parser = dag_json_parser_new(0);
    char *copy = batch ? dag_batch_alloc(batch, text->size + DAG_JSON_PADDING) : NULL;
    struct dag_error err = {0};
    size_t consumed;

    if (!copy || !parser)
        abort();
    if (text->size > 0)
        memcpy(copy, text->bytes, text->size);
    memset(copy + text->size, 0, DAG_JSON_PADDING);
    if (!dag_json_parse_lines(parser, batch, copy, text->size, true, (struct dag_origin){0},
                              &consumed, &err))
        abort();
    dag_json_parser_free(parser);
    return batch;
}

uint64_t world_event_count(struct world *world)
{
    uint64_t count = 0;

    for (size_t i = 0; i < world->generated.subscriber_count; i++) {
        struct dag_batch *batch = messages(world, i);

        if (has_reader(world->plan, i))
            count += dag_batch_row_count(batch);
        dag_batch_unref(batch);
    }
    return count;
}

static bool same_message(const struct dag_batch *batch, size_t row,
                         const struct history_event *event)
{
    struct dag_buffer text = {0};
    const struct dag_row *expected = &dag_batch_rows(batch)[row];
    bool is_rejected = (dag_batch_origins(batch)[row].flags & DAG_ORIGIN_REJECTED) != 0;

    if (is_rejected)
        put(&text, "%.*s", (int)expected->values[0].size, expected->values[0].as.text);
    else if (!dag_json_write_row(&text, expected))
        abort();
    bool is_same = text.size == event->size &&
                   (text.size == 0 || memcmp(text.bytes, event->text, text.size) == 0) &&
                   is_rejected == ((event->origin.flags & DAG_ORIGIN_REJECTED) != 0);
    dag_buffer_free(&text);
    return is_same;
}

/* The events of one subscriber in the order of the cycles: is each the next one of the input? */
static bool check_subscriber(struct world *world, size_t subscriber)
{
    const struct history *history = &world->history;
    struct dag_batch *batch = messages(world, subscriber);
    size_t count = dag_batch_row_count(batch);
    size_t next = 0;
    bool is_good = true;

    for (size_t s = 0; is_good && s < history->steps.count; s++) {
        const struct history_step *step = &history->steps.items[s];

        for (uint32_t slot = 0; is_good && slot < step->slot_count; slot++) {
            const struct history_event *events = step->events;

            for (size_t i = 0; is_good && i < history->input_count; i++) {
                if (history_subscriber(world->plan, i) == (int32_t)subscriber &&
                    slot < step->counts[i])
                    is_good = next < count && same_message(batch, next++, &events[slot]);
                events += step->counts[i];
            }
            if (!is_good)
                sim_fail(world->sim,
                         "cycle %" PRIu64 " takes from subscriber %zu another event than its "
                         "event number %zu",
                         step->first_cycle + slot, subscriber, next);
        }
    }
    if (is_good && next != count)
        is_good = sim_fail(world->sim, "subscriber %zu: %zu events were taken of %zu", subscriber,
                           next, count);
    dag_batch_unref(batch);
    return is_good;
}

bool world_check_events(struct world *world)
{
    for (size_t i = 0; i < world->generated.subscriber_count; i++)
        if (has_reader(world->plan, i) && !check_subscriber(world, i))
            return false;
    return true;
}

/* ---- outputs ---------------------------------------------------------------------------- */

#define PIECES_MAX 8192 /* with some to spare: small files, and much that runs again */

struct pieces {
    const char *path;
    char names[PIECES_MAX][80];
    size_t count;
};

/* PATH.YYYYMMDD-HHMMSS[-N] */
static void take_piece(void *context, const char *path, uint64_t size)
{
    struct pieces *pieces = context;
    size_t length = strlen(pieces->path);

    (void)size;
    if (strncmp(path, pieces->path, length) == 0 && path[length] == '.' &&
        path[length + 1 + strspn(path + length + 1, "0123456789-")] == '\0' &&
        pieces->count < PIECES_MAX)
        snprintf(pieces->names[pieces->count++], 80, "%s", path);
}

static int by_age(const void *a, const void *b)
{
    return strverscmp(a, b);
}

/* What a sink has written, rotated files first. */
static void take_output(struct world *world, size_t publisher, struct dag_buffer *out)
{
    struct pieces *pieces = calloc(1, sizeof(*pieces));
    char path[64];

    if (!pieces)
        abort();
    snprintf(path, sizeof(path), "/out/out%zu.jsonl", publisher);
    pieces->path = path;
    sim_disk_each(world->disk, "/out", take_piece, pieces);
    qsort(pieces->names, pieces->count, sizeof(pieces->names[0]), by_age);
    for (size_t i = 0; i < pieces->count; i++)
        sim_disk_content(world->disk, pieces->names[i], out);
    sim_disk_content(world->disk, path, out);
    free(pieces);
}

static void take_letters(struct world *world, struct dag_buffer *out)
{
    struct letter_list list = {0};
    struct dag_error err = {0};

    if (!letters_read(sim_disk_storage(world->disk), WORLD_DATA "/dags/" WORLD_NAME "/dead-letters",
                      &list, &err))
        sim_fail(world->sim, "the dead letters: %s", err.message);
    for (size_t i = 0; i < list.count; i++)
        put(out, "%.*s\n", (int)list.items[i].json_size, list.items[i].json);
    letter_list_free(&list);
}

/* The line at `at`, with its line feed when it has one. */
static size_t line_size(const struct dag_buffer *text, size_t at)
{
    const char *feed = memchr(text->bytes + at, '\n', text->size - at);

    return feed ? (size_t)(feed - text->bytes) + 1 - at : text->size - at;
}

/* Does `actual` have every line of `expected` in this order, with others in between or without? */
static bool has_lines(struct sim *sim, const char *what, const struct dag_buffer *expected,
                      const struct dag_buffer *actual)
{
    size_t at = 0;

    for (size_t next = 0; next < expected->size;) {
        size_t size = line_size(expected, next);
        bool is_found = false;

        while (!is_found && at < actual->size) {
            size_t other = line_size(actual, at);

            is_found =
                other == size && memcmp(actual->bytes + at, expected->bytes + next, size) == 0;
            at += other;
        }
        if (!is_found)
            return sim_fail(sim, "%s: lost or out of order: %.*s", what, (int)size - 1,
                            expected->bytes + next);
        next += size;
    }
    return true;
}

static bool is_equal(struct sim *sim, const char *what, const struct dag_buffer *expected,
                     const struct dag_buffer *actual)
{
    size_t at = 0;
    size_t line = 1;

    for (size_t begin = 0; at < expected->size || at < actual->size; at = begin) {
        size_t a = at < expected->size ? line_size(expected, at) : 0;
        size_t b = at < actual->size ? line_size(actual, at) : 0;

        if (a != b || (a > 0 && memcmp(expected->bytes + at, actual->bytes + at, a) != 0))
            return sim_fail(sim,
                            "%s: line %zu (%zu and %zu bytes in all)\n  should be: %.*s\n  is:     "
                            "   %.*s",
                            what, line, expected->size, actual->size, (int)a,
                            a > 0 ? expected->bytes + at : "", (int)b,
                            b > 0 ? actual->bytes + at : "");
        begin = at + a;
        line++;
    }
    return true;
}

/* Without a journal a cycle that runs again has another time: letters tell that of the first. */
static void hide_times(struct dag_buffer *text)
{
    static const char key[] = "\"time\":\"";
    size_t key_size = sizeof(key) - 1;
    size_t at = 0;

    while (at + key_size < text->size) { /* a torn line may hold anything, NUL too */
        char *found = memmem(text->bytes + at, text->size - at, key, key_size);

        if (!found)
            return;
        at = (size_t)(found - text->bytes) + key_size;
        while (at < text->size && text->bytes[at] != '"' && text->bytes[at] != '\n')
            text->bytes[at++] = 't';
    }
}

static bool check_output(struct world *world, size_t publisher, struct dag_buffer *expected)
{
    struct dag_buffer actual = {0};
    bool is_letters = publisher == world->plan->publisher_count;
    char what[40];

    snprintf(what, sizeof(what), is_letters ? "dead letters" : "publisher %zu", publisher);
    if (is_letters)
        take_letters(world, &actual);
    else
        take_output(world, publisher, &actual);
    if (world->plan->journal == PLAN_JOURNAL_NONE) {
        hide_times(&actual);
        hide_times(expected);
    }
    bool is_good = world->setting.is_exact ? is_equal(world->sim, what, expected, &actual)
                                           : has_lines(world->sim, what, expected, &actual);
    if (!is_good)
        sim_tell(world->sim, "==== %s should be\n%.*s\n==== and is\n%.*s", what,
                 (int)expected->size, expected->size > 0 ? expected->bytes : "", (int)actual.size,
                 actual.size > 0 ? actual.bytes : "");
    dag_buffer_free(&actual);
    return is_good;
}

bool world_check(struct world *world)
{
    size_t count = world->plan->publisher_count + (world->plan->errors < 0);
    struct dag_buffer *outputs = calloc(world->plan->publisher_count + 1, sizeof(*outputs));

    if (!outputs)
        abort();
    bool is_good =
        world_check_events(world) && history_run(&world->history, world->sim, world->plan, outputs);
    for (size_t p = 0; is_good && p < count; p++)
        is_good = check_output(world, p, &outputs[p]);
    for (size_t p = 0; p <= world->plan->publisher_count; p++)
        dag_buffer_free(&outputs[p]);
    free(outputs);
    return is_good;
}
