/* test_engine.c - the cycle engine gives what the contract says, however its cycles are cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/engine_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LETTERS      FIXTURE_PUBLISHERS_MAX

static const uint32_t cuts[] = {1, 2, 3, 5, 8, 1024};

/* One DAG, the events of up to two subscribers, and what two publishers get. */
struct example {
    const char *dag;
    const char *events[2][12];
    const char *outputs[2];
    const char *letters; /* text that each dead letter, in this order, must hold, separated by | */
};

static size_t text_count(const char *const *texts)
{
    size_t count = 0;

    while (count < 12 && texts[count])
        count++;
    return count;
}

static void assert_letters(const char *letters, const char *expected)
{
    char parts[512], *rest;
    const char *at = letters;

    snprintf(parts, sizeof(parts), "%s", expected ? expected : "");
    for (char *part = strtok_r(parts, "|", &rest); part; part = strtok_r(NULL, "|", &rest)) {
        const char *found = strstr(at, part);
        if (!found) {
            fail_msg("no '%s' in %s", part, letters);
            return;
        }
        at = strchr(found, '\n');
    }
    if (!expected)
        assert_string_equal(letters, "");
}

static void assert_example(const struct example *example)
{
    for (size_t c = 0; c < COUNT(cuts); c++) {
        struct engine_fixture fixture;
        engine_fixture_init(&fixture, example->dag);
        for (size_t e = 0; e < 2; e++)
            if (example->events[e][0])
                engine_fixture_feed(&fixture, e, example->events[e],
                                    text_count(example->events[e]));
        engine_fixture_run(&fixture, cuts[c], false);
        for (size_t p = 0; p < 2; p++)
            if (example->outputs[p])
                assert_string_equal(engine_fixture_output(&fixture, p), example->outputs[p]);
        assert_letters(engine_fixture_output(&fixture, LETTERS), example->letters);
        engine_fixture_deinit(&fixture);
    }
}

static void passes_a_chain_in_order_with_its_cycles(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'calculators': ["
               "   {'name': 'd', 'type': 'ApplyDefaultsCalculator', 'config': {'defaults': {'k': "
               "'x'}}}, "
               "   {'name': 's', 'type': 'AdditionCalculator', 'config': {'arguments': ['v', 'w'], "
               "'output_attribute': 'r', 'keep_input': true}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'd', 'calculator': 'd'}, {'name': 's', 'calculator': 's'}, "
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
               " 'edges': [{'from_node': 'a', 'to_node': 'd'}, "
               "   {'from_node': 'd', 'to_node': 's'}, {'from_node': 's', 'to_node': 'o'}]}",
        .events = {{"{\"v\":1}", "{\"v\":2,\"w\":3}", "{\"v\":4,\"k\":null}", "{\"k\":\"y\"}",
                    "{\"v\":1}", "{\"v\":1}"}},
        .outputs = {"1 {\"v\":1,\"k\":\"x\",\"r\":1}\n"
                    "2 {\"v\":2,\"w\":3,\"k\":\"x\",\"r\":5}\n"
                    "3 {\"v\":4,\"k\":\"x\",\"r\":4}\n"
                    "4 {\"k\":\"y\",\"r\":0}\n"
                    "5 {\"v\":1,\"k\":\"x\",\"r\":1}\n"
                    "6 {\"v\":1,\"k\":\"x\",\"r\":1}\n"},
    };
    assert_example(&example);
}

static void joins_both_branches_of_one_event_once(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'calculators': ["
               "   {'name': 'p', 'type': 'AdditionCalculator', 'config': {'arguments': ['x', 'y'], "
               "'output_attribute': 'sum'}}, "
               "   {'name': 'm', 'type': 'MultiplicationCalculator', 'config': {'arguments': ['x', "
               "'y'], 'output_attribute': 'product'}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'p', 'calculator': 'p'}, {'name': 'm', 'calculator': 'm'}, "
               "   {'name': 'j'}, "
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
               " 'edges': [{'from_node': 'a', 'to_node': 'p'}, "
               "   {'from_node': 'a', 'to_node': 'm'}, {'from_node': 'p', 'to_node': 'j'}, "
               "   {'from_node': 'm', 'to_node': 'j'}, {'from_node': 'j', 'to_node': 'o'}]}",
        .events = {{"{\"x\":2,\"y\":3}", "{\"x\":4,\"y\":5}"}},
        .outputs = {"1 {\"sum\":5,\"product\":6}\n2 {\"sum\":9,\"product\":20}\n"},
    };
    assert_example(&example);
}

static void combines_the_latest_of_each_input(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}, "
               "   {'name': 'b', 'config': {'source': 'mem://queue/b'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'b', 'type': 'SubscriptionNode', 'subscriber': 'b'}, "
               "   {'name': 'm'}, "
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
               " 'edges': [{'from_node': 'a', 'to_node': 'm'}, "
               "   {'from_node': 'b', 'to_node': 'm'}, {'from_node': 'm', 'to_node': 'o'}]}",
        .events = {{"{\"x\":1,\"q\":5}", "{\"x\":2}", "{}"}, {"{\"y\":1,\"x\":9}", "{}"}},
        .outputs = {"1 {\"x\":9,\"q\":5,\"y\":1}\n2 {\"x\":2}\n3 {}\n"},
    };
    assert_example(&example);
}

static void merges_what_came_in_an_earlier_step(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    engine_fixture_init(
        &fixture, "{'name': 't',"
                  " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}, "
                  "   {'name': 'b', 'config': {'source': 'mem://queue/b'}}],"
                  " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
                  " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
                  "   {'name': 'b', 'type': 'SubscriptionNode', 'subscriber': 'b'}, "
                  "   {'name': 'm'}, "
                  "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
                  " 'edges': [{'from_node': 'a', 'to_node': 'm'}, "
                  "   {'from_node': 'b', 'to_node': 'm'}, {'from_node': 'm', 'to_node': 'o'}]}");
    engine_fixture_feed(&fixture, 0, (const char *const[]){"{\"x\":\"one \\u00e9\"}"}, 1);
    engine_fixture_run(&fixture, 1, false);
    engine_fixture_feed(&fixture, 1,
                        (const char *const[]){"{\"y\":[1, 2]}", "{\"y\":12345678901234567890}"}, 2);
    engine_fixture_run(&fixture, 1024, false);
    assert_string_equal(engine_fixture_output(&fixture, 0),
                        "1 {\"x\":\"one \\u00e9\"}\n"
                        "2 {\"x\":\"one \\u00e9\",\"y\":[1,2]}\n"
                        "3 {\"x\":\"one \\u00e9\",\"y\":12345678901234567890}\n");
    engine_fixture_deinit(&fixture);
}

static void runs_each_further_output_in_a_sub_cycle(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'calculators': ["
               "   {'name': 'e', 'type': 'ExplodeCalculator', 'config': {'attribute': 'l'}}, "
               "   {'name': 'f', 'type': 'ExplodeCalculator', 'config': {'attribute': 'm'}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'e', 'calculator': 'e'}, {'name': 'f', 'calculator': 'f'}, "
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
               " 'edges': [{'from_node': 'a', 'to_node': 'e'}, "
               "   {'from_node': 'e', 'to_node': 'f'}, {'from_node': 'f', 'to_node': 'o'}]}",
        .events = {{"{\"l\":[1,2],\"m\":[\"x\",\"y\"]}", "{\"l\":[],\"m\":[1]}",
                    "{\"l\":[3],\"m\":[4,5]}"}},
        .outputs = {"1 {\"l\":1,\"m\":\"x\"}\n1 {\"l\":1,\"m\":\"y\"}\n"
                    "1 {\"l\":2,\"m\":\"x\"}\n1 {\"l\":2,\"m\":\"y\"}\n"
                    "3 {\"l\":3,\"m\":4}\n3 {\"l\":3,\"m\":5}\n"},
    };
    assert_example(&example);
}

static void finishes_a_sub_cycle_of_the_lower_node_first(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'calculators': ["
               "   {'name': 'e', 'type': 'ExplodeCalculator', 'config': {'attribute': 'l'}}, "
               "   {'name': 'f', 'type': 'ExplodeCalculator', 'config': {'attribute': 'm'}}, "
               "   {'name': 'kl', 'type': 'AttributeFilterCalculator', 'config': "
               "{'keep_attributes': ['l']}}, "
               "   {'name': 'km', 'type': 'AttributeFilterCalculator', 'config': "
               "{'keep_attributes': ['m']}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'l', 'calculator': 'kl'}, {'name': 'm', 'calculator': 'km'}, "
               "   {'name': 'e', 'calculator': 'e'}, {'name': 'f', 'calculator': 'f'}, "
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
               " 'edges': [{'from_node': 'a', 'to_node': 'l'}, "
               "   {'from_node': 'a', 'to_node': 'm'}, {'from_node': 'l', 'to_node': 'e'}, "
               "   {'from_node': 'm', 'to_node': 'f'}, {'from_node': 'e', 'to_node': 'o'}, "
               "   {'from_node': 'f', 'to_node': 'o'}]}",
        .events = {{"{\"l\":[1,2,3],\"m\":[\"x\",\"y\"]}", "{\"l\":[7],\"m\":[\"z\"]}"}},
        .outputs = {"1 {\"l\":1,\"m\":\"x\"}\n1 {\"l\":1,\"m\":\"y\"}\n"
                    "1 {\"l\":2,\"m\":\"y\"}\n1 {\"l\":3,\"m\":\"y\"}\n"
                    "2 {\"l\":7,\"m\":\"z\"}\n"},
    };
    assert_example(&example);
}

static void keeps_the_old_output_of_a_node_that_fails(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}, "
               "   {'name': 'b', 'config': {'source': 'mem://queue/b'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'calculators': ["
               "   {'name': 's', 'type': 'AdditionCalculator', 'config': {'arguments': ['x'], "
               "'output_attribute': 'r'}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'b', 'type': 'SubscriptionNode', 'subscriber': 'b'}, "
               "   {'name': 'c', 'calculator': 's'}, "
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
               " 'edges': [{'from_node': 'b', 'to_node': 'o'}, "
               "   {'from_node': 'a', 'to_node': 'c'}, {'from_node': 'c', 'to_node': 'o'}]}",
        .events = {{"{\"x\":1}", "{\"x\":99999999999999999999}", "[1]", "{broken", "{\"x\":2}"},
                   {"{\"t\":1}", "{\"t\":2}", "{\"t\":3}", "{\"t\":4}", "{\"t\":5}"}},
        .outputs = {"1 {\"t\":1,\"r\":1}\n2 {\"t\":2,\"r\":1}\n3 {\"t\":3,\"r\":1}\n"
                    "4 {\"t\":4,\"r\":1}\n5 {\"t\":5,\"r\":2}\n"},
        .letters = "\"cause\":\"node\",\"dag\":\"t\",\"node\":\"c\"|\"cycle\":3|"
                   "\"cause\":\"parse\",\"dag\":\"t\",\"subscriber\":\"a\",\"cycle\":4",
    };
    assert_example(&example);
}

static void sends_dead_letters_to_the_errors_publisher_in_order(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    static const char dag[] =
        "{'name': 't',"
        " 'errors': 'bad',"
        " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
        " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}, "
        "   {'name': 'bad', 'config': {'destination': 'mem://queue/bad'}}],"
        " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
        "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o', 'bad']}],"
        " 'edges': [{'from_node': 'a', 'to_node': 'o'}]}";
    static const char *const events[] = {"{\"x\":1}", "nope", "[2]", "{\"x\":3}"};
    char *outputs[COUNT(cuts)];

    for (size_t c = 0; c < COUNT(cuts); c++) {
        engine_fixture_init(&fixture, dag);
        engine_fixture_feed(&fixture, 0, events, COUNT(events));
        engine_fixture_run(&fixture, cuts[c], false);
        assert_string_equal(engine_fixture_output(&fixture, 0), "1 {\"x\":1}\n4 {\"x\":3}\n");
        outputs[c] = strdup(engine_fixture_output(&fixture, 1));
        assert_string_equal(outputs[c], outputs[0]);
        assert_string_equal(engine_fixture_output(&fixture, LETTERS), "");
        engine_fixture_deinit(&fixture);
    }
    assert_letters(outputs[0], "1 {\"x\":1}|2 {\"cause\":\"parse\"");
    assert_non_null(strstr(outputs[0], "\"raw_base64\":\"bm9wZQ==\"}"));
    assert_letters(outputs[0], "3 {\"cause\":\"node\"|4 {\"x\":3}");
    assert_non_null(strstr(outputs[0], "\"position\":{\"lane\":0,\"offset\":3},"
                                       "\"time\":\"2026-01-01T00:00:00.000Z\""));
    assert_non_null(strstr(outputs[0], "\"input\":[2]}"));
    for (size_t c = 0; c < COUNT(cuts); c++)
        free(outputs[c]);
}

static void keeps_the_last_ten_errors_of_a_node(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    engine_fixture_init(&fixture,
                        "{'name': 't',"
                        " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
                        " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
                        "   {'name': 'p'}],"
                        " 'edges': [{'from_node': 'a', 'to_node': 'p'}]}");
    for (int i = 0; i < 25; i++)
        engine_fixture_feed(&fixture, 0, (const char *const[]){"[1]"}, 1);
    engine_fixture_run(&fixture, 7, false);
    const struct engine_error *errors;
    int32_t node = engine_fixture_index(&fixture, "p");
    assert_int_equal(engine_node_errors(fixture.engine, node, &errors), ENGINE_ERRORS_KEPT);
    for (size_t i = 0; i < ENGINE_ERRORS_KEPT; i++)
        assert_int_equal(errors[i].cycle, 16 + i);
    assert_string_equal(errors[9].input, "[1]");
    assert_int_equal(errors[9].code, DAG_ERROR_INVALID);
    struct engine_node_stats stats;
    engine_node_stats(fixture.engine, node, &stats);
    assert_int_equal(stats.errors, 25);
    engine_fixture_deinit(&fixture);
}

static void gates_equal_values_under_changes(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'propagate': 'changes',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
               " 'edges': [{'from_node': 'a', 'to_node': 'o'}]}",
        .events = {{"{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":true}", "{\"a\":1.0}",
                    "{\"a\":1,\"b\":{\"x\":1,\"y\":2}}", "{\"b\":{\"y\":2,\"x\":1},\"a\":1}",
                    "{\"a\":\"\\u0041\"}", "{\"a\":\"A\"}", "{}"}},
        .outputs = {"2 {\"a\":1}\n4 {\"a\":true}\n5 {\"a\":1.0}\n"
                    "6 {\"a\":1,\"b\":{\"x\":1,\"y\":2}}\n8 {\"a\":\"\\u0041\"}\n10 {}\n"},
    };
    assert_example(&example);
}

static void repeats_the_last_message_on_a_tick(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    engine_fixture_init(
        &fixture, "{'name': 't',"
                  " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
                  " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
                  " 'nodes': ["
                  "   {'name': 'm', 'type': 'MetronomeNode', 'config': {'interval': 60}, "
                  "'subscriber': 'a', 'publishers': ['o']}]}");
    engine_fixture_run(&fixture, 1024, true);
    engine_fixture_feed(&fixture, 0, (const char *const[]){"{\"a\":\"text\"}", "{\"a\":2}"}, 1);
    engine_fixture_run(&fixture, 1024, false);
    engine_fixture_run(&fixture, 1024, true);
    engine_fixture_feed(&fixture, 0, (const char *const[]){"{\"a\":2}", "{\"a\":3}"}, 2);
    engine_fixture_run(&fixture, 1024, true);
    assert_string_equal(engine_fixture_output(&fixture, 0),
                        "2 {\"a\":\"text\"}\n3 {\"a\":\"text\"}\n4 {\"a\":2}\n5 {\"a\":3}\n");
    engine_fixture_deinit(&fixture);
}

static void publishes_an_empty_object_on_a_tick_without_a_subscriber(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    engine_fixture_init(
        &fixture,
        "{'name': 't',"
        " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
        " 'calculators': ["
        "   {'name': 'd', 'type': 'ApplyDefaultsCalculator', 'config': {'defaults': {'up': "
        "true}}}],"
        " 'nodes': ["
        "   {'name': 'm', 'type': 'MetronomeNode', 'calculator': 'd', 'publishers': ['o']}]}");
    engine_fixture_run(&fixture, 1024, true);
    engine_fixture_run(&fixture, 1024, true);
    assert_string_equal(engine_fixture_output(&fixture, 0), "1 {\"up\":true}\n2 {\"up\":true}\n");
    engine_fixture_deinit(&fixture);
}

static void nests_edges_under_their_pname(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}, "
               "   {'name': 'b', 'config': {'source': 'mem://queue/b'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}, "
               "   {'name': 'q', 'config': {'destination': 'mem://queue/q'}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'b', 'type': 'SubscriptionNode', 'subscriber': 'b'}, "
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}, "
               "   {'name': 'q', 'type': 'PublicationNode', 'publishers': ['q']}],"
               " 'edges': [{'from_node': 'a', 'to_node': 'o', 'pname': 'side'}, "
               "   {'from_node': 'b', 'to_node': 'o', 'pname': 'side'}, "
               "   {'from_node': 'a', 'to_node': 'q', 'pname': 'left'}, "
               "   {'from_node': 'b', 'to_node': 'q'}]}",
        .events = {{"{\"x\":1,\"k\":\"a\"}", "{}"}, {"{\"y\":2,\"k\":\"b\"}", "{\"y\":3}"}},
        .outputs = {"1 {\"side\":{\"x\":1,\"k\":\"b\",\"y\":2}}\n2 {\"side\":{\"y\":3}}\n",
                    "1 {\"left\":{\"x\":1,\"k\":\"a\"},\"y\":2,\"k\":\"b\"}\n2 {\"y\":3}\n"},
    };
    assert_example(&example);
}

static void sends_each_woken_edge_of_a_publisher_sink(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}, "
               "   {'name': 'b', 'config': {'source': 'mem://queue/b'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
               "   {'name': 'b', 'type': 'SubscriptionNode', 'subscriber': 'b'}, "
               "   {'name': 's', 'type': 'PublisherSinkNode', 'config': {'publishers': ['o']}}],"
               " 'edges': [{'from_node': 'a', 'to_node': 's'}, "
               "   {'from_node': 'b', 'to_node': 's'}]}",
        .events = {{"{\"x\":1}", "{\"x\":1}", "[3]"}, {"{\"y\":1}"}},
        .outputs = {"1 {\"x\":1}\n1 {\"y\":1}\n2 {\"x\":1}\n3 [3]\n"},
    };
    assert_example(&example);
}

static void carries_objects_wider_than_the_shape_table(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    struct dag_buffer wide = {0};
    char member[40];

    for (int i = 0; i < 3000; i++) {
        int length = snprintf(member, sizeof(member), "%s\"wide_%d\":%d", i ? "," : "{", i, i);
        assert_true(dag_buffer_append(&wide, member, (size_t)length));
    }
    assert_true(dag_buffer_append(&wide, "}", 2));
    engine_fixture_init(
        &fixture, "{'name': 't',"
                  " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}, "
                  "   {'name': 'b', 'config': {'source': 'mem://queue/b'}}],"
                  " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
                  " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
                  "   {'name': 'b', 'type': 'SubscriptionNode', 'subscriber': 'b'}, "
                  "   {'name': 'm'}, "
                  "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
                  " 'edges': [{'from_node': 'a', 'to_node': 'm'}, "
                  "   {'from_node': 'b', 'to_node': 'm'}, {'from_node': 'm', 'to_node': 'o'}]}");
    for (int i = 0; i < 6; i++)
        engine_fixture_feed(&fixture, 0, (const char *const[]){wide.bytes}, 1);
    engine_fixture_feed(&fixture, 1, (const char *const[]){"{\"y\":1}"}, 1);
    engine_fixture_run(&fixture, 4, false);
    const char *output = engine_fixture_output(&fixture, 0);
    int lines = 0;
    for (const char *at = output; (at = strstr(at, ",\"wide_2999\":2999,\"y\":1}\n")); at++)
        lines++;
    assert_int_equal(lines, 6);
    dag_buffer_free(&wide);
    engine_fixture_deinit(&fixture);
}

/* What a chain in one pass leaves behind in its nodes is what one row at a time leaves. */
static void retains_the_same_state_however_the_cycles_are_cut(void **unused)
{
    (void)unused;
    static const char dag[] =
        "{'name': 't',"
        " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
        " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
        " 'calculators': ["
        "   {'name': 'd', 'type': 'ApplyDefaultsCalculator', 'config': {'defaults': {'k': 'x'}}}, "
        "   {'name': 'f', 'type': 'FilterCalculator', 'config': {'attribute': 'v', 'comparison': "
        "'<', 'value': 3}}, "
        "   {'name': 's', 'type': 'AdditionCalculator', 'config': {'arguments': ['v', 'w'], "
        "'strict': true}}],"
        " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
        "   {'name': 'd', 'calculator': 'd'}, {'name': 'f', 'calculator': 'f'}, "
        "   {'name': 's', 'calculator': 's'}, "
        "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
        " 'edges': [{'from_node': 'a', 'to_node': 'd'}, "
        "   {'from_node': 'd', 'to_node': 'f'}, {'from_node': 'f', 'to_node': 's'}, "
        "   {'from_node': 's', 'to_node': 'o'}]}";
    static const char *const events[] = {"{\"v\":1,\"w\":1}", "{\"v\":2,\"w\":1}", "{\"v\":9}",
                                         "{\"v\":1}",         "{\"v\":8}",         "{\"v\":7}"};
    static const char *const nodes[] = {"a", "d", "f", "s", "o"};
    char *reference[COUNT(nodes)][2];

    for (size_t c = 0; c < COUNT(cuts); c++) {
        struct engine_fixture fixture;
        engine_fixture_init(&fixture, dag);
        engine_fixture_feed(&fixture, 0, events, COUNT(events));
        engine_fixture_run(&fixture, cuts[c], false);
        for (size_t n = 0; n < COUNT(nodes); n++)
            for (size_t side = 0; side < 2; side++) {
                const char *text = engine_fixture_node(&fixture, nodes[n], side);
                if (c == 0)
                    reference[n][side] = strdup(text);
                assert_string_equal(text, reference[n][side]);
            }
        struct engine_node_stats stats;
        engine_node_stats(fixture.engine, engine_fixture_index(&fixture, "f"), &stats);
        assert_int_equal(stats.computed, 6);
        assert_int_equal(stats.filtered, 3);
        engine_node_stats(fixture.engine, engine_fixture_index(&fixture, "s"), &stats);
        assert_int_equal(stats.computed, 3);
        assert_int_equal(stats.errors, 1);
        assert_int_equal(stats.emitted, 2);
        assert_int_equal(engine_function_calls(fixture.engine, true, 2), 3);
        engine_fixture_deinit(&fixture);
    }
    assert_string_equal(reference[3][0], "{\"v\":1,\"k\":\"x\"}");
    assert_string_equal(reference[3][1], "{\"result\":3}");
    assert_string_equal(reference[4][1], "{\"result\":3}");
    for (size_t n = 0; n < COUNT(nodes); n++)
        for (size_t side = 0; side < 2; side++)
            free(reference[n][side]);
}

static void results_outlive_the_engine_that_made_them(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    struct engine_result result;
    struct dag_error err = {0};
    struct dag_buffer text = {0};

    engine_fixture_init(
        &fixture,
        "{'name': 't',"
        " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
        " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
        " 'calculators': ["
        "   {'name': 'd', 'type': 'ApplyDefaultsCalculator', 'config': {'defaults': {'k': 'a "
        "constant'}}}],"
        " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'}, "
        "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o'], 'calculator': 'd'}],"
        " 'edges': [{'from_node': 'a', 'to_node': 'o'}]}");
    for (int i = 0; i < 5; i++)
        engine_fixture_feed(&fixture, 0, (const char *const[]){"{\"t\":\"from the event\"}"}, 1);
    struct engine_input input = {.batch = fixture.waiting[0], .count = 5, .stride = 1};
    struct engine_step step = {.first_cycle = 1, .slot_count = 5, .inputs = &input};
    assert_true(engine_run(fixture.engine, &step, &result, &err));
    engine_fixture_deinit(&fixture);

    assert_true(dag_json_write_row(&text, &result.outputs[0].rows[4]));
    assert_int_equal(text.size, strlen("{\"t\":\"from the event\",\"k\":\"a constant\"}"));
    assert_memory_equal(text.bytes, "{\"t\":\"from the event\",\"k\":\"a constant\"}", text.size);
    dag_batch_unref(result.batch);
    dag_buffer_free(&text);
}

/* A chain that was evaluated ahead of its nodes' turn takes part in the sub-cycles of a node
 * between. */
static void moves_the_rows_of_a_chain_into_the_sub_cycles_too(void **unused)
{
    (void)unused;
    static const struct example example = {
        .dag = "{'name': 't',"
               " 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}}],"
               " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}}],"
               " 'calculators': [{'name': 'e', 'type': 'ExplodeCalculator',"
               "   'config': {'attribute': 'l'}}, {'name': 'p', 'type': 'PassthruCalculator'},"
               "   {'name': 'k', 'type': 'AttributeFilterCalculator',"
               "    'config': {'keep_attributes': ['i']}}],"
               " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a'},"
               "   {'name': 'c', 'calculator': 'p'}, {'name': 'x', 'calculator': 'e'},"
               "   {'name': 'd', 'calculator': 'k'},"
               "   {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o']}],"
               " 'edges': [{'from_node': 'a', 'to_node': 'c'}, {'from_node': 'a', 'to_node': 'x'},"
               "   {'from_node': 'c', 'to_node': 'd'}, {'from_node': 'x', 'to_node': 'o'},"
               "   {'from_node': 'd', 'to_node': 'o'}]}",
        .events = {{"{\"i\":1,\"l\":[1,2]}", "{\"i\":2,\"l\":[3]}", "{\"i\":3,\"l\":[4,5]}",
                    "{\"i\":4,\"l\":[6]}", "{\"i\":5,\"l\":[]}"}},
        .outputs = {"1 {\"i\":1,\"l\":1}\n1 {\"i\":1,\"l\":2}\n2 {\"i\":2,\"l\":3}\n"
                    "3 {\"i\":3,\"l\":4}\n3 {\"i\":3,\"l\":5}\n4 {\"i\":4,\"l\":6}\n"
                    "5 {\"i\":5,\"l\":6}\n"},
    };
    assert_example(&example);
}

static const char stateful_dag[] =
    "{'name': 't', 'subscribers': [{'name': 'a', 'config': {'source': 'mem://queue/a'}},"
    "   {'name': 'b', 'config': {'source': 'mem://queue/b'}}],"
    " 'publishers': [{'name': 'o', 'config': {'destination': 'mem://queue/o'}},"
    "   {'name': 'm', 'config': {'destination': 'mem://queue/m'}}],"
    " 'calculators': [{'name': 'r', 'type': 'RandomCalculator'}],"
    " 'nodes': [{'name': 'a', 'type': 'SubscriptionNode', 'subscriber': 'a', 'calculator': 'r'},"
    "   {'name': 'j'}, {'name': 'o', 'type': 'PublicationNode', 'publishers': ['o'],"
    "    'propagate': 'changes'},"
    "   {'name': 'beat', 'type': 'MetronomeNode', 'subscriber': 'b', 'publishers': ['m']}],"
    " 'edges': [{'from_node': 'a', 'to_node': 'j'}, {'from_node': 'beat', 'to_node': 'j',"
    "   'pname': 'beat'}, {'from_node': 'j', 'to_node': 'o'}]}";

static void feed_half(struct engine_fixture *fixture, bool is_second)
{
    static const char *const halves[2][2] = {{"{\"x\":\"\\u0000\"}", "{\"x\":1e400}"},
                                             {"{\"x\":1.50}", "[1]"}};
    static const char *const beats[2] = {"{\"n\":[1, {\"k\":null}]}", "{\"n\":2}"};

    engine_fixture_feed(fixture, 0, halves[is_second], 2);
    if (!is_second)
        engine_fixture_feed(fixture, 1, beats, 2);
    engine_fixture_run(fixture, 1024, true);
}

/* Replaces the engine by a new one in the state of the old. */
static void restart(struct engine_fixture *fixture)
{
    struct dag_error err = {0};
    struct dag_buffer state = {0}, again = {0};

    assert_true(engine_save(fixture->engine, &state, &err));
    engine_free(fixture->engine);
    fixture->engine = engine_new(fixture->plan, NULL, NULL, &err);
    assert_non_null(fixture->engine);
    assert_true(engine_restore(fixture->engine, state.bytes, state.size, NULL, NULL, &err));
    assert_true(engine_save(fixture->engine, &again, &err));
    assert_int_equal(again.size, state.size);
    assert_memory_equal(again.bytes, state.bytes, state.size);
    dag_buffer_free(&again);
    dag_buffer_free(&state);
}

static void goes_on_from_a_saved_state_as_if_nothing_had_happened(void **unused)
{
    (void)unused;
    struct engine_fixture straight, restarted;

    engine_fixture_init(&straight, stateful_dag);
    engine_fixture_init(&restarted, stateful_dag);
    feed_half(&straight, false);
    feed_half(&restarted, false);
    restart(&restarted);
    feed_half(&straight, true);
    feed_half(&restarted, true);
    for (size_t p = 0; p < 2; p++)
        assert_string_equal(engine_fixture_output(&restarted, p),
                            engine_fixture_output(&straight, p));
    assert_non_null(strstr(engine_fixture_output(&restarted, 0), "\"counter\":3"));
    assert_non_null(strstr(engine_fixture_output(&restarted, 1), "{\"n\":2}"));
    engine_fixture_deinit(&straight);
    engine_fixture_deinit(&restarted);
}

static void note_dropped(void *context, const char *node, const char *why)
{
    struct dag_buffer *out = context;

    assert_true(dag_buffer_append(out, node, strlen(node)));
    assert_true(dag_buffer_append(out, ": ", 2));
    assert_true(dag_buffer_append(out, why, strlen(why)));
}

static void names_the_nodes_whose_state_has_no_place_any_more(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    struct dag_buffer dropped = {0};
    struct dag_error err = {0};
    static const char state[] = "{\"nodes\":{\"gone\":{\"type\":\"CalculationNode\"},"
                                "\"j\":{\"type\":\"CalculationNode\",\"output\":{\"k\":1}}}}";

    engine_fixture_init(&fixture, stateful_dag);
    assert_true(engine_restore(fixture.engine, state, strlen(state), note_dropped, &dropped, &err));
    assert_true(dag_buffer_append(&dropped, "", 1));
    assert_string_equal(dropped.bytes, "gone: there is no such node now");
    assert_string_equal(engine_fixture_node(&fixture, "j", true), "{\"k\":1}");
    dag_buffer_free(&dropped);
    engine_fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_a_chain_in_order_with_its_cycles),
        cmocka_unit_test(joins_both_branches_of_one_event_once),
        cmocka_unit_test(combines_the_latest_of_each_input),
        cmocka_unit_test(merges_what_came_in_an_earlier_step),
        cmocka_unit_test(runs_each_further_output_in_a_sub_cycle),
        cmocka_unit_test(finishes_a_sub_cycle_of_the_lower_node_first),
        cmocka_unit_test(keeps_the_old_output_of_a_node_that_fails),
        cmocka_unit_test(sends_dead_letters_to_the_errors_publisher_in_order),
        cmocka_unit_test(keeps_the_last_ten_errors_of_a_node),
        cmocka_unit_test(gates_equal_values_under_changes),
        cmocka_unit_test(repeats_the_last_message_on_a_tick),
        cmocka_unit_test(publishes_an_empty_object_on_a_tick_without_a_subscriber),
        cmocka_unit_test(nests_edges_under_their_pname),
        cmocka_unit_test(sends_each_woken_edge_of_a_publisher_sink),
        cmocka_unit_test(carries_objects_wider_than_the_shape_table),
        cmocka_unit_test(retains_the_same_state_however_the_cycles_are_cut),
        cmocka_unit_test(results_outlive_the_engine_that_made_them),
        cmocka_unit_test(moves_the_rows_of_a_chain_into_the_sub_cycles_too),
        cmocka_unit_test(goes_on_from_a_saved_state_as_if_nothing_had_happened),
        cmocka_unit_test(names_the_nodes_whose_state_has_no_place_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
