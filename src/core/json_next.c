/* json_next.c - walks a nested value. Its text is valid, but nothing behind it may be read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/json_walk.h"
#include "core/number.h"
#include "dag/json.h"

/* The closing quote of the string whose opening one is at `p`; NULL: there is none. */
static const char *string_end(const char *p, const char *end)
{
    for (;;) {
        const char *quote = memchr(p + 1, '"', (size_t)(end - p - 1));
        const char *back = quote;

        if (!quote)
            return NULL;
        while (back - 1 > p && back[-1] == '\\')
            back--;
        /* an odd number of backslashes in front: the quote belongs to the string. What stands
         * before `p` was looked at already and ended in a quote. */
        if ((quote - back) % 2 == 0)
            return quote;
        p = quote;
    }
}

const char *json_walk_string(const char *p, const char *end, struct dag_value *value)
{
    const char *quote = string_end(p, end);

    if (!quote)
        return NULL;
    *value = dag_value_text(p + 1, (uint32_t)(quote - p - 1));
    value->form =
        value->size > 0 && memchr(p + 1, '\\', value->size) ? DAG_TEXT_ESCAPED : DAG_TEXT_PLAIN;
    return quote + 1;
}

static const char *read_brackets(const char *p, const char *end, struct dag_value *value)
{
    const char *begin = p;
    size_t depth = 0;

    while (p && p < end) {
        switch (*p) {
        case '"':
            p = string_end(p, end);
            break;
        case '[':
        case '{':
            depth++;
            break;
        case ']':
        case '}':
            depth--;
            break;
        default:
            break;
        }
        if (p)
            p++;
        if (depth == 0)
            break;
    }
    if (!p || depth > 0)
        return NULL;
    *value = (struct dag_value){.type = DAG_TYPE_NESTED, .size = (uint32_t)(p - begin)};
    value->as.text = begin;
    return p;
}

static const char *read_word(const char *p, const char *end, struct dag_value *value)
{
    if (end - p >= 4 && memcmp(p, "true", 4) == 0) {
        *value = dag_value_bool(true);
        return p + 4;
    }
    if (end - p >= 5 && memcmp(p, "false", 5) == 0) {
        *value = dag_value_bool(false);
        return p + 5;
    }
    if (end - p >= 4 && memcmp(p, "null", 4) == 0) {
        *value = dag_value_null();
        return p + 4;
    }
    return NULL;
}

const char *json_walk_scalar(const char *p, const char *end, struct dag_value *value)
{
    if (p >= end)
        return NULL;
    switch (*p) {
    case '"':
        return json_walk_string(p, end, value);
    case 't':
    case 'f':
    case 'n':
        return read_word(p, end, value);
    default:
        return number_parse(p, end, value);
    }
}

bool dag_json_next(const struct dag_value *nested, size_t *cursor, struct dag_value *key,
                   struct dag_value *element)
{
    const char *begin = nested->as.text, *end = begin + nested->size;
    struct dag_value ignored;
    const char *p;

    if (nested->type != DAG_TYPE_NESTED || *cursor >= nested->size)
        return false;
    p = begin + *cursor;
    /* here stands the bracket, a comma, or what ends it all */
    if (*cursor > 0 && *p != ',')
        return false;
    p++;
    if (*begin == '{') {
        if (p >= end || *p != '"' || !(p = json_walk_string(p, end, key ? key : &ignored)) ||
            p >= end || *p != ':')
            return false;
        p++;
    }
    p = p < end && (*p == '{' || *p == '[') ? read_brackets(p, end, element)
                                            : json_walk_scalar(p, end, element);
    if (!p)
        return false;
    *cursor = (size_t)(p - begin);
    return true;
}
