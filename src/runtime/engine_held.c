/* engine_held.c - rows that outlive the batch that they came in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "runtime/engine_internal.h"

static size_t aligned(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

/* Bytes of a shape without an id, whose names may live in a batch. */
static size_t shape_size(const struct dag_shape *shape)
{
    size_t size = aligned(sizeof(*shape)) + aligned(shape->count * sizeof(*shape->names));

    for (uint32_t i = 0; i < shape->count; i++) {
        const struct dag_name *name = shape->names[i];
        if (name->id == 0)
            size += aligned(sizeof(*name)) + aligned(name->size + 1u + name->json_size);
    }
    return size;
}

static char *put_name(char *memory, const struct dag_name *name, const struct dag_name **copy)
{
    struct dag_name *made = (struct dag_name *)memory;
    char *text = memory + aligned(sizeof(*made));

    *made = *name;
    memcpy(text, name->text, name->size + 1u);
    memcpy(text + name->size + 1, name->json, name->json_size);
    made->text = text;
    made->json = text + name->size + 1;
    *copy = made;
    return text + aligned(name->size + 1u + name->json_size);
}

static char *put_shape(char *memory, const struct dag_shape *shape, const struct dag_shape **copy)
{
    struct dag_shape *made = (struct dag_shape *)memory;
    memory += aligned(sizeof(*made));
    const struct dag_name **names = (const struct dag_name **)memory;
    memory += aligned(shape->count * sizeof(*names));

    for (uint32_t i = 0; i < shape->count; i++) {
        if (shape->names[i]->id != 0)
            names[i] = shape->names[i];
        else
            memory = put_name(memory, shape->names[i], &names[i]);
    }
    *made = (struct dag_shape){.count = shape->count, .names = names};
    *copy = made;
    return memory;
}

bool held_set(struct held *held, const struct dag_row *row)
{
    size_t count = row->shape ? row->shape->count : 1;
    size_t text_size = 0;
    bool is_own_shape = row->shape && row->shape->id == 0;

    for (size_t i = 0; i < count; i++)
        text_size += row->values[i].type >= DAG_TYPE_BIGNUM ? row->values[i].size : 0;
    size_t size = aligned(count * sizeof(struct dag_value)) + text_size +
                  (is_own_shape ? shape_size(row->shape) : 0);
    if (size == 0)
        size = 16;
    if (size > held->capacity || size < held->capacity / 8) {
        void *memory = malloc(size);
        if (!memory)
            return false;
        free(held->memory);
        held->memory = memory;
        held->capacity = size;
    }
    char *memory = held->memory;
    struct dag_value *values = (struct dag_value *)memory;
    memory += aligned(count * sizeof(*values));
    if (count > 0)
        memcpy(values, row->values, count * sizeof(*values));
    held->row = (struct dag_row){.shape = row->shape, .values = values};
    if (is_own_shape)
        memory = put_shape(memory, row->shape, &held->row.shape);
    for (size_t i = 0; i < count; i++) {
        if (values[i].type < DAG_TYPE_BIGNUM)
            continue;
        memcpy(memory, values[i].as.text, values[i].size);
        values[i].as.text = memory;
        memory += values[i].size;
    }
    return true;
}

void held_deinit(struct held *held)
{
    free(held->memory);
    *held = (struct held){0};
}

struct dag_row held_row(const struct held *held)
{
    if (!held->memory)
        return (struct dag_row){.shape = dag_shape_empty()};
    return held->row;
}
