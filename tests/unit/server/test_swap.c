/* test_swap.c - a DAG is changed while it runs, and no message is lost or comes twice. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/entry.h"
#include "support/server_fixture.h"

#define LINES 20000
#define SWAPS 8

#define COPY(more)                                                                                 \
    "{'name': 'copy', " more "'subscribers': [{'name': 'in', 'config': {'source': "                \
    "'file://@/in.jsonl', 'start': 'beginning'}}], 'publishers': [{'name': 'out', 'config': "      \
    "{'destination': 'file://@/out.jsonl'}}], 'nodes': [{'name': 'r', 'type': "                    \
    "'SubscriptionNode', 'subscriber': 'in'}, {'name': 'w', 'type': 'PublicationNode', "           \
    "'publishers': ['out']}], 'edges': [{'from_node': 'r', 'to_node': 'w'}]}"

static int set_up(void **state)
{
    struct server_fixture *fixture = malloc(sizeof(*fixture));

    assert_non_null(fixture);
    server_fixture_init(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    server_fixture_deinit(*state);
    free(*state);
    return 0;
}

static void update(struct server_fixture *fixture, const char *text)
{
    struct answer answer;

    if (!server_fixture_update(fixture, "copy", text, &answer))
        fail_msg("%s", answer.detail);
    answer_deinit(&answer);
}

/* ---- a source that grows meanwhile ---- */

struct feeder {
    char path[512];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int written, allowed; /* lines; guarded by lock */
};

/* Writes as many lines as it may. */
static void *feed(void *context)
{
    struct feeder *feeder = context;
    FILE *file = fopen(feeder->path, "ae");

    for (int i = 0; file && i < LINES; i++) {
        pthread_mutex_lock(&feeder->lock);
        feeder->written = i;
        pthread_cond_broadcast(&feeder->changed);
        while (i >= feeder->allowed) {
            pthread_mutex_unlock(&feeder->lock);
            fflush(file);
            pthread_mutex_lock(&feeder->lock);
            if (i >= feeder->allowed)
                pthread_cond_wait(&feeder->changed, &feeder->lock);
        }
        pthread_mutex_unlock(&feeder->lock);
        fprintf(file, "{\"n\": %d}\n", i);
    }
    if (file)
        fclose(file);
    return NULL;
}

static void allow(struct feeder *feeder, int lines)
{
    pthread_mutex_lock(&feeder->lock);
    feeder->allowed = lines;
    pthread_cond_broadcast(&feeder->changed);
    pthread_mutex_unlock(&feeder->lock);
}

/* How often each line came out; the count of lines in all. */
static int count_lines(const struct server_fixture *fixture, unsigned char *counts)
{
    char path[512], line[64];
    int all = 0, number;

    snprintf(path, sizeof(path), "%s/out.jsonl", fixture->folder);
    FILE *file = fopen(path, "re");
    memset(counts, 0, LINES);
    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "{\"n\": %d}", &number) == 1 || sscanf(line, "{\"n\":%d}", &number) == 1) {
            assert_in_range(number, 0, LINES - 1);
            counts[number]++;
            all++;
        }
    if (file)
        fclose(file);
    return all;
}

static void every_line_comes_once_while_the_definition_changes(void **state)
{
    struct server_fixture *fixture = *state;
    struct feeder feeder = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    unsigned char *counts = malloc(LINES);
    struct answer answer;

    assert_non_null(counts);
    snprintf(feeder.path, sizeof(feeder.path), "%s", server_fixture_write(fixture, "in.jsonl", ""));
    server_fixture_begin(fixture, NULL);
    assert_true(server_fixture_create(fixture, COPY(""), true, &answer));
    answer_deinit(&answer);
    assert_int_equal(pthread_create(&feeder.thread, NULL, feed, &feeder), 0);
    for (int i = 0; i < SWAPS; i++) {
        allow(&feeder, LINES * (i + 1) / SWAPS);
        update(fixture, i % 2 == 0 ? COPY("'memory_limit': '64MiB', ") : COPY(""));
        assert_true(server_wait(fixture->server, "copy", SERVER_FIXTURE_PATIENCE_US));
    }
    pthread_join(feeder.thread, NULL);
    struct entry *entry = entry_find(fixture->server, "copy", NULL);
    struct entry_status status;
    entry_status(entry, &status);
    entry_release(entry);
    assert_int_equal(status.state, ENTRY_RUNNING);
    assert_string_equal(status.reason, "");
    assert_int_equal(status.revision, SWAPS + 1);
    assert_int_equal(status.running_revision, SWAPS + 1);
    int64_t end = clock_system()->monotonic_us(clock_system()) + SERVER_FIXTURE_PATIENCE_US;
    while (count_lines(fixture, counts) < LINES &&
           clock_system()->monotonic_us(clock_system()) < end)
        sched_yield();
    server_fixture_end(fixture);
    assert_int_equal(count_lines(fixture, counts), LINES);
    for (int i = 0; i < LINES; i++)
        assert_int_equal(counts[i], 1);
    free(counts);
}

static void a_definition_that_cannot_start_leaves_the_old_one_running(void **state)
{
    struct server_fixture *fixture = *state;
    struct answer answer;
    struct entry_status status;

    server_fixture_write(fixture, "in.jsonl", "");
    server_fixture_begin(fixture, NULL);
    assert_true(server_fixture_create(fixture, COPY(""), true, &answer));
    answer_deinit(&answer);
    assert_string_equal(server_fixture_state(fixture, "copy"), "running");
    update(fixture, "{'name': 'copy', 'subscribers': [{'name': 'in', 'config': {'source': "
                    "'kafka://topic/t', 'bootstrap_servers': 'x:1'}}], 'nodes': [{'name': 'r', "
                    "'type': 'SubscriptionNode', 'subscriber': 'in'}]}");
    assert_string_equal(server_fixture_state(fixture, "copy"), "running");
    struct entry *entry = entry_find(fixture->server, "copy", NULL);
    entry_status(entry, &status);
    entry_release(entry);
    assert_non_null(strstr(status.reason, "revision 2 can't start"));
    assert_non_null(strstr(status.reason, "revision 1 runs on"));
    assert_int_equal(status.revision, 2);
    assert_int_equal(status.running_revision, 1);
}

static void a_stale_change_and_another_name_are_refused(void **state)
{
    struct server_fixture *fixture = *state;
    struct answer answer;

    server_fixture_begin(fixture, NULL);
    assert_true(server_fixture_create(fixture, COPY(""), false, &answer));
    answer_deinit(&answer);
    char *text = server_fixture_text(fixture, COPY("'memory_limit': '64MiB', "));
    struct server_change change = {.text = text, .size = strlen(text), .if_revision = 7};
    answer = (struct answer){0};
    assert_false(server_update(fixture->server, "copy", NULL, &change, &answer));
    assert_int_equal(answer.kind, ANSWER_STALE);
    answer_deinit(&answer);
    free(text);
    assert_false(server_fixture_update(fixture, "copy", "{'name': 'other'}", &answer));
    assert_string_equal(answer.code, "name_differs");
    answer_deinit(&answer);
}

static void a_rollback_is_a_new_revision_of_the_old_text(void **state)
{
    struct server_fixture *fixture = *state;
    struct dag_buffer text = {0};
    struct answer answer;
    uint64_t revision;

    server_fixture_begin(fixture, NULL);
    assert_true(server_fixture_create(fixture, COPY(""), false, &answer));
    answer_deinit(&answer);
    update(fixture, COPY("'memory_limit': '64MiB', "));
    answer = (struct answer){0};
    assert_true(server_rollback(fixture->server, "copy", NULL, 1, 2, &answer));
    assert_int_equal(answer.revision_after, 3);
    struct entry *entry = entry_find(fixture->server, "copy", NULL);
    assert_true(entry_text(entry, &text, &revision) && dag_buffer_append(&text, "", 1));
    char *first = server_fixture_text(fixture, COPY(""));
    assert_string_equal(text.bytes, first);
    assert_int_equal(revision, 3);
    entry_release(entry);
    dag_buffer_free(&text);
    free(first);
    assert_false(server_rollback(fixture->server, "copy", NULL, 99, 0, &answer));
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
    answer_deinit(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_line_comes_once_while_the_definition_changes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_definition_that_cannot_start_leaves_the_old_one_running,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stale_change_and_another_name_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_rollback_is_a_new_revision_of_the_old_text, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
