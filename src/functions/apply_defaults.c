/* apply_defaults.c - fills in attributes that a record lacks or that are null. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/apply_defaults.h"

#include "functions/attributes.h"
#include "functions/slot_plan.h"

const struct dag_option apply_defaults_options[] = {
    {
        .name = "defaults",
        .type = DAG_OPTION_OBJECT,
        .offset = offsetof(struct apply_defaults, defaults),
        .default_json = "{}",
        .help = "An attribute of this object is given to each record that lacks it or where it "
                "is null; false, 0, \"\", [] and {} stay, objects are not merged.",
    },
    {0},
};

bool apply_defaults_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct apply_defaults *self = state;
    const struct dag_value *defaults = &self->defaults;

    (void)host;
    self->batch = dag_batch_new();
    if (!self->batch)
        return dag_error_set_memory(err, "the defaults");
    if (!dag_json_parse_object(self->batch, defaults->as.text, defaults->size, &self->row, err))
        return dag_error_add_context(err, "option 'defaults'");
    for (uint32_t i = 0; i < self->row.shape->count; i++) {
        const struct dag_name *name = self->row.shape->names[i];
        /* the name has to outlive this instance in the records that get it */
        if (!attribute_take(name->text, name->size, err))
            return false;
    }
    return true;
}

bool apply_defaults_plan(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                         struct dag_slot_plan *plan, struct dag_error *err)
{
    const struct apply_defaults *self = state;
    const struct dag_shape *defaults = self->row.shape;
    struct slot_plan_builder builder;

    if (!slot_plan_begin(&builder, batch, (size_t)in->count + defaults->count, err))
        return false;
    for (uint32_t i = 0; i < in->count; i++) {
        int32_t found = dag_shape_find(defaults, in->names[i]);
        if (found < 0)
            slot_plan_copy(&builder, in, i);
        else
            slot_plan_add(&builder, in->names[i], DAG_SLOT_DEFAULT, i, &self->row.values[found]);
    }
    for (uint32_t i = 0; i < defaults->count; i++) {
        if (dag_shape_find(in, defaults->names[i]) < 0)
            slot_plan_add(&builder, defaults->names[i], DAG_SLOT_CONSTANT, 0, &self->row.values[i]);
    }
    return slot_plan_finish(&builder, plan, err);
}

void apply_defaults_close(void *state)
{
    struct apply_defaults *self = state;

    dag_batch_unref(self->batch);
    self->batch = NULL;
}
