/* json_schema.c - see json_schema.h: type, pattern of digits, properties, required,
 * additionalProperties, items, $ref. Another keyword fails the test. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/json_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const known[] = {
    "description", "type",     "pattern", "minimum", "format",
    "properties",  "required", "items",   "$ref",    "additionalProperties"};

static bool is_of_type(const struct tree *value, const char *type)
{
    static const char *const names[] = {"null",   "boolean", "integer", "number",
                                        "number", "string",  "array",   "object"};

    return strcmp(names[value->type], type) == 0 ||
           (value->type == TREE_INT && strcmp(type, "number") == 0);
}

static void check_type(const struct tree *type, const struct tree *value, const char *pointer)
{
    bool good = type->type == TREE_TEXT && is_of_type(value, type->text);

    for (const struct tree *one = type->child; one; one = one->next)
        good |= is_of_type(value, one->text);
    if (!good)
        fail_msg("%s: %.*s is not of type %.*s", pointer, (int)value->json_size, value->json,
                 (int)type->json_size, type->json);
}

static void check(const struct tree *schemas, const struct tree *schema, const struct tree *value)
{
    const struct tree *properties = tree_get(schema, "properties");
    const struct tree *others = tree_get(schema, "additionalProperties");
    const struct tree *items = tree_get(schema, "items"), *type = tree_get(schema, "type");
    const struct tree *reference = tree_get(schema, "$ref"), *required;
    char pointer[200];

    tree_pointer(value, pointer, sizeof(pointer));
    for (const struct tree *keyword = schema->child; keyword; keyword = keyword->next) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
            is_known |= strcmp(known[i], keyword->key) == 0;
        if (!is_known)
            fail_msg("keyword %s is not known here", keyword->key);
    }
    if (reference)
        json_schema_assert(schemas, strrchr(reference->text, '/') + 1, value);
    if (type)
        check_type(type, value, pointer);
    if (tree_get(schema, "pattern") && value->type == TREE_TEXT &&
        strspn(value->text, "0123456789") != value->text_size)
        fail_msg("%s: %s is no counter", pointer, value->text);
    required = tree_get(schema, "required");
    for (const struct tree *key = required ? required->child : NULL; key; key = key->next)
        if (!tree_get(value, key->text))
            fail_msg("%s: member %s is missing", pointer, key->text);
    for (const struct tree *child = value->child; child; child = child->next) {
        const struct tree *of = value->type == TREE_ARRAY ? items : NULL;
        if (child->key && properties)
            of = tree_get(properties, child->key);
        if (child->key && !of && others && others->type == TREE_BOOL)
            fail_msg("%s: member %s is not described", pointer, child->key);
        if (child->key && !of && others && others->type == TREE_OBJECT)
            of = others;
        if (of)
            check(schemas, of, child);
    }
}

void json_schema_assert(const struct tree *schemas, const char *name, const struct tree *value)
{
    const struct tree *schema = tree_get(schemas, name);

    if (schema)
        check(schemas, schema, value);
    else
        fail_msg("there is no schema %s", name);
}
