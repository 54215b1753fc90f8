/* test_step.c - a step shows every node's input and output, and touches nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/tree.h"
#include "server/step.h"
#include "support/engine_fixture.h"

static const char sum_dag[] =
    "{'name':'sums','subscribers':[{'name':'in','config':{'source':'mem://queue/step_in'}}],"
    "'publishers':[{'name':'out','config':{'destination':'mem://queue/step_out'}}],"
    "'calculators':[{'name':'sum','type':'AdditionCalculator',"
    "'config':{'arguments':['a','b'],'output_attribute':'c'}}],"
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"
    "{'name':'add','type':'CalculationNode','calculator':'sum'},"
    "{'name':'write','type':'PublicationNode','publishers':['out']},"
    "{'name':'beat','type':'MetronomeNode','config':{'interval':1}}],"
    "'edges':[{'from_node':'read','to_node':'add'},{'from_node':'add','to_node':'write'}]}";

struct reply {
    struct dag_buffer text;
    struct tree_document *document;
    const struct tree *root;
};

static struct reply step(const struct engine_fixture *fixture, const struct dag_buffer *state,
                         const char *message)
{
    struct dag_error err = {0};
    struct reply reply = {.document = tree_document_new()};
    struct step_request request = {.plan = fixture->plan,
                                   .state = state ? state->bytes : NULL,
                                   .state_size = state ? state->size : 0,
                                   .subscriber = "in",
                                   .text = message,
                                   .size = strlen(message),
                                   .cycle = 7,
                                   .time_us = 1767225600000000};

    if (!step_run(&request, &reply.text, &err))
        fail_msg("%s", err.message);
    reply.root =
        tree_parse(reply.document, reply.text.bytes, reply.text.size, 100, NULL, NULL, &err);
    assert_non_null(reply.root);
    return reply;
}

static void reply_deinit(struct reply *reply)
{
    dag_buffer_free(&reply->text);
    tree_document_free(reply->document);
}

static const struct tree *named(const struct tree *list, const char *name)
{
    for (const struct tree *item = list->child; item; item = item->next)
        if (strcmp(tree_get(item, "name")->text, name) == 0)
            return item;
    fail_msg("no '%s'", name);
    return NULL;
}

static void assert_json(const struct tree *tree, const char *expected)
{
    assert_non_null(tree);
    assert_int_equal(tree->json_size, strlen(expected));
    assert_memory_equal(tree->json, expected, tree->json_size);
}

static void shows_what_each_node_took_and_gave(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;

    engine_fixture_init(&fixture, sum_dag);
    struct reply reply = step(&fixture, NULL, "{\"a\":1,\"b\":2}");
    const struct tree *nodes = tree_get(reply.root, "nodes");
    const struct tree *add = named(nodes, "add");
    assert_json(tree_get(add, "input"), "{\"a\":1,\"b\":2}");
    assert_json(tree_get(add, "output"), "{\"c\":3}");
    assert_json(tree_get(add, "woken"), "true");
    assert_json(tree_get(add, "error"), "null");
    assert_json(tree_get(named(nodes, "beat"), "woken"), "false");
    assert_json(tree_get(named(nodes, "beat"), "input"), "null");
    assert_json(tree_get(named(tree_get(reply.root, "publishers"), "out"), "messages"),
                "[{\"c\":3}]");
    assert_json(tree_get(reply.root, "cycle"), "\"7\"");
    assert_json(tree_get(reply.root, "time"), "\"2026-01-01T00:00:00.000Z\"");
    reply_deinit(&reply);
    engine_fixture_deinit(&fixture);
}

static void shows_errors_and_dead_letters(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;

    engine_fixture_init(&fixture, sum_dag);
    struct reply reply = step(&fixture, NULL, "{\"a\":1e308,\"b\":1e308}");
    const struct tree *add = named(tree_get(reply.root, "nodes"), "add");
    assert_int_equal(tree_get(add, "error")->type, TREE_TEXT);
    assert_json(tree_get(add, "output"), "null");
    assert_int_equal(tree_get(reply.root, "dead_letters")->count, 1);
    reply_deinit(&reply);
    reply = step(&fixture, NULL, "no json");
    assert_int_equal(tree_get(reply.root, "dead_letters")->count, 1);
    assert_json(tree_get(named(tree_get(reply.root, "publishers"), "out"), "messages"), "[]");
    reply_deinit(&reply);
    engine_fixture_deinit(&fixture);
}

static const char changes_dag[] =
    "{'name':'gate','propagate':'changes',"
    "'subscribers':[{'name':'in','config':{'source':'mem://queue/step_in'}}],"
    "'publishers':[{'name':'out','config':{'destination':'mem://queue/step_out'}}],"
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"
    "{'name':'write','type':'PublicationNode','publishers':['out']}],"
    "'edges':[{'from_node':'read','to_node':'write'}]}";

static void starts_from_the_present_state_and_leaves_it(void **unused)
{
    (void)unused;
    static const char *const messages[] = {"{\"a\":1}"};
    struct engine_fixture fixture;
    struct dag_buffer before = {0}, after = {0};
    struct dag_error err = {0};

    engine_fixture_init(&fixture, changes_dag);
    engine_fixture_feed(&fixture, 0, messages, 1);
    engine_fixture_run(&fixture, 1, false);
    assert_true(engine_save(fixture.engine, &before, &err));
    struct reply reply = step(&fixture, &before, "{\"a\":1}");
    assert_json(tree_get(named(tree_get(reply.root, "publishers"), "out"), "messages"), "[]");
    reply_deinit(&reply);
    reply = step(&fixture, &before, "{\"a\":2}");
    assert_json(tree_get(named(tree_get(reply.root, "publishers"), "out"), "messages"),
                "[{\"a\":2}]");
    reply_deinit(&reply);
    assert_true(engine_save(fixture.engine, &after, &err));
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.bytes, after.bytes, before.size);
    dag_buffer_free(&before);
    dag_buffer_free(&after);
    engine_fixture_deinit(&fixture);
}

static const char explode_dag[] =
    "{'name':'parts','subscribers':[{'name':'in','config':{'source':'mem://queue/step_in'}}],"
    "'publishers':[{'name':'out','config':{'destination':'mem://queue/step_out'}}],"
    "'calculators':[{'name':'each','type':'ExplodeCalculator','config':{'attribute':'list'}}],"
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"
    "{'name':'split','type':'CalculationNode','calculator':'each'},"
    "{'name':'write','type':'PublicationNode','publishers':['out']}],"
    "'edges':[{'from_node':'read','to_node':'split'},{'from_node':'split','to_node':'write'}]}";

static void lists_the_results_of_sub_cycles(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;

    engine_fixture_init(&fixture, explode_dag);
    struct reply reply = step(&fixture, NULL, "{\"list\":[1,2,3]}");
    const struct tree *nodes = tree_get(reply.root, "nodes");
    assert_int_equal(tree_get(named(nodes, "split"), "outputs")->count, 3);
    assert_int_equal(tree_get(named(nodes, "write"), "outputs")->count, 3);
    assert_int_equal(tree_get(named(tree_get(reply.root, "publishers"), "out"), "messages")->count,
                     3);
    reply_deinit(&reply);
    engine_fixture_deinit(&fixture);
}

static void names_a_subscriber_that_is_not_there(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    struct dag_buffer out = {0};
    struct dag_error err = {0};

    engine_fixture_init(&fixture, sum_dag);
    struct step_request request = {
        .plan = fixture.plan, .subscriber = "nobody", .text = "{}", .size = 2};
    assert_false(step_run(&request, &out, &err));
    assert_int_equal(err.code, DAG_ERROR_INVALID);
    assert_string_equal(err.message, "there is no subscriber 'nobody'");
    assert_int_equal(out.size, 0);
    dag_buffer_free(&out);
    engine_fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_each_node_took_and_gave),
        cmocka_unit_test(shows_errors_and_dead_letters),
        cmocka_unit_test(starts_from_the_present_state_and_leaves_it),
        cmocka_unit_test(lists_the_results_of_sub_cycles),
        cmocka_unit_test(names_a_subscriber_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
