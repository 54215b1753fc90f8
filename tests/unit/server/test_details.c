/* test_details.c - what is shown of a DAG obeys its schema, counts right and holds no secret. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/show_details.h"
#include "server/show_schemas.h"
#include "server/step.h"
#include "support/engine_fixture.h"
#include "support/json_schema.h"

static const char dag[] =
    "{'name':'sums','start_time':'0900','end_time':'1700',"
    "'subscribers':[{'name':'in','config':{'source':'mem://queue/details_in'}}],"
    "'publishers':[{'name':'out','config':{'destination':'mem://queue/details_out'}}],"
    "'calculators':[{'name':'sum','type':'AdditionCalculator',"
    "'config':{'arguments':['a','b'],'output_attribute':'c'}}],"
    "'transformers':[{'name':'same','type':'PassthruDataTransformer'}],"
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"
    "{'name':'add','type':'CalculationNode','calculator':'sum'},"
    "{'name':'write','type':'PublicationNode','publishers':['out']}],"
    "'edges':[{'from_node':'read','to_node':'add','data_transformer':'same'},"
    "{'from_node':'add','to_node':'write'}]}";

/* The definition as it stands in the file. */
static const char definition[] =
    "{\"subscribers\":[{\"name\":\"in\",\"config\":{\"source\":\"x://user:pw1@host/a\","
    "\"password\":\"pw2\",\"sasl\":{\"api_key\":\"pw3\",\"token\":\"${secret:T}\"}}}]}";

struct parsed {
    struct dag_buffer text;
    struct tree_document *document;
    const struct tree *root;
};

static struct parsed parse(struct dag_buffer text)
{
    struct parsed parsed = {.text = text, .document = tree_document_new()};
    struct dag_error err = {0};

    parsed.root = tree_parse(parsed.document, text.bytes, text.size, 100, NULL, NULL, &err);
    if (!parsed.root)
        fail_msg("%s in %.*s", err.message, (int)text.size, text.bytes);
    return parsed;
}

static void parsed_deinit(struct parsed *parsed)
{
    dag_buffer_free(&parsed->text);
    tree_document_free(parsed->document);
}

static struct parsed parse_schemas(void)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    show_schemas(&writer);
    assert_false(writer.failed);
    return parse(out);
}

static struct parsed shown(void (*show)(struct writer *writer, const struct show_dag *what),
                           const struct show_dag *what)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    show(&writer, what);
    assert_false(writer.failed);
    return parse(out);
}

static const char *text_at(const struct tree *tree, const char *a, const char *b, const char *c)
{
    const struct tree *found = tree_get(tree_get(tree_get(tree, a), b), c);

    assert_non_null(found);
    return found && found->type == TREE_TEXT ? found->text : NULL;
}

static void obeys_its_schemas(void **unused)
{
    (void)unused;
    static const char *const messages[] = {"{\"a\":1,\"b\":2}", "{\"a\":1e308,\"b\":1e308}"};
    struct engine_fixture fixture;
    struct parsed schemas = parse_schemas();

    engine_fixture_init(&fixture, dag);
    engine_fixture_feed(&fixture, 0, messages, 2);
    engine_fixture_run(&fixture, 2, false);
    struct show_live live = {0};
    show_live_take(&live, fixture.plan, fixture.engine, -1);
    for (int is_live = 0; is_live < 2; is_live++) {
        struct show_dag show = {
            .plan = fixture.plan, .live = is_live ? &live : NULL, .state = "stopped"};
        struct parsed details = shown(show_details, &show), state = shown(show_state, &show);
        struct parsed nodes = shown(show_nodes, &show);
        json_schema_assert(schemas.root, "Details", details.root);
        json_schema_assert(schemas.root, "State", state.root);
        json_schema_assert(schemas.root, "Nodes", nodes.root);
        parsed_deinit(&details);
        parsed_deinit(&state);
        parsed_deinit(&nodes);
    }
    struct dag_buffer out = {0};
    struct dag_error err = {0};
    struct step_request request = {
        .plan = fixture.plan, .subscriber = "in", .text = "{}", .size = 2, .time_us = 1};
    show_live_deinit(&live);
    assert_true(step_run(&request, &out, &err));
    struct parsed step = parse(out);
    json_schema_assert(schemas.root, "Step", step.root);
    parsed_deinit(&step);
    engine_fixture_deinit(&fixture);
    parsed_deinit(&schemas);
}

static void counts_what_the_engine_did(void **unused)
{
    (void)unused;
    static const char *const messages[] = {"{\"a\":1,\"b\":2}", "{\"a\":1e308,\"b\":1e308}"};
    struct engine_fixture fixture;

    engine_fixture_init(&fixture, dag);
    engine_fixture_feed(&fixture, 0, messages, 2);
    engine_fixture_run(&fixture, 2, false);
    struct show_live live = {0};
    show_live_take(&live, fixture.plan, fixture.engine, -1);
    struct show_dag show = {.plan = fixture.plan, .live = &live, .state = "stopped"};
    struct parsed details = shown(show_details, &show);
    assert_string_equal(text_at(details.root, "nodes", "add", "compute_count"), "2");
    assert_string_equal(text_at(details.root, "nodes", "add", "error_count"), "1");
    assert_string_equal(text_at(details.root, "calculators", "sum", "calculation_count"), "2");
    assert_non_null(text_at(details.root, "calculators", "sum", "last_calculation"));
    const struct tree *errors =
        tree_get(tree_get(tree_get(details.root, "nodes"), "add"), "errors");
    assert_int_equal(errors->count, 1);
    assert_string_equal(tree_get(errors->child, "code")->text, "range");
    const struct tree *edge = tree_get(details.root, "edges")->child;
    assert_string_equal(tree_get(edge, "transformer")->text, "same");
    parsed_deinit(&details);
    show_live_deinit(&live);
    engine_fixture_deinit(&fixture);
}

static void holds_no_secret(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    struct dag_buffer text = {0};

    assert_true(dag_buffer_append(&text, definition, strlen(definition)));
    struct parsed written = parse(text);
    engine_fixture_init(&fixture, dag);
    struct show_dag show = {.plan = fixture.plan, .definition = written.root, .state = "stopped"};
    struct parsed details = shown(show_details, &show);
    const struct tree *in = tree_get(tree_get(details.root, "subscribers"), "in");
    assert_null(memmem(details.text.bytes, details.text.size, "pw", 2));
    assert_string_equal(text_at(in, "config", "sasl", "token"), "${secret:T}");
    assert_string_equal(text_at(in, "config", "sasl", "api_key"), "***");
    assert_string_equal(tree_get(tree_get(in, "config"), "source")->text, "x://***@host/a");
    parsed_deinit(&details);
    parsed_deinit(&written);
    engine_fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(obeys_its_schemas),
        cmocka_unit_test(counts_what_the_engine_did),
        cmocka_unit_test(holds_no_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
