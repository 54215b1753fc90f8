/* test_overrides.c - `--set` edits the text of a DAG file in its place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/components.h"
#include "graph/overrides.h"

static const char dag[] =
    "{\"name\": \"d\",\n"
    " \"subscribers\": [{\"name\": \"in\",\n"
    "  \"config\": {\"source\": \"file://a\\\"}b\", \"follow\": false}}],\n"
    " \"publishers\": [{\"name\": \"in\", \"config\": {\"destination\": "
    "\"file://o\"}}],\n"
    " \"calculators\": [{\"name\": \"k\", \"type\": \"AdditionCalculator\"},\n"
    "  {\"name\": \"p\", \"type\": \"module.Class\", \"config\": []}],\n"
    " \"nodes\": [{\"name\": \"k\", \"type\": \"MetronomeNode\", \"config\": {}},\n"
    "  {\"name\": \"n\", \"propagate\": \"every\"}]}\n";

/** Applies one setting; the text afterwards, or the error behind "!". The caller frees it. */
static char *apply(const char *setting, const char *text)
{
    struct dag_error err = {0};
    struct components *components = components_new(NULL, 0, &err);
    struct graph_text graph = {.path = "d.json", .text = strdup(text), .size = strlen(text)};
    char *result = NULL;

    assert_non_null(components);
    if (overrides_apply(&setting, 1, &graph, 1, components_registry(components), &err)) {
        assert_int_equal(graph.size, strlen(graph.text));
        result = graph.text;
    } else {
        free(graph.text);
        assert_true(asprintf(&result, "!%s", err.message) > 0);
    }
    components_free(components);
    return result;
}

struct edit {
    const char *setting;
    const char *old_part; /* of the DAG */
    const char *new_part; /* what stands there afterwards */
};

static void replaces_or_adds_just_what_is_named(void **unused)
{
    static const struct edit edits[] = {
        {"in.follow=true", "\"follow\": false", "\"follow\": true"},
        {"in.source=file://x", "\"source\": \"file://a\\\"}b\"", "\"source\": \"file://x\""},
        {"in.destination={\"a\":\n [1]}", "\"destination\": \"file://o\"",
         "\"destination\": {\"a\":[1]}"},
        {"subscriber:in.max_depth=5", "{\"source\"", "{\"max_depth\": 5, \"source\""},
        {"publisher:in.batch_size=5", "{\"destination\"", "{\"batch_size\": 5, \"destination\""},
        {"k.arguments=[\"a\"]", "{\"name\": \"k\", \"type\": \"AdditionCalculator\"}",
         "{\"config\": {\"arguments\": [\"a\"]}, \"name\": \"k\", \"type\": "
         "\"AdditionCalculator\"}"},
        {"k.interval=0.5", "\"config\": {}", "\"config\": {\"interval\": 0.5}"},
        {"p.whatever=say \"hi\"", "\"config\": []",
         "\"config\": {\"whatever\": \"say \\\"hi\\\"\"}"},
        {"n.propagate=changes", "\"propagate\": \"every\"", "\"propagate\": \"changes\""},
        {"n.calculator=k", "{\"name\": \"n\"", "{\"calculator\": \"k\", \"name\": \"n\""},
        {"d.memory_limit=64MiB", "{\"name\": \"d\"",
         "{\"memory_limit\": \"64MiB\", \"name\": \"d\""},
        {"dag:d.name=e", "{\"name\": \"d\"", "{\"name\": \"e\""},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        const char *at = strstr(dag, edits[i].old_part);
        char expected[2048];
        char *actual = apply(edits[i].setting, dag);

        assert_non_null(at);
        snprintf(expected, sizeof(expected), "%.*s%s%s", (int)(at - dag), dag, edits[i].new_part,
                 at + strlen(edits[i].old_part));
        assert_string_equal(actual, expected);
        free(actual);
    }
}

static void names_what_may_have_been_meant(void **unused)
{
    static const char *const refused[][2] = {
        {"in", "!'in' is not NAME.KEY=VALUE"},
        {"in.source", "!'in.source' is not NAME.KEY=VALUE"},
        {".source=1", "!'.source=1' is not NAME.KEY=VALUE"},
        {"in.=1", "!'in.=1' is not NAME.KEY=VALUE"},
        {"x=y.z", "!'x=y.z' is not NAME.KEY=VALUE"},
        {"zzzzz.source=1", "!nothing is named 'zzzzz'"},
        {"k.argumnts=1", "!calculator 'k' has no key 'argumnts'; did you mean 'arguments'?"},
        {"publisher:k.arguments=1", "!nothing is named 'k'"},
        {"d.propagat=1", "!dag 'd' has no key 'propagat'; did you mean 'propagate'?"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        char *actual = apply(refused[i][0], dag);

        assert_true(strncmp(actual, refused[i][1], strlen(refused[i][1])) == 0);
        free(actual);
    }
}

static void leaves_what_is_no_json_to_the_check(void **unused)
{
    char *actual = apply("in.source=x", "{\"name\": ");

    (void)unused;
    assert_string_equal(actual, "{\"name\": ");
    free(actual);
}

static void asks_for_the_kind_where_the_key_does_not_decide(void **unused)
{
    static const char text[] = "{\"name\": \"d\", \"calculators\": [{\"name\": \"a\", \"type\": "
                               "\"AdditionCalculator\"}, {\"name\": \"d\"}], \"transformers\": "
                               "[{\"name\": \"a\", \"type\": \"x.Y\"}]}";
    char *actual = apply("a.arguments=[]", text);

    (void)unused;
    assert_string_equal(actual, "!a calculator and a transformer are named 'a'; write "
                                "'calculator:a.arguments=...'");
    free(actual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_or_adds_just_what_is_named),
        cmocka_unit_test(names_what_may_have_been_meant),
        cmocka_unit_test(leaves_what_is_no_json_to_the_check),
        cmocka_unit_test(asks_for_the_kind_where_the_key_does_not_decide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
