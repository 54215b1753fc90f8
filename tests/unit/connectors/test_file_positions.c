/* test_file_positions.c - the file subscriber started again anywhere reads the same lines under the
 * same origins as one that was never stopped: recovery compares them with the journal. */
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

#include "connectors/registry.h"
#include "support/connector_fixture.h"

#define ROWS_MAX 2048

static char *folder;
static char path[256];
static char uri[300];
static unsigned siblings; /* rotated so far */
static unsigned lines;    /* written so far */

static int setup(void **unused)
{
    (void)unused;
    folder = test_folder_new();
    snprintf(path, sizeof path, "%sin.jsonl", folder);
    snprintf(uri, sizeof uri, "file://%s", path);
    siblings = lines = 0;
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    test_folder_free(folder);
    return 0;
}

/* ---- what happens to the file ----------------------------------------------------------- */

static const char *sibling(unsigned number)
{
    static char name[300];

    snprintf(name, sizeof name, "%s-%08u", path, number);
    return name;
}

static void add_lines(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char line[64];
        unsigned number = lines++;
        snprintf(line, sizeof line, "{\"n\":%u,\"pad\":\"%*s\"}\n%s", number, (int)(number % 7), "",
                 number % 5 == 0 ? "\n" : "");
        append_file(path, line);
    }
}

static void rotate(void)
{
    if (access(path, F_OK) == 0)
        assert_int_equal(rename(path, sibling(++siblings)), 0);
    write_file(path, "");
}

static void copy_and_cut(void)
{
    char *text = read_file(path);

    write_file(sibling(++siblings), text);
    free(text);
    assert_int_equal(truncate(path, 0), 0);
}

/* w: lines are written, r: the file is rotated, c: copied and cut, t: cut; l: half a line. */
static void happen(char what)
{
    switch (what) {
    case 'w':
        add_lines(3);
        break;
    case 'r':
        rotate();
        break;
    case 'c':
        copy_and_cut();
        break;
    case 't':
        assert_int_equal(truncate(path, 0), 0);
        break;
    default:
        fail();
    }
}

/* ---- reading ---------------------------------------------------------------------------- */

struct rows {
    struct {
        uint32_t lane;
        uint64_t offset;
        int64_t number;
    } items[ROWS_MAX];
    size_t count;
};

static const char *const kept_instance = "0123456789abcdef";

static void prepare(struct fake_host *host)
{
    host->host.instance = kept_instance;
}

static bool open_source(struct connector_fixture *source, const char *config, const char *position,
                        struct dag_error *err)
{
    *source = (struct connector_fixture){.prepare = prepare};
    *err = (struct dag_error){0};
    return subscriber_open(source, &dag_subscriber_file, uri, config, position, err);
}

static void must_open(struct connector_fixture *source, const char *config, const char *position)
{
    struct dag_error err;

    if (!open_source(source, config, position, &err))
        fail_msg("%s", err.message);
}

/* Reads what is there; appends it to `rows`. */
static void read_all(struct connector_fixture *source, struct rows *rows)
{
    enum dag_read_status status;

    do {
        struct dag_batch *batch = dag_batch_new();
        struct dag_error err = {0};
        status = source->subscriber->read(source->state, batch, &err);
        if (status == DAG_READ_FAILED)
            fail_msg("%s", err.message);
        for (size_t i = 0; i < dag_batch_row_count(batch); i++) {
            const struct dag_origin *origin = &dag_batch_origins(batch)[i];
            assert_true(rows->count < ROWS_MAX);
            rows->items[rows->count].lane = origin->lane;
            rows->items[rows->count].offset = origin->offset;
            rows->items[rows->count++].number = dag_batch_rows(batch)[i].values[0].as.integer;
        }
        dag_batch_unref(batch);
    } while (status == DAG_READ_MORE);
}

/* The position behind the first `count` rows. The caller frees it. */
static char *save(struct connector_fixture *source, const struct rows *rows, size_t count)
{
    struct dag_buffer out = {0};
    struct dag_error err = {0};
    struct dag_origin origins[16];
    size_t lane_count = 0;

    /* one for each lane, as the engine gives them */
    for (size_t i = 0; i < count; i++) {
        if (lane_count == 0 || origins[lane_count - 1].lane != rows->items[i].lane)
            lane_count++;
        assert_true(lane_count <= 16);
        origins[lane_count - 1] =
            (struct dag_origin){.offset = rows->items[i].offset, .lane = rows->items[i].lane};
    }
    if (!source->subscriber->save_position(source->state, origins, lane_count, &out, &err))
        fail_msg("%s", err.message);
    assert_true(dag_buffer_append(&out, "", 1));
    return out.bytes;
}

static void assert_same(const struct rows *rows, const struct rows *expected, size_t from,
                        const char *where)
{
    for (size_t i = 0; i < rows->count && from + i < expected->count; i++)
        if (rows->items[i].lane != expected->items[from + i].lane ||
            rows->items[i].offset != expected->items[from + i].offset ||
            rows->items[i].number != expected->items[from + i].number)
            fail_msg("%s: line %d at (%u, %d), not line %d at (%u, %d)", where,
                     (int)rows->items[i].number, rows->items[i].lane, (int)rows->items[i].offset,
                     (int)expected->items[from + i].number, expected->items[from + i].lane,
                     (int)expected->items[from + i].offset);
    if (rows->count != expected->count - from)
        fail_msg("%s: %zu lines instead of %zu", where, rows->count, expected->count - from);
}

/* ---- restarts --------------------------------------------------------------------------- */

static void reference(const char *script, struct rows *rows, size_t after[])
{
    struct connector_fixture source;

    setup(NULL);
    must_open(&source, "{}", NULL);
    for (size_t step = 0; script[step]; step++) {
        happen(script[step]);
        read_all(&source, rows);
        after[step] = rows->count;
    }
    connector_close(&source);
    teardown(NULL);
}

/* Whether the file that a row came from was cut up to this step. */
static bool is_cut(const char *script, const size_t after[], size_t row, size_t to, const char *how)
{
    size_t step = 0;

    while (after[step] <= row)
        step++;
    while (step <= to && script[step] != 'r' && script[step] != 'c' && script[step] != 't')
        step++;
    return step <= to && script[step] != 'r' && strchr(how, script[step]);
}

/* What was cut while it was in flight, in a file behind the position, is lost, and nobody knows. */
static bool is_lost(const char *script, const size_t after[], size_t taken, size_t stop)
{
    for (size_t row = taken; row < after[stop]; row++)
        if (is_cut(script, after, row, stop, "t"))
            return true;
    return false;
}

/* Stops after step `stop` with `taken` of the rows taken, and starts again after step `start`. */
static void restart(const char *script, const struct rows *expected, const size_t after[],
                    size_t stop, size_t taken, size_t start)
{
    struct connector_fixture source;
    struct rows *rows = calloc(1, sizeof *rows);
    struct dag_error err;
    char *position;
    char where[160];
    size_t step = 0;

    snprintf(where, sizeof where,
             "'%s', stopped after step %zu with %zu lines taken, started after "
             "step %zu",
             script, stop, taken, start);
    setup(NULL);
    must_open(&source, "{}", NULL);
    for (; step <= stop; step++) {
        happen(script[step]);
        read_all(&source, rows);
    }
    position = save(&source, rows, taken);
    connector_close(&source);
    for (; step <= start; step++)
        happen(script[step]);
    rows->count = 0;
    if (open_source(&source, "{}", position, &err)) {
        read_all(&source, rows);
        for (; script[step]; step++) {
            happen(script[step]);
            read_all(&source, rows);
        }
        assert_same(rows, expected, taken, where);
    } else {
        /* what comes next was cut off while it was in flight; that it was copied is no help, as
         * nobody knows any more what it looked like */
        bool may_fail = taken < after[stop] && is_cut(script, after, taken, stop, "ct");
        if (!may_fail || err.retryable || !strstr(err.message, "is gone"))
            fail_msg("%s: %s", where, err.message);
    }
    connector_close(&source);
    free(position);
    free(rows);
    teardown(NULL);
}

static void origins_are_the_same_after_a_restart_anywhere(void **unused)
{
    static const char *const scripts[] = {"wwrwwrwrrwrw", "wcwcwwcrwcw", "wtwrwtwwrtw",
                                          "wrwcwrwcwtwrw", "rrwrwrcw"};

    (void)unused;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const char *script = scripts[i];
        struct rows *expected = calloc(1, sizeof *expected);
        size_t after[16];
        reference(script, expected, after);
        for (size_t stop = 0; script[stop]; stop++)
            for (size_t taken = 0; taken <= after[stop]; taken++)
                for (size_t start = stop; script[start]; start++) {
                    if (is_lost(script, after, taken, stop))
                        break;
                    /* what was cut unseen is lost, and with it the count of the files */
                    if (start > stop && script[start] == 't')
                        break;
                    restart(script, expected, after, stop, taken, start);
                }
        free(expected);
    }
}

/* ---- before anything was taken ---------------------------------------------------------- */

static void a_file_that_is_not_there_yet_is_read_from_its_beginning(void **unused)
{
    struct connector_fixture source;
    struct rows *expected = calloc(1, sizeof *expected), *rows = calloc(1, sizeof *rows);
    char *position;

    (void)unused;
    write_file(sibling(++siblings), "{\"n\":-1}\n"); /* is older: not to be read */
    must_open(&source, "{\"start\":\"end\"}", NULL);
    position = save(&source, rows, 0);
    for (int i = 0; i < 3; i++) { /* it comes, and goes at once */
        add_lines(2);
        assert_int_equal(rename(path, sibling(++siblings)), 0);
    }
    read_all(&source, expected);
    add_lines(2);
    read_all(&source, expected);
    assert_int_equal(expected->count, 8);
    assert_int_equal(expected->items[0].number, 0);
    connector_close(&source);
    for (int restarts = 0; restarts < 2; restarts++) {
        must_open(&source, "{\"start\":\"end\"}", position);
        rows->count = 0;
        read_all(&source, rows);
        assert_same(rows, expected, 0, "from the position before it was there");
        connector_close(&source);
    }
    free(position);
    free(rows);
    free(expected);
}

static void the_end_is_the_end_as_it_was(void **unused)
{
    struct connector_fixture source;
    struct rows *rows = calloc(1, sizeof *rows);
    char *position;

    (void)unused;
    add_lines(4);
    append_file(path, "{\"n\":");
    must_open(&source, "{\"start\":\"end\"}", NULL);
    position = save(&source, rows, 0);
    append_file(path, "77}\n");
    add_lines(1);
    connector_close(&source);
    rotate();
    add_lines(1);
    must_open(&source, "{\"start\":\"end\"}", position);
    read_all(&source, rows);
    assert_int_equal(rows->count, 3);
    assert_int_equal(rows->items[0].number, 77);
    assert_int_equal(rows->items[0].lane, 0);
    assert_int_equal(rows->items[2].lane, 1);
    connector_close(&source);
    free(position);
    free(rows);
}

static void positions_hold_however_many_files_are_in_flight(void **unused)
{
    struct connector_fixture source;
    struct rows *expected = calloc(1, sizeof *expected), *rows = calloc(1, sizeof *rows);
    char *position;

    (void)unused;
    for (int i = 0; i < 300; i++) {
        add_lines(1 + i % 2);
        rotate();
    }
    must_open(&source, "{}", NULL);
    position = save(&source, expected, 0); /* an empty file */
    connector_close(&source);
    free(position);
    must_open(&source, "{}", NULL);
    for (unsigned i = 1; i <= 2; i++) { /* begins with the oldest */
        char *text = read_file(sibling(i));
        assert_true(strlen(text) > 0);
        free(text);
    }
    connector_close(&source);
    /* from the first of them on, all in one go */
    char absent[] = "{\"device\":0,\"inode\":0,\"offset\":0,\"lane\":0,\"head_size\":0,\"head\":0,"
                    "\"tail_size\":0,\"tail\":0,\"next_size\":0,\"next\":0,\"absent\":true}";
    must_open(&source, "{}", absent);
    read_all(&source, expected);
    assert_int_equal(expected->count, 450);
    struct dag_origin first = {.offset = expected->items[0].offset,
                               .lane = expected->items[0].lane};
    struct dag_buffer out = {0};
    struct dag_error err;
    assert_true(source.subscriber->save_position(source.state, &first, 1, &out, &err));
    assert_true(dag_buffer_append(&out, "", 1));
    connector_close(&source);
    must_open(&source, "{}", out.bytes);
    read_all(&source, rows);
    assert_same(rows, expected, 1, "behind the first line");
    connector_close(&source);
    dag_buffer_free(&out);
    free(rows);
    free(expected);
}

static void a_file_that_is_done_with_may_be_removed(void **unused)
{
    struct connector_fixture source;
    struct rows *expected = calloc(1, sizeof *expected), *rows = calloc(1, sizeof *rows);
    char *position;

    (void)unused;
    add_lines(6); /* the last one is followed by a blank line */
    must_open(&source, "{}", NULL);
    read_all(&source, expected);
    rotate();
    read_all(&source, expected);
    position = save(&source, expected, expected->count);
    add_lines(2);
    read_all(&source, expected);
    connector_close(&source);
    assert_int_equal(unlink(sibling(siblings)), 0);
    must_open(&source, "{}", position);
    read_all(&source, rows);
    assert_same(rows, expected, 6, "without the file before");
    connector_close(&source);
    free(position);
    free(rows);
    free(expected);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins_are_the_same_after_a_restart_anywhere),
        CASE(a_file_that_is_not_there_yet_is_read_from_its_beginning),
        CASE(the_end_is_the_end_as_it_was),
        CASE(positions_hold_however_many_files_are_in_flight),
        CASE(a_file_that_is_done_with_may_be_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
