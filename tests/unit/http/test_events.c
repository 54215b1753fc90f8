/* test_events.c - the hub of live streams, turned by hand, with streams that can be full. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/events.h"

#define CLIENTS_MAX 64
#define LINES_KEPT  1000
#define SECOND_US   INT64_C(1000000)

/** The other side of a stream. */
struct client {
    struct http_stream_options options;
    struct dag_buffer text; /* owned: what was sent, NUL-terminated */
    bool is_full, has_ended, is_revoked;
    const char *scope; /* the one DAG that may be seen; NULL: all */
};

static struct client clients[CLIENTS_MAX];
static struct clock_virtual test_clock;
static struct event_hub *hub;
static uint64_t tick;
static uint64_t line_count; /* of the log; the newest LINES_KEPT are there */
static int renderings;      /* of all DAGs */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- fakes ---- */

static enum http_sent fake_send(struct http_stream *stream, const void *bytes, size_t size)
{
    struct client *client = (struct client *)stream;
    enum http_sent sent = HTTP_LAGGED;

    pthread_mutex_lock(&lock);
    assert_false(client->has_ended);
    if (!client->is_full) {
        assert_true(dag_buffer_append(&client->text, bytes, size));
        assert_true(dag_buffer_reserve(&client->text, 1));
        client->text.bytes[client->text.size] = '\0';
        sent = HTTP_SENT;
    }
    pthread_mutex_unlock(&lock);
    return sent;
}

static void fake_end(struct http_stream *stream)
{
    struct client *client = (struct client *)stream;

    assert_false(client->has_ended);
    client->has_ended = true;
    client->options.released(client->options.context);
}

static uint64_t feed_tick(void *context)
{
    (void)context;
    return tick;
}

static bool put(struct dag_buffer *out, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return dag_buffer_append(out, text, strlen(text));
}

static bool feed_write_all(void *context, uint64_t since,
                           bool (*may_see)(void *viewer, const char *dag), void *viewer,
                           struct dag_buffer *out)
{
    (void)context;
    renderings++;
    return put(out, "{\n  \"since\": %" PRIu64 ",\n  \"a\": %d, \"b\": %d}\n", since,
               !may_see || may_see(viewer, "a"), !may_see || may_see(viewer, "b"));
}

static bool feed_write_dag(void *context, const char *dag, uint64_t since, struct dag_buffer *out)
{
    (void)context;
    return strcmp(dag, "gone") != 0 &&
           put(out, "{\"of\":\"%s\",\"since\":%" PRIu64 "}", dag, since);
}

static bool feed_write_cluster(void *context, struct dag_buffer *out)
{
    (void)context;
    return put(out, "{\"role\":\"primary\"}");
}

static bool feed_next_line(void *context, uint64_t *number, struct dag_buffer *out)
{
    uint64_t first = line_count > LINES_KEPT ? line_count - LINES_KEPT + 1 : 1;

    (void)context;
    if (*number >= line_count)
        return false;
    *number = *number + 1 > first ? *number + 1 : first;
    return put(out, "{\"message\":\"line %" PRIu64 "\"}", *number);
}

static bool viewer_may_see(void *context, const char *dag)
{
    const struct client *client = context;

    return !client->scope || strcmp(client->scope, dag) == 0;
}

static bool viewer_is_valid(void *context)
{
    const struct client *client = context;

    return !client->is_revoked;
}

/* ---- the test's steps ---- */

static void begin(size_t events_max)
{
    struct dag_error err = {0};
    const struct event_feed feed = {.tick = feed_tick,
                                    .write_all = feed_write_all,
                                    .write_dag = feed_write_dag,
                                    .write_cluster = feed_write_cluster,
                                    .next_line = feed_next_line};

    memset(clients, 0, sizeof(clients));
    clock_virtual_init(&test_clock, INT64_C(1700000000000000));
    tick = 1;
    renderings = 0;
    line_count = 0;
    hub = event_hub_new(&(struct event_hub_options){.clock = &test_clock.clock,
                                                    .events_max = events_max,
                                                    .is_manual = true,
                                                    .send = fake_send,
                                                    .end = fake_end},
                        &err);
    assert_non_null(hub);
    event_hub_set_feed(hub, &feed);
}

static void finish(void)
{
    event_hub_stop(hub);
    event_hub_turn(hub);
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        assert_true(clients[i].has_ended || !clients[i].options.released);
        dag_buffer_free(&clients[i].text);
    }
    event_hub_free(hub);
}

static void join(size_t i, const char *topics, const char *last_id)
{
    struct client *client = &clients[i];
    struct event_viewer viewer = {.context = client,
                                  .may_see = viewer_may_see,
                                  .scope = client->scope,
                                  .is_valid = viewer_is_valid};
    struct event_client *joining = event_client_new(hub, topics, last_id, &viewer);

    assert_non_null(joining);
    event_client_options(joining, &client->options);
    event_hub_join(hub, joining, (struct http_stream *)client);
}

static void publish(enum event_kind kind, const char *dag, const char *text)
{
    event_hub_publish(
        hub, &(struct event_news){
                 .kind = kind, .dag = dag, .node = kind == EVENT_ERROR ? "n" : NULL, .text = text});
}

static void turn(void)
{
    event_hub_turn(hub);
}

static void turn_at_next_tick(void)
{
    tick++;
    event_hub_turn(hub);
}

/* What a client got since it was last looked at; until the next look. */
static const char *look(size_t i)
{
    static char *text;

    free(text);
    text = strdup(clients[i].text.bytes ? clients[i].text.bytes : "");
    assert_non_null(text);
    clients[i].text.size = 0;
    if (clients[i].text.bytes)
        clients[i].text.bytes[0] = '\0';
    return text;
}

static size_t times(const char *text, const char *part)
{
    size_t count = 0;

    while ((text = strstr(text, part))) {
        count++;
        text += strlen(part);
    }
    return count;
}

/* The last id in a text. */
static void last_id(const char *text, char out[32])
{
    const char *id = NULL;

    for (const char *at = text; (at = strstr(at, "id: ")); at++)
        id = at + 4;
    assert_non_null(id);
    assert(id); /* the static analyzer doesn't know that cmocka's leaves */
    snprintf(out, 32, "%.*s", (int)strspn(id, "0123456789"), id);
}

static void drained(size_t i)
{
    clients[i].is_full = false;
    clients[i].options.drained(clients[i].options.context);
}

/* ---- tests ---- */

static void a_client_begins_with_a_snapshot_of_each_topic(void **unused)
{
    (void)unused;
    const char *text;

    begin(0);
    join(0, "dags,dag:a,cluster,dags,dag:gone", NULL);
    turn();
    text = look(0);
    assert_int_equal(strncmp(text, "retry: 3000\n\n", 13), 0);
    assert_int_equal(times(text, "event: snapshot\n"), 4);
    assert_non_null(strstr(text, "data: {\"topic\":\"dags\",\"data\":{\"since\": 0,\"a\": 1, "
                                 "\"b\": 1}}\n\n"));
    assert_non_null(strstr(text, "{\"topic\":\"dag:a\",\"data\":{\"of\":\"a\",\"since\":0}}"));
    assert_non_null(strstr(text, "{\"topic\":\"cluster\",\"data\":{\"role\":\"primary\"}}"));
    assert_non_null(strstr(text, "{\"topic\":\"dag:gone\",\"data\":null}"));
    assert_int_equal(times(text, "id: "), 1); /* with the last one: before that it isn't whole */
    turn();
    assert_string_equal(look(0), "");
    finish();
}

static void counters_are_rendered_once_for_all(void **unused)
{
    (void)unused;
    struct event_hub_counters counters;

    begin(0);
    for (size_t i = 0; i < 50; i++)
        join(i, "dags", NULL);
    turn();
    assert_int_equal(renderings, 1);
    turn_at_next_tick();
    assert_int_equal(renderings, 2);
    look(0);
    turn_at_next_tick();
    assert_int_equal(renderings, 3);
    assert_non_null(
        strstr(look(0), "event: delta\ndata: {\"topic\":\"dags\",\"data\":{\"since\": 2"));
    event_hub_counters(hub, &counters);
    assert_int_equal(counters.clients, 50);
    assert_int_equal(counters.renderings, 3);
    finish();
}

static void an_event_goes_once_to_whoever_watches_its_topic(void **unused)
{
    (void)unused;
    const char *text;

    begin(0);
    join(0, "dags,dag:a", NULL);
    join(1, "dag:b", NULL);
    join(2, "cluster", NULL);
    turn();
    for (size_t i = 0; i < 3; i++)
        look(i);
    publish(EVENT_STATE, "a", "running");
    publish(EVENT_CATALOGUE, "b", "added");
    publish(EVENT_NOTICE, NULL, "the server \"drains\"");
    publish(EVENT_CLUSTER, NULL, NULL);
    turn();
    text = look(0);
    assert_int_equal(times(text, "event: state\n"), 1);
    assert_non_null(strstr(text, "\"dag\":\"a\",\"state\":\"running\"}\n\n"));
    assert_int_equal(times(text, "event: catalogue\n"), 1);
    assert_non_null(strstr(text, "\"text\":\"the server \\\"drains\\\"\"}"));
    assert_null(strstr(text, "event: cluster"));
    text = look(1);
    assert_int_equal(times(text, "event: "), 1);
    assert_non_null(strstr(text, "\"dag\":\"b\",\"change\":\"added\"}"));
    text = look(2);
    assert_int_equal(times(text, "event: "), 2);
    assert_non_null(strstr(text, "event: notice"));
    assert_non_null(strstr(text, "\"cluster\":{\"role\":\"primary\"}}"));
    finish();
}

static void ids_rise_from_event_to_event(void **unused)
{
    (void)unused;
    uint64_t before = 0;

    begin(0);
    join(0, "dags", NULL);
    for (int i = 0; i < 20; i++) {
        publish(EVENT_STATE, "a", "running");
        turn_at_next_tick();
    }
    for (const char *at = look(0); (at = strstr(at, "id: ")); at++) {
        uint64_t id = strtoull(at + 4, NULL, 10);

        assert_true(id > before);
        before = id;
    }
    assert_true(before > 0);
    finish();
}

static void a_client_goes_on_behind_its_last_event(void **unused)
{
    (void)unused;
    char id[32];
    const char *text;

    begin(0);
    join(0, "dags,dag:a", NULL);
    publish(EVENT_STATE, "a", "first");
    turn();
    publish(EVENT_STATE, "a", "second");
    turn();
    last_id(look(0), id);
    publish(EVENT_STATE, "a", "third");
    publish(EVENT_STATE, "b", "fourth");
    turn_at_next_tick();
    join(1, "dags,dag:a", id);
    turn();
    text = look(1);
    assert_null(strstr(text, "snapshot"));
    assert_null(strstr(text, "second"));
    assert_int_equal(times(text, "third"), 1);
    assert_int_equal(times(text, "fourth"), 1);
    assert_true(strstr(text, "third") < strstr(text, "fourth"));
    /* and the counters that changed behind what it has */
    assert_non_null(strstr(text, "event: delta\ndata: {\"topic\":\"dags\",\"data\":{\"since\": 1"));
    finish();
}

static void a_client_that_was_away_too_long_gets_a_snapshot(void **unused)
{
    (void)unused;
    char id[32];
    const char *text;

    begin(4);
    join(0, "dags", NULL);
    turn();
    last_id(look(0), id);
    for (int i = 0; i < 4; i++)
        publish(EVENT_STATE, "a", "running");
    turn();
    join(1, "dags", id);
    turn();
    assert_null(strstr(look(1), "snapshot"));
    publish(EVENT_STATE, "a", "stopped");
    turn();
    join(2, "dags", id);
    join(3, "dag:a", id); /* a topic that nobody has watched since then */
    join(4, "dags", "9000000000000000000");
    join(5, "dags", "17");
    join(6, "dags", "what?");
    turn();
    for (size_t i = 2; i <= 6; i++) {
        text = look(i);
        assert_int_equal(times(text, "event: snapshot\n"), 1);
        assert_null(strstr(text, "event: state"));
        assert_null(strstr(text, "lagged"));
    }
    finish();
}

static void counters_of_a_slow_client_become_one(void **unused)
{
    (void)unused;
    const char *text;

    begin(0);
    join(0, "dags", NULL);
    turn();
    look(0);
    clients[0].is_full = true;
    for (int i = 0; i < 5; i++)
        turn_at_next_tick();
    drained(0);
    turn();
    text = look(0);
    assert_int_equal(times(text, "event: "), 1);
    assert_non_null(strstr(text, "event: delta\ndata: {\"topic\":\"dags\",\"data\":{\"since\": 1"));
    finish();
}

static void a_client_that_missed_events_is_told_and_gets_a_snapshot(void **unused)
{
    (void)unused;
    struct event_hub_counters counters;
    const char *text;

    begin(0);
    join(0, "dags", NULL);
    turn();
    look(0);
    clients[0].is_full = true;
    for (int i = 0; i < 3; i++) {
        publish(EVENT_STATE, "a", "running");
        turn_at_next_tick();
    }
    assert_string_equal(look(0), "");
    drained(0);
    turn();
    text = look(0);
    assert_int_equal(strncmp(text, "event: lagged\ndata: {\"missed\":3}\n\n", 34), 0);
    assert_int_equal(times(text, "event: snapshot\n"), 1);
    assert_null(strstr(text, "event: state"));
    publish(EVENT_STATE, "a", "stopped");
    turn();
    assert_int_equal(times(look(0), "event: state\n"), 1);
    event_hub_counters(hub, &counters);
    assert_int_equal(counters.lagged, 1);
    finish();
}

static void a_stuck_client_costs_the_others_nothing(void **unused)
{
    (void)unused;
    int before;

    begin(0);
    for (size_t i = 0; i < 10; i++)
        join(i, "dags", NULL);
    turn();
    clients[3].is_full = true;
    for (size_t i = 0; i < 10; i++)
        look(i);
    before = renderings;
    for (int i = 0; i < 100; i++) {
        publish(EVENT_STATE, "a", "running");
        turn_at_next_tick();
    }
    assert_int_equal(renderings, before + 100); /* nothing of its own is made for it */
    for (size_t i = 0; i < 10; i++)
        if (i != 3)
            assert_int_equal(times(look(i), "event: "), 200);
    assert_string_equal(look(3), "");
    finish();
}

static void a_scope_hides_the_other_dags(void **unused)
{
    (void)unused;
    const char *text;

    begin(0);
    clients[0].scope = clients[1].scope = "a";
    for (size_t i = 0; i < 3; i++)
        join(i, "dags", NULL);
    turn();
    assert_int_equal(renderings, 2); /* one for those who see the same */
    assert_non_null(strstr(look(0), "\"a\": 1, \"b\": 0"));
    assert_non_null(strstr(look(1), "\"a\": 1, \"b\": 0"));
    assert_non_null(strstr(look(2), "\"a\": 1, \"b\": 1"));
    publish(EVENT_STATE, "a", "running");
    publish(EVENT_STATE, "b", "running");
    publish(EVENT_NOTICE, NULL, "for all");
    turn();
    text = look(0);
    assert_int_equal(times(text, "event: "), 2);
    assert_null(strstr(text, "\"dag\":\"b\""));
    assert_int_equal(times(look(2), "event: "), 3);
    join(3, "dags", "1700000000000000");
    turn();
    finish();
}

static void a_resumed_client_sees_its_scope_only(void **unused)
{
    (void)unused;
    char id[32];
    const char *text;

    begin(0);
    join(0, "dags", NULL);
    turn();
    last_id(look(0), id);
    publish(EVENT_ERROR, "a", "mine");
    publish(EVENT_ERROR, "b", "not mine");
    turn();
    clients[1].scope = "a";
    join(1, "dags", id);
    turn();
    text = look(1);
    assert_null(strstr(text, "snapshot"));
    assert_non_null(strstr(text, "\"mine\""));
    assert_null(strstr(text, "not mine"));
    finish();
}

static void a_client_whose_rights_went_is_ended(void **unused)
{
    (void)unused;

    begin(0);
    for (size_t i = 0; i < 3; i++)
        join(i, "dags", NULL);
    turn();
    clients[0].is_revoked = true;
    turn();
    assert_false(clients[0].has_ended);
    event_hub_recheck(hub);
    turn();
    assert_true(clients[0].has_ended);
    assert_non_null(strstr(look(0), "event: bye\ndata: {\"reason\":\"revoked\"}\n\n"));
    /* without being told: after 30 seconds */
    clients[1].is_revoked = true;
    clock_virtual_advance(&test_clock, 29 * SECOND_US);
    turn();
    assert_false(clients[1].has_ended);
    clock_virtual_advance(&test_clock, 2 * SECOND_US);
    turn();
    assert_true(clients[1].has_ended);
    assert_false(clients[2].has_ended);
    /* between being let in and the first turn */
    clients[4].is_revoked = true;
    join(4, "dags", NULL);
    turn();
    assert_true(clients[4].has_ended);
    assert_null(strstr(look(4), "snapshot"));
    finish();
}

static void errors_of_a_node_become_one_with_a_count(void **unused)
{
    (void)unused;
    const char *text;

    begin(0);
    join(0, "dags", NULL);
    turn();
    look(0);
    for (int i = 0; i < 5000; i++)
        publish(EVENT_ERROR, "a", i == 4999 ? "the last" : "one before");
    publish(EVENT_ERROR, "b", "another");
    turn();
    text = look(0);
    assert_int_equal(times(text, "event: error\n"), 2);
    assert_non_null(
        strstr(text, "\"dag\":\"a\",\"node\":\"n\",\"message\":\"the last\",\"count\":5000}"));
    assert_null(strstr(text, "lagged"));
    finish();
}

static void news_that_find_no_room_are_told_as_missed(void **unused)
{
    (void)unused;
    struct event_hub_counters counters;
    const char *text;
    char id[32];

    begin(0);
    join(0, "dags", NULL);
    turn();
    last_id(look(0), id);
    for (int i = 0; i < 1200; i++)
        publish(EVENT_STATE, "a", "running");
    turn();
    text = look(0);
    assert_non_null(strstr(text, "event: lagged"));
    assert_int_equal(times(text, "event: snapshot\n"), 1);
    event_hub_counters(hub, &counters);
    assert_int_equal(counters.overflowed, 200);
    join(1, "dags", id); /* what it would go on with isn't whole */
    turn();
    assert_int_equal(times(look(1), "event: snapshot\n"), 1);
    finish();
}

static void the_log_begins_with_its_last_lines(void **unused)
{
    (void)unused;
    const char *text;

    begin(0);
    line_count = 300;
    join(0, "log", NULL);
    turn();
    text = look(0);
    assert_non_null(strstr(text, "{\"topic\":\"log\",\"data\":[{\"message\":\"line 101\"},{"));
    assert_non_null(strstr(text, ",{\"message\":\"line 300\"}]}\n\n"));
    line_count = 301;
    turn();
    assert_non_null(strstr(look(0), "event: log\ndata: {\"message\":\"line 301\"}\n\n"));
    line_count += 1100;
    publish(EVENT_STATE, "a", "running"); /* isn't held up by them */
    join(1, "dags,log", NULL);
    turn();
    text = look(0);
    assert_int_equal(times(text, "event: log\n"), 1001);
    assert_non_null(strstr(text, "\"message\":\"100 lines were too many for the live log\"}"));
    assert_null(strstr(text, "lagged"));
    finish();
}

static void a_server_that_stops_says_bye(void **unused)
{
    (void)unused;

    begin(0);
    join(0, "dags", NULL);
    turn();
    look(0);
    event_hub_stop(hub);
    join(1, "dags", NULL);
    turn();
    for (size_t i = 0; i < 2; i++) {
        assert_true(clients[i].has_ended);
        assert_string_equal(look(i), "event: bye\ndata: {\"reason\":\"stopping\"}\n\n");
    }
    finish();
}

static void a_client_that_went_is_forgotten(void **unused)
{
    (void)unused;
    struct event_hub_counters counters;

    begin(0);
    join(0, "dags,dag:a", NULL);
    turn();
    event_hub_counters(hub, &counters);
    assert_int_equal(counters.topics, 4);
    clients[0].options.closed(clients[0].options.context);
    turn();
    assert_true(clients[0].has_ended);
    clock_virtual_advance(&test_clock, 301 * SECOND_US); /* so long it could have come back */
    turn();
    event_hub_counters(hub, &counters);
    assert_int_equal(counters.clients, 0);
    assert_int_equal(counters.topics, 3);
    finish();
}

static void topics_are_checked(void **unused)
{
    (void)unused;
    static const struct {
        const char *topics;
        bool is_good;
    } cases[] = {
        {"dags", true},        {"dags,dag:a_1,cluster,log", true},
        {"", false},           {"dags,", false},
        {"dag:", false},       {"dag:a b", false},
        {"DAGS", false},       {"dags,,log", false},
        {"dag:a/../b", false},
    };
    struct dag_buffer many = {0};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_error err = {0};

        assert_int_equal(event_topics_each(cases[i].topics, NULL, NULL, &err), cases[i].is_good);
        assert_int_equal(err.message[0] == '\0', cases[i].is_good);
    }
    for (int i = 0; i < EVENT_TOPICS_MAX + 1; i++)
        assert_true(put(&many, "%sdag:a%d", i ? "," : "", i));
    assert_true(dag_buffer_append(&many, "", 1));
    assert_false(event_topics_each(many.bytes, NULL, NULL, &(struct dag_error){0}));
    dag_buffer_free(&many);
}

/* ---- with the hub's own thread ---- */

static void *publish_many(void *context)
{
    const char *dag = context;
    char text[16];

    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof(text), "%s%d", dag, i);
        publish(EVENT_STATE, dag, text);
    }
    return NULL;
}

static size_t events_of(size_t i)
{
    size_t count;

    pthread_mutex_lock(&lock);
    count = clients[i].text.bytes ? times(clients[i].text.bytes, "event: state\n") : 0;
    pthread_mutex_unlock(&lock);
    return count;
}

static void news_of_many_threads_reach_everybody(void **unused)
{
    (void)unused;
    static char names[3][2] = {"a", "b", "c"};
    pthread_t threads[3];
    struct dag_error err = {0};
    int64_t until = clock_system()->monotonic_us(clock_system()) + 20 * SECOND_US;
    bool has_all = false;

    memset(clients, 0, sizeof(clients));
    hub = event_hub_new(&(struct event_hub_options){.send = fake_send, .end = fake_end}, &err);
    assert_non_null(hub);
    for (size_t i = 0; i < 4; i++)
        join(i, "dags", NULL);
    for (;;) { /* until all of them have begun */
        struct event_hub_counters counters;

        event_hub_counters(hub, &counters);
        if (counters.clients == 4)
            break;
        assert_true(clock_system()->monotonic_us(clock_system()) < until);
        sched_yield();
    }
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, publish_many, names[i]), 0);
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    while (!has_all && clock_system()->monotonic_us(clock_system()) < until) {
        has_all = true;
        for (size_t i = 0; i < 4; i++)
            has_all = has_all && events_of(i) == 600;
        sched_yield();
    }
    assert_true(has_all);
    event_hub_stop(hub);
    for (;;) {
        struct event_hub_counters counters;

        event_hub_counters(hub, &counters);
        if (counters.clients == 0)
            break;
        assert_true(clock_system()->monotonic_us(clock_system()) < until);
        sched_yield();
    }
    event_hub_free(hub);
    for (size_t i = 0; i < 4; i++) {
        assert_true(clients[i].has_ended);
        dag_buffer_free(&clients[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_begins_with_a_snapshot_of_each_topic),
        cmocka_unit_test(counters_are_rendered_once_for_all),
        cmocka_unit_test(an_event_goes_once_to_whoever_watches_its_topic),
        cmocka_unit_test(ids_rise_from_event_to_event),
        cmocka_unit_test(a_client_goes_on_behind_its_last_event),
        cmocka_unit_test(a_client_that_was_away_too_long_gets_a_snapshot),
        cmocka_unit_test(counters_of_a_slow_client_become_one),
        cmocka_unit_test(a_client_that_missed_events_is_told_and_gets_a_snapshot),
        cmocka_unit_test(a_stuck_client_costs_the_others_nothing),
        cmocka_unit_test(a_scope_hides_the_other_dags),
        cmocka_unit_test(a_resumed_client_sees_its_scope_only),
        cmocka_unit_test(a_client_whose_rights_went_is_ended),
        cmocka_unit_test(errors_of_a_node_become_one_with_a_count),
        cmocka_unit_test(news_that_find_no_room_are_told_as_missed),
        cmocka_unit_test(the_log_begins_with_its_last_lines),
        cmocka_unit_test(a_server_that_stops_says_bye),
        cmocka_unit_test(a_client_that_went_is_forgotten),
        cmocka_unit_test(topics_are_checked),
        cmocka_unit_test(news_of_many_threads_reach_everybody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
