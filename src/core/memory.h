/* memory.h - chunks of memory that are recycled, and how much of it each DAG holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What one DAG holds. Sources wait while `used` is at or above `limit`. Any thread. Counted: it
 * outlives the DAG while batches of it travel. */
struct memory_account {
    _Atomic int64_t used; /* bytes */
    int64_t limit;        /* bytes; 0: none */
    _Atomic uint32_t references;
    void (*relieved)(void *context); /* called when `used` falls below the limit; may be NULL */
    void *context;
};

/** An account with one reference. NULL: out of memory. */
struct memory_account *memory_account_new(int64_t limit);
struct memory_account *memory_account_ref(struct memory_account *account);
void memory_account_unref(struct memory_account *account);

static inline bool memory_account_is_full(const struct memory_account *account)
{
    return account->limit > 0 &&
           atomic_load_explicit(&account->used, memory_order_relaxed) >= account->limit;
}

/** A run of memory, linked into its owner's list. */
struct memory_chunk {
    struct memory_chunk *next;
    size_t size; /* usable bytes behind the header */
    size_t padding[2];
};

/** A chunk of at least `size` usable bytes, charged to `account` (may be NULL). NULL: out of
 * memory. */
struct memory_chunk *memory_chunk_take(size_t size, struct memory_account *account);

/** Gives it back to the pool. */
void memory_chunk_give(struct memory_chunk *chunk, struct memory_account *account);

/** Frees what the pools retain; for tests that look for leaks, and for idle processes. */
void memory_trim(void);

#endif
