/* idempotency.c - remembers the replies to requests that carried an Idempotency-Key, for a while.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/idempotency.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#define BUCKETS_PER_ENTRY 2

struct idempotency_entry {
    struct idempotency_entry *next;       /* of the bucket */
    struct idempotency_entry *next_given; /* in the order in which replies were given */
    uint64_t hash;                        /* of `names` */
    uint64_t content_hash;
    size_t content_size;
    int64_t due_us; /* when it is forgotten, monotonic; 0: under way */
    unsigned int status;
    char *body; /* owned; NULL: empty */
    size_t body_size;
    size_t names_size;
    char names[]; /* owner, place and key, each with its NUL */
};

struct idempotency {
    pthread_mutex_t lock;
    struct clock *clock;
    size_t entries_max, bytes_max;
    int64_t keep_us;
    size_t bucket_count;
    /* guarded by lock: */
    struct idempotency_entry **buckets;        /* owned */
    struct idempotency_entry *oldest, *newest; /* of those whose reply was given */
    size_t count, bytes;
};

struct idempotency *idempotency_new(struct clock *clock, size_t entries_max, size_t bytes_max,
                                    int64_t keep_us)
{
    struct idempotency *store = calloc(1, sizeof(*store));

    if (!store)
        return NULL;
    store->clock = clock;
    store->entries_max = entries_max;
    store->bytes_max = bytes_max;
    store->keep_us = keep_us;
    store->bucket_count = entries_max * BUCKETS_PER_ENTRY + 1;
    store->buckets = calloc(store->bucket_count, sizeof(struct idempotency_entry *));
    if (!store->buckets) {
        free(store);
        return NULL;
    }
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

static size_t size_of(const struct idempotency_entry *entry)
{
    return sizeof(*entry) + entry->names_size + entry->body_size;
}

static struct idempotency_entry **bucket_of(struct idempotency *store, uint64_t hash)
{
    return &store->buckets[hash % store->bucket_count];
}

/** Takes it out of its bucket and frees it. It must not be in the list of those given. */
static void forget(struct idempotency *store, struct idempotency_entry *entry)
{
    struct idempotency_entry **at = bucket_of(store, entry->hash);

    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    store->count--;
    store->bytes -= size_of(entry);
    free(entry->body);
    free(entry);
}

static void forget_oldest(struct idempotency *store)
{
    struct idempotency_entry *entry = store->oldest;

    store->oldest = entry->next_given;
    if (!store->oldest)
        store->newest = NULL;
    forget(store, entry);
}

/** All are kept equally long, so the list is in the order in which they are due. */
static void forget_due(struct idempotency *store)
{
    int64_t now = store->clock->monotonic_us(store->clock);

    while (store->oldest && store->oldest->due_us <= now)
        forget_oldest(store);
}

void idempotency_free(struct idempotency *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->bucket_count; i++)
        while (store->buckets[i]) {
            struct idempotency_entry *entry = store->buckets[i];

            store->buckets[i] = entry->next;
            free(entry->body);
            free(entry);
        }
    pthread_mutex_destroy(&store->lock);
    free(store->buckets);
    free(store);
}

static bool is_key(const char *key)
{
    size_t size = 0;

    for (; key[size]; size++)
        if (key[size] < 0x21 || key[size] > 0x7e || size == IDEMPOTENCY_KEY_SIZE_MAX)
            return false;
    return size > 0;
}

/** An entry that is in no store yet; NULL: out of memory. */
static struct idempotency_entry *entry_new(const char *owner, const char *place, const char *key,
                                           const void *content, size_t content_size)
{
    size_t sizes[] = {strlen(owner) + 1, strlen(place) + 1, strlen(key) + 1};
    size_t size = sizes[0] + sizes[1] + sizes[2];
    struct idempotency_entry *entry = calloc(1, sizeof(*entry) + size);

    if (!entry)
        return NULL;
    memcpy(entry->names, owner, sizes[0]);
    memcpy(entry->names + sizes[0], place, sizes[1]);
    memcpy(entry->names + sizes[0] + sizes[1], key, sizes[2]);
    entry->names_size = size;
    entry->hash = text_hash(entry->names, size);
    entry->content_hash = text_hash(content, content_size);
    entry->content_size = content_size;
    return entry;
}

static const struct idempotency_entry *find_same(struct idempotency *store,
                                                 const struct idempotency_entry *wanted)
{
    const struct idempotency_entry *at = *bucket_of(store, wanted->hash);

    while (at && (at->hash != wanted->hash || at->names_size != wanted->names_size ||
                  memcmp(at->names, wanted->names, at->names_size) != 0))
        at = at->next;
    return at;
}

static enum idempotency_outcome repeat(const struct idempotency_entry *known,
                                       const struct idempotency_entry *asked,
                                       struct idempotency_answer *answer)
{
    if (known->content_hash != asked->content_hash || known->content_size != asked->content_size)
        return IDEMPOTENCY_DIFFERENT;
    if (known->due_us == 0)
        return IDEMPOTENCY_RUNNING;
    if (known->body_size > 0) {
        answer->body = malloc(known->body_size);
        if (!answer->body)
            return IDEMPOTENCY_FULL;
        memcpy(answer->body, known->body, known->body_size);
    }
    answer->body_size = known->body_size;
    answer->status = known->status;
    return IDEMPOTENCY_REPEAT;
}

/** With the lock. Keeps `asked` when it is new. */
static enum idempotency_outcome look_up(struct idempotency *store, struct idempotency_entry *asked,
                                        struct idempotency_answer *answer)
{
    const struct idempotency_entry *known = find_same(store, asked);

    if (known)
        return repeat(known, asked, answer);
    if (store->count == store->entries_max || size_of(asked) > store->bytes_max - store->bytes)
        return IDEMPOTENCY_FULL;

    struct idempotency_entry **bucket = bucket_of(store, asked->hash);

    asked->next = *bucket;
    *bucket = asked;
    store->count++;
    store->bytes += size_of(asked);
    answer->entry = asked;
    return IDEMPOTENCY_NEW;
}

enum idempotency_outcome idempotency_begin(struct idempotency *store, const char *owner,
                                           const char *place, const char *key, const void *content,
                                           size_t content_size, struct idempotency_answer *answer)
{
    *answer = (struct idempotency_answer){0};
    if (!is_key(key))
        return IDEMPOTENCY_BAD_KEY;

    struct idempotency_entry *asked = entry_new(owner, place, key, content, content_size);

    if (!asked)
        return IDEMPOTENCY_FULL;
    pthread_mutex_lock(&store->lock);
    forget_due(store);

    enum idempotency_outcome outcome = look_up(store, asked, answer);

    pthread_mutex_unlock(&store->lock);
    if (outcome != IDEMPOTENCY_NEW)
        free(asked);
    return outcome;
}

void idempotency_finish(struct idempotency *store, struct idempotency_entry *entry,
                        unsigned int status, const void *body, size_t body_size)
{
    char *copy = body_size > 0 ? malloc(body_size) : NULL;

    if (copy)
        memcpy(copy, body, body_size);
    pthread_mutex_lock(&store->lock);
    if (copy && body_size <= store->bytes_max - store->bytes) {
        entry->body = copy;
        entry->body_size = body_size;
        store->bytes += body_size;
        copy = NULL;
    }
    entry->status = status;
    entry->due_us = store->clock->monotonic_us(store->clock) + store->keep_us;
    if (store->newest)
        store->newest->next_given = entry;
    else
        store->oldest = entry;
    store->newest = entry;
    pthread_mutex_unlock(&store->lock);
    free(copy);
}

void idempotency_abandon(struct idempotency *store, struct idempotency_entry *entry)
{
    pthread_mutex_lock(&store->lock);
    forget(store, entry);
    pthread_mutex_unlock(&store->lock);
}

size_t idempotency_count(struct idempotency *store)
{
    pthread_mutex_lock(&store->lock);
    forget_due(store);

    size_t count = store->count;

    pthread_mutex_unlock(&store->lock);
    return count;
}
