/* example_node.c - a loadable node type: lets one record of every few through.
 *
 * A node type is a function that runs on the node's merged input, before its calculator, and a
 * word about what the node may be wired to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "dag/plugin.h"

struct sample {
    int64_t every; /* option */
    int64_t seen;  /* records since the one that went through; 0: the next one does */
};

static const struct dag_option sample_options[] = {
    {
        .name = "every",
        .type = DAG_OPTION_INTEGER,
        .offset = offsetof(struct sample, every),
        .min = 1,
        .max = INT32_MAX,
        .default_json = "10",
        .unit = "records",
        .help = "Of so many records the first one goes through.",
    },
    {0},
};

/* A row that gets no result is dropped: the node's children are not woken. */
static bool sample_process(void *state, struct dag_call *call, struct dag_error *err)
{
    struct sample *self = state;
    const struct dag_row *rows = dag_call_rows(call);
    size_t count = dag_call_row_count(call);

    for (size_t row = 0; row < count; row++) {
        if (self->seen == 0 && !dag_call_emit(call, row, rows[row]))
            return dag_error_set_memory(err, "a result");
        self->seen = (self->seen + 1) % self->every;
    }
    return true;
}

static bool sample_save(const void *state, struct dag_buffer *out, struct dag_error *err)
{
    const struct sample *self = state;
    char text[64];
    int size = snprintf(text, sizeof(text), "{\"seen\":%" PRId64 "}", self->seen);

    if (!dag_buffer_append(out, text, (size_t)size))
        return dag_error_set_memory(err, "saved state");
    return true;
}

static bool sample_restore(void *state, const char *json, size_t size, struct dag_error *err)
{
    struct sample *self = state;
    struct dag_batch *batch = dag_batch_new();
    struct dag_row row;
    bool ok = false;

    if (!batch)
        return dag_error_set_memory(err, "saved state");
    if (dag_json_parse_object(batch, json, size, &row, err)) {
        ok = row.shape->count == 1 && row.values[0].type == DAG_TYPE_INT &&
             row.values[0].as.integer >= 0;
        if (ok)
            self->seen = row.values[0].as.integer % self->every;
        else
            dag_error_set(err, DAG_ERROR_INVALID, "saved state without 'seen'");
    }
    dag_batch_unref(batch);
    return ok;
}

static const struct dag_node_type sample_node = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_NODE_TAKES_PUBLISHERS,
    .function =
        {
            .abi_version = DAG_ABI_VERSION,
            .flags = DAG_FUNCTION_TAKES_ANY,
            .name = "ExampleSampleNode",
            .summary = "Lets one record of every few through.",
            .options = sample_options,
            .state_size = sizeof(struct sample),
            .process = sample_process,
            .save = sample_save,
            .restore = sample_restore,
        },
};

static const struct dag_node_type *const node_types[] = {&sample_node, NULL};

static const struct dag_plugin plugin = {
    .abi_version = DAG_ABI_VERSION,
    .name = "example_node",
    .version = "1.0",
    .node_types = node_types,
};

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    return engine_abi_version == DAG_ABI_VERSION ? &plugin : NULL;
}
