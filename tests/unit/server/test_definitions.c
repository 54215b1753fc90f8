/* test_definitions.c - the catalogue: changes asked for, changes by hand, what is kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "server/definitions.h"
#include "support/sim_disk.h"

#define TOLD_MAX 16

struct told {
    enum definitions_change change;
    char name[80];
};

static struct bench {
    struct sim_disk *disk;
    struct data_folder *folder;
    struct definitions *definitions;
    struct clock_virtual clock;
    struct told told[TOLD_MAX];
    size_t told_count;
    char problems[2000];
} bench;

static void open_it(void)
{
    struct storage *storage = sim_disk_storage(bench.disk);
    struct dag_error err = {0};

    assert_int_equal(data_folder_open(storage, "/data", false, false, &bench.folder, &err),
                     DATA_FOLDER_OK);
    struct definitions_options options = {
        .dags = "/dags", .folder = bench.folder, .storage = storage, .clock = &bench.clock.clock};
    bench.definitions = definitions_open(&options, &err);
    assert_non_null(bench.definitions);
}

static void close_it(void)
{
    definitions_close(bench.definitions);
    data_folder_close(bench.folder);
}

static void reopen(void)
{
    close_it();
    open_it();
}

static int begin(void **unused)
{
    (void)unused;
    bench = (struct bench){.disk = sim_disk_new(3)};
    clock_virtual_init(&bench.clock, 1700000000000000);
    sim_disk_append(bench.disk, "/dags/README", "", 0);
    open_it();
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    close_it();
    sim_disk_free(bench.disk);
    return 0;
}

/* ---- by hand ---- */

static void put_file(const char *name, const char *text)
{
    char path[400];

    snprintf(path, sizeof(path), "/dags/%s", name);
    sim_disk_remove(bench.disk, path);
    sim_disk_append(bench.disk, path, text, strlen(text));
}

static void remove_file(const char *name)
{
    char path[400];

    snprintf(path, sizeof(path), "/dags/%s", name);
    sim_disk_remove(bench.disk, path);
}

static void note(void *context, enum definitions_change change, const char *name)
{
    struct told *told = &bench.told[bench.told_count];

    (void)context;
    if (change == DEFINITIONS_PROBLEMS)
        return;
    assert_in_range(bench.told_count, 0, TOLD_MAX - 1);
    bench.told_count++;
    told->change = change;
    snprintf(told->name, sizeof(told->name), "%s", name);
}

static void look_once(int64_t later_us)
{
    clock_virtual_advance(&bench.clock, later_us);
    (void)definitions_poll(bench.definitions, note, NULL);
}

/* Long enough for a file to settle and for what failed to be tried again. */
static void look(void)
{
    bench.told_count = 0;
    for (int i = 0; i < 4; i++)
        look_once(6000000);
}

static void was_told(size_t at, enum definitions_change change, const char *name)
{
    assert_in_range(at, 0, bench.told_count - 1);
    assert_int_equal(bench.told[at].change, change);
    assert_string_equal(bench.told[at].name, name);
}

static bool add_problem(void *context, const char *file, const char *dag, const char *problem)
{
    size_t size = strlen(bench.problems);

    (void)context;
    snprintf(bench.problems + size, sizeof(bench.problems) - size, "%s [%s] %s\n", file,
             dag ? dag : "-", problem);
    return true;
}

static const char *problems(void)
{
    bench.problems[0] = '\0';
    assert_true(definitions_each_problem(bench.definitions, add_problem, NULL));
    return bench.problems;
}

/* ---- asked for ---- */

static enum answer_kind put_with(const struct definitions_put *put, const char **code)
{
    static struct answer answer;

    answer = (struct answer){0};
    bool done = definitions_put(bench.definitions, put, &answer);
    assert_int_equal(done, answer.kind == ANSWER_OK);
    if (code)
        *code = answer.code;
    return answer.kind;
}

static enum answer_kind put(const char *name, const char *text, bool is_new, uint64_t if_revision)
{
    return put_with(&(struct definitions_put){.name = name,
                                              .text = text,
                                              .size = strlen(text),
                                              .who = "ann",
                                              .is_new = is_new,
                                              .if_revision = if_revision},
                    NULL);
}

static struct definition get(const char *name)
{
    struct definition now;

    assert_true(definitions_get(bench.definitions, name, &now));
    return now;
}

static bool is_shown(const char *name)
{
    struct definition now;

    return definitions_get(bench.definitions, name, &now);
}

static void holds(const char *name, uint64_t number, const char *who, const char *text)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};
    struct definition_revision revision;

    assert_true(definitions_read(bench.definitions, name, number, &revision, &out, &answer));
    assert_int_equal(out.size, strlen(text));
    assert_memory_equal(out.bytes, text, out.size);
    assert_string_equal(revision.who, who);
    dag_buffer_free(&out);
}

static bool delete_dag(const char *name)
{
    struct answer answer = {0};

    return definitions_delete(bench.definitions, name, 0, &answer);
}

static bool purge(const char *name)
{
    struct dag_error err = {0};

    return definitions_purge(bench.definitions, name, &err);
}

/* ---- tests ---- */

static void revisions_keep_text_and_author(void **unused)
{
    struct answer answer = {0};
    struct dag_buffer out = {0};

    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    assert_int_equal(put("a", "{ \"name\" : \"a\" }\r\n\n", false, 1), ANSWER_OK);
    reopen();
    holds("a", 1, "ann", "{\"name\":\"a\"}");
    holds("a", 0, "ann", "{ \"name\" : \"a\" }\r\n\n");
    assert_true(sim_disk_content(bench.disk, "/dags/a.json", &out));
    assert_int_equal(out.size, 19);
    dag_buffer_free(&out);
    assert_int_equal(get("a").wish, DEFINITION_UNASKED);
    assert_false(definitions_read(bench.definitions, "a", 3, NULL, &out, &answer));
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
}

static void what_cant_be_put_says_why(void **unused)
{
    static char large[DEFINITION_TEXT_MAX + 2], comment[DEFINITION_COMMENT_SIZE + 1];
    const char *text = "{\"name\":\"a\"}", *code;
    struct definitions_put good = {.name = "a", .text = text, .size = 12, .who = "ann"};

    (void)unused;
    memset(large, ' ', sizeof(large) - 1);
    memset(comment, 'c', sizeof(comment) - 1);
    assert_int_equal(put_with(&good, &code), ANSWER_NOT_FOUND);
    good.is_new = true;
    assert_int_equal(put_with(&good, NULL), ANSWER_OK);
    assert_int_equal(put_with(&good, &code), ANSWER_CONFLICT);
    assert_string_equal(code, "dag_exists");
    good.is_new = false;

    const struct {
        const char *code;
        enum answer_kind kind;
        struct definitions_put put;
    } cases[] = {
        {"name_differs", ANSWER_BAD, {.name = "b", .text = text, .size = 12}},
        {"no_name", ANSWER_BAD, {.name = "a", .text = "{}", .size = 2}},
        {"no_name", ANSWER_BAD, {.name = "a", .text = text, .size = 11}},
        {"definition_too_large",
         ANSWER_TOO_LARGE,
         {.name = "a", .text = large, .size = sizeof(large) - 1}},
        {"comment_too_long",
         ANSWER_BAD,
         {.name = "a", .text = text, .size = 12, .comment = comment}},
        {"comment_not_text",
         ANSWER_BAD,
         {.name = "a", .text = text, .size = 12, .comment = "\xff"}},
        {"bad_file_name", ANSWER_BAD, {.name = "a", .text = text, .size = 12, .file = "../a.json"}},
        {"bad_file_name", ANSWER_BAD, {.name = "a", .text = text, .size = 12, .file = ".a.json"}},
        {"bad_file_name", ANSWER_BAD, {.name = "a", .text = text, .size = 12, .file = "a.txt"}},
        {"stale_revision", ANSWER_STALE, {.name = "a", .text = text, .size = 12, .if_revision = 7}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct definitions_put bad = cases[i].put;

        bad.who = "ann";
        assert_int_equal(put_with(&bad, &code), cases[i].kind);
        assert_string_equal(code, cases[i].code);
    }
    assert_int_equal(get("a").revision, 1);
}

static void the_same_text_makes_no_revision(void **unused)
{
    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    assert_int_equal(put_with(&(struct definitions_put){.name = "a",
                                                        .text = "{\"name\":\"a\"}",
                                                        .size = 12,
                                                        .who = "bob",
                                                        .wish = DEFINITION_RUNNING},
                              NULL),
                     ANSWER_OK);
    reopen();
    assert_int_equal(get("a").revision, 1);
    assert_int_equal(get("a").wish, DEFINITION_RUNNING);
    assert_string_equal(get("a").wish_by, "bob");
}

static void a_hundred_revisions_are_kept(void **unused)
{
    char text[80];
    struct dag_buffer out = {0};
    struct answer answer = {0};

    (void)unused;
    for (int i = 1; i <= 105; i++) {
        snprintf(text, sizeof(text), "{\"name\":\"a\",\"n\":%d}", i);
        assert_int_equal(put("a", text, i == 1, 0), ANSWER_OK);
    }
    assert_false(definitions_read(bench.definitions, "a", 5, NULL, &out, &answer));
    holds("a", 6, "ann", "{\"name\":\"a\",\"n\":6}");
    assert_int_equal(get("a").revision, 105);
}

static void long_names_and_taken_file_names(void **unused)
{
    char name[NAME_SIZE_MAX + 1], text[NAME_SIZE_MAX + 40], file[DEFINITION_FILE_SIZE];

    (void)unused;
    memset(name, 'n', NAME_SIZE_MAX);
    name[NAME_SIZE_MAX] = '\0';
    snprintf(text, sizeof(text), "{\"name\":\"%s\"}", name);
    assert_int_equal(put(name, text, true, 0), ANSWER_OK);
    definition_file_name(name, file);
    assert_int_equal(strlen(file), 100 + 17 + 5);
    reopen();
    assert_string_equal(get(name).file, file);

    put_file("b.json", "{\"name\":\"other\"}");
    assert_int_equal(put("b", "{\"name\":\"b\"}", true, 0), ANSWER_OK);
    assert_string_equal(get("b").file, "b_2.json");
    assert_int_equal(put_with(&(struct definitions_put){.name = "c",
                                                        .text = "{\"name\":\"c\"}",
                                                        .size = 12,
                                                        .who = "ann",
                                                        .file = "b.json",
                                                        .is_new = true},
                              NULL),
                     ANSWER_CONFLICT);
    assert_false(is_shown("c"));
    assert_true(delete_dag(name));
    assert_true(purge(name));
    reopen();
    assert_false(is_shown(name));
}

static void files_that_come_change_and_go_are_seen(void **unused)
{
    (void)unused;
    put_file("some-file.json", "{\"name\":\"a\"}");
    look();
    was_told(0, DEFINITIONS_ADDED, "a");
    holds("a", 0, "file", "{\"name\":\"a\"}");
    put_file("some-file.json", "{\"name\":\"a\",\"x\":1}");
    look();
    assert_int_equal(bench.told_count, 1);
    was_told(0, DEFINITIONS_CHANGED, "a");
    assert_int_equal(get("a").revision, 2);
    remove_file("some-file.json");
    look();
    was_told(0, DEFINITIONS_REMOVED, "a");
    assert_false(is_shown("a"));

    /* it comes back: revisions and wish go on, under another file name, too */
    put_file("back.json", "{\"name\":\"a\",\"x\":1}");
    look();
    was_told(0, DEFINITIONS_ADDED, "a");
    assert_int_equal(get("a").revision, 2);
    reopen();
    assert_string_equal(get("a").file, "back.json");
}

static void a_file_is_taken_when_it_has_settled(void **unused)
{
    (void)unused;
    put_file("a.json", "{\"name\"");
    look_once(60000000);
    look_once(200000);
    sim_disk_append(bench.disk, "/dags/a.json", ":\"a\"}", 5);
    look_once(200000);
    assert_false(is_shown("a"));
    assert_string_equal(problems(), "");
    look_once(200000);
    assert_false(is_shown("a"));
    look_once(100000);
    assert_true(is_shown("a"));
    assert_int_equal(get("a").revision, 1);
}

static void a_file_that_defines_nothing_is_a_problem(void **unused)
{
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"{\"name\":", "bad.json [-] it defines no DAG: line 1, column 9"},
        {"[]", "bad.json [-] it defines no DAG: it has no 'name'"},
        {"{\"name\":\"a b\"}", "bad.json [-] it defines no DAG: line 1: A name must contain only"},
    };

    (void)unused;
    assert_int_equal(put("good", "{\"name\":\"good\"}", true, 0), ANSWER_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        put_file("bad.json", cases[i].text);
        look();
        assert_memory_equal(problems(), cases[i].problem, strlen(cases[i].problem));
        reopen();
        assert_memory_equal(problems(), cases[i].problem, strlen(cases[i].problem));
        assert_true(is_shown("good"));
    }
    put_file("bad.json", "{\"name\":\"fine\"}");
    look();
    assert_string_equal(problems(), "");
    assert_true(is_shown("fine"));
}

static void a_broken_change_of_a_known_file_stays_its_dag(void **unused)
{
    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    put_file("a.json", "{\"name\":\"a\"");
    look();
    was_told(0, DEFINITIONS_CHANGED, "a");
    reopen();
    holds("a", 2, "file", "{\"name\":\"a\"");
    assert_int_equal(put("a", "{\"name\":\"a\"}", false, 2), ANSWER_OK);
    holds("a", 3, "ann", "{\"name\":\"a\"}");
}

static void of_two_files_with_one_name_the_first_counts(void **unused)
{
    const char *problem = "z.json [-] DAG a is defined in m.json: give this one another name";

    (void)unused;
    put_file("m.json", "{\"name\":\"a\",\"from\":\"m\"}");
    look();
    put_file("z.json", "{\"name\":\"a\",\"from\":\"z\"}");
    look();
    assert_int_equal(bench.told_count, 0);
    assert_memory_equal(problems(), problem, strlen(problem));
    put_file("b.json", "{\"name\":\"a\",\"from\":\"b\"}"); /* before it by name */
    reopen();
    holds("a", 0, "file", "{\"name\":\"a\",\"from\":\"m\"}");
    remove_file("b.json");
    remove_file("m.json");
    look();
    assert_string_equal(problems(), "");
    holds("a", 0, "file", "{\"name\":\"a\",\"from\":\"z\"}");
}

static void a_renamed_file_changes_nothing(void **unused)
{
    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    sim_disk_rename(bench.disk, "/dags/a.json", "/dags/other.json");
    look();
    assert_int_equal(bench.told_count, 0);
    assert_string_equal(get("a").file, "other.json");
    assert_string_equal(problems(), "");
    assert_int_equal(get("a").revision, 1);
}

static void another_name_in_a_file_is_another_dag(void **unused)
{
    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    put_file("a.json", "{\"name\":\"b\"}");
    look();
    was_told(0, DEFINITIONS_REMOVED, "a");
    was_told(1, DEFINITIONS_ADDED, "b");
    reopen();
    assert_false(is_shown("a"));
    assert_int_equal(get("b").revision, 1);
}

static void a_change_by_hand_is_never_written_over(void **unused)
{
    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    put_file("a.json", "{\"name\":\"a\",\"by\":\"hand\"}");
    assert_int_equal(put("a", "{\"name\":\"a\",\"x\":1}", false, 1), ANSWER_STALE);
    assert_int_equal(put("a", "{\"name\":\"a\",\"x\":1}", false, 0), ANSWER_OK);
    holds("a", 2, "file", "{\"name\":\"a\",\"by\":\"hand\"}");
    holds("a", 3, "ann", "{\"name\":\"a\",\"x\":1}");
}

static void deleted_stays_deleted(void **unused)
{
    struct answer answer = {0};

    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    sim_disk_append(bench.disk, "/data/dags/a/journal/1.log", "j", 1);
    assert_false(definitions_delete(bench.definitions, "a", 9, &answer));
    assert_int_equal(answer.kind, ANSWER_STALE);
    assert_true(delete_dag("a"));
    assert_false(is_shown("a"));
    assert_true(definitions_is_deleted(bench.definitions, "a"));
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_CONFLICT);
    reopen(); /* ends what was begun */
    assert_false(is_shown("a"));
    assert_false(definitions_is_deleted(bench.definitions, "a"));
    assert_false(
        sim_disk_content(bench.disk, "/data/dags/a/journal/1.log", &(struct dag_buffer){0}));
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    assert_int_equal(get("a").revision, 1);
}

static void a_file_of_a_deleted_name_waits_for_the_purge(void **unused)
{
    const char *problem = "new.json [-] DAG a was deleted and still stops";

    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    assert_true(delete_dag("a"));
    put_file("new.json", "{\"name\":\"a\",\"new\":true}");
    look();
    assert_memory_equal(problems(), problem, strlen(problem));
    assert_true(purge("a"));
    look();
    was_told(0, DEFINITIONS_ADDED, "a");
    assert_string_equal(problems(), "");
    holds("a", 1, "file", "{\"name\":\"a\",\"new\":true}");
}

static bool refuses_to_remove(struct storage *storage, const char *path, struct dag_error *err)
{
    (void)storage;
    return dag_error_set(err, DAG_ERROR_IO, "cannot remove '%s': Read-only file system", path);
}

static void a_file_that_cant_be_removed_refuses_the_deletion(void **unused)
{
    struct storage *storage = sim_disk_storage(bench.disk);
    bool (*remove)(struct storage *, const char *, struct dag_error *) = storage->remove;

    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    storage->remove = refuses_to_remove;
    assert_false(delete_dag("a"));
    storage->remove = remove;
    assert_true(is_shown("a"));
    reopen();
    assert_true(is_shown("a"));
}

/* The record says deleted and the file is there: so does a crash leave it. */
static void a_purge_that_fails_is_tried_again(void **unused)
{
    struct storage *storage = sim_disk_storage(bench.disk);
    bool (*remove)(struct storage *, const char *, struct dag_error *) = storage->remove;

    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    assert_true(delete_dag("a"));
    storage->remove = refuses_to_remove;
    assert_false(purge("a"));
    reopen();
    assert_false(is_shown("a"));
    assert_true(definitions_is_deleted(bench.definitions, "a"));
    storage->remove = remove;
    look();
    assert_false(definitions_is_deleted(bench.definitions, "a"));
}

static void damage_is_shown_and_keeps_nothing_else_from_opening(void **unused)
{
    struct dag_buffer out = {0};

    (void)unused;
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    assert_int_equal(put("a", "{\"name\":\"a\",\"x\":1}", false, 0), ANSWER_OK);
    assert_int_equal(put("b", "{\"name\":\"b\"}", true, 0), ANSWER_OK);
    assert_true(sim_disk_flip(bench.disk, "/data/catalogue/a/record", 0, 1));
    assert_true(sim_disk_flip(bench.disk, "/data/catalogue/b/revision-1", 0, 1));
    reopen();
    assert_non_null(strstr(problems(), "a.json [a] its record was damaged"));
    assert_int_equal(get("a").revision, 2);
    holds("a", 2, "ann", "{\"name\":\"a\",\"x\":1}");
    assert_true(sim_disk_content(bench.disk, "/data/catalogue/a/record.damaged", &out));
    dag_buffer_free(&out);
    holds("b", 0, "", "{\"name\":\"b\"}"); /* from its file */
}

static void layouts_are_no_revisions(void **unused)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};

    (void)unused;
    assert_false(definitions_put_layout(bench.definitions, "a", "{}", 2, &answer));
    assert_int_equal(answer.kind, ANSWER_NOT_FOUND);
    assert_int_equal(put("a", "{\"name\":\"a\"}", true, 0), ANSWER_OK);
    assert_true(definitions_read_layout(bench.definitions, "a", &out, &answer));
    assert_int_equal(out.size, 0);
    assert_true(definitions_put_layout(bench.definitions, "a", "{\"x\":1}", 7, &answer));
    reopen();
    assert_true(definitions_read_layout(bench.definitions, "a", &out, &answer));
    assert_int_equal(out.size, 7);
    assert_int_equal(get("a").revision, 1);
    dag_buffer_free(&out);
}

/* ---- on a real disk ---- */

static void write_real(const char *folder, const char *name, const char *text)
{
    char path[200];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Waits for the descriptor or the time that was asked for, as the server does. */
static void poll_until(struct definitions *definitions, size_t told_count)
{
    time_t deadline = time(NULL) + 20;

    while (bench.told_count < told_count) {
        int64_t wait_us = definitions_poll(definitions, note, NULL);
        struct pollfd ready = {.fd = definitions_fd(definitions), .events = POLLIN};

        assert_true(time(NULL) < deadline);
        if (bench.told_count < told_count)
            assert_true(poll(&ready, 1, (int)(wait_us / 1000) + 1) >= 0);
    }
}

static void a_real_folder_is_watched(void **unused)
{
    char place[] = "/tmp/definitions-XXXXXX", data[64], dags[64], command[120];
    struct data_folder *folder;
    struct dag_error err = {0};
    struct answer answer = {0};

    (void)unused;
    assert_non_null(mkdtemp(place));
    snprintf(data, sizeof(data), "%s/data", place);
    snprintf(dags, sizeof(dags), "%s/deep/dags/", place);
    assert_int_equal(data_folder_open(storage_disk(), data, true, false, &folder, &err),
                     DATA_FOLDER_OK);
    struct definitions *definitions =
        definitions_open(&(struct definitions_options){.dags = dags, .folder = folder}, &err);
    assert_non_null(definitions);
    assert_true(definitions_fd(definitions) >= 0);
    bench.told_count = 0;
    (void)definitions_poll(definitions, note, NULL);
    write_real(dags, "one.json", "{\"name\":\"one\"}");
    poll_until(definitions, 1);
    was_told(0, DEFINITIONS_ADDED, "one");
    write_real(dags, "one.json", "{\"name\":\"one\",\"n\":1}");
    poll_until(definitions, 2);
    was_told(1, DEFINITIONS_CHANGED, "one");
    snprintf(command, sizeof(command), "rm %s/one.json", dags);
    assert_int_equal(system(command), 0);
    poll_until(definitions, 3);
    was_told(2, DEFINITIONS_REMOVED, "one");
    struct definitions_put change = {
        .name = "two", .text = "{\"name\":\"two\"}", .size = 14, .who = "ann", .is_new = true};
    assert_true(definitions_put(definitions, &change, &answer));
    assert_non_null(data_folder_dag(folder, "two", &err));
    assert_true(definitions_delete(definitions, "two", 1, &answer));
    assert_true(definitions_purge(definitions, "two", &err));
    definitions_close(definitions);
    data_folder_close(folder);
    snprintf(command, sizeof(command), "test ! -e %s/data/dags/two && rm -r %s", place, place);
    assert_int_equal(system(command), 0);
}

#define ON_SIM(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SIM(revisions_keep_text_and_author),
        ON_SIM(what_cant_be_put_says_why),
        ON_SIM(the_same_text_makes_no_revision),
        ON_SIM(a_hundred_revisions_are_kept),
        ON_SIM(long_names_and_taken_file_names),
        ON_SIM(files_that_come_change_and_go_are_seen),
        ON_SIM(a_file_is_taken_when_it_has_settled),
        ON_SIM(a_file_that_defines_nothing_is_a_problem),
        ON_SIM(a_broken_change_of_a_known_file_stays_its_dag),
        ON_SIM(of_two_files_with_one_name_the_first_counts),
        ON_SIM(a_renamed_file_changes_nothing),
        ON_SIM(another_name_in_a_file_is_another_dag),
        ON_SIM(a_change_by_hand_is_never_written_over),
        ON_SIM(deleted_stays_deleted),
        ON_SIM(a_file_of_a_deleted_name_waits_for_the_purge),
        ON_SIM(a_file_that_cant_be_removed_refuses_the_deletion),
        ON_SIM(a_purge_that_fails_is_tried_again),
        ON_SIM(damage_is_shown_and_keeps_nothing_else_from_opening),
        ON_SIM(layouts_are_no_revisions),
        cmocka_unit_test(a_real_folder_is_watched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
