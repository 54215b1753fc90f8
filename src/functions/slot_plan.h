/* slot_plan.h - builds a function's plan for one shape, slot by slot. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUNCTIONS_SLOT_PLAN_H
#define FUNCTIONS_SLOT_PLAN_H

#include "dag/plugin.h"

/** A plan under construction; all of its memory comes from `batch`. */
struct slot_plan_builder {
    struct dag_batch *batch;       /* borrowed */
    const struct dag_name **names; /* of the output, `count` of them */
    struct dag_slot *slots;
    size_t count;
    size_t capacity;
};

/** Begins a plan with at most `capacity` slots. False: out of memory. */
bool slot_plan_begin(struct slot_plan_builder *builder, struct dag_batch *batch, size_t capacity,
                     struct dag_error *err);

/** Adds the attribute `name`, which the output must not hold yet. */
void slot_plan_add(struct slot_plan_builder *builder, const struct dag_name *name,
                   enum dag_slot_kind kind, uint32_t from, const struct dag_value *constant);

/** Adds attribute number `from` of `in` under its own name. */
void slot_plan_copy(struct slot_plan_builder *builder, const struct dag_shape *in, uint32_t from);

/** Fills shape and slots of `plan`. False: out of memory. */
bool slot_plan_finish(const struct slot_plan_builder *builder, struct dag_slot_plan *plan,
                      struct dag_error *err);

/** Makes the plan that copies every attribute. False: out of memory. */
bool slot_plan_identity(const struct dag_shape *in, struct dag_batch *batch,
                        struct dag_slot_plan *plan, struct dag_error *err);

/** Fills the arguments of `plan`: where in `in` the attributes `names` are. False: out of memory.
 */
bool slot_plan_arguments(const struct dag_shape *in, const struct dag_name *const *names,
                         size_t count, struct dag_batch *batch, struct dag_slot_plan *plan,
                         struct dag_error *err);

#endif
