/* test_clone.c - clones: names, windows, overrides of any key, and those that a schedule makes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"
#include "server/server_parts.h"
#include "support/server_fixture.h"

#define ORIGINAL                                                                                   \
    "{'name': 'base', 'start_time': '0900', 'duration': '8h', 'subscribers': [{'name': 'in', "     \
    "'config': {'source': 'file://@/a', 'follow': true}}], 'nodes': [{'name': 'r', 'type': "       \
    "'SubscriptionNode', 'subscriber': 'in'}]}"

#define BUSY                                                                                       \
    "{'name': 'busy', 'autoclone': {'ramp_up_time': '0000', 'duration': '24h', 'ramp_count': 1}, " \
    "'nodes': [{'name': 'tick', 'type': 'MetronomeNode', 'config': {'interval': 3600}}]}"

static int set_up(void **state)
{
    struct server_fixture *fixture = malloc(sizeof(*fixture));

    assert_non_null(fixture);
    server_fixture_init(fixture);
    server_fixture_begin(fixture, NULL);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    server_fixture_deinit(*state);
    free(*state);
    return 0;
}

static void create(struct server_fixture *fixture, const char *text, bool start)
{
    struct answer answer;

    if (!server_fixture_create(fixture, text, start, &answer))
        fail_msg("%s", answer.detail);
    answer_deinit(&answer);
}

/* The clone's definition, or the answer's detail behind "!". The caller frees it. */
static char *clone_of(struct server_fixture *fixture, const struct server_clone *how,
                      const char *overrides, char *name)
{
    const struct server_who who = {.user = "tester"};
    struct tree_document *document = tree_document_new();
    struct server_clone own = *how;
    struct dag_buffer text = {0};
    struct answer answer = {0};
    struct dag_error err = {0};
    char *result = NULL;

    assert_non_null(document);
    if (overrides)
        own.overrides = tree_parse(document, overrides, strlen(overrides), 64, NULL, NULL, &err);
    if (server_clone(fixture->server, "base", &who, &own, name, &text, &answer))
        result = text_copy(text.bytes, text.size);
    else
        assert_true(asprintf(&result, "!%s", answer.detail) > 0);
    answer_deinit(&answer);
    dag_buffer_free(&text);
    tree_document_free(document);
    return result;
}

static void any_key_can_be_overridden(void **state)
{
    struct server_fixture *fixture = *state;
    static const struct {
        const char *overrides, *part;
    } cases[] = {
        {"{\"in.follow\": false}", "\"follow\": false"},
        {"{\"subscriber:in.max_depth\": 5}", "\"max_depth\": 5"},
        {"{\"/subscribers/0/config/follow\": \"${F:false}\"}", "\"follow\": \"${F:false}\""},
        {"{\"memory_limit\": \"64MiB\"}", "\"memory_limit\": \"64MiB\""},
        {"{\"start_time\": \"1000\"}", "\"start_time\": \"1000\""},
        {"{\"out.topic\": 1}", "!override 'out.topic': nothing is named 'out'"},
        {"{\"in.folow\": 1}", "did you mean 'follow'?"},
        {"{\"/name\": \"x\"}", "!override '/name': the clone is named by 'name' alone"},
        {"{\"/nodes/7/x\": 1}", "!override '/nodes/7/x': nothing stands at '/nodes/7'"},
    };

    create(fixture, ORIGINAL, false);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct server_clone how = {.name = "c", .dry_run = true};
        char *text = clone_of(fixture, &how, cases[i].overrides, NULL);

        if (!strstr(text, cases[i].part))
            fail_msg("%s: %s", cases[i].overrides, text);
        free(text);
        assert_null(entry_find(fixture->server, "c", NULL)); /* it was a trial */
    }
}

static void a_name_that_is_taken_is_refused_or_counted_on(void **state)
{
    struct server_fixture *fixture = *state;
    char first[NAME_SIZE_MAX + 1], second[NAME_SIZE_MAX + 1];

    create(fixture, ORIGINAL, false);
    free(clone_of(fixture, &(struct server_clone){.start = true}, NULL, first));
    free(clone_of(fixture, &(struct server_clone){0}, NULL, second));
    assert_string_not_equal(first, second);
    assert_string_not_equal(server_fixture_state(fixture, first), "stopped");
    assert_string_equal(server_fixture_state(fixture, second), "stopped");
    char *text = clone_of(fixture, &(struct server_clone){.name = "base"}, NULL, NULL);
    assert_string_equal(text, "!DAG with name base already exists");
    free(text);
}

static void an_end_goes_before_the_original_duration(void **state)
{
    struct server_fixture *fixture = *state;

    create(fixture, ORIGINAL, false);
    char *text =
        clone_of(fixture, &(struct server_clone){.name = "c", .end_time = "1800"}, NULL, NULL);
    assert_non_null(strstr(text, "\"end_time\": \"1800\""));
    assert_null(strstr(text, "duration"));
    free(text);
}

/* ---- by schedule ---- */

static void look_now(struct server_fixture *fixture, const char *dag)
{
    struct entry *entry = entry_find(fixture->server, dag, NULL);

    assert_non_null(entry);
    assert_true(server_wait(fixture->server, dag, SERVER_FIXTURE_PATIENCE_US));
    entry->clones_due_us = 0;
    atomic_store(&entry->is_autoclone_due, true);
    control_ask(entry);
    entry_release(entry);
}

/* The name of a clone of "busy" while `is_wanted`; waits until there is one, or none. */
static char *find_clone(struct server_fixture *fixture, bool is_wanted)
{
    int64_t end = clock_system()->monotonic_us(clock_system()) + SERVER_FIXTURE_PATIENCE_US;
    char *found = NULL;

    do {
        size_t count;
        char **names = server_names(fixture->server, &count);

        free(found);
        found = NULL;
        for (size_t i = 0; i < count; i++)
            if (!found && strncmp(names[i], "busy_", 5) == 0)
                found = strdup(names[i]);
        free(names);
        sched_yield();
    } while ((found != NULL) != is_wanted && clock_system()->monotonic_us(clock_system()) < end);
    return found;
}

static void a_schedule_adds_clones_and_takes_them_back(void **state)
{
    struct server_fixture *fixture = *state;
    struct dag_buffer text = {0};
    uint64_t revision;

    create(fixture, BUSY, true);
    assert_string_equal(server_fixture_state(fixture, "busy"), "running");
    look_now(fixture, "busy");
    char *name = find_clone(fixture, true);
    assert_non_null(name);
    assert_string_equal(server_fixture_state(fixture, name), "running");
    struct entry *entry = entry_find(fixture->server, name, NULL);
    assert_true(entry_text(entry, &text, &revision) && dag_buffer_append(&text, "", 1));
    assert_non_null(strstr(text.bytes, "\"_autoclone_of\": \"busy\""));
    assert_null(strstr(text.bytes, "\"autoclone\""));
    struct entry_status status;
    entry_status(entry, &status);
    assert_true(status.is_clone);
    entry_release(entry);
    dag_buffer_free(&text);
    free(name);

    assert_true(server_fixture_act(fixture, "busy", SERVER_STOP));
    look_now(fixture, "busy");
    name = find_clone(fixture, false);
    bool is_gone = !name;
    free(name);
    assert_true(is_gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_key_can_be_overridden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_that_is_taken_is_refused_or_counted_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_end_goes_before_the_original_duration, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_schedule_adds_clones_and_takes_them_back, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
