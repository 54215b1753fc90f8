/* example_transformer.c - a loadable transformer without state: text in upper case.
 *
 * It gives a plan, one for each shape of record: which attributes are copied, which one is
 * computed. The engine caches plans and runs those of a chain in one pass.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "dag/plugin.h"

struct upper {
    const char *attribute; /* option */
    const struct dag_name *name;
};

static const struct dag_option upper_options[] = {
    {
        .name = "attribute",
        .type = DAG_OPTION_TEXT,
        .flags = DAG_OPTION_REQUIRED,
        .offset = offsetof(struct upper, attribute),
        .help = "Name of the attribute whose letters a to z become upper case; a value that is "
                "no text stays as it is.",
    },
    {0},
};

static bool upper_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct upper *self = state;

    (void)host;
    self->name = dag_name_intern(self->attribute, strlen(self->attribute), NULL);
    if (!self->name)
        return dag_error_set_memory(err, "an attribute name");
    return true;
}

/* Values are never changed in place: the new text lives in `batch`. */
static bool upper_compute(const void *state, const struct dag_value *const *arguments,
                          size_t argument_count, struct dag_batch *batch, struct dag_value *result,
                          struct dag_error *err)
{
    const struct dag_value *value = arguments[0];
    char *text;
    size_t size;

    (void)state;
    (void)argument_count;
    if (value->type != DAG_TYPE_TEXT) {
        *result = *value;
        return true;
    }
    text = dag_batch_alloc(batch, dag_text_decode_bound(value));
    if (!text)
        return dag_error_set_memory(err, "a text");
    size = dag_text_decode(value, text);
    for (size_t i = 0; i < size; i++) {
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 'a' + 'A');
    }
    *result = dag_value_text(text, (uint32_t)size);
    return true;
}

static bool upper_plan(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                       struct dag_slot_plan *plan, struct dag_error *err)
{
    const struct upper *self = state;
    int32_t slot = dag_shape_find(in, self->name);

    plan->shape = in;
    plan->slots = dag_batch_alloc(batch, (in->count + 1) * sizeof(*plan->slots));
    plan->arguments = dag_batch_alloc(batch, sizeof(*plan->arguments));
    if (!plan->slots || !plan->arguments)
        return dag_error_set_memory(err, "a plan");
    for (uint32_t i = 0; i < in->count; i++)
        plan->slots[i] = (struct dag_slot){.kind = DAG_SLOT_COPY, .from = i};
    if (slot >= 0) {
        plan->slots[slot].kind = DAG_SLOT_RESULT;
        plan->compute = upper_compute;
        plan->arguments[0] = slot;
        plan->argument_count = 1;
    }
    return true;
}

static const struct dag_function upper_transformer = {
    .abi_version = DAG_ABI_VERSION,
    .name = "ExampleUpperTransformer",
    .summary = "Puts the text of an attribute in upper case.",
    .options = upper_options,
    .state_size = sizeof(struct upper),
    .open = upper_open,
    .plan = upper_plan,
};

static const struct dag_function *const transformers[] = {&upper_transformer, NULL};

static const struct dag_plugin plugin = {
    .abi_version = DAG_ABI_VERSION,
    .name = "example_transformer",
    .version = "1.0",
    .transformers = transformers,
};

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    return engine_abi_version == DAG_ABI_VERSION ? &plugin : NULL;
}
