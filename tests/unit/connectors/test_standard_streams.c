/* test_standard_streams.c - file://- as a subscriber and as a publisher, which never wait. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "connectors/file/source.h"
#include "connectors/registry.h"
#include "support/connector_fixture.h"

/* Puts `fd` in place of a standard stream; give_back() undoes it. */
static int take_place(int standard, int fd)
{
    int kept = dup(standard);

    fflush(stdout);
    assert_true(kept >= 0);
    assert_int_equal(dup2(fd, standard), standard);
    close(fd);
    return kept;
}

static void give_back(int standard, int kept)
{
    assert_int_equal(dup2(kept, standard), standard);
    close(kept);
}

static void put(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* ---- standard input --------------------------------------------------------------------- */

static void open_input(struct connector_fixture *source, const char *config)
{
    struct dag_error err = {0};

    if (!subscriber_open(source, &dag_subscriber_file, "file://-", config, NULL, &err))
        fail_msg("%s", err.message);
}

static void a_pipe_is_read_when_something_is_there(void **unused)
{
    struct connector_fixture source = {0};
    int ends[2];
    int kept;

    (void)unused;
    assert_int_equal(pipe(ends), 0);
    kept = take_place(STDIN_FILENO, ends[0]);
    open_input(&source, "{}");
    assert_reads(&source, "", DAG_READ_IDLE);
    assert_int_equal(source.host.watched_fd, STDIN_FILENO);
    assert_int_equal(source.host.watched_events, DAG_FD_READABLE);
    put(ends[1], "{\"a\":1}\n{\"b\"");
    assert_reads(&source, "{\"a\":1}\n", DAG_READ_IDLE);
    put(ends[1], ":2}\n\n3\n4");
    assert_reads(&source, "{\"b\":2}\n3\n", DAG_READ_IDLE);
    close(ends[1]);
    assert_reads(&source, "4\n", DAG_READ_END);
    assert_reads(&source, "", DAG_READ_END);
    connector_close(&source);
    give_back(STDIN_FILENO, kept);
}

static void a_line_may_be_cut_anywhere(void **unused)
{
    static const char text[] = "{\"a\":1}\n\n{\"b\":\"é\"}\n3";

    (void)unused;
    for (size_t cut = 0; cut < sizeof text; cut++) {
        struct connector_fixture source = {0};
        struct dag_buffer out = {0};
        struct dag_error err;
        int ends[2];
        int kept;
        assert_int_equal(pipe(ends), 0);
        kept = take_place(STDIN_FILENO, ends[0]);
        open_input(&source, "{}");
        assert_int_equal(write(ends[1], text, cut), cut);
        assert_int_equal(subscriber_read(&source, &out, &err), DAG_READ_IDLE);
        put(ends[1], text + cut);
        close(ends[1]);
        assert_int_equal(subscriber_read(&source, &out, &err), DAG_READ_END);
        assert_true(dag_buffer_append(&out, "", 1));
        assert_string_equal(out.bytes, "{\"a\":1}\n{\"b\":\"é\"}\n3\n");
        dag_buffer_free(&out);
        connector_close(&source);
        give_back(STDIN_FILENO, kept);
    }
}

static void a_redirected_file_ends(void **unused)
{
    char *folder = test_folder_new();
    char path[256];
    char *text = malloc(200000);
    struct connector_fixture source = {0};
    int kept;

    (void)unused;
    assert_non_null(text);
    for (size_t i = 0; i < 199998; i += 2)
        memcpy(text + i, "1\n", 3);
    snprintf(path, sizeof path, "%sin", folder);
    write_file(path, text);
    kept = take_place(STDIN_FILENO, open(path, O_RDONLY | O_CLOEXEC));
    open_input(&source, "{}");
    assert_reads(&source, text, DAG_READ_END);
    connector_close(&source);
    give_back(STDIN_FILENO, kept);
    free(text);
    test_folder_free(folder);
}

static void a_line_that_is_too_long_is_skipped(void **unused)
{
    struct connector_fixture source = {0};
    char *line = malloc(20001);
    int ends[2];
    int kept;

    (void)unused;
    assert_non_null(line);
    memset(line, '1', 20000);
    line[20000] = '\0';
    assert_int_equal(pipe(ends), 0);
    kept = take_place(STDIN_FILENO, ends[0]);
    open_input(&source, "{\"message_size_max\":6000}");
    put(ends[1], line);
    assert_reads(&source, "", DAG_READ_IDLE);
    put(ends[1], line);
    put(ends[1], "\n2\n");
    assert_reads(&source, "!line of 40001 bytes: at most 6000\n2\n", DAG_READ_IDLE);
    put(ends[1], line);
    close(ends[1]);
    assert_reads(&source, "!line of 20000 bytes: at most 6000\n", DAG_READ_END);
    connector_close(&source);
    give_back(STDIN_FILENO, kept);
    free(line);
}

/* A text of `size` bytes and then `end`. */
static void write_long(FILE *file, size_t size, const char *end)
{
    fputc('"', file);
    for (size_t i = 2; i < size; i++)
        fputc('x', file);
    fputc('"', file);
    fputs(end, file);
}

/* The beginning of the file read from standard input with that configuration. */
static void assert_input(const char *path, const char *config, const char *const *expected,
                         size_t count)
{
    struct connector_fixture source = {0};
    int kept = take_place(STDIN_FILENO, open(path, O_RDONLY | O_CLOEXEC));
    struct dag_buffer out = {0};
    struct dag_error err;
    const char *at;

    open_input(&source, config);
    while (subscriber_read(&source, &out, &err) == DAG_READ_MORE)
        continue;
    assert_true(dag_buffer_append(&out, "", 1));
    at = out.bytes;
    for (size_t i = 0; i < count; i++) {
        assert_memory_equal(at, expected[i], strlen(expected[i]));
        at = strchr(at, '\n');
        assert_non_null(at);
        at++;
    }
    assert_string_equal(at, "");
    /* what is too long is not kept */
    assert_true(((struct file_source *)source.state)->stream.capacity <= (4 << 20));
    dag_buffer_free(&out);
    connector_close(&source);
    give_back(STDIN_FILENO, kept);
}

static void the_limit_of_a_line_is_exact_and_bounds_what_is_kept(void **unused)
{
    static const char *const expected[] = {"\"xx",
                                           "1",
                                           "!line of 1048578 bytes: at most 1048576",
                                           "2",
                                           "!line of 20000001 bytes: at most 1048576",
                                           "\"xx",
                                           "!line of 9000000 bytes"};
    char *folder = test_folder_new();
    char path[256];
    FILE *file;

    (void)unused;
    snprintf(path, sizeof path, "%sin", folder);
    file = fopen(path, "we");
    assert_non_null(file);
    write_long(file, 1 << 20, "\n1\n");
    write_long(file, (1 << 20) + 1, "\n2\n");
    write_long(file, 20000000, "\n");
    write_long(file, 1 << 20, "\n");
    write_long(file, 9000000, "");
    fclose(file);
    assert_input(path, "{\"message_size_max\":\"1MiB\"}", expected,
                 sizeof expected / sizeof expected[0]);
    test_folder_free(folder);
}

static void only_one_subscriber_may_have_it(void **unused)
{
    struct connector_fixture first = {0}, second = {0};
    struct dag_error err = {0};

    (void)unused;
    open_input(&first, "{}");
    assert_false(subscriber_open(&second, &dag_subscriber_file, "file://-", "{}", NULL, &err));
    assert_non_null(strstr(err.message, "another subscriber"));
    connector_close(&second);
    connector_close(&first);
    open_input(&second, "{}");
    connector_close(&second);
}

/* ---- standard output -------------------------------------------------------------------- */

static bool open_output(struct connector_fixture *sink)
{
    struct dag_error err;

    return publisher_open(sink, &dag_publisher_file, "file://-", "{}", &err);
}

/* Reads all that is there. */
static void drain(int fd, struct dag_buffer *out)
{
    char bytes[65536];
    ssize_t got;

    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        assert_true(dag_buffer_append(out, bytes, (size_t)got));
}

static struct dag_batch *many_rows(struct dag_buffer *lines)
{
    for (int i = 0; i < 1000; i++) {
        char line[320];
        int size = snprintf(line, sizeof line, "{\"n\":%d,\"pad\":\"%300s\"}\n", i, "");
        assert_true(dag_buffer_append(lines, line, (size_t)size));
    }
    assert_true(dag_buffer_append(lines, "", 1));
    lines->size--;
    return batch_of_lines(lines->bytes);
}

/* `ends[1]` becomes standard output: more than it holds is written, without ever waiting. */
static void write_through(int ends[2])
{
    struct connector_fixture sink = {0};
    struct dag_buffer lines = {0}, out = {0};
    struct dag_batch *batch = many_rows(&lines);
    struct dag_error err = {0};
    size_t first = 0, waits = 0;
    enum dag_write_status status = DAG_WRITE_WAIT;
    int kept = take_place(STDOUT_FILENO, ends[1]);
    bool is_open = open_output(&sink);

    assert_true(fcntl(ends[0], F_SETFL, O_NONBLOCK) >= 0);
    while (is_open && status == DAG_WRITE_WAIT && waits < 10000) {
        size_t written;
        status = publisher_write(&sink, batch, first, &written, &err);
        first += written;
        waits += status == DAG_WRITE_WAIT;
        drain(ends[0], &out);
    }
    for (enum dag_write_status flushed = DAG_WRITE_WAIT; is_open && flushed == DAG_WRITE_WAIT;) {
        flushed = sink.publisher->flush(sink.state, &err);
        drain(ends[0], &out);
    }
    if (is_open)
        connector_close(&sink);
    give_back(STDOUT_FILENO, kept);
    assert_true(is_open);
    assert_int_equal(status, DAG_WRITE_DONE);
    assert_int_equal(first, 1000);
    assert_in_range(waits, 1, 9999);
    assert_int_equal(out.size, lines.size);
    assert_memory_equal(out.bytes, lines.bytes, out.size);
    dag_buffer_free(&out);
    dag_buffer_free(&lines);
    dag_batch_unref(batch);
    close(ends[0]);
}

static void a_full_pipe_is_waited_for(void **unused)
{
    int ends[2];

    (void)unused;
    assert_int_equal(pipe(ends), 0);
    write_through(ends);
}

static void a_full_socket_is_waited_for(void **unused)
{
    int ends[2];

    (void)unused;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    write_through(ends);
}

static void two_publishers_never_mix_their_lines(void **unused)
{
    struct connector_fixture first = {0}, second = {0};
    struct dag_buffer lines = {0}, out = {0};
    struct dag_batch *batch = many_rows(&lines);
    struct dag_batch *other = batch_of_lines("\"other\"\n");
    struct dag_error err;
    size_t done = 0, written;
    enum dag_write_status status, other_status;
    unsigned wakes_before, wakes_after;
    int ends[2];
    int kept;

    (void)unused;
    assert_int_equal(pipe(ends), 0);
    assert_true(fcntl(ends[0], F_SETFL, O_NONBLOCK) >= 0);
    kept = take_place(STDOUT_FILENO, ends[1]);
    if (!open_output(&first) || !open_output(&second)) {
        give_back(STDOUT_FILENO, kept);
        fail();
    }
    status = publisher_write(&first, batch, 0, &done, &err);
    drain(ends[0], &out);
    other_status = publisher_write(&second, other, 0, &written, &err);
    wakes_before = second.host.wake_count;
    for (int i = 0; i < 1000 && status == DAG_WRITE_WAIT; i++) {
        status = publisher_write(&first, batch, done, &written, &err);
        done += written;
        drain(ends[0], &out);
    }
    wakes_after = second.host.wake_count;
    second.publisher->flush(second.state, &err);
    drain(ends[0], &out);
    connector_close(&first);
    connector_close(&second);
    give_back(STDOUT_FILENO, kept);

    assert_int_equal(other_status, DAG_WRITE_WAIT);
    assert_int_equal(status, DAG_WRITE_DONE);
    assert_int_equal(wakes_before, 0);
    assert_int_equal(wakes_after, 1);
    assert_true(dag_buffer_append(&lines, "\"other\"\n", 8));
    assert_int_equal(out.size, lines.size);
    dag_buffer_free(&out);
    dag_buffer_free(&lines);
    dag_batch_unref(batch);
    dag_batch_unref(other);
    close(ends[0]);
}

static void a_redirected_file_keeps_what_it_held(void **unused)
{
    char *folder = test_folder_new();
    char path[256];
    char *text;
    struct connector_fixture sink = {0};
    struct dag_batch *batch = batch_of_lines("1\n2\n");
    struct dag_error err;
    size_t written;
    int kept;
    enum dag_write_status status = DAG_WRITE_FAILED;

    (void)unused;
    snprintf(path, sizeof path, "%sout", folder);
    write_file(path, "0\n");
    kept = take_place(STDOUT_FILENO, open(path, O_WRONLY | O_APPEND | O_CLOEXEC));
    if (open_output(&sink)) {
        status = publisher_write(&sink, batch, 0, &written, &err);
        connector_close(&sink);
    }
    give_back(STDOUT_FILENO, kept);
    assert_int_equal(status, DAG_WRITE_DONE);
    text = read_file(path);
    assert_string_equal(text, "0\n1\n2\n");
    free(text);
    dag_batch_unref(batch);
    test_folder_free(folder);
}

static void a_reader_that_left_is_an_error_for_good(void **unused)
{
    struct connector_fixture sink = {0};
    struct dag_batch *batch = batch_of_lines("1\n");
    struct dag_error err = {0};
    size_t written;
    enum dag_write_status status = DAG_WRITE_DONE;
    int ends[2];
    int kept;

    (void)unused;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    kept = take_place(STDOUT_FILENO, ends[1]);
    if (open_output(&sink)) {
        close(ends[0]);
        status = publisher_write(&sink, batch, 0, &written, &err);
        connector_close(&sink);
    }
    give_back(STDOUT_FILENO, kept);
    assert_int_equal(status, DAG_WRITE_FAILED);
    assert_false(err.retryable);
    dag_batch_unref(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_is_read_when_something_is_there),
        cmocka_unit_test(a_line_may_be_cut_anywhere),
        cmocka_unit_test(a_redirected_file_ends),
        cmocka_unit_test(a_line_that_is_too_long_is_skipped),
        cmocka_unit_test(the_limit_of_a_line_is_exact_and_bounds_what_is_kept),
        cmocka_unit_test(only_one_subscriber_may_have_it),
        cmocka_unit_test(a_full_pipe_is_waited_for),
        cmocka_unit_test(a_full_socket_is_waited_for),
        cmocka_unit_test(two_publishers_never_mix_their_lines),
        cmocka_unit_test(a_redirected_file_keeps_what_it_held),
        cmocka_unit_test(a_reader_that_left_is_an_error_for_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
