/* test_audit.c - the audit log on a disk: its chain, what a crash leaves, what was tampered with.
 */
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

#include "durable/data_folder.h"
#include "server/audit.h"

#define FIRST "audit-00000000000000000001.jsonl"

struct fixture {
    char folder[64];
    struct clock_virtual clock;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    strcpy(fixture->folder, "/tmp/dagd-audit-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    clock_virtual_init(&fixture->clock, 1767323045678000);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[100];

    snprintf(command, sizeof(command), "rm -r %s", fixture->folder);
    assert_int_equal(system(command), 0);
    free(fixture);
    return 0;
}

static bool no_sync(struct dag_file *file, struct dag_error *err)
{
    (void)file;
    (void)err;
    return true;
}

static void write_entries(struct fixture *fixture, size_t count, uint64_t file_size_max)
{
    struct storage fast = *storage_disk();
    struct dag_error err = {0};

    fast.sync = no_sync;
    struct audit *audit =
        audit_open(&fast, fixture->folder, &fixture->clock.clock, file_size_max, &err);
    if (!audit)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < count; i++) {
        const struct audit_entry entry = {
            .actor = "local:ann", .action = "user.add", .object = "user:\"bob\"\n", .result = "ok"};
        assert_true(audit_write(audit, &entry, &err));
    }
    audit_close(audit);
}

static struct audit_report verify(struct fixture *fixture)
{
    struct audit_report report;
    struct dag_error err = {0};

    assert_true(audit_verify(storage_disk(), fixture->folder, &report, &err));
    return report;
}

static char *path_of(struct fixture *fixture, const char *name)
{
    static char path[200];

    snprintf(path, sizeof(path), "%s/audit/%s", fixture->folder, name);
    return path;
}

static void load(struct fixture *fixture, const char *name, struct dag_buffer *bytes)
{
    bool exists = false;

    *bytes = (struct dag_buffer){0};
    assert_true(
        read_file(storage_disk(), path_of(fixture, name), bytes, &exists, &(struct dag_error){0}));
    assert_true(exists);
}

/* Without a sync: these files need not outlive the test. */
static void store(struct fixture *fixture, const char *name, const char *bytes, size_t size)
{
    FILE *file = fopen(path_of(fixture, name), "we");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void an_empty_folder_has_an_empty_log(void **state)
{
    struct audit_report report = verify(*state);

    assert_true(report.is_whole);
    assert_int_equal(report.count, 0);
}

static void each_line_names_the_one_before(void **state)
{
    struct fixture *fixture = *state;
    struct dag_buffer bytes;

    write_entries(fixture, 2, 0);
    write_entries(fixture, 1, 0); /* opened again */
    load(fixture, FIRST, &bytes);
    assert_true(dag_buffer_append(&bytes, "", 1));
    char *second = strchr(bytes.bytes, '\n') + 1;
    char *hash = strstr(bytes.bytes, "\"hash\":\"") + 8, *prev = strstr(second, "\"prev\":\"") + 8;
    assert_memory_equal(hash, prev, 64);
    const char *begins = "{\"number\":1,\"time\":\"2026-01-02T03:04:05.678Z\","
                         "\"actor\":\"local:ann\",\"action\":\"user.add\","
                         "\"object\":\"user:\\\"bob\\\"\\n\",\"result\":\"ok\",\"detail\":\"\"";
    assert_int_equal(strncmp(bytes.bytes, begins, strlen(begins)), 0);
    dag_buffer_free(&bytes);
    struct audit_report report = verify(fixture);
    assert_true(report.is_whole);
    assert_int_equal(report.count, 3);
    assert_int_equal(report.last_number, 3);
}

static void the_chain_goes_on_over_files(void **state)
{
    struct fixture *fixture = *state;

    write_entries(fixture, 7, 700);
    write_entries(fixture, 5, 700);
    assert_int_equal(access(path_of(fixture, "audit-00000000000000000004.jsonl"), F_OK), 0);
    struct audit_report report = verify(fixture);
    assert_true(report.is_whole);
    assert_int_equal(report.count, 12);
    assert_int_equal(unlink(path_of(fixture, "audit-00000000000000000004.jsonl")), 0);
    report = verify(fixture);
    assert_false(report.is_whole);
    assert_non_null(strstr(report.what, "removed"));
}

/* Every byte of the log, changed. */
static void names_the_line_that_was_changed(void **state)
{
    struct fixture *fixture = *state;
    struct dag_buffer bytes;
    uint64_t line = 1;

    write_entries(fixture, 3, 0);
    load(fixture, FIRST, &bytes);
    for (size_t i = 0; i < bytes.size; i++) {
        char was = bytes.bytes[i];

        bytes.bytes[i] = was == 'x' ? 'y' : 'x';
        store(fixture, FIRST, bytes.bytes, bytes.size);
        struct audit_report report = verify(fixture);
        assert_false(report.is_whole);
        assert_int_equal(report.line, line);
        assert_string_equal(report.file, FIRST);
        bytes.bytes[i] = was;
        line += was == '\n';
    }
    dag_buffer_free(&bytes);
}

static void names_the_line_behind_one_that_was_removed(void **state)
{
    struct fixture *fixture = *state;
    struct dag_buffer bytes;

    write_entries(fixture, 3, 0);
    load(fixture, FIRST, &bytes);
    char *second = memchr(bytes.bytes, '\n', bytes.size);
    size_t behind = (size_t)(second + 1 - bytes.bytes);
    store(fixture, FIRST, bytes.bytes + behind, bytes.size - behind);
    struct audit_report report = verify(fixture);
    assert_false(report.is_whole);
    assert_int_equal(report.line, 1);
    dag_buffer_free(&bytes);
}

/* Cut anywhere, as a crash may: what is left is whole, and what was cut is told. */
static void repairs_a_torn_last_line(void **state)
{
    struct fixture *fixture = *state;
    struct dag_buffer bytes, after;

    write_entries(fixture, 2, 0);
    load(fixture, FIRST, &bytes);
    size_t first = (size_t)((char *)memchr(bytes.bytes, '\n', bytes.size) + 1 - bytes.bytes);
    for (size_t size = 0; size < bytes.size; size++) {
        bool is_torn = size != 0 && size != first;

        store(fixture, FIRST, bytes.bytes, size);
        write_entries(fixture, 1, 0);
        struct audit_report report = verify(fixture);
        assert_true(report.is_whole);
        assert_int_equal(report.count, (size >= first) + is_torn + 1);
        load(fixture, FIRST, &after);
        assert_true(dag_buffer_append(&after, "", 1));
        assert_int_equal(strstr(after.bytes, "audit.repair") != NULL, is_torn);
        dag_buffer_free(&after);
    }
    dag_buffer_free(&bytes);
}

static void keeps_a_damaged_log_and_goes_on_in_a_new_file(void **state)
{
    struct fixture *fixture = *state;
    struct dag_buffer bytes, after;

    write_entries(fixture, 3, 0);
    load(fixture, FIRST, &bytes);
    bytes.bytes[60] ^= 1;
    store(fixture, FIRST, bytes.bytes, bytes.size);
    write_entries(fixture, 1, 0);
    load(fixture, FIRST, &after);
    assert_int_equal(after.size, bytes.size);
    dag_buffer_free(&after);
    load(fixture, "audit-00000000000000000004.jsonl", &after);
    assert_true(dag_buffer_append(&after, "", 1));
    assert_non_null(strstr(after.bytes, "audit.damage"));
    struct audit_report report = verify(fixture);
    assert_false(report.is_whole);
    assert_int_equal(report.line, 1);
    dag_buffer_free(&after);
    dag_buffer_free(&bytes);
}

static void goes_on_behind_a_file_that_a_crash_left_empty(void **state)
{
    struct fixture *fixture = *state;

    write_entries(fixture, 3, 0);
    store(fixture, "audit-00000000000000000004.jsonl", "", 0);
    write_entries(fixture, 1, 0);
    struct audit_report report = verify(fixture);
    assert_true(report.is_whole);
    assert_int_equal(report.count, 4);
}

/* A disk that syncs nothing. */
static bool fail_sync(struct dag_file *file, struct dag_error *err)
{
    (void)file;
    return dag_error_set(err, DAG_ERROR_IO, "no");
}

static void refuses_what_it_could_not_sync(void **state)
{
    struct fixture *fixture = *state;
    struct storage broken = *storage_disk();
    struct dag_error err = {0};
    const struct audit_entry entry = {.action = "user.add"};

    broken.sync = fail_sync;
    struct audit *audit = audit_open(&broken, fixture->folder, &fixture->clock.clock, 0, &err);
    assert_non_null(audit);
    assert_false(audit_write(audit, &entry, &err));
    assert_false(audit_write(audit, &entry, &err));
    assert_string_equal(err.message, "the audit log could not be written before");
    audit_close(audit);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(an_empty_folder_has_an_empty_log),
        CASE(each_line_names_the_one_before),
        CASE(the_chain_goes_on_over_files),
        CASE(names_the_line_that_was_changed),
        CASE(names_the_line_behind_one_that_was_removed),
        CASE(repairs_a_torn_last_line),
        CASE(keeps_a_damaged_log_and_goes_on_in_a_new_file),
        CASE(goes_on_behind_a_file_that_a_crash_left_empty),
        CASE(refuses_what_it_could_not_sync),
    };

    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
