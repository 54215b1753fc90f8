/* test_vectors.c - the vectors that need no running DAG hold for the reader. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/check.h"
#include "graph/window.h"
#include "support/fake_registry.h"

/* One file of vectors. */
struct vectors {
    struct tree_document *document;
    char *text;
    const struct tree *cases;
};

static struct vectors vectors_read(const char *component)
{
    struct vectors vectors = {.document = tree_document_new()};
    struct dag_error err = {0};
    char path[4096];
    FILE *file;
    size_t size;

    snprintf(path, sizeof(path), DAGD_TESTS_DIR "/vectors/%s.json", component);
    file = fopen(path, "re");
    assert_non_null(file);
    vectors.text = malloc(1 << 20);
    size = fread(vectors.text, 1, 1 << 20, file);
    fclose(file);
    vectors.cases =
        tree_get(tree_parse(vectors.document, vectors.text, size, 32, NULL, NULL, &err), "cases");
    assert_non_null(vectors.cases);
    return vectors;
}

static void vectors_free(struct vectors *vectors)
{
    tree_document_free(vectors->document);
    free(vectors->text);
}

static const char *text_of(const struct tree *object, const char *key)
{
    const struct tree *member = tree_get(object, key);

    return member && member->type == TREE_TEXT ? member->text : NULL;
}

static struct plan *check(const char *text, size_t size, struct problems *problems)
{
    struct dag_error err = {0};

    return graph_check(text, size, &fake_registry, NULL, problems, &err);
}

/* An error of the case must be among the problems. */
static void expect_error(const struct tree *test, const struct problems *problems)
{
    const struct tree *contains = tree_get(tree_get(test, "expected_error"), "contains");
    bool is_cycle = strcmp(text_of(tree_get(test, "expected_error"), "kind"), "cycle") == 0;

    assert_true(problems->error_count > 0);
    for (const struct tree *part = contains ? contains->child : NULL; part; part = part->next) {
        bool found = false;

        for (size_t i = 0; i < problems->count; i++)
            found = found || (problems->items[i].severity == PROBLEM_ERROR &&
                              strstr(problems->items[i].message, part->text) &&
                              (!is_cycle || strcmp(problems->items[i].code, "cycle") == 0));
        if (!found)
            fail_msg("%s: no error holds '%s', but: %s", text_of(test, "name"), part->text,
                     problems->items[0].message);
    }
}

static void expect_graph(const struct tree *test, const struct plan *plan)
{
    const struct tree *expected = tree_get(test, "expected");
    const struct tree *names = tree_get(expected, "edge_names");
    const struct tree *types = tree_get(expected, "node_types");
    size_t i = 0;

    assert_int_equal(plan->node_count, tree_get(expected, "nodes")->integer);
    assert_int_equal(plan->edge_count, tree_get(expected, "edges")->integer);
    for (const struct tree *name = names->child; name; name = name->next)
        assert_string_equal(plan->edges[i++].name, name->text);
    for (i = 0; i < plan->node_count; i++)
        assert_string_equal(plan->nodes[i].type_name, text_of(types, plan->nodes[i].name));
}

static void expect_order(const struct tree *test, const struct plan *plan)
{
    const struct tree *expected = tree_get(test, "expected");
    size_t i = 0;

    assert_int_equal(plan->node_count, expected->count);
    for (const struct tree *name = expected->child; name; name = name->next)
        assert_string_equal(plan->nodes[plan->order[i++]].name, name->text);
}

static void check_component(const char *component,
                            void (*expect)(const struct tree *test, const struct plan *plan))
{
    struct vectors vectors = vectors_read(component);

    for (const struct tree *test = vectors.cases->child; test; test = test->next) {
        const struct tree *config = tree_get(test, "config");
        struct problems problems = {0};
        struct plan *plan = check(config->json, config->json_size, &problems);

        if (tree_get(test, "expected_error"))
            expect_error(test, &problems);
        else if (!plan)
            fail_msg("%s: %s", text_of(test, "name"), problems.items[0].message);
        else
            expect(test, plan);
        plan_free(plan);
        problems_free(&problems);
    }
    vectors_free(&vectors);
}

static void graphs_are_built(void **unused)
{
    (void)unused;
    check_component("graph_build", expect_graph);
}

static void nodes_are_ordered(void **unused)
{
    (void)unused;
    check_component("topological_order", expect_order);
}

static void cycles_are_found(void **unused)
{
    (void)unused;
    check_component("cycle_detection", expect_order);
}

/* Addresses and options: a DAG around each. */
static void components_are_made(void **unused)
{
    struct vectors vectors = vectors_read("factory");

    (void)unused;
    for (const struct tree *test = vectors.cases->child; test; test = test->next) {
        const struct tree *config = tree_get(test, "config");
        const struct tree *max_depth = tree_get(tree_get(test, "expected"), "max_depth");
        bool is_subscriber = strcmp(text_of(config, "kind"), "subscriber") == 0;
        const char *type = text_of(tree_get(test, "expected"), "type");
        struct problems problems = {0};
        struct plan *plan;
        char *text = NULL;

        assert_true(
            asprintf(&text, "{\"name\": \"d\", \"%s\": [{\"name\": %.*s, \"config\": %.*s}]}",
                     is_subscriber ? "subscribers" : "publishers",
                     (int)tree_get(config, "name")->json_size, tree_get(config, "name")->json,
                     (int)tree_get(config, "config")->json_size,
                     tree_get(config, "config")->json) > 0);
        plan = check(text, strlen(text), &problems);
        if (tree_get(test, "expected_error")) {
            expect_error(test, &problems);
        } else if (!plan) {
            fail_msg("%s: %s", text_of(test, "name"), problems.items[0].message);
        } else {
            assert_string_equal(is_subscriber ? plan->subscribers[0].type->name
                                              : plan->publishers[0].type->name,
                                type);
            if (max_depth)
                assert_int_equal(plan->subscribers[0].max_depth, max_depth->integer);
        }
        plan_free(plan);
        problems_free(&problems);
        free(text);
    }
    vectors_free(&vectors);
}

static void durations_are_read(void **unused)
{
    struct vectors vectors = vectors_read("duration");

    (void)unused;
    for (const struct tree *test = vectors.cases->child; test; test = test->next) {
        const struct tree *expected = tree_get(test, "expected");
        int minutes = -1;
        bool is_read = window_parse_duration(text_of(tree_get(test, "input"), "text"), &minutes);

        assert_int_equal(is_read, expected->type != TREE_NULL);
        if (is_read)
            assert_int_equal(minutes, expected->integer);
    }
    vectors_free(&vectors);
}

static void ends_are_computed(void **unused)
{
    struct vectors vectors = vectors_read("end_time");

    (void)unused;
    for (const struct tree *test = vectors.cases->child; test; test = test->next) {
        const struct tree *input = tree_get(test, "input");
        struct dag_error err = {0};
        char end[5];
        bool is_read =
            window_end_time(text_of(input, "start_time"), text_of(input, "duration"), end, &err);

        assert_int_equal(is_read, tree_get(test, "expected_error") == NULL);
        if (is_read)
            assert_string_equal(end, text_of(test, "expected"));
    }
    vectors_free(&vectors);
}

/* The DAGs of the vectors that run: they load, and nothing in them is worth a warning. */
static void pipelines_load_without_warnings(void **unused)
{
    static const char *const components[] = {"pipeline", "pipeline_later"};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct vectors vectors = vectors_read(components[i]);

        for (const struct tree *test = vectors.cases->child; test; test = test->next) {
            const struct tree *config = tree_get(test, "config");
            struct problems problems = {0};
            struct plan *plan = check(config->json, config->json_size, &problems);

            for (size_t j = 0; j < problems.count; j++) {
                if (problems.items[j].severity != PROBLEM_NOTE)
                    fail_msg("%s: %s", text_of(test, "name"), problems.items[j].message);
            }
            plan_free(plan);
            problems_free(&problems);
        }
        vectors_free(&vectors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graphs_are_built),
        cmocka_unit_test(nodes_are_ordered),
        cmocka_unit_test(cycles_are_found),
        cmocka_unit_test(components_are_made),
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(ends_are_computed),
        cmocka_unit_test(pipelines_load_without_warnings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
