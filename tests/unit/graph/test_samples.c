/* test_samples.c - the sample DAG files check as their README says. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/check.h"
#include "support/fake_registry.h"

static int is_dag(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".json") == 0;
}

static void every_sample_is_free_of_errors_and_warnings(void **unused)
{
    struct dirent **entries;
    int count = scandir(DAGD_TESTS_DIR "/dags", &entries, is_dag, alphasort);

    (void)unused;
    assert_true(count >= 15);
    for (int i = 0; i < count; i++) {
        struct problems problems = {0};
        struct dag_error err = {0};
        struct plan *plan;
        char path[4096];

        snprintf(path, sizeof(path), DAGD_TESTS_DIR "/dags/%s", entries[i]->d_name);
        plan = graph_check_file(path, &fake_registry, NULL, &problems, &err);
        if (!plan || problems.error_count || problems.warning_count) {
            fail_msg("%s: %s", path, problems.count ? problems.items[0].message : err.message);
            return;
        }
        assert_string_equal(plan->path, path);
        plan_free(plan);
        problems_free(&problems);
        free(entries[i]);
    }
    free(entries);
}

static void the_reference_job_checks(void **unused)
{
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = graph_check_file(DAGD_TESTS_DIR "/../bench/reference_job.json",
                                         &fake_registry, NULL, &problems, &err);

    (void)unused;
    assert_non_null(plan);
    assert_int_equal(problems.count, 0);
    plan_free(plan);
    problems_free(&problems);
}

static void every_invalid_sample_is_refused_at_its_place(void **unused)
{
    static const struct {
        const char *file, *code, *pointer, *part;
        uint32_t line, column;
    } cases[] = {
        {"bad_subscriber_name", "invalid_name", "/subscribers/0/name", "Invalid name: my-sub.", 7,
         15},
        {"broken_json", "bad_json", "", "the text ends", 2, 1},
        {"cycle_of_three", "cycle", "/edges/2", "Cycle detected in graph: a -> b -> c -> a", 35, 5},
        {"unknown_calculator", "unknown_calculator", "/nodes/0/calculator", "not_declared", 14, 21},
        {"unknown_node_in_edge", "unknown_node", "/edges/0/to_node", "ghost", 19, 18},
        {"unknown_scheme", "unknown_source", "/subscribers/0/config/source",
         "Unknown source type: carrierpigeon://loft", 9, 19},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems problems = {0};
        struct dag_error err = {0};
        char path[4096];

        snprintf(path, sizeof(path), DAGD_TESTS_DIR "/dags/invalid/%s.json", cases[i].file);
        assert_null(graph_check_file(path, &fake_registry, NULL, &problems, &err));
        assert_int_equal(err.code, DAG_ERROR_INVALID);
        assert_int_equal(problems.count, 1);
        assert_string_equal(problems.items[0].code, cases[i].code);
        assert_string_equal(problems.items[0].pointer, cases[i].pointer);
        assert_int_equal(problems.items[0].line, cases[i].line);
        assert_int_equal(problems.items[0].column, cases[i].column);
        assert_non_null(strstr(problems.items[0].message, cases[i].part));
        problems_free(&problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_free_of_errors_and_warnings),
        cmocka_unit_test(the_reference_job_checks),
        cmocka_unit_test(every_invalid_sample_is_refused_at_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
