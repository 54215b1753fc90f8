/* test_spill_log.c - a spill log by itself: after a crash it holds what is whole and known, and
 * goes on behind that. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/batch.h"
#include "durable/spill.h"
#include "support/sim_disk.h"

#define FOLDER         "/data/dags/d"
#define LOG            FOLDER "/spill/p/"
#define ROWS_OF_CYCLE  2
#define CYCLES         12
#define ROWS           ((size_t)CYCLES * ROWS_OF_CYCLE)
#define EVERYTHING     UINT64_MAX
#define OPERATIONS_MAX 1000

static struct plan_publisher publisher = {
    .name = "p", .when_slow = PLAN_WHEN_SLOW_SPILL, .spill_bytes_max = 1 << 20};
static struct plan plan = {.name = "d", .publishers = &publisher, .publisher_count = 1};
static struct dag_host host = {.instance = "a1", .is_exactly_once = true};

static struct sim_disk *disk;
static struct spills *spills;
static struct spill *spill;
static void *writer; /* owned: the state of the log's writer */

/* ---- the log --------------------------------------------------------------------------------- */

static bool begin(uint64_t known_cycle)
{
    struct dag_error err = {0};

    spills = spills_new(sim_disk_storage(disk), FOLDER, &plan, &err);
    if (!spills)
        return false;
    spill = spills_list(spills)[0];
    spills_begin(spills, known_cycle);
    spill->ops->rewind(spill);
    writer = calloc(1, spill->writer->type->state_size);
    assert_non_null(writer);
    return spill->writer->type->open(writer, &spill->writer->address, &host, &err);
}

static void end(void)
{
    if (writer)
        spill->writer->type->stop(writer);
    free(writer);
    spills_free(spills);
    writer = NULL;
    spills = NULL;
}

static uint64_t progress(void)
{
    struct dag_error err = {0};
    uint64_t cycle = 0;

    assert_true(spill->writer->type->progress(writer, "a1", &cycle, &err));
    return cycle;
}

/* Rows `first` to `end` - 1, of which all up to cycle `mark` is complete; synced. Row r is
 * {"n":r}. False: the disk refuses. */
static bool write_rows(size_t first, size_t end_row, uint64_t mark)
{
    struct dag_batch *batch = batch_new(NULL, 4096, ROWS, SIZE_MAX);
    struct dag_json_parser *parser = dag_json_parser_new(0);
    char *text = dag_batch_alloc(batch, ROWS * 16 + DAG_JSON_PADDING);
    struct dag_error err = {0};
    uint64_t cycles[ROWS];
    size_t size = 0, written = 0, consumed;

    for (size_t row = first; row < end_row; row++) {
        cycles[row - first] = row / ROWS_OF_CYCLE + 1;
        size += (size_t)sprintf(text + size, "{\"n\":%zu}\n", row);
    }
    memset(text + size, 0, DAG_JSON_PADDING);
    assert_true(dag_json_parse_lines(parser, batch, text, size, true, (struct dag_origin){0},
                                     &consumed, &err));
    struct dag_delivery delivery = {.rows = dag_batch_rows(batch),
                                    .cycles = cycles,
                                    .count = end_row - first,
                                    .batch = batch,
                                    .mark = mark};
    const struct dag_publisher *type = spill->writer->type;
    bool done = type->write(writer, &delivery, &written, &err) == DAG_WRITE_DONE &&
                type->flush(writer, &err) == DAG_WRITE_DONE;
    dag_json_parser_free(parser);
    dag_batch_unref(batch);
    return done;
}

static bool write_cycles(uint64_t first, uint64_t last)
{
    return write_rows((size_t)(first - 1) * ROWS_OF_CYCLE, (size_t)last * ROWS_OF_CYCLE, last);
}

/* The log gives every row up to the last cycle, in order, once; then all of it is out. */
static void assert_holds_all(void)
{
    struct dag_buffer is = {0}, should = {0};
    struct dag_error err = {0};
    struct spill_rows rows;
    uint64_t key = 0, left, size;
    char line[32];

    while (spill->ops->next(spill, &rows, &err)) {
        assert_true(
            dag_json_write_lines(&is, dag_batch_rows(rows.batch), dag_batch_row_count(rows.batch)));
        key = rows.key;
        dag_batch_unref(rows.batch);
    }
    assert_int_equal(err.code, DAG_ERROR_NONE);
    for (size_t row = 0; row < ROWS; row++)
        assert_true(dag_buffer_append(&should, line, (size_t)sprintf(line, "{\"n\":%zu}\n", row)));
    assert_int_equal(is.size, should.size);
    assert_memory_equal(is.bytes, should.bytes, is.size);
    spill->ops->passed(spill, key, ROWS);
    spill->ops->depth(spill, &left, &size);
    assert_int_equal(left, 0);
    dag_buffer_free(&is);
    dag_buffer_free(&should);
}

/* ---- the tests ------------------------------------------------------------------------------- */

static int tear_down(void **unused)
{
    (void)unused;
    end();
    sim_disk_free(disk);
    disk = NULL;
    return 0;
}

/* Records of the cycles 1 to 5 and 6 to 9, a part of cycle 10, and the begin of another record. */
static void recovery_cuts_to_what_is_whole_and_known(void **unused)
{
    static const struct {
        uint64_t known, progress;
    } cases[] = {{3, 0}, {5, 5}, {7, 5}, {9, 9}, {10, 9}, {EVERYTHING, 9}};

    struct dag_buffer content = {0};

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        disk = sim_disk_new(i);
        assert_true(begin(EVERYTHING));
        assert_int_equal(progress(), 0);
        assert_true(write_cycles(1, 5));
        assert_true(write_cycles(6, 9));
        assert_true(write_rows(9 * ROWS_OF_CYCLE, 9 * ROWS_OF_CYCLE + 1, 9));
        end();
        assert_true(sim_disk_content(disk, LOG "00000000000000000005.log", &content));
        sim_disk_append(disk, LOG "00000000000000000005.log", "\x30\0\0\0torn", 8);

        assert_true(begin(cases[i].known));
        assert_int_equal(progress(), cases[i].progress);
        assert_true(write_cycles(cases[i].progress + 1, CYCLES));
        assert_holds_all();
        struct dag_error err = {0};
        assert_true(spill->ops->save(spill, &err));
        end();

        struct spill_rows rows;
        assert_true(begin(EVERYTHING));
        assert_int_equal(progress(), CYCLES);
        assert_false(spill->ops->next(spill, &rows, &err));
        assert_int_equal(err.code, DAG_ERROR_NONE);
        tear_down(NULL);
    }
    dag_buffer_free(&content);
}

/* The last cycle that is whole in the log for good. */
static uint64_t write_until_the_crash(void)
{
    if (!begin(EVERYTHING) || !write_cycles(1, 3))
        return 0;
    if (!write_cycles(4, 6))
        return 3;
    size_t half = 6 * ROWS_OF_CYCLE + 1;
    if (!write_rows(6 * ROWS_OF_CYCLE, half, 6) || !write_rows(half, 8 * ROWS_OF_CYCLE, 8))
        return 6;
    return 8;
}

static void wherever_it_ends_the_log_goes_on_without_a_gap(void **unused)
{
    (void)unused;
    for (uint64_t at = 1; at < OPERATIONS_MAX; at++) {
        enum sim_crash kind = at % 2 ? SIM_CRASH_POWER : SIM_CRASH_PROCESS;

        disk = sim_disk_new(at);
        sim_disk_crash_at(disk, (at + 1) / 2, kind);
        uint64_t synced = write_until_the_crash();
        bool is_over = !sim_disk_is_down(disk);
        sim_disk_crash(disk, kind);
        end();
        sim_disk_restart(disk);
        assert_true(begin(EVERYTHING));
        assert_in_range(progress(), synced, 8);
        assert_true(write_cycles(progress() + 1, CYCLES));
        assert_holds_all();
        tear_down(NULL);
        if (is_over)
            return;
    }
    fail_msg("the story doesn't end");
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(recovery_cuts_to_what_is_whole_and_known),
        TEST(wherever_it_ends_the_log_goes_on_without_a_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
