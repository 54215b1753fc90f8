/* slot_plan.c - builds a function's plan for one shape, slot by slot. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/slot_plan.h"

#include <assert.h>

bool slot_plan_begin(struct slot_plan_builder *builder, struct dag_batch *batch, size_t capacity,
                     struct dag_error *err)
{
    size_t room = capacity ? capacity : 1;

    builder->batch = batch;
    builder->count = 0;
    builder->capacity = capacity;
    builder->names = dag_batch_alloc(batch, room * sizeof(struct dag_name *));
    builder->slots = dag_batch_alloc(batch, room * sizeof(struct dag_slot));
    if (!builder->names || !builder->slots)
        return dag_error_set_memory(err, "a plan");
    return true;
}

void slot_plan_add(struct slot_plan_builder *builder, const struct dag_name *name,
                   enum dag_slot_kind kind, uint32_t from, const struct dag_value *constant)
{
    assert(builder->count < builder->capacity);
    builder->names[builder->count] = name;
    builder->slots[builder->count] = (struct dag_slot){kind, from, constant};
    builder->count++;
}

void slot_plan_copy(struct slot_plan_builder *builder, const struct dag_shape *in, uint32_t from)
{
    slot_plan_add(builder, in->names[from], DAG_SLOT_COPY, from, NULL);
}

bool slot_plan_finish(const struct slot_plan_builder *builder, struct dag_slot_plan *plan,
                      struct dag_error *err)
{
    plan->slots = builder->slots;
    plan->shape = dag_shape_of(builder->names, builder->count, builder->batch);
    if (!plan->shape)
        return dag_error_set_memory(err, "a shape");
    return true;
}

bool slot_plan_identity(const struct dag_shape *in, struct dag_batch *batch,
                        struct dag_slot_plan *plan, struct dag_error *err)
{
    size_t room = in->count ? in->count : 1;

    plan->shape = in;
    plan->slots = dag_batch_alloc(batch, room * sizeof(struct dag_slot));
    if (!plan->slots)
        return dag_error_set_memory(err, "a plan");
    for (uint32_t i = 0; i < in->count; i++)
        plan->slots[i] = (struct dag_slot){DAG_SLOT_COPY, i, NULL};
    return true;
}

bool slot_plan_arguments(const struct dag_shape *in, const struct dag_name *const *names,
                         size_t count, struct dag_batch *batch, struct dag_slot_plan *plan,
                         struct dag_error *err)
{
    plan->argument_count = count;
    plan->arguments = dag_batch_alloc(batch, (count ? count : 1) * sizeof(int32_t));
    if (!plan->arguments)
        return dag_error_set_memory(err, "a plan");
    for (size_t i = 0; i < count; i++)
        plan->arguments[i] = dag_shape_find(in, names[i]);
    return true;
}
