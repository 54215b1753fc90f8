/* test_show_server.c - what a server that really runs shows: revisions, layouts, itself, a list
 * that is up to date at once, samples by themselves; and no secret anywhere. */
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

#include "core/tree.h"
#include "server/show_schemas.h"
#include "support/json_schema.h"
#include "support/prometheus.h"
#include "support/server_fixture.h"

#define SECRET "swordfish"
#define BEATS(message)                                                                             \
    "{'name':'beats',\n'subscribers':[{'name':'in','config':{'source':'metronome',"                \
    "'interval':0.01,'message':'" message "','token':'${secret:T}'}}],\n"                          \
    "'publishers':[{'name':'out','config':{'destination':'mem://topic/beats'}}],\n"                \
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},\n"                      \
    "{'name':'write','type':'PublicationNode','publishers':['out']}],\n"                           \
    "'edges':[{'from_node':'read','to_node':'write'}]}\n"

struct reply {
    struct dag_buffer text;
    struct tree_document *document;
    const struct tree *root;
};

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
    assert_null(memmem(text.bytes, text.size, SECRET, strlen(SECRET)));
    return reply;
}

static void reply_free(struct reply *reply)
{
    dag_buffer_free(&reply->text);
    tree_document_free(reply->document);
}

static const char *secret(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "T") == 0 ? SECRET : NULL;
}

static void begin(struct server_fixture *fixture)
{
    struct answer answer = {0};

    server_fixture_init(fixture);
    server_fixture_begin(fixture, &(struct server_options){.secret = secret});
    if (!server_fixture_create(fixture, BEATS("one"), true, &answer))
        fail_msg("%s", answer.detail);
    answer_deinit(&answer);
    assert_true(server_fixture_reaches(fixture, "beats", "running"));
}

static void end(struct server_fixture *fixture)
{
    server_fixture_end(fixture);
    server_fixture_deinit(fixture);
}

typedef bool write_reply(struct server *server, const char *dag, struct dag_buffer *out,
                         struct answer *answer);

static struct reply ask(struct server_fixture *fixture, write_reply *write, const char *schema)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (!write(fixture->server, "beats", &out, &answer))
        fail_msg("%s", answer.detail);
    answer_deinit(&answer);
    return reply_of(out, schema);
}

static bool write_second_revision(struct server *server, const char *dag, struct dag_buffer *out,
                                  struct answer *answer)
{
    return server_write_revision(server, dag, 2, true, out, answer);
}

static void shows_who_changed_what(void **unused)
{
    (void)unused;
    struct server_fixture fixture;
    struct answer answer = {0};

    begin(&fixture);
    assert_true(server_fixture_update(&fixture, "beats", BEATS("two"), &answer));
    struct reply reply = ask(&fixture, server_write_revisions, "Revisions");
    const struct tree *items = tree_get(reply.root, "items");
    assert_int_equal(items->count, 2);
    assert_string_equal(tree_get(items->child, "revision")->text, "2");
    reply_free(&reply);
    reply = ask(&fixture, write_second_revision, "Revision");
    assert_non_null(strstr(tree_get(reply.root, "text")->text, "${secret:T}"));
    assert_non_null(strstr(tree_get(reply.root, "diff")->text, "\n+"));
    assert_string_equal(tree_get(reply.root, "before")->text, "1");
    reply_free(&reply);
    struct dag_buffer out = {0};
    assert_false(server_write_revision(fixture.server, "beats", 9, true, &out, &answer));
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
    answer_deinit(&answer);
    end(&fixture);
}

static void keeps_layouts_that_are_objects(void **unused)
{
    (void)unused;
    static const char *const refused[] = {"", "[1]", "{\"a\":", "7"};
    struct server_fixture fixture;
    struct answer answer = {0};

    begin(&fixture);
    struct reply reply = ask(&fixture, server_write_layout, NULL);
    assert_int_equal(reply.root->count, 0);
    reply_free(&reply);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_false(
            server_put_layout(fixture.server, "beats", refused[i], strlen(refused[i]), &answer));
        assert_int_equal(answer.kind, ANSWER_BAD);
    }
    static const char layout[] = "{\"read\":[1,2]}";
    assert_true(server_put_layout(fixture.server, "beats", layout, strlen(layout), &answer));
    reply = ask(&fixture, server_write_layout, NULL);
    assert_int_equal(tree_get(reply.root, "read")->count, 2);
    reply_free(&reply);
    assert_false(server_put_layout(fixture.server, "nobody", layout, strlen(layout), &answer));
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
    answer_deinit(&answer);
    end(&fixture);
}

static void shows_itself(void **unused)
{
    (void)unused;
    struct server_fixture fixture;
    struct dag_buffer out = {0};
    const struct server_part part = {"tls", false, "the certificate has expired"};
    const struct server_limit limit = {"message_size", 16};
    const struct server_more more = {"backup", &part, 1, &limit, 1};

    begin(&fixture);
    assert_true(server_write_server(fixture.server, &more, &out));
    struct reply reply = reply_of(out, "Server");
    assert_string_equal(tree_get(reply.root, "name")->text, "backup");
    assert_int_equal(tree_get(reply.root, "is_well")->integer, false);
    assert_int_equal(tree_get(tree_get(reply.root, "dags"), "running")->integer, 1);
    assert_int_equal(tree_get(tree_get(reply.root, "limits"), "message_size")->integer, 16);
    reply_free(&reply);
    out = (struct dag_buffer){0};
    assert_true(server_write_server(fixture.server, NULL, &out));
    reply = reply_of(out, "Server");
    assert_int_equal(tree_get(reply.root, "is_well")->integer, true);
    reply_free(&reply);
    end(&fixture);
}

/* Until a sample says that messages come. */
static double wait_for_rate(struct server_fixture *fixture)
{
    time_t end = time(NULL) + 20;
    double rate = 0;

    while (rate <= 0 && time(NULL) < end) {
        struct dag_buffer out = {0};
        struct answer answer = {0};
        assert_true(
            server_write_list(fixture->server, &(struct server_list){.limit = 5}, &out, &answer));
        struct reply reply = reply_of(out, "Dags");
        const struct tree *item = tree_get(reply.root, "items")->child;
        const struct tree *in_rate = tree_get(item, "in_rate");
        assert_string_equal(tree_get(item, "name")->text, "beats");
        rate = in_rate->real;
        reply_free(&reply);
        sched_yield();
    }
    return rate;
}

static void samples_by_itself_and_holds_no_secret(void **unused)
{
    (void)unused;
    struct server_fixture fixture;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    struct prometheus page;

    begin(&fixture);
    assert_true(wait_for_rate(&fixture) > 0);
    assert_true(server_tick(fixture.server) > 0);
    struct reply reply = ask(&fixture, server_write_details, "Details");
    reply_free(&reply);
    reply = ask(&fixture, server_write_state, "State");
    assert_string_equal(tree_get(reply.root, "state")->text, "running");
    reply_free(&reply);
    reply = ask(&fixture, server_write_why, "Why");
    assert_string_equal(tree_get(reply.root, "dag")->text, "beats");
    reply_free(&reply);
    assert_true(server_write_live(fixture.server, "beats", 0, &out, &answer));
    reply = reply_of(out, NULL);
    assert_int_equal(tree_get(reply.root, "nodes")->count, 2);
    reply_free(&reply);
    out = (struct dag_buffer){0};
    assert_true(server_write_definition(fixture.server, "beats", true, NULL, &out, &answer));
    reply = reply_of(out, NULL);
    reply_free(&reply);
    out = (struct dag_buffer){0};
    assert_true(server_write_metrics(fixture.server, &out));
    assert_null(memmem(out.bytes, out.size, SECRET, strlen(SECRET)));
    prometheus_init(&page, &out);
    assert_true(prometheus_has(&page, "dagd_dag_state{dag=\"beats\",state=\"running\"} 1"));
    assert_true(prometheus_value(&page, "dagd_dag_journal_bytes{dag=\"beats\"}") >= 0);
    prometheus_deinit(&page);
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_who_changed_what),
        cmocka_unit_test(keeps_layouts_that_are_objects),
        cmocka_unit_test(shows_itself),
        cmocka_unit_test(samples_by_itself_and_holds_no_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
