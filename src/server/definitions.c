/* definitions.c - the tables of the catalogue, and what is known. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/definitions.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/tree.h"
#include "server/definitions_internal.h"

#define DEPTH_MAX 64

/* ---- sorted tables ---- */

static const char *name_of(const void *item)
{
    return *(char *const *)item;
}

static size_t place_of(const struct by_name *table, const char *name)
{
    size_t from = 0, to = table->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (strcmp(name_of(table->items[middle]), name) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void *by_name_find(const struct by_name *table, const char *name)
{
    size_t place = place_of(table, name);

    return place < table->count && strcmp(name_of(table->items[place]), name) == 0
               ? table->items[place]
               : NULL;
}

bool by_name_add(struct by_name *table, void *item)
{
    if (table->count == table->capacity) {
        size_t capacity = table->capacity * 2 + 16;
        void **items = realloc(table->items, capacity * sizeof(*items));

        if (!items)
            return false;
        table->items = items;
        table->capacity = capacity;
    }
    size_t place = place_of(table, name_of(item));
    memmove(table->items + place + 1, table->items + place,
            (table->count - place) * sizeof(*table->items));
    table->items[place] = item;
    table->count++;
    return true;
}

void by_name_remove(struct by_name *table, const void *item)
{
    size_t place = place_of(table, name_of(item));

    table->count--;
    memmove(table->items + place, table->items + place + 1,
            (table->count - place) * sizeof(*table->items));
}

/* Both structs begin with their name: one allocation for each of the two. */
static void *add(struct definitions *definitions, struct by_name *table, const char *name,
                 size_t size)
{
    char **item = calloc(1, size);
    char *copy = strdup(name);

    if (item && copy) {
        *item = copy;
        pthread_mutex_lock(&definitions->lock);
        bool done = by_name_add(table, item);
        pthread_mutex_unlock(&definitions->lock);
        if (done)
            return item;
    }
    free(copy);
    free(item);
    return NULL;
}

static void drop(struct definitions *definitions, struct by_name *table, void *item)
{
    pthread_mutex_lock(&definitions->lock);
    by_name_remove(table, item);
    pthread_mutex_unlock(&definitions->lock);
    free(*(char **)item);
    free(item);
}

struct definition_item *item_add(struct definitions *definitions, const char *name)
{
    return add(definitions, &definitions->items, name, sizeof(struct definition_item));
}

void item_drop(struct definitions *definitions, struct definition_item *item)
{
    drop(definitions, &definitions->items, item);
}

struct hand_file *hand_file_add(struct definitions *definitions, const char *name)
{
    return add(definitions, &definitions->files, name, sizeof(struct hand_file));
}

void hand_file_drop(struct definitions *definitions, struct hand_file *file)
{
    drop(definitions, &definitions->files, file);
}

/* ---- files and DAGs ---- */

void item_attach(struct definitions *definitions, struct definition_item *item,
                 struct hand_file *file, const struct definition *now)
{
    pthread_mutex_lock(&definitions->lock);
    item->now = *now;
    snprintf(item->now.file, sizeof(item->now.file), "%s", file->name);
    if (item->file && item->file != file)
        item->file->item = NULL;
    item->file = file;
    file->item = item;
    file->is_taken = true;
    file->hash = now->hash;
    pthread_mutex_unlock(&definitions->lock);
    hand_file_problem(definitions, file, "%s", "");
}

void item_detach(struct definitions *definitions, struct definition_item *item)
{
    pthread_mutex_lock(&definitions->lock);
    if (item->file)
        item->file->item = NULL;
    item->file = NULL;
    pthread_mutex_unlock(&definitions->lock);
}

void hand_file_problem(struct definitions *definitions, struct hand_file *file, const char *format,
                       ...)
{
    char text[FILE_PROBLEM_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (strcmp(text, file->problem) == 0)
        return;
    pthread_mutex_lock(&definitions->lock);
    memcpy(file->problem, text, sizeof(text));
    pthread_mutex_unlock(&definitions->lock);
    definitions_add_event(definitions, DEFINITIONS_PROBLEMS, "");
}

/* Without memory nobody is told now; whoever asks next sees it all the same. */
void definitions_add_event(struct definitions *definitions, enum definitions_change change,
                           const char *name)
{
    size_t size = strlen(name) + 1;
    struct hand_event *event = calloc(1, sizeof(*event) + size);

    if (!event)
        return;
    event->change = change;
    memcpy(event->name, name, size);
    *definitions->events_end = event;
    definitions->events_end = &event->next;
}

/* ---- texts ---- */

const char *definition_name(const char *text, size_t size, struct tree_document *document,
                            struct dag_error *err)
{
    const struct tree *root = tree_parse(document, text, size, DEPTH_MAX, NULL, NULL, err);

    if (!root)
        return NULL;
    const struct tree *name = tree_get(root, "name");
    if (root->type != TREE_OBJECT || !name || name->type != TREE_TEXT) {
        dag_error_set(err, DAG_ERROR_INVALID, "it has no 'name'");
        return NULL;
    }
    if (!name_is_valid(name->text, name->text_size)) {
        dag_error_set(err, DAG_ERROR_INVALID, "line %u: %s", name->line, name_rule);
        return NULL;
    }
    return name->text;
}

/* "cannot write '/var/lib/dagd/x': No space left on device": the rest is for the log alone */
const char *reason_of(const struct dag_error *err)
{
    const char *found = strstr(err->message, "': ");

    return found ? found + 3 : err->message;
}

const char *definition_wish_name(enum definition_wish wish)
{
    static const char *const names[] = {"unasked", "stopped", "running", "suspended"};

    return names[wish];
}

void definition_file_name(const char *name, char file[DEFINITION_FILE_SIZE])
{
    char cut[DATA_NAME_SIZE];

    data_folder_name(name, cut);
    snprintf(file, DEFINITION_FILE_SIZE, "%s.json", cut);
}

/* ---- what is known ---- */

struct shown {
    char *name; /* owned */
    struct definition now;
};

static void free_shown(struct shown *shown, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(shown[i].name);
    free(shown);
}

/* NULL: out of memory. */
static struct shown *copy_shown(struct definitions *definitions, size_t *count)
{
    pthread_mutex_lock(&definitions->lock);
    struct shown *shown = calloc(definitions->items.count + 1, sizeof(*shown));
    bool done = shown != NULL;

    *count = 0;
    for (size_t i = 0; done && i < definitions->items.count; i++) {
        const struct definition_item *item = definitions->items.items[i];

        if (!item->file)
            continue;
        shown[*count] = (struct shown){strdup(item->name), item->now};
        done = shown[(*count)++].name != NULL;
    }
    pthread_mutex_unlock(&definitions->lock);
    if (done)
        return shown;
    if (shown)
        free_shown(shown, *count);
    return NULL;
}

bool definitions_each(struct definitions *definitions,
                      bool (*visit)(void *context, const char *name,
                                    const struct definition *definition),
                      void *context)
{
    size_t count;
    struct shown *shown = copy_shown(definitions, &count);

    if (!shown)
        return false;
    for (size_t i = 0; i < count && visit(context, shown[i].name, &shown[i].now); i++)
        continue;
    free_shown(shown, count);
    return true;
}

bool definitions_get(struct definitions *definitions, const char *name,
                     struct definition *definition)
{
    pthread_mutex_lock(&definitions->lock);
    const struct definition_item *item = by_name_find(&definitions->items, name);
    bool is_shown = item && item->file;
    if (is_shown)
        *definition = item->now;
    pthread_mutex_unlock(&definitions->lock);
    return is_shown;
}

bool definitions_is_deleted(struct definitions *definitions, const char *name)
{
    pthread_mutex_lock(&definitions->lock);
    const struct definition_item *item = by_name_find(&definitions->items, name);
    bool is_deleted = item && item->is_deleted;
    pthread_mutex_unlock(&definitions->lock);
    return is_deleted;
}

/* ---- problems ---- */

struct told_problem {
    char *file, *dag; /* owned; NULL: none */
    char text[FILE_PROBLEM_SIZE];
};

static bool copy_problem(struct told_problem *told, const char *file, const char *dag,
                         const char *text)
{
    *told = (struct told_problem){
        .file = strdup(file),
        .dag = dag ? strdup(dag) : NULL,
    };
    snprintf(told->text, sizeof(told->text), "%s", text);
    return told->file && (told->dag || !dag);
}

static bool copy_problems(struct definitions *definitions, struct told_problem **problems,
                          size_t *count)
{
    const struct by_name *files = &definitions->files, *items = &definitions->items;
    bool done = true;

    *count = 0;
    *problems = calloc(files->count + items->count + 1, sizeof(**problems));
    if (!*problems)
        return false;
    if (definitions->problem[0])
        done = copy_problem(&(*problems)[(*count)++], "", NULL, definitions->problem);
    for (size_t i = 0; done && i < files->count; i++) {
        const struct hand_file *file = files->items[i];

        if (file->problem[0])
            done = copy_problem(&(*problems)[(*count)++], file->name,
                                file->item ? file->item->name : NULL, file->problem);
    }
    for (size_t i = 0; done && i < items->count; i++) {
        const struct definition_item *item = items->items[i];

        if (item->problem[0])
            done =
                copy_problem(&(*problems)[(*count)++], item->now.file, item->name, item->problem);
    }
    return done;
}

bool definitions_each_problem(struct definitions *definitions,
                              bool (*visit)(void *context, const char *file, const char *dag,
                                            const char *problem),
                              void *context)
{
    struct told_problem *problems;
    size_t count;

    pthread_mutex_lock(&definitions->lock);
    bool done = copy_problems(definitions, &problems, &count);
    pthread_mutex_unlock(&definitions->lock);
    for (size_t i = 0; done && i < count; i++)
        if (!visit(context, problems[i].file, problems[i].dag, problems[i].text))
            break;
    for (size_t i = 0; i < count; i++) {
        free(problems[i].file);
        free(problems[i].dag);
    }
    free(problems);
    return done;
}
