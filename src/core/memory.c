/* memory.c - see memory.h. A fresh page costs some 12 microseconds, so chunks go back to a pool by
 * size, last in, first out: the next taker gets memory that is still in a cache. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define POOL_BYTES_MAX 0 /* let the sanitizer see each use after its end */
#else
#define POOL_BYTES_MAX ((size_t)64 << 20)
#endif

static const size_t class_sizes[] = {2u << 10, 16u << 10, 64u << 10, 256u << 10};
#define CLASS_COUNT (sizeof(class_sizes) / sizeof(class_sizes[0]))

_Static_assert(sizeof(struct memory_chunk) == 32, "chunks keep 16-byte alignment");

struct pool {
    pthread_mutex_t lock;
    struct memory_chunk *free; /* guarded by lock */
};

static struct pool pools[CLASS_COUNT] = {
    {PTHREAD_MUTEX_INITIALIZER, NULL},
    {PTHREAD_MUTEX_INITIALIZER, NULL},
    {PTHREAD_MUTEX_INITIALIZER, NULL},
    {PTHREAD_MUTEX_INITIALIZER, NULL},
};
static _Atomic size_t pooled_bytes;

struct memory_account *memory_account_new(int64_t limit)
{
    struct memory_account *account = calloc(1, sizeof(*account));

    if (!account)
        return NULL;
    account->limit = limit;
    atomic_init(&account->references, 1);
    return account;
}

struct memory_account *memory_account_ref(struct memory_account *account)
{
    if (account)
        atomic_fetch_add_explicit(&account->references, 1, memory_order_relaxed);
    return account;
}

void memory_account_unref(struct memory_account *account)
{
    if (account && atomic_fetch_sub_explicit(&account->references, 1, memory_order_acq_rel) == 1)
        free(account);
}

static void charge(struct memory_account *account, size_t size)
{
    if (account)
        atomic_fetch_add_explicit(&account->used, (int64_t)size, memory_order_relaxed);
}

static void discharge(struct memory_account *account, size_t size)
{
    if (!account)
        return;
    int64_t before = atomic_fetch_sub_explicit(&account->used, (int64_t)size, memory_order_acq_rel);
    bool was_full = account->limit > 0 && before >= account->limit;
    if (was_full && before - (int64_t)size < account->limit && account->relieved)
        account->relieved(account->context);
}

static int class_of(size_t total)
{
    for (size_t i = 0; i < CLASS_COUNT; i++)
        if (total <= class_sizes[i])
            return (int)i;
    return -1;
}

struct memory_chunk *memory_chunk_take(size_t size, struct memory_account *account)
{
    struct memory_chunk *chunk = NULL;

    if (size > SIZE_MAX / 2)
        return NULL;
    size_t total = size + sizeof(*chunk);
    int class = class_of(total);
    if (class >= 0) {
        struct pool *pool = &pools[class];
        total = class_sizes[class];
        pthread_mutex_lock(&pool->lock);
        chunk = pool->free;
        if (chunk)
            pool->free = chunk->next;
        pthread_mutex_unlock(&pool->lock);
        if (chunk)
            atomic_fetch_sub_explicit(&pooled_bytes, total, memory_order_relaxed);
    }
    if (!chunk)
        chunk = malloc(total);
    if (!chunk)
        return NULL;
    chunk->next = NULL;
    chunk->size = total - sizeof(*chunk);
    charge(account, total);
    return chunk;
}

void memory_chunk_give(struct memory_chunk *chunk, struct memory_account *account)
{
    size_t total = chunk->size + sizeof(*chunk);
    int class = class_of(total);

    discharge(account, total);
    if (class < 0 || class_sizes[class] != total ||
        atomic_fetch_add_explicit(&pooled_bytes, total, memory_order_relaxed) + total >
            POOL_BYTES_MAX) {
        if (class >= 0 && class_sizes[class] == total)
            atomic_fetch_sub_explicit(&pooled_bytes, total, memory_order_relaxed);
        free(chunk);
        return;
    }
    struct pool *pool = &pools[class];
    pthread_mutex_lock(&pool->lock);
    chunk->next = pool->free;
    pool->free = chunk;
    pthread_mutex_unlock(&pool->lock);
}

void memory_trim(void)
{
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        pthread_mutex_lock(&pools[i].lock);
        struct memory_chunk *chunk = pools[i].free;
        pools[i].free = NULL;
        pthread_mutex_unlock(&pools[i].lock);
        while (chunk) {
            struct memory_chunk *next = chunk->next;
            atomic_fetch_sub_explicit(&pooled_bytes, class_sizes[i], memory_order_relaxed);
            free(chunk);
            chunk = next;
        }
    }
}
