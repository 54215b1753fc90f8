/* edit.c - changes a DAG file's text in its place: the tree says where a value stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/edit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dag/json.h"

#define DEPTH_MAX   64 /* as the check allows */
#define POINTER_MAX 4096

/** A byte of the text, and its place. */
struct place {
    size_t at;
    uint32_t line, column;
};

#define PLACE_FIRST ((struct place){.line = 1, .column = 1})

/** Moves on to a place that isn't in front of this one. */
static void move_to(const struct graph_text *text, uint32_t line, uint32_t column,
                    struct place *place)
{
    while (place->line < line && place->at < text->size) {
        place->line += text->text[place->at++] == '\n';
        place->column = 1;
    }
    for (; place->column < column && place->at < text->size; place->column++) {
        place->at++;
        while (place->at < text->size && ((unsigned char)text->text[place->at] & 0xC0) == 0x80)
            place->at++;
    }
}

/** Byte offset of a place in the text. */
static size_t offset_of(const struct graph_text *text, uint32_t line, uint32_t column)
{
    struct place place = PLACE_FIRST;

    move_to(text, line, column, &place);
    return place.at;
}

/** Behind the string that begins at `at`; the text is valid JSON. */
static size_t skip_string(const char *text, size_t size, size_t at)
{
    for (at++; at < size && text[at] != '"'; at++)
        if (text[at] == '\\')
            at++;
    return at < size ? at + 1 : size;
}

/** Behind the value that begins at `at`. */
static size_t skip_value(const char *text, size_t size, size_t at)
{
    size_t depth = 0;

    do {
        if (text[at] == '"') {
            at = skip_string(text, size, at);
            continue;
        }
        if (strchr("{[", text[at]))
            depth++;
        else if (strchr("}]", text[at]))
            depth--;
        else if (depth == 0) {
            while (at < size && !strchr(",}] \t\r\n", text[at]))
                at++;
            return at;
        }
        at++;
    } while (at < size && depth > 0);
    return at;
}

/** Replaces `removed` bytes at `at`. */
static bool splice(struct graph_text *text, size_t at, size_t removed, const char *added,
                   struct dag_error *err)
{
    size_t added_size = strlen(added);
    size_t size = text->size - removed + added_size;

    assert(at + removed <= text->size && size < SIZE_MAX);
    char *result = malloc(size + 1);
    if (!result)
        return dag_error_set_memory(err, "a DAG file");
    memcpy(result, text->text, at);
    memcpy(result + at, added, added_size);
    memcpy(result + at + added_size, text->text + at + removed, text->size - at - removed + 1);
    free(text->text);
    text->text = result;
    text->size = size;
    return true;
}

bool edit_replace(struct graph_text *text, const struct tree *value, const char *json,
                  struct dag_error *err)
{
    size_t at = offset_of(text, value->line, value->column);

    return splice(text, at, skip_value(text->text, text->size, at) - at, json, err);
}

bool edit_replace_all(struct graph_text *text, const struct edit_value *edits, size_t count,
                      struct dag_error *err)
{
    struct dag_buffer out = {0};
    struct place place = PLACE_FIRST;
    size_t copied = 0;
    bool is_done = true;

    for (size_t i = 0; i < count && is_done; i++) {
        move_to(text, edits[i].value->line, edits[i].value->column, &place);
        is_done = dag_buffer_append(&out, text->text + copied, place.at - copied) &&
                  dag_buffer_append(&out, edits[i].json, strlen(edits[i].json));
        copied = skip_value(text->text, text->size, place.at);
    }
    is_done = is_done && dag_buffer_append(&out, text->text + copied, text->size - copied + 1);
    if (!is_done) {
        dag_buffer_free(&out);
        return dag_error_set_memory(err, "a DAG file");
    }
    free(text->text);
    text->text = out.bytes;
    text->size = out.size - 1;
    return true;
}

bool edit_add_member(struct graph_text *text, const struct tree *object, const char *key,
                     const char *json, struct dag_error *err)
{
    size_t at = offset_of(text, object->line, object->column) + 1;
    char *member = NULL;

    if (asprintf(&member, "\"%s\": %s%s", key, json, object->count > 0 ? ", " : "") < 0)
        return dag_error_set_memory(err, "a setting");
    bool is_done = splice(text, at, 0, member, err);
    free(member);
    return is_done;
}

bool edit_remove_member(struct graph_text *text, const struct tree *member, struct dag_error *err)
{
    static const char blank[] = " \t\r\n";
    size_t begin = offset_of(text, member->key_line, member->key_column);
    size_t end = skip_value(text->text, text->size, offset_of(text, member->line, member->column));

    size_t behind = end + strspn(text->text + end, blank);
    if (text->text[behind] == ',') {
        end = behind + 1;
        end += strspn(text->text + end, blank);
    } else { /* the last one: the comma stands in front of it, if there is any */
        size_t front = begin;

        while (front > 0 && strchr(blank, text->text[front - 1]))
            front--;
        if (front > 0 && text->text[front - 1] == ',')
            begin = front - 1;
    }
    return splice(text, begin, end - begin, "", err);
}

/* ---- by pointer ---- */

/* Takes the next part of the pointer into `part`, unescaped. False: it is too long. */
static bool take_part(const char **pointer, char *part, size_t size)
{
    size_t used = 0;

    for ((*pointer)++; **pointer != '\0' && **pointer != '/'; (*pointer)++) {
        char c = **pointer;

        if (c == '~' && ((*pointer)[1] == '0' || (*pointer)[1] == '1'))
            c = *++(*pointer) == '0' ? '~' : '/';
        if (used + 1 >= size)
            return false;
        part[used++] = c;
    }
    part[used] = '\0';
    return true;
}

static const struct tree *element(const struct tree *array, const char *index)
{
    const struct tree *child = array->child;
    char *end;
    unsigned long number = strtoul(index, &end, 10);

    if (*index < '0' || *index > '9' || *end != '\0')
        return NULL;
    while (child && number-- > 0)
        child = child->next;
    return child;
}

static const struct tree *step_into(const struct tree *at, const char *part)
{
    return at->type == TREE_OBJECT  ? tree_get(at, part)
           : at->type == TREE_ARRAY ? element(at, part)
                                    : NULL;
}

static bool append_element(struct graph_text *text, const struct tree *array, const char *json,
                           struct dag_error *err)
{
    size_t end = skip_value(text->text, text->size, offset_of(text, array->line, array->column));
    char *added = NULL;

    if (asprintf(&added, "%s%s", array->count > 0 ? ", " : "", json) < 0)
        return dag_error_set_memory(err, "a list");
    bool done = splice(text, end - 1, 0, added, err);
    free(added);
    return done;
}

static bool is_plain_key(const char *key)
{
    for (; *key; key++)
        if (*key == '"' || *key == '\\' || (unsigned char)*key < ' ')
            return false;
    return true;
}

/* What isn't there yet: as the last part of a pointer into `at`. */
static bool add(struct graph_text *text, const struct tree *at, const char *part, const char *json,
                struct dag_error *err)
{
    if (!json)
        return true;
    if (at->type == TREE_ARRAY && strcmp(part, "-") == 0)
        return append_element(text, at, json, err);
    if (at->type == TREE_OBJECT && is_plain_key(part))
        return edit_add_member(text, at, part, json, err);
    return dag_error_set(err, DAG_ERROR_INVALID, "there is no '%s' here", part);
}

static bool change(struct graph_text *text, const struct tree *value, const char *json,
                   struct dag_error *err)
{
    if (json)
        return edit_replace(text, value, json, err);
    if (value->key)
        return edit_remove_member(text, value, err);
    return dag_error_set(err, DAG_ERROR_INVALID, "only members of objects can be removed");
}

static bool set(struct graph_text *text, const struct tree *root, const char *pointer,
                const char *json, struct dag_error *err)
{
    const struct tree *at = root;
    const char *next = pointer;
    char part[POINTER_MAX];

    while (*next == '/') {
        if (!take_part(&next, part, sizeof(part)))
            return dag_error_set(err, DAG_ERROR_LIMIT, "the pointer is too long");
        const struct tree *child = step_into(at, part);
        if (!child && *next == '\0')
            return add(text, at, part, json, err);
        if (!child)
            return dag_error_set(err, DAG_ERROR_INVALID, "nothing stands at '%.*s'",
                                 (int)(next - pointer), pointer);
        at = child;
    }
    if (*next != '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' is no JSON pointer: it begins with '/'",
                             pointer);
    return change(text, at, json, err);
}

bool edit_set(struct graph_text *text, const char *pointer, const char *json, struct dag_error *err)
{
    struct tree_document *document = tree_document_new();

    if (!document)
        return dag_error_set_memory(err, "a definition");
    const struct tree *root =
        tree_parse(document, text->text, text->size, DEPTH_MAX, NULL, NULL, err);
    bool done = root && set(text, root, pointer, json, err);
    tree_document_free(document);
    return done;
}
