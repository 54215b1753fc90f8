/* filter.c - passes on the records for which a condition holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "calculators/condition.h"
#include "dag/plugin.h"
#include "functions/slot_plan.h"

struct filter {
    const char *attribute;  /* option */
    int64_t comparison;     /* option; enum condition_kind */
    struct dag_value value; /* option */
    struct dag_value all;   /* option */
    struct dag_value any;   /* option */
    struct dag_value none;  /* option */
    struct condition_set set;
};

static const struct dag_option filter_options[] = {
    {
        .name = "attribute",
        .type = DAG_OPTION_TEXT,
        .offset = offsetof(struct filter, attribute),
        .help = "Name of the top-level attribute to look at. A condition has one of 'attribute', "
                "'all', 'any' and 'not'.",
    },
    {
        .name = "comparison",
        .type = DAG_OPTION_CHOICE,
        .offset = offsetof(struct filter, comparison),
        .default_json = "\"==\"",
        .choices = CONDITION_COMPARISONS,
        .help = "How the attribute is compared with 'value'. Numbers compare by exact value, "
                "text by code points; values of different types are not equal and have no order, "
                "neither have integers beyond 64 bits. An attribute that is missing fulfils "
                "'missing' alone; one that is null exists.",
    },
    {
        .name = "value",
        .type = DAG_OPTION_ANY,
        .offset = offsetof(struct filter, value),
        .help = "What the attribute is compared with: any JSON value for == and !=, a number or "
                "text for the order, text for contains, starts_with and ends_with, a list for in; "
                "exists, missing and is_null take none.",
    },
    {
        .name = "all",
        .type = DAG_OPTION_ANY,
        .offset = offsetof(struct filter, all),
        .help = "A list of conditions that all have to hold; each is an object with the same "
                "keys as this one, nested up to 32 deep.",
    },
    {
        .name = "any",
        .type = DAG_OPTION_ANY,
        .offset = offsetof(struct filter, any),
        .help = "A list of conditions of which at least one has to hold.",
    },
    {
        .name = "not",
        .type = DAG_OPTION_OBJECT,
        .offset = offsetof(struct filter, none),
        .help = "A condition that must not hold.",
    },
    {0},
};

static bool filter_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct filter *self = state;
    struct condition_source source = {
        .comparison = self->comparison,
        .value = self->value,
        .all = self->all,
        .any = self->any,
        .none = self->none,
    };

    (void)host;
    if (self->attribute)
        source.attribute = dag_value_text(self->attribute, (uint32_t)strlen(self->attribute));
    return condition_set_init(&self->set, &source, err);
}

static bool filter_test(const void *state, const struct dag_value *const *arguments, size_t count)
{
    const struct filter *self = state;

    (void)count;
    return condition_holds(&self->set.root, arguments);
}

static bool filter_plan(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                        struct dag_slot_plan *plan, struct dag_error *err)
{
    const struct condition_set *set = &((const struct filter *)state)->set;

    plan->test = filter_test;
    return slot_plan_identity(in, batch, plan, err) &&
           slot_plan_arguments(in, set->names, set->name_count, batch, plan, err);
}

static void filter_close(void *state)
{
    struct filter *self = state;

    condition_set_deinit(&self->set);
}

const struct dag_function calculator_filter = {
    .abi_version = DAG_ABI_VERSION,
    .name = "FilterCalculator",
    .summary = "Passes on the records for which a condition holds.",
    .options = filter_options,
    .state_size = sizeof(struct filter),
    .open = filter_open,
    .plan = filter_plan,
    .close = filter_close,
};
