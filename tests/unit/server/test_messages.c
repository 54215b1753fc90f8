/* test_messages.c - messages published to a server's DAGs, steps, cycles of the journal, dead
 * letters and taps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/tree.h"
#include "support/server_fixture.h"

#define GRAPH                                                                                      \
    "'publishers':[{'name':'out','config':{'destination':'file://@/out'}}],"                       \
    "'calculators':[{'name':'sum','type':'AdditionCalculator',"                                    \
    "'config':{'arguments':['a','b'],'output_attribute':'c'}}],"                                   \
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'},"                        \
    "{'name':'add','type':'CalculationNode','calculator':'sum'},"                                  \
    "{'name':'write','type':'PublicationNode','publishers':['out']}],"                             \
    "'edges':[{'from_node':'read','to_node':'add'},{'from_node':'add','to_node':'write'}]}"

#define FROM_QUEUE(name, options, more)                                                            \
    "{'name':'" name "'," more "'subscribers':[{'name':'in','config':"                             \
    "{'source':'mem://queue/messages_" name "'" options "}}]," GRAPH
#define FROM_FILE(name)                                                                            \
    "{'name':'" name "','subscribers':[{'name':'in','config':"                                     \
    "{'source':'file://@/in','follow':false}}]," GRAPH

static struct server_fixture fixture;

static int begin(void **unused)
{
    (void)unused;
    server_fixture_init(&fixture);
    server_fixture_begin(&fixture, NULL);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    server_fixture_end(&fixture);
    server_fixture_deinit(&fixture);
    return 0;
}

static void create(const char *text, bool start, const char *dag, const char *state)
{
    struct answer answer;

    if (!server_fixture_create(&fixture, text, start, &answer))
        fail_msg("%s: %s", answer.code, answer.detail);
    answer_deinit(&answer);
    assert_true(server_fixture_reaches(&fixture, dag, state));
}

/* ---- publishing ---- */

struct outcome {
    pthread_mutex_t lock;
    pthread_cond_t told;
    unsigned count;
    enum answer_kind kind;
    char code[48], detail[600];
    size_t accepted;
    bool is_safe;
};

static void note(void *context, const struct answer *answer, size_t accepted, bool is_safe,
                 uint64_t sequence)
{
    struct outcome *outcome = context;

    (void)sequence;
    pthread_mutex_lock(&outcome->lock);
    outcome->count++;
    outcome->kind = answer->kind;
    memcpy(outcome->code, answer->code, sizeof(outcome->code));
    memcpy(outcome->detail, answer->detail, sizeof(outcome->detail));
    outcome->accepted = accepted;
    outcome->is_safe = is_safe;
    pthread_cond_signal(&outcome->told);
    pthread_mutex_unlock(&outcome->lock);
}

static struct outcome publish(const char *dag, const char *subscriber, bool inject,
                              const char *const *texts)
{
    struct outcome outcome = {.lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER};
    struct dag_text messages[8];
    size_t count = 0;

    for (; texts[count]; count++)
        messages[count] = (struct dag_text){texts[count], strlen(texts[count])};
    server_publish(fixture.server, dag, subscriber,
                   &(struct server_publish){.messages = messages, .count = count, .inject = inject},
                   note, &outcome);
    pthread_mutex_lock(&outcome.lock);
    while (outcome.count == 0)
        pthread_cond_wait(&outcome.told, &outcome.lock);
    pthread_mutex_unlock(&outcome.lock);
    assert_int_equal(outcome.count, 1);
    return outcome;
}

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* What has come out so far, NUL-terminated; lives until the next call. */
static const char *output(void)
{
    static char text[4096];
    char path[128];

    snprintf(path, sizeof(path), "%s/out", fixture.folder);
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    text[size] = '\0';
    if (file)
        fclose(file);
    return text;
}

/* Lets the others work between two looks. */
static bool is_late(time_t deadline)
{
    sched_yield();
    return time(NULL) > deadline;
}

static void comes_out(const char *text)
{
    time_t deadline = time(NULL) + 20;

    while (!strstr(output(), text))
        if (is_late(deadline))
            fail_msg("'%s' isn't in '%s'", text, output());
}

static void messages_go_to_the_source(void **unused)
{
    (void)unused;
    create(FROM_QUEUE("a", "", ""), true, "a", "running");
    struct outcome outcome =
        publish("a", "in", false, TEXTS("{\"a\":1,\"b\":2}", "{\"a\":5,\"b\":5}"));
    assert_int_equal(outcome.kind, ANSWER_OK);
    assert_int_equal(outcome.accepted, 2);
    comes_out("\"c\":3");
    comes_out("\"c\":10");
}

static void what_cant_be_published_is_refused_and_says_why(void **unused)
{
    static const struct {
        const char *dag, *subscriber, *code;
        enum answer_kind kind;
    } cases[] = {
        {"none", "in", "dag_not_found", ANSWER_NOT_FOUND},
        {"q", "none", "subscriber_not_found", ANSWER_NOT_FOUND},
        {"f", "in", "not_publishable", ANSWER_BAD},
    };

    (void)unused;
    create(FROM_QUEUE("q", "", ""), false, "q", "stopped");
    create(FROM_FILE("f"), false, "f", "stopped");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome outcome = publish(cases[i].dag, cases[i].subscriber, false, TEXTS("{}"));

        assert_int_equal(outcome.kind, cases[i].kind);
        assert_string_equal(outcome.code, cases[i].code);
        assert_int_equal(outcome.accepted, 0);
    }
    struct outcome outcome = publish("f", "in", false, TEXTS("{}"));
    assert_string_equal(outcome.detail, "Subscriber type does not support publishing");
}

static void a_batch_is_taken_up_to_what_is_wrong(void **unused)
{
    (void)unused;
    create(FROM_QUEUE("b", ",'max_size':3", ""), false, "b", "stopped");
    struct outcome outcome = publish("b", "in", false, TEXTS("{\"a\":1}", "{\"a\":", "{\"a\":2}"));
    assert_int_equal(outcome.kind, ANSWER_BAD);
    assert_string_equal(outcome.code, "message_not_json");
    assert_int_equal(outcome.accepted, 1);
    outcome = publish("b", "in", false, TEXTS("{}", "{}", "{}", "{}"));
    assert_int_equal(outcome.kind, ANSWER_FULL);
    assert_int_equal(outcome.accepted, 2);
}

/* ---- steps ---- */

static void a_step_shows_everything_and_changes_nothing(void **unused)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};
    const char message[] = "{\"a\":20,\"b\":22}";

    (void)unused;
    create(FROM_QUEUE("s", "", ""), true, "s", "running");
    if (!server_step(fixture.server, "s", "in", message, strlen(message), &out, &answer))
        fail_msg("%s", answer.detail);
    assert_true(dag_buffer_append(&out, "", 1));
    assert_non_null(strstr(out.bytes, "\"c\":42"));
    assert_string_equal(output(), "");
    assert_false(server_step(fixture.server, "s", "none", "{}", 2, &out, &answer));
    assert_string_equal(answer.code, "subscriber_not_found");
    dag_buffer_free(&out);
}

/* ---- cycles ---- */

/* Waits, since the journal is behind. */
static const char *cycle_of(const char *dag, uint64_t cycle)
{
    static char text[4096];
    time_t deadline = time(NULL) + 20;

    for (;;) {
        struct dag_buffer out = {0};
        struct answer answer = {0};
        bool done = server_write_cycle(fixture.server, dag, cycle, &out, &answer);

        snprintf(text, sizeof(text), "%.*s", (int)out.size, out.bytes ? out.bytes : "");
        dag_buffer_free(&out);
        if (done)
            return text;
        if (is_late(deadline))
            fail_msg("%s: %s", answer.code, answer.detail);
    }
}

static void the_journal_shows_a_cycle(void **unused)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};

    (void)unused;
    create(FROM_QUEUE("j", "", "'journal':{'depth':'events','sync':'interval'},"), true, "j",
           "running");
    (void)publish("j", "in", false, TEXTS("{\"a\":1,\"b\":2}", "{\"a\":3,\"b\":4}"));
    comes_out("\"c\":7");
    const char *shown = cycle_of("j", 2);
    assert_non_null(strstr(shown, "\"cycle\": \"2\""));
    assert_non_null(strstr(shown, "\"node\": \"read\""));
    assert_non_null(strstr(shown, "\"subscriber\": \"in\""));
    assert_non_null(strstr(shown, "{\"a\":3,\"b\":4}"));
    assert_false(server_write_cycle(fixture.server, "j", 99999, &out, &answer));
    assert_string_equal(answer.code, "cycle_not_kept");
    create(FROM_QUEUE("n", "", ""), true, "n", "running");
    assert_false(server_write_cycle(fixture.server, "n", 1, &out, &answer));
    assert_string_equal(answer.code, "no_journal");
    assert_int_equal(out.size, 0);
}

/* ---- dead letters ---- */

static size_t letters_of(const char *dag, size_t limit, const char *cursor, char *ids, size_t size,
                         char *next)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};
    struct dag_error err = {0};
    struct tree_document *document = tree_document_new();

    if (!server_write_dead_letters(fixture.server, dag, limit, cursor, &out, &answer))
        fail_msg("%s: %s", answer.code, answer.detail);
    const struct tree *root = tree_parse(document, out.bytes, out.size, 30, NULL, NULL, &err);
    assert_non_null(root);
    ids[0] = '\0';
    for (const struct tree *i = tree_get(root, "items")->child; i; i = i->next)
        assert_true(tree_get(i, "error")->text_size > 0 && tree_get(i, "cause") &&
                    tree_get(i, "cycle")->integer > 0);
    for (const struct tree *i = tree_get(root, "items")->child; i; i = i->next)
        snprintf(ids + strlen(ids), size - strlen(ids), "%s%s", ids[0] ? "," : "",
                 tree_get(i, "id")->text);
    const struct tree *cursor_next = tree_get(root, "next_cursor");
    snprintf(next, 24, "%s", cursor_next->type == TREE_TEXT ? cursor_next->text : "");
    size_t total = (size_t)tree_get(root, "total")->integer;
    tree_document_free(document);
    dag_buffer_free(&out);
    return total;
}

static size_t count_letters(const char *dag)
{
    char ids[200], next[24];

    return letters_of(dag, 100, NULL, ids, sizeof(ids), next);
}

static void wait_for_letters(const char *dag, size_t count)
{
    time_t deadline = time(NULL) + 20;

    while (count_letters(dag) != count)
        if (is_late(deadline))
            fail_msg("%zu dead letters, not %zu", count_letters(dag), count);
}

/* Cycles 1 and 3: no messages; cycle 4: an overflow in a node. */
static void make_letters(const char *text, const char *dag)
{
    (void)server_fixture_write(&fixture, "in",
                               "{\"a\"\n{\"a\":1,\"b\":1}\nnull\n"
                               "{\"a\":9223372036854775807,\"b\":1}\n");
    create(text, true, dag, "ended");
    wait_for_letters(dag, 3);
}

static void dead_letters_are_listed_and_discarded(void **unused)
{
    char ids[200], next[24];
    struct answer answer = {0};
    uint64_t count;

    (void)unused;
    make_letters(FROM_FILE("d"), "d");
    assert_int_equal(letters_of("d", 2, NULL, ids, sizeof(ids), next), 3);
    assert_string_equal(ids, "4,3");
    assert_string_equal(next, "3");
    assert_int_equal(letters_of("d", 2, next, ids, sizeof(ids), next), 3);
    assert_string_equal(ids, "1");
    assert_string_equal(next, "");

    assert_false(server_discard_dead_letters(fixture.server, "d", "4,17", &count, &answer));
    assert_string_equal(answer.code, "dead_letter_not_found");
    assert_int_equal(count_letters("d"), 3);
    assert_true(server_discard_dead_letters(fixture.server, "d", "4,1", &count, &answer));
    assert_int_equal(count, 2);
    assert_int_equal(count_letters("d"), 1);
    assert_false(server_discard_dead_letters(fixture.server, "d", "4", &count, &answer));
    assert_true(server_discard_dead_letters(fixture.server, "d", "all", &count, &answer));
    assert_int_equal(count, 1);
    assert_int_equal(count_letters("d"), 0);
}

static void a_letter_that_is_no_message_isnt_fed_in(void **unused)
{
    struct answer answer = {0};
    uint64_t count;

    (void)unused;
    make_letters(FROM_FILE("r"), "r");
    assert_false(server_redrive_dead_letters(fixture.server, "r", "4", &count, &answer));
    assert_string_equal(answer.code, "cannot_redrive");
    assert_int_equal(count, 0);
    assert_int_equal(count_letters("r"), 3);
}

#define SMALL(calculator, delivery)                                                                \
    "{'name':'x'," delivery                                                                        \
    "'subscribers':[{'name':'in','config':{'source':'mem://queue/messages_x'}}],"                  \
    "'publishers':[{'name':'out','config':{'destination':'file://@/out'}}],"                       \
    "'calculators':[{'name':'sum','type':'AdditionCalculator',"                                    \
    "'config':{'arguments':['a','b'],'output_attribute':'c'}}],"                                   \
    "'nodes':[{'name':'read','type':'SubscriptionNode','subscriber':'in'" calculator "},"          \
    "{'name':'write','type':'PublicationNode','publishers':['out']}],"                             \
    "'edges':[{'from_node':'read','to_node':'write'}]}"

/* What failed in the node that reads them is fed in when the definition is mended. */
static void letters_are_fed_in_again_and_marked(void **unused)
{
    time_t deadline = time(NULL) + 20;
    struct answer answer;
    uint64_t count;

    (void)unused;
    create(SMALL(",'calculator':'sum'", "'journal':{'depth':'events'},'ack':'journal',"), true, "x",
           "running");
    (void)publish("x", "in", false,
                  TEXTS("{\"a\":9223372036854775807,\"b\":1}", "{\"a\":1,\"b\":1}"));
    wait_for_letters("x", 1);
    if (!server_fixture_update(&fixture, "x",
                               SMALL("", "'journal':{'depth':'events'},'ack':'journal',"), &answer))
        fail_msg("%s", answer.detail);
    answer_deinit(&answer);
    assert_true(server_wait(fixture.server, "x", SERVER_FIXTURE_PATIENCE_US));
    while (!server_redrive_dead_letters(fixture.server, "x", "all", &count, &answer))
        if (answer.kind != ANSWER_FULL || is_late(deadline))
            fail_msg("%s: %s", answer.code, answer.detail);
    assert_int_equal(count, 1);
    assert_int_equal(count_letters("x"), 0);
    comes_out("9223372036854775807");
    assert_true(server_redrive_dead_letters(fixture.server, "x", "all", &count, &answer));
    assert_int_equal(count, 0);
}

/* ---- into the DAG ---- */

/* A DAG that is running may still be opening what it reads and writes. */
static struct outcome inject(const char *dag, const char *const *texts)
{
    time_t deadline = time(NULL) + 20;
    struct outcome outcome = publish(dag, "in", true, texts);

    while (outcome.kind == ANSWER_FULL && !is_late(deadline))
        outcome = publish(dag, "in", true, texts);
    return outcome;
}

static void messages_are_injected_and_told_safe(void **unused)
{
    (void)unused;
    create(FROM_QUEUE("i", "", "'journal':{'depth':'events','sync':'interval'},'ack':'journal',"),
           true, "i", "running");
    struct outcome outcome = inject("i", TEXTS("{\"a\":1,\"b\":2}", "{\"a\":3,\"b\":4}"));
    assert_string_equal(outcome.detail, "");
    assert_int_equal(outcome.accepted, 2);
    assert_true(outcome.is_safe);
    comes_out("\"c\":7");

    /* without the journal they are in memory */
    create(FROM_QUEUE("m", "", ""), true, "m", "running");
    outcome = inject("m", TEXTS("{\"a\":100,\"b\":2}", "{\"a\":"));
    assert_int_equal(outcome.accepted, 1);
    assert_false(outcome.is_safe);
    assert_string_equal(outcome.code, "message_not_json");
    comes_out("\"c\":102");

    assert_true(server_fixture_act(&fixture, "m", SERVER_STOP));
    outcome = inject("m", TEXTS("{}"));
    assert_int_equal(outcome.kind, ANSWER_CONFLICT);
    assert_string_equal(outcome.code, "dag_not_running");
}

/* ---- taps ---- */

struct heard {
    pthread_mutex_t lock;
    pthread_cond_t told;
    char text[400];
};

static void hear(void *context, uint64_t cycle, int64_t time_us, const char *json, size_t size,
                 bool is_truncated)
{
    struct heard *heard = context;

    (void)cycle;
    (void)time_us;
    (void)is_truncated;
    pthread_mutex_lock(&heard->lock);
    snprintf(heard->text, sizeof(heard->text), "%.*s", (int)size, json);
    pthread_cond_signal(&heard->told);
    pthread_mutex_unlock(&heard->lock);
}

static void hears(struct heard *heard, const char *dag, const char *message, const char *part)
{
    (void)publish(dag, "in", false, TEXTS(message));
    pthread_mutex_lock(&heard->lock);
    while (!strstr(heard->text, part))
        pthread_cond_wait(&heard->told, &heard->lock);
    pthread_mutex_unlock(&heard->lock);
}

static void a_tap_hears_a_node_also_behind_a_swap(void **unused)
{
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER};
    struct server_tap *taps[DAG_TAPS_MAX];
    struct answer answer = {0};

    (void)unused;
    create(FROM_QUEUE("t", "", ""), true, "t", "running");
    assert_null(server_tap_new(fixture.server, "t", "none", true, 10, hear, &heard, &answer));
    assert_string_equal(answer.code, "node_not_found");
    for (size_t i = 0; i < DAG_TAPS_MAX; i++) {
        taps[i] = server_tap_new(fixture.server, "t", "add", true, 1000, hear, &heard, &answer);
        assert_non_null(taps[i]);
    }
    assert_null(server_tap_new(fixture.server, "t", "add", false, 10, hear, &heard, &answer));
    assert_int_equal(answer.kind, ANSWER_FULL);
    hears(&heard, "t", "{\"a\":1,\"b\":2}", "\"c\":3");
    if (!server_fixture_update(&fixture, "t", FROM_QUEUE("t", "", "'memory_limit':'64MiB',"),
                               &answer))
        fail_msg("%s", answer.detail);
    answer_deinit(&answer);
    assert_true(server_wait(fixture.server, "t", SERVER_FIXTURE_PATIENCE_US));
    hears(&heard, "t", "{\"a\":20,\"b\":22}", "\"c\":42");
    for (size_t i = 0; i < DAG_TAPS_MAX; i++)
        server_tap_free(taps[i]);
}

#define IN_SERVER(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SERVER(messages_go_to_the_source),
        IN_SERVER(what_cant_be_published_is_refused_and_says_why),
        IN_SERVER(a_batch_is_taken_up_to_what_is_wrong),
        IN_SERVER(a_step_shows_everything_and_changes_nothing),
        IN_SERVER(the_journal_shows_a_cycle),
        IN_SERVER(dead_letters_are_listed_and_discarded),
        IN_SERVER(a_letter_that_is_no_message_isnt_fed_in),
        IN_SERVER(letters_are_fed_in_again_and_marked),
        IN_SERVER(messages_are_injected_and_told_safe),
        IN_SERVER(a_tap_hears_a_node_also_behind_a_swap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
