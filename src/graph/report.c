/* report.c - collects the problems of a check. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hidden.h"
#include "core/options.h"
#include "graph/parts.h"

#define PROBLEMS_MAX     10000
#define NODES_MAX        10000
#define ENTRIES_MAX      100000 /* of any other list */
#define POINTER_SIZE_MAX 4096
#define TYPES_MAX        100 /* about as many are compared when a type is suggested */

void problems_free(struct problems *problems)
{
    if (!problems)
        return;
    for (size_t i = 0; i < problems->count; i++) {
        free(problems->items[i].pointer);
        free(problems->items[i].message);
        free(problems->items[i].suggestion);
    }
    free(problems->items);
    memset(problems, 0, sizeof(*problems));
}

void *checker_alloc(struct checker *checker, size_t size)
{
    void *memory = tree_alloc(checker->document, size);

    if (!memory)
        checker->no_memory = true;
    return memory;
}

static bool append(struct problems *problems, struct problem problem)
{
    /* Doubled at each power of two. */
    if ((problems->count & (problems->count - 1)) == 0) {
        size_t capacity = problems->count ? problems->count * 2 : 1;
        struct problem *items = realloc(problems->items, capacity * sizeof(*items));

        if (!items)
            return false;
        problems->items = items;
    }
    problems->items[problems->count++] = problem;
    return true;
}

static void count_problem(struct problems *problems, enum problem_severity severity)
{
    if (severity == PROBLEM_ERROR)
        problems->error_count++;
    else if (severity == PROBLEM_WARNING)
        problems->warning_count++;
}

/* Takes pointer, message and suggestion over. */
static void add(struct checker *checker, struct problem problem)
{
    struct problems *problems = checker->problems;

    count_problem(problems, problem.severity);
    if (problems->count == PROBLEMS_MAX) {
        free(problem.message);
        problem.code = "too_many_problems";
        problem.message = strdup("there are more problems than are shown");
    }
    if (problem.pointer && problem.message && append(problems, problem))
        return;
    checker->no_memory = true;
    free(problem.pointer);
    free(problem.message);
    free(problem.suggestion);
}

static char *format_message(const char *suggestion, const char *format, va_list arguments)
{
    char *message = NULL, *longer = NULL;

    if (vasprintf(&message, format, arguments) < 0)
        return NULL;
    if (!suggestion)
        return message;
    if (asprintf(&longer, "%s; did you mean '%s'?", message, suggestion) < 0)
        longer = NULL;
    free(message);
    return longer;
}

/* Control characters of a file's names must not reach a terminal. */
static void make_printable(char *text)
{
    for (; text && *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

void report(struct checker *checker, enum problem_severity severity, const struct tree *at,
            enum report_place place, const char *code, const char *suggestion, const char *format,
            ...)
{
    struct problem problem = {.severity = severity, .code = code, .line = 1, .column = 1};
    char pointer[POINTER_SIZE_MAX] = "";
    va_list arguments;

    if (severity == PROBLEM_WARNING && checker->options->strict && strcmp(code, "unknown_key") == 0)
        problem.severity = PROBLEM_ERROR;
    if (checker->problems->count > PROBLEMS_MAX) {
        count_problem(checker->problems, problem.severity);
        return;
    }
    if (at) {
        problem.line = place == REPORT_KEY && at->key ? at->key_line : at->line;
        problem.column = place == REPORT_KEY && at->key ? at->key_column : at->column;
        tree_pointer(at, pointer, sizeof(pointer));
    }
    va_start(arguments, format);
    problem.message = format_message(suggestion, format, arguments);
    va_end(arguments);
    if (problem.message)
        hidden_mask(problem.message); /* first: a secret may hold line breaks */
    make_printable(problem.message);
    problem.pointer = strdup(pointer);
    problem.suggestion = suggestion ? strdup(suggestion) : NULL;
    add(checker, problem);
}

void report_place(struct checker *checker, uint32_t line, uint32_t column, const char *code,
                  const char *message)
{
    struct problem problem = {.severity = PROBLEM_ERROR,
                              .line = line,
                              .column = column,
                              .code = code,
                              .pointer = strdup(""),
                              .message = strdup(message)};

    add(checker, problem);
}

/* ---- order -------------------------------------------------------------------------------- */

struct placed {
    struct problem problem;
    size_t index;
};

static int compare(const void *a, const void *b)
{
    const struct placed *one = a, *other = b;

    if (one->problem.line != other->problem.line)
        return one->problem.line < other->problem.line ? -1 : 1;
    if (one->problem.column != other->problem.column)
        return one->problem.column < other->problem.column ? -1 : 1;
    return one->index < other->index ? -1 : 1;
}

void report_sort(struct problems *problems)
{
    struct placed *placed;

    if (problems->count < 2)
        return;
    placed = malloc(problems->count * sizeof(*placed));
    if (!placed)
        return; /* unsorted, but whole */
    for (size_t i = 0; i < problems->count; i++)
        placed[i] = (struct placed){problems->items[i], i};
    qsort(placed, problems->count, sizeof(*placed), compare);
    for (size_t i = 0; i < problems->count; i++)
        problems->items[i] = placed[i].problem;
    free(placed);
}

/* ---- options and names -------------------------------------------------------------------- */

/* Messages of options_read() begin with the option's name. */
static bool is_about(const char *message, const char *name)
{
    static const char prefix[] = "option '";
    size_t size = strlen(name);

    if (strncmp(message, prefix, sizeof(prefix) - 1) != 0)
        return false;
    message += sizeof(prefix) - 1;
    return strncmp(message, name, size) == 0 && message[size] == '\'';
}

void report_option(void *context, const struct tree *at, bool is_error, const char *code,
                   const char *message, const char *suggestion)
{
    const struct option_report *whose = context;
    struct checker *checker = whose->checker;
    bool is_unknown = strcmp(code, "unknown_key") == 0;
    const char *option = "option '", *kind = "";

    if (strcmp(code, "no_memory") == 0) {
        checker->no_memory = true;
        return;
    }
    if (whose->own_report && strcmp(code, "missing_option") == 0 &&
        is_about(message, whose->own_report))
        return;
    for (const struct dag_option *own = whose->own_options; own && own->name; own++) {
        if (is_about(message, own->name))
            return;
    }
    if (is_unknown && at && whose->noted && strcmp(at->key, whose->noted) == 0) {
        report(checker, PROBLEM_NOTE, at, REPORT_KEY, "ignored_key", NULL,
               "%s: key '%s' is ignored", whose->label, whose->noted);
        return;
    }
    if (whose->are_keys && strncmp(message, option, strlen(option)) == 0) {
        message += strlen("option ");
        kind = "key ";
    }
    report(checker, is_error ? PROBLEM_ERROR : PROBLEM_WARNING, at ? at : whose->at,
           is_unknown ? REPORT_KEY : REPORT_VALUE, code, suggestion, "%s%s%s%s", whose->label,
           whose->label[0] ? (is_unknown ? ": " : ", ") : "", kind, message);
}

const char *suggest(struct checker *checker, const char *word,
                    const char *(*candidate)(void *context, size_t i), void *context)
{
    if (checker->comparisons_left < TYPES_MAX)
        return NULL;
    checker->comparisons_left -= TYPES_MAX;
    return options_suggest(word, candidate, context);
}

const char *suggest_name(struct checker *checker, const struct names *names, const char *word)
{
    if (checker->comparisons_left < names->count)
        return NULL;
    checker->comparisons_left -= names->count;
    return names_suggest(names, word);
}

const char *member_text(const struct tree *object, const char *key)
{
    const struct tree *member = tree_get(object, key);

    return member && member->type == TREE_TEXT ? member->text : NULL;
}

const char *entry_label(struct checker *checker, const char *what, const struct tree *entry,
                        size_t index)
{
    const char *name = member_text(entry, "name");
    char text[160];
    char *label;

    if (name && name[0])
        snprintf(text, sizeof(text), "%s '%.80s%s'", what, name, strlen(name) > 80 ? "..." : "");
    else
        snprintf(text, sizeof(text), "%s number %zu", what, index + 1);
    label = tree_copy(checker->document, text, strlen(text));
    if (!label)
        checker->no_memory = true;
    return label ? label : "";
}

const char *declare_name(struct checker *checker, const char *what, const struct tree *entry,
                         size_t index, struct names *names, const struct tree *const *places)
{
    const struct tree *name = tree_get(entry, "name");
    int32_t other;

    if (!name || name->type != TREE_TEXT)
        return ""; /* reported with the other keys */
    if (!name_is_valid(name->text, name->text_size)) {
        report_error(checker, name, "invalid_name", "Invalid name: %s. %s (%s)", name->text,
                     name_rule, what);
        if (strlen(name->text) != name->text_size)
            return "";
    }
    other = names_find(names, name->text, name->text_size);
    if (other >= 0) {
        const struct tree *first = tree_get(places[other], "name");

        report_error(checker, name, "duplicate_name",
                     "there is a %s '%s' already, at line %u, column %u; rename one of them", what,
                     name->text, first->line, first->column);
        return name->text;
    }
    if (!names_add(names, name->text, name->text_size, (int32_t)index))
        checker->no_memory = true;
    return name->text;
}

const struct tree *find_list(struct checker *checker, const char *key)
{
    const struct tree *list = tree_get(checker->plan->source, key);
    int most = strcmp(key, "nodes") == 0 ? NODES_MAX : ENTRIES_MAX;

    if (!list || list->type == TREE_NULL)
        return NULL;
    if (list->type == TREE_ARRAY && list->count <= (size_t)most)
        return list;
    if (list->type == TREE_ARRAY) {
        report_error(checker, list, "too_many_entries", "'%s' may have %d entries at most", key,
                     most);
        return NULL;
    }
    report_error(checker, list, "wrong_type", "'%s' must be a list of objects", key);
    return NULL;
}

int32_t find_reference(struct checker *checker, const char *label, const char *what,
                       const struct names *names, const struct tree *name)
{
    char code[40];
    const char *codes[] = {"unknown_subscriber", "unknown_publisher", "unknown_calculator",
                           "unknown_transformer", "unknown_node"};
    const char *stable = "unknown_reference";
    int32_t found = names_find(names, name->text, name->text_size);

    if (found >= 0)
        return found;
    if (name->text_size == 0) {
        report(checker, PROBLEM_NOTE, name, REPORT_VALUE, "empty_reference", NULL,
               "%s: an empty %s counts as none", label, what);
        return -1;
    }
    snprintf(code, sizeof(code), "unknown_%s", what);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (strcmp(codes[i], code) == 0)
            stable = codes[i];
    }
    report(checker, PROBLEM_ERROR, name, REPORT_VALUE, stable,
           suggest_name(checker, names, name->text), "%s: there is no %s '%s'; declare it%s", label,
           what, name->text, strcmp(what, "node") == 0 ? "" : " or remove the reference");
    return -1;
}
