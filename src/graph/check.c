/* check.c - reads a DAG file against a registry: every problem at once, and a plan. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/options.h"
#include "graph/parts.h"
#include "graph/variables.h"
#include "graph/window.h"

#define DEPTH_MAX       64
#define FILE_SIZE_MAX   ((size_t)4 << 20)
#define COMPARISONS_MAX 200000

bool plan_is_standard_stream(const struct dag_address *address)
{
    return strcmp(address->scheme, "file") == 0 && strcmp(address->rest, "-") == 0;
}

void plan_free(struct plan *plan)
{
    if (plan)
        tree_document_free(plan->document); /* the plan itself lives in it */
}

/* ---- the DAG's own keys ------------------------------------------------------------------- */

static bool may_repeat(const struct tree *object)
{
    return object->type == TREE_OBJECT && object->count > 1;
}

/* Reports keys that an object holds twice. The first of a name is remembered in `seen`. */
static void check_repeated(struct checker *checker, const struct tree *object)
{
    struct names seen = {0};
    size_t index = 0;

    for (const struct tree *i = object->child; i && !checker->no_memory; i = i->next, index++) {
        if (options_is_comment(i->key))
            continue;
        if (names_find(&seen, i->key, i->key_size) >= 0)
            report(checker, PROBLEM_WARNING, i, REPORT_KEY, "duplicate_key", NULL,
                   "key '%.80s' stands here twice and the last one counts; remove one of them",
                   i->key);
        else if (!names_add(&seen, i->key, i->key_size, (int32_t)index))
            checker->no_memory = true;
    }
    names_free(&seen);
}

/* Depth first; the depth is bounded by the parser. */
static void check_repeated_keys(struct checker *checker, const struct tree *tree)
{
    if (may_repeat(tree))
        check_repeated(checker, tree);
    for (const struct tree *i = tree->child; i; i = i->next) {
        if (!i->key || !options_is_comment(i->key))
            check_repeated_keys(checker, i);
    }
}

static void check_name(struct checker *checker)
{
    const struct tree *name = tree_get(checker->plan->source, "name");

    checker->plan->name = "";
    if (!name || name->type != TREE_TEXT)
        return;
    if (name_is_valid(name->text, name->text_size))
        checker->plan->name = name->text;
    else
        report_error(checker, name, "invalid_name", "Invalid name: %s. %s (DAG)", name->text,
                     name_rule);
}

/* Each of the three texts alone first, so that every unreadable one is told. */
static void check_window(struct checker *checker)
{
    struct plan *plan = checker->plan;
    const struct dag_keys *keys = &checker->keys;
    const struct {
        const char *key, *start, *end, *duration;
    } texts[] = {{"start_time", keys->start_time, NULL, NULL},
                 {"end_time", NULL, keys->end_time, NULL},
                 {"duration", NULL, NULL, keys->duration}};
    bool is_readable = true;
    int from = -1, to = -1;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct dag_error err = {0};

        if (window_resolve(texts[i].start, texts[i].end, texts[i].duration, &from, &to, &err))
            continue;
        report_error(checker, tree_get(plan->source, texts[i].key),
                     i == 2 ? "bad_duration" : "bad_time", "%s", err.message);
        is_readable = false;
    }
    plan->start_time = keys->start_time;
    plan->end_time = keys->end_time;
    plan->duration = keys->duration;
    plan->window_start = plan->window_end = -1;
    if (!is_readable)
        return;
    window_resolve(keys->start_time, keys->end_time, keys->duration, &from, &to,
                   &(struct dag_error){0});
    plan->window_start = from;
    plan->window_end = to;
    if (!keys->start_time && (keys->end_time || keys->duration))
        report(checker, PROBLEM_NOTE,
               tree_get(plan->source, keys->duration ? "duration" : "end_time"), REPORT_KEY,
               "ignored_key", NULL, "without 'start_time' there is no time window");
}

static void check_dag_keys(struct checker *checker)
{
    struct option_report whose = {
        .checker = checker, .label = "", .at = checker->plan->source, .are_keys = true};
    const char *also[16];
    size_t count = 0;
    struct plan *plan = checker->plan;

    for (const char *const *key = dag_lists; *key; key++)
        also[count++] = *key;
    also[count] = NULL;
    options_read(dag_key_table, plan->source, &checker->keys, also, checker->document,
                 report_option, &whose);
    plan->propagate = (enum plan_propagate)checker->keys.propagate;
    plan->delivery = (enum plan_delivery)checker->keys.delivery;
    plan->ack = (enum plan_ack)checker->keys.ack;
    plan->memory_limit = checker->keys.memory_limit;
    check_name(checker);
    check_window(checker);
    check_schedule(checker);
}

static void check_errors_key(struct checker *checker)
{
    const struct tree *name = tree_get(checker->plan->source, "errors");

    checker->plan->errors = -1;
    if (name && name->type == TREE_TEXT)
        checker->plan->errors =
            find_reference(checker, "errors", "publisher", &checker->publisher_names, name);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void check_parts(struct checker *checker)
{
    check_repeated_keys(checker, checker->plan->source);
    check_dag_keys(checker);
    check_connectors(checker);
    check_functions(checker);
    if (checker->no_memory)
        return;
    check_errors_key(checker);
    check_nodes(checker);
    if (checker->no_memory)
        return;
    check_edges(checker);
    if (checker->no_memory)
        return;
    check_order(checker);
    check_delivery(checker);
    /* Advice on a file with errors would only hide them. */
    if (checker->problems->error_count == 0 && !checker->no_memory)
        check_wiring(checker);
}

/* What the plan shows of itself, and what is written to the disk of it, has no secrets. Their
 * values stay with the parts that were read already. */
static void forget_secrets(struct checker *checker, const char *text, size_t size)
{
    struct problems ignored = {0};
    struct checker quiet = {.document = checker->document,
                            .options = checker->options,
                            .problems = &ignored,
                            .keeps_secrets = true};
    const struct tree_hooks hooks = {variables_replace, &quiet};
    struct dag_error err = {0};
    const struct tree *source =
        tree_parse_with(checker->document, text, size, DEPTH_MAX, &hooks, NULL, NULL, &err);

    if (source)
        checker->plan->source = source;
    else
        checker->no_memory = true; /* it was parsed before */
    problems_free(&ignored);
}

static void finish_plan(struct checker *checker)
{
    struct plan *plan = checker->plan;

    plan->subscribers = checker->subscribers;
    plan->publishers = checker->publishers;
    plan->calculators = checker->calculators;
    plan->transformers = checker->transformers;
    plan->nodes = checker->nodes;
    plan->edges = checker->edges;
    plan->uses_secrets = checker->uses_secrets;
    plan->document = checker->document;
}

static void report_syntax(struct checker *checker, uint32_t line, uint32_t column,
                          const struct dag_error *err)
{
    /* The message begins with the place, which the problem has already. */
    const char *text = strstr(err->message, ": ");
    char message[sizeof(err->message) + 64];

    text = text ? text + 2 : err->message;
    if (err->code == DAG_ERROR_LIMIT) {
        snprintf(message, sizeof(message), "%s: at most %d levels are allowed", text, DEPTH_MAX);
        report_place(checker, line, column, "too_deep", message);
    } else {
        snprintf(message, sizeof(message), "this is not valid JSON: %s", text);
        report_place(checker, line, column, "bad_json", message);
    }
}

/* Parses and checks; everything that goes wrong is a problem or `no_memory`. */
static void check_text(struct checker *checker, const char *text, size_t size)
{
    const struct tree_hooks hooks = {variables_replace, checker};
    uint32_t line = 1, column = 1;
    struct dag_error err = {0};
    char *path;

    if (size > FILE_SIZE_MAX) {
        report_place(checker, 1, 1, "too_large", "a DAG file may be 4 MiB long at most");
        return;
    }
    checker->plan = checker_alloc(checker, sizeof(*checker->plan));
    path = tree_copy(checker->document, checker->options->path ? checker->options->path : "",
                     checker->options->path ? strlen(checker->options->path) : 0);
    if (!checker->plan || !path) {
        checker->no_memory = true;
        return;
    }
    checker->plan->path = path;
    checker->plan->source =
        tree_parse_with(checker->document, text, size, DEPTH_MAX, &hooks, &line, &column, &err);
    if (!checker->plan->source) {
        if (err.code == DAG_ERROR_MEMORY)
            checker->no_memory = true;
        else
            report_syntax(checker, line, column, &err);
        return;
    }
    if (checker->plan->source->type != TREE_OBJECT) {
        report_error(checker, checker->plan->source, "not_an_object",
                     "a DAG file holds one JSON object");
        return;
    }
    check_parts(checker);
}

static void fill_error(const struct checker *checker, struct dag_error *err)
{
    const struct problems *problems = checker->problems;
    const char *path = checker->options->path;

    if (checker->no_memory) {
        dag_error_set_memory(err, "a DAG");
        return;
    }
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];

        if (problem->severity != PROBLEM_ERROR)
            continue;
        dag_error_set(err, DAG_ERROR_INVALID, "%s%sline %u, column %u: %s", path ? path : "",
                      path ? ": " : "", problem->line, problem->column, problem->message);
        return;
    }
}

struct plan *graph_check(const char *text, size_t size, const struct registry *registry,
                         const struct check_options *options, struct problems *problems,
                         struct dag_error *err)
{
    static const struct check_options none;
    struct checker checker = {.registry = registry,
                              .options = options ? options : &none,
                              .problems = problems,
                              .comparisons_left = COMPARISONS_MAX};

    checker.document = tree_document_new();
    if (checker.document)
        check_text(&checker, text, size);
    else
        checker.no_memory = true;
    names_free(&checker.subscriber_names);
    names_free(&checker.publisher_names);
    names_free(&checker.calculator_names);
    names_free(&checker.transformer_names);
    names_free(&checker.node_names);
    report_sort(problems);
    if (checker.uses_secrets && checker.options->secret && !checker.options->leaves_secrets &&
        problems->error_count == 0)
        forget_secrets(&checker, text, size);
    if (checker.no_memory || problems->error_count > 0) {
        fill_error(&checker, err);
        tree_document_free(checker.document);
        return NULL;
    }
    finish_plan(&checker);
    return checker.plan;
}

/* ---- files -------------------------------------------------------------------------------- */

/* Reads at most one byte more than a DAG file may have. */
static char *read_file(const char *path, size_t *size, struct dag_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t capacity = 64 << 10, used = 0;
    char *text = NULL, *larger;
    ssize_t taken = 1;

    if (fd < 0) {
        dag_error_set_errno(err, "cannot open '%s'", path);
        return NULL;
    }
    while (taken > 0 && used <= FILE_SIZE_MAX) {
        if (!text || used == capacity) {
            capacity = text ? capacity * 2 : capacity;
            larger = realloc(text, capacity);
            if (!larger) {
                dag_error_set_memory(err, path);
                break;
            }
            text = larger;
        }
        taken = read(fd, text + used, capacity - used);
        if (taken < 0 && errno == EINTR)
            taken = 1; /* once more */
        else if (taken < 0)
            dag_error_set_errno(err, "cannot read '%s'", path);
        else
            used += (size_t)taken;
    }
    close(fd);
    if (err->code == DAG_ERROR_NONE && text) {
        *size = used;
        return text;
    }
    free(text);
    return NULL;
}

struct plan *graph_check_file(const char *path, const struct registry *registry,
                              const struct check_options *options, struct problems *problems,
                              struct dag_error *err)
{
    struct check_options with_path = options ? *options : (struct check_options){0};
    struct plan *plan;
    size_t size = 0;
    char *text;

    *err = (struct dag_error){0};
    text = read_file(path, &size, err);
    if (!text)
        return NULL;
    if (!with_path.path)
        with_path.path = path;
    plan = graph_check(text, size, registry, &with_path, problems, err);
    free(text);
    return plan;
}
