/* variables.c - ${VAR} and ${VAR:default} in the texts of a DAG file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hidden.h"
#include "core/options.h"
#include "dag/json.h"

#define VARIABLE_SIZE_MAX 256
#define REPLACED_SIZE_MAX ((size_t)1 << 20) /* of one text */

static bool is_in_comment(const struct tree *at)
{
    for (; at; at = at->parent) {
        if (at->key && options_is_comment(at->key))
            return true;
    }
    return false;
}

static const char *look_up(const struct checker *checker, const char *name)
{
    const struct check_options *options = checker->options;

    return options->variable ? options->variable(options->context, name) : getenv(name);
}

static size_t name_size(const char *text, const char *end)
{
    const char *at = text;

    while (at < end && (*at == '_' || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') ||
                        (at > text && *at >= '0' && *at <= '9')))
        at++;
    return (size_t)(at - text);
}

static void append_plain(struct checker *checker, struct dag_buffer *out, const char *text,
                         size_t size)
{
    if (size > 0 && !dag_buffer_append(out, text, size))
        checker->no_memory = true;
}

static bool append_value(struct checker *checker, const struct tree *at, const char *what,
                         const char *name, const char *value, struct dag_buffer *out)
{
    if (!tree_is_utf8(value, strlen(value))) {
        report_error(checker, at, "bad_variable", "the value of the %s '%.60s' is not UTF-8", what,
                     name);
        return false;
    }
    append_plain(checker, out, value, strlen(value));
    return true;
}

/* Names are shown everywhere, so a secret has no place in one. */
static bool is_in_config(const struct tree *at)
{
    for (; at; at = at->parent)
        if (at->key && strcmp(at->key, "config") == 0)
            return true;
    return false;
}

/* The secret NAME between `start` (behind "${secret:") and `end`. False: as append_variable(). */
static bool append_secret(struct checker *checker, const struct tree *at, const char *start,
                          const char *end, struct dag_buffer *out)
{
    const struct check_options *options = checker->options;
    size_t size = (size_t)(end - start);
    char name[VARIABLE_SIZE_MAX];
    const char *value;

    checker->uses_secrets = true;
    if (checker->keeps_secrets || options->leaves_secrets)
        return false;
    if (!options->secret) {
        report(checker, PROBLEM_NOTE, at, REPORT_VALUE, "secret", NULL,
               "secrets need `dagd serve`; `dagd run` refuses '${secret:%.*s}'",
               (int)(size < 60 ? size : 60), start);
        return false;
    }
    if (!is_in_config(at)) {
        report_error(checker, at, "secret_outside_config",
                     "'${secret:%.*s}' stands where everybody can see it; secrets belong into a "
                     "'config'",
                     (int)(size < 60 ? size : 60), start);
        return false;
    }
    snprintf(name, sizeof(name), "%.*s", (int)(size < sizeof(name) ? size : 0), start);
    value = name[0] != '\0' ? options->secret(options->context, name) : NULL;
    if (!value) {
        report_error(checker, at, "unset_secret",
                     "there is no secret '%.*s' that this server may use; add it to its secrets, "
                     "or to the list of allowed ones",
                     (int)(size < 60 ? size : 60), start);
        return false;
    }
    if (!hidden_add(value)) {
        checker->no_memory = true;
        return false;
    }
    return append_value(checker, at, "secret", name, value, out);
}

/* Appends what stands for the variable between `start` (behind "${") and `end` (its brace). False:
 * reported, and nothing appended. */
static bool append_variable(struct checker *checker, const struct tree *at, const char *start,
                            const char *end, struct dag_buffer *out)
{
    size_t size = name_size(start, end);
    char name[VARIABLE_SIZE_MAX];
    const char *value;

    if (size == 0 || size >= sizeof(name) || (start + size != end && start[size] != ':')) {
        report_error(checker, at, "bad_variable",
                     "'${%.*s}' is no variable: write ${NAME} or ${NAME:default}, or $${ for the "
                     "text itself",
                     (int)(end - start < 60 ? end - start : 60), start);
        return false;
    }
    memcpy(name, start, size);
    name[size] = '\0';
    if (strcmp(name, "secret") == 0 && start + size != end)
        return append_secret(checker, at, start + size + 1, end, out);
    value = look_up(checker, name);
    if (!value && start + size == end) {
        report_error(checker, at, "unset_variable",
                     "the variable '%.60s' is not set; set it, or write ${%.60s:default}", name,
                     name);
        return false;
    }
    if (!value) {
        append_plain(checker, out, start + size + 1, (size_t)(end - start) - size - 1);
        return true;
    }
    return append_value(checker, at, "variable", name, value, out);
}

/* True when something was replaced; `*is_whole`: the text was one variable and nothing else. */
static bool replace_all(struct checker *checker, const struct tree *at, const char *text,
                        size_t size, struct dag_buffer *out, bool *is_whole)
{
    const char *end = text + size, *next = text;
    bool has_changed = false;

    *is_whole = false;
    while (next < end && out->size < REPLACED_SIZE_MAX) {
        const char *dollar = memchr(next, '$', (size_t)(end - next)), *brace;

        if (!dollar)
            break;
        if (end - dollar >= 3 && memcmp(dollar, "$${", 3) == 0) {
            append_plain(checker, out, next, (size_t)(dollar - next));
            append_plain(checker, out, "${", 2);
            next = dollar + 3;
            has_changed = true;
            continue;
        }
        brace = end - dollar >= 2 && dollar[1] == '{' ? memchr(dollar, '}', (size_t)(end - dollar))
                                                      : NULL;
        if (!brace) {
            append_plain(checker, out, next, (size_t)(dollar + 1 - next));
            next = dollar + 1;
            continue;
        }
        append_plain(checker, out, next, (size_t)(dollar - next));
        if (append_variable(checker, at, dollar + 2, brace, out)) {
            has_changed = true;
            *is_whole = dollar == text && brace + 1 == end;
        } else {
            append_plain(checker, out, dollar, (size_t)(brace + 1 - dollar));
        }
        next = brace + 1;
    }
    append_plain(checker, out, next, (size_t)(end - next));
    return has_changed;
}

bool variables_replace(void *context, struct tree_document *document, const struct tree *at,
                       const char **text, size_t *size, bool *substituted, struct dag_error *err)
{
    struct checker *checker = context;
    struct dag_buffer out = {0};
    char *copy;

    if (!memmem(*text, *size, "${", 2) || is_in_comment(at))
        return true;
    if (replace_all(checker, at, *text, *size, &out, substituted)) {
        copy = tree_copy(document, out.bytes, out.size);
        if (copy) {
            *text = copy;
            *size = out.size;
        } else {
            checker->no_memory = true;
        }
    }
    dag_buffer_free(&out);
    return !checker->no_memory || dag_error_set_memory(err, "a variable");
}
