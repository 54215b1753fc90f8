/* functions.c - checks calculators and transformers, and finds types in plug-ins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "graph/parts.h"

bool is_plugin_type(const char *type)
{
    const char *dot = strrchr(type, '.');

    return dot && dot != type && dot[1] != '\0';
}

const void *load_plugin(struct checker *checker, const char *label, const char *kind,
                        const char *library, const char *name, const struct tree *at)
{
    const struct registry *registry = checker->registry;
    struct dag_error err = {0};
    const void *found;

    if (!registry->load) {
        report_error(checker, at, "needs_plugin",
                     "%s: '%s' is not built in; with --plugin-dir FOLDER it is taken from the "
                     "library '%s' there",
                     label, name, library);
        return NULL;
    }
    found = registry->load(registry->context, kind, library, name, &err);
    if (!found && err.code == DAG_ERROR_MEMORY)
        checker->no_memory = true;
    else if (!found)
        report_error(checker, at, "plugin_failed", "%s: %s", label, err.message);
    /* The descriptor lies in the library, not in `err`. */
    /* cppcheck-suppress returnDanglingLifetime */
    return found;
}

const void *load_plugin_type(struct checker *checker, const char *label, const char *kind,
                             const char *type, const struct tree *at)
{
    const char *dot = strrchr(type, '.');
    char *library = tree_copy(checker->document, type, (size_t)(dot - type));

    if (!library) {
        checker->no_memory = true;
        return NULL;
    }
    return load_plugin(checker, label, kind, library, dot + 1, at);
}

void check_function_config(struct checker *checker, const char *label,
                           const struct dag_function *type, const struct tree *config,
                           const struct tree *at)
{
    struct option_report whose = {.checker = checker, .label = label, .at = at};
    struct dag_error err = {0};
    void *state = calloc(1, type->state_size ? type->state_size : 1);

    if (!state) {
        checker->no_memory = true;
        return;
    }
    check_written_secrets(checker, label, config, type->options, false);
    if (options_read(type->options, config, state, NULL, checker->document, report_option,
                     &whose)) {
        if (type->open && !type->open(state, NULL, &err))
            report_error(checker, config ? config : at, "bad_options", "%s: %s", label,
                         err.message);
        if (type->close)
            type->close(state);
    }
    free(state);
}

/* What differs between calculators and transformers. */
struct family {
    const char *what;      /* "calculator" */
    const char *list_key;  /* "calculators" */
    const char *unknown;   /* code */
    const char *type_name; /* where none is given */
    const struct dag_option *keys;
    const struct dag_function *const *types;
    const struct dag_function *(*find)(const struct registry *registry, const char *name);
    struct names *names;
};

static const char *type_candidate(void *context, size_t i)
{
    const struct family *family = context;

    if (!family->types)
        return NULL;
    /* The list ends with NULL, and so does the walk along it. */
    return family->types[i] ? family->types[i]->name : NULL;
}

static const struct dag_function *find_type(struct checker *checker, struct family *family,
                                            const char *label, const struct tree *entry)
{
    const struct tree *at = tree_get(entry, "type");
    const char *name = at && at->type == TREE_TEXT ? at->text : family->type_name;
    const struct dag_function *type = family->find(checker->registry, name);

    if (type || (at && at->type != TREE_TEXT && at->type != TREE_NULL))
        return type;
    if (is_plugin_type(name))
        return load_plugin_type(checker, label, family->what, name, at);
    report(checker, PROBLEM_ERROR, at ? at : entry, REPORT_VALUE, family->unknown,
           suggest(checker, name, type_candidate, family), "%s: unknown type '%s'", label, name);
    return NULL;
}

static const struct tree *config_of(const struct tree *entry)
{
    const struct tree *config = tree_get(entry, "config");

    return config && config->type == TREE_OBJECT ? config : NULL;
}

static void check_function(struct checker *checker, struct family *family, const struct tree *entry,
                           size_t index, const struct tree **places, struct plan_function *function)
{
    const char *label = entry_label(checker, family->what, entry, index);
    struct option_report whose = {
        .checker = checker, .label = label, .at = entry, .are_keys = true};
    struct function_keys keys = {0};

    function->name = "";
    if (entry->type != TREE_OBJECT) {
        report_error(checker, entry, "wrong_type", "%s: must be an object", label);
        return;
    }
    options_read(family->keys, entry, &keys, NULL, checker->document, report_option, &whose);
    function->name = declare_name(checker, family->what, entry, index, family->names, places);
    function->type = find_type(checker, family, label, entry);
    function->config = config_of(entry);
    if (function->type)
        check_function_config(checker, label, function->type, function->config, entry);
}

static size_t check_family(struct checker *checker, struct family *family, size_t extra,
                           struct plan_function **functions)
{
    const struct tree *list = find_list(checker, family->list_key);
    size_t count = list ? list->count : 0, i = 0;
    const struct tree **places = checker_alloc(checker, (count + 1) * sizeof(const void *));

    *functions = checker_alloc(checker, (count + extra + 1) * sizeof(**functions));
    if (!places || !*functions)
        return 0;
    for (const struct tree *entry = list ? list->child : NULL; entry; entry = entry->next, i++) {
        places[i] = entry;
        check_function(checker, family, entry, i, places, *functions + i);
    }
    return count;
}

void check_functions(struct checker *checker)
{
    struct family calculators = {.what = "calculator",
                                 .list_key = "calculators",
                                 .unknown = "unknown_calculator_type",
                                 .type_name = "NullCalculator",
                                 .keys = calculator_key_table,
                                 .types = checker->registry->calculators,
                                 .find = registry_calculator,
                                 .names = &checker->calculator_names};
    struct family transformers = {.what = "transformer",
                                  .list_key = "transformers",
                                  .unknown = "unknown_transformer_type",
                                  .type_name = "NullDataTransformer",
                                  .keys = transformer_key_table,
                                  .types = checker->registry->transformers,
                                  .find = registry_transformer,
                                  .names = &checker->transformer_names};

    checker->plan->calculator_count = check_family(checker, &calculators, 0, &checker->calculators);
    /* Room for the two implicit ones. */
    checker->plan->transformer_count =
        check_family(checker, &transformers, 2, &checker->transformers);
}

int32_t find_transformer(struct checker *checker, const char *label, const struct tree *name)
{
    static const struct {
        const char *name, *type;
    } implicit[] = {{"null", "NullDataTransformer"}, {"passthru", "PassthruDataTransformer"}};

    for (size_t i = 0; i < sizeof(implicit) / sizeof(implicit[0]); i++) {
        const struct dag_function *type;
        size_t index = checker->plan->transformer_count;

        if (name->text_size != strlen(implicit[i].name) ||
            strcmp(name->text, implicit[i].name) != 0 || !checker->transformers ||
            names_find(&checker->transformer_names, name->text, name->text_size) >= 0)
            continue;
        type = registry_transformer(checker->registry, implicit[i].type);
        if (!type)
            break;
        checker->transformers[index] = (struct plan_function){implicit[i].name, type, NULL};
        if (!names_add(&checker->transformer_names, implicit[i].name, name->text_size,
                       (int32_t)index))
            checker->no_memory = true;
        checker->plan->transformer_count++;
    }
    return find_reference(checker, label, "transformer", &checker->transformer_names, name);
}
