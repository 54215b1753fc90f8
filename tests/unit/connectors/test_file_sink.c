/* test_file_sink.c - the file publisher: lines, failures, rotation, syncing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "connectors/registry.h"
#include "support/connector_fixture.h"

static char *folder;
static char path[256];
static char uri[300];

static int setup(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    folder = test_folder_new();
    snprintf(path, sizeof path, "%ssub/folder/out.jsonl", folder);
    snprintf(uri, sizeof uri, "file://%s", path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_folder_free(folder);
    return 0;
}

static void open_sink(struct connector_fixture *sink, const char *config)
{
    struct dag_error err = {0};

    if (!publisher_open(sink, &dag_publisher_file, uri, config, &err))
        fail_msg("%s", err.message);
}

static void assert_file(const char *suffix, const char *expected)
{
    char name[300];
    char *text;

    snprintf(name, sizeof name, "%s%s", path, suffix);
    text = read_file(name);
    assert_string_equal(text, expected);
    free(text);
}

static void each_message_becomes_a_line_and_folders_are_made(void **unused)
{
    struct connector_fixture sink = {0};
    struct dag_error err;

    (void)unused;
    open_sink(&sink, "{}");
    assert_writes(&sink, "{\"t\":\"x\\ny\"}\n{\"名\":\"é😀\"}\n[1, 2]\n");
    assert_int_equal(sink.publisher->flush(sink.state, &err), DAG_WRITE_DONE);
    assert_file("", "{\"t\":\"x\\ny\"}\n{\"名\":\"é😀\"}\n[1,2]\n");
    connector_close(&sink);
    open_sink(&sink, "{}");
    assert_writes(&sink, "3\n");
    assert_file("", "{\"t\":\"x\\ny\"}\n{\"名\":\"é😀\"}\n[1,2]\n3\n");
    connector_close(&sink);
}

/* Wherever a write breaks off, nothing is lost, torn or written twice. */
static void a_failed_write_is_continued_where_it_broke_off(void **unused)
{
    static const char lines[] = "{\"a\":1}\n{\"b\":\"two\"}\n[3]\n";

    (void)unused;
    for (size_t cut = 0; cut < sizeof lines; cut++) {
        struct connector_fixture sink = {0};
        struct dag_batch *batch = batch_of_lines(lines);
        struct dag_error err = {0};
        size_t written = 0, more = 0;
        open_sink(&sink, "{}");
        sink.host.write_errno = ENOSPC;
        sink.host.write_bytes_until_failure = cut;
        assert_int_equal(publisher_write(&sink, batch, 0, &written, &err), DAG_WRITE_FAILED);
        assert_true(err.retryable);
        assert_int_equal(written, 3);
        sink.host.write_errno = ENOSPC; /* and again, at once */
        sink.host.write_bytes_until_failure = 1;
        if (cut + 1 < sizeof lines) {
            assert_int_equal(sink.publisher->flush(sink.state, &err), DAG_WRITE_FAILED);
            assert_true(err.retryable);
        }
        sink.host.write_errno = 0;
        assert_int_equal(publisher_write(&sink, batch, 2, &more, &err), DAG_WRITE_DONE);
        assert_int_equal(more, 1);
        assert_int_equal(sink.publisher->flush(sink.state, &err), DAG_WRITE_DONE);
        assert_file("", "{\"a\":1}\n{\"b\":\"two\"}\n[3]\n[3]\n");
        dag_batch_unref(batch);
        connector_close(&sink);
        assert_int_equal(unlink(path), 0);
    }
}

static void large_deliveries_go_out_in_blocks(void **unused)
{
    struct connector_fixture sink = {0};
    struct dag_buffer lines = {0};

    (void)unused;
    open_sink(&sink, "{}");
    for (int i = 0; i < 1000; i++) {
        char line[1100];
        int size = snprintf(line, sizeof line, "{\"n\":%d,\"pad\":\"%1000s\"}\n", i, "");
        assert_true(dag_buffer_append(&lines, line, (size_t)size));
    }
    assert_true(dag_buffer_append(&lines, "", 1));
    assert_writes(&sink, lines.bytes);
    assert_file("", lines.bytes);
    connector_close(&sink);
    dag_buffer_free(&lines);
}

static void a_line_that_a_crash_tore_is_ended(void **unused)
{
    struct connector_fixture sink = {0};

    (void)unused;
    open_sink(&sink, "{}");
    connector_close(&sink);
    write_file(path, "1\n{\"torn");
    open_sink(&sink, "{}");
    assert_writes(&sink, "2\n");
    assert_int_equal(sink.host.warning_count, 1);
    assert_file("", "1\n{\"torn\n2\n");
    connector_close(&sink);
}

static void a_file_is_rotated_before_it_grows_too_large(void **unused)
{
    struct connector_fixture sink = {0};

    (void)unused;
    open_sink(&sink, "{\"rotate_size\":20}");
    sink.host.clock_us = INT64_C(1767323045000000); /* 2026-01-02 03:04:05 UTC */
    assert_writes(&sink, "\"11111111\"\n\"22222222\"\n\"333333333333333333333333\"\n4\n");
    assert_file(".20260102-030405", "\"11111111\"\n");
    assert_file(".20260102-030405-1", "\"22222222\"\n");
    assert_file(".20260102-030405-2", "\"333333333333333333333333\"\n");
    assert_file("", "4\n");
    assert_writes(&sink, "5\n6\n7\n8\n9\n1\n2\n3\n4\n5\n");
    assert_file(".20260102-030405-3", "4\n5\n6\n7\n8\n9\n1\n2\n3\n4\n");
    assert_file("", "5\n");
    connector_close(&sink);
}

static void a_file_is_rotated_by_age(void **unused)
{
    struct connector_fixture sink = {0};

    (void)unused;
    open_sink(&sink, "{\"rotate_interval\":\"1h\"}");
    sink.host.clock_us = INT64_C(1767323045000000);
    sink.host.monotonic_us += INT64_C(3600000000);
    assert_writes(&sink, "1\n"); /* an empty file isn't kept */
    sink.host.monotonic_us += INT64_C(3599999999);
    assert_writes(&sink, "2\n");
    sink.host.monotonic_us += 1;
    assert_writes(&sink, "3\n");
    assert_file(".20260102-030405", "1\n2\n");
    assert_file("", "3\n");
    connector_close(&sink);
}

static void a_file_that_others_rotate_is_begun_again(void **unused)
{
    struct connector_fixture sink = {0};
    char name[300];

    (void)unused;
    open_sink(&sink, "{}");
    assert_writes(&sink, "1\n");
    snprintf(name, sizeof name, "%s.1", path);
    assert_int_equal(rename(path, name), 0);
    assert_writes(&sink, "2\n");
    assert_file(".1", "1\n");
    assert_file("", "2\n");
    assert_int_equal(unlink(path), 0);
    assert_writes(&sink, "3\n");
    assert_file("", "3\n");
    connector_close(&sink);
}

static void the_disk_is_synced_as_the_option_says(void **unused)
{
    static const struct {
        const char *config;
        unsigned after_write, after_flush;
    } cases[] = {
        {"{}", 0, 0},
        {"{\"fsync\":\"never\"}", 0, 0},
        {"{\"fsync\":\"flush\"}", 0, 1},
        {"{\"fsync\":\"always\"}", 1, 1},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct connector_fixture sink = {0};
        struct dag_error err;
        open_sink(&sink, cases[i].config);
        assert_writes(&sink, "1\n2\n");
        assert_int_equal(sink.host.sync_count, cases[i].after_write);
        assert_int_equal(sink.publisher->flush(sink.state, &err), DAG_WRITE_DONE);
        assert_int_equal(sink.host.sync_count, cases[i].after_flush);
        assert_int_equal(sink.publisher->flush(sink.state, &err), DAG_WRITE_DONE);
        assert_int_equal(sink.host.sync_count, cases[i].after_flush);
        connector_close(&sink);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(each_message_becomes_a_line_and_folders_are_made),
        CASE(a_failed_write_is_continued_where_it_broke_off),
        CASE(large_deliveries_go_out_in_blocks),
        CASE(a_line_that_a_crash_tore_is_ended),
        CASE(a_file_is_rotated_before_it_grows_too_large),
        CASE(a_file_is_rotated_by_age),
        CASE(a_file_that_others_rotate_is_begun_again),
        CASE(the_disk_is_synced_as_the_option_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
