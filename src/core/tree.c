/* tree.c - parses JSON text into a tree with places. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/tree.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#define CHUNK_SIZE_MIN ((size_t)512) /* most documents hold one component's few options */
#define CHUNK_SIZE_MAX ((size_t)16 << 10)

struct chunk {
    struct chunk *next;
    size_t size, used; /* of `bytes` */
    _Alignas(16) unsigned char bytes[];
};

struct tree_document {
    struct chunk *chunks; /* owned; the one with room first */
    size_t chunk_size;    /* of the next one */
};

/* What a `struct tree` really is: its links may be changed, and the source text of its key is
 * known. While parsing, `tree.json` of a scalar and `key_json` point into the caller's text. */
struct node {
    struct tree tree;
    struct node *first, *following;
    const char *key_json; /* with its quotes */
    size_t key_json_size;
};

struct parser {
    struct tree_document *document;
    const char *at, *end;
    /* Everything before `mark` is counted. Places are asked for in rising order. */
    const char *mark;
    uint32_t line, column; /* of `mark` */
    size_t depth_max;
    const struct tree_hooks *hooks;
    char *scratch; /* owned: room for any decoded string */
    struct dag_error *err;
};

struct tree_document *tree_document_new(void)
{
    struct tree_document *document = calloc(1, sizeof(*document));

    if (document)
        document->chunk_size = CHUNK_SIZE_MIN;
    return document;
}

void tree_document_free(struct tree_document *document)
{
    if (!document)
        return;
    for (struct chunk *chunk = document->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(document);
}

void *tree_alloc(struct tree_document *document, size_t size)
{
    struct chunk *chunk = document->chunks;
    void *memory;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + 15) & ~(size_t)15;
    if (!chunk || chunk->size - chunk->used < size) {
        bool is_large = size > document->chunk_size / 4;
        size_t room = is_large ? size : document->chunk_size;

        chunk = malloc(sizeof(*chunk) + room);
        if (!chunk)
            return NULL;
        chunk->size = room;
        chunk->used = 0;
        if (document->chunk_size < CHUNK_SIZE_MAX)
            document->chunk_size *= 2;
        /* A chunk of one large object must not hide the room of the one before. */
        if (!is_large || !document->chunks) {
            chunk->next = document->chunks;
            document->chunks = chunk;
        } else {
            chunk->next = document->chunks->next;
            document->chunks->next = chunk;
        }
    }
    memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memset(memory, 0, size);
}

char *tree_copy(struct tree_document *document, const char *text, size_t size)
{
    char *copy = tree_alloc(document, size + 1);

    if (copy && size > 0)
        memcpy(copy, text, size);
    return copy;
}

/* Bytes of the UTF-8 sequence at `text`, or 0 when it is not valid. */
static size_t utf8_size(const char *text, const char *end)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t left = (size_t)(end - text), size;
    unsigned low = 0x80, high = 0xbf;

    if (byte[0] < 0x80)
        return 1;
    if (byte[0] < 0xc2 || byte[0] > 0xf4)
        return 0;
    size = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
    if (byte[0] == 0xe0)
        low = 0xa0;
    else if (byte[0] == 0xed)
        high = 0x9f;
    else if (byte[0] == 0xf0)
        low = 0x90;
    else if (byte[0] == 0xf4)
        high = 0x8f;
    if (left < size || byte[1] < low || byte[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
    }
    return size;
}

bool tree_is_utf8(const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end) {
        size_t step = utf8_size(text, end);

        if (step == 0)
            return false;
        text += step;
    }
    return true;
}

/* Moves the mark to `to`. */
static void place(struct parser *parser, const char *to)
{
    for (; parser->mark < to; parser->mark++) {
        if (*parser->mark == '\n') {
            parser->line++;
            parser->column = 1;
        } else if (((unsigned char)*parser->mark & 0xc0) != 0x80) {
            parser->column++;
        }
    }
}

/* Fails with what is wrong at `at`. */
static bool fail(struct parser *parser, const char *at, const char *what)
{
    place(parser, at);
    return dag_error_set(parser->err, DAG_ERROR_PARSE, "line %u, column %u: %s", parser->line,
                         parser->column, what);
}

static bool fail_memory(struct parser *parser)
{
    return dag_error_set_memory(parser->err, "a JSON tree");
}

static void skip_space(struct parser *parser)
{
    while (parser->at < parser->end && (*parser->at == ' ' || *parser->at == '\n' ||
                                        *parser->at == '\t' || *parser->at == '\r'))
        parser->at++;
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* The four digits behind "\u", or -1. */
static int32_t hex_unit(const char *at, const char *end)
{
    int32_t unit = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);

        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static char *put_utf8(char *out, uint32_t point)
{
    if (point < 0x80) {
        *out++ = (char)point;
    } else if (point < 0x800) {
        *out++ = (char)(0xc0 | point >> 6);
        *out++ = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        *out++ = (char)(0xe0 | point >> 12);
        *out++ = (char)(0x80 | (point >> 6 & 0x3f));
        *out++ = (char)(0x80 | (point & 0x3f));
    } else {
        *out++ = (char)(0xf0 | point >> 18);
        *out++ = (char)(0x80 | (point >> 12 & 0x3f));
        *out++ = (char)(0x80 | (point >> 6 & 0x3f));
        *out++ = (char)(0x80 | (point & 0x3f));
    }
    return out;
}

/* Decodes the escape at parser->at (a backslash) and moves behind it. */
static bool parse_escape(struct parser *parser, char **out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *at = parser->at, *name;
    int32_t unit, second;

    if (parser->end - at < 2)
        return fail(parser, at, "a string that does not end");
    if (at[1] != 'u') {
        name = at[1] ? strchr(names, at[1]) : NULL;
        if (!name)
            return fail(parser, at, "an escape that JSON does not know");
        *(*out)++ = values[name - names];
        parser->at += 2;
        return true;
    }
    unit = hex_unit(at + 2, parser->end);
    if (unit < 0)
        return fail(parser, at, "\\u needs four hexadecimal digits");
    parser->at += 6;
    if (unit >= 0xd800 && unit < 0xdc00 && parser->end - parser->at >= 6 && parser->at[0] == '\\' &&
        parser->at[1] == 'u') {
        second = hex_unit(parser->at + 2, parser->end);
        if (second >= 0xdc00 && second < 0xe000) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
            parser->at += 6;
        }
    }
    *out = put_utf8(*out, (uint32_t)unit);
    return true;
}

/* Decodes the string at parser->at (its quote) into a copy. */
static bool parse_string(struct parser *parser, const char **text, size_t *size)
{
    const char *start = parser->at++;
    char *out = parser->scratch;

    while (parser->at < parser->end && *parser->at != '"') {
        size_t step;

        if (*parser->at == '\\') {
            if (!parse_escape(parser, &out))
                return false;
            continue;
        }
        if ((unsigned char)*parser->at < 0x20)
            return *parser->at == '\n'
                       ? fail(parser, start, "a string that does not end on its line")
                       : fail(parser, parser->at,
                              "a control character in a string; write it as an escape");
        step = utf8_size(parser->at, parser->end);
        if (step == 0)
            return fail(parser, parser->at, "bytes that are not UTF-8");
        memcpy(out, parser->at, step);
        out += step;
        parser->at += step;
    }
    if (parser->at == parser->end)
        return fail(parser, start, "a string that does not end");
    parser->at++;
    *size = (size_t)(out - parser->scratch);
    *text = tree_copy(parser->document, parser->scratch, *size);
    return *text || fail_memory(parser);
}

/* A string value: decoded, offered to the hook, written again where that changed it. */
static bool parse_text(struct parser *parser, struct node *node)
{
    struct tree *tree = &node->tree;
    const char *start = parser->at, *before;
    char *json;

    tree->type = TREE_TEXT;
    if (!parse_string(parser, &tree->text, &tree->text_size))
        return false;
    tree->json = start;
    tree->json_size = (size_t)(parser->at - start);
    if (!parser->hooks || !parser->hooks->text)
        return true;
    before = tree->text;
    if (!parser->hooks->text(parser->hooks->context, parser->document, tree, &tree->text,
                             &tree->text_size, &tree->substituted, parser->err))
        return false;
    if (tree->text == before)
        return true;
    tree->is_replaced = true;
    if (tree->text_size > SIZE_MAX / 16)
        return fail_memory(parser);
    json = tree_alloc(parser->document, text_escape_bound(tree->text_size) + 2);
    if (!json)
        return fail_memory(parser);
    json[0] = '"';
    tree->json_size = text_escape(json + 1, tree->text, tree->text_size) + 2;
    json[tree->json_size - 1] = '"';
    tree->json = json;
    return true;
}

static void skip_digits(struct parser *parser)
{
    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9')
        parser->at++;
}

static bool at_digit(const struct parser *parser)
{
    return parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9';
}

/* Moves behind the number at parser->at. */
static bool skip_number(struct parser *parser, bool *is_integer)
{
    const char *start = parser->at;

    *is_integer = true;
    if (*parser->at == '-')
        parser->at++;
    if (!at_digit(parser))
        return fail(parser, start, "not a JSON value");
    if (*parser->at == '0') {
        parser->at++;
        if (at_digit(parser))
            return fail(parser, start, "a number with a zero in front");
    }
    skip_digits(parser);
    if (parser->at < parser->end && *parser->at == '.') {
        *is_integer = false;
        parser->at++;
        if (!at_digit(parser))
            return fail(parser, start, "a number without digits behind its point");
        skip_digits(parser);
    }
    if (parser->at < parser->end && (*parser->at == 'e' || *parser->at == 'E')) {
        *is_integer = false;
        parser->at++;
        if (parser->at < parser->end && (*parser->at == '+' || *parser->at == '-'))
            parser->at++;
        if (!at_digit(parser))
            return fail(parser, start, "a number without digits in its exponent");
        skip_digits(parser);
    }
    return true;
}

static bool parse_number(struct parser *parser, struct node *node)
{
    struct tree *tree = &node->tree;
    const char *start = parser->at;
    bool is_integer;

    if (!skip_number(parser, &is_integer))
        return false;
    tree->json = start;
    tree->json_size = tree->text_size = (size_t)(parser->at - start);
    memcpy(parser->scratch, start, tree->text_size);
    parser->scratch[tree->text_size] = '\0';
    errno = 0;
    tree->type = is_integer ? TREE_INT : TREE_DOUBLE;
    if (is_integer)
        tree->integer = strtoll(parser->scratch, NULL, 10);
    if (is_integer && errno == ERANGE)
        tree->type = TREE_BIGNUM;
    tree->real = strtod(parser->scratch, NULL);
    if (!isfinite(tree->real))
        tree->type = TREE_BIGNUM;
    if (tree->type != TREE_BIGNUM) {
        tree->text_size = 0;
        return true;
    }
    tree->integer = 0;
    tree->real = 0;
    tree->text = tree_copy(parser->document, start, tree->text_size);
    return tree->text || fail_memory(parser);
}

static bool parse_word(struct parser *parser, struct node *node)
{
    static const struct {
        const char *word;
        enum tree_type type;
        int value;
    } words[] = {{"true", TREE_BOOL, 1}, {"false", TREE_BOOL, 0}, {"null", TREE_NULL, 0}};
    size_t left = (size_t)(parser->end - parser->at);

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t size = strlen(words[i].word);

        if (left < size || memcmp(parser->at, words[i].word, size) != 0)
            continue;
        node->tree.type = words[i].type;
        node->tree.integer = words[i].value;
        node->tree.json = parser->at;
        node->tree.json_size = size;
        parser->at += size;
        return true;
    }
    return fail(parser, parser->at, "not a JSON value");
}

/* A member's key and colon. */
static bool parse_key(struct parser *parser, struct node *node)
{
    const char *start = parser->at;

    if (parser->at == parser->end || *parser->at != '"')
        return fail(parser, parser->at,
                    parser->at < parser->end && *parser->at == '}'
                        ? "a comma in front of '}'"
                        : "a key in double quotes is needed here");
    place(parser, start);
    node->tree.key_line = parser->line;
    node->tree.key_column = parser->column;
    if (!parse_string(parser, &node->tree.key, &node->tree.key_size))
        return false;
    node->key_json = start;
    node->key_json_size = (size_t)(parser->at - start);
    skip_space(parser);
    if (parser->at == parser->end || *parser->at != ':')
        return fail(parser, parser->at, "a colon is needed behind a key");
    parser->at++;
    skip_space(parser);
    return true;
}

static bool parse_value(struct parser *parser, struct node *node, size_t depth);

static bool parse_children(struct parser *parser, struct node *parent, size_t depth)
{
    const char *open = parser->at++;
    bool is_object = *open == '{';
    char close = is_object ? '}' : ']';
    struct node **link = &parent->first, *last = NULL;

    parent->tree.type = is_object ? TREE_OBJECT : TREE_ARRAY;
    if (depth == 0) {
        fail(parser, open, "nested too deeply");
        parser->err->code = DAG_ERROR_LIMIT;
        return false;
    }
    for (;; parser->at++) {
        struct node *node;

        skip_space(parser);
        if (!parent->first && parser->at < parser->end && *parser->at == close)
            break;
        node = tree_alloc(parser->document, sizeof(*node));
        if (!node)
            return fail_memory(parser);
        node->tree.parent = &parent->tree;
        if (is_object && !parse_key(parser, node))
            return false;
        /* Linked before it is parsed, so that a hook can find its way up and count. */
        *link = node;
        link = &node->following;
        if (last)
            last->tree.next = &node->tree;
        else
            parent->tree.child = &node->tree;
        last = node;
        node->tree.index = parent->tree.count++;
        if (!is_object && parser->at < parser->end && *parser->at == close)
            return fail(parser, parser->at, "a comma in front of ']'");
        if (!parse_value(parser, node, depth - 1))
            return false;
        skip_space(parser);
        if (parser->at < parser->end && *parser->at == close)
            break;
        if (parser->at == parser->end)
            return fail(parser, parser->at,
                        is_object ? "the text ends inside an object"
                                  : "the text ends inside an array");
        if (*parser->at != ',')
            return fail(parser, parser->at,
                        is_object ? "a comma or '}' is needed here"
                                  : "a comma or ']' is needed here");
    }
    parser->at++;
    return true;
}

static bool parse_value(struct parser *parser, struct node *node, size_t depth)
{
    place(parser, parser->at);
    node->tree.line = parser->line;
    node->tree.column = parser->column;
    if (parser->at == parser->end)
        return fail(parser, parser->at, "the text ends where a value is needed");
    switch (*parser->at) {
    case '{':
    case '[':
        return parse_children(parser, node, depth);
    case '"':
        return parse_text(parser, node);
    case 't':
    case 'f':
    case 'n':
        return parse_word(parser, node);
    default:
        return parse_number(parser, node);
    }
}

/* Bytes of the compact text; fills json_size. */
static size_t measure(struct node *node)
{
    size_t size = 2;

    if (node->tree.type != TREE_ARRAY && node->tree.type != TREE_OBJECT)
        return node->tree.json_size;
    for (struct node *child = node->first; child; child = child->following)
        size += measure(child) + (child->following ? 1 : 0) +
                (child->tree.key ? child->key_json_size + 1 : 0);
    return node->tree.json_size = size;
}

/* Writes the compact text and points into it. */
static char *render(struct node *node, char *out)
{
    const char *start = out;

    if (node->tree.type != TREE_ARRAY && node->tree.type != TREE_OBJECT) {
        memcpy(out, node->tree.json, node->tree.json_size);
        node->tree.json = start;
        return out + node->tree.json_size;
    }
    *out++ = node->tree.type == TREE_OBJECT ? '{' : '[';
    for (struct node *child = node->first; child; child = child->following) {
        if (child->tree.key) {
            memcpy(out, child->key_json, child->key_json_size);
            child->key_json = out;
            out += child->key_json_size;
            *out++ = ':';
        }
        out = render(child, out);
        if (child->following)
            *out++ = ',';
    }
    *out++ = node->tree.type == TREE_OBJECT ? '}' : ']';
    node->tree.json = start;
    return out;
}

static struct node *parse_document(struct parser *parser)
{
    struct node *root = tree_alloc(parser->document, sizeof(*root));
    char *json;

    if (!root) {
        fail_memory(parser);
        return NULL;
    }
    skip_space(parser);
    if (parser->at == parser->end) {
        fail(parser, parser->at, "there is no JSON text");
        return NULL;
    }
    if (!parse_value(parser, root, parser->depth_max))
        return NULL;
    skip_space(parser);
    if (parser->at < parser->end) {
        fail(parser, parser->at, "text behind the end of the JSON value");
        return NULL;
    }
    json = tree_alloc(parser->document, measure(root) + 1);
    if (!json) {
        fail_memory(parser);
        return NULL;
    }
    render(root, json);
    return root;
}

const struct tree *tree_parse_with(struct tree_document *document, const char *text, size_t size,
                                   size_t depth_max, const struct tree_hooks *hooks, uint32_t *line,
                                   uint32_t *column, struct dag_error *err)
{
    struct parser parser = {.document = document,
                            .at = text,
                            .end = text + size,
                            .line = 1,
                            .column = 1,
                            .depth_max = depth_max,
                            .hooks = hooks,
                            .err = err};
    struct node *root;

    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        parser.at += 3;
    parser.mark = parser.at;
    /* Decoded text is never longer than its source. */
    parser.scratch = malloc(size + 1);
    if (!parser.scratch) {
        fail_memory(&parser);
        return NULL;
    }
    root = parse_document(&parser);
    free(parser.scratch);
    if (line)
        *line = parser.line;
    if (column)
        *column = parser.column;
    return root ? &root->tree : NULL;
}

const struct tree *tree_parse(struct tree_document *document, const char *text, size_t size,
                              size_t depth_max, uint32_t *line, uint32_t *column,
                              struct dag_error *err)
{
    return tree_parse_with(document, text, size, depth_max, NULL, line, column, err);
}

const struct tree *tree_object_of(struct tree_document *document, const struct tree *at,
                                  const struct tree *const *members, size_t count)
{
    struct node *object = tree_alloc(document, sizeof(*object)), *last = NULL;
    size_t size = 2;
    char *json;

    if (!object)
        return NULL;
    object->tree = *at;
    object->tree.type = TREE_OBJECT;
    object->tree.child = NULL;
    object->tree.count = count;
    for (size_t i = 0; i < count; i++) {
        struct node *member = tree_alloc(document, sizeof(*member));

        if (!member)
            return NULL;
        assert(members[i]->key);
        memcpy(member, members[i], sizeof(*member));
        member->tree.next = NULL;
        member->following = NULL;
        if (last) {
            last->tree.next = &member->tree;
            last->following = member;
        } else {
            object->tree.child = &member->tree;
            object->first = member;
        }
        last = member;
        size += member->key_json_size + 1 + member->tree.json_size + 1;
    }
    json = tree_alloc(document, size + 1);
    if (!json)
        return NULL;
    object->tree.json = json;
    *json++ = '{';
    /* The children below keep their slices of the old text. */
    for (struct node *member = object->first; member; member = member->following) {
        memcpy(json, member->key_json, member->key_json_size);
        json += member->key_json_size;
        *json++ = ':';
        memcpy(json, member->tree.json, member->tree.json_size);
        json += member->tree.json_size;
        if (member->following)
            *json++ = ',';
    }
    *json++ = '}';
    object->tree.json_size = (size_t)(json - object->tree.json);
    return &object->tree;
}

const struct tree *tree_get(const struct tree *object, const char *key)
{
    const struct tree *found = NULL;
    size_t size = strlen(key);

    if (!object || object->type != TREE_OBJECT)
        return NULL;
    for (const struct tree *member = object->child; member; member = member->next) {
        if (member->key_size == size && memcmp(member->key, key, size) == 0)
            found = member;
    }
    return found;
}

/* Writes behind `used` what fits; returns the new length. */
static size_t put(char *out, size_t size, size_t used, const char *text, size_t text_size)
{
    size_t room = size - 1 - used;

    if (text_size > room)
        text_size = room;
    memcpy(out + used, text, text_size);
    out[used + text_size] = '\0';
    return used + text_size;
}

static size_t put_step(char *out, size_t size, size_t used, const struct tree *tree)
{
    char number[24];

    used = put(out, size, used, "/", 1);
    if (tree->key) {
        for (size_t i = 0; i < tree->key_size; i++) {
            if (tree->key[i] == '~')
                used = put(out, size, used, "~0", 2);
            else if (tree->key[i] == '/')
                used = put(out, size, used, "~1", 2);
            else
                used = put(out, size, used, tree->key + i, 1);
        }
        return used;
    }
    snprintf(number, sizeof(number), "%zu", tree->index);
    return put(out, size, used, number, strlen(number));
}

void tree_pointer(const struct tree *tree, char *out, size_t size)
{
    size_t depth = 0, used = 0;

    assert(size > 0);
    out[0] = '\0';
    for (const struct tree *up = tree; up && up->parent; up = up->parent)
        depth++;
    for (; depth > 0; depth--) {
        const struct tree *step = tree;

        for (size_t i = 1; i < depth; i++)
            step = step->parent;
        used = put_step(out, size, used, step);
    }
}
