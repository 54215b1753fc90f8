/* test_storage_beneath.c - a storage beneath a folder lets no path lead out of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/storage_beneath.h"

#define OUTSIDE "it leads out of the folder that DAGs may use (--file-root)"

/* FOLDER/root is the root; FOLDER/secret and FOLDER/out/ lie outside. */
static char folder[64], root[80];
static struct storage *storage;

static const char *join(const char *base, const char *name)
{
    static char paths[8][160];
    static int turn;

    turn = (turn + 1) % 8;
    snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", base, name);
    return paths[turn];
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int set_up(void **state)
{
    struct dag_error err = {0};

    (void)state;
    strcpy(folder, "/tmp/dagd-beneath-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(root, sizeof(root), "%s/root", folder);
    assert_int_equal(mkdir(root, 0700), 0);
    assert_int_equal(mkdir(join(folder, "out"), 0700), 0);
    put(join(folder, "secret"), "secret");
    put(join(folder, "out/file"), "secret");
    put(join(root, "inside"), "fine");
    assert_int_equal(mkdir(join(root, "sub"), 0700), 0);
    assert_int_equal(symlink("../inside", join(root, "sub/good")), 0);
    assert_int_equal(symlink("../secret", join(root, "bad")), 0);
    assert_int_equal(symlink("../out", join(root, "bad_folder")), 0);
    assert_int_equal(symlink(join(folder, "secret"), join(root, "absolute")), 0);
    assert_int_equal(symlink("/proc/self/root", join(root, "magic")), 0);
    storage = storage_beneath_new(root, &err);
    if (!storage)
        fail_msg("%s", err.message);
    return 0;
}

static int tear_down(void **state)
{
    char command[100];

    (void)state;
    storage_beneath_free(storage);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static bool reads(const char *path, struct dag_error *err)
{
    char bytes[16] = {0};
    struct dag_file *file = storage->open(storage, path, DAG_OPEN_READ, err);

    if (!file)
        return false;
    assert_int_equal(storage->read(file, 0, bytes, sizeof(bytes), err), 4);
    assert_string_equal(bytes, "fine");
    storage->close(file);
    return true;
}

static void opens_what_lies_inside(void **state)
{
    const char *const paths[] = {"inside",
                                 "./inside",
                                 "sub/../inside",
                                 "sub/good",
                                 join(root, "inside"),
                                 join(root, "sub/good"),
                                 join(root, "/inside")};

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct dag_error err = {0};

        if (!reads(paths[i], &err))
            fail_msg("%s: %s", paths[i], err.message);
    }
}

static const char *const outside[] = {
    "bad",
    "bad_folder/file",
    "bad_folder",
    "absolute",
    "../secret",
    "sub/../../secret",
    "/etc/hostname",
    "magic/etc/hostname",
    "sub/../bad",
    "../root/inside",
    "/",
};
#define OUTSIDE_COUNT (sizeof(outside) / sizeof(outside[0]))

static void refuses_to_open_what_lies_outside(void **state)
{
    const uint32_t flags[] = {DAG_OPEN_READ, DAG_OPEN_WRITE | DAG_OPEN_CREATE | DAG_OPEN_TRUNCATE,
                              DAG_OPEN_APPEND | DAG_OPEN_CREATE};
    struct stat found;

    (void)state;
    for (size_t i = 0; i < OUTSIDE_COUNT; i++)
        for (size_t k = 0; k < 3; k++) {
            struct dag_error err = {0};

            if (storage->open(storage, outside[i], flags[k], &err))
                fail_msg("%s could be opened", outside[i]);
            assert_false(err.retryable);
        }
    assert_int_equal(stat(join(folder, "secret"), &found), 0);
    assert_int_equal(found.st_size, 6);
}

static bool take(void *context, const char *name)
{
    (void)context;
    (void)name;
    return true;
}

static void refuses_every_other_operation_on_it_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < OUTSIDE_COUNT; i++) {
        struct dag_file_info info;
        struct dag_error err = {0};

        assert_false(storage->path_info(storage, outside[i], &info, &err));
        assert_false(storage->list(storage, outside[i], take, NULL, &err));
        assert_false(storage->sync_folder(storage, outside[i], &err));
        assert_int_equal(storage_descriptor(storage, outside[i], O_PATH, &err), -1);
        if (strncmp(outside[i], "bad", 4) != 0 && strcmp(outside[i], "absolute") != 0 &&
            strcmp(outside[i], "bad_folder") != 0 && strcmp(outside[i], "sub/../bad") != 0) {
            assert_false(storage->remove(storage, outside[i], &err));
            assert_false(storage->rename(storage, outside[i], "here", &err));
            assert_false(storage->rename(storage, "inside", outside[i], &err));
        }
    }
    assert_int_equal(access(join(folder, "out/file"), F_OK), 0);
    assert_int_equal(access(join(root, "inside"), F_OK), 0);
}

static void a_link_itself_can_be_removed_and_replaced(void **state)
{
    struct dag_error err = {0};

    (void)state;
    assert_true(storage->remove(storage, "bad", &err));
    assert_true(storage->rename(storage, "inside", "absolute", &err));
    assert_true(reads("absolute", &err));
    assert_int_equal(access(join(folder, "secret"), F_OK), 0);
}

static void makes_missing_folders_inside_only(void **state)
{
    const uint32_t flags = DAG_OPEN_WRITE | DAG_OPEN_CREATE;
    struct dag_error err = {0};

    (void)state;
    struct dag_file *file = storage->open(storage, "a/b/c/file", flags, &err);
    assert_non_null(file);
    assert_true(storage->write(file, "fine", 4, &err));
    assert_true(storage->sync(file, &err));
    storage->close(file);
    assert_true(reads(join(root, "a/b/c/file"), &err));
    file = storage->open(storage, join(root, "d/e/file"), flags, &err);
    assert_non_null(file);
    storage->close(file);
    assert_null(storage->open(storage, "bad_folder/new/file", flags, &err));
    assert_null(storage->open(storage, "../new/file", flags, &err));
    assert_null(storage->open(storage, join(folder, "new/file"), flags, &err));
    assert_non_null(strstr(err.message, OUTSIDE));
    assert_int_equal(err.code, DAG_ERROR_INVALID);
    assert_int_equal(access(join(folder, "new"), F_OK), -1);
    assert_int_equal(access(join(folder, "out/new"), F_OK), -1);
}

static void says_plainly_what_is_missing_inside(void **state)
{
    struct dag_file_info info;
    struct dag_error err = {0};

    (void)state;
    assert_true(storage->path_info(storage, "nothing", &info, &err));
    assert_false(info.exists);
    assert_null(storage->open(storage, "nothing", DAG_OPEN_READ, &err));
    assert_true(err.retryable);
    assert_null(strstr(err.message, OUTSIDE));
}

/* Turns a folder into a link to the outside and back, as fast as it can. */
static _Atomic bool is_over;

static void *swap(void *context)
{
    (void)context;
    while (!atomic_load(&is_over)) {
        (void)rename(join(root, "moving"), join(root, "moved"));
        (void)rename(join(root, "trap"), join(root, "moving"));
        (void)rename(join(root, "moving"), join(root, "trap"));
        (void)rename(join(root, "moved"), join(root, "moving"));
    }
    return NULL;
}

static void a_link_that_is_slipped_in_leads_nowhere(void **state)
{
    pthread_t thread;
    struct dag_file_info info;
    char name[32];

    (void)state;
    assert_int_equal(mkdir(join(root, "moving"), 0700), 0);
    put(join(root, "moving/file"), "fine");
    assert_int_equal(symlink("../out", join(root, "trap")), 0);
    is_over = false;
    assert_int_equal(pthread_create(&thread, NULL, swap, NULL), 0);
    for (int i = 0; i < 3000; i++) {
        struct dag_error err = {0};

        snprintf(name, sizeof(name), "moving/new%d/file", i % 50);
        (void)reads("moving/file", &err); /* says itself when it is the secret */
        struct dag_file *file =
            storage->open(storage, name, DAG_OPEN_WRITE | DAG_OPEN_CREATE, &err);
        if (file)
            storage->close(file);
        (void)storage->remove(storage, "moving/gone", &err);
        (void)storage->path_info(storage, "moving/file", &info, &err);
    }
    atomic_store(&is_over, true);
    pthread_join(thread, NULL);
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof(name), "out/new%d", i);
        assert_int_equal(access(join(folder, name), F_OK), -1);
    }
}

static void a_root_must_exist(void **state)
{
    struct dag_error err = {0};

    (void)state;
    assert_null(storage_beneath_new(join(folder, "nothing"), &err));
    assert_non_null(strstr(err.message, "nothing"));
    assert_null(storage_beneath_new(join(folder, "secret"), &err));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(opens_what_lies_inside),
        CASE(refuses_to_open_what_lies_outside),
        CASE(refuses_every_other_operation_on_it_too),
        CASE(a_link_itself_can_be_removed_and_replaced),
        CASE(makes_missing_folders_inside_only),
        CASE(says_plainly_what_is_missing_inside),
        CASE(a_link_that_is_slipped_in_leads_nowhere),
        CASE(a_root_must_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
