/* test_definitions_crash.c - every kind of change of the catalogue, cut off at every operation of
 * the disk, refused by a full disk, and by one that fails now and then. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/definitions.h"
#include "support/sim_disk.h"

#define SEEDS 24

#define OLD_TEXT  "{ \"name\": \"sum\", \"n\": 1 }\n"
#define NEW_TEXT  "{\n  \"name\": \"sum\",\n  \"n\": 2, \"more\": \"of it\" }"
#define HAND_TEXT "{\"name\":\"sum\",\"by\":\"hand\"}"

struct bench {
    struct sim_disk *disk;
    struct data_folder *folder;
    struct definitions *definitions;
    struct clock_virtual clock;
};

static bool bench_open(struct bench *bench)
{
    struct storage *storage = sim_disk_storage(bench->disk);
    struct dag_error err = {0};

    bench->definitions = NULL;
    if (data_folder_open(storage, "/data", false, false, &bench->folder, &err) != DATA_FOLDER_OK)
        return false;
    struct definitions_options options = {
        .dags = "/dags", .folder = bench->folder, .storage = storage, .clock = &bench->clock.clock};
    bench->definitions = definitions_open(&options, &err);
    return bench->definitions != NULL;
}

static void bench_close(struct bench *bench)
{
    definitions_close(bench->definitions);
    data_folder_close(bench->folder);
    bench->definitions = NULL;
    bench->folder = NULL;
}

static void poll_settled(struct bench *bench)
{
    for (int i = 0; i < 3; i++) {
        (void)definitions_poll(bench->definitions, NULL, NULL);
        clock_virtual_advance(&bench->clock, 6000000);
    }
    (void)definitions_poll(bench->definitions, NULL, NULL);
}

/* ---- changes ---- */

static bool put(struct bench *bench, const char *text, bool is_new, enum definition_wish wish)
{
    struct answer answer = {0};
    struct definitions_put change = {.name = "sum",
                                     .text = text,
                                     .size = strlen(text),
                                     .who = "ann",
                                     .comment = "why",
                                     .is_new = is_new,
                                     .wish = wish};
    bool done = definitions_put(bench->definitions, &change, &answer);

    answer_deinit(&answer);
    return done;
}

static void with_one(struct bench *bench)
{
    struct answer answer = {0};

    assert_true(put(bench, OLD_TEXT, true, DEFINITION_RUNNING));
    assert_true(definitions_put_layout(bench->definitions, "sum", "[1]", 3, &answer));
    /* what a run would have left */
    sim_disk_append(bench->disk, "/data/dags/sum/identity", "i", 1);
    sim_disk_append(bench->disk, "/data/dags/sum/journal/1.log", "j", 1);
}

static void with_none(struct bench *bench)
{
    (void)bench;
}

static bool creates(struct bench *bench)
{
    return put(bench, NEW_TEXT, true, DEFINITION_RUNNING);
}

static bool replaces(struct bench *bench)
{
    return put(bench, NEW_TEXT, false, DEFINITION_UNASKED);
}

static bool replaces_and_stops(struct bench *bench)
{
    return put(bench, NEW_TEXT, false, DEFINITION_STOPPED);
}

static bool wishes(struct bench *bench)
{
    struct answer answer = {0};

    return definitions_set_wish(bench->definitions, "sum", DEFINITION_SUSPENDED, "bob", &answer);
}

static bool lays_out(struct bench *bench)
{
    struct answer answer = {0};

    return definitions_put_layout(bench->definitions, "sum", "[2, 3]", 6, &answer);
}

static bool deletes(struct bench *bench)
{
    struct answer answer = {0};
    struct dag_error err = {0};

    if (!definitions_delete(bench->definitions, "sum", 0, &answer))
        return false;
    (void)definitions_purge(bench->definitions, "sum", &err);
    return true;
}

static const struct kind {
    const char *name;
    void (*prepare)(struct bench *bench);
    bool (*change)(struct bench *bench);
} kinds[] = {
    {"create", with_none, creates}, {"replace", with_one, replaces},
    {"wish", with_one, wishes},     {"replace and stop", with_one, replaces_and_stops},
    {"layout", with_one, lays_out}, {"delete", with_one, deletes},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* ---- what is there ---- */

static void add(struct dag_buffer *out, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    assert_true(dag_buffer_append(out, text, (size_t)length));
}

static bool add_revision(void *context, const struct definition_revision *revision)
{
    add(context, " %" PRIu64 " %s '%s' %016" PRIx64, revision->revision, revision->who,
        revision->comment, revision->hash);
    return true;
}

struct telling {
    struct bench *bench;
    struct dag_buffer *out;
};

static bool add_definition(void *context, const char *name, const struct definition *definition)
{
    struct telling *telling = context;
    struct definitions *definitions = telling->bench->definitions;
    struct answer answer = {0};

    add(telling->out, "%s %s %" PRIu64 " %s by %s\n", name, definition->file, definition->revision,
        definition_wish_name(definition->wish), definition->wish_by);
    assert_true(definitions_read(definitions, name, 0, NULL, telling->out, &answer));
    assert_true(definitions_read_layout(definitions, name, telling->out, &answer));
    assert_true(definitions_each_revision(definitions, name, add_revision, telling->out, &answer));
    return true;
}

static bool add_problem(void *context, const char *file, const char *dag, const char *problem)
{
    add(context, "problem %s %s %s\n", file, dag ? dag : "-", problem);
    return true;
}

static void add_path(void *context, const char *path, uint64_t size)
{
    add(context, "%s %" PRIu64 "\n", path, size);
}

/* All of it, the files too: nothing is left lying about. */
static char *tell(struct bench *bench)
{
    struct dag_buffer out = {0};
    struct telling telling = {bench, &out};

    assert_true(definitions_each(bench->definitions, add_definition, &telling));
    assert_true(definitions_each_problem(bench->definitions, add_problem, &out));
    sim_disk_each(bench->disk, "/dags", add_path, &out);
    sim_disk_each(bench->disk, "/data/catalogue", add_path, &out);
    sim_disk_each(bench->disk, "/data/dags", add_path, &out);
    add(&out, "%c", 0);
    return out.bytes;
}

static void bench_begin(struct bench *bench, uint64_t seed, const struct kind *kind)
{
    *bench = (struct bench){.disk = sim_disk_new(seed)};
    clock_virtual_init(&bench->clock, 1700000000000000);
    sim_disk_append(bench->disk, "/dags/README", "", 0);
    assert_true(bench_open(bench));
    kind->prepare(bench);
}

static void bench_end(struct bench *bench)
{
    bench_close(bench);
    sim_disk_free(bench->disk);
}

struct measured {
    char *before, *after; /* owned */
    uint64_t operations;
};

static struct measured measure(const struct kind *kind)
{
    struct measured measured;
    struct bench bench;

    bench_begin(&bench, 1, kind);
    measured.before = tell(&bench);
    uint64_t before = sim_disk_operations(bench.disk);
    assert_true(kind->change(&bench));
    measured.operations = sim_disk_operations(bench.disk) - before;
    measured.after = tell(&bench);
    assert_string_not_equal(measured.before, measured.after);
    bench_end(&bench);
    return measured;
}

static void measured_deinit(struct measured *measured)
{
    free(measured->before);
    free(measured->after);
}

/* The record of a change that counts may come later, so its size may differ. */
static void is_either(struct bench *bench, const struct measured *measured, bool is_done,
                      const char *what, unsigned long long at)
{
    char *now = tell(bench);

    if (strcmp(now, measured->after) != 0 && (is_done || strcmp(now, measured->before) != 0))
        fail_msg("%s, cut off at %llu%s:\n%s\n--- before:\n%s\n--- after:\n%s", what, at,
                 is_done ? " when it was done" : "", now, measured->before, measured->after);
    free(now);
}

/* ---- crashes ---- */

/* Opens, which is cut off, too, at operation `at`; 0: it isn't. */
static uint64_t reopen(struct bench *bench, uint64_t at, enum sim_crash kind)
{
    uint64_t before = sim_disk_operations(bench->disk);

    sim_disk_crash_at(bench->disk, at > 0 ? before + at : 0, kind);
    bool done = bench_open(bench);
    assert_true(done || at > 0);
    if (at > 0) {
        bench_close(bench);
        sim_disk_restart(bench->disk);
        assert_true(bench_open(bench));
    }
    return sim_disk_operations(bench->disk) - before;
}

static uint64_t crash(const struct kind *kind, const struct measured *measured, uint64_t seed,
                      uint64_t at, uint64_t again_at, enum sim_crash how)
{
    struct bench bench;

    bench_begin(&bench, seed, kind);
    sim_disk_crash_at(bench.disk, sim_disk_operations(bench.disk) + at, how);
    bool is_done = kind->change(&bench);
    bench_close(&bench);
    if (!sim_disk_is_down(bench.disk))
        sim_disk_crash(bench.disk, how);
    sim_disk_restart(bench.disk);
    uint64_t operations = reopen(&bench, again_at, how);
    is_either(&bench, measured, is_done, kind->name, (unsigned long long)at);
    bench_end(&bench);
    return operations;
}

static void a_crash_leaves_what_was_before_or_after(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct measured measured = measure(&kinds[i]);

        assert_in_range(measured.operations, 3, 200);
        for (uint64_t at = 1; at <= measured.operations + 1; at++)
            for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                (void)crash(&kinds[i], &measured, seed, at, 0, SIM_CRASH_PROCESS);
                (void)crash(&kinds[i], &measured, seed, at, 0, SIM_CRASH_POWER);
            }
        measured_deinit(&measured);
    }
}

static void so_does_one_while_it_is_mended(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct measured measured = measure(&kinds[i]);

        for (uint64_t at = 1; at <= measured.operations + 1; at++) {
            uint64_t count = crash(&kinds[i], &measured, 7, at, 0, SIM_CRASH_POWER);

            for (uint64_t again = 1; again <= count; again++)
                (void)crash(&kinds[i], &measured, 7, at, again, SIM_CRASH_POWER);
        }
        measured_deinit(&measured);
    }
}

/* ---- changes by hand ---- */

static void a_change_by_hand_becomes_one_revision_whatever_is_cut_off(void **unused)
{
    static const struct kind by_hand = {"by hand", with_one, NULL};
    char *whole = NULL;

    (void)unused;
    for (uint64_t at = 0; at < 40; at++) {
        struct bench bench;

        bench_begin(&bench, at + 1, &by_hand);
        sim_disk_remove(bench.disk, "/dags/sum.json");
        sim_disk_append(bench.disk, "/dags/sum.json", HAND_TEXT, strlen(HAND_TEXT));
        if (at > 0)
            sim_disk_crash_at(bench.disk, sim_disk_operations(bench.disk) + at, SIM_CRASH_POWER);
        poll_settled(&bench);
        bench_close(&bench);
        if (!sim_disk_is_down(bench.disk))
            sim_disk_crash(bench.disk, SIM_CRASH_POWER);
        sim_disk_restart(bench.disk);
        assert_true(bench_open(&bench));
        char *now = tell(&bench);
        if (whole)
            assert_string_equal(now, whole);
        else
            assert_non_null(strstr(now, "sum sum.json 2 running by ann\n" HAND_TEXT));
        free(at == 0 ? NULL : now);
        whole = at == 0 ? now : whole;
        bench_end(&bench);
    }
    free(whole);
}

/* ---- many new files ---- */

#define NEW_FILES 5 /* that define a DAG each */
#define NEW_SEEDS 8

static void add_file(struct bench *bench, const char *file, const char *text)
{
    char path[100];

    snprintf(path, sizeof(path), "/dags/%s", file);
    sim_disk_append(bench->disk, path, text, strlen(text));
}

static void add_new_files(struct bench *bench)
{
    for (int i = 0; i < NEW_FILES; i++) {
        char file[40], text[100];

        snprintf(file, sizeof(file), "n%d.json", i);
        snprintf(text, sizeof(text), "{\"name\": \"new%d\", \"n\": %d}", i, i);
        add_file(bench, file, text);
    }
    add_file(bench, "broken.json", "{ \"name\": ");
}

static void close_and_open(struct bench *bench)
{
    bench_close(bench);
    (void)bench_open(bench);
}

static const struct way {
    const char *name;
    void (*take)(struct bench *bench); /* the new files; the disk may go down meanwhile */
} ways[] = {{"opened", close_and_open}, {"seen while it runs", poll_settled}};

/* `has_twin`: a second file for one of the DAGs. */
static void with_new_files(struct bench *bench, uint64_t seed, bool has_twin)
{
    static const struct kind one = {"new files", with_one, NULL};

    bench_begin(bench, seed, &one);
    add_new_files(bench);
    if (has_twin)
        add_file(bench, "twice.json", "{ \"name\": \"new2\" }");
}

/* What there is when nothing is cut off, and by how many operations. */
static char *take_whole(const struct way *way, bool has_twin, uint64_t *operations)
{
    struct bench bench;

    with_new_files(&bench, 1, has_twin);
    uint64_t before = sim_disk_operations(bench.disk);
    way->take(&bench);
    *operations = sim_disk_operations(bench.disk) - before;
    char *whole = tell(&bench);
    assert_non_null(strstr(whole, "new4 n4.json 1 unasked by \n{\"name\": \"new4\""));
    assert_non_null(strstr(whole, "sum sum.json 1 running by ann"));
    assert_non_null(strstr(whole, "problem broken.json - it defines no DAG"));
    assert_true(!has_twin || strstr(whole, "twice.json - DAG new2 is defined in n2.json"));
    bench_end(&bench);
    return whole;
}

/* Opens again until nothing is in the way: all of it is there, once, and nothing else. */
static uint64_t is_whole(struct bench *bench, const char *whole, uint64_t again_at,
                         enum sim_crash how, const char *name, uint64_t at)
{
    bench_close(bench);
    if (!sim_disk_is_down(bench->disk))
        sim_disk_crash(bench->disk, how);
    sim_disk_restart(bench->disk);
    uint64_t operations = reopen(bench, again_at, how);
    char *now = tell(bench);
    if (strcmp(now, whole) != 0)
        fail_msg("%s, cut off at %llu, again at %llu:\n%s\n--- wanted:\n%s", name,
                 (unsigned long long)at, (unsigned long long)again_at, now, whole);
    free(now);
    return operations;
}

static uint64_t cut_off(const struct way *way, const char *whole, uint64_t seed, uint64_t at,
                        uint64_t again_at, enum sim_crash how)
{
    struct bench bench;

    with_new_files(&bench, seed, true);
    sim_disk_set_faults(bench.disk, &(struct sim_faults){.any_order = seed % 2 == 0});
    sim_disk_crash_at(bench.disk, sim_disk_operations(bench.disk) + at, how);
    way->take(&bench);
    uint64_t operations = is_whole(&bench, whole, again_at, how, way->name, at);
    bench_end(&bench);
    return operations;
}

static void many_new_files_are_all_there_whenever_it_is_cut_off(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        uint64_t operations;
        char *whole = take_whole(&ways[i], true, &operations);

        assert_in_range(operations, 6 * NEW_FILES, 500);
        for (uint64_t at = 1; at <= operations; at++)
            for (uint64_t seed = 1; seed <= NEW_SEEDS; seed++) {
                (void)cut_off(&ways[i], whole, seed, at, 0, SIM_CRASH_PROCESS);
                (void)cut_off(&ways[i], whole, seed, at, 0, SIM_CRASH_POWER);
            }
        free(whole);
    }
}

static void so_are_they_when_that_is_cut_off_again(void **unused)
{
    uint64_t operations;

    (void)unused;
    char *whole = take_whole(&ways[0], true, &operations);
    for (uint64_t at = 1; at <= operations; at += 3) {
        uint64_t count = cut_off(&ways[0], whole, at, at, 0, SIM_CRASH_POWER);

        for (uint64_t again = 1; again <= count; again++)
            (void)cut_off(&ways[0], whole, at, at, again, SIM_CRASH_POWER);
    }
    free(whole);
}

static void many_new_files_are_taken_once_the_disk_lets_them(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        uint64_t operations;
        char *whole = take_whole(&ways[i], false, &operations);

        for (uint64_t seed = 1; seed <= 200; seed++) {
            struct bench bench;

            with_new_files(&bench, seed, false);
            sim_disk_set_faults(
                bench.disk,
                &(struct sim_faults){.write = 3000, .sync = 3000, .rename = 3000, .full = 2000});
            ways[i].take(&bench);
            sim_disk_set_faults(bench.disk, &(struct sim_faults){0});
            if (!bench.definitions)
                close_and_open(&bench);
            poll_settled(&bench);
            (void)is_whole(&bench, whole, 0, SIM_CRASH_POWER, "a disk that fails", seed);
            bench_end(&bench);
        }
        free(whole);
    }
}

/* ---- a disk that refuses ---- */

/* What is known now is what is there after the next start. */
static void is_the_same_after_a_start(struct bench *bench)
{
    char *now = tell(bench);

    bench_close(bench);
    assert_true(bench_open(bench));
    char *then = tell(bench);
    assert_string_equal(now, then);
    free(now);
    free(then);
}

static void a_full_disk_refuses_and_changes_nothing(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct measured measured = measure(&kinds[i]);
        unsigned refusals = 0;

        for (uint64_t room = 0; room < 2000; room += 37) {
            struct bench bench;

            bench_begin(&bench, room + 1, &kinds[i]);
            sim_disk_set_room(bench.disk, room);
            bool is_done = kinds[i].change(&bench);
            struct measured wanted = measured;
            if (!is_done)
                wanted.after = measured.before;
            refusals += !is_done;
            sim_disk_set_room(bench.disk, UINT64_MAX);
            poll_settled(&bench); /* a record that came too late */
            is_either(&bench, &wanted, is_done, kinds[i].name, (unsigned long long)room);
            is_the_same_after_a_start(&bench);
            bench_end(&bench);
        }
        assert_true(refusals > 0);
        measured_deinit(&measured);
    }
}

static void a_disk_that_fails_now_and_then_refuses_or_does_it(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct measured measured = measure(&kinds[i]);
        unsigned done_count = 0;

        for (uint64_t seed = 1; seed <= 400; seed++) {
            struct bench bench;

            bench_begin(&bench, seed, &kinds[i]);
            sim_disk_set_faults(
                bench.disk,
                &(struct sim_faults){
                    .write = 6000, .sync = 6000, .rename = 6000, .open = 3000, .full = 3000});
            bool is_done = kinds[i].change(&bench);
            done_count += is_done;
            sim_disk_set_faults(bench.disk, &(struct sim_faults){0});
            poll_settled(&bench);
            is_either(&bench, &measured, is_done, kinds[i].name, (unsigned long long)seed);
            is_the_same_after_a_start(&bench);
            bench_end(&bench);
        }
        assert_in_range(done_count, 1, 399);
        measured_deinit(&measured);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_leaves_what_was_before_or_after),
        cmocka_unit_test(so_does_one_while_it_is_mended),
        cmocka_unit_test(a_change_by_hand_becomes_one_revision_whatever_is_cut_off),
        cmocka_unit_test(many_new_files_are_all_there_whenever_it_is_cut_off),
        cmocka_unit_test(so_are_they_when_that_is_cut_off_again),
        cmocka_unit_test(many_new_files_are_taken_once_the_disk_lets_them),
        cmocka_unit_test(a_full_disk_refuses_and_changes_nothing),
        cmocka_unit_test(a_disk_that_fails_now_and_then_refuses_or_does_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
