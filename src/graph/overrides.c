/* overrides.c - `--set name.key=value`. The text is edited where the tree says that the value
 * stands, so that what the check says afterwards still names the file's own lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/overrides.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "core/text.h"
#include "core/tree.h"
#include "graph/keys.h"

#define DEPTH_MAX      1024
#define CANDIDATES_MAX 8
#define TABLE_COUNT    3

/** One setting, taken apart. */
struct setting {
    const char *kind; /* "" for any */
    const char *name;
    const char *key;
    char *value; /* owned: JSON text on one line */
};

/** Where a setting may go to. */
struct target {
    const char *kind;
    struct graph_text *text;
    const struct tree *entry;                     /* of the list, or the whole file */
    const struct dag_option *tables[TABLE_COUNT]; /* keys that it may have; each may be NULL */
    bool in_entry;  /* the key stands in the entry, not in its config */
    bool takes_any; /* the type is not known: every key may be right */
};

struct targets {
    struct target items[CANDIDATES_MAX];
    size_t count;
};

static const struct {
    const char *list, *kind;
} lists[] = {
    {"subscribers", "subscriber"},   {"publishers", "publisher"}, {"calculators", "calculator"},
    {"transformers", "transformer"}, {"nodes", "node"},
};

#define LIST_COUNT (sizeof(lists) / sizeof(lists[0]))

static bool put(const struct target *target, const struct setting *setting, struct dag_error *err)
{
    const struct tree *config = target->entry;

    assert(target->entry);
    if (!target->in_entry)
        config = tree_get(target->entry, "config");
    if (config && config->type == TREE_OBJECT) {
        const struct tree *value = tree_get(config, setting->key);

        if (value)
            return edit_replace(target->text, value, setting->value, err);
        return edit_add_member(target->text, config, setting->key, setting->value, err);
    }

    char *object = NULL;

    if (asprintf(&object, "{\"%s\": %s}", setting->key, setting->value) < 0)
        return dag_error_set_memory(err, "a setting");
    bool is_done = config ? edit_replace(target->text, config, object, err)
                          : edit_add_member(target->text, target->entry, "config", object, err);
    free(object);
    return is_done;
}

/* ---- which names and keys there are ---------------------------------------------------------- */

static bool table_has(const struct dag_option *table, const char *key)
{
    for (; table && table->name; table++)
        if (strcmp(table->name, key) == 0)
            return true;
    return false;
}

static bool knows_key(const struct target *target, const char *key)
{
    const struct tree *config =
        target->in_entry ? target->entry : tree_get(target->entry, "config");

    if (target->takes_any || (!target->in_entry && tree_get(config, key)))
        return true;
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (table_has(target->tables[i], key))
            return true;
    return false;
}

static const char *text_of(const struct tree *entry, const char *key, const char *otherwise)
{
    const struct tree *value = tree_get(entry, key);

    return value && value->type == TREE_TEXT ? value->text : otherwise;
}

/** The scheme of the URI in the entry's config, in `scheme`. */
static void scheme_of(const struct tree *entry, const char *key, char *scheme, size_t size)
{
    const char *uri = text_of(tree_get(entry, "config"), key, "");
    const char *end = strstr(uri, "://");

    snprintf(scheme, size, "%.*s", (int)(end ? (size_t)(end - uri) : strlen(uri)), uri);
}

static void describe_subscriber(struct target *target, const struct registry *registry)
{
    char scheme[64];

    scheme_of(target->entry, "source", scheme, sizeof(scheme));
    const struct dag_subscriber *type = registry_subscriber(registry, scheme);
    target->tables[0] = subscriber_key_table;
    target->tables[1] = type ? type->options : NULL;
    target->tables[2] = strcmp(scheme, "custom") == 0 ? custom_subscriber_key_table : NULL;
    target->takes_any = !type;
}

static void describe_publisher(struct target *target, const struct registry *registry)
{
    char scheme[64];

    scheme_of(target->entry, "destination", scheme, sizeof(scheme));
    const struct dag_publisher *type = registry_publisher(registry, scheme);
    target->tables[0] = publisher_key_table;
    target->tables[1] = type ? type->options : NULL;
    target->tables[2] = strcmp(scheme, "custom") == 0 ? custom_publisher_key_table : NULL;
    target->takes_any = !type;
}

static void describe_function(struct target *target, const struct dag_function *type)
{
    target->tables[0] = type ? type->options : NULL;
    target->takes_any = !type;
}

/** A node has keys of its own beside those of its config. */
static void describe_node(struct target *target, const char *key)
{
    const struct node_kind *kind =
        node_kind_find(text_of(target->entry, "type", "CalculationNode"));

    target->tables[0] = kind ? kind->options : NULL;
    target->takes_any = !kind;
    if (kind && !table_has(kind->options, key)) {
        target->in_entry = table_has(node_key_table, key);
        target->tables[1] = node_key_table;
    }
}

/** Fills what keys an entry of a list may have. */
static void describe_target(struct target *target, const char *key, const struct registry *registry)
{
    if (strcmp(target->kind, "subscriber") == 0)
        describe_subscriber(target, registry);
    else if (strcmp(target->kind, "publisher") == 0)
        describe_publisher(target, registry);
    else if (strcmp(target->kind, "calculator") == 0)
        describe_function(target, registry_calculator(
                                      registry, text_of(target->entry, "type", "NullCalculator")));
    else if (strcmp(target->kind, "transformer") == 0)
        describe_function(target, registry_transformer(registry, text_of(target->entry, "type",
                                                                         "NullDataTransformer")));
    else
        describe_node(target, key);
}

static void add_target(struct targets *targets, struct target target)
{
    if (targets->count < CANDIDATES_MAX)
        targets->items[targets->count++] = target;
}

/** Adds what has that name in one file. */
static void find_in(struct graph_text *text, const struct tree *root, const struct setting *setting,
                    const struct registry *registry, struct targets *targets)
{
    for (size_t list = 0; list < LIST_COUNT; list++) {
        const struct tree *entries = tree_get(root, lists[list].list);

        if (!entries || entries->type != TREE_ARRAY ||
            (setting->kind[0] && strcmp(setting->kind, lists[list].kind) != 0))
            continue;
        for (const struct tree *entry = entries->child; entry; entry = entry->next) {
            struct target target = {.kind = lists[list].kind, .text = text, .entry = entry};

            if (strcmp(text_of(entry, "name", ""), setting->name) != 0)
                continue;
            describe_target(&target, setting->key, registry);
            add_target(targets, target);
        }
    }
    if ((!setting->kind[0] || strcmp(setting->kind, "dag") == 0) &&
        strcmp(text_of(root, "name", ""), setting->name) == 0)
        add_target(targets, (struct target){.kind = "dag",
                                            .text = text,
                                            .entry = root,
                                            .tables = {dag_key_table},
                                            .in_entry = true});
}

/* ---- what may have been meant ------------------------------------------------------------------
 */

struct words {
    const char *items[512];
    size_t count;
};

static void add_word(struct words *words, const char *word)
{
    if (words->count < sizeof(words->items) / sizeof(words->items[0]))
        words->items[words->count++] = word;
}

static const char *word_at(void *context, size_t i)
{
    const struct words *words = context;

    return i < words->count ? words->items[i] : NULL;
}

static bool complain_of_name(const struct setting *setting, const struct tree *const *roots,
                             size_t root_count, struct dag_error *err)
{
    struct words words = {.count = 0};

    for (size_t i = 0; i < root_count; i++) {
        add_word(&words, text_of(roots[i], "name", ""));
        for (size_t list = 0; list < LIST_COUNT; list++) {
            const struct tree *entries = tree_get(roots[i], lists[list].list);

            for (const struct tree *entry = entries ? entries->child : NULL; entry;
                 entry = entry->next)
                add_word(&words, text_of(entry, "name", ""));
        }
    }

    const char *near = options_suggest(setting->name, word_at, &words);

    if (near)
        return dag_error_set(err, DAG_ERROR_INVALID, "nothing is named '%s'; did you mean '%s'?",
                             setting->name, near);
    return dag_error_set(err, DAG_ERROR_INVALID, "nothing is named '%s'", setting->name);
}

static bool complain_of_key(const struct setting *setting, const struct targets *targets,
                            struct dag_error *err)
{
    struct words words = {.count = 0};

    for (size_t i = 0; i < targets->count; i++) {
        const struct target *target = &targets->items[i];

        for (size_t k = 0; k < TABLE_COUNT; k++)
            for (const struct dag_option *option = target->tables[k]; option && option->name;
                 option++)
                add_word(&words, option->name);
    }

    const char *near = options_suggest(setting->key, word_at, &words);

    if (near)
        return dag_error_set(err, DAG_ERROR_INVALID, "%s '%s' has no key '%s'; did you mean '%s'?",
                             targets->items[0].kind, setting->name, setting->key, near);
    return dag_error_set(err, DAG_ERROR_INVALID, "%s '%s' has no key '%s'", targets->items[0].kind,
                         setting->name, setting->key);
}

/* ---- one setting -------------------------------------------------------------------------------
 */

/** The value as JSON on one line: as it is given, or as a text. */
static char *json_of(const char *value)
{
    struct tree_document *document = tree_document_new();
    struct dag_error err;
    uint32_t line, column;
    size_t size = strlen(value);
    const struct tree *tree =
        document ? tree_parse(document, value, size, DEPTH_MAX, &line, &column, &err) : NULL;
    char *json;

    if (tree) {
        json = strndup(tree->json, tree->json_size);
    } else {
        json = malloc(text_escape_bound(size) + 3);
        if (json) {
            size_t used = text_escape(json + 1, value, size);
            json[0] = '"';
            json[used + 1] = '"';
            json[used + 2] = '\0';
        }
    }
    tree_document_free(document);
    return json;
}

/** Cuts "kind:name.key=value" (in `copy`) into its parts. */
static bool setting_parse(char *copy, struct setting *setting, struct dag_error *err)
{
    char *value = strchr(copy, '=');
    char *key = strchr(copy, '.');

    if (!value || !key || key > value || key == copy || key + 1 == value)
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' is not NAME.KEY=VALUE", copy);
    *value++ = '\0';
    *key++ = '\0';

    char *name = strchr(copy, ':');

    if (name)
        *name++ = '\0';
    *setting = (struct setting){.kind = name ? copy : "", .name = name ? name : copy, .key = key};
    for (const char *c = key; *c; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
            return dag_error_set(err, DAG_ERROR_INVALID, "'%s' is no key", key);
    setting->value = json_of(value);
    return setting->value || dag_error_set_memory(err, "a setting");
}

/** Changes every file that has such a name. */
static bool setting_apply(const struct setting *setting, const struct tree *const *roots,
                          size_t root_count, struct graph_text *const *texts,
                          const struct registry *registry, struct dag_error *err)
{
    bool is_used = false;

    for (size_t i = 0; i < root_count; i++) {
        struct targets found = {.count = 0};
        const struct target *chosen = NULL;

        find_in(texts[i], roots[i], setting, registry, &found);
        for (size_t k = 0; k < found.count; k++) {
            if (!knows_key(&found.items[k], setting->key))
                continue;
            if (chosen)
                return dag_error_set(err, DAG_ERROR_INVALID,
                                     "a %s and a %s are named '%s'; write '%s:%s.%s=...'",
                                     chosen->kind, found.items[k].kind, setting->name, chosen->kind,
                                     setting->name, setting->key);
            chosen = &found.items[k];
        }
        if (found.count > 0 && !chosen)
            return complain_of_key(setting, &found, err);
        if (chosen && !put(chosen, setting, err))
            return false;
        is_used = is_used || chosen;
    }
    return is_used || root_count == 0 || complain_of_name(setting, roots, root_count, err);
}

static bool apply_one(const char *text, struct graph_text *texts, size_t text_count,
                      const struct registry *registry, struct dag_error *err)
{
    struct setting setting = {.value = NULL};
    struct tree_document *document = tree_document_new();
    char *copy = strdup(text);
    const struct tree **roots = calloc(text_count + 1, sizeof(*roots));
    struct graph_text **parsed = calloc(text_count + 1, sizeof(struct graph_text *));
    bool is_done = false;

    if (!document || !copy || !roots || !parsed)
        dag_error_set_memory(err, "a setting");
    else if (setting_parse(copy, &setting, err)) {
        size_t count = 0;

        for (size_t i = 0; i < text_count; i++) {
            struct dag_error ignored;
            uint32_t line, column;

            roots[count] = tree_parse(document, texts[i].text, texts[i].size, DEPTH_MAX, &line,
                                      &column, &ignored);
            parsed[count] = &texts[i];
            count += roots[count] && roots[count]->type == TREE_OBJECT;
        }
        is_done = setting_apply(&setting, roots, count, parsed, registry, err);
    }
    free(setting.value);
    free(copy);
    free(roots);
    free(parsed);
    tree_document_free(document);
    return is_done;
}

bool overrides_apply(const char *const *settings, size_t setting_count, struct graph_text *texts,
                     size_t text_count, const struct registry *registry, struct dag_error *err)
{
    for (size_t i = 0; i < setting_count; i++)
        if (!apply_one(settings[i], texts, text_count, registry, err))
            return false;
    return true;
}
