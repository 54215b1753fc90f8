/* test_file_source.c - the file subscriber: following, rotation, cutting, long lines, positions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
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
    folder = test_folder_new();
    snprintf(path, sizeof path, "%sin.jsonl", folder);
    snprintf(uri, sizeof uri, "file://%s", path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_folder_free(folder);
    return 0;
}

static const char *sibling(const char *suffix)
{
    static char name[300];

    snprintf(name, sizeof name, "%s%s", path, suffix);
    return name;
}

static void rotate_to(const char *suffix)
{
    assert_int_equal(rename(path, sibling(suffix)), 0);
}

static void open_at(struct connector_fixture *source, const char *config, const char *position)
{
    struct dag_error err = {0};

    if (!subscriber_open(source, &dag_subscriber_file, uri, config, position, &err))
        fail_msg("%s", err.message);
}

/* Reads one batch and gives its last origin. */
static struct dag_origin read_once(struct connector_fixture *source, size_t rows)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err;
    struct dag_origin origin = {0};

    assert_int_not_equal(source->subscriber->read(source->state, batch, &err), DAG_READ_FAILED);
    assert_int_equal(dag_batch_row_count(batch), rows);
    if (rows > 0)
        origin = dag_batch_origins(batch)[rows - 1];
    dag_batch_unref(batch);
    return origin;
}

/* The position behind an origin, or the first one. The caller frees it. */
static char *save(struct connector_fixture *source, const struct dag_origin *origin)
{
    struct dag_buffer out = {0};
    struct dag_error err = {0};

    if (!source->subscriber->save_position(source->state, origin, origin ? 1 : 0, &out, &err))
        fail_msg("%s", err.message);
    assert_true(dag_buffer_append(&out, "", 1));
    return out.bytes;
}

static void a_file_is_read_line_by_line_and_followed(void **unused)
{
    struct connector_fixture source = {0};

    (void)unused;
    write_file(path, "{\"a\":1}\n{\"a\":2}\n");
    open_at(&source, "{}", NULL);
    assert_string_equal(source.host.watched_path, path);
    assert_reads(&source, "{\"a\":1}\n{\"a\":2}\n", DAG_READ_IDLE);
    append_file(path, "\n  \r\n{\"a\":3}\r\n[1,2]\n\"x\"\n{\"名\":\"é😀\"}\n");
    assert_reads(&source, "{\"a\":3}\n[1,2]\n\"x\"\n{\"名\":\"é😀\"}\n", DAG_READ_IDLE);
    assert_reads(&source, "", DAG_READ_IDLE);
    assert_int_equal(source.host.timer_us, INT64_MAX);
    connector_close(&source);
}

static void a_file_may_appear_later(void **unused)
{
    struct connector_fixture source = {0};
    char text[400] = "";

    (void)unused;
    open_at(&source, "{\"start\":\"end\"}", NULL);
    assert_reads(&source, "", DAG_READ_IDLE);
    source.subscriber->describe(source.state, text, sizeof text);
    assert_non_null(strstr(text, "to appear"));
    write_file(path, "{\"a\":1}\n");
    assert_reads(&source, "{\"a\":1}\n", DAG_READ_IDLE);
    connector_close(&source);
}

static void a_half_line_waits_for_its_end_wherever_it_is_cut(void **unused)
{
    static const char text[] = "{\"a\":1}\n{\"b\":\"é\\u00e9\"}\n\n12\n";
    static const char expected[] = "{\"a\":1}\n{\"b\":\"é\\u00e9\"}\n12\n";

    (void)unused;
    for (size_t cut = 0; cut < sizeof text; cut++) {
        struct connector_fixture source = {0};
        struct dag_buffer out = {0};
        struct dag_error err;
        char first[sizeof text] = "";
        memcpy(first, text, cut);
        write_file(path, first);
        open_at(&source, "{}", NULL);
        assert_int_equal(subscriber_read(&source, &out, &err), DAG_READ_IDLE);
        append_file(path, text + cut);
        assert_int_equal(subscriber_read(&source, &out, &err), DAG_READ_IDLE);
        assert_true(dag_buffer_append(&out, "", 1));
        assert_string_equal(out.bytes, expected);
        dag_buffer_free(&out);
        connector_close(&source);
    }
}

static void a_file_that_is_not_followed_ends(void **unused)
{
    struct connector_fixture source = {0};

    (void)unused;
    write_file(path, "1\n2");
    open_at(&source, "{\"follow\":false}", NULL);
    assert_string_equal(source.host.watched_path, "");
    assert_reads(&source, "1\n2\n", DAG_READ_END);
    assert_reads(&source, "", DAG_READ_END);
    connector_close(&source);
}

static void a_missing_file_that_is_not_followed_is_an_error(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_error err = {0};

    (void)unused;
    assert_false(
        subscriber_open(&source, &dag_subscriber_file, uri, "{\"follow\":false}", NULL, &err));
    assert_int_equal(err.code, DAG_ERROR_IO);
    assert_false(err.retryable);
    assert_non_null(strstr(err.message, path));
    connector_close(&source);
}

static void what_is_no_file_is_refused(void **unused)
{
    static const char *const wrong[] = {"file://", "file:///tmp/"};

    (void)unused;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct connector_fixture source = {0};
        struct dag_error err = {0};
        assert_false(subscriber_open(&source, &dag_subscriber_file, wrong[i], "{}", NULL, &err));
        assert_non_null(strstr(err.message, wrong[i]));
        connector_close(&source);
    }
    struct connector_fixture source = {0};
    struct dag_error err = {0};
    assert_false(subscriber_open(&source, &dag_subscriber_file, "file:///tmp", "{}", NULL, &err));
    assert_non_null(strstr(err.message, "not a regular file"));
    connector_close(&source);
}

static void reading_may_begin_at_the_end(void **unused)
{
    struct connector_fixture source = {0};

    (void)unused;
    write_file(path, "1\n2\n{\"half\":");
    open_at(&source, "{\"start\":\"end\"}", NULL);
    assert_reads(&source, "", DAG_READ_IDLE);
    append_file(path, "3}\n4\n");
    assert_reads(&source, "{\"half\":3}\n4\n", DAG_READ_IDLE);
    connector_close(&source);
}

static void a_rotated_file_is_read_to_its_end_first(void **unused)
{
    struct connector_fixture source = {0};

    (void)unused;
    write_file(path, "1\n");
    open_at(&source, "{}", NULL);
    assert_reads(&source, "1\n", DAG_READ_IDLE);
    append_file(path, "2\n3");
    rotate_to(".1");
    assert_reads(&source, "2\n", DAG_READ_IDLE); /* nothing is at the path yet */
    append_file(sibling(".1"), "4");
    write_file(path, "5\n");
    assert_reads(&source, "34\n5\n", DAG_READ_IDLE);
    append_file(path, "6\n");
    assert_reads(&source, "6\n", DAG_READ_IDLE);
    connector_close(&source);
}

static void files_that_were_rotated_quickly_are_all_read(void **unused)
{
    struct connector_fixture source = {0};

    (void)unused;
    write_file(path, "1\n");
    open_at(&source, "{}", NULL);
    assert_reads(&source, "1\n", DAG_READ_IDLE);
    rotate_to(".2");
    write_file(path, "2\n");
    rotate_to(".1");
    write_file(path, "3\n");
    assert_reads(&source, "2\n3\n", DAG_READ_IDLE);
    connector_close(&source);
}

static void a_file_that_was_cut_is_read_from_its_beginning(void **unused)
{
    struct connector_fixture source = {0};

    (void)unused;
    write_file(path, "{\"a\":1}\n{\"a\":2}\n{\"half");
    open_at(&source, "{}", NULL);
    assert_reads(&source, "{\"a\":1}\n{\"a\":2}\n", DAG_READ_IDLE);
    write_file(path, "3\n");
    assert_reads(&source, "3\n", DAG_READ_IDLE);
    assert_int_equal(source.host.warning_count, 1);
    connector_close(&source);
}

static void a_half_line_that_was_cut_is_looked_at_again(void **unused)
{
    struct connector_fixture source = {0};

    (void)unused;
    write_file(path, "1\n{\"half");
    open_at(&source, "{}", NULL);
    assert_reads(&source, "1\n", DAG_READ_IDLE);
    assert_int_equal(truncate(path, 2), 0);
    assert_reads(&source, "", DAG_READ_IDLE);
    append_file(path, "2\n");
    assert_reads(&source, "2\n", DAG_READ_IDLE);
    assert_int_equal(source.host.warning_count, 0);
    connector_close(&source);
}

static char *long_line(size_t size, const char *end)
{
    char *line = malloc(size + strlen(end) + 1);

    assert_non_null(line);
    memset(line, 'x', size);
    line[0] = '"';
    line[size - 1] = '"';
    memcpy(line + size, end, strlen(end) + 1);
    return line;
}

static void lines_of_any_allowed_length_pass(void **unused)
{
    static const size_t sizes[] = {100, 5000, 300000, 3000000};

    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct connector_fixture source = {0};
        char *line = long_line(sizes[i], "\n");
        char *expected;
        write_file(path, "1\n");
        append_file(path, line);
        append_file(path, "2\n");
        open_at(&source, "{}", NULL);
        assert_true(asprintf(&expected, "1\n%s2\n", line) > 0);
        assert_reads(&source, expected, DAG_READ_IDLE);
        connector_close(&source);
        free(expected);
        free(line);
    }
}

/* Lines of `size` bytes, the last one with or without its LF, against a limit. */
static void assert_limit(size_t size, size_t limit, const char *end)
{
    struct connector_fixture source = {0};
    char *line = long_line(size, "\n");
    char *expected, config[100];

    write_file(path, line);
    append_file(path, "1\n");
    line[size] = '\0';
    append_file(path, line);
    append_file(path, end);
    snprintf(config, sizeof config, "{\"message_size_max\":%zu,\"follow\":false}", limit);
    open_at(&source, config, NULL);
    if (size > limit)
        assert_true(asprintf(&expected,
                             "!line of %zu bytes: at most %zu\n1\n"
                             "!line of %zu bytes: at most %zu\n",
                             size + 1, limit, size + strlen(end), limit) > 0);
    else
        assert_true(asprintf(&expected, "%s\n1\n%s\n", line, line) > 0);
    assert_reads(&source, expected, DAG_READ_END);
    connector_close(&source);
    free(expected);
    free(line);
}

static void a_line_as_long_as_the_limit_passes_and_one_byte_more_does_not(void **unused)
{
    static const size_t sizes[] = {300000, 524288, 1 << 20, 3000000};

    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_limit(sizes[i], sizes[i], "\n");
        assert_limit(sizes[i], sizes[i], "");
        assert_limit(sizes[i] + 1, sizes[i], "\n");
        assert_limit(sizes[i] + 1, sizes[i], "");
    }
}

static void a_line_that_is_too_long_is_rejected_and_skipped(void **unused)
{
    static const size_t sizes[] = {1001, 20000, 700000};

    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct connector_fixture source = {0};
        struct dag_batch *batch = dag_batch_new();
        struct dag_error err;
        char *line = long_line(sizes[i], "");
        write_file(path, "1\n");
        append_file(path, line);
        open_at(&source, "{\"message_size_max\":1000}", NULL);
        assert_reads(&source, "1\n", DAG_READ_IDLE);
        append_file(path, "\n2\n");
        assert_int_equal(source.subscriber->read(source.state, batch, &err), DAG_READ_IDLE);
        assert_int_equal(dag_batch_row_count(batch), 2);
        assert_int_equal(dag_batch_origins(batch)[0].flags, DAG_ORIGIN_REJECTED);
        assert_int_equal(dag_batch_origins(batch)[0].offset, 2 + sizes[i] + 1);
        assert_int_equal(dag_batch_origins(batch)[1].flags, 0);
        assert_int_equal(dag_batch_origins(batch)[1].offset, 2 + sizes[i] + 3);
        assert_memory_equal(dag_batch_rows(batch)[0].values[0].as.text, line, 100);
        dag_batch_unref(batch);
        connector_close(&source);
        free(line);
    }
}

static void broken_lines_are_rejected_and_the_others_pass(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err;

    (void)unused;
    write_file(path, "{\"a\":1}\n{\"b\":\nnull\n{\"a\":2}\n");
    open_at(&source, "{}", NULL);
    assert_int_equal(source.subscriber->read(source.state, batch, &err), DAG_READ_IDLE);
    assert_int_equal(dag_batch_row_count(batch), 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(dag_batch_origins(batch)[i].flags,
                         i == 1 || i == 2 ? DAG_ORIGIN_REJECTED : 0);
    dag_batch_unref(batch);
    connector_close(&source);
}

static void many_lines_come_in_batches_of_exact_offsets(void **unused)
{
    struct connector_fixture source = {0};
    FILE *file = fopen(path, "we");
    uint64_t offset = 0;
    uint64_t count = 0;
    enum dag_read_status status;
    struct stat found;

    (void)unused;
    assert_non_null(file);
    for (int i = 0; i < 20000; i++)
        fprintf(file, "{\"n\":%d,\"pad\":\"%*s\"}\n", i, i % 300, "x");
    assert_int_equal(fclose(file), 0);
    open_at(&source, "{\"follow\":false}", NULL);
    do {
        struct dag_batch *batch = dag_batch_new();
        struct dag_error err;
        status = source.subscriber->read(source.state, batch, &err);
        for (size_t i = 0; i < dag_batch_row_count(batch); i++, count++) {
            assert_int_equal(dag_batch_rows(batch)[i].values[0].as.integer, count);
            assert_true(dag_batch_origins(batch)[i].offset > offset);
            offset = dag_batch_origins(batch)[i].offset;
        }
        dag_batch_unref(batch);
    } while (status == DAG_READ_MORE);
    assert_int_equal(status, DAG_READ_END);
    assert_int_equal(count, 20000);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(offset, found.st_size);
    connector_close(&source);
}

static void a_path_that_cannot_be_watched_is_polled(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_error err = {0};

    (void)unused;
    write_file(path, "1\n");
    assert_true(
        subscriber_open(&source, &dag_subscriber_file, uri, "{\"read_interval\":5}", NULL, &err));
    source.subscriber->stop(source.state);
    source.host.refuses_watches = true;
    assert_true(
        source.subscriber->open(source.state, &source.address, &source.host.host, NULL, 0, &err));
    assert_reads(&source, "1\n", DAG_READ_IDLE);
    assert_int_equal(source.host.timer_us, source.host.monotonic_us + 5000000);
    connector_close(&source);
}

/* ---- positions -------------------------------------------------------------------------- */

static void reading_goes_on_at_a_saved_position(void **unused)
{
    static const char *const suffixes[] = {"", ".1", "-20260102", ".20260102-030405"};

    (void)unused;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        struct connector_fixture source = {0};
        struct dag_origin origin;
        char *position;
        write_file(path, "{\"a\":1}\n{\"a\":2}\n");
        open_at(&source, "{}", NULL);
        origin = read_once(&source, 2);
        position = save(&source, &origin);
        connector_close(&source);
        append_file(path, "{\"a\":3}\n");
        if (suffixes[i][0] != '\0') {
            rotate_to(suffixes[i]);
            write_file(path, "{\"a\":4}\n");
        }
        open_at(&source, "{}", position);
        assert_reads(&source, suffixes[i][0] ? "{\"a\":3}\n{\"a\":4}\n" : "{\"a\":3}\n",
                     DAG_READ_IDLE);
        connector_close(&source);
        if (suffixes[i][0] != '\0')
            assert_int_equal(unlink(sibling(suffixes[i])), 0);
        free(position);
    }
}

static void several_rotations_while_it_was_stopped_are_caught_up(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_origin origin;
    char *position;

    (void)unused;
    write_file(path, "1\n2\n");
    open_at(&source, "{}", NULL);
    origin = read_once(&source, 2);
    position = save(&source, &origin);
    connector_close(&source);
    append_file(path, "3\n");
    rotate_to(".11");
    write_file(path, "4");
    rotate_to(".10");
    write_file(path, "5\n");
    rotate_to(".9");
    write_file(path, "6\n");
    write_file(sibling(".12.gz"), "7\n");
    open_at(&source, "{}", position);
    assert_reads(&source, "3\n4\n5\n6\n", DAG_READ_IDLE);
    connector_close(&source);
    free(position);
}

static void a_copied_file_is_known_by_its_content(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_origin origin;
    char *position;

    (void)unused;
    write_file(path, "{\"a\":1}\n{\"a\":2}\n");
    open_at(&source, "{}", NULL);
    origin = read_once(&source, 2);
    position = save(&source, &origin);
    connector_close(&source);
    write_file(sibling(".1"), "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"); /* copied, then cut */
    write_file(path, "{\"a\":4}\n");
    open_at(&source, "{}", position);
    assert_reads(&source, "{\"a\":3}\n{\"a\":4}\n", DAG_READ_IDLE);
    connector_close(&source);
    free(position);
}

static void a_position_that_is_gone_is_an_error(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_origin origin;
    struct dag_error err = {0};
    char *position;

    (void)unused;
    write_file(path, "{\"a\":1}\n{\"a\":2}\n");
    open_at(&source, "{}", NULL);
    origin = read_once(&source, 2);
    position = save(&source, &origin);
    connector_close(&source);
    write_file(path, "{\"b\":1}\n{\"b\":2}\n{\"b\":3}\n"); /* same inode, other content */
    assert_false(subscriber_open(&source, &dag_subscriber_file, uri, "{}", position, &err));
    assert_non_null(strstr(err.message, "is gone"));
    assert_false(err.retryable);
    connector_close(&source);
    free(position);
    assert_false(subscriber_open(&source, &dag_subscriber_file, uri, "{}", "{}", &err));
    connector_close(&source);
}

static void a_position_before_the_first_row_is_kept(void **unused)
{
    struct connector_fixture source = {0};
    char *position;

    (void)unused;
    write_file(path, "1\n");
    open_at(&source, "{\"start\":\"end\"}", NULL);
    position = save(&source, NULL);
    connector_close(&source);
    append_file(path, "2\n");
    open_at(&source, "{\"start\":\"end\"}", position);
    assert_reads(&source, "2\n", DAG_READ_IDLE);
    connector_close(&source);
    free(position);

    assert_int_equal(unlink(path), 0);
    open_at(&source, "{\"start\":\"end\"}", NULL);
    position = save(&source, NULL);
    connector_close(&source);
    write_file(path, "1\n");
    open_at(&source, "{\"start\":\"end\"}", position);
    assert_reads(&source, "1\n", DAG_READ_IDLE);
    connector_close(&source);
    free(position);
}

static void positions_follow_over_files(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_origin first, second;
    char *positions[3];

    (void)unused;
    write_file(path, "1\n2\n");
    open_at(&source, "{}", NULL);
    first = read_once(&source, 2);
    first.offset = 2; /* behind the first row */
    rotate_to(".1");
    write_file(path, "3\n4\n");
    second = read_once(&source, 2);
    assert_int_not_equal(first.lane, second.lane);
    positions[0] = save(&source, &first);
    first.offset = 4;
    positions[1] = save(&source, &first);
    second.offset = 2;
    positions[2] = save(&source, &second);
    connector_close(&source);

    static const char *const expected[] = {"2\n3\n4\n", "3\n4\n", "4\n"};
    for (size_t i = 0; i < 3; i++) {
        open_at(&source, "{}", positions[i]);
        assert_reads(&source, expected[i], DAG_READ_IDLE);
        connector_close(&source);
        free(positions[i]);
    }
}

static void a_lane_goes_on_after_a_stop(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_origin first, second;
    struct dag_error err;
    char *position;

    (void)unused;
    write_file(path, "1\n2\n");
    open_at(&source, "{}", NULL);
    first = read_once(&source, 2);
    position = save(&source, &first);
    source.subscriber->stop(source.state);
    append_file(path, "3\n");
    assert_true(source.subscriber->open(source.state, &source.address, &source.host.host, position,
                                        strlen(position), &err));
    second = read_once(&source, 1);
    assert_int_equal(second.lane, first.lane);
    assert_int_equal(second.offset, 6);
    connector_close(&source);
    free(position);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_read_line_by_line_and_followed),
        CASE(a_file_may_appear_later),
        CASE(a_half_line_waits_for_its_end_wherever_it_is_cut),
        CASE(a_file_that_is_not_followed_ends),
        CASE(a_missing_file_that_is_not_followed_is_an_error),
        CASE(what_is_no_file_is_refused),
        CASE(reading_may_begin_at_the_end),
        CASE(a_rotated_file_is_read_to_its_end_first),
        CASE(files_that_were_rotated_quickly_are_all_read),
        CASE(a_file_that_was_cut_is_read_from_its_beginning),
        CASE(a_half_line_that_was_cut_is_looked_at_again),
        CASE(lines_of_any_allowed_length_pass),
        CASE(a_line_as_long_as_the_limit_passes_and_one_byte_more_does_not),
        CASE(a_line_that_is_too_long_is_rejected_and_skipped),
        CASE(broken_lines_are_rejected_and_the_others_pass),
        CASE(many_lines_come_in_batches_of_exact_offsets),
        CASE(a_path_that_cannot_be_watched_is_polled),
        CASE(reading_goes_on_at_a_saved_position),
        CASE(several_rotations_while_it_was_stopped_are_caught_up),
        CASE(a_copied_file_is_known_by_its_content),
        CASE(a_position_that_is_gone_is_an_error),
        CASE(a_position_before_the_first_row_is_kept),
        CASE(positions_follow_over_files),
        CASE(a_lane_goes_on_after_a_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
