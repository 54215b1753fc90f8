/* test_feeds.c - who feeds whom through mem://, and who does so in a circle. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/feeds.h"

#define PARTS_MAX 3

/* A plan that is just its ends; what a name begins with tells the scheme. */
struct ends {
    struct plan plan;
    struct plan_subscriber subscribers[PARTS_MAX];
    struct plan_publisher publishers[PARTS_MAX];
    struct plan_node node;
    int32_t used[PARTS_MAX];
};

static struct dag_address address_of(const char *uri)
{
    return (struct dag_address){.uri = uri,
                                .scheme = strncmp(uri, "mem:", 4) == 0 ? "mem" : "file"};
}

/* The plan reads `from` and writes `to`; both end with NULL. */
static const struct plan *make(struct ends *ends, const char *const *from, const char *const *to)
{
    *ends = (struct ends){.plan = {.errors = -1}};
    for (; *from; from++)
        ends->subscribers[ends->plan.subscriber_count++].address = address_of(*from);
    for (; *to; to++) {
        ends->used[ends->plan.publisher_count] = (int32_t)ends->plan.publisher_count;
        ends->publishers[ends->plan.publisher_count++].address = address_of(*to);
    }
    ends->node =
        (struct plan_node){.publishers = ends->used, .publisher_count = ends->plan.publisher_count};
    ends->plan.subscribers = ends->subscribers;
    ends->plan.publishers = ends->publishers;
    ends->plan.nodes = &ends->node;
    ends->plan.node_count = 1;
    return &ends->plan;
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE      ((const char *const[]){NULL})

static void assert_edge(const struct feeds *feeds, size_t i, uint32_t feeder, uint32_t reader,
                        uint32_t subscriber)
{
    assert_true(i < feeds->edge_count);
    assert_int_equal(feeds->edges[i].feeder, feeder);
    assert_int_equal(feeds->edges[i].reader, reader);
    assert_int_equal(feeds->edges[i].subscriber, subscriber);
}

static void a_chain_has_groups_of_one(void **unused)
{
    struct ends ends[3];
    struct feeds feeds;
    struct dag_error err = {0};
    const struct plan *plans[] = {
        make(&ends[0], LIST("mem://queue/b"), LIST("file:///out")),
        make(&ends[1], LIST("file:///in", "mem://queue/a"), LIST("mem://queue/b")),
        make(&ends[2], LIST("file:///in"), LIST("mem://queue/a", "mem://queue/a", "file:///in")),
    };

    (void)unused;
    assert_true(feeds_init(&feeds, plans, 3, &err));
    assert_int_equal(feeds.edge_count, 2); /* two publishers of one queue, or a file: no more */
    assert_edge(&feeds, 0, 1, 0, 0);
    assert_edge(&feeds, 1, 2, 1, 1);
    assert_int_not_equal(feeds.groups[0], feeds.groups[1]);
    assert_int_not_equal(feeds.groups[1], feeds.groups[2]);
    assert_int_not_equal(feeds.groups[0], feeds.groups[2]);
    feeds_deinit(&feeds);
}

static void a_circle_is_one_group(void **unused)
{
    struct ends ends[5];
    struct feeds feeds;
    struct dag_error err = {0};
    const struct plan *plans[] = {
        make(&ends[0], LIST("file:///in"), LIST("mem://topic/x")), /* feeds the circle */
        make(&ends[1], LIST("mem://topic/x", "mem://topic/z"), LIST("mem://topic/y")),
        make(&ends[2], LIST("mem://topic/y"), LIST("mem://topic/z")),
        make(&ends[3], LIST("mem://topic/z"), LIST("file:///out")),     /* reads from it */
        make(&ends[4], LIST("mem://queue/me"), LIST("mem://queue/me")), /* a circle of one */
    };

    (void)unused;
    assert_true(feeds_init(&feeds, plans, 5, &err));
    assert_int_equal(feeds.edge_count, 5);
    assert_edge(&feeds, 0, 0, 1, 0);
    assert_edge(&feeds, 1, 1, 2, 0);
    assert_edge(&feeds, 2, 2, 1, 1);
    assert_edge(&feeds, 3, 2, 3, 0);
    assert_edge(&feeds, 4, 4, 4, 0);
    assert_int_equal(feeds.groups[1], feeds.groups[2]);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++)
            if (i != k && !(i == 1 && k == 2) && !(i == 2 && k == 1))
                assert_int_not_equal(feeds.groups[i], feeds.groups[k]);
    feeds_deinit(&feeds);
}

static void what_is_not_used_feeds_nobody(void **unused)
{
    struct ends ends[2];
    struct feeds feeds;
    struct dag_error err = {0};
    const struct plan *plans[] = {
        make(&ends[0], LIST("file:///in"), LIST("mem://queue/a", "mem://queue/letters")),
        make(&ends[1], LIST("mem://queue/a", "mem://queue/letters"), NONE),
    };

    (void)unused;
    ends[0].node.publisher_count = 0;
    assert_true(feeds_init(&feeds, plans, 2, &err));
    assert_int_equal(feeds.edge_count, 0);
    feeds_deinit(&feeds);
    ends[0].plan.errors = 1; /* dead letters feed, too */
    assert_true(feeds_init(&feeds, plans, 2, &err));
    assert_int_equal(feeds.edge_count, 1);
    assert_edge(&feeds, 0, 0, 1, 1);
    feeds_deinit(&feeds);
    assert_true(feeds_init(&feeds, NULL, 0, &err));
    feeds_deinit(&feeds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_has_groups_of_one),
        cmocka_unit_test(a_circle_is_one_group),
        cmocka_unit_test(what_is_not_used_feeds_nobody),
    };

    return cmocka_run_group_tests_name("graph/feeds", tests, NULL, NULL);
}
