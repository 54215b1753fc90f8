/* engine_merge.c - the latest outputs of several edges become one input.
 *
 * Later edges win, attributes keep the place of their first appearance. Which value of which edge
 * stands where depends on the shapes alone, so the recipe is cached by the tuple of shapes. Edges
 * with a pname and shapes without an id take the slow path. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "dag/json.h"
#include "runtime/engine_internal.h"

#define RECIPES_MAX 4096u

/* ---- cursors ---- */

void edge_cursor_init(struct edge_cursor *cursor, struct engine *engine, struct node *node,
                      size_t edge)
{
    const struct plan_edge *plan = &engine->plan->edges[node->plan->edges_in[edge]];
    struct node *source = &engine->nodes[plan->from];

    *cursor = (struct edge_cursor){.source = &source->out,
                                   .latest = held_row(&source->output),
                                   .is_held = true,
                                   .op = node->edge_ops ? node->edge_ops[edge] : NULL};
}

void edge_cursor_move(struct edge_cursor *cursor, uint32_t slot)
{
    cursor->is_new = false;
    while (cursor->next < cursor->source->count && cursor->source->slots[cursor->next] <= slot) {
        cursor->latest = cursor->source->rows[cursor->next];
        cursor->is_held = false;
        cursor->is_new = cursor->source->slots[cursor->next] == slot;
        cursor->is_valued = false;
        cursor->next++;
    }
}

uint32_t edge_cursors_next(const struct edge_cursor *cursors, size_t count)
{
    uint32_t slot = UINT32_MAX;

    for (size_t i = 0; i < count; i++)
        if (cursors[i].next < cursors[i].source->count &&
            cursors[i].source->slots[cursors[i].next] < slot)
            slot = cursors[i].source->slots[cursors[i].next];
    return slot;
}

int edge_value(struct engine *engine, struct node *node, struct edge_cursor *cursor, uint32_t slot)
{
    if (cursor->is_held) { /* results outlive what the node holds */
        struct dag_row held = cursor->latest;
        if (!dag_batch_copy_row(engine->result, &held, &cursor->latest, NULL))
            return -2;
        cursor->is_held = false;
    }
    if (!cursor->op) {
        cursor->value = cursor->latest;
        return 1;
    }
    if (cursor->is_valued)
        return cursor->outcome;
    struct dag_error why = {0};
    cursor->outcome =
        op_call_one(engine, node, cursor->op, slot, &cursor->latest, &cursor->value, &why);
    if (cursor->outcome == 0) { /* nothing: the edge adds nothing */
        cursor->value = (struct dag_row){.shape = dag_shape_empty()};
        cursor->outcome = 1;
    }
    if (cursor->outcome == -1) {
        struct dag_error *kept = batch_alloc(engine->scratch, sizeof(*kept));
        if (!kept)
            return -2;
        *kept = why;
        cursor->why = kept;
    }
    /* only what has a plan is known to give the same answer again */
    cursor->is_valued = cursor->op->type->plan != NULL;
    return cursor->outcome;
}

/* ---- recipes ---- */

struct source {
    uint32_t part, slot;
};

/** How the rows of these shapes become one. */
struct recipe {
    uint64_t hash;
    const struct dag_shape **shapes; /* of the parts; NULL: the part is empty or missing */
    size_t part_count;
    const struct dag_shape *shape;
    struct source *sources;
};

struct merge_cache {
    struct recipe *last;
    struct recipe **slots; /* owned; open addressing */
    uint32_t capacity, count;
};

void merge_cache_free(struct merge_cache *cache)
{
    if (!cache)
        return;
    free(cache->slots);
    free(cache);
}

/** One edge's contribution in a slot. */
struct part {
    struct dag_row row; /* shape NULL: adds nothing */
    const char *pname;
};

static bool recipe_fits(const struct recipe *recipe, const struct part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (recipe->shapes[i] != parts[i].row.shape)
            return false;
    return true;
}

static uint64_t parts_hash(const struct part *parts, size_t count)
{
    uint64_t hash = count;

    for (size_t i = 0; i < count; i++)
        hash = text_mix(hash, parts[i].row.shape ? parts[i].row.shape->id : 0);
    return hash;
}

/* ---- gathering names by hand ---- */

/** Attributes in order of first appearance, found by hash. */
struct gather {
    const struct dag_name **names;
    struct source *sources;
    uint32_t *slots; /* open addressing: index + 1 */
    uint32_t count, mask;
};

static bool gather_init(struct gather *gather, struct dag_batch *batch, size_t most)
{
    uint32_t size = 16;

    while (size < most * 2)
        size *= 2;
    gather->names = batch_alloc(batch, most * sizeof(*gather->names));
    gather->sources = batch_alloc(batch, most * sizeof(*gather->sources));
    gather->slots = batch_alloc(batch, size * sizeof(*gather->slots));
    gather->count = 0;
    gather->mask = size - 1;
    if (!gather->names || !gather->sources || !gather->slots)
        return false;
    memset(gather->slots, 0, size * sizeof(*gather->slots));
    return true;
}

static void gather_put(struct gather *gather, const struct dag_name *name, struct source source)
{
    uint32_t slot = (uint32_t)name->hash & gather->mask;

    for (; gather->slots[slot]; slot = (slot + 1) & gather->mask) {
        uint32_t i = gather->slots[slot] - 1;
        if (dag_name_same(gather->names[i], name)) {
            gather->sources[i] = source;
            return;
        }
    }
    gather->names[gather->count] = name;
    gather->sources[gather->count] = source;
    gather->slots[slot] = ++gather->count;
}

static void gather_part(struct gather *gather, const struct dag_shape *shape, uint32_t part)
{
    for (uint32_t i = 0; i < shape->count; i++)
        gather_put(gather, shape->names[i], (struct source){part, i});
}

static size_t attribute_count(const struct part *parts, size_t count)
{
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += parts[i].row.shape ? parts[i].row.shape->count : 0;
    return total;
}

/* ---- the cached path ---- */

static struct recipe *recipe_new(struct engine *engine, const struct part *parts, size_t count,
                                 uint64_t hash)
{
    struct gather gather;
    struct recipe *recipe = batch_alloc(engine->arena, sizeof(*recipe));

    if (!recipe || !gather_init(&gather, engine->scratch, attribute_count(parts, count)))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (parts[i].row.shape)
            gather_part(&gather, parts[i].row.shape, (uint32_t)i);
    recipe->hash = hash;
    recipe->part_count = count;
    recipe->shapes = batch_alloc(engine->arena, count * sizeof(*recipe->shapes));
    recipe->sources = batch_alloc(engine->arena, gather.count * sizeof(*recipe->sources));
    recipe->shape = dag_shape_of(gather.names, gather.count, engine->arena);
    if (!recipe->shapes || !recipe->sources || !recipe->shape)
        return NULL;
    for (size_t i = 0; i < count; i++)
        recipe->shapes[i] = parts[i].row.shape;
    memcpy(recipe->sources, gather.sources, gather.count * sizeof(*recipe->sources));
    return recipe;
}

static bool cache_grow(struct merge_cache *cache)
{
    uint32_t capacity = cache->capacity ? cache->capacity * 2 : 8;
    struct recipe **slots = calloc(capacity, sizeof(*slots));

    if (!slots)
        return false;
    for (uint32_t i = 0; i < cache->capacity; i++) {
        if (!cache->slots[i])
            continue;
        uint32_t slot = (uint32_t)cache->slots[i]->hash & (capacity - 1);
        while (slots[slot])
            slot = (slot + 1) & (capacity - 1);
        slots[slot] = cache->slots[i];
    }
    free(cache->slots);
    cache->slots = slots;
    cache->capacity = capacity;
    return true;
}

/* NULL with *is_full: no room for another recipe; NULL without: out of memory. */
static struct recipe *recipe_for(struct engine *engine, struct merge_cache *cache,
                                 const struct part *parts, size_t count, bool *is_full)
{
    *is_full = false;
    if (cache->last && recipe_fits(cache->last, parts, count))
        return cache->last;
    uint64_t hash = parts_hash(parts, count);
    if ((cache->count + 1) * 2 > cache->capacity && !cache_grow(cache))
        return NULL;
    uint32_t slot = (uint32_t)hash & (cache->capacity - 1);
    for (; cache->slots[slot]; slot = (slot + 1) & (cache->capacity - 1))
        if (cache->slots[slot]->hash == hash && recipe_fits(cache->slots[slot], parts, count))
            return cache->last = cache->slots[slot];
    *is_full = cache->count >= RECIPES_MAX;
    if (*is_full)
        return NULL;
    struct recipe *recipe = recipe_new(engine, parts, count, hash);
    if (!recipe)
        return NULL;
    cache->slots[slot] = recipe;
    cache->count++;
    return cache->last = recipe;
}

static bool fill_from(struct engine *engine, const struct part *parts, const struct source *sources,
                      const struct dag_shape *shape, struct dag_row *row)
{
    struct dag_value *values = batch_alloc(engine->result, shape->count * sizeof(*values));

    if (!values)
        return false;
    for (uint32_t i = 0; i < shape->count; i++)
        values[i] = parts[sources[i].part].row.values[sources[i].slot];
    *row = (struct dag_row){.shape = shape, .values = values};
    return true;
}

/* ---- the slow path ---- */

static bool merge_plain(struct engine *engine, const struct part *parts, size_t count,
                        struct dag_row *row)
{
    struct gather gather;

    if (!gather_init(&gather, engine->scratch, attribute_count(parts, count)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (parts[i].row.shape)
            gather_part(&gather, parts[i].row.shape, (uint32_t)i);
    const struct dag_shape *shape = dag_shape_of(gather.names, gather.count, engine->result);
    return shape && fill_from(engine, parts, gather.sources, shape, row);
}

/* The row of the parts with this pname, from `first` on, as one nested value under the name. */
static bool merge_named(struct engine *engine, const struct part *parts, size_t first, size_t count,
                        struct dag_row *row)
{
    struct part *same = batch_alloc(engine->scratch, count * sizeof(*same));
    const char *pname = parts[first].pname;
    struct dag_row nested;

    assert(pname);
    if (!same)
        return false;
    for (size_t i = 0; i < count; i++) {
        bool belongs = i >= first && parts[i].pname && strcmp(parts[i].pname, pname) == 0;
        same[i] = belongs ? parts[i] : (struct part){0};
    }
    struct dag_buffer text = {0};
    struct dag_value *value = batch_alloc(engine->result, sizeof(*value));
    const char *json = NULL;
    if (merge_plain(engine, same, count, &nested) && dag_json_write_row(&text, &nested))
        json = dag_batch_copy(engine->result, text.bytes, text.size);
    const struct dag_name *name = dag_name_intern(pname, strlen(pname), engine->result);
    const struct dag_shape *shape =
        name ? dag_shape_add(dag_shape_empty(), name, engine->result) : NULL;
    if (value && json)
        *value = (struct dag_value){
            .type = DAG_TYPE_NESTED, .size = (uint32_t)text.size, .as.text = json};
    dag_buffer_free(&text);
    *row = (struct dag_row){.shape = shape, .values = value};
    return value && json && shape;
}

static bool merge_slow(struct engine *engine, struct part *parts, size_t count, struct dag_row *row)
{
    struct part *flat = batch_alloc(engine->scratch, count * sizeof(*flat));

    if (!flat)
        return false;
    for (size_t i = 0; i < count; i++) {
        flat[i] = parts[i];
        if (!parts[i].row.shape || !parts[i].pname)
            continue;
        bool is_first = true;
        for (size_t k = 0; k < i && is_first; k++)
            is_first = !parts[k].row.shape || !parts[k].pname ||
                       strcmp(parts[k].pname, parts[i].pname) != 0;
        if (!is_first)
            flat[i].row = (struct dag_row){0};
        else if (!merge_named(engine, parts, i, count, &flat[i].row))
            return false;
    }
    return merge_plain(engine, flat, count, row);
}

/* ---- one slot ---- */

static bool merge_parts(struct engine *engine, struct node *node, struct part *parts, size_t count,
                        struct dag_row *row)
{
    size_t used = 0, only = 0;
    bool is_plain = true;

    for (size_t i = 0; i < count; i++) {
        if (!parts[i].row.shape)
            continue;
        used++;
        only = i;
        is_plain &= !parts[i].pname && parts[i].row.shape->id != 0;
    }
    if (used == 0) {
        *row = (struct dag_row){.shape = dag_shape_empty()};
        return true;
    }
    if (used == 1 && !parts[only].pname) {
        *row = parts[only].row;
        return true;
    }
    if (!is_plain)
        return merge_slow(engine, parts, count, row);
    bool is_full;
    struct recipe *recipe = recipe_for(engine, node->merges, parts, count, &is_full);
    if (recipe)
        return fill_from(engine, parts, recipe->sources, recipe->shape, row);
    return is_full && merge_plain(engine, parts, count, row);
}

/* 1: `part` is filled; -1: an error of the node was recorded; -2: out of memory. */
static int take_part(struct engine *engine, struct node *node, struct edge_cursor *cursor,
                     size_t edge, uint32_t slot, struct part *part)
{
    const struct plan_edge *plan = &engine->plan->edges[node->plan->edges_in[edge]];
    int outcome = edge_value(engine, node, cursor, slot);
    struct dag_error why = {0};

    *part = (struct part){.pname = plan->pname};
    if (outcome == -2)
        return -2;
    if (outcome == -1) {
        why = *cursor->why;
    } else if (!cursor->value.shape) {
        dag_error_set(
            &why, DAG_ERROR_INVALID, "only objects can be merged, the output of '%s' is of type %s",
            engine->plan->nodes[plan->from].name, dag_value_type_name(&cursor->value.values[0]));
    } else {
        if (cursor->value.shape->count > 0)
            part->row = cursor->value;
        return 1;
    }
    struct dag_row *input = batch_alloc(engine->scratch, sizeof(*input));
    if (!input)
        return -2;
    *input = cursor->latest;
    return engine_fail(engine, node, slot, input, &why) ? -1 : -2;
}

static size_t wake_bound(const struct edge_cursor *cursors, size_t count)
{
    size_t bound = 0;

    for (size_t i = 0; i < count; i++)
        bound += cursors[i].source->count;
    return bound;
}

bool merge_run(struct engine *engine, struct node *node, struct dag_error *err)
{
    size_t edge_count = node->plan->edge_in_count;
    struct edge_cursor *cursors = batch_alloc(engine->scratch, edge_count * sizeof(*cursors));
    struct part *parts = batch_alloc(engine->scratch, edge_count * sizeof(*parts));

    node->in = (struct vector){0};
    if (!node->merges && !(node->merges = calloc(1, sizeof(*node->merges))))
        return dag_error_set_memory(err, "a merge");
    if (!cursors || !parts)
        return dag_error_set_memory(err, "a merge");
    for (size_t i = 0; i < edge_count; i++)
        edge_cursor_init(&cursors[i], engine, node, i);
    size_t bound = wake_bound(cursors, edge_count);
    if (bound == 0)
        return true;
    struct dag_row *rows = batch_alloc(engine->result, bound * sizeof(*rows));
    uint32_t *slots = batch_alloc(engine->scratch, bound * sizeof(*slots));
    if (!rows || !slots)
        return dag_error_set_memory(err, "a merge");
    uint32_t count = 0, slot;
    while ((slot = edge_cursors_next(cursors, edge_count)) != UINT32_MAX) {
        bool is_good = true;
        for (size_t i = 0; i < edge_count; i++)
            edge_cursor_move(&cursors[i], slot);
        for (size_t i = 0; i < edge_count && is_good; i++) {
            int outcome = take_part(engine, node, &cursors[i], i, slot, &parts[i]);
            if (outcome == -2)
                return dag_error_set_memory(err, "a merge");
            is_good = outcome == 1;
        }
        if (!is_good)
            continue;
        if (!merge_parts(engine, node, parts, edge_count, &rows[count]))
            return dag_error_set_memory(err, "a merge");
        slots[count++] = slot;
    }
    node->in = (struct vector){.count = count, .slots = slots, .rows = rows};
    return true;
}
