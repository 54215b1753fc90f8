/* explode.c - makes one record of each element of an array. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "dag/plugin.h"
#include "functions/attributes.h"

enum explode_on_missing { EXPLODE_ERROR, EXPLODE_PASS };

/* What becomes of the attributes of one input shape. */
struct explode_layout {
    const struct dag_shape *in;
    int32_t array;                 /* slot of the array in `in`, or -1 */
    const struct dag_shape *rest;  /* the attributes that are copied, without the array */
    const struct dag_shape *whole; /* with the element in the array's place */
    uint32_t element;              /* slot of the element in `whole` */
};

struct explode {
    const char *attribute;        /* option */
    const char *output_attribute; /* option; NULL: same as attribute */
    bool keep_input;              /* option */
    bool spread;                  /* option */
    int64_t on_missing;           /* option; enum explode_on_missing */
    const struct dag_name *name;
    const struct dag_name *output;
    struct explode_layout cache; /* of the latest input; `in` is NULL: none */
};

static const struct dag_option explode_options[] = {
    {
        .name = "attribute",
        .type = DAG_OPTION_TEXT,
        .flags = DAG_OPTION_REQUIRED,
        .offset = offsetof(struct explode, attribute),
        .help = "Name of the attribute that holds the array; an empty array gives no record.",
    },
    {
        .name = "output_attribute",
        .type = DAG_OPTION_TEXT,
        .offset = offsetof(struct explode, output_attribute),
        .help = "Name that each element gets; by default that of the array. It stands in the "
                "array's place and replaces another attribute of that name.",
    },
    {
        .name = "keep_input",
        .type = DAG_OPTION_BOOL,
        .offset = offsetof(struct explode, keep_input),
        .default_json = "true",
        .help = "Copies the record's other attributes to each result.",
    },
    {
        .name = "spread",
        .type = DAG_OPTION_BOOL,
        .offset = offsetof(struct explode, spread),
        .default_json = "false",
        .help = "Adds the attributes of an element that is an object to the record itself, where "
                "they replace others of the same name; the array's own attribute is left out.",
    },
    {
        .name = "on_missing",
        .type = DAG_OPTION_CHOICE,
        .offset = offsetof(struct explode, on_missing),
        .default_json = "\"error\"",
        .choices = "error pass",
        .help = "What to do with a record whose attribute is missing or no array: an error of "
                "the node, or passing the record on unchanged.",
    },
    {0},
};

static bool explode_open(void *state, struct dag_host *host, struct dag_error *err)
{
    struct explode *self = state;
    const char *output = self->output_attribute ? self->output_attribute : self->attribute;

    (void)host;
    self->name = attribute_take(self->attribute, strlen(self->attribute), err);
    if (!self->name)
        return false;
    self->output = attribute_take(output, strlen(output), err);
    return self->output != NULL;
}

/* `count` names of which those that are `drop` are left out. */
static const struct dag_shape *shape_without(const struct dag_name *const *names, uint32_t count,
                                             const struct dag_name *drop, struct dag_batch *batch)
{
    const struct dag_name **kept = dag_batch_alloc(batch, (count + 1) * sizeof(*kept));
    size_t kept_count = 0;

    if (!kept)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (!dag_name_same(names[i], drop))
            kept[kept_count++] = names[i];
    }
    return dag_shape_of(kept, kept_count, batch);
}

/* `rest` may hold the output name already: then the element takes that slot. Otherwise it takes
 * the array's place. */
static const struct dag_shape *shape_with_element(const struct explode *self,
                                                  const struct explode_layout *layout,
                                                  struct dag_batch *batch)
{
    const struct dag_shape *rest = layout->rest;
    const struct dag_name **names;
    uint32_t at = layout->element;

    if (dag_shape_find(rest, self->output) >= 0)
        return rest;
    names = dag_batch_alloc(batch, ((size_t)rest->count + 1) * sizeof(*names));
    if (!names)
        return NULL;
    for (uint32_t i = 0; i < rest->count; i++)
        names[i < at ? i : i + 1] = rest->names[i];
    names[at] = self->output;
    return dag_shape_of(names, (size_t)rest->count + 1, batch);
}

static bool explode_lay_out(struct explode *self, const struct dag_shape *in,
                            struct dag_batch *batch, struct explode_layout *layout)
{
    int32_t present;

    if (self->cache.in == in) {
        *layout = self->cache;
        return true;
    }
    *layout = (struct explode_layout){.in = in, .array = dag_shape_find(in, self->name)};
    if (layout->array < 0)
        return true;
    layout->rest = self->keep_input ? shape_without(in->names, in->count, self->name, batch)
                                    : dag_shape_empty();
    if (!layout->rest)
        return false;
    present = dag_shape_find(layout->rest, self->output);
    if (present >= 0)
        layout->element = (uint32_t)present;
    else if (self->keep_input)
        layout->element = (uint32_t)layout->array;
    layout->whole = shape_with_element(self, layout, batch);
    if (!layout->whole)
        return false;
    if (in->id != 0 && layout->rest->id != 0 && layout->whole->id != 0)
        self->cache = *layout; /* other shapes are gone with their batch */
    return true;
}

/* Copies the attributes of `rest` to `values`, leaving the slot `hole` free. */
static void copy_rest(const struct explode_layout *layout, const struct dag_value *in,
                      struct dag_value *values, uint32_t hole)
{
    uint32_t array = (uint32_t)layout->array;

    for (uint32_t i = 0; i < layout->rest->count; i++)
        values[i < hole ? i : i + 1] = in[i < array ? i : i + 1];
}

static bool whole_record(const struct explode_layout *layout, const struct dag_value *in,
                         const struct dag_value *element, struct dag_batch *batch,
                         struct dag_row *out)
{
    struct dag_value *values = dag_batch_alloc(batch, layout->whole->count * sizeof(*values));

    if (!values)
        return false;
    copy_rest(layout, in, values,
              layout->whole == layout->rest ? layout->rest->count : layout->element);
    values[layout->element] = *element;
    *out = (struct dag_row){layout->whole, values};
    return true;
}

static bool spread_record(const struct explode_layout *layout, const struct dag_value *in,
                          const struct dag_value *element, struct dag_batch *batch,
                          struct dag_row *out, struct dag_error *err)
{
    const struct dag_shape *shape = layout->rest;
    struct dag_value *values;
    struct dag_row members;

    if (!dag_json_parse_object(batch, element->as.text, element->size, &members, err))
        return false;
    values =
        dag_batch_alloc(batch, ((size_t)shape->count + members.shape->count + 1) * sizeof(*values));
    if (!values)
        return dag_error_set_memory(err, "a record");
    copy_rest(layout, in, values, shape->count);
    for (uint32_t i = 0; i < members.shape->count; i++) {
        const struct dag_name *name = members.shape->names[i];
        int32_t slot = dag_shape_find(shape, name);

        if (slot < 0) {
            slot = (int32_t)shape->count;
            shape = dag_shape_add(shape, name, batch);
            if (!shape)
                return dag_error_set_memory(err, "a shape");
        }
        values[slot] = members.values[i];
    }
    *out = (struct dag_row){shape, values};
    return true;
}

static bool is_nested(const struct dag_value *value, char bracket)
{
    return value->type == DAG_TYPE_NESTED && value->as.text[0] == bracket;
}

static bool explode_row(const struct explode *self, const struct explode_layout *layout,
                        struct dag_call *call, size_t row, struct dag_error *err)
{
    struct dag_batch *batch = dag_call_batch(call);
    const struct dag_value *in = dag_call_rows(call)[row].values;
    struct dag_value element;
    size_t cursor = 0;

    while (dag_json_next(&in[layout->array], &cursor, NULL, &element)) {
        struct dag_row out = {0};

        if (self->spread && is_nested(&element, '{')) {
            if (!spread_record(layout, in, &element, batch, &out, err))
                return false;
        } else if (!whole_record(layout, in, &element, batch, &out)) {
            return dag_error_set_memory(err, "a record");
        }
        if (!dag_call_emit(call, row, out))
            return dag_error_set_memory(err, "a result");
    }
    return true;
}

/* The record has no array; `value` is NULL when it lacks the attribute. */
static bool explode_other(const struct explode *self, const struct dag_value *value,
                          struct dag_call *call, size_t row, struct dag_error *err)
{
    struct dag_error why = {0};

    if (self->on_missing == EXPLODE_PASS) {
        if (!dag_call_emit(call, row, dag_call_rows(call)[row]))
            return dag_error_set_memory(err, "a result");
        return true;
    }
    if (value)
        dag_error_set(&why, DAG_ERROR_INVALID, "attribute '%s' is no array but %s", self->attribute,
                      dag_value_type_name(value));
    else
        dag_error_set(&why, DAG_ERROR_INVALID, "attribute '%s' is missing", self->attribute);
    dag_call_reject(call, row, &why);
    return true;
}

static bool explode_process(void *state, struct dag_call *call, struct dag_error *err)
{
    struct explode *self = state;
    const struct dag_row *rows = dag_call_rows(call);
    size_t count = dag_call_row_count(call);

    for (size_t row = 0; row < count; row++) {
        const struct dag_value *value = NULL;
        struct explode_layout layout;
        bool ok;

        if (!explode_lay_out(self, rows[row].shape, dag_call_batch(call), &layout))
            return dag_error_set_memory(err, "a shape");
        if (layout.array >= 0)
            value = &rows[row].values[layout.array];
        if (value && is_nested(value, '['))
            ok = explode_row(self, &layout, call, row, err);
        else
            ok = explode_other(self, value, call, row, err);
        if (!ok)
            return false;
    }
    return true;
}

const struct dag_function calculator_explode = {
    .abi_version = DAG_ABI_VERSION,
    .name = "ExplodeCalculator",
    .summary = "Makes one record of each element of an array.",
    .options = explode_options,
    .state_size = sizeof(struct explode),
    .open = explode_open,
    .process = explode_process,
};
