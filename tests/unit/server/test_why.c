/* test_why.c - each cause is found, in order, also on engines that really filter and fail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/show_schemas.h"
#include "server/why.h"
#include "support/engine_fixture.h"
#include "support/json_schema.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NODES_MAX    3
#define PARTS                                                                                      \
    "'subscribers':[{'name':'in','config':{'source':'mem://queue/why_in'}}],"                      \
    "'publishers':[{'name':'out','config':{'destination':'mem://queue/why_out'}}],"                \
    "'edges':[{'from_node':'read','to_node':'middle'},{'from_node':'middle','to_node':'write'}],"
#define NODES(middle, end)                                                                         \
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"                        \
    "{'name':'middle','type':'CalculationNode'" middle "},{'name':'write'" end "}]"
#define PUBLISHES ",'type':'PublicationNode','publishers':['out']"

static const char plain_dag[] = "{'name':'d'," PARTS NODES("", PUBLISHES) "}";

/* The words of all findings, in order, separated by blanks. */
static const char *findings(const struct why_facts *facts)
{
    static char words[400];
    struct dag_buffer out = {0}, schema_text = {0};
    struct writer writer = {.out = &out}, schema_writer = {.out = &schema_text};
    struct tree_document *document = tree_document_new();
    struct dag_error err = {0};

    why_write(&writer, facts);
    show_schemas(&schema_writer);
    assert_false(writer.failed || schema_writer.failed);
    const struct tree *root = tree_parse(document, out.bytes, out.size, 20, NULL, NULL, &err);
    const struct tree *schemas =
        tree_parse(document, schema_text.bytes, schema_text.size, 20, NULL, NULL, &err);
    json_schema_assert(schemas, "Why", root);
    words[0] = '\0';
    for (const struct tree *one = tree_get(root, "findings")->child; one; one = one->next) {
        size_t size = strlen(words);
        snprintf(words + size, sizeof(words) - size, "%s%s", size > 0 ? " " : "",
                 tree_get(one, "what")->text);
    }
    assert_int_equal(tree_get(root, "is_healthy")->integer, words[0] == '\0');
    tree_document_free(document);
    dag_buffer_free(&out);
    dag_buffer_free(&schema_text);
    return words;
}

static void names_what_keeps_the_whole_dag_still(void **unused)
{
    (void)unused;
    static const struct {
        struct why_facts facts;
        const char *expected;
    } cases[] = {
        {{.failure = "no such host"}, "failed"},
        {{.is_standby = true, .is_stopped = true}, "standby"},
        {{.is_outside_window = true, .next_opening_us = 1767225600000000}, "window_closed"},
        {{.is_stopped = true, .by = "ann"}, "stopped"},
        {{.is_suspended = true}, "suspended"},
        {{.has_ended = true}, "ended"},
        {{.dag = "d"}, ""},
    };
    struct engine_fixture fixture;

    engine_fixture_init(&fixture, plain_dag);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct why_facts facts = cases[i].facts;
        facts.dag = facts.state = "d";
        facts.plan = fixture.plan;
        assert_string_equal(findings(&facts), cases[i].expected);
    }
    struct why_facts invalid = {.dag = "d", .state = "invalid", .invalid = "a cycle"};
    assert_string_equal(findings(&invalid), "invalid");
    engine_fixture_deinit(&fixture);
}

static void follows_connectors_from_the_end_to_the_start(void **unused)
{
    (void)unused;
    static const struct {
        struct why_sink sink;
        struct why_source source;
        const char *journal, *expected;
    } cases[] = {
        {{.error = "refused", .is_full = true, .depth = 9},
         {.is_read = true, .depth = 5, .depth_max = 5},
         NULL,
         "sink_failing sink_full queue_full"},
        {{.waits_for = "room", .is_full = true, .depth = 9},
         {.is_read = true, .depth = 1, .depth_max = 5},
         NULL,
         "sink_waiting sink_full"},
        {{0}, {.is_read = true, .depth = 1}, "disk full", "journal"},
        {{0}, {.is_read = true, .error = "no route"}, NULL, "not_connected"},
        {{0}, {.is_read = true}, NULL, "no_input"},
        {{0}, {.is_read = true, .has_ended = true}, NULL, "source_ended"},
        {{0}, {.is_read = false}, NULL, "not_read"},
        {{0}, {.is_read = true, .depth = 3}, NULL, ""},
    };
    struct engine_fixture fixture;

    engine_fixture_init(&fixture, plain_dag);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct why_facts facts = {.dag = "d",
                                  .state = "running",
                                  .plan = fixture.plan,
                                  .sinks = &cases[i].sink,
                                  .sources = &cases[i].source,
                                  .journal = cases[i].journal};
        assert_string_equal(findings(&facts), cases[i].expected);
    }
    engine_fixture_deinit(&fixture);
}

static void names_the_node_that_lets_nothing_pass(void **unused)
{
    (void)unused;
    static const struct {
        const char *dag, *expected;
    } cases[] = {
        {plain_dag, ""},
        {"{'name':'d'," PARTS "'calculators':[{'name':'sum','type':'AdditionCalculator',"
         "'config':{'arguments':['a','b']}}]," NODES(",'calculator':'sum'", PUBLISHES) "}",
         "node_failing"},
        {"{'name':'d'," PARTS "'calculators':[{'name':'some','type':'FilterCalculator',"
         "'config':{'attribute':'a','value':0}}]," NODES(",'calculator':'some'", PUBLISHES) "}",
         "all_filtered"},
        {"{'name':'d'," PARTS NODES("", ",'type':'CalculationNode'") "}", "no_publisher"},
    };
    static const char *const messages[] = {"{\"a\":1e308,\"b\":1e308}",
                                           "{\"a\":1e308,\"b\":1.1e308}"};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct engine_fixture fixture;
        struct engine_node_stats stats[NODES_MAX];
        engine_fixture_init(&fixture, cases[i].dag);
        engine_fixture_feed(&fixture, 0, messages, 2);
        engine_fixture_run(&fixture, 2, false);
        for (int32_t n = 0; n < NODES_MAX; n++)
            engine_node_stats(fixture.engine, n, &stats[n]);
        struct why_facts facts = {
            .dag = "d", .state = "running", .plan = fixture.plan, .nodes = stats};
        assert_string_equal(findings(&facts), cases[i].expected);
        engine_fixture_deinit(&fixture);
    }
}

static void names_the_gate_that_holds_equal_outputs_back(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;

    engine_fixture_init(&fixture,
                        "{'name':'d','propagate':'changes'," PARTS NODES("", PUBLISHES) "}");
    struct engine_node_stats stats[NODES_MAX] = {{.computed = 5, .emitted = 1, .filtered = 4},
                                                 {.computed = 5, .filtered = 5}};
    struct why_facts facts = {.dag = "d", .state = "running", .plan = fixture.plan, .nodes = stats};
    assert_string_equal(findings(&facts), "unchanged");
    engine_fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_keeps_the_whole_dag_still),
        cmocka_unit_test(follows_connectors_from_the_end_to_the_start),
        cmocka_unit_test(names_the_node_that_lets_nothing_pass),
        cmocka_unit_test(names_the_gate_that_holds_equal_outputs_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
