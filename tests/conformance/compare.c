/* compare.c - compares what came out of a case with what is expected. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/runner.h"

#define DEPTH_MAX 100000

/* ---- numbers ----------------------------------------------------------------------------------
 */

/** A decimal number in one form: sign, digits without zeros at either end, power of ten. */
struct decimal {
    bool is_negative;
    char *digits;    /* owned; "" for zero */
    long exponent;   /* of the last digit */
    bool is_integer; /* written without point and exponent */
};

static bool decimal_read(const struct tree *number, struct decimal *decimal)
{
    const char *text = number->json;
    const char *end = text + number->json_size;
    size_t count = 0;
    bool is_behind_point = false;

    *decimal = (struct decimal){.is_integer = true};
    decimal->digits = malloc(number->json_size + 1);
    if (!decimal->digits)
        return false;
    if (text < end && *text == '-') {
        decimal->is_negative = true;
        text++;
    }
    for (; text < end && *text != 'e' && *text != 'E'; text++) {
        if (*text == '.') {
            is_behind_point = true;
            decimal->is_integer = false;
            continue;
        }
        decimal->exponent -= is_behind_point;
        if (count > 0 || *text != '0')
            decimal->digits[count++] = *text;
    }
    if (text < end) {
        decimal->is_integer = false;
        decimal->exponent += strtol(text + 1, NULL, 10);
    }
    while (count > 0 && decimal->digits[count - 1] == '0') {
        count--;
        decimal->exponent++;
    }
    decimal->digits[count] = '\0';
    if (count == 0) {
        decimal->exponent = 0;
        decimal->is_negative = false;
    }
    return true;
}

static bool is_number(const struct tree *value)
{
    return value->type == TREE_INT || value->type == TREE_DOUBLE || value->type == TREE_BIGNUM;
}

static double as_double(const struct tree *number)
{
    if (number->type != TREE_BIGNUM)
        return number->real;
    return strtod(number->text, NULL);
}

static bool same_number(const struct tree *expected, const struct tree *actual, bool is_exact)
{
    struct decimal a, b = {.digits = NULL};
    bool is_same = false;

    if (decimal_read(expected, &a) && decimal_read(actual, &b)) {
        is_same = a.is_negative == b.is_negative && a.exponent == b.exponent &&
                  strcmp(a.digits, b.digits) == 0;
        /* Where one was written as a double, both are read as doubles. */
        if (!is_same && (!a.is_integer || !b.is_integer)) {
            double x = as_double(expected);

            is_same = x - x == 0 && x == as_double(actual);
        }
        if (is_exact && a.is_integer != b.is_integer)
            is_same = false;
    }
    free(a.digits);
    free(b.digits);
    return is_same;
}

/* ---- values -----------------------------------------------------------------------------------
 */

static bool same_items(const struct tree *expected, const struct tree *actual, bool is_exact)
{
    const struct tree *b = actual->child;

    if (expected->count != actual->count)
        return false;
    for (const struct tree *a = expected->child; a; a = a->next, b = b->next)
        if (!same_value(a, b, is_exact))
            return false;
    return true;
}

static const struct tree *member_of(const struct tree *object, const struct tree *named)
{
    for (const struct tree *member = object->child; member; member = member->next)
        if (member->key_size == named->key_size &&
            memcmp(member->key, named->key, named->key_size) == 0)
            return member;
    return NULL;
}

static bool same_members(const struct tree *expected, const struct tree *actual, bool is_exact)
{
    if (expected->count != actual->count)
        return false;
    for (const struct tree *a = expected->child; a; a = a->next) {
        const struct tree *b = member_of(actual, a);

        if (!b || !same_value(a, b, is_exact))
            return false;
    }
    return true;
}

bool same_value(const struct tree *expected, const struct tree *actual, bool is_exact)
{
    if (is_number(expected) && is_number(actual))
        return same_number(expected, actual, is_exact);
    if (expected->type != actual->type)
        return false;
    switch (expected->type) {
    case TREE_BOOL:
        return expected->integer == actual->integer;
    case TREE_TEXT:
        return expected->text_size == actual->text_size &&
               memcmp(expected->text, actual->text, expected->text_size) == 0;
    case TREE_ARRAY:
        return same_items(expected, actual, is_exact);
    case TREE_OBJECT:
        return same_members(expected, actual, is_exact);
    default:
        return true;
    }
}

/** The members that are expected are there; the objects may hold more. */
static bool present(const struct tree *expected, const struct tree *actual, bool is_exact)
{
    if (expected->type == TREE_ARRAY && actual->type == TREE_ARRAY) {
        const struct tree *b = actual->child;

        if (expected->count != actual->count)
            return false;
        for (const struct tree *a = expected->child; a; a = a->next, b = b->next)
            if (!present(a, b, is_exact))
                return false;
        return true;
    }
    if (expected->type != TREE_OBJECT || actual->type != TREE_OBJECT)
        return same_value(expected, actual, is_exact);
    for (const struct tree *a = expected->child; a; a = a->next) {
        const struct tree *b = member_of(actual, a);

        if (!b || !same_value(a, b, is_exact))
            return false;
    }
    return true;
}

/* ---- pipelines ----------------------------------------------------------------------------------
 */

static size_t fed_count(const struct vector_case *vector)
{
    const struct tree *steps = tree_get(tree_get(vector->tree, "input"), "steps");
    size_t count = 0;

    for (const struct tree *step = steps ? steps->child : NULL; step; step = step->next) {
        const struct tree *feed = tree_get(step, "feed");
        const struct tree *tick = tree_get(step, "tick");

        for (const struct tree *list = feed ? feed->child : NULL; list; list = list->next)
            count += list->count;
        count += tick ? tick->count : 0;
    }
    return count;
}

static const struct tree *last_of(const struct tree *list)
{
    const struct tree *last = list->child;

    while (last && last->next)
        last = last->next;
    return last;
}

/** Only the last output is fixed; there is at least one, and at most one for each message. */
static bool same_last(const struct tree *expected, const struct tree *actual, bool is_exact,
                      size_t fed)
{
    if (expected->count == 0 || actual->count == 0)
        return expected->count == actual->count;
    return actual->count <= fed && same_value(last_of(expected), last_of(actual), is_exact);
}

static bool same_outputs(const struct vector_case *vector, const struct tree *expected,
                         const struct tree *actual, bool is_exact)
{
    const struct tree *timing = tree_get(vector->tree, "timing_dependent");
    bool is_timed = timing && timing->type == TREE_BOOL && timing->integer;

    for (const struct tree *a = expected ? expected->child : NULL; a; a = a->next) {
        const struct tree *b = member_of(actual, a);

        if (!b || (is_timed ? !same_last(a, b, is_exact, fed_count(vector))
                            : !same_value(a, b, is_exact)))
            return false;
    }
    return true;
}

/** A node that isn't named has no errors. */
static bool same_error_counts(const struct tree *expected, const struct tree *actual)
{
    for (const struct tree *b = actual->child; b; b = b->next) {
        const struct tree *a = expected ? member_of(expected, b) : NULL;

        if (!(a ? same_value(a, b, false) : b->integer == 0))
            return false;
    }
    for (const struct tree *a = expected ? expected->child : NULL; a; a = a->next)
        if (!member_of(actual, a))
            return false;
    return true;
}

static bool same_pipeline(const struct vector_case *vector, const struct tree *expected,
                          const struct tree *actual, bool is_exact)
{
    const struct tree *node_outputs = tree_get(expected, "node_outputs");

    return same_outputs(vector, tree_get(expected, "outputs"), tree_get(actual, "outputs"),
                        is_exact) &&
           (!node_outputs || present(node_outputs, tree_get(actual, "node_outputs"), is_exact)) &&
           same_error_counts(tree_get(expected, "error_counts"), tree_get(actual, "error_counts"));
}

/* ---- keyed publishers ------------------------------------------------------------------- */

/* The text of a key, which a vector may give as a number or a list. */
static const char *key_text(const struct tree *key, size_t *size)
{
    *size = key->type == TREE_TEXT ? key->text_size : key->json_size;
    return key->type == TREE_TEXT ? key->text : key->json;
}

static bool same_key(const struct tree *expected, const struct tree *actual)
{
    size_t a_size, b_size;
    const char *a = key_text(expected, &a_size);
    const char *b = key_text(actual, &b_size);

    return a_size == b_size && memcmp(a, b, a_size) == 0;
}

static bool same_written(const struct tree *expected, const struct tree *actual, bool is_exact)
{
    const struct tree *b = actual->child;

    if (expected->count != actual->count)
        return false;
    for (const struct tree *a = expected->child; a; a = a->next, b = b->next) {
        if (a->count != b->count)
            return false;
        for (const struct tree *member = a->child; member; member = member->next) {
            const struct tree *other = member_of(b, member);

            if (!other || !(strcmp(member->key, "key") == 0 ? same_key(member, other)
                                                            : same_value(member, other, is_exact)))
                return false;
        }
    }
    return true;
}

static bool same_keyed(const struct tree *expected, const struct tree *actual, bool is_exact)
{
    for (const struct tree *a = expected->child; a; a = a->next) {
        const struct tree *b = member_of(actual, a);

        if (!b || !(strcmp(a->key, "written") == 0 ? same_written(a, b, is_exact)
                                                   : same_value(a, b, is_exact)))
            return false;
    }
    return true;
}

/* ---- the verdict
 * ---------------------------------------------------------------------------------- */

struct verdict {
    const struct vector_case *vector;
    enum compare_how how;
    bool is_exact;
    const struct tree *actual; /* NULL: no result */
};

static bool matches(const struct verdict *verdict, const struct tree *wanted)
{
    struct dag_buffer wire = {0};
    struct dag_error err;
    uint32_t line, column;

    if (!verdict->actual)
        return false;
    add_wire(&wire, wanted);

    /* What JSON can't express never comes out: it doesn't parse, so it equals nothing. */
    const struct tree *expected = tree_parse(verdict->vector->document, wire.bytes, wire.size,
                                             DEPTH_MAX, &line, &column, &err);
    bool is_same = false;

    if (expected && verdict->how == COMPARE_PIPELINE)
        is_same = same_pipeline(verdict->vector, expected, verdict->actual, verdict->is_exact);
    else if (expected && verdict->how == COMPARE_KEYED)
        is_same = same_keyed(expected, verdict->actual, verdict->is_exact);
    else if (expected && verdict->how == COMPARE_PRESENT)
        is_same = present(expected, verdict->actual, verdict->is_exact);
    else if (expected)
        is_same = same_value(expected, verdict->actual, verdict->is_exact);
    dag_buffer_free(&wire);
    return is_same;
}

/** An overflow is an error of the node too, and a cycle one of the configuration. */
static bool is_kind(const char *actual, const char *wanted)
{
    if (!actual)
        return false;
    return strcmp(actual, wanted) == 0 ||
           (strcmp(wanted, "runtime") == 0 && strcmp(actual, "overflow") == 0);
}

static bool fails_as_expected(const struct outcome *outcome, const struct tree *wanted)
{
    const struct tree *kind = tree_get(wanted, "kind");
    const struct tree *contains = tree_get(wanted, "contains");

    if (kind && kind->type == TREE_TEXT ? !is_kind(outcome->error_kind, kind->text)
                                        : !outcome->error_kind)
        return false;
    if (contains && contains->type == TREE_TEXT)
        return strstr(outcome->error_text, contains->text) != NULL;
    for (const struct tree *text = contains ? contains->child : NULL; text; text = text->next)
        if (text->type == TREE_TEXT && !strstr(outcome->error_text, text->text))
            return false;
    return true;
}

static bool meets(const struct verdict *verdict, const struct outcome *outcome)
{
    const struct tree *tree = verdict->vector->tree;
    const struct tree *any_of = tree_get(tree, "expected_any_of");
    const struct tree *or_error = tree_get(tree, "or_error");
    const struct tree *error = tree_get(tree, "expected_error");
    const struct tree *expected = tree_get(tree, "expected");
    /* A pipeline's errors are part of its result. */
    bool has_failed = outcome->error_kind && verdict->how != COMPARE_PIPELINE;

    if (error && fails_as_expected(outcome, error))
        return true;
    if (or_error) {
        const struct tree *kind =
            or_error->type == TREE_OBJECT ? tree_get(or_error, "kind") : or_error;

        if (kind && kind->type == TREE_TEXT && is_kind(outcome->error_kind, kind->text) &&
            (verdict->how != COMPARE_PIPELINE || !verdict->actual))
            return true;
    }
    if (has_failed)
        return false;
    for (const struct tree *wanted = any_of ? any_of->child : NULL; wanted; wanted = wanted->next)
        if (matches(verdict, wanted))
            return true;
    return expected && matches(verdict, expected);
}

static void describe(const struct vector_case *vector, const struct outcome *outcome, char *why,
                     size_t why_size)
{
    static const char *const keys[] = {"expected", "expected_any_of", "or_error", "expected_error"};
    size_t used = 0;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && used < why_size; i++) {
        const struct tree *wanted = tree_get(vector->tree, keys[i]);

        if (wanted)
            used += (size_t)snprintf(why + used, why_size - used, "%s %.*s%s, ", keys[i],
                                     (int)(wanted->json_size < 600 ? wanted->json_size : 600),
                                     wanted->json, wanted->json_size < 600 ? "" : "...");
    }
    if (used < why_size && outcome->result.size > 0)
        used += (size_t)snprintf(why + used, why_size - used, "actual %.*s",
                                 (int)(outcome->result.size < 600 ? outcome->result.size : 600),
                                 outcome->result.bytes);
    if (used < why_size && outcome->error_kind)
        snprintf(why + used, why_size - used, " actual error (%s) %s", outcome->error_kind,
                 outcome->error_text);
    for (char *c = why; *c; c++)
        if (*c == '\n')
            *c = ' ';
}

bool judge(const struct vector_case *vector, const struct outcome *outcome, enum compare_how how,
           char *why, size_t why_size)
{
    const struct tree *compare = tree_get(vector->tree, "compare");
    struct verdict verdict = {.vector = vector, .how = how};
    struct dag_error err;
    uint32_t line, column;

    verdict.is_exact = compare && compare->type == TREE_TEXT && strcmp(compare->text, "exact") == 0;
    if (outcome->broken[0]) {
        snprintf(why, why_size, "can't be run: %s", outcome->broken);
        return false;
    }
    if (outcome->result.size > 0) {
        verdict.actual = tree_parse(vector->document, outcome->result.bytes, outcome->result.size,
                                    DEPTH_MAX, &line, &column, &err);
        if (!verdict.actual) {
            snprintf(why, why_size, "what came out is no JSON: %s", err.message);
            return false;
        }
    }
    if (meets(&verdict, outcome))
        return true;
    describe(vector, outcome, why, why_size);
    return false;
}
