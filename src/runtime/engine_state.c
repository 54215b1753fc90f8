/* engine_state.c - the state of an engine as JSON, for checkpoints.
 *
 * {"nodes":{NAME:{"type":T,"input":ROW,"output":ROW,"has_message":B,"functions":[{"type":T,
 * "state":S}],"edges":[{"function":F,"last":ROW}]}}}. What a node has never seen is left out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/tree.h"
#include "dag/json.h"
#include "runtime/engine_internal.h"

/* Rows are as deep as messages may be, and stand this much deeper here. */
#define STATE_DEPTH_MAX (1024 + 8)

/* ---- saving ---- */

static bool put(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

static bool put_text(struct dag_buffer *out, const char *text)
{
    struct dag_value value = dag_value_text(text, (uint32_t)strlen(text));

    return dag_json_write_value(out, &value);
}

static bool put_row(struct dag_buffer *out, const char *key, const struct held *held)
{
    return !held->memory || (put(out, key) && dag_json_write_row(out, &held->row));
}

static bool save_op(const struct op *op, struct dag_buffer *out, struct dag_error *err)
{
    if (!put(out, "{\"type\":") || !put_text(out, op->type->name))
        return dag_error_set_memory(err, "a function's state");
    if (op->type->save) {
        if (!put(out, ",\"state\":"))
            return dag_error_set_memory(err, "a function's state");
        if (!op->type->save(op->state, out, err))
            return dag_error_add_context(err, "'%s'", op->name);
    }
    return put(out, "}") || dag_error_set_memory(err, "a function's state");
}

static bool save_edges(const struct node *node, struct dag_buffer *out, struct dag_error *err)
{
    for (size_t i = 0; i < node->plan->edge_in_count; i++) {
        if (!put(out, i == 0 ? "{" : ",{"))
            return dag_error_set_memory(err, "a node's state");
        bool has_op = node->edge_ops && node->edge_ops[i];
        if (has_op && (!put(out, "\"function\":") || !save_op(node->edge_ops[i], out, err)))
            return false;
        if (node->edge_last &&
            !put_row(out, has_op ? ",\"last\":" : "\"last\":", &node->edge_last[i]))
            return dag_error_set_memory(err, "a node's state");
        if (!put(out, "}"))
            return dag_error_set_memory(err, "a node's state");
    }
    return true;
}

static bool save_node(const struct node *node, struct dag_buffer *out, struct dag_error *err)
{
    bool good = put_text(out, node->plan->name) && put(out, ":{\"type\":") &&
                put_text(out, node->plan->type_name) && put_row(out, ",\"input\":", &node->input) &&
                put_row(out, ",\"output\":", &node->output) &&
                (!node->has_message || put(out, ",\"has_message\":true")) &&
                put(out, ",\"functions\":[");

    if (!good)
        return dag_error_set_memory(err, "a node's state");
    for (size_t i = 0; i < node->op_count; i++) {
        if (i > 0 && !put(out, ","))
            return dag_error_set_memory(err, "a node's state");
        if (!save_op(&node->ops[i], out, err))
            return dag_error_add_context(err, "node '%s'", node->plan->name);
    }
    if (!put(out, "],\"edges\":["))
        return dag_error_set_memory(err, "a node's state");
    return save_edges(node, out, err) &&
           (put(out, "]}") || dag_error_set_memory(err, "a node's state"));
}

bool engine_save(struct engine *engine, struct dag_buffer *out, struct dag_error *err)
{
    if (!put(out, "{\"nodes\":{"))
        return dag_error_set_memory(err, "the engine's state");
    for (size_t i = 0; i < engine->plan->node_count; i++) {
        if (i > 0 && !put(out, ","))
            return dag_error_set_memory(err, "the engine's state");
        if (!save_node(&engine->nodes[i], out, err))
            return false;
    }
    return put(out, "}}") || dag_error_set_memory(err, "the engine's state");
}

/* ---- restoring ---- */

struct restorer {
    struct engine *engine;
    void (*dropped)(void *context, const char *node, const char *why);
    void *context;
};

static void drop(const struct restorer *restorer, const char *node, const char *why)
{
    if (restorer->dropped)
        restorer->dropped(restorer->context, node, why);
}

static bool restore_row(const struct tree *tree, struct held *held, struct dag_error *err)
{
    struct dag_value value;
    struct dag_row row = {.values = &value};

    if (!tree)
        return true;
    struct dag_batch *batch = dag_batch_new();
    if (!batch)
        return dag_error_set_memory(err, "a node's state");
    bool good = tree->type == TREE_OBJECT
                    ? dag_json_parse_object(batch, tree->json, tree->json_size, &row, err)
                    : dag_json_parse_value(batch, tree->json, tree->json_size, &value, err);
    if (good && !held_set(held, &row))
        good = dag_error_set_memory(err, "a node's state");
    dag_batch_unref(batch);
    return good;
}

static bool restore_op(const struct restorer *restorer, const struct node *node, struct op *op,
                       const struct tree *saved, struct dag_error *err)
{
    const struct tree *type = tree_get(saved, "type");
    const struct tree *state = tree_get(saved, "state");

    if (!type || type->type != TREE_TEXT || strcmp(type->text, op->type->name) != 0) {
        if (op->type->restore)
            drop(restorer, node->plan->name, "its function is another one now");
        return true;
    }
    if (!state || !op->type->restore)
        return true;
    return op->type->restore(op->state, state->json, state->json_size, err) ||
           dag_error_add_context(err, "node '%s', '%s'", node->plan->name, op->name);
}

static const struct tree *first_child(const struct tree *tree, const char *key)
{
    const struct tree *list = tree_get(tree, key);

    return list && list->type == TREE_ARRAY ? list->child : NULL;
}

static bool restore_node(const struct restorer *restorer, struct node *node,
                         const struct tree *saved, struct dag_error *err)
{
    const struct tree *has_message = tree_get(saved, "has_message");

    if (!restore_row(tree_get(saved, "input"), &node->input, err) ||
        !restore_row(tree_get(saved, "output"), &node->output, err))
        return dag_error_add_context(err, "node '%s'", node->plan->name);
    node->has_message = has_message && has_message->integer != 0;
    const struct tree *function = first_child(saved, "functions");
    for (size_t i = 0; i < node->op_count; i++, function = function ? function->next : NULL)
        if (!restore_op(restorer, node, &node->ops[i], function, err))
            return false;
    const struct tree *edge = first_child(saved, "edges");
    for (size_t i = 0; edge && i < node->plan->edge_in_count; i++, edge = edge->next) {
        if (node->edge_ops && node->edge_ops[i] &&
            !restore_op(restorer, node, node->edge_ops[i], tree_get(edge, "function"), err))
            return false;
        if (node->edge_last && !restore_row(tree_get(edge, "last"), &node->edge_last[i], err))
            return false;
    }
    return true;
}

static struct node *find_node(struct engine *engine, const char *name)
{
    for (size_t i = 0; i < engine->plan->node_count; i++)
        if (strcmp(engine->nodes[i].plan->name, name) == 0)
            return &engine->nodes[i];
    return NULL;
}

bool engine_restore(struct engine *engine, const char *json, size_t size,
                    void (*dropped)(void *context, const char *node, const char *why),
                    void *context, struct dag_error *err)
{
    struct restorer restorer = {engine, dropped, context};
    struct tree_document *document = tree_document_new();
    uint32_t line, column;

    if (!document)
        return dag_error_set_memory(err, "the engine's state");
    const struct tree *root =
        tree_parse(document, json, size, STATE_DEPTH_MAX, &line, &column, err);
    const struct tree *nodes = tree_get(root, "nodes");
    bool good = root != NULL;
    for (const struct tree *saved = nodes ? nodes->child : NULL; good && saved;
         saved = saved->next) {
        struct node *node = find_node(engine, saved->key);
        const struct tree *type = tree_get(saved, "type");
        if (!node)
            drop(&restorer, saved->key, "there is no such node now");
        else if (!type || type->type != TREE_TEXT || strcmp(type->text, node->plan->type_name) != 0)
            drop(&restorer, saved->key, "it is of another type now");
        else
            good = restore_node(&restorer, node, saved, err);
    }
    tree_document_free(document);
    return good;
}
