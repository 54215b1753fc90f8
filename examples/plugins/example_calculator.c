/* example_calculator.c - a loadable calculator with state: a running mean.
 *
 * It has to see the records one after the other, so it works in process() and lets the engine
 * save what it knows. A calculator that looks at one record alone gives a plan instead, see
 * example_transformer.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dag/plugin.h"

struct mean {
    const char *attribute;        /* option */
    const char *output_attribute; /* option */
    const struct dag_name *name;
    const struct dag_name *output;
    int64_t count; /* numbers so far */
    double sum;    /* of them */
};

static const struct dag_option mean_options[] = {
    {
        .name = "attribute",
        .type = DAG_OPTION_TEXT,
        .flags = DAG_OPTION_REQUIRED,
        .offset = offsetof(struct mean, attribute),
        .help = "Name of the attribute whose mean is wanted.",
    },
    {
        .name = "output_attribute",
        .type = DAG_OPTION_TEXT,
        .offset = offsetof(struct mean, output_attribute),
        .default_json = "\"mean\"",
        .help = "Name of the attribute that gets the mean of all numbers so far.",
    },
    {0},
};

static bool mean_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct mean *self = state;

    (void)host;
    self->name = dag_name_intern(self->attribute, strlen(self->attribute), NULL);
    self->output = dag_name_intern(self->output_attribute, strlen(self->output_attribute), NULL);
    if (!self->name || !self->output)
        return dag_error_set_memory(err, "attribute names");
    return true;
}

/* False: the record has no number there; `why` says so. */
static bool mean_take(struct mean *self, const struct dag_row *row, struct dag_error *why)
{
    int32_t slot = dag_shape_find(row->shape, self->name);
    const struct dag_value *value;
    double number;

    if (slot < 0)
        return dag_error_set(why, DAG_ERROR_INVALID, "attribute '%s' is missing", self->attribute);
    value = &row->values[slot];
    if (value->type == DAG_TYPE_INT)
        number = (double)value->as.integer;
    else if (value->type == DAG_TYPE_DOUBLE)
        number = value->as.real;
    else
        return dag_error_set(why, DAG_ERROR_INVALID, "attribute '%s' is no number but %s",
                             self->attribute, dag_value_type_name(value));
    if (!isfinite(self->sum + number))
        return dag_error_set(why, DAG_ERROR_RANGE, "overflow in the mean of '%s'", self->attribute);
    self->sum += number;
    self->count++;
    return true;
}

/* A copy of the record with the mean in it. What belongs to the result lives in the call's batch,
 * what is copied still lives in the input. */
static bool mean_emit(const struct mean *self, struct dag_call *call, size_t row)
{
    struct dag_batch *batch = dag_call_batch(call);
    const struct dag_row *in = &dag_call_rows(call)[row];
    const struct dag_shape *shape = in->shape;
    int32_t slot = dag_shape_find(shape, self->output);
    struct dag_value *values;

    if (slot < 0) {
        slot = (int32_t)shape->count;
        shape = dag_shape_add(shape, self->output, batch);
        if (!shape)
            return false;
    }
    values = dag_batch_alloc(batch, shape->count * sizeof(*values));
    if (!values)
        return false;
    memcpy(values, in->values, in->shape->count * sizeof(*values));
    values[slot] = dag_value_double(self->sum / (double)self->count);
    return dag_call_emit(call, row, (struct dag_row){shape, values});
}

static bool mean_process(void *state, struct dag_call *call, struct dag_error *err)
{
    struct mean *self = state;
    size_t count = dag_call_row_count(call);

    for (size_t row = 0; row < count; row++) {
        struct dag_error why = {0};

        if (!mean_take(self, &dag_call_rows(call)[row], &why))
            dag_call_reject(call, row, &why);
        else if (!mean_emit(self, call, row))
            return dag_error_set_memory(err, "a result");
    }
    return true;
}

/* 17 digits read back as the same double. */
static bool mean_save(const void *state, struct dag_buffer *out, struct dag_error *err)
{
    const struct mean *self = state;
    char text[96];
    int size = snprintf(text, sizeof(text), "{\"count\":%lld,\"sum\":%.17e}",
                        (long long)self->count, self->sum);

    if (!dag_buffer_append(out, text, (size_t)size))
        return dag_error_set_memory(err, "saved state");
    return true;
}

static const struct dag_value *member(const struct dag_row *row, const char *key)
{
    const struct dag_name *name = dag_name_intern(key, strlen(key), NULL);
    int32_t slot = name ? dag_shape_find(row->shape, name) : -1;

    return slot < 0 ? NULL : &row->values[slot];
}

static bool mean_restore(void *state, const char *json, size_t size, struct dag_error *err)
{
    struct mean *self = state;
    struct dag_batch *batch = dag_batch_new();
    const struct dag_value *count, *sum;
    struct dag_row row;
    bool ok;

    if (!batch)
        return dag_error_set_memory(err, "saved state");
    ok = dag_json_parse_object(batch, json, size, &row, err);
    if (ok) {
        count = member(&row, "count");
        sum = member(&row, "sum");
        ok = count && count->type == DAG_TYPE_INT && sum && sum->type == DAG_TYPE_DOUBLE;
        if (ok) {
            self->count = count->as.integer;
            self->sum = sum->as.real;
        } else {
            dag_error_set(err, DAG_ERROR_INVALID, "saved state without 'count' and 'sum'");
        }
    }
    dag_batch_unref(batch);
    return ok;
}

static const struct dag_function mean_calculator = {
    .abi_version = DAG_ABI_VERSION,
    .name = "ExampleMeanCalculator",
    .summary = "Adds the mean of an attribute over all records so far.",
    .options = mean_options,
    .state_size = sizeof(struct mean),
    .open = mean_open,
    .process = mean_process,
    .save = mean_save,
    .restore = mean_restore,
};

static const struct dag_function *const calculators[] = {&mean_calculator, NULL};

static const struct dag_plugin plugin = {
    .abi_version = DAG_ABI_VERSION,
    .name = "example_calculator",
    .version = "1.0",
    .calculators = calculators,
};

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    return engine_abi_version == DAG_ABI_VERSION ? &plugin : NULL;
}
