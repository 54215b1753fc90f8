/* batch.c - see dag/batch.h and batch.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/batch.h"

#include <assert.h>
#include <string.h>

#define FIRST_CHUNK_SIZE 1024u
#define CHUNK_SIZE_MAX   ((256u << 10) - sizeof(struct memory_chunk))

struct dag_batch *batch_new(struct memory_account *account, size_t size_hint, size_t row_limit,
                            size_t byte_limit)
{
    struct memory_chunk *chunk = memory_chunk_take(sizeof(struct dag_batch) + size_hint, account);

    if (!chunk)
        return NULL;
    struct dag_batch *batch = (struct dag_batch *)(chunk + 1);
    size_t header = (sizeof(*batch) + 15) & ~(size_t)15;
    *batch = (struct dag_batch){
        .row_limit = (uint32_t)row_limit,
        .cursor = (char *)batch + header,
        .end = (char *)(chunk + 1) + chunk->size,
        .chunks = chunk,
        .size = chunk->size,
        .byte_limit = byte_limit,
        .account = memory_account_ref(account),
    };
    atomic_init(&batch->references, 1);
    return batch;
}

struct dag_batch *dag_batch_new(void)
{
    return batch_new(NULL, FIRST_CHUNK_SIZE, DAG_BATCH_ROWS_MAX, BATCH_BYTES_MAX);
}

struct dag_batch *dag_batch_ref(struct dag_batch *batch)
{
    atomic_fetch_add_explicit(&batch->references, 1, memory_order_relaxed);
    return batch;
}

/* A queue of batches that keep each other can be long: no recursion over more than one level. */
static void release(struct dag_batch *batch)
{
    struct memory_account *account = batch->account;

    for (uint32_t i = 0; i < batch->kept_count; i++)
        dag_batch_unref(batch->kept[i]);
    /* the batch lives in the oldest chunk, the last of the list */
    struct memory_chunk *chunk = batch->chunks;
    while (chunk) {
        struct memory_chunk *next = chunk->next;
        memory_chunk_give(chunk, account);
        chunk = next;
    }
    memory_account_unref(account);
}

void dag_batch_unref(struct dag_batch *batch)
{
    if (batch && atomic_fetch_sub_explicit(&batch->references, 1, memory_order_acq_rel) == 1)
        release(batch);
}

void *batch_alloc_slow(struct dag_batch *batch, size_t size)
{
    size_t rounded = (size + 15) & ~(size_t)15;

    if (rounded < size)
        return NULL;
    size_t wanted = batch->size * 2;
    if (wanted > CHUNK_SIZE_MAX)
        wanted = CHUNK_SIZE_MAX;
    if (wanted < rounded)
        wanted = rounded;
    struct memory_chunk *chunk = memory_chunk_take(wanted, batch->account);
    if (!chunk)
        return NULL;
    chunk->next = batch->chunks;
    batch->chunks = chunk;
    batch->size += chunk->size;
    batch->cursor = (char *)(chunk + 1);
    batch->end = batch->cursor + chunk->size;
    void *result = batch->cursor;
    batch->cursor += rounded;
    return result;
}

void *dag_batch_alloc(struct dag_batch *batch, size_t size)
{
    return batch_alloc(batch, size);
}

const char *dag_batch_copy(struct dag_batch *batch, const void *bytes, size_t size)
{
    char *copy = batch_alloc(batch, size);

    if (copy && size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

bool batch_grow_rows(struct dag_batch *batch)
{
    uint32_t capacity = batch->row_capacity ? batch->row_capacity * 4 : 8;
    if (capacity > batch->row_limit && batch->row_capacity < batch->row_limit)
        capacity = batch->row_limit;
    struct dag_row *rows = batch_alloc(batch, capacity * sizeof(*rows));
    struct dag_origin *origins = batch_alloc(batch, capacity * sizeof(*origins));

    if (!rows || !origins)
        return false;
    if (batch->row_count > 0) {
        memcpy(rows, batch->rows, batch->row_count * sizeof(*rows));
        memcpy(origins, batch->origins, batch->row_count * sizeof(*origins));
    }
    batch->rows = rows;
    batch->origins = origins;
    batch->row_capacity = capacity;
    return true;
}

bool dag_batch_append(struct dag_batch *batch, struct dag_row row, struct dag_origin origin,
                      struct dag_error *err)
{
    if (batch->row_count >= batch->row_limit)
        return dag_error_set(err, DAG_ERROR_LIMIT, "batch is full at %u rows", batch->row_limit);
    if (!batch_push(batch, row, origin))
        return dag_error_set_memory(err, "a row");
    return true;
}

bool dag_batch_append_rows(struct dag_batch *batch, const struct dag_row *rows, size_t count,
                           struct dag_origin origin, struct dag_error *err)
{
    if (count > batch->row_limit - batch->row_count)
        return dag_error_set(err, DAG_ERROR_LIMIT, "batch is full at %u rows", batch->row_limit);
    while (batch->row_capacity - batch->row_count < count)
        if (!batch_grow_rows(batch))
            return dag_error_set_memory(err, "rows");
    if (count > 0)
        memcpy(batch->rows + batch->row_count, rows, count * sizeof(*rows));
    for (size_t i = 0; i < count; i++, origin.offset++)
        batch->origins[batch->row_count + i] = origin;
    batch->row_count += (uint32_t)count;
    return true;
}

static bool copy_name(struct dag_batch *batch, const struct dag_name *name,
                      const struct dag_name **copy)
{
    if (name->id != 0) {
        *copy = name;
        return true;
    }
    struct dag_name *made = batch_alloc(batch, sizeof(*made));
    const char *text = dag_batch_copy(batch, name->text, name->size + 1u);
    const char *json = dag_batch_copy(batch, name->json, name->json_size);
    if (!made || !text || !json)
        return false;
    *made = *name;
    made->text = text;
    made->json = json;
    *copy = made;
    return true;
}

static const struct dag_shape *copy_shape(struct dag_batch *batch, const struct dag_shape *shape)
{
    if (!shape || shape->id != 0)
        return shape;
    struct dag_shape *made = batch_alloc(batch, sizeof(*made));
    const struct dag_name **names = batch_alloc(batch, shape->count * sizeof(*names));
    if (!made || !names)
        return NULL;
    for (uint32_t i = 0; i < shape->count; i++)
        if (!copy_name(batch, shape->names[i], &names[i]))
            return NULL;
    *made = (struct dag_shape){.count = shape->count, .names = names};
    return made;
}

bool dag_batch_copy_row(struct dag_batch *batch, const struct dag_row *row, struct dag_row *copy,
                        struct dag_error *err)
{
    size_t count = row->shape ? row->shape->count : 1;
    struct dag_value *values = batch_alloc(batch, count * sizeof(*values));
    const struct dag_shape *shape = copy_shape(batch, row->shape);

    if (!values || (row->shape && !shape))
        return dag_error_set_memory(err, "a copy of a row");
    if (count > 0)
        memcpy(values, row->values, count * sizeof(*values));
    size_t text_size = 0;
    for (size_t i = 0; i < count; i++)
        text_size += values[i].type >= DAG_TYPE_BIGNUM ? values[i].size : 0;
    char *text = batch_alloc(batch, text_size);
    if (!text)
        return dag_error_set_memory(err, "a copy of a row");
    for (size_t i = 0; i < count; i++) {
        if (values[i].type < DAG_TYPE_BIGNUM)
            continue;
        memcpy(text, values[i].as.text, values[i].size);
        values[i].as.text = text;
        text += values[i].size;
    }
    *copy = (struct dag_row){.shape = shape, .values = values};
    return true;
}

bool dag_batch_keep(struct dag_batch *batch, struct dag_batch *other, struct dag_error *err)
{
    assert(batch != other);
    if (batch->kept_count > 0 && batch->kept[batch->kept_count - 1] == other)
        return true;
    if (batch->kept_count == batch->kept_capacity) {
        uint32_t capacity = batch->kept_capacity ? batch->kept_capacity * 2 : 4;
        struct dag_batch **kept = batch_alloc(batch, capacity * sizeof(struct dag_batch *));
        if (!kept)
            return dag_error_set_memory(err, "a reference to a batch");
        if (batch->kept_count > 0)
            memcpy(kept, batch->kept, batch->kept_count * sizeof(struct dag_batch *));
        batch->kept = kept;
        batch->kept_capacity = capacity;
    }
    batch->kept[batch->kept_count++] = dag_batch_ref(other);
    batch->kept_size += dag_batch_size(other);
    return true;
}

size_t dag_batch_row_count(const struct dag_batch *batch)
{
    return batch->row_count;
}

const struct dag_row *dag_batch_rows(const struct dag_batch *batch)
{
    return batch->rows;
}

const struct dag_origin *dag_batch_origins(const struct dag_batch *batch)
{
    return batch->origins;
}

size_t dag_batch_size(const struct dag_batch *batch)
{
    return batch->size + batch->kept_size;
}

size_t dag_batch_room(const struct dag_batch *batch)
{
    return batch_room(batch);
}
