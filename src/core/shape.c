/* shape.c - the process-wide table of names and shapes; see dag/shape.h.
 *
 * Everything in the table is immutable and lives for ever, so readers need no lock; only interning
 * takes one. Hot paths keep caches of their own and rarely come here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/shape.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch.h"
#include "core/text.h"

#define NAMES_MAX       65536u
#define SHAPES_MAX      16384u
#define TABLE_BYTES_MAX ((size_t)64 << 20)

/* Both hash tables are open addressed, powers of two, at most half full. */
#define NAME_SLOTS  (NAMES_MAX * 2)
#define SHAPE_SLOTS (SHAPES_MAX * 2)

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static const struct dag_name **name_slots;   /* guarded by table_lock; NULL until first use */
static const struct dag_shape **shape_slots; /* guarded by table_lock; NULL until first use */
static uint32_t name_count;                  /* guarded by table_lock */
static _Atomic uint32_t shape_count = 1;     /* written under table_lock; 1: the empty shape */
static size_t table_bytes;                   /* guarded by table_lock */
static uint64_t overflow_count;              /* guarded by table_lock */
static atomic_bool is_full;                  /* something did not fit; set under table_lock */

static const struct dag_shape empty_shape = {.id = 1};

const struct dag_shape *dag_shape_empty(void)
{
    return &empty_shape;
}

static void fill_name(struct dag_name *name, char *memory, const char *text, size_t size,
                      uint64_t hash, uint32_t id)
{
    memcpy(memory, text, size);
    memory[size] = '\0';
    char *json = memory + size + 1;
    json[0] = '"';
    size_t escaped = text_escape(json + 1, text, size);
    memcpy(json + 1 + escaped, "\":", 2);
    *name = (struct dag_name){.hash = hash,
                              .id = id,
                              .size = (uint32_t)size,
                              .json_size = (uint32_t)(escaped + 3),
                              .text = memory,
                              .json = json};
}

static size_t name_bytes(size_t size)
{
    return size + 1 + text_escape_bound(size) + 3;
}

const struct dag_name *name_new_in_batch(const char *text, size_t size, struct dag_batch *batch)
{
    struct dag_name *name = batch_alloc(batch, sizeof(*name));
    char *memory = batch_alloc(batch, name_bytes(size));

    if (!name || !memory)
        return NULL;
    fill_name(name, memory, text, size, text_hash(text, size), 0);
    batch_shrink_last(batch, memory, size + 1 + name->json_size);
    return name;
}

static void note_overflow_locked(void)
{
    overflow_count++;
    atomic_store_explicit(&is_full, true, memory_order_relaxed);
}

bool shape_table_is_full(void)
{
    return atomic_load_explicit(&is_full, memory_order_relaxed);
}

/* Called with table_lock held. */
static const struct dag_name *intern_locked(const char *text, size_t size, uint64_t hash)
{
    if (!name_slots && !(name_slots = calloc(NAME_SLOTS, sizeof(*name_slots))))
        return NULL;
    size_t slot = hash & (NAME_SLOTS - 1);
    for (; name_slots[slot]; slot = (slot + 1) & (NAME_SLOTS - 1)) {
        const struct dag_name *name = name_slots[slot];
        if (name->hash == hash && name->size == size && memcmp(name->text, text, size) == 0)
            return name;
    }
    size_t bytes = sizeof(struct dag_name) + name_bytes(size);
    if (name_count >= NAMES_MAX || table_bytes + bytes > TABLE_BYTES_MAX) {
        note_overflow_locked();
        return NULL;
    }
    struct dag_name *name = malloc(bytes);
    if (!name)
        return NULL;
    fill_name(name, (char *)(name + 1), text, size, hash, ++name_count);
    table_bytes += bytes;
    name_slots[slot] = name;
    return name;
}

const struct dag_name *dag_name_intern(const char *text, size_t size, struct dag_batch *batch)
{
    uint64_t hash = text_hash(text, size);

    pthread_mutex_lock(&table_lock);
    const struct dag_name *name = intern_locked(text, size, hash);
    pthread_mutex_unlock(&table_lock);
    if (!name && batch)
        name = name_new_in_batch(text, size, batch);
    return name;
}

int32_t dag_shape_find(const struct dag_shape *shape, const struct dag_name *name)
{
    if (shape->id != 0 && name->id != 0) {
        for (uint32_t i = 0; i < shape->count; i++)
            if (shape->names[i] == name)
                return (int32_t)i;
        return -1;
    }
    for (uint32_t i = 0; i < shape->count; i++)
        if (dag_name_same(shape->names[i], name))
            return (int32_t)i;
    return -1;
}

/* Called with table_lock held. NULL: the table is full or out of memory. */
static const struct dag_shape *add_locked(const struct dag_shape *parent,
                                          const struct dag_name *name)
{
    if (!shape_slots && !(shape_slots = calloc(SHAPE_SLOTS, sizeof(*shape_slots))))
        return NULL;
    size_t slot = text_mix(parent->id, name->id) & (SHAPE_SLOTS - 1);
    for (; shape_slots[slot]; slot = (slot + 1) & (SHAPE_SLOTS - 1)) {
        const struct dag_shape *shape = shape_slots[slot];
        if (shape->parent == parent && shape->names[parent->count] == name)
            return shape;
    }
    uint32_t count = parent->count + 1;
    size_t bytes = sizeof(struct dag_shape) + count * sizeof(name);
    uint32_t used = atomic_load_explicit(&shape_count, memory_order_relaxed);
    if (used >= SHAPES_MAX || table_bytes + bytes > TABLE_BYTES_MAX) {
        note_overflow_locked();
        return NULL;
    }
    struct dag_shape *shape = malloc(bytes);
    if (!shape)
        return NULL;
    const struct dag_name **names = (const struct dag_name **)(shape + 1);
    if (parent->count > 0)
        memcpy(names, parent->names, parent->count * sizeof(*names));
    names[parent->count] = name;
    *shape = (struct dag_shape){.id = used + 1, .count = count, .names = names, .parent = parent};
    atomic_store_explicit(&shape_count, used + 1, memory_order_release);
    table_bytes += bytes;
    shape_slots[slot] = shape;
    return shape;
}

static const struct dag_shape *shape_in_batch(const struct dag_name *const *names, size_t count,
                                              const struct dag_name *last, struct dag_batch *batch)
{
    if (!batch)
        return NULL;
    size_t total = count + (last ? 1 : 0);
    struct dag_shape *shape = batch_alloc(batch, sizeof(*shape));
    const struct dag_name **copy = batch_alloc(batch, total * sizeof(*copy));
    if (!shape || !copy)
        return NULL;
    if (count > 0)
        memcpy(copy, names, count * sizeof(*copy));
    if (last)
        copy[count] = last;
    *shape = (struct dag_shape){.count = (uint32_t)total, .names = copy};
    return shape;
}

const struct dag_shape *dag_shape_add(const struct dag_shape *shape, const struct dag_name *name,
                                      struct dag_batch *batch)
{
    const struct dag_shape *added = NULL;

    if (shape->id != 0 && name->id != 0 && shape->count < DAG_SHAPE_WIDTH_MAX) {
        pthread_mutex_lock(&table_lock);
        added = add_locked(shape, name);
        pthread_mutex_unlock(&table_lock);
    }
    return added ? added : shape_in_batch(shape->names, shape->count, name, batch);
}

const struct dag_shape *dag_shape_of(const struct dag_name *const *names, size_t count,
                                     struct dag_batch *batch)
{
    const struct dag_shape *shape = &empty_shape;

    if (count <= DAG_SHAPE_WIDTH_MAX) {
        pthread_mutex_lock(&table_lock);
        for (size_t i = 0; i < count && shape; i++)
            shape = names[i]->id != 0 ? add_locked(shape, names[i]) : NULL;
        pthread_mutex_unlock(&table_lock);
        if (shape)
            return shape;
    }
    return shape_in_batch(names, count, NULL, batch);
}

void shape_table_stats(struct shape_table_stats *stats)
{
    pthread_mutex_lock(&table_lock);
    *stats = (struct shape_table_stats){
        .name_count = name_count,
        .shape_count = atomic_load_explicit(&shape_count, memory_order_relaxed),
        .bytes = table_bytes,
        .overflow_count = overflow_count,
    };
    pthread_mutex_unlock(&table_lock);
}

uint32_t shape_id_limit(void)
{
    return atomic_load_explicit(&shape_count, memory_order_acquire) + 1;
}
