/* test_life.c - DAGs of a server are where they are wanted, also after it was started again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/storage_beneath.h"
#include "durable/disk_pool.h"
#include "server/entry.h"
#include "support/server_fixture.h"

#define IDLE_DAGS 200

#define TICKER(name)                                                                               \
    "{'name': '" name "', 'nodes': [{'name': 'tick', 'type': 'MetronomeNode', 'config': "          \
    "{'interval': 3600}}]}"

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

static void create(struct server_fixture *fixture, const char *text, bool start)
{
    struct answer answer;

    if (!server_fixture_create(fixture, text, start, &answer))
        fail_msg("%s", answer.detail);
    answer_deinit(&answer);
}

static void expect(struct server_fixture *fixture, const char *dag, const char *state)
{
    assert_string_equal(server_fixture_state(fixture, dag), state);
}

static struct entry_status status_of(struct server_fixture *fixture, const char *dag)
{
    struct entry *entry = entry_find(fixture->server, dag, NULL);
    struct entry_status status = {0};

    assert_non_null(entry);
    entry_status(entry, &status);
    entry_release(entry);
    return status;
}

static void act(struct server_fixture *fixture, const char *dag, enum server_action action)
{
    assert_true(server_fixture_act(fixture, dag, action));
}

static void each_action_leads_to_its_state_however_often(void **state)
{
    struct server_fixture *fixture = *state;
    static const struct {
        enum server_action action;
        const char *state;
    } steps[] = {
        {SERVER_SUSPEND, "stopped"},   {SERVER_RESUME, "stopped"},  {SERVER_START, "running"},
        {SERVER_START, "running"},     {SERVER_RESUME, "running"},  {SERVER_SUSPEND, "suspended"},
        {SERVER_SUSPEND, "suspended"}, {SERVER_START, "suspended"}, {SERVER_RESUME, "running"},
        {SERVER_RESTART, "running"},   {SERVER_STOP, "stopped"},    {SERVER_STOP, "stopped"},
        {SERVER_RESTART, "running"},
    };

    server_fixture_begin(fixture, NULL);
    create(fixture, TICKER("d"), false);
    expect(fixture, "d", "stopped");
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        act(fixture, "d", steps[i].action);
        expect(fixture, "d", steps[i].state);
    }
    assert_string_equal(status_of(fixture, "d").by, "tester");
}

/* Threads of this process, and those of them with that name. */
static unsigned count_threads(const char *name, unsigned *named)
{
    DIR *tasks = opendir("/proc/self/task");
    unsigned count = 0;

    assert_non_null(tasks);
    *named = 0;
    // cppcheck-suppress readdirCalled ; no other thread has this DIR
    for (const struct dirent *task; (task = readdir(tasks)) != NULL;) {
        char path[300], comm[40] = "";
        if (task->d_name[0] == '.')
            continue;
        count++;
        snprintf(path, sizeof(path), "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "re");
        if (!file)
            continue; /* it has ended */
        (void)!fgets(comm, sizeof(comm), file);
        fclose(file);
        comm[strcspn(comm, "\n")] = '\0';
        *named += strcmp(comm, name) == 0;
    }
    closedir(tasks);
    return count;
}

static void idle_dags_have_no_threads(void **state)
{
    struct server_fixture *fixture = *state;
    unsigned disk;

    server_fixture_begin(fixture, NULL);
    unsigned before = count_threads("disk", &disk);
    for (int i = 0; i < IDLE_DAGS; i++) {
        char text[400], name[20];

        snprintf(name, sizeof(name), "idle%03d", i);
        snprintf(text, sizeof(text),
                 "{'name': '%s', 'nodes': [{'name': 'tick', 'type': 'MetronomeNode', "
                 "'config': {'interval': 3600}}]}",
                 name);
        create(fixture, text, true);
        expect(fixture, name, "running");
    }
    unsigned after = count_threads("disk", &disk);
    assert_true(disk >= 1 && disk <= DISK_POOL_THREADS);
    assert_true(after < before + IDLE_DAGS / 4); /* workers that hang may have got helpers */
}

static void wishes_survive_the_server(void **state)
{
    struct server_fixture *fixture = *state;

    server_fixture_begin(fixture, NULL);
    create(fixture, TICKER("running"), true);
    create(fixture, TICKER("suspended"), true);
    create(fixture, TICKER("stopped"), true);
    create(fixture, TICKER("untouched"), false);
    act(fixture, "suspended", SERVER_SUSPEND);
    act(fixture, "stopped", SERVER_STOP);
    server_fixture_end(fixture);

    server_fixture_begin(fixture, NULL);
    expect(fixture, "running", "running");
    expect(fixture, "suspended", "suspended");
    expect(fixture, "stopped", "stopped");
    expect(fixture, "untouched", "stopped");
    server_fixture_end(fixture);

    server_fixture_begin(fixture, &(struct server_options){.start_all = true});
    expect(fixture, "stopped", "stopped");
    expect(fixture, "untouched", "running");
}

static bool exists(const struct server_fixture *fixture, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
    return access(path, F_OK) == 0;
}

static void deleted_stays_deleted(void **state)
{
    struct server_fixture *fixture = *state;
    struct answer answer = {0};

    server_fixture_begin(fixture, NULL);
    create(fixture, TICKER("d"), true);
    expect(fixture, "d", "running");
    assert_true(exists(fixture, "dags/d.json") && exists(fixture, "data/dags/d"));
    assert_true(server_delete(fixture->server, "d", NULL, 0, &answer));
    assert_null(entry_find(fixture->server, "d", NULL));
    assert_false(exists(fixture, "dags/d.json"));
    server_fixture_end(fixture);

    server_fixture_begin(fixture, NULL);
    assert_null(entry_find(fixture->server, "d", NULL));
    assert_false(exists(fixture, "data/dags/d") || exists(fixture, "data/catalogue/d"));
    create(fixture, TICKER("d"), true);
    expect(fixture, "d", "running");
}

static void a_broken_file_shows_why_and_keeps_nothing_else_from_running(void **state)
{
    struct server_fixture *fixture = *state;
    struct dag_buffer problems = {0};
    struct answer answer;

    free(server_fixture_text(fixture, ""));
    server_fixture_write(fixture, "dags/bad.json",
                         "{\"name\": \"bad\", \"nodes\": [{\"name\": \"n\", \"type\": 1}]}");
    server_fixture_write(fixture, "dags/torn.json", "{\"name\": \"torn\"");
    server_fixture_write(fixture, "dags/good.json", "{\"name\": \"good\"}");
    server_fixture_begin(fixture, &(struct server_options){.start_all = true});
    expect(fixture, "bad", "invalid");
    assert_string_not_equal(status_of(fixture, "bad").reason, "");
    struct entry *entry = entry_find(fixture->server, "bad", NULL);
    assert_true(entry_write_problems(entry, &problems) && dag_buffer_append(&problems, "", 1));
    assert_non_null(strstr(problems.bytes, "\"pointer\": \"/nodes/0/type\""));
    entry_release(entry);
    dag_buffer_free(&problems);
    assert_true(server_fixture_reaches(fixture, "good", "ended"));

    assert_true(server_fixture_update(fixture, "bad", TICKER("bad"), &answer));
    answer_deinit(&answer);
    expect(fixture, "bad", "running");
}

static void what_is_changed_by_hand_is_taken(void **state)
{
    struct server_fixture *fixture = *state;
    char *text = server_fixture_text(fixture, TICKER("d"));

    server_fixture_begin(fixture, &(struct server_options){.start_all = true});
    char path[512];
    snprintf(path, sizeof(path), "%s", server_fixture_write(fixture, "dags/mine.json", text));
    free(text);
    assert_true(server_fixture_reaches(fixture, "d", "running"));
    assert_int_equal(unlink(path), 0);
    assert_true(server_fixture_reaches(fixture, "d", ""));
}

/* ---- roles ---- */

static void a_standby_runs_nothing_until_it_is_primary(void **state)
{
    struct server_fixture *fixture = *state;
    struct answer answer = {0};

    server_fixture_begin(fixture, NULL);
    create(fixture, TICKER("d"), true);
    server_fixture_end(fixture);
    server_fixture_begin(fixture, &(struct server_options){.is_standby = true});
    expect(fixture, "d", "standby");
    assert_false(server_act(fixture->server, "d", SERVER_SUSPEND, NULL, &answer));
    assert_int_equal(answer.kind, ANSWER_STANDBY);
    assert_string_equal(answer.detail, "This instance is not primary. Operation not allowed.");
    server_set_standby(fixture->server, false);
    expect(fixture, "d", "running");
    server_set_standby(fixture->server, true);
    expect(fixture, "d", "standby");
}

static void a_drained_server_starts_nothing_and_keeps_wishes(void **state)
{
    struct server_fixture *fixture = *state;
    struct answer answer = {0};
    struct server_counts counts;

    server_fixture_begin(fixture, NULL);
    create(fixture, TICKER("d"), true);
    expect(fixture, "d", "running");
    assert_true(server_drain(fixture->server, &answer));
    assert_true(server_fixture_reaches(fixture, "d", "stopped"));
    assert_false(server_act(fixture->server, "d", SERVER_START, NULL, &answer));
    assert_string_equal(answer.code, "draining");
    server_counts(fixture->server, &counts);
    assert_true(counts.is_draining);
    server_fixture_end(fixture);
    server_fixture_begin(fixture, NULL);
    expect(fixture, "d", "running");
}

/* ---- what hangs, what fails ---- */

struct hang {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_on;
    int hanging; /* threads */
};

static const char *hanging_variable(void *context, const char *name)
{
    struct hang *hang = context;

    if (strcmp(name, "SLOW") != 0)
        return NULL;
    pthread_mutex_lock(&hang->lock);
    hang->hanging++;
    pthread_cond_broadcast(&hang->changed);
    while (hang->is_on)
        pthread_cond_wait(&hang->changed, &hang->lock);
    pthread_mutex_unlock(&hang->lock);
    return "3600";
}

static void dags_that_hang_hold_up_no_other(void **state)
{
    struct server_fixture *fixture = *state;
    struct hang hang = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0};
    const struct server_options options = {.variable = hanging_variable, .context = &hang};
    struct answer answer = {0};

    server_fixture_begin(fixture, &options);
    create(fixture, TICKER("quick"), false);
    for (int i = 0; i < 6; i++) {
        char text[256];

        snprintf(text, sizeof(text),
                 "{'name': 'slow%d', 'nodes': [{'name': 'tick', 'type': 'MetronomeNode', "
                 "'config': {'interval': '${SLOW}'}}]}",
                 i);
        create(fixture, text, false);
    }
    pthread_mutex_lock(&hang.lock);
    hang.is_on = true;
    hang.hanging = 0;
    pthread_mutex_unlock(&hang.lock);
    for (int i = 0; i < 6; i++) {
        char name[16];

        snprintf(name, sizeof(name), "slow%d", i);
        assert_true(server_act(fixture->server, name, SERVER_START, NULL, &answer));
    }
    pthread_mutex_lock(&hang.lock);
    while (hang.hanging < 4) /* as many as there are workers */
        pthread_cond_wait(&hang.changed, &hang.lock);
    pthread_mutex_unlock(&hang.lock);

    act(fixture, "quick", SERVER_START);
    expect(fixture, "quick", "running");
    assert_string_equal(entry_state_name(status_of(fixture, "slow0").state), "starting");
    assert_false(server_wait(fixture->server, "slow0", 1000));

    pthread_mutex_lock(&hang.lock);
    hang.is_on = false;
    pthread_cond_broadcast(&hang.changed);
    pthread_mutex_unlock(&hang.lock);
    expect(fixture, "slow5", "running");
}

static void a_start_that_failed_is_tried_again(void **state)
{
    struct server_fixture *fixture = *state;

    server_fixture_begin(fixture, NULL);
    create(fixture,
           "{'name': 'd', 'schedule': {'holiday_calendars': ['@/days.json']}, 'nodes': [{'name': "
           "'tick', 'type': 'MetronomeNode', 'config': {'interval': 3600}}]}",
           true);
    expect(fixture, "d", "failed");
    assert_non_null(strstr(status_of(fixture, "d").reason, "days.json"));
    assert_true(status_of(fixture, "d").retry_at_us > 0);
    server_fixture_write(fixture, "days.json", "{\"holidays\": []}");
    assert_true(server_fixture_reaches(fixture, "d", "running"));
}

static void calendars_stay_beneath_the_file_root(void **state)
{
    struct server_fixture *fixture = *state;
    struct dag_error err = {0};
    struct storage *storage = storage_beneath_new(fixture->dags, &err);

    assert_non_null(storage);
    server_fixture_write(fixture, "days.json", "{\"holidays\": []}");
    server_fixture_write(fixture, "dags/days.calendar", "{\"holidays\": []}");
    server_fixture_begin(fixture, &(struct server_options){.file_storage = storage});
    create(fixture, "{'name': 'out', 'schedule': {'holiday_calendars': ['@/days.json']}}", true);
    create(fixture, "{'name': 'in', 'schedule': {'holiday_calendars': ['days.calendar']}}", true);
    expect(fixture, "out", "failed");
    assert_non_null(strstr(status_of(fixture, "out").reason, "days.json"));
    assert_true(server_fixture_reaches(fixture, "in", "ended"));
    server_fixture_end(fixture);
    storage_beneath_free(storage);
}

/* ---- time windows ---- */

static void clock_text(char text[8], int hours_from_now)
{
    time_t then = time(NULL) + (time_t)hours_from_now * 3600;
    struct tm local;

    assert_non_null(localtime_r(&then, &local));
    snprintf(text, 8, "%02d%02d", local.tm_hour, local.tm_min);
}

static void a_start_by_hand_opens_a_closed_window(void **state)
{
    struct server_fixture *fixture = *state;
    char from[8], to[8], text[256];

    clock_text(from, 2);
    clock_text(to, 3);
    snprintf(text, sizeof(text),
             "{'name': 'd', 'start_time': '%s', 'end_time': '%s', 'nodes': [{'name': 'tick', "
             "'type': 'MetronomeNode', 'config': {'interval': 3600}}]}",
             from, to);
    server_fixture_begin(fixture, NULL);
    create(fixture, text, true);
    expect(fixture, "d", "suspended");
    assert_non_null(strstr(status_of(fixture, "d").reason, "its time window opens at"));
    assert_false(status_of(fixture, "d").in_time_window);
    act(fixture, "d", SERVER_START);
    expect(fixture, "d", "running");
    assert_non_null(strstr(status_of(fixture, "d").reason, "outside its time window by tester"));
    act(fixture, "d", SERVER_SUSPEND);
    expect(fixture, "d", "suspended");
    act(fixture, "d", SERVER_STOP);
    act(fixture, "d", SERVER_STOP);
    expect(fixture, "d", "stopped");
}

/* ---- secrets ---- */

#define SECRET "correct-horse-battery"

static const char *secret(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "key") == 0 ? SECRET : NULL;
}

static void no_secret_is_seen(void **state)
{
    struct server_fixture *fixture = *state;
    struct dag_buffer text = {0};
    struct answer answer;
    uint64_t revision;

    server_fixture_begin(fixture, &(struct server_options){.secret = secret});
    create(fixture,
           "{'name': 'd', 'subscribers': [{'name': 'in', 'config': {'source': "
           "'file://@/none/${secret:key}/x'}}], 'nodes': [{'name': 'r', 'type': "
           "'SubscriptionNode', 'subscriber': 'in'}]}",
           true);
    expect(fixture, "d", "running");
    struct entry *entry = entry_find(fixture->server, "d", NULL);
    struct incarnation *now = entry_use(entry);
    assert_non_null(strstr(now->plan->subscribers[0].address.uri, SECRET));
    assert_null(
        memmem(now->plan->source->json, now->plan->source->json_size, SECRET, sizeof(SECRET) - 1));
    assert_null(
        memmem(now->definition->json, now->definition->json_size, SECRET, sizeof(SECRET) - 1));
    incarnation_release(now);
    assert_true(entry_text(entry, &text, &revision) && dag_buffer_append(&text, "", 1));
    assert_null(strstr(text.bytes, SECRET));
    assert_null(strstr(status_of(fixture, "d").reason, SECRET));
    entry_release(entry);
    dag_buffer_free(&text);
    assert_false(server_fixture_create(
        fixture,
        "{'name': 'e', 'publishers': [{'name': 'p', 'config': {'destination': "
        "'${secret:key}'}}]}",
        false, &answer));
    assert_int_equal(answer.kind, ANSWER_INVALID);
    assert_null(strstr(answer.detail, SECRET));
    answer_deinit(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_action_leads_to_its_state_however_often, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(idle_dags_have_no_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wishes_survive_the_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deleted_stays_deleted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_file_shows_why_and_keeps_nothing_else_from_running,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_changed_by_hand_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_standby_runs_nothing_until_it_is_primary, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_drained_server_starts_nothing_and_keeps_wishes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(dags_that_hang_hold_up_no_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_that_failed_is_tried_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(calendars_stay_beneath_the_file_root, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_by_hand_opens_a_closed_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_secret_is_seen, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
