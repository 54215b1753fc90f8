/* attribute_filter.c - drops or keeps the attributes that a list names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/attribute_filter.h"

#include <stdlib.h>

#include "functions/attributes.h"
#include "functions/slot_plan.h"

const struct dag_option attribute_filter_keep_options[] = {
    {
        .name = "keep_attributes",
        .type = DAG_OPTION_TEXT_LIST,
        .offset = offsetof(struct attribute_filter, attributes),
        .default_json = "[]",
        .help = "Names of the top-level attributes that stay, in the record's order; an empty "
                "list leaves an empty record.",
    },
    {0},
};

const struct dag_option attribute_filter_away_options[] = {
    {
        .name = "filter_attributes",
        .type = DAG_OPTION_TEXT_LIST,
        .offset = offsetof(struct attribute_filter, attributes),
        .default_json = "[]",
        .help = "Names of the top-level attributes that are removed; names that a record lacks "
                "are ignored.",
    },
    {0},
};

bool attribute_filter_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct attribute_filter *self = state;

    (void)host;
    self->names = attributes_new(self->attributes.items, self->attributes.count, err);
    return self->names != NULL;
}

static bool filter_plan(const struct attribute_filter *self, bool keep_listed,
                        const struct dag_shape *in, struct dag_batch *batch,
                        struct dag_slot_plan *plan, struct dag_error *err)
{
    struct slot_plan_builder builder;

    if (!slot_plan_begin(&builder, batch, in->count, err))
        return false;
    for (uint32_t i = 0; i < in->count; i++) {
        bool listed = attributes_find(self->names, self->attributes.count, in->names[i]) >= 0;
        if (listed == keep_listed)
            slot_plan_copy(&builder, in, i);
    }
    return slot_plan_finish(&builder, plan, err);
}

bool attribute_filter_keep_plan(const void *state, const struct dag_shape *in,
                                struct dag_batch *batch, struct dag_slot_plan *plan,
                                struct dag_error *err)
{
    return filter_plan(state, true, in, batch, plan, err);
}

bool attribute_filter_away_plan(const void *state, const struct dag_shape *in,
                                struct dag_batch *batch, struct dag_slot_plan *plan,
                                struct dag_error *err)
{
    return filter_plan(state, false, in, batch, plan, err);
}

void attribute_filter_close(void *state)
{
    struct attribute_filter *self = state;

    free(self->names);
    self->names = NULL;
}
