/* letters_list.c - the stored dead letters as people see them: list, mark, and what they hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/tree.h"
#include "durable/letters.h"
#include "durable/letters_place.h"

#define DEPTH_MAX 1100

/* ---- reading ---- */

static bool add_letter(struct letter_list *list, size_t *capacity, const struct record *record)
{
    if (list->count == *capacity) {
        size_t grown = *capacity ? *capacity * 2 : 64;
        struct letter *items = realloc(list->items, grown * sizeof(*items));
        if (!items)
            return false;
        list->items = items;
        *capacity = grown;
    }
    char *json = malloc((size_t)record->size + 1);
    if (!json)
        return false;
    if (record->size > 0)
        memcpy(json, record->payload, record->size);
    json[record->size] = '\0';
    list->items[list->count++] = (struct letter){
        .id = record->key, .state = LETTER_STORED, .json = json, .json_size = record->size};
    return true;
}

static int compare_ids(const void *left, const void *right)
{
    const struct letter *a = left, *b = right;

    return a->id < b->id ? -1 : a->id > b->id;
}

/* The payload is a list of ids, each ended by a space. */
static bool apply_mark(struct letter_list *list, const struct record *record)
{
    char *text = malloc((size_t)record->size + 1);
    char *at = text, *end;

    if (!text)
        return false;
    if (record->size > 0)
        memcpy(text, record->payload, record->size);
    text[record->size] = '\0';
    for (;;) {
        struct letter wanted = {.id = strtoull(at, &end, 10)};
        if (end == at)
            break;
        struct letter *found = list->count == 0 ? NULL
                                                : bsearch(&wanted, list->items, list->count,
                                                          sizeof(wanted), compare_ids);
        if (found)
            found->state = (enum letter_kind)record->kind;
        at = end;
    }
    free(text);
    return true;
}

static bool read_list(struct storage *storage, const char *folder, struct letter_list *list,
                      struct dag_error *err)
{
    struct record_reader *reader = record_reader_open(storage, folder, 0, err);
    struct record record;
    size_t capacity = 0;

    *list = (struct letter_list){0};
    if (!reader)
        return false;
    bool done = true;
    while (done && record_reader_next(reader, &record, err)) {
        done = record.kind == LETTER_STORED ? add_letter(list, &capacity, &record)
                                            : apply_mark(list, &record);
        if (!done)
            dag_error_set_memory(err, "dead letters");
    }
    record_reader_close(reader);
    done = done && err->code == DAG_ERROR_NONE;
    if (!done)
        letter_list_free(list);
    return done;
}

bool letters_read(struct storage *storage, const char *folder, struct letter_list *list,
                  struct dag_error *err)
{
    struct letters_place *place = letters_place_hold(storage, folder, err);

    *list = (struct letter_list){0};
    if (!place)
        return false;
    letters_place_lock_readers(place);
    bool done = read_list(storage, folder, list, err);
    letters_place_unlock_readers(place);
    letters_place_release(place);
    return done;
}

void letter_list_free(struct letter_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].json);
    free(list->items);
    *list = (struct letter_list){0};
}

/* ---- marking ---- */

static bool put_ids(const struct letter_list *list, const bool *chosen, struct dag_buffer *out)
{
    char text[32];

    for (size_t i = 0; i < list->count; i++) {
        if (!chosen[i])
            continue;
        int length = snprintf(text, sizeof(text), "%" PRIu64 " ", list->items[i].id);
        if (!dag_buffer_append(out, text, (size_t)length))
            return false;
    }
    return true;
}

/* Everything below the first letter that still waits may go. */
static uint64_t first_waiting(const struct letter_list *list, const bool *chosen, uint64_t end)
{
    for (size_t i = 0; i < list->count; i++)
        if (!chosen[i] && list->items[i].state == LETTER_STORED)
            return list->items[i].id;
    return end;
}

/* Nobody writes letters now. */
static bool mark_closed(struct storage *storage, const char *folder, const struct letter_list *list,
                        const bool *chosen, enum letter_kind state, const struct dag_buffer *ids,
                        struct dag_error *err)
{
    struct record_log_report report;
    struct record_log *log = record_log_open(
        &(struct record_log_options){.storage = storage, .folder = folder}, &report, err);
    bool done =
        log &&
        record_log_append(log, report.last_key + 1, (uint32_t)state, ids->bytes, ids->size, err) &&
        record_log_sync(log, err) &&
        record_log_trim(log, first_waiting(list, chosen, report.last_key + 1), err);

    record_log_close(log);
    return done;
}

/* The DAG has the log open: the mark goes the way of its letters. A letter that may come again has
 * to be found then, so it stays. */
static bool mark_open(struct letters_open *open, const struct letter_list *list, const bool *chosen,
                      enum letter_kind state, const struct dag_buffer *ids, struct dag_error *err)
{
    struct record_queue *queue = &open->tail.queue;
    size_t offset = queue->bytes.size;
    uint64_t settled = atomic_load(open->settled);
    uint64_t end = first_waiting(list, chosen, open->last_key + 1);

    if (!dag_buffer_append(&queue->bytes, ids->bytes, ids->size) ||
        !record_queue_seal(queue, open->last_key + 1, (uint32_t)state, offset)) {
        queue->bytes.size = offset;
        return dag_error_set_memory(err, "dead letters");
    }
    open->last_key++;
    return record_tail_sync(&open->tail, err) &&
           record_log_trim(open->tail.log, end < settled ? end : settled, err);
}

bool letters_mark(struct storage *storage, const char *folder, const struct letter_list *list,
                  const bool *chosen, enum letter_kind state, struct dag_error *err)
{
    struct dag_buffer ids = {0};
    bool done = put_ids(list, chosen, &ids) || dag_error_set_memory(err, "dead letters");
    struct letters_place *place =
        done && ids.size > 0 ? letters_place_hold(storage, folder, err) : NULL;

    if (place) {
        letters_place_lock_readers(place);
        letters_place_lock(place);
        struct letters_open *open = letters_place_open(place);
        done = open ? mark_open(open, list, chosen, state, &ids, err)
                    : mark_closed(storage, folder, list, chosen, state, &ids, err);
        letters_place_unlock(place);
        letters_place_unlock_readers(place);
    } else if (done && ids.size > 0) {
        done = false;
    }
    letters_place_release(place);
    dag_buffer_free(&ids);
    return done;
}

/* ---- what a letter is about ---- */

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;

    return found ? (int)(found - digits) : -1;
}

static bool put_base64(const char *text, size_t size, struct dag_buffer *out)
{
    uint32_t word = 0;
    int bits = 0;

    for (size_t i = 0; i < size && text[i] != '='; i++) {
        int digit = digit_of(text[i]);
        if (digit < 0)
            return false;
        word = word << 6 | (uint32_t)digit;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        char byte = (char)(word >> bits & 0xff);
        if (!dag_buffer_append(out, &byte, 1))
            return false;
    }
    return true;
}

bool letter_input(const struct letter *letter, struct dag_buffer *out, struct dag_error *err)
{
    struct tree_document *document = tree_document_new();
    size_t before = out->size;

    if (!document)
        return dag_error_set_memory(err, "a dead letter");
    const struct tree *root =
        tree_parse(document, letter->json, letter->json_size, DEPTH_MAX, NULL, NULL, err);
    const struct tree *input = tree_get(root, "input");
    const struct tree *raw = tree_get(root, "raw_base64");
    bool done = root != NULL;
    if (input)
        done = dag_buffer_append(out, input->json, input->json_size);
    else if (raw && raw->type == TREE_TEXT)
        done = put_base64(raw->text, raw->text_size, out);
    else if (root)
        done = dag_error_set(err, DAG_ERROR_INVALID,
                             "dead letter %" PRIu64 " doesn't hold the message it is about",
                             letter->id);
    if (done && !dag_buffer_append(out, "\n", 1))
        done = dag_error_set_memory(err, "a dead letter");
    if (!done)
        out->size = before;
    if (!done && err->code == DAG_ERROR_NONE)
        dag_error_set(err, DAG_ERROR_INVALID, "dead letter %" PRIu64 " can't be read", letter->id);
    tree_document_free(document);
    return done;
}
