/* json_object.c - members whose keys were not guessed: read first, then named all at once.
 *
 * Nothing is interned before the object has ended well and is known to be narrow enough, so that
 * broken or huge messages leave no trace in the process-wide tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/json_parser.h"
#include "core/shape.h"
#include "core/text.h"

#define LINEAR_NAMES_MAX 16u /* up to here a hash table would not pay */

/* The names of the object that is being finished. */
struct naming {
    struct dag_json_parser *parser;
    const struct dag_name **names; /* scratch */
    size_t count;
    uint32_t *slots; /* scratch; index into names + 1, 0: free; NULL: few names */
    size_t slot_mask;
    bool is_wide; /* too many members to intern anything yet */
};

bool json_scratch_reserve(struct json_scratch *scratch, size_t size, size_t keep)
{
    if (size <= scratch->size)
        return true;
    size_t wanted = size < 256 ? 256 : size + size / 2;
    void *memory = malloc(wanted);
    if (!memory)
        return false;
    if (keep > 0)
        memcpy(memory, scratch->memory, keep);
    free(scratch->memory);
    scratch->memory = memory;
    scratch->size = wanted;
    return true;
}

const char *json_value_slow(struct json_source *source, const char *p, struct dag_value *value)
{
    const char *token = json_skip_space(source, p);

    if (token != p && token < source->end)
        return json_value(source, NULL, token, value);
    p = number_parse(token, source->end, value);
    return p ? p : json_fail_value(source, token);
}

/* Finds the name in the hash table or gives the free slot for it. */
static uint32_t *find_slot(const struct naming *naming, const char *text, size_t size,
                           uint64_t hash)
{
    size_t i = hash & naming->slot_mask;

    while (naming->slots[i] != 0) {
        const struct dag_name *name = naming->names[naming->slots[i] - 1];
        if (name->hash == hash && name->size == size && memcmp(name->text, text, size) == 0)
            break;
        i = (i + 1) & naming->slot_mask;
    }
    return &naming->slots[i];
}

static const struct dag_name *make_name(const struct naming *naming, const char *text, size_t size)
{
    struct dag_batch *batch = naming->parser->source.batch;

    return naming->is_wide ? name_new_in_batch(text, size, batch)
                           : dag_name_intern(text, size, batch);
}

/* The index of the name, which may be new. SIZE_MAX: out of memory. */
static size_t index_of(struct naming *naming, const char *text, size_t size)
{
    uint32_t *slot = NULL;

    if (naming->slots) {
        slot = find_slot(naming, text, size, text_hash(text, size));
        if (*slot != 0)
            return *slot - 1;
    } else {
        for (size_t i = 0; i < naming->count; i++)
            if (naming->names[i]->size == size && memcmp(naming->names[i]->text, text, size) == 0)
                return i;
    }
    const struct dag_name *name = make_name(naming, text, size);
    if (!name)
        return SIZE_MAX;
    naming->names[naming->count++] = name;
    if (slot)
        *slot = (uint32_t)naming->count;
    return naming->count - 1;
}

static bool naming_begin(struct naming *naming, const struct dag_shape *shape, size_t total)
{
    struct dag_json_parser *parser = naming->parser;

    if (!json_scratch_reserve(&parser->names, total * sizeof(*naming->names), 0))
        return false;
    naming->names = parser->names.memory;
    naming->count = shape->count;
    if (shape->count > 0)
        memcpy(naming->names, shape->names, shape->count * sizeof(*naming->names));
    naming->is_wide = total > DAG_SHAPE_WIDTH_MAX;
    if (total <= LINEAR_NAMES_MAX)
        return true;

    size_t slot_count = 64;
    while (slot_count < total * 2)
        slot_count *= 2;
    if (!json_scratch_reserve(&parser->slots, slot_count * sizeof(uint32_t), 0))
        return false;
    naming->slots = parser->slots.memory;
    naming->slot_mask = slot_count - 1;
    memset(naming->slots, 0, slot_count * sizeof(uint32_t));
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct dag_name *name = shape->names[i];
        *find_slot(naming, name->text, name->size, name->hash) = i + 1;
    }
    return true;
}

/* The index of the member's name. SIZE_MAX: out of memory. */
static size_t name_member(struct naming *naming, const struct json_member *member)
{
    struct json_scratch *scratch = &naming->parser->key;
    struct dag_value key;

    if (!member->is_escaped)
        return index_of(naming, member->key, member->key_size);
    json_set_text(&key, DAG_TYPE_TEXT, DAG_TEXT_ESCAPED, member->key, member->key_size);
    if (!json_scratch_reserve(scratch, dag_text_decode_bound(&key), 0))
        return SIZE_MAX;
    size_t size = dag_text_decode(&key, scratch->memory);
    return index_of(naming, scratch->memory, size);
}

/* Moves the members' values to the slots of their names; of equal names the last wins. */
static bool place_values(struct naming *naming, struct json_member *members, size_t count)
{
    struct dag_value *values = naming->parser->values;
    size_t first = naming->count;

    for (size_t i = 0; i < count; i++) {
        size_t before = naming->count, slot = name_member(naming, &members[i]);

        if (slot == SIZE_MAX)
            return false;
        values[slot] = values[first + i];
        naming->parser->duplicate_keys += naming->count == before;
    }
    return true;
}

static const struct dag_shape *make_shape(struct naming *naming)
{
    struct dag_batch *batch = naming->parser->source.batch;

    /* many members, but few different ones */
    if (naming->is_wide && naming->count <= DAG_SHAPE_WIDTH_MAX) {
        for (size_t i = 0; i < naming->count; i++) {
            const struct dag_name *name = naming->names[i];
            naming->names[i] = dag_name_intern(name->text, name->size, batch);
            if (!naming->names[i])
                return NULL;
        }
    }
    return dag_shape_of(naming->names, naming->count, batch);
}

/* Remembers how the object went on from `place`. */
static void learn(struct dag_json_parser *parser, struct json_place *place,
                  const struct dag_shape *shape, const struct json_member *members, size_t count)
{
    struct json_place *to = json_predictor_place(&parser->predictor, shape);

    for (size_t i = count; i-- > 0 && to;) {
        struct json_place *from =
            i == 0 ? place : json_predictor_place(&parser->predictor, to->shape->parent);
        /* a line feed here would lead beyond a line's end */
        if (from && !memchr(members[i].spelling, '\n', members[i].spelling_size))
            json_predictor_learn(from, members[i].spelling, members[i].spelling_size, to);
        to = from;
    }
}

static const struct dag_shape *finish(struct dag_json_parser *parser, struct json_place *place,
                                      size_t count)
{
    struct naming naming = {.parser = parser};
    struct json_member *members = parser->members.memory;
    size_t total = place->shape->count + count;

    if (count == 0)
        return place->shape;
    if (!naming_begin(&naming, place->shape, total) || !place_values(&naming, members, count))
        return NULL;
    const struct dag_shape *shape = make_shape(&naming);
    if (shape && shape->id != 0 && shape->count == total)
        learn(parser, place, shape, members, count);
    return shape;
}

/* Reads `"key":` and white space around it; `p` is behind a comma or brace. */
static const char *read_key(struct json_source *source, const char *p, struct json_member *member)
{
    struct dag_value key;

    p = json_skip_space(source, p);
    if (p >= source->end || *p != '"')
        return json_fail(source, p, "expected a key in quotes");
    p = json_string(source, p + 1, &key);
    if (!p)
        return NULL;
    p = json_skip_space(source, p);
    if (p >= source->end || *p != ':')
        return json_fail(source, p, "expected ':'");
    member->key = key.as.text;
    member->key_size = key.size;
    member->is_escaped = key.form == DAG_TEXT_ESCAPED;
    p = json_skip_space(source, p + 1);
    return p < source->end ? p : json_fail(source, p, NULL);
}

/* Reads the member behind the comma or brace at `p`; the spelling begins at `begin`. */
static const char *read_member(struct dag_json_parser *parser, size_t index, size_t slot,
                               const char *begin, const char *p)
{
    struct json_scratch *scratch = &parser->members;
    size_t used = index * sizeof(struct json_member);

    if (!json_scratch_reserve(scratch, used + sizeof(struct json_member), used))
        return json_fail_memory(&parser->source);
    if (parser->values + slot >= parser->values_end && !json_values_grow(parser, slot, slot + 1))
        return NULL;
    struct json_member *member = (struct json_member *)scratch->memory + index;
    p = read_key(&parser->source, p + 1, member);
    if (!p)
        return NULL;
    member->spelling = begin;
    member->spelling_size = (uint32_t)(p - begin);
    return json_value(&parser->source, NULL, p, &parser->values[slot]);
}

const char *json_object_rest(struct dag_json_parser *parser, struct json_place *place,
                             const char *p, const struct dag_shape **shape)
{
    struct json_source *source = &parser->source;
    size_t first = place->shape->count, count = 0;

    if (first == 0 && *p == '{') {
        const char *next = json_skip_space(source, p + 1);
        if (next < source->end && *next == '}') {
            *shape = place->shape;
            return next + 1;
        }
        p = read_member(parser, count++, first, p, p);
    }
    while (p) {
        const char *begin = p;

        p = json_skip_space(source, p);
        if (p >= source->end)
            return json_fail(source, p, NULL);
        if (*p == '}')
            break;
        if (*p != ',')
            return json_fail(source, p, "expected ',' or '}'");
        p = read_member(parser, count, first + count, begin, p);
        count++;
    }
    if (!p)
        return NULL;
    *shape = finish(parser, place, count);
    return *shape ? p + 1 : json_fail_memory(source);
}
