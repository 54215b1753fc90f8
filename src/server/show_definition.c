/* show_definition.c - see show_definition.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_definition.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "graph/edit.h"
#include "graph/secret_keys.h"
#include "server/show_json.h"

#define DEPTH_MAX 64 /* as the check allows */
#define NAMES_MAX 256
#define MASK_JSON "\"" SHOW_MASK "\""

static bool no_memory(struct answer *answer)
{
    return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory for a definition");
}

/* ---- which keys ---- */

/* Names of options that are marked secret, each once. Borrowed from the components. */
struct names {
    const char *items[NAMES_MAX];
    size_t count;
};

static bool has_name(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

static void add_marked(struct names *names, const struct dag_option *options)
{
    for (; options && options->name; options++)
        if (options->flags & DAG_OPTION_SECRET && names->count < NAMES_MAX &&
            !has_name(names, options->name))
            names->items[names->count++] = options->name;
}

static void add_registry(struct names *names, const struct registry *registry)
{
    const struct dag_subscriber *subscriber;
    const struct dag_publisher *publisher;

    for (size_t i = 0; (subscriber = registry_subscriber_at(registry, i)); i++)
        add_marked(names, subscriber->options);
    for (size_t i = 0; (publisher = registry_publisher_at(registry, i)); i++)
        add_marked(names, publisher->options);
    for (size_t i = 0; registry->calculators && registry->calculators[i]; i++)
        add_marked(names, registry->calculators[i]->options);
    for (size_t i = 0; registry->transformers && registry->transformers[i]; i++)
        add_marked(names, registry->transformers[i]->options);
}

/* For those of plug-ins. */
static void add_plan(struct names *names, const struct plan *plan)
{
    for (size_t i = 0; i < plan->subscriber_count; i++)
        add_marked(names, plan->subscribers[i].type->options);
    for (size_t i = 0; i < plan->publisher_count; i++)
        add_marked(names, plan->publishers[i].type->options);
    for (size_t i = 0; i < plan->calculator_count; i++)
        add_marked(names, plan->calculators[i].type->options);
    for (size_t i = 0; i < plan->transformer_count; i++)
        add_marked(names, plan->transformers[i].type->options);
    for (size_t i = 0; i < plan->node_count; i++)
        if (plan->nodes[i].type)
            add_marked(names, plan->nodes[i].type->function.options);
}

/* ---- which values ---- */

struct masking {
    const struct names *names;
    struct tree_document *document; /* what is put in lives there */
    struct edit_value *edits;       /* owned */
    size_t count, capacity;
    bool no_memory;
};

static void replace(struct masking *masking, const struct tree *value, const char *json)
{
    if (masking->count == masking->capacity) {
        size_t capacity = masking->capacity ? 2 * masking->capacity : 16;
        struct edit_value *edits = reallocarray(masking->edits, capacity, sizeof(*edits));

        if (!edits) {
            masking->no_memory = true;
            return;
        }
        masking->edits = edits;
        masking->capacity = capacity;
    }
    masking->edits[masking->count++] = (struct edit_value){value, json};
}

static void mask_address(struct masking *masking, const struct tree *value)
{
    char *masked = show_masked_address(value->text, &masking->no_memory);
    size_t size = masked ? strlen(masked) : 0;
    char *json = masked ? tree_alloc(masking->document, text_escape_bound(size) + 3) : NULL;

    if (json) {
        json[0] = '"';
        json[1 + text_escape(json + 1, masked, size)] = '"'; /* the rest is zeroed */
        replace(masking, value, json);
    } else if (masked) {
        masking->no_memory = true;
    }
    free(masked);
}

static void mask_values(struct masking *masking, const struct tree *tree)
{
    for (const struct tree *value = tree->child; value; value = value->next) {
        bool is_secret = value->key &&
                         (has_name(masking->names, value->key) || secret_key_sounds_so(value->key));

        if (is_secret && value->type != TREE_NULL && !secret_is_reference(value))
            replace(masking, value, MASK_JSON);
        else if (value->type == TREE_TEXT)
            mask_address(masking, value);
        else
            mask_values(masking, value);
    }
}

/* ---- the text ---- */

static bool put_masks(struct dag_buffer *buffer, const struct masking *masking,
                      struct answer *answer)
{
    struct graph_text text = {.path = "", .text = malloc(buffer->size + 1), .size = buffer->size};
    struct dag_error err = {0};
    bool is_done = text.text != NULL;

    if (is_done) {
        memcpy(text.text, buffer->bytes, buffer->size);
        text.text[buffer->size] = '\0';
        is_done = edit_replace_all(&text, masking->edits, masking->count, &err);
    }
    if (is_done) {
        buffer->size = 0;
        is_done = dag_buffer_append(buffer, text.text, text.size);
    }
    free(text.text);
    return is_done || no_memory(answer);
}

bool show_definition_mask(struct dag_buffer *text, const struct registry *registry,
                          const struct plan *plan, struct answer *answer)
{
    struct names names = {.count = 0};
    struct masking masking = {.names = &names, .document = tree_document_new()};
    struct dag_error err = {0};
    const struct tree *root =
        masking.document && text->size > 0
            ? tree_parse(masking.document, text->bytes, text->size, DEPTH_MAX, NULL, NULL, &err)
            : NULL;
    bool is_done = false;

    if (!masking.document || err.code == DAG_ERROR_MEMORY) {
        no_memory(answer);
    } else if (!root) {
        answer_set(answer, ANSWER_CONFLICT, "unreadable",
                   "this definition isn't valid JSON, so nobody can tell what in it is secret: "
                   "only who may edit it can see it");
    } else {
        add_registry(&names, registry);
        if (plan)
            add_plan(&names, plan);
        mask_values(&masking, root);
        is_done = masking.no_memory   ? no_memory(answer)
                  : masking.count > 0 ? put_masks(text, &masking, answer)
                                      : true;
    }
    free(masking.edits);
    tree_document_free(masking.document);
    return is_done;
}
