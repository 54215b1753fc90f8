/* fuzz_options.c - no JSON text crashes tree and option tables, and the tree's text is a fixed
 * point. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "core/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct state {
    const char *text;
    int64_t integer, wait_us, size, choice;
    double real;
    bool flag;
    struct dag_text_list list;
    struct dag_text_map map;
    struct dag_value object, any;
};

#define AT(member) offsetof(struct state, member)

static const struct dag_option table[] = {
    {.name = "t", .type = DAG_OPTION_TEXT, .offset = AT(text)},
    {.name = "i", .type = DAG_OPTION_INTEGER, .offset = AT(integer), .min = -5, .max = 10},
    {.name = "r", .type = DAG_OPTION_REAL, .flags = DAG_OPTION_REQUIRED, .offset = AT(real)},
    {.name = "s", .type = DAG_OPTION_SECONDS, .offset = AT(wait_us)},
    {.name = "z", .type = DAG_OPTION_SIZE, .flags = DAG_OPTION_NULLABLE, .offset = AT(size)},
    {.name = "c", .type = DAG_OPTION_CHOICE, .offset = AT(choice), .choices = "one two three"},
    {.name = "b", .type = DAG_OPTION_BOOL, .offset = AT(flag)},
    {.name = "l",
     .type = DAG_OPTION_TEXT_LIST,
     .flags = DAG_OPTION_ONE_OR_MORE,
     .offset = AT(list)},
    {.name = "m", .type = DAG_OPTION_TEXT_MAP, .offset = AT(map)},
    {.name = "o", .type = DAG_OPTION_OBJECT, .offset = AT(object)},
    {.name = "a", .type = DAG_OPTION_ANY, .offset = AT(any)},
    {0},
};

static void note_problem(void *context, const struct tree *at, bool is_error, const char *code,
                         const char *message, const char *suggestion)
{
    size_t *errors = context;
    char pointer[256];

    (void)suggestion;
    assert(code[0] && message[0]);
    if (at)
        tree_pointer(at, pointer, sizeof(pointer));
    *errors += is_error ? 1 : 0;
}

static void check_values(const struct state *state)
{
    assert(state->integer >= -5 && state->integer <= 10);
    assert(state->wait_us >= 0 && state->size >= 0);
    assert(state->choice >= 0 && state->choice < 3);
    assert(!state->text || strlen(state->text) < SIZE_MAX);
    for (size_t i = 0; i < state->list.count; i++)
        assert(state->list.items[i].text[state->list.items[i].size] == '\0');
    for (size_t i = 0; i < state->map.count; i++)
        assert(state->map.keys[i].text[state->map.keys[i].size] == '\0');
}

/* The compact text read again gives the same compact text. */
static void check_fixed_point(const struct tree *tree)
{
    struct tree_document *document = tree_document_new();
    struct dag_error err = {0};
    const struct tree *again;

    assert(document);
    again = tree_parse(document, tree->json, tree->json_size, 64, NULL, NULL, &err);
    assert(again && again->json_size == tree->json_size);
    assert(memcmp(again->json, tree->json, tree->json_size) == 0);
    tree_document_free(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const also[] = {"known", NULL};
    struct tree_document *document = tree_document_new();
    struct state state = {0};
    struct dag_error err = {0};
    uint32_t line = 0, column = 0;
    size_t errors = 0;
    const struct tree *tree;

    assert(document);
    tree = tree_parse(document, (const char *)data, size, 64, &line, &column, &err);
    assert(line >= 1 && column >= 1);
    if (tree) {
        bool is_read = options_read(table, tree, &state, also, document, note_problem, &errors);

        assert(is_read == (errors == 0));
        check_values(&state);
        check_fixed_point(tree);
    }
    tree_document_free(document);
    return 0;
}
