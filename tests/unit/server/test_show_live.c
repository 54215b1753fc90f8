/* test_show_live.c - what is shown of DAGs that run: details, live streams, why, metrics; each by
 * its schema, none with a secret. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "server/show_schemas.h"
#include "server/shown.h"
#include "support/fake_entries.h"
#include "support/json_schema.h"
#include "support/prometheus.h"

#define TICK_US     500000
#define DEADLINE_US (20 * INT64_C(1000000))

/* It beats a hundred times a second; every message is an error of `fail`. */
#define BEATS                                                                                      \
    "{'name':'beats','subscribers':[{'name':'in','config':{'source':'metronome',"                  \
    "'interval':0.01,'message':'beat','password':'hunter2','token':'${secret:T}'}}],"              \
    "'errors':'bad','publishers':[{'name':'out','config':{'destination':'mem://topic/out'}},"      \
    "{'name':'bad','config':{'destination':'mem://topic/bad'}}],"                                  \
    "'calculators':[{'name':'sum','type':'AdditionCalculator',"                                    \
    "'config':{'arguments':['message'],'strict':true}}],"                                          \
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"                        \
    "{'name':'fail','type':'CalculationNode','calculator':'sum'},"                                 \
    "{'name':'write','type':'PublicationNode','publishers':['out']}],"                             \
    "'edges':[{'from_node':'read','to_node':'fail'},{'from_node':'read','to_node':'write'}]}"

struct reply {
    struct dag_buffer text;
    struct tree_document *document;
    const struct tree *root;
};

/* `schema` NULL: none describes it. */
static struct reply reply_of(struct dag_buffer text, const char *schema)
{
    struct reply reply = {.text = text, .document = tree_document_new()};
    struct dag_buffer schema_text = {0};
    struct writer writer = {.out = &schema_text};
    struct dag_error err = {0};

    reply.root = tree_parse(reply.document, text.bytes, text.size, 50, NULL, NULL, &err);
    if (!reply.root)
        fail_msg("%s in %.*s", err.message, (int)text.size, text.bytes);
    show_schemas(&writer);
    const struct tree *schemas =
        tree_parse(reply.document, schema_text.bytes, schema_text.size, 50, NULL, NULL, &err);
    if (schema)
        json_schema_assert(schemas, schema, reply.root);
    dag_buffer_free(&schema_text);
    assert_null(memmem(text.bytes, text.size, "hunter2", 7));
    assert_null(memmem(text.bytes, text.size, FAKE_SECRET, strlen(FAKE_SECRET)));
    return reply;
}

static void reply_free(struct reply *reply)
{
    dag_buffer_free(&reply->text);
    tree_document_free(reply->document);
}

static int64_t clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Until "beats" has had so many more errors. */
static void wait_for_errors(struct server *server, uint64_t count)
{
    struct entry *entry = entry_find(server, "beats", NULL);
    struct incarnation *now = entry_use(entry);
    int64_t end_us = clock_us() + DEADLINE_US;
    struct dag_stats stats;

    dag_stats(now->dag, &stats);
    count += stats.engine.node_errors;
    while (stats.engine.node_errors < count && clock_us() < end_us) {
        sched_yield();
        dag_stats(now->dag, &stats);
    }
    assert_true(stats.engine.node_errors >= count);
    incarnation_release(now);
    entry_release(entry);
}

/* A server whose DAG "beats" has had some messages, and "idle", which runs nothing. */
static struct server *server_with_beats(void)
{
    struct server *server = fake_server_new();

    fake_entry_run(fake_entry_add(server, "beats", BEATS));
    fake_entry_add(server, "idle", BEATS);
    fake_entry_add(server, "broken", NULL);
    wait_for_errors(server, 3);
    return server;
}

/* ---- replies about one DAG ---- */

typedef bool write_reply(struct server *server, const char *dag, struct dag_buffer *out,
                         struct answer *answer);

static struct reply ask(struct server *server, write_reply *write, const char *dag,
                        const char *schema)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (!write(server, dag, &out, &answer))
        fail_msg("%s", answer.detail);
    return reply_of(out, schema);
}

static bool write_fail(struct server *server, const char *dag, struct dag_buffer *out,
                       struct answer *answer)
{
    return server_write_node(server, dag, "fail", out, answer);
}

static bool write_fail_errors(struct server *server, const char *dag, struct dag_buffer *out,
                              struct answer *answer)
{
    return server_write_node_errors(server, dag, "fail", out, answer);
}

static bool write_runs(struct server *server, const char *dag, struct dag_buffer *out,
                       struct answer *answer)
{
    return server_write_runs(server, dag, 3, out, answer);
}

static bool write_series(struct server *server, const char *dag, struct dag_buffer *out,
                         struct answer *answer)
{
    int64_t now_us = server_now_us(server);

    return server_write_series(server, dag, NULL, now_us - 60000000, now_us, 0, out, answer);
}

static bool write_node_series(struct server *server, const char *dag, struct dag_buffer *out,
                              struct answer *answer)
{
    int64_t now_us = server_now_us(server);

    return server_write_series(server, dag, "read", now_us - 60000000, now_us, 0, out, answer);
}

static void obey_their_schemas_and_hold_no_secret(void **unused)
{
    (void)unused;
    static const struct {
        write_reply *write;
        const char *schema;
        bool needs_definition;
    } cases[] = {
        {server_write_details, "Details", false},
        {server_write_state, "State", false},
        {server_write_nodes, "Nodes", false},
        {server_write_why, "Why", false},
        {write_fail, "Node", true},
        {write_fail_errors, "NodeErrors", true},
        {write_runs, "Runs", true},
        {write_series, "Series", false},
        {write_node_series, "Series", true},
    };
    static const char *const dags[] = {"beats", "idle", "broken"};
    struct server *server = server_with_beats();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t k = 0; k < 3; k++) {
            if (cases[i].needs_definition && k == 2)
                continue;
            struct reply reply = ask(server, cases[i].write, dags[k], cases[i].schema);
            reply_free(&reply);
        }
    }
    fake_server_free(server);
}

static void say_what_is_not_there(void **unused)
{
    (void)unused;
    struct server *server = server_with_beats();
    struct dag_buffer out = {0};
    struct answer answer = {0};

    assert_false(server_write_details(server, "nobody", &out, &answer));
    assert_string_equal(answer.code, "dag_not_found");
    assert_false(server_write_node(server, "beats", "nobody", &out, &answer));
    assert_string_equal(answer.code, "node_not_found");
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
    assert_false(server_write_runs(server, "broken", 3, &out, &answer));
    assert_string_equal(answer.code, "no_schedule");
    assert_false(server_write_runs(server, "beats", 101, &out, &answer));
    assert_string_equal(answer.code, "bad_count");
    assert_int_equal(out.size, 0);
    fake_server_free(server);
}

static void forgets_errors_that_were_cleared(void **unused)
{
    (void)unused;
    struct server *server = server_with_beats();
    struct answer answer = {0};
    struct reply reply = ask(server, server_write_details, "beats", "Details");
    const struct tree *fail = tree_get(tree_get(reply.root, "nodes"), "fail");

    assert_int_equal(tree_get(reply.root, "is_live")->integer, true);
    assert_true(tree_get(fail, "errors")->count >= 3);
    assert_string_equal(tree_get(tree_get(fail, "errors")->child, "code")->text, "invalid");
    reply_free(&reply);
    /* the fake's clock stands still, in the year 2026: errors of now are behind it or before */
    fake_server_sample(server, INT64_C(100) * 365 * 86400 * 1000000);
    assert_true(server_clear_node_errors(server, "beats", "fail", &answer));
    reply = ask(server, write_fail_errors, "beats", "NodeErrors");
    assert_int_equal(tree_get(reply.root, "total")->integer, 0);
    reply_free(&reply);
    assert_false(server_clear_node_errors(server, "beats", "nobody", &answer));
    fake_server_free(server);
}

static void tell_the_cause(void **unused)
{
    (void)unused;
    struct server *server = server_with_beats();
    struct reply reply = ask(server, server_write_why, "beats", "Why");
    const struct tree *last = tree_get(reply.root, "findings")->child;

    while (last && strcmp(tree_get(last, "what")->text, "node_failing") != 0)
        last = last->next;
    assert_non_null(last);
    assert_string_equal(tree_get(last, "object")->text, "node fail");
    reply_free(&reply);
    reply = ask(server, server_write_why, "broken", "Why");
    const struct tree *first = tree_get(reply.root, "findings")->child;
    assert_string_equal(tree_get(first, "detail")->text, "the definition is invalid: a cycle");
    reply_free(&reply);
    struct entry *idle = entry_find(server, "idle", NULL);
    struct entry_status *status = fake_entry_status(idle);
    entry_release(idle);
    status->state = ENTRY_STARTING;
    snprintf(status->reason, ENTRY_REASON_SIZE, "no route to host");
    status->retry_at_us = server_now_us(server);
    reply = ask(server, server_write_why, "idle", "Why");
    assert_string_equal(
        tree_get(tree_get(reply.root, "findings")->child, "detail")->text,
        "the DAG can't be started: no route to host; tried again at 2026-01-01T00:00:00.000Z");
    reply_free(&reply);
    fake_server_free(server);
}

/* ---- live streams ---- */

static struct reply live_all(struct server *server, uint64_t since,
                             bool (*may_see)(void *context, const char *dag))
{
    struct dag_buffer out = {0};

    assert_true(server_write_live_all(server, since, may_see, NULL, &out));
    return reply_of(out, NULL);
}

static struct reply live_one(struct server *server, const char *dag, uint64_t since)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};

    assert_true(server_write_live(server, dag, since, &out, &answer));
    return reply_of(out, NULL);
}

static bool may_see_idle(void *context, const char *dag)
{
    (void)context;
    return strcmp(dag, "idle") == 0;
}

static size_t count_of(const struct reply *reply, const char *list)
{
    return tree_get(reply->root, list)->count;
}

static void send_what_has_changed(void **unused)
{
    (void)unused;
    struct server *server = server_with_beats();

    fake_server_sample(server, TICK_US);
    struct reply reply = live_all(server, 0, NULL);
    assert_int_equal(tree_get(reply.root, "tick")->integer, 1);
    assert_int_equal(count_of(&reply, "dags"), 3);
    assert_int_equal(tree_get(reply.root, "dags")->child->count, 8);
    reply_free(&reply);
    wait_for_errors(server, 1);
    fake_server_sample(server, TICK_US);
    reply = live_all(server, 1, NULL);
    assert_int_equal(count_of(&reply, "dags"), 1); /* nothing new of the others */
    assert_string_equal(tree_get(reply.root, "dags")->child->child->text, "beats");
    reply_free(&reply);
    reply = live_all(server, 0, may_see_idle);
    assert_int_equal(count_of(&reply, "dags"), 1);
    reply_free(&reply);
    reply = live_all(server, 99, NULL); /* of an earlier run of the server */
    assert_int_equal(count_of(&reply, "dags"), 3);
    reply_free(&reply);
    fake_server_free(server);
}

static void tell_who_is_gone_but_not_who_came_back(void **unused)
{
    (void)unused;
    struct server *server = server_with_beats();

    fake_server_sample(server, TICK_US);
    fake_entry_remove(server, "idle");
    fake_entry_remove(server, "broken");
    fake_entry_add(server, "broken", NULL);
    fake_server_sample(server, TICK_US);
    struct reply reply = live_all(server, 1, NULL);
    assert_int_equal(count_of(&reply, "gone"), 1);
    assert_string_equal(tree_get(reply.root, "gone")->child->text, "idle");
    reply_free(&reply);
    fake_server_free(server);
}

static void send_the_parts_of_one_dag(void **unused)
{
    (void)unused;
    struct server *server = server_with_beats();

    for (int i = 0; i < 10; i++)
        fake_server_sample(server, TICK_US);
    struct reply reply = live_one(server, "beats", 0);
    assert_int_equal(count_of(&reply, "nodes"), 3);
    assert_int_equal(count_of(&reply, "edges"), 2);
    assert_int_equal(count_of(&reply, "subscribers"), 1);
    assert_int_equal(count_of(&reply, "publishers"), 2);
    const struct tree *read = tree_get(reply.root, "nodes")->child;
    assert_string_equal(read->child->text, "read");
    assert_true(read->child->next->integer >= 3);
    assert_int_equal(read->count, 8);
    reply_free(&reply);
    reply = live_one(server, "idle", 0);
    assert_int_equal(count_of(&reply, "nodes"), 0);
    assert_string_equal(tree_get(reply.root, "dag")->child->text, "idle");
    reply_free(&reply);
    fake_server_free(server);
}

static void write_the_same_for_all_who_ask(void **unused)
{
    (void)unused;
    struct server *server = server_with_beats();

    fake_server_sample(server, TICK_US);
    struct reply first = live_all(server, 0, NULL), again = live_all(server, 0, NULL);
    assert_int_equal(first.text.size, again.text.size);
    assert_memory_equal(first.text.bytes, again.text.bytes, first.text.size);
    reply_free(&first);
    reply_free(&again);
    first = live_one(server, "beats", 0);
    again = live_one(server, "beats", 0);
    assert_memory_equal(first.text.bytes, again.text.bytes, first.text.size);
    reply_free(&first);
    reply_free(&again);
    fake_server_free(server);
}

/* ---- metrics ---- */

static void give_metrics_of_what_runs(void **unused)
{
    (void)unused;
    struct server *server = server_with_beats();
    struct prometheus page;
    struct dag_buffer text = {0};

    assert_true(server_write_metrics(server, &text));
    assert_null(memmem(text.bytes, text.size, "hunter2", 7));
    prometheus_init(&page, &text);
    assert_true(prometheus_has(&page, "dagd_dag_state{dag=\"beats\",state=\"running\"} 1"));
    assert_true(prometheus_has(&page, "dagd_dag_state{dag=\"broken\",state=\"invalid\"} 1"));
    assert_true(prometheus_value(&page, "dagd_node_errors_total{dag=\"beats\",node=\"fail\"}") >=
                3);
    assert_true(prometheus_value(&page, "dagd_dag_cycle_seconds_count{dag=\"beats\"}") >= 1);
    prometheus_deinit(&page);
    fake_server_free(server);
}

/* ---- cost ---- */

static int64_t cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void cost_little_with_many_dags_and_clients(void **unused)
{
    (void)unused;
    struct server *server = fake_server_new();
    char name[40];
    int64_t spent_us = 0;

    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof(name), "dag_%04d", i);
        struct entry *entry = fake_entry_add(server, name, BEATS);
        if (i % 10 == 0)
            fake_entry_run(entry);
    }
    fake_server_sample(server, TICK_US);
    for (int tick = 0; tick < 4; tick++) {
        int64_t before_us = cpu_us();
        fake_server_sample(server, TICK_US);
        int64_t sampled_us = cpu_us();
        for (int client = 0; client < 200; client++) {
            struct dag_buffer out = {0};
            assert_true(server_write_live_all(server, server_tick(server) - 1, NULL, NULL, &out));
            dag_buffer_free(&out);
        }
        print_message("2,000 DAGs, 200 running: %lld us to sample, %lld us for 200 clients\n",
                      (long long)(sampled_us - before_us), (long long)(cpu_us() - sampled_us));
        spent_us += cpu_us() - before_us;
    }
    /* two seconds of samples */
    print_message("that is %.1f %% of a core\n", (double)spent_us / 2e6 * 100);
    fake_server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(obey_their_schemas_and_hold_no_secret),
        cmocka_unit_test(say_what_is_not_there),
        cmocka_unit_test(forgets_errors_that_were_cleared),
        cmocka_unit_test(tell_the_cause),
        cmocka_unit_test(send_what_has_changed),
        cmocka_unit_test(tell_who_is_gone_but_not_who_came_back),
        cmocka_unit_test(send_the_parts_of_one_dag),
        cmocka_unit_test(write_the_same_for_all_who_ask),
        cmocka_unit_test(give_metrics_of_what_runs),
        cmocka_unit_test(cost_little_with_many_dags_and_clients),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
