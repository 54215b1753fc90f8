/* test_storage.c - files and folders as storage.h promises them, and the clocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/storage.h"

static char folder[64];

static int set_up(void **unused)
{
    (void)unused;
    strcpy(folder, "/tmp/dagd_storage_XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **unused)
{
    char command[128];

    (void)unused;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char path[4][128];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
    return path[turn];
}

static void writes_reads_truncates(void **unused)
{
    struct storage *disk = storage_disk();
    struct dag_error err = {0};
    struct dag_file_info info;
    char bytes[16] = {0};

    (void)unused;
    struct dag_file *file = disk->open(disk, in_folder("a/b/c.txt"),
                                       DAG_OPEN_WRITE | DAG_OPEN_READ | DAG_OPEN_CREATE, &err);
    assert_non_null(file);
    assert_true(disk->write(file, "hello ", 6, &err));
    assert_true(disk->write(file, "world", 5, &err));
    assert_true(disk->sync(file, &err));
    assert_int_equal(disk->read(file, 6, bytes, sizeof(bytes), &err), 5);
    assert_string_equal(bytes, "world");
    assert_int_equal(disk->read(file, 11, bytes, sizeof(bytes), &err), 0);
    assert_true(disk->truncate(file, 6, &err));
    assert_true(disk->write(file, "you", 3, &err)); /* at the end */
    assert_true(disk->info(file, &info, &err));
    assert_true(info.exists && info.is_regular);
    assert_int_equal(info.size, 9);
    disk->close(file);

    file = disk->open(disk, in_folder("a/b/c.txt"), DAG_OPEN_APPEND, &err);
    assert_non_null(file);
    assert_int_equal(fcntl(*(int *)(file + 1), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_true(disk->write(file, "!", 1, &err));
    disk->close(file);
    assert_true(disk->path_info(disk, in_folder("a/b/c.txt"), &info, &err));
    assert_int_equal(info.size, 10);
}

static void check_blocks(const char *path)
{
    struct storage *disk = storage_disk();
    size_t size = 3 * STORAGE_BLOCK_SIZE;
    char *bytes = aligned_alloc(STORAGE_BLOCK_SIZE, size), *again = calloc(1, 2 * size + 6);
    struct dag_error err = {0};

    assert_true(bytes && again);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 / 3);
    struct dag_file *file =
        disk->open(disk, path, DAG_OPEN_APPEND | DAG_OPEN_READ | DAG_OPEN_CREATE, &err);
    assert_non_null(file);
    assert_true(disk->write_blocks(file, bytes, size, &err));
    assert_true(disk->write_blocks(file, bytes, size, &err));
    assert_int_equal(fcntl(*(int *)(file + 1), F_GETFL) & O_DIRECT, 0);
    assert_true(disk->write(file, "behind", 6, &err));
    assert_true(disk->sync(file, &err));
    assert_int_equal(disk->read(file, 0, again, 2 * size + 6, &err), 2 * size + 6);
    assert_memory_equal(again, bytes, size);
    assert_memory_equal(again + size, bytes, size);
    assert_memory_equal(again + 2 * size, "behind", 6);
    disk->close(file);
    assert_true(disk->remove(disk, path, &err));
    free(again);
    free(bytes);
}

static void blocks_are_written_past_the_cache_or_not(void **unused)
{
    char path[64];

    (void)unused;
    check_blocks(in_folder("blocks"));
    snprintf(path, sizeof(path), "/dev/shm/dagd_blocks_%d",
             (int)getpid()); /* it only has a cache */
    check_blocks(path);
}

static void a_missing_file_may_be_there_later(void **unused)
{
    struct storage *disk = storage_disk();
    struct dag_error err = {0};
    struct dag_file_info info;

    (void)unused;
    assert_null(disk->open(disk, in_folder("none"), DAG_OPEN_READ, &err));
    assert_true(err.retryable);
    assert_int_equal(err.code, DAG_ERROR_IO);
    assert_non_null(strstr(err.message, in_folder("none")));
    assert_true(disk->path_info(disk, in_folder("none"), &info, &err));
    assert_false(info.exists);
    assert_null(disk->open(disk, folder, DAG_OPEN_WRITE, &err));
    assert_false(err.retryable); /* a folder */
}

static bool note(void *context, const char *name)
{
    char *names = context;
    size_t size = strlen(names);

    snprintf(names + size, 16 - size, "%s", name);
    return strlen(names) < 2;
}

static void renames_lists_removes(void **unused)
{
    struct storage *disk = storage_disk();
    struct dag_error err = {0};
    struct dag_file_info info;
    char names[16] = "";

    (void)unused;
    disk->close(disk->open(disk, in_folder("x"), DAG_OPEN_WRITE | DAG_OPEN_CREATE, &err));
    assert_true(disk->rename(disk, in_folder("x"), in_folder("y"), &err));
    assert_true(disk->path_info(disk, in_folder("x"), &info, &err));
    assert_false(info.exists);
    assert_true(disk->list(disk, folder, note, names, &err));
    assert_string_equal(names, "y");
    disk->close(disk->open(disk, in_folder("z"), DAG_OPEN_WRITE | DAG_OPEN_CREATE, &err));
    disk->close(disk->open(disk, in_folder("w"), DAG_OPEN_WRITE | DAG_OPEN_CREATE, &err));
    names[0] = '\0';
    assert_true(disk->list(disk, folder, note, names, &err)); /* stops when told to */
    assert_int_equal(strlen(names), 2);
    assert_true(disk->remove(disk, in_folder("y"), &err));
    assert_false(disk->remove(disk, in_folder("y"), &err));
    assert_false(disk->list(disk, in_folder("none"), note, names, &err));
}

static void a_virtual_clock_stands_still(void **unused)
{
    struct clock_virtual clock;

    (void)unused;
    clock_virtual_init(&clock, 1000);
    int64_t before = clock.clock.monotonic_us(&clock.clock);
    assert_int_equal(clock.clock.realtime_us(&clock.clock), 1000);
    clock_virtual_advance(&clock, 5);
    assert_int_equal(clock.clock.realtime_us(&clock.clock), 1005);
    assert_int_equal(clock.clock.monotonic_us(&clock.clock), before + 5);
    assert_true(clock_system()->realtime_us(clock_system()) > 1700000000000000);
}

static void time_is_written_as_rfc_3339(void **unused)
{
    static const struct {
        int64_t time_us;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1767323045678999, "2026-01-02T03:04:05.678Z"},
        {-1000, "1969-12-31T23:59:59.999Z"},
    };
    char text[32];

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        clock_format(cases[i].time_us, text);
        assert_string_equal(text, cases[i].text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_reads_truncates),
        TEST(blocks_are_written_past_the_cache_or_not),
        TEST(a_missing_file_may_be_there_later),
        TEST(renames_lists_removes),
        cmocka_unit_test(a_virtual_clock_stands_still),
        cmocka_unit_test(time_is_written_as_rfc_3339),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
