/* condition.h - a condition on a record's attributes, compiled from its configuration. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALCULATORS_CONDITION_H
#define CALCULATORS_CONDITION_H

#include "dag/plugin.h"

#define CONDITION_DEPTH_MAX 32

/* The order of CONDITION_COMPARISONS; the last three combine others. */
enum condition_kind {
    CONDITION_EQUAL,
    CONDITION_NOT_EQUAL,
    CONDITION_LESS,
    CONDITION_LESS_OR_EQUAL,
    CONDITION_GREATER,
    CONDITION_GREATER_OR_EQUAL,
    CONDITION_EXISTS,
    CONDITION_MISSING,
    CONDITION_IS_NULL,
    CONDITION_CONTAINS,
    CONDITION_STARTS_WITH,
    CONDITION_ENDS_WITH,
    CONDITION_IN,
    CONDITION_ALL,
    CONDITION_ANY,
    CONDITION_NOT,
};

#define CONDITION_COMPARISONS                                                                      \
    "== != < <= > >= exists missing is_null contains starts_with ends_with in"

/** A node of the compiled tree; its memory belongs to the set's batch. */
struct condition {
    enum condition_kind kind;
    uint32_t argument;              /* of a comparison: index into the set's names */
    struct dag_value value;         /* compared with; text is decoded */
    const uint32_t *borders;        /* CONDITION_CONTAINS: see text_match.h */
    const struct dag_value *values; /* CONDITION_IN, ascending; value_count of them */
    size_t value_count;
    const struct condition *children; /* child_count of them */
    size_t child_count;
};

/** What a condition is made of, as configured. A value of type DAG_TYPE_MISSING is absent. */
struct condition_source {
    struct dag_value attribute; /* text */
    int64_t comparison;         /* enum condition_kind */
    bool has_comparison;
    struct dag_value value;
    struct dag_value all, any; /* arrays of conditions */
    struct dag_value none;     /* "not": a condition */
};

/** A whole condition and the attributes that it looks at. */
struct condition_set {
    struct dag_batch *batch;       /* owned */
    const struct dag_name **names; /* owned */
    size_t name_count, name_capacity;
    struct condition root;
};

/** Compiles `source`. False, with `err` saying where and what: it is not valid, or out of memory.
 *  Either way condition_set_deinit() is to follow. */
bool condition_set_init(struct condition_set *set, const struct condition_source *source,
                        struct dag_error *err);
void condition_set_deinit(struct condition_set *set);

/** `arguments[i]` is the attribute names[i] of the record, NULL when it is missing. */
bool condition_holds(const struct condition *condition, const struct dag_value *const *arguments);

#endif
