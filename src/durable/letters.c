/* letters.c - the publisher of letters.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/letters.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "durable/letters_place.h"

#define RETRY_MIN_US  100000
#define RETRY_MAX_US  10000000
#define SLOTS_MIN     64
#define TAIL_SIZE_MAX ((size_t)1 << 20) /* more is synced before a flush asks for it */

/* How often each letter is there, by the hash of what makes it the same letter. */
struct held {
    uint64_t *hashes; /* owned; 0: free */
    uint32_t *counts; /* owned */
    size_t used, slot_count;
};

struct letters_store {
    struct plan_publisher publisher; /* found again by the place of its address */
    struct storage *storage;         /* borrowed */
    _Atomic uint64_t replays_from, count, settled;
    char folder[];
};

/* The state of the publisher's instance, made zeroed by the engine. */
struct letters_state {
    struct letters_store *store; /* borrowed */
    struct letters_place *place; /* held while open; guards `open` */
    struct letters_open open;
    struct held held;
};

/* ---- what is there already ---- */

static void held_free(struct held *held)
{
    free(held->hashes);
    free(held->counts);
    *held = (struct held){0};
}

static size_t held_slot(const struct held *held, uint64_t hash)
{
    size_t i = (size_t)(hash & (held->slot_count - 1));

    while (held->hashes[i] != 0 && held->hashes[i] != hash)
        i = (i + 1) & (held->slot_count - 1);
    return i;
}

static bool held_grow(struct held *held)
{
    struct held grown = {.used = held->used,
                         .slot_count = held->slot_count ? held->slot_count * 2 : SLOTS_MIN};

    grown.hashes = calloc(grown.slot_count, sizeof(*grown.hashes));
    grown.counts = calloc(grown.slot_count, sizeof(*grown.counts));
    if (!grown.hashes || !grown.counts) {
        held_free(&grown);
        return false;
    }
    for (size_t i = 0; i < held->slot_count; i++) {
        if (held->hashes[i] == 0)
            continue;
        size_t slot = held_slot(&grown, held->hashes[i]);
        grown.hashes[slot] = held->hashes[i];
        grown.counts[slot] = held->counts[i];
    }
    held_free(held);
    *held = grown;
    return true;
}

static bool held_add(struct held *held, uint64_t hash)
{
    if (held->used * 2 >= held->slot_count && !held_grow(held))
        return false;
    size_t slot = held_slot(held, hash);
    if (held->hashes[slot] == 0) {
        held->hashes[slot] = hash;
        held->used++;
    }
    held->counts[slot]++;
    return true;
}

static bool held_take(struct held *held, uint64_t hash)
{
    if (held->used == 0)
        return false;
    size_t slot = held_slot(held, hash);
    if (held->hashes[slot] == 0 || held->counts[slot] == 0)
        return false;
    held->counts[slot]--;
    return true;
}

/* The time of a letter may be that of the moment it was written: it doesn't tell two apart. */
static uint64_t letter_hash(const struct dag_row *row, uint64_t *cycle)
{
    uint64_t hash = 1;

    *cycle = 0;
    for (uint32_t i = 0; row->shape && i < row->shape->count; i++) {
        const struct dag_name *name = row->shape->names[i];
        const struct dag_value *value = &row->values[i];
        if (strcmp(name->text, "time") == 0)
            continue;
        if (strcmp(name->text, "cycle") == 0 && value->type == DAG_TYPE_INT)
            *cycle = (uint64_t)value->as.integer;
        hash = text_mix(hash, text_hash_stable(name->text, name->size));
        if (value->type == DAG_TYPE_INT || value->type == DAG_TYPE_BOOL)
            hash = text_mix(hash, (uint64_t)value->as.integer);
        else if (value->size > 0)
            hash = text_mix(hash, text_hash_stable(value->as.text, value->size));
    }
    return hash ? hash : 1;
}

/* Rows are compared as they are read back: escapes and numbers then have one spelling. */
static bool line_hash(const char *line, size_t size, uint64_t *hash, uint64_t *cycle,
                      struct dag_error *err)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_row row;

    if (!batch)
        return dag_error_set_memory(err, "a dead letter");
    bool done = dag_json_parse_object(batch, line, size, &row, err);
    if (done)
        *hash = letter_hash(&row, cycle);
    dag_batch_unref(batch);
    return done;
}

static bool take_record(struct letters_state *letters, const struct record *record,
                        struct dag_error *err)
{
    uint64_t hash = 0, cycle = 0;

    if (record->kind != LETTER_STORED)
        return true;
    atomic_fetch_add(&letters->store->count, 1);
    if (record->key <= atomic_load(&letters->store->replays_from))
        return true; /* the key is never below the letter's cycle */
    if (!line_hash(record->payload, record->size, &hash, &cycle, err))
        return false;
    if (cycle <= atomic_load(&letters->store->replays_from))
        return true;
    return held_add(&letters->held, hash) || dag_error_set_memory(err, "dead letters");
}

static bool read_held(struct letters_state *letters, struct dag_error *err)
{
    struct record_reader *reader =
        record_reader_open(letters->store->storage, letters->store->folder, 0, err);
    struct record record;

    if (!reader)
        return false;
    atomic_store(&letters->store->count, 0);
    bool done = true;
    while (done && record_reader_next(reader, &record, err))
        done = take_record(letters, &record, err);
    record_reader_close(reader);
    return done && err->code == DAG_ERROR_NONE;
}

/* ---- the publisher ---- */

static void letters_stop(void *state)
{
    struct letters_state *letters = state;

    if (letters->place) {
        letters_place_lock(letters->place);
        letters_place_set_open(letters->place, NULL);
        record_tail_close(&letters->open.tail);
        letters_place_unlock(letters->place);
    }
    letters_place_release(letters->place);
    letters->place = NULL;
    held_free(&letters->held);
}

static bool open_log(struct letters_state *letters, struct dag_error *err)
{
    struct record_log_report report = {0};

    letters_place_lock(letters->place);
    bool done = record_tail_open(&letters->open.tail,
                                 &(struct record_log_options){.storage = letters->store->storage,
                                                              .folder = letters->store->folder},
                                 &report, err);
    letters->open.last_key = report.last_key;
    letters->open.settled = &letters->store->settled;
    if (done)
        letters_place_set_open(letters->place, &letters->open);
    letters_place_unlock(letters->place);
    return done;
}

static bool letters_open(void *state, const struct dag_address *address, struct dag_host *host,
                         struct dag_error *err)
{
    struct letters_state *letters = state;
    const char *place = (const char *)address - offsetof(struct plan_publisher, address) -
                        offsetof(struct letters_store, publisher);

    (void)host;
    /* the store itself isn't const, only the way that its address came */
    memcpy(&letters->store, &(const void *){place}, sizeof(letters->store));
    *err = (struct dag_error){0};
    letters->place = letters_place_hold(letters->store->storage, letters->store->folder, err);
    if (!letters->place || !open_log(letters, err))
        return dag_error_add_context(err, "dead letters");
    return read_held(letters, err) || dag_error_add_context(err, "dead letters");
}

/* Every letter has a key of its own, which is never below the letter's cycle. */
static bool add(struct letters_state *letters, const struct dag_row *row, uint64_t cycle,
                struct dag_error *err)
{
    struct record_queue *queue = &letters->open.tail.queue;
    uint64_t hash = 0, named = 0;
    uint64_t key = cycle > letters->open.last_key ? cycle : letters->open.last_key + 1;
    size_t offset = queue->bytes.size;

    if (!dag_json_write_row(&queue->bytes, row)) {
        queue->bytes.size = offset;
        return dag_error_set_memory(err, "a dead letter");
    }
    if (letters->held.used > 0) {
        if (!line_hash(queue->bytes.bytes + offset, queue->bytes.size - offset, &hash, &named,
                       err)) {
            queue->bytes.size = offset;
            return false;
        }
        if (held_take(&letters->held, hash)) {
            queue->bytes.size = offset;
            return true;
        }
    }
    if (!record_queue_seal(queue, key, LETTER_STORED, offset))
        return dag_error_set_memory(err, "a dead letter");
    letters->open.last_key = key;
    atomic_fetch_add(&letters->store->count, 1);
    return true;
}

static enum dag_write_status letters_write(void *state, const struct dag_delivery *delivery,
                                           size_t *written, struct dag_error *err)
{
    struct letters_state *letters = state;
    bool done = true;

    letters_place_lock(letters->place);
    for (*written = 0; done && *written < delivery->count; *written += done) {
        done = letters->open.tail.queue.bytes.size <= TAIL_SIZE_MAX ||
               record_tail_sync(&letters->open.tail, err);
        done = done && add(letters, &delivery->rows[*written], delivery->cycles[*written], err);
    }
    letters_place_unlock(letters->place);
    return done ? DAG_WRITE_DONE : DAG_WRITE_FAILED;
}

static enum dag_write_status letters_flush(void *state, struct dag_error *err)
{
    struct letters_state *letters = state;

    letters_place_lock(letters->place);
    bool done = record_tail_sync(&letters->open.tail, err);
    letters_place_unlock(letters->place);
    return done ? DAG_WRITE_DONE : DAG_WRITE_FAILED;
}

/* A letter of an earlier cycle may come late, from a slow publisher, so no cycle tells what is
 * here: the letters themselves do. Rows come again, and the order of their cycles is synced first.
 */
static bool letters_progress(void *state, const char *instance, uint64_t *cycle,
                             struct dag_error *err)
{
    (void)state;
    (void)instance;
    (void)err;
    *cycle = 0;
    return true;
}

static const struct dag_option letters_options[] = {{0}};

static const struct dag_publisher letters_type = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_PROGRESS,
    .scheme = "dead-letters",
    .name = "DeadLetterStore",
    .summary = "Keeps dead letters in the data folder.",
    .address_help = "made by the engine",
    .options = letters_options,
    .state_size = sizeof(struct letters_state),
    .open = letters_open,
    .write = letters_write,
    .flush = letters_flush,
    .progress = letters_progress,
    .stop = letters_stop,
    .close = letters_stop,
};

/* ---- the store ---- */

struct letters_store *letters_store_new(struct storage *storage, const char *folder,
                                        struct dag_error *err)
{
    size_t size = strlen(folder) + 1;
    struct letters_store *store = calloc(1, sizeof(*store) + size);

    if (!store) {
        dag_error_set_memory(err, "a store of dead letters");
        return NULL;
    }
    memcpy(store->folder, folder, size);
    store->storage = storage;
    store->publisher = (struct plan_publisher){
        .name = "dead_letters",
        .type = &letters_type,
        .address = {.uri = "dead-letters://", .scheme = "dead-letters", .rest = store->folder},
        .retry_min_us = RETRY_MIN_US,
        .retry_max_us = RETRY_MAX_US,
    };
    return store;
}

void letters_store_free(struct letters_store *store)
{
    free(store);
}

const struct plan_publisher *letters_store_publisher(const struct letters_store *store)
{
    return &store->publisher;
}

void letters_store_replays_from(struct letters_store *store, uint64_t cycle)
{
    atomic_store(&store->replays_from, cycle);
    atomic_store(&store->settled, cycle);
}

void letters_store_settled(struct letters_store *store, uint64_t cycle)
{
    atomic_store(&store->settled, cycle);
}

uint64_t letters_store_count(const struct letters_store *store)
{
    return atomic_load(&store->count);
}
