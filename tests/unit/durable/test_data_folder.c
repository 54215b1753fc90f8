/* test_data_folder.c - the lock, the version, the folders of DAGs, identities. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "durable/data_folder.h"
#include "support/sim_disk.h"

static char *make_place(void)
{
    static char place[64];

    char above[] = "/tmp/data-folder-XXXXXX";

    assert_non_null(mkdtemp(above));
    snprintf(place, sizeof(place), "%s/new/data", above);
    return place;
}

static void remove_place(char *place)
{
    char command[128];

    *strstr(place, "/new/data") = '\0';
    snprintf(command, sizeof(command), "rm -r '%s'", place);
    assert_int_equal(system(command), 0);
}

static void another_process_finds_it_locked(void **unused)
{
    char *place = make_place();
    struct data_folder *folder = NULL, *other = NULL;
    struct dag_error err = {0};
    char pid[32];

    (void)unused;
    assert_int_equal(data_folder_open(storage_disk(), place, true, false, &folder, &err),
                     DATA_FOLDER_OK);
    assert_int_equal(data_folder_open(storage_disk(), place, true, false, &other, &err),
                     DATA_FOLDER_LOCKED);
    assert_null(other);
    snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
    assert_non_null(strstr(err.message, pid));
    /* looking is allowed */
    assert_int_equal(data_folder_open(storage_disk(), place, true, true, &other, &err),
                     DATA_FOLDER_OK);
    data_folder_close(other);
    data_folder_close(folder);
    assert_int_equal(data_folder_open(storage_disk(), place, true, false, &folder, &err),
                     DATA_FOLDER_OK);
    data_folder_close(folder);
    remove_place(place);
}

static void the_lock_goes_with_its_process(void **unused)
{
    char *place = make_place();
    struct data_folder *folder = NULL;
    struct dag_error err = {0};
    int status;

    (void)unused;
    pid_t child = fork();
    if (child == 0) {
        bool held =
            data_folder_open(storage_disk(), place, true, false, &folder, &err) == DATA_FOLDER_OK;
        _exit(held ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(data_folder_open(storage_disk(), place, true, false, &folder, &err),
                     DATA_FOLDER_OK);
    assert_non_null(data_folder_dag(folder, "sample", &err));
    data_folder_close(folder);
    remove_place(place);
}

static void versions_are_told_apart(void **unused)
{
    static const struct {
        const char *text; /* NULL: none */
        bool read_only;
        enum data_folder_outcome outcome;
        const char *message;
    } cases[] = {
        {NULL, false, DATA_FOLDER_OK, ""},
        {NULL, true, DATA_FOLDER_FAILED, "has no file VERSION"},
        {"dagd data 1\n", false, DATA_FOLDER_OK, ""},
        {"dagd data 1\n", true, DATA_FOLDER_OK, ""},
        {"dagd data 2\n", false, DATA_FOLDER_FAILED,
         "has version 2 and this dagd knows versions up to 1: use the dagd that wrote it"},
        {"dagd data 12\n", true, DATA_FOLDER_FAILED, "has version 12"},
        {"dagd data x\n", false, DATA_FOLDER_FAILED, "damaged"},
        {"hello", false, DATA_FOLDER_FAILED, "no data folder of dagd"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sim_disk *disk = sim_disk_new(1);
        struct data_folder *folder = NULL;
        struct dag_error err = {0};
        if (cases[i].text)
            sim_disk_append(disk, "data/VERSION", cases[i].text, strlen(cases[i].text));
        assert_int_equal(data_folder_open(sim_disk_storage(disk), "data/", false,
                                          cases[i].read_only, &folder, &err),
                         cases[i].outcome);
        assert_non_null(strstr(err.message, cases[i].message));
        data_folder_close(folder);
        sim_disk_free(disk);
    }
}

static void long_names_are_cut_and_stay_different(void **unused)
{
    struct sim_disk *disk = sim_disk_new(1);
    struct data_folder *folder = NULL;
    struct dag_error err = {0};
    char a[301], b[301];

    (void)unused;
    memset(a, 'a', 300);
    memset(b, 'a', 300);
    a[300] = b[300] = '\0';
    b[299] = 'b';
    assert_int_equal(data_folder_open(sim_disk_storage(disk), "data", false, false, &folder, &err),
                     DATA_FOLDER_OK);
    assert_string_equal(data_folder_dag(folder, "short", &err), "data/dags/short");
    const char *first = data_folder_dag(folder, a, &err);
    const char *second = data_folder_dag(folder, b, &err);
    assert_int_equal(strlen(first), strlen("data/dags/") + 117);
    assert_string_not_equal(first, second);
    assert_string_equal(first, data_folder_dag(folder, a, &err));
    data_folder_close(folder);
    sim_disk_free(disk);
}

static void an_identity_is_made_once(void **unused)
{
    struct sim_disk *disk = sim_disk_new(1);
    struct storage *storage = sim_disk_storage(disk);
    struct identity first, second;
    struct dag_error err = {0};

    (void)unused;
    assert_false(identity_read(storage, "dag", false, &first, &err));
    assert_true(identity_read(storage, "dag", true, &first, &err));
    assert_int_equal(strlen(first.instance), 32);
    assert_int_equal(first.reserved, 0);
    first.reserved = 1234567890123;
    first.has_journal = true;
    memcpy(first.inputs, "0123456789abcdef", 17);
    assert_true(identity_write(storage, "dag", &first, &err));
    sim_disk_crash(disk, SIM_CRASH_POWER);
    sim_disk_restart(disk);
    assert_true(identity_read(storage, "dag", true, &second, &err));
    assert_string_equal(second.instance, first.instance);
    assert_string_equal(second.inputs, first.inputs);
    assert_int_equal(second.reserved, first.reserved);
    assert_true(second.has_journal);
    assert_true(identity_read(storage, "other", true, &second, &err));
    assert_string_not_equal(second.instance, first.instance);
    sim_disk_append(disk, "dag/identity", "x", 1);
    assert_false(identity_read(storage, "dag", true, &second, &err));
    assert_non_null(strstr(err.message, "'dag/identity' is damaged"));
    sim_disk_free(disk);
}

static void a_file_is_the_old_one_or_the_new_one(void **unused)
{
    (void)unused;
    for (uint64_t at = 1; at < 10; at++) {
        struct sim_disk *disk = sim_disk_new(at);
        struct storage *storage = sim_disk_storage(disk);
        struct dag_buffer bytes = {0};
        struct dag_error err = {0};
        bool exists;
        assert_true(write_file_atomically(storage, "a/file", "old", 3, &err));
        sim_disk_crash_at(disk, sim_disk_operations(disk) + at, SIM_CRASH_POWER);
        bool done = write_file_atomically(storage, "a/file", "new!", 4, &err);
        sim_disk_crash(disk, SIM_CRASH_POWER);
        sim_disk_restart(disk);
        assert_true(read_file(storage, "a/file", &bytes, &exists, &err));
        assert_true(exists);
        bool is_new = bytes.size == 4 && memcmp(bytes.bytes, "new!", 4) == 0;
        assert_true(is_new || (bytes.size == 3 && memcmp(bytes.bytes, "old", 3) == 0));
        assert_true(is_new || !done);
        dag_buffer_free(&bytes);
        sim_disk_free(disk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_process_finds_it_locked),
        cmocka_unit_test(the_lock_goes_with_its_process),
        cmocka_unit_test(versions_are_told_apart),
        cmocka_unit_test(long_names_are_cut_and_stay_different),
        cmocka_unit_test(an_identity_is_made_once),
        cmocka_unit_test(a_file_is_the_old_one_or_the_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
