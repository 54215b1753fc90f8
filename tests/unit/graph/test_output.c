/* test_output.c - schema, manual and pictures are made from the same tables as the check. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/check.h"
#include "graph/dot.h"
#include "graph/keys.h"
#include "graph/manual.h"
#include "graph/schema.h"
#include "support/fake_registry.h"

static const char dag[] =
    "{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": "
    "\"file://a\\\"b\"}}], \"publishers\": [{\"name\": \"out\", \"config\": {\"destination\": "
    "\"file://c\"}}], \"calculators\": [{\"name\": \"k\"}], \"nodes\": [{\"name\": \"r\", "
    "\"type\": \"SubscriptionNode\", \"subscriber\": \"in\"}, {\"name\": \"w\", \"type\": "
    "\"PublicationNode\", \"publishers\": [\"out\"], \"calculator\": \"k\"}], \"edges\": "
    "[{\"from_node\": \"r\", \"to_node\": \"w\", \"data_transformer\": \"null\", \"pname\": "
    "\"left\"}]}";

static struct plan *plan_of(const char *text)
{
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = graph_check(text, strlen(text), &fake_registry, NULL, &problems, &err);

    assert_non_null(plan);
    problems_free(&problems);
    return plan;
}

/* The buffer's text, NUL-terminated; freed with the buffer. */
static const char *text_of(struct dag_buffer *buffer)
{
    assert_true(dag_buffer_append(buffer, "", 1));
    return buffer->bytes;
}

static void the_schema_is_json_and_knows_every_key(void **unused)
{
    struct dag_buffer out = {0};
    struct tree_document *document = tree_document_new();
    struct dag_error err = {0};
    const struct tree *schema, *properties;

    (void)unused;
    assert_true(schema_write(&fake_registry, &out));
    schema = tree_parse(document, out.bytes, out.size, 64, NULL, NULL, &err);
    if (!schema)
        fail_msg("%s", err.message);
    properties = tree_get(schema, "properties");
    for (const struct dag_option *key = dag_key_table; key->name; key++)
        assert_non_null(tree_get(properties, key->name));
    for (const char *const *key = dag_lists; *key; key++)
        assert_non_null(tree_get(properties, *key));
    text_of(&out);
    assert_non_null(strstr(out.bytes, "\"bootstrap_servers\""));
    assert_non_null(strstr(out.bytes, "\"AdditionCalculator\""));
    assert_non_null(strstr(out.bytes, "\"^kafka://\""));
    assert_non_null(strstr(out.bytes, "\"^metronome$\""));
    tree_document_free(document);
    dag_buffer_free(&out);
}

static void the_manual_has_every_type_and_key(void **unused)
{
    static const char *const parts[] = {
        "# Reference",
        "### Subscriber `mem`",
        "### Publisher `aerospike`",
        "### Node `SinkNode`",
        "### Calculator `AdditionCalculator`",
        "| `keep_input` | bool",
        "| `overflow` | `block`, `latest`, `drop_newest`, `drop_oldest` | `\"block\"` |",
        "| `retry_max` | time, seconds, at least 0.001 s |",
        "| `source` | text | (required) |",
    };
    struct dag_buffer out = {0};

    (void)unused;
    assert_true(manual_write(&fake_registry, &out));
    text_of(&out);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (!strstr(out.bytes, parts[i]))
            fail_msg("the manual lacks: %s", parts[i]);
    }
    dag_buffer_free(&out);
}

static void the_manual_tells_of_one_word(void **unused)
{
    static const struct {
        const char *word;
        bool found;
        const char *part;
    } cases[] = {
        {"kafka", true, "### Publisher `kafka`"},
        {"custom", true, "`delegate_class`"},
        {"MetronomeNode", true, "`interval`"},
        {"NullDataTransformer", true, "It has no options."},
        {"DiceCalculator", true, "not always the same"},
        {"Nope", false, ""},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_buffer out = {0};
        bool found;

        assert_true(manual_write_type(&fake_registry, cases[i].word, &found, &out));
        assert_int_equal(found, cases[i].found);
        assert_non_null(strstr(text_of(&out), cases[i].part));
        dag_buffer_free(&out);
    }
    assert_string_equal(manual_suggest(&fake_registry, "kafak"), "kafka");
    assert_string_equal(manual_suggest(&fake_registry, "aerospke"), "aerospike");
    assert_null(manual_suggest(&fake_registry, "elephant"));
}

static void pictures_show_nodes_and_edges(void **unused)
{
    struct plan *plan = plan_of(dag);
    struct dag_buffer text = {0}, graphviz = {0};

    (void)unused;
    assert_true(dot_write_text(plan, &text));
    assert_string_equal(text_of(&text), "d: 2 nodes, 1 edges, propagate every\n"
                                        "r  SubscriptionNode  from file://a\"b\n"
                                        "w  PublicationNode  <- r [null] as left  = k"
                                        "  to file://c\n");
    assert_true(dot_write_graphviz(plan, &graphviz));
    text_of(&graphviz);
    assert_non_null(strstr(graphviz.bytes, "\"r\" -> \"w\" [label=\"null\"];"));
    assert_non_null(strstr(graphviz.bytes, "label=\"file://a\\\"b\""));
    dag_buffer_free(&text);
    dag_buffer_free(&graphviz);
    plan_free(plan);
}

static void the_graph_is_written_as_json(void **unused)
{
    struct plan *plan = plan_of(dag);
    struct tree_document *document = tree_document_new();
    struct dag_buffer out = {0};
    struct dag_error err = {0};
    const struct tree *graph, *edge;

    (void)unused;
    assert_true(dot_write_json(plan, &out));
    graph = tree_parse(document, out.bytes, out.size, 16, NULL, NULL, &err);
    assert_non_null(graph);
    edge = tree_get(graph, "edges")->child;
    assert_string_equal(tree_get(edge, "name")->text, "r_to_w");
    assert_string_equal(tree_get(edge, "pname")->text, "left");
    assert_string_equal(tree_get(graph, "order")->child->next->text, "w");
    assert_int_equal(tree_get(tree_get(graph, "nodes")->child, "calculator")->type, TREE_NULL);
    tree_document_free(document);
    dag_buffer_free(&out);
    plan_free(plan);
}

static void types_of_later_builds_are_lacking(void **unused)
{
    static const char *const subscribers[] = {"kafka", "sql"};
    static const char *const publishers[] = {"aerospike", "kafka", "sql"};

    (void)unused;
    for (size_t i = 0; i < sizeof(subscribers) / sizeof(subscribers[0]); i++)
        assert_true(registry_lacks_subscriber(registry_subscriber(&fake_registry, subscribers[i])));
    for (size_t i = 0; i < sizeof(publishers) / sizeof(publishers[0]); i++)
        assert_true(registry_lacks_publisher(registry_publisher(&fake_registry, publishers[i])));
    assert_false(registry_lacks_subscriber(registry_subscriber(&fake_registry, "mem")));
    assert_null(registry_subscriber(&fake_registry, "redis"));
    assert_null(registry_subscriber_at(&fake_registry, 7));
    assert_string_equal(registry_subscriber_at(&fake_registry, 5)->scheme, "kafka");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_is_json_and_knows_every_key),
        cmocka_unit_test(the_manual_has_every_type_and_key),
        cmocka_unit_test(the_manual_tells_of_one_word),
        cmocka_unit_test(pictures_show_nodes_and_edges),
        cmocka_unit_test(the_graph_is_written_as_json),
        cmocka_unit_test(types_of_later_builds_are_lacking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
