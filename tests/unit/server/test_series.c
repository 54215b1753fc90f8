/* test_series.c - rates come out as they went in, at any pace of sampling, and age as promised. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/series.h"
#include "server/show_schemas.h"
#include "support/json_schema.h"

#define SECOND INT64_C(1000000)
#define START  (INT64_C(1767225600) * SECOND) /* 2026-01-01T00:00:00Z */

/* 100 messages a second in, 50 out, an error each 10 s, sampled every `pace_us`. */
static void feed(struct series *series, int64_t from_s, int64_t to_s, int64_t pace_us)
{
    for (int64_t at = from_s * SECOND; at <= to_s * SECOND; at += pace_us)
        series_add(series, &(struct series_sample){.time_us = START + at,
                                                   .in = (uint64_t)(at / 10000),
                                                   .out = (uint64_t)(at / 20000),
                                                   .errors = (uint64_t)(at / (10 * SECOND)),
                                                   .queue = 7});
}

struct shown {
    struct dag_buffer text;
    struct tree_document *document;
    const struct tree *root;
};

static struct shown show(const struct series *series, int64_t from_s, int64_t to_s, int64_t step_s,
                         int64_t now_s)
{
    struct shown shown = {.document = tree_document_new()};
    struct dag_buffer schemas = {0};
    struct writer writer = {.out = &shown.text}, schema_writer = {.out = &schemas};
    struct dag_error err = {0};

    assert_true(series_write(series, START + from_s * SECOND, START + to_s * SECOND,
                             step_s * SECOND, START + now_s * SECOND, &writer, &err));
    show_schemas(&schema_writer);
    shown.root = tree_parse(shown.document, shown.text.bytes, shown.text.size, 9, NULL, NULL, &err);
    json_schema_assert(
        tree_parse(shown.document, schemas.bytes, schemas.size, 20, NULL, NULL, &err), "Series",
        shown.root);
    dag_buffer_free(&schemas);
    return shown;
}

static void shown_deinit(struct shown *shown)
{
    dag_buffer_free(&shown->text);
    tree_document_free(shown->document);
}

static void assert_all(const struct tree *list, size_t count, double expected)
{
    assert_int_equal(list->count, count);
    for (const struct tree *one = list->child; one; one = one->next)
        assert_float_equal((float)one->real, (float)expected, 0.01F);
}

static void gives_the_same_rates_at_any_pace(void **unused)
{
    (void)unused;
    static const int64_t paces[] = {SECOND / 2, SECOND, 7 * SECOND / 2, 10 * SECOND};

    for (size_t i = 0; i < sizeof(paces) / sizeof(paces[0]); i++) {
        struct series *series = series_new();
        struct series_rates rates;
        feed(series, 0, 210, paces[i]);
        struct shown shown = show(series, 100, 200, 0, 210);
        assert_all(tree_get(shown.root, "in"), 100, 100);
        assert_all(tree_get(shown.root, "out"), 100, 50);
        assert_all(tree_get(shown.root, "queue"), 100, 7);
        series_rates(series, START + 210 * SECOND, &rates);
        assert_float_equal((float)rates.in, 100.0F, 0.01F);
        assert_float_equal((float)rates.errors_in_5m, 21.0F, 0.01F);
        shown_deinit(&shown);
        series_free(series);
    }
}

static void keeps_a_day_in_coarser_points(void **unused)
{
    (void)unused;
    struct series *series = series_new();

    feed(series, 0, 86400, 10 * SECOND);
    struct shown hour = show(series, 86400 - 3000, 86400, 0, 86400);
    assert_int_equal(tree_get(hour.root, "step_ms")->integer, 10000);
    assert_all(tree_get(hour.root, "in"), 300, 100);
    struct shown day = show(series, 1200, 86400 - 1200, 600, 86400);
    assert_int_equal(tree_get(day.root, "step_ms")->integer, 600000);
    assert_all(tree_get(day.root, "in"), 140, 100);
    shown_deinit(&hour);
    shown_deinit(&day);
    series_free(series);
}

static void knows_nothing_of_gaps(void **unused)
{
    (void)unused;
    struct series *series = series_new();

    feed(series, 0, 20, SECOND);
    feed(series, 120, 140, SECOND);
    struct shown shown = show(series, 0, 140, 0, 140);
    const struct tree *one = tree_get(shown.root, "in")->child;
    for (int second = 0; one; second++, one = one->next)
        assert_int_equal(one->type == TREE_NULL, second >= 20 && second < 120);
    struct shown none = show(NULL, 0, 10, 0, 140);
    assert_int_equal(tree_get(none.root, "in")->child->type, TREE_NULL);
    shown_deinit(&shown);
    shown_deinit(&none);
    series_free(series);
}

static void begins_anew_when_counters_fall(void **unused)
{
    (void)unused;
    struct series *series = series_new();

    feed(series, 0, 10, SECOND);
    series_add(series, &(struct series_sample){.time_us = START + 11 * SECOND, .in = 30});
    struct shown shown = show(series, 10, 11, 0, 11);
    assert_all(tree_get(shown.root, "in"), 1, 30);
    shown_deinit(&shown);
    series_free(series);
}

static void refuses_times_without_sense(void **unused)
{
    (void)unused;
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};
    struct dag_error err = {0};

    assert_false(series_write(NULL, START, START, 0, START, &writer, &err));
    assert_false(series_write(NULL, START, INT64_MAX, 0, START, &writer, &err));
    assert_false(series_write(NULL, START, START + 3000 * SECOND, 0, START, &writer, &err));
    assert_non_null(strstr(err.message, "choose a longer step"));
    assert_int_equal(out.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_same_rates_at_any_pace),
        cmocka_unit_test(keeps_a_day_in_coarser_points),
        cmocka_unit_test(knows_nothing_of_gaps),
        cmocka_unit_test(begins_anew_when_counters_fall),
        cmocka_unit_test(refuses_times_without_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
