/* outcome.c - builds the text of what came out of a case, and of what goes in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/runner.h"
#include "core/text.h"

void outcome_error(struct outcome *outcome, const char *kind, const char *format, ...)
{
    size_t used = strlen(outcome->error_text);
    va_list arguments;

    if (used > 0 && used + 2 < sizeof(outcome->error_text))
        outcome->error_text[used++] = '\n';
    va_start(arguments, format);
    vsnprintf(outcome->error_text + used, sizeof(outcome->error_text) - used, format, arguments);
    va_end(arguments);
    if (!outcome->error_kind)
        outcome->error_kind = kind;
}

void outcome_broken(struct outcome *outcome, const char *format, ...)
{
    va_list arguments;

    if (outcome->broken[0])
        return;
    va_start(arguments, format);
    vsnprintf(outcome->broken, sizeof(outcome->broken), format, arguments);
    va_end(arguments);
}

void add_bytes(struct dag_buffer *out, const char *bytes, size_t size)
{
    if (size > 0 && !dag_buffer_append(out, bytes, size)) {
        fprintf(stderr, "conformance: out of memory\n");
        exit(1);
    }
}

void add(struct dag_buffer *out, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size > 0)
        add_bytes(out, text, (size_t)size);
    free(text);
}

void add_string(struct dag_buffer *out, const char *text, size_t size)
{
    char *escaped = malloc(text_escape_bound(size) + 1);

    if (escaped) {
        size_t used = text_escape(escaped, text, size);

        add(out, "\"");
        add_bytes(out, escaped, used);
        add(out, "\"");
    }
    free(escaped);
}

/** The text under a single member of that name, or NULL. */
static const struct tree *special(const struct tree *value, const char *key)
{
    if (value->type != TREE_OBJECT || value->count != 1)
        return NULL;

    const struct tree *member = tree_get(value, key);

    return member && member->type == TREE_TEXT ? member : NULL;
}

static bool has_special(const struct tree *value)
{
    if (special(value, "$nonfinite") || special(value, "$lone_surrogate_as_escape"))
        return true;
    for (const struct tree *child = value->child; child; child = child->next)
        if (has_special(child))
            return true;
    return false;
}

/** Text whose \uXXXX are escapes already; all else is plain text. */
static void add_escapes(struct dag_buffer *out, const char *text, size_t size)
{
    add(out, "\"");
    for (size_t i = 0; i < size; i++) {
        char escaped[8];

        bool is_escape = text[i] == '\\' && i + 5 < size && text[i + 1] == 'u';

        if (is_escape || ((unsigned char)text[i] & 0x80) != 0)
            add_bytes(out, text + i, 1);
        else
            add_bytes(out, escaped, text_escape(escaped, text + i, 1));
    }
    add(out, "\"");
}

void add_wire(struct dag_buffer *out, const struct tree *value)
{
    const struct tree *nonfinite = special(value, "$nonfinite");
    const struct tree *surrogate = special(value, "$lone_surrogate_as_escape");

    if (nonfinite)
        add(out, "%s",
            strcmp(nonfinite->text, "nan") == 0    ? "NaN"
            : strcmp(nonfinite->text, "-inf") == 0 ? "-Infinity"
                                                   : "Infinity");
    else if (surrogate)
        add_escapes(out, surrogate->text, surrogate->text_size);
    else if (!has_special(value))
        add_bytes(out, value->json, value->json_size);
    else {
        bool is_object = value->type == TREE_OBJECT;

        add(out, is_object ? "{" : "[");
        for (const struct tree *child = value->child; child; child = child->next) {
            if (child != value->child)
                add(out, ",");
            if (is_object) {
                add_string(out, child->key, child->key_size);
                add(out, ":");
            }
            add_wire(out, child);
        }
        add(out, is_object ? "}" : "]");
    }
}
