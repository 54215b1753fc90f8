/* test_difference.c - a plan says what is kept, reset and restarted; its diff is the usual one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/difference.h"
#include "server/show_schemas.h"
#include "support/engine_fixture.h"
#include "support/json_schema.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct difference_text text_of(const char *text)
{
    return (struct difference_text){text, strlen(text)};
}

static void writes_unified_diffs(void **unused)
{
    (void)unused;
    static const struct {
        const char *before, *after, *expected;
    } cases[] = {
        {"a\nb\n", "a\nb\n", ""},
        {"", "", ""},
        {"", "a\n", "@@ -0,0 +1,1 @@\n+a\n"},
        {"a\n", "", "@@ -1,1 +0,0 @@\n-a\n"},
        {"a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
        {"a", "a\n", "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n"},
        {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\nx\n",
         "@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+x\n"},
        {"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
         "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
        {"a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
         "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct dag_buffer out = {0};
        bool is_truncated;
        assert_true(difference_lines(text_of(cases[i].before), text_of(cases[i].after), &out,
                                     &is_truncated));
        assert_true(dag_buffer_append(&out, "", 1));
        assert_string_equal(out.bytes, cases[i].expected);
        assert_false(is_truncated);
        dag_buffer_free(&out);
    }
}

static void replaces_what_differs_too_much(void **unused)
{
    (void)unused;
    struct dag_buffer before = {0}, after = {0}, out = {0};
    bool is_truncated;

    for (int i = 0; i < 2100; i++) {
        char line[32];
        int size = snprintf(line, sizeof(line), "%d\n", i);
        assert_true(dag_buffer_append(&before, line, (size_t)size));
        size = snprintf(line, sizeof(line), "%d\n", -1 - i);
        assert_true(dag_buffer_append(&after, line, (size_t)size));
    }
    assert_true(difference_lines((struct difference_text){before.bytes, before.size},
                                 (struct difference_text){after.bytes, after.size}, &out,
                                 &is_truncated));
    assert_true(is_truncated);
    assert_memory_equal(out.bytes, "@@ -1,2100 +1,2100 @@\n-0\n-1\n", 28);
    dag_buffer_free(&before);
    dag_buffer_free(&after);
    dag_buffer_free(&out);
}

#define DAG(source, type, more)                                                                    \
    "{'name':'d','subscribers':[{'name':'in','config':{'source':'mem://queue/" source "'}}],"      \
    "'publishers':[{'name':'out','config':{'destination':'mem://queue/difference_out'}}],"         \
    "'calculators':[{'name':'c','type':'" type "'}],"                                              \
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'}," more                   \
    "{'name':'write','type':'PublicationNode','calculator':'c','publishers':['out']}],"            \
    "'edges':[{'from_node':'read','to_node':'write'}]}"

static const char *action_of(const struct tree *root, const char *kind, const char *name)
{
    for (const struct tree *part = tree_get(root, "parts")->child; part; part = part->next)
        if (strcmp(tree_get(part, "kind")->text, kind) == 0 &&
            strcmp(tree_get(part, "name")->text, name) == 0)
            return tree_get(part, "action")->text;
    return "none";
}

static void tells_what_happens_to_each_part(void **unused)
{
    (void)unused;
    static const char old_text[] = DAG(
        "a", "NullCalculator", "{'name':'more','type':'MetronomeNode','config':{'interval':1}},");
    static const char new_text[] =
        DAG("b", "PassthruCalculator", "{'name':'new','type':'CalculationNode'},");
    struct engine_fixture before, after;
    struct dag_buffer out = {0}, schemas = {0};
    struct writer writer = {.out = &out}, schema_writer = {.out = &schemas};
    struct tree_document *document = tree_document_new();
    struct dag_error err = {0};

    engine_fixture_init(&before, old_text);
    engine_fixture_init(&after, new_text);
    assert_true(difference_write(before.plan, after.plan, text_of(old_text), text_of(new_text),
                                 &writer, &err));
    show_schemas(&schema_writer);
    const struct tree *root = tree_parse(document, out.bytes, out.size, 9, NULL, NULL, &err);
    json_schema_assert(tree_parse(document, schemas.bytes, schemas.size, 20, NULL, NULL, &err),
                       "Plan", root);
    assert_string_equal(action_of(root, "subscriber", "in"), "restart");
    assert_string_equal(action_of(root, "publisher", "out"), "keep");
    assert_string_equal(action_of(root, "node", "read"), "keep");
    assert_string_equal(action_of(root, "node", "write"), "keep");
    assert_string_equal(action_of(root, "node", "new"), "add");
    assert_string_equal(action_of(root, "node", "more"), "remove");
    assert_int_equal(tree_get(root, "is_unchanged")->integer, 0);
    tree_document_free(document);
    dag_buffer_free(&out);
    dag_buffer_free(&schemas);
    engine_fixture_deinit(&before);
    engine_fixture_deinit(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_unified_diffs),
        cmocka_unit_test(replaces_what_differs_too_much),
        cmocka_unit_test(tells_what_happens_to_each_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
