/* attribute_name_change.c - renames attributes, all at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "dag/plugin.h"
#include "functions/attributes.h"
#include "functions/slot_plan.h"

struct name_change {
    struct dag_text_map mapping;  /* option */
    const struct dag_name **from; /* owned; mapping.count of each */
    const struct dag_name **to;
};

static const struct dag_option name_change_options[] = {
    {
        .name = "name_mapping",
        .type = DAG_OPTION_TEXT_MAP,
        .offset = offsetof(struct name_change, mapping),
        .default_json = "{}",
        .help = "Old names and their new names. All are renamed at once, so that two names can "
                "be swapped; renamed attributes move to the end and replace one of that name. "
                "Where two get the same name the later one wins; absent ones are ignored.",
    },
    {0},
};

static bool name_change_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct name_change *self = state;

    (void)host;
    self->from = attributes_new(self->mapping.keys, self->mapping.count, err);
    if (!self->from)
        return false;
    self->to = attributes_new(self->mapping.values, self->mapping.count, err);
    return self->to != NULL;
}

static bool is_renamed(const struct name_change *self, const struct dag_name *name)
{
    return attributes_find(self->from, self->mapping.count, name) >= 0;
}

/* True when a mapping from number `first` on gives this name to an attribute of `in`. */
static bool is_given(const struct name_change *self, size_t first, const struct dag_shape *in,
                     const struct dag_name *name)
{
    for (size_t i = first; i < self->mapping.count; i++) {
        if (dag_name_same(self->to[i], name) && dag_shape_find(in, self->from[i]) >= 0)
            return true;
    }
    return false;
}

static bool name_change_plan(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                             struct dag_slot_plan *plan, struct dag_error *err)
{
    const struct name_change *self = state;
    struct slot_plan_builder builder;

    if (!slot_plan_begin(&builder, batch, in->count + self->mapping.count, err))
        return false;
    for (uint32_t i = 0; i < in->count; i++) {
        if (!is_renamed(self, in->names[i]) && !is_given(self, 0, in, in->names[i]))
            slot_plan_copy(&builder, in, i);
    }
    for (size_t i = 0; i < self->mapping.count; i++) {
        int32_t from = dag_shape_find(in, self->from[i]);
        if (from >= 0 && !is_given(self, i + 1, in, self->to[i]))
            slot_plan_add(&builder, self->to[i], DAG_SLOT_COPY, (uint32_t)from, NULL);
    }
    return slot_plan_finish(&builder, plan, err);
}

static void name_change_close(void *state)
{
    struct name_change *self = state;

    free(self->from);
    free(self->to);
    self->from = NULL;
    self->to = NULL;
}

const struct dag_function calculator_attribute_name_change = {
    .abi_version = DAG_ABI_VERSION,
    .name = "AttributeNameChangeCalculator",
    .summary = "Renames attributes.",
    .options = name_change_options,
    .state_size = sizeof(struct name_change),
    .open = name_change_open,
    .plan = name_change_plan,
    .close = name_change_close,
};
