/* test_file_exact.c - the file publisher with exactly-once delivery: crashes, power losses,
 * refusals.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "connectors/registry.h"
#include "support/connector_fixture.h"
#include "support/sim_disk.h"
#include "support/storage_host.h"

#define PATH     "/out/sub/out.jsonl"
#define SIDE     PATH ".progress"
#define URI      "file://" PATH
#define CYCLES   14
#define ROUNDS   24 /* seeds for each kind of crash */
#define ATTEMPTS 400

static struct sim_disk *disk;
static int64_t clock_us;
static const char *instance;
static bool is_exactly_once;

static void prepare(struct fake_host *host)
{
    fake_host_use_storage(host, sim_disk_storage(disk));
    host->clock_us = clock_us;
    host->host.instance = instance;
    host->host.is_exactly_once = is_exactly_once;
}

static void begin(uint64_t seed)
{
    disk = sim_disk_new(seed);
    clock_us = INT64_C(1767323045000000); /* 2026-01-02 03:04:05 UTC */
    instance = "0123456789abcdef";
    is_exactly_once = true;
}

static int setup(void **unused)
{
    (void)unused;
    setenv("TZ", "UTC", 1);
    tzset();
    begin(1);
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    sim_disk_free(disk);
    disk = NULL;
    return 0;
}

static bool open_sink(struct connector_fixture *sink, const char *config, struct dag_error *err)
{
    *sink = (struct connector_fixture){.prepare = prepare};
    *err = (struct dag_error){0};
    return publisher_open(sink, &dag_publisher_file, URI, config, err);
}

/* connector_close() also looks at the fake host's own files. */
static void must_open(struct connector_fixture *sink, const char *config)
{
    struct dag_error err;

    if (!open_sink(sink, config, &err))
        fail_msg("%s", err.message);
}

static uint64_t progress_of(struct connector_fixture *sink)
{
    struct dag_error err;
    uint64_t cycle = UINT64_MAX;

    assert_true(sink->publisher->progress(sink->state, instance, &cycle, &err));
    return cycle;
}

/* ---- what the disk holds ---------------------------------------------------------------- */

#define ROTATIONS_MAX 64

struct output {
    char rotated[ROTATIONS_MAX][64]; /* names, oldest first */
    size_t rotations;
};

static void collect(void *context, const char *path, uint64_t size)
{
    struct output *output = context;

    (void)size;
    if (strncmp(path, PATH ".2", strlen(PATH ".2")) != 0)
        return;
    assert_true(output->rotations < ROTATIONS_MAX);
    snprintf(output->rotated[output->rotations++], 64, "%s", path);
}

/* All lines, in their order. Returns how many files were rotated. The caller frees the text. */
static size_t all_lines(struct dag_buffer *text)
{
    struct output output = {0};

    *text = (struct dag_buffer){0};
    sim_disk_each(disk, "/out", collect, &output);
    for (size_t i = 0; i < output.rotations; i++)
        assert_true(sim_disk_content(disk, output.rotated[i], text));
    sim_disk_content(disk, PATH, text);
    assert_true(dag_buffer_append(text, "", 1));
    return output.rotations;
}

static void assert_output(const char *expected)
{
    struct dag_buffer text;

    all_lines(&text);
    assert_string_equal(text.bytes, expected);
    dag_buffer_free(&text);
}

static void put(const char *path, const char *text)
{
    sim_disk_append(disk, path, text, strlen(text));
}

/* ---- a run, as the engine does it ------------------------------------------------------- */

static unsigned rows_of(uint64_t cycle)
{
    return (unsigned)(cycle * 7 % 4);
}

static void add_rows(struct dag_buffer *text, uint64_t first, uint64_t last, uint64_t *cycles)
{
    for (uint64_t cycle = first; cycle <= last; cycle++)
        for (unsigned row = 0; row < rows_of(cycle); row++) {
            char line[80];
            int size = snprintf(line, sizeof line, "{\"cycle\":%d,\"row\":%u,\"pad\":\"%*s\"}\n",
                                (int)cycle, row, (int)(cycle % 9), "");
            if (cycles)
                *cycles++ = cycle;
            assert_true(dag_buffer_append(text, line, (size_t)size));
        }
}

static size_t count_rows(uint64_t first, uint64_t last)
{
    size_t count = 0;

    for (uint64_t cycle = first; cycle <= last; cycle++)
        count += rows_of(cycle);
    return count;
}

/* Writes rows of these cycles as the engine does, a part of the last delivery's rows at first, so
 * that a flush may come in the middle of a cycle. False: the disk is down. */
static bool write_cycles(struct connector_fixture *sink, uint64_t first, uint64_t last, size_t part,
                         struct dag_error *err)
{
    struct dag_buffer lines = {0};
    uint64_t cycles[64];
    struct dag_batch *batch;
    size_t count = count_rows(first, last);
    size_t done = 0;
    bool is_written = true;

    if (count == 0)
        return true;
    add_rows(&lines, first, last, cycles);
    assert_true(dag_buffer_append(&lines, "", 1));
    batch = batch_of_lines(lines.bytes);
    dag_buffer_free(&lines);
    for (int attempt = 0; is_written && done < count; attempt++) {
        size_t end = done == 0 && part > 0 && part < count ? part : count;
        size_t written = 0;
        struct dag_delivery delivery = {
            .rows = dag_batch_rows(batch) + done,
            .cycles = cycles + done,
            .count = end - done,
            .batch = batch,
            .mark = end == count ? last : cycles[end] - 1,
        };
        enum dag_write_status status =
            sink->publisher->write(sink->state, &delivery, &written, err);
        done += written;
        if (status == DAG_WRITE_FAILED)
            is_written = !sim_disk_is_down(disk);
        if (is_written && status == DAG_WRITE_FAILED && !err->retryable)
            fail_msg("%s", err->message);
        assert_true(attempt < ATTEMPTS);
        if (end < count && done == end && is_written) /* in the middle of a cycle, perhaps */
            is_written = sink->publisher->flush(sink->state, err) == DAG_WRITE_DONE ||
                         !sim_disk_is_down(disk);
    }
    dag_batch_unref(batch);
    return is_written;
}

static bool flush(struct connector_fixture *sink, struct dag_error *err)
{
    for (int attempt = 0;; attempt++) {
        clock_us += 1000000;
        sink->host.clock_us = clock_us;
        if (sink->publisher->flush(sink->state, err) == DAG_WRITE_DONE)
            return true;
        if (sim_disk_is_down(disk))
            return false;
        if (!err->retryable)
            fail_msg("%s", err->message);
        assert_true(attempt < ATTEMPTS);
    }
}

/* One life of the process. `*reported`: the cycles that the engine was told are out. True: all of
 * them. */
static bool live(const char *config, unsigned step, uint64_t *reported)
{
    struct connector_fixture sink;
    struct dag_error err;
    uint64_t held;
    bool goes_on;
    int attempt = 0;

    do {
        goes_on = open_sink(&sink, config, &err);
        if (!goes_on) {
            sink.publisher->stop(sink.state);
            connector_close(&sink);
            if (sim_disk_is_down(disk))
                return false;
            if (!err.retryable)
                fail_msg("%s", err.message);
        }
        assert_true(++attempt < ATTEMPTS);
    } while (!goes_on);
    held = progress_of(&sink);
    if (held < *reported)
        fail_msg("cycle %d was reported, and now it is %d", (int)*reported, (int)held);
    *reported = held; /* the engine builds on it */
    for (uint64_t cycle = held + 1; goes_on && cycle <= CYCLES;) {
        uint64_t last = cycle + step - 1 < CYCLES ? cycle + step - 1 : CYCLES;
        goes_on = write_cycles(&sink, cycle, last, step, &err) && flush(&sink, &err);
        if (goes_on)
            *reported = progress_of(&sink);
        if (goes_on && count_rows(cycle, last) > 0)
            assert_int_equal(*reported, last);
        cycle = last + 1;
    }
    connector_close(&sink);
    return goes_on;
}

static void assert_all_is_there(size_t *rotations)
{
    struct dag_buffer expected = {0}, text;

    add_rows(&expected, 1, CYCLES, NULL);
    assert_true(dag_buffer_append(&expected, "", 1));
    *rotations = all_lines(&text);
    assert_string_equal(text.bytes, expected.bytes);
    dag_buffer_free(&text);
    dag_buffer_free(&expected);
}

/* Crashes at every operation of a run, and once more in the life after it. */
static void crash_everywhere(const char *config, enum sim_crash kind, uint64_t seed, bool rotates)
{
    bool is_whole = false;

    for (uint64_t operation = 1; !is_whole; operation++) {
        uint64_t reported = 0;
        size_t rotations;
        sim_disk_free(disk);
        begin(seed * 1000 + operation);
        sim_disk_crash_at(disk, operation, kind);
        is_whole = live(config, 1 + seed % 5, &reported);
        if (sim_disk_is_down(disk))
            sim_disk_restart(disk);
        sim_disk_crash_at(disk, operation + 1 + seed * 13 % 11, kind);
        if (!is_whole && !live(config, 1 + (seed + operation) % 5, &reported)) {
            sim_disk_restart(disk);
            sim_disk_crash_at(disk, 0, kind);
            assert_true(live(config, 3, &reported));
        }
        sim_disk_crash_at(disk, 0, kind);
        if (sim_disk_is_down(disk))
            sim_disk_restart(disk);
        assert_all_is_there(&rotations);
        if (rotates)
            assert_true(rotations > 1);
    }
}

static void a_crash_at_any_operation_loses_and_repeats_nothing(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++)
        crash_everywhere("{}", SIM_CRASH_PROCESS, seed, false);
}

static void a_power_loss_at_any_operation_loses_and_repeats_nothing(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++)
        crash_everywhere("{}", SIM_CRASH_POWER, seed, false);
}

static uint64_t progress_after_open(const char *config)
{
    struct connector_fixture sink;
    uint64_t cycle;

    must_open(&sink, config);
    cycle = progress_of(&sink);
    connector_close(&sink);
    return cycle;
}

/* What only the cache holds after a crash is on the disk before anything builds on it. */
static void a_power_loss_after_a_crash_takes_nothing_back(void **unused)
{
    static const char *const configs[] = {"{}", "{\"rotate_size\":90}"};

    (void)unused;
    for (uint64_t seed = 1; seed <= 2 * ROUNDS; seed++) {
        bool is_whole = false;
        for (uint64_t operation = 1; !is_whole; operation++) {
            uint64_t reported = 0, held;
            size_t rotations;
            sim_disk_free(disk);
            begin(seed * 1000 + operation);
            sim_disk_set_faults(disk, &(struct sim_faults){.any_order = seed % 4 >= 2});
            sim_disk_crash_at(disk, operation, SIM_CRASH_PROCESS);
            is_whole = live(configs[seed % 2], 2, &reported);
            sim_disk_restart(disk);
            held = progress_after_open(configs[seed % 2]);
            sim_disk_crash(disk, SIM_CRASH_POWER);
            sim_disk_restart(disk);
            assert_int_equal(progress_after_open(configs[seed % 2]), held);
            assert_true(live(configs[seed % 2], 3, &reported));
            assert_all_is_there(&rotations);
        }
    }
}

static void a_rotation_is_finished_or_not_begun(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        crash_everywhere("{\"rotate_size\":90}", SIM_CRASH_PROCESS, seed, true);
        crash_everywhere("{\"rotate_size\":90}", SIM_CRASH_POWER, seed, true);
    }
}

/* Failures of the disk are tried again; a failed sync may have lost what it was to cover. */
static void a_disk_that_refuses_now_and_then_does_no_harm(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= 20 * ROUNDS; seed++) {
        const struct sim_faults faults = {
            .open = 2000,
            .read = 1000,
            .write = 8000,
            .sync = 8000,
            .rename = 8000,
            .full = 4000,
            .sync_failure_loses = seed % 2 == 0,
            .any_order = seed % 3 == 0,
        };
        const char *config = seed % 4 < 2 ? "{}" : "{\"rotate_size\":60}";
        uint64_t reported = 0;
        size_t rotations;
        bool is_whole = false;
        sim_disk_free(disk);
        begin(seed);
        sim_disk_set_faults(disk, &faults);
        for (uint64_t operation = 5 + seed % 40; !is_whole; operation += 9) {
            sim_disk_crash_at(disk, sim_disk_operations(disk) + operation, SIM_CRASH_POWER);
            is_whole = live(config, 1 + seed % 3, &reported);
            if (sim_disk_is_down(disk))
                sim_disk_restart(disk);
        }
        sim_disk_crash_at(disk, 0, SIM_CRASH_POWER);
        sim_disk_crash(disk, SIM_CRASH_POWER); /* what was reported is on the disk */
        sim_disk_restart(disk);
        assert_all_is_there(&rotations);
    }
}

/* ---- whose file it is ------------------------------------------------------------------- */

static void a_file_that_is_there_already_is_appended_to(void **unused)
{
    struct connector_fixture sink;
    struct dag_error err;

    (void)unused;
    put(PATH, "old\ntorn");
    must_open(&sink, "{}");
    assert_int_equal(progress_of(&sink), 0);
    assert_true(write_cycles(&sink, 1, 1, 0, &err));
    connector_close(&sink); /* not flushed: it never happened */
    must_open(&sink, "{}");
    assert_int_equal(progress_of(&sink), 0);
    assert_output("old\ntorn\n");
    connector_close(&sink);

    put(PATH, "of another life\n");
    instance = "fedcba9876543210"; /* the DAG was made anew: nothing is cut off */
    must_open(&sink, "{}");
    assert_int_equal(progress_of(&sink), 0);
    assert_output("old\ntorn\nof another life\n");
    connector_close(&sink);
}

static void what_lies_behind_the_last_whole_cycle_is_cut_off(void **unused)
{
    struct connector_fixture sink;
    struct dag_error err;
    struct dag_buffer expected = {0};

    (void)unused;
    must_open(&sink, "{}");
    assert_true(write_cycles(&sink, 1, 3, 0, &err) && flush(&sink, &err));
    assert_int_equal(progress_of(&sink), 3);
    connector_close(&sink);
    put(PATH, "{\"torn\":");
    must_open(&sink, "{}");
    assert_int_equal(progress_of(&sink), 3);
    add_rows(&expected, 1, 3, NULL);
    assert_true(dag_buffer_append(&expected, "", 1));
    assert_output(expected.bytes);
    connector_close(&sink);
    dag_buffer_free(&expected);
}

static void refused(const char *config, const char *part, const char *other_part)
{
    struct connector_fixture sink;
    struct dag_error err;

    assert_false(open_sink(&sink, config, &err));
    assert_false(err.retryable);
    if (!strstr(err.message, part) || !strstr(err.message, other_part))
        fail_msg("'%s' lacks '%s' or '%s'", err.message, part, other_part);
    connector_close(&sink);
}

static void write_some(void)
{
    struct connector_fixture sink;
    struct dag_error err;

    must_open(&sink, "{}");
    assert_true(write_cycles(&sink, 1, 3, 0, &err) && flush(&sink, &err));
    connector_close(&sink);
}

static void a_file_that_is_shorter_than_its_length_is_refused(void **unused)
{
    (void)unused;
    write_some();
    sim_disk_remove(disk, PATH);
    refused("{}", "'" PATH "'", "'" SIDE "'");
    put(PATH, "{\"short\":1}\n");
    refused("{}", "has 12 bytes", "can't be written again");
}

static void another_file_is_not_cut(void **unused)
{
    struct dag_buffer text = {0};

    (void)unused;
    write_some();
    assert_true(sim_disk_content(disk, PATH, &text));
    sim_disk_remove(disk, PATH);
    sim_disk_append(disk, PATH, text.bytes, text.size);
    put(PATH, "{\"of\":\"somebody else\"}\n");
    refused("{}", "'" PATH "'", "another file");
    dag_buffer_free(&text);
}

static void a_copy_of_the_file_is_as_good(void **unused)
{
    struct connector_fixture sink;
    struct dag_buffer text = {0};

    (void)unused;
    write_some();
    assert_true(sim_disk_content(disk, PATH, &text));
    sim_disk_remove(disk, PATH);
    sim_disk_append(disk, PATH, text.bytes, text.size);
    must_open(&sink, "{}");
    assert_int_equal(progress_of(&sink), 3);
    connector_close(&sink);
    dag_buffer_free(&text);
}

static void a_bit_that_flips_in_the_side_file_is_found(void **unused)
{
    struct dag_buffer text = {0};

    (void)unused;
    write_some();
    assert_true(sim_disk_content(disk, SIDE, &text));
    for (uint64_t offset = 0; offset < text.size; offset++)
        for (unsigned bit = 0; bit < 8; bit++) {
            assert_true(sim_disk_flip(disk, SIDE, offset, bit));
            refused("{}", "'" SIDE "'", "is damaged");
            assert_true(sim_disk_flip(disk, SIDE, offset, bit));
        }
    dag_buffer_free(&text);
}

static void a_file_has_one_publisher(void **unused)
{
    struct connector_fixture first, second;
    struct dag_error err;

    (void)unused;
    must_open(&first, "{}");
    refused("{}", "'" PATH "'", "another publisher");
    assert_true(write_cycles(&first, 1, 2, 0, &err) && flush(&first, &err));
    connector_close(&first);
    must_open(&second, "{}");
    assert_int_equal(progress_of(&second), 2);
    connector_close(&second);
}

static void a_file_that_somebody_else_touches_is_left_alone(void **unused)
{
    struct connector_fixture sink;
    struct dag_error err = {0};
    size_t written;
    struct dag_batch *batch = batch_of_lines("1\n");

    (void)unused;
    must_open(&sink, "{}");
    assert_true(write_cycles(&sink, 1, 3, 0, &err) && flush(&sink, &err));
    sim_disk_rename(disk, PATH, PATH ".1");
    assert_int_equal(publisher_write(&sink, batch, 0, &written, &err), DAG_WRITE_FAILED);
    assert_false(err.retryable);
    assert_non_null(strstr(err.message, "only dagd itself"));
    sim_disk_rename(disk, PATH ".1", PATH);
    put(PATH, "2\n");
    assert_int_equal(publisher_write(&sink, batch, 0, &written, &err), DAG_WRITE_FAILED);
    assert_false(err.retryable);
    assert_non_null(strstr(err.message, "nobody else may write"));
    dag_batch_unref(batch);
    connector_close(&sink);
}

static void standard_output_is_refused(void **unused)
{
    struct connector_fixture sink = {.prepare = prepare};
    struct dag_error err = {0};

    (void)unused;
    assert_false(publisher_open(&sink, &dag_publisher_file, "file://-", "{}", &err));
    assert_false(err.retryable);
    assert_non_null(strstr(err.message, "can't be taken back"));
    connector_close(&sink);
}

static void without_exactly_once_the_side_file_is_put_aside(void **unused)
{
    struct connector_fixture sink;
    struct dag_buffer text = {0};

    (void)unused;
    write_some();
    is_exactly_once = false;
    must_open(&sink, "{}");
    assert_writes(&sink, "\"more\"\n");
    connector_close(&sink);
    is_exactly_once = true;
    must_open(&sink, "{}"); /* must not cut what was written meanwhile */
    assert_int_equal(progress_of(&sink), 0);
    connector_close(&sink);
    assert_true(sim_disk_content(disk, PATH, &text));
    assert_memory_equal(text.bytes + text.size - 7, "\"more\"\n", 7);
    assert_true(sim_disk_content(disk, SIDE ".old", &text));
    dag_buffer_free(&text);
}

/* ---- at least once ---------------------------------------------------------------------- */

/* Every line of cycles `first` to `last` is in the files, whole. */
static void assert_has_lines(uint64_t seed, uint64_t first, uint64_t last)
{
    struct dag_buffer text, lines = {0};

    all_lines(&text);
    add_rows(&lines, first, last, NULL);
    assert_true(dag_buffer_append(&lines, "", 1));
    for (char *rest, *line = strtok_r(lines.bytes, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        char whole[100];
        size_t size = (size_t)snprintf(whole, sizeof whole, "\n%s\n", line);
        if (!memmem(text.bytes, text.size, whole, size))
            fail_msg("seed %d: %s is lost", (int)seed, line);
    }
    dag_buffer_free(&lines);
    dag_buffer_free(&text);
}

/* What a kept DAG is told is out is on the disk, whatever fails: only then it may forget. */
static void what_is_out_is_on_the_disk_when_the_dag_is_kept(void **unused)
{
    static const char *const configs[] = {"{}", "{\"fsync\":\"flush\"}", "{\"fsync\":\"always\"}",
                                          "{\"rotate_size\":90}"};

    (void)unused;
    for (uint64_t seed = 1; seed <= 20 * ROUNDS; seed++) {
        const struct sim_faults faults = {
            .write = 6000,
            .sync = 12000,
            .rename = seed % 2 ? 0 : 6000,
            .sync_failure_loses = true,
            .any_order = seed % 3 == 0,
        };
        struct connector_fixture sink;
        struct dag_error err;
        uint64_t last = 1 + seed % CYCLES;
        sim_disk_free(disk);
        begin(seed);
        is_exactly_once = false;
        put(PATH, "torn");
        must_open(&sink, configs[seed % 4]);
        sim_disk_set_faults(disk, &faults);
        assert_true(write_cycles(&sink, 1, last, 0, &err) && flush(&sink, &err));
        assert_true(write_cycles(&sink, last + 1, last + 3, 0, &err));
        sim_disk_crash(disk, SIM_CRASH_POWER);
        connector_close(&sink);
        sim_disk_restart(disk);
        assert_has_lines(seed, 1, last);
    }
}

/* A sync fails, the process dies, the next one builds on what the cache shows, the power goes: what
 * the second was told is out must not hang on a line feed that the disk never got. */
static void what_the_cache_shows_after_a_failed_sync_is_not_built_on(void **unused)
{
    const struct sim_faults faults = {.sync = 50000, .sync_failure_loses = true};
    const struct sim_faults later = {.sync_failure_loses = true};

    (void)unused;
    for (uint64_t seed = 1; seed <= 20 * ROUNDS; seed++) {
        struct connector_fixture sink;
        struct dag_error err;
        uint64_t last = 1 + seed % CYCLES;
        sim_disk_free(disk);
        begin(seed);
        is_exactly_once = false;
        put(PATH, "\n");
        must_open(&sink, "{}");
        sim_disk_set_faults(disk, &faults);
        sim_disk_crash_at(disk, sim_disk_operations(disk) + 1 + seed % 6, SIM_CRASH_PROCESS);
        (void)(write_cycles(&sink, 1, last, 0, &err) && flush(&sink, &err));
        sim_disk_crash(disk, SIM_CRASH_PROCESS);
        connector_close(&sink);
        sim_disk_restart(disk);
        sim_disk_set_faults(disk, &later);
        must_open(&sink, "{}");
        assert_true(write_cycles(&sink, 1, last, 0, &err) && flush(&sink, &err));
        sim_disk_crash(disk, SIM_CRASH_POWER);
        connector_close(&sink);
        sim_disk_restart(disk);
        assert_has_lines(seed, 1, last);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_crash_at_any_operation_loses_and_repeats_nothing),
        CASE(a_power_loss_at_any_operation_loses_and_repeats_nothing),
        CASE(a_power_loss_after_a_crash_takes_nothing_back),
        CASE(a_rotation_is_finished_or_not_begun),
        CASE(a_disk_that_refuses_now_and_then_does_no_harm),
        CASE(a_file_that_is_there_already_is_appended_to),
        CASE(what_lies_behind_the_last_whole_cycle_is_cut_off),
        CASE(a_file_that_is_shorter_than_its_length_is_refused),
        CASE(another_file_is_not_cut),
        CASE(a_copy_of_the_file_is_as_good),
        CASE(a_bit_that_flips_in_the_side_file_is_found),
        CASE(a_file_has_one_publisher),
        CASE(a_file_that_somebody_else_touches_is_left_alone),
        CASE(standard_output_is_refused),
        CASE(without_exactly_once_the_side_file_is_put_aside),
        CASE(what_is_out_is_on_the_disk_when_the_dag_is_kept),
        CASE(what_the_cache_shows_after_a_failed_sync_is_not_built_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
