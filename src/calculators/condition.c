/* condition.c - a condition on a record's attributes, compiled from its configuration. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "calculators/condition.h"

#include <stdlib.h>
#include <string.h>

#include "calculators/compare.h"
#include "calculators/text_match.h"
#include "functions/attributes.h"

static const char *const comparisons[] = {
    "==",      "!=",      "<",        "<=",          ">",         ">=", "exists",
    "missing", "is_null", "contains", "starts_with", "ends_with", "in",
};

#define COMPARISON_COUNT (sizeof(comparisons) / sizeof(comparisons[0]))

_Static_assert(COMPARISON_COUNT == CONDITION_ALL, "every comparison has a name");

static bool condition_compile(struct condition_set *set, const struct condition_source *source,
                              size_t depth, struct condition *out, struct dag_error *err);

static bool is_nested(const struct dag_value *value, char bracket)
{
    return value->type == DAG_TYPE_NESTED && value->as.text[0] == bracket;
}

static bool is_present(const struct dag_value *value)
{
    return value->type != DAG_TYPE_MISSING;
}

/* Replaces a text value by its decoded form in the set's batch. */
static bool decode(struct condition_set *set, struct dag_value *value, struct dag_error *err)
{
    char *text;

    if (value->type != DAG_TYPE_TEXT)
        return true;
    text = dag_batch_alloc(set->batch, dag_text_decode_bound(value) + 1);
    if (!text)
        return dag_error_set_memory(err, "a condition");
    *value = dag_value_text(text, (uint32_t)dag_text_decode(value, text));
    text[value->size] = '\0';
    return true;
}

/* ---- a condition inside "all", "any" or "not": an object of the same keys as the options ---- */

static bool is_comment(const struct dag_value *key)
{
    return dag_text_equals(key, "comment", strlen("comment")) || text_starts_with(key, "_", 1);
}

static bool read_comparison(struct condition_source *source, const struct dag_value *name,
                            struct dag_error *err)
{
    for (size_t i = 0; i < COMPARISON_COUNT && name->type == DAG_TYPE_TEXT; i++) {
        if (dag_text_equals(name, comparisons[i], strlen(comparisons[i]))) {
            source->comparison = (int64_t)i;
            source->has_comparison = true;
            return true;
        }
    }
    return dag_error_set(err, DAG_ERROR_INVALID, "'comparison' has to be one of %s",
                         CONDITION_COMPARISONS);
}

static bool read_member(struct condition_set *set, struct condition_source *source,
                        struct dag_value *key, const struct dag_value *value, struct dag_error *err)
{
    const struct {
        const char *key;
        struct dag_value *value;
    } members[] = {
        {"attribute", &source->attribute},
        {"value", &source->value},
        {"all", &source->all},
        {"any", &source->any},
        {"not", &source->none},
    };

    if (is_comment(key))
        return true;
    if (dag_text_equals(key, "comparison", strlen("comparison")))
        return read_comparison(source, value, err);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (dag_text_equals(key, members[i].key, strlen(members[i].key))) {
            *members[i].value = *value;
            return true;
        }
    }
    return decode(set, key, err) &&
           dag_error_set(err, DAG_ERROR_INVALID, "unknown key '%s'", key->as.text);
}

static bool compile_object(struct condition_set *set, const struct dag_value *object, size_t depth,
                           struct condition *out, struct dag_error *err)
{
    struct condition_source source = {0};
    struct dag_value key, value;
    size_t cursor = 0;

    if (depth > CONDITION_DEPTH_MAX)
        return dag_error_set(err, DAG_ERROR_LIMIT, "conditions are nested more than %d deep",
                             CONDITION_DEPTH_MAX);
    if (!is_nested(object, '{'))
        return dag_error_set(err, DAG_ERROR_INVALID, "a condition has to be an object, not %s",
                             dag_value_type_name(object));
    while (dag_json_next(object, &cursor, &key, &value)) {
        if (!read_member(set, &source, &key, &value, err))
            return false;
    }
    return condition_compile(set, &source, depth, out, err);
}

/* ---- combinations ----------------------------------------------------------------------- */

static size_t element_count(const struct dag_value *array)
{
    struct dag_value element;
    size_t cursor = 0;
    size_t count = 0;

    while (dag_json_next(array, &cursor, NULL, &element))
        count++;
    return count;
}

static struct condition *children_new(struct condition_set *set, struct condition *out,
                                      size_t count, struct dag_error *err)
{
    struct condition *children = dag_batch_alloc(set->batch, count * sizeof(*children));

    if (!children) {
        dag_error_set_memory(err, "conditions");
        return NULL;
    }
    memset(children, 0, count * sizeof(*children));
    out->children = children;
    out->child_count = count;
    return children;
}

static bool compile_list(struct condition_set *set, const char *key, const struct dag_value *array,
                         size_t depth, struct condition *out, struct dag_error *err)
{
    struct condition *children;
    struct dag_value element;
    size_t cursor = 0;
    size_t count;

    if (!is_nested(array, '['))
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' has to be a list of conditions, not %s",
                             key, dag_value_type_name(array));
    count = element_count(array);
    if (count == 0)
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' is an empty list", key);
    children = children_new(set, out, count, err);
    if (!children)
        return false;
    for (size_t i = 0; dag_json_next(array, &cursor, NULL, &element); i++) {
        if (!compile_object(set, &element, depth + 1, &children[i], err))
            return dag_error_add_context(err, "%s[%zu]", key, i);
    }
    return true;
}

static bool compile_not(struct condition_set *set, const struct dag_value *object, size_t depth,
                        struct condition *out, struct dag_error *err)
{
    struct condition *child = children_new(set, out, 1, err);

    if (!child)
        return false;
    if (!compile_object(set, object, depth + 1, child, err))
        return dag_error_add_context(err, "not");
    return true;
}

/* ---- comparisons ------------------------------------------------------------------------ */

static bool add_argument(struct condition_set *set, const struct dag_name *name, uint32_t *index,
                         struct dag_error *err)
{
    ptrdiff_t found = attributes_find(set->names, set->name_count, name);

    if (found >= 0) {
        *index = (uint32_t)found;
        return true;
    }
    if (set->name_count == set->name_capacity) {
        size_t capacity = set->name_capacity ? set->name_capacity * 2 : 4;
        const struct dag_name **names = realloc(set->names, capacity * sizeof(*names));
        if (!names)
            return dag_error_set_memory(err, "attribute names");
        set->names = names;
        set->name_capacity = capacity;
    }
    *index = (uint32_t)set->name_count;
    set->names[set->name_count++] = name;
    return true;
}

static int for_qsort(const void *a, const void *b)
{
    return compare_for_sort(a, b);
}

static bool compile_in(struct condition_set *set, struct condition *out, struct dag_error *err)
{
    struct dag_value *values;
    size_t cursor = 0;

    if (!is_nested(&out->value, '['))
        return dag_error_set(err, DAG_ERROR_INVALID, "'in' needs a list as 'value', not %s",
                             dag_value_type_name(&out->value));
    out->value_count = element_count(&out->value);
    values = dag_batch_alloc(set->batch, (out->value_count + 1) * sizeof(*values));
    if (!values)
        return dag_error_set_memory(err, "a condition");
    for (size_t i = 0; dag_json_next(&out->value, &cursor, NULL, &values[i]); i++) {
        if (!decode(set, &values[i], err))
            return false;
    }
    qsort(values, out->value_count, sizeof(*values), for_qsort);
    out->values = values;
    return true;
}

static bool compile_contains(struct condition_set *set, struct condition *out,
                             struct dag_error *err)
{
    uint32_t *borders = dag_batch_alloc(set->batch, (out->value.size + 1) * sizeof(*borders));

    if (!borders)
        return dag_error_set_memory(err, "a condition");
    text_borders(out->value.as.text, out->value.size, borders);
    out->borders = borders;
    return true;
}

/* Refuses what could never hold. */
static bool compile_value(struct condition_set *set, struct condition *out, struct dag_error *err)
{
    const char *comparison = comparisons[out->kind];
    uint8_t type = out->value.type;

    switch (out->kind) {
    case CONDITION_EXISTS:
    case CONDITION_MISSING:
    case CONDITION_IS_NULL:
        if (is_present(&out->value))
            return dag_error_set(err, DAG_ERROR_INVALID, "'%s' takes no 'value'", comparison);
        return true;
    default:
        if (!is_present(&out->value))
            return dag_error_set(err, DAG_ERROR_INVALID, "'%s' needs a 'value'", comparison);
    }
    if (!decode(set, &out->value, err))
        return false;
    switch (out->kind) {
    case CONDITION_IN:
        return compile_in(set, out, err);
    case CONDITION_LESS:
    case CONDITION_LESS_OR_EQUAL:
    case CONDITION_GREATER:
    case CONDITION_GREATER_OR_EQUAL:
        if (type != DAG_TYPE_INT && type != DAG_TYPE_DOUBLE && type != DAG_TYPE_TEXT)
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "'%s' compares with a number or a text, not with this %s",
                                 comparison, dag_value_type_name(&out->value));
        return true;
    case CONDITION_CONTAINS:
    case CONDITION_STARTS_WITH:
    case CONDITION_ENDS_WITH:
        if (type != DAG_TYPE_TEXT)
            return dag_error_set(err, DAG_ERROR_INVALID, "'%s' needs a text as 'value', not %s",
                                 comparison, dag_value_type_name(&out->value));
        return out->kind != CONDITION_CONTAINS || compile_contains(set, out, err);
    default:
        return true;
    }
}

static bool compile_comparison(struct condition_set *set, const struct condition_source *source,
                               struct condition *out, struct dag_error *err)
{
    struct dag_value attribute = source->attribute;
    const struct dag_name *name;

    if (attribute.type != DAG_TYPE_TEXT)
        return dag_error_set(err, DAG_ERROR_INVALID, "'attribute' has to be a text, not %s",
                             dag_value_type_name(&attribute));
    if (!decode(set, &attribute, err))
        return false;
    name = attribute_take(attribute.as.text, attribute.size, err);
    if (!name || !add_argument(set, name, &out->argument, err))
        return false;
    out->kind = (enum condition_kind)source->comparison;
    out->value = source->value;
    if (!compile_value(set, out, err))
        return dag_error_add_context(err, "attribute '%s'", attribute.as.text);
    return true;
}

static bool condition_compile(struct condition_set *set, const struct condition_source *source,
                              size_t depth, struct condition *out, struct dag_error *err)
{
    int given = is_present(&source->attribute) + is_present(&source->all) +
                is_present(&source->any) + is_present(&source->none);

    if (given != 1)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "a condition has one of 'attribute', 'all', 'any' and 'not', not %s",
                             given ? "several" : "none");
    if (is_present(&source->attribute))
        return compile_comparison(set, source, out, err);
    if (source->has_comparison || is_present(&source->value))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'comparison' and 'value' need an 'attribute' beside them");
    if (is_present(&source->all)) {
        out->kind = CONDITION_ALL;
        return compile_list(set, "all", &source->all, depth, out, err);
    }
    if (is_present(&source->any)) {
        out->kind = CONDITION_ANY;
        return compile_list(set, "any", &source->any, depth, out, err);
    }
    out->kind = CONDITION_NOT;
    return compile_not(set, &source->none, depth, out, err);
}

bool condition_set_init(struct condition_set *set, const struct condition_source *source,
                        struct dag_error *err)
{
    *set = (struct condition_set){.batch = dag_batch_new()};
    if (!set->batch)
        return dag_error_set_memory(err, "a condition");
    return condition_compile(set, source, 1, &set->root, err);
}

void condition_set_deinit(struct condition_set *set)
{
    dag_batch_unref(set->batch);
    free(set->names);
    *set = (struct condition_set){0};
}

/* ---- evaluation ------------------------------------------------------------------------- */

static bool order_holds(enum condition_kind kind, const struct dag_value *a,
                        const struct dag_value *b)
{
    int order;

    if (!compare_order(a, b, &order))
        return false;
    switch (kind) {
    case CONDITION_LESS:
        return order < 0;
    case CONDITION_LESS_OR_EQUAL:
        return order <= 0;
    case CONDITION_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool text_holds(const struct condition *condition, const struct dag_value *value)
{
    const char *bytes = condition->value.as.text;
    size_t size = condition->value.size;

    if (value->type != DAG_TYPE_TEXT)
        return false;
    if (condition->kind == CONDITION_CONTAINS)
        return text_contains(value, bytes, size, condition->borders);
    if (condition->kind == CONDITION_STARTS_WITH)
        return text_starts_with(value, bytes, size);
    return text_ends_with(value, bytes, size);
}

static bool comparison_holds(const struct condition *condition, const struct dag_value *value)
{
    switch (condition->kind) {
    case CONDITION_EQUAL:
        return compare_equal(value, &condition->value);
    case CONDITION_NOT_EQUAL:
        return !compare_equal(value, &condition->value);
    case CONDITION_EXISTS:
        return true;
    case CONDITION_IS_NULL:
        return value->type == DAG_TYPE_NULL;
    case CONDITION_CONTAINS:
    case CONDITION_STARTS_WITH:
    case CONDITION_ENDS_WITH:
        return text_holds(condition, value);
    case CONDITION_IN:
        return compare_is_among(value, condition->values, condition->value_count);
    default:
        return order_holds(condition->kind, value, &condition->value);
    }
}

bool condition_holds(const struct condition *condition, const struct dag_value *const *arguments)
{
    const struct dag_value *value;
    bool is_any = condition->kind == CONDITION_ANY;

    switch (condition->kind) {
    case CONDITION_ALL:
    case CONDITION_ANY:
        for (size_t i = 0; i < condition->child_count; i++) {
            if (condition_holds(&condition->children[i], arguments) == is_any)
                return is_any;
        }
        return !is_any;
    case CONDITION_NOT:
        return !condition_holds(&condition->children[0], arguments);
    default:
        value = arguments[condition->argument];
        if (condition->kind == CONDITION_MISSING)
            return !value;
        return value && comparison_holds(condition, value);
    }
}
