/* value_equal.c - compares two values at every depth.
 *
 * Nested values whose bytes differ become trees with the members of each object sorted by key, of
 * equal keys only the last. Such trees are the same node by node. Nothing here recurses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/json_walk.h"
#include "core/value.h"

#define NODES_INSIDE 24u /* a tree with so few needs no memory of its own */
#define NONE         0u  /* the root is never a child or sibling */
#define SORT_BINS    33u

struct node {
    struct dag_value key;   /* of a member */
    struct dag_value value; /* an object or array: type NESTED, text at its bracket */
    uint32_t parent, child, last_child, next;
};

struct nodes {
    struct node *all; /* owned, unless it is `inside` */
    uint32_t count, capacity;
    struct node inside[NODES_INSIDE];
};

static void nodes_init(struct nodes *nodes)
{
    nodes->all = nodes->inside;
    nodes->count = 0;
    nodes->capacity = NODES_INSIDE;
}

static void nodes_deinit(struct nodes *nodes)
{
    if (nodes->all != nodes->inside)
        free(nodes->all);
}

static bool nodes_grow(struct nodes *nodes)
{
    uint32_t capacity = nodes->capacity * 2;
    struct node *all;

    if (capacity < nodes->capacity)
        return false;
    all = malloc((size_t)capacity * sizeof(*all));
    if (!all)
        return false;
    memcpy(all, nodes->all, nodes->count * sizeof(*all));
    nodes_deinit(nodes);
    nodes->all = all;
    nodes->capacity = capacity;
    return true;
}

/* A child of `parent`; the first node is the root. NULL: out of memory. */
static struct node *add_node(struct nodes *nodes, uint32_t parent)
{
    uint32_t index = nodes->count;

    if (index == nodes->capacity && !nodes_grow(nodes))
        return NULL;
    struct node *node = &nodes->all[nodes->count++];
    memset(node, 0, sizeof(*node));
    node->parent = parent;
    if (index > 0) {
        struct node *above = &nodes->all[parent];
        if (above->last_child == NONE)
            above->child = index;
        else
            nodes->all[above->last_child].next = index;
        above->last_child = index;
    }
    return node;
}

/* Merges two sorted lists; of equal keys those of `a` come first. */
static uint32_t merge(struct node *all, uint32_t a, uint32_t b)
{
    uint32_t head = NONE, *link = &head;

    while (a != NONE && b != NONE) {
        uint32_t *taken = value_text_compare(&all[a].key, &all[b].key) <= 0 ? &a : &b;
        *link = *taken;
        link = &all[*taken].next;
        *taken = *link;
    }
    *link = a != NONE ? a : b;
    return head;
}

static uint32_t sort(struct node *all, uint32_t head)
{
    uint32_t bins[SORT_BINS] = {NONE}, sorted = NONE; /* bin i: 2^i nodes, or none */

    while (head != NONE) {
        uint32_t run = head, i = 0;
        head = all[run].next;
        all[run].next = NONE;
        for (; bins[i] != NONE; i++) {
            run = merge(all, bins[i], run);
            bins[i] = NONE;
        }
        bins[i] = run;
    }
    for (uint32_t i = 0; i < SORT_BINS; i++)
        if (bins[i] != NONE)
            sorted = merge(all, bins[i], sorted);
    return sorted;
}

/* Sorts the members of an object that has ended, and drops all but the last of equal keys. */
static void finish_object(struct nodes *nodes, uint32_t object)
{
    struct node *all = nodes->all;
    uint32_t *link = &all[object].child;

    *link = sort(all, *link);
    while (*link != NONE) {
        uint32_t next = all[*link].next;
        if (next != NONE && value_text_compare(&all[*link].key, &all[next].key) == 0)
            *link = next;
        else
            link = &all[*link].next;
    }
}

static bool is_object(const struct node *node)
{
    return node->value.as.text[0] == '{';
}

/* Reads what stands before the value at `p`, a member's key, into the new node. */
static const char *read_front(struct node *node, bool is_member, const char *p, const char *end)
{
    if (!is_member)
        return p;
    if (p >= end || *p != '"')
        return NULL;
    p = json_walk_string(p, end, &node->key);
    return p && p < end && *p == ':' ? p + 1 : NULL;
}

/* Builds the tree of a nested value. False: out of memory, or the text is not valid. */
static bool build(struct nodes *nodes, const struct dag_value *nested)
{
    const char *p = nested->as.text, *end = p + nested->size;
    uint32_t open = NONE; /* the innermost object or array */
    bool is_inside = false;

    do {
        struct node *node = add_node(nodes, open);
        if (!node)
            return false;
        p = read_front(node, is_inside && is_object(&nodes->all[open]), p, end);
        if (!p || p >= end)
            return false;
        if (*p == '{' || *p == '[') {
            node->value.type = DAG_TYPE_NESTED;
            node->value.as.text = p++;
            open = nodes->count - 1;
            is_inside = true;
            if (p < end && *p != '}' && *p != ']')
                continue; /* its first child */
        } else if (!(p = json_walk_scalar(p, end, &node->value))) {
            return false;
        }
        while (is_inside && p < end && (*p == '}' || *p == ']')) {
            if (is_object(&nodes->all[open]))
                finish_object(nodes, open);
            is_inside = open != 0;
            open = nodes->all[open].parent;
            p++;
        }
        if (is_inside && (p >= end || *p++ != ','))
            return false;
    } while (is_inside);
    return p == end;
}

static bool scalar_equal(const struct dag_value *a, const struct dag_value *b)
{
    switch (a->type) {
    case DAG_TYPE_BOOL:
    case DAG_TYPE_INT:
        return a->as.integer == b->as.integer;
    case DAG_TYPE_DOUBLE:
        return a->as.real == b->as.real;
    case DAG_TYPE_BIGNUM:
        return a->size == b->size && memcmp(a->as.text, b->as.text, a->size) == 0;
    case DAG_TYPE_TEXT:
        return value_text_compare(a, b) == 0;
    default:
        return true;
    }
}

static bool node_equal(const struct node *a, const struct node *b)
{
    if (a->value.type != b->value.type || (a->child == NONE) != (b->child == NONE) ||
        (a->next == NONE) != (b->next == NONE) ||
        (a->key.type == DAG_TYPE_TEXT && value_text_compare(&a->key, &b->key) != 0))
        return false;
    if (a->value.type == DAG_TYPE_NESTED)
        return a->value.as.text[0] == b->value.as.text[0];
    return scalar_equal(&a->value, &b->value);
}

/* Walks both trees in step: children first, then siblings, then those of the parents. */
static bool trees_equal(const struct nodes *a, const struct nodes *b)
{
    uint32_t i = 0, j = 0;

    for (;;) {
        if (!node_equal(&a->all[i], &b->all[j]))
            return false;
        if (a->all[i].child != NONE) {
            i = a->all[i].child;
            j = b->all[j].child;
            continue;
        }
        while (i != 0 && a->all[i].next == NONE) {
            i = a->all[i].parent;
            j = b->all[j].parent;
        }
        if (i == 0)
            return true;
        i = a->all[i].next;
        j = b->all[j].next;
    }
}

static bool nested_equal(const struct dag_value *a, const struct dag_value *b)
{
    struct nodes nodes_a, nodes_b;
    bool is_equal;

    if (a->size == b->size && memcmp(a->as.text, b->as.text, a->size) == 0)
        return true;
    nodes_init(&nodes_a);
    nodes_init(&nodes_b);
    is_equal = build(&nodes_a, a) && build(&nodes_b, b) && trees_equal(&nodes_a, &nodes_b);
    nodes_deinit(&nodes_a);
    nodes_deinit(&nodes_b);
    return is_equal;
}

bool dag_value_equal(const struct dag_value *a, const struct dag_value *b)
{
    if (a->type != b->type)
        return false;
    return a->type == DAG_TYPE_NESTED ? nested_equal(a, b) : scalar_equal(a, b);
}
