/* random.c - adds a random number and the number of the call to each record. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dag/plugin.h"
#include "functions/attributes.h"

/* The shape of the latest input and what becomes of it: records mostly come alike. */
struct random_cache {
    const struct dag_shape *in; /* NULL: nothing is cached */
    const struct dag_shape *out;
    uint32_t random_slot, counter_slot;
};

struct random_state {
    int64_t counter; /* calls so far */
    const struct dag_name *random, *counter_name;
    struct random_cache cache;
};

static const struct dag_option random_options[] = {{0}};

static bool random_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct random_state *self = state;

    (void)host;
    self->random = attribute_take("random", strlen("random"), err);
    if (!self->random)
        return false;
    self->counter_name = attribute_take("counter", strlen("counter"), err);
    return self->counter_name != NULL;
}

/* Finds the attribute in `*shape` or adds it there. */
static bool slot_of(const struct dag_name *name, struct dag_batch *batch,
                    const struct dag_shape **shape, uint32_t *slot)
{
    int32_t found = dag_shape_find(*shape, name);

    if (found >= 0) {
        *slot = (uint32_t)found;
        return true;
    }
    *slot = (*shape)->count;
    *shape = dag_shape_add(*shape, name, batch);
    return *shape != NULL;
}

static bool random_look_up(struct random_state *self, const struct dag_shape *in,
                           struct dag_batch *batch, struct random_cache *to)
{
    if (self->cache.in == in) {
        *to = self->cache;
        return true;
    }
    to->in = in;
    to->out = in;
    if (!slot_of(self->random, batch, &to->out, &to->random_slot) ||
        !slot_of(self->counter_name, batch, &to->out, &to->counter_slot))
        return false;
    if (in->id != 0 && to->out->id != 0) /* other shapes are gone with their batch */
        self->cache = *to;
    return true;
}

/* The upper 53 bits, as a fraction: every double in [0, 1) that is a multiple of 2^-53. */
static double fraction_of(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

static bool random_process(void *state, struct dag_call *call, struct dag_error *err)
{
    struct random_state *self = state;
    struct dag_batch *batch = dag_call_batch(call);
    const struct dag_row *rows = dag_call_rows(call);
    size_t count = dag_call_row_count(call);

    for (size_t row = 0; row < count; row++) {
        const struct dag_row *in = &rows[row];
        struct random_cache to;
        struct dag_value *values;

        if (!random_look_up(self, in->shape, batch, &to))
            return dag_error_set_memory(err, "a shape");
        values = dag_batch_alloc(batch, to.out->count * sizeof(*values));
        if (!values)
            return dag_error_set_memory(err, "a record");
        if (in->shape->count > 0)
            memcpy(values, in->values, in->shape->count * sizeof(*values));
        values[to.random_slot] = dag_value_double(fraction_of(dag_call_random(call, row, 0)));
        values[to.counter_slot] = dag_value_int(++self->counter);
        if (!dag_call_emit(call, row, (struct dag_row){to.out, values}))
            return dag_error_set_memory(err, "a result");
    }
    return true;
}

static bool random_save(const void *state, struct dag_buffer *out, struct dag_error *err)
{
    const struct random_state *self = state;
    char text[64];
    int size = snprintf(text, sizeof(text), "{\"counter\":%" PRId64 "}", self->counter);

    if (!dag_buffer_append(out, text, (size_t)size))
        return dag_error_set_memory(err, "saved state");
    return true;
}

static bool random_restore(void *state, const char *json, size_t size, struct dag_error *err)
{
    struct random_state *self = state;
    struct dag_batch *batch = dag_batch_new();
    struct dag_row row;
    int32_t slot;
    bool ok = false;

    if (!batch)
        return dag_error_set_memory(err, "saved state");
    if (dag_json_parse_object(batch, json, size, &row, err)) {
        slot = dag_shape_find(row.shape, self->counter_name);
        ok = slot >= 0 && row.values[slot].type == DAG_TYPE_INT;
        if (ok)
            self->counter = row.values[slot].as.integer;
        else
            dag_error_set(err, DAG_ERROR_INVALID, "saved state without an integer 'counter'");
    }
    dag_batch_unref(batch);
    return ok;
}

const struct dag_function calculator_random = {
    .abi_version = DAG_ABI_VERSION,
    .name = "RandomCalculator",
    .summary = "Adds 'random', a number from 0 to below 1 that is the same whenever the same "
               "cycle is run again, and 'counter', the calls so far.",
    .options = random_options,
    .state_size = sizeof(struct random_state),
    .open = random_open,
    .process = random_process,
    .save = random_save,
    .restore = random_restore,
};
