/* arithmetic.c - what the addition and the multiplication calculator have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "calculators/arithmetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "functions/attributes.h"
#include "functions/slot_plan.h"

const struct dag_option arithmetic_options[] = {
    {
        .name = "arguments",
        .type = DAG_OPTION_TEXT_LIST,
        .offset = offsetof(struct arithmetic, arguments),
        .default_json = "[]",
        .help = "Names of the attributes to combine, from left to right; one that is listed "
                "twice counts twice. Numbers and numeric text count, true is 1 and false is 0.",
    },
    {
        .name = "output_attribute",
        .type = DAG_OPTION_TEXT,
        .offset = offsetof(struct arithmetic, output_attribute),
        .default_json = "\"result\"",
        .help = "Name of the attribute that gets the result.",
    },
    {
        .name = "keep_input",
        .type = DAG_OPTION_BOOL,
        .offset = offsetof(struct arithmetic, keep_input),
        .default_json = "false",
        .help = "Adds the result to a copy of the record; otherwise the result is all that is "
                "left.",
    },
    {
        .name = "strict",
        .type = DAG_OPTION_BOOL,
        .offset = offsetof(struct arithmetic, strict),
        .default_json = "false",
        .help = "Makes an argument that is missing or no number an error of the node; otherwise "
                "it is skipped.",
    },
    {0},
};

bool arithmetic_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct arithmetic *self = state;

    (void)host;
    self->output = attribute_take(self->output_attribute, strlen(self->output_attribute), err);
    if (!self->output)
        return false;
    self->names = attributes_new(self->arguments.items, self->arguments.count, err);
    return self->names != NULL;
}

void arithmetic_close(void *state)
{
    struct arithmetic *self = state;

    free(self->names);
    self->names = NULL;
}

bool arithmetic_plan(const struct arithmetic *self, dag_slot_function compute,
                     const struct dag_shape *in, struct dag_batch *batch,
                     struct dag_slot_plan *plan, struct dag_error *err)
{
    struct slot_plan_builder builder;
    uint32_t kept = self->keep_input ? in->count : 0;
    bool replaces = false;

    if (!slot_plan_begin(&builder, batch, (size_t)kept + 1, err))
        return false;
    for (uint32_t i = 0; i < kept; i++) {
        if (dag_name_same(in->names[i], self->output)) {
            slot_plan_add(&builder, self->output, DAG_SLOT_RESULT, 0, NULL);
            replaces = true;
        } else {
            slot_plan_copy(&builder, in, i);
        }
    }
    if (!replaces)
        slot_plan_add(&builder, self->output, DAG_SLOT_RESULT, 0, NULL);
    plan->compute = compute;
    return slot_plan_finish(&builder, plan, err) &&
           slot_plan_arguments(in, self->names, self->arguments.count, batch, plan, err);
}

bool arithmetic_skip(const struct arithmetic *self, size_t i, const struct dag_value *value,
                     enum operand_kind kind, struct dag_error *err)
{
    const char *name = self->arguments.items[i].text;

    if (kind == OPERAND_NO_MEMORY)
        return dag_error_set_memory(err, "a number");
    if (kind == OPERAND_TOO_LARGE)
        return dag_error_set(err, DAG_ERROR_RANGE,
                             "overflow: attribute '%s' holds a number that "
                             "neither int64 nor double can hold",
                             name);
    if (!self->strict)
        return true;
    if (!value)
        return dag_error_set(err, DAG_ERROR_INVALID, "attribute '%s' is missing", name);
    return dag_error_set(err, DAG_ERROR_INVALID, "attribute '%s' is no number but %s%s", name,
                         value->type == DAG_TYPE_TEXT ? "other " : "", dag_value_type_name(value));
}

bool arithmetic_store_integer(const struct arithmetic *self, const char *what, int128 integer,
                              struct dag_value *result, struct dag_error *err)
{
    if (integer > INT64_MAX || integer < INT64_MIN)
        return dag_error_set(err, DAG_ERROR_RANGE, "integer overflow in the %s '%s'", what,
                             self->output_attribute);
    *result = dag_value_int((int64_t)integer);
    return true;
}

bool arithmetic_store_real(const struct arithmetic *self, const char *what, double real,
                           struct dag_value *result, struct dag_error *err)
{
    if (!isfinite(real))
        return dag_error_set(err, DAG_ERROR_RANGE,
                             "overflow: the %s '%s' is beyond what a "
                             "double can hold",
                             what, self->output_attribute);
    *result = dag_value_double(real);
    return true;
}
