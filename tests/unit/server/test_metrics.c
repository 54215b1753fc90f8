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
#include "support/prometheus.h"

#define NOW_US INT64_C(100000000)

static const char dag[] =
    "{'name':'d','subscribers':[{'name':'in','config':{'source':'mem://queue/metrics_in'}}],"
    "'publishers':[{'name':'out','config':{'destination':'mem://queue/metrics_out'}}],"
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"
    "{'name':'write','type':'PublicationNode','publishers':['out']}],"
    "'edges':[{'from_node':'read','to_node':'write'}]}";

/* A DAG of which everything is known. */
struct known {
    struct engine_node_stats nodes[2];
    struct source_stats source;
    struct sink_stats sink;
    struct latency cycle, node_latencies[2], sink_latency;
    struct keeper_stats keeper;
};

static struct metrics_dag dag_of(const char *name, const struct plan *plan,
                                 const struct known *known)
{
    return (struct metrics_dag){.name = name,
                                .state = "running",
                                .plan = plan,
                                .nodes = known->nodes,
                                .sources = &known->source,
                                .sinks = &known->sink,
                                .cycle = &known->cycle,
                                .node_latencies = known->node_latencies,
                                .sink_latencies = &known->sink_latency,
                                .keeper = &known->keeper};
}

static struct prometheus page_of(struct metrics_dag *dags, size_t count, size_t series_max)
{
    struct prometheus page;
    struct dag_buffer text = {0};

    metrics_choose(dags, count, series_max);
    assert_true(metrics_write(dags, count, NOW_US, &text));
    prometheus_init(&page, &text);
    return page;
}

/* Two messages of 3 us and one of 2 s. */
static struct latency some_latency(void)
{
    struct latency_counter counter = {0};
    struct latency latency = {0};

    latency_add(&counter, 3, 2);
    latency_add(&counter, 2000000, 1);
    latency_read(&counter, &latency);
    return latency;
}

static void are_strict_and_right(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    struct known none = {0};
    struct known some = {
        .nodes = {{.computed = 5}, {.errors = 6}},
        .source = {.receive_count = 18446744073709551615U, .last_receive_us = 1500001, .size = 77},
        .sink = {.publish_count = 3, .depth = 4},
        .cycle = some_latency(),
        .sink_latency = some_latency(),
        .keeper = {.checkpoint_at_us = NOW_US - 2500000, .journal_bytes = 99, .disk_is_full = true},
    };

    engine_fixture_init(&fixture, dag);
    struct metrics_dag dags[] = {
        {.name = "a\"b\\c\nd", .state = "invalid"},
        dag_of("d", fixture.plan, &some),
        dag_of("e", fixture.plan, &none),
    };
    dags[1].stats = (struct dag_stats){.cycles = 12,
                                       .watermark = 10,
                                       .engine = {.rejected = 7},
                                       .dropped = {{"overflow", 8}},
                                       .dropped_count = 1};
    struct prometheus page = page_of(dags, 3, METRICS_SERIES_MAX);
    static const char *const expected[] = {
        "dagd_dag_state{dag=\"a\\\"b\\\\c\\nd\",state=\"invalid\"} 1",
        "dagd_subscriber_received_messages_total{dag=\"d\",subscriber=\"in\"} 18446744073709551615",
        "dagd_subscriber_last_receive_timestamp_seconds{dag=\"d\",subscriber=\"in\"} 1.500001",
        "dagd_subscriber_queue_bytes{dag=\"d\",subscriber=\"in\"} 77",
        "dagd_publisher_queue_messages{dag=\"d\",publisher=\"out\"} 4",
        "dagd_node_computed_total{dag=\"d\",node=\"read\"} 5",
        "dagd_node_errors_total{dag=\"d\",node=\"write\"} 6",
        "dagd_dag_errors_total{dag=\"d\",cause=\"parse\"} 7",
        "dagd_dag_dropped_messages_total{dag=\"d\",cause=\"overflow\"} 8",
        "dagd_dag_watermark_lag_cycles{dag=\"d\"} 2",
        "dagd_dag_checkpoint_age_seconds{dag=\"d\"} 2.500000",
        "dagd_dag_journal_bytes{dag=\"d\"} 99",
        "dagd_dag_disk_refuses{dag=\"d\"} 1",
        "dagd_dag_cycle_seconds_bucket{dag=\"d\",le=\"0.00001\"} 2",
        "dagd_dag_cycle_seconds_bucket{dag=\"d\",le=\"1.0\"} 2",
        "dagd_dag_cycle_seconds_bucket{dag=\"d\",le=\"+Inf\"} 3",
        "dagd_dag_cycle_seconds_sum{dag=\"d\"} 2.000006",
        "dagd_publisher_latency_seconds_count{dag=\"d\",publisher=\"out\"} 3",
        "dagd_dags 3",
        "dagd_metrics_left_out_dags{level=\"latencies\"} 0",
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        if (!prometheus_has(&page, expected[i]))
            fail_msg("there is no line %s", expected[i]);
    /* what was not measured is not told */
    assert_int_equal(prometheus_count(&page, "dagd_dag_cycle_seconds_count"), 1);
    assert_int_equal(prometheus_count(&page, "dagd_dag_checkpoint_age_seconds"), 1);
    assert_int_equal(prometheus_count(&page, "dagd_node_compute_seconds_count"), 0);
    prometheus_deinit(&page);
    engine_fixture_deinit(&fixture);
}

static void tell_of_every_dag_before_the_parts_of_any(void **unused)
{
    (void)unused;
    struct engine_fixture fixture;
    struct known known = {.cycle = some_latency()};
    static const struct {
        size_t max, dags, connectors, nodes, latencies; /* that are left out */
    } cases[] = {
        {0, 3, 3, 3, 3},  {15, 2, 3, 3, 3},  {45, 0, 3, 3, 3},    {60, 0, 2, 3, 3},
        {90, 0, 0, 2, 3}, {120, 0, 0, 0, 3}, {50000, 0, 0, 0, 0},
    };

    engine_fixture_init(&fixture, dag);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct metrics_dag dags[] = {dag_of("a", fixture.plan, &known),
                                     dag_of("b", fixture.plan, &known),
                                     dag_of("c", fixture.plan, &known)};
        struct prometheus page = page_of(dags, 3, cases[i].max);
        const size_t expected[] = {cases[i].dags, cases[i].connectors, cases[i].nodes,
                                   cases[i].latencies};
        static const char *const levels[] = {"dag", "connectors", "nodes", "latencies"};
        size_t series = 0;
        for (size_t k = 0; k < page.count; k++)
            series += strstr(page.lines[k], "{dag=\"") != NULL;
        assert_true(series <= cases[i].max);
        for (size_t k = 0; k < 4; k++) {
            char name[80];
            snprintf(name, sizeof(name), "dagd_metrics_left_out_dags{level=\"%s\"}", levels[k]);
            assert_int_equal(prometheus_value(&page, name), expected[k]);
        }
        assert_int_equal(prometheus_count(&page, "dagd_dag_state"), 3 - cases[i].dags);
        prometheus_deinit(&page);
    }
    engine_fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_strict_and_right),
        cmocka_unit_test(tell_of_every_dag_before_the_parts_of_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
