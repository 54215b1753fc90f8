/* secret_keys.c - see secret_keys.h; and the check that no secret is written out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/secret_keys.h"

#include <string.h>

#include "core/options.h"
#include "graph/parts.h"

#define REFERENCE "${secret:"

static const char *const words[] = {"password",    "passwd",     "secret",        "token",
                                    "api_key",     "apikey",     "api-key",       "credential",
                                    "private_key", "passphrase", "authorization", "cookie"};

bool secret_key_sounds_so(const char *key)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasestr(key, words[i]))
            return true;
    return false;
}

bool secret_key_is_marked(const char *key, const struct dag_option *options)
{
    for (const struct dag_option *option = options; option && option->name; option++)
        if (strcmp(option->name, key) == 0 && option->flags & DAG_OPTION_SECRET)
            return true;
    return false;
}

bool secret_is_reference(const struct tree *value)
{
    const char *end;

    if (value->type != TREE_TEXT || strncmp(value->text, REFERENCE, sizeof(REFERENCE) - 1) != 0)
        return false;
    end = strchr(value->text, '}');
    return end && end[1] == '\0';
}

const char *secret_in_address(const char *text, size_t *size)
{
    const char *begin = strstr(text, "://");
    const char *end = begin ? strrchr(begin, '@') : NULL;

    if (!end)
        return NULL;
    begin += strlen("://");
    *size = (size_t)(end - begin);
    return begin;
}

/* ---- the check ---- */

/* Filled in, or left as it stands. */
static bool has_variable(const struct tree *value)
{
    return value->is_replaced || strstr(value->text, "${");
}

static void warn(struct checker *checker, const char *label, const struct tree *value)
{
    report(checker, PROBLEM_WARNING, value, REPORT_VALUE, "written_secret", NULL,
           "%s, '%s': a secret is written out, for everybody who may read this file; write "
           "${secret:NAME} in its place (for dagd run: ${VARIABLE})",
           label, value->key ? value->key : "");
}

/* The address of a proxy, say, is marked only because it may hold a password. */
static bool is_plain_address(const char *text)
{
    size_t size;

    return strstr(text, "://") && !secret_in_address(text, &size);
}

static bool has_password(const char *text)
{
    size_t size;
    const char *found = secret_in_address(text, &size);

    return found && memchr(found, ':', size);
}

static void check_values(struct checker *checker, const char *label, const struct tree *config,
                         const struct dag_option *options, bool by_sound)
{
    for (const struct tree *value = config ? config->child : NULL; value; value = value->next) {
        bool is_marked = value->key && secret_key_is_marked(value->key, options);
        bool is_secret = is_marked || (value->key && by_sound && secret_key_sounds_so(value->key));

        if (value->key && options_is_comment(value->key))
            continue;
        if (value->type != TREE_TEXT) /* of marked headers those that sound so */
            check_values(checker, label, value, NULL, by_sound || is_marked);
        else if (value->text_size > 0 && !has_variable(value) &&
                 (is_secret ? !is_plain_address(value->text)
                            : by_sound && has_password(value->text)))
            warn(checker, label, value);
    }
}

void check_written_secrets(struct checker *checker, const char *label, const struct tree *config,
                           const struct dag_option *options, bool by_sound)
{
    if (config && config->type == TREE_OBJECT)
        check_values(checker, label, config, options, by_sound);
}
