/* nodes.c - checks nodes and edges. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/options.h"
#include "graph/parts.h"

/* What a node may be wired to. */
struct abilities {
    bool takes_subscriber, takes_publishers;
};

/* ---- type --------------------------------------------------------------------------------- */

static const char *node_type_candidate(void *context, size_t i)
{
    const struct registry *registry = ((const struct checker *)context)->registry;

    for (const struct node_kind *kind = node_kinds; kind->name; kind++) {
        if (i-- == 0)
            return kind->name;
    }
    for (const struct dag_node_type *const *own = registry->node_types; own && *own; own++) {
        if (i-- == 0)
            return (*own)->function.name;
    }
    return NULL;
}

/* Fills kind and type; true for all abilities where the type is wrong, so that only that is told.
 */
static struct abilities find_node_type(struct checker *checker, const char *label,
                                       const struct tree *at, struct plan_node *node)
{
    const struct tree *type_at = tree_get(at, "type");
    bool is_text = type_at && type_at->type == TREE_TEXT;
    const char *name = is_text ? type_at->text : "CalculationNode";
    const struct node_kind *kind = node_kind_find(name);

    node->type_name = name;
    if (kind) {
        node->kind = kind->kind;
        return (struct abilities){kind->takes_subscriber, kind->takes_publishers};
    }
    node->kind = PLAN_NODE_PLUGIN;
    node->type = registry_node_type(checker->registry, name);
    if (!node->type && is_plugin_type(name))
        node->type = load_plugin_type(checker, label, "node", name, type_at);
    else if (!node->type)
        report(checker, PROBLEM_ERROR, type_at, REPORT_VALUE, "unknown_node_type",
               suggest(checker, name, node_type_candidate, checker), "%s: unknown type '%s'", label,
               name);
    if (!node->type)
        return (struct abilities){true, true};
    return (struct abilities){(node->type->flags & DAG_NODE_TAKES_SUBSCRIBER) != 0,
                              (node->type->flags & DAG_NODE_TAKES_PUBLISHERS) != 0};
}

static void check_node_config(struct checker *checker, const char *label, const struct tree *at,
                              struct plan_node *node, struct node_config *config)
{
    struct option_report whose = {.checker = checker, .label = label, .at = at};
    const struct node_kind *kind = node_kind_find(node->type_name);

    if (node->type)
        check_function_config(checker, label, &node->type->function, node->config, at);
    else if (kind)
        options_read(kind->options, node->config, config, NULL, checker->document, report_option,
                     &whose);
}

/* ---- references --------------------------------------------------------------------------- */

static const struct tree *text_member(const struct tree *object, const char *key)
{
    const struct tree *member = tree_get(object, key);

    return member && member->type == TREE_TEXT ? member : NULL;
}

static void check_subscriber_of(struct checker *checker, const char *label, const struct tree *at,
                                struct abilities abilities, struct plan_node *node)
{
    const struct tree *name = text_member(at, "subscriber");
    bool is_given = name && name->text_size > 0;

    node->subscriber = -1;
    if (name)
        node->subscriber =
            find_reference(checker, label, "subscriber", &checker->subscriber_names, name);
    if (is_given && !abilities.takes_subscriber)
        report_error(checker, name, "subscriber_not_allowed",
                     "%s: a %s takes no subscriber; only subscription and metronome nodes do",
                     label, node->type_name);
    if (!is_given && node->kind == PLAN_NODE_SUBSCRIPTION)
        report_error(checker, at, "missing_subscriber",
                     "%s: a SubscriptionNode needs a 'subscriber'; name one", label);
}

/* Adds the numbers of the names in `list` to `numbers`, which has room for them. */
static size_t add_publishers(struct checker *checker, const char *label, const struct tree *list,
                             int32_t *numbers, size_t count)
{
    for (const struct tree *i = list->child; i; i = i->next) {
        int32_t number;

        if (i->type != TREE_TEXT)
            continue;
        number = find_reference(checker, label, "publisher", &checker->publisher_names, i);
        if (number >= 0)
            numbers[count++] = number;
    }
    return count;
}

static const struct tree *array_member(const struct tree *object, const char *key)
{
    const struct tree *member = tree_get(object, key);

    return member && member->type == TREE_ARRAY ? member : NULL;
}

static void check_publishers_of(struct checker *checker, const char *label, const struct tree *at,
                                struct abilities abilities, struct plan_node *node)
{
    const struct tree *beside = array_member(at, "publishers");
    const struct tree *inside =
        node->kind == PLAN_NODE_PUBLISHER_SINK ? array_member(node->config, "publishers") : NULL;
    int32_t *numbers =
        checker_alloc(checker, ((beside ? beside->count : 0) + (inside ? inside->count : 0) + 1) *
                                   sizeof(*numbers));

    node->publishers = numbers;
    if (!numbers)
        return;
    if (inside)
        node->publisher_count = add_publishers(checker, label, inside, numbers, 0);
    if (beside)
        node->publisher_count =
            add_publishers(checker, label, beside, numbers, node->publisher_count);
    if (beside && beside->count > 0 && !abilities.takes_publishers)
        report_error(checker, beside, "publishers_not_allowed",
                     "%s: a %s takes no publishers; only publication, metronome and "
                     "publisher-sink nodes do",
                     label, node->type_name);
    if (!(beside && beside->count > 0) && !(inside && inside->count > 0) &&
        (node->kind == PLAN_NODE_PUBLICATION || node->kind == PLAN_NODE_PUBLISHER_SINK))
        report(checker, PROBLEM_NOTE, at, REPORT_VALUE, "no_publishers", NULL,
               "%s: it has no publishers, so its output goes nowhere", label);
}

static const int32_t *check_transformers_of(struct checker *checker, const char *label,
                                            const struct tree *at, const char *key, size_t *count)
{
    const struct tree *list = array_member(at, key);
    int32_t *numbers = NULL;

    if (!list || list->count == 0)
        return NULL;
    numbers = checker_alloc(checker, list->count * sizeof(*numbers));
    for (const struct tree *i = numbers ? list->child : NULL; i; i = i->next) {
        int32_t number;

        if (i->type != TREE_TEXT)
            continue;
        number = find_transformer(checker, label, i);
        if (number >= 0)
            numbers[(*count)++] = number;
    }
    return numbers;
}

/* ---- nodes -------------------------------------------------------------------------------- */

/* What some kinds of node have no use for. */
static void note_unused(struct checker *checker, const char *label, const struct tree *at,
                        const struct plan_node *node)
{
    static const char *const keys[] = {"calculator", "input_transformers", "output_transformers"};
    bool is_sink = node->kind == PLAN_NODE_SINK || node->kind == PLAN_NODE_PUBLISHER_SINK;

    for (size_t i = is_sink ? 0 : 1; i < 3; i++) {
        const struct tree *member = tree_get(at, keys[i]);

        if (!member || member->type == TREE_NULL || (member->type == TREE_ARRAY && !member->child))
            continue;
        if (is_sink || node->kind == PLAN_NODE_METRONOME)
            report(checker, PROBLEM_WARNING, member, REPORT_KEY, "ignored_key", NULL,
                   "%s: a %s has no use for '%s'; remove it", label, node->type_name, keys[i]);
    }
}

static void check_node(struct checker *checker, const struct tree *at, size_t index,
                       struct plan_node *node)
{
    const char *label = entry_label(checker, "node", at, index);
    struct option_report whose = {.checker = checker, .label = label, .at = at, .are_keys = true};
    struct node_keys keys = {0};
    struct node_config config = {0};
    struct abilities abilities;
    const struct tree *reference;

    *node = (struct plan_node){.name = "", .type_name = "", .subscriber = -1, .calculator = -1};
    if (at->type != TREE_OBJECT) {
        report_error(checker, at, "wrong_type", "%s: must be an object", label);
        return;
    }
    options_read(node_key_table, at, &keys, NULL, checker->document, report_option, &whose);
    node->name = declare_name(checker, "node", at, index, &checker->node_names, checker->node_at);
    node->config = tree_get(at, "config");
    if (node->config && node->config->type != TREE_OBJECT)
        node->config = NULL;
    abilities = find_node_type(checker, label, at, node);
    check_node_config(checker, label, at, node, &config);
    node->interval_us = config.interval_us;
    reference = tree_get(at, "propagate");
    node->propagate = reference && reference->type == TREE_TEXT
                          ? (enum plan_propagate)keys.propagate
                          : (enum plan_propagate)checker->keys.propagate;
    check_subscriber_of(checker, label, at, abilities, node);
    check_publishers_of(checker, label, at, abilities, node);
    reference = text_member(at, "calculator");
    if (reference)
        node->calculator =
            find_reference(checker, label, "calculator", &checker->calculator_names, reference);
    node->input_transformers = check_transformers_of(checker, label, at, "input_transformers",
                                                     &node->input_transformer_count);
    node->output_transformers = check_transformers_of(checker, label, at, "output_transformers",
                                                      &node->output_transformer_count);
    note_unused(checker, label, at, node);
}

void check_nodes(struct checker *checker)
{
    const struct tree *list = find_list(checker, "nodes");
    size_t count = list ? list->count : 0, i = 0;

    checker->nodes = checker_alloc(checker, (count + 1) * sizeof(*checker->nodes));
    checker->node_at = checker_alloc(checker, (count + 1) * sizeof(const void *));
    if (checker->no_memory)
        return;
    for (const struct tree *at = list ? list->child : NULL; at; at = at->next, i++) {
        checker->node_at[i] = at;
        check_node(checker, at, i, &checker->nodes[i]);
    }
    checker->plan->node_count = count;
}

/* ---- edges -------------------------------------------------------------------------------- */

static int32_t check_end(struct checker *checker, const char *label, const struct tree *at,
                         const char *key)
{
    const struct tree *name = text_member(at, key);

    if (!name)
        return -1; /* reported with the other keys */
    if (name->text_size == 0) {
        report_error(checker, name, "unknown_node", "%s: '%s' is empty; name a node", label, key);
        return -1;
    }
    return find_reference(checker, label, "node", &checker->node_names, name);
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n\v\f")] == '\0';
}

static void name_edge(struct checker *checker, struct plan_edge *edge)
{
    const char *from = checker->nodes[edge->from].name, *to = checker->nodes[edge->to].name;
    size_t size = strlen(from) + strlen(to) + 5;
    char *name = checker_alloc(checker, size);

    if (name)
        snprintf(name, size, "%s_to_%s", from, to);
    edge->name = name;
}

static void check_edge(struct checker *checker, const struct tree *at, size_t index,
                       struct plan_edge *edge)
{
    char label[40];
    struct option_report whose = {.checker = checker, .label = label, .at = at, .are_keys = true};
    struct edge_keys keys = {0};
    const struct tree *transformer;

    snprintf(label, sizeof(label), "edge number %zu", index + 1);
    *edge = (struct plan_edge){.name = "", .from = -1, .to = -1, .transformer = -1};
    if (at->type != TREE_OBJECT) {
        report_error(checker, at, "wrong_type", "%s: must be an object", label);
        return;
    }
    options_read(edge_key_table, at, &keys, NULL, checker->document, report_option, &whose);
    edge->from = check_end(checker, label, at, "from_node");
    edge->to = check_end(checker, label, at, "to_node");
    transformer = text_member(at, "data_transformer");
    if (transformer)
        edge->transformer = find_transformer(checker, label, transformer);
    if (keys.pname && !is_blank(keys.pname))
        edge->pname = keys.pname;
    if (edge->from < 0 || edge->to < 0)
        return;
    name_edge(checker, edge);
    if (checker->nodes[edge->to].kind == PLAN_NODE_SUBSCRIPTION ||
        checker->nodes[edge->to].kind == PLAN_NODE_METRONOME)
        report(checker, PROBLEM_WARNING, tree_get(at, "to_node"), REPORT_VALUE, "ignored_edge",
               NULL, "%s: a %s takes nothing from edges; remove the edge", label,
               checker->nodes[edge->to].type_name);
}

/* Gives each node its edges, in file order. */
static void join_edges(struct checker *checker, size_t count)
{
    int32_t *numbers = checker_alloc(checker, (2 * count + 1) * sizeof(*numbers));
    size_t *filled;
    size_t node_count = checker->plan->node_count;

    filled = checker_alloc(checker, (2 * node_count + 1) * sizeof(*filled));
    if (!numbers || !filled)
        return;
    for (size_t i = 0; i < count; i++) {
        checker->nodes[checker->edges[i].from].edge_out_count++;
        checker->nodes[checker->edges[i].to].edge_in_count++;
    }
    for (size_t i = 0, used = 0; i < node_count; i++) {
        struct plan_node *node = &checker->nodes[i];

        node->edges_in = numbers + used;
        filled[2 * i] = used;
        used += node->edge_in_count;
        node->edges_out = numbers + used;
        filled[2 * i + 1] = used;
        used += node->edge_out_count;
    }
    for (size_t i = 0; i < count; i++) {
        numbers[filled[2 * checker->edges[i].to]++] = (int32_t)i;
        numbers[filled[2 * checker->edges[i].from + 1]++] = (int32_t)i;
    }
}

void check_edges(struct checker *checker)
{
    const struct tree *list = find_list(checker, "edges");
    size_t count = list ? list->count : 0, i = 0;

    checker->edges = checker_alloc(checker, (count + 1) * sizeof(*checker->edges));
    checker->edge_at = checker_alloc(checker, (count + 1) * sizeof(const void *));
    if (checker->no_memory)
        return;
    checker->edges_are_whole = true;
    for (const struct tree *at = list ? list->child : NULL; at; at = at->next, i++) {
        checker->edge_at[i] = at;
        check_edge(checker, at, i, &checker->edges[i]);
        if (checker->edges[i].from < 0 || checker->edges[i].to < 0)
            checker->edges_are_whole = false;
    }
    checker->plan->edge_count = count;
    if (checker->edges_are_whole)
        join_edges(checker, count);
}
