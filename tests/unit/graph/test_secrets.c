/* test_secrets.c - secrets reach the components and are shown nowhere. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/hidden.h"
#include "core/text.h"
#include "graph/check.h"
#include "support/fake_registry.h"

#define SECRET "hunter2-and-a-half-of-it"

static const char *secret(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "key") == 0 ? SECRET : NULL;
}

static struct plan *check(const char *text, struct problems *problems, struct dag_error *err)
{
    const struct check_options options = {.secret = secret};

    return graph_check(text, strlen(text), &fake_registry, &options, problems, err);
}

static void a_secret_is_filled_in_for_the_component_alone(void **unused)
{
    (void)unused;
    static const char text[] =
        "{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": "
        "\"file://a\", \"_note\": \"${secret:other}\", \"mode\": \"${secret:key}\"}}]}";
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = check(text, &problems, &err);

    assert_non_null(plan);
    assert_true(plan->uses_secrets);
    assert_string_equal(tree_get(plan->subscribers[0].config, "mode")->text, SECRET);
    char *shown = text_copy(plan->source->json, plan->source->json_size);
    assert_null(strstr(shown, SECRET));
    assert_non_null(strstr(shown, "${secret:key}"));
    free(shown);
    for (size_t i = 0; i < problems.count; i++)
        assert_null(strstr(problems.items[i].message, SECRET));
    plan_free(plan);
    problems_free(&problems);
}

static void problems_about_secrets_name_the_remedy_and_hide_the_value(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"{\"name\": \"${secret:key}\"}", "secret_outside_config"},
        {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": "
         "\"file://${secret:none}\"}}]}",
         "unset_secret"},
        {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": "
         "\"${secret:key}\"}}]}",
         "unknown_source"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems problems = {0};
        struct dag_error err = {0};
        const char *code = NULL; /* of the first error */

        assert_null(check(cases[i].text, &problems, &err));
        for (size_t k = 0; k < problems.count; k++) {
            assert_null(strstr(problems.items[k].message, SECRET));
            if (!code && problems.items[k].severity == PROBLEM_ERROR)
                code = problems.items[k].code;
        }
        assert_null(strstr(err.message, SECRET));
        assert_non_null(code);
        assert_string_equal(code, cases[i].code);
        problems_free(&problems);
    }
}

static void masking_finds_whole_values_and_cut_ones(void **unused)
{
    (void)unused;
    char text[] = "a " SECRET ", hunter2-and-a-half, hunter2 and " SECRET SECRET;

    assert_true(hidden_add(SECRET));
    assert_true(hidden_add("abc")); /* too short to be masked */
    hidden_mask(text);
    assert_string_equal(text, "a ***, ***, hunter2 and ******");
}

static void masking_finds_the_beginning_of_a_value_where_a_text_was_cut(void **unused)
{
    (void)unused;
    char text[] = "the address is http://broker/?key=hunter2-an", other[] = "it is hunter2-an.";

    assert_true(hidden_add(SECRET));
    hidden_mask(text);
    assert_string_equal(text, "the address is http://broker/?key=***");
    hidden_mask(other);
    assert_string_equal(other, "it is hunter2-an.");
}

static void masking_finds_values_in_base64_whatever_stands_in_front(void **unused)
{
    (void)unused;
    /* x:correct-horse?>, xy:..., xyz:... */
    static const char *const texts[] = {"eDpjb3JyZWN0LWhvcnNlPz4=", "eHk6Y29ycmVjdC1ob3JzZT8-",
                                        "eHl6OmNvcnJlY3QtaG9yc2U/Pg=="};

    assert_true(hidden_add("correct-horse?>"));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char text[64];

        snprintf(text, sizeof(text), "Basic %s.", texts[i]);
        hidden_mask(text);
        assert_non_null(strstr(text, "***"));
        assert_true(strlen(text) < 6 + 3 + 12);
    }
}

static void no_value_is_forgotten_for_others(void **unused)
{
    (void)unused;
    char value[32], text[] = "the first was value-0-of-many";

    for (int i = 0; i < 5000; i++) {
        snprintf(value, sizeof(value), "value-%d-of-many", i);
        assert_true(hidden_add(value));
    }
    hidden_mask(text);
    assert_string_equal(text, "the first was ***");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masking_finds_the_beginning_of_a_value_where_a_text_was_cut),
        cmocka_unit_test(masking_finds_values_in_base64_whatever_stands_in_front),
        cmocka_unit_test(no_value_is_forgotten_for_others),
        cmocka_unit_test(a_secret_is_filled_in_for_the_component_alone),
        cmocka_unit_test(problems_about_secrets_name_the_remedy_and_hide_the_value),
        cmocka_unit_test(masking_finds_whole_values_and_cut_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
