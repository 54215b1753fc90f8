/* test_metrics.c - the metrics are strict Prometheus text, right, and bounded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/metrics.h"
#include "support/engine_fixture.h"

#define LINES_MAX 400

static const char dag[] =
    "{'name':'d','subscribers':[{'name':'in','config':{'source':'mem://queue/metrics_in'}}],"
    "'publishers':[{'name':'out','config':{'destination':'mem://queue/metrics_out'}}],"
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"
    "{'name':'write','type':'PublicationNode','publishers':['out']}],"
    "'edges':[{'from_node':'read','to_node':'write'}]}";

/* The text in lines; `lines` point into it. */
struct page {
    struct dag_buffer text;
    char *lines[LINES_MAX];
    size_t count;
};

static void page_init(struct page *page, const struct metrics_dag *dags, size_t count,
                      size_t series_max)
{
    char *rest;

    *page = (struct page){0};
    assert_true(metrics_write(dags, count, series_max, &page->text));
    assert_int_equal(page->text.bytes[page->text.size - 1], '\n');
    assert_true(dag_buffer_append(&page->text, "", 1));
    for (char *line = strtok_r(page->text.bytes, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        assert_true(page->count < LINES_MAX);
        page->lines[page->count++] = line;
    }
}

static bool has_line(const struct page *page, const char *line)
{
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->lines[i], line) == 0)
            return true;
    return false;
}

static size_t name_size(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");
}

/* name{label="value",...} number; returns what stands behind the labels. */
static const char *skip_labels(const char *at)
{
    if (*at != '{')
        return at;
    do {
        at++;
        assert_true(name_size(at) > 0);
        at += name_size(at);
        assert_true(at[0] == '=' && at[1] == '"');
        for (at += 2; *at != '"'; at++) {
            assert_true(*at != '\0' && *at != '\n');
            if (*at == '\\') {
                at++;
                assert_true(*at == '\\' || *at == '"' || *at == 'n');
            }
        }
        at++;
    } while (*at == ',');
    assert_int_equal(*at, '}');
    return at + 1;
}

static void assert_strict(const struct page *page)
{
    const char *family = "";
    size_t family_size = 0;

    for (size_t i = 0; i < page->count; i++) {
        const char *line = page->lines[i];
        if (strncmp(line, "# HELP ", 7) == 0) {
            family = line + 7;
            family_size = name_size(family);
            for (size_t k = 0; k < i; k++) /* a family comes once */
                assert_false(strncmp(page->lines[k], line, 8 + family_size) == 0);
            assert_true(i + 1 < page->count);
            assert_true(strncmp(page->lines[i + 1], "# TYPE ", 7) == 0);
            assert_memory_equal(page->lines[i + 1] + 7, family, family_size + 1);
            i++;
            continue;
        }
        assert_int_equal(name_size(line), family_size);
        assert_memory_equal(line, family, family_size);
        const char *at = skip_labels(line + family_size);
        char *end;
        assert_int_equal(*at, ' ');
        strtod(at + 1, &end);
        assert_true(end > at + 1 && *end == '\0');
        for (size_t k = 0; k < i; k++) /* and each series too */
            assert_false(strncmp(page->lines[k], line, (size_t)(at - line) + 1) == 0);
    }
}

static void are_strict_and_right(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    struct page page;
    struct source_stats source = {.receive_count = 18446744073709551615U,
                                  .last_receive_us = 1500001};
    struct sink_stats sink = {.publish_count = 3, .depth = 4};
    struct engine_node_stats nodes[2] = {{.computed = 5}, {.errors = 6}};

    engine_fixture_init(&fixture, dag);
    struct metrics_dag dags[] = {
        {.name = "a\"b\\c\nd", .state = "invalid"},
        {.name = "d",
         .state = "running",
         .plan = fixture.plan,
         .stats = {.engine = {.rejected = 7}, .dropped = {{"overflow", 8}}, .dropped_count = 1},
         .nodes = nodes,
         .sources = &source,
         .sinks = &sink},
        {.name = "e", .state = "stopped", .plan = fixture.plan},
    };
    page_init(&page, dags, 3, METRICS_SERIES_MAX);
    assert_strict(&page);
    static const char *const expected[] = {
        "dagd_dag_state{dag=\"a\\\"b\\\\c\\nd\",state=\"invalid\"} 1",
        "dagd_subscriber_received_messages_total{dag=\"d\",subscriber=\"in\"} 18446744073709551615",
        "dagd_subscriber_last_receive_timestamp_seconds{dag=\"d\",subscriber=\"in\"} 1.500001",
        "dagd_publisher_queue_messages{dag=\"d\",publisher=\"out\"} 4",
        "dagd_node_computed_total{dag=\"d\",node=\"read\"} 5",
        "dagd_node_errors_total{dag=\"d\",node=\"write\"} 6",
        "dagd_dag_errors_total{dag=\"d\",cause=\"parse\"} 7",
        "dagd_dag_dropped_messages_total{dag=\"d\",cause=\"overflow\"} 8",
        "dagd_dags 3",
        "dagd_metrics_left_out_dags 0",
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        if (!has_line(&page, expected[i]))
            fail_msg("there is no line %s", expected[i]);
    dag_buffer_free(&page.text);
    engine_fixture_deinit(&fixture);
}

static void leave_out_dags_beyond_the_bound(void **unused)
{
    (void)unused;
    struct metrics_dag dags[] = {{.name = "a", .state = "invalid"},
                                 {.name = "b", .state = "invalid"},
                                 {.name = "c", .state = "invalid"}};
    struct page page;

    page_init(&page, dags, 3, 2);
    assert_strict(&page);
    assert_true(has_line(&page, "dagd_metrics_left_out_dags 1"));
    assert_true(has_line(&page, "dagd_dag_state{dag=\"b\",state=\"invalid\"} 1"));
    assert_false(has_line(&page, "dagd_dag_state{dag=\"c\",state=\"invalid\"} 1"));
    dag_buffer_free(&page.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_strict_and_right),
        cmocka_unit_test(leave_out_dags_beyond_the_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
