/* test_sim_disk.c - the simulated disk keeps what was synced, and may lose or tear all else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_disk.h"

#define ROUNDS    400
#define FILE_PATH "/data/dags/a/x"

static struct sim_disk *disk;
static struct storage *storage;

static void begin(uint64_t seed)
{
    disk = sim_disk_new(seed);
    storage = sim_disk_storage(disk);
}

static int tear_down(void **unused)
{
    (void)unused;
    sim_disk_free(disk);
    disk = NULL;
    return 0;
}

static struct dag_file *open_file(const char *path)
{
    struct dag_error err = {0};
    struct dag_file *file =
        storage->open(storage, path, DAG_OPEN_READ | DAG_OPEN_APPEND | DAG_OPEN_CREATE, &err);

    if (!file)
        fail_msg("%s", err.message);
    return file;
}

static void put(struct dag_file *file, const char *text)
{
    struct dag_error err = {0};

    assert_true(storage->write(file, text, strlen(text), &err));
}

static void put_synced(const char *path, const char *text)
{
    struct dag_file *file = open_file(path);
    struct dag_error err = {0};

    put(file, text);
    assert_true(storage->sync(file, &err));
    storage->close(file);
}

/* What is at the path: "-" where there is nothing. */
static const char *content(const char *path)
{
    static char text[4096];
    struct dag_buffer bytes = {0};
    bool is_there = sim_disk_content(disk, path, &bytes);

    assert_true(bytes.size < sizeof(text));
    if (bytes.size > 0)
        memcpy(text, bytes.bytes, bytes.size);
    text[bytes.size] = '\0';
    dag_buffer_free(&bytes);
    return is_there ? text : "-";
}

static void lose_power(void)
{
    sim_disk_crash(disk, SIM_CRASH_POWER);
    sim_disk_restart(disk);
}

/* ---- tests ------------------------------------------------------------------------------ */

static void reads_what_was_written(void **unused)
{
    struct dag_error err = {0};
    struct dag_file_info info;
    char bytes[8] = {0};

    (void)unused;
    begin(1);
    struct dag_file *file = open_file(FILE_PATH);
    put(file, "abc");
    put(file, "def");
    assert_int_equal(storage->read(file, 2, bytes, 3, &err), 3);
    assert_string_equal(bytes, "cde");
    assert_int_equal(storage->read(file, 6, bytes, 3, &err), 0);
    assert_true(storage->truncate(file, 4, &err));
    assert_true(storage->info(file, &info, &err));
    assert_int_equal(info.size, 4);
    assert_true(info.is_regular);
    storage->close(file);
    assert_true(storage->path_info(storage, "/data/dags", &info, &err));
    assert_true(info.exists);
    assert_false(info.is_regular);
    assert_true(storage->path_info(storage, "/data/none", &info, &err));
    assert_false(info.exists);
    assert_null(storage->open(storage, "/data/none", DAG_OPEN_READ, &err));
    assert_true(err.retryable);
}

static bool count_name(void *context, const char *name)
{
    size_t *seen = context;

    *seen += strcmp(name, "x") == 0 ? 1 : strcmp(name, "more") == 0 ? 10 : 100;
    return true;
}

static void lists_a_folder(void **unused)
{
    struct dag_error err = {0};
    size_t seen = 0;

    (void)unused;
    begin(2);
    put_synced("/f/x", "");
    put_synced("/f/more/y", "");
    assert_true(storage->list(storage, "/f", count_name, &seen, &err));
    assert_int_equal(seen, 11);
    assert_true(storage->remove(storage, "/f/more/y", &err));
    seen = 0;
    assert_true(storage->list(storage, "/f/more", count_name, &seen, &err));
    assert_int_equal(seen, 0);
    assert_false(storage->list(storage, "/g", count_name, &seen, &err));
}

static void a_process_crash_keeps_the_page_cache(void **unused)
{
    struct dag_error err = {0};

    (void)unused;
    begin(3);
    struct dag_file *file = open_file(FILE_PATH);
    put(file, "abc");
    sim_disk_crash(disk, SIM_CRASH_PROCESS);
    assert_true(sim_disk_is_down(disk));
    assert_false(storage->write(file, "x", 1, &err));
    assert_null(storage->open(storage, FILE_PATH, DAG_OPEN_READ, &err));
    sim_disk_restart(disk);
    assert_string_equal(content(FILE_PATH), "abc");
    assert_false(storage->write(file, "x", 1, &err));
    storage->close(file);
    lose_power();
    assert_true(strcmp(content(FILE_PATH), "-") == 0 || strlen(content(FILE_PATH)) <= 3);
}

static void what_was_synced_survives_every_power_loss(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        begin(seed);
        put_synced(FILE_PATH, "abcdef");
        struct dag_file *file = open_file(FILE_PATH);
        put(file, "ghi");
        lose_power();
        storage->close(file);
        assert_int_equal(strncmp(content(FILE_PATH), "abcdef", 6), 0);
        lose_power(); /* nothing is left to lose */
        assert_int_equal(strncmp(content(FILE_PATH), "abcdef", 6), 0);
        sim_disk_free(disk);
    }
    disk = NULL;
}

/* Each of these is seen at least once: the disk is as bad as it promises. */
static void what_was_not_synced_ends_in_every_way(void **unused)
{
    size_t gone = 0, empty = 0, part = 0, whole = 0, other = 0;

    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        begin(seed);
        struct dag_file *file = open_file(FILE_PATH);
        put(file, "abcdef");
        lose_power();
        storage->close(file);
        const char *text = content(FILE_PATH);
        struct dag_file_info info;
        struct dag_error err = {0};
        assert_true(storage->path_info(storage, FILE_PATH, &info, &err));
        if (!info.exists)
            gone++;
        else if (info.size == 0)
            empty++;
        else if (strncmp(text, "abcdef", info.size) != 0)
            other++;
        else if (info.size < 6)
            part++;
        else
            whole++;
        sim_disk_free(disk);
    }
    disk = NULL;
    assert_true(gone > 0 && empty > 0 && part > 0 && whole > 0 && other > 0);
}

static void a_cut_that_was_not_synced_may_come_undone(void **unused)
{
    size_t old = 0, cut = 0;

    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct dag_error err = {0};

        begin(seed);
        put_synced(FILE_PATH, "abcdef");
        struct dag_file *file = open_file(FILE_PATH);
        assert_true(storage->truncate(file, 2, &err));
        lose_power();
        storage->close(file);
        old += strcmp(content(FILE_PATH), "abcdef") == 0;
        cut += strcmp(content(FILE_PATH), "ab") == 0;
        sim_disk_free(disk);
    }
    disk = NULL;
    assert_true(old > 0 && cut > 0);
    assert_int_equal(old + cut, ROUNDS);
}

static void a_rename_is_whole_and_durable(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct dag_error err = {0};

        begin(seed);
        put_synced("/f/x", "old");
        put_synced("/f/x.new", "new");
        assert_true(storage->rename(storage, "/f/x.new", "/f/x", &err));
        lose_power();
        assert_string_equal(content("/f/x"), "new");
        assert_string_equal(content("/f/x.new"), "-");
        sim_disk_free(disk);
    }
    disk = NULL;
}

static void a_rename_does_not_sync_the_bytes(void **unused)
{
    size_t lost = 0;

    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct dag_error err = {0};

        begin(seed);
        struct dag_file *file = open_file("/f/x.new");
        put(file, "new");
        storage->close(file);
        assert_true(storage->rename(storage, "/f/x.new", "/f/x", &err));
        lose_power();
        lost += strcmp(content("/f/x"), "new") != 0;
        sim_disk_free(disk);
    }
    disk = NULL;
    assert_true(lost > 0);
}

static void a_removed_file_may_come_back(void **unused)
{
    size_t back = 0;

    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct dag_error err = {0};

        begin(seed);
        put_synced("/f/x", "abc");
        assert_true(storage->remove(storage, "/f/x", &err));
        lose_power();
        back += strcmp(content("/f/x"), "abc") == 0;
        sim_disk_free(disk);
    }
    disk = NULL;
    assert_true(back > 0 && back < ROUNDS);
}

static void a_synced_folder_keeps_its_changes(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct dag_error err = {0};

        begin(seed);
        put_synced("/f/x", "abc");
        storage->close(open_file("/f/y"));
        assert_true(storage->remove(storage, "/f/x", &err));
        assert_true(storage->sync_folder(storage, "/f", &err));
        lose_power();
        assert_string_equal(content("/f/x"), "-");
        assert_string_equal(content("/f/y"), "");
        sim_disk_free(disk);
    }
    disk = NULL;
}

/* Making /a, syncing /, making /a/b, syncing /a, making the file. */
static void a_new_folder_may_go_with_all_that_is_in_it(void **unused)
{
    int gone = 0, back = 0;

    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct dag_error err = {0};
        struct dag_file_info info;

        begin(seed);
        sim_disk_crash_at(disk, 2, SIM_CRASH_POWER);
        assert_null(storage->open(storage, "/a/b/x", DAG_OPEN_APPEND | DAG_OPEN_CREATE, &err));
        sim_disk_restart(disk);
        assert_true(storage->path_info(storage, "/a", &info, &err));
        gone += !info.exists;
        back += info.exists;
        sim_disk_free(disk);
    }
    disk = NULL;
    assert_true(gone > 0 && back > 0);
}

static void a_folder_left_unsynced_is_synced_by_the_next_process(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct dag_error err = {0};

        begin(seed);
        sim_disk_crash_at(disk, 1 + seed % 5, SIM_CRASH_PROCESS);
        assert_null(storage->open(storage, "/a/b/x", DAG_OPEN_APPEND | DAG_OPEN_CREATE, &err));
        sim_disk_restart(disk);
        struct dag_file *file = open_file("/a/b/x");
        assert_true(storage->write(file, "abc", 3, &err));
        assert_true(storage->sync(file, &err));
        storage->close(file);
        lose_power();
        assert_string_equal(content("/a/b/x"), "abc");
        sim_disk_free(disk);
    }
    disk = NULL;
}

static void the_crash_comes_in_the_chosen_operation(void **unused)
{
    (void)unused;
    for (uint64_t at = 1; at <= 4; at++) { /* create, write, sync, rename */
        struct dag_error err = {0};

        begin(at);
        sim_disk_append(disk, "/f/z", "", 0); /* the folder is there */
        sim_disk_crash_at(disk, at, SIM_CRASH_POWER);
        struct dag_file *file =
            storage->open(storage, "/f/x", DAG_OPEN_APPEND | DAG_OPEN_CREATE, &err);
        assert_int_equal(file != NULL, at > 1);
        if (file) {
            assert_int_equal(storage->write(file, "abc", 3, &err), at > 2);
            assert_int_equal(storage->sync(file, &err), at > 3);
            storage->close(file);
        }
        assert_false(storage->rename(storage, "/f/x", "/f/y", &err));
        assert_int_equal(sim_disk_operations(disk), at);
        sim_disk_restart(disk);
        assert_false(sim_disk_is_down(disk));
        if (at == 4)
            assert_true(strcmp(content("/f/x"), "abc") == 0 || strcmp(content("/f/y"), "abc") == 0);
        sim_disk_free(disk);
    }
    disk = NULL;
}

static void a_full_disk_takes_what_fits(void **unused)
{
    struct dag_error err = {0};

    (void)unused;
    begin(5);
    struct dag_file *file = open_file(FILE_PATH);
    sim_disk_set_room(disk, 4);
    put(file, "abc");
    assert_false(storage->write(file, "def", 3, &err));
    assert_true(err.retryable);
    assert_string_equal(content(FILE_PATH), "abcd");
    sim_disk_set_room(disk, UINT64_MAX);
    put(file, "ef");
    assert_string_equal(content(FILE_PATH), "abcdef");
    storage->close(file);
}

static void a_failed_sync_may_lose_for_good(void **unused)
{
    struct sim_faults faults = {.sync = 65536, .sync_failure_loses = true};
    struct sim_faults none = {.sync_failure_loses = true};
    struct dag_error err = {0};

    (void)unused;
    begin(6);
    put_synced(FILE_PATH, "ab");
    struct dag_file *file = open_file(FILE_PATH);
    put(file, "cd");
    sim_disk_set_faults(disk, &faults);
    assert_false(storage->sync(file, &err));
    sim_disk_set_faults(disk, &none);
    put(file, "ef");
    assert_true(storage->sync(file, &err));
    assert_string_equal(content(FILE_PATH), "abcdef");
    assert_true(storage->settle(file, &err));
    storage->close(file);
    assert_string_equal(content(FILE_PATH), "ab"); /* and zeros */
    lose_power();

    struct dag_buffer bytes = {0};
    assert_true(sim_disk_content(disk, FILE_PATH, &bytes));
    assert_int_equal(bytes.size, 6);
    assert_memory_equal(bytes.bytes, "ab\0\0ef", 6);
    dag_buffer_free(&bytes);
}

static void faults_come_by_the_seed(void **unused)
{
    struct sim_faults faults = {.write = 20000, .full = 20000, .sync = 20000, .open = 20000};
    size_t failed[2] = {0};

    (void)unused;
    for (int round = 0; round < 2; round++) {
        begin(7);
        sim_disk_set_faults(disk, &faults);
        for (int i = 0; i < 100; i++) {
            struct dag_error err = {0};
            struct dag_file *file =
                storage->open(storage, FILE_PATH, DAG_OPEN_APPEND | DAG_OPEN_CREATE, &err);

            failed[round] += !file;
            if (!file)
                continue;
            failed[round] += 2 * (size_t)!storage->write(file, "abc", 3, &err);
            failed[round] += 4 * (size_t)!storage->sync(file, &err);
            storage->close(file);
        }
        sim_disk_free(disk);
    }
    disk = NULL;
    assert_true(failed[0] > 50 && failed[0] < 650);
    assert_int_equal(failed[0], failed[1]);
}

static void a_bit_flips(void **unused)
{
    (void)unused;
    begin(8);
    put_synced(FILE_PATH, "abc");
    assert_true(sim_disk_flip(disk, FILE_PATH, 1, 0));
    assert_string_equal(content(FILE_PATH), "acc");
    assert_false(sim_disk_flip(disk, FILE_PATH, 3, 0));
    lose_power();
    assert_string_equal(content(FILE_PATH), "acc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(reads_what_was_written, tear_down),
        cmocka_unit_test_teardown(lists_a_folder, tear_down),
        cmocka_unit_test_teardown(a_process_crash_keeps_the_page_cache, tear_down),
        cmocka_unit_test_teardown(what_was_synced_survives_every_power_loss, tear_down),
        cmocka_unit_test_teardown(what_was_not_synced_ends_in_every_way, tear_down),
        cmocka_unit_test_teardown(a_cut_that_was_not_synced_may_come_undone, tear_down),
        cmocka_unit_test_teardown(a_rename_is_whole_and_durable, tear_down),
        cmocka_unit_test_teardown(a_rename_does_not_sync_the_bytes, tear_down),
        cmocka_unit_test_teardown(a_removed_file_may_come_back, tear_down),
        cmocka_unit_test_teardown(a_synced_folder_keeps_its_changes, tear_down),
        cmocka_unit_test_teardown(a_new_folder_may_go_with_all_that_is_in_it, tear_down),
        cmocka_unit_test_teardown(a_folder_left_unsynced_is_synced_by_the_next_process, tear_down),
        cmocka_unit_test_teardown(the_crash_comes_in_the_chosen_operation, tear_down),
        cmocka_unit_test_teardown(a_full_disk_takes_what_fits, tear_down),
        cmocka_unit_test_teardown(a_failed_sync_may_lose_for_good, tear_down),
        cmocka_unit_test_teardown(faults_come_by_the_seed, tear_down),
        cmocka_unit_test_teardown(a_bit_flips, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
